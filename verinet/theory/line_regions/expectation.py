r"""How many regions a random network has on average: an exact formula for finite widths, and Cauchy's law.

All weights of a layer are independent centred Gaussians with one variance, its biases too, and the input ranges over
the whole line.  With :math:`q_l = 1 - 2^{-n_l}`

.. math:: E[\text{breakpoints made in layer } l] = n_l \prod_{k<l} q_k, \qquad
   E[R] = 1 + \sum_l n_l \prod_{k \ne l} q_k ,

whatever the variances are.  That is derived, not the paper's: the paper [kogan2025] says that the mean is
:math:`\sum n_l + o(\sum n_l) + 1` as the widths grow, with He weights.

Proof of the formula.  (1) A breakpoint of layer l is a zero of :math:`a \cdot h(x) + a_0`, Gaussian in a and
:math:`a_0`; the mean number of zeros is :math:`1/\pi` times the length of the projective curve of
:math:`(\sigma h(x), \sigma_0)` [edelman1995], and a linear curve has length :math:`\pi`.  (2) Changing the
sign of a row of Gaussian weights leaves the Gram matrix of the layer below as it is and exchanges active with
inactive: given the layers below, the number of active neurons is binomial with probability 1/2.  (3) So
the length is a mean over that number; with k >= 1 active neurons it is that of the layer below (with another variance
of the bias, which does not matter), with none it is 0.  (4) Above its layer a breakpoint survives a layer if and only
if some neuron is active there, with probability :math:`q_k`, independently.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod

from flint import arb

from verinet.errors import EmptyDomain, Unsupported
from verinet.exact.enclosures import Enclosure, ball, enclosure_of, precision
from verinet.theory.line_regions.setting import Setting, widths_of

_BITS = 128


def _alive(width: int) -> Fraction:
    """The probability that some neuron of a layer is active."""
    return 1 - Fraction(1, 1 << width)


def expected_breakpoints(widths: Sequence[int]) -> tuple[Fraction, ...]:
    r"""For each hidden layer the mean number of breakpoints that it makes, :math:`n_l \prod_{k<l}(1 - 2^{-n_k})`.

    Derived; see the module.

    Examples
    --------
    >>> [str(q) for q in expected_breakpoints([2, 2])]
    ['2', '3/2']

    Guarantee: exact.
    """
    sizes = widths_of(widths)
    return tuple(n * prod(map(_alive, sizes[:level]), start=Fraction(1)) for level, n in enumerate(sizes))


def visible_breakpoints(widths: Sequence[int]) -> tuple[Fraction, ...]:
    r"""For each hidden layer the mean number of its breakpoints that bend the output, :math:`n_l\prod_{k\ne l}q_k`.

    Derived; see the module.

    Examples
    --------
    >>> [str(q) for q in visible_breakpoints([2, 2])]
    ['3/2', '3/2']

    Guarantee: exact.
    """
    sizes = widths_of(widths)
    made = expected_breakpoints(sizes)
    return tuple(mean * prod(map(_alive, sizes[level + 1 :]), start=Fraction(1)) for level, mean in enumerate(made))


def expected_regions(widths: Sequence[int]) -> Fraction:
    r"""The mean number of linear regions on the whole line, :math:`1 + \sum_l n_l \prod_{k \ne l}(1 - 2^{-n_k})`.

    Derived; see the module.

    Examples
    --------
    >>> [str(expected_regions(n)) for n in ([5], [1, 1, 1], [2, 2], [3, 2, 4])]
    ['6', '7/4', '4', '59/8']

    Guarantee: exact.
    """
    return 1 + sum(visible_breakpoints(widths), Fraction(0))


def expected_activation_regions(widths: Sequence[int]) -> Fraction:
    r"""The mean number of activation regions on the whole line, :math:`1 + \sum_l n_l \prod_{k<l}(1 - 2^{-n_k})`.

    Derived; see the module.

    Examples
    --------
    >>> str(expected_activation_regions([2, 2]))
    '9/2'

    Guarantee: exact.
    """
    return 1 + sum(expected_breakpoints(widths), Fraction(0))


def wide_regions(widths: Sequence[int]) -> int:
    r"""The paper's asymptotic number, :math:`\sum_l n_l + 1`, up to :math:`o(\sum n_l)` as the widths grow.

    The paper's [kogan2025].

    Examples
    --------
    >>> wide_regions([64, 64])
    129

    Guarantee: exact (the number; it is the mean of no network of several layers).
    """
    return sum(widths_of(widths)) + 1


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean number of linear regions.

    Parameters
    ----------
    enclosure : Enclosure
        Of one point where it is known exactly.
    word : str
        "exact"; "certified": a real number, enclosed; "asymptotic": the number of breakpoints is exact, where they
        lie is the law of infinitely wide layers, enclosed.
    """

    enclosure: Enclosure
    word: str

    @property
    def value(self) -> Fraction:
        """The number, or the middle of its enclosure."""
        return (self.enclosure.low + self.enclosure.high) / 2


