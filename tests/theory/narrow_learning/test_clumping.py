"""The clumping game: rules by their words, the optimum by search, full moves, and vectors that are stuck."""

from __future__ import annotations

from fractions import Fraction
from itertools import chain, combinations, pairwise, product
from math import ceil, log2
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verinet.errors import ShapeMismatch, Unsupported
from verinet.theory.narrow_learning.clumping import (
    Game,
    clumping_game,
    fewest_moves,
    full_play,
    joined,
    ladder,
    least_stuck_size,
)

levels = st.lists(st.fractions(0, 5, max_denominator=2), max_size=5)
thresholds = st.fractions(0, 4, max_denominator=2)


def good_by_words(w, tau, phi, i, j):
    """The definition, read again."""
    if w[i] > tau or w[j] > tau:
        return False
    inside = w[i + 1 : j]
    flat = not [x for x in inside if x > tau]
    clump = not [x for x in inside if x <= w[i] + phi or x <= w[j] + phi]
    return flat or clump


def plays_by_words(w, tau, phi):
    """All results of all moves: any set of good intervals, joined by hand."""
    good = [(i, j) for i, j in combinations(range(len(w)), 2) if good_by_words(w, tau, phi, i, j)]
    for chosen in chain.from_iterable(combinations(good, size) for size in range(1, len(good) + 1)):
        # entries that share an interval belong together
        group = list(range(len(w)))
        for i, j in chosen:
            low = min(group[i : j + 1])
            merged = set(group[i : j + 1])
            group = [low if g in merged else g for g in group]
        yield tuple(min(w[p] for p in range(len(w)) if group[p] == g) for g in dict.fromkeys(group))


def fewest_by_words(w, tau, phi):
    seen, layer, moves = {w}, {w}, 0
    while layer:
        if any(len(x) == 1 for x in layer):
            return moves
        layer = {after for x in layer for after in plays_by_words(x, tau, phi)} - seen
        seen |= layer
        moves += 1
    return None


@given(levels, thresholds, st.sampled_from([Fraction(0), Fraction(1, 2), Fraction(1), Fraction(2)]))
@settings(deadline=None, max_examples=30)
def test_good_intervals_and_the_move(inner, tau, phi):
    game = clumping_game([0, *inner, 0], threshold=tau, step=phi)
    w = game.levels
    expected = tuple(p for p in combinations(range(len(w)), 2) if good_by_words(w, tau, phi, *p))
    assert game.good_intervals() == expected
    if expected:
        reached = set(plays_by_words(w, tau, phi)) if len(expected) <= 8 else {game.full_move().levels}
        assert game.full_move().levels in reached
        assert min(map(len, reached)) == len(game.full_move().levels)


@pytest.mark.parametrize("tau", [0, 1, 2])
def test_the_search_and_the_full_play_find_the_optimum_of_all_plays(tau):
    for inner in chain(product(range(4), repeat=2), product(range(4), repeat=3)):
        w = tuple(map(Fraction, (0, *inner, 0)))
        game = clumping_game(w, threshold=tau)
        expected = fewest_by_words(w, tau, Fraction(1))
        assert fewest_moves(game) == expected
        play = full_play(game)
        assert (len(play) - 1 if play[-1].is_won else None) == expected


@given(st.lists(st.integers(0, 4), min_size=4, max_size=7), st.integers(0, 3))
@settings(deadline=None, max_examples=40)
def test_no_play_is_shorter_than_the_full_one(inner, tau):
    game = clumping_game([0, *inner, 0], threshold=tau)
    play = full_play(game)
    assert fewest_moves(game) == (len(play) - 1 if play[-1].is_won else None)


@given(levels, thresholds)
@settings(deadline=None, max_examples=30)
def test_what_is_joined_has_another_entry_between(inner, tau):
    """Neighbouring unions [i, j], [i', j'] of all good intervals have i' > j + 1: else [j, i'] would be good."""
    unions = joined(clumping_game([0, *inner, 0], threshold=tau).good_intervals())
    assert all(right[0] > left[1] + 1 for left, right in pairwise(unions))


@pytest.mark.parametrize("depth", range(7))
def test_ladders_are_stuck_exactly_below_their_depth(depth):
    for tau in range(depth + 2):
        game = ladder(depth, threshold=tau)
        assert len(game.levels) == 2**depth + 1
        assert bool(game.good_intervals()) is (tau >= depth)
    if depth:
        assert least_stuck_size(depth - 1) == 2**depth + 1


@given(st.integers(1, 3), st.data())
@settings(deadline=None, max_examples=30)
def test_fewer_entries_are_never_stuck(tau, data):
    size = data.draw(st.integers(2, least_stuck_size(tau) - 1))
    inner = data.draw(st.lists(st.fractions(0, tau + 2, max_denominator=2), min_size=size - 2, max_size=size - 2))
    assert clumping_game([0, *inner, 0], threshold=tau).good_intervals()


def test_all_stuck_vectors_of_five_entries():
    """With tau = phi = 1, exhaustively in steps of 1/2: stuck ones have five entries at least, one at most 1."""
    steps = [Fraction(n, 2) for n in range(6)]
    for size in (0, 1, 2):
        for inner in product(steps, repeat=size):
            assert clumping_game([0, *inner, 0], threshold=1).good_intervals()
    stuck = [w for w in product(steps, repeat=3) if not clumping_game([0, *w, 0], threshold=1).good_intervals()]
    assert (2, 1, 2) in stuck
    assert all(w[1] <= 1 < min(w[0], w[2]) for w in stuck)


def test_long_random_vectors_take_few_moves():
    random = Random(1)
    for size in (32, 128):
        tau = ceil(log2(size))
        for _ in range(3):
            w = [0, *(Fraction(random.randint(0, 40), 4) for _ in range(size - 2)), 0]
            play = full_play(clumping_game(w, threshold=tau))
            assert play[-1].is_won
            assert len(play) - 1 <= tau


def test_refusals():
    with pytest.raises(Unsupported, match="0 at both ends"):
        clumping_game([0, 1], threshold=1)
    with pytest.raises(Unsupported, match="0 at both ends"):
        Game((), Fraction(1))
    assert ladder(3, threshold=2).full_move() == ladder(3, threshold=2)
    game = clumping_game([0, 5, 5, 0], threshold=1)
    with pytest.raises(Unsupported, match="not good"):
        game.move([(0, 2)])
    with pytest.raises(Unsupported, match="got none"):
        game.move([])
    with pytest.raises(Unsupported, match="at most 12"):
        fewest_moves(clumping_game([0] * 13, threshold=1))
    with pytest.raises(ShapeMismatch, match="from 0 to 20"):
        ladder(21, threshold=1)
    with pytest.raises(Unsupported, match="step above 0"):
        least_stuck_size(1, 0)
