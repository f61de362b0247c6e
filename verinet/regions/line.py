"""All breakpoints of a network of one input, exactly, on the line or an interval."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from verinet.errors import EmptyDomain, Unsupported
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import Q, format_rational
from verinet.geometry.polyhedra import Polyhedron
from verinet.networks.network import Network
from verinet.regions.line_cells import Form, LineCells, rational_point
from verinet.regions.line_layers import Floats, LineNetwork, line_ends, line_layers, root_points
from verinet.work import Budget, under

#: With more breakpoints than this in one table the search runs in integers.
MOST_BREAKPOINTS = 60


@dataclass(frozen=True, slots=True)
class Piece:
    """One linear region: between two neighbouring breakpoints the outputs are ``slope x + intercept``.

    Parameters
    ----------
    low, high : Fraction or None
        Its ends; None where it is unbounded.
    slope, intercept : tuple of Fraction
        One an output.

    Guarantee: exact.
    """

    low: Fraction | None
    high: Fraction | None
    slope: tuple[Fraction, ...]
    intercept: tuple[Fraction, ...]

    __repr__ = spelled_fields

    def value(self, x: Fraction) -> tuple[Fraction, ...]:
        """The outputs of the piece at x, inside its ends or not."""
        return tuple(s * x + c for s, c in zip(self.slope, self.intercept, strict=True))


@dataclass(frozen=True, slots=True)
class Jump:
    """A breakpoint where an output is not continuous: limits from the left and right, and the value there.

    Guarantee: exact.
    """

    point: Fraction
    left: tuple[Fraction, ...]
    value: tuple[Fraction, ...]
    right: tuple[Fraction, ...]

    __repr__ = spelled_fields


@dataclass(frozen=True, eq=False)
class Line:
    """A network of one input as a piecewise-affine function on the line or on an interval.

    An *activation breakpoint* is a point inside the domain where the state of some unit differs on the two sides; the
    *activation regions* lie between them.  A *breakpoint* is a point inside the domain around which the outputs are not
    affine; the *linear regions* lie between them, each a maximal open interval on which all outputs are affine.  Every
    breakpoint is an activation breakpoint; a bend that a later layer hides is an activation breakpoint only.

    Made by `line`.  Exact numbers are computed when they are asked for.

    Parameters
    ----------
    network : Network
    low, high : Fraction or None
        The closed domain; None where it is unbounded.
    cells : LineCells
        What the search found.

    Guarantee: exact; the enclosures are certified.
    """

    network: Network
    low: Fraction | None
    high: Fraction | None
    cells: LineCells

    def __repr__(self) -> str:
        ends = [infinite if q is None else format_rational(q) for q, infinite in ((self.low, "-oo"), (self.high, "oo"))]
        return f"<Line on [{', '.join(ends)}], {self.activation_regions} cells, {self.linear_regions} linear regions>"

    # --- counts -------------------------------------------------------------------------------------------------

    @property
    def activation_regions(self) -> int:
        """1 + the number of activation breakpoints: the cells."""
        return 1 + int(self.cells.active.sum())

    @property
    def linear_regions(self) -> int:
        """1 + the number of breakpoints of the outputs."""
        return 1 + int(self.cells.bent.sum())

    @cached_property
    def affine_maps(self) -> int:
        """The number of different affine maps among the linear regions."""
        return self.cells.distinct_forms([int(k) for k in self._starts(self.cells.bent)])

    # --- points -------------------------------------------------------------------------------------------------

    @cached_property
    def activation_breakpoints(self) -> tuple[Fraction, ...]:
        """All activation breakpoints, ascending."""
        return self._exact(np.flatnonzero(self.cells.active))

    @cached_property
    def breakpoints(self) -> tuple[Fraction, ...]:
        """All breakpoints of the outputs, ascending."""
        return self._exact(np.flatnonzero(self.cells.bent))

    @cached_property
    def activation_enclosures(self) -> Floats:
        """Floats below and above every activation breakpoint, shape (n, 2).  Guarantee: certified."""
        return self._enclosures[self.cells.active]

    @cached_property
    def enclosures(self) -> Floats:
        """Floats below and above every breakpoint of the outputs, shape (n, 2).  Guarantee: certified."""
        return self._enclosures[self.cells.bent]

    @cached_property
    def _enclosures(self) -> Floats:
        return np.stack(self.cells.enclosures(), axis=1)

    def _exact(self, which: Sequence[int] | Any) -> tuple[Fraction, ...]:
        found = [rational_point(point) for point in self.cells.points([int(k) for k in which])]
        return tuple(x for x in found if isinstance(x, Fraction))

    @staticmethod
    def _starts(chosen: Any) -> Any:
        """Indices of the cells that start a region: the first one, and those right of a chosen point."""
        return np.concatenate([[0], np.flatnonzero(chosen)])

    # --- pieces -------------------------------------------------------------------------------------------------

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """The linear regions with their affine maps, from left to right."""
        forms = self.cells.forms([int(k) for k in self._starts(self.cells.bent)])
        ends = [self.low, *self.breakpoints, self.high]
        return tuple(Piece(ends[k], ends[k + 1], *_slope_and_intercept(form)) for k, form in enumerate(forms))

    @cached_property
    def jumps(self) -> tuple[Jump, ...]:
        """The breakpoints where an output is not continuous, from left to right."""
        found: list[Jump] = []
        if self.cells.is_continuous:
            return ()
        for x, before, after in zip(self.breakpoints, self.pieces, self.pieces[1:], strict=False):
            left, right, value = before.value(x), after.value(x), self.network(x)
            if not left == value == right:
                found.append(Jump(x, left, value, right))
        return tuple(found)

    @cached_property
    def patterns(self) -> tuple[Any, ...]:
        """For every hidden layer the states of its units in every activation region, shape (regions, units).

        A state 2 i says that piece i of the unit's table is in force, 2 i + 1 that the unit stays exactly at
        breakpoint i and has a value of its own there.  The layers are those of `verinet.networks.chain`, units
        that only carry a value on included.
        """
        cells = self._starts(self.cells.active)
        return tuple(states[cells] for states in self.cells.states())

    def __call__(self, x: object) -> tuple[Fraction, ...]:
        """The exact outputs at a point of the domain.

        Raises
        ------
        EmptyDomain
            Outside of the domain.
        """
        q = Q(x)
        if (self.low is not None and q < self.low) or (self.high is not None and q > self.high):
            raise EmptyDomain(
                f"the point {format_rational(q)} lies outside of the domain of this line",
                fix="choose a point of the domain, or call the network itself",
            )
        return self.network(q)

    def piece_at(self, x: object) -> Piece:
        """The piece around a point; at a breakpoint the one left of it."""
        return self.pieces[bisect_left(self.breakpoints, Q(x))]


def line(network: Network, domain: Polyhedron | None = None, *, budget: Budget | None = None) -> Line:
    """Find all breakpoints of a network of one input.

    The search runs in float64 with certified bounds, layer by layer; what these leave open is decided in
    double-double and then in integers, so every count is exact.  Networks whose activations jump, and tables of more
    than `MOST_BREAKPOINTS` breakpoints, are searched in integers.

    Parameters
    ----------
    network : Network
        One input; any number of outputs; piecewise affine activations.
    domain : Polyhedron, optional
        A closed interval; the whole line unless told.
    budget : Budget, optional
        Its seconds are watched.

    Raises
    ------
    ShapeMismatch
        For another number of inputs or a domain of another dimension.
    Unsupported
        For smooth and polynomial activations; for periodic ones on an unbounded domain.
    EmptyDomain, BudgetExhausted

    Examples
    --------
    >>> from verinet.geometry import interval
    >>> from verinet.networks import network, relu, variable
    >>> x = variable("x")
    >>> f = line(network(x, relu(relu(3 * x) - 1) - relu(x)))
    >>> [str(q) for q in f.breakpoints], f.linear_regions, f.affine_maps
    (['0', '1/3'], 3, 3)
    >>> line(network(x, relu(x) - relu(-x)), interval(-1, 1))
    <Line on [-1, 1], 2 cells, 1 linear regions>

    Guarantee: exact.
    """
    low, high = line_ends(domain)
    if low is not None and low == high:
        raise Unsupported(
            f"line needs an interval with an interior, got the point {format_rational(low)}",
            fix="evaluate the network at the point",
        )
    with under(budget or Budget()):
        return Line(network, low, high, line_cells(line_layers(network, low, high), low, high))


def line_cells(layers: LineNetwork, low: Fraction | None, high: Fraction | None) -> LineCells:
    """Search the layers by the method that suits them.

    Guarantee: exact.
    """
    roots = root_points(low, high)
    breakpoints = max((len(table.breakpoints) for layer in layers.layers for table in layer.tables), default=0)
    if not layers.is_continuous or breakpoints > MOST_BREAKPOINTS:
        from verinet.regions.line_exact import exact_cells

        return exact_cells(layers, roots)
    from verinet.regions.line_bends import swept_cells
    from verinet.regions.line_small import small_cells
    from verinet.regions.line_sweep import Sweep

    small = small_cells(layers, roots)
    if small is not None:
        return small
    return swept_cells(Sweep(layers, low, high, roots).run(), low, high)


def _slope_and_intercept(form: Form) -> tuple[tuple[Fraction, ...], tuple[Fraction, ...]]:
    slopes, intercepts, over = form
    return tuple(Fraction(s, over) for s in slopes), tuple(Fraction(c, over) for c in intercepts)
