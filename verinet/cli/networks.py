"""Files of the command line: how they are read, and how networks are named on the screen and in documents."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from verinet.errors import BadFormat, VerinetError
from verinet.networks.formats import read_network
from verinet.networks.network import Network

Json = dict[str, Any]


@contextmanager
def located(path: str) -> Iterator[None]:
    """An error about a file names the file, for a command may read several."""
    try:
        yield
    except VerinetError as error:
        if path in str(error):
            raise
        where = path if error.where is None else f"{path}, {error.where}"
        raise type(error)(error.problem, fix=error.fix, where=where) from error


def read(path: str) -> Network:
    """The network in a file; an error names the file."""
    with located(path):
        return read_network(path)


def shape_of(network: Network) -> str:
    """``2-16-16-1``: inputs, neurons of every hidden layer, outputs."""
    return "-".join(map(str, (network.input_size, *network.level_widths, network.output_size)))


def network_line(network: Network, path: str) -> str:
    """One line about a network that was read."""
    neurons = f"{network.size} neuron{'' if network.size == 1 else 's'}"
    return f"  network: {path}, {shape_of(network)}, {neurons}, sha256 {network.hash}"


def network_document(network: Network, path: str) -> Json:
    """The same for programs."""
    return {
        "path": path,
        "shape": shape_of(network),
        "inputs": network.input_size,
        "outputs": network.output_size,
        "neurons": network.size,
        "sha256": network.hash,
    }


def refuse_output(output: str, inputs: tuple[str, ...]) -> None:
    """Refuse a file that cannot be written, before long work, and one that would replace an input.

    Raises
    ------
    BadFormat
        Naming the file.
    """
    folder = os.path.dirname(output) or "."
    if not output or os.path.isdir(output) or not os.path.isdir(folder) or not os.access(folder, os.W_OK):
        raise BadFormat(
            f"{output!r} cannot be written", fix="name a file in a folder that exists and that you may write to"
        )
    same = [path for path in inputs if os.path.exists(path) and os.path.realpath(path) == os.path.realpath(output)]
    if same:
        raise BadFormat(f"{output!r} is an input of this command", fix="name another file after -o")
