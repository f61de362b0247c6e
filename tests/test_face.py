"""The public face: its names exist, type checkers see the same ones, and it starts light."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import verinet
import verinet.networks

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


# --- what the reference promises -------------------------------------------------------------------------------------

REFERENCE = FACE.parent.parent / "docs" / "reference"
#: Pages whose every function and class says its guarantee; formats have pages of their own kind of promise.
ROOMS = ("claims", "networks", "geometry", "regions", "exact")


def entries(names: dict[str, object]) -> dict[str, object]:
    """The functions and classes among some names, errors excepted."""
    return {
        name: entry
        for name, entry in names.items()
        if inspect.isfunction(entry) or (inspect.isclass(entry) and not issubclass(entry, Exception))
    }


FRONT = entries({name: getattr(verinet, name) for name in verinet.__all__})
FRONT |= entries({f"claims.{name}": getattr(verinet.claims, name) for name in verinet.claims.__all__})
DOCUMENTED = [
    module
    for page in ROOMS
    for module in re.findall(r"automodule:: (\S+)", (REFERENCE / f"{page}.md").read_text(encoding="utf-8"))
    if not module.startswith("verinet.networks.formats")
]


@pytest.mark.parametrize("name", FRONT)
def test_every_entry_of_the_face_says_its_guarantee_and_every_function_has_an_example(name: str) -> None:
    text = FRONT[name].__doc__ or ""
    assert "Guarantee:" in text
    assert ">>>" in text or not inspect.isfunction(FRONT[name])


@pytest.mark.parametrize("module", DOCUMENTED)
def test_every_entry_of_a_room_says_its_guarantee(module: str) -> None:
    found = vars(import_module(module))
    own = {name: entry for name, entry in found.items() if not name.startswith("_")}
    silent = [
        name
        for name, entry in entries(own).items()
        if entry.__module__ == module and "Guarantee:" not in (entry.__doc__ or "")
    ]
    assert silent == []


def test_the_arithmetics_are_found_beside_the_networks() -> None:
    names = [name for name in verinet.networks.__all__ if name.endswith("Arithmetic")]
    assert len(names) == 5
    page = (REFERENCE / "networks.md").read_text(encoding="utf-8")
    assert [name for name in names if f"`{name}(" not in page] == []


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        getattr(verinet, "no_such_name")  # noqa: B009  # spelt so that type checkers do not stumble


def test_importing_the_face_loads_nothing_heavy() -> None:
    script = f"import sys, verinet; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
