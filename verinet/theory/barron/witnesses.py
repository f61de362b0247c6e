r"""Lower bounds for embeddings: a function of cost 1, and a functional that prices its kinks.

Along a line through the centre of the ball, with y the cost of a RePU_s atom of weight 1 that has its kink at x,

.. math:: \Lambda(g) = \frac{1}{s!} \int_{(-R, R)} y(x)\, dg^{(s)}(x)

is at most the cost of g, for every finite sum g of RePU_s neurons and every limit of such sums; derived.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cmp_to_key
from math import factorial

from verinet.errors import Unsupported
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import Q
from verinet.theory.barron.conventions import Convention, Exact, simplified
from verinet.theory.barron.exact_values import sign_of
from verinet.theory.barron.push_forwards import binomial
from verinet.theory.ridges import Ridge

_ZERO, _ONE = Fraction(0), Fraction(1)


def leading(t: Exact, s: Exact) -> Exact:
    r"""Return :math:`c = \Gamma(t+1)/(\Gamma(s+1)\Gamma(t-s)) = (t-s)\binom{t}{s}`.

    Examples
    --------
    >>> leading(Fraction(4), Fraction(1))
    Fraction(12, 1)

    Guarantee: exact.
    """
    return simplified(binomial(t, s) * (t - s))


@dataclass(frozen=True, slots=True)
class Witness:
    r"""A function and a functional that show how large the norm of an embedding is at least.

    The function is the atom :math:`f(x) = \max(0, v x + b)^t` of cost 1; the functional integrates prices of kinks.

    Parameters
    ----------
    t : Exact
        A real order above s.
    s : int
    radius : Fraction
        R.
    bias : Exact
        b, at most R v in size.
    norm : Convention
    size : Exact
        v, positive.

    Guarantee: exact.
    """

    t: Exact
    s: int
    radius: Fraction
    bias: Exact
    norm: Convention
    size: Exact = _ONE

    __repr__ = spelled_fields

    def price(self, kink: object) -> Fraction:
        """Return y: the cost of a RePU_s atom of weight 1 with its kink there.

        Guarantee: exact.
        """
        return (1 + abs(Q(kink))) ** self.s if self.norm == Convention.N1 else _ONE

    def on_neuron(self, ridge: Ridge) -> Fraction:
        r"""Return :math:`\Lambda` of a RePU_s neuron of one input: its jump of the s-th derivative, times the price.

        Raises
        ------
        Unsupported
            For another power, or several inputs.

        Examples
        --------
        >>> witness = Witness(Fraction(2), 1, _ONE, _ZERO, Convention.N1)
        >>> witness.on_neuron(Ridge(Fraction(1), (Fraction(2),), Fraction(-1)))  # max(0, 2 x - 1) costs 3, too
        Fraction(3, 1)

        Guarantee: exact.
        """
        if len(ridge.weight) != 1 or ridge.power != self.s:
            raise Unsupported(
                f"the functional is applied to RePU_{self.s} neurons of one input", fix="restrict the neuron to a line"
            )
        w = ridge.weight[0]
        if w == 0 or not -self.radius < -ridge.bias / w < self.radius:
            return _ZERO
        turned = (-1) ** (self.s + 1) if w < 0 else 1
        return ridge.coefficient * turned * abs(w) ** self.s * self.price(-ridge.bias / w)

    def value(self) -> Exact:
        r"""Return :math:`\Lambda(f) = \frac{1}{s!} \int_{-b/v}^R y(x) f^{(s+1)}(x)\, dx`, the lower bound.

        Examples
        --------
        >>> Witness(Fraction(2), 1, Fraction(2), _ZERO, Convention.N1).value()
        Fraction(8, 1)

        Guarantee: exact.
        """
        import sympy

        z, v = sympy.Symbol("z", positive=True), sympy.sympify(self.size)
        t, b = sympy.sympify(self.t), sympy.sympify(self.bias)
        end = sympy.sympify(self.radius) * v + b
        falling = sympy.prod([t - k for k in range(self.s + 1)]) / factorial(self.s)
        # x = (z - b) / v: what is v^s (1 + |x|)^s for N1 is (v + |z - b|)^s
        pieces = [(0, end, v**self.s)]
        if self.norm == Convention.N1:
            pieces = [(0, b, (v + b - z) ** self.s), (b, end, (v + z - b) ** self.s)]
        total = sympy.Integer(0)
        for low, high, price in pieces:
            for term in sympy.Add.make_args(sympy.expand(price)):
                factor, power = term.as_coeff_exponent(z)
                power = power + t - self.s
                total += factor * (high**power - low**power) / power
        return simplified(sympy.simplify(falling * total))


def dearest_atom(t: Exact, s: Exact, radius: Fraction, alone: Exact) -> tuple[Exact, Exact]:
    r"""For N1 and R < 1: the size v of the atom (v, 1 - v) whose push-forward costs most, and that cost.

    Parameters
    ----------
    t, s : Exact
    radius : Fraction
    alone : Exact
        The cost for v = 1; for v = 0 it is 1.

    Raises
    ------
    Unsupported
        For orders that are no integers, unless t = s + 1: then one of the two ends is dearest.

    Guarantee: exact.
    """
    ends: list[tuple[Exact, Exact]] = [(_ZERO, _ONE), (_ONE, alone)]
    integers = all(isinstance(order, Fraction) and order.denominator == 1 for order in (t, s))
    if t - s != 1 and not integers:
        raise Unsupported(
            f"for N1 with R < 1 the supremum over atoms is found for integer orders, or t = s + 1; got {t}, {s}",
            fix="take R >= 1, or N2",
        )
    candidates = ends if t - s == 1 else ends + _critical(int(t), int(s), radius)
    return max(candidates, key=cmp_to_key(_dearer))


def _dearer(left: tuple[Exact, Exact], right: tuple[Exact, Exact]) -> int:
    return sign_of(left[1] - right[1])


def _critical(t: int, s: int, radius: Fraction) -> list[tuple[Exact, Exact]]:
    """The atoms (v, 1 - v), 0 < v < 1, where the derivative of the cost of the push-forward vanishes."""
    import sympy

    v, tau, R = sympy.Symbol("v"), sympy.Symbol("tau"), sympy.sympify(radius)
    c, top = sympy.sympify(leading(Fraction(t), Fraction(s))), 1 - (1 - R) * v
    before = sympy.integrate(sympy.expand(tau ** (t - s - 1) * (1 - tau) ** s), (tau, 0, 1 - v))
    behind = sympy.integrate(sympy.expand(tau ** (t - s - 1) * (tau + 2 * v - 1) ** s), (tau, 1 - v, top))
    price = sympy.Poly(sympy.expand(c * (before + behind)), v)
    slope = price.diff(v)
    if slope.is_zero:
        return []
    roots = sorted(set(sympy.real_roots(slope)), key=lambda root: root.evalf())
    return [(simplified(r), simplified(price.as_expr().subs(v, r))) for r in roots if 0 < r < 1]
