"""A table of verdicts on benchmark properties: what verinet answers, what is known, how long it took.

    python tests/benchmarks/verdicts.py $VERINET_BENCHMARKS --sets cartpole,tll --budget 60
    python tests/benchmarks/verdicts.py $VERINET_BENCHMARKS --sets tll --peers z3,cvc5,marabou --marabou PYTHON

The folder holds either `manifest.json` (with known verdicts), or the `instances.csv` of a competition's benchmark
(network, property, seconds; no verdicts known).  Every counterexample is evaluated once more on the property as it
was parsed, every certificate checked once more by the kernel alone, in a process of its own.  The exit status is 1
when a verdict contradicts a known one.

Times are wall-clock seconds; CPU seconds of the proof stand beside them, since a shared machine stretches the former.
Peers answer the same question in the same run, each in a process of its own, with a limit in CPU seconds
(`--peer-budget`; ours if left out): z3 and cvc5 the claim as SMT-LIB 2 text, Marabou the files themselves (`--marabou`
names an interpreter that has maraboupy, which is no dependency).  Marabou computes in doubles, z3 and cvc5 exactly;
none of the three leaves a certificate here.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import verinet as vn
from verinet import kernel
from verinet.claims import Proved, Refuted, read_vnnlib
from verinet.provers.smt import smtlib


@dataclass(frozen=True, slots=True)
class Instance:
    """One property of one network, and its verdict if that is known."""

    family: str
    network: str
    property: str
    known: str
    disputed: bool

    @property
    def files(self) -> str:
        """The names of its files."""
        return f"{Path(self.network).name} {Path(self.property).name}"


def instances(folder: Path, sets: set[str]) -> Iterator[Instance]:
    """The instances of the chosen sets."""
    manifest = folder / "manifest.json"
    if manifest.exists():
        for name, network, prop, known, note in json.loads(manifest.read_text())["instances"]:
            if not sets or name in sets:
                yield Instance(name, network, prop, known, "DISPUTED" in note)
        return
    for listing in sorted(folder.rglob("instances.csv")):
        if sets and listing.parent.name not in sets:
            continue
        for network, prop, *_ in csv.reader(listing.open(newline="")):
            place = listing.parent.relative_to(folder)
            yield Instance(listing.parent.name, str(place / network), str(place / prop), "?", False)


def checked_alone(text: str) -> float:
    """Seconds that the kernel alone takes for this certificate; an error if it rejects it."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "certificate.json"
        path.write_text(text)
        start = time.perf_counter()
        subprocess.run([sys.executable, "-I", "-S", kernel.__file__, str(path)], check=True, capture_output=True)
        return time.perf_counter() - start


#: Programs that print sat, unsat or unknown.  The first two read SMT-LIB 2, the third a network and a property.
PEERS = {
    "z3": "import sys, z3\ns = z3.SolverFor('QF_LRA')\ns.from_file(sys.argv[1])\nprint(s.check())",
    "cvc5": """
import sys, cvc5
solver = cvc5.Solver()
parser = cvc5.InputParser(solver)
parser.setFileInput(cvc5.InputLanguage.SMT_LIB_2_6, sys.argv[1])
while not (command := parser.nextCommand()).isNull():
    told = command.invoke(solver, parser.getSymbolManager()).strip()
    if told in ("sat", "unsat", "unknown"):
        print(told)
        break
""",
    "marabou": """
import sys
from maraboupy import Marabou
network = Marabou.read_onnx(sys.argv[1])
print(network.solve(propertyFilename=sys.argv[2], verbose=False)[0])
""",
}


def peer(name: str, python: str, arguments: list[str], seconds: float) -> str:
    """What another program answers, and after how many CPU seconds."""

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds) + 1))

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [python, "-c", PEERS[name], *arguments]
    run = subprocess.run(command, capture_output=True, text=True, preexec_fn=limited)  # one thread here
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    words = [word for word in run.stdout.split() if word in ("sat", "unsat", "unknown")]
    if run.returncode != 0 and spent > 0.95 * seconds:  # ended by the limit
        return f"{name} > {seconds:.0f} s"
    return f"{name} {words[-1] if words and run.returncode == 0 else 'fails'} {spent:.2f} s"


