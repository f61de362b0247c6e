"""Every VNN-LIB file of the benchmark folder is read, exactly."""

from __future__ import annotations

import json
from fractions import Fraction as F
from math import lcm
from pathlib import Path

import pytest

from verinet import kernel
from verinet.claims import read_vnnlib
from verinet.claims.formulas import holds
from verinet.claims.violations import safety
from verinet.claims.vnnlib import Property
from verinet.networks.formats import read_network


def test_all_properties_compile(benchmarks: Path) -> None:
    paths = sorted(benchmarks.rglob("*.vnnlib"))
    assert paths
    for path in paths:
        if "(vnnlib-version <2.0>)" in path.read_text():
            continue  # in test_vnnlib2.py
        found = read_vnnlib(path)
        assert isinstance(found, Property)
        compiled = safety(found.violation, found.inputs)
        assert compiled.domain.has_bounded_box, path.name
        assert compiled.clauses, path.name
        assert compiled.domain.contains(compiled.domain.point()), path.name
        agree_on_samples(found, compiled.domain.point())


def agree_on_samples(found: Property, centre: tuple[F, ...]) -> None:
    """The parsed text and the compiled claim at the centre of the domain and outside, with a few outputs."""
    compiled = safety(found.violation, found.inputs)
    for k in range(12):
        x = centre if k % 4 else tuple(value + 1000 for value in centre)
        y = tuple(F((7 * k + 3 * i) % 11 - 5, 1 + k % 3) for i in range(found.outputs))
        claim = all(any(atom.holds(x, y) for atom in clause) for clause in compiled.clauses)
        violated = found.violated_by(x, y)
        assert violated == holds(found.violation, x, y) == (compiled.domain.contains(x) and not claim)


def test_published_witnesses_refute_exactly(benchmarks: Path) -> None:
    """By the parsed text, by the claim, and by the kernel's reading of the claim's statement."""
    pytest.importorskip("onnx", reason="left out: onnx is not installed")
    listing = benchmarks / "witnesses.json"
    if not listing.is_file():
        pytest.skip("left out: the folder has no witnesses.json (docs/how-to/benchmarks.md)")
    table = json.loads(listing.read_text())
    seen = 0
    for key, entry in table.items():
        property_path, network_path = (benchmarks / name for name in key.split(" @ "))
        if not (property_path.is_file() and network_path.is_file()):
            continue
        found, network = read_vnnlib(property_path), read_network(network_path)
        x = tuple(F(value) for value in entry["x"])
        claim = found.claim(network)
        assert found.violated_by(x, network(*x)), key
        assert claim.refuted_by(x), key
        statement = kernel.read_statement(json.loads(json.dumps(claim.statement())))
        over = lcm(*(value.denominator for value in x))
        assert not kernel.claim_holds(statement, (over, [int(value * over) for value in x])), key
        seen += 1
    assert seen
