"""Our own controllers: the same bytes when trained again, and each property as true as its table says."""

from __future__ import annotations

import csv
import itertools
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from verinet.claims import Proved, Refuted, read_vnnlib
from verinet.networks.formats import read_network
from verinet.provers.portfolio import prove

CONTROLLERS = Path(__file__).resolve().parent.parent / "examples" / "controllers"
INSTANCES = list(csv.DictReader((CONTROLLERS / "instances.csv").read_text(encoding="ascii").splitlines()))
NAMES = [row["property"].removesuffix(".vnnlib") for row in INSTANCES]


def points(low: tuple[Fraction, ...], high: tuple[Fraction, ...]) -> Iterator[tuple[Fraction, ...]]:
    """A rational grid on a box, nine points a side in two dimensions and five in three, ends included."""
    steps = 8 if len(low) == 2 else 4
    return itertools.product(
        *([a + (b - a) * k / steps for k in range(steps + 1)] for a, b in zip(low, high, strict=True))
    )


def test_half_the_properties_are_true_and_half_are_false() -> None:
    assert sorted(row["truth"] for row in INSTANCES) == ["false"] * 6 + ["true"] * 6


@pytest.mark.parametrize("row", INSTANCES, ids=NAMES)
def test_exact_samples_agree_with_the_table(row: dict[str, str]) -> None:
    network = read_network(CONTROLLERS / row["network"])
    property_ = read_vnnlib(CONTROLLERS / row["property"])
    domain = property_.claim(network).domain
    violated = any(property_.violated_by(x, network(*x)) for x in points(domain.low, domain.high))
    assert violated is (row["truth"] == "false")


@pytest.mark.parametrize("row", INSTANCES, ids=NAMES)
def test_the_prover_agrees_with_the_table(row: dict[str, str]) -> None:
    network = read_network(CONTROLLERS / row["network"])
    property_ = read_vnnlib(CONTROLLERS / row["property"])
    verdict = prove(property_.claim(network))
    if row["truth"] == "true":
        assert isinstance(verdict, Proved)
        assert verdict.theorem.assumptions == ()
    else:
        assert isinstance(verdict, Refuted)
        x = verdict.counterexample.x
        assert property_.violated_by(x, network(*x))


@pytest.mark.long
def test_training_again_gives_the_same_bytes(tmp_path: Path) -> None:
    script = CONTROLLERS / "train.py"
    subprocess.run([sys.executable, str(script), str(tmp_path)], check=True, capture_output=True)
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert len(written) == 15
    assert written == {name: (CONTROLLERS / name).read_bytes() for name in written}
