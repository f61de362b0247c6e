"""Targets that are no polynomials: sympy expressions, by polynomials on boxes with a certified distance.

The expression is walked over a fixed table of functions; nothing is evaluated as text.  What the kernel checks is a
claim against the polynomials; that they stay within their distances of the target is an assumption of the theorem.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any

from verinet.claims import wording
from verinet.claims.pieces import PiecewisePolynomial, intersection
from verinet.claims.targets import Polynomial, _is_sympy, _symbols
from verinet.errors import Unsupported
from verinet.exact.enclosures import Enclosure
from verinet.exact.rationals import Q, format_rational
from verinet.exact.smooth import FUNCTIONS, Approximation, Tree, approximations, value_at
from verinet.geometry.polyhedra import Polyhedron
from verinet.work import keep_going

if TYPE_CHECKING:
    import sympy

#: Total degree of the polynomials for one input, and for more.
DEGREES = {1: 6}
LEAST_DEGREE = 2
#: sympy's class -> name in `verinet.exact.smooth.FUNCTIONS`.
_NAMES = {name: name for name in FUNCTIONS}


@dataclass(frozen=True, slots=True)
class SmoothTarget:
    """A real function of n variables, as a formula over a fixed list of functions.

    Guarantee: certified (its values are enclosed, never rounded).

    Parameters
    ----------
    dimension : int
    tree : Tree
        The formula.
    derivatives : tuple of (exponents, Tree)
        Partial derivatives up to the degree of its approximations; none for one variable.
    text : str
        The formula for people, in x or x_0, x_1, ...

    Examples
    --------
    >>> import sympy
    >>> target = as_smooth(sympy.sin(sympy.Symbol("t")), 1)
    >>> print(target, target.enclosure((Q(0),), Q("1/100")))
    sin(x) Enclosure(low=Fraction(0, 1), high=Fraction(0, 1))
    """

    dimension: int
    tree: Tree
    derivatives: tuple[tuple[tuple[int, ...], Tree], ...]
    text: str

    def enclosure(self, x: Sequence[Fraction], accuracy: Fraction) -> Enclosure:
        """Return an enclosure of the value at x.  Guarantee: certified."""
        return value_at(self.tree, x, accuracy)

    def near(self, domain: Polyhedron, accuracy: Fraction) -> NearTarget:
        """Return polynomials on parts of the domain that stay within `accuracy` of the target.

        Guarantee: certified.

        Raises
        ------
        NotBounded
            If the domain is unbounded.
        BudgetExhausted
            If the target is not smooth enough there.
        """
        hull = domain.bounding_box()
        low = [end for end in hull.low if end is not None]
        high = [end for end in hull.high if end is not None]
        degree = DEGREES.get(self.dimension, LEAST_DEGREE)
        found = approximations(self.tree, dict(self.derivatives), low, high, degree, accuracy)
        pieces, errors = [], []
        for part in sorted(found, key=lambda part: part.low):
            keep_going()
            piece = Polyhedron(part.low, part.high)
            if not intersection(domain, piece).is_empty:
                pieces.append((piece, _expanded(part)))
                errors.append(part.error)
        return NearTarget(self, PiecewisePolynomial(tuple(pieces)), tuple(errors))

    @property
    def bracketed(self) -> str:
        """The formula as it stands behind a minus: a sum in brackets."""
        depth, inner = 0, self.text.startswith("-")
        for sign in self.text:
            depth += {"(": 1, ")": -1}.get(sign, 0)
            inner = inner or (sign in "+-" and depth == 0)
        return f"({self.text})" if inner else self.text

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class NearTarget:
    """Polynomials on boxes and how far the target may be from each.

    Guarantee: certified.
    """

    target: SmoothTarget
    polynomials: PiecewisePolynomial
    errors: tuple[Fraction, ...]

    @property
    def error(self) -> Fraction:
        """The largest distance."""
        return max(self.errors)

    def assumption(self) -> dict[str, str]:
        """Return the assumption of a theorem that relies on it: what FLINT's balls have shown, and its version."""
        from flint import __FLINT_VERSION__, __version__

        names = wording.input_names(self.target.dimension)
        parts = [
            f"{polynomial.text(names)} within {format_rational(error)} on {wording.domain_text(piece)}"
            for (piece, polynomial), error in zip(self.polynomials.pieces, self.errors, strict=True)
        ]
        text = f"{self.target} differs from each of these polynomials by at most the number behind it: " + "; ".join(
            parts
        )
        return {
            "kind": "enclosure",
            "text": text,
            "sha256": hashlib.sha256(text.encode()).hexdigest(),
            "origin": f"FLINT {__FLINT_VERSION__} by python-flint {__version__}",
        }


