"""Claims: what they say at a point, their statements as the kernel reads them, their texts, and slips."""

from __future__ import annotations

import json
from fractions import Fraction as F
from math import gcd

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from verinet import kernel
from verinet.claims import (
    Counterexample,
    Polynomial,
    all_of,
    always,
    any_of,
    cells,
    equal,
    equals,
    fails,
    inputs,
    linear_regions,
    outputs,
    somewhere,
    sup_error,
    value,
)
from verinet.errors import EmptyDomain, InexactInput, NotANumber, ShapeMismatch, Unsupported
from verinet.exact.rationals import Q, parse_hex
from verinet.geometry import Halfspace, Polyhedron, box, interval, whole_space
from verinet.networks.build import network, relu, variable, variables

UNIT = box((0, 1), (0, 1))


def hat():
    x = variable("x")
    return network(x, 2 * relu(x) - 4 * relu(x - Q("1/2")) + 2 * relu(x - 1))


def plane():
    a, b = variables("x", 2)
    return network((a, b), [relu(a - b) + b / 3, relu(a + b - 1)])


def add_outputs(f):
    """A network with the inputs of f and one output more."""
    several = variables("x", f.input_size)
    return network(several, [several[0]] * (f.output_size + 1))


def read(claim):
    """The statement as the kernel reads it, through JSON text."""
    return kernel.read_statement(json.loads(json.dumps(claim.statement())))


def kernel_point(point):
    over = 1
    for coordinate in point:
        over *= coordinate.denominator
    return over, [int(coordinate * over) for coordinate in point]


# --------------------------------------------------------------------------------------------- statements

scalars = st.integers(-3, 3).map(F) | st.fractions(-2, 2, max_denominator=6)
x_terms, y_terms = inputs(2), outputs(2)
atoms = st.builds(
    lambda k, a, b, c, d, strict: (
        (lambda t: t > 0 if strict else t >= 0)(
            k + a * x_terms[0] + b * x_terms[1] + c * y_terms[0] + d * y_terms[1]
        )
    ),
    *[scalars] * 5, st.booleans(),
)  # fmt: skip
formulas = st.lists(st.lists(atoms, min_size=1, max_size=3).map(any_of), max_size=3).map(all_of)
sides = st.tuples(scalars, scalars).map(lambda s: (min(s), max(s)))
sixty_digits = st.integers(10**59, 10**60).map(lambda d: F(1, d))


@settings(max_examples=40)
@given(formulas, sides, sides, st.lists(st.tuples(scalars, scalars | sixty_digits), max_size=4))
def test_the_kernel_reads_the_same_claim(formula, first, second, points) -> None:
    net = plane()
    claim = always(net, formula, box(first, second))
    statement = read(claim)
    for point in points:
        at = kernel_point(point)
        assert kernel.claim_holds(statement, at) == claim.holds_at(point)
        inside = kernel.contains(statement.domain, statement.domain.rows, at, interior=False)
        assert inside == claim.domain.contains(point)
        assert claim.refuted_by(point) == (inside and not claim.holds_at(point))


def test_statement_to_the_letter() -> None:
    domain = interval("-1/2", "1/3").cut(Halfspace((2,), "1/2", strict=True))
    claim = always(hat(), outputs(1)[0] <= "2/3", domain)
    statement = claim.statement()
    assert statement["kind"] == "always"
    assert statement["domain"] == {
        "over": "6",
        "box": [["-3", "2"]],
        "rows": [[">", ["1", "-4"]]],
        "point": {"over": "c", "at": ["-1"]},
    }
    assert statement["claim"] == [[[">=", ["2", "0"], ["-3"]]]]
    assert sorted(statement) == ["claim", "domain", "kind", "networks"]


def test_rows_have_no_common_factor_and_unbounded_sides_are_null() -> None:
    x, y = inputs(2), outputs(2)
    claim = somewhere(plane(), 6 * x[0] - 4 * y[1] > 10, whole_space(2).cut(Halfspace((6, 3), 9)))
    statement = claim.statement()
    assert statement["kind"] == "holds"
    assert statement["claim"] == [[[">", ["-5", "3", "0"], ["0", "-2"]]]]
    assert statement["domain"]["box"] == [[None, None], [None, None]]
    assert statement["domain"]["rows"] == [[">=", ["3", "-2", "-1"]]]
    read(claim)


