"""VNN-LIB 1.0: grammar, exact decimals, meaning, writing, and hostile text."""

from __future__ import annotations

from fractions import Fraction as F

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.claims.vnnlib_texts import by_python, conditions_on
from verinet.claims import parse_vnnlib, read_vnnlib, write_vnnlib
from verinet.claims.builders import always, inputs, outputs
from verinet.claims.formulas import Affine, all_of, any_of, holds
from verinet.claims.sexpressions import DEEPEST, commands
from verinet.errors import BadFormat, EmptyDomain, NotANumber, NotBounded, ShapeMismatch, Unsupported
from verinet.geometry import Halfspace, box, interval
from verinet.networks.build import network, relu, variables

HEAD = "(declare-const X_0 Real) (declare-const X_1 Real) (declare-const Y_0 Real) (declare-const Y_1 Real)\n"
BOX = "(assert (and (>= X_0 -1) (<= X_0 1) (>= X_1 0) (<= X_1 0.5)))\n"


@pytest.fixture(scope="module")
def net():
    a, b = variables("x", 2)
    return network((a, b), [relu(a - b) + 2 * b, relu(a + b) - relu(b - a)])


# ------------------------------------------------------------------------------------------------ reading


@pytest.mark.parametrize("decimal, value", [
    ("-1", F(-1)), ("(- 1)", F(-1)), ("1e-5", F(1, 10**5)), ("1E+2", F(100)), ("0.1", F(1, 10)),
    ("-.5", F(-1, 2)), ("2.", F(2)), ("0.30000000000000004", F(30000000000000004, 10**17)),
    ("(+ 1 2 3)", F(6)), ("(- 1 2 3)", F(-4)), ("(* 2 -3 0.5)", F(-3)), ("(+ 7)", F(7)), ("-0.0", F(0)),
])  # fmt: skip
def test_numbers_are_read_exactly(decimal: str, value: F) -> None:
    found = parse_vnnlib(f"{HEAD}(assert (<= Y_0 {decimal}))")
    assert found.violation == (Affine.of_output(0) <= value)
    assert found.violated_by((0, 0), (value, 0))
    assert not found.violated_by((0, 0), (value + F(1, 10**30), 0))


def test_all_five_comparisons() -> None:
    at = {"<=": (1, 1, 0), ">=": (0, 1, 1), "<": (1, 0, 0), ">": (0, 0, 1), "=": (0, 1, 0)}
    for relation, truth in at.items():
        found = parse_vnnlib(f"{HEAD}(assert ({relation} (+ X_0 Y_0) (* 2 Y_1)))")
        for y0, expected in zip((1, 2, 3), truth, strict=True):
            assert found.violated_by((0, 0), (y0, 1)) is bool(expected)
            assert holds(found.violation, (F(0), F(0)), (F(y0), F(1))) is bool(expected)


def test_comments_and_line_ends() -> None:
    text = HEAD.replace(" Real", " Real ; (assert (\r").replace("\r", ")\r\n")
    assert parse_vnnlib(text + "; é (\n(assert\n\t(<= Y_0 1)) ; end").violation == (Affine.of_output(0) <= 1)


numbers = st.integers(-3, 3).map(str) | st.sampled_from(["0.5", "-1.25", "1e-1", "(- 2)"])
names = st.sampled_from(["X_0", "X_1", "Y_0", "Y_1"])
sums = st.recursive(
    numbers | names,
    lambda inner: st.one_of(
        st.builds(lambda op, parts: f"({op} {' '.join(parts)})", st.sampled_from("+-"),
                  st.lists(inner, min_size=1, max_size=3)),
        st.builds("(* {} {})".format, numbers, inner),
        st.builds("(* {} {})".format, inner, numbers),
    ),
    max_leaves=5,
)  # fmt: skip
conditions = conditions_on(sums, ["<=", ">=", "<", ">", "="], most=5)
grid = st.integers(-2, 2).map(F) | st.sampled_from([F(1, 2), F(1, 4), F(-1, 3)])


@settings(max_examples=80)
@given(st.lists(conditions, min_size=1, max_size=3), st.lists(st.tuples(grid, grid), min_size=1, max_size=6))
def test_text_formula_and_claim_agree(net, texts: list[str], points) -> None:
    text = HEAD + BOX + "\n".join(f"(assert {part})" for part in texts)
    found = parse_vnnlib(text)
    try:
        claim = found.claim(net)
    except EmptyDomain:
        claim = None
    for x in points:
        y = net(*x)
        values = dict(zip(("X_0", "X_1", "Y_0", "Y_1"), (*x, *y), strict=True))
        truth = all(by_python(part, values) for part in found.assertions)
        assert found.violated_by(x, y) is truth
        assert holds(found.violation, x, y) is truth
        assert (claim is not None and claim.refuted_by(x)) is truth


