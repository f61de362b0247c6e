"""A piecewise-affine function as a sympy Piecewise: every point of the domain belongs to exactly one branch.

A point c inside of the domain and on no hyperplane of a facet is chosen.  An inner facet belongs to the cell on its
side that c lies on: x belongs to the cell that holds x + t (c - x) for small t > 0, a point of the domain, which is
convex, and in the interior of one cell only.  Facets on the boundary of the domain belong to their cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from verinet import work
from verinet.errors import ShapeMismatch
from verinet.geometry.descriptions import row_value

if TYPE_CHECKING:
    import sympy

    from verinet.regions.piecewise import PiecewiseAffine

__all__ = ["cell_conditions", "to_sympy"]

Row = tuple[int, ...]


def to_sympy(f: PiecewiseAffine, symbols: Sequence[Any] | None = None) -> tuple[Any, ...]:
    """One sympy expression an output: a Piecewise with one branch an affine formula, its conditions disjoint.

    The condition of a formula is that of its cells, joined by Or; `cell_conditions` gives them one by one.

    Outside of the domain no condition holds, so that sympy says nan there.

    Parameters
    ----------
    f : PiecewiseAffine
    symbols : sequence of sympy symbols, optional
        One an input; real symbols x_0, x_1, ... unless told (x for one input).

    Examples
    --------
    >>> from verinet.geometry.polyhedra import interval
    >>> from verinet.networks.build import network, relu, variable
    >>> from verinet.regions.piecewise import piecewise
    >>> x = variable("x")
    >>> f = piecewise(network(x, relu(2 * x - 1)), interval(0, 1))
    >>> to_sympy(f)[0].args
    ((0, (x >= 0) & (x <= 1/2)), (2*x - 1, (x <= 1) & (x > 1/2)))

    Guarantee: exact.
    """
    import sympy

    names = tuple(symbols) if symbols is not None else _symbols(f.input_size)
    if len(names) != f.input_size:
        raise ShapeMismatch(
            f"a formula of {f.input_size} inputs needs as many symbols, got {len(names)}", fix="give one an input"
        )
    conditions = cell_conditions(f, names)
    branches: list[dict[Any, list[Any]]] = [{} for _ in range(f.output_size)]
    for cell, condition in enumerate(conditions):
        work.keep_going()
        weight, bias = f.map_of(cell)
        for row, constant, into in zip(weight.to_rows(), bias.to_rows(), branches, strict=True):
            into.setdefault(_affine(names, row, constant[0]), []).append(condition)
    # one branch a formula: sympy would join neighbours of one formula itself, and expand what it joined
    return tuple(
        sympy.Piecewise(*((formula, sympy.Or(*conditions)) for formula, conditions in forms.items()), evaluate=False)
        for forms in branches
    )


def cell_conditions(f: PiecewiseAffine, symbols: Sequence[Any] | None = None) -> tuple[Any, ...]:
    """For each cell the relations of its facets as a sympy And; every point of the domain satisfies exactly one.

    Guarantee: exact.
    """
    import sympy

    names = tuple(symbols) if symbols is not None else _symbols(f.input_size)
    closed, open_ = _owned_rows(f)
    return tuple(
        sympy.And(
            *(_relation(names, row, strict=False) for row in sorted(closed[cell])),
            *(_relation(names, row, strict=True) for row in sorted(open_[cell])),
        )
        for cell in range(f.cells)
    )


def _owned_rows(f: PiecewiseAffine) -> tuple[list[set[Row]], list[set[Row]]]:
    """For each cell the rows of facets that belong to it, and of those that do not."""
    complex = f.complex
    boundary = set(complex.boundary_facets.tolist())
    rows = [complex.h_representation(cell) for cell in range(f.cells)]
    centre = _generic_point(f, {row for entries in rows for row in entries})
    closed: list[set[Row]] = []
    open_: list[set[Row]] = []
    for cell, entries in enumerate(rows):
        walls = complex.facets[-1][cell].tolist()
        mine = {r for wall, r in zip(walls, entries, strict=True) if wall in boundary or row_value(r, centre) > 0}
        closed.append(mine)
        open_.append({r for r in entries if r not in mine})
    return closed, open_


def _generic_point(f: PiecewiseAffine, rows: set[Row]) -> tuple[int, ...]:
    """A point inside of the first cell and on none of the hyperplanes, in integers (x, w)."""
    complex = f.complex
    corners = complex.v_representation(0)
    if not complex.is_bounded:
        middle = (corners[0][0] - 1,) if corners else (Fraction(0),)
        if corners and f.domain.low[0] is not None:
            middle = ((corners[0][0] + 1 if len(corners) == 1 else (corners[0][0] + corners[1][0]) / 2),)
        corners = (middle,)
    attempt = 1
    while True:
        # weights 1, s, s^2, ... of the corners: only finitely many s give a point on one of the hyperplanes
        shares = [Fraction(attempt) ** k for k in range(len(corners))]
        total = sum(shares)
        point = tuple(
            sum((s * x for s, x in zip(shares, column, strict=True)), Fraction(0)) / total
            for column in zip(*corners, strict=True)
        )
        from verinet.geometry.complexes import Vertices

        (found,) = Vertices.from_points([point]).homogeneous()
        if all(row_value(row, found) for row in rows):
            return found
        attempt += 1


def _symbols(count: int) -> tuple[sympy.Symbol, ...]:
    import sympy

    if count == 1:
        return (sympy.Symbol("x", real=True),)
    return tuple(sympy.Symbol(f"x_{i}", real=True) for i in range(count))


def _affine(names: Sequence[Any], row: Sequence[Fraction], constant: Fraction) -> Any:
    import sympy

    terms = [sympy.Rational(a.numerator, a.denominator) * x for a, x in zip(row, names, strict=True) if a]
    return sympy.Add(*terms, sympy.Rational(constant.numerator, constant.denominator))


def _relation(names: Sequence[Any], row: Row, *, strict: bool) -> Any:
    """``row . (1, x) >= 0`` or > 0; with one input solved for x."""
    import sympy

    if len(names) == 1:
        bound = sympy.Rational(-row[0], row[1])
        if row[1] > 0:
            return names[0] > bound if strict else names[0] >= bound
        return names[0] < bound if strict else names[0] <= bound
    form = _affine(names, [Fraction(a) for a in row[1:]], Fraction(0))
    bound = sympy.Integer(-row[0])
    return sympy.StrictGreaterThan(form, bound) if strict else sympy.GreaterThan(form, bound)
