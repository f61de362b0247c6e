"""One network, many arithmetics: each compared with plain Fractions, and so with the others."""

from __future__ import annotations

from fractions import Fraction as F

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.networks.strategies import AFFINE, networks, plain_evaluation, small
from verinet.errors import InexactInput, NotANumber, ShapeMismatch, Unsupported
from verinet.exact import solver, terms
from verinet.exact.enclosures import Enclosure
from verinet.exact.linalg import Matrix
from verinet.networks import (
    Activation,
    BallArithmetic,
    ConstraintArithmetic,
    FloatArithmetic,
    RationalArithmetic,
    SymbolicArithmetic,
    activation,
    apply_activation,
    evaluate,
    evaluate_batch,
    layered,
    network,
    relu,
    variable,
)
from verinet.networks.constraints import constraint_value
from verinet.networks.lists import weight_values
from verinet.networks.symbolic import symbolic_value

PERIODIC = (activation("floor"), activation("frac"))
POLYNOMIAL = (activation("repu", 2), activation("repu", 3))
ALL = (*AFFINE, *PERIODIC, *POLYNOMIAL)
points = st.lists(st.one_of(small, st.fractions(-3, 3, max_denominator=9)), min_size=4, max_size=4)


def fraction(value):
    return F(int(value.p), int(value.q))


@settings(max_examples=50)
@given(networks(pool=ALL), st.lists(points, min_size=1, max_size=3))
def test_rational(f, batch):
    xs = [x[: f.input_size] for x in batch]
    expected = [plain_evaluation(f, x) for x in xs]
    assert [list(evaluate(f, x, RationalArithmetic())) for x in xs] == expected
    together = evaluate_batch(f, Matrix.from_rows(xs).T)
    assert [list(row) for row in together.T.to_rows()] == expected


dyadic_pool = tuple(act for act in ALL if act.name != "hard_sigmoid")


@given(networks(st.integers(-2, 2).map(F), dyadic_pool), st.lists(points, min_size=2, max_size=3))
def test_float_is_exact_where_nothing_rounds(f, batch):
    xs = [[F(round(v * 8), 8) for v in x[: f.input_size]] for x in batch]
    expected = [plain_evaluation(f, x) for x in xs]
    bits = [abs(v).numerator.bit_length() + v.denominator.bit_length() for row in expected for v in row]
    if max(bits) < 30:
        got = evaluate(f, np.array([[float(v) for v in x] for x in xs]), FloatArithmetic())
        assert got.shape == (len(xs), f.output_size)
        assert [[F(v) for v in row] for row in got.tolist()] == expected
        alone = evaluate(f, [float(v) for v in xs[0]], FloatArithmetic())
        assert [F(v) for v in alone.tolist()] == expected[0]


@given(networks(pool=ALL), points, st.integers(20, 200))
def test_balls_hold_the_exact_value(f, x, bits):
    x = x[: f.input_size]
    for enclosure, value in zip(evaluate(f, x, BallArithmetic(bits)), plain_evaluation(f, x), strict=True):
        assert enclosure.contains(value)


@given(networks(small, ALL), points, points, st.fractions(0, 1, max_denominator=9))
def test_balls_of_intervals_hold_all_values(f, x, y, t):
    ends = [(min(a, b), max(a, b)) for a, b in zip(x, y, strict=True)][: f.input_size]
    between = [low + t * (high - low) for low, high in ends]
    for given_ends in (ends, [Enclosure(*pair) for pair in ends]):
        outputs = evaluate(f, given_ends, BallArithmetic(64))
        for enclosure, value in zip(outputs, plain_evaluation(f, between), strict=True):
            assert enclosure.contains(value)


def test_balls_of_smooth_networks_against_sympy():
    x = variable("x")
    names = ("logistic", "tanh", "softplus", "sine", "exp2")
    f = network(x, [apply_activation(x - "1/3", activation(name)) for name in names])
    balls = evaluate(f, ["3/7"], BallArithmetic(200))
    for ball, value in zip(balls, evaluate(f, ["3/7"], SymbolicArithmetic()), strict=True):
        assert ball.width < F(1, 10**50)
        assert ball.contains(F(str(sympy.N(value, 80))))
    floats = evaluate(f, [3 / 7], FloatArithmetic())
    # The argument is off by three roundings of numbers below 1 (2^-54 each), the functions have slopes of at most 1,
    # and numpy is within 4 units in the last place of values below 2 (2^-52 each): in all less than 2^-49.
    assert all(abs(F(y) - ball.low) <= F(1, 2**49) for y, ball in zip(floats.tolist(), balls, strict=True))


