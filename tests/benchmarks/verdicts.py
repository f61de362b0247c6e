"""A table of verdicts on benchmark properties: what verinet answers, what is known, how long it took.

    python tests/benchmarks/verdicts.py $VERINET_BENCHMARKS --sets cartpole,tll --budget 60

The folder holds either `manifest.json` (with known verdicts), or the `instances.csv` of a competition's benchmark
(network, property, seconds; no verdicts known).  Every counterexample is evaluated once more on the property as it
was parsed, every certificate checked once more by the kernel alone, in a process of its own.  The exit status is 1
when a verdict contradicts a known one.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import verinet as vn
from verinet import kernel
from verinet.claims import Proved, Refuted, read_vnnlib

WORDS = {"Proved": "unsat", "Refuted": "sat", "Unknown": "unknown"}


@dataclass(frozen=True, slots=True)
class Instance:
    """One property of one network, and its verdict if that is known."""

    network: str
    property: str
    known: str
    disputed: bool


def instances(folder: Path, sets: set[str]) -> Iterator[Instance]:
    """The instances of the chosen sets."""
    manifest = folder / "manifest.json"
    if manifest.exists():
        for name, network, prop, known, note in json.loads(manifest.read_text())["instances"]:
            if not sets or name in sets:
                yield Instance(network, prop, known, "DISPUTED" in note)
        return
    for listing in sorted(folder.rglob("instances.csv")):
        if sets and listing.parent.name not in sets:
            continue
        for network, prop, *_ in csv.reader(listing.open(newline="")):
            place = listing.parent.relative_to(folder)
            yield Instance(str(place / network), str(place / prop), "?", False)


def checked_alone(text: str) -> float:
    """Seconds that the kernel alone takes for this certificate; an error if it rejects it."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "certificate.json"
        path.write_text(text)
        start = time.perf_counter()
        subprocess.run([sys.executable, "-I", "-S", kernel.__file__, str(path)], check=True, capture_output=True)
        return time.perf_counter() - start


def row(folder: Path, instance: Instance, budget: float) -> tuple[str, str]:
    """The verdict and what there is to say about it."""
    start = time.perf_counter()
    network = vn.read_network(folder / instance.network)
    prop = read_vnnlib(folder / instance.property)
    verdict = vn.prove(prop.claim(network), budget=budget)
    seconds = time.perf_counter() - start
    match verdict:
        case Refuted(counterexample=point) if point is not None:
            if not prop.violated_by(point.x, network(*point.x)):
                return "sat", f"{seconds:8.2f} s  WRONG: the witness does not violate the property"
            return "sat", f"{seconds:8.2f} s  exact witness"
        case Proved(certificate=certificate):
            report = kernel.check(certificate.text)
            alone = checked_alone(certificate.text)
            size = len(certificate.text) / 1000
            return "unsat", f"{seconds:8.2f} s  {report.leaves} leaves, {size:.0f} kB, checked alone in {alone:.2f} s"
        case _:
            return "unknown", f"{seconds:8.2f} s  {verdict}"


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sets", default="", help="names separated by commas; all when left out")
    parser.add_argument("--budget", type=float, default=60.0, help="seconds an instance")
    options = parser.parse_args()
    wrong = decided = total = 0
    for instance in instances(options.folder, set(filter(None, options.sets.split(",")))):
        total += 1
        found, text = row(options.folder, instance, options.budget)
        decided += found != "unknown"
        against = found != "unknown" and instance.known not in (found, "?")
        wrong += (against and not instance.disputed) or "WRONG" in text
        mark = "CONTRADICTS" if against else ""
        known = instance.known + (" (disputed)" if instance.disputed else "")
        names = f"{Path(instance.network).name} {Path(instance.property).name}"
        print(f"{names:70} {known:17} {found:8} {text} {mark}", flush=True)
    print(f"{decided} of {total} decided, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
