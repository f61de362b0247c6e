"""One proof of many leaves: time and memory of the search, of the certificate in both forms, and of its check.

    python tests/benchmarks/large_proof.py --sizes 3,24,24,1 [--jobs 2] [--journal FILE]

The network has random weights k/8 (a fixed seed), the claim is a bound far above its outputs on [-1,1]^n: what is
measured is the splitting, about one leaf for every cell.  Times are CPU seconds of all processes, memory is the
largest resident set.  The search and every check run in processes of their own.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

KERNEL = Path(__file__).parents[2] / "verinet" / "kernel.py"
MEASURE = """
import json, resource, subprocess, sys, time
begin = time.perf_counter()
done = subprocess.run(sys.argv[1:], capture_output=True, text=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([done.returncode, done.stdout + done.stderr, time.perf_counter() - begin,
                  used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))
"""


def proof(sizes: tuple[int, ...], folder: Path, options: dict[str, Any]) -> dict[str, Any]:
    """Search the proof and write both forms of its certificate; runs in a process of its own."""
    from verinet.claims import Proved, always, outputs
    from verinet.geometry import box
    from verinet.networks import layered
    from verinet.provers.portfolio import prove

    source = random.Random(1)
    pairs = list(itertools.pairwise(sizes))
    weights = [[[Fraction(source.randint(-8, 8), 8) for _ in range(a)] for _ in range(b)] for a, b in pairs]
    biases = [[Fraction(source.randint(-8, 8), 8) for _ in range(b)] for b in sizes[1:]]
    net = layered(weights, biases)
    began = time.perf_counter()
    verdict = prove(always(net, outputs(net)[0] <= 10_000, box((-1, 1), dimension=sizes[0])), **options)
    found = {"wall": time.perf_counter() - began, "peak": peak(resource.RUSAGE_SELF)}
    if not isinstance(verdict, Proved):
        sys.exit(str(verdict))
    for name in ("proof.json", "proof.jsonl"):
        began = time.process_time()
        verdict.certificate.write(folder / name)
        found[f"writing {name}"] = time.process_time() - began
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return {
        **found,
        "steps": len(verdict.certificate.data["evidence"]["steps"]),
        "cpu": sum(entry.ru_utime + entry.ru_stime for entry in used),
        "peak with writing": peak(resource.RUSAGE_SELF),
        "largest worker": peak(resource.RUSAGE_CHILDREN),
    }


def peak(who: int) -> float:
    """The largest resident set so far, in megabytes."""
    return resource.getrusage(who).ru_maxrss / 1024


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", default="3,24,24,1", help="inputs, layers, outputs")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--journal")
    parser.add_argument("--into", help=argparse.SUPPRESS)
    given = parser.parse_args()
    sizes = tuple(map(int, given.sizes.split(",")))
    if given.into:
        options = {"jobs": given.jobs, "journal": given.journal}
        print(json.dumps(proof(sizes, Path(given.into), {key: value for key, value in options.items() if value})))
        return
    with tempfile.TemporaryDirectory() as place:
        command = [sys.executable, __file__, *sys.argv[1:], "--into", place]
        found = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
        print(f"search   {found['cpu']:8.1f} s CPU, {found['wall']:.1f} s wall, {found['peak']:.0f} MB", end="")
        print(f", {found['largest worker']:.0f} MB the largest worker" if given.jobs > 1 else "")
        for name in ("proof.json", "proof.jsonl"):
            path = Path(place) / name
            alone = [sys.executable, "-c", MEASURE, sys.executable, "-I", "-S", str(KERNEL), str(path)]
            status, text, _, cpu, memory = json.loads(subprocess.run(alone, check=True, capture_output=True).stdout)
            size = path.stat().st_size / 1e6
            print(f"{name:12} {size:.1f} MB, written in {found[f'writing {name}']:.1f} s, ", end="")
            print(f"checked in {cpu:.1f} s CPU, {memory:.0f} MB, status {status}")
        print(text.splitlines()[-2].split(": ")[-1] if text.count("\n") > 1 else text)


if __name__ == "__main__":
    main()
