"""Claims over all weights, against brute force over small weights, and against what is known by hand."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import verinet as vn
from verinet import Q, kernel
from verinet.claims.solver_evidence import SolverEvidence, read_evidence
from verinet.claims.universal import Fitted, NoFit, no_network
from verinet.claims.verdicts import Proved, Unknown
from verinet.errors import BadFormat, CertificateRejected, ShapeMismatch, Unsupported
from verinet.exact import solver, terms
from verinet.networks.build import layered
from verinet.provers.evidence import replayed
from verinet.provers.universal import fitting

SQUARE = [(0, 0), (0, 1), (1, 0), (1, 1)]
XOR = [0, 1, 1, 0]
SMALL = [Fraction(k, 2) for k in range(-4, 5)]


def brute(claim: NoFit) -> bool:
    """Does some network of one hidden neuron with small weights fit?"""
    act = claim.architecture.activation
    for *w, b in product(SMALL, repeat=claim.input_size + 1):
        heights = [act.value(sum((a * x for a, x in zip(w, p, strict=True)), b)) for p in claim.points]
        for v, c in product(SMALL, repeat=2):
            gaps = [abs(c + v * h - t) for h, t in zip(heights, claim.values, strict=True)]
            if all(g < claim.within if claim.strict else g <= claim.within for g in gaps):
                return True
    return False


def has_shape(network: vn.Network, claim: NoFit) -> bool:
    widths = network.level_widths
    return len(widths) == claim.architecture.depth and max(widths) <= claim.architecture.width


@settings(max_examples=12, deadline=None)
@given(
    st.lists(st.integers(-2, 2), min_size=3, max_size=3, unique=True),
    st.lists(st.integers(-2, 2), min_size=3, max_size=3),
    st.sampled_from(["0", "1/3", "1/2"]),
    st.booleans(),
    st.sampled_from(["relu", "abs", "heaviside"]),
)
def test_one_neuron_on_the_line_agrees_with_brute_force(
    points: list[int], values: list[int], within: str, strict: bool, act: str
) -> None:
    claim = no_network(width=1, activation=act).fits(points, values, within=within, strict=strict)
    verdict = vn.prove(claim, 20)
    if brute(claim):
        assert isinstance(verdict, Fitted)
    if isinstance(verdict, Fitted):
        assert verdict.network is not None
        assert claim.fitted_by(verdict.network)
        assert has_shape(verdict.network, claim)
    else:
        assert isinstance(verdict, Proved)
        assert not brute(claim)
        kinds = {entry["kind"] for entry in verdict.theorem.assumptions}
        assert kinds == ({"lemma"} if claim.reducible else {"solver"})


def test_exclusive_or_needs_two_neurons() -> None:
    one = vn.prove(no_network(width=1).fits(SQUARE, XOR, within="1/2", strict=True))
    assert isinstance(one, Proved)
    assert kernel.check(one.certificate.text).assumptions[0]["kind"] == "lemma"
    two = vn.prove(no_network(width=2).fits(SQUARE, XOR))
    assert isinstance(two, Fitted)
    assert two.network is not None
    assert [two.network(*p)[0] for p in SQUARE] == XOR
    assert two.certificate is not None
    assert kernel.check(two.certificate.text).kind == "fails"


def test_the_bound_is_sharp_and_strictness_is_read() -> None:
    shape = no_network(width=1)
    assert isinstance(vn.prove(shape.fits([-1, 0, 1], [1, 0, 1], within="1/2", strict=True)), Proved)
    assert isinstance(vn.prove(shape.fits([-1, 0, 1], [1, 0, 1], within="1/2")), Fitted)


def test_a_chain_of_two_neurons_has_its_dual() -> None:
    claim = no_network(width=1, depth=2).fits([0, 1, 2, 3], [0, 1, 1, 0], within="1/4")
    assert claim.reducible
    assert isinstance(vn.prove(claim, 60), Proved)
    fitted = vn.prove(no_network(width=1, depth=2).fits([0, 1, 2, 3], [0, 0, 1, 1]), 60)
    assert isinstance(fitted, Fitted)
    assert fitted.network is not None
    assert fitted.network.level_widths == (1, 1)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_the_dual_network_has_the_values_of_the_primal_one(data: st.DataObject) -> None:
    depth = data.draw(st.integers(1, 3))
    width = 1 if depth > 1 else data.draw(st.integers(1, 3))
    claim = no_network(width=width, depth=depth).fits([(0, 1), (2, -1)], [0, 0])
    numbers = st.fractions(-3, 3, max_denominator=60)
    w = data.draw(st.lists(numbers, min_size=claim.dual_size, max_size=claim.dual_size))
    always = claim.always()
    assert always.networks[0].input_size == claim.dual_size
    assert always.holds_at(w) == (not claim.fitted_by(claim.network_at(w)))


def test_readout_bias_decides_the_midpoint_of_monotone_thresholds() -> None:
    points, values = [(0, 2), (2, 0), (1, 1)], [0, 0, 1]
    shape = {"width": 2, "activation": "heaviside", "nonnegative": True}
    assert isinstance(vn.prove(no_network(**shape, readout_bias=False).fits(points, values)), Proved)
    found = vn.prove(no_network(**shape).fits(points, values))
    assert isinstance(found, Fitted)
    assert found.network is not None
    weights = [v.operation.weight for v in found.network.vertices if hasattr(v.operation, "weight")]
    assert all(entry >= 0 for matrix in weights for row in matrix.to_rows() for entry in row)


def evidence() -> tuple[NoFit, SolverEvidence]:
    claim = no_network(width=1, activation="heaviside").fits(SQUARE, XOR)
    verdict = vn.prove(claim)
    assert isinstance(verdict, Proved)
    assert isinstance(verdict.certificate, SolverEvidence)
    return claim, verdict.certificate


def test_solver_evidence_is_deterministic_and_never_a_kernel_certificate() -> None:
    claim, found = evidence()
    assert evidence()[1].text == found.text
    assert read_evidence(found.text) == found
    with pytest.raises(kernel.Rejected):
        kernel.check(found.text)
    script = found.data["smtlib"]
    assert solver.second_opinion(found.text, 10) == solver.second_opinion(script, 10) == "unsat"
    report = replayed(claim, found, 5)
    assert report.assumptions[0]["kind"] == "solver"
    assert any(word.startswith("cvc5") for word in report.agreed)


@pytest.mark.parametrize(
    ("old", "new"),
    [("(assert", "; (assert"), ("format: verinet", "format: other"), ("; sha256: ", "; sha256: 0"), ("; claim", "; c")],
)
def test_broken_solver_evidence_is_refused(old: str, new: str) -> None:
    text = evidence()[1].text
    assert old in text
    with pytest.raises(BadFormat, match="Fix:"):
        read_evidence(text.replace(old, new))


def test_solver_evidence_of_another_claim_or_other_constraints_is_rejected() -> None:
    claim, found = evidence()
    other = no_network(width=1, activation="heaviside").fits(SQUARE, [0, 1, 1, 1])
    with pytest.raises(CertificateRejected, match="another claim"):
        replayed(other, found, 1)
    script = found.data["smtlib"].replace("(check-sat)", "(assert false)\n(check-sat)")
    forged = SolverEvidence({**found.data, "smtlib": script})
    with pytest.raises(CertificateRejected, match="not those of its claim"):
        replayed(claim, forged, 1)


def test_constraints_hold_exactly_at_fitting_weights() -> None:
    claim = no_network(width=1, activation="hard_tanh").fits([0, 1], [0, 1])
    constraints, symbols = fitting(claim)
    values = dict(zip((s.name for s in symbols), map(Fraction, (1, 0, 1, 0)), strict=True))
    assert claim.fitted_by(layered([[[1]], [[1]]], [[0], [0]], claim.architecture.activation))
    assert terms.holds(constraints, values)
    assert not terms.holds(constraints, {**values, symbols[-1].name: Fraction(1, 9)})


def test_no_budget_is_unknown() -> None:
    assert isinstance(vn.prove(no_network(width=1).fits(SQUARE, XOR), 0.0), Unknown)


def test_mistakes_are_named() -> None:
    with pytest.raises(ShapeMismatch, match="Fix:"):
        no_network(width=0)
    with pytest.raises(ShapeMismatch, match="Fix:"):
        no_network(width=1).fits([(0, 1), (2,)], [0, 0])
    with pytest.raises(Unsupported, match="no dual network"):
        no_network(width=1, activation="heaviside").fits([0], [Q(1)]).always()
