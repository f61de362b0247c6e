"""What every case of a replay must satisfy: the point that is followed lies in it, with its true values.

Random networks and random moves.  A point of the domain is followed down the tree: at every split, branch and cut
it belongs to exactly one child, and in that child all hypotheses hold at the point (continued by the true values of
the named coordinates), the bounds hold, and the rows are the true preactivations.  A `pass` across a block, with gaps
or without, is accepted only where the true preactivations lie in the block's domain.
"""

from __future__ import annotations

import contextlib
import random
from collections import Counter
from fractions import Fraction
from math import ceil, floor, lcm

import pytest

from verinet import kernel

TABLES: tuple[tuple[int, list[kernel.Piece]], ...] = (
    (1, [kernel.Piece(0, "left", 0, 0), kernel.Piece(None, "", 1, 0)]),  # relu
    (4, [kernel.Piece(0, "right", 1, 0), kernel.Piece(None, "", 4, 0)]),  # leaky
    (2, [kernel.Piece(-2, "left", 0, -2), kernel.Piece(2, "left", 2, 0), kernel.Piece(None, "", 0, 2)]),  # hard tanh
    (2, [kernel.Piece(0, "right", 0, 0), kernel.Piece(0, "left", 0, 1), kernel.Piece(None, "", 0, 2)]),  # Heaviside
    (1, [kernel.Piece(None, "", 1, 0)]),
)


def network(rng: random.Random, inputs: int) -> list[kernel.Layer]:
    layers, width = [], inputs
    for _ in range(rng.randint(1, 3)):
        units = rng.randint(1, 3)
        q, table = rng.choice(TABLES)
        weights = [[rng.randint(-3, 3) for _ in range(width + 1)] for _ in range(units)]
        layers.append(kernel.Layer(rng.randint(1, 3), q, weights, [table] * units))
        width = units
    return layers


def exact_value(table: list[kernel.Piece], q: int, z: Fraction) -> Fraction:
    for piece in table:
        if piece.until is None or q * z < piece.until or (q * z == piece.until and piece.side == "left"):
            return ((piece.slope or 0) * z + piece.offset) / q
    raise AssertionError


PASSED: Counter[bool] = Counter()  # by `pass` without gaps and with some


