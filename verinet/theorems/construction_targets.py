"""Targets in any form, as the functions that a construction takes: one an output, in the variables x_0, x_1, ..."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from verinet.claims.pieces import PiecewisePolynomial
from verinet.claims.smooth_targets import SmoothTarget
from verinet.claims.target_text import parse_targets, place_of
from verinet.claims.targets import Polynomial
from verinet.errors import NotANumber, ShapeMismatch
from verinet.geometry.polyhedra import Polyhedron, box
from verinet.theory.catalogue import Entry

__all__ = ["functions_of", "identity"]


def functions_of(targets: Any, inputs: int | None, domain: Polyhedron | None) -> tuple[tuple[Any, ...], int]:
    """One function an output, and the number of their variables."""
    if domain is not None and not isinstance(domain, Polyhedron):
        raise NotANumber(
            f"a domain is a Polyhedron, got {domain!r:.60}", fix="write domain=verinet.box((0, 1), (0, 1))"
        )
    listed = _listed(targets)
    size = inputs if inputs is not None else domain.dimension if domain is not None else max(map(_size, listed))
    if isinstance(size, bool) or not isinstance(size, int) or size < 1:
        raise ShapeMismatch(
            f"a network has at least one input, got {size!r:.40}", fix="write inputs=2; in the shell --inputs 2"
        )
    place = domain if domain is not None else box(*[(0, 1)] * size)
    functions: list[Any] = []
    for target in listed:
        if isinstance(target, str):
            functions.extend(parse_targets(target, size, place).functions)
        else:
            functions.append(_canonical(target, size))
    return tuple(functions), size


def identity(row: Entry, targets: Any, inputs: int | None, notes: list[str]) -> str:
    """The identity as the target; another one is ignored with a note."""
    size = inputs if inputs is not None else 2 if targets is None else max(map(_size, _listed(targets)))
    identity = ", ".join(f"x{j + 1}" for j in range(size))
    same = [identity.replace(" ", ""), ",".join(f"x_{j}" for j in range(size)), ",".join("xyz"[:size])]
    if targets is not None and str(targets).replace(" ", "") not in same:
        notes.append(f"the target of {row.name} is {row.target}: the one that was given was ignored")
    return identity


def _listed(targets: Any) -> list[Any]:
    """The targets one by one: a sequence of them, if it is not one target in pieces."""
    if isinstance(targets, str) or not isinstance(targets, Sequence):
        return [targets]
    if not targets:
        raise ShapeMismatch("a network has at least one output, got no target", fix='write "x*y", or a list')
    in_pieces = all(isinstance(part, tuple | list) and part and isinstance(part[0], Polyhedron) for part in targets)
    return [targets] if in_pieces else list(targets)


def _size(target: Any) -> int:
    """How many variables a target has."""
    if isinstance(target, str):
        return parse_targets(target).inputs
    if isinstance(target, Polynomial | PiecewisePolynomial | SmoothTarget):
        return target.dimension
    if isinstance(target, Mapping):
        return max((len(key) if isinstance(key, tuple) else 1 for key in target), default=1)
    if isinstance(target, Sequence) and target:
        return int(target[0][0].dimension)
    names = [str(symbol) for symbol in getattr(target, "free_symbols", ())]
    places = [place_of(name) for name in names]
    if all(place is not None for place in places):
        return max((place + 1 for place in places if place is not None), default=1)
    return max(len(names), 1)


def _canonical(target: Any, size: int) -> Any:
    """The same with its symbols called x_0, x_1, ..., where they are x, y, z or x1, x2, ..."""
    symbols = getattr(target, "free_symbols", None)
    if not symbols or size == 1:
        return target
    places = {symbol: place_of(str(symbol)) for symbol in symbols}
    if any(place is None for place in places.values()) or len(set(places.values())) < len(places):
        return target
    import sympy

    return target.xreplace({symbol: sympy.Symbol(f"x_{place}") for symbol, place in places.items()})
