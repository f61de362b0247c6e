"""Does a network take every value of a set?  By its orientation, by its degree, or by an inverse piece by piece.

A value that is missed is shown by the kernel alone: ``f(x) != q`` for all x of the domain.  That none is missed is
joined from statements of the kernel by a lemma, which the theorem prints.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import chain, islice, product

from verinet.claims import degree
from verinet.claims.formulas import Affine, Formula, all_of, any_of, equals
from verinet.claims.injectivity import Surjective, is_whole, set_text
from verinet.claims.language import Always, Equal, Somewhere, Value
from verinet.claims.normal_forms import clauses
from verinet.claims.slopes import Direction, Monotone
from verinet.claims.verdicts import Json, Proved, Refuted, Unknown, Verdict
from verinet.claims.wording import point_text
from verinet.errors import BudgetExhausted
from verinet.exact.linalg import Matrix
from verinet.exact.programs import Interior, interior
from verinet.geometry.polyhedra import Halfspace, Polyhedron
from verinet.networks.activations import activation
from verinet.networks.build import compose, layered
from verinet.networks.local_maps import local_map
from verinet.networks.network import Network
from verinet.provers.collisions import interior_points
from verinet.provers.conjunctions import decided, retold
from verinet.provers.coverings import Covered, Image, Uncovered, cell_points, cover, images
from verinet.provers.decide import certified, read
from verinet.provers.degree import SAMPLES, is_square, need_affine
from verinet.provers.equations import search_equations
from verinet.provers.slices import images_near, lines_through, preimage, slices_through
from verinet.provers.trails import INTERRUPTED
from verinet.provers.tree import Steps, Stopped, search
from verinet.work import Budget, Progress

Point = tuple[Fraction, ...]
Part = tuple[Json, Json]
#: Values of the target that are tried first: is one of them missed?
TRIALS = 6
#: Other points near a value that a flat image happens to hold.
MOVES = 8
#: Slices of a domain with more inputs than outputs.
SLICES = 24


def surjective(claim: Surjective, budget: Budget, progress: Progress) -> Verdict:
    """Decide ``surjective(f, onto=Q, domain=D)``."""
    try:
        return _surjective(claim, budget, progress)
    except KeyboardInterrupt:
        return Unknown(INTERRUPTED)


def _surjective(claim: Surjective, budget: Budget, progress: Progress) -> Verdict:
    need_affine(claim.network, "surjective")
    if not isinstance(interior(claim.onto.system()), Interior):
        return _onto_flat(claim, budget, progress)
    if is_square(claim.network) and is_whole(claim.domain):
        verdict = _by_orientation(claim, budget, progress)
        if verdict is not None:
            return verdict
    missed = _missed(claim, _trials(claim), budget, progress)
    if missed is not None:
        return missed
    inputs, outputs = claim.network.input_size, claim.network.output_size
    if inputs < outputs:
        return Unknown("fewer inputs than outputs, but no missed value was found")
    if inputs > outputs:
        return _by_slices(claim, budget, progress)
    closed = not any(half.strict for half in claim.domain.halfspaces)
    if is_square(claim.network) and claim.domain.has_bounded_box and closed:
        verdict = _by_degree(claim, budget, progress)
        if verdict is not None:
            return verdict
    return _by_pieces(claim, claim.network, None, budget, progress)


def _onto_flat(claim: Surjective, budget: Budget, progress: Progress) -> Verdict:
    """A single point is a value or not; of a larger set without interior a value that is missed is looked for."""
    value = claim.onto.point()
    if claim.onto.is_bounded and _is_point(claim.onto):
        at = [equals(Affine.of_output(k), entry) for k, entry in enumerate(value)]
        reached = decided(Somewhere(claim.networks, clauses(all_of(*at)), claim.domain), budget, progress)
        if isinstance(reached, Refuted):
            text = f"{claim.text()} ({point_text(value)} is no value of f on {set_text(claim.domain)})"
            return Refuted(None, reached.certificate, text)
        return retold(claim.text(), reached)
    missed = _missed(claim, islice(_trials(claim), TRIALS), budget, progress)
    if missed is not None:
        return missed
    return Unknown(
        "the target set has no interior, and no value that is missed was found: ask for single points of it (a target "
        "that is one point is decided), or leave out the outputs that are fixed on it if f fixes them, too"
    )


def _is_point(target: Polyhedron) -> bool:
    """Whether the set is one point: its least and greatest coordinates agree."""
    free = (None,) * target.dimension
    sides: list[Halfspace] = list(target.halfspaces)
    for i, (low, high) in enumerate(zip(target.low, target.high, strict=True)):
        unit = [int(k == i) for k in range(target.dimension)]
        sides += [] if high is None else [Halfspace(tuple(map(Fraction, unit)), high)]
        sides += [] if low is None else [Halfspace(tuple(Fraction(-entry) for entry in unit), -low)]
    hull = Polyhedron(free, free, tuple(sides)).bounding_box()
    return hull.low == hull.high


def _by_orientation(claim: Surjective, budget: Budget, progress: Progress) -> Verdict | None:
    """On all of R^n: one strict sign of all determinants."""
    point = interior_points(claim.domain, 2)[-1]
    determinant = local_map(claim.network, point).weight.det()
    if determinant == 0:
        return None
    sign = 1 if determinant > 0 else -1
    statement = degree.Oriented((claim.network,), claim.domain, sign).statement()
    outcome = search(read(statement), budget, progress)
    if not isinstance(outcome, Steps):
        return None
    return certified(claim.text(), statement, {"steps": outcome.steps}, (degree.lemma(*degree.ONTO),))


# --- a value that is missed ------------------------------------------------------------------------------------------


def _trials(claim: Surjective) -> Iterator[Point]:
    """Corners of the target's box that lie in it, and a few points inside."""
    sides = [
        [end for end in dict.fromkeys(side) if end is not None]
        for side in zip(claim.onto.low, claim.onto.high, strict=True)
    ]
    corners = [corner for corner in product(*sides[:4]) if len(corner) == len(sides)] if len(sides) <= 4 else []
    yield from (corner for corner in corners if claim.onto.contains(corner))
    yield from interior_points(claim.onto, TRIALS)


