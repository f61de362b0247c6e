"""Claims by the codes of a first layer of floors, and claims on several outputs: what they say, and what is refused."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

import verinet as vn
from verinet.claims.coded_cells import code_table, simplest, sup_error_coded
from verinet.claims.output_errors import output_of, sup_errors_of_outputs
from verinet.claims.smooth_targets import as_smooth
from verinet.claims.targets import as_polynomial
from verinet.errors import NotBounded, ShapeMismatch, Unsupported
from verinet.geometry.polyhedra import Polyhedron, box, interval
from verinet.networks.activations import activation
from verinet.networks.balls import BallArithmetic
from verinet.networks.build import apply_activation, compose, network, relu, variable, variables
from verinet.networks.evaluate import evaluate
from verinet.networks.network import Network

X = variable("x")
LINE = as_polynomial({(1,): 1}, 1)
SINE = as_smooth(sympy.sin(sympy.Symbol("t")), 1)


def floored(name: str, scale: int = 2) -> Network:
    return network(X, apply_activation(apply_activation(scale * X, activation("floor")), activation(name)))


def test_the_table_holds_every_code_and_its_value() -> None:
    a, b = variables("x", 2)
    codes = [apply_activation(3 * a, activation("floor")), apply_activation(-b, activation("floor"))]
    f = network((a, b), apply_activation(codes[0] + 2 * codes[1], activation("tanh")))
    table = code_table(f, box((0, 1), (0, "1/2")))
    assert table.codes == tuple((i, j) for j in (-1, 0) for i in range(4))
    g = network(X, apply_activation(X, activation("tanh")))
    for (i, j), (entry,) in zip(table.codes, table.enclosures, strict=True):
        (value,) = evaluate(g, [i + 2 * j], BallArithmetic(256))
        assert entry.low <= value.high
        assert value.low <= entry.high


@pytest.mark.parametrize("error", ["11/20", "3/5", 1])
def test_a_true_claim_is_proved_under_one_assumption(error: object) -> None:
    f = floored("tanh")
    verdict = vn.prove(sup_error_coded(f, [LINE], interval(0, 1), error))
    assert isinstance(verdict, vn.Proved)
    (assumed,) = verdict.theorem.assumptions
    assert assumed["kind"] == "enclosure"
    assert f.hash in assumed["text"]
    assert "at most 3 values" in assumed["text"]
    assert verdict.theorem.text.startswith("|f(x) - x| <=")
    assert vn.check(verdict.certificate).assumptions


def test_a_false_claim_is_refuted_and_a_close_one_left_open() -> None:
    f = floored("tanh")  # at x = 1/2 it is tanh(1), 0.2615 above x; up to there 0
    assert isinstance(vn.prove(sup_error_coded(f, [LINE], interval(0, 1), "1/4")), vn.Refuted)
    assert isinstance(vn.prove(sup_error_coded(f, [LINE], interval(0, 1), "1/2")), vn.Unknown)


def test_smooth_targets_and_several_outputs() -> None:
    f = floored("tanh")
    verdict = vn.prove(sup_error_coded(f, [SINE], interval(0, 1), "1/2"))
    assert isinstance(verdict, vn.Proved)
    assert len(verdict.theorem.assumptions) == 2
    code = apply_activation(2 * X, activation("floor"))
    two = network(X, [apply_activation(code, activation("tanh")), apply_activation(code, activation("logistic"))])
    claim = sup_error_coded(two, [LINE, SINE], interval(0, 1), "3/5")
    assert claim.holds_at((Fraction(1, 2),))
    assert isinstance(vn.prove(claim), vn.Proved)
    assert claim.text() == "|f_0(x) - x| <= 3/5 and |f_1(x) - sin(x)| <= 3/5 on [0,1]"


def test_affine_maps_in_a_row_before_the_floors() -> None:
    single, inner = floored("tanh"), network(X, 2 * X - 1)
    f = compose(network(X, apply_activation(X + 1, activation("floor"))), inner)
    g = compose(network(X, apply_activation(X, activation("tanh"))), f)
    one, two = code_table(single, interval(0, 1)), code_table(g, interval(0, 1))
    assert (one.lows, one.sizes, one.enclosures) == (two.lows, two.sizes, two.enclosures)


def test_points_at_corners_of_cells_have_one_code() -> None:
    claim = sup_error_coded(floored("tanh", 3), [LINE], interval(0, 1), "1/2")
    (entry,) = claim.enclosure_at((Fraction(1, 3),))
    assert entry.width < Fraction(1, 2**100)
    assert claim.refuted_by((Fraction(2, 3),)) is False
    assert sup_error_coded(floored("tanh", 3), [LINE], interval(0, 1), "1/4").refuted_by((Fraction(2, 3),))
    assert not claim.refuted_by((Fraction(2),))


def test_what_has_no_codes_is_refused() -> None:
    with pytest.raises(Unsupported, match="layer of floors"):
        sup_error_coded(network(X, relu(X)), [LINE], interval(0, 1), 1)
    past = network(X, apply_activation(X, activation("floor")) + X)
    with pytest.raises(Unsupported, match="past"):
        sup_error_coded(past, [LINE], interval(0, 1), 1)
    with pytest.raises(ShapeMismatch):
        sup_error_coded(floored("tanh"), [LINE, LINE], interval(0, 1), 1)
    with pytest.raises(Unsupported, match="positive"):
        sup_error_coded(floored("tanh"), [LINE], interval(0, 1), 0)
    with pytest.raises(NotBounded):
        sup_error_coded(floored("tanh"), [LINE], Polyhedron((Fraction(0),), (None,)), 1).table()


@given(st.fractions(-3, 3, max_denominator=60), st.fractions(0, 1, max_denominator=60))
def test_the_simplest_rational_of_an_interval(low: Fraction, width: Fraction) -> None:
    found = simplest(low, low + width)
    assert low <= found <= low + width
    for q in range(1, found.denominator):
        assert (low * q).__ceil__() > ((low + width) * q).__floor__()


def test_several_outputs_of_different_kinds() -> None:
    f = network(X, [relu(X), X])
    claim = sup_errors_of_outputs(f, [SINE, LINE], interval(0, 1), "1/5")
    verdict = vn.prove(claim)
    assert isinstance(verdict, vn.Proved)
    assert [entry["kind"] for entry in verdict.theorem.assumptions] == ["enclosure"]
    assert claim.holds_at((Fraction(1, 2),))
    false = sup_errors_of_outputs(f, [SINE, as_polynomial({(1,): 2}, 1)], interval(0, 1), "1/5")
    refuted = vn.prove(false)
    assert isinstance(refuted, vn.Refuted)
    assert refuted.counterexample is not None
    assert len(refuted.counterexample.y) == 2
    assert false.refuted_by(refuted.counterexample.x)
    with pytest.raises(ShapeMismatch):
        sup_errors_of_outputs(f, [SINE], interval(0, 1), 1)
    with pytest.raises(ShapeMismatch):
        output_of(f, 2)
