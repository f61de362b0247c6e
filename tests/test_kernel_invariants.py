"""What every case of a replay must satisfy: the point that is followed lies in it, with its true values.

Random networks and random moves.  A point of the domain is followed down the tree: at every split, branch and cut
it belongs to exactly one child, and in that child all hypotheses hold at the point (continued by the true values of
the named coordinates), the bounds hold, and the rows are the true preactivations.
"""

from __future__ import annotations

import contextlib
import random
from fractions import Fraction

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
        name = rng.choice(["split", "split", "name", "name", "branch", "cut", "refine", "tighten", "next", "next"])
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
        }[name]
        moves = {
            "split": kernel.step_split,
            "branch": kernel.step_branch,
            "cut": kernel.step_cut,
            "refine": kernel.step_refine,
            "tighten": kernel.step_tighten,
            "name": kernel.step_name,
            "next": kernel.step_next,
        }
        if name == "next" and case.network + 1 == len(self.networks) and case.layer + 1 == len(self.layer_list()):
            return all(first != last for first, last in case.slots)
        with contextlib.suppress(kernel.Rejected):
            children = moves[name](self.statement, case, step, "test")
            self.follow(name, step, children)
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

    def follow(self, name: str, step: list[object], children: list[kernel.Case]) -> None:
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


@pytest.mark.parametrize("seed", range(40))
def test_the_true_point_stays_in_exactly_one_case(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(25):
        followed = Followed(rng)
        followed.check()
        for _ in range(30):
            if not followed.move():
                break
