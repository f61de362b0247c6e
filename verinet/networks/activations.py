"""Activations: scalar functions of one preactivation, as a table of atoms.

An activation is piecewise polynomial (usually piecewise affine) with its values AT the breakpoints stated
apart from its pieces, so that functions that jump are as well defined as the others.  Two more kinds exist:
*periodic* (floor, frac: one period is stored) and *smooth* (logistic, ...: only ball arithmetic, sympy and
float64 can evaluate them).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
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
#: Largest exponent of `repu`: a bound on the work one text file can ask for.
LARGEST_POWER = 64


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


def _continuous(
    name: str,
    parameters: tuple[Fraction, ...],
    breakpoints: Sequence[int | Fraction],
    pieces: Sequence[Sequence[int | Fraction]],
) -> Activation:
    points = tuple(Fraction(point) for point in breakpoints)
    polynomials = tuple(tuple(Fraction(coefficient) for coefficient in piece) for piece in pieces)
    values = tuple(at(polynomial, point) for polynomial, point in zip(polynomials, points, strict=False))
    return Activation(name, parameters, points, polynomials, values)


def _relu() -> Activation:
    return _continuous("relu", (), (0,), ((0,), (0, 1)))


def _leaky_relu(alpha: Fraction = Fraction(1, 100)) -> Activation:
    return _continuous("leaky_relu", (alpha,), (0,), ((0, alpha), (0, 1)))


def _abs() -> Activation:
    return _continuous("abs", (), (0,), ((0, -1), (0, 1)))


def _identity() -> Activation:
    return _continuous("identity", (), (), ((0, 1),))


def _between(name: str, parameters: tuple[Fraction, ...], low: Fraction, high: Fraction) -> Activation:
    if low > high:
        raise Unsupported(
            f"{name} needs low <= high, got {format_rational(low)} and {format_rational(high)}",
            fix="swap the two bounds",
        )
    if low == high:
        return _continuous(name, parameters, (), ((low,),))
    return _continuous(name, parameters, (low, high), ((low,), (0, 1), (high,)))


def _clip(low: Fraction, high: Fraction) -> Activation:
    return _between("clip", (low, high), low, high)


def _at_least(low: Fraction) -> Activation:
    return _continuous("at_least", (low,), (low,), ((low,), (0, 1)))


def _at_most(high: Fraction) -> Activation:
    return _continuous("at_most", (high,), (high,), ((0, 1), (high,)))


def _hard_tanh() -> Activation:
    return _between("hard_tanh", (), -_ONE, _ONE)


def _relu6() -> Activation:
    return _between("relu6", (), _ZERO, Fraction(6))


def _hard_sigmoid(alpha: Fraction = Fraction(1, 5), beta: Fraction = _HALF) -> Activation:
    parameters = (alpha, beta)
    if alpha == 0:
        return _continuous("hard_sigmoid", parameters, (), ((min(_ONE, max(_ZERO, beta)),),))
    zero, one = -beta / alpha, (1 - beta) / alpha  # where alpha z + beta is 0 and 1
    if alpha > 0:
        return _continuous("hard_sigmoid", parameters, (zero, one), ((0,), (beta, alpha), (1,)))
    return _continuous("hard_sigmoid", parameters, (one, zero), ((1,), (beta, alpha), (0,)))


def _sign() -> Activation:
    return Activation("sign", (), (_ZERO,), ((-_ONE,), (_ONE,)), (_ZERO,))


def _heaviside(value_at_zero: Fraction = _HALF) -> Activation:
    return Activation("heaviside", (value_at_zero,), (_ZERO,), ((_ZERO,), (_ONE,)), (value_at_zero,))


def _step(threshold: Fraction, below: Fraction, value_at: Fraction, above: Fraction) -> Activation:
    return Activation("step", (threshold, below, value_at, above), (threshold,), ((below,), (above,)), (value_at,))


def _stepped_leaky(alpha: Fraction, jump: Fraction = _ONE, value_at_zero: Fraction | None = None) -> Activation:
    # The literature takes the value from the right: z + jump for z >= 0, alpha z for z < 0.
    value = jump if value_at_zero is None else value_at_zero
    return Activation("stepped_leaky", (alpha, jump, value), (_ZERO,), ((_ZERO, alpha), (jump, _ONE)), (value,))


def _repu(power: Fraction) -> Activation:
    if power.denominator != 1 or not 1 <= power <= LARGEST_POWER:
        raise Unsupported(
            f"repu(k) is max(0, z)^k with an integer k from 1 to {LARGEST_POWER}, got k = {format_rational(power)}",
            fix="give a small positive integer; for k = 0 use heaviside",
        )
    return _continuous("repu", (power,), (0,), ((0,), (0,) * int(power) + (1,)))


def _power(exponent: Fraction) -> Activation:
    if exponent.denominator != 1 or not 1 <= exponent <= LARGEST_POWER:
        raise Unsupported(
            f"power(k) is z^k with an integer k from 1 to {LARGEST_POWER}, got k = {format_rational(exponent)}",
            fix="give a small positive integer",
        )
    return Activation("power", (exponent,), (), ((_ZERO,) * int(exponent) + (_ONE,),))


def _floor() -> Activation:
    return Activation("floor", (), (_ZERO,), ((_ZERO,),), (_ZERO,), shift=_ONE)


def _frac() -> Activation:
    return Activation("frac", (), (_ZERO,), ((_ZERO, _ONE),), (_ZERO,), shift=_ZERO)


def _smooth(name: str) -> Callable[..., Activation]:
    def factory() -> Activation:
        return Activation(name, smooth=name)

    return factory


#: Name -> factory; the factories take Fractions. `prelu` is `leaky_relu` with one slope a channel.
ACTIVATIONS: dict[str, Callable[..., Activation]] = {
    "relu": _relu, "leaky_relu": _leaky_relu, "prelu": _leaky_relu, "abs": _abs, "identity": _identity,
    "hard_tanh": _hard_tanh, "hard_sigmoid": _hard_sigmoid, "clip": _clip, "at_least": _at_least,
    "at_most": _at_most, "relu6": _relu6, "sign": _sign, "heaviside": _heaviside, "step": _step,
    "stepped_leaky": _stepped_leaky, "repu": _repu, "power": _power, "floor": _floor, "frac": _frac,
    **{name: _smooth(name) for name in ("logistic", "tanh", "softplus", "sine", "exp2")},
}  # fmt: skip


def activation(name: str, *parameters: object) -> Activation:
    """The activation of that name from the table `ACTIVATIONS`.

    ======================================  =============================================================
    relu, leaky_relu(alpha=1/100), abs      max(0, z); z or alpha z; the absolute value
    prelu(alpha)                            another name of leaky_relu
    identity, clip(low, high)               z; z kept between two bounds
    at_least(low), at_most(high)            max(low, z); min(high, z)
    hard_tanh, relu6                        clip(-1, 1); clip(0, 6)
    hard_sigmoid(alpha=1/5, beta=1/2)       max(0, min(1, alpha z + beta))
    sign, heaviside(value_at_zero=1/2)      -1, 0, 1; 0, value_at_zero, 1
    step(threshold, below, at, above)       three constants
    stepped_leaky(alpha, jump=1, at=jump)   alpha z below 0, `at` at 0, z + jump above
    repu(k), power(k)                       max(0, z)^k; z^k, k = 1, 2, ..., 64
    floor, frac                             the largest integer <= z; z - floor(z)
    logistic, tanh, softplus, sine, exp2    smooth: 1/(1+e^-z), tanh z, log(1+e^z), sin z, 2^z
    ======================================  =============================================================

    Raises
    ------
    Unsupported
        For an unknown name or a wrong number of parameters; InexactInput for a float parameter.

    Examples
    --------
    >>> from verinet import Q
    >>> activation("leaky_relu", "1/4").value(Q(-2))
    Fraction(-1, 2)

    Guarantee: exact.
    """
    factory = ACTIVATIONS.get(name)
    if factory is None:
        raise Unsupported(
            f"there is no activation {name[:60]!r}; known are {', '.join(sorted(ACTIVATIONS))}",
            fix="use one of these names, or verinet.networks.activations.piecewise",
        )
    exact = [Q(parameter) for parameter in parameters]
    try:
        return factory(*exact)
    except TypeError:
        raise Unsupported(
            f"the activation {name} does not take {len(exact)} parameters",
            fix="see the table in the documentation of verinet.networks.activations.activation",
        ) from None


RELU = _relu()
ABS = _abs()
IDENTITY = _identity()
