"""Leaves of statements about slopes: the Jacobian of a case, and a direction in which it is not as stated.

On a case whose units are all settled the network is one affine map.  If its matrix is as the statement wants it, the
leaf is ``["goal"]``; if not, either the case has no interior, hence says nothing about slopes (``thin`` or ``empty``),
or two of its points refute the statement.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from verinet.exact.linalg import Matrix
from verinet.kernel import Statement, contains
from verinet.provers.cases import Case, common
from verinet.provers.leaves import Leaf, OutputForms, cell_leaf
from verinet.provers.sides import Oracle

Vector = tuple[Fraction, ...]
Rows = list[list[Fraction]]
#: Kinds of statements whose leaves are judged here.
SLOPE_KINDS = ("lipschitz", "monotone", "orientation")


def slope_leaf(statement: Statement, case: Case, oracle: Oracle, outputs: OutputForms, seek: bool) -> Leaf:
    """A goal, a thin or empty leaf, or two points of the case that refute the statement.

    With `seek`, a leaf that takes a Lipschitz bound exactly has such two points as its contacts.
    """
    rows = jacobian(outputs)
    direction = offending(statement, rows)
    if direction is None:
        contacts: tuple[Vector, ...] = ()
        tight = attaining(statement, rows) if seek else None
        if tight is not None and (found := cell_leaf(statement, case, oracle)).cell is not None:
            contacts = _pair(case, oracle, found.cell, tight)
        return Leaf(["goal"], contacts=contacts)
    leaf = cell_leaf(statement, case, oracle)
    if leaf.cell is None:
        return leaf
    first, second = _pair(case, oracle, leaf.cell, direction)
    return Leaf(witness=first, second=second)


def jacobian(outputs: OutputForms) -> Rows:
    """The matrix of the affine map, one row an output."""
    return [[Fraction(entry, over) for entry in row[1:]] for row, over in outputs]


def offending(statement: Statement, rows: Rows) -> Vector | None:
    """A direction in which slopes are not as stated; None if there is none."""
    match statement.kind:
        case "monotone":
            return _against(statement.words, rows)
        case "orientation":
            determinant = Matrix.from_rows(rows).det()
            wanted = 1 if statement.words[0][0] == "positive" else -1
            return None if wanted * determinant > 0 else (Fraction(0),) * len(rows)
        case _:
            return _steeper(statement.words[0][0], _bound(statement), rows)


def attaining(statement: Statement, rows: Rows) -> Vector | None:
    """A direction along which a Lipschitz bound is taken exactly; None if the bound is larger or there is none."""
    if statement.kind != "lipschitz":
        return None
    norm, bound = statement.words[0][0], _bound(statement)
    if norm == "2":
        kernel = _gram_gap(bound, rows).nullspace()
        if not kernel.columns:
            return None
        found = Matrix.from_rows(rows).T @ kernel.take_columns([0])
        direction = tuple(entry for (entry,) in found.to_rows())
        return direction if any(direction) else _unit(0, len(rows[0]))
    return next((d for size, d in _sizes(norm, rows) if size == bound), None)


def norm_below(norm: str, rows: Rows, bound: Fraction) -> Fraction:
    """The operator norm of a matrix (norms 1, inf); in the norm 2 a rational number from the norm up to the bound.

    It is less than the bound if the norm is: candidates are compared with the norm exactly, by r^2 I - J J^T.

    Examples
    --------
    >>> norm_below("2", [[Fraction(1), Fraction(1)]], Fraction(2)), norm_below("1", [[Fraction(-3)]], Fraction(5))
    (Fraction(3, 2), Fraction(3, 1))
    """
    if norm != "2":
        return max(size for size, _ in _sizes(norm, rows))
    gap = _gram_gap(bound, rows)
    if negative_direction(gap.to_rows()) is not None or gap.det() == 0:
        return bound  # the norm is the bound, or more
    share = 1
    while True:
        below = bound * (1 - Fraction(1, 1 << share))
        if negative_direction(_gram_gap(below, rows).to_rows()) is None:
            return below
        share *= 2


def negative_direction(matrix: Sequence[Sequence[Fraction]]) -> Vector | None:
    """x with x^T M x < 0 for a symmetric matrix M, or None if M is positive semidefinite.

    Lagrange's reduction: the other vectors are made M-orthogonal to one with a positive square, again and again.

    Examples
    --------
    >>> one, two = Fraction(1), Fraction(2)
    >>> negative_direction([[one, two], [two, one]]), negative_direction([[two, one], [one, two]])
    ((Fraction(-2, 1), Fraction(1, 1)), None)
    """
    form = [list(row) for row in matrix]
    basis = [[Fraction(int(i == j)) for j in range(len(form))] for i in range(len(form))]
    left = list(range(len(form)))
    while left:
        for i in left:
            if form[i][i] < 0:
                return tuple(basis[i])
        pivot = next((i for i in left if form[i][i] > 0), None)
        if pivot is None:
            for i in left:
                for j in left:
                    if form[i][j]:
                        sign = 1 if form[i][j] > 0 else -1
                        return tuple(a - sign * b for a, b in zip(basis[i], basis[j], strict=True))
            return None
        left.remove(pivot)
        square = form[pivot][pivot]
        shares = {i: form[i][pivot] / square for i in left}
        for i in left:
            basis[i] = [a - shares[i] * b for a, b in zip(basis[i], basis[pivot], strict=True)]
            for j in left:
                form[i][j] -= shares[i] * form[pivot][j]
    return None


def _bound(statement: Statement) -> Fraction:
    return Fraction(statement.stated[1][0], statement.stated[0])


def _against(signs: Sequence[list[str]], rows: Rows) -> Vector | None:
    for row, words in zip(rows, signs, strict=True):
        for place, (slope, word) in enumerate(zip(row, words, strict=True)):
            if (word == "up" and slope < 0) or (word == "down" and slope > 0):
                return _unit(place, len(row))
    return None


def _steeper(norm: str, bound: Fraction, rows: Rows) -> Vector | None:
    """d with |J d| > bound |d|."""
    if norm == "2":
        # with u^T (bound^2 - J J^T) u < 0 and d = J^T u: |J d| |u| >= |d|^2 > bound |u| |d|
        u = negative_direction(_gram_gap(bound, rows).to_rows())
        if u is None:
            return None
        return tuple(
            sum((a * row[j] for a, row in zip(u, rows, strict=True)), Fraction(0)) for j in range(len(rows[0]))
        )
    return next((d for size, d in _sizes(norm, rows) if size > bound), None)


def _gram_gap(bound: Fraction, rows: Rows) -> Matrix:
    """bound^2 I - J J^T."""
    matrix = Matrix.from_rows(rows)
    return Matrix.identity(len(rows)).scale(bound * bound) - matrix @ matrix.T


def _sizes(norm: str, rows: Rows) -> list[tuple[Fraction, Vector]]:
    """Sums of absolute values of the rows (inf) or columns (1), and unit vectors d with |J d| at least as large."""
    if norm == "inf":
        signs = [tuple(Fraction((a > 0) - (a < 0)) for a in row) for row in rows]
        named = [d if any(d) else _unit(0, len(d)) for d in signs]
        return [(sum(map(abs, row), Fraction(0)), d) for row, d in zip(rows, named, strict=True)]
    columns = list(zip(*rows, strict=True))
    return [(sum(map(abs, column), Fraction(0)), _unit(j, len(columns))) for j, column in enumerate(columns)]


def _unit(place: int, size: int) -> Vector:
    return tuple(Fraction(int(j == place)) for j in range(size))


def _pair(case: Case, oracle: Oracle, cell: tuple[int, list[int]], direction: Vector) -> tuple[Vector, Vector]:
    """The interior point of a cell and another point of it in this direction."""
    over, numerators = cell
    point = tuple(Fraction(entry, over) for entry in numerators)
    if not any(direction):
        return point, point
    forms = [(list(form.row), form.strict) for form in case.active]
    step = Fraction(1)
    while True:
        there = tuple(x + step * d for x, d in zip(point, direction, strict=True))
        if contains(oracle.box.domain, forms, common(there), interior=False):
            return point, there
        step /= 2
