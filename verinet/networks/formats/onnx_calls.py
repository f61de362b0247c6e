"""One operator applied to values: what a lowering function is given, and how it refuses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NoReturn

import numpy as np

from verinet.errors import BadFormat, ShapeMismatch, Unsupported
from verinet.exact.rationals import dyadic
from verinet.networks.formats.assembly import Assembly
from verinet.networks.formats.onnx_graph import Attribute, Operation
from verinet.networks.formats.onnx_values import Array, Constant, Tensor, Value
from verinet.networks.formats.reading import ReadOptions


@dataclass(frozen=True, slots=True)
class Call:
    """An operation with its inputs in hand.

    Parameters
    ----------
    operation : Operation
    inputs : tuple of Constant, Tensor or None
        None for an input left out.
    assembly : Assembly
    opset : int
    options : ReadOptions
    """

    operation: Operation
    inputs: tuple[Value | None, ...]
    assembly: Assembly
    opset: int
    options: ReadOptions = field(default_factory=ReadOptions)

    @property
    def name(self) -> str:
        """Name of the first output, which new vertices take."""
        return self.operation.outputs[0]

    # --- inputs -------------------------------------------------------------------------------------

    def optional(self, position: int) -> Value | None:
        """The input at this position, or None."""
        return self.inputs[position] if position < len(self.inputs) else None

    def value(self, position: int) -> Value:
        """The input at this position."""
        value = self.optional(position)
        if value is None:
            raise BadFormat(
                f"{self.operation.operator} needs an input number {position + 1}",
                fix="repair the file",
                where=self.operation.where,
            )
        return value

    def values(self) -> list[Value]:
        """All inputs; none may be missing."""
        return [self.value(position) for position in range(len(self.inputs))]

    def optional_constant(self, position: int) -> Constant | None:
        """The constant at this position, or None; refused when it depends on the inputs of the network."""
        value = self.optional(position)
        if isinstance(value, Tensor):
            self.refuse(
                f"needs a constant as input number {position + 1}, got a tensor that depends on the inputs",
                fix="export the network with constant weights and shapes",
            )
        return value

    def constant(self, position: int) -> Constant:
        """The constant at this position."""
        self.value(position)
        constant = self.optional_constant(position)
        if constant is None:  # `value` has refused a missing input
            self.refuse("needs a constant", fix="repair the file")
        return constant

    # --- attributes ---------------------------------------------------------------------------------

    def attribute(self, name: str) -> Attribute | None:
        """The attribute, or None when it is left out."""
        return self.operation.attributes.get(name)

    def integer(self, name: str, default: int) -> int:
        """An integer attribute."""
        value = self.attribute(name)
        if value is None:
            return default
        if not isinstance(value, int):
            self.mistyped(name, "an integer")
        return value

    def integers(self, name: str) -> tuple[int, ...] | None:
        """An attribute that is a list of integers, or None."""
        value = self.attribute(name)
        if value is None:
            return None
        if not isinstance(value, tuple) or not all(isinstance(entry, int) for entry in value):
            self.mistyped(name, "a list of integers")
        return tuple(int(entry) for entry in value)

    def number(self, name: str, default: float | None) -> Fraction | None:
        """A float attribute: exactly the binary32 number in the file, or the one nearest to the default."""
        value = self.attribute(name)
        if value is None:
            return None if default is None else dyadic(np.float32(default))
        if not isinstance(value, float):
            self.mistyped(name, "a float")
        return dyadic(value)

    def exact_number(self, name: str, default: float) -> Fraction:
        """A float attribute with a default."""
        number = self.number(name, default)
        return Fraction(0) if number is None else number

    def text(self, name: str, default: str) -> str:
        """A text attribute."""
        value = self.attribute(name)
        if value is None:
            return default
        if not isinstance(value, str):
            self.mistyped(name, "text")
        return value

    # --- refusals -----------------------------------------------------------------------------------

    def refuse(self, problem: str, *, fix: str) -> NoReturn:
        """Raise Unsupported, naming the operator and the place."""
        raise Unsupported(f"{self.operation.operator} {problem}", fix=fix, where=self.operation.where)

    def mismatch(self, problem: str) -> NoReturn:
        """Raise ShapeMismatch, naming the operator and the place."""
        raise ShapeMismatch(
            f"{self.operation.operator} {problem}",
            fix="repair the graph or its shapes",
            where=self.operation.where,
        )

    def mistyped(self, name: str, wanted: str) -> NoReturn:
        """Raise BadFormat for an attribute of the wrong type."""
        raise BadFormat(
            f"the attribute {name} of {self.operation.operator} must be {wanted}",
            fix="repair the file",
            where=self.operation.where,
        )

    def axis(self, axis: int, rank: int, *, end: bool = False) -> int:
        """A possibly negative axis as one of 0, ..., rank - 1 (or rank, where an end is meant)."""
        if not -rank <= axis < rank + end:
            self.mismatch(f"needs an axis from {-rank} to {rank - 1 + end}, got {axis}")
        return axis + rank if axis < 0 else axis

    def shaped(self, compute: Callable[[], Array]) -> Array:
        """An array computation whose failures are mistakes of shape."""
        try:
            return compute()
        except (ValueError, IndexError) as error:
            self.mismatch(f"got shapes that do not fit: {error}")


Lowering = Callable[[Call], "tuple[Value, ...]"]


@dataclass(frozen=True, slots=True)
class Operator:
    """A row of the operator table.

    Parameters
    ----------
    lower : callable
        From a call to its outputs.
    attributes : frozenset of str
        The attributes it understands; any other is refused, for it might change the meaning.
    fewest, most : int
        Number of inputs.
    """

    lower: Lowering
    attributes: frozenset[str]
    fewest: int
    most: int


def operator(lower: Lowering, attributes: str = "", *, inputs: tuple[int, int] = (1, 1)) -> Operator:
    """A row of the operator table; the attributes are names between spaces."""
    return Operator(lower, frozenset(attributes.split()), *inputs)
