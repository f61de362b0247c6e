"""What a picture of layer-wise rates shows: read off the readouts, and handed to the report as data."""

from __future__ import annotations

from fractions import Fraction

from verinet.exact.rationals import format_rational
from verinet.report.coding_figures import CodingPicture, Point
from verinet.report.layerwise_figures import SeenLevel, Square, Step, layerwise_picture
from verinet.theory.layerwise_rates.ladder import good_sides
from verinet.theory.layerwise_rates.readouts import Layerwise
from verinet.theory.layerwise_rates.tables import grid_of

__all__ = ["picture_of"]

#: Steps of a curve of the target; cells of a readout that are drawn.
STEPS, MOST_CELLS = 256, 1024
_NEAR = Fraction(1, 1 << 30)


def picture_of(found: Layerwise) -> CodingPicture:
    """Return f and Phi_1, ..., Phi_L (of one or two inputs), and the errors against the bounds.

    Guarantee: numeric (values and bounds are certified, the curve of the target is sampled).

    Examples
    --------
    >>> from verinet.theory.layerwise_rates.layerwise import layerwise
    >>> picture = picture_of(layerwise({(2,): 1}, inputs=1, grid=2, depth=2))
    >>> len(picture.panels), len(picture.panels[1].strokes)
    (3, 5)
    """
    inputs = found.encoder.inputs
    target: list[Point] = []
    if inputs == 1:
        (f,) = found.goal.functions
        xs = [Fraction(k, STEPS) for k in range(STEPS + 1)]
        target = [(x, f.value((x,), _NEAR)) for x in xs]
    levels = []
    for level, rate in zip(found.levels, found.rates, strict=True):
        steps: tuple[Step, ...] = ()
        squares: tuple[Square, ...] = ()
        if len(level.values) <= MOST_CELLS and inputs == 1:
            sides = good_sides(found.encoder.grid, found.encoder.ramp, level.level)
            steps = tuple((low, high, value) for (low, high), value in zip(sides, level.values, strict=True))
        elif len(level.values) <= MOST_CELLS and inputs == 2:
            cells = grid_of(inputs, found.encoder.grid, level.level)
            squares = tuple(
                ((a, c), (b, d), value) for ((a, b), (c, d)), value in zip(cells, level.values, strict=True)
            )
        levels.append(SeenLevel(level.level, rate.error, rate.bound, rate.lipschitz, steps, squares))
    size = f"width {found.network.width}, depth {found.network.depth}"
    last = f"L{found.p} error of the last readout at most {format_rational(found.rates[-1].error)}"
    return layerwise_picture(f"layerwise/{found.decoder.name}: {size}, {last}", target, levels, f"L{found.p}")
