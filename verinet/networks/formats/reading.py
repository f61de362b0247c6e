"""What the readers of files may be asked for, and what they say of the file: one form for all formats."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, Literal

from verinet.errors import Unsupported
from verinet.networks.network import Network

BatchNormalization = Literal["exact", "rounded"]


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """Which function a file is read as, where a format leaves a choice; other formats have none.

    Parameters
    ----------
    physical : bool
        Of a .nnet file: the function in physical units, with the normalisation of the file applied, instead of
        the raw network on normalised inputs.
    batch_normalization : {"exact", "rounded"}
        Of an ONNX file: refuse a batch normalisation whose factor is irrational, or take the nearest number of
        the tensor's float type.

    Raises
    ------
    Unsupported
        For other values.

    Examples
    --------
    >>> ReadOptions(physical=True)
    ReadOptions(physical=True, batch_normalization='exact')
    """

    physical: bool = False
    batch_normalization: BatchNormalization = "exact"

    def __post_init__(self) -> None:
        if not isinstance(self.physical, bool):
            raise Unsupported(f"physical is True or False, got {self.physical!r:.60}", fix="choose one of the two")
        if self.batch_normalization not in ("exact", "rounded"):
            raise Unsupported(
                f'batch_normalization is "exact" or "rounded", got {self.batch_normalization!r:.60}',
                fix="choose one of the two",
            )


@dataclass(frozen=True, slots=True)
class Reading:
    """A network from a file, and which of its readings it is.

    Parameters
    ----------
    network : Network
    normalisation : {"applied", "not applied"}, optional
        What was done with the normalisation of a .nnet file; None if the file has none, or a trivial one.
    batch_normalization : {"rounded"}, optional
        "rounded" if a factor was irrational and was rounded: the network is not the formula in the file.
    """

    network: Network
    normalisation: Literal["applied", "not applied"] | None = None
    batch_normalization: Literal["rounded"] | None = None


def path_text(path: Any, asked: str) -> str:
    """The text of a path; `asked` is the call that should have been made.

    Raises
    ------
    Unsupported
        For what is no path.

    Examples
    --------
    >>> path_text("net.onnx", 'read_network("net.onnx")')
    'net.onnx'
    """
    text = os.fspath(path) if isinstance(path, str | os.PathLike) else None
    if not isinstance(text, str):
        raise Unsupported(f"the path of a file was needed, got {type(path).__name__}", fix=f"write {asked}")
    return text