def layer_shares(chosen: Setting, low: Fraction | None, high: Fraction | None) -> tuple[Enclosure, ...]:
    r"""For each hidden layer the share of its breakpoints inside an interval, as its layers grow wide.

    .. math:: (\arctan(B/g_l) - \arctan(A/g_l))/\pi, \qquad g_l^2 = \beta_l / s_l,

    Cauchy's law, with :math:`s_1 = c_1`, :math:`\beta_1 = \sigma_1^2` and, with :math:`m_l = c_l n_{l-1} / 2`,
    :math:`s_l = m_l s_{l-1}`, :math:`\beta_l = \sigma_l^2 + m_l \beta_{l-1}`, where weights have variance
    :math:`c_l` and biases :math:`\sigma_l^2`.  Derived; of the first layer it holds at every width.

    Raises
    ------
    EmptyDomain
        If the ends are in the wrong order.
    Unsupported
        If the biases of the first layer do not vary.

    Examples
    --------
    >>> from verinet.theory.line_regions.setting import setting
    >>> [round(float(share.low), 3) for share in layer_shares(setting([64] * 3), Fraction(-1), Fraction(1))]
    [0.608, 0.5, 0.436]

    Guarantee: certified (the formula's value; that it is the share is a limit of large widths beyond layer 1).
    """
    if low is not None and high is not None and low >= high:
        raise EmptyDomain("an interval needs its ends in ascending order", fix="exchange them")
    if not chosen.bias_variances[0]:
        raise Unsupported("without biases all breakpoints are at 0", fix="give a positive bias variance")
    found, size, offset = [], Fraction(1), Fraction(0)
    fan_in = 1
    for level, width in enumerate(chosen.widths):
        factor = chosen.weight_variances[level] * (Fraction(fan_in, 2) if level else 1)
        size, offset = size * factor, chosen.bias_variances[level] + factor * offset
        found.append(_share(offset / size, low, high))
        fan_in = width
    return tuple(found)


def _share(scale_squared: Fraction, low: Fraction | None, high: Fraction | None) -> Enclosure:
    with precision(_BITS):
        scale = ball(scale_squared, _BITS).sqrt()
        half = arb(1) / 2
        right = half if high is None else (ball(high, _BITS) / scale).atan() / arb.pi()
        left = -half if low is None else (ball(low, _BITS) / scale).atan() / arb.pi()
        return enclosure_of(right - left)


def mean_regions(chosen: Setting, low: Fraction | None = None, high: Fraction | None = None) -> Mean | None:
    """The mean number of linear regions on the line or an interval; None if some biases do not vary.

    On the whole line it is exact, with one hidden layer certified, else asymptotic: see `Mean`.  Derived.

    Examples
    --------
    >>> from verinet.theory.line_regions.setting import setting
    >>> mean_regions(setting([2, 2])).value, mean_regions(setting([2, 2]), Fraction(-1), Fraction(1)).word
    (Fraction(4, 1), 'asymptotic')

    Guarantee: as the word of the result says.
    """
    if not chosen.has_theorem:
        return None
    if low is None and high is None:
        value = expected_regions(chosen.widths)
        return Mean(Enclosure(value, value), "exact")
    counts = visible_breakpoints(chosen.widths)
    shares = layer_shares(chosen, low, high)
    least = 1 + sum((n * share.low for n, share in zip(counts, shares, strict=True)), Fraction(0))
    most = 1 + sum((n * share.high for n, share in zip(counts, shares, strict=True)), Fraction(0))
    return Mean(Enclosure(least, most), "certified" if len(counts) == 1 else "asymptotic")
