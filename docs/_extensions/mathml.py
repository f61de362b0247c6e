"""Formulas as native MathML, converted by docutils: no JavaScript, no fonts, nothing from a network."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.application import Sphinx
from sphinx.util import logging

logger = logging.getLogger(__name__)

# amsmath chooses the height of \dots by what follows; docutils knows its four answers, not the question.
DOTS = re.compile(r"\\dots(?![A-Za-z])(?=\s*(?P<between>[-+=<>]|\\(?:le|ge|cdot|times|lor|land|cup|cap)\b)?)")

# docutils reads \frac12 as twelve over what follows.
FRACTION = re.compile(r"\\([dt]?frac)(\d)(\d)")


def source_of(formula: str) -> str:
    """The formula in the words that docutils knows.

    >>> print(source_of(r"1, \\dots, n"), source_of(r"1 + \\dots + n"))
    1, \\dotsc, n 1 + \\dotsb + n
    >>> print(source_of(r"\\tfrac12 x"))
    \\tfrac{1}{2} x
    """
    whole = FRACTION.sub(r"\\\1{\2}{\3}", formula.strip())
    return DOTS.sub(lambda match: r"\dotsb" if match["between"] else r"\dotsc", whole)


def _convert(self: Any, node: nodes.Element, *, block: bool) -> str:
    """The MathML of one node, or its source and a warning, so that `-W` stops at it."""
    source = node.astext().strip()
    try:
        return str(tex2mathml(source_of(source), as_block=block))
    except MathError as error:
        logger.warning("cannot convert the formula %s: %s", source, error, location=node)
        return f"<code>{self.encode(source)}</code>"


def visit_inline(self: Any, node: nodes.math) -> None:
    self.body.append(_convert(self, node, block=False))
    raise nodes.SkipNode


def visit_block(self: Any, node: nodes.math_block) -> None:
    self.body.append(self.starttag(node, "div", CLASS="math"))
    self.body.append(_convert(self, node, block=True))
    self.body.append("</div>\n")
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