@settings(max_examples=40)
@given(networks(small, ALL), points)
def test_symbolic_inputs_then_numbers(f, x):
    x = x[: f.input_size]
    expected = plain_evaluation(f, x)
    numbers = evaluate(f, [sympy.Rational(v.numerator, v.denominator) for v in x], SymbolicArithmetic())
    assert [fraction(v) for v in numbers] == expected
    if f.depth <= 2 and f.size <= 6:
        symbols = sympy.symbols(f"t:{len(x)}", real=True)
        at = {s: sympy.Rational(v.numerator, v.denominator) for s, v in zip(symbols, x, strict=True)}
        outputs = evaluate(f, list(symbols), SymbolicArithmetic())
        assert [fraction(sympy.sympify(y).xreplace(at).doit()) for y in outputs] == expected


@pytest.mark.parametrize("act", ALL, ids=str)
def test_symbolic_value_at_every_breakpoint(act):
    z = sympy.Symbol("z", real=True)
    expression = symbolic_value(act, z)
    for p in (
        *act.breakpoints,
        *(p + d for p in act.breakpoints for d in (F(1, 7), F(-1, 7))),
        F(3, 2),
        F(-3, 2),
    ):
        assert fraction(expression.xreplace({z: sympy.Rational(p.numerator, p.denominator)}).doit()) == act.value(p)


def test_symbolic_weights():
    f = layered([[[1, -2], [3, "1/2"]], [[1, 1]]], [[0, 1], [-1]])
    x = [sympy.Rational(1, 3), sympy.Integer(2)]
    (y,) = evaluate(f, x, SymbolicArithmetic(weights="w"))
    values = weight_values(f, "w")
    assert {s.name for s in y.free_symbols} == set(values)
    at = {s: sympy.Rational(str(values[s.name])) for s in y.free_symbols}
    assert (fraction(y.xreplace(at)),) == f("1/3", 2)


@settings(max_examples=60)
@given(networks(small, ALL), points)
def test_constraint_terms(f, x):
    x = x[: f.input_size]
    inputs = terms.variables("x", len(x))
    at = {term.name: value for term, value in zip(inputs, x, strict=True)}
    outputs = evaluate(f, inputs, ConstraintArithmetic())
    for term, value in zip(outputs, plain_evaluation(f, x), strict=True):
        assert terms.holds([terms.equals(term, value)], at)
        assert not terms.holds([terms.above(term, value)], at)


@pytest.mark.parametrize("act", ALL, ids=str)
def test_constraint_value_at_every_breakpoint(act):
    (z,) = terms.variables("z", 1)
    term = constraint_value(act, z)
    for p in (*act.breakpoints, *(p + d for p in act.breakpoints for d in (F(1, 7), F(-1, 7))), F(3, 2)):
        assert terms.holds([terms.equals(term, act.value(p))], {z.name: p})


def test_constraints_are_solved():
    x = variable("x")
    f = network(x, relu(2 * x - 1) - relu(x))
    inputs = terms.variables("x", 1)
    (y,) = evaluate(f, inputs, ConstraintArithmetic())
    found = solver.solve([terms.equals(y, F(1, 3))], inputs, 10)
    assert f(found.values[0]) == (F(1, 3),)
    assert solver.solve([terms.below(y, F(-1, 2))], inputs, 10) == solver.Unsat()


def test_integer_parts_are_solved():
    x = variable("x")
    f = network(x, [apply_activation(x, activation("floor")), apply_activation(x, activation("frac"))])
    inputs = terms.variables("x", 1)
    whole, rest = evaluate(f, inputs, ConstraintArithmetic())
    found = solver.solve([terms.equals(whole, F(-2)), terms.equals(rest, F(1, 3))], inputs, 10)
    assert found == solver.Point((F(-5, 3),))
    assert solver.solve([terms.at_least(rest, F(1)), terms.at_most(whole, F(5))], inputs, 10) == solver.Unsat()


def test_rational_arithmetic_is_the_default():
    x = variable("x")
    f = network(x, relu(x - "1/3"))
    assert evaluate(f, ["1/2"]) == evaluate(f, "1/2") == evaluate(f, ["1/2"], RationalArithmetic()) == (F(1, 6),)
    with pytest.raises(InexactInput):
        evaluate(f, [0.5])


def test_constraints_with_symbolic_weights():
    f = layered([[[1], [-2]], [[1, 1]]], [[0, 1], [-1]])
    arithmetic = ConstraintArithmetic(weights="w")
    (y,) = evaluate(f, ["1/3"], arithmetic)
    values = weight_values(f, "w")
    assert set(arithmetic.variables) == set(values)
    at = {term.name: values[name] for name, term in arithmetic.variables.items()}
    assert len(at) == len(values)
    assert terms.holds([terms.equals(y, f("1/3")[0])], at)


