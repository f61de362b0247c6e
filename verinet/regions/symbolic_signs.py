"""Signs of rational functions of parameters under a guard: the question on which every symbolic case rests.

A guard says for some irreducible polynomials which signs they have.  Whether a guard holds for some value of the
parameters is decided exactly where only one parameter is involved (its real roots are isolated) and where all
polynomials are affine (a rational point or Farkas multipliers); a solver is asked for the rest, and what rests on
its word is written down.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise, product
from typing import Any, Literal

from verinet.errors import BudgetExhausted
from verinet.exact.parameters import Parameter, sign
from verinet.exact.programs import Feasible, System, feasible
from verinet.exact.rationals import Q
from verinet.exact.solver import Point, Unsat, solve
from verinet.exact.terms import variables as real_variables
from verinet.regions.symbolic_field import EVERY, NEGATIVE, NOT_ZERO, POSITIVE, ZERO, Ground, Signs, formula
from verinet.work import Budget, keep_going

#: The signs that irreducible polynomials may have; never changed, always copied.
Guard = Mapping[Any, Signs]
Verdict = Literal["point", "irrational", "empty", "empty by the solver", "unknown"]

#: Conditions "not zero" that a linear program splits into two; more are left to the solver.
MOST_SPLIT = 6


class Fork(Exception):
    """A sign that the guard leaves open: the cases that are possible."""

    def __init__(self, polynomial: Any, parts: Sequence[Signs]) -> None:
        self.polynomial = polynomial
        self.parts = tuple(parts)


@dataclass(frozen=True, slots=True)
class Status:
    """Whether a guard holds somewhere, who says so, and a rational point if one is known."""

    verdict: Verdict
    point: tuple[tuple[int, Fraction], ...] = ()

    @property
    def empty(self) -> bool:
        """Whether no value is left, by exact means or by the solver's word."""
        return self.verdict in ("empty", "empty by the solver")


