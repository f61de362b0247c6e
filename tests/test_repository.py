"""The repository itself: nothing of one machine in it, versions that agree, commands that exist."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests import kernel_gate

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NOT_OURS = {".git", ".venv", "_build", "__pycache__", "build", "dist", "node_modules", "jupyter_execute"}
# written so that this file does not match itself
MACHINE_PATHS = re.compile(r"(?<![\w.:/-])/(?:wor[k]|tm[p]|hom[e]|roo[t]|User[s]|mn[t])/|[A-Z]:[\\]User[s]")
DATA_BESIDE = re.compile(r"[.][.]/share[d]")


def our_files() -> list[Path]:
    """What is or would be committed; every file of a tree without git."""
    command = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(command, capture_output=True, check=True).stdout.decode().split("\0")
        paths = [ROOT / name for name in listed if name]
    except (OSError, subprocess.CalledProcessError):
        paths = list(ROOT.rglob("*"))
    ours = [p for p in paths if p.is_file() and not NOT_OURS & set(p.relative_to(ROOT).parts)]
    return sorted(p for p in ours if not any(part.endswith("_cache") for part in p.relative_to(ROOT).parts))


def texts() -> list[tuple[str, str]]:
    """Name and text of every file of ours that is text."""
    found = []
    for path in our_files():
        data = path.read_bytes()
        if b"\0" not in data[:4096]:
            found.append((path.relative_to(ROOT).as_posix(), data.decode("utf-8")))
    return found


def proofs() -> list[Path]:
    return [path for path in our_files() if path.suffix == ".json" and (ROOT / "proofs") in path.parents]


def test_no_path_of_one_machine_is_in_any_file() -> None:
    found = [
        f"{name}: {line.strip()[:100]}"
        for name, text in texts()
        for line in text.splitlines()
        if MACHINE_PATHS.search(line)
    ]
    assert found == []


def test_only_ci_knows_where_benchmarks_lie_beside_the_checkout() -> None:
    assert [name for name, text in texts() if DATA_BESIDE.search(text) and name != ".ci/run"] == []


@pytest.mark.parametrize(
    ("line", "guilty"),
    [
        ("see /hom" + "e/ada/net.onnx", True),
        ("open('/tm" + "p/x')", True),
        ("C:" + "\\Users\\ada", True),
        ("docs/ho" + "me/page.md", False),
        ("https://example.org/wor" + "k/page", False),
    ],
)
def test_the_search_for_machine_paths_finds_them(line: str, guilty: bool) -> None:
    assert bool(MACHINE_PATHS.search(line)) is guilty


def test_version_strings_agree() -> None:
    version = PROJECT["version"]
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    face = (ROOT / "verinet" / "__init__.py").read_text(encoding="utf-8")
    assert re.findall(r"^version: (\S+)$", citation, flags=re.M) == [version]
    assert re.findall(r"^## \[([^\]]+)\]", changelog, flags=re.M)[0] == version
    assert re.findall(r'^__version__ = "([^"]+)"$', face, flags=re.M) == [version]


def test_commands_of_the_readme_exist() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, flags=re.M))
    wanted = set(re.findall(r"\bmake ([a-z-]+)\b", readme))
    assert {"prove", "test"} <= wanted <= targets


def test_links_of_the_readme_lead_somewhere() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    local = [link for link in re.findall(r"\]\(([^)#\s]+)\)", readme) if "://" not in link]
    assert [link for link in local if not (ROOT / link).exists()] == []


def test_every_python_file_says_what_it_is() -> None:
    """A package file opens with a docstring; an empty `__init__` may stay empty."""
    files = [p for p in our_files() if p.suffix == ".py" and p.is_relative_to(ROOT / "verinet")]
    silent = [p for p in files if p.read_text(encoding="utf-8").strip() and not _docstring(p)]
    assert silent == []


def _docstring(path: Path) -> bool:
    return path.read_text(encoding="utf-8").lstrip().startswith(('"""', 'r"""'))


@pytest.mark.parametrize("path", proofs(), ids=lambda path: path.stem)
def test_every_json_under_proofs_is_a_certificate(path: Path) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    assert set(document) == {"format", "assumptions", "statement", "evidence"}
    assert document["format"] == "verinet-certificate/2"
    parts = document["statement"].get("parts", [document["statement"]])
    assert len(parts) > 0
    assert all(part["networks"] for part in parts), "a certificate carries its networks"


def test_kernel_keeps_the_rules_of_its_gate() -> None:
    assert kernel_gate.complaints(kernel_gate.KERNEL.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("import numpy", "not in the standard library"),
        ("from . import errors", "not in the standard library"),
        ("import pickle", "loads or runs other code"),
        ("def f(x):\n    assert x", "assert vanishes"),
        ("def f(x):\n    return x * 0.5", "inexact literal"),
        ("def f(x):\n    x /= 2", "true division"),
        ("def f(x):\n    return eval(x)", "the name eval"),
        ("def f(x):\n    return f(x - 1)", "may call itself"),
        (
            "class A:\n    def go(self):\n        return g(self)\ndef g(a):\n    return a.go()",
            "may call itself",
        ),
        ("TABLE = (f,)\ndef f(x):\n    return TABLE[0](x)", "may call itself"),
        ("SEEN = []", "a mutable constant"),
        ("SEEN = ({},)", "a mutable constant"),
        ("def f(x=[]):\n    return x", "a mutable default"),
        ("N = 0\ndef f():\n    global N", "global N"),
        ("from functools import cache\n@cache\ndef f(x):\n    return x", "keeps values between calls"),
        ("class A:\n    n = 0\ndef f():\n    A.n = 1", "writes the class attribute"),
        ("x = 1\n" * 901, "901 lines of code"),
    ],
)
def test_the_gate_refuses(text: str, complaint: str) -> None:
    assert any(complaint in found for found in kernel_gate.complaints(text))


def test_the_gate_passes_a_plain_file() -> None:
    text = '"""Doc."""\nimport re\nNAME = re.compile("a")\nPAIR = (1, "x")\ndef f(x, y=()):\n    return x // 2\n'
    assert kernel_gate.complaints(text) == []
    assert kernel_gate.lines_of_code(text) == 5
