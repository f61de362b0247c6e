"""The public face: its names exist, type checkers see the same ones, and it starts light."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import verinet

FACE = Path(verinet.__file__)
HEAVY = ("numpy", "sympy", "z3", "onnx", "torch", "matplotlib", "numba", "networkx", "highspy", "flint")


def imported_for_type_checkers() -> set[tuple[str, str]]:
    """(home, name) of every import under TYPE_CHECKING."""
    blocks = [node for node in ast.parse(FACE.read_text(encoding="utf-8")).body if isinstance(node, ast.If)]
    imports = [node for block in blocks for node in block.body if isinstance(node, ast.ImportFrom)]
    return {(str(node.module), alias.name) for node in imports for alias in node.names}


def test_both_tables_say_the_same() -> None:
    table = {(home, name) for home, names in verinet.HOMES.items() for name in names}
    assert table == imported_for_type_checkers()
    assert {name for _, name in table} == set(verinet.__all__)


@pytest.mark.parametrize("name", verinet.__all__)
def test_every_name_exists_and_is_documented(name: str) -> None:
    assert getattr(verinet, name).__doc__
    assert name in dir(verinet)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        getattr(verinet, "no_such_name")  # noqa: B009  # spelt so that type checkers do not stumble


def test_importing_the_face_loads_nothing_heavy() -> None:
    script = f"import sys, verinet; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
