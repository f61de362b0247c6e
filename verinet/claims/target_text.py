"""Targets written in one line: ``x*y, x + y``, ``sin(pi*x)/2``, ``abs(x - 1/2)``, ``0 on [0,1/2]; x - 1/2 on [1/2,1]``.

The text is read by the grammar of claims and never evaluated.  It becomes polynomials where it can, polynomials in
pieces where `abs`, `max` or `min` of affine terms stand in it, and else sympy expressions, which are enclosed later.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from verinet.claims.claim_sets import read_set
from verinet.claims.claim_terms import Meanings, Names
from verinet.claims.claim_tokens import DEEPEST, Reader, Tree
from verinet.claims.pieces import PiecewisePolynomial, intersection
from verinet.claims.target_pieces import SPLITTING, Branch, branches_of, inside, joined
from verinet.claims.targets import Polynomial
from verinet.errors import BadFormat, ShapeMismatch, Unsupported
from verinet.geometry.polyhedra import Polyhedron, whole_space

#: Most inputs that a text may name.
MOST_INPUTS = 64
_NAME = re.compile(r"(?:([xyz])|x([1-9][0-9]{0,8})|x_(0|[1-9][0-9]{0,8}))\Z", re.ASCII)
_STYLES = ("x, y, z", "x1, x2, ...", "x_0, x_1, ...")
_CONSTANTS = ("pi",)


@dataclass(frozen=True, slots=True)
class Targets:
    """What a text says.

    Guarantee: exact.

    Parameters
    ----------
    inputs : int
        Number of variables.
    functions : tuple of Polynomial, PiecewisePolynomial or sympy expression
        One an output.
    text : str
        As it was written.
    """

    inputs: int
    functions: tuple[Any, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Variables(Names):
    """Names of inputs alone: ``x, y, z``, or ``x1, x2, ...``, or ``x_0, x_1, ...`` as claims have them.

    Guarantee: exact.

    Examples
    --------
    >>> names = Variables(2, ())
    >>> names.find("y"), names.find("x1"), names.find("x_1"), names.find("z")
    (1, 0, 1, None)
    """

    def find(self, name: str) -> int | None:
        """Return the place of a variable; None for any other name."""
        found = _place(name)
        return None if found is None or found[0] >= self.inputs else found[0]

    def is_one(self, name: str) -> bool:
        """Tell whether a name has the form of a variable."""
        return _place(name) is not None

    def words(self) -> str:
        """Return the names in words, for an error message."""
        letters = f"{', '.join('xyz'[: self.inputs])}, or " if self.inputs <= 3 else ""
        return f"{letters}x1 to x{self.inputs}" if self.inputs > 1 else f"{letters}x1"


class TargetReader(Reader):
    """The tokens of targets: besides the terms of claims, ``**`` for powers, and calls with several arguments.

    Guarantee: exact.

    Examples
    --------
    >>> tree = TargetReader("max(x**2, 1 - x)").term()
    >>> tree.kind, tree.name, [part.kind for part in tree.parts]
    ('call', 'max', ['^', '+'])
    """

    what = "target"

    def _power(self) -> Tree:
        base = self._atom()
        sign = self.peek()
        if not (self.accept("^") or self._stars()):
            return base
        exponent = self.integer()
        if self.peek().text == "^" or self._stars():
            self.fail("brackets around a power of a power")
        return Tree("^", sign.place, (base,), value=Fraction(exponent))

    def _stars(self) -> bool:
        """Step over ``**``, two tokens of the claims' grammar without a gap."""
        first, second = self.tokens[self.next], self.tokens[min(self.next + 1, len(self.tokens) - 1)]
        if not first.text == second.text == "*" or second.place != first.place + 1:
            return False
        self.next += 2
        return True

    def _atom(self) -> Tree:
        token = self.peek()
        after = self.tokens[min(self.next + 1, len(self.tokens) - 1)]
        if token.kind != "name" or after.text != "(" or token.text in ("and", "or", "not", "on", "with"):
            return super()._atom()
        self.next += 2
        self.depth += 1
        if self.depth > DEEPEST:
            self.fail(f"at most {DEEPEST} brackets inside of each other")
        parts = [self.term()]
        while self.accept(","):
            parts.append(self.term())
        self.depth -= 1
        self.expect(")")
        if len(parts) > 1 and token.text not in SPLITTING:
            raise BadFormat(
                f"{token.text[:40]} has one argument, got {len(parts)}",
                fix="write sin(x) + sin(y); max and min take several",
                where=self.where(token.place),
            )
        return Tree("call", token.place, tuple(parts), token.text)


def parse_targets(text: str, inputs: int | None = None, domain: Polyhedron | None = None) -> Targets:
    """Return the targets that a text lists, separated by commas.

    Guarantee: exact (the functions are exactly these).

    Parameters
    ----------
    text : str
        ``target {"," target}``; a target is a term, or ``term on SET {";" term on SET}``.
    inputs : int, optional
        Number of variables; without it the largest that the text uses, and at least 1.
    domain : Polyhedron, optional
        Targets in pieces are cut by it, and have to cover it.

    Raises
    ------
    BadFormat
        For text outside of the grammar, naming the character.
    Unsupported
        For what a target cannot be, such as the maximum of terms that are not affine.
    ShapeMismatch
        If the text names more variables than there are inputs, or the domain has another dimension.

    Examples
    --------
    >>> found = parse_targets("x*y, (x + y)**2 / 4")
    >>> found.inputs, [str(function) for function in found.functions]
    (2, ['x_0*x_1', '1/4*x_0^2 + 1/2*x_0*x_1 + 1/4*x_1^2'])
    >>> from verinet.geometry.polyhedra import interval
    >>> print(parse_targets("2*abs(x - 1/2)", domain=interval(0, 1)).functions[0])
    2*x - 1 on [1/2,1], -2*x + 1 on [0,1/2]
    >>> parse_targets("sin(pi*x1)", 2).functions
    (sin(pi*x_0),)
    """
    if not isinstance(text, str):
        raise BadFormat(f"targets are written as text, got {type(text).__name__}", fix='write "x*y, x + y"')
    reader = TargetReader(text)
    size = _size(reader, inputs, domain)
    parser = _Targets(reader, size, domain)
    functions = [parser.target()]
    while reader.accept(","):
        functions.append(parser.target())
    if reader.peek().kind != "end":
        reader.fail("a comma and another target, or the end")
    return Targets(size, tuple(functions), text.strip())


