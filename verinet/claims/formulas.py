"""Affine terms over (1, x, y), their comparisons, and Boolean combinations of those in normal form.

``x`` are the inputs and ``y`` the outputs of the network(s) a claim is about.  A comparison is an `Atom`
(an affine term that is >= 0 or > 0); atoms are joined by `all_of` and `any_of` and negated by `negate`.
Negation is pushed to the atoms at once, so a formula holds no "not".  All folds are loops over an explicit
stack: the nesting of a formula that came from a file must not meet Python's recursion limit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NoReturn, TypeVar

from verinet.errors import Unsupported
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import Q

T = TypeVar("T")
Terms = tuple[tuple[int, Fraction], ...]


@dataclass(frozen=True, slots=True)
class Affine:
    """An affine term ``constant + sum a_i x_i + sum b_j y_j`` with exact coefficients.

    Guarantee: exact.

    Parameters
    ----------
    constant : Fraction
    x, y : tuples of (index, nonzero coefficient), indices ascending

    Examples
    --------
    >>> x, y = Affine.of_input(0), Affine.of_output(1)
    >>> term = 2 * x - y / 3 + 1
    >>> term.value((Q(1),), (Q(0), Q("1/2")))
    Fraction(17, 6)
    """

    constant: Fraction
    x: Terms = ()
    y: Terms = ()

    __repr__ = spelled_fields

    @classmethod
    def of_input(cls, index: int) -> Affine:
        """Return the term x_index."""
        return cls(Fraction(0), x=((index, Fraction(1)),))

    @classmethod
    def of_output(cls, index: int) -> Affine:
        """Return the term y_index."""
        return cls(Fraction(0), y=((index, Fraction(1)),))

    def value(self, x: Sequence[Fraction], y: Sequence[Fraction]) -> Fraction:
        """Evaluate at inputs x and outputs y.  Guarantee: exact."""
        total = self.constant
        for index, coefficient in self.x:
            total += coefficient * x[index]
        for index, coefficient in self.y:
            total += coefficient * y[index]
        return total

    def __add__(self, other: object) -> Affine:
        right = _affine(other)
        return Affine(self.constant + right.constant, _add(self.x, right.x), _add(self.y, right.y))

    __radd__ = __add__

    def scale(self, factor: Fraction) -> Affine:
        """Return factor times the term."""
        if not factor:
            return Affine(Fraction(0))
        return Affine(
            factor * self.constant,
            tuple((index, factor * c) for index, c in self.x),
            tuple((index, factor * c) for index, c in self.y),
        )

    def __neg__(self) -> Affine:
        return self.scale(Fraction(-1))

    def __sub__(self, other: object) -> Affine:
        return self + -_affine(other)

    def __rsub__(self, other: object) -> Affine:
        return -self + other

    def __mul__(self, other: object) -> Affine:
        if isinstance(other, Affine):
            raise Unsupported(
                "a formula needs affine terms, got a product of two terms",
                fix="multiply terms by exact numbers only; for polynomial targets use sup_error",
            )
        return self.scale(Q(other))

    __rmul__ = __mul__

    def __truediv__(self, other: object) -> Affine:
        if isinstance(other, Affine):
            raise Unsupported(
                "a formula needs affine terms, got a quotient of two terms",
                fix="divide terms by exact numbers only",
            )
        return self.scale(1 / Q(other))

    def __ge__(self, other: object) -> Atom:
        return Atom(self - other, strict=False)

    def __gt__(self, other: object) -> Atom:
        return Atom(self - other, strict=True)

    def __le__(self, other: object) -> Atom:
        return Atom(_affine(other) - self, strict=False)

    def __lt__(self, other: object) -> Atom:
        return Atom(_affine(other) - self, strict=True)


class _Joined:
    """What atoms, conjunctions and disjunctions share: the operators & | ~, and no truth value."""

    __slots__ = ()

    def __bool__(self) -> NoReturn:
        raise Unsupported(
            "a formula about terms is neither true nor false by itself; "
            "'and', 'or', 'not' and chained comparisons ask for its truth value",
            fix="write all_of(a, b), any_of(a, b), negate(a), and all_of(0 <= t, t <= 1) for 0 <= t <= 1",
        )

    def __and__(self, other: object) -> Formula:
        return all_of(self, other)

    def __or__(self, other: object) -> Formula:
        return any_of(self, other)

    def __invert__(self) -> Formula:
        return negate(self)


@dataclass(frozen=True, slots=True)
class Atom(_Joined):
    """The comparison ``term >= 0``, or ``term > 0`` if strict.  Guarantee: exact.

    Examples
    --------
    >>> y = Affine.of_output(0)
    >>> (y <= Q("3/2")).holds((), (Q(1),))
    True
    """

    term: Affine
    strict: bool

    def holds(self, x: Sequence[Fraction], y: Sequence[Fraction]) -> bool:
        """Evaluate at inputs x and outputs y.  Guarantee: exact."""
        value = self.term.value(x, y)
        return value > 0 if self.strict else value >= 0

    def opposite(self) -> Atom:
        """Return the negation, which is an atom again."""
        return Atom(-self.term, not self.strict)


@dataclass(frozen=True, slots=True)
class AllOf(_Joined):
    """A conjunction; without parts it is true.  Guarantee: exact."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class AnyOf(_Joined):
    """A disjunction; without parts it is false.  Guarantee: exact."""

    parts: tuple[Formula, ...]


