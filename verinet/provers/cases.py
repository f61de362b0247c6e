"""Cases of a split-tree search: the kernel's state, in the kernel's own integers, with float shadows.

A case lies in the box of its domain and satisfies its hypotheses.  For guesses it is seen in coordinates
u in [-1, 1]^n of the box (a side without length or without end keeps its unit), where every form is scaled by
the sum of its absolute coefficients: a form then varies by at most 2 over the box, whatever the weights are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from math import inf, lcm
from operator import mul
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from verinet import kernel
from verinet.errors import Unsupported
from verinet.exact.linalg import Matrix
from verinet.kernel import Domain, Layer, Piece, Statement, curved

if TYPE_CHECKING:
    from verinet.provers.corners import Corners

Row = tuple[int, ...]
#: Forms vary by at most 2 over the box in its coordinates: a constant beyond this decides the sign alone.
FAR = 1 << 40
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Hypothesis:
    """A form >= 0 (or > 0), in the kernel's integers, and its float shadow."""

    row: Row
    strict: bool
    place: int  # its position in the kernel's list, oldest first; -1 while it is only considered
    constant: float
    slopes: Floats
    scale: tuple[int, int]  # row in box coordinates = shadow * scale[0] / scale[1]


@dataclass(frozen=True, slots=True, eq=False)
class Box:
    """The domain's box with the affine change of coordinates x = center + half u."""

    domain: Domain
    center: tuple[int, ...]  # all over `over`
    half: tuple[int, ...]
    over: int
    bounded: bool
    low: tuple[Fraction | None, ...]
    high: tuple[Fraction | None, ...]

    @property
    def ends(self) -> tuple[list[float], list[float]]:
        """Ends of the box in the coordinates u, as floats."""
        low = [-inf if a is None else -1.0 if b is not None and a < b else 0.0 for a, b in self.sides]
        high = [inf if b is None else 1.0 if a is not None and a < b else 0.0 for a, b in self.sides]
        return low, high

    @property
    def sides(self) -> list[tuple[Fraction | None, Fraction | None]]:
        """Exact ends in the coordinates x."""
        return list(zip(self.low, self.high, strict=True))

    def to_x(self, u: Sequence[float], bits: int) -> tuple[Fraction, ...]:
        """A rational point near the one with float coordinates u, with about `bits` binary digits."""
        steps = [round(Fraction(value) * (1 << bits)) for value in u]
        sides = zip(self.center, self.half, steps, strict=True)
        return tuple(Fraction((c << bits) + h * step, self.over << bits) for c, h, step in sides)

    def see(self, row: Sequence[int]) -> list[int]:
        """The form in box coordinates, times `over`."""
        slopes = row[1:]
        return [self.over * row[0] + sum(map(mul, slopes, self.center)), *map(mul, slopes, self.half)]


def box_of(domain: Domain) -> Box:
    """The box of a domain; half-open sides start at their end, free ones at 0."""
    low = tuple(None if a is None else Fraction(a, domain.over) for a, _ in domain.box)
    high = tuple(None if b is None else Fraction(b, domain.over) for _, b in domain.box)
    center, half = [], []
    for a, b in zip(low, high, strict=True):
        center.append((a or b or Fraction(0)) if a is None or b is None else (a + b) / 2)
        half.append(Fraction(1) if a is None or b is None or a == b else (b - a) / 2)
    over, numerators = common([*center, *half])
    size = len(low)
    bounded = None not in low and None not in high
    return Box(domain, tuple(numerators[:size]), tuple(numerators[size:]), over, bounded, low, high)


def hypothesis(row: Sequence[int], strict: bool, place: int, box: Box, seen: Sequence[int] | None = None) -> Hypothesis:
    """A hypothesis with its shadow; `seen` is the row in box coordinates if it is known already."""
    if seen is None:
        seen = box.see(row)
    size = sum(map(abs, seen[1:]))
    if size == 0:
        size = abs(seen[0]) or 1
    slopes = np.array([entry / size for entry in seen[1:]])
    return Hypothesis(tuple(row), strict, place, ratio(seen[0], size), slopes, (size, box.over))


