"""Every activation at, left and right of each breakpoint; the table refuses what it does not know."""

from __future__ import annotations

from fractions import Fraction as F

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.networks.strategies import plain_value
from verinet.errors import InexactInput, ShapeMismatch, Unsupported
from verinet.networks.activations import ABS, ACTIVATIONS, IDENTITY, RELU, Activation, activation, piecewise
from verinet.networks.evaluate import float_value
from verinet.networks.ranges import activation_range

E = F(1, 10**9)  # so near that no other breakpoint lies between

# name, parameters, points with values written by hand
CHARACTER = [
    ("relu", (), {-1: 0, -E: 0, 0: 0, E: E, 3: 3}),
    ("leaky_relu", (F(1, 4),), {-4: -1, -E: -E / 4, 0: 0, E: E, 5: 5}),
    ("leaky_relu", (), {-100: -1, 1: 1}),
    ("leaky_relu", (F(-2),), {-3: 6, 0: 0, 3: 3}),
    ("prelu", (F(3),), {-1: -3, 0: 0, 2: 2}),
    ("abs", (), {-2: 2, -E: E, 0: 0, E: E, 2: 2}),
    ("identity", (), {-7: -7, 0: 0, F(1, 3): F(1, 3)}),
    ("hard_tanh", (), {-5: -1, -1 - E: -1, -1: -1, -1 + E: -1 + E, 0: 0, 1 - E: 1 - E, 1: 1, 1 + E: 1, 9: 1}),
    ("relu6", (), {-1: 0, 0: 0, E: E, 6 - E: 6 - E, 6: 6, 6 + E: 6, 100: 6}),
    (
        "hard_sigmoid",
        (),
        {
            F(-5, 2) - E: 0,
            F(-5, 2): 0,
            F(-5, 2) + E: E / 5,
            0: F(1, 2),
            F(5, 2): 1,
            F(5, 2) - E: 1 - E / 5,
            3: 1,
        },
    ),
    ("hard_sigmoid", (F(1, 6), F(1, 2)), {-3: 0, 0: F(1, 2), 3: 1, 2: F(5, 6)}),
    ("hard_sigmoid", (F(-1), F(0)), {-2: 1, -1: 1, F(-1, 2): F(1, 2), 0: 0, 1: 0}),
    ("hard_sigmoid", (F(0), F(7)), {-2: 1, 2: 1}),
    ("clip", (F(-1), F(2)), {-3: -1, -1 - E: -1, -1: -1, -1 + E: -1 + E, 2: 2, 2 + E: 2}),
    ("clip", (F(2), F(2)), {-3: 2, 2: 2, 3: 2}),
    ("at_least", (F(1),), {0: 1, 1 - E: 1, 1: 1, 1 + E: 1 + E}),
    ("at_most", (F(1),), {0: 0, 1 - E: 1 - E, 1: 1, 1 + E: 1}),
    ("sign", (), {-3: -1, -E: -1, 0: 0, E: 1, 3: 1}),
    ("heaviside", (), {-E: 0, 0: F(1, 2), E: 1}),
    ("heaviside", (F(0),), {-E: 0, 0: 0, E: 1}),
    ("heaviside", (F(1),), {-E: 0, 0: 1, E: 1}),
    ("step", (F(2), F(-1), F(7), F(3)), {2 - E: -1, 2: 7, 2 + E: 3}),
    ("stepped_leaky", (F(1, 2),), {-2: -1, -E: -E / 2, 0: 1, E: 1 + E, 1: 2}),
    ("stepped_leaky", (F(1, 2), F(3), F(0)), {-E: -E / 2, 0: 0, E: 3 + E}),
    ("repu", (F(1),), {-1: 0, 0: 0, 2: 2}),
    ("repu", (F(2),), {-1: 0, -E: 0, 0: 0, E: E**2, 3: 9}),
    ("repu", (F(5),), {-1: 0, 2: 32}),
    ("power", (F(1),), {-1: -1, 2: 2}),
    ("power", (F(2),), {-3: 9, 0: 0, E: E**2}),
    ("power", (F(3),), {-2: -8, 0: 0, 2: 8}),
    (
        "floor",
        (),
        {-2: -2, -2 - E: -3, -2 + E: -2, F(-1, 2): -1, -E: -1, 0: 0, E: 0, 1 - E: 0, 1: 1, F(7, 2): 3},
    ),
    ("frac", (), {-2: 0, -2 - E: 1 - E, F(-1, 4): F(3, 4), -E: 1 - E, 0: 0, E: E, 1 - E: 1 - E, 1: 0}),
]
JUMPING = {"sign", "heaviside", "step", "stepped_leaky", "floor", "frac"}
EXACT = [activation(name, *parameters) for name, parameters, _ in CHARACTER]
SMOOTH = ("logistic", "tanh", "softplus", "sine", "exp2")
rationals = st.one_of(
    st.fractions(-8, 8, max_denominator=60),
    st.integers(-8, 8).map(F),
    st.integers(-16, 16).map(lambda n: F(n, 2)),
)


