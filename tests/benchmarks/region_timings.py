"""CPU seconds of counting cells, of one evaluation in floats, of copying the result, and of the search on the line."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from math import ceil
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from tests.benchmarks.region_cases import Array, Case
from verinet.regions.blocks import Complex
from verinet.regions.counting import count_regions
from verinet.regions.layers import split_network
from verinet.regions.line import line, line_cells
from verinet.regions.line_layers import LineNetwork, line_ends, line_layers
from verinet.regions.plan import Plan, plan
from verinet.regions.space import Leaves

#: Work that takes this long is not run once more for warming up, the first run is a sample.
LONG = 2.0
#: Short work is repeated until a sample takes about this long.
SAMPLE = 0.01
#: More points than this are not evaluated, more bytes not copied: the time of so many is scaled.
MOST_POINTS = 100_000
MOST_BYTES = 2**28
#: With more cells than this only the cells are counted.
MOST_FOR_ALL = 60_000

Work = Callable[[], object]
Clock = Callable[[], float]


@dataclass(frozen=True)
class Prepared:
    """Work on something new each time, whose making is not timed."""

    prepare: Callable[[], Any]
    work: Callable[[Any], object]


@dataclass(frozen=True)
class Measured:
    """One network of two or more inputs: what was found, and median CPU seconds."""

    case: Case
    cells: int
    faces: tuple[int, ...]
    size: int  # bytes of the result
    seconds: float
    search: float
    evaluation: float
    products: float
    copying: float
    all_counts: float | None

    @property
    def per_cell(self) -> float:
        """Microseconds of search a cell."""
        return 1e6 * self.search / self.cells


@dataclass(frozen=True)
class MeasuredLine:
    """One network of one input: breakpoints, median CPU seconds of the search and of the whole call."""

    case: Case
    breakpoints: int
    regions: int
    search: float
    call: float
    evaluation: float


def timed(work: Work | Prepared, times: int = 1, clock: Clock = time.process_time) -> float:
    """Seconds of one of so many runs."""
    works: list[Work] = [work] * times if not isinstance(work, Prepared) else [_made(work) for _ in range(times)]
    start = clock()
    for each in works:
        each()
    return (clock() - start) / times


def _made(work: Prepared) -> Work:
    return partial(work.work, work.prepare())


def medians(works: Sequence[Work | Prepared], repeat: int, clock: Clock = time.process_time) -> list[float]:
    """Median seconds of each work, in turns, so that a busy moment meets them all."""
    samples: list[list[float]] = []
    times = []
    for work in works:
        first = timed(work, clock=clock)
        again = first if first >= LONG else timed(work, clock=clock)
        samples.append([first] if first >= LONG else [])
        times.append(max(1, min(1000, ceil(SAMPLE / max(again, 1e-7)))))
    for turn in range(repeat):
        for work, own, count in zip(works, samples, times, strict=True):
            if len(own) <= turn:
                own.append(timed(work, count, clock))
    return [median(own) for own in samples]


# --- the limits -----------------------------------------------------------------------------------------------------


def evaluation(case: Case, points: Array, relu: bool = True) -> Work:
    """The network in binary64 at some points, in blocks that stay in the cache; without `relu` only the products."""
    widest = max(max(weight.shape) for weight in case.weights)
    block = max(64, min(len(points), 2**17 // widest))
    transposed = [np.ascontiguousarray(weight.T) for weight in case.weights]
    rows = [np.empty((block, weight.shape[1])) for weight in transposed]
    last = len(rows) - 1

    def work() -> None:
        for first in range(0, len(points), block):
            values = points[first : first + block]
            for layer, weight in enumerate(transposed):
                values = np.matmul(values, weight, out=rows[layer][: len(values)])
                if relu:
                    values += case.biases[layer]
                    if layer < last:
                        np.maximum(values, 0.0, out=values)

    return work


def copying(size: int, chunk: int) -> Work:
    """Copy so many bytes, a chunk at a time, from one chunk into memory that was touched before."""
    source, target = np.ones(max(1, min(chunk, size)), dtype=np.uint8), np.ones(size, dtype=np.uint8)

    def work() -> None:
        for first in range(0, size, len(source)):
            part = target[first : first + len(source)]
            np.copyto(part, source[: len(part)])

    return work


# --- two and more inputs --------------------------------------------------------------------------------------------


def measure(case: Case, repeat: int) -> Measured:
    """Count the cells of a network, beside the limits."""
    split, domain = split_network(case.network()), case.domain()
    start = time.process_time()
    found = count_regions(split, domain, what="cells")
    long = time.process_time() - start >= LONG
    chunks: list[int] = []

    def search(start: Plan) -> None:
        chunks[:] = [_size(done) for done in Leaves(start)]

    vertices = found.f_vector[0]
    points = np.random.default_rng(0).uniform(-1.0, 1.0, (min(vertices, MOST_POINTS), case.inputs))
    works: list[Work | Prepared] = [
        Prepared(lambda: plan(split, domain), search),
        lambda: plan(split, domain) if long else count_regions(split, domain, what="cells"),
        evaluation(case, points),
        evaluation(case, points, relu=False),
    ]
    if found.cells <= MOST_FOR_ALL:
        works.append(lambda: count_regions(split, domain))
    searched, called, evaluated, products, *rest = medians(works, repeat)
    size, more = sum(chunks), vertices / len(points)
    copied = min(size, MOST_BYTES)
    (copying_in,) = medians([copying(copied, size // len(chunks))], repeat)
    return Measured(
        case,
        found.cells,
        found.f_vector,
        size,
        called + searched if long else called,
        searched,
        evaluated * more,
        products * more,
        copying_in * (size / copied),
        rest[0] if rest else None,
    )


def _size(done: Complex) -> int:
    """Bytes of a chunk's records and lists of faces, vertices and patterns."""
    records = done.faces * done.buffers.F.itemsize + done.entries * done.buffers.L.itemsize
    return int(records + done.rows * done.buffers.X.shape[1] * done.buffers.X.itemsize + done.words.nbytes)


