"""Proofs in words: nothing is lost, what is counted adds up, every kind of step has words."""

from __future__ import annotations

import json
import re
from fractions import Fraction as F
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import verinet as vn
from tests.cli.screens import run
from tests.forged import truths
from tests.golden.compare import certificates, compare
from verinet import kernel
from verinet.claims import Certificate, Proved
from verinet.claims.claim_text import parse_claim
from verinet.report.explanation import explain
from verinet.report.explanation_words import number, scale_of

X = vn.variable("x")
RELU = vn.network(X, vn.relu(X))
CLOSED = re.compile(r"(\d+) cases? closes?")


def named(text: str, *steps: list[object]) -> Certificate:
    """A certificate of a claim about relu on [-1,1] from these steps."""
    claim = parse_claim(text, [RELU])
    data = {"format": kernel.FORMAT, "assumptions": [], "statement": claim.statement(), "evidence": {"steps": steps}}
    return Certificate(data)


@pytest.mark.parametrize("path", certificates(), ids=lambda path: path.stem)
def test_golden_explanations(path: Path) -> None:
    compare(f"explain/{path.stem}.txt", "\n".join(explain(path)) + "\n")


@pytest.mark.parametrize("path", certificates(), ids=lambda path: path.stem)
def test_all_leaves_are_told(path: Path) -> None:
    """One case is told for every leaf that the kernel counts."""
    told = explain(path, leaves=True)
    headings = sum(line.endswith(":") and not line.startswith("part ") for line in told)
    report = kernel.check(path.read_text(encoding="utf-8"))
    assert headings == report.leaves == sum(int(CLOSED.search(line)[1]) for line in told if CLOSED.search(line))


def test_the_golden_large_tree_by_depth() -> None:
    path = next(path for path in certificates() if path.stem == "always_large")
    compare("explain/always_large_depth_1.txt", "\n".join(explain(path, depth=1)) + "\n")


numbers = st.fractions(-3, 3, max_denominator=4)


@settings(max_examples=15)
@given(st.lists(st.tuples(numbers, numbers, numbers, numbers), min_size=1, max_size=4), st.integers(0, 3))
def test_what_is_hidden_is_counted(rows: list[tuple[F, F, F, F]], depth: int) -> None:
    a, b = vn.variables("x", 2)
    net = vn.network((a, b), sum((w * vn.relu(p * a + q * b + r) for p, q, r, w in rows), a))
    verdict = vn.prove(parse_claim("y <= 100 on [-1,1]^2", [net]))
    assert isinstance(verdict, Proved)
    told = explain(verdict, depth=depth)
    total = int(CLOSED.search(next(line for line in told if CLOSED.search(line)))[1])
    hidden = sum(int(CLOSED.search(line)[1]) for line in told if "..." in line and CLOSED.search(line))
    shown = sum("holds" in line for line in told) + sum("no point" in line for line in told)
    assert shown + hidden == total == kernel.check(verdict.certificate.text).leaves
    assert max(len(line) - len(line.lstrip()) for line in told) <= 2 * (depth + 1)


def test_named_units() -> None:
    above = named("y <= 1 on [-1,1]", ["refine", "2"], ["name", 0, "800", "0", "1"], ["next"], ["goal", [[0, "1"]]])
    assert explain(above) == (
        "y_0 <= 1 on [-1,1]",
        "4 steps, 1 case closes: 1 proved",
        "unit 0 of layer 0 is 1/2 z + e_0, e_0 in [0, 1/2]",
        "holds: (denied: x + 2*e_0 > 2) is > 0 here, and at most 0 on the box",
    )
    below = named(
        "y >= 0 on [-1,1]", ["name", 0, "800", None, None, ["0", "0", "1"]], ["next"],
        ["tighten", 1, "down", "-1", [0, "1000"], [1, "1"]], ["goal", [[0, "1"], [1, "1"]]],
    )  # fmt: skip
    assert "e_0 in [-inf, inf], with 1 inequality" in explain(below)[2]
    assert explain(below)[3] == "e_0 >= -1, from 2 hypotheses"


def test_branches_of_named_units() -> None:
    split = named(
        "y <= 1 on [-1,1]", ["refine", "2"], ["name", 0, "0", "0", "2"], ["next"], ["branch", 0, "left"],
        ["goal", [[0, "1"]]], ["goal", [[0, "1"]]],
    )  # fmt: skip
    told = explain(split)
    assert "named unit e_0: divided at x = 0" in told
    assert [line for line in told if line.endswith(":")] == ["x <= 0:", "x > 0:"]


def test_lines_and_json_are_told_alike(tmp_path: Path) -> None:
    import hashlib

    path = next(path for path in certificates() if path.stem == "cells")
    data = json.loads(path.read_text())
    steps = data["evidence"].pop("steps")
    head = json.dumps(data)
    block = json.dumps([hashlib.sha256(head.encode()).hexdigest(), *steps])
    (tmp_path / "cells.jsonl").write_text(f"{head}\n{block}\n")
    assert explain(tmp_path / "cells.jsonl") == explain(path)


TRUE = truths.true_certificates()


@pytest.mark.parametrize("name", TRUE)
def test_every_true_certificate_of_the_kernel_has_words(name: str) -> None:
    certificate = Certificate(TRUE[name])
    told = explain(certificate, leaves=True)
    headings = sum(line.endswith(":") and not line.startswith("part ") for line in told)
    assert headings == kernel.check(certificate.text).leaves
    assert explain(certificate)[0] == explain(certificate, depth=0)[0] == vn.check(certificate).text
    assert vn.latex(certificate).startswith("% needs amsmath")


def test_a_forged_certificate_is_not_explained() -> None:
    path = next(path for path in certificates() if path.stem == "cells")
    data = json.loads(path.read_text())
    data["statement"]["count"] = "5"
    with pytest.raises(vn.CertificateRejected):
        explain(Certificate(data))


def test_long_numbers() -> None:
    assert [number(F(n, d)) for n, d in ((1, 3), (-7, 10**12), (123456789, 1000), (10**40, 7))] == [
        "1/3", "~-7.000e-12", "~123500", "~1.429e+39"]  # fmt: skip
    assert number(F(99999999999, 10**11 + 1)) == "~1.000"
    assert scale_of([5]) == 1


def test_on_the_command_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = next(path for path in certificates() if path.stem == "equal")
    screen = run(capsys, tmp_path, "explain", path)
    assert (screen.status, screen.out) == (0, "\n".join(explain(path)) + "\n")
    document = run(capsys, tmp_path, "explain", path, "--depth", "0", "--json").document
    assert document["lines"] == list(explain(path, depth=0))
    assert run(capsys, tmp_path, "explain", path, "--depth", "-1").status == 3
    assert run(capsys, tmp_path, "explain", "none.json").status == 3
    (tmp_path / "forged.json").write_text(path.read_text().replace('"goal"', '"empty"'))
    assert run(capsys, tmp_path, "explain", "forged.json").status == 1
