"""FLOOR alone, and FLOOR with a squashable activation: widths, depths, exact or enclosed outputs, proofs."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import reduce
from itertools import pairwise, product
from random import Random

import pytest
import sympy

import verinet as vn
from verinet.claims.coded_cells import SupErrorCoded
from verinet.errors import Unsupported
from verinet.exact.enclosures import enclose
from verinet.networks.activations import activation
from verinet.networks.network import Activate
from verinet.theory.construction import Construction
from verinet.theory.minimal_width.floor import STRETCH, floor
from verinet.theory.minimal_width.floor_squashable import floor_squashable, outputs_on_cells
from verinet.theory.minimal_width.functions import read_targets
from verinet.theory.minimal_width.squashing import SQUASHING, squash

X, Y, Z = sympy.symbols("x_0 x_1 x_2")
SIDES = [(Fraction(-1, 2), Fraction(3, 2)), (Fraction(0), Fraction(1)), (Fraction(1, 3), Fraction(2))]
EDGE = Fraction(1, 10**9)
SHAPES = [(1, 1), (1, 3), (2, 1), (2, 2), (3, 3)]


def goals(inputs: int, outputs: int) -> list[sympy.Expr]:
    used = [X, Y, Z][:inputs]
    return [sum(used) ** 2 / 3, used[0] - used[-1] ** 2, used[-1] * used[0]][:outputs]


def cells(box: Sequence[tuple[Fraction, Fraction]], n: int) -> list[list[tuple[Fraction, Fraction]]]:
    """The cells that ``floor((n - 1/16) x)`` makes; of half-open ones a little is cut off at the upper end."""
    axes = []
    for low, high in box:
        ends = [low + (high - low) * i / (n - STRETCH) for i in range(n)]
        axes.append([*((a, b - EDGE) for a, b in pairwise(ends)), (ends[-1], high)])
    return [list(cell) for cell in product(*axes)]


def points_of(cell: Sequence[tuple[Fraction, Fraction]], random: Random) -> list[tuple[Fraction, ...]]:
    inside = tuple(low + (high - low) * Fraction(random.randrange(1000), 1000) for low, high in cell)
    return [*product(*cell), inside]


def decoded(made: Construction, x: Sequence[Fraction]) -> tuple[Fraction, ...]:
    return reduce(lambda values, part: part(*values), made.parts, tuple(x))


def activations(made: Construction) -> list[set[str]]:
    """The names of the activations, layer by layer."""
    found = [v.operation.activations for v in made.network.vertices if isinstance(v.operation, Activate)]
    return [{f.name for f in layer} for layer in found]


@pytest.mark.parametrize(("inputs", "outputs"), SHAPES)
def test_floor_alone_is_constant_on_its_cells(inputs: int, outputs: int) -> None:
    n, targets, box = (5, 3, 2)[inputs - 1], goals(inputs, outputs), SIDES[:inputs]
    made = floor(targets, inputs=inputs, resolution=n, domain=box)
    functions = read_targets(targets, inputs).functions
    assert made.network.width == max(2, inputs, outputs)
    assert made.network.depth == 1 + made.facts["changes"] + 1 + (outputs - 1)
    assert activations(made) == [{"floor"}] * made.network.depth
    random, rows = Random(3), []
    for cell in cells(box, n):
        values = set()
        for x in points_of(cell, random):
            y = made.network(*x)
            values.add(y)
            assert decoded(made, x) == y
            assert all(abs(f.value(x) - v) <= made.error_bound for f, v in zip(functions, y, strict=True))
        assert len(values) == 1
        rows.append(values.pop())
    order = sorted(product(range(n), repeat=inputs), key=lambda k: k[::-1])  # the first input runs fastest
    by_code = [rows[sum(place * n ** (inputs - 1 - j) for j, place in enumerate(k))] for k in order]
    assert made.facts["changes"] == sum(a != b for a, b in pairwise(by_code))


@pytest.mark.parametrize("n", [4, 8])
def test_the_depth_for_a_product(n: int) -> None:
    made = floor({(1, 1): 1}, inputs=2, resolution=n)
    assert made.network.depth <= n**2 + 1
    assert made.error_bound <= Fraction(2 * n - 1, 2 * n * n)


@pytest.mark.parametrize("name", list(SQUASHING))
@pytest.mark.parametrize(("inputs", "outputs"), SHAPES)
def test_a_squashable_activation_behind_one_layer_of_floors(name: str, inputs: int, outputs: int) -> None:
    n, targets, box = (5, 3, 2)[inputs - 1], goals(inputs, outputs), SIDES[:inputs]
    made = floor_squashable(targets, inputs=inputs, activation=name, resolution=n, domain=box)
    functions = read_targets(targets, inputs).functions
    changes = made.facts["changes"]
    assert made.network.width == max(3, inputs, outputs)
    assert made.network.depth == 1 + changes + (outputs if outputs > 1 else 0)
    behind = [{SQUASHING[name]}] * changes + [{"floor"}] * (outputs if outputs > 1 else 0)
    assert activations(made) == [{"floor"}, *behind]
    random = Random(4)
    for cell in cells(box, n):
        for x in points_of(cell, random):
            if name == "hard-sigmoid":
                ends = [(v, v) for v in made.network(*x)]
                assert decoded(made, x) == made.network(*x)
            else:
                assert isinstance(made.claim, SupErrorCoded)
                ends = [(e.low, e.high) for e in made.claim.enclosure_at(x)]
                assert all(high - low < Fraction(1, 2**60) for low, high in ends)
            for f, (low, high) in zip(functions, ends, strict=True):
                assert max(f.value(x) - low, high - f.value(x)) <= made.error_bound


def test_a_smooth_activation_costs_little() -> None:
    exact = floor_squashable({(1, 1): 1}, inputs=2, resolution=4)
    near = floor_squashable({(1, 1): 1}, inputs=2, resolution=4, activation="logistic")
    assert near.error_bound <= exact.error_bound * Fraction(33, 32)
    assert 0 < near.facts["error of the activation"] <= exact.error_bound / 64
    values = [exact.part("memorizer")(t)[0] for t in range(16)]
    off = near.facts["error of the activation"]
    assert all(abs(e.low - v) <= off for (e,), v in zip(outputs_on_cells(near), values, strict=True))


@pytest.mark.parametrize("name", list(SQUASHING))
@pytest.mark.parametrize("targets", [{(1, 1): 1}, [X, Y]])
def test_claims_are_proved(name: str, targets: object) -> None:
    made = floor_squashable(targets, inputs=2, activation=name, resolution=2)
    verdict = vn.prove(made.claim)
    assert isinstance(verdict, vn.Proved)
    kinds = [entry["kind"] for entry in verdict.theorem.assumptions]
    assert kinds == ([] if name == "hard-sigmoid" else ["enclosure"])


def test_the_claim_of_floors_alone_is_proved() -> None:
    assert isinstance(vn.prove(floor({(1, 1): 1}, inputs=2, resolution=2).claim), vn.Proved)


@pytest.mark.parametrize("name", ["hard-sigmoid", "tanh"])
@pytest.mark.parametrize(
    ("target", "inputs", "eps"), [(X * Y, 2, "1/5"), (sympy.sin(sympy.pi * X), 1, "1/20"), (X * Y * Z, 3, "1/3")]
)
def test_a_wanted_error_is_reached(name: str, target: sympy.Expr, inputs: int, eps: str) -> None:
    assert floor(target, inputs=inputs, eps=eps).error_bound <= vn.Q(eps)
    assert floor_squashable(target, inputs=inputs, eps=eps, activation=name).error_bound <= vn.Q(eps)


@pytest.mark.parametrize("name", ["hard-sigmoid", "tanh"])
def test_a_wanted_error_is_reached_with_two_outputs(name: str) -> None:
    made = floor_squashable([sympy.sin(X), X], inputs=1, eps="1/8", activation=name)
    assert made.error_bound <= Fraction(1, 8)


@pytest.mark.parametrize("name", list(SQUASHING))
@pytest.mark.parametrize("resolution", [2, 3, 4])
def test_few_changes_have_the_width_of_many(name: str, resolution: int) -> None:
    made = floor_squashable(X, inputs=1, activation=name, resolution=resolution)
    assert (made.network.width, made.network.depth) == (3, resolution)
    assert isinstance(vn.prove(made.claim), vn.Proved)


def test_constants_and_single_cells() -> None:
    for made in (
        floor({(0,): 7}, inputs=1, resolution=3),
        floor_squashable({(0,): 7}, inputs=1, resolution=3),
        floor({(1,): 1}, inputs=1, resolution=1, domain=[(6, 8)]),
    ):
        assert made.network(7) == (7,)
    smooth = floor_squashable({(0,): 7}, inputs=1, resolution=2, activation="tanh")
    assert (smooth.error_bound, smooth.network(0)) == (0, (7,))


def test_unknown_activations_are_refused() -> None:
    with pytest.raises(Unsupported, match="hard-sigmoid, logistic, tanh"):
        floor_squashable(X, inputs=1, activation="relu", resolution=2)


@pytest.mark.parametrize("x", [Fraction(-1, 2), Fraction(0), Fraction(1, 7), Fraction(1, 2)])
@pytest.mark.parametrize("name", ["logistic", "tanh"])
def test_identity_and_step_are_as_near_as_stated(name: str, x: Fraction) -> None:
    used = squash(name, 10, 4, (Fraction(-1, 2), Fraction(1, 2)), Fraction(3), Fraction(1, 1000))
    (row, kind), c, d = used.passing((Fraction(0), Fraction(1)), (Fraction(-1, 2), Fraction(1, 2)), used.value_scale)
    ends = enclose(kind.name, row[0] + row[1] * x, Fraction(1, 10**20))
    off = max(abs(c + d * end - x) for end in (ends.low, ends.high))
    assert off <= used.value_scale**2 * abs(x) ** 3 / 12 + Fraction(1, 10**9)
    for t, truth in ((2, 0), (3, 1)):
        (row, kind), c, d = used.reached((Fraction(0), Fraction(1)), 3)
        ends = enclose(kind.name, row[0] + row[1] * t, Fraction(1, 10**20))
        assert max(abs(c + d * end - truth) for end in (ends.low, ends.high)) <= Fraction(1, 2000)
    assert kind == activation(SQUASHING[name])
