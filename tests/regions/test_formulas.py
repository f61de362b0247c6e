"""Formulas: every point in one branch, against a derivation by sympy alone."""

from __future__ import annotations

from fractions import Fraction as F
from itertools import pairwise
from random import Random

import pytest
import sympy

from tests.regions.test_piecewise import small_functions
from verinet.geometry.polyhedra import Polyhedron, box, interval, whole_space
from verinet.networks import SymbolicArithmetic, evaluate
from verinet.networks.build import abs_, network, relu, variable, variables
from verinet.regions.formulas import cell_conditions
from verinet.regions.piecewise import PiecewiseAffine, piecewise


def rational(q: F) -> sympy.Rational:
    return sympy.Rational(q.numerator, q.denominator)


def telling_points(f: PiecewiseAffine, random: Random) -> list[tuple[F, ...]]:
    """Vertices, points inside of edges, facets and cells."""
    found = list(f.complex.vertices.exact())
    for k in range(1, f.complex.dimension + 1):
        for face in range(f.f_vector[k]):
            corners = f.complex.vertices.exact(f.complex.faces(k, face, 0))
            shares = [F(random.randint(1, 9)) for _ in corners]
            columns = zip(*corners, strict=True)
            found.append(tuple(sum(s * x for s, x in zip(shares, c, strict=True)) / sum(shares) for c in columns))
    return random.sample(found, min(len(found), 8))


@pytest.mark.parametrize("d", [1, 2, 3])
def test_every_point_belongs_to_one_branch(d: int) -> None:
    random = Random(d)
    symbols = sympy.symbols(f"x_0:{d}", real=True)
    for f in small_functions(d, range(10), most=8):
        conditions = cell_conditions(f, symbols)
        formulas = f.to_sympy(symbols)
        for turn, point in enumerate(telling_points(f, random)):
            at = dict(zip(symbols, map(rational, point), strict=True))
            holds = [cell for cell, condition in enumerate(conditions) if condition.subs(at) == sympy.true]
            assert len(holds) == 1
            assert holds[0] in f.locate(point)
            for formula, value in zip(formulas[:3], f.network(point), strict=False):
                assert turn > 2 or formula.subs(at) == rational(value)


def test_four_cells_around_a_point() -> None:
    x, y = variables("x", 2)
    f = piecewise(network((x, y), relu(x) + relu(y)), box((-1, 1), (-1, 1)))
    s, t = sympy.symbols("s t", real=True)
    conditions = cell_conditions(f, (s, t))
    grid = [sympy.Rational(k, 2) for k in range(-2, 3)]
    assert all(sum(c.subs({s: a, t: b}) == sympy.true for c in conditions) == 1 for a in grid for b in grid)
    assert f.to_sympy((s, t))[0].subs({s: 3, t: 0}) is sympy.nan


def by_sympy_alone(f: PiecewiseAffine, x: sympy.Symbol) -> list[tuple[F, F, sympy.Expr]]:
    """With one input: intervals between all zeros of the derivation's own cases, and its value inside of each."""
    (expression,) = evaluate(f.network, [x], SymbolicArithmetic())
    derived = sympy.piecewise_fold(expression.rewrite(sympy.Piecewise))
    low, high = (rational(side) for side in (f.domain.low[0], f.domain.high[0]))
    cuts = {low, high}
    for relation in derived.atoms(sympy.core.relational.Relational):
        for root in sympy.solve(relation.lhs - relation.rhs, x):
            if low < root < high:
                cuts.add(root)
    ordered = sorted(cuts)
    return [(a, b, derived.subs(x, (2 * a + b) / 3)) for a, b in pairwise(ordered)]


def test_against_a_derivation_by_sympy() -> None:
    u = variable("x")
    x = sympy.Symbol("x", real=True)
    inner = relu(2 * u - 1)
    for net in (
        network(u, relu(u)),
        network(u, abs_(abs_(u) - "1/3")),
        network(u, relu(inner - "1/2") - relu(u) + u),
        network(u, relu(1 - relu(u + "1/7")) - relu(-u)),
    ):
        f = piecewise(net, interval(-2, 2))
        (formula,) = f.to_sympy((x,))
        cases = by_sympy_alone(f, x)
        roots = {a for a, _, _ in cases}
        assert {rational(t) for t in f.breakpoints} <= roots
        for a, b, value in cases:
            assert formula.subs(x, (2 * a + b) / 3) == value


def test_lines_without_ends() -> None:
    u = variable("x")
    x = sympy.Symbol("x", real=True)
    for domain in (whole_space(1), Polyhedron((0,), (None,)), Polyhedron((None,), (0,)), Polyhedron((None,), (5,))):
        f = piecewise(network(u, abs_(abs_(u) - 1)), domain)
        conditions = cell_conditions(f, (x,))
        (formula,) = f.to_sympy((x,))
        for k in range(-8, 9):
            q = F(k, 2)
            expected = 1 if domain.contains((q,)) else 0
            assert sum(c.subs(x, rational(q)) == sympy.true for c in conditions) == expected
            if expected:
                assert formula.subs(x, rational(q)) == rational(f(q)[0])
    affine = piecewise(network(u, 3 * u)).to_sympy((x,))[0]
    assert affine.subs(x, 7) == 21
