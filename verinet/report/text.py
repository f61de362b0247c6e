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
        case "always":
            return f"{_formula(statement)} on {_domain(statement)}"
        case "holds":
            return f"{_formula(statement)} at some x of {_domain(statement)}"
        case "fails":
            return f"not ({_formula(statement)}) at some x of {_domain(statement)}"
        case "equal":
            return f"f1(x) = f2(x) on {_domain(statement)}"
        case "value":
            at = ", ".join(map(format_rational, statement.point or ()))
            return f"f({at}) = {wording.point_text(statement.stated)}"
        case "cells" | "linear-regions":
            noun = statement.kind.replace("-", " ")
            return f"f has {format_rational(statement.stated[0])} {noun} on {_domain(statement)}"
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
    names = ["f"] if len(theorem.decoded.shapes) == 1 else [f"f{k}" for k in range(1, 1 + len(theorem.decoded.shapes))]
    for name, shape in zip(names, theorem.decoded.shapes, strict=True):
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
    names = wording.input_names(statement.input_size), wording.output_names(statement.output_sizes)
    return wording.formula_text(statement.clauses, *names)


def _domain(statement: Decoded) -> str:
    return "" if statement.domain is None else wording.domain_text(statement.domain)


def _error_text(statement: Decoded) -> str:
    names = wording.input_names(statement.input_size)
    single = len(statement.targets) == 1
    gaps = []
    for index, target in enumerate(statement.targets):
        text = target.text(names)
        text = text if len(target.coefficients) < 2 and not text.startswith("-") else f"({text})"
        gaps.append(f"|{'f' if single else f'f_{index}'}(x) - {text}|")
    bound, place = format_rational(statement.stated[0]), _domain(statement)
    if statement.kind == "sup-error-equals":
        gap = gaps[0] if single else f"max({', '.join(gaps)})"
        return f"max {gap} = {bound} on {place}"
    return " and ".join(f"{gap} <= {bound}" for gap in gaps) + f" on {place}"
