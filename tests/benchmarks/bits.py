"""The cost of a claim grows with the boxes and cells that are met, not with the bits of the weights.

    python tests/benchmarks/bits.py

One network is written with 3, 8, 23 and 52 fractional bits: the weights of 3 bits, and far smaller digits below them
that change no verdict.  Counts of leaves are then nearly the same, so the time a leaf takes shows what bits cost; z3
gets the same claim as SMT-LIB 2 text, with a limit.  CPU seconds on one thread, certificates checked by the kernel.
"""

from __future__ import annotations

import argparse
import itertools
import json
import time
from fractions import Fraction
from typing import Any

import numpy as np

from verinet import kernel
from verinet.claims import Always, always, outputs
from verinet.exact.solver import Unsat, solve
from verinet.geometry import box
from verinet.networks import Network, activation, layered
from verinet.provers.branching import relax
from verinet.provers.decide import read
from verinet.provers.smt import violation
from verinet.provers.trails import Steps
from verinet.provers.tree import search
from verinet.work import Budget

BITS = (3, 8, 23, 52)


def with_bits(sizes: tuple[int, ...], bits: int, seed: int) -> Network:
    """He weights rounded to 3 bits, plus odd digits at the last of `bits` places."""
    generator = np.random.default_rng(seed)
    digits = np.random.default_rng(seed + 1)

    def entry(value: float) -> Fraction:
        last = int(digits.integers(0, 2)) if bits > 3 else 0
        return Fraction(round(value * 8), 8) + Fraction(last, 1 << bits)

    weights: list[Any] = []
    biases: list[Any] = []
    for before, after in itertools.pairwise(sizes):
        rows = generator.normal(size=(after, before)) * (2 / before) ** 0.5
        weights.append([[entry(value) for value in row] for row in rows.tolist()])
        biases.append([entry(value) for value in generator.uniform(-0.5, 0.5, after).tolist()])
    return layered(weights, biases, activation("relu"))


def claim_of(net: Network, seed: int) -> Always:
    """The output stays a little above the largest of many samples, rounded to quarters."""
    size = net.input_size
    points = np.random.default_rng(seed).uniform(-1, 1, (2000, size))
    top = max(float(net(*map(Fraction, point))[0]) for point in points[:300].tolist())
    return always(net, outputs(net)[0] <= Fraction(round(4 * top) + 1, 4), box(*[[-1, 1]] * size))


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="2,12,12,1", help="inputs, layers, output")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--budget", type=float, default=60.0, help="seconds an answer")
    options = parser.parse_args()
    sizes = tuple(int(size) for size in options.sizes.split(","))
    for bits in BITS:
        claim = claim_of(with_bits(sizes, bits, options.seed), options.seed)
        statement = read(claim.statement())
        parts = [f"{bits:2} bits"]
        for name, prover in (("bounds", relax), ("cells", search)):
            start = time.process_time()
            found = prover(statement, Budget(options.budget))
            spent = time.process_time() - start
            parts.append(f"{name} {type(found).__name__}, {found.leaves if isinstance(found, Steps) else 0} leaves")
            parts.append(f"{spent:.2f} s")
            if isinstance(found, Steps):
                evidence = {"steps": list(found.steps)}
                data = {
                    "format": kernel.FORMAT,
                    "assumptions": [],
                    "statement": claim.statement(),
                    "evidence": evidence,
                }
                start = time.process_time()
                kernel.check(json.dumps(data))
                parts.append(f"checked in {time.process_time() - start:.2f} s")
        start = time.process_time()
        told = solve(*violation(claim), options.budget)
        parts.append(f"z3 {'unsat' if isinstance(told, Unsat) else 'unknown'} in {time.process_time() - start:.2f} s")
        print("  ".join(parts), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
