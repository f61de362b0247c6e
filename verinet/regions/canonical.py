"""The canonical complex of a network as one object: all faces, all incidences, the pattern of every cell."""

# mypy: allow-any-generics

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from verinet.geometry.complexes import PolyhedralComplex
from verinet.geometry.incidences import Incidence
from verinet.geometry.polyhedra import Polyhedron
from verinet.geometry.vertices import Vertices
from verinet.networks.network import Network
from verinet.regions import closures
from verinet.regions.blocks import Array, Complex
from verinet.regions.exact_rows import Provenance
from verinet.regions.faces import FACE
from verinet.regions.layers import SplitNetwork, split_network
from verinet.regions.plan import plan
from verinet.regions.space import Leaves

__all__ = ["Canonical", "complex_of"]


@dataclass(frozen=True, eq=False)
class Canonical:
    """The canonical complex of a network on a domain.

    Parameters
    ----------
    complex : PolyhedralComplex
        Its cells are the closures of the full-dimensional activation regions.
    patterns : array of uint64 (cells, words)
        The packed pattern of each cell, as `SplitNetwork.unpack` reads it.
    split : SplitNetwork

    Guarantee: exact (every sign that floats do not prove comes from integers).
    """

    complex: PolyhedralComplex
    patterns: npt.NDArray[np.uint64]
    split: SplitNetwork


def complex_of(network: Network | SplitNetwork, domain: Polyhedron) -> Canonical:
    """The canonical complex of a network with continuous piecewise-affine activations on a bounded polytope.

    Parameters
    ----------
    network : Network or SplitNetwork
    domain : Polyhedron
        Bounded, with interior points; as many coordinates as the network has inputs.

    Raises
    ------
    Unsupported
        For jumping, polynomial or smooth activations.
    ShapeMismatch, NotBounded, EmptyDomain
        For a domain of another size, without bounds, without interior.

    Examples
    --------
    >>> from verinet.geometry.polyhedra import box
    >>> from verinet.networks.build import network, relu, variables
    >>> x, y = variables("x", 2)
    >>> found = complex_of(network((x, y), relu(x - y) + relu(x + y)), box((-1, 1), (-1, 1)))
    >>> found.complex.f_vector, found.patterns.tolist()
    ((5, 8, 4), [[0], [1], [2], [3]])

    Guarantee: exact.
    """
    split = network if isinstance(network, SplitNetwork) else split_network(network)
    (done,) = Leaves(plan(split, domain), chunk=None)
    return Canonical(*_frozen(done), split)


def _frozen(done: Complex) -> tuple[PolyhedralComplex, npt.NDArray[np.uint64]]:
    """The finished complex with its faces sorted by dimension, free of the buffers."""
    d = done.buffers.X.shape[1]
    order = np.lexsort(done.words.T) if done.words.shape[1] else np.arange(len(done.cells))
    cells = done.cells[order]
    F, L = np.empty(done.faces, dtype=FACE), np.empty(done.entries, dtype=np.int32)
    segments, sources = np.zeros(d + 2, dtype=np.int64), np.empty(done.faces, dtype=np.int32)
    scratch = np.empty(done.faces, dtype=np.int32)
    done.mark -= 1
    total, _ = closures.extract(done.buffers.F, done.buffers.L, cells, done.mark, F, L, scratch, segments, sources)
    if total < 0:
        raise ArithmeticError("a complex has more faces than it was counted to have")
    facets = tuple(_incidence(F, L, segments, k) for k in range(1, d + 1))
    rows = done.buffers.F["start"][sources[: segments[1]]]
    provenance = done.provenance
    if provenance is None:
        raise ArithmeticError("a finished complex does not know where its vertices come from")
    earlier: Provenance | None = provenance
    while earlier is not None and earlier.born is not None:
        earlier.born = earlier.born[: max(earlier.count, len(earlier.sources))].copy()
        earlier = earlier.before

    def resolve(asked: Sequence[int]) -> list[tuple[int, ...]]:
        return [provenance.point(int(rows[v])) for v in asked]

    vertices = Vertices.lazily(done.buffers.X[rows], resolve)
    return PolyhedralComplex(vertices, facets), np.ascontiguousarray(done.words[order])


def _incidence(F: Array, L: Array, segments: Array, k: int) -> Incidence:
    faces = F[segments[k] : segments[k + 1]]
    counts = faces["count"].astype(np.int64)
    starts = faces["start"].astype(np.int64)
    offsets = np.concatenate([[0], np.cumsum(counts)])
    places = np.repeat(starts - offsets[:-1], counts) + np.arange(offsets[-1])
    return Incidence(offsets, L[places].astype(np.int64) - int(segments[k - 1]))
