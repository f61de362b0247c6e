"""Claims as SMT-LIB 2 text: z3 and cvc5 read it and say what is true, on networks where that is known."""

from __future__ import annotations

from fractions import Fraction as F

import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st

import verinet as vn
from verinet.claims.claim_text import parse_claim
from verinet.errors import Unsupported
from verinet.exact import solver
from verinet.networks.build import apply_activation
from verinet.provers.smt_export import smtlib

X, (A, B) = vn.variable("x"), vn.variables("x", 2)
HAT = vn.network(X, 2 * vn.relu(X) - 4 * vn.relu(X - vn.Q("1/2")) + 2 * vn.relu(X - 1))
PLANE = vn.network((A, B), vn.relu(A - B) + vn.relu(B))
MAP = vn.network((A, B), [vn.leaky_relu(A, "1/2"), B - vn.abs_(A)])
STEP = vn.network(X, apply_activation(X, vn.activation("sign")))
FLOOR = vn.network(X, apply_activation(X, vn.activation("frac")))

CASES = [
    ([HAT], "y <= 1 on [0,1]", "unsat"),
    ([HAT], "y < 1 on [0,1]", "sat"),
    ([HAT], "somewhere y >= 1 on [0,1]", "sat"),
    ([HAT], "somewhere y > 1 on [0,1]", "unsat"),
    ([HAT], "f(1/4) = 1/2", "unsat"),
    ([HAT], "f(1/4) = 1/3", "sat"),
    ([HAT], "sup_error(x) <= 1 on [0,1]", "unsat"),
    ([HAT], "sup_error(x) <= 99/100 on [0,1]", "sat"),
    ([HAT], "range(y) within [0,1] on R", "unsat"),
    ([HAT], "lipschitz_inf <= 2 on [0,1]", "unsat"),
    ([HAT], "lipschitz_1 <= 199/100 on [0,1]", "sat"),
    ([HAT], "injective on [0,1/2]", "unsat"),
    ([HAT], "injective on [0,1]", "sat"),
    ([HAT], "concave on [0,1]", "unsat"),
    ([HAT], "concave on [-1,1]", "sat"),
    ([HAT], "fixed_point on [1/2,1]", "sat"),
    ([HAT], "no fixed_point on [1/2,1]", "sat"),
    ([HAT], "even on [-1,1]", "sat"),
    ([HAT, HAT], "equal on [0,1]", "unsat"),
    ([PLANE, vn.network((A, B), vn.maximum(A, B))], "equal within 1 on [-1,1]^2", "unsat"),
    ([PLANE, vn.network((A, B), vn.maximum(A, B))], "equal within 99/100 on [-1,1]^2", "sat"),
    ([PLANE], "monotone up in x_0 on [-1,1]^2", "unsat"),
    ([PLANE], "monotone up in x_0, x_1 on [-1,1]^2", "sat"),
    ([PLANE], "convex on [-1,1]^2", "unsat"),
    ([PLANE], "lipschitz_inf <= 2 on [-1,1]^2", "unsat"),
    ([PLANE], "lipschitz_inf <= 3/2 on [-1,1]^2 with x_0 + x_1 < 1", "sat"),
    ([MAP], "injective on [-1,1]^2", "unsat"),
    ([MAP], "lipschitz_1 <= 2 on [-1,1]^2", "unsat"),
    ([MAP], "monotone down in x_0 for y_1 on [0,1]^2", "unsat"),
    ([STEP], "y = 0 or x > 0 or x < 0 on [-1,1]", "unsat"),
    ([STEP], "injective on [-1,1] with x > 0", "sat"),
]  # fmt: skip


@pytest.mark.parametrize(("networks", "text", "expected"), CASES, ids=[f"{text}: {said}" for _, text, said in CASES])
def test_two_solvers_say_what_is_true(networks, text: str, expected: str) -> None:
    written = smtlib(parse_claim(text, networks))
    assert "(set-logic QF_LRA)" in written
    fresh = z3.Solver(ctx=z3.Context())
    fresh.from_string(written)
    assert str(fresh.check()) == expected
    pytest.importorskip("cvc5", reason="left out: cvc5 is not installed")
    assert solver.second_opinion(written, 20) == expected


def test_the_comments_say_what_is_meant() -> None:
    lines = smtlib(parse_claim("injective on [0,1]", [HAT])).splitlines()
    assert lines[0] == "; claim: f is injective on [0,1]"
    lines = smtlib(parse_claim("monotone up in x on [0,1]", [HAT])).splitlines()
    assert lines[1] == "; sat: a pair of points refutes the claim; unsat: the claim is true"
    lines = smtlib(parse_claim("somewhere y > 1 on [0,1]", [HAT])).splitlines()
    assert lines[1] == "; sat: the claim is true; unsat: it is false"


@pytest.mark.parametrize("text", [
    "cells = 3 on [0,1]", "linear_regions = 2 on [0,1]", "surjective onto [0,1] on [0,1]", "range(y) = [0,1] on [0,1]",
    "lipschitz_2 <= 2 on [0,1]", "lipschitz_inf = 2 on [0,1]", "integral(y) = 1/2 on [0,1]",
    "unique fixed_point on [0,1]",
])  # fmt: skip
def test_what_no_point_refutes_is_refused(text: str) -> None:
    with pytest.raises(Unsupported, match="Fix: export"):
        smtlib(parse_claim(text, [HAT]))


def test_other_logics() -> None:
    assert "(set-logic QF_NRA)" in smtlib(parse_claim("sup_error(x^2) <= 1 on [0,1]", [HAT]))
    assert "(set-logic QF_LIRA)" in smtlib(parse_claim("y < 1 on [0,7]", [FLOOR]))
    smooth = vn.network(X, apply_activation(X, vn.activation("tanh")))
    with pytest.raises(Unsupported):
        smtlib(parse_claim("y < 1 on [0,1]", [smooth]))


small = st.fractions(min_value=-2, max_value=2, max_denominator=3)


@settings(max_examples=15)
@given(st.lists(small, min_size=7, max_size=7), small)
def test_slopes_and_pairs_agree_with_the_provers(numbers: list[F], bound: F) -> None:
    a, b, c, d, e, g, h = numbers
    net = vn.network(X, g * vn.relu(a * X + b) + h * vn.relu(c * X + d) + e * X)
    slopes = {(net(p + F(1, 10**6))[0] - net(p)[0]) * 10**6 for p in (F(k, 997) - 1 for k in range(0, 1994, 7))}
    for text, truth in (
        (f"lipschitz_inf <= {abs(bound)} on [-1,1]", all(abs(s) <= abs(bound) for s in slopes)),
        ("monotone up in x on [-1,1]", all(s >= 0 for s in slopes)),
    ):
        fresh = z3.Solver(ctx=z3.Context())
        fresh.from_string(smtlib(parse_claim(text, [net])))
        if str(fresh.check()) == "unsat":
            assert truth