@dataclass(frozen=True, slots=True, eq=False)
class Breakpoint:
    """The next breakpoint of a unit: form = q z - t D, and what it takes to own the tie."""

    unit: int
    form: list[int]
    seen: list[int]  # the form in box coordinates
    half: int  # sum of its absolute slopes there
    constant: float  # the shadow: the form over `half`
    slopes: Floats
    side: str  # the activation's own owner of the tie
    free: bool  # may the other side own it?


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """An open case: where it stands in the networks, its hypotheses, and points known to lie in it."""

    network: int
    layer: int
    over: int  # rows are over this denominator
    rows: list[list[int]]
    seen: list[list[int]]  # the rows in box coordinates, over `over` * box.over
    slots: tuple[tuple[int, int], ...]
    outputs: tuple[tuple[Any, int], ...]  # rows; polynomials where a layer has such pieces
    hypotheses: int  # how many the kernel's list holds
    active: tuple[Hypothesis, ...]  # those that matter for linear programs, oldest first
    points: Floats  # float points of the case, in box coordinates, one a row
    waiting: tuple[Breakpoint, ...] | None  # breakpoints that the box does not settle; None: not looked at yet
    degenerate: bool = False  # may lie in a hyperplane: floats decide nothing
    corners: Corners | None = None  # in one or two inputs, as long as floats can tell them


def first_case(statement: Statement, box: Box, points: Floats) -> Case:
    """The case at the first layer, with the domain's rows as hypotheses."""
    domain = box.domain
    active = tuple(hypothesis(row, strict, place, box) for place, (row, strict) in enumerate(domain.rows))
    empty = Case(0, 0, 1, [], [], (), (), len(active), active, points, None)
    return enter(statement, box, empty, 0)


def enter(statement: Statement, box: Box, case: Case, network: int) -> Case:
    """The case at the first layer of a network."""
    size = len(statement.networks[network][0].weights[0])
    inputs = [[1 if column == place else 0 for column in range(size)] for place in range(1, size)]
    return compose(statement, box, replace(case, network=network), 0, inputs, 1)


def compose(statement: Statement, box: Box, case: Case, place: int, values: list[list[int]], over: int) -> Case:
    """Rows of layer `place` from those of the values before it, as the kernel computes them."""
    layer = statement.networks[case.network][place]
    weights = Matrix.from_integers(layer.weights)
    one = [[over, *([0] * (len(box.low)))]]
    rows = (weights @ Matrix.from_integers(one + values)).numerators()
    slots = tuple((0, len(table) - 1) for table in layer.tables)
    jumps = any(first != last for first, last in slots)
    return replace(
        case,
        layer=place,
        over=layer.over * over,
        rows=rows,
        seen=[box.see(row) for row in rows] if jumps else [],
        slots=slots,
        waiting=None,
    )


def advance(statement: Statement, box: Box, case: Case) -> Case | None:
    """The case at the next layer or network, or None when all outputs are known."""
    layers = statement.networks[case.network]
    if case.layer + 1 < len(layers) and not curved(layers[case.layer]):
        values, over = settled_values(statement, case)
        return compose(statement, box, case, case.layer + 1, values, over)
    if case.network + 1 == len(statement.networks):
        return None
    outputs = (*case.outputs, *_outputs_here(statement, case))
    return enter(statement, box, replace(case, outputs=outputs), case.network + 1)


def _outputs_here(statement: Statement, case: Case) -> list[tuple[Any, int]]:
    """Outputs of the case's network, whose units are settled; polynomials where a layer has such pieces."""
    if curved(statement.networks[case.network][case.layer]):
        box = kernel.Box(1, [])
        state = kernel.Case([], case.network, case.layer, case.over, case.rows, list(case.slots), [], box, [])
        return list(kernel.tail_values(statement, state, "search"))
    values, over = settled_values(statement, case)
    return [(value, over) for value in values]