def faces_of(case: Case) -> int:
    """The number of faces of all dimensions."""
    return sum(count_regions(case.network(), case.domain(), what="cells").f_vector)


def warm_up(cases: Sequence[Case]) -> float:
    """Wall-clock seconds of a first search in each case: what compilation takes, unless it is on disk already."""
    start = time.perf_counter()
    for case in cases:
        if case.inputs == 1:
            line(case.network())
        else:
            count_regions(case.network(), case.domain())
    return time.perf_counter() - start


def in_processes(case: Case, jobs: int, repeat: int) -> tuple[float, float]:
    """Wall-clock seconds with one process and with several."""
    split, domain = split_network(case.network()), case.domain()
    works: list[Work | Prepared] = [
        lambda: count_regions(split, domain, what="cells"),
        lambda: count_regions(split, domain, what="cells", jobs=jobs),
    ]
    one, several = medians(works, repeat, time.perf_counter)
    return one, several


# --- one input ------------------------------------------------------------------------------------------------------


def measure_line(case: Case, repeat: int, whole: bool = True) -> MeasuredLine:
    """Find all breakpoints on the line, or on the case's interval, beside one evaluation at all of them."""
    network = case.network()
    domain = None if whole else case.domain()
    ends = line_ends(domain)
    found = line(network, domain)
    points = found.activation_enclosures.mean(axis=1)[:, None]

    def read() -> LineNetwork:
        """New layers, so that nothing is remembered from the search before."""
        layers = line_layers(network, *ends)
        for layer in layers.layers:
            _ = layer.float_weight, layer.float_bias
        return layers

    works: list[Work | Prepared] = [
        Prepared(read, lambda layers: line_cells(layers, *ends)),
        lambda: line(network, domain),
        evaluation(case, np.ascontiguousarray(points)),
    ]
    seconds = medians(works, repeat)
    return MeasuredLine(case, found.activation_regions - 1, found.linear_regions, *seconds)


# --- the machine ----------------------------------------------------------------------------------------------------


def machine(cores: int) -> str:
    """Processor, system and versions, in one sentence."""
    names = [line for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    processor = names[0].partition(":")[2].strip() if names else platform.processor() or platform.machine()
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    packages = ", ".join(f"{name} {version(name)}" for name in ("verinet", "numpy", "numba", "python-flint"))
    return (
        f"{processor}, {cores} cores, {platform.system()} {platform.machine()}; Python {platform.python_version()}, "
        f"{packages}; {blas['name']} {blas['version']}"
    )


def _lines(path: str) -> list[str]:
    place = Path(path)
    return place.read_text(encoding="utf-8").splitlines() if place.exists() else []
