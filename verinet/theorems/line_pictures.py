"""Pictures of regions on a line: a network beside the fewest pieces within eps, and counts of random networks."""

from __future__ import annotations

from fractions import Fraction

from verinet.errors import Unsupported
from verinet.exact.rationals import format_rational
from verinet.networks.network import Network
from verinet.regions.line import line
from verinet.report.coding_figures import CodingPicture, Dots, Panel, Patch, Point, Stroke
from verinet.theory.line_regions.corridor import wall_at
from verinet.theory.line_regions.sparsity import Sparsity
from verinet.theory.line_regions.statistics import Statistics

#: More breakpoints than this are marks below the graph, not dots on it.
MOST_DOTS = 60


def pieces_picture(network: Network, found: Sparsity) -> CodingPicture:
    """Return two panels: the network and the function of fewest pieces with their breakpoints; their distance to eps.

    The second panel shows the function of fewest pieces minus the target; for a target that is not piecewise affine,
    minus its chords, whose own distance is part of the two sides of the count.

    Examples
    --------
    >>> from verinet.geometry import interval
    >>> from verinet.networks import network, relu, variable
    >>> from verinet.theory.line_regions.sparsity import adaptive_sparsity
    >>> x = variable("x")
    >>> f = network(x, relu(x) + relu(8 * x - 4) / 64)
    >>> picture = pieces_picture(f, adaptive_sparsity(f, eps="1/10", domain=interval(-1, 1)))
    >>> picture.caption
    '3 linear regions used, 2 pieces needed within 1/10 on [-1,1]'

    Guarantee: exact.
    """
    minimum = found.minimum
    low, high = minimum.target.low, minimum.target.high
    pieces = line(network, minimum.target.domain).pieces
    graph = [(low, pieces[0].value(low)[0])]
    for piece in pieces:
        end = high if piece.high is None else piece.high
        graph.append((end, piece.value(end)[0]))
    needed = str(minimum.low) if minimum.is_known else f"{minimum.low} to {minimum.high}"
    caption = (
        f"{len(pieces)} linear regions used, {needed} pieces needed within {format_rational(minimum.eps)} "
        f"on [{format_rational(low)},{format_rational(high)}]"
    )
    return CodingPicture(caption, (_both(graph, found, network), _gap(found)))


def _both(graph: list[Point], found: Sparsity, network: Network) -> Panel:
    """Both functions, and the target if it is another one."""
    minimum = found.minimum
    strokes = [Stroke(tuple(graph), "output 0", "network")]
    if minimum.target.source is not network:
        strokes.insert(0, Stroke(_middle(found), "target", "target"))
    strokes.append(Stroke(minimum.knots, "riser", "fewest pieces"))
    values = [y for stroke in strokes for _, y in stroke.points]
    floor = min(values) - (max(values) - min(values)) / 24
    few = len(graph) <= MOST_DOTS + 2
    bends = tuple(graph[1:-1] if few else ((x, floor) for x, _ in graph[1:-1]))
    dots = [Dots(minimum.knots[1:-1], "riser", f"{len(minimum.knots) - 2} breakpoints", hollow=True)]
    if few:
        dots.insert(0, Dots(bends, "output 0", f"{len(bends)} breakpoints"))
    else:
        # one bar each: hundreds of dots would be a band
        tall = (max(values) - min(values)) / 40
        strokes += [
            Stroke(((x, y - tall), (x, y)), "link", "" if k else f"{len(bends)} breakpoints")
            for k, (x, y) in enumerate(bends)
        ]
    kept = tuple(entry for entry in dots if entry.points)
    return Panel("both functions", "$x$", "$y$", tuple(strokes), kept)


def _gap(found: Sparsity) -> Panel:
    """The function of fewest pieces minus the target, between -eps and eps."""
    minimum = found.minimum
    middle = _middle(found)
    places = [x for x, _ in middle]
    target = [y for _, y in middle]
    knots, values = [x for x, _ in minimum.knots], [y for _, y in minimum.knots]
    gap = tuple((x, wall_at(knots, values, x) - wall_at(places, target, x)) for x in sorted({*places, *knots}))
    ends = (places[0], places[-1])
    walls = tuple(
        Stroke(((ends[0], level), (ends[1], level)), "riser", "eps and -eps" if level >= 0 else "")
        for level in dict.fromkeys((minimum.eps, -minimum.eps))
    )
    bands = tuple(
        Patch((w.p, -minimum.eps), (w.leaves, minimum.eps), "good")
        for w in minimum.windows
        if w.p < w.leaves and minimum.eps
    )
    return Panel("fewest pieces minus target; windows", "$x$", "$g - f$", (*walls, Stroke(gap, "flat")), (), bands)


def _middle(found: Sparsity) -> tuple[Point, ...]:
    """The target, or the chords that stand for it in the lower count."""
    corridor = found.minimum.corridor
    return tuple((x, (a + b) / 2) for x, a, b in zip(corridor.x, corridor.low, corridor.high, strict=True))


def statistics_picture(found: Statistics) -> CodingPicture:
    """Return a histogram of linear regions, with the mean of the samples and the expectation.

    Examples
    --------
    >>> from verinet.theory.line_regions.statistics import region_statistics
    >>> picture = statistics_picture(region_statistics([2, 2], samples=16, seed=1, jobs=1))
    >>> picture.panels[0].title
    'linear regions of 16 networks'

    Guarantee: exact (of the samples; what they say about the mean is estimated).
    """
    histogram = found.histogram
    if not histogram:
        raise Unsupported("there are no samples to be drawn", fix="draw some first")
    first, last = histogram[0][0], histogram[-1][0]
    step = -(-(last - first + 1) // 40)
    heights: dict[int, int] = {}
    for regions, samples in histogram:
        start = first + (regions - first) // step * step
        heights[start] = heights.get(start, 0) + samples
    half = Fraction(1, 2)
    bars = tuple(
        Patch((start - half, Fraction(0)), (start + step - half, Fraction(height)), "good")
        for start, height in sorted(heights.items())
    )
    top = Fraction(max(heights.values()))
    marks = [Stroke(_upright(found.mean, top), "flat", f"mean {float(found.mean):.2f}")]
    expected = found.expectation
    if expected is not None:
        marks.append(Stroke(_upright(expected.value, top), "riser", f"expectation {float(expected.value):.2f}"))
    outline = tuple(Stroke(((patch.low[0], patch.high[1]), (patch.high[0], patch.high[1])), "grid") for patch in bars)
    shape = "-".join(map(str, (1, *found.chosen.widths, 1)))
    caption = f"random networks {shape}, seed {found.seed}: each count exact, the mean estimated"
    title = f"linear regions of {found.samples} networks"
    return CodingPicture(caption, (Panel(title, "linear regions", "networks", (*outline, *marks), (), bars),))


def _upright(x: Fraction, top: Fraction) -> tuple[Point, Point]:
    return (x, Fraction(0)), (x, top)
