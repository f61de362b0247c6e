"""The gallery: the theorems of proofs/, read, replayed and typeset while the pages are built.

The directive `theorem-list` lists all theorems by subject; `theorems SUBJECT` shows those of one folder of proofs/ in
full: header, what each stored certificate states, how to check it, the script.  Statements are printed from the
certificates after the kernel has accepted them; a certificate that is refused, or states something else than its
script, is a warning, hence an error.  So is a subject without a page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.domains.std import StandardDomain
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from typeset import prose, theorem

from verinet.claims.solver_evidence import EvidenceReport
from verinet.report import check, latex
from verinet.report.text import evidence_text, shape_text
from verinet.theorems import Checked, Entry, discover, replay

PROOFS = Path(__file__).resolve().parent.parent.parent / "proofs"
SCOPES = {
    "single": "one statement",
    "instances": "instances; the statement for all n is not proved by them",
    "family": "proved for all values of the parameter",
}
SOURCES = {
    "literature": "the statement stands, with its constants, in the first reference",
    "derived": "derived; the references are where it starts from",
}
logger = logging.getLogger(__name__)


def folder(entry: Entry) -> str:
    """The folder below proofs/, with slashes where it is nested."""
    return entry.script.parent.relative_to(PROOFS).as_posix()


def subjects() -> list[tuple[str, list[Entry]]]:
    """The folders of proofs/ with their theorems; a nested one has a page of its own, its name with _ for a slash."""
    entries = sorted(discover(PROOFS), key=folder)
    return [(name.replace("/", "_"), list(group)) for name, group in groupby(entries, key=folder)]


def kilobytes(size: int) -> str:
    return f"{size / 1000:.1f} kB"


def kind(entry: Entry) -> list[nodes.Node]:
    parts = [nodes.literal(text=entry.scope), nodes.Text(f": {SCOPES[entry.scope]}. ")]
    return [*parts, nodes.literal(text=entry.source), nodes.Text(f": {SOURCES[entry.source]}.")]


def label_of(entry: Entry) -> str:
    return entry.name.replace("_", "-")


class _Page(SphinxDirective):
    def depend(self, entry: Entry) -> None:
        for path in (entry.script, *entry.certificates):
            self.env.note_dependency(str(path))

    def link(self, target: str, *words: nodes.Node) -> nodes.Node:
        """A cross-reference to a label, resolved when all pages are read."""
        reference = addnodes.pending_xref(
            "",
            refdomain="std",
            reftype="ref",
            refexplicit=True,
            reftarget=target,
            refwarn=True,
            refdoc=self.env.docname,
        )
        reference += nodes.inline("", "", *words)
        return reference

    def references(self, entry: Entry) -> list[nodes.Node]:
        found: list[nodes.Node] = []
        for reference in entry.header().references:
            found += [nodes.Text("; ")] if found else []
            found.append(self.link(reference.key, nodes.Text(reference.key)))
            found += [nodes.Text(f", {reference.place}")] if reference.place else []
        return found


class TheoremList(_Page):
    """All theorems, by subject: title, statement, kind, number and size of certificates."""

    def run(self) -> list[nodes.Node]:
        self.env.note_dependency(str(PROOFS / "index.toml"))
        found: list[nodes.Node] = []
        everything = subjects()
        entries = [entry for _, group in everything for entry in group]
        certificates = [path for entry in entries for path in entry.certificates]
        size = sum(path.stat().st_size for path in certificates)
        text = f"{len(entries)} theorems, {len(certificates)} certificates, {kilobytes(size)} together."
        found.append(nodes.paragraph(text=text))
        for subject, group in everything:
            if f"theorems/{subject}" not in self.env.found_docs:
                logger.warning("proofs/%s has no page docs/theorems/%s.md", subject, subject)
            section = nodes.section(ids=[f"list-{subject}"], names=[f"list-{subject}"])
            section += nodes.title(text=subject.capitalize())
            listing = nodes.definition_list()
            for entry in group:
                self.depend(entry)
                term = nodes.term("", "", self.link(label_of(entry), *prose(entry.title)))
                statement = nodes.paragraph("", "", *prose(entry.header().statement))
                sizes = [path.stat().st_size for path in entry.certificates]
                count = f"{len(sizes)} certificates" if len(sizes) > 1 else "1 certificate"
                facts = nodes.paragraph("", "", nodes.emphasis(text=entry.scope), nodes.Text(f", {entry.source}. "))
                facts += [nodes.Text(f"{count}, {kilobytes(sum(sizes))}. "), *self.references(entry), nodes.Text(".")]
                listing += nodes.definition_list_item("", term, nodes.definition("", statement, facts))
            section += listing
            found.append(section)
        return found


class Theorems(_Page):
    """The theorems of one subject, in full."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        self.env.note_dependency(str(PROOFS / "index.toml"))
        entries = dict(subjects()).get(self.arguments[0], [])
        if not entries:
            logger.warning("proofs/ has no subject %s", self.arguments[0], location=self.get_location())
        return [self.section(entry) for entry in entries]

    def section(self, entry: Entry) -> nodes.Node:
        self.depend(entry)
        label = label_of(entry)
        section = nodes.section(ids=[label], names=[label])
        section += nodes.title("", "", *prose(entry.title))
        domain = self.env.get_domain("std")
        if isinstance(domain, StandardDomain):
            domain.labels[label] = (self.env.docname, label, entry.title)
            domain.anonlabels[label] = (self.env.docname, label)
        header = entry.header()
        fields = nodes.field_list()
        for name, body in (
            ("Statement", prose(header.statement)),
            ("Notation", prose(header.notation)),
            ("Method", prose(header.method)),
            ("References", self.references(entry)),
            ("Kind", kind(entry)),
            ("Tags", [nodes.Text(", ".join(entry.tags))]),
        ):
            content = nodes.field_body("", nodes.paragraph("", "", *body))
            fields += nodes.field("", nodes.field_name(text=name), content)
        section += fields
        section += nodes.rubric(text="What the certificates state")
        section += self.certificates(entry)
        section += nodes.rubric(text="Check them again: by the kernel alone, against the script, by a new search")
        section += self.commands(entry)
        section += nodes.rubric(text=f"The script, proofs/{folder(entry)}/{entry.script.name}, below its header")
        code = entry.script.read_text(encoding="utf-8").split('"""', 2)[2].strip() + "\n"
        section += nodes.literal_block(code, code, language="python")
        return section

    def certificates(self, entry: Entry) -> nodes.Node:
        rows = [self.row(entry, checked) for checked in replay(entry)]
        return table(("label", "statement, as the kernel checked it", "certificate"), rows)

    def row(self, entry: Entry, checked: Checked) -> list[list[nodes.Node]]:
        path = entry.certificate(checked.label)
        if not checked.accepted:
            logger.warning("%s: %s", path.name, checked.reason, location=self.get_location())
            return [[nodes.paragraph(text=text)] for text in (checked.label, "REJECTED", "")]
        if isinstance(checked.report, EvidenceReport):
            return self.evidence_row(entry, checked, checked.report)
        found = check(path)
        statement = theorem(latex(found, "plain"))
        if found.assumptions:
            statement = [*conclusion(checked.text, found.assumptions), *statement]
        if checked.numeric_error is not None:
            statement.append(nodes.paragraph(text=f"Numeric look: {checked.numeric_error}"))
        label = nodes.paragraph("", "", nodes.literal(text=checked.label))
        shapes = " and ".join(shape_text(shape) for shape in found.decoded.shapes)
        shapes = shapes.replace("-", "\u2011")  # hyphens that do not break the line
        size = kilobytes(path.stat().st_size).replace(" ", "\u00a0")
        lines = [f"network {shapes}", evidence_text(found), size]
        facts = nodes.line_block("", *(nodes.line("", text) for text in lines))
        return [[label], statement, [facts]]

    def evidence_row(self, entry: Entry, checked: Checked, report: EvidenceReport) -> list[list[nodes.Node]]:
        """Constraints that solvers found to have no solution: nothing here was checked by the kernel."""
        path = entry.evidence(checked.label)
        said = [
            nodes.paragraph(text="The kernel checked nothing of this."),
            *conclusion(checked.text, report.assumptions),
        ]
        label = nodes.paragraph("", "", nodes.literal(text=checked.label))
        lines = ["solver evidence, no certificate", kilobytes(path.stat().st_size).replace(" ", "\u00a0")]
        return [[label], said[:-1], [nodes.line_block("", *(nodes.line("", text) for text in lines))]]

    def commands(self, entry: Entry) -> nodes.Node:
        stem = f"proofs/{folder(entry)}/{entry.name}"
        text = (
            f"$ python -I -S verinet/kernel.py {stem}.*.json\n"
            f"$ verinet proofs --replay {entry.name}\n"
            f"$ verinet proofs --search {entry.name}\n"
        )
        return nodes.literal_block(text, text, language="console")