def _missed(claim: Surjective, values: Iterator[Point], budget: Budget, progress: Progress) -> Refuted | None:
    for value in values:
        found = _judge(claim, value, budget, progress)
        if found is not None:
            return found
        if budget.exhausted():
            return None
    return None


def _judge(claim: Surjective, value: Point, budget: Budget, progress: Progress) -> Refuted | None:
    """Refuted if the kernel accepts that no point has this value."""
    missed = claim.misses(value)
    statement, outcome = missed.statement(), search_equations(missed, budget, progress)
    if not isinstance(outcome, Steps):
        return None
    text = f"{point_text(value)} is no value of f on {set_text(claim.domain)}"
    verdict = certified(text, statement, {"steps": outcome.steps})
    if not isinstance(verdict, Proved):
        return None
    return Refuted(None, verdict.certificate, f"{claim.text()} ({text})")


# --- by the degree ---------------------------------------------------------------------------------------------------


def _by_degree(claim: Surjective, budget: Budget, progress: Progress) -> Verdict | None:
    """No value at the boundary inside the target, and one value inside that is taken once."""
    inside = Polyhedron(claim.onto.low, claim.onto.high, claim.onto.halfspaces)
    parts: list[Part] = [part for part in [_continuous(claim, budget, progress)] if part is not None]
    if not parts:
        return None
    for facet in _facets(claim.domain):
        part = _proved_part(Always((claim.network,), clauses(_not_inside(inside)), facet), budget, progress)
        if part is None:
            return None
        parts.append(part)
    chosen = _taken_once(claim, budget, progress)
    if chosen is None:
        return None
    statement = degree.everything([part for part, _ in (*parts, *chosen)])
    evidence = {"parts": [proof for _, proof in (*parts, *chosen)]}
    return certified(claim.text(), statement, evidence, (degree.lemma(*degree.ODD),))


def _continuous(claim: Surjective, budget: Budget, progress: Progress) -> Part | None:
    """That activations do not jump, which the kernel demands of a statement about slopes; this one says no more."""
    word: Direction = "free"
    words = ((word,) * claim.network.input_size,) * claim.network.output_size
    statement = Monotone(claim.networks, claim.domain, words).statement()
    outcome = search(read(statement), budget, progress)
    return (statement, {"steps": outcome.steps}) if isinstance(outcome, Steps) else None


def _taken_once(claim: Surjective, budget: Budget, progress: Progress) -> tuple[Part, ...] | None:
    network = claim.network
    for point in interior_points(claim.domain, SAMPLES):
        piece = local_map(network, point)
        value = network(*point)
        if not piece.inside or piece.weight.det() == 0 or not _strictly_in(claim.onto, value):
            continue
        taken: Part = (Value((network,), point, value).statement(), {})
        once = _proved_part(degree.only_at(network, point, claim.domain), budget, progress)
        near = _proved_part(degree.affine_near(network, point), budget, progress)
        return None if once is None or near is None else (taken, once, near)
    return None


