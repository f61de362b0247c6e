"""Expressions and combinators mean, point by point, what their names say."""

from __future__ import annotations

from fractions import Fraction as F

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.networks.strategies import HUGE, networks, small
from verinet.errors import EmptyDomain, InexactInput, NotANumber, ShapeMismatch, Unsupported
from verinet.exact.linalg import Matrix
from verinet.networks import (
    abs_,
    activation,
    add,
    affine_after,
    apply_activation,
    compose,
    layered,
    leaky_relu,
    maximum,
    minimum,
    network,
    parallel,
    readouts,
    relu,
    scale,
    skip,
    stack,
    variable,
    variables,
)
from verinet.networks.formats.json import network_from_json, network_to_json
from verinet.networks.network import Network

exact = st.one_of(small, st.fractions(-3, 3, max_denominator=9), st.just(HUGE))
vectors = st.lists(exact, min_size=8, max_size=8)


def test_the_sawtooth():
    x = variable("x")
    hat = network(x, 2 * relu(x) - 4 * relu(x - "1/2") + 2 * relu(x - 1))
    assert (hat.depth, hat.width, hat.size) == (1, 3, 3)
    saw = compose(hat, times=3)
    assert (saw.depth, saw.width, saw.size) == (3, 3, 9)
    assert [saw(F(i, 8))[0] for i in range(9)] == [0, 1, 0, 1, 0, 1, 0, 1, 0]
    assert saw(F(1, 16)) == (F(1, 2),)


@given(exact, exact, exact)
def test_arithmetic_of_expressions(p, q, z):
    x, y = variables("v", 2)
    cases = {
        x + q: p + q,
        q - x: q - p,
        x - y: p - z,
        -x * q: -p * q,
        q * (x + 1) / 3: q * (p + 1) / 3,
        x - x + 1: 1,
        leaky_relu(x - y, q): (p - z) if p >= z else q * (p - z),
        abs_(x) + relu(y): abs(p) + max(z, F(0)),
        apply_activation(x, activation("heaviside", q)): q if p == 0 else F(int(p > 0)),
        relu(5) + 0 * x: 5,
    }
    f = network((x, y), list(cases))
    assert f(p, z) == tuple(cases.values())


@given(st.lists(exact, min_size=1, max_size=7))
def test_maximum_and_minimum(values):
    xs = variables("x", len(values))
    f = network(xs, [maximum(*xs), minimum(*xs), maximum(xs[0], 1)])
    assert f(values) == (max(values), min(values), max(values[0], F(1)))
    assert f.depth <= 3


def test_a_reused_object_is_one_neuron():
    x = variable("x")
    shared = relu(x)
    assert network(x, shared + shared).size == 1
    assert network(x, relu(x) + relu(x)).size == 2


def test_deep_and_long_expressions_need_no_recursion():
    x = variable("x")
    deep = x
    for _ in range(1500):
        deep = relu(deep)
    assert network(x, deep).depth == 1500


def test_inputs_are_vectors_by_call():
    u, (v, w), t = variable("u"), variables("v", 2), variable("t")
    f = network((u, v, w, t), [u + w, v - t])
    assert [name for name, _ in f.inputs] == ["u", "v", "t"]
    assert f(1, 2, 3, 4) == (4, -2)
    swapped = network((w, v), v - w)
    assert [name for name, _ in swapped.inputs] == ["v_1", "v_0"]
    assert swapped(1, 5) == (4,)
    assert network(u, {"a": 1, "b": [u, 2]}, domain=[(0, 1)]).outputs == (
        ("a", slice(0, 1)),
        ("b", slice(1, 3)),
    )


def test_expressions_refuse():
    x, y = variable("x"), variable("y")
    for wrong in (
        lambda: x * x,
        lambda: x / 0,
        lambda: network(x, y),
        lambda: network(2 * x, x),
        lambda: network(relu(x), x),
        lambda: network((x, x), x),
        lambda: maximum(),
        lambda: network(x, []),
        lambda: network(x, {}),
    ):
        with pytest.raises(ShapeMismatch, match="Fix: "):
            wrong()
    with pytest.raises(InexactInput):
        x + 0.1
    with pytest.raises(NotANumber):
        x * "two"


def fit(f: Network, size: int) -> Network:
    """f with `size` outputs."""
    rows = [[(i + 2 * j) % 3 - 1 for j in range(f.output_size)] for i in range(size)]
    return affine_after(f, rows, [1] * size)


