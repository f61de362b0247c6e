"""The folder proofs/: index, scripts and certificates fit, every certificate replays, headers are complete."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from verinet import kernel
from verinet.claims import SupErrorAtMost, SupErrorEquals
from verinet.claims.families import Family
from verinet.claims.induction import Conclusion
from verinet.exact.rationals import Q
from verinet.networks.build import network, relu, variable
from verinet.networks.network import Activate, Network
from verinet.provers.second_look import numeric_error
from verinet.theorems import Entry, discover, index_text, replay, search

ROOT = Path(__file__).resolve().parent.parent
PROOFS = ROOT / "proofs"
ENTRIES = discover(PROOFS)
KEYS = set(re.findall(r"^@\w+\{(\w+),$", (ROOT / "docs" / "references.bib").read_text(encoding="utf-8"), flags=re.M))
every_entry = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)


def test_the_index_is_what_the_scripts_say() -> None:
    assert (PROOFS / "index.toml").read_text(encoding="utf-8") == index_text(PROOFS)


def test_every_certificate_belongs_to_a_row_and_every_row_has_its_certificates() -> None:
    stored = {path for entry in ENTRIES for path in entry.certificates}
    assert stored == {*PROOFS.rglob("*.json"), *PROOFS.rglob("*.smt2")}


def test_every_script_has_a_row() -> None:
    assert {entry.script for entry in ENTRIES} == set(PROOFS.rglob("*.py"))


#: Solvers think about these for twenty seconds; `make prove`, which `make check` runs too, asks them all the same.
SOLVERS_AT_LENGTH = ("lower_bound_all_weights_ge", "lu_layer_inverse_eq")


@pytest.mark.parametrize(
    "entry",
    [pytest.param(e, marks=[pytest.mark.nightly] if e.name in SOLVERS_AT_LENGTH else []) for e in ENTRIES],
    ids=lambda entry: entry.name,
)
def test_every_stored_certificate_replays_and_states_what_its_script_says(entry: Entry) -> None:
    checked = replay(entry)
    assert [c.label for c in checked] == list(entry.labels)
    assert [(c.verdict, c.reason) for c in checked] == [("checked", "")] * len(checked)
    claims = [instance.true_claim for instance in entry.instances()]
    expected = [list(getattr(claim, "assumptions", ())) for claim in claims]
    # what solvers said is told by the evidence, not by the claim
    told = [[a for a in c.report.assumptions if a["kind"] != "solver"] for c in checked if c.report is not None]
    assert told == expected


@every_entry
def test_headers_are_complete_and_references_known(entry: Entry) -> None:
    header = entry.header()
    assert {reference.key for reference in header.references} <= KEYS
    assert header.title == entry.title
    assert header.tags == entry.tags
    assert entry.load().name == entry.name
    assert all(len(part) > 10 for part in (header.statement, header.notation, header.method))


@every_entry
def test_instances_are_not_called_a_theorem_about_all_n(entry: Entry) -> None:
    """A family was proved with symbolic parameters, or by a lemma that leads on from what was checked."""
    assert entry.scope in ("single", "instances", "family")
    if entry.scope == "family":
        assert any(isinstance(instance.claim, (Family, Conclusion)) for instance in entry.instances())
    if entry.scope == "instances":
        assert re.search(r"\b[a-zA-Z] = [0-9]+, |T_1, T_2", entry.header().statement), "say which instances"


def test_a_proof_a_refutation_and_a_count_are_searched_afresh() -> None:
    entries = [entry for entry in ENTRIES if entry.mode == "search"]
    assert len(entries) == 3, "the README says three"
    fresh = [checked for entry in entries for checked in search(entry)]
    assert all(checked.accepted for checked in fresh)
    kinds = {(checked.verdict, checked.report.kind) for checked in fresh if checked.report is not None}
    assert {("proved", "always"), ("refuted", "fails"), ("proved", "cells")} <= kinds


#: Bytes of certificates from which on the search takes minutes.
LARGE = 40_000


def size_of(entry: Entry) -> int:
    return sum(path.stat().st_size for path in entry.certificates)


@pytest.mark.parametrize(
    "entry",
    [pytest.param(e, marks=[pytest.mark.nightly if size_of(e) > LARGE else pytest.mark.long]) for e in ENTRIES],
    ids=lambda entry: entry.name,
)
def test_every_theorem_is_found_again(entry: Entry) -> None:
    # where solvers were believed although there is a dual network, its tree would take hours: solvers are asked again
    trees = [entry.evidence(i.label).exists() and getattr(i.claim, "reducible", False) for i in entry.instances()]
    again = replay(entry) if any(trees) else search(entry)
    assert all(checked.accepted for checked in again)


def _has_jumps(network: Network) -> bool:
    activations = [
        vertex.operation.activations for vertex in network.vertices if isinstance(vertex.operation, Activate)
    ]
    return not all(activation.is_continuous for row in activations for activation in row)


@every_entry
def test_no_numeric_error_exceeds_its_bound(entry: Entry) -> None:
    for instance in entry.instances():
        claim = instance.claim
        if isinstance(claim, (SupErrorAtMost, SupErrorEquals)) and claim.domain.has_bounded_box:
            look = numeric_error(claim.network, claim.targets, claim.domain)
            assert claim.error_at([Q(entry) for entry in look.at]) <= claim.error
            # where activations jump, rounding may carry the look across a jump
            if not _has_jumps(claim.network):
                assert not look.exceeds(claim.error)
            # and where the bound is attained at a rational point, the look comes near
            if isinstance(claim, SupErrorEquals):
                assert look.exceeds(claim.error * 999 / 1000)


def test_the_kernel_alone_accepts_all_certificates() -> None:
    paths = [str(path) for path in sorted(PROOFS.rglob("*.json"))]
    command = [sys.executable, "-I", "-S", str(Path(kernel.__file__)), *paths]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert len(re.findall(r"^CHECKED( UNDER \d+ ASSUMPTIONS?)?   ", done.stdout, flags=re.M)) == len(paths)


def test_sizes() -> None:
    sizes = {path.name: path.stat().st_size for path in PROOFS.rglob("*.json")}
    assert sizes["sup_error_sawtooth_square_eq.m8.json"] < 200_000
    assert sizes["region_count_sawtooth_eq.m8.json"] < 200_000
    assert sum(sizes.values()) < 8_000_000


def test_interval_arithmetic_gives_the_bound_that_is_not_attained() -> None:
    """What the header of `interval_bound_not_attained` says about interval arithmetic."""
    x = variable("x")
    f = network(x, relu(x) + relu(-x)).with_domain(((-1, 1),))
    assert [(low, high) for low, high in f.certified_range()[f.readouts[0][1]]] == [(0, 2)]
