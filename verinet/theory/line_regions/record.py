"""The file of a long sampling: JSON lines, a head and one line a sample; written whole or not at all.

    {"format": "verinet-statistics-1", "widths": [2, 2], ..., "seed": 1}
    [0, 4, 3]
    [1, 5, 5]

A line holds the number of a sample, its activation regions and its linear regions.  Samples do not depend on each
other, so a file may hold any of them, and more can be added later.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from verinet.errors import BadFormat
from verinet.exact.rationals import format_rational
from verinet.networks.formats.strict_json import Numeral, parse_strict_json
from verinet.theory.line_regions.setting import Setting
from verinet.work import read_text, write_file

FORMAT = "verinet-statistics-1"
#: Seconds between two writes: what is lost at most when the machine stops.
EVERY = 2.0
Counts = tuple[int, int]


def head_of(chosen: Setting, low: Fraction | None, high: Fraction | None, seed: int) -> dict[str, Any]:
    """Everything that the samples depend on; the version of numpy too, whose streams of normal numbers may change."""
    return {
        "format": FORMAT,
        "widths": list(chosen.widths),
        "weight_variances": [format_rational(q) for q in chosen.weight_variances],
        "bias_variances": [format_rational(q) for q in chosen.bias_variances],
        "domain": [None if q is None else format_rational(q) for q in (low, high)],
        "seed": seed,
        "stream": f"PCG64 of numpy {np.__version__}",
    }


@dataclass(slots=True)
class Record:
    """The counts of samples, and the file that keeps them, if there is one.

    Parameters
    ----------
    head : dict
        As `head_of` returns it.
    path : Path or None
    counts : dict of int to pairs of int
        Number of the sample -> activation regions, linear regions.
    """

    head: dict[str, Any]
    path: Path | None = None
    counts: dict[int, Counts] = field(default_factory=dict)
    written: float = field(default_factory=time.monotonic)

    def put(self, index: int, counts: Counts) -> None:
        """Keep a sample; write the file if that was long ago."""
        self.counts[index] = counts
        if time.monotonic() - self.written >= EVERY:
            self.write()

    def write(self) -> None:
        """Write the file: the old one or the new one is there at any time.

        Raises
        ------
        BadFormat
            If it cannot be written.
        """
        if self.path is not None:
            lines = [json.dumps(self.head), *(json.dumps([k, *self.counts[k]]) for k in sorted(self.counts))]
            write_file(self.path, "\n".join(lines) + "\n")
        self.written = time.monotonic()


def open_record(head: dict[str, Any], path: Path | str | None) -> Record:
    """Return the record in a file, with the samples that it holds; an empty one if there is no file.

    Raises
    ------
    BadFormat
        If the file is of another format, damaged, or about other samples.

    Guarantee: exact (what was counted; lines are checked for form, not counted again).
    """
    record = Record(head, None if path is None else Path(path))
    if record.path is None:
        return record
    if not record.path.parent.is_dir():
        raise BadFormat(f"{path} is in a folder that does not exist", fix="name one in a folder that does")
    if not record.path.exists():
        return record
    lines = read_text(record.path).splitlines()
    if not lines:
        return record
    _check_head(_plain(_parsed(lines[0], record.path, 1)), head, record.path)
    for number, line in enumerate(lines[1:], start=2):
        entry = _plain(_parsed(line, record.path, number))
        fits = isinstance(entry, list) and len(entry) == 3 and all(type(n) is int for n in entry)
        if not fits or entry[0] < 0 or not 1 <= entry[2] <= entry[1] or entry[0] in record.counts:
            raise _damaged(record.path, number)
        record.counts[entry[0]] = (entry[1], entry[2])
    return record


def _check_head(found: Any, head: dict[str, Any], path: Path) -> None:
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise BadFormat(f"{path} is no file of samples", fix="name another file: this one is left as it is", where=None)
    for key, value in head.items():
        if found.get(key) != value:
            raise BadFormat(
                f"{path} holds samples with another {key}: {json.dumps(found.get(key))[:80]}, "
                f"wanted {json.dumps(value)[:80]}",
                fix="name another file, or ask for what it holds",
            )


def _parsed(line: str, path: Path, number: int) -> Any:
    try:
        return parse_strict_json(line, f"line {number} of {path}")
    except BadFormat:
        raise _damaged(path, number) from None


def _plain(value: Any) -> Any:
    """JSON values with integers instead of numerals; other numbers stay as they are and fit nothing."""
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    if isinstance(value, Numeral) and value.text.isascii() and value.text.isdigit() and len(value.text) <= 18:
        return int(value.text)
    return value


def _damaged(path: Path, number: int) -> BadFormat:
    return BadFormat(
        f"{path} is damaged", fix="delete it, or name another file to start afresh", where=f"line {number}"
    )
