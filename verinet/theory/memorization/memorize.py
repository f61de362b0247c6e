r"""Memorise N points with M labels exactly, in width 2.

That width 2 is enough, with depth at most ``2 N + 4 M - 1``, is the paper's (Hernandez, Zuazua 2024 [hernandez2024]).
The layers are derived, and are not the authors': the points are projected to a line on which they stay apart, and a
chain of hinges follows their labels along it.  Its depth is at most ``N - 1``, whatever the number of labels.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import count, pairwise
from typing import Any

from verinet.claims.values_at_points import ValuesAtPoints
from verinet.exact.rationals import format_rational
from verinet.networks.network import Interval
from verinet.theory.construction import Construction, Part
from verinet.theory.memorization.chains import Run, depth_of, interpolate, runs_of
from verinet.theory.memorization.data import DataSet, Point, read_csv, read_data
from verinet.theory.minimal_width.channels import Channels
from verinet.work import keep_going

__all__ = ["Projection", "memorize", "memorize_file", "projection"]


@dataclass(frozen=True, slots=True)
class Projection:
    """A form without constant under which different points stay apart, and the points along it.

    Parameters
    ----------
    weights : tuple of Fraction
    knots : tuple of Fraction
        The projected points, ascending.
    values : tuple of Fraction
        Their labels, in this order.

    Guarantee: exact.
    """

    weights: tuple[Fraction, ...]
    knots: tuple[Fraction, ...]
    values: tuple[Fraction, ...]

    @property
    def runs(self) -> tuple[Run, ...]:
        """Neighbours with one label."""
        return runs_of(self.knots, self.values)


def memorize(points: Any, labels: Any, *, floats: str = "binary") -> Construction:
    r"""A ReLU network of width 2 whose value at every point is its label, exactly.

    .. math:: f(x_i) = y_i, \quad i = 1, \dots, N; \qquad \min_i y_i \le f(x) \le \max_i y_i \text{ for all } x

    Parameters
    ----------
    points : sequence of points
        Lists, arrays or tensors; exact numbers, text such as ``"1/3"``, or floats.
    labels : sequence of numbers
        One a point.
    floats : str
        ``"binary"``: a float is the binary number that it denotes, exactly; ``"refuse"``: floats are an error.

    Returns
    -------
    Construction
        Its claim says the values at all points; `verinet.prove` certifies it.

    Raises
    ------
    Unsupported
        If one point has two labels (the message names both rows), or there is none.
    ShapeMismatch, NotANumber, InexactInput, BudgetExhausted
        As `read_data`.

    Notes
    -----
    With ``w = (1, B, B^2, ...)`` for the least B that keeps the points apart (one coordinate alone if that does), runs
    of equal labels along w . x, R of them: depth R - 1 and one layer for every inner run of several points, at most
    N - 1 <= 2 N + 4 M - 1.  Between neighbours on the line the network is affine in w . x, beyond them constant.  Mark:
    width and the depth 2 N + 4 M - 1 are the paper's, the layers and the smaller depth derived.

    Guarantee: exact.

    Source: [hernandez2024].

    Examples
    --------
    >>> exclusive_or = memorize([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0])
    >>> exclusive_or.network.width, exclusive_or.network.depth, exclusive_or.network(1, 0)
    (2, 3, (Fraction(1, 1),))
    >>> memorize([[0, 1], [2, 3], [0, 1]], [0, 1, 2])
    Traceback (most recent call last):
    ...
    verinet.errors.Unsupported: row 0 and row 2 are the same point (0, 1) with different labels 0 and 2
    Fix: a function has one value a point: remove one of the two rows
    """
    return _construction(read_data(points, labels, floats=floats))


def memorize_file(path: str | os.PathLike[str]) -> Construction:
    """The same for the lines ``x_1,...,x_d,label`` of a file.

    Raises
    ------
    VerinetError
        As `read_csv`.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from pathlib import Path
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "points.csv")
    ...     _ = file.write_text("0.1,0\\n0.2,1\\n0.4,0\\n")
    ...     memorize_file(file).network("0.2")
    (Fraction(1, 1),)

    Guarantee: exact.
    """
    return _construction(read_csv(path))


def projection(points: Sequence[Point], labels: Sequence[Fraction]) -> Projection:
    """A coordinate that keeps the points apart, with fewest layers; else ``(1, B, B^2, ...)`` with the least B >= 1.

    Two different points meet for at most d - 1 numbers B: the search ends.

    Guarantee: exact.

    Examples
    --------
    >>> zero, one = Fraction(0), Fraction(1)
    >>> projection([(zero, zero), (zero, one), (one, zero), (one, one)], [zero] * 4).weights
    (Fraction(1, 1), Fraction(2, 1))
    """
    size = len(points[0])
    axes = [tuple(Fraction(int(k == j)) for k in range(size)) for j in range(size)]
    found = [_sorted(axis, [point[j] for point in points], labels) for j, axis in enumerate(axes)]
    apart = [one for one in found if one is not None]
    if apart:
        return min(apart, key=lambda one: depth_of(one.runs))
    for base in count(1):
        values = _horner(points, base)
        one = None if values is None else _sorted(tuple(Fraction(base**j) for j in range(size)), values, labels)
        if one is not None:
            return one
    raise AssertionError  # pragma: no cover


def _horner(points: Sequence[Point], base: int) -> list[Fraction] | None:
    """The values of sum x_j B^j, or None as soon as two of them are equal."""
    seen: set[Fraction] = set()
    values = []
    for point in points:
        keep_going()
        value = Fraction(0)
        for entry in reversed(point):
            value = value * base + entry
        if value in seen:
            return None
        seen.add(value)
        values.append(value)
    return values


def _sorted(weights: Point, values: Sequence[Fraction], labels: Sequence[Fraction]) -> Projection | None:
    """The projection, if the values are different."""
    keep_going()
    if len(set(values)) < len(values):
        return None
    pairs = sorted(zip(values, labels, strict=True))
    return Projection(weights, tuple(value for value, _ in pairs), tuple(label for _, label in pairs))


def _construction(data: DataSet) -> Construction:
    found = projection(data.points, data.labels)
    box = tuple((min(side), max(side)) for side in zip(*data.points, strict=True))
    form = [(Fraction(0), *found.weights)]
    line = (found.knots[0], found.knots[-1])
    channels = Channels.of(box)
    channels.affine(form, [line])
    interpolate(channels, found.knots, found.values)
    network = channels.network()
    values = tuple((label,) for label in data.labels)
    return Construction(
        name="memorization/memorize",
        theorem="width 2 and depth at most 2N + 4M - 1: the paper's; the layers, of depth at most N - 1: derived",
        network=network,
        parts=_parts(box, form, found, line),
        claim=ValuesAtPoints((network,), data.points, values),
        error_bound=Fraction(0),
        norm="max over the points",
        facts=_facts(data, found, network.depth),
    )


def _parts(box: tuple[Interval, ...], form: Sequence[Point], found: Projection, line: Interval) -> tuple[Part, ...]:
    first = Channels.of(box)
    first.affine(form)
    chain = Channels.of(first.ranges)
    interpolate(chain, found.knots, found.values)
    return (
        Part("projection", first.network("z"), box),
        Part("chain", chain.network(), tuple(first.ranges)),
    )


def _facts(data: DataSet, found: Projection, depth: int) -> dict[str, object]:
    points, classes = len(data.points), data.classes
    gap = min((b - a for a, b in pairwise(found.knots)), default=None)
    return {
        "points": points,
        "inputs": data.dimension,
        "labels": classes,
        "repeated rows": data.repeated,
        "binary floats": data.floats,
        "projection": _projection_text(found.weights),
        "runs of labels": len(found.runs),
        "least distance on the line": "none" if gap is None else gap,
        "depth": depth,
        "bound 2N + 4M - 1": 2 * points + 4 * classes - 1,
    }


def _projection_text(weights: Sequence[Fraction]) -> str:
    shown = ", ".join(map(format_rational, weights[:8]))
    return f"({shown}{', ...' if len(weights) > 8 else ''})"
