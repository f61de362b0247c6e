r"""Total variations of derivatives of smooth activations, on intervals and on the whole line, as balls.

Between two consecutive sign changes of :math:`\sigma^{(n+1)}` the derivative :math:`\sigma^{(n)}` is monotone, so that

.. math:: \int_a^b |\sigma^{(n+1)}| = \sum_i |\sigma^{(n)}(x_{i+1}) - \sigma^{(n)}(x_i)|

over a, the sign changes between, and b.  No sign change needs to be decided: a zero outside of [a, b] is moved to the
end next to it, where it adds 0.  Where the zeros have no closed form, the interval is bisected until the sign of
:math:`\sigma^{(n+1)}` is certain; the cells that remain, next to its zeros, are enclosed by their width times its size.
"""

from __future__ import annotations

from itertools import pairwise

from flint import arb, ctx

from verinet.errors import NotBounded
from verinet.theory.barron.smooth_activations import SmoothActivation
from verinet.work import keep_going


def variation(sigma: SmoothActivation, n: int, low: arb, high: arb) -> arb:
    """A ball around the total variation of the n-th derivative on [low, high], at the current precision.

    Examples
    --------
    >>> from verinet.theory.barron.smooth_activations import smooth
    >>> bool(abs(variation(smooth("cos"), 0, arb(0), 2 * arb.pi()) - 4) < arb("1e-10"))
    True

    Guarantee: certified.
    """
    zeros = sigma.zeros(n + 1, low, high)
    if zeros is None:
        return variation_by_bisection(sigma, n, low, high)
    places = [low, *(zero.max(low).min(high) for zero in zeros), high]
    return _travelled([sigma.at(n, place) for place in places])


def variation_on_line(sigma: SmoothActivation, n: int) -> arb:
    """A ball around the total variation of the n-th derivative on the whole line.

    Raises
    ------
    NotBounded
        If it is infinite, or its sign changes are not known in closed form.

    Examples
    --------
    >>> from verinet.theory.barron.smooth_activations import smooth
    >>> bool(abs(variation_on_line(smooth("tanh"), 0) - 2) < arb("1e-10"))
    True

    Guarantee: certified.
    """
    ends = sigma.limits(n)
    zeros = None if ends is None else sigma.zeros(n + 1, arb(0), arb(0))
    if ends is None or zeros is None:
        raise NotBounded(
            f"the derivative of order {n} of {sigma.name} has no total variation on the whole line that is known",
            fix="name an interval",
        )
    return _travelled([ends[0], *(sigma.at(n, zero) for zero in zeros), ends[1]])


def variation_by_bisection(sigma: SmoothActivation, n: int, low: arb, high: arb) -> arb:
    """The same by bisection alone, without closed forms of zeros: a second, independent way.

    Examples
    --------
    >>> from verinet.theory.barron.smooth_activations import smooth
    >>> one, other = (way(smooth("tanh"), 2, arb(-2), arb(2)) for way in (variation, variation_by_bisection))
    >>> one.overlaps(other), bool(other.rad() < arb("1e-10"))
    (True, True)

    Guarantee: certified.
    """
    total, finest = arb(0), ctx.prec // 2 + 8
    # from left to right in halves: (left end in units of width, level)
    stack = [(0, 0)]
    span = high - low
    while stack:
        keep_going()
        place, level = stack.pop()
        start = low + span * place / 2**level
        end = low + span * (place + 1) / 2**level
        speed = sigma.at(n + 1, start.union(end))
        if speed > 0 or speed < 0:
            total += abs(sigma.at(n, end) - sigma.at(n, start))
        elif level >= finest:
            most = abs(speed).upper() * (end - start)
            total += arb(0).union(most)
        else:
            stack += [(2 * place + 1, level + 1), (2 * place, level + 1)]
    return total


def _travelled(values: list[arb]) -> arb:
    return sum((abs(b - a) for a, b in pairwise(values)), arb(0))
