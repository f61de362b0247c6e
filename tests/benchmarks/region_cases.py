"""The networks of the benchmark of regions: those of a folder, random ones from a seed, and degenerate ones."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from verinet.exact.linalg import Matrix
from verinet.geometry.polyhedra import Polyhedron, box
from verinet.networks.build import layered
from verinet.networks.network import Network

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """A ReLU network in binary64, its box, and what is known about it."""

    name: str
    weights: tuple[Array, ...]
    biases: tuple[Array, ...]
    box: tuple[tuple[float, float], ...]
    true_cells: int | None = None
    degenerate: bool = False
    heavy: bool = False

    @property
    def inputs(self) -> int:
        """Number of inputs."""
        return int(self.weights[0].shape[1])

    def network(self) -> Network:
        """The network, exactly."""
        return layered([Matrix.from_floats(w) for w in self.weights], [Matrix.from_floats(b) for b in self.biases])

    def domain(self) -> Polyhedron:
        """Its box, exactly."""
        return box(*((Fraction(low), Fraction(high)) for low, high in self.box))


def he(name: str, widths: Sequence[int], seed: int = 0, deviation: float | None = None) -> Case:
    """Weights N(0, 2 / inputs of the layer); biases uniform in +-1/sqrt(inputs), or normal with the deviation told."""
    random = np.random.default_rng(seed)
    weights, biases = [], []
    for inputs, units in pairwise(widths):
        weights.append(random.standard_normal((units, inputs)) * np.sqrt(2 / inputs))
        if deviation is None:
            biases.append(random.uniform(-1, 1, units) / np.sqrt(inputs))
        else:
            biases.append(deviation * random.standard_normal(units))
    return Case(name, tuple(weights), tuple(biases), ((-1.0, 1.0),) * widths[0])


def random_case(name: str, heavy: bool = False) -> Case:
    """The random network that a name such as 3-16^8 stands for: inputs, widths, and one output."""
    widths: list[int] = []
    for part in name.split("-"):
        width, _, times = part.partition("^")
        widths += [int(width)] * int(times or 1)
    return replace(he(name, [*widths, 1]), heavy=heavy)


def zero_bias(case: Case) -> Case:
    """The same weights, no biases."""
    zeros = tuple(np.zeros_like(bias) for bias in case.biases)
    return replace(case, name=f"zero bias {case.name}", biases=zeros, degenerate=True)


def integer_weights(case: Case, bits: int) -> Case:
    """Each layer's weights, and its biases, scaled and rounded to integers of so many bits (over a power of two)."""
    largest = 2 ** (bits - 1) - 1

    def rounded(values: Array) -> Array:
        scale = np.abs(values).max() or 1.0
        return np.asarray(np.round(values / scale * largest) / 2 ** (bits - 1))

    weights, biases = tuple(map(rounded, case.weights)), tuple(map(rounded, case.biases))
    return replace(case, name=f"int{bits} {case.name}", weights=weights, biases=biases, degenerate=True)


def sawtooth(inputs: int, depth: int) -> Case:
    """The sum over the inputs of the hat 2 relu(x) - 4 relu(x - 1/2), composed `depth` times, on the unit cube."""
    each = np.eye(inputs)
    first, again = np.kron(each, [[1.0], [1.0]]), np.kron(each, [[2.0, -4.0], [2.0, -4.0]])
    readout = np.kron(np.ones((1, inputs)), [[2.0, -4.0]])
    bias = np.tile([0.0, -0.5], inputs)
    name = f"sawtooth {inputs}-{2 * inputs}^{depth}"
    weights = (first, *[again] * (depth - 1), readout)
    biases = (*[bias] * depth, np.zeros(1))
    return Case(name, weights, biases, ((0.0, 1.0),) * inputs, 2 ** (inputs * depth), degenerate=True)


def folder_cases(folder: Path) -> Iterator[Case]:
    """The networks of a folder: JSON with W, b and box, or NPZ with W0, b0, ...; `truth.json` has numbers of cells."""
    truth_file = folder / "truth.json"
    truth = json.loads(truth_file.read_text(encoding="utf-8")) if truth_file.exists() else {}
    for path in sorted([*folder.glob("*.json"), *folder.glob("*.npz")]):
        if path == truth_file:
            continue
        weights, biases, given = _npz(path) if path.suffix == ".npz" else _json(path)
        pairs = given if isinstance(given[0], list) else [given] * weights[0].shape[1]
        name = path.stem.removesuffix("-1")
        known = truth.get(path.stem, {}).get("cells")
        degenerate = name.startswith(("adv_", "nat_"))
        sides = tuple((float(low), float(high)) for low, high in pairs)
        yield Case(name, weights, biases, sides, known, degenerate, name in HEAVY)


def _json(path: Path) -> tuple[tuple[Array, ...], tuple[Array, ...], list[Any]]:
    document = json.loads(path.read_text(encoding="utf-8"))
    weights = tuple(np.array(w, dtype=np.float64) for w in document["W"])
    biases = tuple(np.array(b, dtype=np.float64) for b in document["b"])
    return weights, biases, document.get("box", [-1, 1])


def _npz(path: Path) -> tuple[tuple[Array, ...], tuple[Array, ...], list[Any]]:
    with np.load(path, allow_pickle=False) as arrays:
        layers = range(len(arrays.files) // 2)
        weights = tuple(arrays[f"W{layer}"].astype(np.float64) for layer in layers)
        biases = tuple(arrays[f"b{layer}"].astype(np.float64) for layer in layers)
    return weights, biases, [-1, 1]


#: One family, from about a thousand cells to two millions: its time a cell should not grow.
GROWTH = ("3-12-12", "3-16-16", "3-32-32", "3-64-64", "3-128-128")
HEAVY = ("3-128-128", "3-16^8", "4-24^3", "4-32-32", "6-12-12")
GENERIC = ("2-64^3", "2-256", "2-128^3", "3-32^4", "4-16-16", "4-32-32", "4-24^3", "5-10-10", "6-12-12", "3-16^8")
SMALL = ("2-8-8", "3-5-5")  # for the peers
LINE = ("1-1024^3", "1-256^6", "1-128^10", "1-64^20")


def space_cases() -> list[Case]:
    """The random networks of two and more inputs."""
    return [random_case(name, name in HEAVY) for name in (*SMALL, *GROWTH, *GENERIC)]


def degenerate_cases() -> list[Case]:
    """Zero biases, four-bit weights, sawtooths."""
    found = [zero_bias(random_case(name)) for name in ("2-64-64", "3-32-32", "3-64-64")]
    found += [integer_weights(random_case(name), 4) for name in ("2-64-64", "2-64^3", "3-32-32", "3-32^3", "4-16-16")]
    return [*found, sawtooth(2, 5), sawtooth(2, 7), sawtooth(3, 4)]


def line_cases() -> list[Case]:
    """The networks of one input, for the whole line; and a sawtooth, for its interval."""
    found = []
    for name in LINE:
        width, times = map(int, name.removeprefix("1-").split("^"))
        found.append(replace(he(name, [1, *[width] * times, 1], deviation=0.5), heavy=width == 1024))
    return [*found, replace(sawtooth(1, 14), box=((-1.0, 1.0),), true_cells=2**14 + 1)]
