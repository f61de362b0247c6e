r"""Lines that share a minimal polynomial: found from exact moments without rounding, rational or algebraic.

A rational sequence of contractions has nodes :math:`y_i = (u_i \cdot g)^2` that are roots of a rational polynomial.
Lines of conjugate nodes are conjugate: what belongs to one root :math:`\theta` of an irreducible factor p is a matrix
over the field :math:`\mathbb{Q}(\theta)`, and sums over all roots of p are traces, hence rational (derived).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import arb, fmpq, fmpq_mat, fmpq_poly

from verinet.exact.enclosures import precision
from verinet.theory.narrow_learning.line_form import rational_root
from verinet.theory.narrow_learning.oracles import flint
from verinet.theory.ridges import Row, primitive
from verinet.work import keep_going

#: An element of Q(theta), or a matrix over it: coefficients of 1, theta, theta^2, ...
Element = list[fmpq]


@dataclass(frozen=True, slots=True)
class ConjugateLines:
    r"""The functions :math:`\lambda |u \cdot x|`, one for each root of an irreducible polynomial.

    .. math:: \lambda\, u u^T = \sqrt r \, R(\theta), \qquad R(\theta) = \sum_t \theta^t R_t, \qquad p(\theta) = 0.

    Parameters
    ----------
    radicand : int
        r.
    minimal : fmpq_poly
        p, irreducible and monic; its roots are the nodes :math:`(u \cdot g)^2` at the direction it was found at.
    matrices : tuple of fmpq_mat
        R_0, R_1, ...: as many as the degree of p.

    Guarantee: exact.
    """

    radicand: int
    minimal: fmpq_poly
    matrices: tuple[fmpq_mat, ...]

    @property
    def degree(self) -> int:
        """How many lines these are."""
        return int(self.minimal.degree())

    @property
    def size(self) -> Element:
        r""":math:`\lambda / \sqrt r`, the trace of R."""
        return [sum((m[i, i] for i in range(m.nrows())), fmpq(0)) for m in self.matrices]

    def flaw(self, direction: Row) -> str | None:
        """Why R is no rank-one matrix with the node theta at the direction, or None: it is one.

        Two lines whose nodes collide make a sum of two such matrices.
        """
        size = self.matrices[0].nrows()
        pivot = next((i for i in range(size) if any(m[i, i] for m in self.matrices)), None)
        if pivot is None or not any(self.size):
            return "a node belongs to no line"
        columns = [fmpq_mat(size, 1, [m[i, pivot] for i in range(size)]) for m in self.matrices]
        corner = [m[pivot, pivot] for m in self.matrices]
        outer = _product(columns, columns, self.minimal, lambda a, b: a * b.transpose())
        if outer != _product(list(self.matrices), corner, self.minimal, lambda a, b: a * b):
            return "two lines have the same node"
        theta = _reduced([fmpq(0), fmpq(1)], self.minimal)
        if self.node(direction) != theta:
            return "a node is not where its line meets the direction"
        return None

    def node(self, direction: Row) -> Element:
        r""":math:`(u \cdot g)^2` as an element of the field."""
        g = fmpq_mat(len(direction), 1, [flint(a) for a in direction])
        along = [(g.transpose() * m * g)[0, 0] for m in self.matrices]
        _, inverse, _ = fmpq_poly(self.size).xgcd(self.minimal)
        return _product(along, _padded(inverse, self.degree), self.minimal, lambda a, b: a * b)

    def contractions(self, direction: Row, count: int) -> list[fmpq_mat]:
        r"""The sums over all roots of :math:`(u \cdot g)^{2m} R(\theta)`, m = 0, ..., count - 1."""
        node, power = self.node(direction), _padded(fmpq_poly([1]), self.degree)
        traces = power_sums(self.minimal, self.degree)
        found = []
        for _ in range(count):
            keep_going()
            terms = _product(power, list(self.matrices), self.minimal, lambda a, b: b * a)
            found.append(sum((m * t for m, t in zip(terms[1:], traces[1:], strict=True)), terms[0] * traces[0]))
            power = _product(power, node, self.minimal, lambda a, b: a * b)
        return found

    def are_real(self) -> bool:
        """Whether all roots are real."""
        return len(self.roots(64)) == self.degree

    def roots(self, bits: int) -> list[arb]:
        """The real roots as balls.  Guarantee: certified."""
        if self.degree == 1:
            with precision(bits):
                return [arb(-self.minimal[0])]
        with precision(bits):
            return [root.real for root, _ in self.minimal.complex_roots() if root.imag.is_zero()]

    def rational_line(self) -> tuple[Fraction, Row] | None:
        r"""The rational c and the coprime integers w with :math:`\lambda |u \cdot x| = c |w \cdot x|`, if there are."""
        if self.degree > 1:
            return None
        matrix, size = self.matrices[0], Fraction(int(self.size[0].p), int(self.size[0].q))
        rows = matrix.tolist()
        row = next(row for i, row in enumerate(rows) if row[i])
        weight, _, _ = primitive([Fraction(int(a.p), int(a.q)) for a in row])
        square = self.radicand * sum((w * w for w in weight), Fraction(0))  # c = size sqrt(radicand) / |w|
        root = rational_root(square)
        return None if root is None else (size * self.radicand / root, weight)

    def vectors(self, bits: int) -> list[tuple[int, list[arb]]]:
        r"""For every root the sign of :math:`\lambda` and balls around :math:`|\lambda| u`.

        A sign is 0, or a ball is not finite, where that many bits do not suffice.  Guarantee: certified.
        """
        found = []
        for root in self.roots(bits):
            with precision(bits):
                matrix = [[_at(self.matrices, i, j, root) for j in range(len(self))] for i in range(len(self))]
                size = sum((matrix[i][i] for i in range(len(self))), arb(0))
                sign = 1 if size > 0 else -1 if size < 0 else 0
                pivot = max(range(len(self)), key=lambda i: abs(matrix[i][i].mid()))
                # column / u_p = R_pp u / u_p, and u_p^2 = R_pp / size
                scale = (arb(self.radicand) * abs(size) / abs(matrix[pivot][pivot])).sqrt()
                found.append((sign, [sign * matrix[i][pivot] * scale for i in range(len(self))]))
        return found

    def __len__(self) -> int:
        """The number of inputs."""
        return int(self.matrices[0].nrows())


def separated(radicand: int, matrices: Sequence[fmpq_mat], nodes: fmpq_poly) -> list[ConjugateLines]:
    r"""Return the parts :math:`R(\theta)` with :math:`H_m = \sum_\theta \theta^m R(\theta)`, by Lagrange's polynomials.

    .. math:: R(\theta) = \frac{1}{\chi'(\theta)} \sum_{a<r} q_a(\theta) H_a, \qquad
       \frac{\chi(x)}{x - \theta} = \sum_a q_a(\theta) x^a.

    Parameters
    ----------
    radicand : int
    matrices : sequence of fmpq_mat
        At least as many as there are nodes.
    nodes : fmpq_poly
        :math:`\chi`, monic, without repeated roots.

    Guarantee: exact.
    """
    found = []
    for factor, _ in nodes.factor()[1]:
        keep_going()
        minimal = factor / factor.leading_coefficient()
        theta = _reduced([fmpq(0), fmpq(1)], minimal)
        _, inverse, _ = nodes.derivative().xgcd(minimal)
        quotient = _padded(inverse % minimal, minimal.degree())  # q_{r-1} = 1, all over chi'(theta)
        parts = [matrices[0] * 0 for _ in range(minimal.degree())]
        lead = quotient
        for a in range(nodes.degree() - 1, -1, -1):
            parts = [part + matrices[a] * q for part, q in zip(parts, quotient, strict=True)]
            shifted = _product(theta, quotient, minimal, lambda p, q: p * q)
            quotient = [s + nodes[a] * q for s, q in zip(shifted, lead, strict=True)]
        found.append(ConjugateLines(radicand, minimal, tuple(parts)))
    return found


def power_sums(polynomial: fmpq_poly, count: int) -> list[fmpq]:
    """The sums of the 0th, 1st, ... powers of the roots of a monic polynomial, by Newton's identities.

    Examples
    --------
    >>> power_sums(fmpq_poly([-2, 0, 1]), 4)
    [2, 0, 4, 0]

    Guarantee: exact.
    """
    degree = polynomial.degree()
    sums = [fmpq(degree)]
    for m in range(1, count):
        known = sum((polynomial[degree - j] * sums[m - j] for j in range(1, min(m, degree + 1))), fmpq(0))
        sums.append(-known - m * polynomial[degree - m] if m <= degree else -known)
    return sums


def _product(left: list[Any], right: list[Any], minimal: fmpq_poly, times: Callable[[Any, Any], Any]) -> list[Any]:
    """The product of two elements, or of matrices over the field."""
    terms: list[Any] = [None] * (len(left) + len(right) - 1)
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            term = times(a, b)
            terms[i + j] = term if terms[i + j] is None else terms[i + j] + term
    return _reduced(terms, minimal)


def _reduced(terms: list[Any], minimal: fmpq_poly) -> list[Any]:
    """Replace the powers of theta from the degree on, the highest first."""
    degree = minimal.degree()
    terms = terms + [terms[0] * 0] * (degree - len(terms))
    while len(terms) > degree:
        lead = terms.pop()
        start = len(terms) - degree
        for j in range(degree):
            terms[start + j] = terms[start + j] - lead * minimal[j]
    return terms


def _padded(polynomial: fmpq_poly, degree: int) -> Element:
    return [polynomial[j] for j in range(degree)]


def _at(matrices: Sequence[fmpq_mat], i: int, j: int, root: arb) -> arb:
    total = arb(0)
    for matrix in reversed(matrices):
        total = total * root + arb(matrix[i, j])
    return total
