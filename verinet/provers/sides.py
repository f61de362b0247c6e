"""Is a case with one more hypothesis empty?  Floats propose, integers decide.

A float optimum that is clearly positive opens the side (at worst the search visits an empty case, which it then
closes); a negative one is believed only after its multipliers pass the kernel's integer test; anything in
between, and every case that may lie in a hyperplane, goes to the exact linear program.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from verinet.exact.explorer import Explorer
from verinet.exact.programs import Infeasible, Interior, System, feasible, interior
from verinet.provers.cases import Box, Case, Floats, Hypothesis
from verinet.provers.multipliers import SUPPORT, certify, contradicts

#: A float optimum above this opens a side without more ado: forms vary by at most 2 over the box.
CLEAR = 1e-7


@dataclass(frozen=True, slots=True, eq=False)
class Open:
    """The side may have points: a float one (box coordinates) or an exact one."""

    guess: Floats | None
    exact: tuple[Fraction, ...] | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """The side is empty: multipliers of (position among the added forms then the active ones, factor)."""

    multipliers: tuple[tuple[int, int], ...]


@dataclass(slots=True)
class Oracle:
    """Linear programs over the cases of one search, warm-started from case to case."""

    box: Box
    _explorer: Explorer | None = None
    _loaded: list[Hypothesis] = field(default_factory=list)

    def side(self, case: Case, added: Sequence[Hypothesis]) -> Open | Closed:
        """Is the case with these further hypotheses empty?  The last one is maximised over the others."""
        *others, form = added
        if contradicts([(len(others), 1)], added, self.box.domain):
            return Closed(((len(others), 1),))
        if self.box.bounded and not case.degenerate:
            answer = self._proposed(case, others, form)
            if answer is not None:
                return answer
        return self.decide(case, added)

    def _proposed(self, case: Case, others: Sequence[Hypothesis], form: Hypothesis) -> Open | Closed | None:
        if case.corners is not None and not others:
            value, point, shares = case.corners.largest(form)
            if value > CLEAR:
                return Open(point)
            duals = [1.0, *(shares.get(position, 0.0) for position in range(len(case.active)))]
            found = certify(duals, [form, *case.active], self.box.domain, -value)
            if found:
                return Closed(tuple(found))
        explorer = self._loaded_with([*case.active, *others])
        result = explorer.minimize(np.concatenate(([-form.constant], -form.slopes)))
        if result is None:
            return None
        value, point, duals = result
        if -value > CLEAR:
            return Open(point)
        if value > -SUPPORT:
            count = len(case.active)
            forms = [*others, form, *case.active]
            found = certify([*duals[count:], 1.0, *duals[:count]], forms, self.box.domain, value)
            if found:
                return Closed(tuple(found))
        return None

    def decide(self, case: Case, added: Sequence[Hypothesis]) -> Open | Closed:
        """The exact answer: a point that satisfies the added forms too, strict ones strictly, or multipliers."""
        forms = [*added, *case.active]
        answer = feasible(self._system(forms))
        if isinstance(answer, Infeasible):
            return Closed(tuple(answer.multipliers))
        return Open(None, answer.point)

    def interior(self, case: Case) -> tuple[Fraction, ...] | Closed:
        """An interior point of the case, or multipliers that show it thin."""
        answer = interior(self._system(case.active))
        return answer.point if isinstance(answer, Interior) else Closed(tuple(answer.multipliers))

    def _system(self, forms: Sequence[Hypothesis]) -> System:
        return System(
            tuple(form.row for form in forms), tuple(form.strict for form in forms), self.box.low, self.box.high
        )

    def _loaded_with(self, forms: Sequence[Hypothesis]) -> Explorer:
        """The explorer with exactly these rows, keeping the prefix it shares with the last case."""
        if self._explorer is None:
            self._explorer = Explorer(*self.box.ends)
        same = 0
        for old, new in zip(self._loaded, forms, strict=False):
            if old is not new:
                break
            same += 1
        if same < len(self._loaded):
            self._explorer.pop(len(self._loaded) - same)
        for form in forms[same:]:
            self._explorer.push(np.concatenate(([form.constant], form.slopes)))
        self._loaded = list(forms)
        return self._explorer
