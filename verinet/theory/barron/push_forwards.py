r"""Push-forwards of measures on parameters: another activation, the same function, an explicit factor of the mass.

That embeddings of Barron spaces come from push-forwards, and for which activations, is the paper's [heeringa2024];
the maps, densities and factors below are derived.

- RePU_t by RePU_s, s < t: :math:`(w, b, \theta) \mapsto (w, b - M\theta)`, factor :math:`\binom{t}{s} M^{t-s}`.
- :math:`\sum_j a_j\sigma(\alpha_j z + \beta_j)` by :math:`\sigma`: :math:`(w, b) \mapsto (\alpha_j w, \alpha_j b +
  \beta_j)`, factor :math:`\sum_j |a_j|`.
- :math:`\sigma * \rho` by :math:`\sigma`: :math:`(w, b, y) \mapsto (w, b - y)`, factor the mass of :math:`\rho`.

Derivatives are in `verinet.theory.barron.derivatives`, smooth kernels in `verinet.theory.barron.convolutions`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb

from verinet.errors import NotANumber, Unsupported
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import Q
from verinet.networks.activations import Activation, activation
from verinet.theory.barron.conventions import Exact, InputBall, order_of, raised, simplified
from verinet.theory.barron.densities import PowerDensity
from verinet.theory.barron.measures import Atom, Fibre, Measure
from verinet.theory.ridges import truncated_powers

_ZERO, _ONE = Fraction(0), Fraction(1)


def orders(t: object, s: object) -> tuple[Exact, Exact]:
    r"""Read two orders :math:`0 \le s < t`: rationals, or sympy numbers and symbols.

    Raises
    ------
    NotANumber
        If that order is wrong; of symbols only what their assumptions decide is refused.

    Examples
    --------
    >>> orders(2, "1/2")
    (Fraction(2, 1), Fraction(1, 2))

    Guarantee: exact.
    """
    high, low = order_of(t), order_of(s)
    if bool((low < high) == False):  # noqa: E712  (sympy's own truth values; undecided for a symbol)
        raise NotANumber(
            f"RePU_t is made of RePU_s for 0 <= s < t, got t = {high}, s = {low}",
            fix="exchange the orders: there is no embedding upwards",
        )
    return high, low


def binomial(t: Exact, s: Exact) -> Exact:
    r"""Return :math:`\binom{t}{s} = \Gamma(t+1)/(\Gamma(s+1)\Gamma(t-s+1))`, a Fraction for integers.

    Examples
    --------
    >>> binomial(Fraction(3), Fraction(1)), binomial(Fraction(3, 2), Fraction(1, 2))
    (Fraction(3, 1), Fraction(3, 2))

    Guarantee: exact.
    """
    if all(isinstance(entry, Fraction) and entry.denominator == 1 for entry in (t, s)):
        return Fraction(comb(int(t), int(s)))
    import sympy

    t, s = sympy.sympify(t), sympy.sympify(s)
    return simplified(sympy.gammasimp(sympy.gamma(t + 1) / (sympy.gamma(s + 1) * sympy.gamma(t - s + 1))))


def lowered(measure: Measure, t: object, s: object, ball: InputBall) -> Measure:
    r"""Write a function of RePU_t neurons by RePU_s neurons, s < t, on a ball of inputs.

    .. math:: \mathrm{RePU}_t(z) = c \int_0^M \mathrm{RePU}_s(z - \tau)\, \tau^{t-s-1} d\tau \quad (z \le M),
       \qquad c = \frac{\Gamma(t+1)}{\Gamma(s+1)\Gamma(t-s)},

    with :math:`M = \max(0, R\lVert w \rVert + b)`: an atom of mass m becomes a fibre of mass
    :math:`|m| \binom{t}{s} M^{t-s}`, and atoms that vanish on the ball disappear.  Derived (a Beta integral).

    Parameters
    ----------
    measure : Measure
        Of atoms; the push-forward of a fibre has two parameters more and is not made.
    t, s : int, Fraction or sympy number
        Real orders, :math:`0 \le s < t`.
    ball : InputBall

    Raises
    ------
    NotANumber
        As `orders`.
    Unsupported
        If the measure has fibres.

    Examples
    --------
    >>> square = Measure(1, (Atom(1, (1,), 1),))  # max(0, x + 1)^2 on [-1, 1]
    >>> found = lowered(square, 2, 1, InputBall(1))
    >>> found.value(1, Fraction(1, 3)) == Fraction(4, 3) ** 2, found.mass()
    (True, Fraction(4, 1))

    Guarantee: exact.
    """
    high, low = orders(t, s)
    if measure.fibres:
        raise Unsupported(
            "a fibre is a density already, its push-forward would be one in two variables",
            fix="lower the finite measure to the last order at once",
        )
    gap = simplified(high - low)
    density = PowerDensity(simplified(binomial(high, low) * gap), simplified(gap - 1))
    fibres = []
    for atom in measure.merged().atoms:
        top = ball.largest(atom.weight, atom.bias)
        if top > 0:
            fibres.append(Fibre(simplified(atom.mass * raised(top, gap)), atom.weight, atom.bias, top, density))
    return Measure(measure.inputs, (), tuple(fibres))


# --- linear combinations ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Term:
    r"""The summand :math:`a\, \sigma(\alpha z + \beta)` of an activation.

    Guarantee: exact.
    """

    factor: Fraction
    scale: Fraction = _ONE
    shift: Fraction = _ZERO

    __repr__ = spelled_fields

    def __post_init__(self) -> None:
        for name in ("factor", "scale", "shift"):
            object.__setattr__(self, name, Q(getattr(self, name)))


def terms_of(kind: Activation | str, power: int, *parameters: object) -> tuple[Term, ...]:
    r"""A piecewise polynomial activation as a combination of shifted and scaled RePU_s, for all real z.

    A slope is :math:`z = \max(0, z) - \max(0, -z)`, a constant is a neuron of scale 0, :math:`\mathrm{RePU}_s(1)`.

    Parameters
    ----------
    kind : Activation or str
        The activation, or a name of the table of activations with its parameters: relu, abs, leaky_relu, hard_tanh,
        relu6, hard_sigmoid, clip, repu, power, ...
    power : int
        s, at least 1.

    Raises
    ------
    Unsupported
        If another power than s and 0 stands in it, or it is no continuous piecewise polynomial.

    Examples
    --------
    >>> [(str(t.factor), str(t.scale)) for t in terms_of("leaky_relu", 1, "1/4")]
    [('1', '1'), ('-1/4', '-1')]
    >>> [(str(t.factor), str(t.scale)) for t in terms_of("power", 3, 3)]
    [('1', '1'), ('-1', '-1')]

    Guarantee: exact.
    """
    meant = activation(kind, *parameters) if isinstance(kind, str) else kind
    if meant.kind not in ("affine", "polynomial") or not meant.is_continuous:
        raise Unsupported(
            f"{meant} is no combination of truncated powers",
            fix="use a continuous piecewise polynomial, or Taylor's measure for a smooth activation",
        )
    slope, constant, powers = truncated_powers(meant)
    others = sorted({k for _, _, _, k in powers if k != power} | ({1} if slope and power != 1 else set()))
    if others:
        raise Unsupported(
            f"{meant} has the powers {others}, which RePU_{power} does not make on the whole line",
            fix="choose the power of the activation, or write polynomials on a ball (`barron.polynomials`)",
        )
    found = {(Fraction(sign), -sign * point): _ZERO for _, sign, point, _ in powers}
    for m, sign, point, _ in powers:
        found[Fraction(sign), -sign * point] += m
    if slope:
        for side in (_ONE, -_ONE):
            found[side, _ZERO] = found.get((side, _ZERO), _ZERO) + side * slope
    if constant:
        found[_ZERO, _ONE] = constant
    return tuple(Term(m, scale, shift) for (scale, shift), m in found.items() if m)


def hat(width: object = 1) -> tuple[Term, ...]:
    r"""The hat :math:`\max(0, 1 - |z|/h)` by three ReLUs; the factor is 4/h.

    Examples
    --------
    >>> [str(term.factor) for term in hat("1/2")]
    ['2', '-4', '2']

    Guarantee: exact.
    """
    h = Q(width)
    if h <= 0:
        raise NotANumber(f"a hat has a positive width, got {h}", fix="give h > 0")
    return (Term(1 / h, _ONE, h), Term(-2 / h), Term(1 / h, _ONE, -h))


def combination_factor(terms: Sequence[Term]) -> Fraction:
    r"""The factor :math:`\sum_j |a_j|` of the mass.

    Examples
    --------
    >>> combination_factor(terms_of("abs", 1))
    Fraction(2, 1)

    Guarantee: exact.
    """
    return sum((abs(term.factor) for term in terms), _ZERO)


def combined(measure: Measure, terms: Sequence[Term]) -> Measure:
    r"""From a measure for :math:`\varphi = \sum_j a_j \sigma(\alpha_j z + \beta_j)` to one for :math:`\sigma`.

    The mass grows at most by `combination_factor`; atoms that meet are merged.

    Examples
    --------
    >>> mu = combined(Measure(1, (Atom(1, (2,), 1),)), hat())  # the hat of 2 x + 1
    >>> mu.value(1, Fraction(-1, 2)), mu.value(1, 0)
    (Fraction(1, 1), Fraction(0, 1))

    Guarantee: exact.
    """
    atoms, fibres = [], []
    for term in terms:
        for atom in measure.atoms:
            weight = tuple(term.scale * w for w in atom.weight)
            atoms.append(Atom(atom.mass * term.factor, weight, term.scale * atom.bias + term.shift))
        if measure.fibres and term.scale < 0:
            raise Unsupported(
                "a fibre runs towards smaller biases, a negative scale would turn it around",
                fix="combine the finite measure first",
            )
        for fibre in measure.fibres:
            weight = tuple(term.scale * w for w in fibre.weight)
            bias = simplified(term.scale * fibre.bias + term.shift)
            span = simplified(term.scale * fibre.length)
            fibres.append(Fibre(fibre.mass * term.factor, weight, bias, span, fibre.density))
    return Measure(measure.inputs, tuple(atoms), tuple(fibres)).merged()


# --- convolutions with finite and uniform measures (smooth ones: `convolutions`) ------------------------------------


def shifted(measure: Measure, rho: Sequence[tuple[object, object]]) -> Measure:
    r"""From a measure for :math:`\sigma * \rho`, with :math:`\rho = \sum_i r_i \delta_{y_i}`, to one for sigma.

    .. math:: (\sigma * \rho)(z) = \sum_i r_i \sigma(z - y_i), \qquad (w, b, y) \mapsto (w, b - y),
       \qquad \text{factor } \sum_i |r_i| .

    Parameters
    ----------
    measure : Measure
    rho : sequence of (y, r)

    Examples
    --------
    >>> mu = shifted(Measure(1, (Atom(1, (1,)),)), [(-1, "1/2"), (1, "1/2")])
    >>> mu.value(1, 3), mu.mass()
    (Fraction(3, 1), Fraction(1, 1))

    Guarantee: exact.
    """
    return combined(measure, tuple(Term(Q(r), _ONE, -Q(y)) for y, r in rho))


def averaged(measure: Measure, low: object, high: object) -> Measure:
    r"""From a measure for :math:`\sigma * \rho`, with rho uniform of mass 1 on [low, high], to one for sigma.

    Examples
    --------
    >>> mu = averaged(Measure(1, (Atom(1, (1,)),)), -1, 1)  # (x + 1)^2 / 4 on [-1, 1]
    >>> mu.value(1, Fraction(1, 2)), mu.mass()
    (Fraction(9, 16), Fraction(1, 1))

    Guarantee: exact.
    """
    start, span = Q(low), Q(high) - Q(low)
    if span <= 0:
        raise NotANumber("a uniform density needs low < high", fix="exchange the ends")
    return spread(measure, start, span, _ONE)


def spread(measure: Measure, start: Fraction, span: Fraction, mass: Fraction) -> Measure:
    r"""Push the product of a finite measure with the uniform one of this mass on [start, start + span] forward.

    Examples
    --------
    >>> spread(Measure(1, (Atom(1, (1,), 1),)), _ZERO, Fraction(2), Fraction(2)).mass()
    Fraction(2, 1)

    Guarantee: exact.
    """
    if measure.fibres:
        raise Unsupported(
            "the push-forward of a fibre would be a density in two variables", fix="take a finite measure"
        )
    uniform = PowerDensity(_ONE)
    fibres = (Fibre(atom.mass * mass, atom.weight, atom.bias - start, span, uniform) for atom in measure.merged().atoms)
    return Measure(measure.inputs, (), tuple(fibres))