@pytest.mark.parametrize("name, parameters, points", CHARACTER)
def test_values_at_left_and_right_of_the_breakpoints(name, parameters, points):
    act = activation(name, *parameters)
    assert {z: act.value(F(z)) for z in points} == points
    assert act.is_continuous == (name not in JUMPING)
    for z in points:
        assert plain_value(act, F(z)) == points[z]


def test_the_table_above_covers_every_activation():
    assert {name for name, _, _ in CHARACTER} | set(SMOOTH) == set(ACTIVATIONS)


def test_kinds():
    kinds = {
        name: activation(name, *parameters).kind for name, parameters, _ in CHARACTER if name not in ("repu", "power")
    }
    assert {name for name, kind in kinds.items() if kind == "periodic"} == {"floor", "frac"}
    assert {kind for name, kind in kinds.items() if name not in ("floor", "frac")} == {"affine"}
    assert activation("repu", 1).is_affine
    assert activation("repu", 2).kind == activation("power", 2).kind == "polynomial"
    assert not activation("floor").is_affine
    assert [act.is_identity for act in (IDENTITY, RELU, ABS, activation("clip", 0, 0))] == [
        True,
        *[False] * 3,
    ]
    for name in SMOOTH:
        assert activation(name).kind == "smooth"
        with pytest.raises(Unsupported, match=name):
            activation(name).value(F(0))


@given(st.sampled_from(EXACT), rationals)
def test_value_is_the_definition(act, z):
    assert act.value(z) == plain_value(act, z)


@given(st.sampled_from(EXACT), st.integers(-64, 64))
def test_float_values_are_the_exact_ones_where_nothing_rounds(act, n):
    if all(q.denominator & (q.denominator - 1) == 0 for piece in act.pieces for q in piece):
        assert F(float(float_value(act, np.array([n / 8]))[0])) == act.value(F(n, 8))


def test_smooth_floats_at_zero_and_far_out():
    zero = np.array([0.0])
    assert [float(float_value(activation(name), zero)[0]) for name in SMOOTH] == [0.5, 0, np.log(2.0), 0, 1]
    far = np.array([-1e4, 1e4])
    assert float_value(activation("logistic"), far).tolist() == [0, 1]
    assert float_value(activation("softplus"), far).tolist() == [0, 1e4]


@given(st.sampled_from(EXACT), rationals, rationals, st.fractions(0, 1, max_denominator=50))
def test_ranges_hold_the_values(act, a, b, t):
    low, high = min(a, b), max(a, b)
    bottom, top = activation_range(act, low, high)
    for z in (low, high, low + t * (high - low), F(0)):
        if low <= z <= high:
            assert bottom <= act.value(z) <= top


def test_ranges_are_tight_for_affine_pieces():
    assert activation_range(ABS, F(-1), F(3)) == (0, 3)
    assert activation_range(activation("heaviside"), F(0), F(0)) == (F(1, 2), F(1, 2))
    assert activation_range(activation("heaviside"), F(-1), F(0)) == (0, F(1, 2))
    assert activation_range(activation("step", 0, 0, 9, 1), F(-1), F(1)) == (0, 9)
    assert activation_range(activation("floor"), F(-1, 2), F(5, 2)) == (-1, 2)
    assert activation_range(activation("frac"), F(1, 4), F(1, 2)) == (F(1, 4), F(1, 2))
    assert activation_range(activation("frac"), F(1, 2), F(5, 4)) == (0, 1)


def test_piecewise_of_ones_own():
    odd = piecewise(["1/2"], [[1], [0, 0, 1]], [7])
    assert [odd.value(F(n, 2)) for n in (0, 1, 2)] == [1, 7, 1]
    assert odd.kind == "polynomial"
    assert str(activation("clip", -1, "1/2")) == "clip(-1, 1/2)"


@pytest.mark.parametrize(
    "make, error",
    [
        (lambda: activation("swish"), Unsupported),
        (lambda: activation("relu", 1), Unsupported),
        (lambda: activation("clip"), Unsupported),
        (lambda: activation("clip", 2, 1), Unsupported),
        (lambda: activation("leaky_relu", 0.1), InexactInput),
        (lambda: activation("repu", 0), Unsupported),
        (lambda: activation("repu", 10**9), Unsupported),
        (lambda: activation("repu", "1/2"), Unsupported),
        (lambda: piecewise([1, 0], [[0], [0], [0]], [0, 0]), ShapeMismatch),
        (lambda: piecewise([0, 0], [[0], [0], [0]], [0, 0]), ShapeMismatch),
        (lambda: piecewise([0], [[0]], [0]), ShapeMismatch),
        (lambda: piecewise([0], [[0], []], [0]), ShapeMismatch),
        (lambda: piecewise([0], [[0], [1]], []), ShapeMismatch),
        (lambda: Activation("odd", (), (F(0),), ((F(0),),), (F(1),), shift=F(1)), ShapeMismatch),
        (lambda: Activation("odd", (), (F(0),), smooth="sine"), ShapeMismatch),
        (lambda: Activation("odd", (), (0.5,), ((F(0),), (F(1),)), (F(1),)), InexactInput),
        (lambda: Activation("odd", (), (), ((F(0), 1),)), InexactInput),
    ],
)
def test_refusals_say_how_to_mend(make, error):
    with pytest.raises(error, match="Fix: "):
        make()
