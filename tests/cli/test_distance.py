"""``verinet distance``: screens, documents, options, statuses."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

import verinet as vn
from tests.cli.screens import run
from verinet import Q
from verinet.cli.decimals import decimal, ends
from verinet.exact.enclosures import Enclosure


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    x, y = vn.variables("x", 2)
    first = vn.relu(x) + vn.relu(y) / 2
    vn.write_network(vn.network([x, y], first), tmp_path / "a.json")
    vn.write_network(vn.network([x, y], x + vn.relu(-x) + vn.relu(y / 2)), tmp_path / "same.json")
    vn.write_network(vn.network([x, y], vn.relu(Q("3/5") * x + Q("4/5") * y)), tmp_path / "b.json")
    vn.write_network(vn.network([x, y], first + Q("1e-60") * vn.relu(x + 1)), tmp_path / "near.json")
    vn.write_network(vn.network([x, y], 0 * x), tmp_path / "zero.json")
    vn.write_network(vn.network([x, y], vn.relu(vn.relu(x) - 1)), tmp_path / "deep.json")
    vn.write_network(vn.network([x, y], Q("1e-4000") * vn.relu(x)), tmp_path / "long.json")
    vn.write_network(vn.network(x, x), tmp_path / "one.json")
    return tmp_path


def test_screen_of_the_example(capsys, folder: Path) -> None:
    found = run(capsys, folder, "distance", "a.json", "b.json", "--closed-form")
    assert found.status == 0
    lines = found.out.splitlines()
    assert lines[0].startswith("DIFFERENT")
    assert "distance      0.439371727982011726921100777420     certified" in found.out
    assert "0.193047515349898906747499914443     certified" in found.out
    assert "(-24 + 16*acos(4/5) + 5*pi + 24*acos(3/5))/(40*pi)     exact" in found.out
    assert r"\arccos{\left(\frac{4}{5} \right)}" in found.out


def test_document(capsys, folder: Path) -> None:
    document = run(capsys, folder, "distance", "a.json", "b.json", "--digits", "12", "--json").document
    assert document["equal"] is False
    assert document["closed_form"] is None
    squared = document["distance_squared"]
    assert squared["value"] == "0.193047515350"
    assert Q(squared["low"]) < Q("0.193047515349898906747499914443") < Q(squared["high"])
    assert Q(squared["high"]) - Q(squared["low"]) < Fraction(1, 10**12)
    relative = Q(document["relative"]["value"]) ** 2  # the second has norm 1/sqrt 2
    assert abs(relative - 2 * Q(squared["value"])) < Fraction(1, 10**11)
    assert [one["path"] for one in document["networks"]] == ["a.json", "b.json"]


def test_equal_functions_in_other_words(capsys, folder: Path) -> None:
    found = run(capsys, folder, "distance", "a.json", "same.json")
    assert found.status == 0
    assert found.out.startswith("EQUAL")
    document = run(capsys, folder, "distance", "same.json", "a.json", "--closed-form", "--json").document
    assert document["equal"] is True
    assert document["distance"]["high"] == "0"
    assert document["closed_form"]["latex"] == "0"


def test_functions_that_are_1e_60_apart(capsys, folder: Path) -> None:
    document = run(capsys, folder, "distance", "a.json", "near.json", "--closed-form", "--json").document
    assert document["equal"] is False
    assert document["distance"]["value"].endswith("e-60")
    assert len(document["distance"]["value"]) == len("1.") + 29 + len("e-60")
    assert document["closed_form"]["integrals"] is True
    assert "erf" in document["closed_form"]["expression"]


def test_nothing_is_relative_to_zero(capsys, folder: Path) -> None:
    found = run(capsys, folder, "distance", "a.json", "zero.json")
    assert "relative      -     the second network is 0" in found.out
    assert run(capsys, folder, "distance", "a.json", "zero.json", "--json").document["relative"] is None
    assert run(capsys, folder, "distance", "zero.json", "zero.json").out.startswith("EQUAL")


@pytest.mark.parametrize(
    "words, problem",
    [
        (("a.json", "deep.json"), "second hidden layer"),
        (("a.json", "one.json"), "inputs"),
        (("a.json", "missing.json"), "missing.json"),
        (("a.json", "b.json", "--digits", "0"), "--digits needs"),
        (("a.json", "b.json", "--digits", "1000000000"), "--digits needs"),
        (("a.json", "b.json", "--budget", "0"), "--budget needs"),
        (("a.json", "long.json", "--closed-form"), "too long"),
        (("a.json",), "Missing argument"),
    ],
)
def test_bad_input(capsys, folder: Path, words: tuple[str, ...], problem: str) -> None:
    found = run(capsys, folder, "distance", *words)
    assert found.status == 3
    assert problem in found.err
    assert "Fix: " in found.err


def test_a_budget_that_runs_out(capsys, folder: Path) -> None:
    found = run(capsys, folder, "distance", "a.json", "b.json", "--budget", "1e-9", "--json")
    assert found.status == 2
    assert found.document["verdict"] == "unknown"


# --- decimals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value, digits, text",
    [
        ("2/3", 5, "0.66667"),
        ("0.0000123", 3, "0.0000123"),
        ("0.000000123", 3, "1.23e-7"),
        ("0.000123", 3, "0.000123"),
        ("999.9996", 6, "1000.00"),
        ("-1/3", 2, "-0.33"),
        ("-0.99996", 3, "-1.00"),
        ("1e40", 3, "1.00e40"),
        ("123456", 3, "1.23e5"),
        ("123456", 6, "123456"),
        ("5", 1, "5"),
        ("1e-400", 1, "1e-400"),
    ],
)
def test_decimals(value: str, digits: int, text: str) -> None:
    q = Q(value)
    assert decimal(Enclosure(q, q), digits) == text


def test_decimal_ends_are_rounded_outwards() -> None:
    for q in (Q("2/3"), Q("-2/3"), Q("1e-77") / 7, Q("12345678901234567890") / 7):
        low, high = ends(Enclosure(q, q), 8)
        assert Q(low) < q < Q(high)
        assert abs(Q(high) - Q(low)) <= abs(q) / 10**7
    assert ends(Enclosure(Q(0), Q(0)), 3) == ("0", "0")
