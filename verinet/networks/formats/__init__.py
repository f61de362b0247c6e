"""File formats, one module each: `read_network` and `write_network` choose by the ending."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import PurePath
from typing import Any

from verinet.errors import BadFormat, Unsupported
from verinet.networks.formats.reading import Reading, ReadOptions, path_text
from verinet.networks.network import Network
from verinet.work import read_bytes, read_text, write_file

__all__ = ["READERS", "WRITERS", "ReadOptions", "Reading", "read_file", "read_network", "write_network"]


def _read_onnx(path: str, options: ReadOptions) -> Reading:
    from verinet.networks.formats.onnx import onnx_reading

    return onnx_reading(path, None, options)


def _read_torch(path: str, options: ReadOptions) -> Reading:
    from verinet.networks.formats.pytorch import read_torch

    return Reading(read_torch(path))


def _read_nnet(path: str, options: ReadOptions) -> Reading:
    from verinet.networks.formats.nnet import nnet_reading

    return nnet_reading(read_text(path), options)


def _read_npz(path: str, options: ReadOptions) -> Reading:
    from verinet.networks.formats.plain import read_plain_npz

    return Reading(read_plain_npz(read_bytes(path)))


def _read_json(path: str, options: ReadOptions) -> Reading:
    from verinet.networks.formats.json import network_from_document
    from verinet.networks.formats.plain import network_from_plain
    from verinet.networks.formats.strict_json import parse_strict_json

    document = parse_strict_json(read_text(path), "a network file")
    if isinstance(document, dict) and {"W", "b"} <= set(document):
        return Reading(network_from_plain(document))
    return Reading(network_from_document(document))


def _write_onnx(network: Network) -> bytes:
    from verinet.networks.formats.onnx import write_onnx

    return write_onnx(network)


def _write_nnet(network: Network) -> str:
    from verinet.networks.formats.nnet import write_nnet

    return write_nnet(network)


def _write_npz(network: Network) -> bytes:
    from verinet.networks.formats.plain import write_plain_npz

    return write_plain_npz(network)


def _write_json(network: Network) -> str:
    from verinet.networks.formats.json import network_to_json

    return network_to_json(network) + "\n"


#: Ending -> reader of a path, with options that may not concern the format.
READERS: dict[str, Callable[[str, ReadOptions], Reading]] = {
    ".json": _read_json,
    ".npz": _read_npz,
    ".nnet": _read_nnet,
    ".onnx": _read_onnx,
    ".pt": _read_torch,
    ".pth": _read_torch,
}
#: Ending -> writer of the file's content.
WRITERS: dict[str, Callable[[Network], Any]] = {
    ".json": _write_json,
    ".npz": _write_npz,
    ".nnet": _write_nnet,
    ".onnx": _write_onnx,
}


def read_network(path: str | os.PathLike[str], options: ReadOptions | None = None) -> Network:
    """The network in a file: .json (own format or plain weights), .npz, .nnet, .onnx, .pt or .pth.

    Parameters
    ----------
    path : path
    options : ReadOptions, optional
        Which function is meant, where a format leaves a choice: ``ReadOptions(physical=True)`` for .nnet,
        ``ReadOptions(batch_normalization="rounded")`` for .onnx.

    Raises
    ------
    Unsupported
        For another ending, and for what is no path; BadFormat and others as the format's own reader says.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from verinet.networks import network, relu, variable
    >>> x = variable("x")
    >>> f = network(x, relu(x) - "1/3")
    >>> with TemporaryDirectory() as folder:
    ...     write_network(f, Path(folder, "f.json"))
    ...     read_network(Path(folder, "f.json"))(2)
    (Fraction(5, 3),)

    Guarantee: exact.
    """
    return read_file(path, options).network


def read_file(path: str | os.PathLike[str], options: ReadOptions | None = None) -> Reading:
    """The network in a file, and which reading of the file it is; see `read_network`.

    Guarantee: exact.
    """
    name = path_text(path, 'read_network("net.onnx")')
    chosen = ReadOptions() if options is None else options
    if not isinstance(chosen, ReadOptions):
        raise Unsupported(
            f"read_network takes ReadOptions, got {type(options).__name__}",
            fix="write read_network(path, ReadOptions(physical=True))",
        )
    reader = READERS.get(PurePath(name).suffix.lower())
    if reader is None:
        raise Unsupported(
            f"networks are read from {', '.join(READERS)}, got {name[-80:]!r}",
            fix="convert the file, or rename it to its true ending",
        )
    try:
        return reader(name, chosen)
    except RecursionError:
        raise BadFormat("the file is nested too deeply", fix="check the file", where=name[-80:]) from None


def write_network(network: Network, path: str | os.PathLike[str]) -> None:
    """Write a network: .json is verinet's own format, .npz, .nnet and .onnx only where nothing is rounded.

    Raises
    ------
    Unsupported
        For another ending, what is no network or no path, or a network that the format cannot hold;
        InexactInput where it would round.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from verinet.networks import network, relu, variable
    >>> x = variable("x")
    >>> f = network(x, relu(x) - "1/3")
    >>> with TemporaryDirectory() as folder:
    ...     write_network(f, Path(folder, "f.json"))
    ...     read_network(Path(folder, "f.json")) == f
    True

    Guarantee: exact.
    """
    if not isinstance(network, Network):
        raise Unsupported(
            f"write_network needs a Network, got {type(network).__name__}",
            fix="build it with verinet.network(...) or read it with read_network(path)",
        )
    name = path_text(path, 'write_network(network, "net.json")')
    writer = WRITERS.get(PurePath(name).suffix.lower())
    if writer is None:
        raise Unsupported(
            f"networks are written to {', '.join(WRITERS)}, got {name[-80:]!r}",
            fix="use one of these endings",
        )
    write_file(name, writer(network))
