"""Published counterexamples: their grammar, and what exact evaluation says of them."""

from __future__ import annotations

from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verinet.claims import parse_vnnlib
from verinet.claims.witnesses import judge, parse_witnesses
from verinet.errors import BadFormat, NotANumber, ShapeMismatch
from verinet.networks.build import network, relu, variables

A, B = variables("x", 2)
NET = network((A, B), [relu(A) + B, A - B])
HEAD = "(declare-const X_0 Real) (declare-const X_1 Real) (declare-const Y_0 Real) (declare-const Y_1 Real)\n"
BOX = "(assert (>= X_0 -1)) (assert (<= X_0 1)) (assert (>= X_1 -1)) (assert (<= X_1 1))\n"
BIG = parse_vnnlib(HEAD + BOX + "(assert (>= Y_0 2))")
STRICT = parse_vnnlib(HEAD + BOX + "(assert (> Y_0 2))")
EITHER = parse_vnnlib(
    HEAD + "(assert (or (and (>= X_0 0) (<= X_0 1) (>= X_1 0) (<= X_1 1) (>= Y_0 2))"
    "(and (>= X_0 3) (<= X_0 4) (>= X_1 0) (<= X_1 1) (>= Y_0 9))))"
)
PAIR = parse_vnnlib(
    "(vnnlib-version <2.0>) (declare-network f (declare-input X Real [2]) (declare-output Y Real [2]))"
    "(declare-network g (equal-to f) (declare-input A Real [2]) (declare-output B Real [2]))"
    "(assert (and (>= X[0] 0) (<= X[0] 1) (>= X[1] 0) (<= X[1] 1) (== A[0] X[0])))"
    "(assert (and (>= A[1] 0) (<= A[1] 1) (<= (+ Y[0] 1.0) B[0])))"
)


def ruled(text: str, of=BIG):
    (witness,) = parse_witnesses(text)
    return judge(witness, of, [NET])


# ------------------------------------------------------------------------------------------------ rulings


def test_a_valid_witness_and_its_stated_outputs() -> None:
    found = ruled("sat\n((X_0 1.0)\n (X_1 1)\n (Y_0 2.0000001)\n (Y_1 0))\n")
    assert (found.word, found.y, found.moved, found.clipped, found.missing) == ("valid", (2, 0), 0, None, 0)
    assert found.stated_error == F(1, 10**7)
    assert ruled("((X_0 1) (X_1 1))").stated_error is None


def test_outside_of_the_input_set() -> None:
    found = ruled("sat ((X_0 1.0000001) (X_1 1.5))")
    assert (found.word, found.moved, found.clipped, found.outputs) == ("valid after clipping", F(1, 2), (1, 1), (2, 0))
    assert found.x == (1 + F(1, 10**7), F(3, 2))


def test_wrong_by_so_much() -> None:
    assert (ruled("sat ((X_0 0.5) (X_1 1))").word, ruled("sat ((X_0 0.5) (X_1 1))").missing) == ("wrong", F(1, 2))
    outside = ruled("sat ((X_0 2) (X_1 0.25))")
    assert (outside.word, outside.moved, outside.missing) == ("wrong", 1, F(3, 4))
    tie = ruled("sat ((X_0 1) (X_1 1))", STRICT)
    assert (tie.word, tie.moved, tie.missing) == ("wrong", 0, 0)


def test_of_several_cases_the_nearest_that_is_violated() -> None:
    """Moving to the second box is shorter, and only the first can be violated."""
    found = ruled("sat ((X_0 2.5) (X_1 1))", EITHER)
    assert (found.word, found.clipped, found.moved) == ("valid after clipping", (1, 1), F(3, 2))


def test_queries_of_several_networks() -> None:
    """Equated inputs may differ in a witness: then the assertions fail by the difference."""
    good = "sat ((X[0] 0) (X[1] 0) (A[0] 0) (A[1] 1) (Y[0] 0) (B[0] 1))"
    assert ruled(good, PAIR).word == "valid"
    off = ruled(good.replace("(A[0] 0)", "(A[0] 1e-9)"), PAIR)
    assert (off.word, off.missing) == ("wrong", F(1, 10**9))
    with pytest.raises(BadFormat, match="outside of A"):
        ruled(good.replace("A[1]", "A[2]"), PAIR)


