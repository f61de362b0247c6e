r"""The space of a smooth activation inside the RePU_s space of a ball: one constant for all bounded parameters.

The atoms of the first space are :math:`\sigma(w \cdot x + b)` with :math:`\lVert w \rVert \le W` and :math:`|b| \le B`.
Taylor's formula at b, along the direction of w, has its kinks inside of the ball, and gives for N2

.. math:: \lVert f \rVert_{\mathcal{K}(\mathbb{P}_s)} \le \left( \frac{W^s}{s!}\, \mathrm{TV}(\sigma^{(s)}; [-L, L])
   + \sum_{j \le s} \frac{W^j \kappa_j}{j!} \max_{|b| \le B} |\sigma^{(j)}(b)| \right) |\mu|, \qquad L = B + WR,

:math:`\kappa_j` the masses of monomials.  That Taylor's formula embeds the space is the paper's [heeringa2024]; the
constant is derived.  With unbounded w there is none: :math:`\tanh(nz)` tends to a step.
"""

from __future__ import annotations

from fractions import Fraction
from math import factorial

from flint import arb, ctx

from verinet.errors import NotANumber
from verinet.exact.enclosures import Enclosure
from verinet.exact.rationals import Q
from verinet.theory.barron.conventions import integer_power
from verinet.theory.barron.exact_values import ball_of, refined
from verinet.theory.barron.polynomials import monomial_masses
from verinet.theory.barron.smooth_activations import SmoothActivation, smooth
from verinet.theory.barron.variations import variation
from verinet.work import keep_going

#: Branch and bound for a maximum stops there; the ball is then as wide as what is left.
MOST_CELLS = 256


def smooth_constant(
    name: str, s: int, radius: object, weights: object = 1, biases: object = None, digits: int = 20
) -> Enclosure:
    r"""An enclosure of the constant of the module.

    Parameters
    ----------
    name : str
        A smooth activation.
    s : int
        At least 1.
    radius : Fraction
        R.
    weights, biases : Fraction
        W, and B; R without it.
    digits : int

    Raises
    ------
    Unsupported
        For another activation or power.
    NotANumber
        Unless R and W are positive and B is not negative.

    Examples
    --------
    >>> found = smooth_constant("exp", 1, 1, digits=10)  # e^2 - e^-2 of kinks, 1 and z with e in front of them
    >>> Fraction("12.690284") < found.low < found.high < Fraction("12.690285")
    True

    Guarantee: certified.
    """
    sigma, size, W = smooth(name), Q(radius), Q(weights)
    B = size if biases is None else Q(biases)
    integer_power(s)
    if size <= 0 or W <= 0 or B < 0:
        raise NotANumber("R and W are positive, B is not negative", fix="give bounds of the inputs and parameters")
    kappa, reach = monomial_masses(s, size), B + W * size

    def compute() -> arb:
        total = ball_of(W**s) * variation(sigma, s, ball_of(-reach), ball_of(reach)) / factorial(s)
        for j in range(s + 1):
            total += ball_of(W**j * kappa[j]) * largest(sigma, j, -B, B) / factorial(j)
        return total

    return refined(f"the constant of {name}", digits, compute)


def largest(sigma: SmoothActivation, n: int, low: Fraction, high: Fraction) -> arb:
    """A ball around the largest size of the n-th derivative on [low, high], at the current precision.

    It is attained at an end or where the next derivative vanishes; without a closed form of these places cells that
    cannot hold the maximum are discarded, and the others halved.

    Examples
    --------
    >>> bool(abs(largest(smooth("tanh"), 1, Fraction(-1), Fraction(2)) - 1) < arb("1e-10"))
    True

    Guarantee: certified.
    """
    start, end = ball_of(low), ball_of(high)
    best = abs(sigma.at(n, start)).max(abs(sigma.at(n, end)))
    zeros = sigma.zeros(n + 1, start, end) if low < high else []
    if zeros is not None:
        for zero in zeros:
            best = best.max(abs(sigma.at(n, zero.max(start).min(end))))
        return best
    # branch and bound: values in the middle from below; from above a ball over the cell, or the middle and the slope
    cells, upper = [(low, high)], best
    for _ in range(ctx.prec):
        keep_going()
        bounds = []
        for a, b in cells:
            cell = ball_of(a).union(ball_of(b))
            middle = abs(sigma.at(n, ball_of((a + b) / 2)))
            best = best.max(middle)
            steep = middle + abs(sigma.at(n + 1, cell)) * ball_of((b - a) / 2)
            bounds.append(abs(sigma.at(n, cell)).upper().min(steep.upper()))
        upper = best
        for bound in bounds:
            upper = upper.max(bound)
        kept = [cell for cell, bound in zip(cells, bounds, strict=True) if not bound < best.lower()]
        cells = [half for a, b in kept for half in ((a, (a + b) / 2), ((a + b) / 2, b))]
        if not cells or len(cells) > MOST_CELLS:
            break
    return best.union(upper)