@given(st.lists(scalars | sixty_digits, min_size=1, max_size=4))
def test_blocks_are_in_lowest_terms(at) -> None:
    from verinet.claims.statements import point_json

    block = point_json(at)
    integers = [parse_hex(entry) for entry in block["at"]]
    assert gcd(parse_hex(block["over"]), *integers) == 1
    assert [F(entry, parse_hex(block["over"])) for entry in integers] == at


def test_every_kind_is_read_by_the_kernel() -> None:
    f, g, x = hat(), plane(), sympy.Symbol("x")
    a, b = sympy.symbols("x_0 x_1")
    claims = [
        always(g, equals(outputs(g)[0], 1), UNIT),
        somewhere(g, outputs(g)[0] > 1, UNIT),
        fails(g, outputs(g)[0] > 1, UNIT),
        always((f, f), outputs(f, f)[0][0] >= outputs(f, f)[1][0], interval(0, 1)),
        equal(f, f, interval(0, 1)),
        equal(f, f, interval(0, 1)).always(),
        equal(g, g, UNIT).fails(),
        sup_error(f, x - x**2 / 3, interval(0, 1)) <= "1/3",
        sup_error(g, [a * b, 0], UNIT) == Q("1/7"),
        value(f, at="1/3") == "2/3",
        value(g, at=("1/3", 1)) == (Q("1/3"), Q("1/3")),
        cells(g, UNIT) == 4,
        linear_regions(f, interval(0, 1)) == 2,
    ]
    for claim in claims:
        statement = read(claim)
        assert statement.kind == claim.statement()["kind"]
        assert claim.text().isascii()
        assert "\n" not in claim.text()


def test_targets_and_errors_as_the_kernel_reads_them() -> None:
    a, b = sympy.symbols("x_0 x_1")
    claim = sup_error(plane(), [a * b / 3 - a**2 / 2, 5], UNIT) <= Q("7/4")
    assert claim.statement()["targets"] == [
        {"over": "6", "terms": [["2", [1, 1]], ["-3", [2, 0]]]},
        {"over": "1", "terms": [["5", [0, 0]]]},
    ]
    statement = read(claim)
    point = (F(1, 3), F(2, 5))
    gaps = [kernel.gap(statement, k, kernel_point(point)) for k in range(2)]
    assert max(gaps) == claim.error_at(point)


def test_equal_in_clauses_agrees_with_the_kernel() -> None:
    claim = equal(plane(), plane(), UNIT)
    assert len(claim.always().clauses) == 4
    inner = read(claim)
    outer = read(claim.always())
    assert sorted(map(str, inner.clauses)) == sorted(map(str, outer.clauses))


# ------------------------------------------------------------------------------------------- at one point


def test_always_and_its_opposite() -> None:
    f = hat()
    claim = always(f, outputs(f)[0] < 1, interval(0, 1))
    assert claim.holds_at((Q("1/3"),))
    assert claim.refuted_by((Q("1/2"),))
    assert claim.fails().holds_at((Q("1/2"),))
    assert not claim.fails().holds_at((Q("1/3"),))
    assert claim.outputs_at((Q("1/2"),)) == (1,)


def test_points_outside_of_the_domain_neither_refute_nor_witness() -> None:
    f = hat()
    claim = always(f, outputs(f)[0] < 1, interval(0, "1/3"))
    assert not claim.holds_at((Q("1/2"),))
    assert not claim.refuted_by((Q("1/2"),))
    assert not claim.fails().holds_at((Q("1/2"),))
    assert not somewhere(f, outputs(f)[0] >= 1, interval(0, "1/3")).holds_at((Q("1/2"),))


def test_sup_error_at_a_point() -> None:
    x = sympy.Symbol("x")
    claim = sup_error(hat(), x, interval(0, 1)) == 1
    assert claim.error_at((1,)) == 1
    assert claim.attained_at((1,))
    assert not claim.attained_at((Q("1/2"),))
    assert claim.at_most().holds_at((1,))
    assert (sup_error(hat(), x, interval(0, 1)) <= "1/2").refuted_by((1,))
    assert not claim.attained_at((2,))


def test_value_and_equal_at_a_point() -> None:
    claim = value(hat(), at="1/3") == Q("2/3")
    assert claim.holds_at((Q("1/3"),))
    assert (value(hat(), at="1/3") == 1).refuted_by((Q("1/3"),))
    x = variable("x")
    other = network(x, relu(2 * x))
    same = equal(hat(), other, interval(0, 1))
    assert same.holds_at((Q("1/4"),))
    assert same.refuted_by((1,))
    assert same.fails().holds_at((1,))


