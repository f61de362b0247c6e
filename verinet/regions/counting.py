"""How many cells, linear regions and distinct affine maps a network has: three counts, exactly, at float speed."""

# mypy: allow-any-generics

from __future__ import annotations

import multiprocessing
import pickle
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from verinet.errors import BudgetExhausted, ShapeMismatch
from verinet.exact.printing import spelled_fields
from verinet.geometry.incidences import component_labels
from verinet.geometry.polyhedra import Polyhedron
from verinet.networks.network import Network
from verinet.regions.blocks import Array, Complex
from verinet.regions.closures import count_owned
from verinet.regions.cuts import facets_of
from verinet.regions.layers import SplitNetwork, split_network
from verinet.regions.maps import MapRegistry
from verinet.regions.plan import plan
from verinet.regions.space import CHUNK, Leaves, Share
from verinet.work import SILENT, Budget, Progress, under

__all__ = ["RegionCounts", "count_regions"]

What = Literal["all", "cells"]


@dataclass(frozen=True, slots=True)
class RegionCounts:
    """The three counts and the f-vector of a canonical complex.

    Parameters
    ----------
    cells : int
        Full-dimensional activation cells.
    linear_regions, affine_maps : int or None
        Groups of cells with one affine map joined across facets; distinct affine maps.  None: not asked for.
    f_vector : tuple of int
        Faces of dimension 0, 1, ..., d.
    unfinished : str
        Empty, or why the enumeration stopped; then the cells are a lower bound and the rest is None.

    Guarantee: exact.
    """

    cells: int
    linear_regions: int | None
    affine_maps: int | None
    f_vector: tuple[int, ...]
    unfinished: str = ""

    __repr__ = spelled_fields


@dataclass(slots=True)
class _Tally:
    """What one process has seen: counts, pairs of adjacent cells with one map, facets that another chunk must find."""

    dimension: int
    cells: int = 0
    faces: Array = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    pairs: list[Array] = field(default_factory=list)
    names: list[Array] = field(default_factory=list)
    holders: list[Array] = field(default_factory=list)
    maps: list[Array] = field(default_factory=list)
    representatives: Array | None = None
    unfinished: str = ""


def count_regions(
    network: Network | SplitNetwork,
    domain: Polyhedron,
    *,
    what: What = "all",
    jobs: int = 1,
    budget: Budget | None = None,
    progress: Progress = SILENT,
    chunk: int = CHUNK,
) -> RegionCounts:
    """Count the cells, linear regions and affine maps of a network on a bounded polytope.

    The complex is never held as a whole, so millions of cells fit into little memory.

    Parameters
    ----------
    network : Network or SplitNetwork
        With continuous piecewise-affine activations.
    domain : Polyhedron
        Bounded, with interior points.
    what : {"all", "cells"}
        "cells" leaves the other two counts out, which is faster.
    jobs : int
        Processes.
    budget : Budget, optional
        Seconds and cells; when they run out the counts say so in `unfinished`.
    progress : Progress
    chunk : int
        A complex of more faces than this is finished in chunks.

    Raises
    ------
    Unsupported
        For jumping, polynomial or smooth activations.
    ShapeMismatch, NotBounded, EmptyDomain
        For a domain of another size, without bounds, without interior.

    Examples
    --------
    >>> from verinet.geometry.polyhedra import interval
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> count_regions(network(x, relu(x) - relu(-x)), interval(-1, 1))
    RegionCounts(cells=2, linear_regions=1, affine_maps=1, f_vector=(3, 2), unfinished='')

    Guarantee: exact.
    """
    split = network if isinstance(network, SplitNetwork) else split_network(network)
    if jobs < 1:
        raise ShapeMismatch(f"jobs counts processes, got {jobs}", fix="give 1 or more")
    if jobs == 1:
        tallies = [_tally(split, domain, what, Share(), chunk, budget, progress)]
    else:
        tallies = list(_in_processes(split, domain, what, jobs, chunk, budget, progress))
    return _sum(split, tallies, what)


def _tally(
    split: SplitNetwork,
    domain: Polyhedron,
    what: What,
    share: Share,
    chunk: int,
    budget: Budget | None,
    progress: Progress,
) -> _Tally:
    """Everything one process finds in its share."""
    limit = budget or Budget()
    tally = _Tally(domain.dimension, faces=np.zeros(domain.dimension + 1, dtype=np.int64))
    registry = MapRegistry(split) if what == "all" else None
    try:
        with under(limit):
            for done in Leaves(plan(split, domain), chunk, share):
                _add(tally, done, registry)
                limit.spend(len(done.cells))
                progress.update(tally.cells, 0, "cells")
                if limit.exhausted():
                    raise BudgetExhausted(limit.reason(), fix="give a larger budget")
    except BudgetExhausted as error:
        tally.unfinished = error.problem
    if registry is not None:
        tally.representatives = registry.representatives.copy()
    return tally


