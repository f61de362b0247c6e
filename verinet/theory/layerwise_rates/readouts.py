"""The network with all its readouts, what is certified of each, and the same as a construction."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from verinet.errors import Unsupported
from verinet.exact.enclosures import Enclosure
from verinet.exact.linalg import Matrix
from verinet.exact.rationals import Q, format_rational
from verinet.networks.activations import Activation
from verinet.networks.balls import BallArithmetic
from verinet.networks.evaluate import RationalArithmetic, evaluate
from verinet.networks.network import Network
from verinet.theory.construction import Construction, Part
from verinet.theory.layerwise_rates.ladder import EXACT, Decoder, Encoder, good_sides
from verinet.theory.layerwise_rates.rates import Rate, first_below
from verinet.theory.layerwise_rates.stand_in import StandIn, stand_in
from verinet.theory.layerwise_rates.tables import Level
from verinet.theory.minimal_width.functions import Near, Targets

__all__ = ["ExactPowers", "Layerwise", "LayerwiseConstruction"]

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
    def construction(self) -> LayerwiseConstruction:
        """The same as every other construction: the claim is about the last readout."""
        last, found = self.rates[-1], self.stand_in(self.depth)
        own = "derived: exact decoder" if self.decoder is EXACT else "Theorem 2.1: width, depth and activations"
        return LayerwiseConstruction(
            name=f"layerwise/{self.decoder.name}",
            theorem=f"width 2dN + d + 2, readouts within (2d + 1) omega(N^-l): the paper's; {own}; weights: derived",
            network=self.network,
            parts=(Part("encoder and table", found.network, ((Fraction(0), Fraction(1)),) * self.encoder.inputs),),
            claim=found.claim,
            error_bound=last.error,
            norm=f"L{self.p}",
            plan=found.plan,
            facts=self._facts(),
            layers=self,
            lemma="on the good set the last readout depends on the code alone, and its value is within "
            f"{float(self.levels[-1].slack):.3g} (rounded) of the table's entry for every code: "
            f"{'exact arithmetic' if self.decoder is EXACT else 'balls'} showed it while the table was made; on the "
            "ramps both stay between the least and the largest entry; the stated error counts both",
        )

    def _facts(self) -> dict[str, object]:
        shown: dict[str, object] = {
            "resolution": self.encoder.grid,
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


@dataclass(frozen=True, slots=True)
class LayerwiseConstruction(Construction):
    """A construction that knows its readouts.

    Guarantee: exact (that the claim holds, `verinet.construct(..., prove=True)` finds out).
    """

    layers: Layerwise | None = None
