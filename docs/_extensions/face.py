"""What the package says of itself: the directives `face` and `modules`.

`face` lists every name of `import verinet as vn`, under the room where it lives; `modules` every file of the
package with the first sentence of its docstring, which is read and not imported.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import verinet


class Face(SphinxDirective):
    """A definition list: rooms and their names."""

    def run(self) -> list[nodes.Node]:
        listing = nodes.definition_list()
        for home, names in verinet.HOMES.items():
            words: list[nodes.Node] = []
            for name in names:
                words += [nodes.literal(text=f"vn.{name}"), nodes.Text("  ")]
            term = nodes.term("", "", nodes.literal(text=home))
            listing += nodes.definition_list_item("", term, nodes.definition("", nodes.paragraph("", "", *words)))
        return [listing]


#: The floors of the house, top to bottom, as pyproject.toml has them for import-linter.
ROOMS = (
    "cli",
    "theorems",
    "provers",
    "report",
    "claims",
    "theory",
    "regions",
    "networks",
    "geometry",
    "exact",
    "work",
    "kernel",
    "errors",
)
PACKAGE = Path(verinet.__file__).resolve().parent


class Modules(SphinxDirective):
    """One definition list for all files, by room."""

    def run(self) -> list[nodes.Node]:
        rooms = {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in PACKAGE.rglob("*.py")}
        strangers = rooms - {*ROOMS, "__init__"}
        if strangers:
            raise self.error(f"rooms that docs/_extensions/face.py does not know: {', '.join(sorted(strangers))}")
        listing = nodes.definition_list()
        for room in ROOMS:
            folder = PACKAGE / room
            for path in sorted(folder.rglob("*.py")) if folder.is_dir() else [PACKAGE / f"{room}.py"]:
                self.env.note_dependency(str(path))
                name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
                said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
                parts = re.split("`+", " ".join(said.split("\n\n")[0].split()))
                words = [nodes.literal(text=part) if k % 2 else nodes.Text(part) for k, part in enumerate(parts)]
                term = nodes.term("", "", nodes.literal(text=name))
                paragraph = nodes.paragraph("", "", *words)
                listing += nodes.definition_list_item("", term, nodes.definition("", paragraph))
        return [listing]


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("face", Face)
    app.add_directive("modules", Modules)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
