"""Ctrl-C, a closed pipe, exceptions nobody thought of, and a fast start."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.screens import CONTROLLER, ROOT, property_of, run

Capsys = pytest.CaptureFixture[str]
HEAVY = ("numpy", "sympy", "z3", "onnx", "torch", "matplotlib", "numba", "networkx", "highspy", "flint")
WORDS = ("prove", str(CONTROLLER), str(property_of("brakes")), "-o", "cert.json")


def child(script: str, *words: str, folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a Python script that may call `main()`."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **settings}
    return subprocess.run(
        [sys.executable, "-c", script, *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


MAIN = "import sys\nfrom verinet.cli import main\nsys.exit(main())"
#: Sends the process a true SIGINT when the named function is called for the first time.
INTERRUPTED = """
import os, signal, sys, importlib
signal.signal(signal.SIGINT, signal.default_int_handler)
home, name = sys.argv.pop(1).rsplit(".", 1)
module = importlib.import_module(home)
original = getattr(module, name)
def first(*arguments, **named):
    setattr(module, name, original)
    os.kill(os.getpid(), signal.SIGINT)
    return original(*arguments, **named)
setattr(module, name, first)
from verinet.cli import main
sys.exit(main())
"""


@pytest.mark.parametrize(
    "place",
    [
        "verinet.provers.branching.relax",
        "verinet.provers.decide.attack",
        "verinet.cli.networks.read_file",
        "verinet.kernel.check",
    ],
)
def test_an_interrupted_proof_is_unknown_and_writes_nothing(tmp_path: Path, place: str) -> None:
    done = child(INTERRUPTED, place, *WORDS, "--json", folder=tmp_path)
    assert done.returncode == 2, done.stderr
    document = json.loads(done.stdout)
    assert document["verdict"] == "unknown"
    assert "interrupted" in document["reason"]
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_write_leaves_no_half_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "cert.json").write_text("the old one", encoding="utf-8")
    done = child(INTERRUPTED, "os.fsync", *WORDS, folder=tmp_path)
    assert done.returncode == 2
    assert [path.name for path in tmp_path.iterdir()] == ["cert.json"]
    assert (tmp_path / "cert.json").read_text(encoding="utf-8") == "the old one"


@pytest.mark.skipif(not hasattr(signal, "SIGPIPE"), reason="left out: no pipes of this kind")
def test_a_closed_pipe_is_no_traceback(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-c", MAIN, "proofs", "absolute_value_relu_eq", "--folder", str(ROOT / "proofs")],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
        timeout=120,
    )
    os.close(writer)
    assert done.returncode == 3
    assert b"Traceback" not in done.stderr


def test_starting_and_help_load_nothing_heavy(tmp_path: Path) -> None:
    script = f"""
import sys
from verinet.cli import main
main(["--help"]), main(["prove", "--help"]), main(["frobnicate"])
print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)
"""
    done = child(script, folder=tmp_path)
    assert done.stderr.splitlines()[-1] == "[]"
    assert "Fix: " in done.stderr


def test_progress_stays_off_a_file(tmp_path: Path) -> None:
    done = child(MAIN, *WORDS, folder=tmp_path)
    assert done.returncode == 0
    assert done.stderr == ""
    assert done.stdout.startswith("PROVED")
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize("debug", ["", "1"])
def test_an_unexpected_exception_is_one_line(
    capsys: Capsys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, debug: str
) -> None:
    def broken(path: str, options: object) -> None:
        raise ZeroDivisionError("division\nby zero")

    monkeypatch.setattr("verinet.cli.networks.read_file", broken)
    monkeypatch.setenv("VERINET_DEBUG", debug)
    screen = run(capsys, tmp_path, "eval", "net.json", "--at", "1")
    assert screen.status == 3
    assert screen.err.endswith(
        "ZeroDivisionError: division by zero\n"
        "Fix: report this with the input that led to it; VERINET_DEBUG=1 shows where it happened\n"
    )
    assert ("Traceback" in screen.err) is (debug == "1")


def test_a_stranger_cannot_write_to_the_terminal(capsys: Capsys, tmp_path: Path) -> None:
    screen = run(capsys, tmp_path, "eval", "\x1b[2J\u202e.json", "--at", "1")
    assert screen.status == 3
    assert "\\x1b[2J\\u202e" in screen.err
    assert "\x1b" not in screen.err


def test_the_entry_point_is_the_one_of_the_package() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["scripts"] == {"verinet": "verinet.cli:main"}
