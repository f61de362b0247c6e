r"""The Hermite moments of a network and of samples, contracted to matrices.

:math:`He_l` are the probabilists' polynomials, orthogonal under N(0, 1), :math:`E\,He_l^2 = l!`.  For a unit vector u

.. math:: E[\sigma(u \cdot x)\,He_l(x)] = a_l\, u^{\otimes l}, \qquad a_l = E[\sigma(G)\,He_l(G)],

with the unnormalised tensor :math:`He_l(x)`, whose entries are the products :math:`\prod_j He_{n_j}(x_j)`.  Contracted
with any vector g, also one that is no unit vector (derived by differentiating
:math:`He_l(x)[v, \dots, v] = h_l(v \cdot x, |v|^2)` twice, :math:`h_l(s, q) = q^{l/2} He_l(s / \sqrt{q})`):

.. math:: He_l(x)[g^{l-2}, \cdot, \cdot] = h_{l-2}\,(x x^T - I) - (l-2)\, h_{l-3}\,(x g^T + g x^T)
   + (l-2)(l-3)\, h_{l-4}\, g g^T, \qquad h_k = h_k(g \cdot x, |g|^2).

So a sample costs :math:`O(d^2)` and no tensor is built.  The moments of a network
:math:`a \cdot x + \sum_i \lambda_i |u_i \cdot x|` are the paper's [chen2023] :math:`M_l(g) = \sum_i \lambda_i
\langle u_i, g \rangle^{l-2} u_i u_i^T`, l even.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from flint import arb

from verinet.errors import ShapeMismatch, Unsupported
from verinet.exact.enclosures import ball, precision
from verinet.networks.network import Network
from verinet.theory.narrow_learning.borders import exact_vector, whole
from verinet.theory.narrow_learning.line_form import line_form, square_classes
from verinet.theory.ridges import RidgeSum, Row

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Rows = tuple[Row, ...]
_ZERO = Fraction(0)
#: Samples that are multiplied at once: a block of them times the inputs stays in the processor's cache.
_BLOCK = 1 << 14


# --- moments of a network ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RootSum:
    r"""A matrix :math:`\sum_r \sqrt{r}\, A_r` with rational matrices, r > 0 from different square classes.

    Parameters
    ----------
    parts : tuple of (Fraction, rows)
        (r, A_r), no A_r zero; rational matrices have r = 1.

    Guarantee: exact: the roots are independent over the rationals, so no parts means 0.
    """

    size: int
    parts: tuple[tuple[Fraction, Rows], ...]

    @property
    def is_zero(self) -> bool:
        """Whether this is the zero matrix."""
        return not self.parts

    @property
    def is_rational(self) -> bool:
        """Whether all entries are rational."""
        return all(r == 1 for r, _ in self.parts)

    def rational(self) -> Rows:
        """The rows, if all entries are rational.

        Raises
        ------
        Unsupported
            If a square root is left.
        """
        if not self.is_rational:
            raise Unsupported(
                "a moment of this network holds square roots: the lengths of its weights are irrational",
                fix="use `parts`, or `balls`",
            )
        return self.parts[0][1] if self.parts else ((_ZERO,) * self.size,) * self.size

    def balls(self, bits: int) -> tuple[tuple[arb, ...], ...]:
        """The entries as balls.  Guarantee: certified."""
        rows = [[arb(0)] * self.size for _ in range(self.size)]
        with precision(bits):
            for r, matrix in self.parts:
                root = ball(r, bits).sqrt()
                rows = [
                    [a + root * ball(b, bits) for a, b in zip(*pair, strict=True)]
                    for pair in zip(rows, matrix, strict=True)
                ]
        return tuple(map(tuple, rows))


def contracted_moment(f: Network | RidgeSum, direction: Sequence[Fraction], order: int) -> RootSum:
    r""":math:`M_l(g) = \sum_i \lambda_i \langle u_i, g \rangle^{l-2} u_i u_i^T` of a network without biases, exactly.

    The network is :math:`a \cdot x + \sum_i \lambda_i |u_i \cdot x|` with unit vectors :math:`u_i`; with
    its canonical lines, :math:`\lambda_i u_i u_i^T \langle u_i, g \rangle^{l-2} = c_i \sqrt{n_i}\, n_i^{-l/2}
    (l_i \cdot g)^{l-2} l_i l_i^T`, :math:`n_i = |l_i|^2`.  The definition is the paper's [chen2023].

    Parameters
    ----------
    f : Network or RidgeSum
    direction : sequence of Fraction
        g, of any length.
    order : int
        l, even, at least 2.

    Raises
    ------
    Unsupported
        For an odd order, and networks with biases or powers above 1.
    ShapeMismatch
        If g has another number of entries than the network inputs.
    InexactInput, NotANumber
        If an entry of g is a float, or the order no integer.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variables
    >>> x, y = variables("x", 2)
    >>> f = network([x, y], 10 * relu(Fraction(3, 5) * x + Fraction(4, 5) * y))
    >>> [[str(entry) for entry in row] for row in contracted_moment(f, (1, 0), 4).rational()]
    [['81/125', '108/125'], ['108/125', '144/125']]

    Guarantee: exact.
    """
    form = line_form(f)
    _check_order(order)
    g = exact_vector(direction, form.inputs)
    terms: list[tuple[Fraction, tuple[Fraction, Row]]] = []
    for line in form.lines:
        along = sum((a * b for a, b in zip(line.direction, g, strict=True) if a), _ZERO)
        factor = line.coefficient * along ** (order - 2) / Fraction(line.square) ** (order // 2)
        terms.append((Fraction(line.square), (factor, line.direction)))
    parts = []
    for r, members in square_classes(terms):
        matrix = _weighted_squares(form.inputs, [(s * factor, row) for s, (factor, row) in members])
        if any(map(any, matrix)):
            parts.append((r, matrix))
    return RootSum(form.inputs, tuple(parts))


def moment_entry(f: Network | RidgeSum, exponents: Sequence[int]) -> tuple[tuple[Fraction, Fraction], ...]:
    r"""An entry of :math:`T_l = \sum_i \lambda_i u_i^{\otimes l}`: pairs (r, q), the entry is :math:`\sum q \sqrt{r}`.

    The entry in which the coordinate j stands :math:`n_j` times, :math:`l = \sum n_j` even; then
    :math:`E[f(x) \prod_j He_{n_j}(x_j)] = 2 a_l T_l[n]` for l >= 2.

    Raises
    ------
    Unsupported
        If l is odd or 0.
    ShapeMismatch
        If there is not one exponent an input.
    NotANumber
        If an exponent is no integer at least 0.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variables
    >>> x, y = variables("x", 2)
    >>> f = network([x, y], 2 * relu(Fraction(3, 5) * x + Fraction(4, 5) * y))
    >>> [(str(r), str(q)) for r, q in moment_entry(f, (1, 1))]
    [('1', '12/25')]

    Guarantee: exact.
    """
    form = line_form(f)
    order = sum(whole(exponent, "an exponent", 0) for exponent in exponents)
    _check_order(order)
    if len(exponents) != form.inputs:
        raise ShapeMismatch(f"{form.inputs} inputs and {len(exponents)} exponents", fix="give one an input")
    terms = []
    for line in form.lines:
        value = line.coefficient / Fraction(line.square) ** (order // 2)
        for entry, exponent in zip(line.direction, exponents, strict=True):
            value *= entry**exponent
        terms.append((Fraction(line.square), value))
    sums = ((r, sum((s * value for s, value in members), _ZERO)) for r, members in square_classes(terms))
    return tuple((r, q) for r, q in sums if q)


# --- contraction at samples -------------------------------------------------------------------------


def contracted_tensor(x: Sequence[Fraction], direction: Sequence[Fraction], order: int) -> Rows:
    r"""The matrix :math:`He_l(x)[g^{l-2}, \cdot, \cdot]` of one rational sample, exactly, in :math:`O(d^2)` operations.

    Parameters
    ----------
    x : sequence of Fraction
    direction : sequence of Fraction
        g, of any length.
    order : int
        l, at least 2.

    Raises
    ------
    Unsupported
        If the order is below 2.
    ShapeMismatch
        If x and g have different sizes.
    InexactInput, NotANumber
        If an entry is a float, or the order no integer.

    Examples
    --------
    >>> [[str(q) for q in row] for row in contracted_tensor((Fraction(2), Fraction(3)), (Fraction(1), Fraction(0)), 3)]
    [['2', '9'], ['9', '16']]

    Guarantee: exact.
    """
    if whole(order, "an order", 0) < 2:
        raise Unsupported(f"a tensor of order {order} is no matrix", fix="use an order of 2 or more")
    point, g = exact_vector(x, len(x)), exact_vector(direction, len(x))
    along = sum((a * b for a, b in zip(point, g, strict=True)), _ZERO)
    square = sum((b * b for b in g), _ZERO)
    third, second, first = _last_three(order - 2, along, square)
    second, third = (order - 2) * second, (order - 2) * (order - 3) * third
    return tuple(
        tuple(
            first * (a * b - (i == j)) - second * (a * g[j] + g[i] * b) + third * g[i] * g[j]
            for j, b in enumerate(point)
        )
        for i, a in enumerate(point)
    )


def mean_contraction(
    x: NDArray[np.float64], y: NDArray[np.float64], direction: NDArray[np.float64], order: int
) -> NDArray[np.float64]:
    r"""The mean of :math:`y\, He_l(x)[g^{l-2}, \cdot, \cdot]` over samples, in :math:`O(N d^2)` operations.

    Divided by :math:`2 a_l` it estimates :math:`M_l(g)` (order even).

    Parameters
    ----------
    x : array of shape (N, d)
    y : array of shape (N,)
    direction : array of shape (d,)
        g.
    order : int
        l, at least 2.

    Raises
    ------
    Unsupported
        If the order is below 2.
    ShapeMismatch
        If the sizes do not fit.

    Examples
    --------
    >>> import numpy as np
    >>> mean_contraction(np.array([[2.0, 3.0]]), np.array([1.0]), np.array([1.0, 0.0]), 3).tolist()
    [[2.0, 9.0], [9.0, 16.0]]

    Guarantee: numeric (the mean; as a moment of the distribution it is estimated).
    """
    import numpy as np

    if order < 2:
        raise Unsupported(f"a tensor of order {order} is no matrix", fix="use an order of 2 or more")
    if x.ndim != 2 or y.shape != x.shape[:1] or direction.shape != x.shape[1:] or not len(y):
        raise ShapeMismatch(
            f"samples of shape {x.shape}, values {y.shape}, direction {direction.shape}",
            fix="give (N, d), (N,) and (d,), N positive",
        )
    inputs = x.shape[1]
    total, mixed = np.zeros((inputs, inputs)), np.zeros(inputs)
    weight, last = 0.0, 0.0
    square = float(direction @ direction)
    for start in range(0, len(y), _BLOCK):
        points, values = x[start : start + _BLOCK], y[start : start + _BLOCK]
        third, second, first = _last_three(order - 2, points @ direction, square)
        scaled = values * first
        total += points.T @ (points * scaled[:, None])
        weight += float(scaled.sum())
        mixed += points.T @ (values * second)
        last += float((values * third).sum())
    cross = np.outer(mixed, direction)
    total -= weight * np.eye(inputs) + (order - 2) * (cross + cross.T)
    total += (order - 2) * (order - 3) * last * np.outer(direction, direction)
    result: NDArray[np.float64] = (total + total.T) / (2 * len(y))  # symmetric to the last bit
    return result


def _last_three(order: int, along: Any, square: Any) -> tuple[Any, Any, Any]:
    """The homogeneous Hermite polynomials of degrees order - 2, order - 1, order; 0 for negative degrees."""
    nothing = 0 * along
    before, last, now = nothing, nothing, nothing + 1
    for k in range(order):
        before, last, now = last, now, along * now - k * square * last
    return before, last, now


def _weighted_squares(size: int, terms: Sequence[tuple[Fraction, Row]]) -> Rows:
    """The matrix sum of c l l^T."""
    rows = [[_ZERO] * size for _ in range(size)]
    for factor, line in terms:
        for i, j in _pairs(size):
            if line[i] and line[j]:
                rows[i][j] += factor * line[i] * line[j]
    for i, j in _pairs(size):
        rows[j][i] = rows[i][j]
    return tuple(map(tuple, rows))


def _pairs(size: int) -> Iterator[tuple[int, int]]:
    return ((i, j) for i in range(size) for j in range(i, size))


def _check_order(order: int) -> None:
    if whole(order, "an order", 0) < 2 or order % 2:
        raise Unsupported(
            f"the moments of order {order} say nothing about the lines", fix="use an even order of 2 or more"
        )
