"""Files of the command line: how they are read, and how networks are named on the screen and in documents."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from verinet.errors import BadFormat, Unsupported, VerinetError
from verinet.networks.formats import Reading, ReadOptions, read_file
from verinet.networks.network import Network

Json = dict[str, Any]

#: Field of `ReadOptions` -> its words on the command line, and the ending of the files that it concerns.
_CONCERNS = {
    "physical": ("--physical", ".nnet"),
    "batch_normalization": ("--batch-normalization rounded", ".onnx"),
}


@dataclass(frozen=True, slots=True)
class NetworkFile:
    """A network that was read, its path, and which of its readings it is."""

    path: str
    reading: Reading

    @property
    def network(self) -> Network:
        """The network itself."""
        return self.reading.network

    @property
    def line(self) -> str:
        """One line for people."""
        size = self.network.size
        parts = (self.path, shape_of(self.network), f"{size} neuron{'' if size == 1 else 's'}", *self._readings())
        return f"  network: {', '.join(parts)}, sha256 {self.network.hash}"

    @property
    def notes(self) -> tuple[str, ...]:
        """For standard error: how the function may differ from the one that was meant."""
        notes = []
        if self.reading.normalisation == "not applied":
            notes.append("normalisation of the file not applied (--physical applies it)")
        if self.reading.batch_normalization == "rounded":
            notes.append("a factor of a batch normalisation was rounded: this is not quite the formula in the file")
        return tuple(f"note: {self.path}: {note}" for note in notes)

    def document(self) -> Json:
        """The same for programs."""
        return {
            "path": self.path,
            "shape": shape_of(self.network),
            "inputs": self.network.input_size,
            "outputs": self.network.output_size,
            "neurons": self.network.size,
            "sha256": self.network.hash,
            "normalisation": self.reading.normalisation,
            "batch_normalization": self.reading.batch_normalization,
        }

    def _readings(self) -> list[str]:
        words = []
        if self.reading.normalisation is not None:
            units = "in physical units" if self.reading.normalisation == "applied" else "on normalised inputs"
            words.append(units)
        if self.reading.batch_normalization is not None:
            words.append("batch normalisation rounded")
        return words


@contextmanager
def located(path: str) -> Iterator[None]:
    """An error about a file names the file, for a command may read several; if it is missing, the folder too."""
    try:
        yield
    except VerinetError as error:
        if isinstance(error, BadFormat) and not os.path.exists(path):
            folder = os.path.abspath(os.path.dirname(path))
            looked = f"looked in {folder}" if os.path.isdir(folder) else f"there is no folder {folder}"
            raise BadFormat(error.problem, fix=f"name a file that exists; {looked}", where=error.where) from error
        if path in str(error):
            raise
        where = path if error.where is None else f"{path}, {error.where}"
        raise type(error)(error.problem, fix=error.fix, where=where) from error


def read(path: str, options: ReadOptions) -> NetworkFile:
    """The network in a file; an error names the file.

    Raises
    ------
    Unsupported
        If an option was given that does not concern the file; others as the reader says.
    """
    return read_all((path,), options)[0]


def read_all(paths: Sequence[str], options: ReadOptions) -> list[NetworkFile]:
    """The networks in some files; an option must concern one of them at least.

    Raises
    ------
    Unsupported
        If it concerns none; others as the reader says.
    """
    given = ReadOptions()
    for field, (words, ending) in _CONCERNS.items():
        if getattr(options, field) == getattr(given, field):
            continue
        if not any(PurePath(path).suffix.lower() == ending for path in paths):
            raise Unsupported(
                f"{words} concerns {ending} files, got {', '.join(paths) or 'none'}", fix="leave the option out"
            )
    found = []
    for path in paths:
        with located(path):
            found.append(NetworkFile(path, read_file(path, options)))
    return found


def shape_of(network: Network) -> str:
    """``2-16-16-1``: inputs, neurons of every hidden layer, outputs."""
    return "-".join(map(str, (network.input_size, *network.level_widths, network.output_size)))


def refuse_output(output: str, inputs: tuple[str, ...], option: str = "-o") -> None:
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
        raise BadFormat(f"{output!r} is an input of this command", fix=f"name another file after {option}")
