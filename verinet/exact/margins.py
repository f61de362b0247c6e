"""How far inside: the margin program of a system, decided by float proposals, short rationals, exact pivots.

For rows F over (1, u) with sizes s > 0 the margin is the largest t <= 1 with ``F_i(u) >= s_i t`` for all i at
one u of the box.  It is positive where every row can be > 0 at once; multipliers of a negative one (or of 0,
with a strict row) prove emptiness.  The margin program is never infeasible, which floats like.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from operator import mul

import numpy as np
from flint import fmpz_mat

from verinet.exact.boxes import Boxed, Form
from verinet.exact.explorer import Floats, Proposal, propose
from verinet.exact.simplex import AT_LOWER, AT_UPPER, PINNED, Optimum, Program, Ray, Vertex, maximise

_ROUNDINGS = (16, 32, 50)
# A constant may exceed the coefficients of its row by this many bits before it sets the row's size.
_CONSTANT_BITS = 40


@dataclass(frozen=True, slots=True)
class Found:
    """A point in x, or multipliers of the rows; of `closest_minimum` both, or a point and a direction."""

    point: tuple[Fraction, ...] | None = None
    multipliers: tuple[tuple[int, int], ...] = ()
    scale: int = 1
    direction: tuple[Fraction, ...] | None = None


@dataclass(slots=True)
class Margin:
    """Rows of a system with its normalised box, and those rows that the box alone does not decide."""

    rows: Sequence[Form]
    boxed: Boxed
    kept: list[int] = field(default_factory=list)
    forms: list[list[int]] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)

    def sift(self, strict: Sequence[bool], *, all_strict: bool) -> int | None:
        """Keep the undecided rows; the index of a row that the box alone refutes, if there is one."""
        for i, row in enumerate(self.rows):
            form = self.boxed.form(row)
            least, most = self.boxed.extremes(form)
            constant = not any(form[1:])
            sharp = strict[i] or (all_strict and not constant)
            if most is not None and (most < 0 or (most == 0 and sharp)):
                return i
            # inside the box a row with minimum 0 is positive, if it is not constant
            enough = 1 if strict[i] and (constant or not all_strict) else 0
            if least is not None and least >= enough:
                continue
            self.kept.append(i)
            self.forms.append(form)
            largest = max(entry.bit_length() for entry in form[1:])
            self.sizes.append(max(largest, form[0].bit_length() - _CONSTANT_BITS))
        return None

    def floats(self) -> Floats:
        """The kept forms divided by two to their sizes, to the nearest float."""
        powers = [1 << size for size in self.sizes]
        # the quotient of two integers is correctly rounded, however long they are
        rows = [[entry / power for entry in form] for form, power in zip(self.forms, powers, strict=True)]
        return np.array(rows, dtype=np.float64).reshape(len(rows), len(self.boxed.columns) + 1)

    def sides(self) -> tuple[Floats, Floats]:
        """The box in u as floats, infinite where there is no side."""
        low = [-math.inf if side is None else side for side in self.boxed.lower]
        high = [math.inf if side is None else side for side in self.boxed.upper]
        return np.array(low, dtype=np.float64), np.array(high, dtype=np.float64)

    def named(self, multipliers: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
        """Multipliers of kept rows as multipliers of the system's rows."""
        return tuple((self.kept[i], m) for i, m in multipliers)


def widest_margin(margin: Margin, strict: Sequence[bool], *, all_strict: bool) -> Found:
    """A point of the set (with `all_strict`: of its interior), or multipliers that prove there is none.

    Notes
    -----
    Guarantee: exact
    """
    refuted = margin.sift(strict, all_strict=all_strict)
    if refuted is not None:
        return Found(multipliers=((refuted, 1),))
    boxed = margin.boxed
    if not margin.kept:
        return Found(boxed.point(boxed.inside()))
    sharp = [all_strict or strict[i] for i in margin.kept]
    proposal = _propose_margin(margin, cap=1)
    if proposal is not None:
        found = _short_answer(margin, proposal, sharp, inside=all_strict)
        if found is not None:
            return found
    optimum = _exact_margin(margin, [True] * len(sharp), proposal, cap=1)
    if optimum.value == 0 and not all_strict:
        if not any(sharp):
            return Found(boxed.point(optimum.point[:-1]))
        # all rows touch at best; only the strict ones may not
        optimum = _exact_margin(margin, sharp, None, cap=1, start=_without_margin(optimum))
    if optimum.value > 0:
        u = optimum.point[:-1]
        return Found(boxed.point(_pulled_inside(margin, u) if all_strict else u))
    return Found(multipliers=margin.named(_coprime(_integers(optimum.multipliers)[0])))


