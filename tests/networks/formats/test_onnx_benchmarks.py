"""The public benchmark networks, which are no part of the repository: they load, and equal their graphs.

Set VERINET_BENCHMARKS to a folder of them; without it these tests say that they were left out.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.networks.formats.onnx_graphs import agree
from verinet.errors import Unsupported
from verinet.networks.formats.onnx import read_onnx
from verinet.networks.network import Activate, Affine

FOLDER = os.environ.get("VERINET_BENCHMARKS", "")
#: Larger files take too long in Fractions, twenty points each.
LARGEST_FILE = 1 << 20
FILES = [p for p in sorted(Path(FOLDER).rglob("*.onnx")) if p.stat().st_size <= LARGEST_FILE] if FOLDER else []


@pytest.mark.parametrize("path", FILES or [None], ids=lambda path: path.name if path else "left out")
def test_benchmark_network_agrees_with_its_graph_and_the_runtime_or_is_refused_by_name(benchmarks, path):
    refusal = ""
    try:
        agree(path.read_bytes())
    except Unsupported as error:
        refusal = str(error)
    assert not refusal or "is not known" in refusal


def test_lattice_networks_keep_their_affine_layers(benchmarks):
    # 14 affine layers and 6 ReLU layers: a first importer put a ReLU after each, and was wrong.
    files = sorted(benchmarks.rglob("tll_*.onnx"))
    if not files:
        pytest.skip("left out: no tll_*.onnx in VERINET_BENCHMARKS")
    for path in files:
        kinds = [type(vertex.operation) for vertex in read_onnx(path).vertices]
        assert kinds.count(Affine) == 14
        assert kinds.count(Activate) == 6
