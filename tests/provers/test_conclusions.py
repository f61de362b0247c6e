"""Conclusions: the kernel checks the parts, the lemmas are printed, and nothing else is called a theorem."""

from __future__ import annotations

import json

import pytest

import verinet as vn
from verinet import Q, kernel
from verinet.claims.induction import concluded, induction, lemma
from verinet.claims.universal import no_network
from verinet.claims.verdicts import Proved, Unknown
from verinet.errors import ShapeMismatch, Unsupported

x = vn.variable("x")
hat = vn.network(x, 2 * vn.relu(x) - 4 * vn.relu(x - Q("1/2")) + 2 * vn.relu(x - 1))
base = vn.claims.linear_regions(hat, vn.interval(0, 1)) == 2
rises = vn.claims.equal(hat, vn.network(x, 2 * x), vn.interval(0, "1/2"))
falls = vn.claims.equal(hat, vn.network(x, 2 - 2 * x), vn.interval("1/2", 1))
PRINCIPLE = lemma("induction on m")


def test_an_induction_is_one_certificate_with_its_lemma() -> None:
    claim = concluded("hat^m has 2^m regions", {"base": base, "rises": rises, "falls": falls}, PRINCIPLE)
    verdict = vn.prove(claim)
    assert isinstance(verdict, Proved)
    assert verdict.theorem.trust == "under 1 assumption"
    report = kernel.check(verdict.certificate.text)
    assert report.kind == "all"
    assert report.assumptions == [PRINCIPLE]
    assert claim.text().startswith("hat^m has 2^m regions [by lemma from base: ")
    assert verdict.certificate.data["statement"] == claim.statement()


def test_a_false_part_leaves_the_conclusion_open() -> None:
    wrong = vn.claims.equal(hat, vn.network(x, 2 * x), vn.interval(0, 1))
    verdict = vn.prove(induction("never", base=base, step=wrong, principle="induction"))
    assert isinstance(verdict, Unknown)
    assert "part step" in verdict.reason


def test_assumptions_of_parts_are_kept() -> None:
    part = no_network(width=1).fits([-1, 0, 1], [1, 0, 1], within="1/2", strict=True)
    verdict = vn.prove(concluded("so", {"part": part}, PRINCIPLE))
    assert isinstance(verdict, Proved)
    assert [entry["kind"] for entry in verdict.theorem.assumptions] == ["lemma", "lemma"]
    by_solver = no_network(width=1, activation="heaviside").fits([-1, 0, 1], [1, 0, 1])
    assert isinstance(vn.prove(concluded("so", {"part": by_solver}, PRINCIPLE)), Unknown)


def test_a_forged_part_is_rejected() -> None:
    verdict = vn.prove(concluded("c", {"rises": rises, "falls": falls}, PRINCIPLE))
    assert isinstance(verdict, Proved)
    data = json.loads(verdict.certificate.text)
    data["evidence"]["parts"].reverse()
    data["statement"]["parts"][1] = data["statement"]["parts"][0]
    data["evidence"]["parts"] = data["evidence"]["parts"][:1]
    with pytest.raises(kernel.Rejected):
        kernel.check(json.dumps(data))


def test_a_conclusion_needs_parts_and_a_lemma() -> None:
    with pytest.raises(Unsupported, match="no lemma"):
        concluded("c", {"base": base})
    with pytest.raises(ShapeMismatch, match="parts"):
        concluded("c", {}, PRINCIPLE)
    with pytest.raises(Unsupported, match="kernel can state"):
        concluded("c", {"inner": concluded("d", {"base": base}, PRINCIPLE)}, PRINCIPLE)
    with pytest.raises(Unsupported, match="printable"):
        lemma("two\nlines")
