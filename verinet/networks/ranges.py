"""Certified ranges: exact intervals that hold the values of an activation, of every vertex."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor

from verinet.errors import Unsupported
from verinet.exact.linalg import Matrix
from verinet.networks.activations import Activation, Polynomial, at, degree
from verinet.networks.network import Activate, Affine, Input, Interval, Network

#: Width of the enclosures used at the ends of monotone smooth activations.
_ACCURACY = Fraction(1, 2**64)
_LARGEST_EXPONENT = 2**16
_INCREASING = ("logistic", "tanh", "softplus", "exp2")


def activation_range(act: Activation, low: Fraction, high: Fraction) -> Interval:
    """An interval that holds f([low, high]): the smallest closed one for affine pieces and for floor.

    Examples
    --------
    >>> from verinet.networks.activations import activation
    >>> [str(end) for end in activation_range(activation("abs"), Fraction(-1, 2), Fraction(1, 4))]
    ['0', '1/2']

    Guarantee: certified.
    """
    if act.smooth is not None:
        return _smooth_range(act.smooth, low, high)
    if act.shift is not None:
        return _periodic_range(act, low, high)
    return _union(_piece_ranges(act, low, high))


def vertex_ranges(network: Network, domain: Sequence[Interval]) -> tuple[tuple[Interval, ...], ...]:
    """For every vertex, one interval a channel that holds its values on the box `domain`.

    Affine maps in centre and radius form, by matrix products: ``W c + b`` and ``|W| r``.

    Examples
    --------
    >>> from verinet.networks.build import network, variable
    >>> x = variable("x")
    >>> vertex_ranges(network(x, 1 - 2 * x), [(Fraction(0), Fraction(1))])[-1]
    ((Fraction(-1, 1), Fraction(1, 1)),)

    Guarantee: certified.
    """
    places = iter(network.inputs)
    ranges: list[tuple[Interval, ...]] = []
    for vertex in network.vertices:
        match vertex.operation:
            case Input():
                ranges.append(tuple(domain[next(places)[1]]))
            case Affine(weight=weight, bias=bias):
                ranges.append(_affine_range(weight, bias, [side for s in vertex.sources for side in ranges[s]]))
            case Activate(activations=activations):
                below = ranges[vertex.sources[0]]
                ranges.append(tuple(activation_range(f, *side) for f, side in zip(activations, below, strict=True)))
    return tuple(ranges)


def _affine_range(weight: Matrix, bias: Matrix, sides: Sequence[Interval]) -> tuple[Interval, ...]:
    centre = weight @ Matrix.column([(low + high) / 2 for low, high in sides]) + bias
    absolute = Matrix.from_integers(
        [[abs(entry) for entry in row] for row in weight.numerators()],
        weight.denominator,
        columns=weight.columns,
    )
    radius = absolute @ Matrix.column([(high - low) / 2 for low, high in sides])
    lows, highs = (centre - radius).T.to_rows()[0], (centre + radius).T.to_rows()[0]
    return tuple(zip(lows, highs, strict=True))


def _union(parts: Sequence[Interval]) -> Interval:
    return min(low for low, _ in parts), max(high for _, high in parts)


def _piece_ranges(act: Activation, low: Fraction, high: Fraction) -> list[Interval]:
    """Ranges of the pieces that meet [low, high], closed, and the values at the breakpoints inside."""
    parts: list[Interval] = [(act.value(low), act.value(low)), (act.value(high), act.value(high))]
    points = act.breakpoints
    for i, piece in enumerate(act.pieces):
        start = low if i == 0 else max(low, points[i - 1])
        stop = high if i == len(points) else min(high, points[i])
        if start < stop:
            parts.append(_polynomial_range(piece, start, stop))
    parts += [(v, v) for p, v in zip(points, act.values, strict=True) if low <= p <= high]
    return parts


def _polynomial_range(piece: Polynomial, low: Fraction, high: Fraction) -> Interval:
    if degree(piece) <= 1:
        ends = at(piece, low), at(piece, high)
        return min(ends), max(ends)
    bounds = Fraction(0), Fraction(0)
    for coefficient in reversed(piece):  # Horner in interval arithmetic: valid, not tight
        products = [a * b for a in bounds for b in (low, high)]
        bounds = min(products) + coefficient, max(products) + coefficient
    return bounds


def _periodic_range(act: Activation, low: Fraction, high: Fraction) -> Interval:
    shift, piece = act.shift or Fraction(0), act.pieces[0]
    first, last = floor(low), floor(high)
    # The value is p(t) + k shift, affine in t and k apart: its extremes are at extreme periods k.
    periods = [(first, low - first, high - first if first == last else Fraction(1))]
    if last > first:
        periods.append((last, Fraction(0), high - last))
    if last > first + 1:
        periods += [(k, Fraction(0), Fraction(1)) for k in (first + 1, last - 1)]
    parts = [(k * shift, _polynomial_range(piece, start, stop)) for k, start, stop in periods]
    return _union([(moved + low_part, moved + high_part) for moved, (low_part, high_part) in parts])


def _smooth_range(name: str, low: Fraction, high: Fraction) -> Interval:
    from verinet.exact.enclosures import enclose  # FLINT's balls are needed here only

    if name in _INCREASING:
        accuracy = _ACCURACY
        if name == "exp2":
            if high > _LARGEST_EXPONENT:
                raise Unsupported(
                    f"exp2 was asked on a range that reaches beyond {_LARGEST_EXPONENT}",
                    fix="use a smaller domain",
                )
            accuracy *= Fraction(2) ** max(0, ceil(high))  # relative to the largest value
        return enclose(name, low, accuracy).low, enclose(name, high, accuracy).high
    if name == "sine":
        return Fraction(-1), Fraction(1)  # its range everywhere
    raise Unsupported(
        f"there is no certified range of the smooth activation {name}",
        fix=f"use one of sine, {', '.join(_INCREASING)}",
    )
