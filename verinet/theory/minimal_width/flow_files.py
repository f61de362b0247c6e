"""Trained flows of LU blocks from arrays: a dictionary, an NPZ file, a PyTorch state dict.

Two namings are known.  Plain: ``lower.0``, ``upper.0``, ``bias.0``, and ``slope.0`` or ``raw.0`` for the activation's
slopes, then 1, 2, ...  And that of the authors' code: ``intermediate_lu_blocks.0.weight`` is U, ``.1.weight`` and
``.1.bias`` are L and b, ``.2.raw_alpha`` the raw slopes, then 3, 4, 5, ...; at the end ``final_lu_block.0.weight``,
``.1.weight`` and ``.1.bias``.  Floats mean exactly the rationals that their bits denote.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Literal

import numpy as np

from verinet.errors import BadFormat, Unsupported
from verinet.exact.linalg import Matrix
from verinet.networks.formats.pytorch import read_state
from verinet.networks.formats.reading import path_text
from verinet.theory.minimal_width.flows import Lifted, LUBlock, LUNet, Slope
from verinet.work import read_bytes

Function = Literal["leaky_relu", "leaky_softplus"]

_PLAIN = re.compile(r"(lower|upper|bias|slope|raw)\.([0-9]{1,4})", re.ASCII)
_BLOCK = re.compile(r"intermediate_lu_blocks\.([0-9]{1,4})\.(weight|bias|raw_alpha)", re.ASCII)
_FINAL = re.compile(r"final_lu_block\.([01])\.(weight|bias)", re.ASCII)
#: What stands at place 0, 1, 2 of the authors' blocks.
_ROLES = {(0, "weight"): "upper", (1, "weight"): "lower", (1, "bias"): "bias", (2, "raw_alpha"): "raw"}


def from_arrays(arrays: Mapping[str, Any], activation: Function = "leaky_relu") -> LUNet:
    """Return the flow of these arrays.

    Parameters
    ----------
    arrays : mapping of str to array
        Float arrays, or nested sequences of exact numbers.
    activation : {"leaky_relu", "leaky_softplus"}
        Of all blocks but the last; raw slopes are for leaky softplus only.

    Raises
    ------
    BadFormat
        For names of neither naming, and for missing ones.
    Unsupported
        For another activation; what `LUBlock` refuses, among it a 0 on U's diagonal.

    Examples
    --------
    >>> flow = from_arrays({
    ...     "lower.0": [[1, 0], [2, 1]], "upper.0": [[1, 1], [0, 3]], "bias.0": [0, -1], "slope.0": ["1/4", "1/4"],
    ...     "lower.1": [[1, 0], [0, 1]], "upper.1": [[1, 0], [0, 1]], "bias.1": [0, 0],
    ... })
    >>> flow(1, -1), flow.inverse(*flow(1, -1))
    ((Fraction(0, 1), Fraction(-1, 1)), (Fraction(1, 1), Fraction(-1, 1)))

    Guarantee: exact.
    """
    if activation not in ("leaky_relu", "leaky_softplus"):
        raise Unsupported(
            f"a flow has leaky ReLUs or leaky softplus, got {activation!r:.60}", fix='write "leaky_softplus"'
        )
    found = _grouped(arrays)
    blocks = []
    for place in range(len(found)):
        group = found.get(place, {})
        for role in ("lower", "upper", "bias"):
            if role not in group:
                raise BadFormat(
                    f"block {place} has no {role}", fix="give lower, upper and bias of blocks 0, 1, 2, ... in a row"
                )
        lower, upper, bias = (_matrix(group[role], role) for role in ("lower", "upper", "bias"))
        slopes = _slopes(group, place)
        blocks.append(LUBlock(lower, upper, bias, slopes, activation == "leaky_softplus" and bool(slopes)))
    if not blocks:
        raise BadFormat("there are no arrays", fix="give lower.0, upper.0, bias.0, ...")
    return LUNet(tuple(blocks))


def read_npz(path: str | os.PathLike[str], activation: Function = "leaky_relu") -> LUNet:
    """Read a flow from an NPZ file of float arrays; pickled objects in it are refused.

    Raises
    ------
    BadFormat
        For damaged files and other contents.

    Guarantee: exact.
    """
    where = path_text(path, 'read_npz("flow.npz")')
    data = read_bytes(path)
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except Exception as error:  # numpy and zipfile raise many kinds
        raise BadFormat(
            f"this is not an NPZ file of arrays: {str(error)[:200]}", fix="write it by numpy.savez", where=where
        ) from error
    return from_arrays(arrays, activation)


def read_state_dict(path: str | os.PathLike[str], activation: Function = "leaky_softplus") -> LUNet:
    """Read a flow from a PyTorch state dict (.pt, .pth); no code of the file is run.

    Raises
    ------
    BadFormat
        For files with code in them, and other names.
    MissingExtra
        Without torch.

    Guarantee: exact.
    """
    return from_arrays(read_state(path), activation)


def _grouped(arrays: Mapping[str, Any]) -> dict[int, dict[str, Any]]:
    """Block -> role -> array, under either naming."""
    found: dict[int, dict[str, Any]] = {}
    last = max((int(m[1]) // 3 + 1 for name in arrays if (m := _BLOCK.fullmatch(name))), default=0)
    for name, values in arrays.items():
        if plain := _PLAIN.fullmatch(name):
            place, role = int(plain[2]), plain[1]
        elif block := _BLOCK.fullmatch(name):
            place, role = int(block[1]) // 3, _ROLES.get((int(block[1]) % 3, block[2]), "")
        elif final := _FINAL.fullmatch(name):
            place, role = last, _ROLES.get((int(final[1]), final[2]), "")
        else:
            role = ""
        if not role or role in found.setdefault(place, {}):
            raise BadFormat(
                f"the array {name[:80]!r} has no place in a flow of LU blocks",
                fix="name the arrays lower.0, upper.0, bias.0, slope.0, lower.1, ...",
            )
        found[place][role] = values
    return found


def _matrix(values: Any, role: str) -> Matrix:
    if isinstance(values, np.ndarray):
        return Matrix.from_floats(values)
    if role == "bias":
        return Matrix.column(values)
    return Matrix.from_rows(values)


def _slopes(group: Mapping[str, Any], place: int) -> tuple[Slope, ...]:
    if "slope" in group and "raw" in group:
        raise BadFormat(f"block {place} has slopes and raw slopes", fix="give one of the two")
    if "slope" in group:
        return _numbers(group["slope"])
    return tuple(Lifted(raw) for raw in _numbers(group["raw"])) if "raw" in group else ()


def _numbers(values: Sequence[Any]) -> tuple[Fraction, ...]:
    column = _matrix(values, "bias")
    if column.columns != 1:
        raise BadFormat(f"slopes are one number a feature, got an array of shape {column.shape}", fix="flatten it")
    return tuple(row[0] for row in column.to_rows())
