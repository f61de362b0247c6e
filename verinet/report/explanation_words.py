"""The steps of a certificate in words: which form divides a case, and which hypotheses close a leaf.

Everything is rebuilt by the kernel's own functions from the weights and the steps; ``~`` marks a number that was
shortened.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import gcd
from typing import Any

from verinet import kernel
from verinet.claims import wording
from verinet.claims.targets import Polynomial
from verinet.exact.rationals import format_rational
from verinet.kernel import Case, Domain, Form, Row, Statement

#: Longer numbers are shortened; sums and products of more parts are counted.
LONGEST_NUMBER, MOST_PARTS = 10, 8
#: Forms with larger coefficients are divided by the largest.
LONGEST_COEFFICIENT = 100_000


def number(value: Fraction | int) -> str:
    """Return a number in full, or, if it is long, four digits of it behind ``~``.

    Examples
    --------
    >>> number(Fraction(-1, 3)), number(Fraction(10**30 + 1, 3 * 10**30)), number(Fraction(10**30 + 1, 3))
    ('-1/3', '~0.3333', '~3.333e+29')
    """
    exact = Fraction(value)
    text = wording.number_text(exact) if exact.denominator.bit_length() < 4_000 else ""
    if text and len(text) <= LONGEST_NUMBER:
        return text
    size = abs(exact)
    exponent = len(format_rational(Fraction(size.numerator))) - len(format_rational(Fraction(size.denominator)))
    if size < Fraction(10) ** exponent:
        exponent -= 1
    digits = round(size / Fraction(10) ** (exponent - 3))
    if digits == 10_000:
        digits, exponent = 1_000, exponent + 1
    sign = "-" if exact < 0 else ""
    if -4 <= exponent < 6:
        places = max(0, 3 - exponent)
        whole, rest = divmod(digits * 10 ** max(0, exponent - 3), 10**places)
        return f"~{sign}{whole}" + (f".{rest:0{places}d}" if places else "")
    return f"~{sign}{digits // 1000}.{digits % 1000:03d}e{exponent:+03d}"


class Words:
    """The words of one statement's certificate.

    Parameters
    ----------
    statement : kernel.Statement
    domain : kernel.Domain
    labels : sequence of str
        What the networks are called.
    """

    def __init__(self, statement: Statement, domain: Domain, labels: Sequence[str]) -> None:
        self.statement = statement
        self.domain = domain
        self.labels = tuple(labels)
        self.inputs = wording.input_names(len(domain.box))

    # ------------------------------------------------------------------------------------------- places

    def unit(self, case: Case, index: int) -> str:
        """``unit 3 of layer 1``, counted from 0, with the network if there are several."""
        network = f" of {self.labels[case.network]}" if len(self.statement.networks) > 1 else ""
        return f"unit {index} of layer {case.layer}{network}"

    def form(self, row: Row) -> str:
        """The moving part of a form, its common factor divided out, and where it is 0: ``2*x_0 - x_1 = 1/2``."""
        return self._compared(row, "=", "=")

    def hypothesis(self, form: Form) -> str:
        """A hypothesis as a comparison, such as ``x_0 <= x_1``."""
        row, strict = form
        return self._compared(row, ">" if strict else ">=", "<" if strict else "<=")

    def _compared(self, row: Row, above: str, below: str) -> str:
        names = (*self.inputs, *(f"e_{k}" for k in range(len(row) - 1 - len(self.inputs))))
        terms = [(name, entry) for name, entry in zip(names, row[1:], strict=True) if entry]
        if not terms:
            return f"{number(row[0])} {above} 0"
        factor = scale_of(row) * (1 if terms[0][1] > 0 else -1)
        relation = above if factor > 0 else below
        if len(terms) == 1:
            return f"{terms[0][0]} {relation} {number(Fraction(-row[0], terms[0][1]))}"
        body = _sum([(name, Fraction(entry, factor)) for name, entry in terms])
        return f"{body} {relation} {number(Fraction(-row[0], factor))}"

    # ------------------------------------------------------------------------------------------- leaves

    def combination(self, texts: Any, named: Sequence[tuple[Form, str]], case: Case) -> str:
        """Which hypotheses are combined, and what their sum is at most."""
        forms = [form for form, _ in named]
        level, strict, _ = kernel.combine(texts, forms, case.box, "explanation")
        top = Fraction(level, case.box.over)
        scaled = [(named[which][1], int(factor, 16) * scale_of(named[which][0][0])) for which, factor in texts]
        if not scaled:
            return "the box itself"
        largest = max(multiplier for _, multiplier in scaled)  # the multipliers as they are shown are at most 1
        parts = [
            f"({words})" if multiplier == largest else f"{number(Fraction(multiplier, largest))} ({words})"
            for words, multiplier in scaled[:MOST_PARTS]
        ]
        more = len(scaled) - len(parts)
        shown = " + ".join(parts) + (f" + {more} more" if more > 0 else "")
        return f"{shown} is {'>' if strict else '>='} 0 here, and at most {number(top / largest)} on the box"

    def known(self, case: Case) -> list[tuple[Form, str]]:
        """The hypotheses as a step counts them: the newest first."""
        return [(form, self.hypothesis(form)) for form in case.hypotheses[::-1]]

    def goal(self, case: Case, step: list[Any]) -> list[str]:
        """Why the claim holds in the case, clause by clause."""
        outputs = kernel.final_outputs(self.statement, case, "explanation")
        forms = kernel.forms_of(outputs)
        if self.statement.kind in kernel.SLOPE_KINDS:
            return [f"holds: {self.jacobian(forms)}"]
        if not self.statement.clauses:
            return ["holds: nothing is claimed"]
        lines = []
        bent = bool(self.statement.targets) or len(forms) < len(outputs)
        for place, (clause, texts) in enumerate(zip(self.statement.clauses, step[1:], strict=True)):
            what = self.clause(place)
            if bent:
                negations = kernel.negated_polynomials(clause, outputs)
                scales = [_cleared(atom, [over for _, over in outputs]) for atom in clause]
                lines.append(f"{what}: {self.identity(case, negations, scales, texts)}")
                continue
            denied = [(form, f"denied: {self.hypothesis(form)}") for form in kernel.negated(clause, forms)]
            lines.append(f"{what}: {self.combination(texts, [*denied, *self.known(case)], case)}")
        return lines

    def identity(self, case: Case, denied: Sequence[kernel.Negation], scales: Sequence[Fraction], texts: Any) -> str:
        """The products of hypotheses, and squares, whose sum is a constant that it cannot be."""
        guards = [(terms, scale, "denied") for (terms, _), scale in zip(denied, scales, strict=True)]
        forms = [*case.hypotheses[::-1], *((row, False) for row in _sides(self.domain))]
        guards += [(kernel.as_polynomial(row), Fraction(scale_of(row)), self.hypothesis((row, s))) for row, s in forms]
        one: kernel.Key = (0,) * len(self.domain.box)
        shown, constant = [], Fraction(0)
        alone = [int(c, 16) * scales[0] for c, which, root in texts if which == [0] and root is None]
        unit = alone[0] if alone else Fraction(1)
        for text, which, root in texts:
            factor = level = Fraction(int(text, 16)) / unit
            names = []
            for place in which:
                terms, scale, words = guards[place]
                factor, level = factor * scale, level * terms.get(one, 0)
                names.append(f"({words})")
            if root is not None:
                square = kernel.read_polynomial(root, len(one), "explanation")
                level *= Fraction(square.get(one, 0)) ** 2
                common = gcd(*(int(entry) for entry in square.values())) or 1
                factor *= common**2
                terms_of = tuple((Fraction(entry, common), key) for key, entry in square.items())
                short = len(terms_of) <= MOST_PARTS
                names.append(f"({Polynomial(len(one), terms_of).text(self.inputs) if short else 'a polynomial'})^2")
            constant += level
            shown.append((f"{number(factor)} " if factor != 1 or not names else "") + "".join(names))
        more = len(shown) - MOST_PARTS
        body = " + ".join(shown[:MOST_PARTS]) + (f" + {more} more" if more > 0 else "")
        return f"{body.rstrip()} = {number(constant)}, where no term is negative{'' if constant else ' and one is > 0'}"

    def clause(self, place: int) -> str:
        """What one clause says, in inputs and outputs."""
        statement = self.statement
        if statement.kind == "equal":
            size = len(statement.clauses) // 2
            first, second = self.labels if place < size else self.labels[::-1]
            return f"holds, {first}.y_{place % size} >= {second}.y_{place % size}"
        if statement.targets:
            mark = f"_{place // 2}" if len(statement.targets) > 1 else ""
            left, right = ("f", "g") if place % 2 == 0 else ("g", "f")
            bound = number(Fraction(statement.stated[1][0], statement.stated[0]))
            return f"holds, {left}{mark} - {right}{mark} <= {bound}"
        return "holds" if len(statement.clauses) == 1 else f"clause {place + 1} holds"

    def jacobian(self, forms: Sequence[tuple[Row, int]]) -> str:
        """The slopes of the case, and what the statement says of them."""
        rows = [[Fraction(entry, over) for entry in row[1:]] for row, over in forms]
        small = len(rows) * len(rows[0]) <= 9
        shown = "; ".join(", ".join(map(number, row)) for row in rows) if small else f"{len(rows)} rows"
        statement, words = self.statement, self.statement.words
        if statement.kind == "orientation":
            level = kernel.determinant([row[1:] for row, _ in forms])
            scale = Fraction(1)
            for _, over in forms:
                scale *= over
            return f"slopes [{shown}], determinant {number(level / scale)}"
        if statement.kind == "monotone":
            return f"slopes [{shown}] have the stated signs"
        lines: list[Any] = rows if words == [["inf"]] else list(zip(*rows, strict=True))
        if words == [["2"]]:
            size, what = sum((entry**2 for row in rows for entry in row), Fraction(0)), "sum of squares"
        else:
            size = max(sum(map(abs, line), Fraction(0)) for line in lines)
            what = "largest sum of a row" if words == [["inf"]] else "largest sum of a column"
        return f"slopes [{shown}], {what} {number(size)}"

    def cell(self, case: Case, step: list[Any]) -> str:
        """An interior point, and the outputs as functions there."""
        over = int(step[1], 16)
        at = ", ".join(number(Fraction(int(entry, 16), over)) for entry in step[2])
        forms = kernel.forms_of(kernel.final_outputs(self.statement, case, "explanation"))
        values = [
            _sum([*zip(self.inputs, (Fraction(e, by) for e in row[1:]), strict=True), ("", Fraction(row[0], by))])
            for row, by in forms[:MOST_PARTS]
        ]
        return f"cell around ({at}), where f = {', '.join(values)}"

    def simplex(self, case: Case, step: list[Any]) -> str:
        """The volume of a simplex, and what it contributes."""
        low, high, volume = kernel.step_simplex(self.statement, case, step, "explanation", self.domain)
        over = int(step[1], 16)
        corners = [", ".join(number(Fraction(int(entry, 16), over)) for entry in row) for row in step[2]]
        shown = " ".join(f"({corner})" for corner in corners[:MOST_PARTS])
        part = number(low) if low == high else f"between {number(low)} and {number(high)}"
        return f"simplex {shown} of volume {number(volume)} contributes {part}"


def _cleared(atom: kernel.Atom, overs: Sequence[int]) -> Fraction:
    """What the kernel multiplied the denial of an atom with; divided by it, an output alone has the coefficient 1."""
    used = [(abs(factor), over) for factor, over in zip(atom.y, overs, strict=True) if factor]
    total = Fraction(used[0][0]) if len(used) == 1 else Fraction(1)
    for _, over in used:
        total *= over
    return total


def _sides(domain: Domain) -> list[Row]:
    """The sides of the box in the kernel's order; a missing one is a form that is never used."""
    rows = []
    for place, ends in enumerate(domain.box):
        for sign, end in ((1, ends[0]), (-1, ends[1])):
            row = [-sign * (end or 0), *([0] * len(domain.box))]
            row[place + 1] = sign * domain.over
            rows.append(row)
    return rows


def scale_of(row: Row) -> int:
    """What a form is divided by before it is shown: the common factor, or the largest coefficient if all are long.

    Examples
    --------
    >>> scale_of([1, 4, -6]), scale_of([1, 1234567, 7654321])
    (2, 7654321)
    """
    common, largest = gcd(*row[1:]) or 1, max(map(abs, row[1:]), default=1) or 1
    return common if sum(map(bool, row[1:])) < 2 or largest // common < LONGEST_COEFFICIENT else largest


def _sum(terms: Sequence[tuple[str, Fraction]]) -> str:
    text, count = "", 0
    for name, entry in terms:
        if not entry:
            continue
        count += 1
        if count > MOST_PARTS:
            continue
        size = number(abs(entry))
        body = name if size == "1" and name else f"{size}*{name}".rstrip("*")
        sign = "-" if entry < 0 else "+"
        text += f" {sign} {body}" if text else ("-" if entry < 0 else "") + body
    return (text or "0") + (f" + ({count - MOST_PARTS} more terms)" if count > MOST_PARTS else "")
