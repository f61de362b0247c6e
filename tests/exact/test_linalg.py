"""Matrices against plain Fraction arithmetic and sympy."""

from __future__ import annotations

import pickle
from fractions import Fraction

import flint
import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from verinet.errors import InexactInput, NotANumber, ShapeMismatch, SingularMatrix, Unsupported
from verinet.exact.linalg import Matrix

# A pool of nasty numbers: zeros, small ones that cancel, dyadic ones, denominators of 60 digits.
POOL = [Fraction(0)] * 6 + [Fraction(s * n, d) for s in (1, -1) for n in (1, 2, 3) for d in (1, 2, 3, 6)]
POOL += [Fraction(n) * Fraction(2) ** e for n in (1, -5) for e in (-60, 60)]
POOL += [Fraction(n, d) for n in (1, -(10**60) - 7) for d in (10**59 + 1, 3 * 10**59 + 1, 2**200)]
entries = st.sampled_from(POOL)
few = settings(max_examples=60, deadline=None)


@st.composite
def tables(draw, rows=None, columns=None):
    height = draw(st.integers(0, 4)) if rows is None else rows
    width = draw(st.integers(0, 4)) if columns is None else columns
    table = [[draw(entries) for _ in range(width)] for _ in range(height)]
    if height > 1 and draw(st.booleans()):
        table[-1] = [2 * e for e in table[0]]  # parallel rows
    return table, width


def built(table, width):
    return Matrix.from_rows(table, columns=width)


def product_of(a, b, width):
    return [[sum((x * b[k][j] for k, x in enumerate(row)), Fraction(0)) for j in range(width)] for row in a]


def is_normal(m):
    numbers = [n for row in m.numerators() for n in row]
    common = m.denominator
    for n in numbers:
        common = int(flint.fmpz(common).gcd(n))
    return m.denominator > 0 and common == 1


@few
@given(tables())
def test_entries_come_back(pair):
    table, width = pair
    m = built(table, width)
    assert m.shape == (len(table), width)
    assert m.to_rows() == tuple(map(tuple, table))
    assert all(m.row(i) == tuple(row) for i, row in enumerate(table))
    for i, row in enumerate(table):
        assert all(m[i, j] == entry and type(m[i, j]) is Fraction for j, entry in enumerate(row))
    assert is_normal(m)
    assert m.is_zero() == (not any(e for row in table for e in row))
    numerators = m.numerators()
    assert all(type(n) is int for row in numerators for n in row)
    assert Matrix.from_integers(numerators, m.denominator, columns=width) == m
    assert Matrix.from_integers([[-n for n in row] for row in numerators], -m.denominator, columns=width) == m


@few
@given(tables())
def test_pickle_hash_and_repr(pair):
    m = built(*pair)
    again = pickle.loads(pickle.dumps(m))
    assert again == m
    assert hash(again) == hash(m)
    assert again.shape == m.shape
    assert len(repr(m)) < 1000
    assert m != "m"


@few
@given(st.data())
def test_arithmetic(data):
    a, width = data.draw(tables())
    b, _ = data.draw(tables(rows=len(a), columns=width))
    q = data.draw(entries)
    x, y = built(a, width), built(b, width)
    pairs = [list(zip(r, s, strict=True)) for r, s in zip(a, b, strict=True)]
    assert (x + y).to_rows() == tuple(tuple(u + v for u, v in row) for row in pairs)
    assert (x - y).to_rows() == tuple(tuple(u - v for u, v in row) for row in pairs)
    assert (-x).to_rows() == tuple(tuple(-u for u in row) for row in a)
    assert x.scale(q).to_rows() == tuple(tuple(q * u for u in row) for row in a)
    assert (x.T).T.to_rows() == x.to_rows()
    assert x.T.shape == (width, len(a))
    assert all(is_normal(m) for m in (x + y, x - y, -x, x.scale(q), x.T))


@few
@given(st.data())
def test_product(data):
    a, inner = data.draw(tables())
    b, width = data.draw(tables(rows=inner))
    x, y = built(a, inner), built(b, width)
    assert (x @ y).to_rows() == tuple(map(tuple, product_of(a, b, width)))
    assert (x @ y).shape == (len(a), width)
    assert is_normal(x @ y)
    assert Matrix.identity(len(a)) @ x == x


