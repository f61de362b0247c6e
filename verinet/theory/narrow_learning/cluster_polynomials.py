r"""Cluster indicator polynomials: one polynomial that is 1 on a cluster of nodes and 0 on all others, exactly.

For nodes :math:`x_1, \dots, x_k` and a set I of them

.. math:: p(x) = \prod_{j \notin I} \left(1 - \prod_{i \in I} \frac{x - x_i}{x_j - x_i}\right),
          \qquad \deg p \le |I| (k - |I|) .

The lemma it illustrates, the paper's (Chen and Narayanan [chennarayanan2023], the key lemma of their learner): with
the nodes :math:`x_i = \langle u_i, g \rangle^2` and the contracted moments
:math:`M_{2 + 2l} = \sum_i \lambda_i x_i^l u_i u_i^T`,

.. math:: \sum_l p_l M_{2 + 2l} = \sum_{i \in I} \lambda_i u_i u_i^T ,

and the coefficients are bounded by the distance between I and the other nodes alone: nodes inside of I may be as near
to each other as they like, or equal.  The bound with its constants is derived here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, cast

from flint import fmpq, fmpq_poly

from verinet.errors import ShapeMismatch, SingularMatrix
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import Q, format_rational

_ZERO, _ONE = Fraction(0), Fraction(1)
Matrix = tuple[tuple[Fraction, ...], ...]


@dataclass(frozen=True, slots=True)
class ClusterPolynomial:
    """A polynomial that is 1 at the nodes of a cluster and 0 at the others.

    Parameters
    ----------
    nodes : tuple of Fraction
    cluster : tuple of int
        Places of the nodes of I, ascending.
    coefficients : tuple of Fraction
        Constant first, the last one not 0.

    Guarantee: exact.
    """

    nodes: tuple[Fraction, ...]
    cluster: tuple[int, ...]
    coefficients: tuple[Fraction, ...]

    __repr__ = spelled_fields

    @property
    def degree(self) -> int:
        """The degree; 0 for the constant 1."""
        return len(self.coefficients) - 1

    @property
    def norm(self) -> Fraction:
        """The sum of the absolute values of the coefficients."""
        return sum(map(abs, self.coefficients), _ZERO)

    @property
    def gap(self) -> Fraction | None:
        """The least distance of a node of the cluster from another node; None if there are no other ones."""
        inside = {self.nodes[i] for i in self.cluster}
        others = [node for place, node in enumerate(self.nodes) if place not in self.cluster]
        return min((abs(x - y) for x in inside for y in others), default=None)

    def __call__(self, x: object) -> Fraction:
        """Return the value at x."""
        point, value = Q(x), _ZERO
        for coefficient in reversed(self.coefficients):
            value = value * point + coefficient
        return value

    def norm_bound(self) -> Fraction:
        r"""Return a bound of the norm that sees the distances between the cluster and the other nodes only.

        .. math:: \prod_{j \notin I} \left(1 + \prod_{i \in I} \frac{1 + |x_i|}{|x_j - x_i|}\right)
                  \le \left(1 + \left((1 + X)/\Delta\right)^{|I|}\right)^{k - |I|} ,

        the last for nodes of absolute value at most X and a gap :math:`\Delta \le 1 + X`.  The sum of absolute
        coefficients is submultiplicative, which proves it.  Derived.

        Guarantee: exact.

        Examples
        --------
        >>> print(cluster_polynomial(["0", "1/1000", "1"], [0, 1]).norm_bound())
        2000/999
        """
        bound, inside = _ONE, [self.nodes[i] for i in self.cluster]
        for place, node in enumerate(self.nodes):
            if place not in self.cluster:
                factor = _ONE
                for x in inside:
                    factor *= (1 + abs(x)) / abs(node - x)
                bound *= 1 + factor
        return bound

    def isolate(self, moments: Sequence[Sequence[Sequence[object]]]) -> Matrix:
        r"""Return :math:`\sum_l p_l H_l` for matrices :math:`H_0, H_1, \dots`, one a coefficient at least.

        Where :math:`H_l = \sum_i x_i^l A_i` with the nodes of this polynomial, this is :math:`\sum_{i \in I} A_i`.

        Guarantee: exact.

        Raises
        ------
        ShapeMismatch
            If there are fewer matrices than coefficients, or of different shapes.

        Examples
        --------
        >>> p = cluster_polynomial(["1/4", "1/2"], [1])
        >>> moments = [[[3 * Q("1/4") ** l + 5 * Q("1/2") ** l]] for l in range(2)]
        >>> print(p.isolate(moments)[0][0])
        5
        """
        if len(moments) < len(self.coefficients):
            raise ShapeMismatch(
                f"a polynomial of degree {self.degree} needs {self.degree + 1} matrices of moments, got {len(moments)}",
                fix="compute moments of higher order: the degree is at most |I| (k - |I|)",
            )
        shape = [len(row) for row in moments[0]]
        if any([len(row) for row in matrix] != shape for matrix in moments):
            raise ShapeMismatch("the matrices of moments have different shapes", fix="give matrices of one shape")
        exact = [[[Q(entry) for entry in row] for row in matrix] for matrix in moments[: len(self.coefficients)]]
        return tuple(
            tuple(sum((p * m[i][j] for p, m in zip(self.coefficients, exact, strict=True)), _ZERO) for j in range(size))
            for i, size in enumerate(shape)
        )


def cluster_polynomial(nodes: Sequence[object], cluster: Sequence[int]) -> ClusterPolynomial:
    r"""Return the cluster indicator polynomial of some of the nodes.

    .. math:: p(x) = \prod_{j \notin I} \left(1 - \prod_{i \in I} \frac{x - x_i}{x_j - x_i}\right) .

    At a node of I each factor is 1; at the node j outside of I the factor of j is 0.  The paper's
    [chennarayanan2023].

    Parameters
    ----------
    nodes : sequence of exact numbers
        Nodes of the cluster may be equal, and so may the others; a node of the cluster equals no other one.
    cluster : sequence of int
        The places of its nodes, from 0; at least one.

    Guarantee: exact.

    Raises
    ------
    ShapeMismatch
        If the cluster is empty, or names no place or one twice.
    SingularMatrix
        If a node of the cluster equals a node outside: then there is no such polynomial.

    Examples
    --------
    >>> p = cluster_polynomial(["0", "1/1000", "1"], [0, 1])
    >>> [str(p(node)) for node in p.nodes], p.degree
    (['1', '1', '0'], 2)
    """
    exact, places = tuple(map(Q, nodes)), tuple(sorted(cluster))
    if not places or len(set(places)) != len(places) or not set(places) <= set(range(len(exact))):
        raise ShapeMismatch(
            f"a cluster of {len(exact)} nodes is a set of places from 0 to {len(exact) - 1}, got {list(cluster)}",
            fix="name at least one place, each once",
        )
    inside = [exact[i] for i in places]
    # where the others are repeated, one factor is enough: the polynomial vanishes there already
    others = dict.fromkeys(node for place, node in enumerate(exact) if place not in places)
    for node in others:
        if node in inside:
            raise SingularMatrix(
                f"the node {format_rational(node)} lies in the cluster and outside of it",
                fix="put equal nodes together into the cluster or leave all of them out",
            )
    total = fmpq_poly([1])
    for node in others:
        factor = fmpq_poly([1])
        for x in inside:
            factor *= fmpq_poly([-_number(x), 1]) * (1 / _number(node - x))
        total *= 1 - factor
    return ClusterPolynomial(exact, places, _fractions(total))


def _number(value: Fraction) -> Any:
    return fmpq(value.numerator, value.denominator)


def _fractions(polynomial: Any) -> tuple[Fraction, ...]:
    return tuple(Fraction(int(c.p), int(c.q)) for c in cast("list[Any]", polynomial.coeffs()))
