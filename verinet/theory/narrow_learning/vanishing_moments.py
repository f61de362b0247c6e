r"""Networks that are not zero, and all of whose moments below a given order are.

For m lines through 0 in the plane, m even, with unit vectors :math:`u_1, \dots, u_m`, and the coefficients

.. math:: \lambda_i = 1 / \prod_{j \ne i} \det(u_i, u_j)

the tensors :math:`T_l = \sum_i \lambda_i u_i^{\otimes l}` vanish for all even l < m, and :math:`T_m` does not.
Proof: with :math:`z = e^{2 i \theta}` the coefficients are, up to one common factor, :math:`z_i^{m/2-1} /
\prod_{j \ne i} (z_i - z_j)`, so that :math:`\sum_i \lambda_i z_i^p` for :math:`|p| \le m/2 - 1` is a divided difference
of order m - 1 of a power at most m - 2: zero.  For p = m/2 it is one of the power m - 1: not zero.

For the directions :math:`\pi j / m` these are the alternating signs: the polygon, after which the network is named.
So :math:`f(x) = \sum_i \lambda_i |u_i \cdot x|`, x normal, is orthogonal to all polynomials of degree below m; and its
positive and its negative part, k = m/2 absolute values each, share all moments below order 2k: with fewer, k neurons
are not determined.  It illustrates why the paper's algorithm [chen2023] takes moments up to the order 2k + 2, and its
remark that correlational statistical queries need :math:`d^{\Omega(k)}`.  The example and its proof are derived.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb, pi, tan
from typing import TYPE_CHECKING

from verinet.errors import ShapeMismatch, SingularMatrix, Unsupported
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import Q
from verinet.networks.activations import activation
from verinet.networks.build import apply_activation, network, variables
from verinet.networks.network import Network
from verinet.theory.narrow_learning.borders import whole
from verinet.theory.ridges import Ridge, RidgeSum

if TYPE_CHECKING:
    import sympy

_ZERO, _ONE = Fraction(0), Fraction(1)
Direction = tuple[Fraction, Fraction]
#: Most lines of one network.
LARGEST = 40


@dataclass(frozen=True, slots=True)
class AbsoluteValues:
    r"""The function :math:`\sum_i \lambda_i |u_i \cdot x|` of the plane, with rational unit vectors.

    Parameters
    ----------
    directions : tuple of pairs of Fraction
    coefficients : tuple of Fraction

    Raises
    ------
    ShapeMismatch
        If there are more coefficients than directions, or fewer, or a direction is no pair.
    Unsupported
        If a direction is no unit vector.
    InexactInput, NotANumber
        If a number is a float, or none.

    Guarantee: exact.
    """

    directions: tuple[Direction, ...]
    coefficients: tuple[Fraction, ...]

    __repr__ = spelled_fields

    def __post_init__(self) -> None:
        object.__setattr__(self, "directions", tuple(tuple(map(Q, u)) for u in self.directions))
        object.__setattr__(self, "coefficients", tuple(map(Q, self.coefficients)))
        if any(len(u) != 2 for u in self.directions):
            raise ShapeMismatch("a direction of the plane is a pair of numbers", fix="give pairs")
        if len(self.directions) != len(self.coefficients):
            raise ShapeMismatch("directions and coefficients differ in number", fix="give one coefficient a direction")
        if any(c * c + s * s != 1 for c, s in self.directions):
            raise Unsupported("a direction is no unit vector", fix="give rational unit vectors, such as (3/5, 4/5)")

    def moment(self, order: int) -> tuple[Fraction, ...]:
        r"""Return the entries of :math:`T_l = \sum_i \lambda_i u_i^{\otimes l}` with 0, 1, ..., l indices 2.

        Guarantee: exact.

        Raises
        ------
        NotANumber
            If the order is no integer at least 0.

        Examples
        --------
        >>> f = AbsoluteValues(((Fraction(3, 5), Fraction(4, 5)),), (Fraction(1),))
        >>> [str(entry) for entry in f.moment(2)]
        ['9/25', '12/25', '16/25']
        """
        whole(order, "an order", 0)
        pairs = list(zip(self.coefficients, self.directions, strict=True))
        return tuple(sum((a * c ** (order - q) * s**q for a, (c, s) in pairs), _ZERO) for q in range(order + 1))

    def moment_square(self, order: int) -> Fraction:
        """Return the squared Frobenius norm of that tensor, each entry as often as it stands there.

        Guarantee: exact.

        Examples
        --------
        >>> AbsoluteValues(((Fraction(3, 5), Fraction(4, 5)),), (Fraction(2),)).moment_square(6)
        Fraction(4, 1)
        """
        return sum((comb(order, q) * entry**2 for q, entry in enumerate(self.moment(order))), _ZERO)

    def moment_network(self, orders: Iterable[int]) -> Network:
        r"""Return the network :math:`x \mapsto \sum_i \lambda_i (u_i \cdot x)^l`, one output an order l.

        Each is the form of the tensor :math:`T_l`, and determines it.

        Guarantee: exact.

        Examples
        --------
        >>> f = AbsoluteValues(((Fraction(3, 5), Fraction(4, 5)),), (Fraction(2),))
        >>> f.moment_network([2, 4])(5, 0)
        (Fraction(18, 1), Fraction(162, 1))
        """
        x = variables("x", 2)
        inside = [c * x[0] + s * x[1] for c, s in self.directions]
        outputs = []
        for order in orders:
            power = activation("power", order)
            outputs.append(
                sum((a * apply_activation(z, power) for a, z in zip(self.coefficients, inside, strict=True)), 0 * x[0])
            )
        return network(x, outputs)

    def part(self, sign: int) -> AbsoluteValues:
        """Return the terms with positive coefficients, or minus those with negative ones.

        Guarantee: exact.
        """
        kept = [(u, abs(a)) for u, a in zip(self.directions, self.coefficients, strict=True) if a * sign > 0]
        return AbsoluteValues(tuple(u for u, _ in kept), tuple(a for _, a in kept))

    def ridge_sum(self) -> RidgeSum:
        """Return the function as a sum of ReLU ridges, two a line: no linear part beside them.

        Guarantee: exact.

        Examples
        --------
        >>> AbsoluteValues(((Fraction(3, 5), Fraction(4, 5)),), (Fraction(1),)).ridge_sum()(-1, 0)
        Fraction(3, 5)
        """
        ridges = [
            Ridge(a, (sign * c, sign * s))
            for a, (c, s) in zip(self.coefficients, self.directions, strict=True)
            for sign in (1, -1)
        ]
        return RidgeSum((_ZERO, _ZERO), _ZERO, tuple(ridges))


def vanishing_coefficients(directions: Sequence[Sequence[object]]) -> tuple[Fraction, ...]:
    r"""Return :math:`\lambda_i = 1 / \prod_{j \ne i} \det(u_i, u_j)`, divided by the largest absolute value.

    Up to a factor these are the only coefficients for which all moments of even order below the number of lines vanish.

    Parameters
    ----------
    directions : sequence of pairs of exact numbers
        Rational unit vectors, an even number of them, no two on one line.

    Guarantee: exact.

    Raises
    ------
    ShapeMismatch
        If their number is odd or 0, or one is no pair.
    SingularMatrix
        If two of them lie on one line.

    Examples
    --------
    >>> [str(a) for a in vanishing_coefficients([(1, 0), ("3/5", "4/5"), (0, 1), ("-3/5", "4/5")])]
    ['9/16', '-25/32', '1', '-25/32']
    """
    u = [tuple(map(Q, direction)) for direction in directions]
    if not u or len(u) % 2 or any(len(direction) != 2 for direction in u):
        raise ShapeMismatch(
            f"moments of even order vanish for an even number of lines in the plane, got {len(u)} vectors",
            fix="give 2, 4, 6, ... vectors of two numbers",
        )
    found = []
    for i, (a, b) in enumerate(u):
        product = _ONE
        for j, (c, d) in enumerate(u):
            if j != i:
                product *= a * d - b * c
        if not product:
            raise SingularMatrix("two directions lie on one line", fix="put their coefficients together")
        found.append(1 / product)
    largest = max(map(abs, found))
    return tuple(entry / largest for entry in found)


def rational_polygon(lines: int) -> tuple[Direction, ...]:
    r"""Return rational unit vectors near the angles :math:`\pi j / m`, j = 0, ..., m - 1, symmetric about the axes.

    They are :math:`((1 - t^2)/(1 + t^2), 2t/(1 + t^2))`, t with a denominator of at most m + 1 (up to m/2: the others
    are mirrored).  Only which vectors are taken comes from rounding; everything after that is exact.

    Guarantee: exact (that they are unit vectors on different lines).

    Raises
    ------
    Unsupported
        If the number of lines is odd, or not from 2 to 40.

    Examples
    --------
    >>> [tuple(map(str, u)) for u in rational_polygon(4)]
    [('1', '0'), ('21/29', '20/29'), ('0', '1'), ('-21/29', '20/29')]
    """
    if isinstance(lines, bool) or not isinstance(lines, int) or lines % 2 or not 2 <= lines <= LARGEST:
        raise Unsupported(
            f"a polygon of lines has an even number of them, from 2 to {LARGEST}, got {lines!r}",
            fix="choose 2, 4, 6, ...",
        )
    found: list[Direction] = []
    for j in range(lines // 2 + 1):
        t = Fraction(tan(pi * j / (2 * lines))).limit_denominator(lines + 1) if 2 * j < lines else _ONE
        found.append(((1 - t * t) / (1 + t * t), 2 * t / (1 + t * t)))
    return (*found, *((-c, s) for c, s in reversed(found[1:-1])))


def vanishing_moments_of(directions: Sequence[Sequence[object]]) -> AbsoluteValues:
    """Return the absolute values along these lines whose moments below their number vanish.

    Guarantee: exact.

    Raises
    ------
    ShapeMismatch, SingularMatrix, Unsupported
        As `vanishing_coefficients`, and if a direction is no unit vector.

    Examples
    --------
    >>> f = vanishing_moments_of(rational_polygon(6))
    >>> [str(f.moment_square(order)) for order in (0, 2, 4)], f.moment_square(6) > 0
    (['0', '0', '0'], True)
    """
    exact = tuple((Q(a), Q(b)) for a, b in directions)
    return AbsoluteValues(exact, vanishing_coefficients(exact))


# --- the regular polygon: directions pi j / m, signs (-1)^j ---------------------------------------


def polygon_moment_square(lines: int, order: int) -> Fraction:
    r"""Return :math:`|T_l|^2` of the regular polygon, :math:`T_l = \sum_j (-1)^j u_j^{\otimes l}`, l even.

    .. math:: |T_l|^2 = m \sum_j (-1)^j \cos^l \frac{\pi j}{m}
              = \frac{m^2}{2^l} \sum_{q:\, l - 2q \equiv m \;(2m)} \binom{l}{q} ,

    since the sum of :math:`(-1)^j e^{i \pi p j / m}` is m if p is an odd multiple of m, and 0 for all other even p.
    So it is 0 for l < m, and :math:`2 m^2 / 2^m` for l = m.  Derived.

    Guarantee: exact.

    Raises
    ------
    Unsupported
        If m or l is odd, or m is less than 2.

    Examples
    --------
    >>> [str(polygon_moment_square(4, order)) for order in (0, 2, 4, 6)]
    ['0', '0', '2', '3']
    """
    if whole(lines, "a number of lines", 0) < 2 or lines % 2 or whole(order, "an order", 0) % 2:
        raise Unsupported(
            f"the polygon has an even number of lines and moments of even order, got {lines} and {order}",
            fix="moments of odd order are tensors of the linear part only",
        )
    count = sum(comb(order, q) for q in range(order + 1) if (order - 2 * q - lines) % (2 * lines) == 0)
    return Fraction(lines**2 * count, 2**order)


def polygon_norm_square(lines: int) -> sympy.Expr:
    r"""Return :math:`E f(x)^2` of the regular polygon :math:`f = \sum_j (-1)^j |u_j \cdot x|`, x normal.

    .. math:: m \sum_j (-1)^j \frac{2}{\pi} (\sin\theta_j + (\tfrac{\pi}{2} - \theta_j) \cos\theta_j),
              \qquad \theta_j = \min(j, m - j) \frac{\pi}{m} .

    Guarantee: exact.

    Raises
    ------
    Unsupported
        If m is odd or less than 2.

    Examples
    --------
    >>> polygon_norm_square(2), polygon_norm_square(4).evalf(5)
    (2 - 4/pi, 0.11679)
    """
    import sympy

    if whole(lines, "a number of lines", 0) < 2 or lines % 2:
        raise Unsupported(f"the polygon has an even number of lines, got {lines}", fix="choose 2, 4, 6, ...")
    total = sympy.Integer(0)
    for j in range(lines):
        angle = sympy.pi * min(j, lines - j) / lines
        kernel = sympy.sin(angle) + (sympy.pi / 2 - angle) * sympy.cos(angle)
        total += (-1) ** j * kernel
    return sympy.expand(lines * 2 / sympy.pi * total)
