"""The fewest pieces in a corridor: z3, brute force on one and two pieces, and forged windows."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verinet.errors import EmptyDomain, ShapeMismatch
from verinet.exact import terms
from verinet.exact.solver import Point, Unsat, solve
from verinet.theory.line_regions.corridor import Corridor, Window, check_windows, fewest_links, wall_at


def corridor(points: list[tuple[int, int]], eps: object) -> Corridor:
    x, y = zip(*((Fraction(a), Fraction(b)) for a, b in points), strict=True)
    e = Fraction(str(eps))
    return Corridor(x, tuple(v - e for v in y), tuple(v + e for v in y))


def random_corridor(at: random.Random, most: int = 5) -> Corridor:
    count = at.randint(2, most)
    x = sorted(at.sample(range(8), count))
    return corridor([(a, at.randint(-3, 3)) for a in x], Fraction(at.choice([1, 2, 3, 4]), 4))


def solver_says(c: Corridor, pieces: int, seconds: float = 20.0) -> Point | Unsat:
    """Whether a continuous function of so many pieces fits: lines, and knots in ascending order, all unknown."""
    slopes, offsets = terms.variables("m", pieces), terms.variables("c", pieces)
    knots = terms.variables("t", pieces - 1) if pieces > 1 else []
    places = [terms.constant(c.x[0]), *knots, terms.constant(c.x[-1])]
    minus = Fraction(-1)

    def line(j: int, x: terms.Term) -> terms.Term:
        return terms.add(terms.mul(slopes[j], x), offsets[j])

    rules = [terms.at_least(terms.add(b, terms.scale(minus, a)), Fraction(0)) for a, b in pairwise(places)]
    for j, knot in enumerate(knots):
        rules.append(terms.equals(terms.add(line(j, knot), terms.scale(minus, line(j + 1, knot))), Fraction(0)))
        segments = []
        for i in range(len(c.x) - 1):
            inside = [terms.at_least(knot, c.x[i]), terms.at_most(knot, c.x[i + 1])]
            for wall, sign in ((c.low, 1), (c.high, -1)):
                slope = (wall[i + 1] - wall[i]) / (c.x[i + 1] - c.x[i])
                height = terms.linear([slope], wall[i] - slope * c.x[i], [knot])
                gap = terms.add(line(j, knot), terms.scale(minus, height))
                inside.append(terms.at_least(terms.scale(Fraction(sign), gap), Fraction(0)))
            segments.append(terms.all_of(inside))
        rules.append(terms.any_of(segments))
    for x, low, high in zip(c.x, c.low, c.high, strict=True):
        choices = []
        for j in range(pieces):
            value = terms.linear([x, Fraction(1)], Fraction(0), [slopes[j], offsets[j]])
            choices.append(
                terms.all_of(
                    [
                        terms.at_most(places[j], x),
                        terms.at_least(places[j + 1], x),
                        terms.at_least(value, low),
                        terms.at_most(value, high),
                    ]
                )
            )
        rules.append(terms.any_of(choices))
    answer = solve(rules, [*slopes, *offsets, *knots], seconds)
    assert isinstance(answer, (Point, Unsat)), answer
    return answer


def agree(seeds: range) -> int:
    """Compare with z3: so many pieces do, one fewer does not; the number of corridors of 2 to 4 pieces."""
    seen = 0
    for seed in seeds:
        c = random_corridor(random.Random(seed))
        pieces = fewest_links(c).pieces
        if not 2 <= pieces <= 4:
            continue
        seen += 1
        assert isinstance(solver_says(c, pieces), Point), seed
        assert isinstance(solver_says(c, pieces - 1), Unsat), seed
    return seen


def test_z3_agrees_on_a_few_corridors() -> None:
    assert agree(range(24)) >= 8


@pytest.mark.nightly
def test_z3_agrees_on_many_corridors() -> None:
    assert agree(range(24, 160)) >= 45


CORRIDORS = st.lists(st.tuples(st.integers(1, 4), st.integers(-5, 5), st.integers(0, 3)), min_size=2, max_size=9)


@given(CORRIDORS, st.integers(0, 4))
@settings(max_examples=150, deadline=None)
def test_function_fits_and_windows_hold(steps: list[tuple[int, int, int]], quarters: int) -> None:
    x = [Fraction(sum(step for step, _, _ in steps[: k + 1])) for k in range(len(steps))]
    low = [Fraction(y) - Fraction(quarters, 4) for _, y, _ in steps]
    high = [Fraction(y + gap) + Fraction(quarters, 4) for _, y, gap in steps]
    c = Corridor(tuple(x), tuple(low), tuple(high))
    links = fewest_links(c)
    assert c.holds(links.knots)
    assert len(links.windows) == links.pieces - 1
    assert check_windows(c, links.windows)
    # a corridor upside down, and one that is read from the right, need as many pieces
    assert fewest_links(Corridor(c.x, tuple(-v for v in high), tuple(-v for v in low))).pieces == links.pieces
    back = Corridor(tuple(-v for v in reversed(x)), tuple(reversed(low)), tuple(reversed(high)))
    assert fewest_links(back).pieces == links.pieces


@given(CORRIDORS)
@settings(max_examples=60, deadline=None)
def test_without_width_every_bend_is_needed(steps: list[tuple[int, int, int]]) -> None:
    x = [Fraction(sum(step for step, _, _ in steps[: k + 1])) for k in range(len(steps))]
    y = [Fraction(value) for _, value, _ in steps]
    slopes = [(d - b) / (c - a) for (a, b), (c, d) in pairwise(zip(x, y, strict=True))]
    links = fewest_links(Corridor(tuple(x), tuple(y), tuple(y)))
    assert links.pieces == 1 + sum(a != b for a, b in pairwise(slopes))


@pytest.mark.parametrize(
    ("eps", "pieces"), [("0", 4), ("1/4", 4), ("49/100", 4), ("1/2", 1), ("10", 1)]
)  # one line in the middle is the best of all for a zigzag
def test_zigzag(eps: str, pieces: int) -> None:
    assert fewest_links(corridor([(0, 0), (1, 1), (2, 0), (3, 1), (4, 0)], eps)).pieces == pieces


def test_more_width_never_needs_more_pieces() -> None:
    at = random.Random(5)
    points = [(k, at.randint(-9, 9)) for k in range(30)]
    counts = [fewest_links(corridor(points, Fraction(k, 2))).pieces for k in range(20)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[-1] == 1


def forged() -> tuple[Corridor, tuple[Window, ...]]:
    c = corridor([(0, 0), (1, 4), (2, 0), (3, 4), (4, 0)], 1)
    windows = fewest_links(c).windows
    assert len(windows) == 3
    return c, windows


def test_every_condition_of_windows_is_checked() -> None:
    c, (first, second, third) = forged()
    good = (first, second, third)
    assert check_windows(c, good)
    # one window more than there are, the last one twice: its points lie before the state
    assert not check_windows(c, (*good, third))
    assert not check_windows(c, (first, first))
    assert not check_windows(c, (second, first, third))
    # another wall, another end, points in the wrong order, an end of the corridor
    other = "lower" if first.side == "upper" else "upper"
    assert not check_windows(c, (replace(first, side=other),))
    assert not check_windows(c, (replace(first, leaves=first.leaves + Fraction(1, 100)),))
    assert not check_windows(c, (replace(first, p=first.q, q=first.p),))
    assert not check_windows(c, (replace(first, leaves=c.x[-1]),))
    # a line that ends on its wall, but left the corridor before
    wide = corridor([(0, 0), (1, 5), (2, 0), (3, 5), (4, 0), (5, 0)], 1)
    for window in fewest_links(wide).windows:
        for at in (Fraction(7, 2), Fraction(4), Fraction(9, 2)):
            assert not check_windows(wide, (replace(window, q=Fraction(0), p=Fraction(1, 2), leaves=at),))


def test_a_window_that_stays_inside_is_no_proof_of_what_is_false() -> None:
    # one piece suffices, so that no choice of points may pass
    c = corridor([(0, 0), (1, 1), (2, 0)], 1)
    places = [Fraction(k, 4) for k in range(9)]
    for side in ("upper", "lower"):
        for q in places:
            for p in places:
                for leaves in places:
                    assert not check_windows(c, (Window(side, q, p, leaves),))


def test_corridors_that_are_none() -> None:
    with pytest.raises(ShapeMismatch):
        corridor([(0, 0)], 1)
    with pytest.raises(ShapeMismatch):
        corridor([(0, 0), (0, 1)], 1)
    with pytest.raises(EmptyDomain):
        corridor([(0, 0), (1, 1)], -1)


def test_values_of_walls() -> None:
    places, values = [Fraction(0), Fraction(2), Fraction(3)], [Fraction(1), Fraction(5), Fraction(0)]
    assert [wall_at(places, values, Fraction(x)) for x in ("0", "1/2", "2", "5/2", "3")] == [1, 2, 5, Fraction(5, 2), 0]


def meetings(c: Corridor, side: str, q: Fraction, p: Fraction) -> list[Fraction]:
    """Every place from p on where the line through two wall points meets the wall of q."""
    near, far = (c.high, c.low) if side == "upper" else (c.low, c.high)
    at_q, at_p = wall_at(c.x, near, q), wall_at(c.x, far, p)
    slope = (at_p - at_q) / (p - q)
    found = set()
    for k in range(len(c.x) - 1):
        a, b = c.x[k], c.x[k + 1]
        left, right = (near[k + m] - at_p - slope * (c.x[k + m] - p) for m in (0, 1))
        if left != right:
            found.add(a + (b - a) * left / (left - right))
        found |= {a, b}
    return sorted(x for x in found if p <= x <= c.x[-1])


def longest(c: Corridor, chain: tuple[Window, ...]) -> int:
    """The most windows of a chain that passes, all chains through vertices and ends of windows tried."""
    best = len(chain)
    places = sorted({*c.x, *(end for window in chain for end in (window.p, window.leaves))})
    for side in ("upper", "lower"):
        for i, q in enumerate(places):
            for p in places[i + 1 :]:
                for leaves in meetings(c, side, q, p):
                    longer = (*chain, Window(side, q, p, leaves))
                    if check_windows(c, longer):
                        best = max(best, longest(c, longer))
    return best


@pytest.mark.parametrize("seed", range(40))
def test_no_chain_of_windows_claims_too_much(seed: int) -> None:
    at = random.Random(seed)
    count = at.randint(3, 5)
    y = [at.randint(-3, 3) for _ in range(count)]
    gaps = [at.randint(0, 3) for _ in range(count)]
    c = Corridor(
        tuple(map(Fraction, range(count))),
        tuple(map(Fraction, y)),
        tuple(Fraction(a + b) for a, b in zip(y, gaps, strict=True)),
    )
    assert longest(c, ()) == fewest_links(c).pieces - 1


def test_a_window_that_ends_at_the_end_is_none() -> None:
    c = corridor([(0, 0), (1, 2), (2, 0)], 1)
    assert fewest_links(c).pieces == 1
    assert not check_windows(c, (Window("upper", Fraction(0), Fraction(1), Fraction(2)),))


def test_a_line_that_only_touches_a_wall_has_not_left() -> None:
    # pinched at 1: a line through that point may go on inside, so nothing ends there
    c = Corridor(
        tuple(map(Fraction, range(4))), tuple(map(Fraction, (-1, 0, 1, 2))), tuple(map(Fraction, (1, 0, 3, 2)))
    )
    assert fewest_links(c).pieces == 1
    touching = Window("upper", Fraction(0), Fraction(1), Fraction(1))
    assert not check_windows(c, (touching,))
    assert not check_windows(c, (replace(touching, q=Fraction(1, 2)),))


def test_a_window_does_not_end_before_it_starts() -> None:
    c, (first, _, _) = forged()
    for leaves in (Fraction(0), first.q, first.p - Fraction(1, 2)):
        assert not check_windows(c, (replace(first, leaves=leaves),))
