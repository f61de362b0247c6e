"""What the panels of a construction show is what its network does."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

import verinet as vn
from verinet.errors import Unsupported
from verinet.report.coding_figures import Dots, Panel, Patch, Stroke, panel_tikz
from verinet.theorems.coding_pictures import coding_picture

ZERO, ONE, HALF = Fraction(0), Fraction(1), Fraction(1, 2)


def panels_of(name: str, target: str, **options: Any) -> dict[str, Panel]:
    picture = coding_picture(vn.construct(name, target, resolution=3, **options))
    return {panel.title.split(",")[0]: panel for panel in picture.panels}


@pytest.mark.parametrize("name", ["leaky", "stepped"])
def test_the_staircase_is_the_encoder(name: str) -> None:
    found = vn.construct(name, "x*y", resolution=3)
    encoder = panels_of(name, "x*y")["encoder"]
    assert sum(stroke.role == "flat" for stroke in encoder.strokes) == 3
    for stroke in encoder.strokes:
        (a, low), (b, high) = stroke.points
        # a third of the way along: not where the picture looked
        x, wanted = a + (b - a) / 3, low + (high - low) / 3
        assert found.part("encoder")(x, 0) == (wanted,)


def test_the_curve_is_the_memorizer_and_the_dots_are_cells() -> None:
    found = vn.construct("leaky", "x*y", resolution=3)
    memorizer = panels_of("leaky", "x*y")["memorizer"]
    for stroke in memorizer.strokes:
        for (a, low), (b, high) in zip(stroke.points, stroke.points[1:], strict=False):
            assert found.part("memorizer")(a + (b - a) / 3) == (low + (high - low) / 3,)
    (dots,) = memorizer.dots
    assert len(dots.points) == 9


def test_the_good_set_is_the_product_of_the_flats() -> None:
    found = vn.construct("leaky", "x*y", resolution=3)
    plan = found.construction.plan
    assert plan is not None
    good = panels_of("leaky", "x*y")["good set"]
    areas = [(p.high[0] - p.low[0]) * (p.high[1] - p.low[1]) for p in good.patches if p.role == "good"]
    lengths = [sum(b - a for a, b, flat in zip(axis, axis[1:], flats, strict=False) if flat)
               for axis, flats in zip(plan.axes, plan.flats, strict=True)]  # fmt: skip
    assert len(areas) == 9
    assert sum(areas) == lengths[0] * lengths[1]
    assert "good set" not in panels_of("stepped", "x*y")  # it has no strips


def test_images_and_heights_are_values_of_the_network() -> None:
    found = vn.construct("stepped", "x*y, x", resolution=3)
    images = panels_of("stepped", "x*y, x")["images of the cells' middles"]
    wanted, reached = images.dots
    assert wanted.points[0] == (Fraction(1, 36), Fraction(1, 6))
    assert reached.points[0] == found.network("1/6", "1/6")
    heights = panels_of("stepped", "x*y")["values on cells"]
    single = vn.construct("stepped", "x*y", resolution=3).network
    assert {patch.value for patch in heights.patches} == {
        single(Fraction(i, 6), Fraction(j, 6))[0] for i in (1, 3, 5) for j in (1, 3, 5)
    }


def test_a_smooth_activation_is_sampled_by_balls() -> None:
    panels = panels_of("floor-squashable", "x^2", activation="logistic")
    ((stroke,), bound) = panels["network and target"].strokes[1:], Fraction(1, 2)
    assert all(abs(y - x * x) <= bound for x, y in stroke.points)


def test_tikz_has_the_same_points() -> None:
    panel = Panel(
        "all kinds", "$x$", "$y$",
        (Stroke(((ZERO, ZERO), (ONE, HALF)), "riser"),),
        (Dots(((HALF, ONE),), "output 0"), Dots(((HALF, HALF),), "target", hollow=True)),
        (Patch((ZERO, ZERO), (HALF, HALF), "good"),),
    )  # fmt: skip
    lines = panel_tikz(panel)
    assert r"\draw[seenriser] (0,0) -- (6,2.1);" in lines
    assert r"\fill[seenoutput0] (3,4.2) circle[radius=0.6mm];" in lines
    assert r"\fill[seengood] (0,0) rectangle (3,2.1);" in lines


def test_a_panel_without_points_is_refused() -> None:
    with pytest.raises(Unsupported, match="nothing"):
        Panel("empty", "x", "y").window()


def test_a_flat_panel_gets_room() -> None:
    (left, bottom), (right, top) = Panel("flat", "x", "y", (Stroke(((ZERO, ONE), (ONE, ONE)), "flat"),)).window()
    assert (left, right, bottom, top) == (ZERO, ONE, HALF, Fraction(3, 2))
