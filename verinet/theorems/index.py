"""The index of ``proofs/``: one row a theorem, written from the scripts and read without importing them."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from verinet.errors import BadFormat
from verinet.theorems.scripts import LABEL, MODES, SCOPES, SOURCES, Header, Instance, Script, read_header
from verinet.work import read_text

INDEX = "index.toml"
_NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the index.

    `script` and the certificates are files; `load` imports the script.
    """

    name: str
    title: str
    script: Path
    labels: tuple[str, ...]
    mode: str
    scope: str
    source: str
    references: tuple[str, ...]
    tags: tuple[str, ...]

    def certificate(self, label: str) -> Path:
        """The file of the certificate with this label, beside the script."""
        return self.script.with_name(f"{self.name}.{label}.json")

    def evidence(self, label: str) -> Path:
        """The file of what rests on the word of solvers instead: SMT-LIB 2 text."""
        return self.script.with_name(f"{self.name}.{label}.smt2")

    @property
    def certificates(self) -> tuple[Path, ...]:
        """The certificates' files, in the order of the labels; of some, the evidence that stands in their place."""
        files = [(self.certificate(label), self.evidence(label)) for label in self.labels]
        return tuple(evidence if evidence.exists() and not file.exists() else file for file, evidence in files)

    def header(self) -> Header:
        """The script's header, read without running the script."""
        return read_header(ast.get_docstring(ast.parse(read_text(self.script))) or "")

    def load(self) -> Script:
        """Import the script.

        Raises
        ------
        BadFormat
            If it does not define the theorem of its name.
        """
        return load_script(self.script)

    def instances(self) -> tuple[Instance, ...]:
        """The claims that the script makes.

        Raises
        ------
        BadFormat
            If their labels are not those of the index.
        """
        found = tuple(self.load().claims())
        if tuple(instance.label for instance in found) != self.labels:
            raise BadFormat(
                f"{self.name} makes the claims {[i.label for i in found]}, its index row lists {list(self.labels)}",
                fix="rewrite the index: verinet.theorems.rewrite()",
            )
        return found


def default_folder() -> Path:
    """``./proofs``, or that of the repository this package was loaded from.

    Raises
    ------
    BadFormat
        If there is neither.
    """
    here, repository = Path("proofs"), Path(__file__).resolve().parents[2] / "proofs"
    for folder in (here, repository):
        if (folder / INDEX).is_file():
            return folder
    raise BadFormat(
        f"there is no proofs/{INDEX} here nor beside the package",
        fix="run it in a clone of the repository, or name the folder",
    )


def discover(folder: Path | str | None = None) -> tuple[Entry, ...]:
    """The rows of ``index.toml``, in its order; no script is imported.

    Raises
    ------
    BadFormat
        If there is no index, or a row is not as it should be.
    """
    root = Path(folder) if folder is not None else default_folder()
    path = root / INDEX
    try:
        document = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise BadFormat(f"{path} is not TOML: {error}", fix="rewrite the index: verinet.theorems.rewrite()") from error
    rows = document.get("theorem")
    if set(document) != {"theorem"} or not isinstance(rows, list):
        raise BadFormat(f"{path} needs tables [[theorem]] and nothing else", fix="remove what else stands there")
    entries = tuple(_entry(root, row, f"{path}, theorem {place}") for place, row in enumerate(rows))
    if len({entry.name for entry in entries}) != len(entries):
        raise BadFormat(f"{path} has two theorems of one name", fix="rename one of them")
    return entries


_FIELDS = ("name", "title", "script", "labels", "mode", "scope", "source", "references", "tags")


def _entry(root: Path, row: dict[str, Any], where: str) -> Entry:
    lists = ("labels", "references", "tags")
    known: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    good = set(row) == set(_FIELDS) and all(
        all(isinstance(part, str) for part in known[key]) if key in lists else isinstance(known[key], str)
        for key in _FIELDS
    )
    good = good and bool(_NAME.fullmatch(known["name"])) and all(LABEL.fullmatch(label) for label in known["labels"])
    good = good and known["mode"] in MODES and known["scope"] in SCOPES and known["source"] in SOURCES
    if not good:
        raise BadFormat(f"a row needs exactly the fields {', '.join(_FIELDS)}", fix="rewrite the index", where=where)
    script = (root / known["script"]).resolve()
    if script.stem != known["name"] or not script.is_relative_to(root.resolve()) or not script.is_file():
        raise BadFormat(f"there is no script {known['script']}", fix="name a file of this folder", where=where)
    return Entry(script=script, **{key: value for key, value in known.items() if key != "script"})


def load_script(path: Path) -> Script:
    spec = importlib.util.spec_from_file_location(f"verinet_proofs_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise BadFormat(f"{path} is no Python file", fix="give it the ending .py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found = getattr(module, path.stem, None)
    if not isinstance(found, Script):
        raise BadFormat(f"{path} does not define the theorem {path.stem}", fix=f"write @theorem(...) def {path.stem}()")
    return found


def scripts(folder: Path | str) -> Iterator[tuple[Path, Script]]:
    """All theorem scripts of a folder, by path; imports them."""
    for path in sorted(Path(folder).rglob("*.py")):
        yield path, load_script(path)


def index_text(folder: Path | str) -> str:
    """The text of ``index.toml`` as the scripts of the folder have it; imports them."""
    root = Path(folder)
    lines = ["# Written by verinet.theorems.rewrite from the scripts' headers; a test compares the two."]
    for path, script in scripts(root):
        labels = [instance.label for instance in script.claims()]
        values = {
            "name": script.name,
            "title": script.header.title,
            "script": path.relative_to(root).as_posix(),
            "labels": labels,
            "mode": script.mode,
            "scope": script.scope,
            "source": script.source,
            "references": list(dict.fromkeys(reference.key for reference in script.header.references)),
            "tags": list(script.header.tags),
        }
        # A JSON string without control characters is a TOML basic string too.
        texts = {key: json.dumps(value, ensure_ascii=False) for key, value in values.items()}
        lines += ["", "[[theorem]]", *(f"{key} = {text}" for key, text in texts.items())]
    return "\n".join(lines) + "\n"
