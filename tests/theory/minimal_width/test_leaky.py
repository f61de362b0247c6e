"""One leaky ReLU in L^p: widths, depths, values on cells, and the bound, against exact integrals and the prover."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import pairwise, product

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import verinet as vn
from verinet.claims.lp_errors import LpErrorSmooth, lp_error
from verinet.errors import BudgetExhausted, InexactInput, Unsupported
from verinet.geometry.polyhedra import box, interval
from verinet.networks.network import Activate, Network
from verinet.theory.construction import Construction
from verinet.theory.minimal_width.coding import scheme
from verinet.theory.minimal_width.functions import read_box, read_targets
from verinet.theory.minimal_width.leaky import leaky
from verinet.theory.minimal_width.leaky_steps import leaky_activation, ratio

Terms = dict[tuple[int, ...], int]
ALPHAS = [Fraction(1, 100), Fraction(1, 4), Fraction(1, 2), Fraction(9, 10)]
XY = {(1, 1): 1}


def polynomials(dx: int, dy: int, seed: int = 0) -> list[Terms]:
    """Functions that are different on all cells, as good as surely."""
    chosen = random.Random(seed)
    exponents = [e for e in product(range(3), repeat=dx) if sum(e) <= 3]
    return [{e: chosen.randint(1, 5) for e in exponents} for _ in range(dy)]


def inside(cell: tuple[tuple[Fraction, Fraction], ...], at: random.Random) -> list[Fraction]:
    return [low + (high - low) * Fraction(at.randint(0, 16), 16) for low, high in cell]


def check_shape(made: Construction, dx: int, dy: int, alpha: Fraction) -> None:
    facts, network = made.facts, made.network
    assert network.width == max(2, dx, dy)
    n = int(str(facts["resolution"]))
    assert facts["encoder depth"] == 2 * (n - 1) * int(str(facts["repetitions"]))
    assert facts["memorizer depth"] == 2 * (n**dx - 1) or (n == 2 and dx == 3)  # there some values are equal
    parts = [int(str(facts[f"{part} depth"])) for part in ("encoder", "memorizer", "decoder")]
    assert network.depth == sum(parts) + (1 if dy == 1 else 2)
    assert [part.network.depth for part in made.parts] == parts
    used = {a for v in network.vertices if isinstance(v.operation, Activate) for a in v.operation.activations}
    assert used == {leaky_activation(alpha)}


@pytest.mark.parametrize(("dx", "dy"), list(product((1, 2, 3), repeat=2)))
def test_the_width_is_as_promised_and_cells_have_their_values(dx: int, dy: int) -> None:
    for alpha in ALPHAS:
        n = 3 if alpha == Fraction(1, 4) or (alpha < Fraction(1, 2) and dx < 3) else 2
        goal, unit = read_targets(polynomials(dx, dy), dx), read_box(None, dx)
        made = leaky(goal, inputs=dx, resolution=n, alpha=alpha)
        check_shape(made, dx, dy, alpha)
        found = scheme([f.near(unit) for f in goal.functions], unit, ratio(alpha), n, 2, None)
        assert made.error_bound == found.error
        assert made.facts["memorizer depth"] == 2 * sum(a != b for a, b in pairwise(found.book.codes))
        at = random.Random(1)
        for cell, values in at.sample(list(zip(found.cells, found.book.values, strict=True)), min(n**dx, 6)):
            assert made.network(*inside(cell, at)) == values
        for _ in range(4):
            x = [Fraction(at.randint(0, 97), 97) for _ in range(dx)]
            outputs = made.network(*x)
            assert all(abs(y) <= reach for y, reach in zip(outputs, found.book.reach, strict=True))
            through: tuple[Fraction, ...] = tuple(x)
            for part in made.parts:
                through = part(*through)
            assert through == outputs


def test_the_regression_of_a_product() -> None:
    made = leaky(XY, inputs=2, resolution=8)
    assert made.network.depth == 2 * 7 * 9 + 1 + 2 * 63
    assert float(made.error_bound) < 0.0365
    assert 0.0296 < float(made.facts["error^p on good cells"]) ** 0.5 < 0.0298
    assert leaky(XY, inputs=2, resolution=4).network.depth == 2 * 3 * 8 + 1 + 2 * 15


def test_a_neuron_is_one_of_few_bits() -> None:
    """The weights stay short: the kernel carries all of them."""
    network = leaky(XY, inputs=2, resolution=8).network
    entries = []
    for vertex in network.vertices:
        if hasattr(vertex.operation, "weight"):
            for matrix in (vertex.operation.weight, vertex.operation.bias):
                entries += [entry for row in matrix.to_rows() for entry in row]
    assert max(max(entry.numerator.bit_length(), entry.denominator.bit_length()) for entry in entries) <= 20


def true_square(network: Network, terms: Terms, low: Fraction, high: Fraction) -> Fraction:
    """The integral of (f - network)^2, one input, piece by piece."""
    x = sympy.Symbol("x")
    f = sum((sympy.Rational(c.numerator, c.denominator) * x ** e[0] for e, c in terms.items()), start=sympy.Integer(0))
    total = Fraction(0)
    for a, b in pairwise([low, *vn.piecewise(network, domain=interval(low, high)).breakpoints, high]):
        (u,), (v,) = network(a), network(b)
        a_, b_, u_, v_ = (sympy.Rational(q.numerator, q.denominator) for q in (a, b, u, v))
        line = u_ + (v_ - u_) / (b_ - a_) * (x - a_)
        whole = sympy.Poly((f - line) ** 2, x, domain="QQ").integrate(x)
        value = whole.eval(b_) - whole.eval(a_)
        total += Fraction(int(value.p), int(value.q))
    return total


@pytest.mark.parametrize("alpha", [Fraction(1, 4), Fraction(1, 2), Fraction(3)])
def test_the_bound_is_above_the_true_error_and_near_it(alpha: Fraction) -> None:
    terms = {(2,): 3, (0,): -1}
    made = leaky(terms, inputs=1, resolution=3, alpha=alpha, domain=[(-1, "1/2")])
    square = true_square(made.network, terms, Fraction(-1), Fraction(1, 2))
    assert square <= made.error_bound**2 <= 2 * square


def test_small_claims_are_proved() -> None:
    for made in (leaky(XY, inputs=2, resolution=2), leaky([{1: 1}, {2: 1}], inputs=1, resolution=3)):
        assert isinstance(vn.prove(made.claim), vn.Proved)
    made = leaky(XY, inputs=2, resolution=2)
    false = lp_error(made.network, XY, box((0, 1), (0, 1))) <= made.error_bound / 2
    assert isinstance(vn.prove(false), vn.Refuted)


def test_a_smooth_target() -> None:
    made = leaky(sympy.sin(sympy.Symbol("x")), inputs=1, resolution=3)
    assert isinstance(made.claim, LpErrorSmooth)
    part = made.claim.part(made.claim.near())
    assert part is not None  # the polynomials of the bound are near enough for the claim
    assert isinstance(vn.prove(made.claim), vn.Proved)
    with pytest.raises(Unsupported, match="several outputs"):
        leaky([sympy.sin(sympy.Symbol("x")), {1: 1}], inputs=1, resolution=3)


def test_targets_in_pieces() -> None:
    step = [(interval(0, "1/2"), 0), (interval("1/2", 1), 1)]
    made = leaky(step, inputs=1, resolution=2)
    assert made.network("1/4") == (0,)
    assert isinstance(vn.prove(made.claim), vn.Proved)
    assert made.error_bound < Fraction(1, 50)


@given(st.sampled_from(["1/5", "1/10", "1/25"]), st.sampled_from([2, 4]), st.sampled_from(ALPHAS[:3]))
@settings(max_examples=4)
def test_an_error_that_is_asked_for_is_reached(eps: str, p: int, alpha: Fraction) -> None:
    made = leaky({(2,): 2, (1,): -1}, inputs=1, eps=eps, p=p, alpha=alpha)
    assert made.error_bound <= Fraction(eps)
    assert made.norm == f"L{p}"
    good, bad = (made.facts[f"error^p {where}"] for where in ("on good cells", "elsewhere at most"))
    assert good + bad <= Fraction(eps) ** p
    smaller = leaky({(2,): 2, (1,): -1}, inputs=1, resolution=int(str(made.facts["resolution"])) // 2, p=p, alpha=alpha)
    assert smaller.facts["error^p on good cells"] > Fraction(eps) ** p


def test_errors_of_two_inputs_and_outputs_are_reached() -> None:
    made = leaky([XY, {(1, 0): 1}], inputs=2, eps="1/4", domain=box((-1, 1), (0, 1)))
    assert made.error_bound <= Fraction(1, 4)
    assert made.network.width == 2
    smooth = leaky(sympy.exp(sympy.Symbol("x")), inputs=1, eps="1/5")
    assert smooth.error_bound <= Fraction(1, 5)
    assert leaky(XY, inputs=2, eps=5).facts["cells"] == 1


def test_digits_or_a_clock_whichever_is_shorter() -> None:
    coordinates = leaky([{(1, 0): 1}, {(0, 1): 1}], inputs=2, resolution=4)
    assert coordinates.facts["decoder"] == "digits (4)"
    assert coordinates.facts["decoder depth"] == 6
    curve = leaky([{k: 1} for k in (1, 2, 3)], inputs=1, resolution=6)
    assert curve.facts["decoder"] == "clock"
    assert curve.facts["decoder depth"] == 10
    many = leaky(polynomials(3, 2), inputs=3, resolution=3)
    assert str(many.facts["decoder"]).startswith("digits (12")


def test_a_constant_takes_one_value() -> None:
    made = leaky({(0, 0): Fraction(7, 3)}, inputs=2, resolution=2)
    assert made.facts["memorizer depth"] == 0
    assert made.network("1/7", "6/7") == (Fraction(7, 3),)
    assert made.error_bound < Fraction(1, 20)


def test_equal_neighbours_need_no_hinges() -> None:
    strip = [(box((0, 1), (0, "1/2")), 0), (box((0, 1), ("1/2", 1)), 1)]
    assert leaky(strip, inputs=2, resolution=2).facts["memorizer depth"] == 2


def test_the_plan_says_where_flats_joints_and_bottlenecks_are() -> None:
    made = leaky([XY, {(1, 0): 1}], inputs=2, resolution=3)
    plan = made.plan
    assert plan is not None
    assert all(axis[0] == 0 and axis[-1] == 1 and len(axis) == 6 for axis in plan.axes)
    assert plan.flats == ((True, False) * 2 + (True,),) * 2
    widths = made.network.level_widths
    assert [widths[layer] for layer in plan.bottlenecks] == [1, 1]
    layers = [joint.layer for joint in plan.joints]
    m = int(str(made.facts["repetitions"]))
    encoder = 2 * 2 * m
    assert layers[:4] == [0, 2 * m, encoder, encoder + 1]
    assert layers[4:] == [
        *range(encoder + 3, encoder + 17, 2),
        encoder + 17,
        *range(encoder + 18, made.network.depth, 2),
    ]


def test_the_parts_refuse_what_is_outside() -> None:
    made = leaky(XY, inputs=2, resolution=2)
    low, high = made.part("memorizer").domain[0]
    assert (low, high) == (0, made.part("encoder")(1, 1)[0])
    with pytest.raises(Unsupported, match="certified"):
        made.part("memorizer")(high + 1)
    with pytest.raises(Unsupported, match="certified"):
        made.part("encoder")(0, 2)


@pytest.mark.parametrize("alpha", ["1", "0", "-1/2"])
def test_slopes_that_do_not_work(alpha: str) -> None:
    with pytest.raises(Unsupported, match="alpha"):
        leaky(XY, inputs=2, resolution=2, alpha=alpha)


def test_what_is_refused() -> None:
    for options in ({}, {"resolution": 2, "eps": 1}, {"resolution": 0}, {"eps": 0}, {"resolution": 2, "p": 3}):
        with pytest.raises(Unsupported):
            leaky(XY, inputs=2, **options)
    with pytest.raises(InexactInput):
        leaky(XY, inputs=2, eps=0.1)
    with pytest.raises(BudgetExhausted):
        leaky(XY, inputs=2, resolution=1000)
