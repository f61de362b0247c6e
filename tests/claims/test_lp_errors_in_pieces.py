"""L^p errors of several outputs of which some targets are in pieces, against integrals by hand."""

from __future__ import annotations

import pytest

import verinet as vn
from verinet.claims import lp_error
from verinet.claims.verdicts import Proved, Refuted
from verinet.errors import ShapeMismatch

HALF = vn.Q("1/2")
SQUARE = vn.box((0, 1), (0, 1))
FOLD = [(vn.box((0, HALF), (0, 1)), {(0, 0): 1, (1, 0): -2}), (vn.box((HALF, 1), (0, 1)), {(0, 0): -1, (1, 0): 2})]
x, y = vn.variables("x", 2)


def test_a_target_in_pieces_beside_a_polynomial() -> None:
    net = vn.network((x, y), (vn.abs_(2 * x - 1), y - x))
    error = lp_error(net, [FOLD, {(0, 1): 1}], SQUARE) ** 2
    assert isinstance(vn.prove(error == "1/3"), Proved)
    assert isinstance(vn.prove(error <= "1/4"), Refuted)


def test_two_targets_in_pieces_keep_their_own_indicators() -> None:
    other = [(vn.box((0, 1), (0, HALF)), {(0, 0): 0}), (vn.box((0, 1), (HALF, 1)), {(0, 0): 1})]
    net = vn.network((x, y), (0 * x, 0 * y))
    # int |2x - 1|^2 + int 1[y > 1/2]^2 = 1/3 + 1/2
    assert isinstance(vn.prove(lp_error(net, [FOLD, other], SQUARE) ** 2 == "5/6"), Proved)


def test_pieces_have_to_cover_the_domain() -> None:
    net = vn.network((x, y), (x, y))
    with pytest.raises(ShapeMismatch):
        lp_error(net, [FOLD[:1], {(0, 1): 1}, {(0, 1): 1}], SQUARE)
    with pytest.raises(vn.VerinetError, match="cover"):
        lp_error(net, [FOLD[:1], {(0, 1): 1}], SQUARE)
