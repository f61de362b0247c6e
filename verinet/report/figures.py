"""Pictures as .svg, .pdf and .png: the only module that imports matplotlib.

Guarantee: numeric.  The cells are exact; where they are drawn is rounded to floats.  The same input gives the same
bytes with the same release of matplotlib: no time, no random name is in a file.
"""

from __future__ import annotations

from io import BytesIO
from os import PathLike
from pathlib import PurePath
from textwrap import fill
from typing import Any

import numpy as np
import numpy.typing as npt

from verinet.errors import MissingExtra, Unsupported
from verinet.report.coding_figures import CodingPicture, draw
from verinet.report.pictures import GraphPicture, Picture, PlanePicture
from verinet.work import write_file

__all__ = ["GUARANTEE", "figure", "need_matplotlib", "write_figure"]

GUARANTEE = "cells exact, drawing numeric"
#: From so many polygons or points on they become pixels; axes and letters never do.
MOST_SHAPES = 3000
_DOTS = 300
_STYLE = {
    "svg.hashsalt": "verinet",
    "svg.fonttype": "path",
    "pdf.fonttype": 42,
    "font.family": "DejaVu Sans",
    "font.size": 9.0,
    "axes.linewidth": 0.6,
    "axes.edgecolor": "#444444",
    "xtick.color": "#444444",
    "ytick.color": "#444444",
    "path.simplify": False,
}
_INK, _GREY, _HIGHLIGHT = "#1b1f27", "#777777", "#c2132b"
_CURVES = ("#1f5fa8", "#c05a00", "#2c7d4f", "#7a3e9d", "#a3293d", "#5b6770")
_METADATA: dict[str, dict[str, Any]] = {
    "svg": {"Date": None},
    "pdf": {"CreationDate": None, "ModDate": None},
    "png": {"Software": None},
}


def need_matplotlib() -> None:
    """Raise MissingExtra unless matplotlib is there; a command asks before it works long."""
    try:
        import matplotlib  # noqa: F401  # only whether it can be imported
    except ImportError as error:
        raise MissingExtra(
            "pictures need the package matplotlib, which is not installed",
            fix='pip install "verinet[plot]"; or write TikZ, which needs nothing: a file that ends in .tex',
        ) from error


def write_figure(picture: Picture | CodingPicture, path: str | PathLike[str]) -> str:
    """Draw and write a .svg, .pdf or .png file; return what is guaranteed of it.

    Raises
    ------
    MissingExtra
        Without matplotlib.
    Unsupported
        For another ending.
    BadFormat
        If the file cannot be written.

    Guarantee: numeric.
    """
    import matplotlib.style

    kind = PurePath(path).suffix.lower().removeprefix(".")
    if kind not in _METADATA:
        raise Unsupported(f"a picture is written as .svg, .pdf or .png, got {str(path)!r}", fix="choose one of them")
    content = BytesIO()
    about = f"{picture.caption}. Guarantee: {GUARANTEE}."
    words = {"svg": {"Description": about}, "pdf": {"Subject": about}, "png": {"Description": about}}[kind]
    with matplotlib.style.context(["default", _STYLE]):
        _drawn(picture).savefig(
            content, format=kind, dpi=_DOTS, bbox_inches="tight", pad_inches=0.06, metadata={**_METADATA[kind], **words}
        )
    write_file(path, content.getvalue())
    return GUARANTEE


def figure(picture: Picture | CodingPicture) -> Any:
    """The picture as a matplotlib Figure, for notebooks.

    Guarantee: numeric.
    """
    need_matplotlib()
    import matplotlib.style

    with matplotlib.style.context(["default", _STYLE]):
        return _drawn(picture)


