"""One-to-one and onto, against brute force on the exact complex, and on maps that are known."""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations_with_replacement, pairwise
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from verinet import kernel
from verinet.claims import Proved, Refuted, Unknown, Verdict, equal
from verinet.claims.degree import affine_near, only_at, oriented, unique_preimage
from verinet.claims.injectivity import Injective, Surjective, bijective, injective, surjective
from verinet.errors import Unsupported
from verinet.exact.linalg import Matrix
from verinet.exact.programs import Infeasible, Minimum, System, feasible, minimum
from verinet.geometry import Halfspace, Polyhedron, box, interval, whole_space
from verinet.geometry.polyhedra import integer_row
from verinet.networks import Network, abs_, activation, layered, leaky_relu, network, relu, variable, variables
from verinet.provers.collisions import fold, interior_points, quick_collision
from verinet.provers.degree import is_square
from verinet.provers.portfolio import prove
from verinet.regions.piecewise import PiecewiseAffine, piecewise
from verinet.work import Budget

Point = tuple[Fraction, ...]
x, y = variables("x", 2)
t = variable("t")
SQUARE = box([-1, 1], dimension=2)
small = st.sampled_from([Fraction(0), Fraction(1), Fraction(-1), Fraction(1, 2), Fraction(-3, 2), Fraction(2)])
large = st.fractions(min_value=-2, max_value=2, max_denominator=10**60)


def winding() -> Network:
    """Eight sectors onto four quadrants, twice around the origin."""
    return network((x, y), (abs_(x) - abs_(y), (abs_(x + y) - abs_(x - y)) / 2))


def drawn(sizes: Sequence[int], seed: int, slope: str = "1/10", spread: int = 8) -> Network:
    """A network with weights k/4."""
    dice = random.Random(seed)
    weights = [
        [[Fraction(dice.randint(-spread, spread), 4) for _ in range(a)] for _ in range(b)] for a, b in pairwise(sizes)
    ]
    biases = [[Fraction(dice.randint(-4, 4), 4) for _ in range(b)] for b in sizes[1:]]
    return layered(weights, biases, activation("leaky_relu", slope))


@st.composite
def nasty(draw: st.DrawFn, sizes: tuple[int, ...]) -> Network:
    """Few distinct weights: zero rows, duplicate and parallel units, dead neurons; or 60-digit denominators."""
    entry = draw(st.sampled_from([small, large]))
    count = sum((a + 1) * b for a, b in pairwise(sizes))
    feed = iter(draw(st.lists(entry, min_size=count, max_size=count)))
    weights = [[[next(feed) for _ in range(a)] for _ in range(b)] for a, b in pairwise(sizes)]
    biases = [[next(feed) for _ in range(b)] for b in sizes[1:]]
    name = draw(st.sampled_from([("relu",), ("leaky_relu", "1/4"), ("abs",)]))
    return layered(weights, biases, activation(*name))


# --- brute force -----------------------------------------------------------------------------------------------------


class Corners:
    """Points of cells as mixtures of corners: unknowns are the weights of the corners of one or two cells."""

    def __init__(self, f: PiecewiseAffine, cells: Sequence[int]) -> None:
        self.at = [f.complex.v_representation(cell) for cell in cells]
        self.values = [[f.network(*corner) for corner in corners] for corners in self.at]
        self.count = sum(map(len, self.at))
        self.rows: list[tuple[int, ...]] = []
        start = 0
        for corners in self.at:
            ones = [Fraction(start <= place < start + len(corners)) for place in range(self.count)]
            self.equation(Fraction(-1), ones)
            start += len(corners)

    def equation(self, constant: Fraction, row: Sequence[Fraction]) -> None:
        self.rows.append(integer_row(constant, row))
        self.rows.append(integer_row(-constant, [-entry for entry in row]))

    def system(self) -> System:
        zero = (Fraction(0),) * self.count
        return System(tuple(self.rows), (False,) * len(self.rows), zero, (None,) * self.count)


