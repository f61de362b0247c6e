"""Universal claims, existence, counts and values; nothing is called proved before the kernel has accepted it.

First a quick look for a counterexample and a short tree search, then a long one of each; when the budget runs out,
z3 gets a small rest of it to look for a counterexample.  A point that refutes is evaluated exactly on the network as it
was read or built, not on the chain that the statement embeds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from verinet import kernel
from verinet.claims.formulas import all_of, any_of, negate
from verinet.claims.language import (
    Always,
    Cells,
    Equal,
    Fails,
    LinearRegions,
    Somewhere,
    SupErrorAtMost,
    SupErrorEquals,
    Value,
)
from verinet.claims.normal_forms import clauses
from verinet.claims.verdicts import Certificate, Counterexample, Proved, Refuted, Theorem, Unknown, Verdict
from verinet.errors import CertificateRejected, Unsupported
from verinet.provers import branching, subtrees
from verinet.provers.cases import Box, box_of, common, hex_number
from verinet.provers.check_costs import stepwise
from verinet.provers.refute import attack, fails_at
from verinet.provers.smt import is_small, second_look, without_share
from verinet.provers.tree import Fails as Failure
from verinet.provers.tree import Steps, Stopped, sample_points, search
from verinet.work import Budget, Progress

Json = dict[str, Any]
STARTS = 512
FEW_STARTS = 128
#: Cases that the tree may visit before the refuter is asked to look harder.
FIRST_STEPS = 300
#: Of the time that is left, what the refuter may use.
REFUTER_SHARE = 0.25
#: The same where bounds of units apply: their linear programs find counterexamples too.
BRIEF_SHARE = 0.08
#: From so many units with a breakpoint on, bounds of all units are tried before cells.
MANY_UNITS = 24
#: Boxes that they may look at before the refuter is asked to look harder, and in all where there is no limit of time.
FEW_BOXES = 80
MANY_BOXES = 200
#: Of the time that is left, what bounds of units may use before cells are enumerated.
BOUNDS_SHARE = 0.9
#: A proof of more steps is handed to the kernel line by line.
LONG = 10_000
#: Smaller bounds tried when one that holds is not attained.
HALVINGS = 12


def read(data: Json) -> kernel.Statement:
    """The statement as the kernel understands it.

    Raises
    ------
    Unsupported
        If the certificate format does not have it: linear regions of a network that jumps, say.
    """
    try:
        return kernel.read_statement(data)
    except kernel.Rejected as error:
        raise Unsupported(
            f"the certificate format does not have this statement: {error}",
            fix="state a claim that the format has (docs/certificate-format.md); count cells where a network jumps",
        ) from error


def universal(claim: Always | Equal | SupErrorAtMost | SupErrorEquals, budget: Budget, progress: Progress) -> Verdict:
    data = claim.statement()
    statement = read(data)
    if statement.domain is None:
        return Unknown("the statement has no domain")
    box = box_of(statement.domain)
    if not box.bounded:
        plain = next((point for point in _plain_points(claim) if fails_at(claim, point)), None)
        if plain is not None:
            return refuted(claim, plain)
    whole, budget = budget, without_share(budget) if is_small(claim) else budget
    outcome: Steps | Failure | Stopped = Stopped("not searched", 0)
    # What a journal holds a part of has had its short looks, in vain.
    begun = any(subtrees.begun(name, statement, {}) for name in ("tree", "propagation"))
    named = branching.applies(statement)
    for deep in (True,) if begun else (False, True):
        left = budget.left()
        part = BRIEF_SHARE if named else REFUTER_SHARE
        share = budget if left is None else Budget(left * part)
        starts = sample_points(box, STARTS if deep else FEW_STARTS)
        point = None if begun else attack(claim, statement, box, starts, share, deep)
        if point is not None:
            return refuted(claim, point)
        progress.update(0, 1, "no counterexample by descent; splitting")
        steps = FIRST_STEPS if budget.steps is None else min(FIRST_STEPS, budget.steps - budget.spent)
        limits = budget if deep else Budget(budget.left(), steps)
        with subtrees.alone(short=not deep):
            outcome = _searched(statement, limits, progress, deep)
        if not isinstance(outcome, Stopped) or budget.exhausted() or outcome.final:
            break
    if isinstance(outcome, Stopped):
        if not budget.exhausted() or outcome.final:
            return Unknown(f"{outcome.reason} after {outcome.leaves} leaves")
        reason = f"{whole.reason()} after {outcome.leaves} leaves"
        look = second_look(claim, whole.left())
        if isinstance(look, str):
            return Unknown(f"{reason}; {look}" if look else reason)
        return refuted(claim, look)
    if isinstance(outcome, Failure):
        return refuted(claim, outcome.point)
    evidence: Json = {"steps": outcome.steps}
    if isinstance(claim, SupErrorEquals):
        attained = next((p for p in outcome.contacts if claim.attained_at(p)), None)
        if attained is None:
            return _smaller(claim, box, budget, progress)
        errors = [abs(v - t.value(attained)) for v, t in zip(claim.outputs_at(attained), claim.targets, strict=True)]
        evidence |= {"point": point_json(attained), "output": errors.index(max(errors))}
    return certified(claim.text(), data, evidence)


def _plain_points(claim: Always | Equal | SupErrorAtMost | SupErrorEquals) -> Iterator[tuple[Fraction, ...]]:
    """Where the domain has no end floats do not descend: a point of the domain, and points beside it on the axes."""
    start = claim.domain.point()
    yield start
    for axis in range(len(start)):
        for step in (1, -1, 1000, -1000):
            yield tuple(entry + step * (place == axis) for place, entry in enumerate(start))


def _searched(statement: kernel.Statement, budget: Budget, progress: Progress, deep: bool) -> Steps | Failure | Stopped:
    """By bounds of all units where they help; cell by cell where they do not, and first where the network is small."""
    if not branching.applies(statement) or (not deep and branching.bent_units(statement) < MANY_UNITS):
        return search(statement, budget, progress)
    left = budget.left()
    if not deep:
        return branching.relax(statement, Budget(left, FEW_BOXES), progress)
    limits = Budget(None, MANY_BOXES) if left is None else Budget(left * BOUNDS_SHARE)
    outcome = branching.relax(statement, limits, progress)
    return search(statement, budget, progress) if isinstance(outcome, Stopped) and not outcome.final else outcome


def _smaller(claim: SupErrorEquals, box: Box, budget: Budget, progress: Progress) -> Verdict:
    """The bound holds and no point attains it: prove a smaller one, halving the gap to the largest error seen."""
    seen = [box.to_x(point.tolist(), 20) for point in sample_points(box)]
    largest = max((claim.error_at(point) for point in seen if claim.domain.contains(point)), default=Fraction(0))
    for _ in range(HALVINGS):
        middle = (largest + claim.error) / 2
        smaller = SupErrorAtMost(claim.networks, claim.targets, claim.domain, middle.limit_denominator(1000))
        if not largest <= smaller.error < claim.error:
            smaller = SupErrorAtMost(claim.networks, claim.targets, claim.domain, middle)
        if smaller.error >= claim.error:
            break
        data = smaller.statement()
        outcome = search(read(data), budget, progress)
        if isinstance(outcome, Failure):
            largest = max(largest, claim.error_at(outcome.point))
            continue
        if isinstance(outcome, Steps):
            proved = certified(smaller.text(), data, {"steps": outcome.steps})
            if isinstance(proved, Proved):
                return Refuted(None, proved.certificate, f"{claim.text()} (there {smaller.text()})")
        break
    return Unknown("the bound holds, but no point was found at which it is attained")


def refuted(claim: Always | Equal | SupErrorAtMost | SupErrorEquals, point: tuple[Fraction, ...]) -> Verdict:
    if not fails_at(claim, point):
        return Unknown("a candidate counterexample did not survive exact evaluation; please report this network")
    certificate = None
    if isinstance(claim, (Always, Equal)):
        opposite = claim.fails()
        verdict = certified(opposite.text(), opposite.statement(), {"point": point_json(point)})
        certificate = verdict.certificate if isinstance(verdict, Proved) else None
    return Refuted(Counterexample(point, claim.outputs_at(point), claim.text()), certificate)


def value(claim: Value, budget: Budget, progress: Progress) -> Verdict:
    if not claim.holds_at(claim.at):
        return Refuted(Counterexample(claim.at, claim.outputs_at(claim.at), claim.text()))
    return certified(claim.text(), claim.statement(), {})


def existence(claim: Fails | Somewhere, budget: Budget, progress: Progress) -> Verdict:
    """Look for a witness; without one try to prove the opposite."""
    if isinstance(claim, Fails):
        opposite = Always(claim.networks, claim.clauses, claim.domain)
    else:
        formula = negate(all_of(*(any_of(*clause) for clause in claim.clauses)))
        opposite = Always(claim.networks, clauses(formula), claim.domain)
    verdict = universal(opposite, budget, progress)
    match verdict:
        case Refuted(counterexample=Counterexample(x=point)):
            return certified(claim.text(), claim.statement(), {"point": point_json(point)})
        case Proved(certificate=certificate):
            return Refuted(None, certificate, claim.text())
        case _:
            return verdict


def count_cells(claim: Cells | LinearRegions, budget: Budget, progress: Progress) -> Verdict:
    data = claim.statement()
    statement = read(data)
    outcome = search(statement, budget, progress)
    if isinstance(outcome, Stopped):
        return Unknown(f"{outcome.reason} after {outcome.leaves} leaves")
    if isinstance(outcome, Failure):
        return Unknown("a count has no counterexample; please report this network")
    found = kernel.count(statement, outcome.cells)
    verdict = certified(claim.text(), {**data, "count": hex_number(found)}, {"steps": outcome.steps})
    if found == claim.count or not isinstance(verdict, Proved):
        return verdict
    return Refuted(None, verdict.certificate, f"{claim.text()} (there are {found})")


def certified(
    text: str, statement: Json, evidence: Json, assumptions: Sequence[Json] = (), watched: bool = False
) -> Proved | Unknown:
    """`Proved` if the kernel accepts the certificate; `text` is the claim in words, assumptions qualify it.

    Where it is `watched`, evidence that is one list of steps is checked under the budget that this stands under.
    """
    data = {
        "format": kernel.FORMAT,
        "assumptions": list(assumptions),
        "statement": statement,
        "evidence": evidence,
    }
    certificate = Certificate(data)
    steps = evidence.get("steps", ())
    try:
        # A long proof is read block by block, as from a file: as one text it would take a hundred times its size.
        if watched:
            report = kernel.check(stepwise(certificate), True)
        else:
            report = kernel.check(certificate.lines(), True) if len(steps) > LONG else kernel.check(certificate.text)
    except kernel.Rejected as error:
        return Unknown(f"the kernel rejected the certificate ({error}); please report this network")
    theorem = Theorem(statement, text, tuple(dict(a) for a in report.assumptions), report.statement_sha256)
    return Proved(theorem, certificate)


def check(certificate: Certificate | str) -> kernel.Report:
    """Let the kernel check a certificate: its text, or a `Certificate`.

    Raises
    ------
    CertificateRejected
        The message names the step.
    """
    text = certificate.text if isinstance(certificate, Certificate) else certificate
    try:
        return kernel.check(text)
    except kernel.Rejected as error:
        raise CertificateRejected(
            f"the kernel rejected the certificate: {error}", fix="ask its author for one that is complete and true"
        ) from error


def point_json(point: tuple[Fraction, ...]) -> Json:
    over, numerators = common(point)
    return {"over": hex_number(over), "at": [hex_number(entry) for entry in numerators]}
