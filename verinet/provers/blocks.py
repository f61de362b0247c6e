"""Blocks of layers, each proved once on a box of states: a proof by cells then costs cells, not cells times depth.

A *group* is what stands between two joints of a plan.  On a cell each group acts by one affine map, its *symbol* says
which pieces of the activations are in force.  Runs of groups with equal symbols are proved as a chain, each block from
the one before it, so that a cell crosses all layers by as many steps as it has runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import Any

from verinet import kernel
from verinet.claims.plans import Joint, Plan
from verinet.errors import SingularMatrix
from verinet.kernel import Statement
from verinet.provers.cases import hex_number
from verinet.provers.frames import Affine, End, Form, Frame, applied, inverted, whole_row
from verinet.provers.walks import Block, NotPlanned, Sides, Step, Symbol, Walker, agree
from verinet.work import keep_going

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Group:
    """Layers `first` to `last`; the natural coordinates n are affine in the preactivations z of `first`, and back."""

    first: int
    last: int
    frame: Affine  # n over (1, z)
    back: Affine  # z over (1, n)
    ranges: tuple[tuple[Fraction, Fraction], ...]


@dataclass(slots=True)
class Library:
    """The blocks of one network of a statement so far."""

    statement: Statement  # with an identity layer after each network; its list of blocks grows
    groups: list[Group]
    texts: list[Json] = field(default_factory=list)
    blocks: list[kernel.Block] = field(default_factory=list)
    runs: dict[tuple[int, int, Symbol], Block] = field(default_factory=dict)
    transitions: dict[int, Affine] = field(default_factory=dict)

    @staticmethod
    def of(statement: Statement, plan: Plan) -> Library:
        """No block yet."""
        chain = statement.networks[0]
        places = [joint.layer for joint in plan.joints]
        if not places or places[0] != 0 or places != sorted(set(places)) or places[-1] >= len(chain) - 1:
            raise NotPlanned("the joints of the plan are not places of the network, from its first layer on")
        lasts = [place - 1 for place in places[1:]] + [len(chain) - 2]
        groups = []
        for joint, last in zip(plan.joints, lasts, strict=True):
            groups.append(_group(joint, last, len(chain[joint.layer].weights)))
        networks = [[*network, kernel.straight(len(network[-1].weights))] for network in statement.networks]
        blocks: list[kernel.Block] = []
        return Library(statement._replace(networks=networks, blocks=blocks), groups, [], blocks)

    @property
    def layers(self) -> list[kernel.Layer]:
        """The layers of the network, and the identity layer after them."""
        return self.statement.networks[0]

    # --- what a group does -------------------------------------------------------------------------------

    def rows(self, layer: int) -> Affine:
        """The weights of a layer as forms over (1, values before it)."""
        found = self.layers[layer]
        return tuple(tuple(Fraction(entry, found.over) for entry in row) for row in found.weights)

    def follow(self, group: int, symbol: Symbol) -> tuple[Affine, list[tuple[Form, bool]]]:
        """The values after a group as forms over (1, n), and the conditions (form, strict) under which they are."""
        place = self.groups[group]
        values: Affine = ()
        conditions: list[tuple[Form, bool]] = []
        for step, pieces in enumerate(symbol):
            layer = self.layers[place.first + step]
            q = layer.activations_over
            z = place.back if step == 0 else applied(self.rows(place.first + step), values)
            found = []
            for form, table, which in zip(z, layer.tables, pieces, strict=True):
                piece = table[which]
                if piece.slope is None:
                    raise NotPlanned("a unit stands outside the range of its activation")
                for lower, sign in ((which - 1, 1), (which, -1)):
                    if 0 <= lower < len(table) - 1:
                        end = Fraction(table[lower].until or 0, q)
                        free = agree(table[lower], table[lower + 1], q)
                        open_side = not free and (table[lower].side == "left") == (sign > 0)
                        moved = (sign * (form[0] - end), *(sign * entry for entry in form[1:]))
                        conditions.append((moved, open_side))
                line = [Fraction(piece.slope * entry, q) for entry in form]
                line[0] += Fraction(piece.offset, q)
                found.append(tuple(line))
            values = tuple(found)
        return values, conditions

    def carried(self, group: int, values: Affine) -> Affine:
        """The natural coordinates at the joint after a group, where its values are these forms."""
        following = self.groups[group + 1]
        return applied(following.frame, applied(self.rows(following.first), values))

    # --- blocks ------------------------------------------------------------------------------------------

    def run(self, start: int, stop: int, symbol: Symbol, right: bool) -> Block:
        """The block of groups start..stop-1, each with this symbol; a chain from the right or from the left."""
        known = self.runs.get((start, stop, symbol))
        if known is not None:
            return known
        todo = [(start, stop)]
        while todo:  # a chain, shortest first
            keep_going()
            a, b = todo[-1]
            if (a, b, symbol) in self.runs:
                todo.pop()
                continue
            if b - a == 1:
                self.runs[a, b, symbol] = self._single(a, symbol)
                continue
            middle = a + 1 if right else b - 1
            missing = [part for part in ((a, middle), (middle, b)) if (*part, symbol) not in self.runs]
            if missing:
                todo += missing
                continue
            self.runs[a, b, symbol] = self._joined(a, middle, b, symbol)
        return self.runs[start, stop, symbol]

    def _single(self, group: int, symbol: Symbol) -> Block:
        values, conditions = self.follow(group, symbol)
        sides: list[tuple[End, End]] = [(End(low), End(high)) for low, high in self.groups[group].ranges]
        frame = Frame((), tuple(sides))
        for form, strict in conditions:
            used = [k for k, entry in enumerate(form[1:]) if entry]
            if len(used) == 1:
                frame = _bounded(frame, used[0], form[0], form[used[0] + 1], strict)
        return self.prove(
            group,
            group,
            frame.ends,
            values,
            lambda walker, case, inner, later: walker.straight(case, inner, symbol, later),
        )

    def _joined(self, a: int, middle: int, b: int, symbol: Symbol) -> Block:
        left, right = self.runs[a, middle, symbol], self.runs[middle, b, symbol]
        moved = self.carried(middle - 1, left.values)
        frame = Frame((), left.sides)
        for form, (low, high) in zip(moved, right.sides, strict=True):
            used = [k for k, entry in enumerate(form[1:]) if entry]
            if len(used) == 1:
                factor = form[used[0] + 1]
                frame = _bounded(frame, used[0], form[0] - low.value, factor, low.strict)
                frame = _bounded(frame, used[0], high.value - form[0], -factor, high.strict)
        values = applied(right.values, moved)

        def proof(walker: Walker, case: kernel.Case, inner: Frame, later: list[Step]) -> kernel.Case:
            case = walker.cross(case, inner, left)
            return walker.cross(case, inner, right)

        return self.prove(a, b - 1, frame.ends, values, proof)

    def prove(self, first: int, last: int, sides: Sides, values: Affine, proof: Any) -> Block:
        """Write down a block of groups first..last whose values are exactly these forms of n."""
        place = self.groups[first]
        if any(low.value > high.value for low, high in sides):
            raise NotPlanned("a run of groups has an empty box of states")
        walker, case, frame = self.begin(first, self.groups[last].last, sides)
        later: list[Step] = []
        case = proof(walker, case, frame, later)
        goal = [[[0, "1"]] for _ in range(2 * len(values))]
        walker.steps.append(["goal", *goal])
        walker.steps += later[::-1]
        rows = [(row, Fraction(0), Fraction(0)) for row in applied(values, place.frame)]
        return self.write(first, last, self.groups[last].last, sides, rows, walker, values)

    def begin(self, first: int, last_layer: int, sides: Sides) -> tuple[Walker, kernel.Case, Frame]:
        """A walker at the beginning of a block, as the kernel enters it."""
        place = self.groups[first]
        layers = self.layers
        size = len(layers[place.first].weights)
        head = layers[place.first]._replace(over=1, weights=kernel.straight(size).weights)
        after = kernel.straight(len(layers[last_layer].weights))
        chain = [*[head] * (place.first + 1), *layers[place.first + 1 : last_layer + 1], after]
        statement = Statement("always", [chain], None, [], [], (1, []), blocks=self.blocks)
        forms, ends = domain_rows(place.frame, sides)
        box = kernel.Box(1, [(None, None)] * size)
        case = kernel.enter(statement, kernel.Case(forms, 0, 0, 1, [], [], [], box, []), 0, place.first)
        return Walker(statement), case, Frame(place.back, ends)

    def write(
        self,
        first: int,
        last: int,
        last_layer: int,
        sides: Sides,
        rows: Sequence[tuple[Form, Fraction, Fraction]],
        walker: Walker,
        values: Affine,
    ) -> Block:
        """Append a block to the list: its text, and what the kernel will make of it."""
        place = self.groups[first]
        over = _common(rows)
        numbers = [([int(e * over) for e in row], int(low * over), int(high * over)) for row, low, high in rows]
        forms, _ = domain_rows(place.frame, sides)
        middle = [(low.value + high.value) / 2 for low, high in sides]
        point = [sum((a * b for a, b in zip(form[1:], middle, strict=True)), form[0]) for form in place.back]
        below = _common_of(point)
        size = len(place.back)
        domain = {
            "over": "1",
            "box": [[None, None]] * size,
            "rows": [[">" if strict else ">=", [hex_number(e) for e in row]] for row, strict in forms],
            "point": {"over": hex_number(below), "at": [hex_number(int(e * below)) for e in point]},
        }
        text = {
            "network": 0,
            "first": place.first,
            "last": last_layer,
            "domain": domain,
            "over": hex_number(over),
            "map": [[[hex_number(e) for e in row], hex_number(low), hex_number(high)] for row, low, high in numbers],
            "steps": walker.steps,
        }
        self.texts.append(text)
        known = kernel.Domain(1, [(None, None)] * size, forms)
        self.blocks.append(kernel.Block(0, place.first, last_layer, known, over, numbers))
        exact = all(low == high == 0 for _, low, high in numbers)
        return Block(len(self.blocks) - 1, last, sides, values, exact)


def _group(joint: Joint, last: int, size: int) -> Group:
    """The group from a joint on, before which there are so many preactivations."""
    frame, ranges = joint.frame, joint.ranges
    if len(frame) != size or len(ranges) != size or any(len(form) != size + 1 for form in frame):
        raise NotPlanned("a joint of the plan has another number of coordinates than its layer has units")
    try:
        back = inverted(frame)
    except SingularMatrix:
        raise NotPlanned("the coordinates of a joint of the plan do not determine its preactivations") from None
    return Group(joint.layer, last, frame, back, ranges)


def domain_rows(frame: Affine, sides: Sides) -> tuple[list[kernel.Form], Sides]:
    """The sides of a box as hypotheses on the preactivations, and the ends that know where they stand."""
    forms: list[kernel.Form] = []
    ends = []
    for form, pair in zip(frame, sides, strict=True):
        known = []
        for end, sign in zip(pair, (1, -1), strict=True):
            moved = (sign * (form[0] - end.value), *(sign * entry for entry in form[1:]))
            row, scale = whole_row(moved)
            known.append(End(end.value, end.strict, len(forms), scale))
            forms.append((row, end.strict))
        ends.append((known[0], known[1]))
    return forms, tuple(ends)


def _bounded(frame: Frame, k: int, constant: Fraction, factor: Fraction, strict: bool) -> Frame:
    """The frame where constant + factor n_k >= 0."""
    value = -constant / factor
    low, high = frame.ends[k]
    if factor > 0 and (value, strict) > (low.value, low.strict):
        low = End(value, strict)
    if factor < 0 and (value, not strict) < (high.value, not high.strict):
        high = End(value, strict)
    return Frame(frame.coordinates, (*frame.ends[:k], (low, high), *frame.ends[k + 1 :]))


def _common(rows: Sequence[tuple[Form, Fraction, Fraction]]) -> int:
    return _common_of([entry for row, low, high in rows for entry in (*row, low, high)])


def _common_of(numbers: Sequence[Fraction]) -> int:
    return lcm(*(number.denominator for number in numbers))