def one_to_one(f: PiecewiseAffine) -> bool:
    """For all pairs of cells: no two different points with one value."""
    size = f.input_size
    for first, second in combinations_with_replacement(range(f.cells), 2):
        mixtures = Corners(f, (first, second))
        for k in range(f.output_size):
            left, right = ([value[k] for value in values] for values in mixtures.values)
            mixtures.equation(Fraction(0), [*left, *(-entry for entry in right)])
        for k in range(size):
            left, right = ([corner[k] for corner in corners] for corners in mixtures.at)
            for sign in (1, -1):
                row = integer_row(Fraction(0), [sign * entry for entry in (*left, *(-e for e in right))])
                answer = minimum(row, mixtures.system())
                if isinstance(answer, Minimum) and answer.value < 0:
                    return False
    return True


def reached(f: PiecewiseAffine, value: Point) -> bool:
    """Is the value taken on some cell?"""
    for cell in range(f.cells):
        mixture = Corners(f, (cell,))
        for k, entry in enumerate(value):
            mixture.equation(-entry, [corner[k] for corner in mixture.values[0]])
        if not isinstance(feasible(mixture.system()), Infeasible):
            return True
    return False


def judged(claim: Injective, verdict: Verdict) -> bool:
    """The verdict as a truth value, after its evidence has been looked at again."""
    match verdict:
        case Proved(certificate=certificate):
            kernel.check(certificate.text)
            return True
        case Refuted(counterexample=found, certificate=certificate):
            assert found is not None
            assert certificate is not None
            assert kernel.check(certificate.text).assumptions == []
            ((other, value),) = found.more
            assert claim.collides(found.x, other)
            assert found.y == value == claim.network(*other)
            return False
        case _:
            raise AssertionError(str(verdict))


SHAPES = (
    (1, 2, 1),
    (1, 3, 1),
    (1, 2, 2),
    (2, 2, 2),
    (2, 2, 3),
    (2, 3, 2),
    (2, 1, 2),
    (2, 3, 1),
    (2, 2, 2, 2),
    (1, 3, 3, 1),
)


def against_brute_force(seed: int) -> bool:
    sizes = SHAPES[seed % len(SHAPES)]
    f = drawn(sizes, seed, slope=("1/10", "1/2", "-1/4")[seed % 3], spread=(8, 4)[seed % 2])
    domain = box([-1, 1], dimension=sizes[0])
    claim = injective(f, domain)
    answer = judged(claim, prove(claim, Budget(60)))
    assert answer == one_to_one(piecewise(f, domain))
    return answer


def test_verdicts_agree_with_brute_force() -> None:
    answers = [against_brute_force(seed) for seed in range(16)]
    assert {True, False} == set(answers)


@pytest.mark.nightly
def test_a_hundred_verdicts_agree_with_brute_force() -> None:
    answers = [against_brute_force(seed) for seed in range(16, 116)]
    assert min(answers.count(True), answers.count(False)) > 10


@settings(max_examples=8)
@given(nasty((2, 3, 2)))
def test_nasty_networks_are_decided(f: Network) -> None:
    claim = injective(f, SQUARE)
    assert judged(claim, prove(claim, Budget(60))) == one_to_one(piecewise(f, SQUARE))


#: Its cell around the origin is thinner than 2^-60 along the direction that it loses.
SLIVER = layered(
    [
        [
            [Fraction(-1331845, 692792), Fraction(-5816, 284389285)],
            [Fraction(-489443, 12356500577175150592), Fraction(668, 11755)],
            [Fraction(510509, 15741927001), -1],
        ],
        [
            [Fraction(-2174, 1591577), Fraction(-23, 227602973), Fraction(800, 759)],
            [Fraction(74, 1183119), Fraction(-51, 9022514), Fraction(-489443, 12356500577175150592)],
        ],
    ],
    [
        [Fraction(-311, 773556218255885), Fraction(38418, 5396441), Fraction(-147, 8388608)],
        [Fraction(5249, 16777217), Fraction(-5816, 284389285)],
    ],
)


@settings(max_examples=8)
@given(nasty((2, 3, 2)))
@example(SLIVER)
def test_bijections_are_one_to_one_on_boxes_and_others_collide(f: Network) -> None:
    claim = bijective(f)
    verdict = prove(claim, Budget(60))
    if judged(claim.injective(), verdict):
        assert one_to_one(piecewise(f, box([-3, 3], dimension=2)))
        assert isinstance(prove(surjective(f), Budget(60)), Proved)


# --- known maps ------------------------------------------------------------------------------------------------------


