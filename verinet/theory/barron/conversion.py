r"""Convert a network with one hidden layer to another rectified power, with a certified error in any dimension.

A ridge :math:`m \, \mathrm{RePU}_t(w \cdot x + b)` is a function of one variable, so that what
`verinet.theory.barron.ridge_conversion` says on a line holds in every dimension: with e_i the error of the power on
the range of the i-th preactivation,

.. math:: -\sum_{m_i < 0} |m_i| e_i \;\le\; f(x) - \tilde f(x) \;\le\; \sum_{m_i > 0} m_i e_i .

That RePU_t networks embed into RePU_s ones, s < t, on bounded sets is the paper's [heeringa2024]; errors are derived.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from verinet.claims.builders import sup_error
from verinet.claims.language import AnyClaim
from verinet.errors import BudgetExhausted, NotANumber, Unsupported
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import Q, format_rational
from verinet.geometry.polyhedra import Polyhedron
from verinet.networks.activations import LARGEST_POWER, RELU, Activation, activation
from verinet.networks.network import Network
from verinet.theory.barron.preactivations import Domain, cube_inside, preactivations, read_domain, root_above
from verinet.theory.barron.ridge_conversion import LineSum, converted_power
from verinet.theory.barron.ridge_networks import gathered, joined
from verinet.theory.ridges import Ridge, RidgeSum, ridge_sum
from verinet.work import keep_going

__all__ = ["Conversion", "ConvertedRidge", "RePU", "convert", "power_of"]

MOST_NEURONS = 1 << 20
_A_LITTLE = Fraction(1025, 1024)


def RePU(power: int) -> Activation:
    r"""The activation :math:`\max(0, z)^s`; ReLU for s = 1.

    Raises
    ------
    Unsupported
        If s is not an integer from 1 to 64.

    Examples
    --------
    >>> str(RePU(2)), RePU(1) == RELU
    ('repu(2)', True)

    Guarantee: exact.
    """
    return RELU if power == 1 else activation("repu", power)


@dataclass(frozen=True, slots=True)
class ConvertedRidge:
    """What became of one ridge.

    Parameters
    ----------
    ridge : Ridge
    low, high : Fraction
        The range of its preactivation.
    on_the_line : LineSum
        The power, converted on this range.

    Guarantee: exact.
    """

    ridge: Ridge
    low: Fraction
    high: Fraction
    on_the_line: LineSum

    __repr__ = spelled_fields

    @property
    def error(self) -> Fraction:
        """The largest error times the coefficient: f minus its approximation lies between 0 and this."""
        return self.ridge.coefficient * self.on_the_line.error


@dataclass(frozen=True, slots=True)
class Conversion:
    r"""A network of rectified powers, near another one on a bounded set.

    Parameters
    ----------
    source, network : Network
    domain : Polyhedron or Fraction
        The set, or the radius of a Euclidean ball around 0.
    power, cells : int
        s, and the cells of a ridge.
    lower, upper : tuple of Fraction
        One each an output: source minus network lies in [lower, upper] on the whole set.
    ridges : tuple of tuples of ConvertedRidge
        For every output.

    Guarantee: exact (`lower` and `upper` are bounds; each is attained for a single ridge, see `is_attained`).
    """

    source: Network
    network: Network
    domain: Domain
    power: int
    cells: int
    lower: tuple[Fraction, ...]
    upper: tuple[Fraction, ...]
    ridges: tuple[tuple[ConvertedRidge, ...], ...]

    __repr__ = spelled_fields

    def __str__(self) -> str:
        size = f"{self.source.size} -> {self.network.size} neurons"
        return f"{size} with {RePU(self.power)}, sup error <= {format_rational(self.bound)}"

    @property
    def bound(self) -> Fraction:
        """An upper bound of the sup error over all outputs."""
        return max(max(-low, high) for low, high in zip(self.lower, self.upper, strict=True))

    @property
    def is_attained(self) -> bool:
        """Whether the bound is known to be the sup error: it is 0, or there is one ridge whose range is exact."""
        if not self.bound:
            return True
        inexact = [one.ridge for output in self.ridges for one in output if one.error]
        if len(inexact) > 1 or isinstance(self.domain, Polyhedron):
            return len(inexact) == 1
        square = sum((w * w for w in inexact[0].weight), Fraction(0))
        return root_above(square) ** 2 == square

    def claim_domain(self) -> Polyhedron:
        """The set of the claim: the domain, or a cube inside of the ball (in one dimension the ball itself)."""
        if isinstance(self.domain, Polyhedron):
            return self.domain
        return cube_inside(self.domain, self.source.input_size)

    @property
    def claimed(self) -> Fraction:
        """The bound of the claim: `bound`, or, where errors of both signs meet in several inputs, a little more.

        The saddles of such an error touch its bound, and are no sums of products that a prover looks for.
        """
        mixed = any(low and high for low, high in zip(self.lower, self.upper, strict=True))
        return self.bound * _A_LITTLE if mixed and self.source.input_size > 1 else self.bound

    def claim(self) -> AnyClaim:
        """The claim that the sup error is at most `claimed`, for `verinet.prove`."""
        return sup_error(self.network, self.source, self.claim_domain()) <= self.claimed

    def error_at(self, *x: object) -> tuple[Fraction, ...]:
        """Source minus network at a point, one number an output."""
        point = tuple(map(Q, x))
        return tuple(a - b for a, b in zip(self.source(*point), self.network(*point), strict=True))


def convert(
    network: Network,
    to: object = 1,
    cells: int = 8,
    *,
    domain: object = None,
    radius: object = None,
    centred: bool = False,
) -> Conversion:
    r"""Convert a network with one hidden layer to rectified powers s, with a bound of the error on a bounded set.

    For a single ReQU neuron with preactivations up to M and s = 1 the error is exactly :math:`M^2 / (4 n^2)`.

    Parameters
    ----------
    network : Network
        At most one hidden layer, of continuous piecewise polynomial activations: relu, abs, repu, hard_tanh, ...
    to : Activation, int or str
        ``RePU(s)``, s itself, ``"repu:2"`` or ``"relu"``.  Affine parts stay beside the hidden layer.
    cells : int
        n: neurons for every ridge that cannot be written exactly.
    domain : Polyhedron or list of intervals, optional
        Where the bound holds; without it, and without `radius`, the network's certified domain.
    radius : exact number, optional
        Instead: the Euclidean ball of this radius around 0.
    centred : bool
        Add the middle of the error to the outputs, which halves one-sided errors.

    Raises
    ------
    Unsupported
        For a second hidden layer, other activations, or a power below s whose kink meets the set.
    NotBounded, ShapeMismatch, NotANumber
        For a set that is not stated, is unbounded, or does not fit, and for numbers of cells below 1.
    BudgetExhausted
        If there would be more than a million neurons.

    Notes
    -----
    A ridge whose preactivation is never positive is left out, one of power s is kept, and one of lower power that is
    never negative is a polynomial, which RePU_s writes exactly.  Of higher powers that are never negative the Taylor
    polynomial is exact, and only the rest is cut into cells.

    Examples
    --------
    >>> from verinet.geometry.polyhedra import interval
    >>> from verinet.networks.build import apply_activation, variable
    >>> from verinet.networks.build import network as built
    >>> x = variable("x")
    >>> requ = built(x, apply_activation(3 * x, RePU(2)))
    >>> made = convert(requ, to=RePU(1), cells=4, domain=interval(-1, 1))
    >>> str(made.bound), made.network.size, made.is_attained
    ('9/64', 4, True)
    >>> print(made.claim().text())
    |f1(x) - f2(x)| <= 9/64 on [-1,1]

    Guarantee: exact (the bound; the kernel proves it with `verinet.prove`).

    Source: [heeringa2024] for the embedding; finite networks and their errors are derived.
    """
    power = power_of(to)
    if isinstance(cells, bool) or not isinstance(cells, int) or cells < 1:
        raise NotANumber(
            f"a number of cells is a positive integer, got {str(cells)[:40]}",
            fix="write cells=8; in the shell --cells 8",
        )
    place = read_domain(network, domain, radius)
    sums, lower, upper, told = [], [], [], []
    for output in range(network.output_size):
        source = gathered(ridge_sum(network, output))
        if len(source.ridges) * cells > MOST_NEURONS:
            raise BudgetExhausted(
                f"{len(source.ridges)} ridges in {cells} cells each are more than {MOST_NEURONS} neurons",
                fix="take fewer cells",
            )
        ridges = [_converted(ridge, power, cells, place) for ridge in source.ridges]
        low = sum((ridge.error for ridge in ridges if ridge.error < 0), Fraction(0))
        high = sum((ridge.error for ridge in ridges if ridge.error > 0), Fraction(0))
        middle = (low + high) / 2 if centred else Fraction(0)
        sums.append(_summed(source, ridges, power, middle))
        lower.append(low - middle)
        upper.append(high - middle)
        told.append(tuple(ridges))
    made = joined(sums)
    return Conversion(network, made, place, power, cells, tuple(lower), tuple(upper), tuple(told))


def power_of(to: object) -> int:
    """The power s that is meant by an activation, a number, or a text.

    Raises
    ------
    Unsupported
        For anything else.

    Examples
    --------
    >>> power_of("repu:3"), power_of("relu"), power_of(RePU(2)), power_of(1)
    (3, 1, 2, 1)

    Guarantee: exact.
    """
    fix = f"write to='repu:2', or to=RePU(3), with s from 1 to {LARGEST_POWER}; in the shell --to repu:1"
    if isinstance(to, Activation):
        if to == RELU:
            return 1
        if to.name == "repu":
            return int(to.parameters[0])
        raise Unsupported(f"networks are converted to rectified powers, not to {to}", fix=fix)
    text = to.strip().lower() if isinstance(to, str) else to
    if isinstance(text, str):
        word, _, number = text.partition(":")
        if text == "relu":
            return 1
        text = int(number) if word == "repu" and number.isascii() and number.isdigit() and len(number) < 4 else None
    if isinstance(text, bool) or not isinstance(text, int) or not 1 <= text <= LARGEST_POWER:
        raise Unsupported(f"networks are converted to rectified powers, not to {str(to)[:40]!r}", fix=fix)
    return text


def _converted(ridge: Ridge, power: int, cells: int, domain: Domain) -> ConvertedRidge:
    keep_going()
    low, high = preactivations(ridge.weight, ridge.bias, domain)
    return ConvertedRidge(ridge, low, high, converted_power(ridge.power, power, low, high, cells))


def _summed(source: RidgeSum, ridges: Sequence[ConvertedRidge], power: int, middle: Fraction) -> RidgeSum:
    """The affine part and the converted ridges as one sum."""
    linear, constant, found = list(source.linear), source.constant + middle, []
    for one in ridges:
        m, w, b = one.ridge.coefficient, one.ridge.weight, one.ridge.bias
        line = one.on_the_line
        linear = [a + m * line.slope * entry for a, entry in zip(linear, w, strict=True)]
        constant += m * (line.constant + line.slope * b)
        found += [Ridge(m * factor, w, b - node, power) for factor, node in line.units]
    return gathered(RidgeSum(tuple(linear), constant, tuple(found)))
