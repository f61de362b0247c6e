r"""One form for every function :math:`c + a \cdot x + \sum_i m_i (w_i \cdot x + b_i)_+^{k_i}`, and the exact zero test.

Ridges along one hyperplane are gathered; for power 1 those that point the other way are turned around.  A
truncated power is smooth off its hyperplane, so truncations along different hyperplanes, or of different powers, are
independent modulo polynomials.  With :math:`(-z)_+^k = (-1)^k (z^k - z_+^k)` the function is 0 if and only if

- the truncations of each power along each hyperplane cancel, and
- the polynomial that is left is 0: its part of degree r, a sum of powers :math:`a_j (l_j \cdot x)^r`, has the square
  :math:`\sum_{ij} a_i a_j (l_i \cdot l_j)^r` in Bombieri's inner product, a rational number.

Both are decided in rational arithmetic, without expanding the polynomial.  Derived; for powers 1 only, canonical forms
are the well-known ones of `RidgeSum.merged`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction
from math import comb

from flint import fmpz_mat

from verinet.theory.ridges import Ridge, RidgeSum, Row, primitive
from verinet.work import keep_going

_ZERO, _ONE = Fraction(0), Fraction(1)
#: Coefficient, weight and bias of a term m (w.x + b)^k.
_Term = tuple[Fraction, Row, Fraction]


def gathered(f: RidgeSum) -> RidgeSum:
    r"""One ridge a hyperplane, power and, above power 1, side; primitive integer weights (w, b); no constant ridges.

    Examples
    --------
    >>> f = RidgeSum((_ZERO,), _ZERO, (Ridge(_ONE, (_ONE,), power=2), Ridge(_ONE, (-2 * _ONE,), power=2)))
    >>> [(str(r.coefficient), str(r.weight[0]), r.power) for r in gathered(f).ridges]
    [('4', '-1', 2), ('1', '1', 2)]

    Guarantee: exact.
    """
    linear, constant = list(f.linear), f.constant
    found: dict[tuple[Row, Fraction, int], Fraction] = defaultdict(Fraction)
    for ridge in f.ridges:
        keep_going()
        if not any(ridge.weight):
            constant += ridge((_ZERO,) * f.inputs)
            continue
        weight, bias, size = primitive(ridge.weight, ridge.bias)
        coefficient = ridge.coefficient * abs(size) ** ridge.power
        if size < 0 and ridge.power == 1:  # max(0, -z) = max(0, z) - z
            linear = [a - coefficient * w for a, w in zip(linear, weight, strict=True)]
            constant -= coefficient * bias
        elif size < 0:
            weight, bias = tuple(-w for w in weight), -bias
        found[weight, bias, ridge.power] += coefficient
    ridges = tuple(Ridge(m, w, b, k) for (w, b, k), m in sorted(found.items()) if m)
    return RidgeSum(tuple(linear), constant, ridges)


def is_zero(f: RidgeSum) -> bool:
    r"""Whether f is the function 0.

    Examples
    --------
    >>> z = ((_ONE, _ZERO), _ZERO, 2)
    >>> squares = (Ridge(_ONE, *z), Ridge(_ONE, (-_ONE, _ZERO), _ZERO, 2))
    >>> f = RidgeSum((_ZERO, _ZERO), _ZERO, squares)
    >>> is_zero(f), is_zero(f - f), is_zero(f - RidgeSum((_ZERO, _ZERO), _ZERO, squares[:1]))
    (False, True, False)

    Guarantee: exact.
    """
    form = gathered(f)
    powers: dict[int, list[_Term]] = defaultdict(list)
    truncated: dict[tuple[Row, Fraction, int], Fraction] = defaultdict(Fraction)
    for ridge in form.ridges:
        weight, bias, size = primitive(ridge.weight, ridge.bias)
        sign = (-1) ** ridge.power if size < 0 else 1
        if size < 0:
            powers[ridge.power].append((sign * ridge.coefficient, weight, bias))
        truncated[weight, bias, ridge.power] += ridge.coefficient * (-sign if size < 0 else 1)
    if any(truncated.values()):
        return False
    return not any(_graded(form, powers))


def _graded(form: RidgeSum, powers: dict[int, list[_Term]]) -> list[Fraction]:
    """Squares of the parts of each degree of the polynomial: the affine function plus the powers."""
    most = max(powers, default=1)
    found = []
    for degree in range(max(most, 1) + 1):
        terms = [
            (m * comb(k, degree) * bias ** (k - degree), weight)
            for k, group in powers.items()
            if k >= degree
            for m, weight, bias in group
        ]
        if degree == 0:
            found.append(abs(form.constant + sum((m for m, _ in terms), _ZERO)))
            continue
        if degree == 1:
            terms.append((_ONE, form.linear))
        found.append(_square(terms, degree))
    return found


def _square(terms: Sequence[tuple[Fraction, Row]], degree: int) -> Fraction:
    """The square of a sum of m (l.x)^degree in Bombieri's inner product."""
    terms = [(m, weight) for m, weight in terms if m]
    if degree == 1:
        columns = zip(*(tuple(m * w for w in weight) for m, weight in terms), strict=True)
        return sum((sum(column, _ZERO) ** 2 for column in columns), _ZERO)
    if not terms:
        return _ZERO
    products = gram([weight for _, weight in terms])
    total = _ZERO
    for i, (m, _) in enumerate(terms):
        keep_going()
        row = sum((other * int(products[i, j]) ** degree for j, (other, _) in enumerate(terms)), _ZERO)
        total += m * row
    return total


def gram(weights: Sequence[Row]) -> fmpz_mat:
    """All inner products of integer vectors.

    Examples
    --------
    >>> gram([(Fraction(1), Fraction(2)), (Fraction(3), Fraction(0))]).tolist()
    [[5, 3], [3, 9]]

    Guarantee: exact.
    """
    matrix = fmpz_mat([[int(entry) for entry in weight] for weight in weights])
    return matrix * matrix.transpose()
