"""The operator table, and the walk that lowers a graph to a network with it."""

from __future__ import annotations

from collections.abc import Mapping

from verinet.errors import BadFormat, Unsupported, VerinetError
from verinet.exact.rationals import format_rational
from verinet.networks.formats.assembly import Assembly
from verinet.networks.formats.binary_floats import FORMATS
from verinet.networks.formats.onnx_arithmetic import ARITHMETIC
from verinet.networks.formats.onnx_calls import Call, Operator
from verinet.networks.formats.onnx_graph import Graph, Operation, Port
from verinet.networks.formats.onnx_shapes import SHAPES, integer_range
from verinet.networks.formats.onnx_values import (
    Constant,
    Tensor,
    Value,
    as_tensor,
    check_size,
)
from verinet.networks.formats.onnx_windows import WINDOWS
from verinet.networks.formats.reading import Reading, ReadOptions

#: Operator name -> lowering function, attributes, number of inputs. To know a new operator, add a row.
OPERATORS: dict[str, Operator] = dict(sorted((ARITHMETIC | SHAPES | WINDOWS).items()))

#: Operator sets read: before 7 arithmetic broadcast by other rules, after 28 nothing has been looked at.
OLDEST_OPSET, NEWEST_OPSET = 7, 28


def lower(
    graph: Graph, shapes: Mapping[str, tuple[int, ...]] | None = None, options: ReadOptions | None = None
) -> Reading:
    """The network that a graph computes, and whether anything was rounded for it.

    Parameters
    ----------
    graph : Graph
    shapes : mapping of str to tuple of int, optional
        Shapes of inputs, instead of those in the graph.
    options : ReadOptions, optional

    Raises
    ------
    Unsupported
        For an operator, attribute or type that is not known, by name.
    BadFormat, ShapeMismatch, NotANumber
        For a graph that makes no sense.

    Guarantee: exact.
    """
    if not OLDEST_OPSET <= graph.opset <= NEWEST_OPSET:
        raise Unsupported(
            f"operator sets {OLDEST_OPSET} to {NEWEST_OPSET} are read, got {graph.opset}",
            fix="convert the file with onnx.version_converter",
        )
    if not graph.inputs or not graph.outputs:
        raise BadFormat("a network needs an input and an output, the graph lacks one", fix="export the network again")
    assembly = Assembly()
    values: dict[str, Value] = {}
    for port in graph.inputs:
        shape = (shapes or {}).get(port.name) or _shape_of(port)
        values[port.name] = assembly.add_input(port.name, shape, _float_element(port))
    for name, array in graph.initialisers.items():
        values[name] = Constant(array, str(array.dtype), name)
    for operation in graph.operations:
        _run(operation, values, assembly, graph.opset, options or ReadOptions())
    ends = {port.name: as_tensor(_named(values, port.name, "output")) for port in graph.outputs}
    return Reading(assembly.network(ends), batch_normalization="rounded" if assembly.rounded else None)


def _run(operation: Operation, values: dict[str, Value], assembly: Assembly, opset: int, options: ReadOptions) -> None:
    row = _row(operation)
    inputs = tuple(_named(values, name, operation.where) if name else None for name in operation.inputs)
    if not row.fewest <= len(inputs) <= row.most or not operation.outputs:
        raise BadFormat(
            f"{operation.operator} got {len(inputs)} inputs and {len(operation.outputs)} outputs",
            fix="repair the file",
            where=operation.where,
        )
    try:
        call = Call(operation, inputs, assembly, opset, options)
        outputs = tuple(_in_range(value, call) for value in row.lower(call))
    except MemoryError as error:
        raise Unsupported(
            f"{operation.operator} needs more memory than there is", fix="use smaller tensors", where=operation.where
        ) from error
    except VerinetError as error:
        if error.where is not None:
            raise
        raise type(error)(error.problem, fix=error.fix, where=operation.where) from error
    for name, value in zip(operation.outputs, outputs, strict=False):
        check_size(value.shape)
        if isinstance(value, Tensor) and not value.size:
            raise Unsupported("a tensor without elements is not known", fix="repair the graph", where=operation.where)
        if name in values:
            raise BadFormat(f"two tensors have the name {name[:80]!r}", fix="repair the file", where=operation.where)
        if name:
            values[name] = value


def _in_range(value: Value, call: Call) -> Value:
    """The value, unless it is a constant of an integer type which that type does not hold.

    A runtime wraps around there, or does what it likes; constants here are exact integers, without a width.
    """
    if isinstance(value, Tensor) or value.element in FORMATS or value.values.dtype != object:
        return value  # of native type: from the file itself, never computed with
    low, high = integer_range(value.element)
    for q in value.values.reshape(-1):
        if q.denominator != 1 or not low <= q <= high:
            call.refuse(
                f"of constants gives {format_rational(q)[:60]}, which is no number of its type {value.element}: "
                "a runtime would wrap around or round",
                fix="use a wider integer type, or floats, when the network is exported",
            )
    return value


def _row(operation: Operation) -> Operator:
    row = OPERATORS.get(operation.operator)
    if row is None:
        raise Unsupported(
            f"the operator {operation.shown} is not known; known are {', '.join(OPERATORS)}",
            fix="export the network with these operators only",
            where=operation.where,
        )
    for name in operation.attributes:
        if name not in row.attributes:
            raise Unsupported(
                f"the attribute {name[:80]} of {operation.operator} is not known; known are "
                f"{', '.join(sorted(row.attributes)) or 'none'}",
                fix="export the network without it",
                where=operation.where,
            )
    return row


def _named(values: Mapping[str, Value], name: str, where: str) -> Value:
    if name not in values:
        raise BadFormat(
            f"nothing computes the tensor {name[:80]!r} before it is read",
            fix="repair the file: operations come in topological order, and only first outputs are computed "
            "(of Split all)",
            where=where,
        )
    return values[name]


def _shape_of(port: Port) -> tuple[int, ...]:
    """The declared shape; an open first dimension is the batch, and is taken as 1."""
    if port.shape is None:
        raise Unsupported(f"the input {port.name!r} has no shape", fix=f"give one: shapes={{{port.name!r}: (1, ...)}}")
    if any(size is None for size in port.shape[1:]):
        raise Unsupported(
            f"the input {port.name!r} has an open dimension other than the batch: {port.shape}",
            fix=f"give its shape: shapes={{{port.name!r}: (1, ...)}}",
        )
    return tuple(1 if size is None else size for size in port.shape)


def _float_element(port: Port) -> str:
    if port.element not in FORMATS:
        raise Unsupported(
            f"an input needs a float type ({', '.join(FORMATS)}), {port.name!r} has {port.element}",
            fix="export the network with float inputs",
        )
    return port.element
