"""Continuity of networks that jump: the pieces agree on all closed cells, or a point shows that they do not.

A function that is affine on finitely many closed polyhedra which cover a convex domain is continuous; then it is a
maximum of minima of its affine pieces, which is a network with continuous activations.  The kernel checks that the two
networks are equal on the domain; that the second one is continuous is the one thing it does not check.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from verinet import kernel
from verinet.claims.continuity import Continuous
from verinet.claims.formulas import Affine, all_of, equals
from verinet.claims.language import Always, Cells, Equal, Value
from verinet.claims.normal_forms import clauses
from verinet.claims.verdicts import Counterexample, Proved, Refuted, Unknown, Verdict
from verinet.claims.wording import point_text
from verinet.errors import Unsupported
from verinet.exact.programs import Minimum, System, minimum
from verinet.geometry.polyhedra import Halfspace, Polyhedron, integer_row
from verinet.networks.build import Expression, maximum, variables
from verinet.networks.build import minimum as least
from verinet.networks.build import network as build
from verinet.networks.network import Network
from verinet.provers.cases import Case, box_of
from verinet.provers.conjunctions import conjunction, decided, lemma, retold
from verinet.provers.decide import certified, read
from verinet.provers.degree import activations
from verinet.provers.depth_first import finished
from verinet.provers.germs import Form, LocalCell, cell_at, limit
from verinet.provers.sides import Oracle
from verinet.provers.syntax import by_its_description
from verinet.provers.trails import CountedCell
from verinet.provers.tree import Search, Steps
from verinet.work import Budget, Progress, keep_going, under

Point = tuple[Fraction, ...]
PLAIN = "every activation of the network is continuous, and so are affine maps and compositions of continuous functions"
EQUAL = (
    "every activation of the second network of the statement is continuous, and so are affine maps and compositions "
    "of continuous functions"
)


def continuous(claim: Continuous, budget: Budget, progress: Progress) -> Verdict:
    """Decide it cell by cell, then let the kernel compare the network with a continuous one."""
    smooth = next((one for one in activations(claim.network) if one.smooth is not None), None)
    if smooth is not None and not claim.jumps:
        raise Unsupported(
            f"a certificate holds networks whose pieces are affine or polynomial, got the smooth activation {smooth}",
            fix="none is needed: without a jumping activation a network is continuous, as a composition of such maps",
        )
    if not claim.jumps:
        return by_its_description(claim.text(), claim.network, PLAIN)
    statement = read(Cells(claim.networks, claim.domain, 0).statement())
    inside = _interior_points(statement, budget, progress)
    if isinstance(inside, Unknown):
        return inside
    if not inside:
        return Unknown("the domain has no interior, and jumps are looked for between cells that have one")
    layers = statement.networks[0]
    cells = [cell_at(layers, point) for point in inside]
    for point, cell in zip(inside, cells, strict=True):
        verdict = decided(_on_closure(claim, cell), budget, progress)
        match verdict:
            case Refuted(counterexample=Counterexample(x=there)):
                return _refuted(claim, layers, there, point, cell, (budget, progress))
            case Unknown():
                return verdict
    with under(budget):
        other = continuous_network(claim.domain, cells)
    verdict = decided(Equal((claim.network, other), claim.domain), budget, progress)
    if isinstance(verdict, Refuted):
        return Unknown("the cells agree and the networks do not; please report this network")
    return retold(claim.text(), verdict, [lemma(EQUAL, claim.text())])


@dataclass(slots=True)
class _Cellwise(Search):
    """A count that keeps the points of its cells."""

    def counted(self, point: tuple[int, list[int]], case: Case) -> CountedCell:
        return point, []


def _interior_points(statement: kernel.Statement, budget: Budget, progress: Progress) -> list[Point] | Unknown:
    """One point inside every full-dimensional cell of the domain."""
    if statement.domain is None:
        return Unknown("the statement has no domain")
    box = box_of(statement.domain)
    running = _Cellwise(statement, box, Oracle(box), True, budget, progress)
    outcome = finished(running)
    if not isinstance(outcome, Steps):
        return Unknown(getattr(outcome, "reason", "the cells were not found"))
    return [tuple(Fraction(entry, over) for entry in at) for (over, at), _ in outcome.cells]


def _on_closure(claim: Continuous, cell: LocalCell) -> Always:
    """f is the cell's affine map on the closed cell."""
    terms = [Affine(form[0], tuple((j, a) for j, a in enumerate(form[1:]) if a)) for form in cell.outputs]
    formula = all_of(*(equals(Affine.of_output(i), term) for i, term in enumerate(terms)))
    return Always(claim.networks, clauses(formula), claim.domain.cut(_halfspaces(cell)))