def test_or_over_inputs_and_outputs(net) -> None:
    text = f"""{HEAD}
    (assert (or (and (<= X_0 0.7) (>= X_0 0.1) (>= X_1 0) (<= X_1 1))
                (and (<= X_0 -0.1) (>= X_0 -0.5) (>= X_1 0) (<= X_1 1))))
    (assert (or (and (<= Y_1 Y_0)) (and (<= Y_0 -3))))"""
    claim = parse_vnnlib(text).claim(net)
    assert claim.domain == box(("-0.5", "0.7"), (0, 1))
    assert [len(clause) for clause in claim.clauses] == [2, 2, 2, 2]
    assert claim.holds_at((0, 1))
    assert claim.refuted_by((F(1, 2), 0)) == parse_vnnlib(text).violated_by((F(1, 2), 0), net(F(1, 2), 0))


# ---------------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize("text, kind, words", [
    ("", BadFormat, "no X_0"),
    ("(declare-const X_0 Real)(declare-const Y_0 Real)", BadFormat, "at least one .assert"),
    ("(declare-const X_0 Real)(assert (<= X_0 1))", BadFormat, "no Y_0"),
    ("(declare-const Y_0 Real)(assert (<= Y_0 1))", BadFormat, "no X_0"),
    ("(declare-const X_1 Real)(declare-const Y_0 Real)(assert (<= X_1 1))", BadFormat, "X_0 is missing"),
    ("(declare-const X_999999999 Real)(declare-const Y_0 Real)(assert (<= Y_0 1))", BadFormat, "X_0 is mis"),
    ("(declare-const X_0 Real)(declare-const X_0 Real)", BadFormat, "declared twice"),
    ("(declare-const X_0 Int)", Unsupported, "Int"),
    ("(declare-const Z_0 Real)", BadFormat, "Z_0"),
    ("(declare-const X_00 Real)", BadFormat, "X_00"),
    ("(declare-const X_٣ Real)", BadFormat, "token"),
    ("(declare-const X_0)", BadFormat, "declare-const"),
    ("(declare-network f)", BadFormat, "2.0"),
    ("(declare-const X_0 Real) (vnnlib-version <2.0>)", BadFormat, "2.0"),
    ("(check-sat)", BadFormat, "check-sat"),
    ("((assert))", BadFormat, "a bracket"),
    (HEAD + "(assert)", BadFormat, "assert"),
    (HEAD + "(assert (<= X_0 1) (<= X_1 1))", BadFormat, "assert"),
    (HEAD + "(assert (<= X_2 1))", BadFormat, "X_2 is used before it is declared"),
    (HEAD + "(assert (<= x_0 1))", BadFormat, "x_0"),
    (HEAD + "(assert (<= X_0 1/3))", BadFormat, "1/3"),
    (HEAD + "(assert (<= X_0 +1))", BadFormat, r"\+1"),
    (HEAD + "(assert (<= X_0 1_000))", BadFormat, "1_000"),
    (HEAD + "(assert (<= X_0 0x10))", BadFormat, "0x10"),
    (HEAD + "(assert (<= X_0 nan))", BadFormat, "nan"),
    (HEAD + "(assert (<= X_0 inf))", BadFormat, "inf"),
    (HEAD + "(assert (<= X_0 1e999999999))", NotANumber, "line 2"),
    (HEAD + "(assert (<= X_0 1e-999999999))", NotANumber, "line 2"),
    (HEAD + f"(assert (<= X_0 {'9' * 20_000}))", NotANumber, "Fix"),
    (HEAD + "(assert (=> (<= X_0 1) (<= Y_0 1)))", Unsupported, "=>"),
    (HEAD + "(assert (not (<= X_0 1)))", Unsupported, "not"),
    (HEAD + "(assert (== X_0 1))", Unsupported, "=="),
    (HEAD + "(assert (/ X_0 2))", Unsupported, "/"),
    (HEAD + "(assert (<= (* X_0 X_1) 1))", Unsupported, "product of two variables"),
    (HEAD + "(assert (<= X_0 1 2))", BadFormat, "exactly two sides"),
    (HEAD + "(assert (<= X_0))", BadFormat, "exactly two sides"),
    (HEAD + "(assert (<= X_0 (<= X_1 1)))", BadFormat, "<= needs numbers"),
    (HEAD + "(assert (and (<= X_0 1) X_1))", BadFormat, "and needs formulas"),
    (HEAD + "(assert (and))", BadFormat, "at least one"),
    (HEAD + "(assert (+ X_0 1))", BadFormat, "needs a comparison"),
    (HEAD + "(assert X_0)", BadFormat, "needs a comparison"),
    (HEAD + "(assert true)", BadFormat, "true"),
    (HEAD + "(assert (X_0 < Y_0))", BadFormat, "< is neither"),
    (HEAD + "(assert ((<=) X_0 1))", BadFormat, "operator first"),
    (HEAD + "(assert ())", BadFormat, "empty pair"),
    (HEAD + "(assert (<= X_0 1)", BadFormat, "never closed"),
    (HEAD + "(assert (<= X_0 1)))", BadFormat, "without an opening"),
    (HEAD + "assert", BadFormat, "outside of brackets"),
    (HEAD + "(assert (<= X_0 \x00))", BadFormat, "token"),
])  # fmt: skip
def test_bad_text_is_refused_by_name(text: str, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words) as caught:
        parse_vnnlib(text)
    assert "Fix:" in str(caught.value)
    assert len(str(caught.value)) < 600