def test_the_winding_map_is_oriented_onto_and_not_one_to_one() -> None:
    f = winding()
    assert isinstance(prove(oriented(f)), Proved)
    assert isinstance(prove(surjective(f)), Proved)
    claim = injective(f)
    assert not judged(claim, prove(claim))
    verdict = prove(oriented(f, sign="negative"))
    assert isinstance(verdict, Refuted)
    assert verdict.counterexample is not None
    assert not oriented(f, sign="negative").holds_at(verdict.counterexample.x)


@pytest.mark.parametrize(
    "make",
    [lambda a, b: relu(a + b) - b, lambda a, b: relu(a + b) - relu(b), lambda a, b: relu(a + b) - 2 * b + relu(a)],
)
def test_onto_the_line_along_a_slanted_line(make: Any) -> None:
    """On every line along an axis the first two are bounded on one side."""
    a, b = variables("x", 2)
    assert isinstance(prove(surjective(network((a, b), make(a, b))), Budget(60)), Proved)


def test_a_value_taken_once_where_the_map_bends_proves_nothing() -> None:
    # 0 is taken at the origin only, and the map is no bijection: the lemma asks for an affine map near the point
    f, origin = winding(), (Fraction(0), Fraction(0))
    assert isinstance(prove(only_at(f, origin, whole_space(2))), Proved)
    with pytest.raises(Unsupported, match="breakpoint"):
        affine_near(f, origin)
    with pytest.raises(Unsupported):
        unique_preimage(f, origin)
    verdict = prove(equal(f, layered([Matrix.identity(2)], [[0, 0]]), SQUARE))
    assert isinstance(verdict, Refuted)


def test_the_parts_of_a_bijection() -> None:
    f = network((x, y), (x + leaky_relu(y, "1/3"), leaky_relu(y - x, "1/2")))
    verdict = prove(bijective(f))
    assert isinstance(verdict, Proved)
    assert [part["kind"] for part in verdict.theorem.statement["parts"]] == ["orientation", "value", "always", "equal"]
    assert [entry["origin"] for entry in verdict.theorem.assumptions] == ["schramm1980"]
    at = (Fraction(2), Fraction(1))
    told = bijective(f, at=at)
    verdict = prove(told)
    assert isinstance(verdict, Proved)
    assert verdict.theorem.statement == told.statement()


def test_sizes_decide() -> None:
    claim = bijective(network((x, y), relu(x) + y))
    assert not judged(claim.injective(), prove(claim))
    missed = prove(bijective(network(t, (t, relu(t)))))
    assert isinstance(missed, Refuted)
    assert missed.certificate is not None


def test_widening_and_narrowing_is_one_to_one_by_degree() -> None:
    # n -> 2n -> n twice: no layer has an inverse
    f = drawn((2, 4, 2, 4, 2), 22)
    assert judged(injective(f), prove(injective(f)))
    everywhere = prove(injective(f, box([-10, 10], dimension=2)))
    assert isinstance(everywhere, Proved)


def test_a_curve_in_the_plane() -> None:
    bent = network(t, (t, abs_(t)))
    rises, falls = relu(t - 1), relu(t - 2)  # (0,0), (2,2), (2,0), (0,2): the first leg and the last one cross
    crossed = network(t, (2 * t - 2 * rises - 2 * falls, 2 * t - 4 * rises + 4 * falls))
    assert judged(injective(bent), prove(injective(bent)))
    claim = injective(crossed, interval(0, 3))
    assert not judged(claim, prove(claim))


def test_jumps() -> None:
    jump = activation("stepped_leaky", 1, 2)  # t below 0, t + 2 above: one-to-one, and not continuous
    f = layered([[[1]], [[1]]], [[0], [0]], jump)
    assert not is_square(f)
    assert judged(injective(f), prove(injective(f)))
    back = layered([[[1]], [[1]]], [[0], [0]], activation("stepped_leaky", 1, -2))
    claim = injective(back, interval(-3, 3))
    assert not judged(claim, prove(claim))
    open_ = prove(bijective(f), Budget(20))  # it misses [0, 2)
    assert isinstance(open_, Refuted)
    assert "no value" in open_.reason