@settings(max_examples=50)
@given(networks(), networks(), vectors)
def test_combinators(f, g, x):
    inner = fit(f, g.input_size)
    assert compose(g, inner)(x[: f.input_size]) == g(inner(x[: f.input_size]))
    assert stack(f, g)(x[: f.input_size + g.input_size]) == (
        *f(x[: f.input_size]),
        *g(x[f.input_size : f.input_size + g.input_size]),
    )
    h = compose(g, network((v := variables("z", f.input_size)), [v[0]] * g.input_size))
    point = x[: f.input_size]
    assert parallel(f, h)(point) == (*f(point), *h(point))
    assert add(fit(f, 2), fit(h, 2))(point) == tuple(
        a + b for a, b in zip(fit(f, 2)(point), fit(h, 2)(point), strict=True)
    )
    assert scale(f, HUGE)(point) == tuple(HUGE * value for value in f(point))
    matrix = [[i - j for j in range(f.input_size)] for i in range(f.output_size)]
    jumped = [sum(m * v for m, v in zip(row, point, strict=True)) for row in matrix]
    assert skip(f, matrix)(point) == tuple(a + b for a, b in zip(f(point), jumped, strict=True))
    renamed = readouts(f, {"twice": lambda y: 2 * y[0], "all": lambda y: y})
    assert renamed(point) == (2 * f(point)[0], *f(point))


@settings(max_examples=50)
@given(networks(), st.integers(1, 4), vectors)
def test_repeated_composition(f, times, x):
    f = fit(f, f.input_size)
    point = tuple(x[: f.input_size])
    expected = point
    for _ in range(times):
        expected = f(expected)
    assert compose(f, times=times)(point) == expected


def test_a_renamed_input_is_renamed_everywhere():
    f = layered([[[1]], [[2]]], [[0], [1]])
    joined = stack(f, f)
    assert network_from_json(network_to_json(joined)) == joined


def test_domains_of_combinators():
    x = variable("x")
    f, g = network(x, x, domain=[(0, 1)]), network(x, relu(x))
    assert compose(g, f).domain == compose(f, times=2).domain == f.domain
    assert parallel(g, f).domain == parallel(f, g).domain == f.domain
    assert stack(f, f).domain == (*f.domain, *f.domain)
    assert stack(f, g).domain is None
    assert [name for name, _ in stack(f, f).inputs] == ["x", "x_2"]
    assert [name for name, _ in parallel(f, f).outputs] == ["y", "y_2"]


def test_domains_in_one_x_are_intersected():
    x = variable("x")
    f, g, free = (network(x, x, domain=sides) for sides in ([(0, 2)], [(1, 3)], None))
    assert parallel(f, g).domain == add(g, f).domain == ((F(1), F(2)),)
    assert parallel(f, free).domain == add(free, f).domain == f.domain
    assert parallel(f, network(x, x, domain=[(2, 5)])).domain == ((F(2), F(2)),)
    assert parallel(free, free).domain is None
    for join in (parallel, add):
        with pytest.raises(EmptyDomain, match=r"got \[0, 2\] and \[5/2, 3\]"):
            join(f, network(x, x, domain=[("5/2", 3)]))
    for made in (scale(f, 2), skip(f), readouts(f, {"a": lambda y: y[0]}), affine_after(f, [[1]])):
        assert made.domain == f.domain


def test_composition_keeps_the_inner_domain():
    x = variable("x")
    hat = network(x, 2 * relu(x) - 4 * relu(x - "1/2") + 2 * relu(x - 1), domain=[(0, 1)])
    free = hat.with_domain(None)
    # intervals alone put the values of the hat in [-2, 2]: that is no reason to refuse the sawtooth
    assert compose(hat, times=3).domain == compose(hat, hat).domain == compose(free, hat).domain == hat.domain
    assert compose(hat, free).domain is None
    far = network(x, x + 5, domain=[(0, 1)])
    for wrong in (lambda: compose(hat, far), lambda: compose(far, times=2)):
        with pytest.raises(EmptyDomain, match=r"\[0, 1\], got values in \[5, 6\](.|\n)*Fix: "):
            wrong()
    assert compose(free, far)(0) == (F(0),)
    assert compose(far, times=1).domain == far.domain
    # no certified range, no refusal
    huge = network(x, apply_activation(x, activation("exp2")), domain=[(0, 10**9)])
    assert compose(hat, huge).domain == huge.domain


def test_expressions_are_not_compared():
    x, y = variables("x", 2)
    for wrong in (
        lambda: x > 1,
        lambda: relu(x) >= y,
        lambda: "1/2" < x,  # noqa: SIM300  # the reflected comparison is meant
        lambda: x <= y,
        lambda: max(x, y),
        lambda: 0 < x < 1,
    ):
        with pytest.raises(Unsupported, match=r"claims\.outputs(.|\n)*maximum"):
            wrong()


def test_combinators_refuse():
    x = variable("x")
    f, wide = network(x, x), layered([Matrix.identity(2)], [[0, 0]])
    for wrong in (
        lambda: compose(f, wide),
        lambda: compose(f),
        lambda: compose(f, times=0),
        lambda: compose(f, f, times=2),
        lambda: parallel(f, wide),
        lambda: add(f, network(x, [x, x])),
        lambda: skip(wide, [[1]]),
        lambda: skip(network(x, [x, x])),
        lambda: layered([], []),
        lambda: layered([[[1]]], []),
        lambda: layered([[[1]], [[1, 1]]], [[0], [0]]),
        lambda: layered([[[1]]], [[0, 0]]),
    ):
        with pytest.raises(ShapeMismatch, match="Fix: "):
            wrong()
    with pytest.raises(InexactInput):
        layered([[[0.5]]], [[0]])
