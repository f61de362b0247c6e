"""Verdicts on public benchmark networks, where their folder is given (docs/how-to/benchmarks.md)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from verinet import kernel
from verinet.claims import Proved, Refuted, Unknown, always, equals, outputs, read_vnnlib
from verinet.geometry import box
from verinet.networks.formats import read_network
from verinet.provers.portfolio import prove

KNOWN = {"unsat": Proved, "sat": Refuted}
#: Sets of which every instance must be decided; the others may end Unknown.
DECIDED = ("test", "cartpole", "lunarlander", "tll", "safenlp")


def instances(folder: Path, sets: tuple[str, ...]) -> list[tuple[str, str, str, str]]:
    listing = folder / "manifest.json"
    if not listing.is_file():
        pytest.skip("left out: the folder has no manifest.json (docs/how-to/benchmarks.md)")
    rows = json.loads(listing.read_text())["instances"]
    return [row[:4] for row in map(tuple, rows) if row[0] in sets and "DISPUTED" not in row[4]]


@pytest.mark.parametrize("sets", [("test",), ("cartpole",), ("tll",), ("lunarlander",), ("safenlp",)])
def test_verdicts_agree_with_the_known_ones(benchmarks: Path, tmp_path: Path, sets: tuple[str, ...]) -> None:
    pytest.importorskip("onnx", reason="left out: onnx is not installed")
    for name, network_path, property_path, known in instances(benchmarks, sets):
        network, prop = read_network(benchmarks / network_path), read_vnnlib(benchmarks / property_path)
        verdict = prove(prop.claim(network), budget=240)
        assert isinstance(verdict, KNOWN[known]) or (name not in DECIDED and isinstance(verdict, Unknown)), (
            property_path
        )
        if isinstance(verdict, Refuted):
            assert verdict.counterexample is not None
            assert prop.violated_by(verdict.counterexample.x, network(*verdict.counterexample.x))
        if isinstance(verdict, Proved):
            path = tmp_path / "certificate.json"
            verdict.certificate.write(path)
            command = [sys.executable, "-I", "-S", kernel.__file__, str(path)]
            assert subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("sizes", ["inp-2", pytest.param("inp-4", marks=pytest.mark.nightly)])
def test_the_twin_ladders_are_constant(benchmarks: Path, sizes: str) -> None:
    paths = sorted((benchmarks / "twin").glob(f"*{sizes}*.nnet"))
    if not paths:
        pytest.skip("left out: the folder has no twin networks (docs/how-to/benchmarks.md)")
    for path in paths:
        network = read_network(path)
        (margin,) = network(*[0] * network.input_size)
        (y,) = outputs(network)
        assert network.domain is not None
        assert isinstance(prove(always(network, equals(y, margin), box(*network.domain))), Proved), path.name
        assert isinstance(prove(always(network, y > margin, box(*network.domain))), Refuted), path.name
