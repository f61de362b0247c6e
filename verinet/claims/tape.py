"""The steps of a proof as text: a list to which steps are appended, in a tenth of the memory that lists take."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

Step = list[Any]

#: Steps that are written as one block.
BLOCK = 256
_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


class Tape:
    """Steps in the order of the certificate, kept as blocks of JSON text.

    Parameters
    ----------
    steps : iterable of list
        The first steps.

    Examples
    --------
    >>> tape = Tape([["split", 0, "left"], ["goal", [[0, "1"]]]])
    >>> tape.append(["empty", [0, "1"]])
    >>> len(tape), list(tape)[1], list(tape.blocks())
    (3, ['goal', [[0, '1']]], ['["split",0,"left"],["goal",[[0,"1"]]],["empty",[0,"1"]]'])

    Guarantee: exact.
    """

    __slots__ = ("_blocks", "_fresh", "_length")

    def __init__(self, steps: Iterable[Step] = ()) -> None:
        self._blocks: list[tuple[bytes, int]] = []  # a text, and how many steps it holds
        self._fresh: list[str] = []
        self._length = 0
        self.extend(steps)

    def append(self, step: Step) -> None:
        """Write a step at the end."""
        self._fresh.append(_encode(step))
        self._length += 1
        if len(self._fresh) >= BLOCK:
            self._seal()

    def extend(self, steps: Iterable[Step]) -> None:
        """Write steps at the end."""
        for step in steps:
            self.append(step)

    def extend_text(self, text: bytes, steps: int) -> None:
        """Write that many steps, given as JSON texts with commas between them."""
        if steps:
            self._length += steps
            self._seal()
            self._blocks.append((text, steps))

    def _seal(self) -> None:
        if self._fresh:
            self._blocks.append((",".join(self._fresh).encode(), len(self._fresh)))
            self._fresh = []

    def blocks(self) -> Iterator[str]:
        """The JSON texts of runs of steps, with commas between the steps of a run; short runs are joined."""
        self._seal()
        run: list[bytes] = []
        held = 0
        for text, steps in self._blocks:
            run.append(text)
            held += steps
            if held >= BLOCK:
                yield b",".join(run).decode()
                run, held = [], 0
        if run:
            yield b",".join(run).decode()

    @property
    def text(self) -> str:
        """The JSON texts of all steps, with commas between them."""
        return ",".join(self.blocks())

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Step]:
        for block in self.blocks():
            yield from json.loads(f"[{block}]")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (Tape, list)):
            return NotImplemented
        return len(self) == len(other) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # it grows

    def __repr__(self) -> str:
        return f"Tape({self._length} steps)"


def encoded(value: Any) -> Iterator[str]:
    """The canonical JSON text of a value whose lists of steps may be tapes, in parts: sorted keys, no blanks."""
    if isinstance(value, Tape):
        yield "["
        yield from _joined((block,) for block in value.blocks())
        yield "]"
    elif isinstance(value, dict) and any(map(_may_hold_tape, value.values())):
        yield "{"
        yield from _joined(_entry(key, value[key]) for key in sorted(value))
        yield "}"
    elif isinstance(value, (list, tuple)) and any(map(_may_hold_tape, value)):
        yield "["
        yield from _joined(map(encoded, value))
        yield "]"
    else:
        yield json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _may_hold_tape(value: Any) -> bool:
    """Tapes stand in objects (evidence), and those in lists (parts) or objects; a step holds none."""
    if isinstance(value, dict):
        return any(map(_may_hold_tape, value.values()))
    if isinstance(value, (list, tuple)):
        return any(isinstance(entry, dict) and _may_hold_tape(entry) for entry in value)
    return isinstance(value, Tape)


def _entry(key: str, value: Any) -> Iterator[str]:
    yield json.dumps(key) + ":"
    yield from encoded(value)


def _joined(parts: Iterable[Iterable[str]]) -> Iterator[str]:
    for place, part in enumerate(parts):
        if place:
            yield ","
        yield from part


__all__ = ["BLOCK", "Step", "Tape", "encoded"]
