"""What an activation is: a scalar function with breakpoints, pieces between them, and values at them.

The table of those with a name is `verinet.networks.activations`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor as integer_floor
from typing import Literal

from verinet.errors import InexactInput, ShapeMismatch, Unsupported
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import Q, format_rational

Polynomial = tuple[Fraction, ...]
Kind = Literal["affine", "polynomial", "periodic", "smooth"]

_ZERO, _HALF, _ONE = Fraction(0), Fraction(1, 2), Fraction(1)


@dataclass(frozen=True, slots=True)
class Activation:
    r"""A scalar function, given by breakpoints, the pieces between them and the values at them.

    .. math:: f(z) = p_i(z) \text{ for } t_i < z < t_{i+1}, \qquad f(t_i) = v_i,
       \qquad t_0 = -\infty,\ t_{n+1} = \infty.

    Parameters
    ----------
    name : str
        The row of the table `ACTIVATIONS`, or ``"piecewise"``.
    parameters : tuple of Fraction
        The arguments of that row.
    breakpoints : tuple of Fraction
        Strictly ascending.
    pieces : tuple of tuples of Fraction
        One polynomial per open interval, coefficients ascending; one more than there are breakpoints.
    values : tuple of Fraction
        The value at each breakpoint.
    smooth : str, optional
        Name in the table of `verinet.exact.enclosures`; then there are no breakpoints and no pieces.
    shift : Fraction, optional
        Only for periodic activations: ``f(z + 1) = f(z) + shift``; then `breakpoints` is ``(0,)``, `values`
        is ``(f(0),)`` and `pieces` holds the one polynomial in force on ``[0, 1)``.

    Raises
    ------
    ShapeMismatch
        When the lengths do not fit or the breakpoints do not ascend.

    Examples
    --------
    >>> from verinet.networks.activations import activation
    >>> from verinet import Q
    >>> activation("heaviside", Q("1/2")).value(Q(0))
    Fraction(1, 2)

    Guarantee: exact.
    """

    name: str
    parameters: tuple[Fraction, ...] = ()
    breakpoints: tuple[Fraction, ...] = ()
    pieces: tuple[Polynomial, ...] = ()
    values: tuple[Fraction, ...] = ()
    smooth: str | None = None
    shift: Fraction | None = None

    __repr__ = spelled_fields

    def __post_init__(self) -> None:
        numbers = (*self.parameters, *self.breakpoints, *self.values, *(c for p in self.pieces for c in p))
        if not all(isinstance(number, Fraction) for number in numbers):
            raise InexactInput(
                f"the activation {self.name!r} is stored in Fractions", fix="make it by `piecewise` or `activation`"
            )
        if self.smooth is not None:
            fits = not (self.breakpoints or self.pieces or self.values or self.shift is not None)
        elif self.shift is not None:
            fits = self.breakpoints == (_ZERO,) and len(self.pieces) == 1 and self.values == (self.pieces[0][0],)
        else:
            fits = len(self.pieces) == len(self.breakpoints) + 1 and len(self.values) == len(self.breakpoints)
        if not fits or not all(self.pieces):
            raise ShapeMismatch(
                f"the activation {self.name!r} needs one nonempty piece more than breakpoints and one value "
                f"each, got {len(self.breakpoints)} breakpoints, {len(self.pieces)} pieces and "
                f"{len(self.values)} values",
                fix="use the factories of verinet.networks.activations",
            )
        if any(a >= b for a, b in zip(self.breakpoints, self.breakpoints[1:], strict=False)):
            raise ShapeMismatch(
                f"the activation {self.name!r} needs strictly ascending breakpoints",
                fix="sort the breakpoints and merge equal ones",
            )

    @property
    def kind(self) -> Kind:
        """The word for how it is evaluated: affine, polynomial, periodic or smooth."""
        if self.smooth is not None:
            return "smooth"
        if self.shift is not None:
            return "periodic"
        return "affine" if all(degree(piece) <= 1 for piece in self.pieces) else "polynomial"

    @property
    def is_affine(self) -> bool:
        """Whether the pieces are finitely many affine functions."""
        return self.kind == "affine"

    @property
    def is_identity(self) -> bool:
        """Whether this is z -> z: a channel that only carries its value on."""
        return self.kind == "affine" and not self.breakpoints and line(self.pieces[0]) == (_ONE, _ZERO)

    @property
    def is_continuous(self) -> bool:
        """Whether both neighbouring pieces take the stated value at every breakpoint."""
        if self.shift is not None:
            return at(self.pieces[0], _ONE) == self.values[0] + self.shift
        return all(
            at(self.pieces[i], point) == value == at(self.pieces[i + 1], point)
            for i, (point, value) in enumerate(zip(self.breakpoints, self.values, strict=True))
        )

    def value(self, q: Fraction) -> Fraction:
        """The exact value at a rational point.

        Raises
        ------
        Unsupported
            For a smooth activation, whose values are not rational.

        Examples
        --------
        >>> from verinet.networks.activations import activation
        >>> from verinet import Q
        >>> activation("floor").value(Q("-1/2"))
        Fraction(-1, 1)

        Guarantee: exact.
        """
        if self.smooth is not None:
            raise Unsupported(
                f"rational evaluation needs a piecewise polynomial activation, got the smooth {self.name}",
                fix="write evaluate(network, x, BallArithmetic()) (certified), with SymbolicArithmetic (exact) or "
                "FloatArithmetic (numeric) instead; they are in verinet.networks",
            )
        if self.shift is not None:
            whole = integer_floor(q)
            return at(self.pieces[0], q - whole) + whole * self.shift
        index = bisect_left(self.breakpoints, q)
        if index < len(self.breakpoints) and self.breakpoints[index] == q:
            return self.values[index]
        return at(self.pieces[index], q)

    @property
    def latex(self) -> str:
        r"""LaTeX for the function's symbol, e.g. ``\operatorname{relu}``.

        Examples
        --------
        >>> from verinet.networks.activations import activation
        >>> print(activation("leaky_relu", "1/4").latex)
        \operatorname{leaky\_relu}_{1/4}
        """
        symbol = r"\operatorname{" + self.name.replace("_", r"\_") + "}"
        if not self.parameters:
            return symbol
        return symbol + "_{" + ", ".join(format_rational(p) for p in self.parameters) + "}"

    def __str__(self) -> str:
        if not self.parameters:
            return self.name
        return f"{self.name}({', '.join(format_rational(p) for p in self.parameters)})"


def degree(piece: Polynomial) -> int:
    """Degree of a polynomial given by ascending coefficients; 0 for constants.

    Guarantee: exact.

    Examples
    --------
    >>> degree((_ONE, _ZERO, _HALF))
    2
    """
    return max((i for i, coefficient in enumerate(piece) if coefficient), default=0)


def at(piece: Polynomial, q: Fraction) -> Fraction:
    """Value of a polynomial given by ascending coefficients.

    Guarantee: exact.

    Examples
    --------
    >>> at((_ONE, _HALF), Fraction(3))
    Fraction(5, 2)
    """
    total = _ZERO
    for coefficient in reversed(piece):
        total = total * q + coefficient
    return total


def line(piece: Polynomial) -> tuple[Fraction, Fraction]:
    """Slope and constant of a piece of degree at most one.

    Raises
    ------
    Unsupported
        When the degree is two or more.

    Examples
    --------
    >>> line((_ONE, _HALF))
    (Fraction(1, 2), Fraction(1, 1))

    Guarantee: exact.
    """
    if degree(piece) > 1:
        raise Unsupported(
            f"an affine piece was needed, got one of degree {degree(piece)}", fix="use affine activations"
        )
    return (piece[1] if len(piece) > 1 else _ZERO), piece[0]


def piecewise(
    breakpoints: Sequence[object], pieces: Sequence[Sequence[object]], values: Sequence[object]
) -> Activation:
    """A piecewise polynomial activation of one's own.

    Examples
    --------
    >>> hat = piecewise([0, 1], [[0], [0, 1], [0]], [0, 1])
    >>> hat.is_continuous, hat.value(Q("1/2"))
    (False, Fraction(1, 2))

    Guarantee: exact.
    """
    return Activation(
        "piecewise",
        (),
        tuple(Q(point) for point in breakpoints),
        tuple(tuple(Q(coefficient) for coefficient in piece) for piece in pieces),
        tuple(Q(value) for value in values),
    )
