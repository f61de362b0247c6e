"""How many cells, linear regions and affine maps a network has: lines for people, fields for programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from verinet.report.text import counted

__all__ = ["Counts", "counts_document", "counts_lines"]

Json = dict[str, Any]

#: What each number counts, in words.
MEANINGS = {
    "cells": "full-dimensional sets on which no neuron switches",
    "linear_regions": "cells of one affine map, joined across common facets",
    "affine_maps": "different affine maps among them",
}
#: Names of the faces, dimension by dimension; the rest is called by the dimension.
_FACES = (("vertex", "vertices"), ("edge", "edges"), ("face", "faces"))


@dataclass(frozen=True, slots=True)
class Counts:
    """What an enumeration found.

    Parameters
    ----------
    cells : int
        A lower bound if `unfinished` says so.
    linear_regions, affine_maps : int or None
        None where they were not asked for or are not known.
    f_vector : tuple of int or None
        Faces of dimension 0, 1, ..., d; None where they are not known.
    unfinished : str
        Empty, or why the enumeration stopped.

    Guarantee: exact.
    """

    cells: int
    linear_regions: int | None = None
    affine_maps: int | None = None
    f_vector: tuple[int, ...] | None = None
    unfinished: str = ""


def counts_lines(counts: Counts) -> tuple[str, ...]:
    """The counts for people, a line each.

    Examples
    --------
    >>> print("\\n".join(counts_lines(Counts(4, 2, 2, (7, 10, 4)))))
    4 cells            full-dimensional sets on which no neuron switches     exact
    2 linear regions   cells of one affine map, joined across common facets     exact
    2 affine maps      different affine maps among them     exact
      faces: 7 vertices, 10 edges, 4 cells     exact
    >>> print("\\n".join(counts_lines(Counts(12, unfinished="the budget of 1 seconds ran out"))))
    UNKNOWN   the budget of 1 seconds ran out
      at least 12 cells     exact
    """
    if counts.unfinished:
        cells = counted(counts.cells, "cell", "cells")
        bound = f"at least {cells}     exact" if counts.cells else "no cell was found yet"
        return f"UNKNOWN   {counts.unfinished}", f"  {bound}"
    numbers = {name: getattr(counts, name) for name in MEANINGS}
    known = {name: number for name, number in numbers.items() if number is not None}
    digits = max(len(str(number)) for number in known.values())
    named = {
        name: f"{number:>{digits}} {(name if number != 1 else name.removesuffix('s')).replace('_', ' ')}"
        for name, number in known.items()
    }
    width = max(map(len, named.values()))
    lines = [f"{text:<{width}}   {MEANINGS[name]}     exact" for name, text in named.items()]
    if counts.f_vector is not None:
        lines.append(f"  faces: {', '.join(_faces(counts.f_vector))}     exact")
    return tuple(lines)


def counts_document(counts: Counts) -> Json:
    """The counts for programs; `cells` is null where there is only a lower bound.

    Examples
    --------
    >>> counts_document(Counts(2, 1, 1, (3, 2)))["vertices"]
    3
    """
    known = not counts.unfinished
    document: Json = {
        "cells": counts.cells if known else None,
        "linear_regions": counts.linear_regions,
        "affine_maps": counts.affine_maps,
        "vertices": counts.f_vector[0] if known and counts.f_vector is not None else None,
        "f_vector": list(counts.f_vector) if known and counts.f_vector is not None else None,
        "guarantee": "exact",
    }
    if not known:
        document |= {"verdict": "unknown", "reason": counts.unfinished, "cells_at_least": counts.cells}
    return document


def _faces(f_vector: tuple[int, ...]) -> list[str]:
    top = len(f_vector) - 1
    found = []
    for k, number in enumerate(f_vector):
        one, many = ("cell", "cells") if k == top else _FACES[k] if k < len(_FACES) else (f"{k}-face", f"{k}-faces")
        found.append(counted(number, one, many))
    return found
