r"""Vandermonde systems that stay solvable when nodes come together: what their moments say about a clump, exactly.

For nodes :math:`y_1, \dots, y_k` and weights q the power sums are :math:`s_m = \sum_i q_i y_i^m`.  A polynomial p with
:math:`p(y_j) = 0` at all nodes outside of a clump gives

.. math:: \sum_m p_m s_m = \sum_{i \in clump} p(y_i)\, q_i ,

so that the largest of the power sums used is at least what remains on the right divided by the sum of the
coefficients' absolute values.  With :math:`p(y) = (y / y_c)^s \prod_j (y - y_j) / (y_c - y_j)` this is `local_inverse`.

The lemma it illustrates, the paper's [chen2023] (Lemmas 12 and 27, the "robust local Vandermonde inverse"): if the
weights of the nodes near one node sum up to :math:`\tau`, then some even moment :math:`\langle v^l, q \rangle`,
:math:`l \le 2k`, is at least about :math:`(\tau / 2k) (\alpha^2 \gamma^2 / 4k)^k - C R k (k' - 1) \beta`.  What is
proved here is derived: all constants are explicit (`explicit_bound`), they imply the paper's with C = 2, and
`tight_example` shows that the power of :math:`\gamma` cannot be less than k - 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb, factorial
from typing import Any

from flint import fmpq, fmpq_poly

from verinet.errors import ShapeMismatch, SingularMatrix, Unsupported
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import Q, format_rational
from verinet.theory.narrow_learning.borders import whole

_ZERO, _ONE = Fraction(0), Fraction(1)
Row = tuple[Fraction, ...]


def power_sums(nodes: Sequence[object], weights: Sequence[object], count: int) -> Row:
    r"""Return :math:`s_m = \sum_i q_i y_i^m` for m = 0, ..., count - 1.

    Guarantee: exact.

    Raises
    ------
    ShapeMismatch
        If there are more nodes than weights, or fewer.

    Examples
    --------
    >>> [str(s) for s in power_sums([1, "1/2"], [1, -1], 3)]
    ['0', '1/2', '3/4']
    """
    y, q = tuple(map(Q, nodes)), tuple(map(Q, weights))
    if len(y) != len(q):
        raise ShapeMismatch(f"{len(y)} nodes have {len(q)} weights", fix="give one weight a node")
    return tuple(sum((b * a**m for a, b in zip(y, q, strict=True)), _ZERO) for m in range(count))


def vandermonde_solution(nodes: Sequence[object], values: Sequence[object]) -> Row:
    r"""Return the coefficients a with :math:`\sum_l a_l y_i^l = b_i` for all i: the interpolating polynomial.

    The paper's Lemma 5 [chen2023] bounds it: m nodes, D apart or more, have a solution of norm at most
    :math:`m (1/D)^{2m - 2} |b|`; for nodes in [0, 1], as they are there.

    Guarantee: exact.

    Raises
    ------
    SingularMatrix
        If two nodes are equal.
    ShapeMismatch
        If there are more nodes than values, or fewer.

    Examples
    --------
    >>> [str(a) for a in vandermonde_solution([0, 1, 2], [1, 2, 5])]
    ['1', '0', '1']
    """
    y, b = tuple(map(Q, nodes)), tuple(map(Q, values))
    if len(y) != len(b):
        raise ShapeMismatch(f"{len(y)} nodes have {len(b)} values", fix="give one value a node")
    if len(set(y)) != len(y):
        raise SingularMatrix("a Vandermonde system with two equal nodes", fix="put equal nodes together")
    # Newton's divided differences, then Horner's scheme with polynomials
    table = list(b)
    for order in range(1, len(y)):
        for i in range(len(y) - 1, order - 1, -1):
            table[i] = (table[i] - table[i - 1]) / (y[i] - y[i - order])
    total = fmpq_poly([])
    for node, difference in zip(reversed(y), reversed(table), strict=True):
        total = total * fmpq_poly([-_number(node), 1]) + _number(difference)
    found = _fractions(total)
    return found + (_ZERO,) * (len(y) - len(found))


@dataclass(frozen=True, slots=True)
class LocalInverse:
    r"""A combination of power sums that sees the weights of one clump, nearly equally, and no others.

    Parameters
    ----------
    nodes : tuple of Fraction
    clump : tuple of int
        Places of its nodes; the first is the one at which the polynomial is 1.
    first : int
        s: the lowest power that is used.
    coefficients : tuple of Fraction
        Of the powers s, s + 1, ..., s + n, n being the number of nodes outside.

    Guarantee: exact.
    """

    nodes: Row
    clump: tuple[int, ...]
    first: int
    coefficients: Row

    __repr__ = spelled_fields

    @property
    def norm(self) -> Fraction:
        """The sum of the absolute values of the coefficients."""
        return sum(map(abs, self.coefficients), _ZERO)

    @property
    def last(self) -> int:
        """The highest power that is used."""
        return self.first + len(self.coefficients) - 1

    def __call__(self, y: object) -> Fraction:
        """Return the value of the polynomial at y."""
        point, value = Q(y), _ZERO
        for coefficient in reversed(self.coefficients):
            value = value * point + coefficient
        return value * point**self.first

    @property
    def spread(self) -> Fraction:
        """The sum over the clump's nodes of the distance of the polynomial from 1: what equal weights may lose."""
        return sum((abs(self(self.nodes[i]) - 1) for i in self.clump), _ZERO)

    def lower_bound(self, total: object, largest: object) -> Fraction:
        r"""Return a number that the largest of the power sums used reaches in absolute value, whatever the weights.

        .. math:: \max_{s \le m \le s + n} |s_m|
                  \ge \frac{\tau - R \sum_{i \in clump} |p(y_i) - 1|}{\sum_m |p_m|}

        for weights whose sum over the clump is at least `total` = tau in absolute value, each at most `largest` = R.
        A value below 0 says nothing.  Derived.

        Guarantee: exact.

        Examples
        --------
        >>> inverse = local_inverse([1, "1/2", "1/4"], [0])
        >>> print(inverse.lower_bound(1, 5), max(abs(s) for s in power_sums([1, "1/2", "1/4"], [1, -2, 1], 3)))
        1/5 9/16
        """
        return (Q(total) - Q(largest) * self.spread) / self.norm