def _facets(domain: Polyhedron) -> Iterator[Polyhedron]:
    """The parts of the domain on its bounding hyperplanes, those left out that have no point."""
    found = []
    for i, (low, high) in enumerate(zip(domain.low, domain.high, strict=True)):
        for end in (low, high):
            lows, highs = list(domain.low), list(domain.high)
            lows[i] = highs[i] = end
            found.append(Polyhedron(tuple(lows), tuple(highs), domain.halfspaces))
    for half in domain.halfspaces:
        found.append(domain.cut(Halfspace(tuple(-entry for entry in half.normal), -half.offset)))
    return (facet for facet in found if not facet.is_empty)


def _not_inside(target: Polyhedron) -> Formula:
    """On or beyond one of the target's sides."""
    beyond: list[Formula] = []
    for k, (low, high) in enumerate(zip(target.low, target.high, strict=True)):
        y = Affine.of_output(k)
        beyond += [y <= low] if low is not None else []
        beyond += [y >= high] if high is not None else []
    for half in target.halfspaces:
        beyond.append(_term(half) >= half.offset)
    return any_of(*beyond)


def _strictly_in(target: Polyhedron, value: Point) -> bool:
    sides = zip(target.low, value, target.high, strict=True)
    if any((low is not None and y <= low) or (high is not None and y >= high) for low, y, high in sides):
        return False
    return all(half.slack(value) > 0 for half in target.halfspaces)


# --- by an inverse, piece by piece -----------------------------------------------------------------------------------


def _by_pieces(
    claim: Surjective, square: Network, slice_: Network | None, budget: Budget, progress: Progress
) -> Verdict:
    """Cover the target by images of cells; on each the inverse of the cell's map is a right inverse of f.

    `square` is f itself, or f on a slice of the domain, which `slice_` maps into it.
    """
    domain = claim.domain if slice_ is None else preimage(claim.domain, slice_)
    points = cell_points(square, domain, budget, progress)
    if isinstance(points, Stopped):
        return Unknown(f"{points.reason} after {points.leaves} leaves")
    try:
        found = cover(claim.onto, list(images(square, domain, points)), budget)
    except BudgetExhausted:
        return Unknown(budget.reason())
    if isinstance(found, Uncovered):
        if slice_ is not None:
            return Unknown("a slice of the domain does not reach the whole target")
        missed = _missed(claim, _around(claim.onto, found.point), budget, progress)
        if missed is not None:
            return missed
        return Unknown(f"the value {point_text(found.point)} seems to be missed, which was not shown")
    slices = {} if slice_ is None else {id(image): slice_ for image in found.images}
    parts = _sections(claim, found, slices, budget, progress)
    if parts is None:
        return Unknown(_uncertified(budget))
    return _joined(claim, parts)


def _uncertified(budget: Budget) -> str:
    why = budget.reason() if budget.exhausted() else "where the network jumps, an end of an image may not belong to it"
    return f"closed images of cells cover the target, but the certificate was not found: {why}"


def _joined(claim: Surjective, parts: list[Part]) -> Verdict:
    statement = degree.everything([part for part, _ in parts])
    evidence = {"parts": [proof for _, proof in parts]}
    return certified(claim.text(), statement, evidence, (degree.lemma(*degree.SECTIONS),))


def _sections(
    claim: Surjective, found: Covered, slices: Mapping[int, Network], budget: Budget, progress: Progress
) -> list[Part] | None:
    """The evidence of the lemma `SECTIONS`: the sets cover the target, and each has its affine inverse.

    `slices`: by the identity of an image, the slice whose image it is.
    """
    shown = [_proved_part(_covering(claim.onto, found.images), budget, progress)]
    size = claim.onto.dimension
    same = layered([Matrix.identity(size)], [[0] * size])
    for image in found.images:
        back = layered([image.weight], [image.bias])
        back = compose(slices[id(image)], back) if id(image) in slices else back
        part = image.within(claim.onto)
        there = compose(claim.network.with_domain(None), back)
        shown.append(_proved_part(Equal((there, same), part), budget, progress))
        if not is_whole(claim.domain):
            formula = clauses(_belongs(claim.domain))
            shown.append(_proved_part(Always((back,), formula, part), budget, progress))
        if None in shown:
            return None
    return [part for part in shown if part is not None]


