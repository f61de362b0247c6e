"""LaTeX: golden pages, sound nesting, numbers that read back as the network, and a compiler where there is one."""

from __future__ import annotations

import re
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import verinet as vn
from tests.golden.compare import certificates, compare
from verinet.kernel import Piece
from verinet.report.latex_formulas import escape, linear_sum, number
from verinet.report.latex_networks import activation

PATHS = certificates()
HEAD = r"\documentclass{article}\usepackage{amsmath,amssymb,amsthm}\newtheorem{theorem}{Theorem}\begin{document}"


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_golden_pages(path: Path) -> None:
    compare(f"latex/{path.stem}.tex", vn.latex(path))


def test_a_golden_page_in_the_plain_style() -> None:
    compare("latex/plain_style.tex", vn.latex(PATHS[[path.stem for path in PATHS].index("always")], style="plain"))


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
@pytest.mark.parametrize("style", ["amsthm", "plain"])
def test_brackets_and_environments_nest(path: Path, style: str) -> None:
    text = vn.latex(path, style=style)
    assert text.isascii()
    code = "\n".join(line for line in text.splitlines() if not line.startswith("%"))
    plain = re.sub(r"\\[{}$%&#_]", "", code)
    depth = 0
    for letter in plain:
        depth += {"{": 1, "}": -1}.get(letter, 0)
        assert depth >= 0
    assert depth == 0
    assert plain.count("$") % 2 == 0
    opened: list[str] = []
    for word, name in re.findall(r"\\(begin|end)\{([a-z*]+)\}", plain):
        if word == "begin":
            opened.append(name)
        else:
            assert opened.pop() == name
    assert opened == []
    assert len(re.findall(r"\\left\b", plain)) == len(re.findall(r"\\right\b", plain))


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="left out: there is no pdflatex")
def test_all_pages_compile(tmp_path: Path) -> None:
    pages = [vn.latex(path, style=style) for path in PATHS for style in ("amsthm", "plain")]
    (tmp_path / "pages.tex").write_text("\n".join([HEAD, *pages, r"\end{document}"]), encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "pages.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    assert "Overfull" not in done.stdout


def test_an_unknown_style_is_refused() -> None:
    with pytest.raises(vn.Unsupported, match="amsthm and plain"):
        vn.latex(PATHS[0], style="fancy")


# --- an independent reader of what is printed ------------------------------------------------------------------------

NUMBER = re.compile(r"(-?)(?:\\tfrac\{([^{}]*(?:\{\d+\})?)\}\{([^{}]*(?:\{\d+\})?)\}|(\d+|2\^\{\d+\}))")


def read_integer(text: str) -> int:
    power = re.fullmatch(r"2\^\{(\d+)\}", text)
    return 2 ** int(power[1]) if power else int(text)


def read_number(text: str) -> Fraction:
    found = NUMBER.fullmatch(text.strip())
    assert found, text
    if found[4]:
        size = Fraction(read_integer(found[4]))
    else:
        size = Fraction(read_integer(found[2]), read_integer(found[3]))
    return -size if found[1] else size


@given(st.fractions() | st.builds(lambda a, b: Fraction(a, 2**b), st.integers(), st.integers(0, 80)))
def test_numbers_read_back(q: Fraction) -> None:
    assert read_number(number(q)) == q


def test_printed_matrices_are_the_network() -> None:
    x, z = vn.variables("x", 2)
    inner = vn.relu(vn.Q("2/3") * x - z + 5)
    network = vn.network([x, z], vn.relu(inner - vn.relu(z / 7 - 1) * vn.dyadic(0.1)) - x)
    domain = vn.box([-1, 1], dimension=2)
    (y,) = vn.claims.outputs(network)
    page = vn.latex(vn.prove(vn.claims.somewhere(network, y >= -100, domain)))
    arrays = re.findall(r"\\begin\{array\}\{@\{\}r*\|r@\{\}\} (.*?) \\end\{array\}", page)
    assert len(arrays) == 3
    matrices = [[[read_number(entry) for entry in row.split("&")] for row in text.split(r"\\")] for text in arrays]
    assert re.search(r"\\varrho_\{1\}\$ acts on entries 1--2 as \$t \\mapsto \\max\(t, 0\)\$", page)
    assert re.search(r"and on entry 3 as \$t \\mapsto t\$", page)
    for point in ((0, 0), (1, -1), ("-1/3", 9), (-12, "7/2")):
        exact = tuple(vn.Q(entry) for entry in point)
        values = list(exact)
        for depth, rows in enumerate(matrices, 1):
            sums = [sum((a * v for a, v in zip(row, values, strict=False)), row[-1]) for row in rows]
            relus = {1: 2, 2: 1, 3: 0}[depth]
            values = [max(t, Fraction(0)) if place < relus else t for place, t in enumerate(sums)]
        assert tuple(values) == network(*exact)


# --- pieces ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "over", "shown"),
    [
        ([Piece(None, "", 1, 0)], 1, "t"),
        ([Piece(0, "left", 0, 0), Piece(None, "", 1, 0)], 1, r"\max(t, 0)"),
        ([Piece(0, "right", 0, 0), Piece(None, "", 4, 0)], 4, r"\max(t, 0)"),
        ([Piece(0, "left", -1, 0), Piece(None, "", 1, 0)], 1, "|t|"),
        ([Piece(0, "left", 1, 0), Piece(None, "", 10, 0)], 10, r"\max(t, 0) + \tfrac{1}{10}\,\min(t, 0)"),
        ([Piece(0, "left", -1, 0), Piece(None, "", 2, 0)], 2, r"\max(t, 0) + (-\tfrac{1}{2})\,\min(t, 0)"),
        (
            [Piece(0, "right", 0, -1), Piece(0, "left", 0, 0), Piece(None, "", 0, 1)],
            1,
            r"\begin{cases} -1, & t < 0 \\ 0, & t = 0 \\ 1, & t > 0 \end{cases}",
        ),
        (
            [Piece(-1, "left", 0, -1), Piece(2, "right", 1, 0), Piece(None, "", 0, 2)],
            1,
            r"\begin{cases} -1, & t \le -1 \\ t, & -1 < t < 2 \\ 2, & t \ge 2 \end{cases}",
        ),
        (
            [Piece(0, "right", None, 0), Piece(1, "right", 0, 0), Piece(None, "", None, 0)],
            1,
            r"\begin{cases} 0, & 0 \le t < 1 \end{cases}",
        ),
    ],
)
def test_activations(table: list[Piece], over: int, shown: str) -> None:
    assert activation(tuple(table), over) == shown


def test_sums_are_readable() -> None:
    terms = [("x_{0}", Fraction(-1)), ("x_{1}", Fraction(0)), ("x_{2}", Fraction(1, 2))]
    assert linear_sum(terms, Fraction(-3)) == r"-x_{0} + \tfrac{1}{2} x_{2} - 3"
    assert linear_sum([], Fraction(0)) == "0"


@given(st.text(max_size=40))
def test_escaped_text_cannot_run(text: str) -> None:
    shown = escape(text)
    assert shown.isascii()
    assert shown.isprintable()
    # every backslash that is left starts one of our own words, and no special letter stands alone
    words = r"\\(?:text[a-z]+\{\}|[{}$&#_%])"
    rest = re.sub(words + r"|-\{\}", "", shown)
    assert not set(rest) & set("\\{}$&#^_%~")
