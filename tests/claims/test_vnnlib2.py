"""VNN-LIB 2.0: grammar, places of mistakes, tensors, relations between networks, meaning, writing."""

from __future__ import annotations

from fractions import Fraction as F
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.claims.vnnlib_texts import by_python, conditions_on
from verinet.claims import always, equal, parse_vnnlib, read_vnnlib, write_vnnlib
from verinet.claims.builders import inputs, outputs
from verinet.claims.formulas import Affine, all_of, any_of, equals, holds
from verinet.claims.sexpressions import DEEPEST, place_of, tensor_commands
from verinet.claims.vnnlib2 import Query, Tensor
from verinet.errors import BadFormat, EmptyDomain, NotANumber, NotBounded, ShapeMismatch, Unsupported
from verinet.geometry import Halfspace, box
from verinet.networks.build import abs_, affine_after, network, relu, variables

VERSION = "(vnnlib-version <2.0>)\n"
ONE = VERSION + "(declare-network f (declare-input X Real [2]) (declare-output Y Real [2]))\n"
TWO = VERSION + (
    "(declare-network f (declare-input X Real [2]) (declare-output Y Real [2]))\n"
    "(declare-network g (equal-to f) (declare-input A Real [2]) (declare-output B Real [2]))\n"
)
BOX = "(assert (and (>= X[0] -1) (<= X[0] 1) (>= X[1] 0) (<= X[1] 0.5)))\n"


@pytest.fixture(scope="module")
def net():
    a, b = variables("x", 2)
    return network((a, b), [relu(a - b) + 2 * b, relu(a + b) - relu(b - a)])


def query(text: str) -> Query:
    found = parse_vnnlib(text, source="q")
    assert isinstance(found, Query)
    return found


# ------------------------------------------------------------------------------------------------ reading


def test_tensors_are_read_in_row_major_order() -> None:
    found = query(
        VERSION + '(declare-network n (declare-input X Real [2,3] "in") (declare-hidden H Real [7] "h")\n'
        "(declare-output Y Real []) (declare-output Z Real [1, 2]))\n"
        "(assert (<= X[1,0] Y)) (assert (>= Z [0, 1] 2))"
    )
    x, y = Affine.of_input, Affine.of_output
    assert found.violation == all_of(x(3) <= y(0), y(2) >= 2)
    assert (found.inputs, found.outputs) == (6, 3)
    assert found.networks[0].inputs[0] == Tensor("X", "Real", (2, 3), "in")
    assert found.legend()[3] == "X[1,0]"


def test_all_six_comparisons() -> None:
    at = {"<=": (1, 1, 0), ">=": (0, 1, 1), "<": (1, 0, 0), ">": (0, 0, 1), "==": (0, 1, 0), "!=": (1, 0, 1)}
    for relation, truth in at.items():
        found = query(f"{ONE}(assert ({relation} (+ X[0] Y[0]) (* 2.0 Y[1])))")
        for y0, expected in zip((1, 2, 3), truth, strict=True):
            assert found.violated_by((0, 0), (y0, 1)) is bool(expected)
            assert holds(found.violation, (F(0), F(0)), (F(y0), F(1))) is bool(expected)


@pytest.mark.parametrize("kind", ["float16", "float32", "float64", "bfloat16", "float8e5m2"])
def test_floats_are_read_as_real_numbers_and_it_is_said(kind: str) -> None:
    found = query(f"{VERSION}(declare-network f (declare-input X {kind} [1]) (declare-output Y {kind} [1]))\n"
                  "(assert (<= X[0] 0.1))")  # fmt: skip
    assert found.violation == (Affine.of_input(0) <= F(1, 10))
    assert found.notes == (
        f"{kind} variables are read as real numbers: decimals are the rationals they spell, "
        "and the networks are evaluated without rounding",
    )
    assert query(f"{ONE}(assert (<= X[0] 1))").notes == ()


