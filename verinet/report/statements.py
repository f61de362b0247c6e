"""A kernel statement, read by the kernel and put into the words of claims: domains, clauses, polynomials.

What is printed comes from here, hence from what was checked, and not from the claim that somebody once made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd
from typing import Any

from verinet import kernel
from verinet.claims.formulas import Affine, Atom, Clauses
from verinet.claims.targets import Polynomial
from verinet.geometry.polyhedra import Halfspace, Polyhedron
from verinet.kernel import Layer

Point = tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class Decoded:
    """The parts of a statement, in rationals.

    Parameters
    ----------
    kind : str
        One of the kernel's kinds.
    networks : tuple of tuple of kernel.Layer
        The chains.
    domain : Polyhedron or None
        None for a value at a point.
    clauses : tuple of tuple of Atom
    targets : tuple of Polynomial
    stated : tuple of Fraction
        The error, the count, or the outputs.
    point : tuple of Fraction or None
        Of a value.
    """

    kind: str
    networks: tuple[tuple[Layer, ...], ...]
    domain: Polyhedron | None
    clauses: Clauses
    targets: tuple[Polynomial, ...]
    stated: Point
    point: Point | None

    @property
    def input_size(self) -> int:
        """Number of inputs."""
        return len(self.networks[0][0].weights[0]) - 1

    @property
    def output_sizes(self) -> tuple[int, ...]:
        """Number of outputs of each network."""
        return tuple(len(layers[-1].weights) for layers in self.networks)

    @property
    def shapes(self) -> tuple[tuple[int, ...], ...]:
        """Inputs, units of every layer, outputs; for each network."""
        return tuple((self.input_size, *(len(layer.weights) for layer in layers)) for layers in self.networks)


def decode(statement: dict[str, Any]) -> Decoded:
    """Let the kernel read a statement and translate what it read.

    Raises
    ------
    kernel.Rejected
        If it is not a statement.

    Examples
    --------
    >>> from verinet.claims import always, outputs
    >>> from verinet.geometry import interval
    >>> from verinet.networks import network, relu, variable
    >>> x = variable("x")
    >>> f = network(x, relu(x))
    >>> found = decode(always(f, outputs(f)[0] >= 0, interval(-1, 1)).statement())
    >>> found.kind, found.shapes, found.domain.high
    ('always', ((1, 1, 1),), (Fraction(1, 1),))

    Guarantee: exact.
    """
    read = kernel.read_statement(statement)
    over, numerators = read.stated
    inputs = len(read.networks[0][0].weights[0]) - 1
    point = None
    if read.point is not None:
        point = tuple(Fraction(entry, read.point[0]) for entry in read.point[1])
    return Decoded(
        read.kind,
        tuple(tuple(layers) for layers in read.networks),
        None if read.domain is None else _domain(read.domain),
        tuple(tuple(_atom(atom) for atom in clause) for clause in read.clauses),
        tuple(_polynomial(*target, inputs) for target in read.targets),
        tuple(Fraction(entry, over) for entry in numerators),
        point,
    )


def _domain(domain: kernel.Domain) -> Polyhedron:
    def end(value: int | None) -> Fraction | None:
        return None if value is None else Fraction(value, domain.over)

    # r0 + r.x >= 0 is -r.x <= r0
    halfspaces = tuple(
        Halfspace(tuple(-entry for entry in scaled[1:]), scaled[0], strict)
        for scaled, strict in ((_scaled(row), strict) for row, strict in domain.rows)
    )
    return Polyhedron(tuple(end(low) for low, _ in domain.box), tuple(end(high) for _, high in domain.box), halfspaces)


def _atom(atom: kernel.Atom) -> Atom:
    row = _scaled([*atom.x, *atom.y])
    x, y = row[1 : len(atom.x)], row[len(atom.x) :]
    return Atom(Affine(row[0], _terms(x), _terms(y)), atom.strict)


def _scaled(row: Sequence[int]) -> tuple[Fraction, ...]:
    """The row with the common factor of its moving part divided out: the shortest coefficients to read."""
    factor = gcd(*row[1:]) or 1
    return tuple(Fraction(entry, factor) for entry in row)


def _terms(row: Sequence[Fraction]) -> tuple[tuple[int, Fraction], ...]:
    return tuple((index, entry) for index, entry in enumerate(row) if entry)


def _polynomial(over: int, terms: kernel.Polynomial, dimension: int) -> Polynomial:
    entries = tuple((Fraction(numerator, over), exponents) for exponents, numerator in terms.items())
    return Polynomial(dimension, entries)
