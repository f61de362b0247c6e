"""Staircases: almost constant on the cells of an interval, steep in between; the encoder of a coding scheme.

The paper's L^p quantizer has two free slopes; here the steep one is the flat one times a power of 1/alpha, so that one
leaky ReLU makes it exactly (derived).  Cells have the length 1/N each but the last, which is shorter by the risers: all
heights and weights stay short.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, pairwise

from verinet.errors import Unsupported
from verinet.exact.rationals import format_rational
from verinet.networks.network import Interval
from verinet.theory.minimal_width.channels import Channels
from verinet.theory.minimal_width.leaky_bends import bend, flatter, ratio, steeper

__all__ = ["Staircase", "climb", "repetitions_for"]


@dataclass(frozen=True, slots=True)
class Staircase:
    r"""An increasing function on [0, 1] with N flats of slope ``a = N rise`` and risers of slope ``a ratio^-m``.

    Parameters
    ----------
    codes : tuple of Fraction
        The heights at which the flats begin, ascending by more than `rise`.
    rise : Fraction
        What a flat of length 1/N climbs.
    repetitions : int
        m.
    ratio : Fraction
        Below 1.

    Raises
    ------
    Unsupported
        If the codes are too close, or the risers leave nothing of the last flat.

    Examples
    --------
    >>> stairs = Staircase((Fraction(0), Fraction(1)), Fraction(1, 4), 2, Fraction(1, 4))
    >>> stairs.ends
    (Fraction(0, 1), Fraction(1, 2), Fraction(19, 32), Fraction(1, 1))
    >>> stairs.risers
    Fraction(3, 32)

    Guarantee: exact.
    """

    codes: tuple[Fraction, ...]
    rise: Fraction
    repetitions: int
    ratio: Fraction

    def __post_init__(self) -> None:
        if not 0 < self.rise < min((b - a for a, b in pairwise(self.codes)), default=self.rise + 1):
            raise Unsupported(
                f"a staircase needs codes that ascend by more than the rise {format_rational(self.rise)} > 0 of a flat",
                fix="take a smaller rise",
            )
        if self.risers * self.cells >= 1:
            raise Unsupported(
                f"the risers of a staircase of {self.cells} cells are {format_rational(self.risers)} long together: "
                "nothing is left of the last flat",
                fix="take more repetitions",
            )

    @property
    def cells(self) -> int:
        """The number N of flats."""
        return len(self.codes)

    @property
    def slope(self) -> Fraction:
        """That of a flat."""
        return self.cells * self.rise

    @property
    def lengths(self) -> tuple[Fraction, ...]:
        """Those of the risers."""
        steep = self.slope / self.ratio**self.repetitions
        return tuple((b - a - self.rise) / steep for a, b in pairwise(self.codes))

    @property
    def risers(self) -> Fraction:
        """How long the risers are together."""
        return sum(self.lengths, start=Fraction(0))

    @property
    def starts(self) -> tuple[Fraction, ...]:
        """Where the flats begin."""
        shifts = accumulate(self.lengths, initial=Fraction(0))
        return tuple(Fraction(i, self.cells) + shift for i, shift in enumerate(shifts))

    @property
    def flats(self) -> tuple[Interval, ...]:
        """The flats as intervals."""
        return tuple((low, min(low + Fraction(1, self.cells), Fraction(1))) for low in self.starts)

    @property
    def ends(self) -> tuple[Fraction, ...]:
        """The ends of flats and risers, from 0 to 1."""
        return tuple(end for flat in self.flats for end in flat)

    @property
    def top(self) -> Fraction:
        """The height at 1."""
        return self.codes[-1] + self.slope * (1 - self.starts[-1])


def repetitions_for(codes: Sequence[Fraction], rise: Fraction, factor: Fraction, wanted: Fraction) -> int:
    """The least m >= 1 whose risers are at most `wanted` long together, and the last flat keeps half its length.

    Guarantee: exact.

    Examples
    --------
    >>> repetitions_for((Fraction(0), Fraction(1)), Fraction(1, 4), Fraction(1, 4), Fraction(1, 100))
    4
    """
    cells = len(codes)
    length = sum((b - a - rise for a, b in pairwise(codes)), start=Fraction(0)) / (cells * rise)
    m, factor_m = 1, factor
    while length * factor_m > min(wanted, Fraction(1, 2 * cells)):
        m, factor_m = m + 1, factor_m * factor
    return m


def climb(channels: Channels, alpha: Fraction, stairs: Staircase) -> None:
    """Append the ``2 (N - 1) m`` layers of a staircase, in all channels at once, each scaled to [0, 1] before.

    Guarantee: exact.

    Examples
    --------
    >>> stairs = Staircase((Fraction(0), Fraction(1)), Fraction(1, 4), 2, Fraction(1, 4))
    >>> channels = Channels.of(((Fraction(-1), Fraction(1)),))
    >>> climb(channels, Fraction(1, 4), stairs)
    >>> channels.depth, channels.network()(0), channels.network()("3/16")
    (4, (Fraction(1, 4),), (Fraction(1, 1),))
    """
    if stairs.ratio != ratio(alpha):
        raise Unsupported(
            f"a staircase of ratio {format_rational(stairs.ratio)} is not made by alpha = {format_rational(alpha)}",
            fix="give the smaller one of alpha and 1/alpha",
        )
    size = len(channels.ranges)
    rows = []
    for place, (low, high) in enumerate(channels.ranges):
        factor = stairs.slope / (high - low)
        rows.append((stairs.codes[0] - factor * low, *(factor * int(j == place) for j in range(size))))
    channels.affine(rows, [(stairs.codes[0], stairs.codes[0] + stairs.slope)] * size)
    for code, following in pairwise(stairs.codes):
        channels.mark()
        for one in (steeper(alpha, code + stairs.rise), flatter(alpha, following)):
            for _ in range(stairs.repetitions):
                bend(channels, alpha, dict.fromkeys(range(size), one))
    channels.mark()