numbers = st.integers(-3, 3).map(str) | st.sampled_from(["0.5", "-1.25", "1e-1", "(- 2)"])
names = st.sampled_from(["X[0]", "X[1]", "A[0]", "A [1]", "Y[0]", "Y[1]", "B[0]", "B[ 1 ]"])
sums = st.recursive(
    numbers | names,
    lambda inner: st.one_of(
        st.builds(lambda op, parts: f"({op} {' '.join(parts)})", st.sampled_from("+-"),
                  st.lists(inner, min_size=1, max_size=3)),
        st.builds("(* {} {})".format, numbers, inner),
    ),
    max_leaves=4,
)  # fmt: skip
conditions = conditions_on(sums, ["<=", ">=", "<", ">", "==", "!="], most=4)
links = st.lists(st.sampled_from(["(== X[0] A[0])", "(== A[1] X[1])", "(== X[0] X[1])", "(and (== A[0] A[1]))"]))
grid = st.integers(-1, 1).map(F) | st.sampled_from([F(1, 2), F(1, 4), F(-1, 3)])


@settings(max_examples=80)
@given(links, st.lists(conditions, min_size=1, max_size=2), st.lists(st.tuples(grid, grid, grid, grid), max_size=4))
def test_text_formula_and_claim_agree(net, equations: list[str], texts: list[str], points) -> None:
    """At points that meet the equations the claim speaks of exactly the violation; elsewhere there is none."""
    around = BOX + BOX.replace("X", "A")
    found = query(TWO + around + "\n".join(f"(assert {part})" for part in (*equations, *texts)))
    try:
        claim = found.claim(net)
    except EmptyDomain:
        claim = None
    for at in points:
        first: dict[int, F] = {}
        x = tuple(first.setdefault(place, value) for place, value in zip(found.places, at, strict=True))
        y = (*net(*x[:2]), *net(*x[2:]))
        values = dict(zip(("X[0]", "X[1]", "A[0]", "A[1]", "Y[0]", "Y[1]", "B[0]", "B[1]"), (*x, *y), strict=True))
        truth = all(by_python(part, values) for part in found.assertions)
        assert found.violated_by(x, y) is truth
        assert holds(found.violation, x, y) is truth
        reduced = tuple(first[place] for place in range(len(first)))
        assert (found.spread(reduced), found.outputs_at(x, (net,))) == (x, y)
        assert (claim is not None and claim.refuted_by(reduced)) is truth


# ------------------------------------------------------------------------------------------ several networks


def test_equated_inputs_share_a_coordinate(net) -> None:
    found = query(TWO + BOX + "(assert (== A[1] X[1])) (assert (<= X[0] A[0])) (assert (<= A[0] 1.0))"
                  "(assert (< B[0] Y[0]))")  # fmt: skip
    assert found.places == (0, 1, 2, 1)
    assert found.legend() == ("X[0]", "X[1] = A[1]", "A[0]")
    claim = found.claim(net)
    assert claim.domain.dimension == 3
    assert claim.networks[1](7, "1/2", -1) == net(-1, "1/2")
    assert found.spread((0, "1/2", 1)) == (0, F(1, 2), 1, F(1, 2))
    assert found.claim(net, net) == claim


def test_identical_inputs_leave_the_networks_as_they_are(net) -> None:
    found = query(TWO + BOX + "(assert (== A[0] X[0])) (assert (== X[1] A[1])) (assert (!= Y[0] B[0]))")
    claim = found.claim(net)
    assert claim.networks == (net, net)
    assert claim.domain == box((-1, 1), (0, "0.5"))


def test_relations_are_checked(net) -> None:
    a, b = variables("x", 2)
    other = network((a, b), [relu(a - b) + 3 * b, relu(a + b) - relu(b - a)])
    deeper = network((a, b), [abs_(relu(a - b)), relu(a + b)])
    text = TWO + BOX + BOX.replace("X", "A") + "(assert (< Y[0] B[0]))"
    with pytest.raises(ShapeMismatch, match="g is declared equal to f"):
        query(text).claim(net, other)
    alike = query(text.replace("equal-to", "isomorphic-to"))
    assert alike.claim(net, other).networks[1](0, 0, 1, "1/3") == other(1, "1/3")
    with pytest.raises(ShapeMismatch, match="not built alike"):
        alike.claim(net, deeper)
    with pytest.raises(ShapeMismatch, match="speaks of the networks f, g, got 1"):
        alike.claim(net)
    with pytest.raises(ShapeMismatch, match=r"f, g \(equal to f\), got 3"):
        query(text).claim(net, net, net)
    with pytest.raises(ShapeMismatch, match="f is declared with 2 outputs, the network has 1"):
        query(text).claim(affine_after(net, [[1, 1]]))


