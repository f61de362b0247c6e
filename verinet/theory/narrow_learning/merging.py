r"""Putting one relu neuron in the place of two, with the exact cost of doing so.

Vector sum (derived): a neuron is positively homogeneous, so with :math:`m_1, m_2 > 0`

.. math:: m_1 (w_1 \cdot x)_+ + m_2 (w_2 \cdot x)_+ \to ((m_1 w_1 + m_2 w_2) \cdot x)_+ ,

and with opposite signs :math:`\pm((|m_1| w_1 - |m_2| w_2) \cdot x)_+` with the sign of the larger
:math:`|m_i w_i|`; if these are equal, neither sign is nearer, and half the affine function
:math:`(m_1 w_1 + m_2 w_2) \cdot x` takes the place of both.  With a neuron, the two sides differ only on the wedge that
the hyperplanes of :math:`w_1`, :math:`w_2` and the sum span.  Two equal unit neurons at an angle :math:`\delta` cost

.. math:: D^2 = \frac{\delta - \sin \delta}{\pi} = \frac{\delta^3}{6 \pi} - \frac{\delta^5}{120 \pi} + \cdots

Representative (the paper's [chen2023]): one direction stands for both, :math:`2 (u_1 \cdot x)_+`, which costs
:math:`1 - (\sin\delta + (\pi - \delta) \cos\delta)/\pi = \delta^2/2 - \delta^3/(3\pi) + \cdots`.

Neurons that point into opposite half spaces are turned around first, :math:`(-z)_+ = z_+ - z`, so that lines are merged
rather than directions; the affine part takes up the difference.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, get_args

from verinet.errors import NotANumber, ShapeMismatch, Unsupported
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import Q, format_rational
from verinet.theory.narrow_learning.gaussian_distance import GaussianDistance, gaussian_distance
from verinet.theory.narrow_learning.line_form import as_ridge_sum, rational_root
from verinet.theory.ridges import Ridge, RidgeSum, Row
from verinet.work import keep_going

Law = Literal["vector sum", "representative"]
_ZERO = Fraction(0)
#: Digits to which costs are enclosed when they are compared with a tolerance.
_DIGITS = 10


@dataclass(frozen=True, slots=True)
class Merge:
    """One neuron, or an affine function, instead of two neurons.

    Parameters
    ----------
    before, after : RidgeSum
        The function with both, and with what came of them: its last ridge, if any.
    first, second : int
        Which ridges of `before` were merged.
    law : {"vector sum", "representative"}
    cost : GaussianDistance
        The distance of `after` from `before` under N(0, I).

    Guarantee: exact (the functions, and the number that the cost stands for).
    """

    before: RidgeSum
    after: RidgeSum
    first: int
    second: int
    law: Law
    cost: GaussianDistance

    __repr__ = spelled_fields


def merge(f: RidgeSum, first: int, second: int, law: Law = "vector sum") -> Merge:
    """Put one neuron in the place of two relu neurons of a function.

    Parameters
    ----------
    f : RidgeSum
    first, second : int
        Places in ``f.ridges``; the representative law keeps the direction of the first.
    law : {"vector sum", "representative"}

    Raises
    ------
    ShapeMismatch
        If these are not two different ridges.
    Unsupported
        For an unknown law, ridges of power above 1 or weight 0 and, with the representative law, lengths of
        irrational ratio.

    Examples
    --------
    >>> one = Fraction(1)
    >>> f = RidgeSum((_ZERO, _ZERO), _ZERO, (Ridge(one, (one, _ZERO)), Ridge(one, (Fraction(3, 5), Fraction(4, 5)))))
    >>> found = merge(f, 0, 1)
    >>> [str(w) for w in found.after.ridges[-1].weight], found.cost.squared()
    (['8/5', '4/5'], (-4 - 3*acos(3/5) + 16*acos(2*sqrt(5)/5))/(5*pi))
    >>> merge(f, 0, 1, "representative").cost.squared()
    (-4 + 3*acos(3/5) + 2*pi)/(5*pi)

    Guarantee: exact.
    """
    _check_law(law)
    if first == second or not {first, second} <= set(range(len(f.ridges))):
        raise ShapeMismatch(
            f"ridges {first} and {second} of a function with {len(f.ridges)}", fix="name two different ones"
        )
    a, b = f.ridges[first], f.ridges[second]
    for place, ridge in ((first, a), (second, b)):
        if ridge.power != 1 or not any(ridge.weight):
            raise Unsupported(
                f"ridge {place} has power {ridge.power} and weight {'0' if not any(ridge.weight) else 'not 0'}",
                fix="merge relu neurons whose weights are not 0",
            )
    others = tuple(ridge for place, ridge in enumerate(f.ridges) if place not in (first, second))
    rest = RidgeSum(f.linear, f.constant, others)
    if _dot(a.weight, b.weight) < 0:
        extra, b = _turned(b)
        rest = rest + extra
    after = rest + _LAWS[law](a, b)
    return Merge(f, after, first, second, law, gaussian_distance(after, f))


def merge_within(f: RidgeSum, tolerance: Fraction, law: Law = "vector sum") -> tuple[RidgeSum, tuple[Merge, ...]]:
    r"""Merge neurons, the cheapest pair first, as long as a merge costs at most the tolerance.

    Parameters
    ----------
    f : RidgeSum
        With relu neurons; what parallel ones there are is merged first, at no cost.
    tolerance : Fraction
        The largest distance D that one merge may cost.

    Returns
    -------
    (RidgeSum, tuple of Merge)
        The function with fewer neurons, and the merges that cost something, in order.  Its distance from f is at
        most the sum of their costs.

    Raises
    ------
    NotANumber
        If the tolerance is negative, or no number.
    InexactInput
        If it is a float.
    Unsupported
        If a ridge has a power above 1, or there is no such law.

    Examples
    --------
    >>> one, tiny = Fraction(1), Fraction(1, 10**6)
    >>> ridges = (Ridge(one, (one, _ZERO)), Ridge(2 * one, (-one, tiny)), Ridge(one, (_ZERO, one)))
    >>> g, merges = merge_within(RidgeSum((_ZERO, _ZERO), _ZERO, ridges), Fraction(1, 1000))
    >>> len(g.ridges), [f"{float(found.cost.enclosure(5).high):.1e}" for found in merges]
    (2, ['3.1e-10'])

    Guarantee: exact (a cost that is within one part in 10^10 of the tolerance counts as above it).
    """
    tolerance = Q(tolerance)
    if tolerance < 0:
        raise NotANumber(f"a tolerance is not negative, got {format_rational(tolerance)}", fix="give 0 or more")
    if any(ridge.power != 1 for ridge in f.ridges):
        raise Unsupported("only relu neurons are merged, a ridge has a power above 1", fix="leave them apart")
    _check_law(law)
    now = as_ridge_sum(f).merged()
    merges: list[Merge] = []
    costs: dict[frozenset[Ridge], tuple[Fraction, Merge] | None] = {}
    while True:
        best = None
        for i in range(len(now.ridges)):
            for j in range(i + 1, len(now.ridges)):
                keep_going()
                pair = frozenset((now.ridges[i], now.ridges[j]))
                if pair not in costs:
                    costs[pair] = _priced(now, i, j, law)
                found = costs[pair]
                if found is not None and (best is None or found[0] < best[0]):
                    best = (found[0], i, j)
        if best is None or best[0] > tolerance**2:
            return now, tuple(merges)
        done = merge(now, best[1], best[2], law)
        merges.append(done)
        now = done.after.merged()


def merge_cost(law: Law = "vector sum") -> Any:
    r"""The cost :math:`D^2` of merging two equal unit neurons as a sympy expression in their angle ``delta``.

    The formula of the vector sum, and that these are exact, is derived; the representative law is the paper's
    [chen2023].

    Raises
    ------
    Unsupported
        For an unknown law.

    Examples
    --------
    >>> merge_cost()
    (delta - sin(delta))/pi
    >>> merge_cost("representative")
    -((pi - delta)*cos(delta) + sin(delta))/pi + 1

    Guarantee: exact.
    """
    import sympy

    _check_law(law)
    delta = sympy.Symbol("delta", positive=True)
    if law == "vector sum":
        return (delta - sympy.sin(delta)) / sympy.pi
    return 1 - (sympy.sin(delta) + (sympy.pi - delta) * sympy.cos(delta)) / sympy.pi


# --- the laws ---------------------------------------------------------------------------------------


def _vector_sum(a: Ridge, b: Ridge) -> RidgeSum:
    larger = a.coefficient**2 * _dot(a.weight, a.weight) - b.coefficient**2 * _dot(b.weight, b.weight)
    same = (a.coefficient > 0) == (b.coefficient > 0)
    weight = tuple(a.coefficient * p + b.coefficient * q for p, q in zip(a.weight, b.weight, strict=True))
    bias = a.coefficient * a.bias + b.coefficient * b.bias
    if not same and not larger:
        return RidgeSum(tuple(w / 2 for w in weight), bias / 2)
    sign = 1 if (a.coefficient if same or larger > 0 else b.coefficient) > 0 else -1
    return _function(len(weight), Ridge(Fraction(sign), tuple(sign * w for w in weight), sign * bias))


def _representative(a: Ridge, b: Ridge) -> RidgeSum:
    ratio = rational_root(_dot(b.weight, b.weight) / _dot(a.weight, a.weight))
    if ratio is None:
        raise Unsupported(
            "one direction stands for two neurons with their lengths, whose ratio is irrational here",
            fix='use the law "vector sum"',
        )
    return _function(len(a.weight), Ridge(a.coefficient + ratio * b.coefficient, a.weight, a.bias))


def _function(inputs: int, ridge: Ridge) -> RidgeSum:
    return RidgeSum((_ZERO,) * inputs, _ZERO, (ridge,) if ridge.coefficient else ())


_LAWS: dict[Law, Callable[[Ridge, Ridge], RidgeSum]] = {
    "vector sum": _vector_sum,
    "representative": _representative,
}


def _check_law(law: str) -> None:
    if law not in get_args(Law):
        raise Unsupported(f"there is no law {law!r}", fix=f"choose one of {', '.join(get_args(Law))}")


def _priced(f: RidgeSum, first: int, second: int, law: Law) -> tuple[Fraction, Merge] | None:
    """An upper bound of the squared cost of a merge; None if the law does not say what to do."""
    alone = RidgeSum((_ZERO,) * f.inputs, _ZERO, (f.ridges[first], f.ridges[second]))
    try:
        found = merge(alone, 0, 1, law)
    except Unsupported:
        return None
    return found.cost.squared_enclosure(_DIGITS).high, found


def _turned(ridge: Ridge) -> tuple[RidgeSum, Ridge]:
    """The ridge along the same hyperplane that points the other way, and the affine function that it lacks."""
    affine = RidgeSum(tuple(ridge.coefficient * w for w in ridge.weight), ridge.coefficient * ridge.bias)
    return affine, Ridge(ridge.coefficient, tuple(-w for w in ridge.weight), -ridge.bias)


def _dot(a: Row, b: Row) -> Fraction:
    return sum((p * q for p, q in zip(a, b, strict=True) if p), _ZERO)
