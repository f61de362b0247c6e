r"""Measures on parameters: point masses, and densities on [0, 1] carried along segments of biases.

A function of a Barron space is :math:`f(x) = \int \mathrm{RePU}_s(w \cdot x + b)\, d\mu(w, b)`, the paper's
[heeringa2024] form.  Two kinds of measures suffice for all embeddings here: finite sums of point masses, and
push-forwards of :math:`q(\theta)\, d\theta \otimes \delta_{(w, b)}` under :math:`(w, b, \theta) \mapsto (w, b - L
\theta)`, a `Fibre`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb
from typing import Any

from flint import arb

from verinet.errors import ShapeMismatch, Unsupported
from verinet.exact.enclosures import Enclosure
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import Q
from verinet.theory.barron.conventions import (
    Convention,
    Exact,
    InputBall,
    cost,
    dot,
    length,
    order_of,
    simplified,
    tidied,
)
from verinet.theory.barron.densities import Density, PowerDensity
from verinet.theory.barron.exact_values import ball_of, enclosed, refined
from verinet.theory.ridges import Ridge, RidgeSum, Row

_ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Atom:
    """The signed mass at the parameter (weight, bias).

    Guarantee: exact.
    """

    mass: Fraction
    weight: Row
    bias: Fraction = _ZERO

    __repr__ = spelled_fields

    def __post_init__(self) -> None:
        object.__setattr__(self, "mass", Q(self.mass))
        object.__setattr__(self, "weight", tuple(map(Q, self.weight)))
        object.__setattr__(self, "bias", Q(self.bias))


@dataclass(frozen=True, slots=True)
class Fibre:
    r"""The measure :math:`m\, q(\theta)\, d\theta` on the segment :math:`\theta \mapsto (w, b - L\theta)`.

    Parameters
    ----------
    mass : Exact
        m.
    weight : tuple of Fraction
    bias : Exact
        b.
    length : Exact
        L, not negative.
    density : Density
        q.

    Guarantee: exact.
    """

    mass: Exact
    weight: Row
    bias: Exact
    length: Exact
    density: Density

    __repr__ = spelled_fields

    def __post_init__(self) -> None:
        object.__setattr__(self, "weight", tuple(map(Q, self.weight)))


@dataclass(frozen=True, slots=True)
class Measure:
    """A signed measure on parameters (w, b): finitely many point masses and finitely many fibres.

    Parameters
    ----------
    inputs : int
        d, the length of every weight.
    atoms : tuple of Atom
    fibres : tuple of Fibre

    Raises
    ------
    ShapeMismatch
        If a weight has another length.

    Examples
    --------
    >>> mu = Measure(1, (Atom(1, (1,)), Atom(1, (-1,))))
    >>> mu.value(1, Fraction(-3)), mu.mass()  # the absolute value
    (Fraction(3, 1), Fraction(2, 1))

    Guarantee: exact.
    """

    inputs: int
    atoms: tuple[Atom, ...] = ()
    fibres: tuple[Fibre, ...] = ()

    __repr__ = spelled_fields

    def __post_init__(self) -> None:
        weights = [atom.weight for atom in self.atoms] + [fibre.weight for fibre in self.fibres]
        for weight in weights:
            if len(weight) != self.inputs:
                raise ShapeMismatch(
                    f"a measure on the parameters of {self.inputs} inputs has a weight of {len(weight)} numbers",
                    fix="give every weight one number an input",
                )

    # --- arithmetic ---------------------------------------------------------------------------------

    def __add__(self, other: Measure) -> Measure:
        """The sum, nothing merged."""
        if self.inputs != other.inputs:
            raise ShapeMismatch(
                f"measures for {self.inputs} and for {other.inputs} inputs have no sum",
                fix="take two measures for the same inputs",
            )
        return Measure(self.inputs, self.atoms + other.atoms, self.fibres + other.fibres)

    def scaled(self, factor: Fraction) -> Measure:
        """This measure times a number."""
        atoms = tuple(Atom(a.mass * factor, a.weight, a.bias) for a in self.atoms)
        fibres = tuple(Fibre(f.mass * factor, f.weight, f.bias, f.length, f.density) for f in self.fibres)
        return Measure(self.inputs, atoms, fibres)

    def merged(self) -> Measure:
        """One atom a parameter, none of mass 0, in increasing order; fibres stay as they are.

        Examples
        --------
        >>> Measure(1, (Atom(2, (1,)), Atom(-2, (1,)))).merged()
        Measure(inputs=1, atoms=(), fibres=())

        Guarantee: exact.
        """
        found: dict[tuple[Row, Fraction], Fraction] = defaultdict(Fraction)
        for atom in self.atoms:
            found[atom.weight, atom.bias] += atom.mass
        atoms = tuple(Atom(m, w, b) for (w, b), m in sorted(found.items()) if m)
        return Measure(self.inputs, atoms, tuple(f for f in self.fibres if f.mass != 0))

    # --- size ---------------------------------------------------------------------------------------

    def mass(self) -> Exact:
        """The total variation of the merged atoms plus that of each fibre: an upper bound if fibres overlap.

        Raises
        ------
        Unsupported
            If a density has no exact mass; `mass_enclosure` has a certified one.

        Guarantee: exact.
        """
        merged = self.merged()
        return simplified(
            sum((abs(a.mass) for a in merged.atoms), _ZERO)
            + sum((abs(f.mass) * _exact_mass(f.density) for f in merged.fibres), _ZERO)
        )

    def mass_enclosure(self, digits: int = 30) -> Enclosure:
        """An enclosure of that number, whatever the densities are.

        Examples
        --------
        >>> Measure(1, (Atom("1/3", (1,)),)).mass_enclosure(10).low
        Fraction(1, 3)

        Guarantee: certified.
        """
        merged = self.merged()
        low = high = sum((abs(a.mass) for a in merged.atoms), _ZERO)
        for fibre in merged.fibres:
            size, share = enclosed(abs(fibre.mass), digits + 5), fibre.density.mass(digits + 5)
            low, high = low + size.low * share.low, high + size.high * share.high
        return Enclosure(low, high)

    def cost(self, power: Any, ball: InputBall, norm: Convention = Convention.N2) -> Exact:
        """What this measure costs: an upper bound of the norm of its function.

        Parameters
        ----------
        power : int (Fraction or sympy number for N2)
            s.
        ball : InputBall
        norm : Convention

        Raises
        ------
        Unsupported
            As `verinet.theory.barron.conventions.cost`; or where a fibre has no exact cost: for N1 with orders
            that are no integers, or with a density that is known by enclosures only.

        Examples
        --------
        >>> mu = Measure(1, (), (Fibre(Fraction(1), (1,), Fraction(1), Fraction(2), PowerDensity(Fraction(4))),))
        >>> [str(mu.cost(1, InputBall(1), norm)) for norm in (Convention.N1, Convention.N2)]
        ['6', '4']

        Guarantee: exact.
        """
        merged = self.merged()
        total = sum((abs(a.mass) * cost(a.weight, a.bias, power, ball, norm) for a in merged.atoms), _ZERO)
        for fibre in merged.fibres:
            total = total + abs(fibre.mass) * _fibre_cost(fibre, power, ball, norm)
        return simplified(total)

    # --- the function -------------------------------------------------------------------------------

    def function(self, power: int) -> RidgeSum:
        """The function of a finite measure, as a sum of ridges.

        Raises
        ------
        Unsupported
            If there are fibres, or if the power is 0: steps are no truncated powers.

        Examples
        --------
        >>> Measure(1, (Atom(3, (1,), -1),)).function(2)(4)
        Fraction(27, 1)

        Guarantee: exact.
        """
        if self.fibres or power < 1:
            raise Unsupported(
                "a sum of ridges has finitely many neurons, of a power of at least 1",
                fix="evaluate a fibre with `value` or `enclosure`; `convert` cuts it into finitely many neurons",
            )
        return RidgeSum(
            (_ZERO,) * self.inputs, _ZERO, tuple(Ridge(a.mass, a.weight, a.bias, power) for a in self.atoms)
        )

    def value(self, power: int, *x: object) -> Exact:
        r"""The value :math:`\int \max(0, w \cdot x + b)^s d\mu` at x; for s = 0 the step is 0 at 0.

        Raises
        ------
        Unsupported
            For a fibre whose density is no power of integer exponent, or an order that is no integer; `enclosure`
            has a ball.
        NotANumber
            If the order is negative.

        Guarantee: exact.
        """
        order, point = order_of(power), self._point(x)
        if not isinstance(order, Fraction) or order.denominator != 1:
            raise Unsupported(f"exact values are for integer orders, got {str(power)[:40]}", fix="ask for an enclosure")
        power = int(order)
        total: Exact = _ZERO
        for atom in self.atoms:
            z = dot(atom.weight, point) + atom.bias
            total += atom.mass * z**power if z > 0 else _ZERO
        for fibre in self.fibres:
            if not isinstance(fibre.density, PowerDensity):
                raise Unsupported("the density of a fibre is known by enclosures only", fix="ask for an enclosure")
            z = dot(fibre.weight, point) + fibre.bias
            total = total + fibre.mass * fibre.density.exact_ramp(power, z, fibre.length)
        return tidied(total)

    def enclosure(self, power: Any, *x: object, digits: int = 30) -> Enclosure:
        """An enclosure of the value at x, for real orders and for every density.

        Raises
        ------
        NotANumber
            If the order is negative.
        Unsupported
            For an order that is no integer, where a fibre has a smooth density.

        Guarantee: certified.
        """
        power, point = order_of(power), self._point(x)

        def compute() -> arb:
            total = arb(0)
            for atom in self.atoms:
                z = dot(atom.weight, point) + atom.bias
                total += ball_of(atom.mass) * ball_of(z) ** ball_of(power) if z > 0 else arb(0)
            for fibre in self.fibres:
                z = dot(fibre.weight, point) + fibre.bias
                total += ball_of(fibre.mass) * fibre.density.ramp(power, z, fibre.length)
            return total

        return refined("the value of a measure", digits, compute)

    def _point(self, x: Sequence[object]) -> Row:
        if len(x) != self.inputs:
            raise ShapeMismatch(f"a function of {self.inputs} inputs got {len(x)} numbers", fix="give one for each")
        return tuple(map(Q, x))


def measure_of(function: RidgeSum, power: int) -> Measure:
    """The finite measure of a sum of ridges of one power.

    Raises
    ------
    Unsupported
        If there is an affine part, or a ridge of another power: these are first to be written by such neurons
        (`verinet.theory.barron.polynomials`).

    Examples
    --------
    >>> measure_of(RidgeSum((_ZERO,), _ZERO, (Ridge(Fraction(2), (Fraction(1),), _ZERO, 3),)), 3).mass()
    Fraction(2, 1)

    Guarantee: exact.
    """
    if function.constant or any(function.linear) or any(r.power != power for r in function.ridges):
        raise Unsupported(
            f"the function is no sum of RePU_{power} neurons: it has an affine part or another power",
            fix="write polynomials by neurons first, and one power at a time",
        )
    return Measure(function.inputs, tuple(Atom(r.coefficient, r.weight, r.bias) for r in function.ridges))


def _exact_mass(density: Density) -> Exact:
    found = density.exact_mass()
    if found is None:
        raise Unsupported("a density is known by enclosures only", fix="ask for `mass_enclosure`")
    return found


def _fibre_cost(fibre: Fibre, power: Any, ball: InputBall, norm: Convention) -> Exact:
    power, size = order_of(power), length(fibre.weight, ball.pairing)
    first, last = fibre.bias, simplified(fibre.bias - fibre.length)
    # where the cost does not depend on the bias, the two ends decide whether the whole fibre is allowed
    if norm != Convention.N1:
        each = cost(fibre.weight, first, power, ball, norm)
        cost(fibre.weight, last, power, ball, norm)
        return each * _exact_mass(fibre.density)
    if not isinstance(fibre.density, PowerDensity) or int(power) != power:
        raise Unsupported("N1 weighs a fibre along its biases: no exact form here", fix="take integer orders")
    total: Exact = _ZERO
    signed = PowerDensity(abs(fibre.density.coefficient), fibre.density.exponent)
    if fibre.length == 0:
        return cost(fibre.weight, first, power, ball, norm) * signed.exact_mass()
    turn = min(max(simplified(first / fibre.length), _ZERO), Fraction(1))
    for low, high, sign in ((_ZERO, turn, 1), (turn, Fraction(1), -1)):
        # (|w| + sign (b - L theta))^s, expanded in theta
        start, slope = size + sign * first, -sign * fibre.length
        for k in range(int(power) + 1):
            factor = comb(int(power), k) * start ** (int(power) - k) * slope**k
            total = total + factor * signed.moment(k, low, high)
    return simplified(total)
