"""The options of a construction: which it takes, which are ignored with a note, and what an error or a norm may be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from verinet.errors import NotANumber, Unsupported
from verinet.exact.rationals import Q, format_rational
from verinet.theory.catalogue import CATALOGUE, Entry

__all__ = ["taken", "wanted"]

#: What `construct` knows by name: an error, where it is taken, ...
SHARED = ("inputs", "eps", "resolution", "domain")
_NORM = re.compile(r"(?:L\^?([1-9][0-9]{0,3})|(sup|max|inf|Linf|L\^inf))\Z", re.ASCII)


def taken(row: Entry, options: Mapping[str, object], norm: str | None) -> tuple[dict[str, Any], list[str]]:
    """The options that the construction takes, and notes about the others."""
    known = {option for other in CATALOGUE for option in other.options} - {"p", "kind"} | set(SHARED)
    notes, taken = [], {}
    for option, value in options.items():
        if option not in known:
            raise Unsupported(
                f"no construction has an option {option[:40]!r}", fix=f"the options are {', '.join(sorted(known))}"
            )
        if value is None:
            continue
        if option in row.options:
            taken[option] = value
        else:
            notes.append(f"{row.name} takes no {option}: it was ignored")
    power, wants_sup = _norm(norm)
    if "kind" in row.options:
        taken["kind"] = "uniform" if wants_sup else "Lp"
        power, wants_sup = power or (None if wants_sup else 2), False
    if power is not None and "p" in row.options:
        taken["p"] = power
    elif power is not None or (wants_sup and row.norm != "sup"):
        notes.append(f"{row.name} bounds the error in {row.norm}: the norm {norm} was ignored")
    return taken, notes


def _norm(norm: str | None) -> tuple[int | None, bool]:
    """The exponent of a norm, and whether it is the sup norm."""
    if norm is None:
        return None, False
    match = _NORM.match(norm) if isinstance(norm, str) else None
    if match is None:
        raise Unsupported(f"there is no norm {str(norm)[:40]!r}", fix="write sup, or L2, L4, ...")
    return (int(match[1]), False) if match[1] else (None, True)


def wanted(eps: object | None, resolution: int | None) -> dict[str, Any]:
    if (eps is None) == (resolution is None):
        raise Unsupported(
            f"a construction needs either an error or a resolution, got {'neither' if eps is None else 'both'}",
            fix="write eps=Q('1/10'), or resolution=8; in the shell --eps 1/10 or --resolution 8",
        )
    if resolution is not None:
        if isinstance(resolution, bool) or not isinstance(resolution, int) or resolution < 1:
            raise NotANumber(
                f"a resolution counts cells, got {str(resolution)[:40]}",
                fix="write resolution=8; in the shell --resolution 8",
            )
        return {"resolution": resolution}
    error = Q(eps)
    if error <= 0:
        raise NotANumber(
            f"an error is positive, got {format_rational(error)}", fix="write eps=Q('1/10'); in the shell --eps 1/10"
        )
    return {"eps": error}