def test_counts_have_no_value_at_a_point() -> None:
    with pytest.raises(Unsupported):
        (cells(hat(), interval(0, 1)) == 2).holds_at((0,))


# ------------------------------------------------------------------------------------------------- texts


@pytest.mark.parametrize("claim, text", [
    (lambda: always(plane(), outputs(2)[0] <= "3/2", box([-1, 1], dimension=2)), "y_0 <= 3/2 on [-1,1]^2"),
    (lambda: always(plane(), any_of(y_terms[0] < y_terms[1], 2 * y_terms[0] >= x_terms[1] + 1), UNIT),
     "y_0 < y_1 or 2*y_0 >= x_1 + 1 on [0,1]^2"),
    (lambda: always(plane(), all_of(y_terms[0] > 0, any_of(y_terms[1] > 0, y_terms[1] < -1)), UNIT),
     "y_0 > 0 and (y_1 > 0 or y_1 < -1) on [0,1]^2"),
    (lambda: always(hat(), all_of(), interval(0, 1)), "true on [0,1]"),
    (lambda: always(hat(), any_of(), interval(0, 1)), "false on [0,1]"),
    (lambda: always((hat(), hat()), outputs(1, 1)[0][0] >= outputs(1, 1)[1][0], interval(0, 1)),
     "f1.y_0 >= f2.y_0 on [0,1]"),
    (lambda: somewhere(hat(), outputs(1)[0] > 1, Polyhedron((0,), (None,))), "y_0 > 1 at some x of [0,inf)"),
    (lambda: fails(hat(), outputs(1)[0] > 1, interval(0, 1)), "not (y_0 > 1) at some x of [0,1]"),
    (lambda: equal(hat(), hat(), interval(0, 1)), "f1(x) = f2(x) on [0,1]"),
    (lambda: sup_error(hat(), Polynomial.variable(0, 1) ** 2, interval(0, 1)) <= Q("1/256"),
     "|f(x) - x^2| <= 1/256 on [0,1]"),
    (lambda: sup_error(hat(), {1: 1, 0: -1}, interval(0, 1)) == 1, "max |f(x) - (x - 1)| = 1 on [0,1]"),
    (lambda: sup_error(plane(), [{(1, 1): 1}, 0], UNIT) <= 1,
     "|f_0(x) - x_0*x_1| <= 1 and |f_1(x) - 0| <= 1 on [0,1]^2"),
    (lambda: value(plane(), at=("1/3", 1)) == (2, "-1/7"), "f(1/3, 1) = (2, -1/7)"),
    (lambda: cells(plane(), box((0, 1), (0, 2)).cut(Halfspace((1, 1), 1))) == 4,
     "f has 4 cells on [0,1] x [0,2] with x_0 + x_1 <= 1"),
    (lambda: linear_regions(hat(), interval(0, 1)) == 2, "f has 2 linear regions on [0,1]"),
])  # fmt: skip
def test_texts(claim, text: str) -> None:
    assert claim().text() == text


def test_long_texts_count_what_they_leave_out() -> None:
    many = all_of(*(outputs(1)[0] <= k for k in range(20)))
    text = always(hat(), many, interval(0, 1)).text()
    assert "12 more clauses" in text


# ------------------------------------------------------------------------------------------------- slips


@pytest.mark.parametrize("slip", [
    lambda: bool(equal(hat(), hat(), interval(0, 1))),
    lambda: bool(sup_error(hat(), 0, interval(0, 1)) <= 1),
    lambda: sup_error(hat(), 0, interval(0, 1)) < 1,
    lambda: sup_error(hat(), 0, interval(0, 1)) >= 1,
    lambda: sup_error(hat(), 0, interval(0, 1)) > 1,
    lambda: sup_error(hat(), 0, interval(0, 1)) != 1,
    lambda: bool(sup_error(hat(), 0, interval(0, 1))),
    lambda: not value(hat(), at=0),
    lambda: bool(cells(hat(), interval(0, 1))),
    lambda: bool(linear_regions(hat(), interval(0, 1))),
    lambda: value(hat(), at=0) != 1,
    lambda: value(hat(), at=0) <= 1,
    lambda: cells(hat(), interval(0, 1)) != 1,
    lambda: cells(hat(), interval(0, 1)) >= 1,
    lambda: linear_regions(hat(), interval(0, 1)) < 1,
    lambda: cells(hat(), interval(0, 1)) == -1,
    lambda: linear_regions(hat(), interval(0, 1)) == -1,
    lambda: cells(hat(), interval(0, 1)) == Q(10**5000),
    lambda: cells(hat(), interval(0, 1)) == "2",
    lambda: cells(hat(), interval(0, 1)) == True,  # noqa: E712  # a Boolean is no count
    lambda: always(hat(), outputs(hat())[0] == 1, interval(0, 1)),
    lambda: always(hat(), True, interval(0, 1)),
])  # fmt: skip
def test_usual_slips_are_explained(slip) -> None:
    with pytest.raises(Unsupported, match="Fix:"):
        slip()