@few
@given(st.data())
def test_blocks(data):
    a, width = data.draw(tables())
    b, other = data.draw(tables(rows=len(a)))
    c, _ = data.draw(tables(columns=width))
    x, y, z = built(a, width), built(b, other), built(c, width)
    assert x.hstack(y).to_rows() == tuple((*r, *s) for r, s in zip(a, b, strict=True))
    assert x.vstack(z).to_rows() == tuple(map(tuple, [*a, *c]))
    corner = x.block_diagonal(y, z)
    assert corner.shape == (len(a) + len(b) + len(c), width + other + width)
    assert corner.take_rows(range(len(a))).take_columns(range(width)) == x
    middle = corner.take_rows(range(len(a), 2 * len(a)))
    assert middle.take_columns(range(width, width + other)) == y
    assert middle.take_columns(range(width)).is_zero()
    assert all(is_normal(m) for m in (x.hstack(y), x.vstack(z), corner))
    if a:
        chosen = data.draw(st.lists(st.integers(0, len(a) - 1), max_size=5))
        assert x.take_rows(chosen).to_rows() == tuple(tuple(a[i]) for i in chosen)
        assert x.T.take_columns(chosen) == x.take_rows(chosen).T
        assert is_normal(x.take_rows(chosen))


@few
@given(st.integers(0, 4).flatmap(lambda n: tables(rows=n, columns=n)), st.data())
def test_determinant_rank_and_solutions_against_sympy(pair, data):
    table, n = pair
    m = built(table, n)
    other = sympy.Matrix(n, n, [sympy.Rational(e.numerator, e.denominator) for row in table for e in row])
    determinant = other.det()
    assert m.det() == Fraction(int(determinant.p), int(determinant.q))
    assert m.rank() == other.rank()
    right, width = data.draw(tables(rows=n))
    b = built(right, width)
    if determinant == 0:
        with pytest.raises(SingularMatrix):
            m.solve(b)
    else:
        x = m.solve(b)
        assert x.shape == (n, width)
        assert m @ x == b
        assert is_normal(x)


@few
@given(tables())
def test_triangular_factors(pair):
    table, width = pair
    m = built(table, width)
    order, lower, upper = m.plu()
    assert sorted(order) == list(range(m.rows))
    assert lower @ upper == m.take_rows(order)
    assert is_triangular(lower, upper)
    k = min(m.shape)
    minors = [m.take_rows(range(i)).take_columns(range(i)).det() for i in range(1, k + 1)]
    if all(minors):
        lower, upper = m.lu()
        assert lower @ upper == m
        assert is_triangular(lower, upper)
    else:
        with pytest.raises(SingularMatrix):
            m.lu()


def is_triangular(lower, upper):
    unit = all(lower[i, i] == 1 for i in range(lower.rows))
    below = all(lower[i, j] == 0 for i in range(lower.rows) for j in range(i + 1, lower.columns))
    return unit and below and all(upper[i, j] == 0 for i in range(upper.rows) for j in range(min(i, upper.columns)))


@few
@given(tables())
def test_nullspace(pair):
    m = built(*pair)
    basis = m.nullspace()
    assert basis.shape == (m.columns, m.columns - m.rank())
    assert (m @ basis).is_zero()
    assert basis.rank() == basis.columns
    assert basis.denominator == 1


def test_large_systems_use_the_other_solver():
    rng = np.random.default_rng(1)
    m = Matrix.from_floats(rng.normal(size=(40, 40)))
    b = Matrix.from_floats(rng.normal(size=(40, 2)))
    assert m @ m.solve(b) == b
    singular = m.take_rows([*range(39), 0])
    with pytest.raises(SingularMatrix):
        singular.solve(b)
    assert singular.rank() == 39


# --- floats -------------------------------------------------------------------------------------------


floats = st.floats(allow_nan=False, allow_infinity=False)


@few
@given(st.lists(st.lists(floats, min_size=3, max_size=3), min_size=1, max_size=4))
def test_floats_enter_exactly_and_leave_rounded(rows):
    array = np.array(rows)
    m = Matrix.from_floats(array)
    assert m.to_rows() == tuple(tuple(map(Fraction, row)) for row in rows)
    assert is_normal(m)
    assert np.array_equal(m.to_float64(), array)


@few
@given(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=1, max_size=5))
def test_single_and_half_precision(values):
    single = np.array(values, dtype=np.float32)
    assert Matrix.from_floats(single) == Matrix.column([Fraction(v) for v in values])
    half = np.array([0.5, 65504.0, 6e-8, -0.0], dtype=np.float16)
    assert Matrix.from_floats(half) == Matrix.column([Fraction(float(v)) for v in half])


def test_floats_at_the_ends_of_their_range():
    array = np.array([[5e-324, -1.7976931348623157e308], [0.0, 2.2250738585072014e-308]])
    m = Matrix.from_floats(array)
    assert m[0, 0] == Fraction(1, 2**1074)
    assert np.array_equal(m.to_float64(), array)
    assert Matrix.from_floats(np.zeros((2, 0))).shape == (2, 0)
    assert Matrix.from_floats(np.zeros(3)) == Matrix.zeros(3, 1)
    assert Matrix.from_floats(np.array([2.0**70])) == Matrix.column([2**70])
    assert Matrix.from_floats(np.array([[2**63]], dtype=np.uint64))[0, 0] == 2**63


