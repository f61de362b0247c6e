"""Quantities that a comparison makes claims of: ``sup_error(...) <= e``, ``lipschitz(...) == L``.

A quantity has no truth value, no hash, and no comparisons but those that make claims.
"""

from __future__ import annotations

from typing import Any, NoReturn

from verinet.errors import Unsupported


class Quantity:
    """What a claim is made of by a comparison; those it does not define are refused.

    Guarantee: exact (the claim says exactly this).
    """

    __slots__ = ()

    @property
    def _words(self) -> tuple[str, str]:
        """How it is written, and the comparisons that it has."""
        raise NotImplementedError

    def __bool__(self) -> NoReturn:
        what, known = self._words
        raise Unsupported(
            f"{what} is a quantity, neither true nor false",
            fix=f"compare it, {what} {known}, and prove the claim: verinet.prove(claim)",
        )

    def __eq__(self, other: object) -> Any:  # a claim where there is one; and so there is no hash
        raise self._no_comparison("==")

    def __ne__(self, other: object) -> NoReturn:
        raise self._no_comparison("!=")

    def __lt__(self, other: object) -> NoReturn:
        raise self._no_comparison("<")

    def __le__(self, other: object) -> object:
        raise self._no_comparison("<=")

    def __gt__(self, other: object) -> NoReturn:
        raise self._no_comparison(">")

    def __ge__(self, other: object) -> object:
        raise self._no_comparison(">=")

    def _no_comparison(self, relation: str) -> Unsupported:
        what, known = self._words
        return Unsupported(
            f"{what} {relation} ... is no claim: {what} is compared by {known}",
            fix=f"write {what} {known}; that a value is reached somewhere is the claim somewhere(...)",
        )