class Decider:
    """Decides guards, keeps what was decided, and remembers what rests on the solver's word.

    Parameters
    ----------
    ground : Ground
    seconds : float
        Limit of one question to the solver.
    budget : Budget, optional
        One step a question.

    Guarantee: exact, but for the guards in `by_solver` and what was answered "unknown".
    """

    def __init__(self, ground: Ground, seconds: float, budget: Budget | None = None) -> None:
        self.ground = ground
        self.seconds = seconds
        self.budget = Budget() if budget is None else budget
        self.by_solver: dict[frozenset[tuple[Any, Signs]], None] = {}
        self.names = real_variables("p", len(ground.parameters))
        self._ranges = list(ground.range_conditions())
        self._exact: dict[frozenset[tuple[Any, Signs]], Status | None] = {}
        self._known: dict[frozenset[tuple[Any, Signs]], Status] = {}
        self._possible: dict[tuple[Any, frozenset[tuple[Any, Signs]]], Signs] = {}
        self._on_sides: dict[tuple[Any, tuple[Parameter, ...]], int | None] = {}
        self._samples: dict[frozenset[tuple[int, ...]], list[tuple[Fraction, tuple[int, ...] | None]]] = {}

    def possible(self, polynomial: Any, guard: Guard) -> Signs:
        """The signs that an irreducible polynomial may have under the guard."""
        known = guard.get(polynomial, EVERY)
        if len(known) == 1:
            return known
        ranges = tuple(self.ground.parameters[i] for i in self.ground.used(polynomial))
        always = self._sign_on(polynomial, ranges)
        if always is not None:
            return frozenset({always})
        key = polynomial, frozenset(guard.items())
        if key not in self._possible:
            self._possible[key] = frozenset(
                s for s in known if not self.status({**guard, polynomial: frozenset({s})}).empty
            )
        return self._possible[key]

    def status(self, guard: Guard) -> Status:
        """Whether the guard holds for some value of the parameters; groups without a common parameter apart."""
        found = [self._component(part) for part in self._components(guard)]
        for verdict in ("empty", "empty by the solver", "unknown", "irrational"):
            if any(one.verdict == verdict for one in found):
                return Status(verdict)
        return Status("point", tuple(pair for one in found for pair in one.point))

    def implied(self, polynomial: Any, signs: Signs, guard: Guard) -> bool:
        """Whether exact means, without a solver, show that the guard leaves the polynomial no other sign."""
        return all(
            any(
                (found := self._exactly(part)) is not None and found.empty
                for part in self._components({**guard, polynomial: frozenset({other})})
                if polynomial in part
            )
            for other in EVERY - signs
        )

    def _components(self, guard: Guard) -> list[dict[Any, Signs]]:
        groups: list[tuple[set[int], dict[Any, Signs]]] = []
        for polynomial, signs in guard.items():
            places = set(self.ground.used(polynomial))
            merged: dict[Any, Signs] = {}
            apart = []
            for other, conditions in groups:
                if other & places:
                    places |= other
                    merged.update(conditions)
                else:
                    apart.append((other, conditions))
            merged[polynomial] = signs
            groups = [*apart, (places, merged)]
        return [conditions for _, conditions in groups]

    def _component(self, part: dict[Any, Signs]) -> Status:
        key = frozenset(part.items())
        if key not in self._known:
            keep_going()
            self.budget.spend()
            if self.budget.exhausted():
                raise BudgetExhausted(
                    f"symbolic regions: {self.budget.reason()}",
                    fix="give a larger budget, or narrower ranges of the parameters",
                )
            self._known[key] = self._exactly(part) or self._by_solver(part)
            if self._known[key].verdict == "empty by the solver":
                self.by_solver[key] = None
        return self._known[key]

    def _exactly(self, part: dict[Any, Signs]) -> Status | None:
        """What exact means say; None where they cannot tell."""
        key = frozenset(part.items())
        if key not in self._exact:
            self._exact[key] = self._decided(*self._with_ranges(part))
        return self._exact[key]

    def _with_ranges(self, part: dict[Any, Signs]) -> tuple[dict[Any, Signs], list[int]]:
        """The conditions with the assumptions on their parameters, and the places of these."""
        places = sorted({i for polynomial in part for i in self.ground.used(polynomial)})
        together = dict(part)
        for i, polynomial, signs in self._ranges:
            if i in places:
                together[polynomial] = together.get(polynomial, EVERY) & signs
        return together, places

    def _decided(self, conditions: dict[Any, Signs], places: Sequence[int]) -> Status | None:
        if any(not signs for signs in conditions.values()):
            return Status("empty")
        if len(places) == 1:
            return self._on_the_line(conditions, places[0])
        affine = all(sum(exponents) <= 1 for q in conditions for exponents in q.itermonoms())
        if affine and sum(signs == NOT_ZERO for signs in conditions.values()) <= MOST_SPLIT:
            return self._by_programs(conditions, places)
        return self._by_box(conditions, places)

    def _by_box(self, conditions: dict[Any, Signs], places: Sequence[int]) -> Status | None:
        """Empty, if the conditions on single parameters bound them so that another one has a wrong sign everywhere."""
        sides = {i: replace(p, low=None, high=None) for i, p in enumerate(self.ground.parameters) if i in places}
        for polynomial, signs in conditions.items():
            used = self.ground.used(polynomial)
            if len(used) == 1 and polynomial.degree(self.ground.ring.gens[used[0]]) == 1:
                root = -self.ground.fraction(polynomial.coeff(1)) / self.ground.fraction(polynomial.LC)
                sides[used[0]] = _cut(sides[used[0]], root, signs)
        if any(_is_empty(p) for p in sides.values()):
            return Status("empty")
        for polynomial, signs in conditions.items():
            found = self._sign_on(polynomial, tuple(sides[i] for i in self.ground.used(polynomial)))
            if found is not None and found not in signs:
                return Status("empty")
        return None

    def _sign_on(self, polynomial: Any, sides: tuple[Parameter, ...]) -> int | None:
        """`sign`, asked once, and not at all where it could not tell."""
        if len(sides) > 1 and any(p.low is None and p.high is None for p in sides):
            return None
        key = polynomial, sides
        if key not in self._on_sides:
            self._on_sides[key] = sign(polynomial.as_expr(), sides)
        return self._on_sides[key]

    def _on_the_line(self, conditions: dict[Any, Signs], place: int) -> Status:
        """One parameter: its real roots cut the line, and a sign is constant between them."""
        rows = {self._coefficients(q, place): signs for q, signs in conditions.items()}
        key = frozenset(rows)
        if key not in self._samples:
            self._samples[key] = list(_samples(list(rows)))
        irrational = False
        for value, owner in self._samples[key]:
            if all((0 if row == owner else _sign_at(row, value)) in signs for row, signs in rows.items()):
                if owner is None:
                    return Status("point", ((place, value),))
                irrational = True
        return Status("irrational" if irrational else "empty")

    def _coefficients(self, polynomial: Any, place: int) -> tuple[int, ...]:
        """Of a primitive polynomial in one parameter, highest power first."""
        row = [0] * (polynomial.degree(self.ground.ring.gens[place]) + 1)
        for exponents, coefficient in polynomial.terms():
            row[-1 - exponents[place]] = int(self.ground.rationals.numer(coefficient))
        return tuple(row)

    def _by_programs(self, conditions: dict[Any, Signs], places: Sequence[int]) -> Status:
        """Affine polynomials only: exact linear programs."""
        for choice in product(*((NEGATIVE, POSITIVE) if s == NOT_ZERO else (s,) for s in conditions.values())):
            rows, strict = [], []
            for polynomial, signs in zip(conditions, choice, strict=True):
                row = self._row(polynomial, places)
                for turned in (1, -1):
                    if -turned not in signs:  # turned * polynomial >= 0
                        rows.append(tuple(turned * entry for entry in row))
                        strict.append(0 not in signs)
            free = (None,) * len(places)
            found = feasible(System(tuple(rows), tuple(strict), free, free))
            if isinstance(found, Feasible):
                return Status("point", tuple(zip(places, found.point, strict=True)))
        return Status("empty")

    def _row(self, polynomial: Any, places: Sequence[int]) -> tuple[int, ...]:
        row = [0] * (len(places) + 1)
        for exponents, coefficient in polynomial.terms():  # primitive: integers
            place = next((places.index(i) + 1 for i, e in enumerate(exponents) if e), 0)
            row[place] = int(self.ground.rationals.numer(coefficient))
        return tuple(row)

    def _by_solver(self, part: dict[Any, Signs]) -> Status:
        conditions, places = self._with_ranges(part)
        constraints = [formula(self.ground.term(q, self.names), signs) for q, signs in conditions.items()]
        left = self.budget.left()
        seconds = self.seconds if left is None else max(min(self.seconds, left), 0.001)
        found = solve(constraints, [self.names[i] for i in places], seconds)
        if isinstance(found, Point):
            return Status("point", tuple(zip(places, found.values, strict=True)))
        return Status("empty by the solver" if isinstance(found, Unsat) else "unknown")


