"""The numbers of a coding scheme in L^p: staircase, values and bound, at a resolution or for an error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from verinet.claims.language import AnyClaim
from verinet.claims.lp_errors import LpErrorSmooth, lp_error
from verinet.claims.plans import Plan
from verinet.errors import Unsupported
from verinet.networks.network import Network
from verinet.theory.minimal_width.channels import Channels
from verinet.theory.minimal_width.codebooks import Codebook, codebook
from verinet.theory.minimal_width.functions import Box, Near, Targets, box_domain
from verinet.theory.minimal_width.good_cells import GoodCells, even_cells, root_of, stairs_cells
from verinet.theory.minimal_width.rounding import power_below, root_above
from verinet.theory.minimal_width.staircases import Staircase, repetitions_for
from verinet.work import keep_going

__all__ = ["Scheme", "check_power", "claimed_error", "plan_of", "scheme", "wanted_bad"]

#: Where the good cells have no error, the bad set may have this share (of the reach, a cell) of one.
SHARE = 64


@dataclass(frozen=True, slots=True)
class Scheme:
    """A staircase along every input, what is written for each cell, and the bound.

    Parameters
    ----------
    stairs : Staircase
    cells : GoodCells
    book : Codebook
    good, bad : Fraction
        The p-th power of the error on the good cells, and its bound elsewhere.
    error : Fraction
        A bound of the error itself.

    Guarantee: exact (certified where a target is smooth).
    """

    stairs: Staircase
    cells: GoodCells
    book: Codebook
    good: Fraction
    bad: Fraction
    error: Fraction


def scheme(nears: Sequence[Near], box: Box, factor: Fraction, resolution: int, p: int, eps: Fraction | None) -> Scheme:
    """Choose values, then as many repetitions as the bound needs.

    The bad set may have half the error of the good cells, or what an eps leaves.

    Guarantee: exact.
    """
    codes = tuple(map(Fraction, range(resolution)))
    rise = Fraction(1, 2 * sum(resolution**j for j in range(len(box))))
    even = even_cells(box, resolution)
    means = _means(nears, even)
    units = [_unit(near, even, row, p) for near, row in zip(nears, means, strict=True)]
    book = codebook(means, units, resolution)
    good = _good(nears, even, book, p)
    wanted = wanted_bad(good, _reach(nears, book, p), even.volume, resolution, p, _budget(nears, eps, p))
    m = repetitions_for(codes, rise, factor, wanted / (even.volume * len(box)))
    stairs = Staircase(codes, rise, m, factor)
    cells = stairs_cells(box, stairs)
    book = codebook(_means(nears, cells), units, resolution)
    good = _good(nears, cells, book, p)
    bad = cells.bad * _reach(nears, book, p)
    return Scheme(stairs, cells, book, good, bad, root_of(good + bad, nears, p, eps))


def wanted_bad(
    good: Fraction, reach: Fraction, volume: Fraction, resolution: int, p: int, budget: Fraction | None
) -> Fraction:
    """How large the bad set may be: its error at most half of the good one, or what the budget leaves of it.

    Guarantee: exact.

    Examples
    --------
    >>> wanted_bad(Fraction(1, 100), Fraction(4), Fraction(1), 8, 2, None)
    Fraction(1, 800)
    """
    left = good / 2 if budget is None else (budget - good) * 7 / 8
    if left <= 0:  # no error on good cells; or none is left, and more cells are taken
        left = reach * volume / (SHARE * resolution) ** p
    return left / reach if reach else volume


def check_power(p: object) -> int:
    """Read p: even, so that the integral of its power is a polynomial's.

    Raises
    ------
    Unsupported
        If p is not a positive even integer.

    Guarantee: exact.
    """
    if isinstance(p, bool) or not isinstance(p, int) or p < 2 or p % 2:
        raise Unsupported(f"the bound of a coding scheme in L^p needs an even p, got {p!r}"[:120], fix="take p=2")
    return p


def claimed_error(
    network: Network, goal: Targets, nears: Sequence[Near], box: Box, p: int, error: Fraction
) -> AnyClaim:
    """``lp_error(network, targets, box, p) <= error``; against a smooth target by the polynomials of the bound.

    Guarantee: exact (the claim says exactly this).
    """
    claim = lp_error(network, goal.claimed, box_domain(box), p) <= error
    return claim.with_accuracy(nears[0].distance) if isinstance(claim, LpErrorSmooth) else claim


def check_claimable(goal: Targets) -> None:
    """Refuse what `lp_error` cannot say.

    Raises
    ------
    Unsupported
        If there are several outputs and one of them is smooth.

    Guarantee: exact.
    """
    if len(goal) > 1 and any(function.is_smooth for function in goal.functions):
        raise Unsupported(
            "an L^p error of several outputs needs polynomials or pieces, got a smooth function among the targets",
            fix="take one output at a time, or polynomials that are near to them",
        )


def plan_of(channels: Channels, cells: GoodCells, narrow: Sequence[int]) -> Plan:
    """The plan of a proof by the cells of a staircase.  Guarantee: exact (a hint)."""
    axes = tuple(tuple(dict.fromkeys(end for flat in row for end in flat)) for row in cells.flats)
    starts = [{low for low, _ in row} for row in cells.flats]
    flats = tuple(tuple(end in begun for end in axis[:-1]) for axis, begun in zip(axes, starts, strict=True))
    return Plan(axes, flats, tuple(channels.joints), tuple(narrow))


def _means(nears: Sequence[Near], cells: GoodCells) -> list[list[Fraction]]:
    found: list[list[Fraction]] = [[] for _ in nears]
    for cell in cells:
        keep_going()
        for near, row in zip(nears, found, strict=True):
            row.append(near.mean(cell))
    return found


def _good(nears: Sequence[Near], cells: GoodCells, book: Codebook, p: int) -> Fraction:
    total = Fraction(0)
    for cell, values in zip(cells, book.values, strict=True):
        keep_going()
        total += sum((near.integral(cell, v, p) for near, v in zip(nears, values, strict=True)), start=Fraction(0))
    return total


def _unit(near: Near, cells: GoodCells, means: Sequence[Fraction], p: int) -> Fraction:
    """Half of the error that constants make, as a power of 2; 0 if they make none."""
    power = sum((near.integral(cell, v, p) for cell, v in zip(cells, means, strict=True)), start=Fraction(0))
    return power_below(root_above(power / cells.volume, p) / 2) if power else Fraction(0)


def _reach(nears: Sequence[Near], book: Codebook, p: int) -> Fraction:
    return sum(
        ((reach + near.coefficient_bound) ** p for near, reach in zip(nears, book.reach, strict=True)),
        start=Fraction(0),
    )


def _budget(nears: Sequence[Near], eps: Fraction | None, p: int) -> Fraction | None:
    """What an eps leaves for the p-th power of the error against polynomials."""
    if eps is None:
        return None
    left = eps - sum((near.shift(p) for near in nears), start=Fraction(0))
    return max(left, Fraction(0)) ** p
