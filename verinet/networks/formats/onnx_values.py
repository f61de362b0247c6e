"""What a tensor name of a graph stands for while it is lowered: a constant, or atoms of the network.

An *atom* is one channel of one vertex.  A `Tensor` says, for each of its elements, which atom it is a
multiple of, and what is added: ``scale * atom + shift``.  So reshaping, transposing, slicing and joining
tensors, and adding or multiplying by constants element by element, move indices and cost no matrices.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from verinet.errors import NotANumber, ShapeMismatch, Unsupported
from verinet.exact.linalg import Matrix
from verinet.exact.rationals import Q, dyadic

Array: TypeAlias = npt.NDArray[Any]
Rearrangement: TypeAlias = Callable[[Array], Array]

#: Most elements of one tensor: a few bytes of a file can ask for any number of them.
LARGEST_TENSOR = 10_000_000
#: The atom number of an element that is a constant: its value is its shift.
NO_ATOM = -1


@dataclass(frozen=True, slots=True, eq=False)
class Constant:
    """A tensor known at reading time.

    Parameters
    ----------
    values : ndarray
        Of a native type (the numbers are exactly what the bits denote), or objects that are Fractions.
    element : str
        Name of the element type in the file: "float32", "int64", "bool", ...
    name : str
        The initialiser it comes from, for error messages.
    """

    values: Array
    element: str
    name: str

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(int(n) for n in self.values.shape)

    def rearranged(self, rearrange: Rearrangement) -> Constant:
        """The elements moved, repeated or left out by an indexing function."""
        # numpy hands out a bare number where one element is left.
        return Constant(np.asarray(rearrange(self.values), self.values.dtype), self.element, self.name)

    def fractions(self) -> Array:
        """The elements as an array of Fractions.

        Raises
        ------
        NotANumber
            When an element is NaN or infinite.
        """
        if self.values.dtype == object:
            return self.values
        exact = np.empty(self.values.shape, dtype=object)
        flat = exact.reshape(-1)
        try:
            for place, value in enumerate(self.values.reshape(-1)):
                flat[place] = dyadic(value) if self.values.dtype.kind == "f" else Q(int(value))
        except NotANumber as error:
            raise self._not_finite() from error
        return flat.reshape(self.values.shape)

    def matrix(self, values: Array) -> Matrix:
        """An exact matrix of elements of this constant, which the caller has arranged in two dimensions."""
        if values.dtype == object:
            return matrix_of_fractions(values)
        try:
            return Matrix.from_floats(values)
        except NotANumber as error:
            raise self._not_finite() from error

    def integers(self, what: str) -> tuple[int, ...]:
        """The elements as integers, in row-major order.

        Raises
        ------
        Unsupported
            When an element is not an integer.
        """
        numbers = list(self.fractions().reshape(-1))
        if any(q.denominator != 1 for q in numbers):
            raise Unsupported(f"{what} needs integers, got {self.name!r}", fix="correct the graph")
        return tuple(int(q) for q in numbers)

    def scalar(self, what: str) -> Fraction:
        """The one element of a constant with one element.

        Raises
        ------
        ShapeMismatch
            When it has another number of elements.
        """
        if self.values.size != 1:
            raise ShapeMismatch(
                f"{what} needs one number, got {self.name!r} of shape {self.shape}", fix="correct the graph"
            )
        number: Fraction = self.fractions().reshape(-1)[0]
        return number

    def _not_finite(self) -> NotANumber:
        return NotANumber(
            f"a weight must be a finite number, but {self.name!r} holds NaN or infinity",
            fix="repair the file: no exact claim can be made about such a network",
        )


@dataclass(frozen=True, slots=True, eq=False)
class Tensor:
    """A tensor whose elements are ``scale * atom + shift``.

    Parameters
    ----------
    atoms : ndarray of int64
        The shape of the tensor; `NO_ATOM` where the element is a constant.
    element : str
        Name of the element type in the file.
    scale, shift : ndarray of Fraction, optional
        The same shape; None stands for 1 and 0 everywhere.
    """

    atoms: npt.NDArray[np.int64]
    element: str
    scale: Array | None = None
    shift: Array | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(int(n) for n in self.atoms.shape)

    @property
    def size(self) -> int:
        return int(self.atoms.size)

    @property
    def plain(self) -> bool:
        """Whether every element is an atom itself."""
        return self.scale is None and self.shift is None

    def rearranged(self, rearrange: Rearrangement) -> Tensor:
        """The elements moved, repeated or left out by an indexing function."""
        return Tensor(
            np.asarray(rearrange(self.atoms), np.int64),
            self.element,
            None if self.scale is None else np.asarray(rearrange(self.scale), object),
            None if self.shift is None else np.asarray(rearrange(self.shift), object),
        )

    def times(self, factors: Array) -> Tensor:
        """Each element times a constant; `factors` are Fractions of a shape that broadcasts to this one."""
        scale = factors if self.scale is None else self.scale * factors
        shift = None if self.shift is None else np.asarray(self.shift * factors, object)
        return Tensor(self.atoms, self.element, np.broadcast_to(scale, self.shape), shift)

    def plus(self, terms: Array) -> Tensor:
        """A constant added to each element; `terms` are Fractions of a shape that broadcasts to this one."""
        shift = terms if self.shift is None else self.shift + terms
        return Tensor(self.atoms, self.element, self.scale, np.broadcast_to(shift, self.shape))

    def __neg__(self) -> Tensor:
        return self.times(filled((), Fraction(-1)))


Value: TypeAlias = Constant | Tensor


def check_size(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape, unless a tensor of it would have more than `LARGEST_TENSOR` elements.

    Raises
    ------
    Unsupported
        When it would.
    """
    if prod(shape) > LARGEST_TENSOR:
        raise Unsupported(
            f"a tensor of shape {shape} has more than {LARGEST_TENSOR} elements", fix="use smaller tensors"
        )
    return shape


def filled(shape: tuple[int, ...], value: Fraction) -> Array:
    """An array of this shape with one Fraction everywhere."""
    array = np.empty(shape, dtype=object)
    array[...] = value
    return array


def exact_constant(values: Array, element: str, name: str) -> Constant:
    """A constant from computed Fractions (a bare Fraction, too: numpy hands out scalars)."""
    array = np.empty(np.shape(values), dtype=object)
    array[...] = values
    return Constant(array, element, name)


def as_tensor(value: Value) -> Tensor:
    """The value as a tensor; a constant becomes elements without atoms."""
    if isinstance(value, Tensor):
        return value
    atoms = np.full(value.shape, NO_ATOM, dtype=np.int64)
    return Tensor(atoms, value.element, None, value.fractions())


def matrix_of_fractions(values: Array) -> Matrix:
    """The exact matrix of a two-dimensional array of Fractions."""
    rows, columns = values.shape
    return Matrix.from_rows([list(row) for row in values], columns=columns) if rows else Matrix.zeros(0, columns)
