"""File formats, one module each: `read_network` and `write_network` choose by the ending."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import PurePath
from typing import Any

from verinet.errors import BadFormat, Unsupported
from verinet.networks.network import Network
from verinet.work import read_bytes, read_text, write_file

__all__ = ["READERS", "WRITERS", "read_network", "write_network"]


def _read_onnx(path: str) -> Network:
    from verinet.networks.formats.onnx import read_onnx

    return read_onnx(path)


def _read_torch(path: str) -> Network:
    from verinet.networks.formats.pytorch import read_torch

    return read_torch(path)


def _read_nnet(path: str) -> Network:
    from verinet.networks.formats.nnet import read_nnet

    return read_nnet(read_text(path))


def _read_npz(path: str) -> Network:
    from verinet.networks.formats.plain import read_plain_npz

    return read_plain_npz(read_bytes(path))


def _read_json(path: str) -> Network:
    from verinet.networks.formats.json import network_from_document
    from verinet.networks.formats.plain import network_from_plain
    from verinet.networks.formats.strict_json import parse_strict_json

    document = parse_strict_json(read_text(path), "a network file")
    if isinstance(document, dict) and {"W", "b"} <= set(document):
        return network_from_plain(document)
    return network_from_document(document)


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


#: Ending -> reader of a path.
READERS: dict[str, Callable[[str], Network]] = {
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


def read_network(path: str | os.PathLike[str]) -> Network:
    """The network in a file: .json (own format or plain weights), .npz, .nnet, .onnx, .pt or .pth.

    Raises
    ------
    Unsupported
        For another ending; BadFormat and others as the format's own reader says.

    Guarantee: exact.
    """
    name = os.fspath(path)
    reader = READERS.get(PurePath(name).suffix.lower())
    if reader is None:
        raise Unsupported(
            f"networks are read from {', '.join(READERS)}, got {name[-80:]!r}",
            fix="convert the file, or rename it to its true ending",
        )
    try:
        return reader(name)
    except RecursionError:
        raise BadFormat("the file is nested too deeply", fix="check the file", where=name[-80:]) from None


def write_network(network: Network, path: str | os.PathLike[str]) -> None:
    """Write a network: .json is verinet's own format, .npz, .nnet and .onnx only where nothing is rounded.

    Raises
    ------
    Unsupported
        For another ending, or a network that the format cannot hold; InexactInput where it would round.

    Guarantee: exact.
    """
    name = os.fspath(path)
    writer = WRITERS.get(PurePath(name).suffix.lower())
    if writer is None:
        raise Unsupported(
            f"networks are written to {', '.join(WRITERS)}, got {name[-80:]!r}",
            fix="use one of these endings",
        )
    write_file(name, writer(network))
