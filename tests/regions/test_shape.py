"""Lipschitz constants, monotonicity and convexity: numpy's norms, brute force over cells, and points that violate."""

from __future__ import annotations

from fractions import Fraction as F
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.regions.test_piecewise import inner_point, small_functions
from verinet.errors import ShapeMismatch, Unsupported
from verinet.exact.linalg import Matrix
from verinet.exact.rationals import Q
from verinet.geometry.polyhedra import box, interval
from verinet.networks.build import maximum, minimum, network, relu, variable, variables
from verinet.regions.lipschitz import cell_lipschitz, operator_norm, spectral_norm
from verinet.regions.piecewise import PiecewiseAffine, piecewise

entries = st.one_of(st.integers(-3, 3).map(F), st.fractions(-2, 2, max_denominator=9), st.just(F(1, 10**40)))


@st.composite
def matrices(draw: st.DrawFn) -> Matrix:
    m, n = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    return Matrix.from_rows([[draw(entries) for _ in range(n)] for _ in range(m)])


@settings(max_examples=60)
@given(matrices())
def test_operator_norms(a: Matrix) -> None:
    floats = a.to_float64()
    assert float(operator_norm(a, "1").high) == pytest.approx(np.linalg.norm(floats, 1))
    assert float(operator_norm(a, "inf").high) == pytest.approx(np.linalg.norm(floats, np.inf))
    for accuracy in (F(1), F(1, 10**6), F(1, 10**30)):
        found = spectral_norm(a, accuracy)
        assert found.width <= accuracy
        assert float(found.low) <= np.linalg.norm(floats, 2) * (1 + 1e-9) + 1e-30
        assert np.linalg.norm(floats, 2) * (1 - 1e-9) - 1e-30 <= float(found.high)
    # the rows of the enclosure are decided exactly: t I - A^T A is positive definite just above, not below
    gram = a.T @ a
    fine = spectral_norm(a, F(1, 10**15))
    assert positive(Matrix.identity(gram.rows).scale((fine.high + F(1, 10**16)) ** 2) - gram)
    if fine.low > 0:
        assert not positive(Matrix.identity(gram.rows).scale(fine.low**2 * (1 - F(1, 10**18))) - gram)


def positive(a: Matrix) -> bool:
    """Positive definite, by its leading minors."""
    return all(a.take_rows(range(k)).take_columns(range(k)).det() > 0 for k in range(1, a.rows + 1))


@pytest.mark.parametrize("d", [1, 2, 3])
def test_the_constant_is_the_greatest_of_the_cells(d: int) -> None:
    for f in small_functions(d, range(20), most=40):
        for norm in ("1", "inf"):
            cells = [cell_lipschitz(f, cell, norm).high for cell in range(f.cells)]
            found = f.lipschitz(norm)
            assert found.constant.low == found.constant.high == max(cells) == cells[found.cell]
        two = f.lipschitz(2, "1e-9").constant
        cells = [np.linalg.norm(f.map_of(cell)[0].to_float64(), 2) for cell in range(f.cells)]
        assert two.width <= F(1, 10**9)
        assert float(two.low) == pytest.approx(max(cells), abs=1e-8)


def test_scalar_outputs_use_the_dual_norm() -> None:
    x, y = variables("x", 2)
    f = piecewise(network((x, y), relu(3 * x - 4 * y)), box((-1, 1), (-1, 1)))
    assert [f.lipschitz(n).constant.high for n in ("1", "2", "inf")] == [4, 5, 7]
    with pytest.raises(Unsupported):
        f.lipschitz("3")


@pytest.mark.parametrize("d", [1, 2, 3])
def test_monotonicity_is_the_sign_of_the_slopes(d: int) -> None:
    for f in small_functions(d, range(30, 60), most=40):
        for i in range(d):
            slopes = [f.map_of(cell)[0][0, i] for cell in range(f.cells)]
            up, down = f.monotonicity(i, 0), f.monotonicity(i, 0, increasing=False)
            strictly = f.monotonicity(i, 0, strict=True)
            assert bool(up) == (min(slopes) >= 0)
            assert bool(down) == (max(slopes) <= 0)
            assert bool(strictly) == (min(slopes) > 0)
            for found, wrong in ((up, -1), (down, 1)):
                if not found:
                    assert found.cell is not None
                    assert found.slope == slopes[found.cell]
                    assert found.slope * wrong > 0


def violation(f: PiecewiseAffine, facet: int, random: Random) -> F:
    """f at the middle of a short segment across a facet, less the middle of its values at the ends."""
    one, other = f.complex.cells_of_facets[facet].tolist()
    corners = f.complex.vertices.exact(f.complex.faces(f.complex.dimension - 1, facet, 0))
    shares = [F(random.randint(1, 9)) for _ in corners]
    middle = [sum(s * x for s, x in zip(shares, c, strict=True)) / sum(shares) for c in zip(*corners, strict=True)]
    toward = [x - m for x, m in zip(inner_point(f, one, random), middle, strict=True)]
    step = F(1)
    while True:
        ends = [tuple(m + s * step * v for m, v in zip(middle, toward, strict=True)) for s in (1, -1)]
        if f.complex.contains(one, ends[0]) and f.complex.contains(other, ends[1]):
            a, b = (f.network(end)[0] for end in ends)
            return f.network(tuple(middle))[0] - (a + b) / 2
        step /= 2


@pytest.mark.parametrize("d", [1, 2, 3])
def test_convexity_and_the_facets_that_refuse_it(d: int) -> None:
    random = Random(d)
    seen = set()
    for f in small_functions(d, range(40), most=30):
        found = f.curvature(0)
        seen.add((found.convex, found.concave))
        if found.convex:
            for _ in range(10):
                cells = [random.randrange(f.cells) for _ in range(2)]
                x, y = (inner_point(f, cell, random) for cell in cells)
                middle = tuple((a + b) / 2 for a, b in zip(x, y, strict=True))
                assert 2 * f.network(middle)[0] <= f.network(x)[0] + f.network(y)[0]
        else:
            assert violation(f, found.not_convex, random) > 0
        if not found.concave:
            assert violation(f, found.not_concave, random) < 0
        assert found.affine == (len({(f.map_of(c)[0].row(0), f.map_of(c)[1].row(0)) for c in range(f.cells)}) == 1)
    assert len(seen) >= 3


def test_named_shapes() -> None:
    x, y = variables("x", 2)
    square = box((-1, 1), (-1, 1))
    largest, least = maximum(x, y, -x - y), minimum(x, y, -x - y)
    convex = piecewise(network((x, y), largest), square).curvature()
    concave = piecewise(network((x, y), least), square).curvature()
    neither = piecewise(network((x, y), largest + 2 * least), square).curvature()
    assert [(c.convex, c.concave) for c in (convex, concave, neither)] == [(True, False), (False, True), (False, False)]
    # a bend of one part in 10^40 is a bend
    u = variable("u")
    bent = piecewise(network(u, u - Q("1e-40") * relu(u)), interval(-1, 1)).curvature()
    assert (bent.convex, bent.concave) == (False, True)
    cancelled = piecewise(network((x, y), relu(x + y) - relu(x + y)), square).curvature()
    assert cancelled.affine
    with pytest.raises(ShapeMismatch):
        piecewise(network(u, u), interval(0, 1)).monotonicity(1)