Formula = Atom | AllOf | AnyOf
Clause = tuple[Atom, ...]
Clauses = tuple[Clause, ...]


def all_of(*parts: object) -> Formula:
    """Return the conjunction of formulas, or of one iterable of them; nested conjunctions are flattened.

    Guarantee: exact.

    Examples
    --------
    >>> x = Affine.of_input(0)
    >>> len(all_of(all_of(x >= 0, x <= 1), x <= 2).parts)
    3
    """
    return _join(AllOf, parts)


def any_of(*parts: object) -> Formula:
    """Return the disjunction of formulas, or of one iterable of them; nested disjunctions are flattened.

    Guarantee: exact.

    Examples
    --------
    >>> from verinet.claims.normal_forms import clauses
    >>> x = Affine.of_input(0)
    >>> clauses(any_of(x <= 0, x >= 1)) == ((x <= 0, x >= 1),)
    True
    """
    return _join(AnyOf, parts)


def equals(left: object, right: object) -> Formula:
    """Return ``left = right`` as two comparisons (``==`` compares terms as texts, not as values).

    Guarantee: exact.

    Examples
    --------
    >>> from verinet.claims.normal_forms import clauses
    >>> len(clauses(equals(Affine.of_output(0), 1)))
    2
    """
    difference = _affine(left) - right
    return all_of(difference >= 0, difference <= 0)


def negate(formula: object) -> Formula:
    """Return the negation, pushed to the atoms (De Morgan).

    Guarantee: exact.

    Examples
    --------
    >>> x = Affine.of_input(0)
    >>> negate(all_of(x >= 0, x < 1)) == any_of(x < 0, x >= 1)
    True
    """
    return fold(
        as_formula(formula),
        atom=lambda atom: atom.opposite(),
        conjunction=lambda parts: any_of(*parts),
        disjunction=lambda parts: all_of(*parts),
    )


def holds(formula: Formula, x: Sequence[Fraction], y: Sequence[Fraction]) -> bool:
    """Evaluate a formula at inputs x and outputs y.

    Guarantee: exact.

    Examples
    --------
    >>> x = Affine.of_input(0)
    >>> holds(any_of(x <= 0, x >= 1), (Q("1/2"),), ())
    False
    """
    return fold(formula, atom=lambda atom: atom.holds(x, y), conjunction=all, disjunction=any)


