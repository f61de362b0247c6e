"""Functions to be approximated: polynomials in any number of variables with exact coefficients.

A target is given as a sympy expression, a dictionary of coefficients, or a `Polynomial`.  Other targets
(sines, exponentials) need enclosures: `verinet.claims.smooth_targets`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb
from typing import TYPE_CHECKING

from flint import Ordering, fmpq, fmpq_mpoly_ctx

from verinet.errors import ShapeMismatch, Unsupported
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import Q, format_rational
from verinet.networks.expressions import Expression, polynomial_terms

if TYPE_CHECKING:
    import sympy

Exponents = tuple[int, ...]

#: Largest total degree; the kernel's reader has the same bound.
LARGEST_DEGREE = 400
#: Most terms that a power is expanded to.
MOST_TERMS = 100_000


@dataclass(frozen=True, slots=True)
class Polynomial:
    """The polynomial ``sum c * x_0^e_0 ... x_{n-1}^e_{n-1}``.

    Guarantee: exact.

    Parameters
    ----------
    dimension : int
        The number n of variables.
    coefficients : sequence of (c, (e_0, ..., e_{n-1}))
        Equal exponents are added, zeros dropped; kept sorted by exponents.

    Raises
    ------
    ShapeMismatch
        If a row of exponents has not n entries.
    Unsupported
        If an exponent is no nonnegative integer, or the degree exceeds 400.
    InexactInput
        If a coefficient is a float.

    Examples
    --------
    >>> square = Polynomial(1, ((1, (2,)), (Q("-1/2"), (0,))))
    >>> print(square)
    x^2 - 1/2
    >>> square.value((Q("1/2"),))
    Fraction(-1, 4)
    """

    dimension: int
    coefficients: tuple[tuple[Fraction, Exponents], ...]

    __repr__ = spelled_fields

    def __post_init__(self) -> None:
        sums: dict[Exponents, Fraction] = {}
        for coefficient, exponents in self.coefficients:
            key = _exponents(exponents, self.dimension)
            sums[key] = sums.get(key, Fraction(0)) + Q(coefficient)
        ordered = tuple((sums[key], key) for key in sorted(sums) if sums[key])
        object.__setattr__(self, "coefficients", ordered)

    @classmethod
    def variable(cls, index: int, dimension: int) -> Polynomial:
        """Return x_index as a polynomial in `dimension` variables."""
        return cls(dimension, ((Fraction(1), tuple(int(j == index) for j in range(dimension))),))

    @classmethod
    def constant(cls, value: object, dimension: int) -> Polynomial:
        """Return a constant as a polynomial in `dimension` variables."""
        return cls(dimension, ((Q(value), (0,) * dimension),))

    @property
    def degree(self) -> int:
        """Total degree; 0 for constants, zero included."""
        return max((sum(exponents) for _, exponents in self.coefficients), default=0)

    def value(self, x: Sequence[Fraction]) -> Fraction:
        """Evaluate at n exact numbers.  Guarantee: exact."""
        if len(x) != self.dimension:
            raise ShapeMismatch(
                f"this polynomial needs {self.dimension} variables, got {len(x)}",
                fix=f"give {self.dimension} exact numbers",
            )
        point = [Q(entry) for entry in x]
        result = Fraction(0)
        for coefficient, exponents in self.coefficients:
            term = coefficient
            for base, exponent in zip(point, exponents, strict=True):
                if exponent:
                    term *= base**exponent
            result += term
        return result

    def __add__(self, other: object) -> Polynomial:
        right = self._same_kind(other)
        return Polynomial(self.dimension, self.coefficients + right.coefficients)

    def __neg__(self) -> Polynomial:
        return Polynomial(self.dimension, tuple((-c, e) for c, e in self.coefficients))

    def __sub__(self, other: object) -> Polynomial:
        return self + -self._same_kind(other)

    def __mul__(self, other: object) -> Polynomial:
        right = self._same_kind(other)
        product = tuple(
            (a * b, tuple(i + j for i, j in zip(d, e, strict=True)))
            for a, d in self.coefficients
            for b, e in right.coefficients
        )
        return Polynomial(self.dimension, product)

    def __radd__(self, other: object) -> Polynomial:
        return self + other

    def __rsub__(self, other: object) -> Polynomial:
        return -self + other

    def __rmul__(self, other: object) -> Polynomial:
        return self * other

    def __pow__(self, exponent: int) -> Polynomial:
        times = _exponents((exponent,), 1)[0]
        _exponents((self.degree * times,), 1)  # refused before it is expanded
        known, size = len(self.coefficients), self.dimension
        terms_at_most = min(comb(times + known - 1, times), comb(self.degree * times + size, size)) if known else 0
        if terms_at_most > MOST_TERMS:
            raise Unsupported(
                f"a power of a polynomial needs at most {MOST_TERMS} terms, this one may have {terms_at_most}",
                fix="take a smaller power",
            )
        if not self.coefficients or not self.dimension:
            return Polynomial.constant(self.value((Fraction(0),) * self.dimension) ** times, self.dimension)
        context = fmpq_mpoly_ctx.get([f"x{j}" for j in range(self.dimension)], Ordering.lex)
        terms = {exponents: fmpq(c.numerator, c.denominator) for c, exponents in self.coefficients}
        found = context.from_dict(terms) ** times
        listed = ((Fraction(int(c.p), int(c.q)), tuple(map(int, exponents))) for exponents, c in found.terms())
        return Polynomial(self.dimension, tuple(listed))

    def _same_kind(self, other: object) -> Polynomial:
        right = other if isinstance(other, Polynomial) else Polynomial.constant(other, self.dimension)
        if right.dimension != self.dimension:
            raise ShapeMismatch(
                f"polynomials in {self.dimension} and {right.dimension} variables do not combine",
                fix="build both in the same number of variables",
            )
        return right

    def __str__(self) -> str:
        names = ("x",) if self.dimension == 1 else tuple(f"x_{j}" for j in range(self.dimension))
        return self.text(names)

    def text(self, names: Sequence[str]) -> str:
        """Return the polynomial in plain ASCII, highest exponents first."""
        if not self.coefficients:
            return "0"
        pieces: list[str] = []
        for coefficient, exponents in reversed(self.coefficients):
            powers = [
                name if exponent == 1 else f"{name}^{exponent}"
                for name, exponent in zip(names, exponents, strict=True)
                if exponent
            ]
            size = abs(coefficient)
            factors = ([] if size == 1 and powers else [format_rational(size)]) + powers
            sign = ("-" if coefficient < 0 else "") if not pieces else (" - " if coefficient < 0 else " + ")
            pieces.append(sign + "*".join(factors))
        return "".join(pieces)


def as_polynomial(target: object, dimension: int, variables: Sequence[object] | object | None = None) -> Polynomial:
    """Read a polynomial target in `dimension` variables.

    Guarantee: exact.

    Parameters
    ----------
    target : Polynomial, exact number, dict, sympy expression, or powers of network variables
        A dictionary maps exponents (a tuple, or an int when there is one variable) to coefficients.
    dimension : int
        Number of inputs of the network.
    variables : symbols, optional
        The sympy symbols in the order of the inputs.  Without them: the only symbol, when there is one input;
        else the symbols must be called ``x_0, x_1, ...`` or ``x0, x1, ...``.

    Raises
    ------
    InexactInput
        If a coefficient is a float.
    Unsupported
        If the expression is no polynomial with rational coefficients.
    ShapeMismatch
        If symbols and inputs do not match.

    Examples
    --------
    >>> import sympy
    >>> t = sympy.symbols("t")
    >>> print(as_polynomial(t**2 - t / 3, 1))
    x^2 - 1/3*x
    >>> print(as_polynomial({(1, 1): 1}, 2))
    x_0*x_1
    """
    if isinstance(target, Polynomial):
        if target.dimension != dimension:
            raise ShapeMismatch(
                f"the target needs {dimension} variables, one for every input of the network, "
                f"got a polynomial in {target.dimension}",
                fix=f"build the polynomial with dimension {dimension}",
            )
        return target
    if isinstance(target, Expression):
        target = polynomial_terms(target, dimension)
    if isinstance(target, Mapping):
        items = ((c, (e,) if isinstance(e, int) else e) for e, c in target.items())
        return Polynomial(dimension, tuple(items))
    if isinstance(target, str) or (callable(target) and not _is_sympy(target)):
        raise Unsupported(
            f"a target needs to be a polynomial, got a {type(target).__name__}",
            fix="give a sympy expression such as x**2, or a dictionary such as {(2,): 1}",
        )
    if _is_sympy(target):
        return _from_sympy(target, dimension, variables)
    if isinstance(target, list | tuple):
        raise ShapeMismatch(
            f"a target needs to be one polynomial, got a {type(target).__name__} of {len(target)}",
            fix="give one target for every output",
        )
    return Polynomial.constant(target, dimension)


def _is_sympy(target: object) -> bool:
    # by name, so that sympy is imported only when its user has done so already
    return any((kind.__module__ or "").partition(".")[0] == "sympy" for kind in type(target).__mro__)


def _from_sympy(target: object, dimension: int, variables: Sequence[object] | object | None) -> Polynomial:
    import sympy

    if not isinstance(target, sympy.Expr) or isinstance(target, sympy.Lambda):
        raise Unsupported(
            f"a target needs to be a polynomial, got the sympy object {type(target).__name__}",
            fix="give an expression such as x**2",
        )
    for number in target.atoms(sympy.Float):
        Q(number)  # a Float raises InexactInput
    symbols = _symbols(target, dimension, variables)
    try:
        polynomial = sympy.Poly(target, *symbols, domain=sympy.QQ)
    except (sympy.PolynomialError, sympy.CoercionFailed) as error:
        raise Unsupported(
            f"a target needs to be a polynomial with rational coefficients, got {target}",
            fix="give a polynomial here; sup_error and lp_error take smooth functions and enclose them",
        ) from error
    terms = polynomial.terms()
    return Polynomial(dimension, tuple((Q(c), tuple(map(int, exponents))) for exponents, c in terms))


def _symbols(
    target: sympy.Expr, dimension: int, variables: Sequence[object] | object | None
) -> tuple[sympy.Symbol, ...]:
    import sympy

    free = sorted(target.free_symbols, key=str)
    if variables is not None:
        listed = tuple(variables) if isinstance(variables, Sequence) else (variables,)
        if len(listed) != dimension or len(set(listed)) != dimension or not set(free) <= set(listed):
            raise ShapeMismatch(
                f"the target needs {dimension} different variables that cover its symbols {free}, got {list(listed)}",
                fix="list one symbol for every input of the network, in their order",
            )
        return tuple(_symbol(entry) for entry in listed)
    if dimension == 1 and len(free) <= 1:
        return tuple(_symbol(entry) for entry in free) or (sympy.Symbol("x"),)
    by_name = {str(symbol): _symbol(symbol) for symbol in free}
    for pattern in ("x_{}", "x{}"):
        names = [pattern.format(j) for j in range(dimension)]
        if set(by_name) <= set(names) and len(by_name) == len(free):
            return tuple(by_name.get(name, sympy.Symbol(name)) for name in names)
    raise ShapeMismatch(
        f"the target's symbols {free} do not say which of the {dimension} inputs they are",
        fix="pass variables=(...), one symbol for every input, or call them x_0, x_1, ...",
    )


def _symbol(entry: object) -> sympy.Symbol:
    import sympy

    if not isinstance(entry, sympy.Symbol):
        raise ShapeMismatch(
            f"variables of a target need to be sympy symbols, got {entry!r}",
            fix='make them with sympy.symbols("x y")',
        )
    return entry


def _exponents(exponents: object, dimension: int) -> Exponents:
    if not isinstance(exponents, Sequence) or len(exponents) != dimension:
        raise ShapeMismatch(
            f"a term of this polynomial needs {dimension} exponents, got {exponents!r}",
            fix="give one exponent for every variable",
        )
    for exponent in exponents:
        if isinstance(exponent, bool) or not isinstance(exponent, int) or exponent < 0:
            raise Unsupported(
                f"an exponent needs to be a nonnegative integer, got {exponent!r}",
                fix="give a polynomial; other targets are not certified",
            )
    if sum(exponents) > LARGEST_DEGREE:
        raise Unsupported(
            f"a polynomial needs a degree of at most {LARGEST_DEGREE}, got {sum(exponents)}",
            fix="give a polynomial of lower degree",
        )
    return tuple(exponents)
