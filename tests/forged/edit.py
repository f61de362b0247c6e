"""Copies of true certificates with one place changed, and how certificates are written."""

from __future__ import annotations

import hashlib
import json
from copy import deepcopy

from tests.forged.block_truths import block_certificates
from tests.forged.further_truths import further_certificates
from tests.forged.truths import JSON, true_certificates

TRUE = {**true_certificates(), **further_certificates(), **block_certificates()}


def written(document: JSON) -> str:
    return json.dumps(document, separators=(",", ":")) + "\n"


def changed(base: str | JSON, *edits: tuple[str, JSON]) -> JSON:
    """A copy with the value at each path, such as "statement.domain.box.0.1", put in; a new key is added."""
    document = deepcopy(TRUE[base] if isinstance(base, str) else base)
    for path, value in edits:
        *parents, last = path.split(".")
        holder = document
        for key in parents:
            holder = holder[int(key) if isinstance(holder, list) else key]
        if isinstance(holder, list) and int(last) == len(holder):
            holder.append(value)
        else:
            holder[int(last) if isinstance(holder, list) else last] = value
    return document


def without(base: str, path: str) -> JSON:
    document = deepcopy(TRUE[base])
    *parents, last = path.split(".")
    holder = document
    for key in parents:
        holder = holder[int(key) if isinstance(holder, list) else key]
    del holder[last]
    return document


def lines_of(document: JSON, *blocks: list[JSON]) -> list[str]:
    """The lines of a certificate in JSON Lines: the header, then one line for each block of steps."""
    evidence = {key: value for key, value in document["evidence"].items() if key != "steps"}
    lines = [written({**document, "evidence": evidence}).rstrip("\n")]
    for block in blocks:
        lines.append(json.dumps([hashlib.sha256(lines[-1].encode()).hexdigest(), *block], separators=(",", ":")))
    return lines
