"""Verdicts: no truth value, plain texts, JSON with rationals as text."""

from __future__ import annotations

import json
from fractions import Fraction as F

import pytest

from verinet.claims.verdicts import Certificate, Counterexample, Proved, Refuted, Theorem, Unknown
from verinet.errors import Unsupported

POINT = Counterexample((F(1), F(-1, 3)), (F(1207, 800),), "y_0 <= 3/2 on [-1,1]^2")
SURE = Theorem({"kind": "always"}, "y_0 <= 2 on [-1,1]^2", (), "ab12")
LEMMA = {"kind": "lemma", "text": "Poincare-Miranda", "sha256": "", "origin": ""}


@pytest.mark.parametrize("verdict", [Proved(SURE, Certificate({})), Refuted(POINT), Unknown("no time")])
def test_a_verdict_is_never_a_bool(verdict) -> None:
    with pytest.raises(Unsupported, match="never a bool"):
        bool(verdict)
    with pytest.raises(Unsupported):
        assert verdict


def test_texts() -> None:
    assert str(Proved(SURE, Certificate({}))) == "PROVED   y_0 <= 2 on [-1,1]^2     kernel only"
    under = Theorem({}, "f is onto", (LEMMA,))
    assert str(Proved(under, Certificate({}))) == "PROVED   f is onto     under 1 assumption"
    assert Theorem({}, "f is onto", (LEMMA, LEMMA)).trust == "under 2 assumptions"
    expected = "REFUTED   y_0 <= 3/2 on [-1,1]^2      counterexample x = (1, -1/3), y = 1207/800, exact"
    assert str(Refuted(POINT)) == expected
    assert str(Unknown("the budget of 60 s is spent")) == "UNKNOWN   the budget of 60 s is spent"


def test_refuted_without_a_point() -> None:
    verdict = Refuted(None, reason="there are 9 cells")
    assert str(verdict) == "REFUTED   there are 9 cells"
    assert verdict.to_json() == {"verdict": "refuted", "counterexample": None, "reason": "there are 9 cells"}


def test_json() -> None:
    document = json.loads(json.dumps(Refuted(POINT).to_json()))
    assert document == {
        "verdict": "refuted",
        "counterexample": {"claim": POINT.claim, "x": ["1", "-1/3"], "y": ["1207/800"], "exact": True},
        "reason": "",
    }
    proved = json.loads(json.dumps(Proved(SURE, Certificate({})).to_json()))
    assert proved["verdict"] == "proved"
    assert proved["theorem"] == {**proved["theorem"], "hash": "ab12", "assumptions": [], "text": SURE.text}
    assert Unknown("why").to_json() == {"verdict": "unknown", "reason": "why"}


def test_certificate_text_and_file(tmp_path) -> None:
    certificate = Certificate({"b": ["1f"], "a": {"d": 1, "c": None}})
    assert certificate.text == '{"a":{"c":null,"d":1},"b":["1f"]}\n'
    certificate.write(tmp_path / "c.json")
    assert (tmp_path / "c.json").read_text() == certificate.text
    assert [entry.name for entry in tmp_path.iterdir()] == ["c.json"]


def test_verdicts_compare_by_content() -> None:
    assert Unknown("a") == Unknown("a")
    assert Refuted(POINT) == Refuted(Counterexample(POINT.x, POINT.y, POINT.claim))
    match Unknown("a"):
        case Unknown(reason):
            assert reason == "a"