def _covering(target: Polyhedron, pieces: tuple[Image, ...]) -> Always:
    """Every point of the target lies in one of the images: a network of steps counts those that hold it."""
    rows = [row for image in pieces for row in image.rows]
    owners = [place for place, image in enumerate(pieces) for _ in image.rows]
    sums = [[int(owner == place) for owner in owners] for place in range(len(pieces))]
    weights = [[row[1:] for row in rows], sums, [[1] * len(pieces)]]
    biases = [[row[0] for row in rows], [-len(image.rows) for image in pieces], [0]]
    if not rows:  # an image that is the whole space
        return Always((layered([[[0] * target.dimension]], [[1]]),), clauses(Affine.of_output(0) >= 1), target)
    counter = layered(weights, biases, activation("heaviside", 1))
    return Always((counter,), clauses(Affine.of_output(0) >= 1), target)


def _belongs(domain: Polyhedron) -> Formula:
    """The outputs lie in the domain."""
    conditions: list[Formula] = []
    for k, (low, high) in enumerate(zip(domain.low, domain.high, strict=True)):
        y = Affine.of_output(k)
        conditions += [y >= low] if low is not None else []
        conditions += [y <= high] if high is not None else []
    for half in domain.halfspaces:
        term = _term(half)
        conditions.append(term < half.offset if half.strict else term <= half.offset)
    return all_of(*conditions)


def _term(half: Halfspace) -> Affine:
    terms = [entry * Affine.of_output(k) for k, entry in enumerate(half.normal)]
    return sum(terms[1:], terms[0])


def _proved_part(claim: Always | Equal, budget: Budget, progress: Progress) -> Part | None:
    statement = claim.statement()
    clauses_share = isinstance(claim, Always) and len(claim.clauses) > 1
    if isinstance(claim, Always) and clauses_share:
        outcome = search_equations(claim, budget, progress)
    else:
        outcome = search(read(statement), budget, progress)
    return (statement, {"steps": outcome.steps}) if isinstance(outcome, Steps) else None


def _around(target: Polyhedron, point: Point) -> Iterator[Point]:
    """The point, and some that lie closer and closer to it: images without interior are avoided."""
    yield point
    for turn in range(1, MOVES):
        moved = tuple(x + Fraction(k + 2 * turn + 1, 64**turn) for k, x in enumerate(point))
        if target.contains(moved):
            yield moved


# --- more inputs than outputs ----------------------------------------------------------------------------------------


def _by_slices(claim: Surjective, budget: Budget, progress: Progress) -> Verdict:
    """Fix some inputs at a point: the rest may reach the target already; if not, several slices may together."""
    points = interior_points(claim.domain, 4)
    through = islice((slice_ for x in points for slice_ in slices_through(claim.network, x)), SLICES)
    # max(x_0, -x_1) is onto R along one of these, and bounded on one side along every axis
    slanted = claim.network.output_size == 1 and not claim.onto.is_bounded
    lines = (line for x in points for line in lines_through(claim.network, x)) if slanted else iter(())
    for slice_ in chain(through, islice(lines, SLICES)):
        sliced = compose(claim.network.with_domain(None), slice_)
        verdict = _by_pieces(claim, sliced, slice_, budget, progress)
        if isinstance(verdict, Proved) or budget.exhausted():
            return verdict
    return _by_many_slices(claim, budget, progress)


def _by_many_slices(claim: Surjective, budget: Budget, progress: Progress) -> Verdict:
    """A value that is left over is missed, or taken at a point, and slices near that point hold it."""
    found: list[tuple[Image, Network]] = []
    for _ in range(SLICES):
        try:
            covered = cover(claim.onto, [image for image, _ in found], budget)
        except BudgetExhausted:
            return Unknown(budget.reason())
        if isinstance(covered, Covered):
            parts = _sections(claim, covered, {id(image): slice_ for image, slice_ in found}, budget, progress)
            if parts is None:
                return Unknown(_uncertified(budget))
            return _joined(claim, parts)
        value = covered.point
        outcome = search_equations(claim.misses(value), budget, progress)
        if isinstance(outcome, Steps):
            return _judge(claim, value, budget, progress) or Unknown(f"{point_text(value)} seems to be missed")
        if isinstance(outcome, Stopped):
            return Unknown(f"{outcome.reason} after {outcome.leaves} leaves")
        more = images_near(claim.network, claim.domain, outcome.point, budget, progress)
        if not any(image.contains(value) for image, _ in more):
            break
        found += more
    return Unknown("no missed value was found, and no slices of the domain that together reach the whole target")
