"""Conjunctions on the pages: their networks are counted once, their parts are printed, files are compared."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import verinet as vn
from tests.cli.screens import run
from tests.golden.compare import certificates
from verinet.claims import Certificate, always, outputs, somewhere
from verinet.report.statements import decode
from verinet.report.text import statement_text

X = vn.variable("x")
HAT = vn.network(X, vn.relu(X) - 2 * vn.relu(X - 1))
LINE = vn.network(X, 2 * X - 1)
UNIT = vn.interval(0, 1)


def both(*claims: object) -> dict[str, object]:
    return {"kind": "all", "parts": [claim.statement() for claim in claims]}


def test_networks_are_named_over_all_parts() -> None:
    pair = always((LINE, HAT), outputs(LINE, HAT)[0][0] <= outputs(LINE, HAT)[1][0], UNIT)
    found = decode(both(always(HAT, outputs(HAT)[0] >= 0, UNIT), pair, somewhere(LINE, outputs(LINE)[0] >= 1, UNIT)))
    assert [part.places for part in found.parts] == [(0,), (1, 0), (1,)]
    assert (found.total, found.shapes) == (2, ((1, 2, 1), (1, 1)))
    assert statement_text(found) == (
        "f1.y_0 >= 0 on [0,1]; and f2.y_0 <= f1.y_0 on [0,1]; and f2.y_0 >= 1 at some x of [0,1]"
    )


def test_one_network_keeps_its_name() -> None:
    found = decode(both(always(HAT, outputs(HAT)[0] >= 0, UNIT), vn.claims.value(HAT, at=1) == 1))
    assert statement_text(found) == "y_0 >= 0 on [0,1]; and f(1) = 1"


def test_a_network_equals_itself() -> None:
    found = decode(both(vn.claims.equal(HAT, HAT, UNIT), vn.claims.value(HAT, at=1) == 1))
    assert (found.total, found.parts[0].places) == (1, (0, 0))
    assert statement_text(found) == "f(x) = f(x) on [0,1]; and f(1) = 1"
    itself = always((HAT, HAT), outputs(HAT, HAT)[0][0] >= outputs(HAT, HAT)[1][0], UNIT)
    assert statement_text(decode(both(itself))) == "y_0 >= y_0 on [0,1]"


def test_embedded_networks_are_compared_with_files(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    vn.write_network(vn.network(X, 2 * vn.relu(X) - 4 * vn.relu(X - vn.Q("1/2")) + 2 * vn.relu(X - 1)),
                     tmp_path / "hat.json")  # fmt: skip
    vn.write_network(HAT, tmp_path / "other.json")
    path = next(path for path in certificates() if path.stem == "all_networks")
    same = run(capsys, tmp_path, "check", path, "--network", "hat.json")
    assert (same.status, "equal, layer by layer" in same.out) == (0, True)
    other = run(capsys, tmp_path, "check", path, "--network", "other.json")
    assert other.status == 1
    assert run(capsys, tmp_path, "check", path, "--network", "hat.json", "--network", "hat.json").status == 3


def test_a_false_part_is_not_printed() -> None:
    path = next(path for path in certificates() if path.stem == "all_networks")
    text = path.read_text(encoding="utf-8")
    data = vn.check(path).statement
    assert data["kind"] == "all"

    forged = json.loads(text)
    forged["evidence"]["parts"][1], forged["evidence"]["parts"][2] = forged["evidence"]["parts"][2:0:-1]
    with pytest.raises(vn.CertificateRejected, match="does not hold there"):
        vn.check(Certificate(forged))
