"""Two small typesetters, both into docutils nodes.

`prose` sets the plain ASCII of a theorem script's header: powers, indices, comparisons, single letters, `names`.
`theorem` sets what `verinet.report.latex` prints of a checked theorem: text, inline and displayed formulas, items.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from docutils import nodes

# Indices belong to single letters; an exponent drops the brackets around it.
PARTS = re.compile(
    r"`(?P<name>[^`]+)`"
    r"|(?<=(?<![A-Za-z])[A-Za-z])_(?P<index>[A-Za-z0-9]+(?:[-+][0-9])?)(?![A-Za-z])"
    r"|(?<=[\w)}\]])\^(?P<power>−?[A-Za-z0-9]+|−?\([^()]*\))"
    # the article a and the pronoun I are not variables
    r"|(?P<letter>(?<![\w'.])(?:[b-zB-HJ-Z](?!\w|'[a-z])|[A-Za-z](?=_)|a(?=[,)]| −)|(?<=\()a(?= )))"
)
SIGNS = (
    (re.compile(r"(?<![\w)-])-(?=[\w(|])|(?<=\b[A-Za-z])-(?=\d)|(?<= )-(?= )"), "−"),
    (re.compile(r"(?<=[\w\])]) x (?=[\[(])"), " × "),
    (re.compile("<="), "≤"),
    (re.compile(">="), "≥"),
    (re.compile("->"), "→"),
    (re.compile(r"\.\.\."), "…"),
    (re.compile(r"''|'(?![a-z])"), lambda match: "′" * len(match[0])),
)
SETS = {"R": "ℝ"}


def prose(text: str) -> list[nodes.Node]:
    """Header text as inline nodes.

    >>> "".join(node.astext() for node in prose("|f_m(x) - x^2| <= 4^-(m+1) on [-1, 1]"))
    '|fm(x) − x2| ≤ 4−(m+1) on [−1, 1]'
    """
    for sign, printed in SIGNS:
        text = sign.sub(printed, text)
    return list(_prose(text))


def _prose(text: str) -> Iterator[nodes.Node]:
    place = 0
    for match in PARTS.finditer(text):
        if match.start() > place:
            yield nodes.Text(text[place : match.start()])
        place = match.end()
        kind = match.lastgroup or ""
        found = match[kind]
        if kind == "name":
            yield nodes.literal(text=found)
        elif kind == "letter":
            yield nodes.Text(SETS[found]) if found in SETS else nodes.emphasis(text=found)
        elif kind == "index":
            yield nodes.subscript(text=found.replace("-", "−"))
        else:
            yield nodes.superscript(text=found[1:-1] if found[0] == "(" else found)
    if place < len(text):
        yield nodes.Text(text[place:])


# --- what the report prints ------------------------------------------------------------------------------

BLOCKS = re.compile(
    r"\\begin\{enumerate\}(?P<parts>.*?)\\end\{enumerate\}"
    r"|\\\[(?P<display>.*?)\\\]"
    r"|\\begin\{gather\*\}(?P<gather>.*?)\\end\{gather\*\}"
    r"|\\begin\{itemize\}(?:\\raggedright)?(?P<items>.*?)\\end\{itemize\}",
    flags=re.S,
)


def theorem(latex: str) -> list[nodes.Node]:
    """The statement in a theorem of the style "plain": what stands between its networks and its proof.

    Raises
    ------
    ValueError
        If the text is not built as the report builds it.
    """
    match = re.search(r"^Then,? ?(.*?)^\\par\\noindent\\emph\{Proof\.\}", latex, flags=re.S | re.M)
    if match is None:
        raise ValueError(f"no statement in the LaTeX of a theorem: {latex[:200]}")
    return _blocks(match[1])


def _blocks(body: str) -> list[nodes.Node]:
    body = body.strip()
    body = body[:1].upper() + body[1:]
    found: list[nodes.Node] = []
    place = 0
    for match in BLOCKS.finditer(body):
        found += _paragraph(body[place : match.start()])
        place = match.end()
        kind = match.lastgroup or ""
        if kind == "parts":  # of a conjunction: each is a statement with blocks of its own
            parts = [part for part in re.split(r"^  \\item (?=[A-Z])", match["parts"], flags=re.M) if part.strip()]
            found.append(nodes.enumerated_list("", *(nodes.list_item("", *_blocks(part)) for part in parts)))
        elif kind == "items":
            items = [item.strip() for item in match["items"].split(r"\item") if item.strip()]
            listed = [nodes.list_item("", *_paragraph(item)) for item in items]
            found.append(nodes.bullet_list("", *listed))
        else:
            found += [_display(line) for line in match[kind].split("\\\\\n")]
    return found + _paragraph(body[place:])


def _display(source: str) -> nodes.Node:
    source = " ".join(source.split())
    return nodes.math_block(source, source, nowrap=True, number=None)


def _paragraph(text: str) -> list[nodes.Node]:
    text = " ".join(text.split())
    if not text:
        return []
    paragraph = nodes.paragraph()
    for place, part in enumerate(text.split("$")):
        if place % 2:
            paragraph += nodes.math(part, part)
        elif part:
            if "\\" in part or "{" in part:
                raise ValueError(f"LaTeX outside a formula: {part}")
            paragraph += nodes.Text(part)
    return [paragraph]