def test_onto_by_several_slices_past_jumps() -> None:
    jump = activation("stepped_leaky", "1/2", 1)  # [-1/2, 0) and [1, 2] on [-1, 1]
    f = layered([[[1, 0], [0, 1]], [[1, 2]]], [[0, 0], [0]], jump)
    for target in (interval("1/8", "1/4"), interval(0, 1), interval("1/8", "3/2")):
        verdict = prove(surjective(f, target, SQUARE), Budget(60))
        assert isinstance(verdict, Proved)
        kernel.check(verdict.certificate.text)
    assert isinstance(prove(surjective(f, interval(-2, 9), SQUARE), Budget(60)), Refuted)
    for name in ("floor", "sign", "heaviside"):
        steps = layered([[[1, 0], [0, 1]], [[1, 2]]], [[0, 0], [0]], activation(name))
        assert isinstance(prove(surjective(steps, interval(0, 1), SQUARE), Budget(60)), Refuted)


def test_onto_by_slices_that_no_single_one_replaces() -> None:
    f = network((x, y), abs_(x) - abs_(y))  # the end 1 needs y = 0, the end -1 needs x = 0
    verdict = prove(surjective(f, interval(-1, 1), SQUARE), Budget(60))
    assert isinstance(verdict, Proved)
    kernel.check(verdict.certificate.text)


@pytest.mark.parametrize("name", [("floor",), ("sign",), ("heaviside", "1/2"), ("stepped_leaky", 1, -2)])
def test_no_bijection_takes_a_value_twice(name: tuple[object, ...]) -> None:
    f = layered([[[1]], [[1]]], [[0], [0]], activation(str(name[0]), *name[1:]))
    verdict = prove(bijective(f))
    assert isinstance(verdict, Refuted)
    point = verdict.counterexample
    assert point is not None
    ((other, value),) = point.more
    assert other != point.x
    assert value == f(*point.x) == f(*other)


def test_pieces_that_are_not_affine_are_refused() -> None:
    for name in (("repu", 2), ("tanh",)):
        f = layered([[[1]], [[1]]], [[0], [0]], activation(*name))
        for claim in (injective(f), surjective(f), injective(f, interval(0, 1))):
            with pytest.raises(Unsupported, match="affine pieces"):
                prove(claim)


def test_the_half_of_a_domain_may_be_one_to_one() -> None:
    f = network((x, y), (abs_(x), y))
    half = Polyhedron((0, -1), (2, 1))
    assert judged(injective(f, half), prove(injective(f, half)))
    triangle = Polyhedron((-1, -1), (1, 1), (Halfspace((1, 1), 0),))
    assert not judged(injective(f, triangle), prove(injective(f, triangle)))


def test_flat_domains() -> None:
    f = network((x, y), (x + y, abs_(y)))
    segment = Polyhedron((0, -1), (0, 1))
    assert judged(injective(f, segment), prove(injective(f, segment)))


def test_a_spent_budget_is_unknown() -> None:
    f = drawn((3, 6, 3, 6, 3), 5, slope="9/10", spread=2)
    assert not isinstance(prove(bijective(f), Budget(steps=3)), Proved)
    assert isinstance(prove(surjective(network(t, abs_(t)), interval(0, 1), interval(-1, 1)), Budget(steps=1)), Unknown)


class Impatient:
    """Ctrl-C at the first word of progress."""

    def update(self, done: int, open_: int, note: str) -> None:
        raise KeyboardInterrupt


def test_an_interrupt_is_unknown() -> None:
    verdict = prove(bijective(drawn((2, 4, 2, 4, 2), 22)), progress=Impatient())
    assert isinstance(verdict, Unknown)
    assert verdict.reason == "it was interrupted"


def test_folds_are_found_from_any_two_cells() -> None:
    f = network((x, y), (abs_(x) + y / 3, y + abs_(x - y) / 5))
    claim = injective(f, box([-2, 2], dimension=2))
    found = fold(claim, (Fraction(-1), Fraction(1, 7)), (Fraction(1), Fraction(1, 7)))
    assert found is not None
    assert claim.collides(*found)
    found = quick_collision(claim, interior_points(claim.domain, 16))
    assert found is not None


# --- onto ------------------------------------------------------------------------------------------------------------


