"""From a violation to a claim: "no x of the input set violates" as one domain and clauses on it.

A violation is a formula over inputs x and outputs y that should never be true (the reading of VNN-LIB).
What it demands of x alone becomes the domain as far as it is common to all cases; every case that remains
(one part of the disjunctive normal form) becomes one clause, its negation.  On the domain the clauses say
exactly that the violation is false, and outside of it the violation is false anyway.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from verinet.claims.formulas import AllOf, AnyOf, Atom, Clause, Clauses, Formula
from verinet.claims.normal_forms import disjuncts, size
from verinet.errors import EmptyDomain, NotBounded, Unsupported
from verinet.geometry.polyhedra import Bound, Halfspace, Polyhedron

#: Most cases of a violation; an `or` of `or`s joined by `and` has the product of their sizes.
MOST_CASES = 10_000
#: Most atoms of all cases together.
MOST_CASE_ATOMS = 4_000_000


@dataclass(frozen=True, slots=True)
class Safety:
    """The domain and the clauses that together say: the violation never happens.  Guarantee: exact."""

    domain: Polyhedron
    clauses: Clauses


def safety(violation: Formula, inputs: int) -> Safety:
    """Compile a violation.

    Guarantee: exact (equivalent at every point).

    Parameters
    ----------
    violation : Formula
    inputs : int
        Number of inputs.

    Returns
    -------
    Safety
        The domain is the box of the bounds common to all cases; where a side is not among them, the
        bound that covers all cases; and the other input constraints common to all cases as halfspaces.

    Raises
    ------
    EmptyDomain
        If no x meets the input constraints.
    NotBounded
        If an input is unbounded in some case, naming it.
    Unsupported
        If there are more than 10 000 cases.

    Examples
    --------
    >>> from verinet.claims.formulas import Affine, all_of, any_of
    >>> x, y = Affine.of_input(0), Affine.of_output(0)
    >>> result = safety(all_of(x >= 0, any_of(all_of(x <= 1, y > 5), all_of(x <= 2, y < -5))), 1)
    >>> result.domain.high, [len(clause) for clause in result.clauses]
    ((Fraction(2, 1),), [2, 1])
    """
    parts = violation.parts if isinstance(violation, AllOf) else (violation,)
    common = [part for part in parts if isinstance(part, Atom) and not part.term.y]
    rest = AllOf(tuple(part for part in parts if not (isinstance(part, Atom) and not part.term.y)))
    frame = _set_of(common, inputs)
    cases = _cases(rest)
    sets = [(case, _set_of((atom for atom in case if not atom.term.y), inputs, frame)) for case in cases]
    sets = [(case, region) for case, region in sets if not _plainly_empty(region)]
    domain = _cover(frame, [region for _, region in sets])
    if not any(not region.is_empty for _, region in sets):
        raise _no_input()
    return Safety(domain, _clauses(domain, [case for case, _ in sets]))


def input_boxes(violation: Formula, inputs: int) -> tuple[Polyhedron, ...]:
    """Return what every case of a violation demands of the inputs, without the sets that are plainly empty.

    Guarantee: exact.

    Raises
    ------
    Unsupported
        If there are more than 10 000 cases.

    Examples
    --------
    >>> from verinet.claims.formulas import Affine, all_of, any_of
    >>> x, y = Affine.of_input(0), Affine.of_output(0)
    >>> sets = input_boxes(all_of(x >= 0, any_of(all_of(x <= 1, y > 5), all_of(x <= 2, y < -5), x < -1)), 1)
    >>> [(str(found.low[0]), str(found.high[0])) for found in sets]
    [('0', '1'), ('0', '2')]
    """
    sets = (_set_of((atom for atom in case if not atom.term.y), inputs) for case in _cases(violation))
    return tuple(dict.fromkeys(found for found in sets if not _plainly_empty(found)))


def _cases(rest: Formula) -> Clauses:
    count, _ = size(rest, AnyOf)
    if count > MOST_CASES:
        raise Unsupported(
            f"this property has {count} cases (its 'or's multiplied out), more than {MOST_CASES}",
            fix="split it into several properties, one for each part of an 'or'",
        )
    return disjuncts(rest, most=MOST_CASE_ATOMS)


def _set_of(atoms: Iterable[Atom], inputs: int, within: Polyhedron | None = None) -> Polyhedron:
    """Return the set of x that meet the atoms: bounds in the box, the rest as halfspaces."""
    free: tuple[Bound, ...] = (None,) * inputs
    low: list[Bound] = list(within.low if within else free)
    high: list[Bound] = list(within.high if within else free)
    halfspaces = list(within.halfspaces if within else ())
    for atom in atoms:
        terms = atom.term.x
        if len(terms) == 1:
            # the box is closed; a strict bound becomes a halfspace as well
            j, slope = terms[0]
            bound = -atom.term.constant / slope
            side, tighter = (low, max) if slope > 0 else (high, min)
            old = side[j]
            side[j] = bound if old is None else tighter(old, bound)
        if len(terms) != 1 or atom.strict:
            normal = [Fraction(0)] * inputs
            for j, coefficient in terms:
                normal[j] = -coefficient
            if terms or not atom.holds((), ()):
                halfspaces.append(Halfspace(tuple(normal), atom.term.constant, atom.strict))
    return Polyhedron(tuple(low), tuple(high), tuple(dict.fromkeys(halfspaces)))


def _plainly_empty(region: Polyhedron) -> bool:
    """Tell whether a side of the box has low > high; the halfspaces are left to `Polyhedron.point`."""
    sides = zip(region.low, region.high, strict=True)
    return any(low is not None and high is not None and low > high for low, high in sides)


def _cover(frame: Polyhedron, sets: list[Polyhedron]) -> Polyhedron:
    """Return the frame with its missing sides replaced by bounds that cover all sets."""
    if frame.has_bounded_box:
        return frame
    boxes = []
    for index, region in enumerate(sets):
        try:
            boxes.append(region.bounding_box())
        except EmptyDomain:
            continue
        except NotBounded as error:
            of_case = f" in case {index + 1} of {len(sets)}" if len(sets) > 1 else ""
            raise NotBounded(
                f"a property needs bounded inputs, but {error.problem}{of_case}",
                fix="assert a lower and an upper bound of every X_i, for all cases or in every one",
            ) from error
    if not boxes:
        raise _no_input()
    lows = (
        min(side for side in column if side is not None) for column in zip(*(hull.low for hull in boxes), strict=True)
    )
    highs = (
        max(side for side in column if side is not None) for column in zip(*(hull.high for hull in boxes), strict=True)
    )
    low = tuple(old if old is not None else new for old, new in zip(frame.low, lows, strict=True))
    high = tuple(old if old is not None else new for old, new in zip(frame.high, highs, strict=True))
    return Polyhedron(low, high, frame.halfspaces)


def _clauses(domain: Polyhedron, cases: list[Clause]) -> Clauses:
    """Return one clause a case: the negated atoms that the domain does not settle."""
    settled: dict[Atom, bool | None] = {}  # atoms come back in many cases
    clauses: list[Clause] = []
    for case in cases:
        truths = []
        for atom in case:
            if atom not in settled:
                settled[atom] = _settled(atom, domain)
            truths.append(settled[atom])
        # a case with an atom that is false on the whole domain cannot happen
        if False not in truths:
            opened = (atom for atom, truth in zip(case, truths, strict=True) if truth is None)
            clauses.append(tuple(atom.opposite() for atom in opened))
    if not clauses:
        raise _no_input()
    return tuple(dict.fromkeys(clauses))


def _settled(atom: Atom, domain: Polyhedron) -> bool | None:
    """Return the truth value that an atom has on the whole box of the domain, None if it has none."""
    if atom.term.y:
        return None
    low, high = _range(atom, domain)
    if low > 0 or (low == 0 and not atom.strict):
        return True
    if high < 0 or (high == 0 and atom.strict):
        return False
    return None


def _range(atom: Atom, domain: Polyhedron) -> tuple[Fraction, Fraction]:
    """Return the exact range of an atom's term over the (bounded) box of the domain."""
    low = high = atom.term.constant
    for j, coefficient in atom.term.x:
        ends = [coefficient * end for end in (domain.low[j], domain.high[j]) if end is not None]
        low, high = low + min(ends), high + max(ends)
    return low, high


def _no_input() -> EmptyDomain:
    return EmptyDomain(
        "no input meets the property's input constraints: a claim about no point says nothing",
        fix="check the bounds of the X_i for a swapped pair or a wrong sign",
    )