def conclusion(text: str, assumptions: Sequence[Mapping[str, str]]) -> list[nodes.Node]:
    """The claim and what it assumes; what was checked stands below it."""
    assumed = [
        nodes.paragraph("", "", nodes.emphasis(text=f"{entry['kind']}, {entry['origin']}: "), nodes.Text(entry["text"]))
        for entry in assumptions
    ]
    head = nodes.paragraph("", "", nodes.strong(text=text), nodes.Text(", assuming, what the kernel did not check:"))
    listed = nodes.bullet_list("", *(nodes.list_item("", paragraph) for paragraph in assumed))
    return [head, listed, nodes.paragraph(text="What it checked:")]


def table(heads: tuple[str, ...], rows: list[list[list[nodes.Node]]]) -> nodes.Node:
    """A table of cells that hold blocks."""
    group = nodes.tgroup(cols=len(heads))
    group += [nodes.colspec(colwidth=1) for _ in heads]
    head = nodes.row("", *(nodes.entry("", nodes.paragraph(text=text)) for text in heads))
    body = [nodes.row("", *(nodes.entry("", *cell) for cell in row)) for row in rows]
    group += [nodes.thead("", head), nodes.tbody("", *body)]
    return nodes.table("", group, classes=["colwidths-auto"])


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("theorem-list", TheoremList)
    app.add_directive("theorems", Theorems)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
