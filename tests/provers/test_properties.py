"""Ranges, nearness, symmetries, homogeneity, curvature and solutions against the exact complex."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from tests.provers.small_networks import HUNDRED, grid, small_network
from verinet import kernel
from verinet.claims import (
    Proved,
    Refuted,
    Unknown,
    components_reach_boundary,
    concave,
    continuous,
    convex,
    equal,
    equals,
    even,
    exactly_one,
    has_fixed_point,
    inputs,
    is_max_of,
    is_min_of,
    lipschitz,
    monotone,
    no_fixed_point,
    odd,
    outputs,
    permutation_invariant,
    positively_homogeneous,
    range_of,
    symmetric,
    unique_fixed_point,
)
from verinet.claims.verdicts import Verdict
from verinet.errors import ShapeMismatch, Unsupported
from verinet.geometry import Halfspace, Polyhedron, box, domain_product, interval, whole_space
from verinet.networks import (
    Network,
    abs_,
    activation,
    add,
    apply_activation,
    compose,
    copies,
    layered,
    maximum,
    minimum,
    network,
    permute_neurons,
    precompose,
    prune_neurons,
    quantise,
    recession,
    relu,
    rescale_neurons,
    scale,
    variable,
    variables,
)
from verinet.provers.portfolio import prove
from verinet.regions.piecewise import piecewise
from verinet.work import Budget

SQUARE = box((-1, 1), (-1, 2))
LINE = interval(-2, 1)
CONTINUOUS = ("relu", ("leaky_relu", "1/4"), "abs", "hard_tanh")


def holds(verdict: Verdict) -> bool:
    """Proved or refuted, the kernel agreeing with every certificate that there is."""
    assert isinstance(verdict, Proved | Refuted), verdict
    if verdict.certificate is not None:
        kernel.check(verdict.certificate.text)
    return isinstance(verdict, Proved)


def side_of(net: Network) -> Polyhedron:
    return SQUARE if net.input_size == 2 else LINE


@pytest.mark.parametrize("number", HUNDRED)
def test_ranges(number: int) -> None:
    net = small_network(number, (2, 3, 1) if number % 2 else (1, 3, 2, 2), CONTINUOUS)
    domain = side_of(net)
    f = piecewise(net, domain)
    ends = [(f.range(i).low, f.range(i).high) for i in range(net.output_size)]
    assert holds(prove(range_of(net, domain).within(*ends)))
    assert holds(prove(range_of(net, domain) == ends))
    low, high = ends[0]
    wider = prove(range_of(net, domain) == [(low - 1, high), *ends[1:]])
    assert not holds(wider)
    assert isinstance(wider, Refuted)
    assert wider.certificate is not None
    if low < high:
        verdict = prove(range_of(net, domain).within((low, (low + high) / 2), *ends[1:]))
        assert isinstance(verdict, Refuted)
        assert verdict.counterexample is not None
        assert verdict.counterexample.y[0] > (low + high) / 2


def test_ranges_of_wrong_shape_are_refused() -> None:
    x = variable("x")
    net = network(x, relu(x))
    for ends in (3, (1, 2, 3), [(0, 1), (0, 1)], "ab"):
        with pytest.raises(ShapeMismatch):
            _ = range_of(net, LINE) == ends
    with pytest.raises(ShapeMismatch, match="low <= high"):
        _ = range_of(net, LINE) == (1, 0)
    assert (range_of(net, LINE) == ("0", "1")).ends == ((0, 1),)


@pytest.mark.parametrize("number", HUNDRED)
def test_equal_within(number: int) -> None:
    sizes = (2, 3, 2) if number % 2 else (1, 3, 2)
    f, g = small_network(number, sizes), small_network(number + 1000, sizes)
    domain = side_of(f)
    distance = piecewise(f, domain).compare(g).distance
    assert distance is not None
    assert holds(prove(equal(f, g, domain, within=distance)))
    if distance:
        verdict = prove(equal(f, g, domain, within=distance * Fraction(99, 100)))
        assert not holds(verdict)
        assert isinstance(verdict, Refuted)
        assert verdict.counterexample is not None
        x = verdict.counterexample.x
        assert max(abs(a - b) for a, b in zip(f(*x), g(*x), strict=True)) > distance * Fraction(99, 100)


@pytest.mark.parametrize("number", HUNDRED)
def test_transformations_are_what_they_say(number: int) -> None:
    chance = random.Random(number)
    net = small_network(number, (2, 3, 2, 1) if number % 2 else (1, 4, 2), ("relu", ("leaky_relu", "1/4"), "abs"))
    domain = side_of(net)
    layer = number % (len(net.level_widths))
    width = net.level_widths[layer]
    order = chance.sample(range(width), width)
    assert holds(prove(equal(net, permute_neurons(net, layer, order), domain)))
    factors = [chance.choice([Fraction(1, 3), Fraction(1), Fraction(7, 2)]) for _ in range(width)]
    assert holds(prove(equal(net, rescale_neurons(net, layer, factors), domain)))
    for other in (quantise(net, step="1/4"), quantise(net, bits=4), prune_neurons(net, layer, [0], [1])):
        distance = piecewise(net, domain).compare(other).distance
        assert holds(prove(equal(net, other, domain))) == (distance == 0)
        assert holds(prove(equal(net, other, domain, within=distance)))


@pytest.mark.parametrize("number", HUNDRED)
def test_symmetries(number: int) -> None:
    f = small_network(number, (2, 3, 1), CONTINUOUS)
    square = box([-1, 1], dimension=2)
    swapped, minus = precompose(f, [[0, 1], [1, 0]]), precompose(f, [[-1, 0], [0, -1]])
    sum_, difference, swap = add(f, minus), add(f, scale(minus, -1)), add(f, swapped)
    assert holds(prove(even(sum_, square)))
    assert holds(prove(odd(difference, square)))
    assert holds(prove(permutation_invariant(swap, (1, 0), square)))
    g = piecewise(f, square)
    assert holds(prove(even(f, square))) == (g.compare(minus).distance == 0)
    assert holds(prove(odd(f, square))) == (g.compare(scale(minus, -1)).distance == 0)
    assert holds(prove(permutation_invariant(f, (1, 0), square))) == (g.compare(swapped).distance == 0)


def test_symmetries_under_affine_maps_and_their_words() -> None:
    x = variable("x")
    tent = network(x, 1 - abs_(2 * x - 1))
    claim = symmetric(tent, [[-1]], interval(0, 1), offset=[1])
    assert claim.text() == "f(-x + 1) = f(x) on [0,1]"
    assert holds(prove(claim))
    layers = claim.statement()["networks"]
    assert layers[1][1:] == layers[0]
    steps = network(x, apply_activation(x, activation("floor")))
    shift = symmetric(steps, [[1]], interval(0, 3), offset=[1], outputs_offset=[1])
    assert shift.text() == "f(x + 1) = f(x) + 1 on [0,3]"
    assert holds(prove(shift))
    a, b = variables("x", 2)
    pair = network((a, b), [relu(a), relu(b)])
    swap = symmetric(pair, [[0, 1], [1, 0]], box([-1, 1], dimension=2), outputs=[[0, 1], [1, 0]])
    assert swap.text() == "f(x_1, x_0) = (f_1(x), f_0(x)) on [-1,1]^2"
    assert holds(prove(swap))
    with pytest.raises(ShapeMismatch):
        symmetric(pair, [[1]], box([-1, 1], dimension=2))
    with pytest.raises(ShapeMismatch):
        permutation_invariant(pair, (0, 0), box([-1, 1], dimension=2))


@pytest.mark.parametrize("number", HUNDRED)
def test_positively_homogeneous(number: int) -> None:
    net = small_network(number, (2, 3, 1), CONTINUOUS) if number % 2 else small_network(number, (1, 2, 2), CONTINUOUS)
    quadrant = Polyhedron((0,) * net.input_size, (None,) * net.input_size)
    domain = quadrant if number % 3 == 0 else whole_space(net.input_size)
    far = recession(net)
    assert holds(prove(positively_homogeneous(far, domain)))
    verdict = prove(positively_homogeneous(net, domain))
    points = grid(((0, 3),) * net.input_size if number % 3 == 0 else ((-3, 3),) * net.input_size, 6)
    wrong = [x for x in points for t in (2, 5) if net(*(t * c for c in x)) != tuple(t * y for y in net(*x))]
    if holds(verdict):
        assert not wrong
        return
    assert isinstance(verdict, Refuted)
    point = verdict.counterexample
    assert point is not None
    ((other, value),) = point.more
    factor = next((b / a for a, b in zip(point.x, other, strict=True) if a), Fraction(2))
    assert other == tuple(factor * entry for entry in point.x)
    assert value != tuple(factor * entry for entry in point.y)
    assert domain.contains(point.x)


def test_homogeneity_needs_a_cone() -> None:
    x = variable("x")
    net = network(x, relu(x))
    with pytest.raises(Unsupported, match="cone"):
        positively_homogeneous(net, interval(0, 1))
    floor = network(x, apply_activation(x, activation("floor")), domain=[(-8, 8)])
    assert recession(floor)(Fraction(1, 2)) == (Fraction(1, 2),)


@pytest.mark.parametrize("number", HUNDRED)
def test_curvature(number: int) -> None:
    net = small_network(number, (2, 2, 1) if number % 2 else (1, 3, 1), CONTINUOUS)
    domain = side_of(net)
    if number % 5 == 0:
        inner = variables("x", net.input_size)
        forms = [sum((c * x for c, x in zip((number % 7 - k, k), inner, strict=False)), start=0 * inner[0] + k % 2)
                 for k in range(3)]  # fmt: skip
        net = network(inner, (maximum if number % 2 else minimum)(*forms))
    expected = piecewise(net, domain).curvature()
    for claim, truth in ((convex(net, domain), expected.convex), (concave(net, domain), expected.concave)):
        verdict = prove(claim)
        assert holds(verdict) == truth
        if isinstance(verdict, Refuted):
            point = verdict.counterexample
            assert point is not None
            assert verdict.certificate is not None
            (middle, value), (other, _) = point.more
            assert claim.refuted_by(point.x, other)
            assert middle == tuple((a + b) / 2 for a, b in zip(point.x, other, strict=True))
            assert value == net(*middle)


def test_maxima_and_minima() -> None:
    a, b = variables("x", 2)
    net = network((a, b), [maximum(a, b, 0), minimum(a, b)])
    x, y = inputs(net)
    assert holds(prove(is_max_of(net, (x, y, 0), SQUARE)))
    assert holds(prove(is_min_of(net, (x, y), SQUARE, output=1)))
    assert not holds(prove(is_max_of(net, (x, y), SQUARE)))
    assert not holds(prove(is_max_of(net, (x, y, 0, "1/2"), SQUARE)))
    with pytest.raises(ShapeMismatch):
        is_max_of(net, (), SQUARE)
    with pytest.raises(ShapeMismatch):
        is_max_of(net, (outputs(net)[0],), SQUARE)
    with pytest.raises(ShapeMismatch):
        convex(net, SQUARE, output=2)


@pytest.mark.parametrize("number", HUNDRED)
def test_curvature_without_a_complex(number: int) -> None:
    net = small_network(number, (2, 2, 1), CONTINUOUS)
    if number % 2 == 0:
        a, b = variables("x", 2)
        net = network((a, b), maximum(a - number % 3, b, 0, a + b) + abs_(a - b))
    huge = box([-(10**9), 10**9], dimension=2)
    expected = piecewise(net, huge).curvature()
    for claim, truth in (
        (convex(net, whole_space(2)), expected.convex),
        (concave(net, whole_space(2)), expected.concave),
    ):
        verdict = prove(claim)
        assert holds(verdict) == truth
        if isinstance(verdict, Refuted):
            point = verdict.counterexample
            assert point is not None
            _, (other, _) = point.more
            assert claim.refuted_by(point.x, other)


def test_curvature_in_eight_inputs() -> None:
    x = variables("x", 8)
    net = network(x, relu(x[0] + x[1] - x[7]) + relu(x[2] - x[3]) + maximum(x[4], x[5]) - x[6])
    domain = box([-1, 1], dimension=8)
    assert holds(prove(convex(net, domain)))
    assert not holds(prove(concave(net, domain)))


@pytest.mark.parametrize("number", HUNDRED)
def test_fixed_points(number: int) -> None:
    net = small_network(number, (2, 3, 2) if number % 2 else (1, 3, 1), CONTINUOUS)
    domain = side_of(net)
    size = net.input_size
    identity = [[int(i == j) for j in range(size)] for i in range(size)]
    gap = add(net, scale(layered([identity], [[0] * size]), -1))
    zeros = fixed_points(gap, domain)
    assert holds(prove(has_fixed_point(net, domain))) == bool(zeros)
    assert holds(prove(no_fixed_point(net, domain))) == (not zeros)
    verdict = prove(unique_fixed_point(net, domain))
    assert holds(verdict) == (len(zeros) == 1)
    if len(zeros) > 1:
        assert isinstance(verdict, Refuted)
        point = verdict.counterexample
        assert point is not None
        assert verdict.certificate is not None
        ((other, _),) = point.more
        assert other != point.x
        assert gap(*other) == gap(*point.x) == (0,) * size
    if len(zeros) == 1:
        (only,) = zeros
        assert holds(prove(unique_fixed_point(net, domain, at=only)))
        moved = (only[0] + Fraction(1, 1000), *only[1:])
        assert not holds(prove(unique_fixed_point(net, domain, at=moved)))


def fixed_points(gap: Network, domain: Polyhedron) -> set[tuple[Fraction, ...]]:
    """Zeros of a map, at most two: vertices of the cells of all zero sets, cell by cell."""
    f = piecewise(gap, domain)
    found: set[tuple[Fraction, ...]] = set()
    for cell in range(f.cells):
        weight, bias = f.map_of(cell)
        if weight.det():
            point = tuple(entry for (entry,) in weight.solve(-bias).to_rows())
            found |= {point} if f.complex.contains(cell, point) else set()
            continue
        corners = [(*p, *gap(*p)) for p in f.complex.v_representation(cell)]
        found |= zeros_of_a_flat_cell(corners, gap.input_size)
    return found


def zeros_of_a_flat_cell(corners: list[tuple[Fraction, ...]], size: int) -> set[tuple[Fraction, ...]]:
    """Two zeros, or one, or none, where the map is singular: on segments between corners."""
    found: set[tuple[Fraction, ...]] = set()
    for i, p in enumerate(corners):
        for q in corners[: i + 1]:
            # p + t (q - p) with all outputs 0
            steps = [(p[k], q[k] - p[k]) for k in range(size, len(p))]
            moving = [-a / b for a, b in steps if b]
            if any(a for a, b in steps if not b) or len(set(moving)) > 1:
                continue
            times = moving[:1] or [Fraction(0), Fraction(1)]
            found |= {tuple(p[k] + t * (q[k] - p[k]) for k in range(size)) for t in times if 0 <= t <= 1}
    return found


def test_exactly_one_solution_of_a_formula() -> None:
    x = variable("x")
    net = network(x, abs_(x))
    (y,) = outputs(net)
    assert holds(prove(exactly_one(net, equals(y, 0), LINE)))
    assert not holds(prove(exactly_one(net, equals(y, "1/2"), LINE)))
    assert not holds(prove(exactly_one(net, equals(y, 3), LINE)))
    assert holds(prove(exactly_one(net, y >= 2, LINE)))
    assert not holds(prove(exactly_one(net, y >= 1, LINE)))
    with pytest.raises(ShapeMismatch):
        has_fixed_point(network(x, [x, x]), LINE)


def test_a_claim_about_three_networks_and_two_copies() -> None:
    from verinet.claims import always, any_of, somewhere
    from verinet.networks import on_inputs

    f, g = small_network(3, (2, 2, 1)), small_network(4, (2, 3, 1))
    h = add(f, g)
    (a,), (b,), (c,) = outputs(f, g, h)
    assert holds(prove(always((f, g, h), equals(a + b, c), SQUARE)))
    assert not holds(prove(always((f, g, h), a + b < c, SQUARE)))
    assert holds(prove(somewhere((f, g, h), any_of(a + b >= c, b > c), SQUARE)))
    x = variable("x")
    up = network(x, relu(x) + x)
    first, second = on_inputs(up, [0], of=2), on_inputs(up, [1], of=2)
    (p,), (q,) = outputs(first, second)
    s, t = inputs(first)
    assert holds(prove(always((first, second), any_of(p <= q, s > t), box([-1, 1], dimension=2))))
    assert not holds(prove(always((first, second), any_of(p < q, s > t), box([-1, 1], dimension=2))))
    triangle = box([0, 1], dimension=2).cut(Halfspace((1, 1), 1))
    pairs = domain_product(triangle, triangle)
    both = copies(f)
    assert both[1](9, 9, 1, 2) == f(1, 2)
    (u,), (v,) = outputs(*both)
    ends = piecewise(f, triangle).range()
    assert holds(prove(always(both, u - v <= ends.high - ends.low, pairs)))
    assert holds(prove(somewhere(both, u - v >= ends.high - ends.low, pairs)))
    assert compose(up, up)(1) == on_inputs(compose(up, up), [2], of=3)(5, 6, 1)


def test_a_budget_that_is_spent_gives_unknown() -> None:
    net = small_network(5, (2, 4, 2), ("relu",))
    flat = small_network(5, (2, 4, 1), ("relu",))
    jumping = small_network(5, (2, 4, 1), ("sign",))
    claims = [
        monotone(net, SQUARE),
        lipschitz(net, SQUARE) == 1,
        range_of(flat, SQUARE) == (0, 1),
        equal(net, net, SQUARE, within="1/3"),
        convex(flat, SQUARE),
        convex(flat, whole_space(2)),
        unique_fixed_point(net, SQUARE),
        positively_homogeneous(net),
        continuous(jumping, SQUARE),
        components_reach_boundary(flat, SQUARE, 0),
    ]
    for claim in claims:
        verdict = prove(claim, Budget(seconds=0))
        assert isinstance(verdict, Unknown | Refuted), (claim.text(), verdict)


def test_assumptions_say_what_they_conclude() -> None:
    x = variable("x")
    verdict = prove(convex(network(x, relu(x)), LINE))
    assert isinstance(verdict, Proved)
    (assumption,) = verdict.theorem.assumptions
    assert assumption["kind"] == "lemma"
    assert assumption["text"].endswith("so the statement says: y_0 is convex on [-2,1]")
    assert str(verdict).endswith("under 1 assumption")