def test_the_line_of_a_mistake_is_named() -> None:
    with pytest.raises(BadFormat, match=r"p\.vnnlib, line 4"):
        parse_vnnlib(HEAD + "; one\n\n(assert (<= X_9 1))", source="p.vnnlib")


@pytest.mark.parametrize("text", [
    "(" * 10_000_000, "()" * 5_000_000, ")" * 10_000_000, "(assert " * 1_000_000, "((((((((((a) " * 900_000,
])  # fmt: skip
def test_megabytes_of_brackets(text: str) -> None:
    with pytest.raises(BadFormat):
        parse_vnnlib(text)


def test_nesting_up_to_the_cap() -> None:
    def nested(depth: int) -> str:
        return f"{HEAD}(assert {'(and ' * depth}(<= Y_0 1){')' * depth})"

    assert parse_vnnlib(nested(DEEPEST - 2)).violation == (Affine.of_output(0) <= 1)
    with pytest.raises(BadFormat, match="nested deeper"):
        parse_vnnlib(nested(DEEPEST - 1))


def test_commands_are_read_one_by_one() -> None:
    assert [command for command, _ in commands("(a b)\n(c (d))")] == [("a", "b"), ("c", ("d",))]
    assert [where for _, where in commands("(a b)\n\n(c (d))")] == ["text, line 1", "text, line 3"]


def test_claims_that_make_no_sense(net) -> None:
    with pytest.raises(EmptyDomain):
        parse_vnnlib(HEAD + BOX + "(assert (>= X_0 2))").claim(net)
    with pytest.raises(NotBounded, match="X_i"):
        parse_vnnlib(HEAD + "(assert (>= X_0 2))").claim(net)
    text = "(declare-const X_0 Real)(declare-const Y_0 Real)(assert (and (>= X_0 0) (<= X_0 1) (>= Y_0 0)))"
    with pytest.raises(ShapeMismatch, match="1 inputs and 1 outputs, got 2 and 2"):
        parse_vnnlib(text).claim(net)
    with pytest.raises(ShapeMismatch):
        parse_vnnlib(text).violated_by((0, 0), (0,))


def test_missing_file(tmp_path) -> None:
    with pytest.raises(BadFormat, match="Fix:"):
        read_vnnlib(tmp_path / "none.vnnlib")
    (tmp_path / "bytes.vnnlib").write_bytes(b"\xff\xfe(assert")
    with pytest.raises(BadFormat, match="UTF-8"):
        read_vnnlib(tmp_path / "bytes.vnnlib")


# ------------------------------------------------------------------------------------------------ writing


def test_written_and_read_again(net) -> None:
    x, y = inputs(net), outputs(net)
    formula = all_of(any_of(y[0] <= "1/3", x[0] / 3 + y[1] > F(2, 7)), y[0] - y[1] < F(1, 1024))
    domain = box(("-1/3", 1), (0, "0.5")).cut(Halfspace((1, 1), "1/7"), Halfspace((1, "1/3"), 1, strict=True))
    claim = always(net, formula, domain)
    text = write_vnnlib(claim)
    again = parse_vnnlib(text).claim(net)
    assert again.statement()["domain"] == claim.statement()["domain"]
    for i in range(-4, 8):
        for j in range(4):
            point = (F(i, 7), F(j, 6))
            assert again.refuted_by(point) == claim.refuted_by(point)
            assert parse_vnnlib(text).violated_by(point, net(*point)) == claim.refuted_by(point)


@given(st.fractions(-9, 9, max_denominator=40) | st.integers(1, 10**60).map(lambda d: F(3, d)))
@example(F(3, 2**90))
@example(F(-1, 5**30))
def test_numbers_survive_writing(q: F) -> None:
    a, _ = variables("x", 2)
    small = network(a, relu(a))
    claim = always(small, outputs(small)[0] <= q, interval(q - 1, q + 1))
    again = parse_vnnlib(write_vnnlib(claim)).claim(small)
    assert again.statement() == claim.statement()


def test_trivial_claims_are_written(net) -> None:
    unit = box((0, 1), (0, 1))
    for formula, fails in ((any_of(), True), (all_of(), False)):
        text = write_vnnlib(always(net, formula, unit))
        assert parse_vnnlib(text).violated_by((0, 0), net(0, 0)) is fails


def test_other_claims_are_not_written(net) -> None:
    from verinet.claims import equal

    with pytest.raises(Unsupported, match="equal"):
        write_vnnlib(equal(net, net, box((0, 1), (0, 1))))
