"""Run the command line in this process and look at its screens."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from verinet.cli import main

ROOT = Path(__file__).resolve().parents[2]
CONTROLLER = ROOT / "examples" / "controllers" / "double_integrator.onnx"
PENDULUM = ROOT / "examples" / "controllers" / "pendulum.onnx"
PROOFS = ROOT / "proofs"
CERTIFICATES = ROOT / "tests" / "golden" / "certificates"


def property_of(name: str) -> Path:
    return ROOT / "examples" / "controllers" / f"double_integrator_{name}.vnnlib"


@dataclass(frozen=True)
class Screen:
    """What a command printed, with folders replaced by their names."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)

    @property
    def page(self) -> str:
        return f"{self.out}--- standard error\n{self.err}--- status {self.status}\n"


@contextmanager
def inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def run(capsys: pytest.CaptureFixture[str], folder: Path, *words: str | Path) -> Screen:
    """Run ``verinet WORDS`` inside a folder."""
    capsys.readouterr()
    with inside(folder):
        status = main([str(word) for word in words])
    out, err = capsys.readouterr()
    for path, name in ((folder, "FOLDER"), (ROOT, "REPOSITORY")):
        out, err = out.replace(str(path), name), err.replace(str(path), name)
    return Screen(status, out, err)
