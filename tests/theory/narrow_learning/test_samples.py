"""Samples: what is read from arrays and files, what is refused and where, and disjoint parts."""

from __future__ import annotations

import io
import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from verinet.errors import BadFormat, NotANumber, ShapeMismatch, Unsupported, VerinetError
from verinet.theory.narrow_learning.samples import Samples, read_samples

FLOATS = st.floats(allow_nan=False, allow_infinity=False)


@given(arrays(np.float64, st.tuples(st.integers(1, 6), st.integers(2, 4)), elements=FLOATS))
def test_what_repr_writes_is_read_back(tmp_path_factory: pytest.TempPathFactory, table: np.ndarray) -> None:
    file = tmp_path_factory.mktemp("samples") / "t.csv"
    file.write_text("".join(",".join(map(repr, row)) + "\n" for row in table.tolist()))
    assert read_samples(file) == Samples(table[:, :-1], table[:, -1])


@given(st.integers(2, 40), st.floats(0.01, 0.99), st.integers(0, 5))
def test_parts_are_disjoint_and_complete(size: int, fraction: float, seed: int) -> None:
    data = Samples(np.arange(2.0 * size).reshape(size, 2), np.arange(float(size)))
    first, second = data.split(fraction, seed)
    assert sorted([*first.y, *second.y]) == list(range(size))
    assert first.size >= 1 <= second.size
    assert all(np.array_equal(part.x[:, 0], 2 * part.y) for part in (first, second))
    assert data.split(fraction, seed) == (first, second)


@pytest.mark.parametrize("head", ["", "x1,x2,y\n", '"a b","c[0]","label"\n', "\ufeffx1,x2,y\n"])
@pytest.mark.parametrize("end", ["", "\n", "2,3,4\r\n", "\n \n\n"])
def test_headers_and_ends_of_lines(tmp_path: Path, head: str, end: str) -> None:
    file = tmp_path / "d.csv"
    file.write_bytes((head + "1, -2.5e1 ,3\n1/4,+.5,-0\n").encode() + end.encode())
    data = read_samples(file)
    assert data.x[:2].tolist() == [[1.0, -25.0], [0.25, 0.5]]
    assert data.y[:2].tolist() == [3.0, 0.0]
    assert data.size == (3 if "4" in end else 2)


@pytest.mark.parametrize(
    "text, error, place",
    [
        ("x,y\n1,2\n3,nan\n", NotANumber, "line 3, column 2"),
        ("1,2\n3,inf\n", NotANumber, "line 2, column 2"),
        ("1,2\n-Infinity,1\n", NotANumber, "line 2, column 1"),
        ("1,2\n1_000,1\n", NotANumber, "line 2, column 1"),
        ("1,2\n٣,1\n", NotANumber, "line 2, column 1"),
        ("1,2\n1e999,1\n", NotANumber, "line 2, column 1"),
        ("1,2\n,1\n", BadFormat, "line 2, column 1"),
        ("1,2\n1,2,3\n", ShapeMismatch, "line 2"),
        ("1,2\n\n1,2\n", BadFormat, "line 2"),
        ("1;2\n", BadFormat, "line 1"),
        ("5\n", BadFormat, "line 1"),
        (",x,y\n0,1,2\n", BadFormat, "line 1"),
        ("y,x\n1,2\n", BadFormat, "line 1"),
        ("nan,1\n", NotANumber, "line 1, column 1"),
        ("nan,nan\n", NotANumber, "line 1, column 1"),
        ("1,2\n__import__('os'),1\n", NotANumber, "line 2, column 1"),
        ("", ShapeMismatch, "d.csv"),
        ("x,y\n", ShapeMismatch, "d.csv"),
    ],
)
def test_bad_lines_are_named(tmp_path: Path, text: str, error: type[VerinetError], place: str) -> None:
    file = tmp_path / "d.csv"
    file.write_text(text)
    with pytest.raises(error) as caught:
        read_samples(file)
    assert place in str(caught.value)
    assert caught.value.fix


def test_a_column_named_y_may_come_first_if_the_last_is_y_too(tmp_path: Path) -> None:
    file = tmp_path / "d.csv"
    file.write_text("y,z,y\n1,2,3\n")
    assert read_samples(file).y.tolist() == [3.0]


def test_archives_are_read_exactly(tmp_path: Path) -> None:
    file = tmp_path / "d.npz"
    x, y = np.array([[0.1, 2.0], [3.0, 4.0]], dtype=np.float32), np.array([[1], [2]])
    np.savez_compressed(file, X=x, y=y, note=np.array(["passed over"]))
    assert read_samples(file) == Samples(x.astype(np.float64), [1.0, 2.0])


def test_archives_with_anything_else_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "d.npz"

    class Bomb:
        def __reduce__(self) -> tuple[object, ...]:
            return (pytest.fail, ("a pickle was loaded",))

    stream = io.BytesIO()
    np.lib.format.write_array(stream, np.array([Bomb()], dtype=object), allow_pickle=True)
    cases: list[tuple[dict[str, object], type[VerinetError]]] = [
        ({"X": np.ones((2, 2))}, BadFormat),
        ({"x": np.ones((2, 2)), "y": np.ones(2)}, BadFormat),
        ({"X": np.ones((2, 2)), "y": np.ones(3)}, ShapeMismatch),
        ({"X": np.ones(2), "y": np.ones(2)}, ShapeMismatch),
        ({"X": np.ones((0, 2)), "y": np.ones(0)}, ShapeMismatch),
        ({"X": np.full((2, 2), np.nan), "y": np.ones(2)}, NotANumber),
        ({"X": np.ones((2, 2)), "y": np.array([1.0, np.inf])}, NotANumber),
        ({"X": np.ones((2, 2), dtype=complex), "y": np.ones(2)}, Unsupported),
        ({"X": np.ones((2, 2)), "y": np.array(["1", "2"])}, Unsupported),
        ({"X": np.full((2, 2), 2**53 + 1), "y": np.ones(2)}, NotANumber),
    ]
    for content, error in cases:
        np.savez(file, **content)
        with pytest.raises(error):
            read_samples(file)
    np.savez(file, X=np.array([Bomb()], dtype=object), y=np.ones(1), allow_pickle=True)
    with pytest.raises(BadFormat, match="pickle"):
        read_samples(file)
    for broken in (b"", b"PK\x03\x04", pickle.dumps([1]), stream.getvalue()):
        file.write_bytes(broken)
        with pytest.raises(BadFormat):
            read_samples(file)


def test_other_endings_and_missing_files(tmp_path: Path) -> None:
    with pytest.raises(Unsupported, match=r"\.csv"):
        read_samples(tmp_path / "d.txt")
    with pytest.raises(BadFormat):
        read_samples(tmp_path / "none.csv")
    with pytest.raises(BadFormat):
        read_samples(tmp_path / "none.npz")


def test_samples_keep_their_numbers() -> None:
    x = np.ones((2, 2))
    data = Samples(x, np.ones(2))
    x[0, 0] = 7
    assert data.x[0, 0] == 1
    with pytest.raises(ValueError, match="read-only"):
        data.x[0, 0] = 7
    assert hash(data) == hash(Samples(np.ones((2, 2)), np.ones(2)))
    with pytest.raises(NotANumber, match="row 1, column 0"):
        Samples([[1.0], [np.nan]], [1, 2])
    with pytest.raises(ShapeMismatch):
        Samples([[1.0], [1.0, 2.0]], [1, 2])