def truth(claim: Surjective, verdict: Verdict) -> bool:
    match verdict:
        case Proved(certificate=certificate):
            kernel.check(certificate.text)
            return True
        case Refuted(certificate=certificate):
            assert certificate is not None
            report = kernel.check(certificate.text)
            assert (report.kind, report.assumptions) == ("always", [])
            return False
        case _:
            raise AssertionError(str(verdict))


@pytest.mark.parametrize("seed", range(4))
def test_onto_a_square_agrees_with_values_that_are_reached(seed: int) -> None:
    f = drawn((2, 2, 2), seed, slope=("1/2", "-1/2")[seed % 2])
    domain, target = box([-3, 3], dimension=2), box((-1, 1), (-1, 0))
    claim = surjective(f, target, domain)
    cells = piecewise(f, domain)
    values = [reached(cells, value) for value in interior_points(target, 12)]
    answer = truth(claim, prove(claim, Budget(60)))
    assert all(values) or not answer


@settings(max_examples=10)
@given(nasty((1, 3, 1)), st.integers(-2, 0), st.integers(1, 3))
def test_onto_an_interval_is_what_extrema_say(f: Network, low: int, high: int) -> None:
    domain = interval(-1, 2)
    cells = piecewise(f, domain)
    least, most = cells.minimum().value, cells.maximum().value
    claim = surjective(f, interval(low, high), domain)
    assert truth(claim, prove(claim, Budget(60))) == (least <= low and high <= most)


def test_onto_by_pieces_and_by_degree() -> None:
    folded = network((x, y), (abs_(x), y))
    claim = surjective(folded, box((0, 1), (-1, 1)), box([-1, 1], dimension=2))
    verdict = prove(claim)
    assert truth(claim, verdict)
    assert isinstance(verdict, Proved)
    assert verdict.theorem.assumptions[0]["origin"] == "definition"
    mild = network((x, y), (x + leaky_relu(y, "1/3") / 4, y))
    claim = surjective(mild, box([-1, 1], dimension=2), box([-4, 4], dimension=2))
    verdict = prove(claim)
    assert truth(claim, verdict)
    assert isinstance(verdict, Proved)
    assert verdict.theorem.assumptions[0]["origin"] == "deimling1985"


def test_an_open_domain_is_no_polytope() -> None:
    # the values at the missing side are missed
    half_open = Polyhedron((-1, -1), (1, 1), (Halfspace((1, 0), 1, strict=True),))
    claim = surjective(network((x, y), (x, y)), box([-1, 1], dimension=2), half_open)
    assert not truth(claim, prove(claim))


def test_maps_of_the_line_onto_itself() -> None:
    zigzag = surjective(network(t, t - 2 * relu(t - 1) + 2 * relu(t - 2)))
    assert truth(zigzag, prove(zigzag))
    assert not truth(surjective(network(t, abs_(t))), prove(surjective(network(t, abs_(t)))))


def test_more_inputs_than_outputs() -> None:
    claim = surjective(network((x, y), x + relu(y)), interval(-1, 1), SQUARE)
    assert truth(claim, prove(claim))
    claim = surjective(network((x, y), abs_(x) + relu(y)), interval(-1, 1), SQUARE)
    assert not truth(claim, prove(claim))


def test_onto_a_single_point_is_a_question_of_existence() -> None:
    ramp = network(t, relu(t))
    for point, is_taken in ((1, True), (0, True), (-1, False)):
        claim = surjective(ramp, interval(point, point), interval(-1, 2))
        verdict = prove(claim)
        assert isinstance(verdict, Proved if is_taken else Refuted)
        assert verdict.certificate is not None
        kernel.check(verdict.certificate.text)
        assert claim.text() in str(verdict)
    corner = Polyhedron((0, 0), (None, None), (Halfspace((1, 1), 0),))  # the origin, said by its sides
    assert isinstance(prove(surjective(network((x, y), (x + y, x - y)), corner)), Proved)


def test_onto_a_flat_set_a_missed_value_is_found_or_the_way_is_told() -> None:
    side = box((1, 1), (-1, 1))
    missing = prove(surjective(network((x, y), (x, relu(y))), side))
    assert isinstance(missing, Refuted)
    open_question = prove(surjective(network((x, y), (x, y)), side))
    assert isinstance(open_question, Unknown)
    assert "ask for single points" in open_question.reason