def closest_minimum(margin: Margin, row: Form) -> Found:
    """The minimum of a form over the closed set: point, multipliers and scale; or a direction; or emptiness.

    Notes
    -----
    Guarantee: exact
    """
    refuted = margin.sift([False] * len(margin.rows), all_strict=False)
    if refuted is not None:
        return Found(multipliers=((refuted, 1),))
    objective = tuple(-entry for entry in margin.boxed.form(row)[1:])
    optimum: Optimum | Ray | None = None
    if margin.kept:
        proposal = _propose_minimum(margin, objective)
        if proposal is not None:
            start = Vertex(list(proposal.rows), list(proposal.held))
            optimum = maximise(_program(margin, objective), start)
    if optimum is None:
        start_or_found = _feasible_vertex(margin)
        if isinstance(start_or_found, Found):
            return start_or_found
        optimum = maximise(_program(margin, objective), start_or_found)
    if optimum is None:
        raise ArithmeticError("the vertex that the margin program ended at is no vertex")
    point = margin.boxed.point(optimum.point)
    if isinstance(optimum, Ray):
        return Found(point, direction=margin.boxed.direction(optimum.direction))
    multipliers, scale = _integers(optimum.multipliers)
    return Found(point, margin.named(multipliers), scale)


def round_scaled(duals: Sequence[float], sizes: Sequence[int], bits: int) -> tuple[tuple[int, int], ...]:
    """Integer multipliers of rows from float multipliers of the rows divided by two to their sizes."""
    largest = max(duals, default=0.0)
    if not 0.0 < largest < math.inf:
        return ()
    _, exponent = math.frexp(largest)
    short = [(i, round(math.ldexp(dual, bits - exponent))) for i, dual in enumerate(duals) if dual > 0.0]
    used = [(i, m) for i, m in short if m > 0]
    top = max(sizes[i] for i, _ in used)
    return _coprime([(i, m << (top - sizes[i])) for i, m in used])


def _propose_margin(margin: Margin, cap: int) -> Proposal | None:
    rows = margin.floats()
    low, high = margin.sides()
    width = len(low)
    return propose(
        np.hstack([rows, np.full((len(rows), 1), -1.0)]),
        np.append(low, -np.inf),
        np.append(high, float(cap)),
        np.append(np.zeros(width), 1.0),
    )


def _propose_minimum(margin: Margin, objective: Sequence[int]) -> Proposal | None:
    size = max((entry.bit_length() for entry in objective), default=0)
    low, high = margin.sides()
    return propose(margin.floats(), low, high, np.array([entry / (1 << size) for entry in objective]))


def _short_answer(margin: Margin, proposal: Proposal, sharp: Sequence[bool], *, inside: bool) -> Found | None:
    """A point or multipliers with few bits near the float solver's, if they pass the exact test."""
    if proposal.value > 0.0:
        for u in _short_points(margin, proposal, inside=inside):
            if _is_positive(margin, u):
                return Found(margin.boxed.point(u))
    elif proposal.value < 0.0:
        for bits in _ROUNDINGS:
            multipliers = round_scaled(proposal.duals, margin.sizes, bits)
            if multipliers and _refutes(margin, multipliers, sharp):
                return Found(multipliers=margin.named(multipliers))
    return None


def _short_points(margin: Margin, proposal: Proposal, *, inside: bool) -> Iterator[list[Fraction]]:
    point = proposal.point[:-1]
    width, value = len(point), min(proposal.value, 1.0)
    if inside:
        pull = value / (4 * width + 4)
        centre = margin.boxed.inside()
        point = tuple(v + pull * (float(c) - v) for v, c in zip(point, centre, strict=True))
        value /= 4 * width + 4
    # rounding to this grid moves no row by more than its margin
    bits = max(3, math.ceil(math.log2(width + 1) - math.log2(value)))
    for extra in (0, 8, 40):
        power = 1 << (bits + extra)
        yield [Fraction(round(Fraction(v) * power), power) for v in point]


