"""A computation graph as data: what an ONNX file says, after decoding and before any mathematics.

`formats/onnx.py` decodes a file into this form and encodes it back; the operator table and the writers work
on it alone, so none of them imports onnx.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy.typing as npt

#: An attribute: an integer, a float (the binary32 value, exactly), text, an array, or a tuple of these.
Attribute = int | float | str | tuple[int, ...] | tuple[float, ...] | npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """One node of the graph: an operator applied to named tensors.

    Parameters
    ----------
    operator : str
        Name of the operator, with its domain before ``::`` unless it is ONNX's own.
    inputs, outputs : tuple of str
        Tensor names; the empty name stands for a tensor left out.
    attributes : mapping
    name : str
    """

    operator: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    name: str = ""

    @property
    def where(self) -> str:
        """A phrase that finds the operation in its file."""
        place = self.name or (self.outputs[0] if self.outputs else "")
        return f"operator {self.shown}, {place[:80]!r}"

    @property
    def shown(self) -> str:
        """The operator's name, made fit for a message: it comes from a file that may say anything."""
        plain = self.operator.isascii() and self.operator.isprintable()
        return self.operator[:80] if plain else repr(self.operator[:80])


@dataclass(frozen=True, slots=True)
class Port:
    """An input or output of the graph: its name, numpy name of its element type, and shape.

    A dimension that the file leaves open is None.
    """

    name: str
    element: str
    shape: tuple[int | None, ...] | None


@dataclass(frozen=True, slots=True)
class Graph:
    """Inputs, outputs, initialisers and operations in topological order.

    Parameters
    ----------
    inputs, outputs : tuple of Port
    initialisers : mapping of str to ndarray
    operations : tuple of Operation
    opset : int
        Version of the operator set.
    """

    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    initialisers: Mapping[str, npt.NDArray[Any]]
    operations: tuple[Operation, ...]
    opset: int
