"""Sphinx configuration.  The pages must read offline: no script, style, font or image from elsewhere."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "_extensions"))

project = "verinet"
author = "the verinet authors"
copyright = "2026, the verinet authors"
release = tomllib.loads((HERE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
version = release

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "docstrings",  # docs/_extensions: the line `Guarantee: ...`
    "face",  # docs/_extensions: the names of `import verinet as vn`
    "gallery",  # docs/_extensions: the theorems of proofs/, replayed and typeset
    "bibliography",  # docs/_extensions: a page from references.bib, one label a key
    "mathml",  # docs/_extensions: formulas as native MathML, without JavaScript
]
html_math_renderer = "mathml"
exclude_patterns = ["_build", "**/.ipynb_checkpoints", "jupyter_execute"]

# --- pages and notebooks -------------------------------------------------------------------------------
myst_enable_extensions = ["amsmath", "colon_fence", "deflist", "dollarmath", "fieldlist"]
myst_heading_anchors = 3
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_in_temp = True  # what a tutorial writes, it writes beside nothing of ours
nb_execution_timeout = 120
nb_merge_streams = True  # what one cell prints is one block

# --- reference -----------------------------------------------------------------------------------------
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the numpydoc sections state the types
napoleon_google_docstring = False
napoleon_use_param = False  # types are text for people, not cross-references
napoleon_use_rtype = False
napoleon_use_ivar = True
napoleon_custom_sections = ["Guarantee"]
nitpick_ignore_regex = [  # other people's pages: we build offline
    (r"py:.*", r"(fractions|numpy|sympy|networkx|flint|pathlib|typing|collections|enum|types|abc)\b.*"),
    (r"py:.*", r"(Fraction|Path|Sequence|Iterable|Iterator|Mapping|Callable|Any|Protocol|NamedTuple|np\..*)"),
    (
        r"py:.*",
        r"(object|Exception|int|str|bytes|bool|float|tuple|list|dict|set|frozenset|optional|callable)",
    ),
]

# --- look ----------------------------------------------------------------------------------------------
html_theme = "furo"
html_title = f"verinet {release}"
html_static_path = ["_static"]
html_css_files = ["pages.css"]
html_show_sphinx = False
pygments_style = "friendly"
