r"""Owen's function in balls, by a series with a rigorous remainder and by a certified integral.

.. math:: T(h, a) = \frac{1}{2\pi} \int_0^a \frac{e^{-h^2 (1 + t^2)/2}}{1 + t^2} dt
   = \frac{1}{2\pi} \left( \arctan a - \sum_{j \ge 0} \frac{(-1)^j a^{2j+1}}{2j+1} P(N_x > j) \right), \qquad x = h^2/2,

:math:`N_x` a Poisson variable with mean x [owen1956].  For 0 < a <= 1 the terms alternate and decrease, so the
remainder is at most the first term that is left out.  Both functions agree in the tests; the series is the faster one.
"""

from __future__ import annotations

from fractions import Fraction

from flint import acb, arb

from verinet.errors import Unsupported
from verinet.exact.enclosures import ball, precision


def owen_series(height: Fraction, slope: Fraction, bits: int) -> arb:
    r"""A ball around T(h, a) with :math:`h^2` = height, :math:`a^2` = slope, 0 < a <= 1, by its series.

    About :math:`h^2/2` terms more than a number that grows slower than `bits` are added.

    Raises
    ------
    Unsupported
        If the slope is not from 0 to 1, or the height is negative.

    Examples
    --------
    >>> owen_series(Fraction(1), Fraction(1, 4), 100).str(15, radius=False)
    '0.0430646911207854'

    Guarantee: certified.
    """
    _check(height, slope)
    with precision(bits + 16):
        mean, square = ball(height / 2, bits + 16), ball(slope, bits + 16)
        root, least = square.sqrt(), arb(2) ** -bits
        point = (-mean).exp()
        above = 1 - point  # P(N > j), by subtraction: what is needed is its absolute accuracy
        power, total, place = root, arb(0), 0
        while True:
            term = power * above / (2 * place + 1)
            size = term.abs_upper()
            if size < least:
                break
            total += -term if place % 2 else term
            place += 1
            power *= square
            point *= mean / place
            above -= point
            if above.abs_upper() < 2 * above.rad():  # nothing is left of it but rounding
                size = (power * above / (2 * place + 1)).abs_upper()
                break
        remainder = arb(0, size)
        return (root.atan() - total + remainder) / (2 * arb.pi())


def owen_integral(height: Fraction, slope: Fraction, bits: int) -> arb:
    r"""A ball around T(h, a) with :math:`h^2` = height, :math:`a^2` = slope, 0 < a <= 1, by integration.

    The integrand, over [0, 1], is meromorphic with poles at :math:`\pm i/a` only.

    Raises
    ------
    Unsupported
        If the slope is not from 0 to 1, or the height is negative.

    Examples
    --------
    >>> owen_integral(Fraction(1), Fraction(1, 4), 100).str(15, radius=False)
    '0.0430646911207854'

    Guarantee: certified.
    """
    _check(height, slope)
    errors: list[BaseException] = []
    with precision(bits):
        half, square = ball(height / 2, bits), ball(slope, bits)

        def integrand(t: acb, analytic: bool) -> acb:
            if errors:
                return acb("nan")
            try:
                below = 1 + square * t * t
                return (-half * below).exp() / below
            except BaseException as error:  # FLINT calls this from C and would lose it, Ctrl-C included
                errors.append(error)
                return acb("nan")

        value = acb.integral(integrand, 0, 1)
        if errors:
            raise errors[0]
        return square.sqrt() * value.real / (2 * arb.pi())


def _check(height: Fraction, slope: Fraction) -> None:
    if not 0 <= slope <= 1 or height < 0:
        raise Unsupported(
            "Owen's function is found for slopes from 0 to 1 here", fix="reduce T(h, a) with a above 1 to 1/a first"
        )