def test_unbounded_and_empty_sets_are_named(net) -> None:
    with pytest.raises(NotBounded, match=r"x_2 is A\[0\]"):
        query(TWO + BOX + "(assert (== A[1] X[1])) (assert (<= Y[0] B[0]))").claim(net)
    with pytest.raises(EmptyDomain):
        query(ONE + BOX + "(assert (> X[0] 1))(assert (<= Y[0] 1))").claim(net)


# ---------------------------------------------------------------------------------------- what is refused

NET = "(declare-network f (declare-input X Real [2]) (declare-output Y Real [2]))"


@pytest.mark.parametrize("text, kind, words", [
    ("(vnnlib-version <2.0>)", BadFormat, "networks and assertions"),
    (VERSION + NET, BadFormat, "networks and assertions"),
    (VERSION + "(assert (<= X[0] 1))", BadFormat, "line 2, column 2"),
    ("(vnnlib-version <1.0>)" + NET, Unsupported, "got <1.0>"),
    ("(vnnlib-version <3.0>)" + NET, Unsupported, "got <3.0>"),
    ("(vnnlib-version 2.0)" + NET, BadFormat, "form <2.0>"),
    (VERSION + VERSION + NET, BadFormat, "does not belong"),
    (VERSION + "(declare-const X_0 Real)", BadFormat, "belongs to VNN-LIB 1.0"),
    (ONE + "(assert (<= X[0] 1))" + NET.replace("f", "g"), BadFormat, "after an assertion"),
    (VERSION + NET + NET, BadFormat, "f is declared twice"),
    (VERSION + NET + NET.replace("f", "g"), BadFormat, "X is declared twice"),
    (VERSION + NET.replace(" X ", " f "), BadFormat, "f is declared twice"),
    (VERSION + NET.replace(" X ", " 1X "), BadFormat, "a name needs"),
    (VERSION + NET.replace(" X ", " X-y "), BadFormat, "a name needs"),
    (VERSION + NET.replace("[2]", ""), BadFormat, "a shape"),
    (VERSION + NET.replace("Real [2]", "[2] Real"), BadFormat, "a tensor needs"),
    (VERSION + NET.replace("[2]", "[0]"), BadFormat, "positive integers"),
    (VERSION + NET.replace("[2]", "[02]"), BadFormat, "positive integers"),
    (VERSION + NET.replace("[2]", "[-2]"), BadFormat, "a tensor needs"),
    (VERSION + NET.replace("[2]", "[2,]"), BadFormat, "a tensor needs"),
    (VERSION + NET.replace("[2]", "[2.0]"), BadFormat, "a tensor needs"),
    (VERSION + NET.replace("[2]", "[99999999999999999999]"), Unsupported, "at most"),
    (VERSION + NET.replace("[2]", "[10000,10000]"), Unsupported, "at most"),
    (VERSION + NET.replace("Real", "int8"), Unsupported, "integers"),
    (VERSION + NET.replace("Real", "complex64"), Unsupported, "complex64"),
    (VERSION + NET.replace("Real", "REAL"), Unsupported, "REAL"),
    (VERSION + NET.replace("(declare-output Y Real [2])", ""), BadFormat, "an output"),
    (VERSION + NET.replace("(declare-input X Real [2])", ""), BadFormat, "an input"),
    (VERSION + "(declare-network f (declare-output Y Real [2]) (declare-input X Real [2]))", BadFormat, "this order"),
    (VERSION + NET.replace("f (", "f (equal-to f) ("), BadFormat, "not declared above"),
    (VERSION + NET.replace("f (", "f (equal-to f g) ("), BadFormat, "one network"),
    (TWO + NET.replace("f (", "h (equal-to g) (").replace("X", "C").replace("Y", "D"), BadFormat, "equal-to another"),
    (TWO.replace("A Real [2]", "A Real [3]"), BadFormat, "other types or shapes"),
    (TWO.replace("A Real [2]", "A float32 [2]"), BadFormat, "other types or shapes"),
    (TWO.replace("(equal-to f)", "(equal-to f) (isomorphic-to f)"), BadFormat, "this order"),
    (VERSION + NET.replace("(declare-output", "(declare-hidden H Real [2]) (declare-output"), BadFormat, "ONNX name"),
    (VERSION + NET.replace("(declare-output", '(declare-hidden H Real [2] "h") (declare-output')
     + "(assert (<= H[0] 1))", Unsupported, "hidden"),
    (ONE + "(assert)", BadFormat, "assert"),
    (ONE + "(assert (<= X[0] 1) (<= X[1] 1))", BadFormat, "one formula each"),
    (ONE + "(assert (<= X[2] 1))", BadFormat, r"outside of X, whose shape is \[2\]"),
    (ONE + "(assert (<= X[0,0] 1))", BadFormat, "need 1 indices, got 2"),
    (ONE + "(assert (<= X 1))", BadFormat, "need 1 indices, got 0"),
    (ONE + "(assert (<= X[] 1))", BadFormat, "X"),
    (ONE + "(assert (<= X[00] 1))", BadFormat, "neither"),
    (ONE + "(assert (<= X[0][0] 1))", BadFormat, "neither"),
    (ONE + "(assert (<= [0] 1))", Unsupported, "not known"),
    (ONE + "(assert (<= X_0 1))", BadFormat, "X_0 is neither"),
    (ONE + "(assert (<= f[0] 1))", BadFormat, "f.0. is neither"),
    (ONE + "(assert (<= X[0] 1/3))", BadFormat, "1/3"),
    (ONE + "(assert (<= X[0] +1))", BadFormat, r"\+1"),
    (ONE + "(assert (<= X[0] nan))", BadFormat, "nan"),
    (ONE + "(assert (<= X[0] 1e999999999))", NotANumber, "line 3, column 18"),
    (ONE + '(assert (<= X[0] "1"))', BadFormat, "neither"),
    (ONE + "(assert (= X[0] 1))", Unsupported, "= is not known"),
    (ONE + "(assert (=> (<= X[0] 1) (<= X[0] 1)))", Unsupported, "=>"),
    (ONE + "(assert (not (<= X[0] 1)))", Unsupported, "not"),
    (ONE + "(assert (<= (* X[0] X[1]) 1))", Unsupported, "product of two variables"),
    (ONE + "(assert (<= X[0] 1 2))", BadFormat, "exactly two sides"),
    (ONE + "(assert (+ X[0] 1))", BadFormat, "needs a comparison"),
    (ONE + "(assert X[0])", BadFormat, "needs a comparison"),
    (ONE + "(assert true)", BadFormat, "true"),
    (ONE + "(assert (X[0] < Y[0]))", BadFormat, r"write \(< X\[0\] Y\[0\]\)"),
    (ONE + "(assert (and (X[0] <= 1) (X[0] >= 0)))", BadFormat, "line 3, column 15"),
    (ONE + "(assert ((<=) X[0] 1))", BadFormat, "operator first"),
    (ONE + "(assert ())", BadFormat, "empty pair"),
    (ONE + "(assert (<= X[0 1))", BadFormat, "token"),
    (ONE + '(assert (<= X[0] "a))', BadFormat, "token"),
    (ONE + "(assert (<= X[0] 1)", BadFormat, "never closed"),
    (ONE + "(assert (<= X[0] 1)))", BadFormat, "without an opening"),
    (ONE + "assert", BadFormat, "outside of brackets"),
    (ONE + "(assert (<= X[٣] 1))", BadFormat, "neither"),
    (ONE + "(assert (<= X[0] \x00))", BadFormat, "token"),
])  # fmt: skip
def test_bad_text_is_refused_by_name(text: str, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words) as caught:
        parse_vnnlib(text, source="q")
    assert "Fix:" in str(caught.value)
    assert len(str(caught.value)) < 700