def local_inverse(nodes: Sequence[object], clump: Sequence[int], first: int = 0) -> LocalInverse:
    r"""Return the local inverse of a clump of nodes.

    .. math:: p(y) = \left(\frac{y}{y_c}\right)^s \prod_{j \notin clump} \frac{y - y_j}{y_c - y_j}

    Parameters
    ----------
    nodes : sequence of exact numbers
    clump : sequence of int
        Places of the nodes of the clump, from 0; the first is c.
    first : int
        s, the lowest power; in the paper's matrices the power m belongs to the tensor of order 2m + 2.

    Guarantee: exact.

    Raises
    ------
    ShapeMismatch
        If the clump is empty, or names no place or one twice.
    SingularMatrix
        If a node outside of the clump equals the node c, or c is 0 and powers are to begin at 1 or later.
    NotANumber
        If s is no integer at least 0.

    Examples
    --------
    >>> inverse = local_inverse(["1", "999/1000", "1/2"], [0, 1])
    >>> [str(inverse(node)) for node in inverse.nodes]
    ['1', '499/500', '0']
    """
    y, places = tuple(map(Q, nodes)), tuple(clump)
    whole(first, "the lowest power", 0)
    if not places or len(set(places)) != len(places) or not set(places) <= set(range(len(y))):
        raise ShapeMismatch(
            f"a clump of {len(y)} nodes is a set of their places, from 0, got {list(places)}",
            fix="name at least one place, each once",
        )
    centre = y[places[0]]
    if first and not centre:
        raise SingularMatrix("the node 0 leaves no trace in positive powers", fix="begin with the power 0")
    total = fmpq_poly([1 / _number(centre**first)])
    for place, node in enumerate(y):
        if place not in places:
            if node == centre:
                raise SingularMatrix(
                    f"the node {format_rational(node)} lies in the clump and outside of it", fix="put it into the clump"
                )
            total *= fmpq_poly([-_number(node), 1]) * (1 / _number(centre - node))
    return LocalInverse(y, places, first, _fractions(total))


