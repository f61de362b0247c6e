"""Float duals to positive integer multipliers that the kernel accepts, checked here with its own arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from math import frexp, gcd

import numpy as np

from verinet.errors import SingularMatrix
from verinet.exact.linalg import Matrix
from verinet.kernel import Domain
from verinet.provers.cases import Hypothesis

#: Significant bits tried in turn; the box absorbs what the rounding leaves.
BITS = (16, 40)
#: Float duals and slopes below this are taken for zero in a proposal, which integers then judge.
SUPPORT = 1e-9


def rounded(duals: Sequence[float], forms: Sequence[Hypothesis], bits: int) -> list[tuple[int, int]]:
    """Positive integers in the ratio of dual/scale, each with `bits` significant bits, on one power of two."""
    parts: list[tuple[int, int, int]] = []
    for place, (dual, form) in enumerate(zip(duals, forms, strict=True)):
        if dual <= 0:
            continue
        size, over = form.scale
        mantissa, exponent = frexp(dual)
        # top/2^(bits + shift) is about mantissa over/size, with shift chosen so that top has about `bits` bits
        shift = size.bit_length() - over.bit_length()
        top = (int(mantissa * (1 << 53)) * over << max(bits + shift, 0)) // (size << (53 + max(-bits - shift, 0)))
        if top > 0:
            parts.append((place, top, exponent - shift))
    if not parts:
        return []
    lowest = min(exponent for _, _, exponent in parts)
    return reduced([(place, top << (exponent - lowest)) for place, top, exponent in parts])


def reduced(multipliers: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The multipliers without their common factor."""
    common = gcd(*(factor for _, factor in multipliers))
    return [(place, factor // common) for place, factor in multipliers]


def on_support(duals: Sequence[float], forms: Sequence[Hypothesis]) -> list[tuple[int, int]]:
    """Exact multipliers for a tie: slopes that the float combination cancels are cancelled exactly.

    With the rows B of the supporting forms in the cancelled columns and g the form that has dual 1, the
    multipliers solve m B = -g, by the normal equations (B B^T) m = -B g; the caller tests them.
    """
    support = [place for place, dual in enumerate(duals) if dual > SUPPORT]
    total = sum((duals[place] * forms[place].slopes for place in support), np.zeros(len(forms[0].slopes)))
    columns = [column + 1 for column, entry in enumerate(total) if abs(entry) < SUPPORT]
    lead = max(support, key=lambda place: duals[place] == 1.0, default=None)
    others = [place for place in support if place != lead]
    if lead is None or not others or not columns:
        return []
    rows = Matrix.from_integers([[forms[place].row[column] for column in columns] for place in others])
    goal = Matrix.from_integers([[forms[lead].row[column]] for column in columns])
    try:
        solution = (rows @ rows.T).solve(-(rows @ goal))
    except SingularMatrix:
        return []
    numerators = [row[0] for row in solution.numerators()]
    if min(numerators) < 0:
        return []
    found = [(lead, solution.denominator), *zip(others, numerators, strict=True)]
    return reduced([(place, factor) for place, factor in found if factor > 0])


def contradicts(multipliers: Sequence[tuple[int, int]], forms: Sequence[Hypothesis], domain: Domain) -> bool:
    """The kernel's test: max of the combination over the box < 0, or = 0 with a strict form used."""
    if not multipliers:
        return False
    total = [0] * (len(domain.box) + 1)
    strict = False
    for place, factor in multipliers:
        strict = strict or forms[place].strict
        total = [a + factor * b for a, b in zip(total, forms[place].row, strict=True)]
    level = domain.over * total[0]
    for entry, (low, high) in zip(total[1:], domain.box, strict=True):
        if entry == 0:
            continue
        end = high if entry > 0 else low
        if end is None:
            return False
        level += entry * end
    return level < 0 or (level == 0 and strict)


def certify(duals: Sequence[float], forms: Sequence[Hypothesis], domain: Domain, slack: float) -> list[tuple[int, int]]:
    """Integer multipliers for float duals whose combination is about -slack, or [] when none of these do."""
    if slack > SUPPORT:
        small = slack / (4 * len(forms))
        for trimmed in ([dual if dual > small else 0.0 for dual in duals], list(duals)):
            for bits in BITS:
                found = rounded(trimmed, forms, bits)
                if contradicts(found, forms, domain):
                    return found
    found = on_support(duals, forms)
    return found if contradicts(found, forms, domain) else []
