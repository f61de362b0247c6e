"""A table: how far networks learned from samples are from the hidden one, every seed of a sweep, none left out.

    python tests/benchmarks/learning.py [--seeds 10] [--neurons 3] [--inputs 20] [--samples 200000] [--noise 0.1]
                                        [--pairs]

Neurons are random unit vectors with coefficients of absolute value 1/2 to 3/2; with `--pairs` the angle between two of
them goes from 0.3 to 0.001 instead, with equal and with opposite signs.  The distances are exact ones under the
Gaussian measure, enclosed, relative to the norm of the hidden network: before refinement, after it, and after it with
noise on the labels.  Times are seconds by the clock and of the processor.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from verinet.theory.narrow_learning.gaussian_distance import gaussian_distance
from verinet.theory.narrow_learning.learning import learn
from verinet.theory.narrow_learning.samples import Samples
from verinet.theory.ridges import Ridge, RidgeSum

Floats = npt.NDArray[np.float64]
ANGLES = (0.3, 0.1, 0.03, 0.01, 0.003, 0.001)


def hidden(seed: int, neurons: int, inputs: int) -> tuple[Floats, Floats]:
    rng = np.random.default_rng([seed, 0])
    rows = rng.normal(size=(neurons, inputs))
    sizes = rng.choice([-1.0, 1.0], size=neurons) * rng.uniform(0.5, 1.5, size=neurons)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True), sizes


def near(seed: int, neurons: int, inputs: int, angle: float, sign: int) -> tuple[Floats, Floats]:
    rows, sizes = hidden(seed, neurons, inputs)
    across = rows[1] - rows[0] * (rows[0] @ rows[1])
    rows[1] = np.cos(angle) * rows[0] + np.sin(angle) * across / np.linalg.norm(across)
    sizes[:2] = 1.0, 1.2 * sign
    return rows, sizes


def function(rows: Floats, sizes: Floats) -> RidgeSum:
    ridges = [Ridge(Fraction(m), tuple(map(Fraction, w))) for m, w in zip(sizes.tolist(), rows.tolist(), strict=True)]
    return RidgeSum((Fraction(0),) * rows.shape[1], ridges=tuple(ridges))


def row(rows: Floats, sizes: Floats, samples: int, noise: float, seed: int) -> Iterator[str]:
    rng = np.random.default_rng([seed, 1])
    x = rng.normal(size=(samples, rows.shape[1]))
    y = np.maximum(x @ rows.T, 0) @ sizes
    truth = function(rows, sizes)
    cases = (
        (Samples(x, y), False),
        (Samples(x, y), True),
        (Samples(x, y + noise * rng.normal(size=samples)), True),
    )
    for data, refine in cases:
        clock, processor = time.perf_counter(), time.process_time()
        found = learn(data, neurons=len(sizes), seed=seed, refine=refine)
        clock, processor = time.perf_counter() - clock, time.process_time() - processor
        exact = float(gaussian_distance(found.function, truth).relative(6).high)
        yield f"{exact:9.1e} {found.error:9.1e} {clock:6.1f} {processor:6.1f}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--neurons", type=int, default=3)
    parser.add_argument("--inputs", type=int, default=20)
    parser.add_argument("--samples", type=int, default=200_000)
    parser.add_argument("--noise", type=float, default=0.1)
    parser.add_argument("--pairs", action="store_true")
    asked = parser.parse_args()
    print(f"{asked.neurons} neurons, {asked.inputs} inputs, {asked.samples} samples; label noise {asked.noise}")
    columns = f"{'exact':>9} {'estimated':>9} {'clock':>6} {'cpu':>6}"
    print(f"{'':14} {'before refinement':^33} | {'after':^33} | {'after, noisy labels':^33}")
    print(f"{'case':14} {columns} | {columns} | {columns}", flush=True)
    if asked.pairs:
        for sign in (1, -1):
            for angle in ANGLES:
                shape = near(0, asked.neurons, asked.inputs, angle, sign)
                print(f"{sign:+d} {angle:<11g}", " | ".join(row(*shape, asked.samples, asked.noise, 0)), flush=True)
        return
    for seed in range(asked.seeds):
        shape = hidden(seed, asked.neurons, asked.inputs)
        print(f"seed {seed:<9}", " | ".join(row(*shape, asked.samples, asked.noise, seed)), flush=True)


if __name__ == "__main__":
    main()