def peers(folder: Path, instance: Instance, names: list[str], marabou: str, seconds: float) -> Iterator[str]:
    """The answers of other programs on one instance."""
    if not names:
        return
    claim = read_vnnlib(folder / instance.property).claim(vn.read_network(folder / instance.network))
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "claim.smt2"
        path.write_text(smtlib(claim))
        files = [str(folder / instance.network), str(folder / instance.property)]
        for name in names:
            python, arguments = (marabou, files) if name == "marabou" else (sys.executable, [str(path)])
            yield peer(name, python, arguments, seconds)


def row(folder: Path, instance: Instance, budget: float) -> tuple[str, str]:
    """The verdict and what there is to say about it."""
    start, before = time.perf_counter(), time.process_time()
    network = vn.read_network(folder / instance.network)
    prop = read_vnnlib(folder / instance.property)
    verdict = vn.prove(prop.claim(network), budget=budget)
    spent = f"{time.perf_counter() - start:7.2f} s ({time.process_time() - before:.2f} CPU)"
    match verdict:
        case Refuted(counterexample=point) if point is not None:
            if not prop.violated_by(point.x, network(*point.x)):
                return "sat", f"{spent}  WRONG: the witness does not violate the property"
            return "sat", f"{spent}  exact witness"
        case Proved(certificate=certificate):
            report = kernel.check(certificate.text)
            alone = checked_alone(certificate.text)
            size = len(certificate.text) / 1000
            return "unsat", f"{spent}  {report.leaves} leaves, {size:.0f} kB, checked alone in {alone:.2f} s"
        case _:
            return "unknown", f"{spent}  {verdict}"


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sets", default="", help="names separated by commas; all when left out")
    parser.add_argument("--budget", type=float, default=60.0, help="seconds an instance")
    parser.add_argument("--peers", default="", help="of z3, cvc5, marabou, separated by commas")
    parser.add_argument("--peer-budget", type=float, help="CPU seconds a peer and an instance")
    parser.add_argument("--marabou", default=sys.executable, help="an interpreter that has maraboupy")
    options = parser.parse_args()
    names = [name for name in options.peers.split(",") if name]
    if unknown := set(names) - set(PEERS):
        parser.error(f"peers are {', '.join(PEERS)}, not {', '.join(sorted(unknown))}")
    chosen = list(instances(options.folder, set(filter(None, options.sets.split(",")))))
    tally: dict[str, Counter[str]] = defaultdict(Counter)  # instances decided, by family and program
    wrong = 0
    for instance in chosen:
        found, text = row(options.folder, instance, options.budget)
        against = found != "unknown" and instance.known not in (found, "?")
        wrong += (against and not instance.disputed) or "WRONG" in text
        mark = "CONTRADICTS" if against else ""
        known = instance.known + (" (disputed)" if instance.disputed else "")
        print(f"{instance.files:70} {known:17} {found:8} {text} {mark}", flush=True)
        tally[instance.family]["verinet"] += found != "unknown"
        tally[instance.family]["all"] += 1
    # Peers come after all of ours: their limit is CPU time, so that they may share the machine with other work.
    for instance in chosen if names else ():
        for told in peers(options.folder, instance, names, options.marabou, options.peer_budget or options.budget):
            print(f"{instance.files:70} {told}", flush=True)
            tally[instance.family][told.split()[0]] += told.split()[1] in ("sat", "unsat")
    for family, count in tally.items():
        print(
            f"{family}: " + ", ".join(f"{name} {count[name]}" for name in ("verinet", *names)) + f" of {count['all']}"
        )
    print(f"{sum(count['verinet'] for count in tally.values())} of {len(chosen)} decided, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
