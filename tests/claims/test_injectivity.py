"""What the claims say: pairs, parts, texts, and what they refuse."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verinet import kernel
from verinet.claims import bijective, injective, invertible, oriented, surjective
from verinet.claims.degree import HOMEOMORPHISM, ODD, ONTO, SECTIONS, affine_near, cube_side, only_at
from verinet.errors import EmptyDomain, ShapeMismatch, Unsupported
from verinet.geometry import Halfspace, Polyhedron, box, interval, whole_space
from verinet.networks import abs_, leaky_relu, network, relu, variable, variables
from verinet.networks.local_maps import local_map

t = variable("t")
x, y = variables("x", 2)
Point = tuple[Fraction, Fraction]
fractions = st.fractions(-2, 2, max_denominator=7)
f = network((x, y), (abs_(x) + y, relu(y - x)))


@given(st.tuples(fractions, fractions), st.tuples(fractions, fractions))
def test_the_claim_on_pairs_fails_exactly_at_ordered_collisions(first: Point, second: Point) -> None:
    claim = injective(f, box([-2, 2], dimension=2))
    pairs = claim.pairs()
    failing = not pairs.holds_at((*first, *second)) or not pairs.holds_at((*second, *first))
    assert failing == claim.collides(first, second)


def test_pairs_live_in_the_squared_domain() -> None:
    triangle = Polyhedron((0, 0), (1, 1), (Halfspace((1, 1), 1),))
    domain = injective(f, triangle).pairs().domain
    assert domain.contains((1, 0, 0, 1))
    assert not domain.contains((1, 0, 1, 1))
    assert not domain.contains((1, 1, 0, 0))


def test_texts() -> None:
    assert injective(f).text() == "f is injective on R^2"
    assert surjective(f).text() == "f maps R^2 onto R^2"
    assert bijective(f).text() == "f is a bijection of R^2 onto R^2"
    assert injective(network(t, t, domain=[(0, 1)])).text() == "f is injective on [0,1]"
    assert oriented(network(t, t)).text() == "det Df > 0 on every cell of R"
    assert invertible is bijective


def test_statements_are_what_the_kernel_reads() -> None:
    g = network((x, y), (x + leaky_relu(y, "1/2"), y))
    for statement in (injective(g).statement(), oriented(g).statement(), *bijective(g, at=(1, 1)).statement()["parts"]):
        assert kernel.read_statement(statement).kind == statement["kind"]
    with pytest.raises(Unsupported, match="names a point"):
        bijective(g).statement()
    with pytest.raises(Unsupported, match="no single kernel statement"):
        surjective(g).statement()


def test_the_value_taken_once() -> None:
    g = network((x, y), (x + leaky_relu(y, "1/2"), y))
    claim = only_at(g, (Fraction(1), Fraction(1)), whole_space(2))
    assert claim.holds_at((1, 1))
    assert claim.holds_at((0, 0))
    folded = only_at(network(t, abs_(t)), (Fraction(1),), whole_space(1))
    assert not folded.holds_at((-1,))
    near = affine_near(g, (Fraction(1), Fraction(1, 3)))
    assert near.holds_at(near.domain.low)
    assert near.holds_at(near.domain.high)


def test_a_cube_is_smaller_than_the_radius() -> None:
    for place in ("1/7", "2", "1/4"):
        piece = local_map(network(t, relu(t)), (place,))
        assert 0 < cube_side(piece) < (piece.radius() or 0)


def test_lemmas_are_printable_and_cited() -> None:
    for text, origin in (HOMEOMORPHISM, ODD, ONTO, SECTIONS):
        assert text.isascii()
        assert text.isprintable()
        assert origin.isalnum()


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ShapeMismatch):
        injective(f, interval(0, 1))
    with pytest.raises(ShapeMismatch):
        surjective(f, onto=interval(0, 1))
    with pytest.raises(ShapeMismatch):
        oriented(network((x, y), x + y))
    with pytest.raises(ShapeMismatch):
        injective("f")
    with pytest.raises(ShapeMismatch):
        bijective(f, at=(1,))
    with pytest.raises(EmptyDomain):
        surjective(f, onto=Polyhedron((0, 0), (1, 1), (Halfspace((1, 1), -1),)))
    with pytest.raises(Unsupported):
        oriented(f, sign="up")
    with pytest.raises(Unsupported):
        injective(f).holds_at((0, 0))