def test_all_arithmetics_check_the_input():
    f = layered([[[1, 1]]], [[0]])
    for arithmetic in (
        RationalArithmetic(),
        FloatArithmetic(),
        BallArithmetic(),
        SymbolicArithmetic(),
        ConstraintArithmetic(),
    ):
        with pytest.raises(ShapeMismatch, match="2 input channels"):
            evaluate(f, [1], arithmetic)
    for arithmetic in (RationalArithmetic(), BallArithmetic(), SymbolicArithmetic(), ConstraintArithmetic()):
        with pytest.raises(InexactInput):
            evaluate(f, [0.5, 1], arithmetic)
    with pytest.raises(InexactInput):
        evaluate(f, [sympy.Float("0.5"), 1], SymbolicArithmetic())
    with pytest.raises(NotANumber):
        evaluate(f, ["a", "b"], FloatArithmetic())
    with pytest.raises(ShapeMismatch, match="evaluate_batch"):
        evaluate(f, Matrix.identity(2), RationalArithmetic())


def test_smooth_is_refused_where_it_has_no_meaning():
    x = variable("x")
    smooth = network(x, apply_activation(x, activation("tanh")))
    with pytest.raises(Unsupported, match="tanh"):
        smooth(1)
    with pytest.raises(Unsupported, match="tanh"):
        evaluate(smooth, terms.variables("x", 1), ConstraintArithmetic())


def test_an_activation_is_what_it_holds_not_what_it_is_called():
    false = Activation("relu", (), (F(0),), ((F(7),), (F(0), F(2))), (F(1),))
    unknown = Activation("relu", smooth="zeta")
    f = layered([[[1]], [[1]]], [[0], [0]], false)
    for x, y in ((-1, 7), (0, 1), (3, 6)):
        assert f(x) == (y,)
        assert evaluate(f, [float(x)], FloatArithmetic()).tolist() == [y]
        assert [fraction(v) for v in evaluate(f, [x], SymbolicArithmetic())] == [y]
        z = sympy.Symbol("z", real=True)
        assert fraction(evaluate(f, [z], SymbolicArithmetic())[0].xreplace({z: sympy.Integer(x)}).doit()) == y
        assert evaluate(f, [x], BallArithmetic())[0].contains(F(y))
        assert terms.holds([terms.equals(evaluate(f, [x], ConstraintArithmetic())[0], F(y))], {})
    for arithmetic in (FloatArithmetic(), SymbolicArithmetic()):
        with pytest.raises(Unsupported, match="zeta"):
            evaluate(layered([[[1]], [[1]]], [[0], [0]], unknown), [1], arithmetic)


def error_of_float_layers(weights, biases, x):
    """A bound on the rounding errors of float64 ReLU layers whose weights are floats.

    A row of n products and a bias has at most n + 1 roundings on each way to the result, whatever their order: an
    error of (n + 2) 2^-53 times the sum of the absolute values, beside what the error of the layer before becomes.
    Doubled for the rounding of this bound itself.
    """
    size, error = np.abs(x), np.zeros_like(x)
    for weight, bias in zip(weights, biases, strict=True):
        absolute = np.abs(weight.to_float64())
        size, before = absolute @ (size + error) + np.abs(bias.to_float64()[:, 0]), error
        error = absolute @ before + (weight.columns + 2) * 2.0**-53 * size
    return 2 * error


def test_large_layers_evaluate_at_once():
    rng = np.random.default_rng(0)
    weights = [Matrix.from_floats(rng.normal(size=shape)) for shape in ((128, 784), (128, 128), (10, 128))]
    biases = [Matrix.from_floats(rng.normal(size=weight.rows)) for weight in weights]
    f = layered(weights, biases)
    x = rng.normal(size=784)
    exact = evaluate_batch(f, Matrix.from_floats(x)).T.to_rows()[0]
    floats = evaluate(f, x, FloatArithmetic())
    bound = error_of_float_layers(weights, biases, x)
    assert bound.max() < 1e-5  # outputs are thousands: the bound says something
    assert all(abs(F(y) - v) <= F(e) for y, v, e in zip(floats.tolist(), exact, bound.tolist(), strict=True))
    balls = evaluate(f, [F(v) for v in x.tolist()], BallArithmetic(128))
    assert all(ball.contains(value) for ball, value in zip(balls, exact, strict=True))
