r"""The distance of two networks under the standard Gaussian measure: zero or not, closed form, certified enclosures.

.. math:: D^2 = E |f(x) - g(x)|^2, \qquad x \sim N(0, I).

Whether it is 0 is decided by canonical forms in rational arithmetic.  If it is not, the precision of the balls is
doubled until the enclosure has the relative accuracy that is asked for, however close the two functions are.  For relu
neurons with unit weights the kernel is classical and the split into lines is in [chen2023]; the rest is derived.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import arb

from verinet.errors import BudgetExhausted, ShapeMismatch, Unsupported
from verinet.exact.enclosures import Enclosure, ball, enclosure_of, precision
from verinet.exact.printing import spelled_fields
from verinet.networks.network import Network
from verinet.theory.narrow_learning.borders import whole
from verinet.theory.narrow_learning.canonical_form import gathered, is_zero
from verinet.theory.narrow_learning.gaussian_sums import mean_square
from verinet.theory.narrow_learning.line_form import as_ridge_sum, rational_root
from verinet.theory.ridges import RidgeSum, ridge_sum
from verinet.work import keep_going

_ZERO = Fraction(0)
_LAST_BITS = 1 << 18
#: Decimal digits that an enclosure may be asked for.
MOST_DIGITS = 20_000
#: Integers from here on are not written: Python refuses those of more than 4300 digits.
_LONGEST = 10**4300


@dataclass(frozen=True, slots=True)
class GaussianDistance:
    r"""The distance :math:`D = (E |f(x) - g(x)|^2)^{1/2}` of two functions, :math:`x \sim N(0, I)`.

    Parameters
    ----------
    differences : tuple of RidgeSum
        f - g, one function an output, like terms gathered.
    reference : tuple of RidgeSum
        g, to whose norm `relative` refers.
    is_zero : bool
        Whether f and g are the same function.  Guarantee: exact.

    Guarantee: exact (the number it stands for).
    """

    differences: tuple[RidgeSum, ...]
    reference: tuple[RidgeSum, ...]
    is_zero: bool

    __repr__ = spelled_fields

    def squared(self, integrals: bool = False) -> Any:
        r"""Return :math:`D^2` as a sympy expression.  Guarantee: exact.

        Parameters
        ----------
        integrals : bool
            Whether networks with biases may be answered with Owen's integrals left in the formula.

        Raises
        ------
        Unsupported
            If there are biases, and integrals are not wanted.

        Examples
        --------
        >>> from verinet.networks.build import network, relu, variables
        >>> x, y = variables("x", 2)
        >>> f = network([x, y], relu(x) + Fraction(1, 2) * relu(y))
        >>> g = network([x, y], relu(Fraction(3, 5) * x + Fraction(4, 5) * y))
        >>> gaussian_distance(f, g).squared()
        (-24 + 16*acos(4/5) + 5*pi + 24*acos(3/5))/(40*pi)
        """
        import sympy

        if self.is_zero:
            return sympy.Integer(0)
        return sympy.Add(*(mean_square(f).symbolic(integrals) for f in self.differences))

    def latex(self, integrals: bool = False) -> str:
        r"""Return the LaTeX of the closed form of :math:`D^2`.  Guarantee: exact.

        Raises
        ------
        Unsupported
            As `squared`; and if its integers are too long to be written.

        Examples
        --------
        >>> from verinet.networks.build import network, relu, variable
        >>> x = variable("x")
        >>> print(gaussian_norm(network(x, relu(3 * x) + 1)).latex())
        \frac{3 \sqrt{2}}{\sqrt{\pi}} + \frac{11}{2}
        """
        import sympy

        too_long = Unsupported(
            "the closed form holds integers that are too long to be written", fix="ask for an enclosure"
        )
        if self._holds_long_integers():  # sympy would look for square factors of them for minutes
            raise too_long
        try:
            return str(sympy.latex(self.squared(integrals), inv_trig_style="full"))
        except ValueError as error:  # Python writes no integer of more than 4300 digits
            raise too_long from error

    def _holds_long_integers(self) -> bool:
        """Whether a square root, or with biases an exponential, holds integers that Python does not write."""
        for f in self.differences:
            part = mean_square(f)
            if part.has_biases():
                squares = (int(part.products[i, i]) for i in range(len(part.function.ridges)))
                roots = [*map(Fraction, squares), *(ridge.bias**2 for ridge in part.function.ridges)]
            else:
                atoms = (q for (_, q), _ in part.combination().terms)
                roots = [q if (root := rational_root(q)) is None else root for q in atoms]
            if any(max(abs(q.numerator), q.denominator) >= _LONGEST for q in roots):
                return True
        return False

    def squared_ball(self, bits: int) -> arb:
        r"""Return a ball around :math:`D^2`, computed with `bits` bits.  Guarantee: certified."""
        with precision(bits):
            return sum((mean_square(f).ball(bits) for f in self.differences), arb(0))

    def squared_enclosure(self, digits: int = 30) -> Enclosure:
        r"""Return an enclosure of :math:`D^2` whose width is at most :math:`10^{-digits}` times its low end.

        The precision is doubled as often as that needs.  Guarantee: certified.

        Raises
        ------
        NotANumber
            If the number of digits is not from 1 to 20000.
        BudgetExhausted
            If more than 2^18 bits were needed.

        Examples
        --------
        >>> from verinet.networks.build import network, relu, variable
        >>> x = variable("x")
        >>> tiny = network(x, relu(x) + Fraction(1, 10**40) * relu(-x))
        >>> float(gaussian_distance(tiny, network(x, relu(x))).squared_enclosure(10).low)
        5e-81
        """
        _check_digits(digits)
        return Enclosure(_ZERO, _ZERO) if self.is_zero else _accurate(self.differences, digits)

    def enclosure(self, digits: int = 30) -> Enclosure:
        """Return an enclosure of D whose width is at most 10^-digits times its low end.  Guarantee: certified.

        Raises
        ------
        NotANumber, BudgetExhausted
            As `squared_enclosure`.
        """
        squared = self.squared_enclosure(digits)
        return squared if self.is_zero else _root(squared, digits)

    def relative(self, digits: int = 30) -> Enclosure:
        """Return an enclosure of D over the norm of the second function.  Guarantee: certified.

        Raises
        ------
        Unsupported
            If the second function is 0.
        NotANumber, BudgetExhausted
            As `squared_enclosure`.

        Examples
        --------
        >>> from verinet.networks.build import network, relu, variable
        >>> x = variable("x")
        >>> gaussian_distance(network(x, 3 * relu(x)), network(x, 2 * relu(x))).relative(10).contains(Fraction(1, 2))
        True
        """
        _check_digits(digits)
        if all(map(is_zero, self.reference)):
            raise Unsupported(
                "the second function is 0: no distance is relative to it", fix="ask for the distance itself"
            )
        if self.is_zero:
            return Enclosure(_ZERO, _ZERO)
        over, under = _accurate(self.differences, digits + 1), _accurate(self.reference, digits + 1)
        return _root(Enclosure(over.low / under.high, over.high / under.low), digits)


def gaussian_distance(
    first: Network | RidgeSum, second: Network | RidgeSum, *, output: int | None = None
) -> GaussianDistance:
    r"""Return the distance of two functions with one hidden layer under N(0, I), :math:`D^2 = E |f(x) - g(x)|^2`.

    Parameters
    ----------
    first, second : Network or RidgeSum
        With at most one hidden layer and continuous piecewise polynomial activations.  Domains play no role: the inputs
        range over the whole space.
    output : int, optional
        Compare only this output of the networks; without it all of them, the squares added up.

    Raises
    ------
    Unsupported
        For a second hidden layer, an activation that is no continuous piecewise polynomial, or what is no network.
    ShapeMismatch
        If the functions have different numbers of inputs or outputs.
    InexactInput
        If a sum of ridges holds a float.
    NotANumber
        If the output is no integer at least 0.

    Examples
    --------
    >>> from verinet.networks.build import abs_, network, relu, variable
    >>> x = variable("x")
    >>> found = gaussian_distance(network(x, relu(x) + relu(-x)), network(x, abs_(x)))
    >>> found.is_zero, found.squared_enclosure()
    (True, Enclosure(low=Fraction(0, 1), high=Fraction(0, 1)))
    >>> gaussian_distance(network(x, relu(x)), network(x, relu(-x))).squared()
    1

    Guarantee: exact (zero or not, closed form), certified (enclosures).
    """
    f, g = _outputs(first, output), _outputs(second, output)
    if len(f) != len(g):
        raise ShapeMismatch(
            f"networks of {len(f)} and of {len(g)} outputs have no distance", fix="choose an output of both"
        )
    differences = tuple(gathered(a - b) for a, b in zip(f, g, strict=True))
    return GaussianDistance(differences, g, all(map(is_zero, differences)))


def gaussian_norm(f: Network | RidgeSum, *, output: int | None = None) -> GaussianDistance:
    r"""Return the norm :math:`(E |f(x)|^2)^{1/2}` under N(0, I): the distance from 0.

    Raises
    ------
    Unsupported, ShapeMismatch
        As `gaussian_distance`.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> gaussian_norm(network(x, relu(x) - 3)).squared()
    -3*sqrt(2)/sqrt(pi) + 19/2

    Guarantee: exact (zero or not, closed form), certified (enclosures).
    """
    parts = tuple(map(gathered, _outputs(f, output)))
    nothing = tuple(RidgeSum((_ZERO,) * part.inputs) for part in parts)
    return GaussianDistance(parts, nothing, all(map(is_zero, parts)))


def _outputs(f: Network | RidgeSum, output: int | None) -> tuple[RidgeSum, ...]:
    if output is not None:
        whole(output, "an output", 0)
    if not isinstance(f, Network):
        if output:
            raise ShapeMismatch(f"a sum of ridges has one output, there is no output {output}", fix="leave it out")
        return (as_ridge_sum(f),)
    wanted = range(f.output_size) if output is None else (output,)
    return tuple(ridge_sum(f, place) for place in wanted)


def _check_digits(digits: int) -> None:
    whole(digits, "the number of digits", 1, MOST_DIGITS)


def _accurate(functions: tuple[RidgeSum, ...], digits: int) -> Enclosure:
    """The first enclosure of a positive mean square that is narrow enough, doubling the precision."""
    sums = [mean_square(f) for f in functions]
    bits = 64 + (10 * digits + 2) // 3
    while bits <= _LAST_BITS:
        keep_going()
        with precision(bits):
            value = sum((part.ball(bits) for part in sums), arb(0))
            found = enclosure_of(value) if value.is_finite() and value > 0 else None
        if found is not None and found.width * 10**digits <= found.low:
            return found
        bits *= 2
    raise BudgetExhausted(
        f"the distance is not 0, but {digits} digits of it need more than {_LAST_BITS} bits",
        fix="ask for fewer digits",
    )


def _root(squared: Enclosure, digits: int) -> Enclosure:
    """An enclosure of the square root, whose relative width is about half that of the square."""
    bits = 64 + (10 * digits + 2) // 3
    with precision(bits):
        low, high = (enclosure_of(ball(end, bits).sqrt()) for end in (squared.low, squared.high))
    return Enclosure(max(low.low, _ZERO), high.high)
