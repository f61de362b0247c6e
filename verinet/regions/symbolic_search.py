"""The search for activation regions with symbolic weights: depth first over the neurons, refuted branches left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from verinet.errors import BudgetExhausted
from verinet.exact.solver import Point, Unsat, solve
from verinet.exact.terms import Formula, Term, above, add, all_of, any_of, equals, linear, mul
from verinet.exact.terms import variables as real_variables
from verinet.geometry.polyhedra import Polyhedron
from verinet.regions.symbolic_field import Ground, formula
from verinet.regions.symbolic_networks import SymbolicNetwork, elements_of
from verinet.regions.symbolic_signs import Decider
from verinet.work import Budget, keep_going

#: Row and constant of an affine function of x, elements of the field.
Form = tuple[tuple[Any, ...], Any]

_ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Branch:
    """Pieces chosen for the first neurons.

    Parameters
    ----------
    pattern : tuple of tuples of int
        Of the layers that are done.
    chosen : tuple of int
        Of the layer in work.
    conditions : tuple of (form, closed)
        ``form > 0``, or ``form >= 0`` if closed.
    formulas : tuple of Formula
        The same for the solver, interior points only.
    forms : tuple of forms
        The preactivations of the layer in work, or the outputs.
    values : tuple of forms
        Its values so far; of a finished branch, the outputs.
    nonempty : bool

    Guarantee: exact.
    """

    pattern: tuple[tuple[int, ...], ...]
    chosen: tuple[int, ...]
    conditions: tuple[tuple[Form, bool], ...]
    formulas: tuple[Formula, ...]
    forms: tuple[Form, ...]
    values: tuple[Form, ...]
    nonempty: bool


class Search:
    """All branches that the solver does not refute; `by_solver` counts those that it did.

    Guarantee: exact, under the solver's word where `by_solver` is positive.
    """

    def __init__(self, network: SymbolicNetwork, domain: Polyhedron, seconds: float, budget: Budget) -> None:
        self.ground = Ground(network.parameters)
        self.seconds = seconds
        self.budget = budget
        self.names = real_variables("p", len(network.parameters))
        self.xs = real_variables("x", network.input_size)
        decider = Decider(self.ground, seconds, budget)
        self.layers, self.tables = elements_of(network, decider)
        self.by_solver = len(decider.by_solver)
        inside = domain.system()
        rows = [[Fraction(entry) for entry in row] for row in inside.rows]
        for j, (low, high) in enumerate(zip(inside.low, inside.high, strict=True)):
            for end, turn in ((low, 1), (high, -1)):
                if end is not None:
                    unit = [Fraction(turn if i == j else 0) for i in range(len(inside.low))]
                    rows.append([-turn * end, *unit])
        self.always = [
            *(formula(self.ground.term(q, self.names), signs) for _, q, signs in self.ground.range_conditions()),
            *(above(linear(row[1:], row[0], self.xs), _ZERO) for row in rows),
        ]

    def branches(self) -> Iterator[Branch]:
        """The finished branches, in the order of their patterns."""
        one, zero = self.ground.constant(Fraction(1)), self.ground.constant(_ZERO)
        size = len(self.xs)
        inputs = [(tuple(one if i == j else zero for j in range(size)), zero) for i in range(size)]
        open_ = [Branch((), (), (), (), _affine(inputs, *self.layers[0]), (), True)]
        while open_:
            branch = open_.pop()
            depth = len(branch.pattern)
            if depth == len(self.tables):
                yield replace(branch, values=branch.forms)
            elif len(branch.chosen) < len(self.tables[depth]):
                open_ += reversed(list(self._children(branch, *self.tables[depth][len(branch.chosen)])))
            else:
                forms = _affine(branch.values, *self.layers[depth + 1])
                pattern = (*branch.pattern, branch.chosen)
                open_.append(replace(branch, pattern=pattern, chosen=(), forms=forms, values=()))

    def _children(self, branch: Branch, points: list[Any], lines: list[tuple[Any, Any]]) -> Iterator[Branch]:
        row, constant = branch.forms[len(branch.chosen)]
        for piece, (slope, shift) in enumerate(lines):
            fresh: list[tuple[Form, bool]] = []
            if piece:
                fresh.append(((row, constant - points[piece - 1]), True))
            if piece < len(points):
                fresh.append(((tuple(-entry for entry in row), points[piece] - constant), False))
            formulas = (*branch.formulas, *(self._inside(form, closed) for form, closed in fresh))
            nonempty = branch.nonempty if not fresh else self._decided(formulas)
            if nonempty is not None:
                yield replace(
                    branch,
                    chosen=(*branch.chosen, piece),
                    conditions=(*branch.conditions, *fresh),
                    formulas=formulas,
                    values=(*branch.values, (tuple(slope * e for e in row), slope * constant + shift)),
                    nonempty=nonempty,
                )

    def _inside(self, form: Form, closed: bool) -> Formula:
        """The points in the interior of ``form > 0``, or of ``form >= 0``, which is everything where the form is 0."""
        ground = self.ground
        elements = [form[1], *form[0]]
        over = ground.ring.one
        for element in elements:
            over = over.lcm(element.denom)
        if over.is_ground:
            over = ground.ring.one
        scaled = [element.numer * over.exquo(element.denom) for element in elements]
        # numerators over one denominator, which has no zero but may have either sign
        whole = [ground.term(part * over if not over.is_ground else part, self.names) for part in scaled]
        term = add(whole[0], *(mul(part, x) for part, x in zip(whole[1:], self.xs, strict=True)))
        positive = above(term, _ZERO)
        if not closed or any(part.is_ground and part for part in scaled[1:]):
            return positive
        return any_of([positive, all_of(equals(ground.term(part, self.names), _ZERO) for part in scaled)])

    def _decided(self, formulas: Sequence[Formula]) -> bool | None:
        """True: a point is known; False: the solver cannot tell; None: it says that there is none."""
        keep_going()
        self.budget.spend()
        if self.budget.exhausted():
            raise BudgetExhausted(
                f"symbolic cells: {self.budget.reason()}", fix="give a larger budget, or a smaller network or domain"
            )
        left = self.budget.left()
        seconds = self.seconds if left is None else max(min(self.seconds, left), 0.001)
        asked: list[Term] = [*self.names, *self.xs]
        found = solve([*self.always, *formulas], asked, seconds)
        if isinstance(found, Unsat):
            self.by_solver += 1
            return None
        return isinstance(found, Point)


def _affine(values: Sequence[Form], rows: Sequence[Sequence[Any]], column: Sequence[Any]) -> tuple[Form, ...]:
    found = []
    for weights, bias in zip(rows, column, strict=True):
        row, constant = [bias * 0] * len(values[0][0]), bias
        for weight, (entries, offset) in zip(weights, values, strict=True):
            if weight:
                row = [a + weight * entry for a, entry in zip(row, entries, strict=True)]
                constant = constant + weight * offset
        found.append((tuple(row), constant))
    return tuple(found)