def _cut(p: Parameter, root: Fraction, signs: Signs) -> Parameter:
    """The parameter minus the root has one of these signs, all but "not zero" taken into account."""
    if 1 not in signs and (p.high is None or (root, 0 in signs) <= (p.high, not p.high_open)):
        p = replace(p, high=root, high_open=0 not in signs)
    if -1 not in signs and (p.low is None or (-root, 0 in signs) <= (-p.low, not p.low_open)):
        p = replace(p, low=root, low_open=0 not in signs)
    return p


def _is_empty(p: Parameter) -> bool:
    if p.low is None or p.high is None:
        return False
    return p.low > p.high or (p.low == p.high and (p.low_open or p.high_open))


def _sign_at(row: Sequence[int], value: Fraction) -> int:
    """The sign of a polynomial, highest power first, at p/q: that of an integer."""
    total, power = 0, 1
    for coefficient in row:
        total = total * value.numerator + coefficient * power
        power *= value.denominator
    return (total > 0) - (total < 0)


def _samples(rows: Sequence[tuple[int, ...]]) -> Iterator[tuple[Fraction, tuple[int, ...] | None]]:
    """A rational value in every open interval between the real roots of distinct irreducible polynomials, and every
    root: itself if rational (owner None), else a rational value near it at which only the owner's sign is another."""
    roots = _isolated(rows)
    if not roots:
        yield Fraction(0), None
        return
    yield roots[0][0] - 1, None
    for i, (low, high) in enumerate(roots):
        if low == high:
            yield low, None
        else:
            owner = next(row for row in rows if len(row) > 2 and _sign_at(row, low) * _sign_at(row, high) < 0)
            yield (low + high) / 2, owner
        yield ((high + roots[i + 1][0]) / 2 if i + 1 < len(roots) else high + 1), None