def settled_values(statement: Statement, case: Case) -> tuple[list[list[int]], int]:
    """Rows of the layer's values; all its units are settled."""
    layer = statement.networks[case.network][case.layer]
    values: list[list[int]] = []
    for row, (first, _), table in zip(case.rows, case.slots, layer.tables, strict=True):
        piece = table[first]
        if piece.slope is None:
            raise Unsupported(
                "an activation is written on a finite range (floor, frac) that the domain leaves",
                fix="give the network a domain that contains the claim's domain",
            )
        value = [piece.slope * entry for entry in row]
        value[0] += piece.offset * case.over
        values.append(value)
    return values, case.over * layer.activations_over


def final_outputs(statement: Statement, case: Case) -> list[tuple[Any, int]]:
    """The forms (or polynomials) of all outputs with their denominators."""
    return [*case.outputs, *_outputs_here(statement, case)]


def breakpoint_of(statement: Statement, case: Case, box: Box, unit: int) -> Breakpoint:
    """The breakpoint at which a unit splits next."""
    layer: Layer = statement.networks[case.network][case.layer]
    first, last = case.slots[unit]
    piece, following = layer.tables[unit][first], layer.tables[unit][min(first + 1, last)]
    if piece.until is None:
        raise Unsupported("a unit without a breakpoint was to be split", fix="report this network")
    q = layer.activations_over
    form = [q * entry for entry in case.rows[unit]]
    form[0] -= piece.until * case.over
    seen = [q * entry for entry in case.seen[unit]]
    seen[0] -= piece.until * case.over * box.over
    half = sum(map(abs, seen[1:]))
    size = half or abs(seen[0]) or 1
    slopes = np.array([entry / size for entry in seen[1:]])
    return Breakpoint(unit, form, seen, half, ratio(seen[0], size), slopes, piece.side, may_move(piece, following, q))


@lru_cache(maxsize=4096)
def may_move(piece: Piece, following: Piece, over: int) -> bool:
    """May the tie be given to the other side?  The kernel's rule: values agree and the next end is later."""
    if piece.until is None or not kernel.agree(piece, following, over):
        return False
    return following.until is None or following.until > piece.until


def branch(
    statement: Statement, case: Case, step: Breakpoint, owner: str, low: bool, box: Box, added: Hypothesis | None
) -> Case:
    """One side of a split; `added` is its hypothesis if that matters for linear programs."""
    first, last = case.slots[step.unit]
    slots = list(case.slots)
    slots[step.unit] = (first, first) if low else (first + 1, last)
    after = replace(
        case,
        slots=tuple(slots),
        hypotheses=case.hypotheses + 1,
        active=case.active if added is None else (*case.active, added),
    )
    if case.waiting is None:
        return after
    waiting = [other for other in case.waiting if other.unit != step.unit]
    if not low and first + 1 != last:
        waiting.append(breakpoint_of(statement, after, box, step.unit))
    return replace(after, waiting=tuple(waiting))


def side_form(case: Case, step: Breakpoint, low: bool, strict: bool, box: Box) -> Hypothesis:
    """The hypothesis that the low or high side of a split adds."""
    if low:
        row, seen = [-entry for entry in step.form], [-entry for entry in step.seen]
    else:
        row, seen = step.form, step.seen
    return hypothesis(row, strict, case.hypotheses, box, seen)


def common(point: Sequence[Fraction]) -> tuple[int, list[int]]:
    """A rational point over one positive denominator."""
    over = lcm(*(entry.denominator for entry in point))
    return over, [entry.numerator * (over // entry.denominator) for entry in point]


def ratio(numerator: int, over: int) -> float:
    """The quotient as a float; one far beyond the box's reach is cut off, its sign being all that matters."""
    return min(max(numerator, -FAR * over), FAR * over) / over


def hex_number(value: int) -> str:
    """An integer as the format writes it."""
    return format(value, "x")
