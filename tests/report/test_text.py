"""Statements in words: the text printed of a certificate is the text of the claim that was made."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import verinet as vn
from tests.golden.compare import certificates, compare
from verinet.claims import Affine, Atom, Claim
from verinet.claims.language import Always
from verinet.report import check, statement_text, theorem_text
from verinet.report.statements import decode

X, (U, V) = vn.variable("x"), vn.variables("x", 2)
ABSOLUTE = vn.network(X, vn.relu(X) + vn.relu(-X))
PAIR = vn.network([U, V], [vn.maximum(U, V), vn.minimum(U, V)])
UNIT = vn.interval(0, 1)
(Y,) = vn.claims.outputs(ABSOLUTE)
CLAIMS: list[Claim] = [
    vn.claims.always(ABSOLUTE, Y >= 0, vn.interval(-1, 1)),
    vn.claims.always(ABSOLUTE, Y >= 0, vn.whole_space(1)),
    vn.claims.somewhere(ABSOLUTE, Y > "1/2", UNIT),
    vn.claims.always(ABSOLUTE, Y <= "1/2", UNIT).fails(),
    vn.claims.equal(ABSOLUTE, vn.network(X, vn.abs_(X)), UNIT),
    vn.claims.sup_error(ABSOLUTE, {(2,): 1, (1,): "-1/3"}, UNIT) <= 1,
    vn.claims.sup_error(PAIR, [{(1, 0): 1}, {(0, 1): -1}], vn.box((0, 1), (0, 1))) <= 3,
    vn.claims.sup_error(PAIR, [{(1, 0): 1}, {(0, 1): -1}], vn.box((0, 1), (0, 1))) == 2,
    vn.claims.value(PAIR, at=(1, "1/2")) == (1, "1/2"),
    vn.claims.cells(PAIR, vn.box([0, 1], dimension=2)) == 2,
    vn.claims.linear_regions(ABSOLUTE, vn.interval(-1, 1)) == 2,
]


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.text())
def test_the_text_of_a_statement_is_that_of_its_claim(claim: Claim) -> None:
    assert statement_text(decode(claim.statement())) == claim.text()


numbers = st.fractions(min_value=-9, max_value=9, max_denominator=12)


@given(numbers, st.tuples(numbers, numbers), st.tuples(numbers, numbers), st.booleans(), numbers, numbers)
def test_a_decoded_statement_means_the_same(
    constant: Fraction,
    x: tuple[Fraction, Fraction],
    y: tuple[Fraction, Fraction],
    strict: bool,
    a: Fraction,
    b: Fraction,
) -> None:
    terms = [tuple((i, c) for i, c in enumerate(row) if c) for row in (x, y)]
    claim = Always((PAIR,), ((Atom(Affine(constant, *terms), strict),),), vn.box([-9, 9], dimension=2))
    found = decode(claim.statement())
    point = (a, b)
    assert found.clauses[0][0].holds(point, PAIR(*point)) is claim.holds_at(point)
    assert found.domain == claim.domain


def test_halfspaces_come_back() -> None:
    domain = vn.box((0, 1), (0, 2)).cut(vn.Halfspace((2, -4), "1/3", strict=True))
    found = decode((vn.claims.cells(PAIR, domain) == 2).statement()).domain
    assert found is not None
    for point in ((0, 0), ("1/2", "1/6"), (1, "5/12"), (1, "1/2"), ("1/6", 0)):
        exact = tuple(vn.Q(entry) for entry in point)
        assert found.contains(exact) is domain.contains(exact)


@pytest.mark.parametrize("path", certificates(), ids=lambda path: path.stem)
def test_pages_of_text(path: Path) -> None:
    compare(f"text/{path.stem}.txt", theorem_text(check(path)) + "\n")
