"""What a picture of a construction shows: its encoder, its curve of values, its good set, and where cells go.

Everything is read off the network, its parts and its plan; a construction without one of them has one panel less.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise, product

from verinet.claims.plans import Plan
from verinet.claims.values_at_points import ValuesAtPoints
from verinet.errors import Unsupported
from verinet.exact.rationals import format_rational
from verinet.geometry.polyhedra import interval
from verinet.networks.balls import BallArithmetic
from verinet.networks.evaluate import evaluate
from verinet.networks.network import Activate, Interval, Network
from verinet.regions.line import line
from verinet.report.coding_figures import CodingPicture, Dots, Panel, Patch, Point, Stroke
from verinet.report.pictures import graph_picture
from verinet.theorems.constructions import Constructed
from verinet.theorems.layerwise_pictures import picture_of
from verinet.theory.construction import Part
from verinet.theory.layerwise_rates.readouts import LayerwiseConstruction
from verinet.work import keep_going

#: So many cells are looked at one by one, and so many outputs are drawn.
MOST_CELLS, MOST_OUTPUTS = 1024, 3
#: Steps of a curve of the target.
STEPS = 128
#: Of the balls that smooth networks are evaluated with.
BITS = 128
#: Steps of an image of a line, and lines along an axis.
GRID_STEPS, MOST_LINES = 24, 32
_NAMES = ("x_1", "x_2", "x_3")


def coding_picture(found: Constructed) -> CodingPicture:
    """Return the panels of a construction.

    Guarantee: exact (curves of targets are sampled).

    Raises
    ------
    Unsupported
        If the construction has neither parts nor a plan that could be drawn.

    Examples
    --------
    >>> from verinet.theorems.constructions import construct
    >>> picture = coding_picture(construct("minimal-width/leaky", "x^2", resolution=3))
    >>> [panel.title.partition(",")[0] for panel in picture.panels]
    ['encoder', 'memorizer', 'decoder', 'good set', 'network and target']
    """
    if isinstance(found.construction, LayerwiseConstruction) and found.construction.layers is not None:
        return picture_of(found.construction.layers)
    panels = [*_encoders(found), *_curves(found), *_good_sets(found), *_images(found)]
    if not panels:
        raise Unsupported(f"there is no picture of {found.name}", fix="leave --figure out")
    shape = f"width {found.network.width}, depth {found.network.depth}"
    caption = f"{found.name}: {shape}, {found.norm} error at most {format_rational(found.error_bound)}"
    return CodingPicture(caption, tuple(panels))


# --- the encoder -----------------------------------------------------------------------------------------------------


def _encoders(found: Constructed) -> list[Panel]:
    """The first part with one output, along its first input: a staircase, its flats and its risers."""
    plan = found.construction.plan
    part = next((part for part in found.parts if part.network.output_size == 1), None)
    if plan is None or part is None or part.network.input_size != len(plan.axes):
        return []
    rest = [low for low, _ in part.domain[1:]]
    strokes = [
        Stroke(_affine(part.network, low, high, rest), "flat" if flat else "riser")
        for (low, high), flat in zip(pairwise(plan.axes[0]), plan.flats[0], strict=True)
    ]
    fixed = ", ".join(f"${name} = {format_rational(value)}$" for name, value in zip(_NAMES[1:], rest, strict=False))
    return [Panel(part.name, _name(0, len(plan.axes)) + (f"  ({fixed})" if fixed else ""), "code", tuple(strokes))]


def _affine(network: Network, low: Fraction, high: Fraction, rest: Sequence[Fraction]) -> tuple[Point, Point]:
    """The segment over an interval on which a network is affine, from two inner points of it."""
    keep_going()
    quarter = (high - low) / 4
    (left,), (right,) = _values(network, low + quarter, *rest), _values(network, high - quarter, *rest)
    slope = (right - left) / 2
    return (low, left - slope), (high, right + slope)


def _name(place: int, size: int) -> str:
    return "$x$" if size == 1 else f"${_NAMES[place]}$"


def _is_smooth(network: Network) -> bool:
    """Tell whether some activation has no exact values."""
    operations = (vertex.operation for vertex in network.vertices)
    return any(a.smooth for o in operations if isinstance(o, Activate) for a in o.activations)


def _values(network: Network, *x: Fraction) -> tuple[Fraction, ...]:
    """The outputs, exactly; of a smooth network the middles of balls."""
    if not _is_smooth(network):
        return network(*x)
    found = evaluate(network, x, BallArithmetic(BITS))
    return tuple((ball.low + ball.high) / 2 for ball in found)


# --- memorizer and decoder -------------------------------------------------------------------------------------------


def _curves(found: Constructed) -> list[Panel]:
    """Every later part of one input: its graph."""
    panels = []
    for place, part in enumerate(found.parts):
        if part.network.input_size != 1 or (place == 0 and _encoders(found)):
            continue
        strokes = _graph(part.network, part.domain[0])
        up = "value" if part.network.output_size == 1 else "values"
        dots = (_coded(found, place) or _memorised(found)) if place == 1 else ()
        across = "code" if place == 1 and found.construction.plan is not None else "$z$"
        panels.append(Panel(part.name, across, up, strokes, dots))
    return panels


def _graph(network: Network, domain: Interval) -> tuple[Stroke, ...]:
    """The continuous parts of the graph of every output, exactly; sampled where an activation is smooth."""
    if _is_smooth(network):
        low, high = domain
        points = [low + (high - low) * Fraction(k, 2 * STEPS) for k in range(2 * STEPS + 1)]
        rows = [_values(network, x) for x in points]
        count = min(network.output_size, MOST_OUTPUTS)
        curves = [tuple((x, row[k]) for x, row in zip(points, rows, strict=True)) for k in range(count)]
        return tuple(Stroke(curve, f"output {k}") for k, curve in enumerate(curves))
    few = graph_picture(line(network, interval(*domain))).curves[:MOST_OUTPUTS]
    return tuple(
        Stroke(part, f"output {k}", f"output {k + 1}" if len(few) > 1 and place == 0 else "")
        for k, parts in enumerate(few)
        for place, part in enumerate(parts)
    )


def _coded(found: Constructed, place: int) -> tuple[Dots, ...]:
    """Where the cells are on the curve."""
    plan, encoder, part = found.construction.plan, found.parts[0], found.parts[place]
    if plan is None or encoder.network.input_size != len(plan.axes) or encoder.network.output_size != 1:
        return ()
    points: list[list[Point]] = [[] for _ in range(min(part.network.output_size, MOST_OUTPUTS))]
    for middle in _middles(plan):
        (code,) = _values(encoder.network, *middle)
        for k, value in enumerate(_inside(part, code)[:MOST_OUTPUTS]):
            points[k].append((code, value))
    return tuple(Dots(tuple(where), f"output {k}", "" if k else "cells") for k, where in enumerate(points) if where)


def _memorised(found: Constructed) -> tuple[Dots, ...]:
    """Where the points of a data set are on the curve that follows their projection."""
    claim, first = found.claim, found.parts[0].network
    if not isinstance(claim, ValuesAtPoints) or len(claim.points) > MOST_CELLS:
        return ()
    points = [(_values(first, *x)[0], y[0]) for x, y in zip(claim.points, claim.values, strict=True)]
    return (Dots(tuple(points), "output 0", "points"),)


def _inside(part: Part, code: Fraction) -> tuple[Fraction, ...]:
    low, high = part.domain[0]
    return _values(part.network, code) if low <= code <= high else ()


def _middles(plan: Plan) -> list[tuple[Fraction, ...]]:
    """The middles of the good cells, unless they are too many."""
    axes = [
        [(low + high) / 2 for (low, high), flat in zip(pairwise(axis), flats, strict=True) if flat]
        for axis, flats in zip(plan.axes, plan.flats, strict=True)
    ]
    count = 1
    for axis in axes:
        count *= len(axis)
    return list(product(*axes)) if 0 < count <= MOST_CELLS else []


# --- the good set ----------------------------------------------------------------------------------------------------


def _good_sets(found: Constructed) -> list[Panel]:
    """Flats and risers of the first two inputs; none where every interval is a flat."""
    plan = found.construction.plan
    if plan is None or all(all(flats) for flats in plan.flats):
        return []
    size = len(plan.axes)
    across = _intervals(plan, 0)
    up = _intervals(plan, 1) if size > 1 else [(Fraction(0), Fraction(1), True)]
    if len(across) * len(up) > 4 * MOST_CELLS:
        return []
    patches = tuple(
        Patch((a, c), (b, d), "good" if first and second else "bad") for a, b, first in across for c, d, second in up
    )
    # a riser is often thinner than any line: then the line shows where it is
    left, right, bottom, top = across[0][0], across[-1][1], up[0][0], up[-1][1]
    lines = [Stroke((((a + b) / 2, bottom), ((a + b) / 2, top)), "riser") for a, b, flat in across if not flat]
    lines += [Stroke(((left, (c + d) / 2), (right, (c + d) / 2)), "riser") for c, d, flat in up if not flat]
    title = f"good set, all but {_share(plan)} of the domain"
    up_name = _name(1, size) if size > 1 else ""
    return [Panel(title, _name(0, size), up_name, tuple(lines), (), patches, square=size > 1)]


def _share(plan: Plan) -> str:
    """The measure of what is not good, relative to the domain, rounded."""
    good = Fraction(1)
    for axis, flats in zip(plan.axes, plan.flats, strict=True):
        length = sum(high - low for (low, high), flat in zip(pairwise(axis), flats, strict=True) if flat)
        good *= length / (axis[-1] - axis[0])
    return f"{float(1 - good):.2g}"


def _intervals(plan: Plan, axis: int) -> list[tuple[Fraction, Fraction, bool]]:
    return [(low, high, flat) for (low, high), flat in zip(pairwise(plan.axes[axis]), plan.flats[axis], strict=True)]


# --- where cells go --------------------------------------------------------------------------------------------------


def _images(found: Constructed) -> list[Panel]:
    inputs, outputs = found.network.input_size, found.network.output_size
    if not found.targets:
        return []
    if outputs > 1:
        return _pushed(found)
    return _against_target(found) if inputs == 1 else _heights(found)


def _against_target(found: Constructed) -> list[Panel]:
    """The graph of the network over the graph of the target."""
    domain = found.network.domain
    if domain is None:
        return []
    low, high = domain[0]
    points = [low + (high - low) * Fraction(k, STEPS) for k in range(STEPS + 1)]
    target = Stroke(tuple((x, found.values_at((x,))[0]) for x in points), "target", "target")
    strokes = _graph(found.network, domain[0])
    return [Panel("network and target", "$x$", "$y$", (target, *strokes))]


def _heights(found: Constructed) -> list[Panel]:
    """The value on every cell of the first two inputs, the others in the middle."""
    plan = found.construction.plan
    if plan is None or len(plan.axes) < 2:
        return []
    across, up = _intervals(plan, 0), _intervals(plan, 1)
    rest = [(axis[0] + axis[1]) / 2 for axis in plan.axes[2:]]
    if len(across) * len(up) > 4 * MOST_CELLS:
        return []
    patches = []
    for (a, b, first), (c, d, second) in product(across, up):
        if first and second:
            (value,) = _values(found.network, (a + b) / 2, (c + d) / 2, *rest)
            patches.append(Patch((a, c), (b, d), "good", value))
        else:
            patches.append(Patch((a, c), (b, d), "bad"))
    size = len(plan.axes)
    seen = [float(patch.value) for patch in patches if patch.value is not None]
    title = f"values on cells, {min(seen):.3g} (light) to {max(seen):.3g}" + (
        f" ($x_3 = {format_rational(rest[0])}$)" if size == 3 else " (others fixed)" if size > 3 else ""
    )
    return [Panel(title, _name(0, size), _name(1, size), (), (), tuple(patches), square=True)]


def _pushed(found: Constructed) -> list[Panel]:
    """The middles of cells: where the target takes them, and where the network does; in the first two outputs."""
    plan = found.construction.plan
    middles = [] if plan is None else _middles(plan)
    if not middles:
        return []
    wanted, reached = [], []
    for middle in middles:
        keep_going()
        (a, b), (c, d) = found.values_at(middle)[:2], _values(found.network, *middle)[:2]
        wanted.append((a, b))
        reached.append((c, d))
    links = [Stroke(pair, "link") for pair in zip(wanted, reached, strict=True)]
    links += [] if plan is None else _grid(found, plan)
    dots = (
        Dots(tuple(wanted), "target", "target", hollow=True),
        Dots(tuple(reached), "output 0", "network"),
    )
    return [Panel("images of the cells' middles", "$y_1$", "$y_2$", tuple(links), dots, square=True)]


def _grid(found: Constructed, plan: Plan) -> list[Stroke]:
    """Where the target takes the lines between cells of two inputs."""
    if len(plan.axes) != 2:
        return []
    strokes = []
    for across in (0, 1):
        low, high = plan.axes[1 - across][0], plan.axes[1 - across][-1]
        steps = [low + (high - low) * Fraction(k, GRID_STEPS) for k in range(GRID_STEPS + 1)]
        cuts = [plan.axes[across][0]]
        cuts += [end for (_, end), flat in zip(pairwise(plan.axes[across]), plan.flats[across], strict=True) if flat]
        for cut in cuts[: MOST_LINES + 1]:
            points = [(cut, step) if across == 0 else (step, cut) for step in steps]
            values = [found.values_at(point) for point in points]
            strokes.append(Stroke(tuple((value[0], value[1]) for value in values), "grid"))
    return strokes