@pytest.mark.parametrize("slip", [
    lambda: always(hat(), outputs(2)[1] <= 1, interval(0, 1)),
    lambda: always(hat(), inputs(2)[1] <= 1, interval(0, 1)),
    lambda: always(hat(), outputs(1)[0] <= 1, UNIT),
    lambda: always((hat(), plane()), outputs(1)[0] <= 1, interval(0, 1)),
    lambda: always((), outputs(1)[0] <= 1, interval(0, 1)),
    lambda: always("f.onnx", outputs(1)[0] <= 1, interval(0, 1)),
    lambda: always(hat(), outputs(1)[0] <= 1, (0, 1)),
    lambda: equal(hat(), plane(), interval(0, 1)),
    lambda: equal(plane(), add_outputs(plane()), UNIT),
    lambda: sup_error("f", 0, interval(0, 1)),
    lambda: sup_error(plane(), 0, UNIT) <= 1,
    lambda: sup_error(hat(), [0, 0], interval(0, 1)) <= 1,
    lambda: value("f", at=0),
    lambda: value(plane(), at=0) == 1,
    lambda: value(hat(), at=0) == (1, 2),
    lambda: linear_regions(plane(), UNIT) == 3,
    lambda: always(hat(), outputs(1)[0] <= 1, interval(0, 1)).holds_at((0, 1)),
])  # fmt: skip
def test_sizes_are_checked(slip) -> None:
    with pytest.raises(ShapeMismatch, match="Fix:"):
        slip()


@pytest.mark.parametrize("slip", [
    lambda: sup_error(hat(), 0, interval(0, 1)) <= 0.5,
    lambda: sup_error(hat(), 0, interval(0, 1)) == 0.5,
    lambda: sup_error(hat(), 0.5, interval(0, 1)),
    lambda: value(hat(), at=0.5) == 1,
    lambda: value(hat(), at=1) == 0.5,
    lambda: always(hat(), outputs(1)[0] <= 1, interval(0, 1)).holds_at((0.5,)),
])  # fmt: skip
def test_floats_are_refused(slip) -> None:
    with pytest.raises(InexactInput):
        slip()


def test_no_text_of_a_claim_meets_the_digit_limit() -> None:
    huge = Q("1" + "0" * 5000)
    far, top = interval(0, huge), sup_error(hat(), 0, interval(0, 1)) == huge
    for spoken in (
        top,
        top.at_most(),
        always(hat(), outputs(1)[0] <= huge, far),
        value(hat(), at=huge) == huge,
        cells(hat(), far) == 10**5000,
        Polynomial.constant(huge, 1),
    ):
        assert "1000000000...00000000" in repr(spoken)
        assert "1" + "0" * 5000 in (str(spoken) if isinstance(spoken, Polynomial) else spoken.text())
    assert "1000000000...00000000" in repr(value(hat(), at=huge))
    assert "1000000000...00000000" in repr(Counterexample((huge,), (huge,), "y_0 <= 1"))


def test_other_values_are_refused() -> None:
    with pytest.raises(NotANumber):
        assert sup_error(hat(), 0, interval(0, 1)) <= "1/0"


def test_empty_domains_are_refused_at_once() -> None:
    empty = interval(0, 1).cut(Halfspace((1,), 0, strict=True))
    for claim in (
        lambda: always(hat(), outputs(1)[0] <= 1, empty),
        lambda: equal(hat(), hat(), empty),
        lambda: sup_error(hat(), 0, empty) <= 1,
        lambda: cells(hat(), empty) == 0,
    ):
        with pytest.raises(EmptyDomain):
            claim()
