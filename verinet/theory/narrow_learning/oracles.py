r"""What the learners from moments take: contractions of the moment tensors of a function, exact or with noise.

.. math:: f(x) = a \cdot x + \sum_i \lambda_i |u_i \cdot x|, \qquad
   H_m(g) = M_{2m+2}(g) = \sum_i \lambda_i (u_i \cdot g)^{2m} u_i u_i^T, \qquad |u_i| = 1.

Both are determined by f: a is E[f(x) x], and :math:`M_l(g)` is a Hermite coefficient of f over one of the ReLU,
contracted with g in all but two places ([chen2023], Section 2).

Rational weights :math:`w_i = |w_i| u_i` have irrational lengths.  Nothing need be rounded: with one radicand r out of
every class of integers whose products are squares,

.. math:: H_m(g) = \sum_r \sqrt r \, H_m^{(r)}(g), \qquad H_m^{(r)}(g) \text{ rational, and unique,}

because square roots of integers from different classes are linearly independent over the rationals (Besicovitch).
Every class is a problem of its own (derived).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from flint import fmpq, fmpq_mat

from verinet.errors import ShapeMismatch, Unsupported
from verinet.exact.linalg import Matrix
from verinet.exact.printing import spelled_fields
from verinet.networks.network import Network
from verinet.theory.narrow_learning.borders import exact_vector, whole
from verinet.theory.narrow_learning.line_form import as_ridge_sum, line_form, rational_root, square_classes
from verinet.theory.ridges import RidgeSum, Row
from verinet.work import keep_going

#: Radicand -> the rational matrices H_0, H_1, ... of its class.
Contractions = Mapping[int, Sequence[fmpq_mat]]
_ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class ExactMoments:
    r"""The exact moments of a network with rational weights and without biases.

    Parameters
    ----------
    source : Network or RidgeSum
        One hidden layer of ReLUs (or leaky ReLUs, absolute values), no bias.

    Raises
    ------
    Unsupported
        If it has a bias, a constant, a second hidden layer or another activation.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variables
    >>> x, y = variables("x", 2)
    >>> moments = ExactMoments(network((x, y), 6 * relu(x + y)))
    >>> [str(entry) for entry in moments.linear]
    ['3', '3']
    >>> moments.contractions((Fraction(1), Fraction(0)), 2)
    {2: [[3/2, 3/2]
    [3/2, 3/2], [3/4, 3/4]
    [3/4, 3/4]]}

    Guarantee: exact.
    """

    source: Network | RidgeSum

    __repr__ = spelled_fields

    def __post_init__(self) -> None:
        function_of(self.source)

    @property
    def inputs(self) -> int:
        """Number of inputs."""
        return function_of(self.source).inputs

    @property
    def linear(self) -> Row:
        """E[f(x) x]."""
        return line_form(self.hidden).linear

    @property
    def hidden(self) -> RidgeSum:
        """The function itself: no learner looks at it before its result stands."""
        return function_of(self.source)

    def contractions(self, direction: Sequence[Fraction], count: int) -> dict[int, list[fmpq_mat]]:
        """Return H_0(g), ..., H_{count-1}(g), a list of rational matrices for every radicand."""
        found: dict[int, list[fmpq_mat]] = {}
        size = self.inputs
        g = exact_vector(direction, size)
        whole(count, "the number of contractions", 0)
        terms = ((Fraction(line.square), line) for line in line_form(self.hidden).lines)
        for radicand, members in square_classes(terms):
            matrices = [fmpq_mat(size, size) for _ in range(count)]
            for over, line in members:  # c |l.x| has lambda = c |l|, and |l| = over sqrt(radicand)
                keep_going()
                along = sum((w * a for w, a in zip(line.direction, g, strict=True)), _ZERO)
                node = flint(along * along / line.square)
                column = fmpq_mat(size, 1, [flint(w) for w in line.direction])
                matrix = column * column.transpose() * flint(line.coefficient * over / line.square)
                matrices = [total + matrix * node**m for m, total in enumerate(matrices)]
            found[int(radicand)] = matrices
        return found


@dataclass(frozen=True, slots=True)
class RationalMoments:
    r"""Exact moments that a program of the user computes.

    Parameters
    ----------
    inputs : int
    linear : tuple of Fraction
        E[f(x) x].
    contract : callable
        ``contract(g, n)`` returns H_0(g), ..., H_{n-1}(g): matrices, or rows of exact numbers; or a mapping from
        radicands to such lists, where moments are sums of square roots times rational matrices.

    Raises
    ------
    ShapeMismatch, InexactInput, NotANumber
        If the number of inputs is no positive integer, or the linear part not as many exact numbers.
    Unsupported
        If `contract` cannot be called.

    Examples
    --------
    The lines along (1, sqrt 2) and (1, -sqrt 2) are no rational ones, but their moments together are:

    >>> def contract(g, count):  # y -> (1 + 2 t^2 ...) by the recurrence of the two conjugate nodes
    ...     p, q = (g[0] ** 2 + 2 * g[1] ** 2) / 3, 2 * g[0] * g[1] / 3  # nodes p + q sqrt 2, p - q sqrt 2
    ...     a, b, found = Fraction(1), Fraction(0), []
    ...     for _ in range(count):  # a + b sqrt 2 is a power of the node
    ...         found.append([[2 * a / 3, 4 * b / 3], [4 * b / 3, 4 * a / 3]])
    ...         a, b = p * a + 2 * q * b, q * a + p * b
    ...     return found
    >>> moments = RationalMoments(2, (Fraction(0), Fraction(0)), contract)
    >>> moments.contractions((Fraction(1), Fraction(1)), 1)
    {1: [[2/3,   0]
    [  0, 4/3]]}

    Guarantee: exact, as far as the program is.
    """

    inputs: int
    linear: Row
    contract: Callable[[Row, int], object]

    def __post_init__(self) -> None:
        whole(self.inputs, "the number of inputs", 1)
        if not callable(self.contract):
            raise Unsupported(f"moments come from a function, got {type(self.contract).__name__}", fix="see `contract`")
        if len(self.linear) != self.inputs:
            raise ShapeMismatch(
                f"moments of {self.inputs} inputs have a linear part of {len(self.linear)} numbers",
                fix="give one number an input",
            )
        object.__setattr__(self, "linear", exact_vector(self.linear, self.inputs))

    @property
    def hidden(self) -> None:
        """Nobody knows the function."""
        return None

    def contractions(self, direction: Sequence[Fraction], count: int) -> dict[int, list[fmpq_mat]]:
        """Return H_0(g), ..., H_{count-1}(g), checked to be symmetric matrices of the right size."""
        given = self.contract(tuple(direction), count)
        table = given if isinstance(given, Mapping) else {1: given}
        for radicand in table:
            others = [other for other in table if other != radicand]
            if not all(isinstance(r, int) and not isinstance(r, bool) and r > 0 for r in table) or any(
                rational_root(Fraction(radicand * other)) for other in others
            ):
                raise Unsupported(
                    f"radicands are positive integers and no product of two is a square, got {list(table)}"[:200],
                    fix="add up the matrices of radicands whose product is a square",
                )
        return {radicand: self._checked(matrices, count) for radicand, matrices in table.items()}

    def _checked(self, matrices: object, count: int) -> list[fmpq_mat]:
        found = [flint_matrix(matrix) for matrix in matrices] if isinstance(matrices, Sequence) else []
        if len(found) != count or any(m.nrows() != self.inputs or m.ncols() != self.inputs for m in found):
            raise ShapeMismatch(
                f"{count} contractions of {self.inputs} inputs were asked for, the program returned something else",
                fix=f"return {count} matrices of shape ({self.inputs}, {self.inputs})",
            )
        if any(m != m.transpose() for m in found):
            raise Unsupported("a contraction of a symmetric tensor is symmetric", fix="check the program of the user")
        return found


def function_of(source: Network | RidgeSum) -> RidgeSum:
    """Return a network's function as a sum of ridges, refused unless it is positively homogeneous.

    Raises
    ------
    Unsupported
        If it has a bias, a constant, a second hidden layer or another activation.
    """
    function = as_ridge_sum(source)
    if not function.is_homogeneous() and not function.merged().is_homogeneous():
        raise Unsupported(
            "moments are those of a network without biases, constants and powers",
            fix="give one hidden layer of ReLUs without biases",
        )
    return function


def flint(q: Fraction) -> fmpq:
    """The same rational as FLINT has it.  Guarantee: exact."""
    return fmpq(q.numerator, q.denominator)


def flint_matrix(rows: object) -> fmpq_mat:
    """The same matrix, or rows of exact numbers, as FLINT has it.  Guarantee: exact."""
    if isinstance(rows, fmpq_mat):
        return rows
    table = rows if isinstance(rows, Matrix) else Matrix.from_rows(rows)  # type: ignore[arg-type]  # it refuses what is no table of exact numbers
    return fmpq_mat(table.rows, table.columns, [flint(entry) for row in table.to_rows() for entry in row])