def _add(tally: _Tally, done: Complex, registry: MapRegistry | None) -> None:
    # without layers, what the domain has cut away is still there
    inside = done.block is not None and done.block.outside
    count_owned(done.buffers.F, done.faces, inside, tally.faces)
    first = tally.cells
    tally.cells += len(done.cells)
    if registry is None:
        return
    numbers = registry.add(done.words)
    tally.maps.append(numbers)
    facets = facets_of(done)
    low, high = facets.sides[:, 0], facets.sides[:, 1]
    inner = high >= 0
    low_inner, high_inner = low[inner], high[inner]
    same = numbers[low_inner] == numbers[high_inner]
    tally.pairs.append(np.stack([low_inner[same], high_inner[same]], axis=1).astype(np.int64) + first)
    cut = ~inner & (facets.names[:, 0] != 0)
    tally.names.append(facets.names[cut])
    tally.holders.append(low[cut].astype(np.int64) + first)


def _sum(split: SplitNetwork, tallies: list[_Tally], what: What) -> RegionCounts:
    """The counts of all shares together; facets between them are joined."""
    cells = sum(tally.cells for tally in tallies)
    f_vector = tuple(int(entry) for entry in np.sum([tally.faces for tally in tallies], axis=0))
    unfinished = "; ".join(dict.fromkeys(tally.unfinished for tally in tallies if tally.unfinished))
    if unfinished or what == "cells":
        return RegionCounts(cells, None, None, f_vector, unfinished)
    maps, affine_maps = _joined_maps(split, tallies)
    firsts = np.cumsum([0, *(tally.cells for tally in tallies)])
    pairs = [part + first for tally, first in zip(tallies, firsts, strict=False) for part in tally.pairs]
    names = [part for tally in tallies for part in tally.names]
    holders = [part + first for tally, first in zip(tallies, firsts, strict=False) for part in tally.holders]
    across = _matched(np.concatenate(names), np.concatenate(holders)) if names else np.zeros((0, 2), dtype=np.int64)
    across = across[maps[across[:, 0]] == maps[across[:, 1]]]
    joined = np.concatenate([*pairs, across])
    labels = component_labels(cells, joined[:, 0], joined[:, 1])
    return RegionCounts(cells, int(labels.max()) + 1, affine_maps, f_vector)


def _joined_maps(split: SplitNetwork, tallies: list[_Tally]) -> tuple[Array, int]:
    """The number of each cell's map among all shares, and how many maps there are."""
    if len(tallies) == 1:
        (only,) = tallies
        return np.concatenate(only.maps), 0 if only.representatives is None else len(only.representatives)
    registry = MapRegistry(split)
    maps = []
    for tally in tallies:
        if tally.representatives is None or not tally.maps:
            continue
        numbers = registry.add(tally.representatives)
        maps.append(numbers[np.concatenate(tally.maps)])
    return np.concatenate(maps), registry.count


def _matched(names: Array, holders: Array) -> Array:
    """The pairs of cells that hold facets of one name."""
    order = np.lexsort(names.T)
    names, holders = names[order], holders[order]
    equal = np.all(names[1:] == names[:-1], axis=1)
    if 2 * int(equal.sum()) != len(names):
        raise ArithmeticError("a facet between two chunks was not found in exactly two of them")
    return np.stack([holders[:-1][equal], holders[1:][equal]], axis=1)


def _in_processes(
    split: SplitNetwork,
    domain: Polyhedron,
    what: What,
    jobs: int,
    chunk: int,
    budget: Budget | None,
    progress: Progress,
) -> Iterator[_Tally]:
    """The tallies of `jobs` processes, in the order of their shares."""
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("fork" if "fork" in methods else "spawn")
    task = pickle.dumps((split, domain, what, chunk, budget))
    found: dict[int, _Tally] = {}
    with ProcessPoolExecutor(jobs, mp_context=context) as pool:
        waiting = {pool.submit(_work, task, index, jobs): index for index in range(jobs)}
        try:
            for future in as_completed(waiting):
                found[waiting[future]] = future.result()
                progress.update(sum(tally.cells for tally in found.values()), jobs - len(found), "cells")
        except BaseException:
            for process in pool._processes.values():
                process.terminate()
            raise
    yield from (found[index] for index in range(jobs))


def _work(task: bytes, index: int, jobs: int) -> _Tally:
    split, domain, what, chunk, budget = pickle.loads(task)  # bytes that this program wrote itself
    return _tally(split, domain, what, Share(index, jobs), chunk, budget, SILENT)
