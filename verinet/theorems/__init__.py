"""Theorem scripts: one file a theorem under ``proofs/``, its certificates beside it, one row each in the index.

A script opens with a header (title, statement, notation, method, references, tags), builds the network as in the
paper, and yields claims.  `replay` lets the kernel check the stored certificates and compares what they state with
what the script says now; `search` proves the claims afresh.  Scripts are the repository's own code: they are
imported, so never point `discover` at a folder that you would not run.
"""

from __future__ import annotations

from verinet.theorems.checks import Checked, replay, revisit, rewrite, search
from verinet.theorems.index import Entry, default_folder, discover, index_text
from verinet.theorems.scripts import Header, Instance, Reference, Script, read_header, theorem

__all__ = [
    "Checked",
    "Entry",
    "Header",
    "Instance",
    "Reference",
    "Script",
    "default_folder",
    "discover",
    "index_text",
    "read_header",
    "replay",
    "revisit",
    "rewrite",
    "search",
    "theorem",
]
