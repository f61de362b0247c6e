"""Certificates of many steps: the same text from tapes as from lists, and the form with one block of steps a line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import verinet as vn
from verinet import kernel
from verinet.claims import Certificate, Proved
from verinet.claims.tape import Tape
from verinet.provers import decide

KERNEL = Path(kernel.__file__)
words = st.sampled_from(["split", "goal", "empty"])
entries = st.recursive(
    st.none() | st.integers(0, 9) | st.text(max_size=3), lambda inner: st.lists(inner, max_size=3), max_leaves=6
)
steps = st.lists(st.builds(lambda word, rest: [word, *rest], words, st.lists(entries, max_size=3)), max_size=600)


def proved() -> Proved:
    x = vn.variable("x")
    hat = vn.network(x, 2 * vn.relu(x) - 4 * vn.relu(x - vn.Q("1/2")) + 2 * vn.relu(x - 1))
    verdict = vn.prove(vn.claims.linear_regions(vn.compose(hat, times=5), vn.interval(0, 1)) == 32)
    assert isinstance(verdict, Proved)
    return verdict


def data(listed: Any) -> dict[str, Any]:
    return {"b": [1, {"z": "ä"}], "evidence": {"steps": listed, "point": None}, "a": {}}


@settings(max_examples=20, deadline=None)
@given(steps)
def test_a_tape_is_written_as_a_list(listed: list[Any]) -> None:
    certificate = Certificate(data(Tape(listed)))
    assert certificate.text == Certificate(data(listed)).text
    assert certificate.text == json.dumps(data(listed), sort_keys=True, separators=(",", ":")) + "\n"
    assert certificate.size == len(certificate.text.encode())
    assert list(certificate.lines()) == list(Certificate(data(listed)).lines())


@settings(max_examples=20, deadline=None)
@given(steps, steps)
def test_tapes_stand_in_parts_of_a_conjunction(first: list[Any], second: list[Any]) -> None:
    parts = {
        "evidence": {
            "parts": [{"steps": Tape(first)}, {}, {"steps": Tape(second), "segments": [{"steps": Tape(first)}]}]
        }
    }
    lists = {"evidence": {"parts": [{"steps": first}, {}, {"steps": second, "segments": [{"steps": first}]}]}}
    assert Certificate(parts).text == Certificate(lists).text


@settings(max_examples=20, deadline=None)
@given(steps)
def test_lines_are_chained_by_hashes(listed: list[Any]) -> None:
    header, *rest = Certificate(data(listed)).lines()
    assert json.loads(header) == data(listed) | {"evidence": {"point": None}}
    assert list(kernel.chained(iter(rest), header.removesuffix("\n"))) == listed


def test_both_forms_are_checked_alike(tmp_path: Path) -> None:
    certificate = proved().certificate
    for name in ("proof.json", "proof.jsonl"):
        certificate.write(tmp_path / name)
        alone = [sys.executable, "-I", "-S", str(KERNEL), str(tmp_path / name)]
        done = subprocess.run(alone, capture_output=True, text=True, check=True)
        assert done.stdout.startswith("CHECKED"), done
    assert vn.check(tmp_path / "proof.json").to_json() == vn.check(tmp_path / "proof.jsonl").to_json()
    assert (tmp_path / "proof.json").read_text(encoding="utf-8") == certificate.text


def change(lines: list[str], how: str) -> list[str]:
    match how:
        case "a line lost":
            return [lines[0], *lines[2:]]
        case "a line twice":
            return [*lines, lines[-1]]
        case "the end lost":
            return lines[:-1]
        case "another order":
            return [lines[0], *reversed(lines[1:])]
        case "another header":
            return [lines[0].replace('"count":"20"', '"count":"21"'), *lines[1:]]
        case _:
            return [*lines[:-1], lines[-1].replace("left", "right").replace('"', "'")]


@pytest.mark.parametrize(
    "how", ["a line lost", "a line twice", "the end lost", "another order", "another header", "no JSON"]
)
def test_changed_lines_are_rejected(tmp_path: Path, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verinet.claims.tape.BLOCK", 8)
    certificate = Certificate(
        proved().certificate.data | {"evidence": {"steps": list(proved().certificate.data["evidence"]["steps"])}}
    )
    lines = list(certificate.lines())
    assert len(lines) > 3
    path = tmp_path / "proof.jsonl"
    path.write_text("".join(change(lines, how)), encoding="utf-8")
    with pytest.raises(vn.CertificateRejected, match="Fix: "):
        vn.check(path)


def test_bytes_that_are_no_text_are_rejected(tmp_path: Path) -> None:
    path = tmp_path / "proof.jsonl"
    proved().certificate.write(path)
    path.write_bytes(path.read_bytes() + b"\xff\n")
    with pytest.raises(vn.CertificateRejected):
        vn.check(path)
    with pytest.raises(vn.BadFormat):
        vn.check(tmp_path / "none.jsonl")


def test_evidence_without_steps_has_no_lines(tmp_path: Path) -> None:
    with pytest.raises(vn.Unsupported, match=r"Fix: write it to a file whose name ends in \.json"):
        Certificate({"evidence": {"parts": []}}).write(tmp_path / "proof.jsonl")
    assert not list(tmp_path.iterdir())


def test_a_long_proof_is_handed_over_in_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []

    def watched(text: Any, lines: bool = False) -> Any:
        seen.append(lines)
        return check(text, lines)

    check = kernel.check
    monkeypatch.setattr(kernel, "check", watched)
    monkeypatch.setattr(decide, "LONG", 10)
    assert proved().theorem.trust == "kernel only"
    assert seen == [True]
