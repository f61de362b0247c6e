"""An interval for every output of a construction, whatever the input: what is known of it between the good cells.

Boxes of states are followed through the layers, stretch by stretch.  Where several coordinates bend, a stretch is one
group.  Where one alone does, the clock, it goes as far as this stays so: the clock is cut into its pieces, each crossed
by blocks with all other coordinates in their whole intervals.  So it is where one coordinate alone varies, up to the
next bottleneck.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

from verinet import kernel
from verinet.claims.plans import Plan
from verinet.provers.blocks import Library
from verinet.provers.cases import hex_number
from verinet.provers.cells_of_plans import Cells, Row
from verinet.provers.clocks_of_plans import Interval, Piece, Places, Stretch, bending
from verinet.provers.frames import Affine, End, Form, Frame, applied, whole_row
from verinet.provers.walks import Block, NotPlanned, Sides, Walker
from verinet.work import keep_going

#: A case to be closed: the place of its step, and its frame.
Open = tuple[int, kernel.Case, Frame]


def whole_range(cells: Cells, plan: Plan, domain: kernel.Domain, symbols: Mapping[Places, Row]) -> Block:
    """The block of all layers on the whole box: its values lie between two constants each."""
    library = cells.library
    inputs = applied(library.groups[0].frame, library.rows(0))
    box = [(Fraction(low or 0, domain.over), Fraction(high or 0, domain.over)) for low, high in domain.box]
    sides = first = sides_of(inputs, box)
    ranges = Ranges(cells, plan, symbols, inputs)
    steps: list[Block] = []
    group = 0
    while True:
        clock, stop = ranges.ahead(group, sides)
        if clock is None:
            block, values = ranges.followed(group, sides)
        else:
            block, values = ranges.along(Stretch(cells, group, stop, clock, sides))
        steps.append(block)
        if stop == len(library.groups):
            return steps[0] if len(steps) == 1 else joined(library, first, steps, values)
        group, place = stop, library.groups[stop]
        sides = sides_of(applied(place.frame, library.rows(place.first)), values)


def joined(library: Library, sides: Sides, steps: Sequence[Block], values: Sequence[Interval]) -> Block:
    """The block of all layers, one step after the other."""
    last = len(library.layers) - 2
    walker, case, frame = library.begin(0, last, sides)
    for block in steps:
        case = walker.cross(case, frame, block)
    walker.steps.append(goal(walker, case, frame, values))
    return library.write(0, len(library.groups) - 1, last, sides, _constants(library, 0, values), walker, ())


@dataclass(frozen=True, slots=True)
class Ranges:
    """Intervals of the values behind a stretch, from boxes of states before it."""

    cells: Cells
    plan: Plan
    symbols: Mapping[Places, Row]  # of the good cells
    inputs: Affine  # the natural coordinates before the first group over (1, inputs)

    def ahead(self, group: int, sides: Sides) -> tuple[int | None, int]:
        """The clock of the stretch that begins at a group, if it has one, and the first group behind it."""
        groups = self.cells.library.groups
        varying = [k for k, (low, high) in enumerate(sides) if low.value < high.value]
        necks = {k for k, found in enumerate(groups) if found.first in self.plan.bottlenecks}
        if len(varying) <= 1:
            neck = min((k for k in necks if k > group), default=len(groups) - 1)
            return (varying or [0])[0], neck + 1
        rows = list(self.symbols.values())
        clocks: set[int] = set()
        for stop in range(group, len(groups)):
            keep_going()
            found = clocks | bending(self.cells, stop, rows)
            if len(found) > 1 or stop in necks:
                break
            clocks = found
        else:
            stop = len(groups)
        return (min(clocks), stop) if clocks else (None, group + 1)

    def until(self, stop: int) -> int:
        """The last layer before a group; behind the last group also the final affine map is crossed."""
        library = self.cells.library
        return library.groups[stop - 1].last + (stop == len(library.groups))

    def followed(self, group: int, sides: Sides) -> tuple[Block, list[Interval]]:
        """The block of one group on a box."""
        library, until = self.cells.library, self.until(group + 1)
        walker, case, frame = library.begin(group, until, sides)
        found: list[Open] = []
        walker.explore(
            case, frame, until - library.groups[group].first + 1, lambda *leaf: self._leave(walker, found, *leaf)
        )
        return self._written(walker, found, (group, group + 1), sides)

    def along(self, stretch: Stretch) -> tuple[Block, list[Interval]]:
        """The block of a stretch with a clock."""
        library, start, stop = self.cells.library, stretch.start, stretch.stop
        pieces = list(stretch.pieces(self._images(stretch)))
        if not pieces:
            raise NotPlanned("no cell says what happens along the clock")
        walker, case, frame = library.begin(start, self.until(stop), stretch.sides)
        form = library.groups[start].frame[stretch.clock]
        found: list[Open] = []
        for piece, inner, narrow in cut_up(walker, case, frame, form, pieces):
            keep_going()
            for block in self.cells.runs(piece[2], start, stop):
                inner = walker.cross(inner, narrow, block)
            if stop == len(library.groups):
                inner = walker.next(inner)
            self._leave(walker, found, inner, narrow)
        return self._written(walker, found, (start, stop), stretch.sides)

    def _images(self, stretch: Stretch) -> dict[Interval, Row]:
        """The intervals of the clock on the good cells."""
        found = {}
        for places, row in self.symbols.items():
            keep_going()
            form = self.cells.state(row, self.inputs, 0, stretch.start)[stretch.clock]
            box = [(self.plan.axes[axis][k], self.plan.axes[axis][k + 1]) for axis, k in enumerate(places)]
            found[_hull(form, box)] = row
        return found

    @staticmethod
    def _leave(walker: Walker, found: list[Open], case: kernel.Case, frame: Frame) -> None:
        """Leave a place for the step that will close a case."""
        found.append((len(walker.steps), case, frame))
        walker.steps.append([])

    def _written(
        self, walker: Walker, found: Sequence[Open], span: tuple[int, int], sides: Sides
    ) -> tuple[Block, list[Interval]]:
        """Close all cases by intervals that hold their values, and write the block down."""
        library, (start, stop) = self.cells.library, span
        values = intervals_of(found)
        for position, case, inner in found:
            walker.steps[position] = goal(walker, case, inner, values)
        rows = _constants(library, start, values)
        return library.write(start, stop - 1, self.until(stop), sides, rows, walker, ()), values


def cut_up(
    walker: Walker, case: kernel.Case, frame: Frame, form: Form, pieces: Sequence[Piece]
) -> Iterator[tuple[Piece, kernel.Case, Frame]]:
    """Cut a case between pieces of a coordinate; the upper side owns each cut."""
    if len(pieces) == 1:
        yield pieces[0], case, frame
        return
    middle = len(pieces) // 2
    row, _ = whole_row((form[0] - pieces[middle][0], *form[1:]))
    step = ["cut", [hex_number(entry) for entry in row], "right"]
    walker.steps.append(step)
    children = kernel.step_cut(walker.statement, case, step, "search")
    for child, part in zip(children, (pieces[:middle], pieces[middle:]), strict=True):
        hypothesis, strict = child.hypotheses[-1]
        inner = frame.narrowed(hypothesis, len(case.hypotheses), strict)
        if inner is None:
            raise NotPlanned("a cut that bounds nothing")
        yield from cut_up(walker, child, inner, form, part)


def goal(walker: Walker, case: kernel.Case, frame: Frame, values: Sequence[Interval]) -> list[Any]:
    """The step that says that the values of the identity layer lie in intervals."""
    over = 1
    for low, high in values:
        over = lcm(over, low.denominator, high.denominator)
    texts = []
    for (low, high), row in zip(values, case.rows, strict=True):
        for sign, end in ((1, low), (-1, high)):
            form = [sign * over * entry for entry in row]
            form[0] -= sign * int(end * over) * case.over
            text = frame.closing(form, True, len(case.hypotheses))
            if text is None:
                raise NotPlanned("a value leaves its interval")
            texts.append(text)
    return ["goal", *texts]


def intervals_of(found: Sequence[Open]) -> list[Interval]:
    """Intervals that hold the rows of all these cases."""
    ends = [
        [(inner.least(row) / case.over, -inner.least(row, -1) / case.over) for row in case.rows]
        for _, case, inner in found
    ]
    return [(min(low for low, _ in unit), max(high for _, high in unit)) for unit in zip(*ends, strict=True)]


def sides_of(forms: Affine, box: Sequence[Interval]) -> Sides:
    """The ends of forms on a box."""
    return tuple((End(low), End(high)) for low, high in (_hull(form, box) for form in forms))


def _hull(form: Form, box: Sequence[Interval]) -> Interval:
    low = high = form[0]
    for factor, (a, b) in zip(form[1:], box, strict=True):
        low, high = low + min(factor * a, factor * b), high + max(factor * a, factor * b)
    return low, high


def _constants(library: Library, group: int, values: Sequence[Interval]) -> list[tuple[Form, Fraction, Fraction]]:
    zero = (Fraction(0),) * (len(library.groups[group].back) + 1)
    return [(zero, low, high) for low, high in values]
