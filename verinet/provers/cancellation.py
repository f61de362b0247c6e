"""Prove that two networks are equal on a case: equal bends are counted together, and their coefficients add up to 0.

Units that bend in the case are *named*: their values become coordinates.  Two named units whose bends lie along the
same set have equal values up to a factor and an affine form; each half of this is a lemma, a cut whose other side
is closed by one branch.  The difference of the outputs is then a combination of lemmas.  The leaves of the lemmas add,
where splits along the bends would multiply.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from math import gcd, lcm

from verinet import kernel
from verinet.provers.bends import Signs
from verinet.provers.cases import hex_number
from verinet.provers.refutation import Row, Script, Step, multipliers, refute, whole

#: A form: coefficients of coordinates (-1: the constant), zeros left out.
Form = dict[int, Fraction]


class NotCancelled(Exception):
    """The bends leave something over in this case."""


@dataclass(frozen=True, slots=True)
class Bend:
    """A named unit: r(g), as a form of its value, in units of the bend that it belongs to.

    The bend is r(h); `share` = r(h) as a form of the coordinates, `level` = h likewise.
    """

    which: int
    place: int
    group: int
    share: Form
    level: Form
    rows: tuple[int, ...]  # where its rows stand among the hypotheses


@dataclass(slots=True)
class Closing:
    """The last part of a case: names, lemmas, goal."""

    script: Script
    case: kernel.Case
    inputs: int
    bends: list[Bend] = field(default_factory=list)
    by_place: dict[int, Bend] = field(default_factory=dict)
    #: Named coordinates as forms of inputs and bends (bend k is coordinate -2 - k).
    meaning: dict[int, Form] = field(default_factory=dict)
    groups: dict[tuple[tuple[int, Fraction], ...], int] = field(default_factory=dict)
    #: (larger, smaller) -> place of the hypothesis share(larger) - share(smaller) >= 0 and its factor.
    lemmas: dict[tuple[int, int], tuple[int, Fraction]] = field(default_factory=dict)
    #: What closes the high sides of splits that go on at their low side.
    later: list[Script] = field(default_factory=list)

    def run(self, phases: Sequence[Signs]) -> None:
        """Close the case.

        Raises
        ------
        NotCancelled, Contradicted
            If the signs do not make the networks equal, or a unit has another sign somewhere.
        """
        for network, layers in enumerate(self.script.statement.networks):
            for layer in range(len(layers)):
                self.layer(phases[sum(map(len, self.script.statement.networks[:network])) + layer])
                if layer + 1 < len(layers) or network == 0:
                    (self.case,) = self.script.move(self.case, ["next"])
        found_outputs = kernel.final_outputs(self.script.statement, self.case, "search")
        outputs = [(form, over) for form, over in found_outputs if not isinstance(form, dict)]
        forms = [kernel.negated(clause, outputs)[0][0] for clause in self.script.statement.clauses]
        found = [self.combination(row) for row in forms]  # all lemmas, before their places are counted
        self.script.leaf(["goal", *map(self.numbered, found)])
        for script in reversed(self.later):
            self.script.follow(script)

    def layer(self, phases: Signs) -> None:
        """Settle the units of one sign, and name those of two."""
        slots = self.case.slots
        for unit in [k for k, (first, last) in enumerate(slots) if first != last and phases[k]]:
            self.case, later = settle(self.script, self.case, unit, int(phases[unit]))
            self.later.append(later)
        for unit in [k for k, (first, last) in enumerate(slots) if first != last and not phases[k]]:
            self.name(unit)

    def name(self, unit: int) -> None:
        """Name a unit; its rows say that it lies on one side of both its pieces."""
        low, high = self.case_table(unit)
        q, t = self.activations_over, low.until or 0
        rise = (high.slope or 0) - (low.slope or 0)
        side = 1 if rise > 0 else -1
        rows = [[hex_number(side * e) for e in (-p.offset, -(p.slope or 0), q)] for p in (low, high)]
        before, row, over = len(self.case.hypotheses), self.case.rows[unit], self.case.over
        (self.case,) = self.script.move(self.case, ["name", unit, "0", None, None, *rows])
        place = len(self.case.box.ends) - 1
        z = scaled(as_form(row), Fraction(1, over))
        g = added(z, {-1: Fraction(-t, q)})
        base = added(scaled(z, Fraction(low.slope or 0, q)), {-1: Fraction(low.offset, q)})
        kappa = Fraction(rise, q)
        ramp = scaled(added({place: Fraction(1)}, base, -1), 1 / kappa)  # r(g) in the new coordinate
        meant = self.read(g)
        key, factor = direction(meant)
        group = self.groups.setdefault(key, len(self.groups))
        level = scaled(g, 1 / factor)
        share = scaled(ramp, 1 / abs(factor))
        true_ramp: Form = {-2 - group: abs(factor)}
        if factor < 0:  # r(g) = |factor| (r(h) - h)
            share, true_ramp = added(share, level), added(true_ramp, meant)
        self.meaning[place] = added(self.read(base), scaled(true_ramp, kappa))
        bend = Bend(len(self.case.names) - 1, place, group, share, level, (before, before + 1))
        self.bends.append(bend)
        self.by_place[place] = bend

    @property
    def activations_over(self) -> int:
        """Denominator of the tables of the present layer."""
        return self.script.statement.networks[self.case.network][self.case.layer].activations_over

    def case_table(self, unit: int) -> list[kernel.Piece]:
        """The activation of a unit of the present layer."""
        return self.script.statement.networks[self.case.network][self.case.layer].tables[unit]

    def read(self, form: Form) -> Form:
        """The form in inputs and bends."""
        parts = [scaled(self.meaning.get(place, {place: Fraction(1)}), entry) for place, entry in form.items()]
        return reduce(added, parts, {})

    def transport(self, form: Form) -> list[tuple[Bend, Bend, Fraction]]:
        """The form as a sum of amount * (share of one unit - share of another of the same bend), amounts > 0.

        Raises
        ------
        NotCancelled
            If it is no such sum.
        """
        found: list[tuple[Bend, Bend, Fraction]] = []
        form = dict(form)
        while form:
            top = max(form)
            if top not in self.by_place:
                raise NotCancelled
            members = [bend for bend in self.bends if bend.group == self.by_place[top].group]
            amounts = [form.get(bend.place, Fraction(0)) / bend.share[bend.place] for bend in members]
            if len(members) < 2:
                raise NotCancelled
            for more, less, amount in carried(amounts):
                found.append((members[more], members[less], amount))
                difference = added(members[more].share, members[less].share, -1)
                form = added(form, scaled(difference, amount), -1)
            if top in form:
                raise NotCancelled
        return found

    def combination(self, row: Row) -> list[tuple[int, Fraction]]:
        """Places and multipliers of lemmas that contradict row > 0 with multiplier 1; the lemmas are proved first."""
        found: dict[int, Fraction] = {}
        for more, less, amount in self.transport(as_form(row)):
            place, factor = self.lemma(less, more)
            found[place] = found.get(place, Fraction(0)) + amount * factor
        return sorted(found.items())

    def lemma(self, larger: Bend, smaller: Bend) -> tuple[int, Fraction]:
        """The hypothesis share(larger) - share(smaller) >= 0: its place, and what it must be multiplied by.

        It is cut off, and the other side branched at the smaller: there r(h) is 0 or h, and the larger is at
        least both.
        """
        key = (larger.which, smaller.which)
        if key in self.lemmas:
            return self.lemmas[key]
        needed = self.level_lemmas(larger, smaller)
        form = added(larger.share, smaller.share, -1)
        row = dense(form)
        low, high = self.script.move(self.case, ["cut", [hex_number(entry) for entry in row], "right"])
        self.case = high
        for child in self.script.move(low, ["branch", smaller.which, "left"]):
            last = len(child.hypotheses)
            places = [*needed, *larger.rows, *range(last - 4, last)]
            found = multipliers(self.script, child, places, last - 4)
            if isinstance(found, list):
                self.script.leaf(["empty", *found])
            else:
                refute(self.script, child, last - 4)
        place = next(k for k in form if k >= 0)
        self.lemmas[key] = (len(self.case.hypotheses) - 1, form[place] / row[place + 1])
        return self.lemmas[key]

    def level_lemmas(self, first: Bend, second: Bend) -> list[int]:
        """Places of the lemmas that make the levels of two units of one bend equal."""
        pairs = self.transport(added(first.level, second.level, -1))
        return sorted({self.lemma(*pair)[0] for a, b, _ in pairs for pair in ((a, b), (b, a))})

    def numbered(self, found: list[tuple[int, Fraction]]) -> list[Step]:
        """The multipliers as the kernel counts them in a goal: 0 is the negated atom, then the newest hypothesis."""
        over = lcm(*(m.denominator for _, m in found))
        last = len(self.case.hypotheses)
        pairs = [(0, over), *((last - place, int(m * over)) for place, m in found)]
        common = gcd(*(m for _, m in pairs))
        return [[place, hex_number(m // common)] for place, m in pairs]


def settle(script: Script, case: kernel.Case, unit: int, phase: int) -> tuple[kernel.Case, Script]:
    """Split a unit of the present layer and close the side that is empty; go on with the other one.

    The low side comes first in the list of steps: where that is the one to go on with, what closes the high side
    has to wait, and is given back.
    """
    low, high = script.move(case, ["split", unit, "right" if phase > 0 else "left"])
    later = Script(script.statement, shadows=script.shadows, deepest=script.deepest)
    if phase > 0:
        refute(script, low, len(low.hypotheses) - 1)
        return high, later
    refute(later, high, len(high.hypotheses) - 1)
    return low, later


def as_form(row: Sequence[int]) -> Form:
    """A row over (1, coordinates) as a form."""
    return {place - 1: Fraction(entry) for place, entry in enumerate(row) if entry}


def dense(form: Form) -> Row:
    """The primitive integer row in the direction of a form of coordinates."""
    return whole([form.get(place, Fraction(0)) for place in range(-1, max(form) + 1)])


def scaled(form: Form, factor: Fraction) -> Form:
    """factor * form."""
    return {place: entry * factor for place, entry in form.items()} if factor else {}


def added(first: Form, second: Form, factor: int | Fraction = 1) -> Form:
    """first + factor * second."""
    total = dict(first)
    for place, entry in second.items():
        value = total.get(place, Fraction(0)) + factor * entry
        if value:
            total[place] = value
        else:
            total.pop(place, None)
    return total


def direction(form: Form) -> tuple[tuple[tuple[int, Fraction], ...], Fraction]:
    """The form up to a factor, with its last entry 1, and the factor.

    Raises
    ------
    NotCancelled
        If the form is a constant: then nothing bends.
    """
    if not set(form) - {-1}:
        raise NotCancelled
    factor = form[max(form, key=abs)]
    return tuple(sorted((place, entry / factor) for place, entry in form.items())), factor


def carried(amounts: Sequence[Fraction]) -> Iterator[tuple[int, int, Fraction]]:
    """Pairs (from, to, amount) with sum amount (e_from - e_to) = amounts, up to a multiple of e_0.

    Equal amounts are paired first, which keeps the number of pairs small.
    """
    rest = [amounts[0] - sum(amounts), *amounts[1:]]
    for exact in (True, False):
        for more in range(len(rest)):
            for less in range(len(rest)):
                amount = min(rest[more], -rest[less])
                if amount > 0 and (not exact or rest[more] == -rest[less]):
                    rest[more], rest[less] = rest[more] - amount, rest[less] + amount
                    yield more, less, amount