def _halfspaces(cell: LocalCell) -> tuple[Halfspace, ...]:
    return tuple(Halfspace(tuple(-a for a in row[1:]), row[0]) for row in cell.rows)


def _refuted(
    claim: Continuous,
    layers: Sequence[kernel.Layer],
    there: Point,
    inside: Point,
    cell: LocalCell,
    limits: tuple[Budget, Progress],
) -> Verdict:
    """f(there) differs from the cell's form there: f jumps at the end of the segment from the cell's inside."""
    towards = tuple(a - b for a, b in zip(inside, there, strict=True))
    value, tends = claim.network(*there), limit(layers, there, towards)
    if value == tends:
        return Unknown("a jump did not survive exact evaluation; please report this network")
    sides = [f"{point_text(tends)} from the side of {point_text(inside)}"]
    if claim.domain.contains(tuple(a - b / 1024 for a, b in zip(there, towards, strict=True))):
        opposite = limit(layers, there, tuple(-entry for entry in towards))
        sides.append(f"{point_text(opposite)} from the opposite side")
    shown = point_text(there)
    at = shown if shown.startswith("(") else f"({shown})"
    reason = f"{claim.text()}: f{at} = {point_text(value)}, but at x = {shown} f tends to {', and to '.join(sides)}"
    said = Value(claim.networks, there, value)
    exact = certified(said.text(), said.statement(), {})
    along = decided(_along(claim, there, inside, cell), *limits)
    certificate = None
    if isinstance(exact, Proved) and isinstance(along, Proved):
        both = conjunction(reason, [exact, along])
        certificate = both.certificate if isinstance(both, Proved) else None
    return Refuted(None, certificate, reason)


def _along(claim: Continuous, there: Point, inside: Point, cell: LocalCell) -> Always:
    """f is the cell's affine map on the half-open segment from the jump to the inside."""
    closed = _on_closure(claim, cell)
    direction = tuple(a - b for a, b in zip(inside, there, strict=True))
    lead = next(j for j, entry in enumerate(direction) if entry)
    halves = []
    for j, entry in enumerate(direction):
        if j == lead:
            sign = 1 if entry > 0 else -1
            row = tuple(Fraction(-sign * int(k == j)) for k in range(len(direction)))
            halves.append(Halfspace(row, -sign * there[j], strict=True))
            continue
        # direction[lead] (x_j - there_j) = direction[j] (x_lead - there_lead)
        normal = [Fraction(0)] * len(direction)
        normal[j], normal[lead] = direction[lead], -entry
        offset = direction[lead] * there[j] - entry * there[lead]
        halves += [Halfspace(tuple(normal), offset), Halfspace(tuple(-a for a in normal), -offset)]
    low = tuple(map(min, there, inside))
    high = tuple(map(max, there, inside))
    return Always(closed.networks, closed.clauses, Polyhedron(low, high, tuple(halves)))


def continuous_network(domain: Polyhedron, cells: Sequence[LocalCell]) -> Network:
    """The network max over cells i of min over j in S_i of the forms, S_i those that are >= form i on cell i."""
    inputs = variables("x", domain.dimension)
    outputs = []
    for output in range(len(cells[0].outputs)):
        forms = list(dict.fromkeys(cell.outputs[output] for cell in cells))
        chosen: dict[frozenset[int], None] = {}
        for cell in cells:
            keep_going()
            own = cell.outputs[output]
            system = domain.cut(_halfspaces(cell)).system()
            above = [number for number, form in enumerate(forms) if form == own or _at_least(form, own, system)]
            chosen[frozenset(above)] = None
        smallest = [s for s in chosen if not any(other < s for other in chosen)]
        parts = [least(*(_expression(inputs, forms[j]) for j in sorted(s))) for s in smallest]
        outputs.append(maximum(*parts))
    return build(inputs, outputs)


def _at_least(form: Form, own: Form, system: System) -> bool:
    difference = [a - b for a, b in zip(form, own, strict=True)]
    answer = minimum(integer_row(difference[0], difference[1:]), system)
    return isinstance(answer, Minimum) and answer.value >= 0


def _expression(inputs: Sequence[Expression], form: Form) -> Expression:
    total: Expression = Fraction(0) * inputs[0] + form[0]
    for a, x in zip(form[1:], inputs, strict=True):
        if a:
            total = total + a * x
    return total
