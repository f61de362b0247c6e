"""ONNX files, both directions.  The only module that imports onnx, and only when a file is read or written.

Reading runs no code of the file.  The network means the graph over the reals: every weight is exactly the
rational that its bits denote, and nothing is rounded where a runtime would round.  What ONNX itself rounds (a
cast of a constant) is rounded as it says.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from verinet.errors import BadFormat, MissingExtra, NotANumber, Unsupported
from verinet.networks.formats.onnx_graph import Attribute, Graph, Operation, Port
from verinet.networks.formats.onnx_operators import OPERATORS, lower
from verinet.networks.formats.onnx_write import FloatType, graph_of_network
from verinet.networks.formats.reading import BatchNormalization, Reading, ReadOptions, path_text
from verinet.networks.network import Network
from verinet.work import read_bytes

#: Operator set of the files we write, and the file format that goes with it.
WRITTEN_OPSET, WRITTEN_IR = 17, 8


def read_onnx(
    source: str | os.PathLike[str] | bytes,
    *,
    shapes: Mapping[str, tuple[int, ...]] | None = None,
    batch_normalization: BatchNormalization = "exact",
) -> Network:
    """The network of an ONNX file.

    Each input and output of the graph becomes an input and a readout of the network, its elements in
    row-major order.  An open (symbolic) first dimension is the batch and is taken as 1.

    Parameters
    ----------
    source : path or bytes
        The file, or its content.
    shapes : mapping of str to tuple of int, optional
        Shapes for inputs, where the file leaves more than the batch open or another batch is wanted.
    batch_normalization : {"exact", "rounded"}
        The factor ``scale / sqrt(variance + epsilon)`` is seldom rational.  "exact" refuses it unless it is;
        "rounded" takes the nearest number of the tensor's float type as the weight: the network read is then
        THAT network, and no longer the formula in the file.

    Raises
    ------
    Unsupported
        For an operator, attribute or type that is not known, by name, and for weights in other files.
    BadFormat
        For a file that is damaged, or is not ONNX; NotANumber for NaN or infinite weights, naming them;
        ShapeMismatch; MissingExtra without the package onnx.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> f = read_onnx(write_onnx(network(x, relu(3 * x - 1))))
    >>> f(1)
    (Fraction(2, 1),)

    Guarantee: exact.
    """
    return onnx_reading(source, shapes, ReadOptions(batch_normalization=batch_normalization)).network


def onnx_reading(
    source: str | os.PathLike[str] | bytes, shapes: Mapping[str, tuple[int, ...]] | None, options: ReadOptions
) -> Reading:
    """The network of an ONNX file, and whether anything was rounded; see `read_onnx`.

    Guarantee: exact.
    """
    where = None if isinstance(source, bytes) else path_text(source, 'read_onnx("net.onnx")')
    data = source if isinstance(source, bytes) else read_bytes(source)
    return lower(_decoded(_parsed(data, where)), shapes, options)


def write_onnx(network: Network, *, dtype: FloatType | None = None, rounding: bool = False) -> bytes:
    """An ONNX file of the network: its bytes, one tensor of shape (1, n) for each input and readout.

    Parameters
    ----------
    network : Network
        The domain, if there is one, is not written: ONNX has no place for it.
    dtype : {"float32", "float64"}, optional
        Type of the weights; without it float32 if that holds every weight exactly, else float64.
    rounding : bool
        Round weights that the type does not hold to the nearest it holds; otherwise they are refused.

    Raises
    ------
    InexactInput
        When a weight is not exactly a number of the type, and `rounding` was not asked for.
    Unsupported
        For an activation that ONNX has no operator for, by name; MissingExtra without the package onnx.

    Guarantee: exact (numeric with `rounding`).
    """
    return _encoded(graph_of_network(network, dtype, rounding=rounding, opset=WRITTEN_OPSET))


def known_operators() -> tuple[str, ...]:
    """Names of the operators that `read_onnx` knows."""
    return tuple(OPERATORS)


def _library() -> ModuleType:
    try:
        import onnx
        import onnx.helper
        import onnx.numpy_helper
    except ImportError as error:
        raise MissingExtra(
            "reading and writing ONNX files needs the package onnx, which is not installed",
            fix='pip install "verinet[onnx]"',
        ) from error
    library: ModuleType = onnx
    return library


# --- reading ----------------------------------------------------------------------------------------


def _parsed(data: bytes, where: str | None) -> Any:
    onnx = _library()
    try:
        parsed = onnx.load_model_from_string(data)
    except Exception as error:  # protobuf's own exception, which we do not import
        raise BadFormat(
            f"this is not an ONNX file, or a damaged one: {error}",
            fix="export or download it again",
            where=where,
        ) from error
    if not parsed.HasField("graph") or not parsed.graph.output:
        raise BadFormat(
            "this is not an ONNX file, or a cut one: it holds no graph with outputs",
            fix="export or download it again",
            where=where,
        )
    return parsed


def _decoded(parsed: Any) -> Graph:
    graph = parsed.graph
    opsets = [entry.version for entry in parsed.opset_import if entry.domain in ("", "ai.onnx")]
    if len(opsets) != 1:
        raise BadFormat(f"an ONNX file names one operator set of ONNX, got {opsets}", fix="export it again")
    if graph.sparse_initializer:
        raise Unsupported("sparse initialisers are not known", fix="export the weights as dense tensors")
    initialisers: dict[str, npt.NDArray[Any]] = {}
    for proto in graph.initializer:
        if proto.name in initialisers:
            raise BadFormat(f"two initialisers have the name {proto.name!r}", fix="repair the file")
        initialisers[proto.name] = _array(proto, proto.name)
    return Graph(
        tuple(_port(entry) for entry in graph.input if entry.name not in initialisers),
        tuple(_port(entry) for entry in graph.output),
        initialisers,
        tuple(_operation(node) for node in graph.node),
        int(opsets[0]),
    )


def _port(entry: Any) -> Port:
    onnx = _library()
    kind = entry.type.tensor_type
    if not entry.type.HasField("tensor_type"):
        raise Unsupported(f"{entry.name!r} is not a tensor", fix="export a network of tensors")
    element = onnx.TensorProto.DataType.Name(kind.elem_type).lower()
    element = {"float": "float32", "double": "float64"}.get(element, element)
    if not kind.HasField("shape"):
        return Port(entry.name, element, None)
    sizes = tuple(
        int(axis.dim_value) if axis.HasField("dim_value") and axis.dim_value > 0 else None for axis in kind.shape.dim
    )
    return Port(entry.name, element, sizes)


def _operation(node: Any) -> Operation:
    operator = node.op_type if node.domain in ("", "ai.onnx") else f"{node.domain}::{node.op_type}"
    attributes = {attribute.name: _attribute(attribute, node) for attribute in node.attribute}
    return Operation(operator, tuple(node.input), tuple(node.output), attributes, node.name)


def _attribute(attribute: Any, node: Any) -> Attribute:
    kinds = type(attribute)
    match attribute.type:
        case kinds.FLOAT:
            return float(attribute.f)
        case kinds.INT:
            return int(attribute.i)
        case kinds.STRING:
            return bytes(attribute.s).decode("utf-8", "replace")
        case kinds.FLOATS:
            return tuple(float(entry) for entry in attribute.floats)
        case kinds.INTS:
            return tuple(int(entry) for entry in attribute.ints)
        case kinds.TENSOR:
            return _array(attribute.t, node.output[0] if node.output else node.name)
        case other:
            # A sub-graph, say: only operators that we do not know have one, and they are refused by name.
            return f"attribute of type {other}"


def _array(proto: Any, name: str) -> npt.NDArray[Any]:
    """The numbers of a tensor in the file, exactly; bfloat16 becomes float32, which holds it."""
    onnx = _library()
    if proto.data_location == onnx.TensorProto.EXTERNAL:
        raise Unsupported(
            f"the initialiser {name!r} keeps its numbers in another file",
            fix="save the network as one file: onnx.save(..., save_as_external_data=False)",
        )
    try:
        array: npt.NDArray[Any] = np.asarray(onnx.numpy_helper.to_array(proto))
    except Exception as error:  # whatever the library meets in a damaged tensor
        raise BadFormat(
            f"the numbers of {name!r} do not fit its shape: {error}", fix="export the file again"
        ) from error
    if array.shape != tuple(proto.dims):
        raise BadFormat(
            f"the numbers of {name!r} do not fit its shape {tuple(proto.dims)}", fix="export the file again"
        )
    if array.dtype.name == "bfloat16":
        array = array.astype(np.float32)
    if array.dtype.kind not in "fiub" or array.dtype.itemsize > 8:
        raise Unsupported(
            f"the initialiser {name!r} has the element type {array.dtype.name}",
            fix="use float or integer weights",
        )
    # One infinite number alone may be a bound of Clip; it is refused where it is used as a weight.
    if array.dtype.kind == "f" and array.size > 1 and not np.isfinite(array).all():
        raise NotANumber(
            f"a weight must be a finite number, but the initialiser {name!r} holds NaN or infinity",
            fix="repair the file: no exact claim can be made about such a network",
        )
    return array


# --- writing ----------------------------------------------------------------------------------------


def _encoded(graph: Graph) -> bytes:
    onnx = _library()
    helper, to_tensor = onnx.helper, onnx.numpy_helper.from_array
    nodes = [
        helper.make_node(op.operator, list(op.inputs), list(op.outputs), op.name or None, **op.attributes)
        for op in graph.operations
    ]
    initialisers = [to_tensor(array, name) for name, array in graph.initialisers.items()]
    body = helper.make_graph(
        nodes, "verinet", [_info(p) for p in graph.inputs], [_info(p) for p in graph.outputs], initialisers
    )
    imports = [helper.make_opsetid("", graph.opset)]
    whole = helper.make_model(body, opset_imports=imports, ir_version=WRITTEN_IR, producer_name="verinet")
    onnx.checker.check_model(whole)
    return bytes(whole.SerializeToString(deterministic=True))


def _info(port: Port) -> Any:
    onnx = _library()
    code = onnx.TensorProto.DOUBLE if port.element == "float64" else onnx.TensorProto.FLOAT
    return onnx.helper.make_tensor_value_info(port.name, code, port.shape)
