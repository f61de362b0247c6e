"""The directive `bibliography`: the entries of references.bib as a list, one label a key.

A page refers to an entry as `[Yarotsky 2017](#yarotsky2017)`; an unknown key is a warning, hence an error.
The grammar is the plain part of BibTeX that references.bib keeps to: `@kind{key, field = {value}, ...}`,
one field a line, the closing brace on a line of its own.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.domains.std import StandardDomain
from sphinx.util.docutils import SphinxDirective

ENTRY = re.compile(r"^@(\w+)\{(\w+),\n(.*?)^\}$", flags=re.M | re.S)
FIELD = re.compile(r"^\s*(\w+)\s*=\s*\{(.*)\},?$", flags=re.M)
ACCENTS = {"a": "á", "c": "ć", "e": "é", "i": "í", "o": "ó", "u": "ú"}


def entries(text: str) -> dict[str, dict[str, str]]:
    """Key -> fields, in the order of the file; a key given twice or a stray entry is an error."""
    found: dict[str, dict[str, str]] = {}
    for _, key, body in ENTRY.findall(text):
        if key in found:
            raise ValueError(f"references.bib: {key} is there twice")
        found[key] = {name.lower(): _plain(value) for name, value in FIELD.findall(body)}
    if len(found) != text.count("\n@") + text.startswith("@"):
        raise ValueError("references.bib: an entry that the grammar of docs/_extensions/bibliography.py refuses")
    return found


def _plain(value: str) -> str:
    value = re.sub(r"\{\\'(\w)\}", lambda match: ACCENTS[match[1]], value).replace(r"{\o}", "ø")
    return value.replace("{", "").replace("}", "")


def line(fields: dict[str, str]) -> str:
    """What follows the title: where it appeared, when, and its arXiv number."""
    parts = [fields[name] for name in ("journal", "booktitle", "howpublished", "school") if name in fields]
    parts.append(fields["year"])
    if "eprint" in fields:
        parts.append(f"arXiv:{fields['eprint']}")
    return ", ".join(parts) + "."


class Bibliography(SphinxDirective):
    """Lists a .bib file, given as a path beside the page."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        path = Path(self.env.srcdir) / self.arguments[0]
        self.env.note_dependency(str(path))
        listing = nodes.definition_list()
        for key, fields in sorted(entries(path.read_text(encoding="utf-8")).items()):
            term = nodes.term("", "", nodes.literal(text=key))
            words = [nodes.Text(f"{fields['author'].replace(' and ', ', ')}. ")]
            words += [nodes.emphasis(text=fields["title"]), nodes.Text(". " + line(fields))]
            item = nodes.definition_list_item("", term, nodes.definition("", nodes.paragraph("", "", *words)))
            item["ids"] = [key]
            item["names"] = [key]
            listing += item
            domain = self.env.get_domain("std")
            if isinstance(domain, StandardDomain):
                domain.labels[key] = (self.env.docname, key, key)
                domain.anonlabels[key] = (self.env.docname, key)
        return [listing]


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("bibliography", Bibliography)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
