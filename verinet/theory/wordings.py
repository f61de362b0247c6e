"""What a page says of a construction: its theorem, and a sentence for each group of layers."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Wording"]


@dataclass(frozen=True, slots=True)
class Wording:
    """A general statement, and one sentence a group of layers.

    Guarantee: exact (words; what is proved of an instance, its certificate says).
    """

    statement: str
    formulas: tuple[str, ...]
