"""What the entry point of the provers does with claims at the edge, and with what is no claim."""

from __future__ import annotations

import pytest

from verinet.claims import all_of, always, any_of, cells, fails, linear_regions, outputs, somewhere
from verinet.claims.verdicts import Proved, Refuted, Unknown
from verinet.errors import NotANumber, Unsupported
from verinet.geometry import box, interval
from verinet.networks import activation, apply_activation, layered, network, relu, variable
from verinet.provers.portfolio import prove
from verinet.work import Budget

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
        prove(claim)  # type: ignore[arg-type]


@pytest.mark.parametrize("budget", ["5", float("nan"), True])
def test_what_is_no_budget_is_refused(budget: object) -> None:
    with pytest.raises(NotANumber, match="budget"):
        prove(always(NET, outputs(NET)[0] >= 0, SIDE), budget)  # type: ignore[arg-type]


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
