"""Pictures of how a construction works, panel by panel: staircases, decoders, good sets, images of grids.

A panel holds what is to be seen and knows nothing of networks; `draw` puts it on axes of matplotlib, which
`figures` makes, and `panel_tikz` writes it for a LaTeX page.

Guarantee: numeric.  The points are exact; where they are drawn is rounded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import log10
from typing import Any

from verinet.errors import Unsupported

__all__ = ["CodingPicture", "Dots", "Panel", "Patch", "Stroke", "draw", "panel_tikz"]

Point = tuple[Fraction, Fraction]

#: Role -> colour, width of a line, order.
_ROLES: dict[str, tuple[str, float, int]] = {
    "flat": ("#1f5fa8", 1.8, 4),
    "riser": ("#c2132b", 0.9, 3),
    "target": ("#9aa0a8", 1.6, 2),
    "link": ("#c9ccd2", 0.7, 1),
    "grid": ("#d5d8de", 0.6, 1),
    "good": ("#cfe0f3", 0.0, 0),
    "bad": ("#f6d4d6", 0.0, 0),
    "output 0": ("#1f5fa8", 1.2, 4),
    "output 1": ("#c05a00", 1.2, 4),
    "output 2": ("#2c7d4f", 1.2, 4),
}
_SIDE = (6.0, 4.2)  # centimetres of a panel in TikZ


@dataclass(frozen=True, slots=True)
class Stroke:
    """A polyline: its points, its role (a key of the table of colours), and a label or none.

    Guarantee: exact.
    """

    points: tuple[Point, ...]
    role: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Dots:
    """Single points.

    Guarantee: exact.
    """

    points: tuple[Point, ...]
    role: str
    label: str = ""
    hollow: bool = False


@dataclass(frozen=True, slots=True)
class Patch:
    """A rectangle, lower left and upper right corner; with a value it is coloured by it.

    Guarantee: exact.
    """

    low: Point
    high: Point
    role: str
    value: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """One picture of several.

    Parameters
    ----------
    title, across, up : str
        What it shows; what its axes are.
    strokes, dots, patches : tuples
    square : bool
        Whether both axes have one scale.
    log : bool
        Whether the axis up is logarithmic; then all heights are positive.

    Guarantee: exact.
    """

    title: str
    across: str
    up: str
    strokes: tuple[Stroke, ...] = ()
    dots: tuple[Dots, ...] = ()
    patches: tuple[Patch, ...] = ()
    square: bool = False
    log: bool = False

    def window(self) -> tuple[Point, Point]:
        """Return the smallest rectangle that holds everything, widened where it has no area.

        Raises
        ------
        Unsupported
            If there is nothing to be seen.

        Guarantee: exact.
        """
        points = list(self._points())
        if not points:
            raise Unsupported(f"there is nothing to be drawn in {self.title!r}", fix="leave the figure out")
        ends = []
        for axis in (0, 1):
            values = [point[axis] for point in points]
            low, high = min(values), max(values)
            room = Fraction(0) if low < high else Fraction(1, 2)
            ends.append((low - room, high + room))
        (left, right), (bottom, top) = ends
        return (left, bottom), (right, top)

    def _points(self) -> Iterator[Point]:
        for stroke in self.strokes:
            yield from stroke.points
        for dots in self.dots:
            yield from dots.points
        for patch in self.patches:
            yield patch.low
            yield patch.high


@dataclass(frozen=True, slots=True)
class CodingPicture:
    """Panels side by side, two a row, and what they are of.

    Guarantee: exact.
    """

    caption: str
    panels: tuple[Panel, ...]


def draw(axes: Any, panel: Panel) -> None:
    """Put a panel on axes of matplotlib.  Guarantee: numeric."""
    _patches(axes, panel)
    for stroke in panel.strokes:
        colour, width, order = _ROLES[stroke.role]
        across, up = _floats(stroke.points)
        axes.plot(across, up, color=colour, linewidth=width, zorder=order, label=stroke.label or None)
    for dots in panel.dots:
        colour, _, order = _ROLES[dots.role]
        across, up = _floats(dots.points)
        size = 16 if len(dots.points) < 80 else 6
        face, size = ("white", 3 * size) if dots.hollow else (colour, size)
        axes.scatter(
            across, up, s=size, facecolors=face, edgecolors=colour, linewidths=0.8, zorder=order + 2,
            label=dots.label or None,
        )  # fmt: skip
    (left, bottom), (right, top) = panel.window()
    wide, tall = float(right - left) * 0.03, float(top - bottom) * 0.06
    axes.set_xlim(float(left) - wide, float(right) + wide)
    if panel.log:
        axes.set_yscale("log")
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.set_ylim(float(bottom) / 1.6, float(top) * 1.6)
    else:
        axes.set_ylim(float(bottom) - tall, float(top) + tall)
    axes.set_title(panel.title, fontsize=9, loc="left")
    axes.set_xlabel(panel.across)
    axes.set_ylabel(panel.up)
    axes.spines[["top", "right"]].set_visible(False)
    if panel.square:
        axes.set_aspect("equal")
    if any(stroke.label for stroke in panel.strokes) or any(dots.label for dots in panel.dots):
        axes.legend(frameon=False, fontsize=7, loc="upper left", bbox_to_anchor=(0, -0.16), ncols=3, borderpad=0)


def _patches(axes: Any, panel: Panel) -> None:
    """Rectangles; those with a value in colours between the least and the largest."""
    low, high = _span(panel)
    for patch in panel.patches:
        colour, _, order = _ROLES[patch.role]
        (x, y), (a, b) = _numbers(patch.low), _numbers(patch.high)
        if patch.value is not None:
            red, green, blue = _shade(patch.value, low, high)
            colour = f"#{red:02x}{green:02x}{blue:02x}"
        axes.fill([x, a, a, x], [y, y, b, b], color=colour, linewidth=0, zorder=order)


def _span(panel: Panel) -> tuple[Fraction, Fraction]:
    values = [patch.value for patch in panel.patches if patch.value is not None]
    return min(values, default=Fraction(0)), max(values, default=Fraction(1))


def _shade(value: Fraction, low: Fraction, high: Fraction) -> tuple[int, int, int]:
    """A colour between a light blue and a dark one."""
    share = (value - low) / (high - low) if high > low else Fraction(1, 2)
    red, green, blue = (round(a + (b - a) * share) for a, b in zip((232, 240, 249), (20, 55, 105), strict=True))
    return red, green, blue


def _floats(points: Sequence[Point]) -> tuple[list[float], list[float]]:
    found = [_numbers(point) for point in points]
    return [x for x, _ in found], [y for _, y in found]


def _numbers(point: Point) -> tuple[float, float]:
    try:
        return float(point[0]), float(point[1])
    except OverflowError as error:
        raise Unsupported(
            "a picture is drawn in floats, and a coordinate is beyond them", fix="take a smaller resolution"
        ) from error


def panel_tikz(panel: Panel) -> list[str]:
    """Return the lines of a ``tikzpicture`` with the same content, in centimetres with four digits.

    Guarantee: numeric.

    Examples
    --------
    >>> one = Panel("a step", "$x$", "$t$", (Stroke(((Fraction(0), Fraction(0)), (Fraction(1), Fraction(2))), "flat"),))
    >>> [line for line in panel_tikz(one) if "draw[seenflat]" in line]
    ['\\\\draw[seenflat] (0,0) -- (6,4.2);']
    """
    if panel.log:
        return panel_tikz(_logarithms(panel))
    (left, bottom), (right, top) = panel.window()
    scale = (_SIDE[0] / float(right - left), _SIDE[1] / float(top - bottom))
    if panel.square:
        scale = (min(scale), min(scale))
    wide, tall = (f"{_digits(scale[0] * float(right - left))}", f"{_digits(scale[1] * float(top - bottom))}")

    def at(point: Point) -> str:
        x, y = _numbers(point)
        return f"({_digits((x - float(left)) * scale[0])},{_digits((y - float(bottom)) * scale[1])})"

    lines = [r"\begin{tikzpicture}[line join=round, line cap=round, x=1cm, y=1cm]"]
    for role, (colour, width, _) in _ROLES.items():
        # a style of the same name as its colour would call itself
        lines.append(rf"\definecolor{{ink{_styled(role)}}}{{HTML}}{{{colour[1:].upper()}}}")
        lines.append(rf"\tikzset{{{_styled(role)}/.style={{ink{_styled(role)}, line width={width}pt}}}}")
    low, high = _span(panel)
    for patch in panel.patches:
        style = _styled(patch.role)
        if patch.value is not None:
            red, green, blue = _shade(patch.value, low, high)
            style = f"{{rgb,255:red,{red};green,{green};blue,{blue}}}"
        lines.append(rf"\fill[{style}] {at(patch.low)} rectangle {at(patch.high)};")
    for stroke in panel.strokes:
        lines.append(rf"\draw[{_styled(stroke.role)}] {' -- '.join(map(at, stroke.points))};")
    for dots in panel.dots:
        name = _styled(dots.role)
        how = rf"\draw[{name}, line width=0.5pt]" if dots.hollow else rf"\fill[{name}]"
        lines += [rf"{how} {at(point)} circle[radius=0.6mm];" for point in dots.points]
    ends = [(left, "below", "(0,0)"), (right, "below", f"({wide},0)")]
    sides = [(bottom, "left", "(0,0)"), (top, "left", f"(0,{tall})")]
    lines.append(rf"\draw[black!60] (0,{tall}) -- (0,0) -- ({wide},0);")
    for value, where, place in (*ends, *sides):
        lines.append(rf"\node[{where}, font=\scriptsize] at {place} {{{_digits(float(value))}}};")
    lines.append(rf"\node[below=3mm, font=\small] at ({_digits(float(wide) / 2)},0) {{{panel.across}}};")
    lines.append(rf"\node[above left, font=\small] at (0,{tall}) {{{panel.up}}};")
    lines.append(rf"\node[above=2mm, font=\small] at ({_digits(float(wide) / 2)},{tall}) {{{panel.title}}};")
    return [*lines, r"\end{tikzpicture}"]


def _logarithms(panel: Panel) -> Panel:
    """The same panel with heights 10^y: its axis says so."""

    def lower(points: Sequence[Point]) -> tuple[Point, ...]:
        return tuple((x, Fraction(log10(y)).limit_denominator(10**6)) for x, y in points)

    strokes = tuple(replace(stroke, points=lower(stroke.points)) for stroke in panel.strokes)
    dots = tuple(replace(some, points=lower(some.points)) for some in panel.dots)
    return replace(panel, up=rf"$\log_{{10}}$ {panel.up}", strokes=strokes, dots=dots, log=False)


def _styled(role: str) -> str:
    """The name of a role's style, which is no key of TikZ."""
    return "seen" + role.replace(" ", "")


def _digits(value: float) -> str:
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