def _drawn(picture: Picture | CodingPicture) -> Any:
    from matplotlib.figure import Figure

    if isinstance(picture, CodingPicture):
        return _panels(picture)
    made = Figure(figsize=(5.6, 3.9) if isinstance(picture, GraphPicture) else (5.6, 5.9), layout="constrained")
    axes = made.add_subplot()
    if isinstance(picture, GraphPicture):
        _graph(axes, picture)
    else:
        _plane(axes, picture)
    made.supxlabel(f"{fill(picture.caption, 92)}\n{GUARANTEE}".strip(), fontsize=7, color=_GREY, ha="center")
    return made


def _panels(picture: CodingPicture) -> Any:
    """Three panels a row (four: two and two), each as `coding_figures` draws it."""
    from matplotlib.figure import Figure

    across = min(len(picture.panels), 2 if len(picture.panels) == 4 else 3)
    down = -(-len(picture.panels) // across)
    made = Figure(figsize=(4.3 * across, 3.5 * down), layout="constrained")
    for place, panel in enumerate(picture.panels, 1):
        draw(made.add_subplot(down, across, place), panel)
    made.supxlabel(f"{fill(picture.caption, 110)}\n{GUARANTEE}".strip(), fontsize=7, color=_GREY, ha="center")
    return made


# --- one input -------------------------------------------------------------------------------------------------------


def _graph(axes: Any, picture: GraphPicture) -> None:
    from matplotlib.collections import LineCollection

    outputs = len(picture.curves)
    points = sum(len(part) for parts in picture.curves for part in parts)
    pixels = points > MOST_SHAPES
    for k, parts in enumerate(picture.curves):
        lines = LineCollection(
            [_array(part) for part in parts],
            colors=_CURVES[k % len(_CURVES)],
            linewidths=1.4 if points < 500 else 0.5,
            rasterized=pixels,
            label=f"$y_{{{k}}}$" if outputs > 1 else None,
            capstyle="round",
            joinstyle="round",
        )
        axes.add_collection(lines)
    axes.autoscale_view()
    _marks(axes, picture)
    axes.set_xlim(float(picture.low), float(picture.high))
    axes.margins(y=0.08)
    axes.autoscale(axis="y")
    axes.axhline(0, color="#cccccc", linewidth=0.6, zorder=0)
    axes.set_xlabel(f"${picture.name}$")
    axes.set_ylabel("$y$")
    axes.spines[["top", "right"]].set_visible(False)
    if 1 < outputs <= len(_CURVES):
        axes.legend(frameon=False, fontsize=8, loc="lower left", bbox_to_anchor=(0, 1), ncols=outputs, borderpad=0)


def _marks(axes: Any, picture: GraphPicture) -> None:
    """Breakpoints, as far as single ones can be seen; jumps; zeros; neurons that switch without effect."""
    from matplotlib.transforms import blended_transform_factory

    if len(picture.bends) <= 60:
        _dots(axes, picture.bends, color=_INK, size=10)
    else:
        places = _array([(x, x) for x, _ in picture.bends])[:, 0]
        rug = blended_transform_factory(axes.transData, axes.transAxes)
        axes.plot(
            places, np.full(len(places), 0.008), "|", color=_INK, markersize=4, markeredgewidth=0.3, transform=rug,
            rasterized=len(places) > MOST_SHAPES, clip_on=False,
        )  # fmt: skip
    if picture.hidden and len(picture.hidden) <= 200:
        rug = blended_transform_factory(axes.transData, axes.transAxes)
        axes.plot(
            [float(x) for x in picture.hidden], [0.0] * len(picture.hidden), "|",
            color=_GREY, markersize=8, markeredgewidth=0.8, transform=rug, clip_on=False,
        )  # fmt: skip
    for x, y in picture.values:
        axes.plot([float(x)], [float(y)], "o", color=_INK, markersize=3.5, zorder=4)
    for x, y in picture.gaps:
        axes.plot([float(x)], [float(y)], "o", color=_INK, markerfacecolor="white", markersize=3.5, zorder=4)
    for first, second in picture.zeros:
        (a, b), (c, d) = _array([first, second])
        axes.plot([a, c], [b, d], "-o", color=_HIGHLIGHT, markersize=3.5, linewidth=2.2, zorder=5)


def _dots(axes: Any, points: Any, color: str, size: float) -> None:
    if points:
        found = _array(points)
        axes.scatter(found[:, 0], found[:, 1], s=size, color=color, zorder=3, linewidths=0)


# --- two inputs ------------------------------------------------------------------------------------------------------


def _plane(axes: Any, picture: PlanePicture) -> None:
    from matplotlib.collections import PolyCollection

    points = picture.vertices.approximate
    many = len(picture.cells)
    pixels = many > MOST_SHAPES
    polygons = [points[list(cell)] for cell in picture.cells]
    colours = picture.colours[picture.map_of_cell]
    # drawn edges of the same colour close the hairlines between neighbouring polygons
    axes.add_collection(
        PolyCollection(polygons, facecolors=colours, edgecolors=colours, linewidths=0.25, rasterized=pixels, zorder=1)
    )
    width = float(np.clip(0.9 * (200 / max(many, 1)) ** 0.5, 0.06, 0.9))
    _edges(axes, points[picture.seams], "#5f6570", 0.7 * width, pixels, linestyles=(0, (2, 2)) if many < 600 else "-")
    _edges(axes, points[picture.bends], _INK, width, pixels)
    _edges(axes, points[picture.outline], _INK, 0.8, False, clip_on=False)
    if picture.boundary is not None and picture.boundary_edges is not None:
        _boundary(axes, picture, polygons)
    low, high = points.min(axis=0), points.max(axis=0)
    axes.set_xlim(low[0], high[0])
    axes.set_ylim(low[1], high[1])
    wide, tall = high - low
    axes.set_aspect("equal" if max(wide, tall) <= 3 * min(wide, tall) else "auto")
    axes.set_xlabel(f"${picture.names[0]}$")
    axes.set_ylabel(f"${picture.names[1]}$")
    axes.spines[:].set_visible(False)


def _boundary(axes: Any, picture: PlanePicture, polygons: list[npt.NDArray[np.float64]]) -> None:
    """The highlighted set: edges, whole cells hatched, single points."""
    from matplotlib.collections import PolyCollection

    vertices, edges = picture.boundary, picture.boundary_edges
    if vertices is None or edges is None:
        return
    points = vertices.approximate
    if picture.flat_cells:
        flat = PolyCollection(
            [polygons[cell] for cell in picture.flat_cells], facecolors="none", edgecolors=_HIGHLIGHT, linewidths=0
        )
        flat.set_hatch("////")
        flat.set_zorder(3)
        axes.add_collection(flat)
    _edges(axes, points[edges], _HIGHLIGHT, 1.8, len(edges) > MOST_SHAPES, zorder=4)
    lonely = np.setdiff1d(np.arange(len(points)), edges)
    axes.plot(points[lonely, 0], points[lonely, 1], "o", color=_HIGHLIGHT, markersize=3, zorder=4)


def _edges(axes: Any, ends: npt.NDArray[np.float64], color: str, width: float, pixels: bool, **more: Any) -> None:
    from matplotlib.collections import LineCollection

    if len(ends):
        more = {"zorder": 2, "capstyle": "round", **more}
        axes.add_collection(LineCollection(list(ends), colors=color, linewidths=width, rasterized=pixels, **more))


def _array(points: Any) -> npt.NDArray[np.float64]:
    """Exact points as floats, the nearest ones; too large ones are refused by name."""
    try:
        return np.array([[float(x), float(y)] for x, y in points])
    except OverflowError as error:
        largest = max(abs(entry) for point in points for entry in point)
        raise Unsupported(
            f"a picture is drawn in floats, and a coordinate is beyond them: about 2^{int(largest).bit_length()}",
            fix="write TikZ (.tex), or choose a smaller domain",
        ) from error
