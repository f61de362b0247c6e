r"""The exact norm of a piecewise linear function on [-R, R], with an optimal representation and a dual functional.

All three conventions (`verinet.theory.barron.conventions`) for ReLU, s = 1.  Let :math:`x_0 = -R < x_1 < \dots < x_n =
R` be the ends and the kinks of f (for N1 also 0).  A representation of f by atoms with kinks among these points is
found by a linear program over as many atoms as points, twice; its dual is a functional :math:`\Lambda = \sum_j
\lambda_j \delta_{x_j}` with :math:`|\Lambda(\text{atom})| \le \text{cost}` for these atoms.  Between two points
:math:`\tau \mapsto \Lambda(\max(0, \pm (x - \tau)))` is affine and the cost convex and affine, so that the inequality
holds for **all** atoms: program and dual have the norm as their common value.

The formulas are derived; they are not attributed to the paper [heeringa2024].
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from verinet.errors import Unsupported
from verinet.exact import programs
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import Q
from verinet.networks.network import Network
from verinet.theory.barron.conventions import Convention, convention
from verinet.theory.barron.ridge_networks import one_function
from verinet.theory.ridges import Ridge, RidgeSum

__all__ = ["LineNorm", "PointFunctional", "norm_on_a_line", "norm_without_program", "values_on_grid"]

_ZERO, _ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True, slots=True)
class PointFunctional:
    r"""The functional :math:`\Lambda(f) = \sum_j \lambda_j f(x_j)` on functions of one variable.

    Guarantee: exact.
    """

    points: tuple[Fraction, ...]
    weights: tuple[Fraction, ...]

    __repr__ = spelled_fields

    def __call__(self, f: RidgeSum) -> Fraction:
        """Return the value at a function."""
        pairs = zip(self.points, self.weights, strict=True)
        return sum((weight * f(x) for x, weight in pairs if weight), _ZERO)

    def excess(self, radius: Fraction, norm: Convention) -> Fraction:
        r"""The largest :math:`|\Lambda(a)| - \mathrm{cost}(a)` over all atoms a: not positive for a dual certificate.

        Guarantee: exact.
        """
        knots = sorted({*self.points, -radius, radius, *((_ZERO,) if norm is Convention.N1 else ())})
        return max(abs(self(atom)) - price for atom, price in _atoms(knots, radius, norm))


@dataclass(frozen=True, slots=True)
class LineNorm:
    """A norm with both of its certificates.

    Parameters
    ----------
    value : Fraction
    norm : Convention
    radius : Fraction
    representation : RidgeSum
        An optimal one: atoms with coefficients, and in N3 a constant, which costs nothing.
    functional : PointFunctional
        At most the cost on every atom, and `value` on the function.

    Guarantee: exact.
    """

    value: Fraction
    norm: Convention
    radius: Fraction
    representation: RidgeSum
    functional: PointFunctional

    __repr__ = spelled_fields


def norm_on_a_line(f: Network | RidgeSum, radius: object = 1, norm: object = Convention.N2) -> LineNorm:
    r"""Return the norm of a piecewise linear function on [-R, R].

    Parameters
    ----------
    f : Network or RidgeSum
        Of one variable, piecewise linear: one hidden layer of relu, abs, leaky_relu, hard_tanh, ...
    radius : exact number
        R.
    norm : Convention or str
        ``"N1"``, ``"N2"`` (default) or ``"N3"``.

    Raises
    ------
    Unsupported
        For several variables, powers above 1, and unknown conventions.

    Examples
    --------
    >>> from verinet.networks.build import abs_, network, relu, variable
    >>> x = variable("x")
    >>> hat = network(x, 2 * relu(x + Q("1/2")) - 4 * relu(x) + 2 * relu(x - Q("1/2")))
    >>> [str(norm_on_a_line(g).value) for g in (network(x, relu(x)), network(x, abs_(x)), network(x, 1 * x), hat)]
    ['1', '2', '1', '8']
    >>> found = norm_on_a_line(network(x, 1 * x), 3, "N1")
    >>> str(found.value), found.functional.excess(Fraction(3), found.norm)
    ('2', Fraction(0, 1))

    Guarantee: exact (both certificates are checked before they are returned).

    Source: derived.
    """
    kind, half = convention(norm), _half(radius)
    function = _piecewise_linear(f)
    knots, values = values_on_grid(function, half, kind)
    priced = _atoms(knots, half, kind)
    columns = [[atom(x) for x in knots] for atom, _ in priced]
    coefficients, weights = _solved(columns, [price for _, price in priced], values)
    chosen = [atom.scaled(c) for c, (atom, _) in zip(coefficients, priced, strict=True) if c]
    representation = sum(chosen, RidgeSum((_ZERO,)))
    value = sum((abs(c) * price for c, (_, price) in zip(coefficients, priced, strict=True)), _ZERO)
    functional = PointFunctional(tuple(knots), tuple(weights))
    if any(representation(x) != y for x, y in zip(knots, values, strict=True)):
        raise ArithmeticError("the representation is not the function")
    if functional(function) != value or functional.excess(half, kind) > 0:
        raise ArithmeticError("the dual functional does not certify the norm")
    return LineNorm(value, kind, half, representation, functional)


def values_on_grid(f: RidgeSum, radius: Fraction, norm: Convention) -> tuple[list[Fraction], list[Fraction]]:
    """The ends, the kinks between them (for N1 also 0), and the values there.  Guarantee: exact."""
    kinks = {-ridge.bias / ridge.weight[0] for ridge in f.merged().ridges}
    inside = {kink for kink in kinks if -radius < kink < radius}
    knots = sorted({-radius, radius} | inside | ({_ZERO} if norm is Convention.N1 else set()))
    return knots, [f(x) for x in knots]


def norm_without_program(f: Network | RidgeSum, radius: object = 1) -> Fraction:
    r"""The norm N3 by its formula :math:`\max(V, (V + |f'(-R) + f'(R)|) / 2)`, V the total variation of f'.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> str(norm_without_program(network(x, relu(x) + 3 * x)))
    '4'

    Guarantee: exact.
    """
    knots, values = values_on_grid(_piecewise_linear(f), _half(radius), Convention.N3)
    slopes = [(values[j + 1] - values[j]) / (knots[j + 1] - knots[j]) for j in range(len(knots) - 1)]
    variation = sum((abs(slopes[j + 1] - slopes[j]) for j in range(len(slopes) - 1)), _ZERO)
    return max(variation, (variation + abs(slopes[0] + slopes[-1])) / 2)


def _half(radius: object) -> Fraction:
    half = Q(radius)
    if half <= 0:
        raise Unsupported("an interval [-R, R] has R > 0", fix="write radius=1")
    return half


def _piecewise_linear(f: Network | RidgeSum) -> RidgeSum:
    function = one_function(f)
    if function.inputs != 1:
        raise Unsupported(
            f"exact norms are known on a line, got {function.inputs} inputs",
            fix="take verinet.theory.barron.seminorms, or bounds from below: verinet.theory.barron.dual_functionals",
        )
    if any(ridge.power != 1 for ridge in function.ridges):
        raise Unsupported("the exact norm is of piecewise linear functions", fix="convert the network to relu first")
    return function


def _atoms(knots: Sequence[Fraction], radius: Fraction, norm: Convention) -> list[tuple[RidgeSum, Fraction]]:
    """Atoms with kinks at these points, the affine ones, and what they cost."""
    found: list[tuple[RidgeSum, Fraction]] = []
    for knot in knots:
        price = _ONE + abs(knot) if norm is Convention.N1 else _ONE
        for sign in (_ONE, -_ONE):
            if sign * knot < radius:  # else it is 0 on the interval
                found.append((RidgeSum((_ZERO,), _ZERO, (Ridge(_ONE, (sign,), -sign * knot),)), price))
    if norm is not Convention.N2:  # weight 0: a constant, which costs its bias, or nothing
        found.append((RidgeSum((_ZERO,), _ONE), _ONE if norm is Convention.N1 else _ZERO))
    return found


def _solved(
    columns: Sequence[Sequence[Fraction]], prices: Sequence[Fraction], values: Sequence[Fraction]
) -> tuple[list[Fraction], list[Fraction]]:
    """Coefficients of least cost, and the multipliers of the equations."""
    both = [*columns, *([-entry for entry in column] for column in columns)]
    rows, scales = [], []
    for j, value in enumerate(values):
        entries = [-value, *(column[j] for column in both)]
        scale = lcm(*(entry.denominator for entry in entries))
        row = tuple(int(entry * scale) for entry in entries)
        rows += [row, tuple(-entry for entry in row)]
        scales.append(scale)
    over = lcm(*(price.denominator for price in prices))
    objective = (0, *(int(price * over) for price in prices), *(int(price * over) for price in prices))
    size = len(both)
    system = programs.System(tuple(rows), (False,) * len(rows), (_ZERO,) * size, (None,) * size)
    answer = programs.minimum(objective, system)
    if not isinstance(answer, programs.Minimum):
        raise ArithmeticError("atoms with kinks at all points represent every function of these kinks")
    half = len(columns)
    coefficients = [answer.point[k] - answer.point[half + k] for k in range(half)]
    weights = [_ZERO] * len(values)
    for index, multiplier in answer.multipliers:
        place, reverse = divmod(index, 2)
        size_of = Fraction(multiplier * scales[place], answer.scale * over)
        weights[place] += -size_of if reverse else size_of
    return coefficients, weights
