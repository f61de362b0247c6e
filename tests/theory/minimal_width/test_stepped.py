"""One stepped leaky ReLU: widths and depths, exact constants on half-open cells, bounds against brute force, proofs."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import reduce
from itertools import product
from math import ceil, log2
from random import Random

import pytest
import sympy

import verinet as vn
from verinet.claims import sup_error
from verinet.errors import BudgetExhausted, Unsupported
from verinet.networks.activations import activation
from verinet.networks.network import Activate, Network
from verinet.theory.construction import Construction
from verinet.theory.minimal_width.functions import read_targets
from verinet.theory.minimal_width.stepped import stepped
from verinet.theory.minimal_width.stepped_pair import stepped_pair

X, Y, Z = sympy.symbols("x_0 x_1 x_2")
SIDES = [(Fraction(-1, 2), Fraction(3, 2)), (Fraction(0), Fraction(1)), (Fraction(1, 3), Fraction(2))]
EDGE = Fraction(1, 10**9)


def goals(inputs: int, outputs: int) -> list[sympy.Expr]:
    used = [X, Y, Z][:inputs]
    return [sum(used) ** 2 / 3, used[0] - used[-1] ** 2, used[-1] * used[0]][:outputs]


def points_of(cell: Sequence[tuple[Fraction, Fraction, bool]], random: Random) -> list[tuple[Fraction, ...]]:
    """All corners of a half-open cell (upper ends from inside, unless closed), and two random points."""
    ends = [(low, high if closed else high - EDGE) for low, high, closed in cell]
    inside = [
        tuple(low + (high - low) * Fraction(random.randrange(1000), 1000) for low, high, _ in cell) for _ in range(2)
    ]
    return [*product(*ends), *inside]


def cells(box: Sequence[tuple[Fraction, Fraction]], n: int) -> list[list[tuple[Fraction, Fraction, bool]]]:
    """The half-open cells of a box, the last ones closed."""
    axes = [
        [(low + (high - low) * i / n, low + (high - low) * (i + 1) / n, i == n - 1) for i in range(n)]
        for low, high in box
    ]
    return [list(cell) for cell in product(*axes)]


def decoded(made: Construction, x: Sequence[Fraction]) -> tuple[Fraction, ...]:
    return reduce(lambda values, part: part(*values), made.parts, tuple(x))


def uses_only(network: Network, name: str, *parameters: object) -> bool:
    used = {f for v in network.vertices if isinstance(v.operation, Activate) for f in v.operation.activations}
    return used == {activation(name, *parameters)}


@pytest.mark.parametrize(
    ("inputs", "outputs", "alpha"),
    [
        (1, 1, "1/3"),
        (1, 2, "5/2"),
        (1, 3, "1/3"),
        (2, 1, "5/2"),
        (2, 2, "1/3"),
        (2, 3, "1/3"),
        (3, 1, "1/3"),
        (3, 3, "5/2"),
    ],
)
def test_outputs_are_constant_on_half_open_cells(inputs: int, outputs: int, alpha: str) -> None:
    n, targets, box = (4, 3, 2)[inputs - 1], goals(inputs, outputs), SIDES[:inputs]
    made = stepped(targets, inputs=inputs, alpha=alpha, step="2/7", resolution=n, domain=box)
    functions = read_targets(targets, inputs).functions
    assert made.network.width == max(2, inputs, outputs)
    assert uses_only(made.network, "stepped_leaky", alpha, "2/7")
    random = Random(inputs)
    for cell in cells(box, n):
        values = set()
        for x in points_of(cell, random):
            y = made.network(*x)
            values.add(y)
            assert decoded(made, x) == y
            assert all(abs(f.value(x) - v) <= made.error_bound for f, v in zip(functions, y, strict=True))
        assert len(values) == 1


@pytest.mark.parametrize("n", [4, 8])
def test_the_bound_for_a_product_is_half_of_the_oscillation(n: int) -> None:
    made = stepped({(1, 1): 1}, inputs=2, resolution=n)
    assert made.error_bound == Fraction(2 * n - 1, 2 * n * n)
    assert made.network.depth == 2 * (n - 1) + 1 + 2 * (n**2 - 1)
    assert made.network.level_widths[2 * (n - 1)] == 1
    assert made.plan is not None
    assert made.plan.bottlenecks == (2 * (n - 1),)
    at = 1 - Fraction(1, n)
    (value,) = made.network(1, 1)
    assert max(abs(1 - value), abs(at * at - value)) == made.error_bound


def test_codes_with_equal_values_cost_no_layers() -> None:
    made = stepped({(1, 1): 1}, inputs=2, resolution=2)  # the values are 1/8, 1/4, 1/4, 5/8
    assert (made.facts["changes"], made.network.depth) == (2, 7)
    flat = stepped([0, {(0, 1): 1}], inputs=2, resolution=3)
    assert flat.facts["changes"] == 2
    assert flat.network("9/10", "1/10") == (0, Fraction(1, 6))
    assert stepped({(0,): 7}, inputs=1, resolution=4).network("1/3") == (7,)


def test_digits_of_an_autoencoder_are_exact() -> None:
    made = stepped([X, Y, Z], inputs=3, resolution=3)
    assert made.error_bound == Fraction(1, 6)
    assert made.network.depth == 2 * 2 + 1 + 2 * 26 + 2 * 2 * 2
    assert made.network("1/3", "99/100", 0) == (Fraction(1, 2), Fraction(5, 6), Fraction(1, 6))


@pytest.mark.parametrize(
    ("target", "inputs", "eps"),
    [
        (X * Y, 2, "1/10"),
        (X**2 + Y, 2, "1/10"),
        (sympy.sin(sympy.pi * X), 1, "1/10"),
        (sympy.sin(sympy.pi * X), 1, "1/20"),
        (X * Y * Z, 3, "1/4"),
    ],
)
def test_a_wanted_error_is_reached(target: sympy.Expr, inputs: int, eps: str) -> None:
    made = stepped(target, inputs=inputs, eps=eps)
    n = made.facts["resolution"]
    assert made.error_bound <= vn.Q(eps)
    assert made.network.depth <= 2 * (n - 1) + 1 + 2 * (n**inputs - 1)
    random, value = Random(1), sympy.lambdify([X, Y, Z][:inputs], target)
    for _ in range(5):
        x = [Fraction(random.randrange(101), 100) for _ in range(inputs)]
        assert abs(float(made.network(*x)[0]) - value(*map(float, x))) <= float(made.error_bound) + 1e-9


@pytest.mark.nightly
@pytest.mark.parametrize("target", [X * Y, X**2 + Y])
def test_a_smaller_error_is_reached(target: sympy.Expr) -> None:
    made = stepped(target, inputs=2, eps="1/20")
    assert made.error_bound <= Fraction(1, 20)
    coarser = stepped(target, inputs=2, resolution=made.facts["resolution"] - 1)
    assert coarser.error_bound > Fraction(1, 20)


@pytest.mark.parametrize("targets", [{(1, 1): 1}, [X, Y], [sympy.sin(X), X * Y]])
def test_the_claim_is_proved_and_no_better_one_is(targets: object) -> None:
    made = stepped(targets, inputs=2, resolution=2)
    verdict = vn.prove(made.claim)
    assert isinstance(verdict, vn.Proved)
    assert bool(verdict.theorem.assumptions) == ("sin" in made.claim.text())
    better = stepped({(1, 1): 1}, inputs=2, resolution=2)
    false = sup_error(better.network, {(1, 1): 1}, vn.box((0, 1), (0, 1))) <= better.error_bound - Fraction(1, 100)
    assert isinstance(vn.prove(false), vn.Refuted)


@pytest.mark.parametrize("n", [1, 2, 3, 5, 8, 16])
@pytest.mark.parametrize("alpha", ["1/4", "3"])
def test_a_pair_has_width_one(n: int, alpha: str) -> None:
    target = {(3,): 10, (2,): -15, (1,): 5, (0,): vn.Q("1/2")}
    made = stepped_pair(target, inputs=1, resolution=n, alpha=alpha)
    (function,) = read_targets(target, 1).functions
    assert made.network.width == 1
    assert made.network.depth == 2 * (n - 1) + 2 * ceil(log2(2 * n))
    for ((low, high, closed),) in cells([(Fraction(0), Fraction(1))], n):
        for x in (low, (low + high) / 2, (2 * low + high) / 3, high if closed else high - EDGE):
            assert decoded(made, [x]) == made.network(x)
            assert abs(made.network(x)[0] - function.value((x,))) <= made.error_bound
    wide = stepped_pair([X, Y], inputs=2, resolution=2)
    assert (wide.network.width, wide.name) == (2, "minimal-width/stepped-pair")


def test_the_claim_of_a_pair_is_proved() -> None:
    assert isinstance(vn.prove(stepped_pair({(2,): 1}, inputs=1, resolution=2).claim), vn.Proved)


@pytest.mark.parametrize("eps", ["1/10", "1/20"])
def test_a_pair_reaches_a_wanted_error(eps: str) -> None:
    made = stepped_pair(sympy.sin(sympy.pi * X), inputs=1, eps=eps)
    assert made.error_bound <= vn.Q(eps)
    assert max(
        abs(float(made.network(Fraction(k, 31))[0]) - float(sympy.sin(sympy.pi * k / 31))) for k in range(32)
    ) <= (float(made.error_bound) + 1e-9)


def test_wrong_wishes_are_refused() -> None:
    with pytest.raises(Unsupported, match="either resolution"):
        stepped(X, inputs=1)
    with pytest.raises(Unsupported, match="either resolution"):
        stepped(X, inputs=1, resolution=2, eps="1/2")
    with pytest.raises(BudgetExhausted, match="cells"):
        stepped([X, Y], inputs=2, eps="1/10000")
    with pytest.raises(Unsupported, match="positive integer"):
        stepped_pair(X, inputs=1, resolution=0)