@dataclass(frozen=True, slots=True)
class Separation:
    r"""How far apart the inner products :math:`0 \le v_i \le 1` are; the nodes are their squares.

    Parameters
    ----------
    neurons : int
        k.
    near : int
        k', the number of neurons of the clump, one of them the one that is looked for.
    least : Fraction
        alpha: the inner product of that neuron is at least this.
    width : Fraction
        beta: the others of the clump differ from it by at most this.
    gap : Fraction
        gamma: all others differ from it by at least this.

    Raises
    ------
    Unsupported
        If the numbers are not in [0, 1], or the clump has no neuron or more than there are.
    NotANumber
        If a number of neurons is no integer.

    Guarantee: exact.
    """

    neurons: int
    near: int
    least: Fraction
    width: Fraction
    gap: Fraction

    __repr__ = spelled_fields

    def __post_init__(self) -> None:
        whole(self.neurons, "the number of neurons", 1)
        whole(self.near, "the number of neurons of a clump", 0)
        if not 1 <= self.near <= self.neurons or not all(
            isinstance(number, Fraction) and 0 <= number <= 1 for number in (self.least, self.width, self.gap)
        ):
            raise Unsupported(
                "a separation has 1 <= near <= neurons and fractions least, width and gap from 0 to 1, got "
                f"{self.near} of {self.neurons}",
                fix="Separation(neurons, near, least, width, gap), exact numbers in [0, 1]",
            )

    def explicit_bound(self, total: object, largest: object) -> Fraction:
        r"""Return a bound for all nodes and weights that are so separated.

        .. math:: \max_{1 \le m \le n + 1} |s_m|
                  \ge \tau \alpha^2 (\gamma^2 / 2)^n - 2 R (k' - 1) (n + 1) \beta, \qquad n = k - k' .

        Proof.  The inverse p that begins with power 1 has norm at most :math:`\alpha^{-2} (2 / \gamma^2)^n`, since
        :math:`|v_c^2 - v_j^2| = |v_c - v_j| (v_c + v_j) \ge \gamma^2` and all nodes are in [0, 1].  On [0, 1] its
        derivative is at most n + 1 times its norm, and nodes of the clump are :math:`2 \beta` from the centre at most.
        Derived; it implies the paper's Lemma 27 [chen2023] with C = 2.

        Guarantee: exact.

        Examples
        --------
        >>> Separation(3, 2, Fraction(1, 2), Fraction(1, 1000), Fraction(1, 2)).explicit_bound(1, 1)
        Fraction(109, 4000)
        """
        outside = self.neurons - self.near
        norm = Q(total) * self.least**2 * (self.gap**2 / 2) ** outside
        return norm - 2 * Q(largest) * (self.near - 1) * (outside + 1) * self.width

    def printed_bound(self, total: object, largest: object, constant: object = 2) -> Fraction:
        r"""Return :math:`(\tau/2k) (\alpha^2 \gamma^2 / 4k)^k - C R k (k' - 1) \beta`, as the paper has it [chen2023].

        With C = 2 it is at most `explicit_bound`.

        Guarantee: exact.

        Examples
        --------
        >>> Separation(1, 1, Fraction(1), Fraction(0), Fraction(1)).printed_bound(1, 1)
        Fraction(1, 8)
        """
        k = self.neurons
        main = Q(total) / (2 * k) * (self.least**2 * self.gap**2 / (4 * k)) ** k
        return main - Q(constant) * Q(largest) * k * (self.near - 1) * self.width


@dataclass(frozen=True, slots=True)
class TightExample:
    """Nodes and weights whose first power sums vanish.  Guarantee: exact."""

    nodes: Row
    weights: Row

    __repr__ = spelled_fields

    @property
    def first_power_sum(self) -> tuple[int, Fraction]:
        """The first power whose sum is not 0, and the sum."""
        power, found = 0, _ZERO
        while not found:
            found = power_sums(self.nodes, self.weights, power + 1)[power]
            power += not found
        return power, found


def tight_example(neurons: int, gap: object) -> TightExample:
    r"""Return the nodes :math:`y_i = 1 - i \gamma` with the weights :math:`(-1)^i \binom{k-1}{i}`, i = 0, ..., k - 1.

    The power sums are finite differences of order k - 1: zero for m = 0, ..., k - 2, and
    :math:`(k-1)!\, \gamma^{k-1}` for m = k - 1.  In the paper's counting of l = 2m: zero up to l = 2k - 4.
    The paper's example [chen2023], with the indices that a check gives.

    Guarantee: exact.

    Raises
    ------
    Unsupported
        If there is no neuron, or the gap is not above 0 and at most 1/(k - 1).

    Examples
    --------
    >>> tight_example(4, "1/10").first_power_sum
    (3, Fraction(3, 500))
    """
    gamma = Q(gap)
    if neurons < 1 or gamma <= 0 or (neurons - 1) * gamma > 1:
        raise Unsupported(
            f"the example has k >= 1 nodes 1 - i gap in [0, 1], got k = {neurons} and gap {format_rational(gamma)}",
            fix="choose a gap above 0 and at most 1/(k - 1)",
        )
    nodes = tuple(1 - i * gamma for i in range(neurons))
    return TightExample(nodes, tuple(Fraction((-1) ** i * comb(neurons - 1, i)) for i in range(neurons)))


def tight_value(neurons: int, gap: object) -> Fraction:
    r"""Return :math:`(k-1)!\, \gamma^{k-1}`, the first power sum of `tight_example` that is not 0.

    Guarantee: exact.

    Raises
    ------
    NotANumber
        If there is no neuron.

    Examples
    --------
    >>> tight_value(4, "1/10")
    Fraction(3, 500)
    """
    whole(neurons, "the number of neurons", 1)
    return factorial(neurons - 1) * Q(gap) ** (neurons - 1)


def _number(value: Fraction) -> Any:
    return fmpq(value.numerator, value.denominator)


def _fractions(polynomial: Any) -> Row:
    return tuple(Fraction(int(c.p), int(c.q)) for c in polynomial.coeffs())