def test_places_are_lines_and_columns() -> None:
    assert place_of("ab\ncd", 0, "q") == "q, line 1, column 1"
    assert place_of("ab\ncd", 4, "q") == "q, line 2, column 2"
    with pytest.raises(BadFormat, match="q, line 5, column 18"):
        parse_vnnlib(ONE + "(assert\n; (\n   (<= X[0] (+ 1 Z[0]) ) )", source="q")


@pytest.mark.parametrize("text", [
    "(" * 5_000_000, "()" * 3_000_000, "(assert " * 500_000, "((((a) " * 900_000, "[" * 3_000_000, '"' * 3_000_000,
])  # fmt: skip
def test_megabytes_of_brackets(text: str) -> None:
    with pytest.raises(BadFormat):
        parse_vnnlib(VERSION + text)


def test_nesting_up_to_the_cap() -> None:
    def nested(depth: int) -> str:
        return f"{ONE}(assert {'(and ' * depth}(<= Y[0] 1){')' * depth})"

    assert query(nested(DEEPEST - 2)).violation == (Affine.of_output(0) <= 1)
    with pytest.raises(BadFormat, match="nested deeper"):
        parse_vnnlib(nested(DEEPEST - 1))


def test_words_of_tensors() -> None:
    ((command, offset),) = tensor_commands('  (a X [ 0 , 1 ] [2] "q r" Y[0])')
    assert (command, offset) == (("a", "X[0,1]", "[2]", '"q r"', "Y[0]"), 2)


