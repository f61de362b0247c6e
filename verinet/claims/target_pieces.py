"""Targets with `abs`, `max` or `min` of affine terms in their formulas: polynomials in pieces, cut by hyperplanes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import product

from verinet.claims.claim_terms import FUNCTIONS, MOST_BITS, Meanings
from verinet.claims.claim_tokens import Reader, Tree
from verinet.claims.pieces import intersection
from verinet.claims.targets import LARGEST_DEGREE, Polynomial
from verinet.errors import BadFormat, Unsupported
from verinet.exact import programs
from verinet.geometry.polyhedra import Halfspace, Polyhedron

#: Functions that cut a target into pieces, and how many arguments they have at least.
SPLITTING = {"abs": 1, "max": 2, "min": 2}
#: Most pieces that they may make.
MOST_PIECES = 256
#: Most terms of a product before equal ones are added: pieces are multiplied one by one.
LARGEST_PRODUCT = 2000

Branch = tuple[Polyhedron, Polynomial]


def branches_of(tree: Tree, reader: Reader, meanings: Meanings, domain: Polyhedron) -> list[Branch]:
    """Return the polynomials of a tree, each with the part of the domain where it holds.

    Guarantee: exact (parts share no more than their boundaries, and cover the domain).

    Raises
    ------
    BadFormat
        For another number of arguments, and for formulas.
    Unsupported
        Where the terms of `abs`, `max` or `min` differ by something that is not affine, where other functions or
        divisors with variables occur, and beyond `MOST_PIECES`.

    Examples
    --------
    >>> from verinet.claims.claim_terms import Names
    >>> from verinet.geometry.polyhedra import interval
    >>> reader = Reader("x * abs(x - 1/3)")
    >>> for piece, polynomial in branches_of(reader.term(), reader, Meanings(reader, Names(1, ())), interval(0, 1)):
    ...     print(polynomial, "from", piece.low[0])
    x^2 - 1/3*x from 1/3
    -x^2 + 1/3*x from 0
    """
    return _Branches(reader, meanings, domain).of(tree)


class _Branches:
    """The parts of one target."""

    def __init__(self, reader: Reader, meanings: Meanings, domain: Polyhedron) -> None:
        self.reader = reader
        self.meanings = meanings
        self.domain = domain

    def of(self, tree: Tree) -> list[Branch]:
        """The polynomials of a tree, each on the part of the domain where it holds."""
        if not _calls(tree):
            return [(self.domain, self.meanings.polynomial(tree, self.domain.dimension))]
        if tree.kind == "call":
            return self._call(tree)
        if tree.kind == "inverse":
            raise self._refused(tree, "a target in pieces is divided by numbers only")
        parts = [self.of(part) for part in tree.parts]
        match tree.kind:
            case "+":
                return self._combined(parts, tree, lambda a, b: a + b)
            case "*":
                return self._combined(parts, tree, lambda a, b: self._times(a, b, tree))
            case "neg":
                return [(piece, -polynomial) for piece, polynomial in parts[0]]
            case "^":
                return [(piece, self._power(polynomial, int(tree.value), tree)) for piece, polynomial in parts[0]]
        raise BadFormat(
            "a target is a term, got a comparison", fix='write "x*y, x + y"', where=self.reader.where(tree.place)
        )

    def _call(self, tree: Tree) -> list[Branch]:
        if tree.name not in SPLITTING:
            raise self._refused(tree, f"{tree.name[:40]} does not go together with abs, max and min")
        least = SPLITTING[tree.name]
        if len(tree.parts) < least or (least == 1 and len(tree.parts) > 1):
            raise BadFormat(
                f"{tree.name} needs {'one argument' if least == 1 else 'two arguments or more'}, got {len(tree.parts)}",
                fix="write abs(x - 1/2), max(x, y)",
                where=self.reader.where(tree.place),
            )
        found = self.of(tree.parts[0])
        if tree.name == "abs":
            return self._larger(found, [(piece, -polynomial) for piece, polynomial in found], tree)
        sign = 1 if tree.name == "max" else -1
        found = [(piece, sign * polynomial) for piece, polynomial in found]
        for part in tree.parts[1:]:
            found = self._larger(found, [(piece, sign * p) for piece, p in self.of(part)], tree)
        return [(piece, sign * polynomial) for piece, polynomial in found]

    def _larger(self, first: list[Branch], second: list[Branch], tree: Tree) -> list[Branch]:
        """The larger of two targets: where their difference is affine, a hyperplane divides the two cases."""
        found: list[Branch] = []
        for (one, a), (other, b) in product(first, second):
            both = joined(one, other)
            gap = a - b
            if not inside(both):
                continue
            if gap.degree > 1:
                raise self._refused(tree, f"{tree.name} divides a target along hyperplanes: its terms are affine")
            for side, polynomial in ((gap, a), (-gap, b)):
                part = _where_nonnegative(side, both)
                if part is not None and inside(part) and (polynomial is a or gap.coefficients):
                    found.append((part, polynomial))
        return self._few(found, tree)

    def _combined(
        self, parts: Sequence[list[Branch]], tree: Tree, made: Callable[[Polynomial, Polynomial], Polynomial]
    ) -> list[Branch]:
        found = parts[0]
        for other in parts[1:]:
            pairs = product(found, other)
            found = [(both, made(a, b)) for (one, a), (two, b) in pairs if inside(both := joined(one, two))]
            self._few(found, tree)
        return found

    def _times(self, first: Polynomial, second: Polynomial, tree: Tree) -> Polynomial:
        if len(first.coefficients) * len(second.coefficients) > LARGEST_PRODUCT:
            raise self._refused(tree, f"a product of a target in pieces has at most {LARGEST_PRODUCT} terms")
        return first * second

    def _power(self, base: Polynomial, exponent: int, tree: Tree) -> Polynomial:
        bits = max((max(c.numerator.bit_length(), c.denominator.bit_length()) for c, _ in base.coefficients), default=0)
        if exponent > LARGEST_DEGREE or bits * exponent > MOST_BITS:
            raise self._refused(tree, f"a power of a target has a degree of at most {LARGEST_DEGREE}, and few digits")
        result = Polynomial.constant(1, base.dimension)
        for _ in range(exponent):
            result = self._times(result, base, tree)
        return result

    def _few(self, found: list[Branch], tree: Tree) -> list[Branch]:
        if len(found) > MOST_PIECES:
            raise self._refused(tree, f"a target has at most {MOST_PIECES} pieces")
        return found

    def _refused(self, tree: Tree, problem: str) -> Unsupported:
        known = ", ".join(FUNCTIONS)
        return Unsupported(
            problem,
            fix=f"write abs, max and min of affine terms, in sums and products; elsewhere {known} are known",
            where=self.reader.where(tree.place),
        )


def _calls(tree: Tree) -> bool:
    return tree.kind == "call" or any(map(_calls, tree.parts))


def _where_nonnegative(form: Polynomial, piece: Polyhedron) -> Polyhedron | None:
    """The part of a piece where an affine polynomial is nonnegative; a side of the box where it can be one."""
    normal, constant = [Fraction(0)] * form.dimension, Fraction(0)
    for coefficient, exponents in form.coefficients:
        if any(exponents):
            normal[exponents.index(1)] = coefficient
        else:
            constant = coefficient
    used = [j for j, entry in enumerate(normal) if entry]
    if not used:
        return piece if constant >= 0 else None
    if len(used) > 1:
        return piece.cut(Halfspace(tuple(-entry for entry in normal), constant))
    (j,) = used
    low, high, end = piece.low[j], piece.high[j], -constant / normal[j]
    if normal[j] > 0:
        low = end if low is None else max(low, end)
    else:
        high = end if high is None else min(high, end)
    lows, highs = (*piece.low[:j], low, *piece.low[j + 1 :]), (*piece.high[:j], high, *piece.high[j + 1 :])
    return Polyhedron(lows, highs, piece.halfspaces)


def joined(first: Polyhedron, second: Polyhedron) -> Polyhedron:
    """Return the common part of two pieces.  Guarantee: exact."""
    return first if first == second else intersection(first, second)


def inside(piece: Polyhedron) -> bool:
    """Tell whether a piece has an inner point.  Guarantee: exact."""
    if any(
        low is not None and high is not None and low >= high for low, high in zip(piece.low, piece.high, strict=True)
    ):
        return False
    return not piece.halfspaces or isinstance(programs.interior(piece.system()), programs.Interior)
