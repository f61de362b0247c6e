r"""Squashable activations: neurons that pass a channel on, and neurons that tell whether it has passed an integer.

A function is squashable (Shin and others, as Rochau, Chan, Gottschalk 2024 [rochau2024] use it) if networks of width 1
come near to the identity and to a step on any compact set.  For the hard sigmoid both are exact on the codes; for the
logistic function (and tanh, the same on another scale), with ``r(u) = 4 (sig(u) - 1/2)``,

.. math:: |r(e x)/e - x| \le e^2 |x|^3 / 12, \qquad |\mathrm{sig}(\lambda u) - 1_{u > 0}| \le e^{-\lambda |u|}.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from verinet.claims.plans import Form
from verinet.errors import Unsupported
from verinet.networks.activations import Activation, activation
from verinet.networks.network import Interval
from verinet.theory.minimal_width.channels import Unit

_ZERO, _ONE, _HALF = Fraction(0), Fraction(1), Fraction(1, 2)
#: How far a code may drift from its integer before a step no longer knows on which side it is.
DRIFT = Fraction(1, 16)
#: Name, as a caller spells it -> the activation.
SQUASHING = {"hard-sigmoid": "hard_sigmoid", "logistic": "logistic", "tanh": "tanh"}


@dataclass(frozen=True, slots=True)
class Squash:
    """A squashable activation, and how sharply it is used.

    Parameters
    ----------
    activation : Activation
    code_scale, value_scale : Fraction
        The e of the identity, for codes and for values; 1 for the hard sigmoid, which needs none.
    steepness : Fraction
        The lambda of the step.

    Guarantee: exact (it is a choice of weights).
    """

    activation: Activation
    code_scale: Fraction = _ONE
    value_scale: Fraction = _ONE
    steepness: Fraction = _ONE

    @property
    def is_exact(self) -> bool:
        """Whether identity and step are exact on codes and values."""
        return self.activation.name == "hard_sigmoid"

    def passing(self, row: Form, side: Interval, scale: Fraction) -> tuple[Unit, Fraction, Fraction]:
        """The neuron that passes a form on, and (c, d) so that the form is ``c + d * result``, or near it.

        Guarantee: exact for the hard sigmoid, as long as the form stays in `side`.
        """
        low, high = side
        if self.is_exact:
            width = high - low or _ONE
            # max(0, min(1, z/5 + 1/2)) with z = 5 ((x - low)/width - 1/2)
            return (_times(_moved(row, -low - width / 2), 5 / width), self.activation), low, width
        middle = (low + high) / 2
        if self.activation.name == "tanh":
            return (_times(_moved(row, -middle), scale / 2), self.activation), middle, 2 / scale
        return (_times(_moved(row, -middle), scale), self.activation), middle - 2 / scale, 4 / scale

    def reached(self, row: Form, code: int) -> tuple[Unit, Fraction, Fraction]:
        """The neuron that tells whether a form, near an integer, is at least `code`: ``c + d * result`` is 0 or 1.

        Guarantee: exact for the hard sigmoid at integers.
        """
        if self.is_exact:
            return (_times(_moved(row, _HALF - code), Fraction(5)), self.activation), _ZERO, _ONE
        if self.activation.name == "tanh":
            return (_times(_moved(row, _HALF - code), self.steepness / 2), self.activation), _HALF, _HALF
        return (_times(_moved(row, _HALF - code), self.steepness), self.activation), _ZERO, _ONE


def squash(name: str, layers: int, codes: int, side: Interval, variation: Fraction, tolerance: Fraction) -> Squash:
    """Choose the weights so that, after so many layers, codes are off by less than 1/16 and values by `tolerance`.

    Parameters
    ----------
    name : str
        "hard-sigmoid", "logistic" or "tanh".
    layers, codes : int
    side : (Fraction, Fraction)
        The interval of the values.
    variation : Fraction
        The sum of the sizes of all changes of the value.
    tolerance : Fraction
        For the values.

    Raises
    ------
    Unsupported
        For another name.

    Guarantee: exact (that the weights do what they should is shown by balls, elsewhere).

    Examples
    --------
    >>> chosen = squash("tanh", 8, 9, (Fraction(0), Fraction(1)), Fraction(2), Fraction(1, 1000))
    >>> chosen.code_scale, chosen.value_scale, chosen.steepness
    (Fraction(1, 32), Fraction(1, 16), Fraction(20, 1))
    """
    if name not in SQUASHING:
        raise Unsupported(
            f"floor_squashable knows {', '.join(SQUASHING)}, got {name!r:.60}", fix="take one of these activations"
        )
    kind = activation(SQUASHING[name])
    if name == "hard-sigmoid" or not layers:
        return Squash(kind)
    reach = side[1] - side[0] or _ONE
    code_scale = _scale_below(12 * DRIFT / (layers * (Fraction(codes, 2)) ** 3))
    value_scale = _scale_below(12 * tolerance / (2 * layers * (reach / 2 + tolerance) ** 3))
    # e^(-lambda (1/2 - 1/16)) <= tolerance / (2 variation), and ln 2 < 7/10
    bits = -(-2 * variation // tolerance) if variation else Fraction(1)
    steepness = Fraction(8 * int(bits).bit_length() // 5 + 1)
    return Squash(kind, code_scale, value_scale, steepness)


def _scale_below(square: Fraction) -> Fraction:
    """The largest power of 2 whose square is at most a number, and at most 1."""
    scale = _ONE
    while scale * scale > square:
        scale /= 2
    return scale


def _moved(row: Form, by: Fraction) -> Form:
    return (row[0] + by, *row[1:])


def _times(row: Form, factor: Fraction) -> Form:
    return tuple(factor * entry for entry in row)
