"""Two or more inputs, symbolic weights: the activation regions as sign conditions.

A cell is one choice of a piece for every neuron.  Its conditions are affine in x with rational functions of the
parameters as coefficients; ties belong to the piece on the right, so that the cells partition the domain for every
value of the parameters.  A cell that has no interior point for any value is left out; the solver says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from verinet.errors import EmptyDomain, ShapeMismatch
from verinet.exact.programs import Interior, interior
from verinet.geometry.halfspaces import Halfspace
from verinet.geometry.polyhedra import Polyhedron, box, whole_space
from verinet.regions.symbolic_activations import rational_at
from verinet.regions.symbolic_guards import affine_form, range_relations, relation_latex, shorter
from verinet.regions.symbolic_networks import SymbolicNetwork, parameter_values
from verinet.regions.symbolic_search import Branch, Form, Search
from verinet.work import Budget

__all__ = ["PlanePiece", "SymbolicCell", "SymbolicCells", "SymbolicHalfspace", "symbolic_cells"]


@dataclass(frozen=True, slots=True)
class SymbolicHalfspace:
    """The set ``row . x + constant > 0``, or ``>= 0`` if closed.

    Parameters
    ----------
    row : tuple of sympy expressions, one an input
    constant : sympy expression
    closed : bool

    Guarantee: exact.
    """

    row: tuple[Any, ...]
    constant: Any
    closed: bool

    def relation(self, xs: Sequence[Any]) -> Any:
        """The condition as a sympy relation, never evaluated: ``z >= 0`` if closed, else ``-z < 0``."""
        import sympy

        turn = 1 if self.closed else -1
        form = affine_form([(x, turn * entry) for x, entry in zip(xs, self.row, strict=True)], turn * self.constant)
        return (sympy.Ge if self.closed else sympy.Lt)(form, 0, evaluate=False)

    def at(self, values: Mapping[Any, Any]) -> Halfspace:
        """The halfspace for sympy Rationals in place of the parameters."""
        normal = tuple(-rational_at(entry, values) for entry in self.row)
        return Halfspace(normal, rational_at(self.constant, values), not self.closed)


@dataclass(frozen=True, slots=True)
class SymbolicCell:
    """An activation region as a formula; it may be empty for some values of the parameters.

    Parameters
    ----------
    pattern : tuple of tuples of int
        The piece in force of every neuron, by hidden layers.
    conditions : tuple of SymbolicHalfspace
        One or two a neuron whose activation has breakpoints; a condition that always holds is left out.
    pieces : tuple of (row, constant)
        The affine function in force, one an output.
    nonempty : bool
        Whether the cell is proved to have an interior point for some value of the parameters; False: not decided.

    Guarantee: exact.
    """

    pattern: tuple[tuple[int, ...], ...]
    conditions: tuple[SymbolicHalfspace, ...]
    pieces: tuple[tuple[tuple[Any, ...], Any], ...]
    nonempty: bool


@dataclass(frozen=True, slots=True)
class PlanePiece:
    """A cell for given values of the parameters: a polyhedron with interior and its affine functions (row, constant).

    Guarantee: exact.
    """

    polyhedron: Polyhedron
    pieces: tuple[tuple[tuple[Fraction, ...], Fraction], ...]

    def __call__(self, x: Sequence[Fraction]) -> tuple[Fraction, ...]:
        """The outputs at a point of the cell."""
        return tuple(sum((a * c for a, c in zip(row, x, strict=True)), b) for row, b in self.pieces)


@dataclass(frozen=True, slots=True)
class SymbolicCells:
    """The activation regions of a network, for all values of its parameters.

    For every value the cells partition the domain, apart from a set without interior.

    Parameters
    ----------
    network : SymbolicNetwork
    domain : Polyhedron
    cells : tuple of SymbolicCell
    by_solver : int
        How many branches were left out by the word of the solver that they have no interior point (and denominators
        taken to have no zero by its word).

    Notes
    -----
    Guarantee: exact, under the solver's word where `by_solver` is positive
    """

    network: SymbolicNetwork
    domain: Polyhedron
    cells: tuple[SymbolicCell, ...]
    by_solver: int

    @property
    def guarantee(self) -> str:
        """What the result rests on, in words."""
        words = "exact"
        if self.by_solver:
            words += f", under the word of a solver (z3) that {self.by_solver} conditions have no solution"
        open_ = sum(not cell.nonempty for cell in self.cells)
        return words + (f"; of {open_} cells it was not decided whether they are empty" if open_ else "")

    def symbols(self) -> tuple[Any, ...]:
        """Symbols for the inputs: x_0, x_1, ..."""
        import sympy

        return tuple(sympy.Symbol(f"x_{j}", real=True) for j in range(self.network.input_size))

    @property
    def boundaries(self) -> tuple[Any, ...]:
        """The hyperplanes of the first layer as sympy equations in the inputs and the parameters."""
        import sympy

        xs = self.symbols()
        found: dict[Any, None] = {}
        acts = self.network.activations[0] if self.network.activations else ()
        for row, bias, act in zip(self.network.weights[0], self.network.biases[0], acts, strict=False):
            for point in act.breakpoints:
                found[sympy.Eq(affine_form(list(zip(xs, row, strict=True)), bias - point), 0, evaluate=False)] = None
        return tuple(found)

    def relations(self, cell: SymbolicCell) -> tuple[Any, ...]:
        """The conditions of a cell as sympy relations, those of the domain left out."""
        xs = self.symbols()
        return tuple(condition.relation(xs) for condition in cell.conditions)

    def substitute(self, values: Mapping[Any, object]) -> tuple[PlanePiece, ...]:
        """The cells with interior for these values of the parameters, decided by exact linear programs.

        Raises
        ------
        ShapeMismatch, Unsupported
            When a parameter has no value, or a value that its assumptions exclude.

        Guarantee: exact.
        """
        exact = parameter_values(self.network.parameters, values)
        found = []
        for cell in self.cells:
            polyhedron = self.domain.cut(*(condition.at(exact) for condition in cell.conditions))
            if isinstance(interior(polyhedron.system()), Interior):
                pieces = tuple(
                    (tuple(rational_at(a, exact) for a in row), rational_at(b, exact)) for row, b in cell.pieces
                )
                found.append(PlanePiece(polyhedron, pieces))
        return tuple(found)

    def to_sympy(self, output: int = 0) -> Any:
        """One output as a sympy Piecewise in `symbols()` and the parameters.

        Guarantee: exact.
        """
        import sympy

        rows = [(self._form(cell, output), sympy.And(*self.relations(cell), evaluate=False)) for cell in self.cells]
        return rows[0][0] if rows[0][1] == sympy.true else sympy.Piecewise(*rows, evaluate=False)

    def latex(self, name: str = "f", output: int = 0) -> str:
        """One output as LaTeX ``cases`` (amsmath), to be pasted into a display.

        Guarantee: exact.
        """
        import sympy

        variables = ", ".join(sympy.latex(x) for x in self.symbols())
        lines = []
        for cell in self.cells:
            conditions = r",\ ".join(map(relation_latex, self.relations(cell))) or r"\text{always}"
            lines.append(f"  {sympy.latex(self._form(cell, output))}, & {conditions}")
        ranges = range_relations(self.network.parameters)
        body = "\\begin{cases}\n" + " \\\\\n".join(lines) + "\n\\end{cases}"
        return f"{name}({variables}) = {body}" + (rf" \qquad ({ranges})" if ranges else "")

    def _form(self, cell: SymbolicCell, output: int) -> Any:
        if not 0 <= output < self.network.output_size:
            raise ShapeMismatch(f"the network has no output {output}", fix="number the outputs from 0")
        row, constant = cell.pieces[output]
        return affine_form(list(zip(self.symbols(), row, strict=True)), constant)


def symbolic_cells(
    network: SymbolicNetwork, domain: Any = None, *, seconds: float = 2.0, budget: Budget | None = None
) -> SymbolicCells:
    """The activation regions of a symbolic network, for all values of its parameters.

    Parameters
    ----------
    network : SymbolicNetwork
    domain : Polyhedron or sequence of pairs, optional
        With interior; the whole space unless told.
    seconds : float
        Limit of one question to the solver.  A cell that it cannot decide is kept, with ``nonempty=False``.
    budget : Budget, optional
        One step a question.

    Raises
    ------
    EmptyDomain, BudgetExhausted

    Notes
    -----
    Guarantee: exact; how often a solver's word was taken is stated in the result

    Examples
    --------
    >>> from verinet.exact.parameters import parameter
    >>> from verinet.regions.symbolic_networks import symbolic_network
    >>> a = parameter("a", low=0, high=1, strict=True)
    >>> wedge = symbolic_network([([[1, a.symbol], [-1, -a.symbol]], [0, -1]), ([[1, 1]], [0])], parameters=[a])
    >>> cells = symbolic_cells(wedge)
    >>> for cell in cells.cells:
    ...     print(cell.pattern, cells.relations(cell))
    ((0, 0),) (a*x_1 + x_0 < 0, -a*x_1 - x_0 - 1 < 0)
    ((0, 1),) (a*x_1 + x_0 < 0, -a*x_1 - x_0 - 1 >= 0)
    ((1, 0),) (a*x_1 + x_0 >= 0, -a*x_1 - x_0 - 1 < 0)
    """
    space = _domain(domain, network.input_size)
    search = Search(network, space, seconds, Budget() if budget is None else budget)
    cells = tuple(_cell(branch) for branch in search.branches())
    return SymbolicCells(network, space, cells, search.by_solver)


def _cell(branch: Branch) -> SymbolicCell:
    def spelled_out(form: Form) -> tuple[tuple[Any, ...], Any]:
        return tuple(shorter(entry.as_expr()) for entry in form[0]), shorter(form[1].as_expr())

    conditions = tuple(
        SymbolicHalfspace(*spelled_out(form), closed)
        for form, closed in branch.conditions
        if any(form[0]) or not (form[1].as_expr().is_positive or (closed and not form[1]))
    )
    return SymbolicCell(branch.pattern, conditions, tuple(map(spelled_out, branch.values)), branch.nonempty)


def _domain(domain: Any, size: int) -> Polyhedron:
    if domain is None:
        return whole_space(size)
    space = domain if isinstance(domain, Polyhedron) else box(*domain)
    if space.dimension != size:
        raise ShapeMismatch(
            f"a network of {size} inputs needs a domain of as many coordinates, got {space.dimension}",
            fix="give one side an input",
        )
    if not isinstance(interior(space.system()), Interior):
        raise EmptyDomain("symbolic cells need a domain with interior points", fix="widen the domain")
    return space
