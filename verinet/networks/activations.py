"""Activations: scalar functions of one preactivation, as a table of atoms.

An activation is piecewise polynomial (usually piecewise affine) with its values AT the breakpoints stated
apart from its pieces, so that functions that jump are as well defined as the others.  Two more kinds exist:
*periodic* (floor, frac: one period is stored) and *smooth* (logistic, ...: only ball arithmetic, sympy and
float64 can evaluate them).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from verinet.errors import Unsupported
from verinet.exact.rationals import Q, format_rational
from verinet.networks.scalar_functions import Activation, Kind, Polynomial, at, degree, line, piecewise

__all__ = [
    "ABS",
    "ACTIVATIONS",
    "IDENTITY",
    "LARGEST_POWER",
    "RELU",
    "Activation",
    "Kind",
    "Polynomial",
    "activation",
    "at",
    "degree",
    "line",
    "piecewise",
]
_ZERO, _HALF, _ONE = Fraction(0), Fraction(1, 2), Fraction(1)
#: Largest exponent of `repu`: a bound on the work one text file can ask for.
LARGEST_POWER = 64


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
