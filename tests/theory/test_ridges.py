"""Networks with one hidden layer as sums of ridges."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verinet.errors import ShapeMismatch, Unsupported
from verinet.networks.activations import activation
from verinet.networks.build import apply_activation, layered, network, relu, variables
from verinet.theory.ridges import Ridge, RidgeSum, primitive, ridge_sum

KINDS = (
    activation("relu"),
    activation("abs"),
    activation("leaky_relu", "1/4"),
    activation("hard_tanh"),
    activation("hard_sigmoid"),
    activation("relu6"),
    activation("repu", 3),
    activation("power", 3),
    activation("identity"),
)
numbers = st.fractions(-3, 3, max_denominator=4)
rows = st.tuples(numbers, numbers)


@given(st.lists(st.tuples(st.sampled_from(KINDS), rows, numbers, numbers), max_size=5), rows, numbers, rows)
def test_the_sum_is_the_network(units, linear, constant, point):
    x, y = variables("x", 2)
    total = linear[0] * x + linear[1] * y + constant
    for kind, (a, b), bias, coefficient in units:
        total = total + coefficient * apply_activation(a * x + b * y + bias, kind)
    net = network((x, y), total)
    found = ridge_sum(net)
    assert (found(*point),) == net(*point)
    assert found.network()(*point) == net(*point)


ridges = st.builds(Ridge, numbers, rows, st.sampled_from([Fraction(0), Fraction(1), Fraction(-1, 2)]))
sums = st.builds(RidgeSum, rows, numbers, st.lists(ridges, max_size=6).map(tuple))


@given(sums, rows)
def test_merging_keeps_the_values(f, point):
    assert f.merged()(*point) == f(*point)


@given(sums, st.randoms(use_true_random=False))
def test_merged_forms_of_equal_functions_are_equal(f, random):
    """A network with units split, turned and put in another order has the same form."""
    linear, constant, others = list(f.linear), f.constant, []
    for r in f.ridges:
        share = Fraction(random.randint(-3, 3), 2)
        others.append(Ridge(r.coefficient * share, r.weight, r.bias))
        rest = r.coefficient * (1 - share)
        # relu(z) = z + relu(-z), and relu(3 z) = 3 relu(z)
        others.append(Ridge(rest / 3, tuple(-3 * w for w in r.weight), -3 * r.bias))
        linear = [a + rest * w for a, w in zip(linear, r.weight, strict=True)]
        constant += rest * r.bias
    random.shuffle(others)
    again = RidgeSum(tuple(linear), constant, tuple(others))
    assert again.merged() == f.merged()
    assert (again - f).merged() == RidgeSum((Fraction(0), Fraction(0)))


def test_lines_that_differ_by_little_are_not_merged():
    tiny = Fraction(1, 10**60)
    f = RidgeSum(
        (Fraction(0),) * 2,
        ridges=(Ridge(Fraction(1), (Fraction(1), Fraction(0))), Ridge(Fraction(1), (Fraction(1), tiny))),
    )
    assert len(f.merged().ridges) == 2


def test_what_is_refused():
    deep = layered([[[1]], [[1]], [[1]]], [[0], [0], [0]])
    with pytest.raises(Unsupported, match="second hidden layer"):
        ridge_sum(deep)
    (x,) = variables("x", 1)
    for name in ("sign", "floor", "tanh"):
        with pytest.raises(Unsupported, match="truncated powers"):
            ridge_sum(network(x, apply_activation(x, activation(name))))
    with pytest.raises(ShapeMismatch, match="no output 1"):
        ridge_sum(network(x, relu(x)), 1)
    with pytest.raises(ShapeMismatch, match="has a weight of"):
        RidgeSum((Fraction(0),), ridges=(Ridge(Fraction(1), (Fraction(1), Fraction(1))),))
    with pytest.raises(Unsupported, match="up to a polynomial"):
        RidgeSum((Fraction(0),), ridges=(Ridge(Fraction(1), (Fraction(-1),), power=2),)).merged()
    with pytest.raises(Unsupported, match="weight 0"):
        primitive((Fraction(0), Fraction(0)))
