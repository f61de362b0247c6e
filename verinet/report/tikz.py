r"""Pictures as TikZ: a file that compiles by itself, with exact coordinates.

A coordinate is written ``\X{p/q}`` or, where it is finite, as a decimal; `\X` and `\Y` carry it into the frame of the
picture with sixteen digits when TeX reads it (``\fpeval`` of LaTeX).  What stands in the file is exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from os import PathLike

import numpy as np

from verinet import work
from verinet.claims.wording import decimal_text
from verinet.errors import Unsupported
from verinet.exact.rationals import format_rational
from verinet.geometry.vertices import Vertices
from verinet.report.colours import hexadecimal
from verinet.report.pictures import GraphPicture, Picture, PlanePicture
from verinet.work import write_file

__all__ = ["GUARANTEE", "tikz", "write_tikz"]

GUARANTEE = "exact coordinates"
#: TeX has memory for about so many vertices.
MOST_VERTICES = 5000
_WIDTH, _HEIGHT = 12, 8  # centimetres
_CURVES = ("1f5fa8", "c05a00", "2c7d4f", "7a3e9d", "a3293d", "5b6770")
_HEAD = r"""% {caption}
% Guarantee: every coordinate below is exact, a decimal or a fraction; TeX rounds it to 16 digits when it draws.
% {words}
\documentclass[border=2mm]{{standalone}}
\usepackage{{tikz}}
\ifdefined\fpeval\else\usepackage{{xfp}}\fi
\newcommand*\X[1]{{\fpeval{{((#1)-({x}))*({sx})}}}}
\newcommand*\Y[1]{{\fpeval{{((#1)-({y}))*({sy})}}}}
\definecolor{{ink}}{{HTML}}{{1B1F27}}
\definecolor{{soft}}{{HTML}}{{8A8F99}}
\definecolor{{zeroset}}{{HTML}}{{C2132B}}
\begin{{document}}
\begin{{tikzpicture}}[x=1cm, y=1cm, line join=round, line cap=round]
"""
_TAIL = "\\end{tikzpicture}\n\\end{document}\n"


def write_tikz(picture: Picture, path: str | PathLike[str]) -> str:
    """Write the file; return what is guaranteed of it.

    Raises
    ------
    Unsupported
        For more vertices than TeX can draw.
    BadFormat
        If the file cannot be written.

    Guarantee: exact.
    """
    write_file(path, tikz(picture))
    return GUARANTEE


def tikz(picture: Picture) -> str:
    """The whole file as text.

    Examples
    --------
    >>> from verinet.geometry import interval
    >>> from verinet.networks import network, relu, variable
    >>> from verinet.regions.line import line
    >>> from verinet.report.pictures import graph_picture
    >>> x = variable("x")
    >>> text = tikz(graph_picture(line(network(x, relu(3 * x - 1)), interval(0, 1))))
    >>> [row for row in text.splitlines() if row.startswith(r"\\draw[curve0]")]
    ['\\\\draw[curve0] (\\\\X{0},\\\\Y{0}) -- (\\\\X{1/3},\\\\Y{0}) -- (\\\\X{1},\\\\Y{2});']

    Guarantee: exact.
    """
    rows = _graph(picture) if isinstance(picture, GraphPicture) else _plane(picture)
    return "\n".join(rows) + "\n" + _TAIL


# --- one input -------------------------------------------------------------------------------------------------------


def _graph(picture: GraphPicture) -> Iterator[str]:
    points = [point for parts in picture.curves for part in parts for point in part]
    _refuse(len(points))
    values = [y for _, y in (*points, *picture.values, *picture.gaps)]
    bottom, top = min(values), max(values)
    if bottom == top:
        bottom, top = bottom - 1, top + 1
    bottom, top = bottom - (top - bottom) / 20, top + (top - bottom) / 20
    meaning = "Curves of the outputs; dots where they bend; grey ticks where a neuron switches and no output bends."
    yield _head(picture.caption, meaning, (picture.low, picture.high), (bottom, top), (_WIDTH, _HEIGHT)).rstrip("\n")
    yield "\\tikzset{dot/.style={circle, inner sep=0pt, minimum size=3pt}}"
    for k in range(len(picture.curves)):
        yield f"\\definecolor{{curve{k}}}{{HTML}}{{{_CURVES[k % len(_CURVES)].upper()}}}"
        yield f"\\tikzset{{curve{k}/.style={{draw=curve{k}, line width=1pt}}}}"
    yield from _frame((picture.name, "y"), (picture.low, picture.high), (bottom, top))
    corner = f"({_x(picture.low)},{_y(bottom)})"
    yield f"\\draw[soft] ({_x(picture.low)},{_y(top)}) -- {corner} -- ({_x(picture.high)},{_y(bottom)});"
    if bottom <= 0 <= top:
        yield f"\\draw[soft!50] ({_x(picture.low)},\\Y{{0}}) -- ({_x(picture.high)},\\Y{{0}});"
    for k, parts in enumerate(picture.curves):
        for part in parts:
            yield f"\\draw[curve{k}] {_path(part)};"
        if 1 < len(picture.curves) <= len(_CURVES):
            yield f"\\node[right, text=curve{k}] at {_at(parts[-1][-1])} {{$y_{{{k}}}$}};"
    for x in picture.hidden:
        yield f"\\draw[soft] ({_x(x)},0) -- ++(0,.15);"
    if len(picture.bends) <= 200:
        yield from (_dot(point, "fill=ink") for point in picture.bends)
    yield from (_dot(point, "fill=ink") for point in picture.values)
    yield from (_dot(point, "draw=ink, fill=white") for point in picture.gaps)
    for first, second in picture.zeros:
        if first == second:
            yield _dot(first, "fill=zeroset")
        else:
            yield f"\\draw[zeroset, line width=2pt] {_path((first, second))};"


def _dot(point: tuple[Fraction, Fraction], style: str) -> str:
    return f"\\node[dot, {style}] at {_at(point)} {{}};"


# --- two inputs ------------------------------------------------------------------------------------------------------


def _plane(picture: PlanePicture) -> Iterator[str]:
    _refuse(len(picture.vertices))
    points = _exact(picture.vertices)
    xs, ys = [x for x, _ in points], [y for _, y in points]
    across, up = (min(xs), max(xs)), (min(ys), max(ys))
    size = _size(across[1] - across[0], up[1] - up[0])
    meaning = "Cells filled by affine map; solid edges between different maps, dashed ones between equal maps."
    yield _head(picture.caption, meaning, across, up, size).rstrip("\n")
    used = sorted({int(number) for number in picture.map_of_cell})
    yield from (
        f"\\definecolor{{map{number}}}{{HTML}}{{{hexadecimal(picture.colours[number]).upper()}}}" for number in used
    )
    yield from (f"\\coordinate (v{index}) at {_at(point)};" for index, point in enumerate(points))
    for cell, number in zip(picture.cells, picture.map_of_cell.tolist(), strict=True):
        yield f"\\fill[map{number}] {_polygon(cell)};"
    width = max(0.1, min(0.5, 0.5 * (200 / len(picture.cells)) ** 0.5))
    yield from _edges("v", picture.seams, f"ink!60, densely dashed, line width={width:.2f}pt")
    yield from _edges("v", picture.bends, f"ink, line width={width:.2f}pt")
    yield from _edges("v", picture.outline, "ink, line width=.6pt")
    yield from _boundary(picture)
    yield from _frame(picture.names, across, up)


def _boundary(picture: PlanePicture) -> Iterator[str]:
    if picture.boundary is None or picture.boundary_edges is None:
        return
    for index, point in enumerate(_exact(picture.boundary)):
        yield f"\\coordinate (z{index}) at {_at(point)};"
    for cell in picture.flat_cells:
        yield f"\\fill[zeroset, opacity=.25] {_polygon(picture.cells[cell])};"
    yield from _edges("z", picture.boundary_edges, "zeroset, line width=1.2pt")
    for index in np.setdiff1d(np.arange(len(picture.boundary)), picture.boundary_edges).tolist():
        yield f"\\fill[zeroset] (z{index}) circle[radius=1.5pt];"


def _exact(vertices: Vertices) -> list[tuple[Fraction, Fraction]]:
    found = []
    for x, y in vertices.exact():
        work.keep_going()
        found.append((x, y))
    return found


def _polygon(cell: Iterable[int]) -> str:
    return "".join(f"(v{index}) -- " for index in cell) + "cycle"


def _edges(name: str, ends: Iterable[Sequence[int]], style: str) -> Iterator[str]:
    for a, b in np.asarray(ends).tolist():
        yield f"\\draw[{style}] ({name}{a}) -- ({name}{b});"


def _size(wide: Fraction, tall: Fraction) -> tuple[Fraction, Fraction]:
    """Centimetres of the frame: true to scale unless one side is much longer."""
    if max(wide, tall) > 3 * min(wide, tall):
        return Fraction(_WIDTH), Fraction(_HEIGHT)
    longer = max(wide, tall)
    return _WIDTH * wide / longer, _WIDTH * tall / longer


# --- text ------------------------------------------------------------------------------------------------------------


def _refuse(vertices: int) -> None:
    if vertices > MOST_VERTICES:
        raise Unsupported(
            f"TikZ draws at most {MOST_VERTICES} vertices, this picture has {vertices}",
            fix="write .pdf or .svg, or choose a smaller domain",
        )


Ends = tuple[Fraction, Fraction]


def _head(caption: str, words: str, across: Ends, up: Ends, size: tuple[Fraction | int, Fraction | int]) -> str:
    return _HEAD.format(
        caption=caption.replace("\n", " "),
        words=words,
        x=number(across[0]),
        y=number(up[0]),
        sx=number(size[0] / (across[1] - across[0])),
        sy=number(size[1] / (up[1] - up[0])),
    )


def _frame(names: tuple[str, str], across: Ends, up: Ends) -> Iterator[str]:
    """Ticks at round numbers, which are exact, and the names of the axes."""
    for x in _ticks(*across):
        yield f"\\draw[soft] ({_x(x)},{_y(up[0])}) -- ++(0,-.12) node[below, font=\\small] {{{_label(x)}}};"
    for y in _ticks(*up):
        yield f"\\draw[soft] ({_x(across[0])},{_y(y)}) -- ++(-.12,0) node[left, font=\\small] {{{_label(y)}}};"
    middle = sum(across, Fraction(0)) / 2
    yield f"\\node[below=6mm] at ({_x(middle)},{_y(up[0])}) {{${names[0]}$}};"
    yield f"\\node[above left] at ({_x(across[0])},{_y(up[1])}) {{${names[1]}$}};"


def _ticks(low: Fraction, high: Fraction) -> list[Fraction]:
    """Multiples of 1, 2 or 5 times a power of ten between two numbers: three to seven of them.

    Examples
    --------
    >>> [str(tick) for tick in _ticks(Fraction(-1, 3), Fraction(1))]
    ['0', '1/2', '1']
    """
    extent = high - low
    power = Fraction(1)
    while power > extent:
        power /= 10
    while 10 * power <= extent:
        power *= 10
    step = next(step for step in (power / 5, power / 2, power, 2 * power) if extent / step <= 6)
    first = -(-low // step)
    return [step * k for k in range(int(first), int(high // step) + 1)]


def _label(value: Fraction) -> str:
    text = decimal_text(value) or format_rational(value)
    if len(text) <= 9:
        return f"${text}$"
    digits, _, power = f"{float(value):.3e}".partition("e")
    return f"${digits}\\cdot 10^{{{int(power)}}}$"


def number(value: Fraction | int) -> str:
    """The decimal if it is finite and short, else the fraction: both are exact.

    Examples
    --------
    >>> number(Fraction(-7, 400)), number(Fraction(1, 3))
    ('-0.0175', '1/3')
    """
    ratio = format_rational(Fraction(value))
    decimal = decimal_text(Fraction(value))
    return ratio if decimal is None or len(decimal) > len(ratio) + 4 else decimal


def _x(value: Fraction) -> str:
    return f"\\X{{{number(value)}}}"


def _y(value: Fraction) -> str:
    return f"\\Y{{{number(value)}}}"


def _at(point: tuple[Fraction, Fraction]) -> str:
    return f"({_x(point[0])},{_y(point[1])})"


def _path(points: Sequence[tuple[Fraction, Fraction]]) -> str:
    return " -- ".join(map(_at, points))
