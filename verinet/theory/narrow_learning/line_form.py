r"""A homogeneous network with one hidden layer as an affine function plus multiples of :math:`|l_j \cdot x|`.

.. math:: f(x) = c + a \cdot x + \sum_j c_j |l_j \cdot x|, \qquad \max(0, z) = \tfrac{1}{2} z + \tfrac{1}{2} |z|,

with one primitive integer vector l a line through 0.  The split is the paper's [chen2023] for unit vectors; that the
form is canonical is derived: the functions :math:`|l_j \cdot x|` of different lines are independent modulo affine ones,
because each alone is not smooth along its hyperplane.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from math import isqrt
from typing import TypeVar

from verinet.errors import InexactInput, Unsupported
from verinet.exact.printing import spelled_fields
from verinet.networks.network import Network
from verinet.theory.ridges import Ridge, RidgeSum, Row, ridge_sum

_ZERO = Fraction(0)
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Line:
    r"""The function :math:`c |l \cdot x|`.

    Parameters
    ----------
    coefficient : Fraction
        c.
    direction : tuple of Fraction
        l, coprime integers, the first nonzero one positive.

    Guarantee: exact.
    """

    coefficient: Fraction
    direction: Row

    __repr__ = spelled_fields

    @property
    def square(self) -> int:
        r""":math:`|l|^2`."""
        return sum(int(entry) ** 2 for entry in self.direction)


@dataclass(frozen=True, slots=True)
class LineForm:
    r"""The function :math:`c + a \cdot x + \sum_j c_j |l_j \cdot x|`, no two of the lines the same, no :math:`c_j` 0.

    Parameters
    ----------
    linear : tuple of Fraction
        a.
    lines : tuple of Line
    constant : Fraction
        c.

    Examples
    --------
    >>> f = LineForm((Fraction(0),), (Line(Fraction(1), (Fraction(1),)),))
    >>> f.is_zero, f.ridge_sum()(-3)
    (False, Fraction(3, 1))

    Guarantee: exact.
    """

    linear: Row
    lines: tuple[Line, ...]
    constant: Fraction = _ZERO

    __repr__ = spelled_fields

    @property
    def inputs(self) -> int:
        """Number of inputs."""
        return len(self.linear)

    @property
    def is_zero(self) -> bool:
        """Whether this is the function 0."""
        return not self.lines and not any(self.linear) and not self.constant

    def ridge_sum(self) -> RidgeSum:
        r"""The same function with :math:`|z| = 2 \max(0, z) - z`: one ridge a line."""
        linear = list(self.linear)
        for line in self.lines:
            linear = [a - line.coefficient * entry for a, entry in zip(linear, line.direction, strict=True)]
        ridges = tuple(Ridge(2 * line.coefficient, line.direction) for line in self.lines)
        return RidgeSum(tuple(linear), self.constant, ridges)


def line_form(f: Network | RidgeSum) -> LineForm:
    """Return the canonical form of a network without biases.

    Raises
    ------
    Unsupported
        If a hyperplane with a bias, or a power above 1, is left after merging.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> line_form(network(x, 3 * relu(2 * x) - 3 * relu(-2 * x) + relu(-x)))
    ... # doctest: +NORMALIZE_WHITESPACE
    LineForm(linear=(Fraction(11, 2),),
             lines=(Line(coefficient=Fraction(1, 2), direction=(Fraction(1, 1),)),), constant=Fraction(0, 1))

    Guarantee: exact.
    """
    merged = as_ridge_sum(f).merged()
    if any(ridge.bias or ridge.power != 1 for ridge in merged.ridges):
        raise Unsupported(
            "a sum of multiples of |l.x| has no biases and no powers above 1",
            fix="use a network of relu neurons without biases",
        )
    linear = list(merged.linear)
    for ridge in merged.ridges:
        linear = [a + ridge.coefficient * w / 2 for a, w in zip(linear, ridge.weight, strict=True)]
    lines = tuple(Line(ridge.coefficient / 2, ridge.weight) for ridge in merged.ridges)
    return LineForm(tuple(linear), lines, merged.constant)


def as_ridge_sum(f: Network | RidgeSum, output: int = 0) -> RidgeSum:
    """The sum of ridges itself, or that of one output of a network.

    Raises
    ------
    Unsupported, ShapeMismatch
        As `ridge_sum` does; and for what is neither, or has a power below 1.
    InexactInput
        If a number of the sum is a float, or anything else that is no integer and no fraction.

    Examples
    --------
    >>> as_ridge_sum(RidgeSum((Fraction(1),))).linear
    (Fraction(1, 1),)

    Guarantee: exact.
    """
    if isinstance(f, Network):
        return ridge_sum(f, output)
    if not isinstance(f, RidgeSum):
        raise Unsupported(
            f"a function is a network or a sum of ridges, got {type(f).__name__}", fix="see verinet.network"
        )
    numbers = chain(f.linear, (f.constant,), *((r.coefficient, r.bias, *r.weight) for r in f.ridges))
    wrong = next((q for q in numbers if not isinstance(q, (Fraction, int))), None)
    if wrong is not None:
        raise InexactInput(
            f"a sum of ridges has exact numbers, got {str(wrong)[:40]!r} of type {type(wrong).__name__}",
            fix="write fractions, or dyadic(x) for the binary value of a float",
        )
    if any(not isinstance(r.power, int) or r.power < 1 for r in f.ridges):
        raise Unsupported("the power of a ridge is a positive integer", fix="write 1 for relu")
    return f


def rational_root(q: Fraction) -> Fraction | None:
    """The square root of q >= 0 if it is rational, else None.

    Examples
    --------
    >>> rational_root(Fraction(9, 4)), rational_root(Fraction(2))
    (Fraction(3, 2), None)

    Guarantee: exact.
    """
    over, under = isqrt(q.numerator), isqrt(q.denominator)
    return Fraction(over, under) if over**2 == q.numerator and under**2 == q.denominator else None


def square_classes(terms: Iterable[tuple[Fraction, _Value]]) -> list[tuple[Fraction, list[tuple[Fraction, _Value]]]]:
    r"""Gather terms :math:`v \sqrt{q}`, q > 0, by square class: a list of (r, [(s, v), ...]) for :math:`v s \sqrt{r}`.

    The roots of different classes are linearly independent over the rationals, so a sum is 0 if and only if
    the sum of v s is 0 in each class.  The class of the rationals has r = 1.

    Examples
    --------
    >>> [(str(r), [(str(s), v) for s, v in found])
    ...  for r, found in square_classes([(Fraction(2), "a"), (Fraction(8), "b"), (Fraction(9), "c")])]
    [('2', [('1', 'a'), ('2', 'b')]), ('1', [('3', 'c')])]

    Guarantee: exact.
    """
    classes: list[tuple[Fraction, list[tuple[Fraction, _Value]]]] = []
    for q, value in terms:
        size = rational_root(q)
        if size is not None:
            found = next((members for r, members in classes if r == 1), None)
            factor, representative = size, Fraction(1)
        else:
            found, factor, representative = None, Fraction(1), q
            for r, members in classes:
                ratio = rational_root(q / r)
                if ratio is not None:
                    found, factor = members, ratio
                    break
        if found is None:
            classes.append((representative, [(factor, value)]))
        else:
            found.append((factor, value))
    return classes