def place_of(name: str) -> int | None:
    """Return the input, counted from 0, that a name means in a target; None for any other name.

    Guarantee: exact.

    Examples
    --------
    >>> [place_of(name) for name in ("y", "x2", "x_2", "t")]
    [1, 1, 2, None]
    """
    found = _place(name)
    return None if found is None else found[0]


def _place(name: str) -> tuple[int, int] | None:
    """The input that a name means, and which style it is written in."""
    match = _NAME.match(name)
    if match is None:
        return None
    if match[1]:
        return "xyz".index(match[1]), 0
    return (int(match[2]) - 1, 1) if match[2] else (int(match[3]), 2)


def _size(reader: TargetReader, inputs: int | None, domain: Polyhedron | None) -> int:
    """The number of inputs, after a look at all names: one style, and not beyond what was stated."""
    largest, styles = 1, set()
    for place, token in enumerate(reader.tokens):
        found = _place(token.text) if token.kind == "name" else None
        if found is None or _between_sides(reader, place):
            continue
        largest = max(largest, found[0] + 1)
        styles.add(found[1])
    if len(styles) > 1:
        raise BadFormat(
            f"a target names its variables in one way, got {' and '.join(_STYLES[style] for style in sorted(styles))}",
            fix='write "x*y" or "x1*x2"',
        )
    stated = inputs if inputs is not None else domain.dimension if domain is not None else largest
    if isinstance(stated, bool) or not isinstance(stated, int) or not 1 <= stated <= MOST_INPUTS:
        raise ShapeMismatch(f"targets have 1 to {MOST_INPUTS} inputs, got {str(stated)[:40]}", fix="write inputs=2")
    if largest > stated:
        raise ShapeMismatch(
            f"the targets use {largest} variables, and there are {stated} inputs",
            fix=f"take {largest} inputs, or fewer variables",
        )
    if domain is not None and domain.dimension != stated:
        raise ShapeMismatch(
            f"the targets have {stated} inputs, the domain {domain.dimension} coordinates",
            fix="give one interval an input",
        )
    return stated


def _between_sides(reader: TargetReader, place: int) -> bool:
    """Is this ``x`` the sign between two sides of a set, ``[0,1] x [0,1]``?"""
    before, after = reader.tokens[place - 1].text if place else "", reader.tokens[place + 1].text
    return reader.tokens[place].text == "x" and before in ("]", ")") and after in ("[", "(", "R")


class _Targets:
    """What reads one target after another."""

    def __init__(self, reader: TargetReader, size: int, domain: Polyhedron | None) -> None:
        self.reader = reader
        self.size = size
        self.domain = domain or whole_space(size)
        self.bounded = domain is not None
        self.meanings = Meanings(reader, Variables(size, ()))

    def target(self) -> Any:
        """One target, in pieces or not."""
        start = self.reader.peek().place
        branches = self._piece(self.reader.term())
        if self.reader.peek().text != "on":
            return branches if not isinstance(branches, list) else self._in_pieces(branches, start)
        found: list[Branch] = []
        while True:
            self.reader.expect("on")
            place = self.reader.peek().place
            within = intersection(read_set(self.reader, self.meanings, self.size), self.domain)
            if isinstance(branches, Polynomial):
                branches = [(whole_space(self.size), branches)]
            if not isinstance(branches, list):
                raise Unsupported(
                    "a target in pieces has polynomials as its pieces",
                    fix="leave functions like sin out, or construct on one piece as the domain",
                    where=self.reader.where(place),
                )
            found += [(part, p) for piece, p in branches if inside(part := joined(piece, within))]
            if not self.reader.accept(";"):
                return self._in_pieces(found, start)
            branches = self._piece(self.reader.term())

    def _piece(self, tree: Tree) -> Any:
        """A polynomial, a smooth expression, or a list of branches."""
        if _any(tree, lambda part: part.kind == "call" and part.name in SPLITTING):
            return branches_of(tree, self.reader, self.meanings, self.domain)
        if _any(tree, lambda part: part.kind == "inverse" and _any(part, _is_variable)):
            return self.meanings.smooth(tree)
        return self.meanings.target(tree)

    def _in_pieces(self, branches: list[Branch], place: int) -> Any:
        if not branches:
            raise Unsupported(
                "no piece of this target has an inner point in the domain",
                fix="give pieces inside of the domain",
                where=self.reader.where(place),
            )
        if all(polynomial == branches[0][1] for _, polynomial in branches):
            found = PiecewisePolynomial(tuple(branches))
            if not self.bounded:
                return found
            found.check_covers(self.domain)
            return branches[0][1]
        pieces = PiecewisePolynomial(tuple(branches))
        if self.bounded:
            pieces.check_covers(self.domain)
            pieces.check_apart(self.domain)
        return pieces


def _any(tree: Tree, test: Callable[[Tree], bool]) -> bool:
    return test(tree) or any(_any(part, test) for part in tree.parts)


def _is_variable(tree: Tree) -> bool:
    return tree.kind == "name" and tree.name not in _CONSTANTS
