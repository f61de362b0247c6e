"""Statements in plain ASCII, one line each, and a page of text for a checked theorem.

Guarantee: exact (every number that is printed is printed in full; what is left out is counted).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verinet.claims import wording
from verinet.exact.rationals import format_rational
from verinet.report.statements import Decoded

if TYPE_CHECKING:
    from verinet.report.checked import CheckedTheorem

#: What the words of a monotone statement say.
WAYS = {"up": "nondecreasing", "down": "nonincreasing"}


def statement_text(statement: Decoded) -> str:
    """Return one line, such as ``y_0 <= 3/2 on [-1,1]^5``.

    Examples
    --------
    >>> from verinet.claims import linear_regions
    >>> from verinet.geometry import interval
    >>> from verinet.networks import network, relu, variable
    >>> from verinet.report.statements import decode
    >>> x = variable("x")
    >>> statement_text(decode((linear_regions(network(x, relu(x)), interval(-1, 1)) == 2).statement()))
    'f has 2 linear regions on [-1,1]'
    """
    match statement.kind:
        case "all":
            return "; and ".join(map(statement_text, statement.parts))
        case "always":
            return f"{_formula(statement)} on {_domain(statement)}"
        case "holds":
            return f"{_formula(statement)} at some x of {_domain(statement)}"
        case "fails":
            return f"not ({_formula(statement)}) at some x of {_domain(statement)}"
        case "equal":
            first, second = statement.labels
            return f"{first}(x) = {second}(x) on {_domain(statement)}"
        case "value":
            at = ", ".join(map(format_rational, statement.point or ()))
            return f"{statement.labels[0]}({at}) = {wording.point_text(statement.stated)}"
        case "cells" | "linear-regions":
            noun = statement.kind.replace("-", " ")
            count = format_rational(statement.stated[0])
            return f"{statement.labels[0]} has {count} {noun} on {_domain(statement)}"
        case "lipschitz":
            return _lipschitz_text(statement)
        case "monotone":
            return f"{monotone_text(statement)} on {_domain(statement)}"
        case "orientation":
            sign = ">" if statement.words == (("positive",),) else "<"
            return f"det D{statement.labels[0]} {sign} 0 on every cell of {_domain(statement)}"
        case "integral":
            return _integral_text(statement)
        case _:
            return _error_text(statement)


def theorem_text(theorem: CheckedTheorem) -> str:
    """Return a page: assumptions first, then the statement, the networks, and what was checked.

    Guarantee: exact.
    """
    lines = [
        f"assumption {place} ({entry['kind']}, {entry['origin']}): {entry['text']}  [sha256 {entry['sha256']}]"
        for place, entry in enumerate(theorem.assumptions, 1)
    ]
    lines.append(str(theorem))
    for name, shape in zip(theorem.decoded.labels, theorem.decoded.shapes, strict=True):
        lines.append(f"  network {name}: {shape_text(shape)}, embedded in the certificate")
    lines.append(f"  evidence: {evidence_text(theorem)}")
    lines.append(f"  sha256 of the statement: {theorem.hash}")
    lines.append(f"  sha256 of its networks:  {theorem.networks_hash}")
    return "\n".join(lines)


def shape_text(shape: tuple[int, ...]) -> str:
    """Return ``2-16-16-1``: inputs, units of every layer, outputs."""
    return "-".join(map(str, shape))


def evidence_text(theorem: CheckedTheorem) -> str:
    """Return how much the kernel replayed."""
    if not theorem.steps:
        return "evaluated exactly at a point"
    counts = (counted(theorem.steps, "step", "steps"), counted(theorem.leaves, "leaf", "leaves"))
    return ", ".join(counts)


def counted(count: int, one: str, many: str) -> str:
    """Return ``1 step`` or ``3 steps``."""
    return f"{count} {one if count == 1 else many}"


def _formula(statement: Decoded) -> str:
    return wording.formula_text(statement.clauses, wording.input_names(statement.input_size), _outputs(statement))


def _outputs(statement: Decoded) -> tuple[str, ...]:
    """``y_0, ...`` of the only network, ``f1.y_0, ...`` of several."""
    marks = tuple("" if statement.total == 1 else f"{label}." for label in statement.labels)
    return tuple(f"{mark}y_{i}" for mark, size in zip(marks, statement.output_sizes, strict=True) for i in range(size))


def _lipschitz_text(statement: Decoded) -> str:
    (name,), ((norm,),) = statement.labels, statement.words
    bound = wording.number_text(statement.stated[0])
    return f"|{name}(x) - {name}(x')|_{norm} <= {bound} |x - x'|_{norm} on {_domain(statement)}"


def monotone_text(statement: Decoded) -> str:
    """Return ``y_0 is nondecreasing in x_0 and nonincreasing in x_1``, output by output.

    Guarantee: exact.
    """
    inputs = wording.input_names(statement.input_size)
    parts = []
    for name, row in zip(_outputs(statement), statement.words, strict=True):
        ways = [
            f"{phrase} in {', '.join(inputs[j] for j, said in enumerate(row) if said == word)}"
            for word, phrase in WAYS.items()
            if word in row
        ]
        parts += [f"{name} is {' and '.join(ways)}"] if ways else []
    return "; ".join(parts) or "true"


def _integral_text(statement: Decoded) -> str:
    names = (*wording.input_names(statement.input_size), *_outputs(statement))
    (integrand,), ((absolute,),), power = statement.targets, statement.words, statement.power
    body = integrand.text(names)
    if absolute == "yes":
        body = f"|{body}|"
    elif power > 1 and (len(integrand.coefficients) > 1 or not body.replace("_", "").isalnum()):
        body = f"({body})"
    body = f"integral of {body}" + (f"^{power}" if power > 1 else "")
    low, high = map(wording.number_text, statement.stated)
    said = f"{body} = {low}" if low == high else f"{low} <= {body} <= {high}"
    return f"{said} on {_domain(statement)}"


def _domain(statement: Decoded) -> str:
    return "" if statement.domain is None else wording.domain_text(statement.domain)


def _error_text(statement: Decoded) -> str:
    names = wording.input_names(statement.input_size)
    single = len(statement.targets) == 1
    gaps, name = [], statement.labels[0]
    for index, target in enumerate(statement.targets):
        text = target.text(names)
        text = text if len(target.coefficients) < 2 and not text.startswith("-") else f"({text})"
        gaps.append(f"|{name if single else f'{name}_{index}'}(x) - {text}|")
    bound, place = format_rational(statement.stated[0]), _domain(statement)
    if statement.kind == "sup-error-equals":
        gap = gaps[0] if single else f"max({', '.join(gaps)})"
        return f"max {gap} = {bound} on {place}"
    return " and ".join(f"{gap} <= {bound}" for gap in gaps) + f" on {place}"
