r"""A page of LaTeX about a construction: what it promises, its weights, a table, pictures, and the checked theorem.

The theorem is printed where the kernel has accepted its certificate, and nowhere else; bounds that were only
computed are called that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from verinet.report import latex_formulas as tex
from verinet.report.checked import CheckedTheorem
from verinet.report.coding_figures import Panel, panel_tikz
from verinet.report.latex_theorem import latex

_HEAD = r"""\documentclass[a4paper]{article}
\usepackage{amsmath,amssymb,amsthm}
\newtheorem{theorem}{Theorem}
"""
_BEGIN = "\\begin{document}\n\\sloppy\n"
_TAIL = "\\end{document}\n"
#: So many points a picture has at most, before TeX gets slow.
MOST_POINTS = 3000


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: a resolution, the size of its network, and the bound of its error.

    Guarantee: exact.
    """

    resolution: str
    depth: int
    width: int
    bits: int
    bound: Fraction
    checked: bool


@dataclass(frozen=True, slots=True)
class ConstructionPage:
    """What stands on a page.

    Parameters
    ----------
    name, place, key : str
        Of the construction, the theorem in the paper, and the paper in the bibliography.
    statement : str
        The general statement, as LaTeX.
    formulas : tuple of str
        The layers and their weights: sentences of LaTeX, with the numbers of this instance.
    targets, norm : str
        Of this instance.
    facts : mapping of str to str
    rows : tuple of Row
    panels : tuple of Panel
    theorem : CheckedTheorem or None
        Checked just now.

    Guarantee: exact (pictures are numeric).
    """

    name: str
    place: str
    key: str
    statement: str
    formulas: tuple[str, ...]
    targets: str
    norm: str
    facts: Mapping[str, str]
    rows: tuple[Row, ...]
    panels: tuple[Panel, ...]
    theorem: CheckedTheorem | None = None


def construction_page(page: ConstructionPage) -> str:
    r"""Return the document.

    Guarantee: exact (pictures are numeric, and say so).

    Examples
    --------
    >>> row = Row("2", 9, 2, 5, Fraction(1, 4), False)
    >>> page = ConstructionPage("a/b", "1", "key", "Some statement.", (), "x^2", "sup", {}, (row,), ())
    >>> text = construction_page(page)
    >>> [line for line in text.splitlines() if line.startswith("2 &")]
    ['2 & 9 & 2 & 5 & $\\tfrac{1}{4} = 0.25$ & computed \\\\']
    """
    pictures = _pictures(page.panels)
    where = tex.escape(page.place)
    if page.place[1:].isdigit():  # a label of ours: papers number theirs otherwise
        where += " (our numbering of its results)"
    lines = [
        rf"\section*{{\texttt{{{tex.escape(page.name)}}}}}",
        rf"\noindent {where}, \texttt{{{tex.escape(page.key)}}}.",
        "",
        r"\paragraph{Statement.}",
        page.statement,
        "",
        r"\paragraph{Network.}",
        *(_listed(page.formulas) if page.formulas else ["Its weights are in the file of the network."]),
        "",
        r"\paragraph{Instance.}",
        rf"Target: \texttt{{{tex.escape(page.targets)}}}. Error in {_norm(page.norm)}.",
        *_facts(page.facts),
        *_table(page),
        *pictures,
        *_checked(page.theorem),
    ]
    head = _HEAD + ("\\usepackage{tikz}\n" if pictures else "")
    return head + _BEGIN + "\n".join(lines) + "\n" + _TAIL


def _listed(formulas: tuple[str, ...]) -> list[str]:
    return [r"\begin{enumerate}", *(rf"  \item {formula}" for formula in formulas), r"\end{enumerate}"]


def _norm(norm: str) -> str:
    known = {
        "sup": "the supremum norm",
        "max over the points": "the maximum over the points",
        "moment": "the moments under the normal distribution",
    }
    return known.get(norm) or rf"$L^{{{tex.escape(norm.removeprefix('L'))}}}$"


def _facts(facts: Mapping[str, str]) -> list[str]:
    if not facts:
        return []
    texts = (f"{tex.escape(key)} {tex.escape(value)}" for key, value in facts.items())
    return ["Chosen: " + "; ".join(texts) + "."]


def _table(page: ConstructionPage) -> list[str]:
    words = {True: "checked", False: "computed"}
    rows = [
        f"{row.resolution} & {row.depth} & {row.width} & {row.bits} & "
        rf"{_bound(row.bound)} & {words[row.checked]} \\"
        for row in page.rows
    ]
    return [
        r"\begin{center}",
        r"\begin{tabular}{rrrrll}",
        r"$N$ & depth & width & bits & error bound & \\ \hline",
        *rows,
        r"\end{tabular}",
        r"\end{center}",
        "Checked: the kernel accepted a certificate of this bound. "
        "Computed: exactly, by the construction; not a theorem here.",
    ]


def _bound(bound: Fraction) -> str:
    """The bound, and a decimal that is not below it."""
    places = 4
    above = -(-bound.numerator * 10**places // bound.denominator)
    while above < 100 and places < 40 and bound:
        places += 2
        above = -(-bound.numerator * 10**places // bound.denominator)
    text = f"{above // 10**places}.{above % 10**places:0{places}d}".rstrip("0").rstrip(".")
    short = len(str(bound.denominator)) <= 6
    sign = "=" if Fraction(text) == bound else r"\le"
    return rf"${tex.number(bound)} {sign} {text}$" if short else rf"${text}$"


def _pictures(panels: tuple[Panel, ...]) -> list[str]:
    small = [panel for panel in panels if _points(panel) <= MOST_POINTS]
    if not small:
        return []
    lines = ["", r"\paragraph{Pictures.}", "Coordinates are rounded to four digits: numeric.", r"\begin{center}"]
    for panel in small:
        lines += [*panel_tikz(panel), r"\quad"]
    return [*lines[:-1], r"\end{center}"]


def _points(panel: Panel) -> int:
    strokes = sum(len(stroke.points) for stroke in panel.strokes)
    return strokes + sum(len(dots.points) for dots in panel.dots) + len(panel.patches)


def _checked(theorem: CheckedTheorem | None) -> list[str]:
    if theorem is None:
        return ["", r"No certificate was made for this instance, so no theorem is printed."]
    body = latex(theorem).splitlines()
    return ["", r"\paragraph{Theorem.}", *(line for line in body if not line.startswith("%"))]