def as_smooth(
    target: object, dimension: int, variables: Sequence[object] | object | None = None
) -> SmoothTarget | None:
    """Read a sympy expression that is no polynomial; None for anything else.

    Guarantee: exact (the formula is the expression).

    Raises
    ------
    InexactInput
        If it holds a float.
    Unsupported
        If it holds a function that is not in the table of `verinet.exact.smooth`.
    ShapeMismatch
        If symbols and inputs do not match.

    Examples
    --------
    >>> import sympy
    >>> t = sympy.Symbol("t")
    >>> print(as_smooth(sympy.exp(-t**2) / 2, 1), as_smooth(t**2, 1))
    exp(-x**2)/2 None
    """
    if isinstance(target, SmoothTarget):
        return target
    if not _is_sympy(target):
        return None
    import sympy

    if not isinstance(target, sympy.Expr) or isinstance(target, sympy.Lambda):
        return None
    for number in target.atoms(sympy.Float):
        Q(number)  # a Float raises InexactInput
    symbols = _symbols(target, dimension, variables)
    if target.is_polynomial(*symbols) and all(n.is_rational for n in target.atoms(sympy.Number, sympy.NumberSymbol)):
        return None
    index = {symbol: k for k, symbol in enumerate(symbols)}
    derivatives = []
    if dimension > 1:
        degree = DEGREES.get(dimension, LEAST_DEGREE)
        for exponents in product(range(degree + 1), repeat=dimension):
            if sum(exponents) <= degree:
                derived = target
                for symbol, times in zip(symbols, exponents, strict=True):
                    derived = sympy.diff(derived, symbol, times) if times else derived
                derivatives.append((exponents, _tree(derived, index)))
    names = wording.input_names(dimension)
    shown = target.xreplace({symbol: sympy.Symbol(name) for symbol, name in zip(symbols, names, strict=True)})
    return SmoothTarget(dimension, _tree(target, index), tuple(derivatives), str(shown))


def _tree(expression: sympy.Expr, index: dict[Any, int]) -> Tree:
    import sympy

    if expression.is_Rational:
        return Tree("number", number=Fraction(int(expression.p), int(expression.q)))
    if expression in index:
        return Tree("variable", number=Fraction(index[expression]))
    if expression == sympy.pi or expression == sympy.E:
        return Tree("constant", name="pi" if expression == sympy.pi else "e")
    if expression.is_Add or expression.is_Mul:
        return Tree("+" if expression.is_Add else "*", tuple(_tree(part, index) for part in expression.args))
    if expression.is_Pow and expression.exp.is_Rational:
        exponent = Fraction(int(expression.exp.p), int(expression.exp.q))
        return Tree("^", (_tree(expression.base, index),), exponent)
    name = type(expression).__name__
    if name in _NAMES and len(expression.args) == 1:
        return Tree(name, (_tree(expression.args[0], index),))
    raise Unsupported(
        f"a target may hold rationals, pi, e, sums, products, rational powers and {', '.join(FUNCTIONS)}, "
        f"got {str(expression)[:80]}",
        fix="write it with these, or split the domain where the target is not smooth",
    )


def _expanded(part: Approximation) -> Polynomial:
    """The polynomial in x - center as one in x."""
    size = len(part.center)
    shifted = [Polynomial.variable(j, size) - c for j, c in enumerate(part.center)]
    powers = [[Polynomial.constant(1, size)] for _ in shifted]
    for j, base in enumerate(shifted):
        for _ in range(max((exponents[j] for _, exponents in part.terms), default=0)):
            powers[j].append(powers[j][-1] * base)
    total = Polynomial.constant(0, size)
    for coefficient, exponents in part.terms:
        term = Polynomial.constant(coefficient, size)
        for j, exponent in enumerate(exponents):
            term = term * powers[j][exponent]
        total = total + term
    return total