coordinates = st.fractions(-3, 3, max_denominator=8)


@given(coordinates, coordinates)
def test_the_ruling_is_what_the_property_says(a: F, b: F) -> None:
    found = ruled(f"sat ((X_0 {a}) (X_1 {b}))")
    assert (found.word == "valid") is BIG.violated_by((a, b), NET(a, b))
    clipped = tuple(max(F(-1), min(F(1), value)) for value in (a, b))
    assert (found.word != "wrong") is BIG.violated_by(clipped, NET(*clipped))
    assert found.moved == (0 if found.word == "valid" else max(abs(a - clipped[0]), abs(b - clipped[1])))
    if found.word == "wrong":
        assert found.missing == 2 - NET(*clipped)[0] > 0


# ------------------------------------------------------------------------------------------------ grammar


def test_decimals_are_taken_as_they_are_spelled() -> None:
    (found,) = parse_witnesses("SAT\n((X_0 0.30000000000000004) (X_1 -1E-05) (Y_0 +2.) (Y_1 .5) (Y_2 -1/3))")
    assert [value for _, value in found.pairs] == [
        F("0.30000000000000004"), F(-1, 100000), F(2), F(1, 2), F(-1, 3)]  # fmt: skip


def test_several_witnesses_in_one_text() -> None:
    one = "((X_0 1) (X_1 1))"
    assert len(parse_witnesses(f"sat\n{one}\nsat\n{one}; sat\n")) == 2
    assert len(parse_witnesses(f"{one}{one}sat{one}")) == 3
    assert parse_witnesses("sat\n(X_0 1)\n(X_1 2)")[0].pairs == (("X_0", F(1)), ("X_1", F(2)))
    assert parse_witnesses(f"\n\n{one}", "w.txt")[0].where == "w.txt, line 3, column 1"


@pytest.mark.parametrize("text, kind, words", [
    ("", BadFormat, "none"),
    ("sat", BadFormat, "none"),
    ("unsat", BadFormat, "begins with sat, this text with unsat"),
    ("timeout\n", BadFormat, "timeout"),
    ("sat ((X_0 1) (X_1 1)) (X_0 1)", BadFormat, "outside of its brackets"),
    ("sat ((X_0 1) (X_1))", BadFormat, "pairs"),
    ("sat ((X_0 1) (X_1 1 2))", BadFormat, "pairs"),
    ("sat ((X_0 1) X_1)", BadFormat, "pairs"),
    ("sat ((X_0 nan) (X_1 1))", BadFormat, "decimals, got nan"),
    ("sat ((X_0 inf) (X_1 1))", BadFormat, "inf"),
    ("sat ((X_0 1e99999999) (X_1 1))", NotANumber, "column 7"),
    ("sat ((X_0 1/0) (X_1 1))", NotANumber, "column 7"),
    ("sat ((X_0 1) (X_1 1)", BadFormat, "never closed"),
    ("sat sat2 ((X_0 1))", BadFormat, "sat2"),
    ("sat ((X_0 1))", BadFormat, "X_1 has none"),
    ("sat ()", BadFormat, "empty"),
    ("sat ((X_0 1) (X_0 1) (X_1 1))", BadFormat, "stated twice"),
    ("sat ((X_0 1) (X_1 1) (X_2 1))", BadFormat, "not declared"),
    ("sat ((X_0 1) (X_1 1) (Y_7 1))", BadFormat, "not declared"),
    ("sat ((X[0] 1) (X_1 1))", BadFormat, "not declared"),
])  # fmt: skip
def test_bad_text_is_refused(text: str, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words) as caught:
        ruled(text)
    assert "Fix:" in str(caught.value)


def test_the_network_must_fit() -> None:
    (witness,) = parse_witnesses("((X_0 1) (X_1 1))")
    with pytest.raises(ShapeMismatch):
        judge(witness, BIG, [network((A, B), A + B)])
    with pytest.raises(ShapeMismatch, match="one network, got 2"):
        judge(witness, BIG, [NET, NET])
