"""Slices: the network on them equals the network at their points, and their cells are those that they meet."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verinet.errors import EmptyDomain, InexactInput, ShapeMismatch, SingularMatrix
from verinet.exact.linalg import Matrix
from verinet.geometry import Halfspace, Polyhedron, box, polytope, whole_space
from verinet.networks.build import layered, network, relu, variables
from verinet.networks.formats import read_network
from verinet.networks.network import Affine
from verinet.regions.embeddings import Embedding
from verinet.regions.layers import split_network
from verinet.regions.line import line
from verinet.regions.slices import slice_chain, slice_line, slice_plane
from verinet.regions.walk import explore

NETS = Path(__file__).parent.parent / "data" / "nets"
NUMBERS = st.builds(Fraction, st.integers(-4, 4), st.sampled_from([1, 2, 3, 10**60]))
LONG = Fraction(1, 3**100)
FAR = box([2, 3], dimension=4)


def random_network(seed: int, d: int = 4):
    random = Random(seed)
    first = [[random.randint(-2, 2) for _ in range(d)] for _ in range(6)]
    second = [[random.randint(-2, 2) for _ in range(6)] for _ in range(2)]
    return layered([first, second], [[random.randint(-1, 1) for _ in range(6)], [0, 1]])


def points(d: int, count: int):
    return st.lists(st.tuples(*[NUMBERS] * d), min_size=count, max_size=count)


@given(st.integers(0, 50), points(4, 3), NUMBERS, NUMBERS)
def test_a_plane_has_the_values_of_the_network(seed, corners, s, t):
    net = random_network(seed)
    try:
        cut = slice_plane(net, *corners)
    except SingularMatrix:
        steps = [[b - a for a, b in zip(corners[0], other, strict=True)] for other in corners[1:]]
        assert Matrix.from_rows(steps).rank() < 2
        return
    x = cut.point((s, t))
    assert x == tuple(a + s * (b - a) + t * (c - a) for a, b, c in zip(*corners, strict=True))
    assert cut.network(s, t) == net(x)
    assert cut.parameters(x) == (s, t)
    assert cut.domain.contains((s, t)) == (s >= 0 and t >= 0 and s + t <= 1)


@given(st.integers(0, 50), points(4, 2), NUMBERS)
def test_a_line_has_the_values_of_the_network(seed, ends, t):
    net = random_network(seed)
    if ends[0] == ends[1]:
        with pytest.raises(SingularMatrix, match="two different points"):
            slice_line(net, *ends)
        return
    cut = slice_line(net, *ends)
    assert cut.network(t) == net(cut.point(t))
    assert cut.parameters(cut.point(t)) == (t,)
    assert cut.domain.contains((t,)) == (0 <= t <= 1)


@given(st.integers(0, 50), st.lists(st.tuples(*[NUMBERS] * 4), min_size=2, max_size=6), st.fractions(-1, 7))
def test_a_chain_has_the_values_of_the_network(seed, corners, t):
    net = random_network(seed)
    if any(a == b for a, b in pairwise(corners)):
        with pytest.raises(SingularMatrix):
            slice_chain(net, corners)
        return
    chain = slice_chain(net, corners)
    for i, corner in enumerate(corners):
        assert chain.point(i) == corner
        assert chain.network(i) == net(corner)
        assert i in chain.parameters(corner)
    x = chain.point(t)
    assert chain.network(t) == net(x)
    assert (t in chain.parameters(x)) == (0 <= t <= len(corners) - 1)
    for i, embedding in enumerate(chain.embeddings):
        if i <= t <= i + 1:
            assert embedding.point(t) == x


def bends_at_joints(chain) -> list[Fraction]:
    """The breakpoints that the chain itself puts into the network."""
    first = split_network(chain.network).layers[0]
    return sorted(-first.bias[i, 0] / first.weight[i, 0] for i in range(first.splits) if first.weight[i, 0])


def test_a_chain_bends_at_joints_alone_and_at_those_that_are_real():
    x = variables("x", 2)
    affine = network(x, x[0] + 2 * x[1])
    straight = slice_chain(affine, [(0, 0), (1, 1), (2, 2), (3, 3)])
    assert straight.network.depth == 0
    turning = slice_chain(affine, [(0, 0), (1, 0), (2, 0), (2, 1), (2, 2)])
    assert bends_at_joints(turning) == [2]
    # the same direction at another speed is a real breakpoint
    assert bends_at_joints(slice_chain(affine, [(0, 0), (1, 0), (3, 0)])) == [1]


def test_a_chain_read_by_the_line():
    x = variables("x", 2)
    net = network(x, relu(x[0] - Fraction(1, 2)) + relu(x[1] - Fraction(1, 4)))
    chain = slice_chain(net, [(0, 0), (1, 0), (1, 1)])
    found = line(chain.network, chain.domain)
    assert set(found.breakpoints) == {Fraction(1, 2), Fraction(1), Fraction(5, 4)}


def test_a_line_read_by_the_line():
    net = read_network(NETS / "3-8-8-1.json")
    cut = slice_line(net, (-1, "-1/2", LONG), (1, "1/3", 1), within=box([-1, 1], dimension=3))
    found = line(cut.network, cut.domain)
    walked = explore(cut.network, cut.domain.point(), cut.domain)
    assert walked.complete
    low, high = cut.domain.low[0], cut.domain.high[0]
    ends = [low, *sorted(b for b in found.breakpoints if low < b < high), high]
    middles = [(a + b) / 2 for a, b in pairwise(ends)]
    whole = split_network(net)
    assert cut.network(middles[0]) == net(cut.point(middles[0]))
    assert walked.cells >= len(middles)
    assert walked.patterns.shape[1] == whole.words


def test_the_cells_of_a_plane_are_those_it_meets():
    net = read_network(NETS / "3-8-8-1.json")
    cut = slice_plane(net, (-1, -1, "1/7"), (1, "-1/2", 0), ("1/3", 1, "-1/5"), within=box([-1, 1], dimension=3))
    flat = explore(cut.network, cut.domain.point(), cut.domain)
    space = explore(net, cut.point(cut.domain.point()), box([-1, 1], dimension=3))
    assert flat.complete
    assert space.complete
    # no vertex or edge of the complex lies in this plane, so its cells have the patterns of those in space
    known = {pattern.tobytes() for pattern in space.patterns}
    assert {pattern.tobytes() for pattern in flat.patterns} <= known
    for cell in range(0, flat.cells, 7):
        x = cut.point(flat.interior_point(cell))
        assert cut.parameters(x) == flat.interior_point(cell)
        weight, bias = flat.affine_map(cell)
        t = Matrix.column(flat.interior_point(cell))
        assert (weight @ t + bias).row(0) == net(x)


@given(points(3, 3), st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS), max_size=3), NUMBERS, NUMBERS)
def test_the_preimage_of_a_polytope_is_exact(corners, rows, s, t):
    try:
        plane = Embedding(
            Matrix.from_rows([[b - a, c - a] for a, b, c in zip(*corners, strict=True)]), Matrix.column(corners[0])
        )
    except SingularMatrix:
        return
    body = box((-2, 1), (0, 3), (-1, 2)).cut([Halfspace(row[:3], row[3]) for row in rows])
    inside = body.contains(plane.point((s, t)))
    try:
        found = plane.preimage(body)
    except EmptyDomain:
        assert not inside
        return
    assert found.contains((s, t)) == inside
    assert found.has_bounded_box


def test_parts_of_lines_and_planes():
    x = variables("x", 3)
    net = network(x, relu(x[0] + x[1] + x[2]))
    cube = box([0, 1], dimension=3)
    diagonal = slice_line(net, (0, 0, 0), (1, 1, 1), within=cube.cut(Halfspace((1, 1, 1), 1, strict=True)))
    assert diagonal.domain.contains((Fraction(1, 4),))
    assert not diagonal.domain.contains((Fraction(1, 3),))
    assert slice_line(net, (0, 0, 0), (1, 1, 1), within=whole_space(3)).domain == whole_space(1)
    hexagon = slice_plane(net, ("1/2", "1/2", "1/2"), (1, 0, "1/2"), (0, "1/2", 1), within=cube)
    assert hexagon.domain.has_bounded_box
    assert len({h.normal for h in hexagon.domain.halfspaces}) <= 6
    whole = slice_plane(net, (0, 0, 0), (1, 0, 0), (0, 1, 0), within=whole_space(3))
    assert not whole.domain.is_bounded
    assert slice_plane(net, (0, 0, 0), (1, 0, 0), (0, 1, 0), within="box").domain == box((0, 1), (0, 1))
    # the domain of the network is where ranges were asked for, not a limit of the slice
    assert slice_line(net.with_domain([(5, 6)] * 3), (0, 0, 0), (1, 1, 1)).network.domain == ((0, 1),)


def test_a_slice_is_one_affine_layer_in_front():
    net = random_network(1)
    cut = slice_plane(net, (0, 0, 0, 0), (1, 0, 0, 0), (0, LONG, 0, 1))
    assert cut.network.input_size == 2
    assert cut.network.size == net.size
    assert isinstance(cut.network.vertices[1].operation, Affine)
    assert cut.network(1, 1) == net(1, LONG, 0, 1)


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda f: slice_line(f, (0, 0, 0, 0), (0, 0, 0, 0)), SingularMatrix, "two different points"),
        (lambda f: slice_plane(f, (0, 0, 0, 0), (1, 1, 1, 1), (2, 2, 2, 2)), SingularMatrix, "one line"),
        (lambda f: slice_plane(f, (0, 0, 0, 0), (0, 0, 0, 0), (2, 2, 2, 2)), SingularMatrix, "one line"),
        (lambda f: slice_chain(f, [(0, 0, 0, 0), (1, 0, 0, 0), (1, 0, 0, 0)]), SingularMatrix, "points 1 and 2"),
        (lambda f: slice_chain(f, [(0, 0, 0, 0)]), ShapeMismatch, "at least two"),
        (lambda f: slice_line(f, (0, 0, 0), (1, 1, 1)), ShapeMismatch, "4 coordinates"),
        (lambda f: slice_line(f, (0.5, 0, 0, 0), (1, 1, 1, 1)), InexactInput, "float"),
        (lambda f: slice_line(f, (0,) * 4, (1,) * 4, within=box([2, 3], dimension=3)), ShapeMismatch, "4 coord"),
        (lambda f: slice_line(f, (0,) * 4, (1, 0, 0, 0), within=FAR), EmptyDomain, "misses|no point"),
        (lambda f: slice_plane(f, (0,) * 4, (1, 0, 0, 0), (0, 1, 0, 0), within=FAR), EmptyDomain, "misses|no point"),
        (lambda f: slice_line(f, (0,) * 4, (1,) * 4, within="all"), ShapeMismatch, "within"),
    ],
)  # fmt: skip
def test_refusals(make, error, words):
    with pytest.raises(error, match=words) as caught:
        make(random_network(2))
    assert "Fix:" in str(caught.value)


def test_points_off_the_slice_have_no_parameters():
    cut = slice_line(random_network(3), (0, 0, 0, 0), (1, 1, 1, 1))
    with pytest.raises(EmptyDomain, match="does not lie"):
        cut.parameters((1, 1, 1, 1 + LONG))
    assert Polyhedron((0,), (1,)) == cut.domain


def test_a_plane_of_a_collision_avoidance_network(benchmarks):
    files = sorted(benchmarks.rglob("ACASXU_run2a_1_1_batch_2000.onnx"))
    if not files:
        pytest.skip("left out: no ACASXU_run2a_1_1_batch_2000.onnx in VERINET_BENCHMARKS")
    net = read_network(files[0])
    # three points of the input box
    corners = [
        ("0.6", "0", "0", "0.45", "-0.45"),
        ("0.62", "0.02", "0", "0.45", "-0.5"),
        ("0.6", "0", "0.02", "0.46", "-0.48"),
    ]
    cut = slice_plane(net, *corners)
    third = Fraction(1, 3)
    assert cut.network(third, third) == net(cut.point((third, third)))
    found = explore(cut.network, (third, third), cut.domain)
    assert found.complete
    assert found.cells == 1 + sum(len(found.facets(cell)) for cell in range(found.cells)) // 2 - inner_vertices(found)
    cell = found.cells // 2
    inside = found.interior_point(cell)
    weight, bias = found.affine_map(cell)
    assert tuple(row[0] for row in (weight @ Matrix.column(inside) + bias).to_rows()) == net(cut.point(inside))
    assert polytope(*cut.domain.halfspaces, *(Halfspace((-1, 0), 0), Halfspace((0, -1), 0))).contains(inside)


def inner_vertices(found) -> int:
    """The points inside the domain where facets end: with them, Euler's formula tells the number of cells."""
    ends = set()
    for cell in range(found.cells):
        forms = [facet.form for facet in found.facets(cell)]
        for i, f in enumerate(forms):
            for g in forms[:i]:
                det = f[1] * g[2] - f[2] * g[1]
                if det:
                    at = Fraction(f[2] * g[0] - f[0] * g[2], det), Fraction(f[0] * g[1] - f[1] * g[0], det)
                    inside = all(form[0] + form[1] * at[0] + form[2] * at[1] >= 0 for form in forms)
                    if inside and at[0] > 0 and at[1] > 0 and sum(at) < 1:
                        ends.add(at)
    return len(ends)
