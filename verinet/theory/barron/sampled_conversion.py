r"""Maurey's way: a random network of m neurons, drawn from the measure that represents a network of higher power.

The push-forward of RePU_t to RePU_s represents f by a signed measure on ridges; m atoms drawn from its size, each with
the same coefficient, are f in the mean, and with a, the largest size of an atom times the mass, the mean square error
is at most :math:`a^2 / m` at every point.  The argument is Maurey's, the measure the paper's [heeringa2024]; numbers
are derived.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from math import comb
from random import Random

from verinet.errors import NotANumber, Unsupported
from verinet.exact.printing import spelled_fields
from verinet.networks.network import Network
from verinet.theory.barron.conversion import power_of
from verinet.theory.barron.preactivations import preactivations, read_domain
from verinet.theory.barron.ridge_networks import gathered, joined, one_function
from verinet.theory.ridges import Ridge, RidgeSum
from verinet.work import keep_going

__all__ = ["SampledConversion", "convert_at_random"]

#: Bits of a uniform random number.
_BITS = 53


@dataclass(frozen=True, slots=True)
class SampledConversion:
    r"""A random network near another one.

    Parameters
    ----------
    source, network : Network
    power, neurons, seed : int
    mass : Fraction
        Of the measure that was drawn from.
    mean_square_bound : Fraction
        At every point of the set, the expected square of the error is at most this.

    Guarantee: estimated (the network is one sample; the bound of its expectation is exact, but for the 53 bits of a
    random number).
    """

    source: Network
    network: Network
    power: int
    neurons: int
    seed: int
    mass: Fraction
    mean_square_bound: Fraction

    __repr__ = spelled_fields


def convert_at_random(
    network: Network,
    to: object = 1,
    neurons: int = 64,
    *,
    seed: int = 0,
    domain: object = None,
    radius: object = None,
) -> SampledConversion:
    r"""Draw so many neurons of a lower power whose mean is the network.

    Parameters
    ----------
    network : Network
        One output; at most one hidden layer.  Its ridges of the power s, and its affine part, are kept.
    to : Activation, int or str
        As for `convert`.
    neurons : int
        m.
    seed : int
    domain, radius
        As for `convert`.

    Raises
    ------
    Unsupported, NotBounded, NotANumber, ShapeMismatch
        As `convert`, and for ridges of lower powers.

    Examples
    --------
    >>> from verinet.networks.build import apply_activation, variable
    >>> from verinet.networks.build import network as built
    >>> from verinet.theory.barron.conversion import RePU
    >>> x = variable("x")
    >>> made = convert_at_random(built(x, apply_activation(x, RePU(2))), neurons=16, radius=1)
    >>> made.network.size <= 16, str(made.mass), str(made.mean_square_bound)
    (True, '2', '1/4')

    Guarantee: estimated.

    Source: derived.
    """
    power = power_of(to)
    if isinstance(neurons, bool) or not isinstance(neurons, int) or neurons < 1:
        raise NotANumber(f"a number of neurons is a positive integer, got {str(neurons)[:40]}", fix="write neurons=64")
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise NotANumber(f"a seed is an integer, got {str(seed)[:40]}", fix="write seed=0")
    place = read_domain(network, domain, radius)
    source = gathered(one_function(network))
    kept, drawn = [], []
    for ridge in source.ridges:
        _, high = preactivations(ridge.weight, ridge.bias, place)
        if high <= 0:
            continue
        if ridge.power == power:
            kept.append(ridge)
        elif ridge.power < power:
            raise Unsupported(f"repu:{ridge.power} is in no space of repu:{power}", fix="convert to a lower power")
        else:
            drawn.append(
                (ridge, high, abs(ridge.coefficient) * comb(ridge.power, power) * high ** (ridge.power - power))
            )
    ridges, largest = _drawn(drawn, power, neurons, Random(seed))
    made = gathered(RidgeSum(source.linear, source.constant, (*kept, *ridges)))
    mass = sum((share for _, _, share in drawn), Fraction(0))
    return SampledConversion(network, joined([made]), power, neurons, seed, mass, (mass * largest) ** 2 / neurons)


def _drawn(
    ridges: Sequence[tuple[Ridge, Fraction, Fraction]], power: int, neurons: int, random: Random
) -> tuple[list[Ridge], Fraction]:
    """Atoms with equal coefficients, and the largest value of any atom."""
    sums = list(accumulate((mass for _, _, mass in ridges), initial=Fraction(0)))
    if not sums[-1]:
        return [], Fraction(0)
    found = []
    for _ in range(neurons):
        keep_going()
        place = bisect_right(sums, sums[-1] * _uniform(random)) - 1
        ridge, high, _ = ridges[place]
        # the density of tau is proportional to tau^(q - 1): the largest of q uniform numbers
        node = high * max(_uniform(random) for _ in range(ridge.power - power))
        sign = 1 if ridge.coefficient > 0 else -1
        found.append(Ridge(sign * sums[-1] / neurons, ridge.weight, ridge.bias - node, power))
    return found, max(high for _, high, _ in ridges) ** power


def _uniform(random: Random) -> Fraction:
    return Fraction(2 * random.getrandbits(_BITS) + 1, 1 << (_BITS + 1))
