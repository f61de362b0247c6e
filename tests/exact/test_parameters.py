"""Signs of rational functions against sampling (never contradicted) and cases known by hand."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import prod

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from verinet.errors import EmptyDomain, InexactInput, Unsupported
from verinet.exact.parameters import parameter, sign


def test_one_parameter():
    a = parameter("a", low=0, high=1, strict=True)
    x = a.symbol
    assert sign(x, [a]) == 1
    assert sign(x - 1, [a]) == -1
    assert sign(x * (1 - x), [a]) == 1
    assert sign(x - x, [a]) == 0
    assert sign(2 * x - 1, [a]) is None
    assert sign((2 * x - 1) ** 2, [a]) is None
    assert sign((x + 1) / (x - 1), [a]) == -1
    assert sign(1 / (2 * x - 1) ** 2, [a]) is None
    assert sign(x**2 - 2, [a]) == -1
    assert sign(7, [a]) == sign(Fraction(1, 3), [a]) == 1
    assert sign(sympy.Integer(0), [a]) == 0
    assert sign(-(10**5000), [a]) == -1


def test_ends_matter():
    closed, open_ = parameter("a", low=0, high=1), parameter("b", low=0, high=1, strict=True)
    assert sign(closed.symbol, [closed]) is None
    assert sign(open_.symbol, [open_]) == 1
    assert sign(closed.symbol + 1, [closed]) == 1
    assert sign(1 - closed.symbol, [closed]) is None


def test_rays_and_the_line():
    p, line = parameter("p", positive=True), parameter("t")
    below = parameter("s", high=-1)
    assert sign(p.symbol, [p]) == 1
    assert sign(p.symbol - 1, [p]) is None
    assert sign(line.symbol**2 + 1, [line]) == 1
    assert sign(line.symbol**2, [line]) is None
    assert sign(below.symbol, [below]) == -1
    assert sign(below.symbol + 1, [below]) is None
    assert sign(below.symbol**2 - Fraction(1, 2), [below]) == 1
    point = parameter("c", low="1/3", high="1/3")
    assert sign(3 * point.symbol - 1, [point]) == 0


def test_several_parameters():
    a, e = parameter("alpha", low=0, high=1, strict=True), parameter("eps", positive=True)
    n = parameter("N", low=1)
    x, y, z = a.symbol, e.symbol, n.symbol
    assert sign(x * y, [a, e]) == 1
    assert sign(y + z - x, [a, e, n]) == 1
    assert sign(1 - x + y, [a, e]) == 1
    assert sign((x - 1) * z, [a, n]) == -1
    assert sign(x - y, [a, e]) is None
    assert sign(y / (x - 1), [a, e]) == -1
    assert sign(z - 1, [a, n]) is None
    assert sign((z - 1) * y, [e, n]) is None
    assert sign(x + 0 * y, [a, e]) == 1
    line = parameter("t")
    assert sign(x + line.symbol**2, [a, line]) is None
    assert sign(x + 1, [a, line]) == 1


def test_what_is_refused():
    a = parameter("a", low=0, high=1)
    other = sympy.Symbol("other")
    for wrong in (
        a.symbol + other, 0.5 * a.symbol, sympy.sin(a.symbol), sympy.sqrt(a.symbol), sympy.sqrt(2) * a.symbol,
        "a + 1", "7", "__import__('os')", sympy.zoo, sympy.nan, object(), 0.5, True, None,
        sympy.true, sympy.Matrix([1]), 10**5000 * sympy.sin(a.symbol),
    ):  # fmt: skip
        with pytest.raises(Unsupported, match="Fix:"):
            sign(wrong, [a])
    with pytest.raises(InexactInput):
        parameter("a", low=0.1)
    for ends in ({"low": 1, "high": 0}, {"low": 1, "high": 1, "strict": True}, {"high": 0, "positive": True}):
        with pytest.raises(EmptyDomain):
            parameter("a", **ends)


values = st.fractions(-2, 2, max_denominator=6)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_sign_is_never_contradicted_by_a_value(data):
    count = data.draw(st.integers(1, 2))
    parameters, spots = [], []
    for i in range(count):
        low, high = sorted([data.draw(values), data.draw(values)])
        strict = data.draw(st.booleans()) and low < high
        kind = data.draw(st.sampled_from(["both", "low", "high"]))
        ends = {"low": {"low": low}, "high": {"high": high}, "both": {"low": low, "high": high}}[kind]
        parameters.append(parameter(f"p{i}", strict=strict, **ends))
        steps = [low + (high - low) * Fraction(k, 7) for k in range(1, 7)]
        spots.append(steps if strict else [low, *steps, high])
    symbols = [p.symbol for p in parameters]
    terms = data.draw(st.lists(st.tuples(st.integers(-4, 4), *[st.integers(0, 3)] * count), min_size=1, max_size=4))
    top = sum(c * sympy.prod([s**e for s, e in zip(symbols, es, strict=True)]) for c, *es in terms)
    found = sign(sympy.sympify(top), parameters)
    for point in product(*spots):
        exact = sum(c * prod(v**e for v, e in zip(point, es, strict=True)) for c, *es in terms)
        assert found is None or found == (exact > 0) - (exact < 0)
