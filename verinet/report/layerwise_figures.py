"""Pictures of layer-wise rates: the target and every readout, and the errors against their bounds on a log axis.

What is drawn is passed as data: this module knows neither constructions nor networks.

Guarantee: numeric.  The points and bounds are exact; where they are drawn is rounded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from verinet.errors import Unsupported
from verinet.report.coding_figures import CodingPicture, Dots, Panel, Patch, Point, Stroke

__all__ = ["SeenLevel", "Square", "Step", "layerwise_picture"]

#: One constant stretch of a readout: from, to, value.
Step = tuple[Fraction, Fraction, Fraction]
#: A cell in the plane: lower left and upper right corner, value.
Square = tuple[Point, Point, Fraction]

#: So many readouts are drawn, the first ones.
MOST_LEVELS = 8


@dataclass(frozen=True, slots=True)
class SeenLevel:
    """What is to be seen of one readout.

    Parameters
    ----------
    level : int
    error, bound : Fraction
        The certified error, and (2d + 1) times the modulus.
    further : Fraction or None
        The bound for Lipschitz functions.
    steps : tuple of Step
        Of one input.
    squares : tuple of Square
        Of two inputs.

    Guarantee: exact.
    """

    level: int
    error: Fraction
    bound: Fraction
    further: Fraction | None = None
    steps: tuple[Step, ...] = ()
    squares: tuple[Square, ...] = ()


def layerwise_picture(caption: str, target: Sequence[Point], levels: Sequence[SeenLevel], norm: str) -> CodingPicture:
    """Return one panel a readout, then the errors of all readouts.

    Parameters
    ----------
    caption : str
    target : sequence of (x, f(x))
        Of one input; else empty.
    levels : sequence of SeenLevel
    norm : str
        ``"L2"``, ...

    Raises
    ------
    Unsupported
        If there are no levels.

    Guarantee: numeric.

    Examples
    --------
    >>> half, one = Fraction(1, 2), Fraction(1)
    >>> level = SeenLevel(1, half, one, None, ((0 * one, half, half), (half, one, one)))
    >>> picture = layerwise_picture("x", [(0 * one, 0 * one), (one, one)], [level], "L2")
    >>> [panel.title for panel in picture.panels], picture.panels[1].log
    (['$\\\\Phi_1$, L2 error at most 0.5', 'errors and bounds, level by level'], True)
    """
    if not levels:
        raise Unsupported("there is no readout to be drawn", fix="take at least one level")
    panels = [_readout(target, level, norm) for level in levels[:MOST_LEVELS] if level.steps or level.squares]
    return CodingPicture(caption, (*panels, _errors(levels, norm)))


def _readout(target: Sequence[Point], level: SeenLevel, norm: str) -> Panel:
    title = f"$\\Phi_{{{level.level}}}$" if level.level > 9 else f"$\\Phi_{level.level}$"
    title = f"{title}, {norm} error at most {float(level.error):.3g}"
    if level.squares:
        patches = tuple(Patch(low, high, "good", value) for low, high, value in level.squares)
        return Panel(title, "$x_1$", "$x_2$", (), (), patches, square=True)
    strokes = [Stroke(tuple(target), "target", "$f$")] if target else []
    for place, (low, high, value) in enumerate(level.steps):
        name = f"$\\Phi_{{{level.level}}}$" if place == 0 else ""
        strokes.append(Stroke(((low, value), (high, value)), "output 0", name))
    return Panel(title, "$x$", "$y$", tuple(strokes))


def _errors(levels: Sequence[SeenLevel], norm: str) -> Panel:
    """Error, bound and Lipschitz bound of every level, as far as they are positive."""
    curves = [
        ("output 0", f"{norm} error", [(Fraction(seen.level), seen.error) for seen in levels]),
        ("output 1", "$(2d+1)\\,\\omega(N^{-l})$, from below", [(Fraction(seen.level), seen.bound) for seen in levels]),
        (
            "output 2",
            "$(2d+1)\\,\\Lambda N^{-l}$",
            [(Fraction(seen.level), seen.further) for seen in levels if seen.further is not None],
        ),
    ]
    strokes, dots = [], []
    for role, name, points in curves:
        positive = tuple((x, y) for x, y in points if y > 0)
        if len(positive) > 1:
            strokes.append(Stroke(positive, role))
        if positive:
            dots.append(Dots(positive, role, name))
    if not dots:
        dots.append(Dots(((Fraction(1), Fraction(1)),), "grid", "all errors are 0"))
    return Panel("errors and bounds, level by level", "level $l$", "error", tuple(strokes), tuple(dots), log=True)
