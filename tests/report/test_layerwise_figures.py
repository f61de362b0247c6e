"""The picture of layer-wise rates holds what it was given, and is drawn with a logarithmic axis."""

from __future__ import annotations

from fractions import Fraction

import pytest

from verinet.errors import Unsupported
from verinet.report.coding_figures import panel_tikz
from verinet.report.figures import figure
from verinet.report.layerwise_figures import SeenLevel, layerwise_picture
from verinet.theorems.coding_pictures import coding_picture
from verinet.theorems.constructions import construct

ZERO, HALF, ONE = Fraction(0), Fraction(1, 2), Fraction(1)


def _levels() -> list[SeenLevel]:
    steps = ((ZERO, HALF, Fraction(1, 4)), (HALF, ONE, Fraction(3, 4)))
    return [SeenLevel(k, Fraction(1, 10**k), Fraction(3, 10**k), Fraction(5, 10**k), steps) for k in (1, 2, 3)]


def test_every_readout_has_a_panel_and_the_errors_have_one() -> None:
    picture = layerwise_picture("f", [(ZERO, ZERO), (ONE, ONE)], _levels(), "L2")
    *readouts, errors = picture.panels
    assert [panel.title[:9] for panel in readouts] == ["$\\Phi_1$,", "$\\Phi_2$,", "$\\Phi_3$,"]
    assert all(panel.strokes[0].role == "target" and len(panel.strokes) == 3 for panel in readouts)
    assert errors.log
    assert [dots.points[0][1] for dots in errors.dots] == [Fraction(1, 10), Fraction(3, 10), Fraction(1, 2)]


def test_the_axis_is_logarithmic_and_the_lines_are_straight_there() -> None:
    made = figure(layerwise_picture("f", [], _levels(), "L2"))
    axes = made.axes[-1]
    assert axes.get_yscale() == "log"
    (error,) = [line for line in axes.lines if line.get_ydata()[0] == pytest.approx(0.1)]
    assert list(error.get_ydata()) == pytest.approx([0.1, 0.01, 0.001])
    lines = panel_tikz(layerwise_picture("f", [], _levels(), "L2").panels[-1])
    # three errors in a row divide the axis of logarithms evenly
    (drawn,) = [line for line in lines if line.startswith("\\draw[seenoutput0]")]
    heights = [float(part.split(",")[1].rstrip(");")) for part in drawn.split("] ")[1].split(" -- ")]
    assert heights[0] - heights[1] == pytest.approx(heights[1] - heights[2], abs=1e-3)
    assert heights[2] == 0


def test_errors_that_are_zero_have_no_place_on_a_log_axis() -> None:
    nothing = layerwise_picture("0", [], [SeenLevel(1, ZERO, ZERO)], "L2").panels[-1]
    assert not nothing.strokes
    assert [dots.label for dots in nothing.dots] == ["all errors are 0"]
    with pytest.raises(Unsupported, match="no readout"):
        layerwise_picture("0", [], [], "L2")


@pytest.mark.parametrize(("text", "shapes"), [("x*(1-x)", 3), ("x*y", 4), ("x*y*z", 0)])
def test_a_construction_is_drawn(text: str, shapes: int) -> None:
    picture = coding_picture(construct("layerwise", text, resolution=2, depth=1))
    seen = [len(panel.patches) or len(panel.strokes) for panel in picture.panels[:-1]]
    assert seen == ([shapes] if shapes else [])
    assert picture.panels[-1].log
