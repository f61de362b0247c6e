"""Memorising: every label exactly, widths and depths, data on purpose nasty, files, and what is refused."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import verinet as vn
from verinet.claims.values_at_points import ValuesAtPoints
from verinet.errors import (
    BadFormat,
    BudgetExhausted,
    InexactInput,
    NotANumber,
    ShapeMismatch,
    Unsupported,
    VerinetError,
)
from verinet.theory.construction import Construction
from verinet.theory.memorization import data
from verinet.theory.memorization.chains import depth_of, interpolate, interpolated, runs_of
from verinet.theory.memorization.data import read_csv, read_data
from verinet.theory.memorization.memorize import memorize, memorize_file, projection
from verinet.theory.minimal_width.channels import Channels

Data = tuple[list[tuple[Fraction, ...]], list[Fraction]]
NUMBERS = st.one_of(
    st.fractions(-4, 4, max_denominator=7),
    st.integers(-2, 2).map(Fraction),
    st.integers(0, 3).map(lambda k: Fraction(1, 3) + Fraction(k, 2**60)),
)
LABELS = st.one_of(st.integers(-1, 2).map(Fraction), st.fractions(-10, 10, max_denominator=9))


@st.composite
def data_sets(draw: st.DrawFn) -> Data:
    """Grids, lines and nearly equal points are as likely as others."""
    size = draw(st.integers(1, 4))
    if draw(st.booleans()):
        direction = draw(st.tuples(*[st.integers(-3, 3)] * size).filter(any))
        places = draw(st.lists(NUMBERS, min_size=1, max_size=12, unique=True))
        points = [tuple(place * entry for entry in direction) for place in places]
    else:
        points = draw(st.lists(st.tuples(*[NUMBERS] * size), min_size=1, max_size=12, unique=True))
    return points, draw(st.lists(LABELS, min_size=len(points), max_size=len(points)))


def check(made: Construction, points: list[tuple[Fraction, ...]], labels: list[Fraction]) -> None:
    count, classes = len(points), len(set(labels))
    assert made.network.width <= 2
    assert made.network.depth <= count - 1 <= 2 * count + 4 * classes - 1
    assert [made.network(*point) for point in points] == [(label,) for label in labels]


# --- values ----------------------------------------------------------------------------------------------------------


@given(data_sets())
@settings(deadline=None, max_examples=50)
def test_every_point_has_its_label(given_data: Data) -> None:
    points, labels = given_data
    made = memorize(points, labels)
    check(made, points, labels)
    assert isinstance(made.claim, ValuesAtPoints)
    assert set(zip(made.claim.points, made.claim.values, strict=True)) == {
        (point, (label,)) for point, label in zip(points, labels, strict=True)
    }


@given(data_sets(), st.lists(st.fractions(-20, 20, max_denominator=5), min_size=4, max_size=4))
@settings(deadline=None, max_examples=40)
def test_elsewhere_it_interpolates_along_the_projection(given_data: Data, at: list[Fraction]) -> None:
    points, labels = given_data
    made, found = memorize(points, labels), projection(points, labels)
    x = at[: len(points[0])]
    z = sum((w * entry for w, entry in zip(found.weights, x, strict=True)), start=Fraction(0))
    assert made.network(*x) == (interpolated(found.knots, found.values, z),)
    assert min(labels) <= made.network(*x)[0] <= max(labels)


@given(data_sets())
@settings(deadline=None, max_examples=15)
def test_the_claim_is_proved_by_the_kernel_alone(given_data: Data) -> None:
    points, labels = given_data
    verdict = vn.prove(memorize(points, labels).claim)
    assert isinstance(verdict, vn.Proved)
    assert verdict.theorem.assumptions == ()


@given(data_sets())
@settings(deadline=None, max_examples=30)
def test_the_parts_follow_each_other(given_data: Data) -> None:
    points, labels = given_data
    made = memorize(points, labels)
    project, chain = made.part("projection"), made.part("chain")
    for point, label in zip(points, labels, strict=True):
        assert chain(*project(*point)) == (label,)


def test_one_point_and_one_label_need_no_layer() -> None:
    for points in ([(Fraction(1, 3), Fraction(2))], [(Fraction(k),) for k in range(5)]):
        made = memorize(points, ["22/7"] * len(points))
        assert made.network.depth == 0
        assert {made.network(*point) for point in points} == {(Fraction(22, 7),)}
        assert isinstance(vn.prove(made.claim), vn.Proved)


def test_neighbouring_floats_are_told_apart() -> None:
    xs = [0.1]
    for _ in range(5):
        xs.append(math.nextafter(xs[-1], 1))
    made = memorize([[x, x] for x in xs], [0, 1, 1, 0, 2, 0])
    assert made.facts["binary floats"] == 12
    assert [made.network(vn.dyadic(x), vn.dyadic(x))[0] for x in xs] == [0, 1, 1, 0, 2, 0]
    tiny = memorize([5e-324, 0.0, -5e-324, 1e308], [1, 2, 3, 4])
    assert tiny.network(vn.dyadic(-5e-324))[0] == 3
    assert tiny.network(vn.dyadic(1e308))[0] == 4


def test_labels_may_be_floats_and_arrays_are_read() -> None:
    points = np.array([[0.5, 0.25], [1.5, 2.0]], dtype=np.float32)
    made = memorize(points, np.array([0.1, -3.0]))
    assert made.network("1/2", "1/4") == (vn.dyadic(0.1),)
    assert memorize(np.arange(4), [0, 1, 0, 1]).network(3)[0] == 1


def test_a_grid_in_space_needs_a_slanted_projection() -> None:
    points = list(product(range(3), repeat=3))
    labels = [Fraction(sum(point) % 3) for point in points]
    made = memorize(points, labels)
    assert made.facts["projection"] == "(1, 3, 9)"
    check(made, [tuple(map(Fraction, point)) for point in points], labels)


def test_the_coordinate_with_fewest_layers_is_taken() -> None:
    made = memorize([(0, 0), (1, 2), (2, 1), (3, 3)], [0, 1, 0, 1])  # 0 1 0 1 along x, 0 0 1 1 along y
    assert made.network.depth == 1
    assert made.facts["projection"] == "(0, 1)"


@pytest.mark.nightly
def test_eighty_points() -> None:
    generator = np.random.default_rng(3)
    points, labels = generator.random((80, 3)), generator.integers(0, 5, 80)
    made = memorize(points, labels)
    assert made.network.depth <= 79
    assert isinstance(vn.prove(made.claim), vn.Proved)


# --- chains ----------------------------------------------------------------------------------------------------------


@given(
    st.lists(st.fractions(-3, 3, max_denominator=6), min_size=1, max_size=9, unique=True).map(sorted),
    st.data(),
    st.fractions(-5, 5, max_denominator=8),
)
@settings(deadline=None, max_examples=40)
def test_a_chain_is_the_interpolant_with_as_many_layers_as_said(
    knots: list[Fraction], source: st.DataObject, z: Fraction
) -> None:
    values = source.draw(st.lists(st.integers(-2, 2).map(Fraction), min_size=len(knots), max_size=len(knots)))
    channels = Channels.of([(Fraction(-5), Fraction(5))])
    interpolate(channels, knots, values)
    assert channels.depth == depth_of(runs_of(knots, values)) <= len(knots) - 1
    expected = np.interp(float(z), [float(k) for k in knots], [float(v) for v in values])  # another implementation
    (found,) = channels.network()(z)
    assert found == interpolated(knots, values, z)
    assert abs(float(found) - expected) < 1e-9


@pytest.mark.parametrize("knots", [[], [1, 1], [2, 1]])
def test_knots_ascend(knots: list[int]) -> None:
    with pytest.raises(Unsupported, match="ascend"):
        runs_of([Fraction(k) for k in knots], [Fraction(0)] * len(knots))


def test_a_chain_starts_from_one_channel() -> None:
    with pytest.raises(Unsupported, match="one channel"):
        interpolate(Channels.of([(Fraction(0), Fraction(1))] * 2), [Fraction(0)], [Fraction(1)])


# --- what is refused -------------------------------------------------------------------------------------------------


def test_two_labels_of_one_point_name_both_rows() -> None:
    with pytest.raises(Unsupported, match=r"row 1 and row 3 are the same point \(1/2, 2\) .* labels 0 and 1"):
        memorize([(0, 0), (0.5, 2), (1, 1), ("1/2", 2)], [3, 0, 0, 1])


def test_a_repeated_row_counts_once() -> None:
    made = memorize([[0], [1], [0.0], [1]], [5, 6, 5, 6])
    assert made.facts["points"] == 2
    assert made.facts["repeated rows"] == 2


@pytest.mark.parametrize(
    ("points", "labels", "error", "message"),
    [
        ([], [], Unsupported, "no point"),
        ([[0]], [], ShapeMismatch, "1 points and 0 labels"),
        ([[0], [1, 2]], [0, 1], ShapeMismatch, "row 1"),
        ([[], []], [0, 1], ShapeMismatch, "at least one"),
        ([[math.nan]], [0], NotANumber, "row 0, coordinate 0"),
        ([[0]], [math.inf], NotANumber, "row 0, label"),
        ([["x"]], [0], NotANumber, "row 0"),
        ([[True]], [0], NotANumber, "truth value"),
        ([[None]], [0], NotANumber, "row 0"),
        (5, [0], ShapeMismatch, "list or an array"),
        ("0", [0], ShapeMismatch, "list or an array"),
    ],
)
def test_data_that_is_none_is_refused(points: object, labels: object, error: type[VerinetError], message: str) -> None:
    with pytest.raises(error, match=message):
        memorize(points, labels)


def test_floats_are_refused_on_request() -> None:
    with pytest.raises(InexactInput, match="row 1, coordinate 0"):
        memorize([[0], [0.1]], [0, 1], floats="refuse")
    with pytest.raises(Unsupported, match="binary"):
        memorize([[0]], [0], floats="decimal")


def test_too_many_points_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "MOST_POINTS", 3)
    assert len(read_data([0, 1, 2], [0, 1, 2]).points) == 3
    with pytest.raises(BudgetExhausted, match="at most 3"):
        read_data([0, 1, 2, 3], [0, 1, 2, 3])
    monkeypatch.setattr(data, "MOST_NUMBERS", 5)
    with pytest.raises(BudgetExhausted, match="coordinates"):
        read_data([[0, 1], [2, 3], [4, 5]], [0, 1, 2])


# --- files -----------------------------------------------------------------------------------------------------------


def written(folder: Path, text: str) -> Path:
    path = folder / "points.csv"
    path.write_bytes(text.encode())
    return path


@pytest.mark.parametrize(
    "text",
    ["0.1,1/3,0\n2,-1e-3,1\n", "x1, x2, label\r\n 0.1 ,1/3,0\r\n2,-1e-3,1\r\n\r\n", "\ufeff0.1,1/3,0\n2,-1e-3,1"],
)
def test_a_file_is_read_as_decimals(tmp_path: Path, text: str) -> None:
    found = read_csv(written(tmp_path, text))
    assert found.points == ((Fraction(1, 10), Fraction(1, 3)), (Fraction(2), Fraction(-1, 1000)))
    assert list(found.labels) == [0, 1]
    assert memorize_file(tmp_path / "points.csv").network("0.1", "1/3")[0] == 0


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("", Unsupported, "no point"),
        ("x,label\n", Unsupported, "no point"),
        ("1\n2\n", BadFormat, "line 1"),
        ("0,1\n\n1,2\n", BadFormat, "got an empty line\n.*line 2"),
        ("0,1\n1;2\n", BadFormat, "line 2"),
        ("0,,1\n", BadFormat, "line 1"),
        ("0,1\nx,label\n", NotANumber, "line 2"),
        ('0,1\n"1",2\n', NotANumber, "line 2"),
        ("0,1\n0x10,2\n", NotANumber, "line 2"),
        ("0,1\n1/0,2\n", NotANumber, "line 2"),
        ("0,1\nnan,2\n", NotANumber, "line 2"),
        ("0,1\n__import__('os'),2\n", NotANumber, "line 2"),
        ("0,1\n1e999999,2\n", NotANumber, "line 2"),
        ("0,0,1\n0,1\n", ShapeMismatch, "line 2"),
        ("x,label\n1/2,0\n0,1\n0.5,1\n", Unsupported, "line 2 and line 4"),
    ],
)
def test_a_file_that_is_none_is_refused_with_its_line(
    tmp_path: Path, text: str, error: type[VerinetError], message: str
) -> None:
    with pytest.raises(error, match=message) as caught:
        read_csv(written(tmp_path, text))
    assert caught.value.fix


@given(st.text('0123456789.,/-eE+ \nx\t"', max_size=40))
@settings(deadline=None, max_examples=150)
def test_any_text_is_read_or_refused(text: str) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        try:
            found = read_csv(written(Path(folder), text))
        except VerinetError:
            return
    assert len(found.points) == len(found.labels) == len(set(found.points)) > 0


def test_a_file_that_is_missing_or_too_long_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadFormat, match="cannot be read"):
        read_csv(tmp_path / "none.csv")
    monkeypatch.setattr(data, "MOST_POINTS", 2)
    with pytest.raises(BudgetExhausted, match="at most 2"):
        read_csv(written(tmp_path, "0,1\n1,2\n2,3\n3,4\n"))
