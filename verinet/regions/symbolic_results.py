"""The piecewise form of a function of one input with parameters: cases, texts, exact values."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from verinet.errors import EmptyDomain, ShapeMismatch
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import Q
from verinet.regions.symbolic_activations import rational_at
from verinet.regions.symbolic_guards import Guard, affine_form, range_relations, relation_latex
from verinet.regions.symbolic_networks import SymbolicNetwork, parameter_values

__all__ = ["LinePieces", "SymbolicCase", "SymbolicPieces"]


@dataclass(frozen=True, slots=True)
class LinePieces:
    """The pieces of a function of one input, in rationals.

    Parameters
    ----------
    low, high : Fraction or None
        The ends of the domain.
    breakpoints : tuple of Fraction
        Where some output changes its slope, ascending.
    pieces : tuple of tuples of (slope, constant)
        One more than there are breakpoints; one pair an output.

    Guarantee: exact.
    """

    low: Fraction | None
    high: Fraction | None
    breakpoints: tuple[Fraction, ...]
    pieces: tuple[tuple[tuple[Fraction, Fraction], ...], ...]

    __repr__ = spelled_fields

    def __call__(self, x: object) -> tuple[Fraction, ...]:
        """The outputs at a point of the domain.

        Raises
        ------
        EmptyDomain
            Outside of the domain.
        """
        q = Q(x)
        if (self.low is not None and q < self.low) or (self.high is not None and q > self.high):
            raise EmptyDomain("the pieces have no value outside of their domain", fix="give a point of the domain")
        return tuple(slope * q + constant for slope, constant in self.pieces[bisect_left(self.breakpoints, q)])


@dataclass(frozen=True, slots=True)
class SymbolicCase:
    """The pieces of a function for the parameters that a guard admits.

    Parameters
    ----------
    guard : Guard
    breakpoints : tuple of sympy expressions
        Ascending wherever the guard holds; there some output changes its slope.
    pieces : tuple of tuples of (slope, constant)
        One more than there are breakpoints; one pair of sympy expressions an output.
    nonempty : bool
        Whether the guard is proved to hold for some value; False: not decided.
    witness : tuple of Fraction, optional
        Values of the parameters at which the guard holds, where rational ones are known.

    Guarantee: exact.
    """

    guard: Guard
    breakpoints: tuple[Any, ...]
    pieces: tuple[tuple[tuple[Any, Any], ...], ...]
    nonempty: bool
    witness: tuple[Fraction, ...] | None


@dataclass(frozen=True, slots=True)
class SymbolicPieces:
    """The piecewise form of a network of one input, for all values of its parameters.

    The guards of the cases exclude each other, and within the ranges of the parameters one of them holds.

    Parameters
    ----------
    network : SymbolicNetwork
    low, high : sympy expression or None
        The ends of the domain; None for no end.
    cases : tuple of SymbolicCase
    by_solver : tuple of Guard
        Guards that are empty by the word of the solver alone: what they rule out is missing among the cases.

    Notes
    -----
    Guarantee: exact where `by_solver` is empty; else exact under the solver's word on these guards
    """

    network: SymbolicNetwork
    low: Any
    high: Any
    cases: tuple[SymbolicCase, ...]
    by_solver: tuple[Guard, ...]

    @property
    def breakpoints(self) -> tuple[tuple[Guard, tuple[Any, ...]], ...]:
        """The breakpoints of each case, with its guard."""
        return tuple((case.guard, case.breakpoints) for case in self.cases)

    @property
    def guarantee(self) -> str:
        """What the result rests on, in words."""
        words = "exact"
        if self.by_solver:
            words += f", under the word of a solver (z3) that {len(self.by_solver)} guards are empty"
        open_ = sum(not case.nonempty for case in self.cases)
        return words + (f"; of {open_} cases it was not decided whether they are empty" if open_ else "")

    def case(self, values: Mapping[Any, object]) -> SymbolicCase:
        """The case that these values of the parameters belong to."""
        exact = parameter_values(self.network.parameters, values)
        found = [case for case in self.cases if case.guard.holds(exact)]
        if len(found) != 1:  # the guards partition the parameters: a wrong word of the solver, or a defect
            raise ArithmeticError(f"{len(found)} cases hold at {values}: please report this network as a defect")
        return found[0]

    def substitute(self, values: Mapping[Any, object]) -> LinePieces:
        """The exact pieces for these values of the parameters.

        Raises
        ------
        ShapeMismatch, Unsupported
            When a parameter has no value, or a value that its assumptions exclude.

        Guarantee: exact.
        """
        case = self.case(values)
        exact = parameter_values(self.network.parameters, values)
        low, high = (None if end is None else rational_at(end, exact) for end in (self.low, self.high))
        pieces = tuple(tuple((rational_at(s, exact), rational_at(c, exact)) for s, c in row) for row in case.pieces)
        return LinePieces(low, high, tuple(rational_at(b, exact) for b in case.breakpoints), pieces)

    def to_sympy(self, x: Any = None, output: int = 0) -> Any:
        """One output as a sympy Piecewise in x and the parameters, one inner Piecewise a case.

        Guarantee: exact.
        """
        import sympy

        x = sympy.Symbol("x", real=True) if x is None else x
        found = []
        for case in self.cases:
            rows = [(value, sympy.And(*relations)) for value, relations in self._rows(case, x, output)]
            inner = rows[0][0] if rows == [(rows[0][0], sympy.true)] else sympy.Piecewise(*rows, evaluate=False)
            found.append((inner, case.guard.to_sympy()))
        if len(found) == 1 and not self.cases[0].guard.conditions:
            return found[0][0]
        return sympy.Piecewise(*found, evaluate=False)

    def latex(self, name: str = "f", x: Any = None, output: int = 0) -> str:
        r"""One output as LaTeX ``cases`` (amsmath), to be pasted into a display.

        Guarantee: exact.
        """
        import sympy

        x = sympy.Symbol("x", real=True) if x is None else x
        blocks = [self._block(case, x, output) for case in self.cases]
        if len(blocks) == 1 and not self.cases[0].guard.conditions:
            body = blocks[0]
        else:
            rows = [rf"{block} & \text{{if }} {c.guard.latex()}" for c, block in zip(self.cases, blocks, strict=True)]
            body = "\\begin{cases}\n" + " \\\\[1ex]\n".join(rows) + "\n\\end{cases}"
        ranges = range_relations(self.network.parameters)
        return f"{name}({sympy.latex(x)}) = {body}" + (rf" \qquad ({ranges})" if ranges else "")

    def _block(self, case: SymbolicCase, x: Any, output: int) -> str:
        import sympy

        rows = list(self._rows(case, x, output))
        if len(rows) == 1 and not rows[0][1]:
            return str(sympy.latex(rows[0][0]))
        lines = []
        for value, relations in rows:
            texts = [relation_latex(relation) for relation in relations]
            if len(relations) == 2:
                low, high = (sympy.latex(relation.rhs) for relation in relations)
                upper = "<" if relations[1].rel_op == "<" else r"\le"
                texts = [rf"{low} \le {sympy.latex(x)} {upper} {high}"]
            lines.append(f"  {sympy.latex(value)}, & {texts[0]}")
        return "\\begin{cases}\n" + " \\\\\n".join(lines) + "\n\\end{cases}"

    def _rows(self, case: SymbolicCase, x: Any, output: int) -> list[tuple[Any, list[Any]]]:
        """Each piece with the relations that bound x: from its left end on, up to the next piece."""
        import sympy

        if not 0 <= output < self.network.output_size:
            raise ShapeMismatch(f"the network has no output {output}", fix="number the outputs from 0")
        ends = [self.low, *case.breakpoints, self.high]
        found = []
        for i, piece in enumerate(case.pieces):
            slope, constant = piece[output]
            relations = [] if ends[i] is None else [sympy.Ge(x, ends[i], evaluate=False)]
            if ends[i + 1] is not None:
                relation = sympy.Le if i + 1 == len(case.pieces) else sympy.Lt
                relations.append(relation(x, ends[i + 1], evaluate=False))
            found.append((affine_form([(x, slope)], constant), relations))
        return found