# ------------------------------------------------------------------------------------------------ writing


def test_written_and_read_again(net) -> None:
    x, y = inputs(net), outputs(net)
    formula = all_of(any_of(y[0] <= "1/3", x[0] / 3 + y[1] > F(2, 7)), y[0] - y[1] < F(1, 1024))
    domain = box(("-1/3", 1), (0, "0.5")).cut(Halfspace((1, 1), "1/7"), Halfspace((1, "1/3"), 1, strict=True))
    claim = always(net, formula, domain)
    found = query(write_vnnlib(claim, version="2.0"))
    again = found.claim(net)
    assert again.statement()["domain"] == claim.statement()["domain"]
    for i in range(-4, 8):
        for j in range(4):
            point = (F(i, 7), F(j, 6))
            assert again.refuted_by(point) == claim.refuted_by(point) == found.violated_by(point, net(*point))


def test_several_networks_are_written(net) -> None:
    a, b = variables("x", 2)
    other = network((a, b), [abs_(a), b])
    f, g, h = outputs(net, other, net)
    unit = box((-1, 1), (0, 1))
    claim = always((net, other, net), any_of(f[0] <= g[0], equals(h[1], f[1])), unit)
    found = query(write_vnnlib(claim, version="2.0"))
    assert [entry.relation for entry in found.networks] == ["", "", "equal-to"]
    assert found.places == (0, 1) * 3
    again = found.claim(net, other)
    for i in range(-3, 4):
        assert again.refuted_by((F(i, 3), F(1, 2))) == claim.refuted_by((F(i, 3), F(1, 2)))
    same = equal(net, other, unit)
    again = query(write_vnnlib(same, version="2.0")).claim(net, other)
    assert all(again.refuted_by((F(i, 3), 0)) == same.refuted_by((F(i, 3), 0)) for i in range(-3, 4))
    with pytest.raises(Unsupported, match="one network only"):
        write_vnnlib(claim)
    with pytest.raises(Unsupported, match=r"versions 1\.0 and 2\.0"):
        write_vnnlib(claim, version="3.0")


# --------------------------------------------------------------------------------------------- published files


def test_published_queries(benchmarks: Path) -> None:
    folder = benchmarks / "vnnlib2"
    sizes = {"std_cartpole": (4, 2), "std_lunarlander": (8, 4), "std_multiple_networks": (15, 15),
             "std_single_network": (3, 4), "std_test_linearise": (3, 1)}  # fmt: skip
    for name, (n, m) in sizes.items():
        found = read_vnnlib(folder / f"{name}.vnnlib")
        assert (found.inputs, found.outputs) == (n, m)


def test_the_infix_assertion_is_refused_with_its_line(benchmarks: Path) -> None:
    path = benchmarks / "vnnlib2" / "monotonic_acasxu_instance_0.vnnlib"
    with pytest.raises(BadFormat, match=r"line 30, column 10\nFix: write \(< Y_f\[1\] Y_g\[1\]\)"):
        read_vnnlib(path)
    found = query(path.read_text().replace("(Y_f[1] < Y_g[1])", "(< Y_f[1] Y_g[1])"))
    assert found.legend() == ("X_f[0]", "X_f[1] = X_g[1]", "X_f[2] = X_g[2]", "X_f[3] = X_g[3]", "X_f[4] = X_g[4]",
                              "X_g[0]")  # fmt: skip
