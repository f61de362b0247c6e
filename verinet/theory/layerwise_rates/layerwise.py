r"""Geometric rates layer by layer: one network of width 2dN + d + 2, and a readout after every level.

Zhang, Shen and Xu 2026 [zhangshenxu2026], Theorem 2.1: for f in L^p([0,1]^d) and any depth the readouts satisfy
:math:`\|f - \Phi_l\|_p \le (2d+1)\, \omega_{f,p}(N^{-l})` for every l.  The statement, the width and the activations (ReLU,
two sine channels) are the paper's.  Derived: all weights here, and the exact variant, whose two decoder channels are a
power of 2 and a fractional part and are rational at every code.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice

from verinet.errors import BudgetExhausted, NotANumber, ShapeMismatch, Unsupported
from verinet.exact.enclosures import Enclosure
from verinet.exact.linalg import Matrix
from verinet.exact.rationals import Q, format_rational
from verinet.networks.activations import Activation
from verinet.networks.balls import BallArithmetic
from verinet.networks.evaluate import RationalArithmetic, evaluate
from verinet.networks.network import Network
from verinet.theory.construction import Construction, Part
from verinet.theory.layerwise_rates.ladder import EXACT, SINE, Decoder, Encoder, good_sides, ladder
from verinet.theory.layerwise_rates.moduli import lipschitz_constant
from verinet.theory.layerwise_rates.rates import Rate, first_below, rate
from verinet.theory.layerwise_rates.sines import sine_table
from verinet.theory.layerwise_rates.stand_in import StandIn, stand_in
from verinet.theory.layerwise_rates.tables import Level, climbed, exact_table
from verinet.theory.minimal_width.coded_values import MOST_CELLS
from verinet.theory.minimal_width.functions import Near, Targets, power_below, read_box, read_targets, short

__all__ = ["ExactPowers", "Layerwise", "depth_for", "layerwise", "layerwise_sine"]

#: Levels, where neither a depth nor an error is given.
LEVELS = 3
#: Bits by which a ramp is shorter than the smallest cells, for every power of the norm.
ROOM = 12
#: Bits of the balls that a network with sines is evaluated with, beyond those of its weights.
BITS = 192


class ExactPowers(RationalArithmetic):
    """Rational values; powers of 2 at integers.

    Guarantee: exact.

    Raises
    ------
    Unsupported
        From `activate`, for a power of 2 whose exponent is no integer: a point inside of a ramp.
    """

    def activate(self, activations: tuple[Activation, ...], values: Matrix) -> Matrix:
        """One activation a channel."""
        rows = [[_value(f, z) for z in row] for f, row in zip(activations, values.to_rows(), strict=True)]
        return Matrix.from_rows(rows, columns=values.columns)


def _value(f: Activation, z: Fraction) -> Fraction:
    if f.smooth != "exp2":
        return f.value(z)
    if z.denominator > 1:
        raise Unsupported(
            f"2^z is rational at integers only, got z = {format_rational(z)[:40]}", fix="take a point of the good set"
        )
    return Fraction(2) ** z.numerator


@dataclass(frozen=True, slots=True)
class Layerwise:
    """The network with all its readouts, and what is certified of each.

    Parameters
    ----------
    goal : Targets
    near : Near
        Polynomials near to the target: itself, where it is one.
    encoder : Encoder
    decoder : Decoder
    levels : tuple of Level
    rates : tuple of Rate
        One a readout.
    network : Network
        Of width exactly 2dN + d + 2; depth L + 2; readouts ``phi_1``, ..., ``phi_L``.
    p : int
    wanted : Fraction or None
        The error that was asked for.

    Guarantee: certified.
    """

    goal: Targets
    near: Near
    encoder: Encoder
    decoder: Decoder
    levels: tuple[Level, ...]
    rates: tuple[Rate, ...]
    network: Network
    p: int
    wanted: Fraction | None = None
    _stand_ins: dict[int, StandIn] = field(default_factory=dict, compare=False, repr=False)

    @property
    def depth(self) -> int:
        """The number L of readouts."""
        return len(self.levels)

    def readout(self, level: int) -> Network:
        """The network with Phi_level as its only output, and no layers behind it.

        Raises
        ------
        Unsupported
            If there is no such level.

        Guarantee: exact.
        """
        name, index = self.network.readouts[self._place(level)]
        return Network(self.network.vertices[: index + 1], ((name, index),), self.network.domain)

    def values_at(self, *x: object) -> tuple[Fraction, ...] | tuple[Enclosure, ...]:
        """Phi_1, ..., Phi_L at a point: rational for the exact decoder on the good set, else enclosures.

        Guarantee: certified (exact for the exact decoder).
        """
        point = tuple(map(Q, x))
        if self.decoder is EXACT:
            return evaluate(self.network, point, ExactPowers())
        bits = BITS + 2 * max(level.table_bits for level in self.levels)
        return evaluate(self.network, point, BallArithmetic(bits))

    def is_good(self, level: int, *x: object) -> bool:
        """Whether a point lies outside of all ramps up to this level.

        Guarantee: exact.
        """
        sides = list(good_sides(self.encoder.grid, self.encoder.ramp, level))
        count = self.encoder.grid**level
        return all(low <= q <= high for q in map(Q, x) for low, high in [sides[min(int(q * count), count - 1)]])

    def code_at(self, level: int, *x: object) -> int:
        """The number of the cell of a point of the good set.

        Guarantee: exact.
        """
        count = self.encoder.grid**level
        return sum(min(int(Q(q) * count), count - 1) * count**i for i, q in enumerate(x))

    def depth_for(self, eps: object) -> int | None:
        """The first readout whose error is certified to be at most eps; None if no one is.

        Guarantee: certified.
        """
        return first_below(self.rates, Q(eps))

    def stand_in(self, level: int) -> StandIn:
        """The claim about one readout with its plan; the kernel reads a table in the place of the decoders.

        Guarantee: exact (the claim says exactly this).
        """
        place = self._place(level)
        if place not in self._stand_ins:
            error, power = self.rates[place].error, max(self.p, 2)
            self._stand_ins[place] = stand_in(self.goal, self.near, self.encoder, self.levels[place], power, error)
        return self._stand_ins[place]

    @property
    def construction(self) -> Construction:
        """The same as every other construction: the claim is about the last readout."""
        last, found = self.rates[-1], self.stand_in(self.depth)
        own = "derived: exact decoder" if self.decoder is EXACT else "Theorem 2.1: width, depth and activations"
        return Construction(
            name=f"layerwise/{self.decoder.name}",
            theorem=f"width 2dN + d + 2, every readout within (2d + 1) omega(N^-l): the paper's; {own}; weights: derived",
            network=self.network,
            parts=(Part("encoder and table", found.network, ((Fraction(0), Fraction(1)),) * self.encoder.inputs),),
            claim=found.claim,
            error_bound=last.error,
            norm=f"L{self.p}",
            plan=found.plan,
            facts=self._facts(),
        )

    def _facts(self) -> dict[str, object]:
        shown: dict[str, object] = {
            "grid": self.encoder.grid,
            "levels": self.depth,
            "cells": len(self.levels[-1].values),
            "activations": f"ReLU, {self.decoder.first}, {self.decoder.second}",
            "ramp": self.encoder.ramp,
            "table bits": " ".join(str(level.table_bits) for level in self.levels),
            "decoder slack": max(level.slack for level in self.levels),
            "claim": "about the table of the last readout behind the same encoder",
        }
        for found in self.rates:
            shown[f"error of phi_{found.level}"] = found.error
            shown[f"bound of phi_{found.level}"] = found.bound
        shown["every readout within its bound"] = "yes" if all(found.holds for found in self.rates) else "no"
        if self.rates[0].lipschitz is not None:
            within = all(found.holds_lipschitz for found in self.rates)
            shown["every readout within its Lipschitz bound"] = "yes" if within else "no"
        if self.wanted is not None:
            shown["first readout below eps"] = self.depth_for(self.wanted)
        return shown

    def _place(self, level: int) -> int:
        if isinstance(level, bool) or not isinstance(level, int) or not 1 <= level <= self.depth:
            raise Unsupported(f"there are the levels 1 to {self.depth}, got {level!r}"[:120], fix="take one of them")
        return level - 1


def layerwise(
    targets: object,
    *,
    inputs: int,
    resolution: int | None = None,
    grid: int | None = None,
    depth: int | None = None,
    eps: object = None,
    p: int = 2,
    domain: object = None,
    activations: str = "exact",
) -> Layerwise:
    r"""Return one network of width 2dN + d + 2 whose readouts Phi_1, ..., Phi_L come nearer to f level by level.

    .. math:: \|f - \Phi_l\|_{L^p([0,1]^d)} \le (2d+1)\, \omega_{f,p}(N^{-l}), \qquad l = 1, \dots, L

    Parameters
    ----------
    targets : polynomial, pieces, or sympy expression
        One function of d variables.
    inputs : int
        d.
    resolution, grid : int
        N >= 2, by either name; 2 if neither is given.
    depth : int
        The number L of readouts; the network has two layers more.
    eps : exact number
        Instead: levels until the error is certified to be at most eps.
    p : int
        1, or even.
    domain : Polyhedron or intervals, optional
        The unit cube, if it shall be checked.
    activations : str
        ``"exact"`` or ``"sine"``.

    Raises
    ------
    ShapeMismatch
        If there is not exactly one target.
    Unsupported
        If N, L, p, eps, the domain or the activations are out of range.
    BudgetExhausted
        If a level has more than 2^16 cells; with sines, more than 81.

    Notes
    -----
    The ramps are the same for every depth, so that the network of a lower depth is, literally, the beginning of that
    of a higher one.  Mark: statement, width, depth and sine channels are the paper's; weights and the exact decoder
    derived.

    Guarantee: certified (exact for polynomials, pieces and the exact decoder).

    Source: [zhangshenxu2026], Theorem 2.1.

    Examples
    --------
    >>> found = layerwise({(1,): 1, (2,): -1}, inputs=1, grid=2, depth=3)
    >>> set(found.network.level_widths), found.network.depth, [rate.holds for rate in found.rates]
    ({7}, 5, [True, True, True])
    >>> found.network.readouts == layerwise({(1,): 1, (2,): -1}, inputs=1, grid=2, depth=4).network.readouts[:3]
    True
    >>> [str(value) for value in found.values_at("1/3")][0], found.depth_for("1/20")
    ('2729/16384', 2)
    """
    goal = read_targets(targets, inputs)
    if len(goal) != 1:
        raise ShapeMismatch(f"layer-wise rates are about one output, got {len(goal)} targets", fix="give one target")
    decoder = _decoder(activations)
    n, power, wanted = _grid(resolution, grid), _power(p), None if eps is None else _positive(eps)
    box = read_box(domain, inputs)
    if any(side != (0, 1) for side in box):
        raise Unsupported("layer-wise rates are stated on the unit cube", fix="write the target in variables from it")
    count = _levels(depth, wanted, n, inputs)
    (target,) = goal.functions
    near = target.near(box, Fraction(1, 64)) if target.is_smooth else target.near(box)
    if target.is_smooth:
        near = target.near(box, _closeness(near, n, count if depth is not None else LEVELS + 1, wanted))
    return _built(goal, near, n, count, power, wanted, decoder, grow=depth is None and wanted is not None)


def layerwise_sine(
    targets: object,
    *,
    inputs: int,
    resolution: int | None = None,
    grid: int | None = None,
    depth: int | None = None,
    eps: object = None,
    p: int = 2,
    domain: object = None,
) -> Layerwise:
    """Return the same with the paper's activations: ReLU, and two sine channels.

    Guarantee: certified.

    Raises
    ------
    BudgetExhausted
        If a level has more than 81 cells: one real number has to hold them all.

    Examples
    --------
    >>> found = layerwise_sine({(2,): 1}, inputs=1, grid=2, depth=2)
    >>> [rate.holds for rate in found.rates], {str(level.correction.weight.denominator) for level in found.levels}
    ([True, True], {'8192'})
    """
    return layerwise(
        targets, inputs=inputs, resolution=resolution, grid=grid, depth=depth, eps=eps, p=p, domain=domain,
        activations="sine",
    )  # fmt: skip


def depth_for(targets: object, eps: object, *, inputs: int, grid: int = 2, p: int = 2, activations: str = "exact") -> int:
    """Return the first level whose readout is certified to be within eps.

    Guarantee: certified.

    Raises
    ------
    BudgetExhausted
        If the cells run out before.

    Examples
    --------
    >>> depth_for({(1,): 1, (2,): -1}, "1/20", inputs=1)
    2
    """
    return layerwise(targets, inputs=inputs, grid=grid, eps=eps, p=p, activations=activations).depth


def _built(
    goal: Targets, near: Near, grid: int, count: int, p: int, wanted: Fraction | None, decoder: Decoder, grow: bool
) -> Layerwise:
    inputs = goal.dimension
    low, high = near.extremes(near.box)
    size = max(abs(low), abs(high))
    # carried values are never below -reach: means of f, and errors of decoders that are far smaller
    reach = 4 * power_below(size) if size else Fraction(1)
    start = low if low == high else short((low + high) / 2, power_below(size) / 64)
    encoder = Encoder(inputs, grid, ramp_of(inputs, grid, p))
    lipschitz = lipschitz_constant(goal.functions[0], near)
    table = exact_table if decoder is EXACT else sine_table
    levels: list[Level] = []
    rates: list[Rate] = []
    # whatever a ramp makes of a code, Phi_l - Phi_0 is at most the sum of the corrections' sizes
    bound = max(high - start, start - low)
    for level in islice(climbed(near, start, inputs, grid, table), count):
        bound += level.correction.size
        if min(level.values) - level.slack < -reach:
            raise Unsupported("a value that is carried falls below what is added", fix="take a smaller grid")
        levels.append(level)
        rates.append(rate(near, encoder, level, bound, p, lipschitz))
        if grow and wanted is not None and rates[-1].error <= wanted:
            break
    else:
        if grow and wanted is not None:
            raise BudgetExhausted(
                f"no readout of {count} levels is certified to be within {format_rational(wanted)}",
                fix="ask for a larger eps, or take a larger grid",
            )
    network = ladder(encoder, decoder, start, reach, [level.correction for level in levels])
    return Layerwise(goal, near, encoder, decoder, tuple(levels), tuple(rates), network, p, wanted)


def ramp_of(inputs: int, grid: int, p: int) -> Fraction:
    """The width of a ramp: so short that all ramps of all levels within 2^16 cells matter little in L^p.

    It does not depend on the number of levels.

    Guarantee: exact.

    Examples
    --------
    >>> ramp_of(1, 2, 2) == Fraction(1, 2**60)
    True
    """
    power = max(p, 2)
    finest = MOST_CELLS.bit_length() - 1
    together = (inputs * (grid - 1) * finest - 1).bit_length()
    return Fraction(1, 1 << (power * (finest + ROOM) + together))


def _closeness(coarse: Near, grid: int, levels: int, eps: Fraction | None) -> Fraction:
    """How near polynomials have to be to a smooth function, to matter little at the last level."""
    low, high = coarse.extremes(coarse.box)
    wanted = max(high - low, Fraction(1, 1024)) / (16 * grid**levels)
    return power_below(wanted if eps is None else min(wanted, eps / 64))


def _decoder(activations: object) -> Decoder:
    for decoder in (EXACT, SINE):
        if activations == decoder.name:
            return decoder
    raise Unsupported(f"there are the activations exact and sine, got {str(activations)[:40]!r}", fix="take exact")


def _grid(resolution: object, grid: object) -> int:
    if resolution is not None and grid is not None and resolution != grid:
        raise Unsupported("resolution and grid are two names of one number, and differ", fix="give one of them")
    found = grid if grid is not None else 2 if resolution is None else resolution
    if isinstance(found, bool) or not isinstance(found, int) or not 2 <= found <= MOST_CELLS:
        raise Unsupported(f"a grid has from 2 to {MOST_CELLS} cells an axis, got {found!r}"[:120], fix="take grid=3")
    return found


def _power(p: object) -> int:
    if isinstance(p, bool) or not isinstance(p, int) or p < 1 or (p > 1 and p % 2) or p > 16:
        raise Unsupported(f"rates are certified in L^p for p = 1 and even p up to 16, got {p!r}"[:120], fix="take p=2")
    return p


def _positive(eps: object) -> Fraction:
    found = Q(eps)
    if found <= 0:
        raise NotANumber(f"an error is positive, got {format_rational(found)}", fix="take eps=Q('1/10')")
    return found


def _levels(depth: object, eps: Fraction | None, grid: int, inputs: int) -> int:
    """How many levels, or how many at most."""
    if depth is None:
        top = 0
        while grid ** (inputs * (top + 1)) <= MOST_CELLS:
            top += 1
        return min(LEVELS, max(top, 1)) if eps is None else max(top, 1)
    if isinstance(depth, bool) or not isinstance(depth, int) or depth < 1:
        raise Unsupported(f"the number of levels is a positive integer, got {depth!r}"[:120], fix="take depth=4")
    return depth