class Followed:
    """The kernel's case and the true values at one point."""

    def __init__(self, rng: random.Random) -> None:
        self.rng, self.inputs = rng, rng.randint(1, 2)
        self.networks = [network(rng, self.inputs) for _ in range(rng.randint(1, 2))]
        self.statement = kernel.Statement("always", self.networks, None, [], [], (1, []), None, [], 1)
        self.point = [Fraction(rng.randint(-6, 6), 3) for _ in range(self.inputs)]
        ends = [(None, None) if rng.random() < 0.2 else (-2, 2) for _ in range(self.inputs)]
        self.case = kernel.enter(self.statement, kernel.Case([], 0, 0, 1, [], [], [], kernel.Box(1, [*ends]), []), 0)
        self.values = list(self.point)  # of the layer before
        self.outputs: list[Fraction] = []

    @property
    def layer(self) -> kernel.Layer:
        return self.networks[self.case.network][self.case.layer]

    def preactivations(self) -> list[Fraction]:
        rows = self.layer.weights
        return [
            (row[0] + sum((w * v for w, v in zip(row[1:], self.values, strict=True)), Fraction(0))) / self.layer.over
            for row in rows
        ]

    def at(self, row: list[int]) -> Fraction:
        return row[0] + sum((a * b for a, b in zip(row[1:], self.point, strict=False)), Fraction(0))

    def holds(self, case: kernel.Case) -> bool:
        forms = all(self.at(row) > 0 if strict else self.at(row) >= 0 for row, strict in case.hypotheses)
        ends = zip(case.box.ends, self.point, strict=True)
        return forms and all(
            (a is None or a <= case.box.over * x) and (b is None or case.box.over * x <= b) for (a, b), x in ends
        )

    def check(self) -> None:
        assert self.holds(self.case)
        for row, z, (first, last), table in zip(
            self.case.rows, self.preactivations(), self.case.slots, self.layer.tables, strict=True
        ):
            assert self.at(row) / self.case.over == z
            if first >= 0:
                q = self.layer.activations_over
                assert exact_value(table, q, z) in {
                    ((piece.slope or 0) * z + piece.offset) / q for piece in table[first : last + 1]
                }

    def move(self) -> bool:
        """Try one random step; False at the end of the networks."""
        rng, case = self.rng, self.case
        names = ["split", "split", "name", "name", "branch", "cut", "refine", "tighten", "next", "next", "pass", "pass"]
        name = rng.choice(names)
        block = self.block()
        sides = ("left", "right")
        size = len(case.box.ends)
        step: list[object] = {
            "split": ["split", rng.randrange(len(case.rows)), rng.choice(sides)],
            "branch": ["branch", rng.randrange(max(1, len(case.names))), rng.choice(sides)],
            "cut": ["cut", [format(rng.randint(-4, 4), "x") for _ in range(size + 1)], rng.choice(sides)],
            "refine": ["refine", format(rng.randint(1, 5), "x")],
            "tighten": [
                "tighten",
                rng.randrange(size),
                rng.choice(("up", "down")),
                format(rng.randint(-9, 9), "x"),
                *([k, "1"] for k in range(rng.randint(1, 1 + min(3, len(case.hypotheses))))),
            ],
            "name": self.naming(),
            "next": ["next"],
            "pass": self.passing(block),
        }[name]
        moves = {
            "split": kernel.step_split,
            "branch": kernel.step_branch,
            "cut": kernel.step_cut,
            "refine": kernel.step_refine,
            "tighten": kernel.step_tighten,
            "name": kernel.step_name,
            "next": kernel.step_next,
            "pass": kernel.step_pass,
        }
        if name == "next" and case.network + 1 == len(self.networks) and case.layer + 1 == len(self.layer_list()):
            return all(first != last for first, last in case.slots)
        with contextlib.suppress(kernel.Rejected):
            children = moves[name](self.statement._replace(blocks=[block]), case, step, "test")
            self.follow(name, step, children, block)
        return True

    def layer_list(self) -> list[kernel.Layer]:
        return self.networks[self.case.network]

    def naming(self) -> list[object]:
        rng = self.rng
        ends = [rng.choice([None, format(rng.randint(-9, 0), "x")]), rng.choice([None, format(rng.randint(0, 9), "x")])]
        rows = [[format(rng.randint(-2, 2), "x") for _ in range(3)] for _ in range(rng.randint(0, 2))]
        good = [["0", "0", "1"], ["0", "-1", "1"]]
        slope = rng.choice([0, 0, 4096, 2048, -1024])
        return ["name", rng.randrange(len(self.case.rows)), format(slope, "x"), *ends, *rng.sample([*rows, *good], 1)]

    def block(self) -> kernel.Block:
        """Layers from here on, true at the point: a domain that the box gives, or nearly, and gaps around the truth."""
        rng, case, first = self.rng, self.case, self.case.layer
        last = rng.randrange(first, max(first + 1, len(self.layer_list()) - 1))
        over, q, box = rng.randint(1, 3), rng.randint(1, 3), list[kernel.End]()
        for row in case.rows:
            low, high = kernel.range_of(row, case.box, case.over)
            ends = (None if low is None else floor(over * low), None if high is None else ceil(over * high))
            shifts = [rng.choice((0, 0, 0, 0, 1)) for _ in ends]
            given = [None if end is None or rng.random() < 0.3 else end for end in ends]
            box.append(tuple(None if a is None else a + s * k for a, s, k in zip(given, shifts, (1, -1), strict=True)))
        size, zs = len(case.rows), self.preactivations()
        rows = [
            ([rng.randint(-2, 2) for _ in range(size + 1)], rng.random() < 0.5) for _ in range(rng.choice((0, 0, 1)))
        ]
        found = []
        for value in self.after(last):
            entries = [rng.randint(-2, 2) for _ in range(size + 1)]
            e = q * value - entries[0] - sum((a * z for a, z in zip(entries[1:], zs, strict=True)), Fraction(0))
            entries, e = ([0] * (size + 1), Fraction(0)) if value == 0 and rng.random() < 0.5 else (entries, e)
            found.append((entries, floor(e) - rng.choice((0, 0, 2)), ceil(e) + rng.choice((0, 0, 1))))
        return kernel.Block(case.network, first, last, kernel.Domain(over, box, rows), q, found)

    def passing(self, block: kernel.Block) -> list[object]:
        """Each condition by the box alone, or with the help of one hypothesis."""
        sides = sum(end is not None for ends in block.domain.box for end in ends) + len(block.domain.rows)
        known = len(self.case.hypotheses)
        more = [[[self.rng.randint(1, known), "1"]] if known and self.rng.random() < 0.1 else [] for _ in range(sides)]
        return ["pass", 0, *([[0, "1"], *texts] for texts in more)]

    def after(self, last: int) -> list[Fraction]:
        """The true values of a layer from this one on."""
        zs = self.preactivations()
        for place in range(self.case.layer, last + 1):
            layer = self.layer_list()[place]
            pairs = zip(layer.tables, zs, strict=True)
            values = [exact_value(table, layer.activations_over, z) for table, z in pairs]
            if place < last:
                following = self.layer_list()[place + 1]
                zs = [
                    (row[0] + sum((w * v for w, v in zip(row[1:], values, strict=True)), Fraction(0))) / following.over
                    for row in following.weights
                ]
        return values

    def follow(self, name: str, step: list[object], children: list[kernel.Case], block: kernel.Block) -> None:
        if name == "pass":
            zs, values = self.preactivations(), self.after(block.last)
            common = lcm(*(z.denominator for z in zs))
            place = (common, [int(z * common) for z in zs])
            assert kernel.contains(block.domain, block.domain.rows, place, interior=False)
            for value, (row, low, high) in zip(values, block.rows, strict=True):
                e = block.over * value - row[0] - sum((a * z for a, z in zip(row[1:], zs, strict=True)), Fraction(0))
                self.point += [(e - low) / (high - low)] if low < high else []
            self.values = values
            PASSED[any(low < high for _, low, high in block.rows)] += 1
        if name == "next":
            true = [
                exact_value(table, self.layer.activations_over, z)
                for table, z in zip(self.layer.tables, self.preactivations(), strict=True)
            ]
            finished = self.case.layer + 1 == len(self.layer_list())
            self.outputs += true if finished else []
            self.values = list(self.point[: self.inputs]) if finished else true
        if name == "name":
            unit = int(str(step[1]))
            z = self.preactivations()[unit]
            value = exact_value(self.layer.tables[unit], self.layer.activations_over, z)
            self.point.append(value - Fraction(int(str(step[2]), 16), kernel.SLOPES) * z)
        inside = [child for child in children if self.holds(child)]
        assert len(inside) == 1
        self.case = inside[0]
        for (form, over), value in zip(self.case.outputs, self.outputs, strict=True):
            assert isinstance(form, list)
            assert self.at(form) / over == value
        self.check()


def test_blocks_with_and_without_gaps_are_passed() -> None:
    PASSED.clear()
    rng = random.Random(0)
    for _ in range(150):
        followed = Followed(rng)
        while followed.move() and len(followed.point) < 12:
            pass
    assert min(PASSED[False], PASSED[True]) > 5


@pytest.mark.parametrize("seed", range(40))
def test_the_true_point_stays_in_exactly_one_case(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(25):
        followed = Followed(rng)
        followed.check()
        for _ in range(30):
            if not followed.move():
                break
