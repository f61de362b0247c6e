"""The pieces of a kernel statement: integers as hexadecimal text, one positive denominator a block.

Rows are integers, constant first, with common factors divided out; the kernel recomputes everything else.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm
from typing import Any

from verinet.claims.formulas import Atom, Clauses
from verinet.claims.targets import Polynomial
from verinet.exact.rationals import format_hex
from verinet.geometry.polyhedra import Polyhedron, integer_row
from verinet.networks.chain import chain
from verinet.networks.network import Network

Json = dict[str, Any]


def networks_json(networks: Sequence[Network], domain: Polyhedron, curved: bool = True) -> list[Any]:
    """Return the chains of the networks; one that has no domain of its own takes the claim's box.

    Only activations with infinitely many pieces (floor) look at it: a chain lists those that the range needs.
    Polynomial pieces are allowed in the last layer if `curved` says so: a statement about cells has no use for them.
    """
    ranges = None
    if domain.has_bounded_box:
        ranges = tuple((low, high) for low, high in zip(domain.low, domain.high, strict=True))
    chains = []
    for network in networks:
        if network.domain is None and ranges is not None:
            network = network.with_domain(ranges)
        chains.append(chain(network, curved).to_json())
    return chains


def domain_json(domain: Polyhedron) -> Json:
    """Return ``{over, box, rows, point}``.

    Raises
    ------
    EmptyDomain
        If the domain has no point.
    """
    ends = [end for side in (domain.low, domain.high) for end in side if end is not None]
    over = lcm(*(end.denominator for end in ends))
    box = [
        [None if end is None else format_hex(end.numerator * (over // end.denominator)) for end in side]
        for side in zip(domain.low, domain.high, strict=True)
    ]
    rows = [[">" if half.strict else ">=", _hex(half.row())] for half in domain.halfspaces]
    return {"over": format_hex(over), "box": box, "rows": rows, "point": point_json(domain.point())}


def point_json(point: Sequence[Fraction]) -> Json:
    """Return ``{over, at}``."""
    over, numerators = _common(point)
    return {"over": over, "at": numerators}


def polynomial_json(polynomial: Polynomial) -> Json:
    """Return ``{over, terms}``, terms ascending by exponents."""
    over = lcm(*(coefficient.denominator for coefficient, _ in polynomial.coefficients))
    terms = [
        [format_hex(coefficient.numerator * (over // coefficient.denominator)), list(exponents)]
        for coefficient, exponents in polynomial.coefficients
    ]
    return {"over": format_hex(over), "terms": terms}


def clauses_json(clauses: Clauses, inputs: int, outputs: int) -> list[Any]:
    """Return the clauses; every atom as ``[">=" | ">", row over (1, x), row over y]``."""
    return [[_atom_json(atom, inputs, outputs) for atom in clause] for clause in clauses]


def _atom_json(atom: Atom, inputs: int, outputs: int) -> list[Any]:
    entries = [Fraction(0)] * (inputs + outputs)
    for index, coefficient in atom.term.x:
        entries[index] = coefficient
    for index, coefficient in atom.term.y:
        entries[inputs + index] = coefficient
    row = _hex(integer_row(atom.term.constant, entries))
    return [">" if atom.strict else ">=", row[: inputs + 1], row[inputs + 1 :]]


def _common(values: Sequence[Fraction]) -> tuple[str, list[str]]:
    over = lcm(*(value.denominator for value in values))
    return format_hex(over), [format_hex(value.numerator * (over // value.denominator)) for value in values]


def _hex(row: Sequence[int]) -> list[str]:
    return [format_hex(entry) for entry in row]
