"""Putting a network together from tensors of atoms: the vertices appear only where they are needed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from math import lcm, prod

import numpy as np

from verinet.errors import Unsupported
from verinet.exact.linalg import Matrix
from verinet.networks.activations import RELU, Activation
from verinet.networks.formats.onnx_values import NO_ATOM, Tensor, check_size
from verinet.networks.network import Activate, Affine, Input, Network, Vertex

#: Most matrix entries one network may take in memory, zeros included (a convolution is a dense matrix here).
LARGEST_ENTRIES = 50_000_000


@dataclass(frozen=True, slots=True)
class Rows:
    """Affine expressions, one a row: ``weight @ (channels of the sources) + bias``."""

    sources: tuple[int, ...]
    weight: Matrix
    bias: Matrix


class Assembly:
    """A network in the making.

    Vertices are only ever appended; an affine map that later ones have absorbed is left out at the end.
    """

    def __init__(self) -> None:
        self._vertices: list[Vertex] = []
        self._first: list[int] = []  # the first atom of each vertex
        self._atoms = 0
        self._entries = 0
        #: Whether an irrational factor was rounded, as the caller had asked for.
        self.rounded = False

    # --- vertices -----------------------------------------------------------------------------------

    def add_input(self, name: str, shape: tuple[int, ...], element: str) -> Tensor:
        """A new input; its channels are the elements of the tensor in row-major order."""
        size = prod(check_size(shape))
        return self._tensor(self._append(Vertex(Input(size, name), (), name), size), shape, element)

    def reserve(self, rows: int, columns: int) -> None:
        """Refuse a matrix that would take the network above `LARGEST_ENTRIES`, before it is built."""
        wanted = self._entries + rows * columns
        if wanted > LARGEST_ENTRIES:
            raise Unsupported(
                f"the network needs matrices of {wanted} entries, over the limit of {LARGEST_ENTRIES}",
                fix="cut the network into smaller ones, or give it smaller inputs",
            )

    def contract(self, tensor: Tensor, weight: Callable[[], Matrix], shape: tuple[int, ...], name: str) -> Tensor:
        """The linear image of a tensor: one row of the weight an output element, one column an element.

        The weight is made by a call, after its size has been checked.
        """
        rows = prod(check_size(shape))
        atoms = tensor.atoms.reshape(-1)
        kept = atoms[atoms != NO_ATOM]
        if np.unique(kept).size != kept.size or not kept.size:
            # Repeated atoms: give every element a channel of its own first.
            tensor = self._tensor(self.settle(tensor, name), tensor.shape, tensor.element)
            atoms = tensor.atoms.reshape(-1)
        self.reserve(rows, atoms.size)
        matrix = weight()
        bias = Matrix.zeros(rows, 1)
        if tensor.shift is not None:
            bias = matrix @ Matrix.column(tensor.shift.reshape(-1))
        if tensor.scale is not None:
            matrix = _scaled_rows(matrix.T, list(tensor.scale.reshape(-1))).T
        sources = tuple(sorted({self._vertex_of(atom) for atom in atoms.tolist() if atom != NO_ATOM}))
        expected = [atom for source in sources for atom in self._atoms_of(source)]
        place = {int(atom): column for column, atom in enumerate(atoms)}
        columns = [place.get(atom, atoms.size) for atom in expected]
        if columns != list(range(atoms.size)):
            self.reserve(rows, len(columns))
            if max(columns) == atoms.size:  # a source channel that the tensor leaves out
                matrix = matrix.hstack(Matrix.zeros(rows, 1))
            matrix = matrix.take_columns(columns)
        return self._tensor(self._append(Vertex(Affine(matrix, bias), sources, name), rows), shape, tensor.element)

    def total(self, terms: Sequence[Tensor], name: str) -> Tensor:
        """The sum of tensors of one shape, element by element."""
        moving = [term for term in terms if (term.atoms != NO_ATOM).any()]
        fixed = [term for term in terms if not (term.atoms != NO_ATOM).any()]
        if not moving:
            moving, fixed = fixed[:1], fixed[1:]
        result = moving[0]
        if len(moving) > 1:
            rows = self._sum([self._rows(term) for term in moving])
            index = self._append(Vertex(Affine(rows.weight, rows.bias), rows.sources, name), rows.weight.rows)
            result = self._tensor(index, result.shape, result.element)
        for term in fixed:
            if term.shift is not None:
                result = result.plus(term.shift)
        return result

    def activate(self, tensor: Tensor, activations: Sequence[Activation], name: str) -> Tensor:
        """Activations applied element by element, in row-major order."""
        direct = self._activate_vertices(tensor, activations, name)
        if direct is not None:
            return direct
        if tensor.plain and len(set(activations)) == 1:
            # The function is the same everywhere, so each atom needs it once.
            atoms, back = np.unique(tensor.atoms, return_inverse=True)
            source = self.settle(Tensor(atoms, tensor.element), name)
            index = self._append(Vertex(Activate((activations[0],) * atoms.size), (source,), name), atoms.size)
            return Tensor(self._first[index] + back.reshape(tensor.shape), tensor.element)
        source = self.settle(tensor, name)
        index = self._append(Vertex(Activate(tuple(activations)), (source,), name), tensor.size)
        return self._tensor(index, tensor.shape, tensor.element)

    def maximum(self, left: Tensor, right: Tensor, name: str) -> Tensor:
        """``max(left, right) = left + relu(right - left)``, element by element, for tensors of one shape."""
        difference = self.total([right, -left], name)
        return self.total([left, self.activate(difference, (RELU,) * difference.size, name)], name)

    def settle(self, tensor: Tensor, name: str) -> int:
        """A vertex whose channels are exactly the elements of the tensor, in row-major order."""
        atoms = tensor.atoms.reshape(-1)
        if tensor.plain and atoms.size and atoms[0] != NO_ATOM:
            vertex = self._vertex_of(atoms[0])
            if np.array_equal(atoms, np.asarray(self._atoms_of(vertex))):
                return vertex
        rows = self._rows(tensor)
        return self._append(Vertex(Affine(rows.weight, rows.bias), rows.sources, name), rows.weight.rows)

    # --- the finished network -----------------------------------------------------------------------

    def network(self, readouts: Mapping[str, Tensor]) -> Network:
        """The network with these readouts, without the vertices that none of them reads; inputs all stay."""
        ends = {name: self.settle(tensor, name) for name, tensor in readouts.items()}
        used = set(ends.values())
        for index in reversed(range(len(self._vertices))):
            if index in used:
                used.update(self._vertices[index].sources)
        kept = [i for i, v in enumerate(self._vertices) if i in used or isinstance(v.operation, Input)]
        number = {old: new for new, old in enumerate(kept)}
        vertices = tuple(
            Vertex(v.operation, tuple(number[source] for source in v.sources), v.name)
            for v in (self._vertices[i] for i in kept)
        )
        return Network(vertices, tuple((name, number[index]) for name, index in ends.items()))

    # --- within -------------------------------------------------------------------------------------

    def _append(self, vertex: Vertex, size: int) -> int:
        self._vertices.append(vertex)
        if isinstance(vertex.operation, Affine):
            self._entries += vertex.operation.weight.rows * vertex.operation.weight.columns
        self._first.append(self._atoms)
        self._atoms += size
        return len(self._vertices) - 1

    def _tensor(self, vertex: int, shape: tuple[int, ...], element: str) -> Tensor:
        atoms = np.asarray(self._atoms_of(vertex), dtype=np.int64)
        return Tensor(atoms.reshape(shape), element)

    def _atoms_of(self, vertex: int) -> range:
        end = self._first[vertex + 1] if vertex + 1 < len(self._first) else self._atoms
        return range(self._first[vertex], end)

    def _vertex_of(self, atom: int) -> int:
        return int(np.searchsorted(self._first, atom, side="right")) - 1

    def _rows(self, tensor: Tensor) -> Rows:
        """The elements as affine expressions; affine vertices are written out in terms of their sources."""
        places: dict[int, list[int]] = defaultdict(list)
        atoms = [int(atom) for atom in tensor.atoms.reshape(-1)]
        for place, atom in enumerate(atoms):
            places[self._vertex_of(atom) if atom != NO_ATOM else NO_ATOM].append(place)
        parts = []
        for vertex, group in places.items():
            channels = [atoms[place] - self._first[vertex] for place in group] if vertex != NO_ATOM else []
            parts.append(self._rows_of_vertex(vertex, channels) if channels else _no_rows(len(group)))
        sources = tuple(sorted({source for part in parts for source in part.sources})) or (0,)
        spread = [self._spread(part, sources) for part in parts]
        weight, bias = _stacked(spread), _stacked([part.bias for part in parts])
        order = [place for group in places.values() for place in group]
        if order != sorted(order):
            back = sorted(range(len(order)), key=order.__getitem__)
            weight, bias = weight.take_rows(back), bias.take_rows(back)
        if tensor.scale is not None:
            factors = list(tensor.scale.reshape(-1))
            weight, bias = _scaled_rows(weight, factors), _scaled_rows(bias, factors)
        if tensor.shift is not None:
            bias = bias + Matrix.column(tensor.shift.reshape(-1))
        return Rows(sources, weight, bias)

    def _rows_of_vertex(self, vertex: int, channels: list[int]) -> Rows:
        operation = self._vertices[vertex].operation
        if isinstance(operation, Affine):
            self.reserve(len(channels), operation.weight.columns)
            if channels == list(range(operation.weight.rows)):
                return Rows(self._vertices[vertex].sources, operation.weight, operation.bias)
            return Rows(
                self._vertices[vertex].sources,
                operation.weight.take_rows(channels),
                operation.bias.take_rows(channels),
            )
        size = len(self._atoms_of(vertex))
        self.reserve(len(channels), size)
        units = np.zeros((len(channels), size), dtype=np.int8)
        units[np.arange(len(channels)), channels] = 1
        return Rows((vertex,), Matrix.from_floats(units), Matrix.zeros(len(channels), 1))

    def _sum(self, parts: list[Rows]) -> Rows:
        """The sum of affine expressions, row by row."""
        together: dict[tuple[int, ...], Matrix] = {}
        bias = parts[0].bias
        for part in parts:
            known = together.get(part.sources)
            together[part.sources] = part.weight if known is None else known + part.weight
        for part in parts[1:]:
            bias = bias + part.bias
        blocks = list(together.values())
        sources = [source for group in together for source in group]
        if len(set(sources)) == len(sources):  # the terms read different vertices: side by side
            self.reserve(bias.rows, sum(block.columns for block in blocks))
            weight = blocks[0].hstack(*blocks[1:]) if len(blocks) > 1 else blocks[0]
            return Rows(tuple(sources), weight, bias)
        union = tuple(sorted(set(sources)))
        spread = [self._spread(Rows(group, block, bias), union) for group, block in together.items()]
        return Rows(union, reduce(Matrix.__add__, spread), bias)

    def _spread(self, part: Rows, sources: tuple[int, ...]) -> Matrix:
        """The weight of some rows over the channels of more sources than they read."""
        if part.sources == sources:
            return part.weight
        rows, before = part.weight.rows, 0
        start: dict[int, int] = {}
        for source in part.sources:
            start[source] = before
            before += len(self._atoms_of(source))
        columns: list[int] = []
        for source in sources:
            count = len(self._atoms_of(source))
            first = start.get(source)
            columns += [before] * count if first is None else range(first, first + count)
        self.reserve(rows, len(columns))
        return part.weight.hstack(Matrix.zeros(rows, 1)).take_columns(columns)

    def _activate_vertices(self, tensor: Tensor, activations: Sequence[Activation], name: str) -> Tensor | None:
        """Whole vertices activated where they stand, when the tensor is all of some vertices, rearranged."""
        atoms = tensor.atoms.reshape(-1)
        if not tensor.plain or (atoms == NO_ATOM).any():
            return None
        wanted: dict[int, Activation] = {}
        for atom, activation in zip(atoms.tolist(), activations, strict=True):
            if wanted.setdefault(atom, activation) != activation:
                return None
        vertices = sorted({self._vertex_of(atom) for atom in wanted})
        if sum(len(self._atoms_of(vertex)) for vertex in vertices) != len(wanted):
            return None
        moved: dict[int, int] = {}
        for vertex in vertices:
            channels = self._atoms_of(vertex)
            operation = Activate(tuple(wanted[atom] for atom in channels))
            index = self._append(Vertex(operation, (vertex,), name), len(channels))
            moved.update(zip(channels, self._atoms_of(index), strict=True))
        image = np.array([moved[atom] for atom in atoms.tolist()], dtype=np.int64)
        return Tensor(image.reshape(tensor.shape), tensor.element)


def _no_rows(count: int) -> Rows:
    return Rows((), Matrix.zeros(count, 0), Matrix.zeros(count, 1))


def _stacked(blocks: list[Matrix]) -> Matrix:
    if not blocks:
        return Matrix.zeros(0, 1)
    return blocks[0].vstack(*blocks[1:]) if len(blocks) > 1 else blocks[0]


def _scaled_rows(matrix: Matrix, factors: list[Fraction]) -> Matrix:
    """Row i times factor i."""
    if len(set(factors)) <= 1:
        return matrix.scale(factors[0]) if factors else matrix
    common = lcm(*(factor.denominator for factor in factors))
    scaled = []
    for row, factor in zip(matrix.numerators(), factors, strict=True):
        multiple = factor.numerator * (common // factor.denominator)
        scaled.append([entry * multiple for entry in row])
    return Matrix.from_integers(scaled, common * matrix.denominator, matrix.columns)
