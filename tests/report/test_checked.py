"""Nothing is printed that the kernel has not accepted."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

import verinet as vn
from tests.golden.compare import certificates
from verinet.claims import Certificate

CERTIFICATES = {path.stem: path for path in certificates()}


@pytest.mark.parametrize("path", CERTIFICATES.values(), ids=CERTIFICATES)
def test_the_hash_and_the_assumptions_are_the_kernels(path: Path) -> None:
    theorem = vn.check(path)
    report = vn.claims.Certificate(json.loads(path.read_text(encoding="utf-8")))
    assert theorem == vn.check(path) != vn.check(report)  # the source differs
    assert theorem.hash == vn.check(report).hash
    assert bool(theorem.assumptions) is (path.stem == "assumed")
    assert theorem.headline == ("CHECKED UNDER 1 ASSUMPTION" if theorem.assumptions else "CHECKED")


def test_a_verdict_can_be_checked_again() -> None:
    x = vn.variable("x")
    verdict = vn.prove(vn.claims.value(vn.network(x, 3 * x), at=2) == 6)
    assert isinstance(verdict, vn.Proved)
    assert vn.check(verdict).text == vn.check(verdict.certificate).text == "f(2) = 6"
    assert vn.check(verdict).hash == verdict.theorem.hash


def forged() -> Certificate:
    data = json.loads(CERTIFICATES["linear_regions"].read_text(encoding="utf-8"))
    data["statement"]["count"] = "5"
    return Certificate(data)


@pytest.mark.parametrize("show", [vn.check, vn.latex])
def test_a_false_certificate_is_not_printed(show: object) -> None:
    with pytest.raises(vn.CertificateRejected, match="the kernel rejected the certificate: count"):
        show(forged())


def test_lines_are_read_as_lines(tmp_path: Path) -> None:
    data = json.loads(CERTIFICATES["linear_regions"].read_text(encoding="utf-8"))
    steps = data["evidence"].pop("steps")
    path = tmp_path / "regions.jsonl"
    lines = [json.dumps(data)]
    for block in (steps[:2], steps[2:]):
        lines.append(json.dumps([hashlib.sha256(lines[-1].encode()).hexdigest(), *block]))
    path.write_text("\n".join(lines), encoding="utf-8")
    assert vn.check(path).hash == vn.check(CERTIFICATES["linear_regions"]).hash


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"format": 1, "format": 2}'])
def test_broken_files_are_rejected(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.json"
    path.write_bytes(content)
    with pytest.raises(vn.CertificateRejected, match="Fix: check that the file is complete"):
        vn.check(path)


def test_a_missing_file_is_no_rejection() -> None:
    with pytest.raises(vn.BadFormat, match="cannot be read"):
        vn.check("no_such_certificate.json")


def test_other_things_are_refused() -> None:
    with pytest.raises(vn.Unsupported, match="needs the path of a certificate"):
        vn.check(3)
