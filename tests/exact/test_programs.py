"""Exact linear programs against brute force over vertices, z3, and hand-made degenerate systems."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product

import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from verinet.errors import BudgetExhausted, EmptyDomain, NotANumber, ShapeMismatch
from verinet.exact import margins, programs
from verinet.exact.linalg import Matrix
from verinet.exact.programs import (
    Empty,
    Explorer,
    Feasible,
    Flat,
    Infeasible,
    Interior,
    Minimum,
    System,
    Unbounded,
    feasible,
    interior,
    minimum,
    round_multipliers,
)
from verinet.work import Budget, under

ONE = Fraction(1)


def system(rows, strict=None, low=None, high=None):
    width = len(rows[0]) - 1
    return System(
        tuple(tuple(row) for row in rows),
        tuple(strict) if strict is not None else (False,) * len(rows),
        tuple(low) if low is not None else (-ONE,) * width,
        tuple(high) if high is not None else (ONE,) * width,
    )


# --- independent checks of certificates, in Fractions and in words of the definitions -----------------


def value(row, point):
    return Fraction(row[0]) + sum((Fraction(c) * x for c, x in zip(row[1:], point, strict=True)), Fraction(0))


def in_box(s, point):
    sides = zip(s.low, point, s.high, strict=True)
    return all((lo is None or lo <= x) and (hi is None or x <= hi) for lo, x, hi in sides)


def satisfied(s, point):
    rows = zip(s.rows, s.strict, strict=True)
    return in_box(s, point) and all(value(r, point) > 0 or (not q and value(r, point) == 0) for r, q in rows)


def box_maximum(s, row):
    total = Fraction(row[0])
    for c, lo, hi in zip(row[1:], s.low, s.high, strict=True):
        if c > 0:
            total = None if hi is None or total is None else total + c * hi
        elif c < 0:
            total = None if lo is None or total is None else total + c * lo
    return total


def summed(s, multipliers):
    assert all(type(i) is int and type(m) is int and m > 0 for i, m in multipliers)
    assert len({i for i, _ in multipliers}) == len(multipliers)
    return [sum(m * s.rows[i][j] for i, m in multipliers) for j in range(len(s.low) + 1)]


def refutes(s, multipliers):
    most = box_maximum(s, summed(s, multipliers))
    used_strict = any(s.strict[i] for i, _ in multipliers)
    return multipliers and most is not None and (most < 0 or (most == 0 and used_strict))


def check_feasible(s):
    answer = feasible(s)
    if isinstance(answer, Feasible):
        assert satisfied(s, answer.point)
        return True
    assert isinstance(answer, Infeasible)
    assert refutes(s, answer.multipliers)
    return False


def check_interior(s):
    answer = interior(s)
    match answer:
        case Interior(point):
            assert all(lo is None or lo < x for lo, x in zip(s.low, point, strict=True))
            assert all(hi is None or x < hi for hi, x in zip(s.high, point, strict=True))
            vacuous = [not any(r) and not q for r, q in zip(s.rows, s.strict, strict=True)]
            assert all(value(r, point) > 0 or v for r, v in zip(s.rows, vacuous, strict=True))
        case Empty(multipliers):
            assert refutes(s, multipliers)
        case Flat(()):
            assert any(lo is not None and lo == hi for lo, hi in zip(s.low, s.high, strict=True))
        case Flat(multipliers):
            assert box_maximum(s, summed(s, multipliers)) <= 0
            assert any(any(s.rows[i][1:]) for i, _ in multipliers)
    return type(answer)


def check_minimum(row, s):
    answer = minimum(row, s)
    closed = System(s.rows, (False,) * len(s.rows), s.low, s.high)
    match answer:
        case Minimum(least, point, multipliers, scale):
            assert satisfied(closed, point)
            assert value(row, point) == least
            assert scale > 0
            rest = [m - scale * r for m, r in zip(summed(s, multipliers), row, strict=True)]
            assert -box_maximum(s, rest) == scale * least
            return least
        case Infeasible(multipliers):
            assert refutes(closed, multipliers)
            return "empty"
        case Unbounded(point, direction):
            assert satisfied(closed, point)
            for step in (1, 10**6):
                far = [x + step * d for x, d in zip(point, direction, strict=True)]
                assert satisfied(closed, far)
            assert value(row, far) < value(row, point)
            return "unbounded"


# --- oracle: all vertices of a polytope, by brute force -----------------------------------------------


def vertices(s):
    width = len(s.low)
    forms = [list(map(Fraction, row)) for row in s.rows]
    for j, (lo, hi) in enumerate(zip(s.low, s.high, strict=True)):
        unit = [Fraction(int(i == j)) for i in range(width)]
        forms += [[-lo, *unit], [hi, *(-u for u in unit)]]
    closed = System(s.rows, (False,) * len(s.rows), s.low, s.high)
    found = set()
    for chosen in combinations(forms, width):
        matrix = Matrix.from_rows([form[1:] for form in chosen])
        if matrix.det() == 0:
            continue
        solution = matrix.solve(Matrix.column([-form[0] for form in chosen]))
        point = tuple(x for (x,) in solution.to_rows())
        if satisfied(closed, point):
            found.add(point)
    return found


def middle(points):
    return tuple(sum(xs, Fraction(0)) / len(points) for xs in zip(*points, strict=True))


small = st.integers(-3, 3)
numbers = st.one_of(small, st.sampled_from([0, 0, 1, -1, 2**61 - 1, -(2**61) + 1, 2**80, 10**20 + 1]))
ends = st.sampled_from([Fraction(n, d) for n in (-2, -1, 0, 1, 2) for d in (1, 3)])


@st.composite
def bounded_systems(draw, entries=small):
    width = draw(st.integers(1, 3))
    rows = draw(st.lists(st.tuples(*[entries] * (width + 1)), min_size=1, max_size=6))
    # duplicate, opposite and scaled rows are where ties live
    for _ in range(draw(st.integers(0, 2))):
        row = draw(st.sampled_from(rows))
        factor = draw(st.sampled_from([1, -1, 2, -3, 2**70]))
        rows.append(tuple(factor * entry for entry in row))
    sides = [sorted(draw(st.tuples(ends, ends))) for _ in range(width)]
    strict = draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows)))
    return system(rows, strict, [a for a, _ in sides], [b for _, b in sides])


def _judge(s, row):
    corners = vertices(s)
    centre = middle(corners) if corners else None
    # the middle of the vertices is in the relative interior: a strict row is > 0 there or nowhere
    assert check_feasible(s) == (centre is not None and satisfied(s, centre))
    kind = check_interior(s)
    if any(lo == hi for lo, hi in zip(s.low, s.high, strict=True)):
        assert kind is Flat
    else:
        solid = centre is not None and all(value(r, centre) > 0 or not any(r[1:]) for r in s.rows)
        solid = solid and all(lo < x < hi for lo, x, hi in zip(s.low, centre, s.high, strict=True))
        constants = [(r[0], q) for r, q in zip(s.rows, s.strict, strict=True) if not any(r[1:])]
        solid = solid and all(c > 0 or (c == 0 and not q) for c, q in constants)
        assert (kind is Interior) == solid
    least = check_minimum(row, s)
    assert least == (min(value(row, p) for p in corners) if corners else "empty")


@settings(max_examples=150, deadline=None)
@given(bounded_systems(), st.tuples(small, small, small, small))
def test_all_three_questions_against_all_vertices(s, row):
    _judge(s, row[: len(s.low) + 1])


@settings(max_examples=60, deadline=None)
@given(bounded_systems(numbers), st.tuples(numbers, numbers, numbers, numbers))
def test_all_three_questions_with_huge_and_tiny_ratios(s, row):
    _judge(s, row[: len(s.low) + 1])


@settings(max_examples=60, deadline=None)
@given(bounded_systems(), st.tuples(small, small, small, small))
def test_the_exact_fallback_alone_gives_the_same_answers(s, row):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(margins, "propose", lambda *_: None)
        _judge(s, row[: len(s.low) + 1])


@settings(max_examples=60, deadline=None)
@given(bounded_systems(), st.tuples(small, small, small, small), st.randoms(use_true_random=False))
def test_a_lying_float_solver_changes_no_answer(s, row, random):
    """Points, multipliers and bases that are nonsense must be refuted, not believed."""
    true_propose = margins.propose

    def lie(rows, lower, upper, objective):
        proposal = true_propose(rows, lower, upper, objective)
        if proposal is None:
            return None
        held = list(proposal.held)
        random.shuffle(held)
        free = held.count(None)
        chosen = tuple(random.sample(range(len(rows)), free)) if free <= len(rows) else ()
        return margins.Proposal(
            value=random.choice([-1.0, -1e-20, 0.0, 1e-20, 1.0]),
            point=tuple(random.uniform(-1, 1) for _ in proposal.point),
            duals=tuple(random.choice([0.0, 1.0, random.random()]) for _ in proposal.duals),
            rows=chosen,
            held=tuple(held),
        )

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(margins, "propose", lie)
        _judge(s, row[: len(s.low) + 1])


# --- unbounded boxes, judged by z3 --------------------------------------------------------------------


@st.composite
def open_systems(draw):
    s = draw(bounded_systems())
    low = tuple(draw(st.sampled_from([lo, None])) for lo in s.low)
    high = tuple(draw(st.sampled_from([hi, None])) for hi in s.high)
    return System(s.rows, s.strict, low, high)


def z3_constraints(z3, s, xs, strict):
    parts = []
    for r, q in zip(s.rows, s.strict, strict=True):
        form = z3.Sum([z3.RealVal(r[0]), *(c * x for c, x in zip(r[1:], xs, strict=True))])
        parts.append(form > 0 if q and strict else form >= 0)
    for x, lo, hi in zip(xs, s.low, s.high, strict=True):
        parts += [] if lo is None else [x >= z3.RealVal(str(lo))]
        parts += [] if hi is None else [x <= z3.RealVal(str(hi))]
    return parts


@settings(max_examples=80, deadline=None)
@given(open_systems(), st.tuples(small, small, small, small))
def test_systems_without_sides_against_z3(s, row):
    xs = z3.Reals(" ".join(f"x{j}" for j in range(len(s.low))))
    row = row[: len(s.low) + 1]

    def possible(*extra, strict=True):
        solver = z3.Solver()
        solver.add(*z3_constraints(z3, s, xs, strict), *extra)
        answer = solver.check()
        assert answer != z3.unknown
        return answer == z3.sat

    assert check_feasible(s) == possible()
    goal = z3.Sum([z3.RealVal(row[0]), *(c * x for c, x in zip(row[1:], xs, strict=True))])
    least = check_minimum(row, s)
    if least == "empty":
        assert not possible(strict=False)
    elif least != "unbounded":
        assert not possible(goal < z3.RealVal(str(least)), strict=False)
    kind = check_interior(s)
    if kind is not Flat or not any(lo is not None and lo == hi for lo, hi in zip(s.low, s.high, strict=True)):
        inside = [x > z3.RealVal(str(lo)) for x, lo in zip(xs, s.low, strict=True) if lo is not None]
        inside += [x < z3.RealVal(str(hi)) for x, hi in zip(xs, s.high, strict=True) if hi is not None]
        solid = [(r, q or any(r[1:])) for r, q in zip(s.rows, s.strict, strict=True)]
        open_rows = System(tuple(r for r, _ in solid), tuple(q for _, q in solid), s.low, s.high)
        solver = z3.Solver()
        solver.add(*z3_constraints(z3, open_rows, xs, True), *inside)
        assert (kind is Interior) == (solver.check() == z3.sat)


# --- cases that break float solvers -------------------------------------------------------------------


@pytest.mark.parametrize("bits", [20, 60, 300])
@pytest.mark.parametrize("width", [1, 2, 5])
def test_slabs_of_any_thickness(bits, width):
    """``0 <= a.x - c <= 2^-bits``: solid, touching when closed from one side, empty when turned round."""
    normal = [3, -5, 7, 1, -1][:width]
    unit = 1 << bits
    slab = [(unit * -1, *(unit * a * 4 for a in normal)), (unit + 1, *(-unit * a * 4 for a in normal))]
    s = system(slab)
    assert check_feasible(s)
    assert check_interior(s) is Interior
    turned = system([tuple(-e for e in row) for row in slab])
    assert not check_feasible(turned)
    assert check_interior(turned) is Empty
    flat = system([slab[0], tuple(-e for e in slab[0])])
    assert check_feasible(flat)
    assert check_interior(flat) is Flat
    assert check_minimum((0, *normal), s) == Fraction(1, 4)
    assert check_minimum((0, *(-n for n in normal)), s) == -Fraction(unit + 1, 4 * unit)


@pytest.mark.parametrize("width", [2, 3, 5])
def test_cones_through_the_origin(width):
    units = [[int(i == j) for i in range(width)] for j in range(width)]
    orthant = [(0, *unit) for unit in units]
    assert check_interior(system(orthant)) is Interior
    pointed = [*orthant, (0, *[-1] * width)]
    assert check_feasible(system(pointed))
    assert check_interior(system(pointed)) is Flat
    strict = [False] * width + [True]
    assert not check_feasible(system(pointed, strict))
    # free of any box, only the apex is left
    nowhere = [None] * width
    assert feasible(system(pointed, None, nowhere, nowhere)).point == (0,) * width
    assert check_minimum((0, *[1] * width), system(pointed, None, nowhere, nowhere)) == 0


@pytest.mark.parametrize("shift", [-900, 900])
def test_row_scales(shift):
    rows = [(1, -2, 3), (-1, 4, 5), (2, 1, -7)]
    shifts = [900 + shift, 900 - shift, 900 + shift]
    scaled = [tuple(e << by for e in row) for row, by in zip(rows, shifts, strict=True)]
    assert check_interior(system(scaled)) == check_interior(system(rows))
    assert check_minimum((0, 1, 1), system(scaled)) == check_minimum((0, 1, 1), system(rows))
    turned = [*scaled, tuple(-e for e in rows[0])]
    assert check_interior(system(turned)) is Flat
    assert check_interior(system([*scaled, (-100, 1, 1)])) is Empty


@pytest.mark.parametrize("powers", [(80, -80), (-80, 80), (-80, -80), (80, 0)])
def test_column_scales(powers):
    rows = [(1, -2, 3), (-1, 4, 5), (2, 1, -7), (0, 1, -1)]
    columns = [Fraction(2) ** p for p in powers]
    scaled = [(r[0] << 80, *(int((r[j + 1] << 80) * columns[j]) for j in range(2))) for r in rows]
    low, high = [-1 / c for c in columns], [1 / c for c in columns]
    goal = (0, int(2**80 * columns[0]), int(2**80 * columns[1]))
    expected = check_minimum((0, 2**80, 2**80), system(rows))
    assert check_minimum(goal, system(scaled, None, low, high)) == expected
    assert check_interior(system(scaled, None, low, high)) is check_interior(system(rows))
    # the same without sides: the columns are scaled by what the rows say
    nowhere = [None, None]
    free = check_minimum((0, 2**80, 2**80), system([*rows, (-1, 1, 1)], None, nowhere, nowhere))
    more = [*scaled, (-(2**80), goal[1], goal[2])]
    assert check_minimum(goal, system(more, None, nowhere, nowhere)) == free


def test_column_scales_inside_a_unit_box():
    tiny = 2**80
    rows = [(-1, tiny, 1), (1, -tiny, 1), (-1, 0, 3)]
    s = system(rows)
    assert check_interior(s) is Interior
    assert check_minimum((0, 0, 1), s) == Fraction(1, 3)
    flat = system([(-1, tiny, 1), (1, -tiny, -1), (-1, 0, 3)])
    assert check_interior(flat) is Flat


def test_zero_rows_say_nothing_unless_strict():
    zero = (0, 0, 0)
    assert check_interior(system([zero, zero])) is Interior
    assert check_feasible(system([zero]))
    assert not check_feasible(system([zero], [True]))
    assert check_interior(system([zero, (1, 1, 0)], [True, False])) is Empty
    assert check_interior(system([zero, (0, 1, 0), (0, -1, 0)])) is Flat


def test_constant_rows():
    assert check_interior(system([(5, 0)])) is Interior
    assert interior(system([(1, 1), (-5, 0)])) == Empty(((1, 1),))
    assert feasible(system([(-5, 0), (5, 0)])) == Infeasible(((0, 1),))
    assert check_minimum((7, 0), system([(5, 0)])) == 7
    assert check_minimum((7, 0), system([(-5, 0)])) == "empty"


def test_contradictory_and_duplicate_rows():
    assert check_interior(system([(-2, 3), (1, -3)])) is Empty
    assert check_feasible(system([(-1, 3)] * 50))
    assert check_interior(system([(-1, 3), (1, -3)] * 20)) is Flat
    assert not check_feasible(system([(-1, 3), (1, -3)] * 20, [False] * 39 + [True]))


def test_strict_rows_that_only_touch_the_box():
    touching = system([(-1, 1)], [True])  # x > 1 on [-1, 1]
    assert feasible(touching) == Infeasible(((0, 1),))
    assert feasible(system([(-1, 1)])).point == (1,)
    assert interior(system([(-1, 1)])) == Flat(((0, 1),))
    corner = system([(-2, 1, 1)], [True])
    assert not check_feasible(corner)
    assert check_feasible(system([(-2, 1, 1)]))
    # strict on a face of a nonstrict flat set
    diagonal = [(0, 1, -1), (0, -1, 1), (0, 1, 0)]
    assert check_feasible(system(diagonal, [False, False, True]))
    assert not check_feasible(system([*diagonal, (0, 0, -1)], [False, False, True, False]))


def test_boxes_that_are_points_or_flat():
    half = Fraction(1, 2)
    flat = system([(0, 1, 1)], None, [half, -ONE], [half, ONE])
    assert interior(flat) == Flat(())
    assert feasible(flat).point[0] == half
    assert check_minimum((0, 3, 1), flat) == ONE
    point = system([(0, 2, -4)], [False], [half, Fraction(1, 4)], [half, Fraction(1, 4)])
    assert feasible(point).point == (half, Fraction(1, 4))
    assert check_minimum((1, 1, 0), point) == Fraction(3, 2)
    assert not check_feasible(system([(0, 2, -4)], [True], [half, Fraction(1, 4)], [half, Fraction(1, 4)]))
    assert check_minimum((1, 1), system([(-1, 1)], None, [half], [half])) == "empty"


def test_no_rows_at_all():
    empty = System((), (), (-ONE, None), (ONE, None))
    assert satisfied(empty, feasible(empty).point)
    assert check_interior(empty) is Interior
    assert check_minimum((0, 1, 0), empty) == -1
    assert check_minimum((0, 1, 1), empty) == "unbounded"
    nothing = System((), (), (), ())
    assert feasible(nothing) == Feasible(())
    assert minimum((3,), nothing).value == 3


def test_unbounded_directions():
    nowhere = [None, None]
    wedge = system([(0, 1, -1), (0, 1, 1)], None, nowhere, nowhere)
    assert check_minimum((0, 1, 0), wedge) == 0
    assert check_minimum((0, -1, 0), wedge) == "unbounded"
    strip = system([(1, 1, 0), (1, -1, 0)], None, nowhere, nowhere)
    assert check_minimum((0, 0, 1), strip) == "unbounded"
    assert check_minimum((0, 5, 0), strip) == -5
    assert check_interior(strip) is Interior
    assert not check_feasible(system([(-2, 1, 0), (1, -1, 0)], None, nowhere, nowhere))
    # no exact cancellation is possible by rounding: the multipliers must be exact
    big = 10**25 + 13
    third = system([(-1, big, -3), (0, -big, 3)], None, nowhere, nowhere)
    assert not check_feasible(third)


def test_many_ties_in_five_dimensions():
    """All sign patterns of +-x_1 ... +-x_5 >= 0: only the origin is left."""
    rows = [(0, *signs) for signs in product((1, -1), repeat=5)]
    s = system(rows)
    assert feasible(s).point == (0,) * 5
    assert check_interior(s) is Flat
    assert not check_feasible(system(rows, [True] + [False] * 31))
    assert check_minimum((0, 1, 2, 3, 4, 5), s) == 0


def test_klee_minty_cube_by_the_exact_simplex_alone(monkeypatch):
    monkeypatch.setattr(margins, "propose", lambda *_: None)
    width = 6
    rows = []
    for i in range(width):
        row = [0] * (width + 1)
        row[0] = 5 ** (i + 1)
        for j in range(i):
            row[j + 1] = -(2 ** (i - j + 1))
        row[i + 1] = -1
        rows.append(tuple(row))
    s = system(rows, None, [Fraction(0)] * width, [None] * width)
    goal = (0, *(-(2 ** (width - 1 - j)) for j in range(width)))
    assert check_minimum(goal, s) == -(5**width)


def test_short_multipliers_are_preferred():
    """A clear contradiction of 120-bit rows is refuted by small integers."""
    noise = [(2**120 + 977 * k, 2**119 - 31 * k) for k in range(2)]
    s = system([(-noise[0][0], noise[0][1], noise[1][1]), (-noise[1][0], -noise[1][1], -noise[0][1])])
    answer = interior(s)
    assert isinstance(answer, Empty)
    assert all(m < 2**17 for _, m in answer.multipliers)


# --- bad input ----------------------------------------------------------------------------------------


def test_bad_systems_are_refused():
    with pytest.raises(ShapeMismatch, match="row 1"):
        System(((1, 2), (1, 2, 3)), (False, False), (None,), (None,))
    with pytest.raises(ShapeMismatch):
        System(((1, 2),), (), (None,), (None,))
    with pytest.raises(NotANumber):
        System(((0.5, 2),), (False,), (None,), (None,))
    with pytest.raises(NotANumber):
        System(((True, 2),), (False,), (None,), (None,))
    with pytest.raises(EmptyDomain):
        System((), (), (ONE,), (-ONE,))
    with pytest.raises(ShapeMismatch):
        minimum((1, 2, 3), System((), (), (ONE,), (ONE,)))


def test_a_wrong_answer_is_never_returned(monkeypatch):
    """The last check is against the system as given, whatever the method says."""
    s = system([(1, 2)])
    monkeypatch.setattr(programs, "widest_margin", lambda *_, **__: margins.Found((Fraction(-1),)))
    with pytest.raises(ArithmeticError):
        feasible(s)
    with pytest.raises(ArithmeticError):
        interior(s)
    monkeypatch.setattr(programs, "widest_margin", lambda *_, **__: margins.Found(None, ((0, -1),)))
    with pytest.raises(ArithmeticError):
        feasible(s)
    with pytest.raises(ArithmeticError):
        interior(s)
    monkeypatch.setattr(programs, "closest_minimum", lambda *_: margins.Found((ONE,), ((0, 1),), 1))
    with pytest.raises(ArithmeticError):
        minimum((0, 1), s)
    monkeypatch.setattr(programs, "closest_minimum", lambda *_: margins.Found((ONE,), direction=(ONE,)))
    with pytest.raises(ArithmeticError):
        minimum((0, -1), s)


# --- rounding -----------------------------------------------------------------------------------------


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 1e6), st.integers(-900, 900), numbers), min_size=1, max_size=6),
    st.sampled_from([8, 16, 40]),
)
def test_rounded_multipliers_are_near_and_short(parts, bits):
    from math import ldexp

    rows = [((entry or 1) << (900 + shift), 1) for _, shift, entry in parts]
    sizes = [row[0].bit_length() for row in rows]
    duals = [ldexp(dual, -size) for (dual, _, _), size in zip(parts, sizes, strict=True)]
    found = dict(round_multipliers(duals, rows, bits))
    assert all(m > 0 for m in found.values())
    weights = [Fraction(dual) * (1 << size) for dual, size in zip(duals, sizes, strict=True)]
    top = max(weights)
    if not found:
        assert top == 0
        return
    largest = max(range(len(weights)), key=weights.__getitem__)
    unit = Fraction(found[largest] << sizes[largest]) / top  # one power of two up to rounding
    for i, weight in enumerate(weights):
        got = Fraction(found.get(i, 0) << sizes[i]) / unit
        assert abs(got - weight) <= top * Fraction(2) ** (2 - bits)


def test_rounding_of_nothing():
    assert round_multipliers([], []) == []
    assert round_multipliers([0.0, -1.0], [(1, 1), (1, 1)]) == []
    assert round_multipliers([float("inf")], [(1, 1)]) == []


# --- the explorer -------------------------------------------------------------------------------------


def test_explorer_follows_push_and_pop():
    explorer = Explorer([-1.0, -1.0], [1.0, 1.0])
    assert explorer.minimize([0.0, 1.0, 1.0])[0] == -2.0
    explorer.push([-5.0e10, 1.0e11, 0.0])  # x >= 1/2
    least, point, duals = explorer.minimize([1.0, 1.0, 1.0])
    assert (least, point.tolist()) == (0.5, [0.5, -1.0])
    assert duals == pytest.approx([1e-11])
    explorer.push([-2.0, 0.0, 1.0])  # y >= 2: impossible
    assert explorer.minimize([0.0, 1.0, 0.0]) is None
    ray = explorer.ray
    assert ray is not None
    assert ray[1] > 0
    assert all(r >= 0 for r in ray)
    explorer.pop()
    assert explorer.ray is not None or explorer.minimize([0.0, 1.0, 0.0]) is not None
    assert explorer.minimize([0.0, 1.0, 0.0])[0] == 0.5
    assert explorer.ray is None
    explorer.pop()
    assert len(explorer) == 0
    assert explorer.minimize([0.0, 1.0, 0.0])[0] == -1.0


def test_explorer_refuses_what_it_cannot_do():
    explorer = Explorer([0.0], [1.0])
    with pytest.raises(ShapeMismatch):
        explorer.push([1.0, 2.0, 3.0])
    with pytest.raises(NotANumber):
        explorer.push([1.0, float("nan")])
    with pytest.raises(ShapeMismatch):
        explorer.pop()
    with pytest.raises(ShapeMismatch):
        Explorer([0.0], [])
    free = Explorer([-float("inf")], [float("inf")])
    assert free.minimize([0.0, 1.0]) is None
    assert free.ray is None


@settings(max_examples=40, deadline=None)
@given(bounded_systems(), st.tuples(small, small, small, small))
def test_explorer_agrees_with_the_exact_minimum(s, row):
    row = row[: len(s.low) + 1]
    explorer = Explorer([float(lo) for lo in s.low], [float(hi) for hi in s.high])
    for r in s.rows:
        explorer.push([float(e) for e in r])
    exact = minimum(row, s)
    found = explorer.minimize([float(e) for e in row])
    if isinstance(exact, Minimum) and found is not None:
        least, _, duals = found
        assert least == pytest.approx(float(exact.value), abs=1e-6)
        assert all(d >= 0 for d in duals)
        # the duals bound the minimum from below, up to floats
        pairs = list(zip(duals, s.rows, strict=True))
        rest = [float(r) - sum(d * q[j] for d, q in pairs) for j, r in enumerate(row)]
        lower = rest[0] + sum(
            min(c * float(lo), c * float(hi)) for c, lo, hi in zip(rest[1:], s.low, s.high, strict=True)
        )
        assert lower == pytest.approx(least, abs=1e-5)


def test_an_exact_program_ends_with_the_budget_of_the_search_around_it():
    touching = system([(0, 1), (0, -1)])
    with under(Budget(seconds=0)), pytest.raises(BudgetExhausted, match="0 seconds"):
        minimum((0, 1), touching)
    with under(Budget(steps=0)):
        assert minimum((0, 1), touching).value == 0
    assert minimum((0, 1), touching).value == 0
