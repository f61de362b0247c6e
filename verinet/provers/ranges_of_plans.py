"""An interval for every output of a construction, whatever the input: what is known of it between the good cells.

Up to the bottleneck boxes of states are followed group by group.  What comes after it is a curve: its pieces are found
exactly, one after the other, and each is crossed by blocks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import lcm
from typing import Any

from verinet import kernel
from verinet.claims.plans import Plan
from verinet.provers.blocks import Block, Library, NotPlanned, Sides, Symbol, Walker
from verinet.provers.cases import hex_number
from verinet.provers.cells_of_plans import Cells, Row
from verinet.provers.frames import Affine, End, Frame, applied, whole_row
from verinet.work import keep_going

Interval = tuple[Fraction, Fraction]
Places = tuple[int, ...]


def whole_range(cells: Cells, plan: Plan, domain: kernel.Domain, symbols: Mapping[Places, Row]) -> Block:
    """The block of all layers on the whole box: its values lie between two constants each."""
    library = cells.library
    groups = library.groups
    inputs = applied(groups[0].frame, library.rows(0))
    box = [(Fraction(low or 0, domain.over), Fraction(high or 0, domain.over)) for low, high in domain.box]
    sides = first_sides = tuple((End(low), End(high)) for low, high in (_hull(form, box) for form in inputs))
    starts = [k for k, group in enumerate(groups) if group.first in plan.bottlenecks]
    steps: list[Block] = []
    group, last = 0, len(library.layers) - 2
    while True:
        if group == 0 or group - 1 in starts or group in starts:
            free = [k for k, (low, high) in enumerate(sides) if low.value < high.value]
            if len(free) <= 1:
                stop = next((k for k in starts if k > group), None)
                until = last if stop is None else groups[stop].last
                block, values = curve_range(cells, plan, (group, until), sides, symbols, inputs)
            else:
                stop = group
                block, values = followed(library, group, sides)
        else:
            stop = group
            block, values = followed(library, group, sides)
        steps.append(block)
        if stop is None:
            break
        group = stop + 1
        forms = applied(groups[group].frame, library.rows(groups[group].first))
        sides = tuple((End(low), End(high)) for low, high in (_hull(form, values) for form in forms))
    if len(steps) == 1:
        return steps[0]
    walker, case, frame = library.begin(0, last, first_sides)
    for block in steps:
        case = walker.cross(case, frame, block)
    walker.steps.append(goal(walker, case, frame, values))
    return library.write(0, len(groups) - 1, last, first_sides, _constants(library, 0, values), walker, ())


def followed(library: Library, group: int, sides: Sides) -> tuple[Block, list[Interval]]:
    """The block of one group on a box, by intervals of its values."""
    place = library.groups[group]
    walker, case, frame = library.begin(group, place.last, sides)
    found: list[tuple[int, kernel.Case, Frame]] = []

    def leaf(case: kernel.Case, inner: Frame) -> None:
        found.append((len(walker.steps), case, inner))
        walker.steps.append([])

    walker.explore(case, frame, place.last - place.first + 1, leaf)
    values = intervals_of(found)
    for position, case, inner in found:
        walker.steps[position] = goal(walker, case, inner, values)
    return library.write(group, group, place.last, sides, _constants(library, group, values), walker, ()), values


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


def curve_range(
    cells: Cells, plan: Plan, span: tuple[int, int], sides: Sides, symbols: Mapping[Places, Row], inputs: Affine
) -> tuple[Block, list[Interval]]:
    """The block from a group to a layer where one coordinate alone varies: its values by intervals."""
    library, (start, until) = cells.library, span
    stop = next(k for k, group in enumerate(library.groups) if group.last >= min(until, library.groups[-1].last)) + 1
    pieces = list(curve_pieces(cells, plan, (start, stop), sides, symbols, inputs))
    free = _free(sides)
    walker, case, frame = library.begin(start, until, sides)
    found: list[tuple[int, kernel.Case, Frame]] = []

    def visit(case: kernel.Case, frame: Frame, low: int, high: int) -> None:
        keep_going()
        if high - low > 1:
            middle = (low + high) // 2
            row = _row(library.groups[start].frame[free], pieces[middle][0])
            for child, inner, bounds in _cut(walker, case, frame, row, (low, middle, high)):
                visit(child, inner, *bounds)
            return
        for block in cells.runs(pieces[low][2], start, stop):
            case = walker.cross(case, frame, block)
        if until > library.groups[-1].last:
            case = walker.next(case)
        found.append((len(walker.steps), case, frame))
        walker.steps.append([])

    visit(case, frame, 0, len(pieces))
    values = intervals_of(found)
    for position, case, inner in found:
        walker.steps[position] = goal(walker, case, inner, values)
    return library.write(start, stop - 1, until, sides, _constants(library, start, values), walker, ()), values


def intervals_of(found: Sequence[tuple[int, kernel.Case, Frame]]) -> list[Interval]:
    """Intervals that hold the rows of all these cases."""
    ends = [
        [(inner.least(row) / case.over, -inner.least(row, -1) / case.over) for row in case.rows]
        for _, case, inner in found
    ]
    return [(min(low for low, _ in unit), max(high for _, high in unit)) for unit in zip(*ends, strict=True)]


def _free(sides: Sides) -> int:
    """The coordinate that varies."""
    return next((k for k, (low, high) in enumerate(sides) if low.value < high.value), 0)


def _row(form: Sequence[Fraction], end: Fraction) -> list[int]:
    return whole_row((form[0] - end, *form[1:]))[0]


def _cut(
    walker: Walker, case: kernel.Case, frame: Frame, row: list[int], places: tuple[int, int, int]
) -> Iterator[tuple[kernel.Case, Frame, tuple[int, int]]]:
    """The two sides of a cut through the one coordinate that varies; the upper one owns it."""
    step = ["cut", [hex_number(entry) for entry in row], "right"]
    walker.steps.append(step)
    low, middle, high = places
    count = len(case.hypotheses)
    children = kernel.step_cut(walker.statement, case, step, "search")
    for child, bounds in zip(children, ((low, middle), (middle, high)), strict=True):
        hypothesis, strict = child.hypotheses[-1]
        inner = frame.narrowed(hypothesis, count, strict)
        if inner is None:
            raise NotPlanned("a cut that bounds nothing")
        yield child, inner, bounds


def curve_pieces(
    cells: Cells, plan: Plan, span: tuple[int, int], sides: Sides, symbols: Mapping[Places, Row], inputs: Affine
) -> Iterator[tuple[Fraction, Fraction, Row]]:
    """The pieces of the curve from left to right: both ends, and the symbols of the groups."""
    low, high = sides[_free(sides)]
    at = low.value
    before: Row | None = None
    for left, right, row in sorted(_images(cells, plan, span[0], sides, symbols, inputs), key=lambda flat: flat[:2]):
        if left > at:
            yield from _between(cells, span, sides, (at, left), before, row)
        if right > at:
            yield max(left, at), right, row
        at, before = max(at, right), row
    if before is not None and (at < high.value or at == low.value):
        yield from _between(cells, span, sides, (at, high.value), None, before)


def _images(
    cells: Cells, plan: Plan, start: int, sides: Sides, symbols: Mapping[Places, Row], inputs: Affine
) -> Iterator[tuple[Fraction, Fraction, Row]]:
    """What each good cell becomes before a group."""
    free = _free(sides)
    for places, row in symbols.items():
        keep_going()
        form = cells.state(row, inputs, 0, start)[free]
        box = [(plan.axes[axis][k], plan.axes[axis][k + 1]) for axis, k in enumerate(places)]
        yield *_hull(form, box), row


def _between(
    cells: Cells, span: tuple[int, int], sides: Sides, ends: Interval, first: Row | None, second: Row
) -> Iterator[tuple[Fraction, Fraction, Row]]:
    """The pieces between two flats: groups are looked at where the symbols differ there, and in later phases.

    Where all symbols are the same at both ends they are in between.  Beyond the last flat all groups are looked at.
    """
    start, stop = span
    free = _free(sides)
    zero, one = Fraction(0), Fraction(1)
    begin = tuple((zero, one) if k == free else (low.value, zero) for k, (low, _) in enumerate(sides))
    differ = [group for group in range(start, stop) if first is None or first[group] != second[group]]
    phase = max(cells.phases[start:stop]) if not differ else cells.phases[differ[0]]
    changing = sorted({*differ, *(group for group in range(start, stop) if cells.phases[group] > phase)})
    todo = [(*ends, second if first is None else first, 0)]
    while todo:
        keep_going()
        a, b, row, k = todo.pop()
        if k == len(changing):
            yield a, b, row
            continue
        group = changing[k]
        state = cells.state(row, begin, start, group)
        symbol, cut = traced(cells.library, group, state, a, b)
        if cut is not None:
            todo += [(cut, b, row, k), (a, cut, row, k)]
            continue
        row = row.copy()
        row[group] = cells.number(group, symbol)
        todo.append((a, b, row, k + 1))


def traced(
    library: Library, group: int, state: Affine, low: Fraction, high: Fraction
) -> tuple[Symbol, Fraction | None]:
    """The symbol of a group on an interval of one parameter, or a point at which a unit bends in between."""
    place = library.groups[group]
    middle = (low + high) / 2
    values = applied(place.back, state)
    found = []
    for number in range(place.first, place.last + 1):
        layer = library.layers[number]
        z = values if number == place.first else applied(library.rows(number), values)
        pieces, after = [], []
        for (shift, factor), table in zip(z, layer.tables, strict=True):
            ends = [Fraction(piece.until or 0, layer.activations_over) for piece in table[:-1]]
            cut = (
                next((t for t in ((end - shift) / factor for end in ends) if low < t < high), None) if factor else None
            )
            if cut is not None:
                return (), cut
            which = sum(shift + factor * middle > end for end in ends)
            piece = table[which]
            q = layer.activations_over
            pieces.append(which)
            after.append((Fraction((piece.slope or 0) * shift + piece.offset, q), (piece.slope or 0) * factor / q))
        found.append(tuple(pieces))
        values = tuple(after)
    return tuple(found), None


def _hull(form: Sequence[Fraction], box: Sequence[Interval]) -> Interval:
    low = high = form[0]
    for factor, (a, b) in zip(form[1:], box, strict=True):
        low, high = low + min(factor * a, factor * b), high + max(factor * a, factor * b)
    return low, high


def _constants(
    library: Library, group: int, values: Sequence[Interval]
) -> list[tuple[tuple[Fraction, ...], Fraction, Fraction]]:
    zero = (Fraction(0),) * (len(library.groups[group].back) + 1)
    return [(zero, low, high) for low, high in values]
