"""The directive `face`: every name of `import verinet as vn`, under the room where it lives."""

from __future__ import annotations

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


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("face", Face)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