@few
@given(entries)
def test_rounding_to_the_nearest_float(q):
    x = float(Matrix.column([q]).to_float64()[0, 0])
    neighbours = [np.nextafter(x, -np.inf), np.nextafter(x, np.inf)]
    assert all(abs(Fraction(x) - q) <= abs(Fraction(float(y)) - q) for y in neighbours)


def test_rounding_beyond_the_floats():
    assert Matrix.column([10**400, -(10**400), Fraction(1, 10**400)]).to_float64().ravel().tolist() == [
        np.inf, -np.inf, 0.0
    ]  # fmt: skip


@pytest.mark.parametrize(
    "array, error",
    [
        (np.array([np.nan]), NotANumber),
        (np.array([[1.0, np.inf]]), NotANumber),
        (np.array([True]), NotANumber),
        (np.array([1j]), NotANumber),
        (np.array([Fraction(1, 2)]), NotANumber),
        (np.array(["1"]), NotANumber),
        (np.zeros((1, 1), dtype=np.longdouble), NotANumber),
        (np.array(1.0), ShapeMismatch),
        (np.zeros((1, 1, 1)), ShapeMismatch),
    ],
)
def test_arrays_that_are_refused(array, error):
    with pytest.raises(error):
        Matrix.from_floats(array)


# --- refusals -----------------------------------------------------------------------------------------


def test_shapes_that_do_not_fit():
    a, b = Matrix.zeros(2, 3), Matrix.zeros(2, 2)
    for wrong in (
        lambda: a @ b, lambda: a + b, lambda: a - b, lambda: a.vstack(b), lambda: a.hstack(a.T),
        lambda: a.det(), lambda: a.solve(b), lambda: b.solve(a.T), lambda: a.take_rows([2]),
        lambda: a.take_columns([-1]), lambda: Matrix.from_rows([[1], [1, 2]]),
        lambda: Matrix.from_integers([[1], [1, 2]]),
        lambda: Matrix.from_rows([[1]], columns=2),
    ):  # fmt: skip
        with pytest.raises(ShapeMismatch, match="Fix:"):
            wrong()


def test_entries_that_are_refused():
    with pytest.raises(InexactInput):
        Matrix.from_rows([[0.5]])
    with pytest.raises(NotANumber):
        Matrix.from_integers([[0.5]])
    with pytest.raises(NotANumber):
        Matrix.from_integers([[1]], 0)


def test_what_is_no_matrix_is_told_how_to_become_one():
    for call in (lambda: Matrix(), lambda: Matrix([[1]]), lambda: Matrix(rows=[[1]])):
        with pytest.raises(Unsupported, match=r"Fix: write Matrix\.from_rows"):
            call()
    a = Matrix.identity(3)
    for call in (
        lambda: a @ [1, 2, 3], lambda: a @ 1, lambda: a + 1, lambda: a - [1], lambda: a.solve([1, 2, 3]),
        lambda: a.hstack([1, 2, 3]), lambda: a.vstack(a, 1), lambda: a.block_diagonal(None),
    ):  # fmt: skip
        with pytest.raises(ShapeMismatch, match=r"Fix: write Matrix\.column"):
            call()
    assert a != [1]


def test_a_matrix_does_not_change():
    m = Matrix.identity(2)
    with pytest.raises(AttributeError):
        m.extra = 1
    with pytest.raises(AttributeError):
        m._denominator = 5
    with pytest.raises(AttributeError):
        del m._hash
    with pytest.raises(IndexError):
        m[0, 2]
    with pytest.raises(IndexError):
        m[-1, 0]
    with pytest.raises(TypeError):
        m[0, 0] = 1
    m.numerators()[0][0] = 7
    assert m == Matrix.identity(2)


def test_empty_shapes():
    wide, tall = Matrix.zeros(0, 3), Matrix.zeros(3, 0)
    assert (wide @ tall).shape == (0, 0)
    assert (tall @ wide) == Matrix.zeros(3, 3)
    assert wide.nullspace() == Matrix.identity(3)
    assert tall.nullspace().shape == (0, 0)
    assert Matrix.zeros(0, 0).det() == 1
    assert Matrix.zeros(0, 0).solve(Matrix.zeros(0, 2)).shape == (0, 2)
    assert wide.hstack(Matrix.zeros(0, 2)).shape == (0, 5)
    assert wide.to_float64().shape == (0, 3)
    assert (wide.T).shape == tall.shape
    assert wide != Matrix.zeros(0, 2)
    assert hash(wide) != hash(tall)
    with pytest.raises(SingularMatrix):
        Matrix.zeros(2, 2).solve(Matrix.zeros(2, 0))


def test_repr_is_short():
    assert repr(Matrix.from_rows([["1/2", 3]])) == "Matrix([[1/2, 3]])"
    assert repr(Matrix.identity(50)) == "<Matrix 50 x 50, denominator of 1 bits>"
    assert len(repr(Matrix.column([Fraction(7**9000, 2**9000)]))) < 100
