"""Claims about shape: their words, their truth at points, and what they refuse."""

from __future__ import annotations

from fractions import Fraction

import pytest

from verinet.claims import (
    Counterexample,
    architecture,
    components_reach_boundary,
    concave,
    continuous,
    equal,
    exactly_one,
    inputs,
    is_max_of,
    is_min_of,
    lipschitz,
    monotone,
    no_fixed_point,
    outputs,
    positively_homogeneous,
    range_of,
    symmetric,
    unique_fixed_point,
)
from verinet.errors import ShapeMismatch, Unsupported
from verinet.geometry import Halfspace, box, domain_product, interval
from verinet.networks import activation, apply_activation, network, relu, variable, variables

X = variable("x")
A, B = variables("x", 2)
LINE = interval(-1, 2)
SQUARE = box([-1, 1], dimension=2)
F = network(X, relu(X))
G = network((A, B), [relu(A - B), A + B])


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        (monotone(F, LINE), "y_0 is nondecreasing in x on [-1,2]"),
        (monotone(G, SQUARE, signs=[["up", "down"], ["free", "free"]]),
         "y_0 is nondecreasing in x_0 and nonincreasing in x_1 on [-1,1]^2"),
        (monotone(G, SQUARE, signs=[["free"] * 2] * 2), "true on [-1,1]^2"),
        (lipschitz(F, LINE, 2) <= "3/2", "|f(x) - f(x')|_2 <= 3/2 |x - x'|_2 on [-1,2]"),
        (range_of(G, SQUARE) == [(0, 2), (-2, 2)],
         "min y_0 = 0 and max y_0 = 2 and min y_1 = -2 and max y_1 = 2 on [-1,1]^2"),
        (range_of(F, LINE).within("-1/2", 2), "-1/2 <= y_0 <= 2 on [-1,2]"),
        (is_max_of(F, [0, inputs(F)[0]], LINE), "y_0 = max(0, x) on [-1,2]"),
        (is_min_of(F, [2 * inputs(F)[0] - "1/2"], LINE), "y_0 = 2*x - 1/2 on [-1,2]"),
        (concave(G, SQUARE, output=1), "y_1 is concave on [-1,1]^2"),
        (continuous(F, LINE), "f is continuous on [-1,2]"),
        (equal(G, G, SQUARE, within="1/3"), "|f1(x) - f2(x)|_inf <= 1/3 on [-1,1]^2"),
        (no_fixed_point(F, LINE), "f(x) != x on [-1,2]"),
        (unique_fixed_point(F, LINE, at=["1/2"]), "f(x) = x at exactly one x of [-1,2], x = 1/2"),
        (exactly_one(F, outputs(F)[0] >= 2, LINE), "y_0 >= 2 at exactly one x of [-1,2]"),
        (symmetric(G, [[0, -1], [2, 1]], SQUARE, offset=[0, "1/2"]), "f(-x_1, 2*x_0 + x_1 + 1/2) = f(x) on [-1,1]^2"),
        (positively_homogeneous(F), "f(t x) = t f(x) for all t > 0 on (-inf,inf)"),
        (components_reach_boundary(G, SQUARE, "1/2", strict=True, output=1),
         "every component of {y_1 > 1/2} in D meets the boundary of D = [-1,1]^2"),
        (architecture(G).size >= 1, "size(f) >= 1"),
        (architecture(G).only("relu", "abs"), "all neurons of f are of relu, abs"),
    ],
)  # fmt: skip
def test_claims_say_it_in_one_line(claim: object, text: str) -> None:
    assert claim.text() == text
    assert text.isascii()
    with pytest.raises(Unsupported, match="truth value"):
        bool(claim)


def test_quantities_are_compared_to_make_claims() -> None:
    for quantity in (lipschitz(F, LINE), range_of(F, LINE), architecture(F).width):
        with pytest.raises(Unsupported, match="quantity"):
            bool(quantity)
        with pytest.raises(Unsupported):
            _ = quantity != 1
        with pytest.raises(Unsupported):
            _ = quantity < 1


def test_two_points_refute_what_one_cannot() -> None:
    steep = lipschitz(F, LINE, "inf") <= "1/2"
    assert steep.refuted_by((0,), (1,))
    assert not steep.refuted_by((-1,), (0,))
    assert not steep.refuted_by((0,), (3,))
    assert (lipschitz(F, LINE) == 1).attained_by((0,), (1,))
    assert not (lipschitz(F, LINE) == 1).attained_by((0,), (0,))
    falling = monotone(F, LINE, direction="down")
    assert falling.refuted_by((0,), (1,))
    assert falling.refuted_by((1,), (0,))
    assert not monotone(G, SQUARE).refuted_by((0, 0), (1, 1))
    assert concave(F, LINE).refuted_by((-1,), (1,))
    assert not concave(F, LINE).refuted_by((0,), (1,))


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ShapeMismatch, match="rows"):
        monotone(G, SQUARE, signs=[["up"]])
    with pytest.raises(ShapeMismatch, match="outputs"):
        equal(F, network(X, [X, X]), LINE, within=1)
    with pytest.raises(Unsupported, match="negative"):
        equal(F, F, LINE, within=-1)
    with pytest.raises(Unsupported, match="cone"):
        positively_homogeneous(F, interval(0, 1))
    with pytest.raises(ShapeMismatch):
        domain_product()
    jumping = network(X, apply_activation(X, activation("sign")))
    assert continuous(jumping, LINE).jumps == 1
    assert continuous(F, LINE).jumps == 0


def test_products_of_domains() -> None:
    half = box((0, 1), (0, 2)).cut(Halfspace((1, 1), 2, strict=True))
    both = domain_product(interval(-1, 0), half)
    for x, inside in (((0, 1, 0), True), ((0, 1, 1), False), ((1, 0, 0), False), ((-1, 0, 1), True)):
        point = tuple(map(Fraction, x))
        assert both.contains(point) == inside == (interval(-1, 0).contains(point[:1]) and half.contains(point[1:]))


def test_counterexamples_of_several_points() -> None:
    one, two = (Fraction(1),), (Fraction(2),)
    found = Counterexample(one, two, "c", more=((two, one),))
    assert str(found) == "c      counterexample x = 1, y = 2; x = 2, y = 1, exact"
    assert found.to_json()["more"] == [{"x": ["2"], "y": ["1"]}]
    assert "more" not in Counterexample(one, two, "c").to_json()