def _isolated(rows: Sequence[tuple[int, ...]]) -> list[tuple[Fraction, Fraction]]:
    """Disjoint closed intervals around the real roots, ascending, a rational root as its own two ends."""
    import sympy

    rational = [Fraction(-row[1], row[0]) for row in rows if len(row) == 2]
    higher = [row for row in rows if len(row) > 2]  # irreducible, so that all their roots are irrational
    x = sympy.Dummy("x")
    together = sympy.prod([sympy.Poly(list(row), x, domain="QQ") for row in higher])
    eps = sympy.Rational(1, 4)
    while True:
        found = [(Q(low), Q(high)) for (low, high), _ in together.intervals(eps=eps)] if higher else []
        roots = sorted([*((root, root) for root in rational), *found])
        if all(a[1] < b[0] for a, b in pairwise(roots)):
            return roots
        eps /= 4


class Oracle:
    """Signs under one guard; what the guard leaves open becomes a `Fork`.

    Guarantee: exact, as its decider.
    """

    def __init__(self, decider: Decider, guard: Guard) -> None:
        self.decider = decider
        self.guard = guard

    def sign(self, element: Any) -> int:
        """-1, 0 or 1."""
        number, factors = self._factors(element)
        for polynomial, power, zero_allowed in factors:
            parts = (NEGATIVE, ZERO, POSITIVE) if power % 2 else (ZERO, NOT_ZERO)
            chosen = self._choose(polynomial, parts, zero_allowed)
            if chosen == ZERO:
                return 0
            if power % 2:
                number *= next(iter(chosen))
        return number

    def is_zero(self, element: Any) -> bool:
        """Whether it is 0."""
        number, factors = self._factors(element)
        return number == 0 or any(
            self._choose(polynomial, (ZERO, NOT_ZERO), True) == ZERO for polynomial, _, top in factors if top
        )

    def _factors(self, element: Any) -> tuple[int, list[tuple[Any, int, bool]]]:
        if not element:
            return 0, []
        ground = self.decider.ground
        top_sign, top = ground.factors(element.numer)
        bottom_sign, bottom = ground.factors(element.denom)
        # denominators are never 0: entries have no poles, and nothing is divided by what may vanish
        return top_sign * bottom_sign, [*((q, k, True) for q, k in top), *((q, k, False) for q, k in bottom)]

    def _choose(self, polynomial: Any, parts: Sequence[Signs], zero_allowed: bool) -> Signs:
        possible = self.decider.possible(polynomial, self.guard)
        if not zero_allowed:
            possible -= ZERO
        left = [part & possible for part in parts if part & possible]
        if len(left) == 1:
            return next(part for part in parts if part & possible)
        raise Fork(polynomial, left)
