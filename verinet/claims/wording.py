"""One-line plain ASCII texts of domains, terms and formulas.

Guarantee: exact (every number that is printed is printed in full; what is left out is counted).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby

from verinet.claims.formulas import Affine, Atom, Clauses
from verinet.exact.rationals import format_rational
from verinet.geometry.polyhedra import Polyhedron

#: Beyond so many different sides or clauses a line names the rest by their number.
MOST_PARTS = 8
#: From here on a finite decimal is read more easily than a fraction.
LONG_DENOMINATOR = 10_000


def domain_text(domain: Polyhedron) -> str:
    """Return a text such as ``[-1,1]^5`` or ``[0,1]x[0,2] with x_0 + x_1 <= 1``.

    Examples
    --------
    >>> from verinet.geometry.polyhedra import Halfspace, box
    >>> domain_text(box((0, 1), (0, 1), (0, 2)).cut(Halfspace((1, -1, 0), 0)))
    '[0,1]^2 x [0,2] with x_0 <= x_1'
    """
    groups = [
        _side(*side) + (f"^{count}" if count > 1 else "")
        for side, count in _runs(list(zip(domain.low, domain.high, strict=True)))
    ]
    left_out = len(groups) - MOST_PARTS
    if left_out > 0:
        groups = [*groups[:MOST_PARTS], f"... (a box in R^{domain.dimension})"]
    text = " x ".join(groups)
    rows = [
        atom_text(Atom(_affine_of(half.normal, half.offset), half.strict), input_names(domain.dimension), ())
        for half in domain.halfspaces
    ]
    return text + (" with " + _several(rows, " and ", "constraints") if rows else "")


def formula_text(clauses: Clauses, inputs: Sequence[str], outputs: Sequence[str]) -> str:
    """Return clauses as text: ``y_0 <= 3/2``, ``(a or b) and c``, ``true``."""
    if not clauses:
        return "true"
    parts = []
    for clause in clauses:
        text = " or ".join(atom_text(atom, inputs, outputs) for atom in clause) or "false"
        parts.append(f"({text})" if len(clause) > 1 and len(clauses) > 1 else text)
    return _several(parts, " and ", "clauses")


def atom_text(atom: Atom, inputs: Sequence[str], outputs: Sequence[str]) -> str:
    """Return a comparison with positive terms left and the rest right, outputs first.

    Examples
    --------
    >>> y, z = Affine.of_output(0), Affine.of_output(1)
    >>> atom_text(2 * y <= 3, ("x",), ("y_0", "y_1")), atom_text(y > z + 1, ("x",), ("y_0", "y_1"))
    ('y_0 <= 3/2', 'y_0 > y_1 + 1')
    """
    term = atom.term
    named = [(outputs[i], c) for i, c in term.y] + [(inputs[i], c) for i, c in term.x]
    constant = term.constant
    relation = ">" if atom.strict else ">="
    if not named:
        return f"{number_text(constant)} {relation} 0"
    factor = Fraction(1 if named[0][1] > 0 else -1)
    if factor < 0:
        relation = relation.replace(">", "<")
    if len(named) == 1:
        factor = 1 / named[0][1]
    named = [(name, factor * c) for name, c in named]
    constant *= factor
    left = _sum([(name, c) for name, c in named if c > 0], Fraction(0))
    right = _sum([(name, -c) for name, c in named if c < 0], -constant)
    return f"{left} {relation} {right}"


def input_names(size: int) -> tuple[str, ...]:
    """Return ``x_0, x_1, ...``, or ``x`` alone."""
    return ("x",) if size == 1 else tuple(f"x_{j}" for j in range(size))


def output_names(sizes: Sequence[int]) -> tuple[str, ...]:
    """Return ``y_0, ...`` for one network, ``f1.y_0, ..., f2.y_0, ...`` for several."""
    if len(sizes) == 1:
        return tuple(f"y_{i}" for i in range(sizes[0]))
    return tuple(f"f{k}.y_{i}" for k, size in enumerate(sizes, 1) for i in range(size))


def point_text(values: Sequence[Fraction]) -> str:
    """Return ``(1, -1/3)``, or the bare number when there is one."""
    if len(values) == 1:
        return format_rational(values[0])
    return "(" + ", ".join(map(format_rational, values)) + ")"


def number_text(value: Fraction) -> str:
    """Return ``p/q``, or the finite decimal (equally exact) where q is long and the decimal is shorter.

    Examples
    --------
    >>> number_text(Fraction(-1, 256)), number_text(Fraction(75882789, 250000000))
    ('-1/256', '0.303531156')
    """
    ratio = format_rational(value)
    if value.denominator < LONG_DENOMINATOR:
        return ratio
    decimal = decimal_text(value)
    return decimal if decimal is not None and len(decimal) < len(ratio) else ratio


def decimal_text(value: Fraction) -> str | None:
    """Return the finite decimal of a rational, or None if it has none.

    Examples
    --------
    >>> decimal_text(Fraction(-7, 400)), decimal_text(Fraction(1, 3))
    ('-0.0175', None)
    """
    rest, powers = value.denominator, {2: 0, 5: 0}
    for prime in powers:
        while rest % prime == 0:
            rest //= prime
            powers[prime] += 1
    if rest != 1:
        return None
    places = max(powers.values())
    digits = format_rational(Fraction(abs(value.numerator) * 10**places // value.denominator))
    if places:
        digits = digits.zfill(places + 1)
        digits = f"{digits[:-places]}.{digits[-places:]}"
    return f"-{digits}" if value < 0 else digits


def _sum(terms: Sequence[tuple[str, Fraction]], constant: Fraction) -> str:
    text = " + ".join(name if c == 1 else f"{number_text(c)}*{name}" for name, c in terms)
    if not constant and terms:
        return text
    if not terms:
        return number_text(constant)
    return f"{text} {'-' if constant < 0 else '+'} {number_text(abs(constant))}"


def _side(low: Fraction | None, high: Fraction | None) -> str:
    left = "(-inf" if low is None else f"[{number_text(low)}"
    right = "inf)" if high is None else f"{number_text(high)}]"
    return f"{left},{right}"


def _runs(
    sides: list[tuple[Fraction | None, Fraction | None]],
) -> list[tuple[tuple[Fraction | None, Fraction | None], int]]:
    return [(side, len(list(run))) for side, run in groupby(sides)]


def _several(parts: list[str], joint: str, noun: str) -> str:
    left_out = len(parts) - MOST_PARTS
    if left_out <= 0:
        return joint.join(parts)
    return joint.join(parts[:MOST_PARTS]) + f"{joint}{left_out} more {noun}"


def _affine_of(normal: Sequence[Fraction], offset: Fraction) -> Affine:
    return Affine(offset, tuple((j, -a) for j, a in enumerate(normal) if a))
