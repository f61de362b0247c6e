"""What our docstrings have beyond numpydoc.

A line `Guarantee: exact | certified | numeric` becomes a section of its own; a bar is an absolute value and
not a substitution; a property is described by a sentence, in which a colon does not end a type.
"""

from __future__ import annotations

import re
from typing import Any

from sphinx.application import Sphinx
from sphinx.ext.napoleon.docstring import NumpyDocstring

LINE = re.compile(r"^(Guarantee): *(.*)$")


def prepare(app: Sphinx, what: str, name: str, obj: object, options: Any, lines: list[str]) -> None:
    """`Guarantee: exact` -> a section `Guarantee` that says `exact`; `|x|` -> `\\|x\\|` in running text."""
    result: list[str] = []
    literal = None  # indentation of the line that opened a literal or formula block
    for line in lines:
        indent = len(line) - len(line.lstrip())
        if literal is not None and line.strip() and indent <= literal:
            literal = None
        match = LINE.match(line)
        if match:
            title, text = match.groups()
            result += ["", title, "-" * len(title), text]
        elif literal is None and "`" not in line and not line.lstrip().startswith((">>>", "...")):
            result.append(line.replace("|", r"\|"))
        else:
            result.append(line)
        if literal is None and (line.rstrip().endswith("::") or line.lstrip().startswith(".. math::")):
            literal = indent
    lines[:] = result


def whole_description(docstring: NumpyDocstring) -> tuple[str, list[str]]:
    """No type, and every line of the description of an attribute or property."""
    lines = docstring._dedent(docstring._consume_to_end())
    return "", NumpyDocstring(lines, docstring._config).lines()


def setup(app: Sphinx) -> dict[str, Any]:
    NumpyDocstring._consume_inline_attribute = whole_description
    app.connect("autodoc-process-docstring", prepare, priority=100)  # before napoleon
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