def variables(formula: Formula) -> tuple[int, int]:
    """Return (1 + largest input index, 1 + largest output index) that occur; 0 where none does.

    Guarantee: exact.

    Examples
    --------
    >>> variables(Affine.of_input(2) <= 0)
    (3, 0)
    """

    def widest(parts: list[tuple[int, int]]) -> tuple[int, int]:
        return max((p[0] for p in parts), default=0), max((p[1] for p in parts), default=0)

    def used(atom: Atom) -> tuple[int, int]:
        term = atom.term
        return (term.x[-1][0] + 1 if term.x else 0), (term.y[-1][0] + 1 if term.y else 0)

    return fold(formula, atom=used, conjunction=widest, disjunction=widest)


def fold(
    formula: Formula,
    *,
    atom: Callable[[Atom], T],
    conjunction: Callable[[list[T]], T],
    disjunction: Callable[[list[T]], T],
) -> T:
    """Combine the values of the parts upwards, by a loop (never by recursion).

    Guarantee: exact.

    Examples
    --------
    >>> x = Affine.of_input(0)
    >>> fold(all_of(x >= 0, x <= 1), atom=lambda atom: 1, conjunction=sum, disjunction=sum)
    2
    """
    done: list[T] = []
    waiting: list[tuple[Formula, bool]] = [(formula, False)]
    while waiting:
        part, visited = waiting.pop()
        if isinstance(part, Atom):
            done.append(atom(part))
        elif visited:
            count = len(part.parts)
            values = done[len(done) - count :]
            del done[len(done) - count :]
            done.append(conjunction(values) if isinstance(part, AllOf) else disjunction(values))
        else:
            waiting.append((part, True))
            waiting.extend((inner, False) for inner in reversed(part.parts))
    return done[0]


def as_formula(value: object) -> Formula:
    """Return the value if it is a formula; explain the usual mistakes if not.

    Guarantee: exact.

    Examples
    --------
    >>> as_formula(Affine.of_input(0) <= 0).strict
    False
    """
    if isinstance(value, Atom | AllOf | AnyOf):
        return value
    if isinstance(value, bool):
        raise Unsupported(
            f"a formula needs comparisons of terms, got the bool {value}: "
            "== compares terms as texts, and a comparison of plain numbers is settled already",
            fix="write equals(left, right) for an equation, and <=, <, >=, > between terms and numbers",
        )
    raise Unsupported(
        f"a formula needs comparisons of terms, got {type(value).__name__}",
        fix="compare terms from inputs(network) and outputs(network), join them with all_of and any_of",
    )


def total(terms: Iterable[Affine]) -> Affine:
    """Return the sum of many terms in time linear in their size.

    Guarantee: exact.

    Examples
    --------
    >>> total([Affine.of_input(0), Affine.of_output(0), Affine.of_input(0)]).x
    ((0, Fraction(2, 1)),)
    """
    constant = Fraction(0)
    x: dict[int, Fraction] = {}
    y: dict[int, Fraction] = {}
    for term in terms:
        constant += term.constant
        for sums, part in ((x, term.x), (y, term.y)):
            for index, coefficient in part:
                sums[index] = sums.get(index, Fraction(0)) + coefficient
    return Affine(constant, _sorted(x), _sorted(y))


def _join(kind: type[AllOf] | type[AnyOf], parts: tuple[object, ...]) -> Formula:
    if len(parts) == 1 and isinstance(parts[0], Iterable):
        parts = tuple(parts[0])
    flat: list[Formula] = []
    for part in map(as_formula, parts):
        if isinstance(part, kind):
            flat.extend(part.parts)
        else:
            flat.append(part)
    return flat[0] if len(flat) == 1 else kind(tuple(flat))


def _affine(value: object) -> Affine:
    if isinstance(value, Affine):
        return value
    if isinstance(value, tuple | list):
        raise Unsupported(
            f"a formula compares single terms, got a {type(value).__name__} of {len(value)}",
            fix="index it: outputs(network)[0]",
        )
    return Affine(Q(value))


def _add(left: Terms, right: Terms) -> Terms:
    if not left or not right:
        return left or right
    sums = dict(left)
    for index, coefficient in right:
        sums[index] = sums.get(index, Fraction(0)) + coefficient
    return _sorted(sums)


def _sorted(sums: dict[int, Fraction]) -> Terms:
    return tuple((index, sums[index]) for index in sorted(sums) if sums[index])
