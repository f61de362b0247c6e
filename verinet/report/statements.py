"""A kernel statement, read by the kernel and put into the words of claims: domains, clauses, polynomials.

What is printed comes from here, hence from what was checked, and not from the claim that somebody once made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd
from typing import Any

from verinet import kernel
from verinet.claims.formulas import Affine, Atom, Clauses
from verinet.claims.targets import Polynomial
from verinet.geometry.polyhedra import Halfspace, Polyhedron
from verinet.kernel import Layer

Point = tuple[Fraction, ...]

#: Kinds whose clauses are printed; other kinds have clauses that say what else they state.
WITH_CLAUSES = ("always", "holds", "fails")


@dataclass(frozen=True, slots=True)
class Decoded:
    """The parts of a statement, in rationals.

    Parameters
    ----------
    kind : str
        One of the kernel's kinds, or ``"all"`` for a conjunction.
    networks : tuple of tuple of kernel.Layer
        The chains; of a conjunction: those that differ, in the order in which they occur.
    domain : Polyhedron or None
        None for a value at a point; of a conjunction: of its first part that has one.
    clauses : tuple of tuple of Atom
    targets : tuple of Polynomial
        Of an integral: the integrand, in the inputs and then all outputs.
    stated : tuple of Fraction
        The error, the bound, the count, the outputs, or the two bounds of an integral.
    point : tuple of Fraction or None
        Of a value.
    words : tuple of tuple of str
        The norm, the sign, the signs of a monotone map, or whether an integrand is an absolute value ("yes", "no").
    power : int
        Of an integrand.
    parts : tuple of Decoded
        Of a conjunction.
    places : tuple of int
        Which of the networks of the whole statement these are, counted from 0.
    total : int
        How many networks the whole statement has.
    """

    kind: str
    networks: tuple[tuple[Layer, ...], ...]
    domain: Polyhedron | None
    clauses: Clauses = ()
    targets: tuple[Polynomial, ...] = ()
    stated: Point = ()
    point: Point | None = None
    words: tuple[tuple[str, ...], ...] = ()
    power: int = 1
    parts: tuple[Decoded, ...] = ()
    places: tuple[int, ...] = (0,)
    total: int = 1

    @property
    def input_size(self) -> int:
        """Number of inputs of the first network."""
        return _inputs(self.networks[0])

    @property
    def output_sizes(self) -> tuple[int, ...]:
        """Number of outputs of each network."""
        return tuple(len(layers[-1].weights) for layers in self.networks)

    @property
    def shapes(self) -> tuple[tuple[int, ...], ...]:
        """Inputs, units of every layer, outputs; for each network."""
        return tuple((_inputs(layers), *(len(layer.weights) for layer in layers)) for layers in self.networks)

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the networks in plain text: ``f``, or ``f1, f2, ...``."""
        return tuple("f" if self.total == 1 else f"f{place + 1}" for place in self.places)


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
    if statement.get("kind") != "all":
        found = _single(kernel.read_statement(statement))
        return replace(found, places=tuple(range(len(found.networks))), total=len(found.networks))
    parts = [_single(kernel.read_statement(part)) for part in statement["parts"]]
    networks: list[tuple[Layer, ...]] = []
    places: list[tuple[int, ...]] = []
    for part in parts:
        networks.extend(layers for layers in part.networks if layers not in networks)
        places.append(tuple(networks.index(layers) for layers in part.networks))
    return Decoded(
        "all",
        tuple(networks),
        next((part.domain for part in parts if part.domain is not None), None),
        parts=tuple(replace(part, places=own, total=len(networks)) for part, own in zip(parts, places, strict=True)),
        places=tuple(range(len(networks))),
        total=len(networks),
    )


def _single(read: kernel.Statement) -> Decoded:
    over, numerators = read.stated
    point = None
    if read.domain is None and read.point is not None:
        point = tuple(Fraction(entry, read.point[0]) for entry in read.point[1])
    clauses = read.clauses if read.kind in WITH_CLAUSES else []
    return Decoded(
        read.kind,
        tuple(tuple(layers) for layers in read.networks),
        None if read.domain is None else _domain(read.domain),
        tuple(tuple(_atom(atom) for atom in clause) for clause in clauses),
        tuple(_polynomial(*target, kernel.inputs_of(read)) for target in read.targets),
        tuple(Fraction(entry, over) for entry in numerators),
        point,
        tuple(tuple(words) for words in read.words),
        read.power,
    )


def _inputs(layers: tuple[Layer, ...]) -> int:
    return len(layers[0].weights[0]) - 1


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
    dimension = max((len(exponents) for exponents in terms), default=dimension)  # of an integrand: outputs, too
    entries = tuple((Fraction(numerator, over), exponents) for exponents, numerator in terms.items())
    return Polynomial(dimension, entries)
