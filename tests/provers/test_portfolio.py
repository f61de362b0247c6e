"""What the entry point of the provers does with claims at the edge, and with what is no claim."""

from __future__ import annotations

from fractions import Fraction as F
from pathlib import Path

import pytest

from verinet import kernel
from verinet.claims import all_of, always, any_of, cells, equal, fails, linear_regions, outputs, somewhere, sup_error
from verinet.claims.verdicts import Proved, Refuted, Unknown
from verinet.errors import NotANumber, Unsupported
from verinet.exact.linalg import Matrix
from verinet.exact.rationals import Q
from verinet.geometry import Polyhedron, box, interval
from verinet.networks import Affine, activation, apply_activation, layered, network, relu, variable
from verinet.networks.formats import read_network
from verinet.provers.decide import universal
from verinet.provers.portfolio import prove
from verinet.work import SILENT, Budget

X = variable("x")
NET = network(X, relu(X))
SIDE = interval(-1, 1)


def test_claims_without_atoms() -> None:
    assert isinstance(prove(always(NET, all_of(), SIDE)), Proved)
    assert isinstance(prove(always(NET, any_of(), SIDE)), Refuted)
    assert isinstance(prove(somewhere(NET, all_of(), SIDE)), Proved)
    assert isinstance(prove(somewhere(NET, any_of(), SIDE)), Refuted)
    assert isinstance(prove(fails(NET, all_of(), SIDE)), Refuted)
    assert isinstance(prove(fails(NET, any_of(), SIDE)), Proved)


@pytest.mark.parametrize("claim", [3, None, cells(NET, SIDE), "y <= 1"])
def test_what_is_no_claim_is_refused(claim: object) -> None:
    with pytest.raises(Unsupported, match="needs a claim"):
        prove(claim)


@pytest.mark.parametrize("budget", ["5", float("nan"), True])
def test_what_is_no_budget_is_refused(budget: object) -> None:
    with pytest.raises(NotANumber, match="budget"):
        prove(always(NET, outputs(NET)[0] >= 0, SIDE), budget)


def test_linear_regions_of_a_network_that_jumps_are_refused_by_name() -> None:
    jumping = network(X, apply_activation(X, activation("sign")))
    with pytest.raises(Unsupported, match="continuous"):
        prove(linear_regions(jumping, SIDE) == 2)


def test_a_budget_that_is_spent_gives_unknown_whatever_is_asked() -> None:
    wide = layered([[[1, 2], [2, -1]], [[1, 1]]], [[0, 0], [0]])
    square = box((-1, 1), (-1, 1))
    for claim in (always(wide, outputs(wide)[0] >= 0, square), cells(wide, square) == 4):
        verdict = prove(claim, Budget(seconds=0))
        assert isinstance(verdict, Unknown)
        assert "budget" in verdict.reason


@pytest.mark.parametrize("stated", ["1", "1/3", "251/1000"])
def test_a_sup_error_stated_too_large_is_refuted_by_a_smaller_bound(stated: str) -> None:
    x = variable("x")
    verdict = prove(sup_error(network(x, relu(x)), x**2, interval(0, 1)) == Q(stated))
    assert isinstance(verdict, Refuted)
    assert verdict.counterexample is None
    assert verdict.certificate is not None
    statement = verdict.certificate.data["statement"]
    smaller = F(int(statement["error"]["at"][0], 16), int(statement["error"]["over"], 16))
    assert kernel.check(verdict.certificate.text).kind == "sup-error-at-most"
    assert F(1, 4) <= smaller < Q(stated)


@pytest.mark.long
def test_thousands_of_leaves() -> None:
    """A 2-16-16-1 network equals its copy, units in another order and on another scale: cell by cell, and by bends."""
    net = read_network(Path(__file__).parent.parent / "data" / "nets" / "2-16-16-1.json")
    maps = [vertex.operation for vertex in net.vertices if isinstance(vertex.operation, Affine)]
    swap = Matrix.from_integers([[int(i + j == 15) for j in range(16)] for i in range(16)])
    weights = [swap.scale(2) @ maps[0].weight, swap @ maps[1].weight @ swap.scale("1/2"), maps[2].weight @ swap]
    biases = [swap.scale(2) @ maps[0].bias, swap @ maps[1].bias, maps[2].bias]
    claim = equal(net, layered(weights, biases), box((-1, 1), dimension=2))
    cellwise, verdict = universal(claim, Budget(), SILENT), prove(claim)
    assert isinstance(cellwise, Proved)
    assert kernel.check(cellwise.certificate.text).leaves >= 5000
    assert isinstance(verdict, Proved)
    assert kernel.check(verdict.certificate.text).leaves < 500


def test_a_false_claim_on_an_endless_domain_is_refuted_by_a_plain_point() -> None:
    x = variable("x")
    claim = sup_error(network(x, relu(x)), {(0,): 3}, Polyhedron((None,), (None,))) <= 0
    verdict = prove(claim)
    assert isinstance(verdict, Refuted)
    assert verdict.counterexample is not None
    assert claim.refuted_by(verdict.counterexample.x)