def _is_positive(margin: Margin, u: Sequence[Fraction]) -> bool:
    """Whether every kept form is > 0 at u."""
    common = math.lcm(*(value.denominator for value in u))
    scaled = [common, *(value.numerator * (common // value.denominator) for value in u)]
    return all(sum(map(mul, form, scaled)) > 0 for form in margin.forms)


def _refutes(margin: Margin, multipliers: Sequence[tuple[int, int]], sharp: Sequence[bool]) -> bool:
    total = [0] * (len(margin.boxed.columns) + 1)
    for i, m in multipliers:
        total = [t + m * entry for t, entry in zip(total, margin.forms[i], strict=True)]
    _, most = margin.boxed.extremes(total)
    return most is not None and (most < 0 or (most == 0 and any(sharp[i] for i, _ in multipliers)))


def _pulled_inside(margin: Margin, u: Sequence[Fraction]) -> list[Fraction]:
    """From u, where all forms are > 0, a little towards the middle of the box, so that they still are."""
    centre = margin.boxed.inside()
    part = Fraction(1, 4)
    while True:
        moved = [v + part * (c - v) for v, c in zip(u, centre, strict=True)]
        if _is_positive(margin, moved):
            return moved
        part /= 16


def _exact_margin(
    margin: Margin,
    counted: Sequence[bool],
    proposal: Proposal | None,
    *,
    cap: int,
    start: Vertex | None = None,
) -> Optimum:
    """The exact margin of the counted rows, the others being required to be >= 0."""
    sizes = [1 << size if count else 0 for size, count in zip(margin.sizes, counted, strict=True)]
    entries = [e for form, size in zip(margin.forms, sizes, strict=True) for e in (*form, -size)]
    width = len(margin.boxed.columns) + 1
    program = Program(
        rows=fmpz_mat(len(margin.forms), width + 1, entries),
        lower=(*margin.boxed.lower, None),
        upper=(*margin.boxed.upper, cap),
        objective=(*([0] * (width - 1)), 1),
        sizes=tuple(margin.sizes),
    )
    optimum: Optimum | Ray | None = None
    if start is not None:
        optimum = maximise(program, start)
    elif proposal is not None:
        optimum = maximise(program, Vertex(list(proposal.rows), list(proposal.held)))
    if optimum is None:
        optimum = maximise(program, _corner(margin, cap))
    if not isinstance(optimum, Optimum):
        raise ArithmeticError("the margin program has an optimum, and the exact simplex found none")
    return optimum


def _corner(margin: Margin, cap: int) -> Vertex:
    """A vertex of the margin program: a corner of the box, and t pinned low enough."""
    held: list[int | None] = []
    corner: list[int] = [1]
    for below, above in zip(margin.boxed.lower, margin.boxed.upper, strict=True):
        held.append(AT_LOWER if below is not None else AT_UPPER if above is not None else PINNED)
        corner.append(below if below is not None else above if above is not None else 0)
    values = [sum(map(mul, form, corner)) for form in margin.forms]
    margins = [value >> size for value, size in zip(values, margin.sizes, strict=True)]
    return Vertex([], [*held, PINNED], {len(held): min(cap, *margins) if margins else cap})


def _without_margin(optimum: Optimum) -> Vertex:
    """The vertex of an optimum with t = 0, with t pinned there in place of one of the rows that held it."""
    vertex = optimum.vertex
    margin_column = len(vertex.held) - 1
    rows = list(vertex.rows)
    if vertex.held[margin_column] is None:
        # a row with a multiplier: the other tight constraints stay independent when t is held instead
        rows.remove(optimum.multipliers[0][0])
    pins = {column: pin for column, pin in vertex.pins.items() if column != margin_column}
    return Vertex(rows, [*vertex.held[:-1], PINNED], pins)


def _feasible_vertex(margin: Margin) -> Vertex | Found:
    """A vertex of the closed set, or multipliers that prove it empty."""
    if not margin.kept:
        corner = _corner(margin, 0)
        return Vertex([], corner.held[:-1])
    counted = [True] * len(margin.kept)
    proposal = _propose_margin(margin, cap=0)
    if proposal is not None and proposal.value < 0.0:
        found = _short_answer(margin, proposal, [False] * len(counted), inside=False)
        if found is not None:
            return found
    optimum = _exact_margin(margin, counted, proposal, cap=0)
    if optimum.value < 0:
        return Found(multipliers=margin.named(_coprime(_integers(optimum.multipliers)[0])))
    vertex = _without_margin(optimum)
    return Vertex(vertex.rows, vertex.held[:-1], vertex.pins)


def _program(margin: Margin, objective: tuple[int, ...]) -> Program:
    width = len(margin.boxed.columns) + 1
    return Program(
        rows=fmpz_mat(len(margin.forms), width, [entry for form in margin.forms for entry in form]),
        lower=margin.boxed.lower,
        upper=margin.boxed.upper,
        objective=objective,
        sizes=tuple(margin.sizes),
    )


def _integers(multipliers: Sequence[tuple[int, Fraction]]) -> tuple[tuple[tuple[int, int], ...], int]:
    """The multipliers as integers, and the scale that made them so."""
    scale = math.lcm(*(m.denominator for _, m in multipliers))
    return tuple((i, m.numerator * (scale // m.denominator)) for i, m in multipliers), scale


def _coprime(multipliers: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    common = math.gcd(*(m for _, m in multipliers))
    return tuple((i, m // common) for i, m in multipliers)
