"""Groups of layers of one leaky ReLU that do one exact thing: shear by hinges, read digits; and reflect.

A hinge bends a clock channel and writes the bend into other channels; the paper's memorizers and decoders are made of
staircases of all slopes, these of pairs of hinges (derived, not the paper's; the scheme is of [rochau2024]).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from verinet.claims.plans import Form
from verinet.errors import Unsupported
from verinet.exact.rationals import format_rational
from verinet.networks.network import Interval
from verinet.theory.minimal_width.channels import Channels, Unit
from verinet.theory.minimal_width.leaky_bends import (
    Bend,
    bend,
    bent_neuron,
    bottleneck,
    flatter,
    form_of,
    leaky_activation,
    passed,
    ratio,
    read_alpha,
    steeper,
    unit_row,
)
from verinet.work import keep_going

__all__ = [
    "Bend",
    "Step",
    "bend",
    "bottleneck",
    "clock_values",
    "digit_weights",
    "digits",
    "flatter",
    "fold",
    "hinge",
    "leaky_activation",
    "ratio",
    "read_alpha",
    "steeper",
    "step_shear",
    "triangle_wave",
    "undo",
]


@dataclass(frozen=True, slots=True)
class Step:
    """A climb between two values of the clock: how much each target channel changes between `start` and `end`.

    Guarantee: exact.
    """

    start: Fraction
    end: Fraction
    changes: Mapping[int, Fraction]


def fold(channels: Channels, alpha: Fraction, channel: int, at: Fraction) -> None:
    """Append the two layers of ``x -> x`` for ``x <= at``, ``2 at - x`` beyond: Ri, then ``at - s_{-alpha}(at - x)``.

    Derived.  Guarantee: exact.

    Examples
    --------
    >>> channels = Channels.of(((Fraction(0), Fraction(2)),))
    >>> fold(channels, Fraction(1, 4), 0, Fraction(1))
    >>> channels.network()("1/3"), channels.network()("4/3")
    ((Fraction(1, 3),), (Fraction(2, 3),))
    """
    channels.mark()
    low, high = channels.ranges[channel]
    bend(channels, alpha, {channel: Bend("Ri", at)})
    units, forms = [], []
    for place in range(len(channels.ranges)):
        unit, form = passed(channels, place, alpha)
        if place == channel:
            unit = form_of(channels, place, Fraction(-1), at), leaky_activation(-alpha)
            form = (at, *(Fraction(-int(j == place)) for j in range(len(channels.ranges))))
        units.append(unit)
        forms.append(form)
    ranges = list(channels.ranges)
    ranges[channel] = (min(low, 2 * at - high), min(high, at)) if high > at else (low, high)
    channels.layer(units, forms, ranges)
    channels.mark()


def triangle_wave(channels: Channels, alpha: Fraction, channel: int, doublings: int) -> None:
    """Append the 2 k layers of dist(x, 2Z) on [0, 2^k]: folds at 2^(k-1), ..., 2, 1.

    Derived.  Guarantee: exact.

    Examples
    --------
    >>> channels = Channels.of(((Fraction(0), Fraction(8)),))
    >>> triangle_wave(channels, Fraction(1, 4), 0, 3)
    >>> channels.depth, channels.network()("17/3"), channels.ranges
    (6, (Fraction(1, 3),), [(Fraction(0, 1), Fraction(1, 1))])
    """
    for exponent in reversed(range(doublings)):
        fold(channels, alpha, channel, Fraction(1 << exponent))


def hinge(
    channels: Channels,
    alpha: Fraction,
    clock: int,
    bent: Bend,
    kappas: Mapping[int, Fraction],
    ranges: Mapping[int, Interval] | None = None,
) -> None:
    """Append one layer: the clock x is bent right of b, and ``y += kappa (x - b)^+`` in each target channel y.

    Derived.  Guarantee: exact.

    With x' the bent clock, ``x' - x = (factor - 1) (x - b)^+``: so ``y' = (y - lam x) + lam x'`` for
    ``lam = kappa / (factor - 1)``.

    Parameters
    ----------
    clock : int
        The channel x.
    bent : Bend
        "R" or "Ri".
    kappas : mapping from channel to Fraction
    ranges : mapping from channel to interval, optional
        Those of the targets afterwards; else by interval arithmetic.

    Raises
    ------
    Unsupported
        For the other kinds of bends.

    Examples
    --------
    >>> channels = Channels.of(((Fraction(0), Fraction(2)), (Fraction(0), Fraction(1))))
    >>> hinge(channels, Fraction(1, 4), 0, Bend("R", Fraction(1)), {1: Fraction(3)})
    >>> channels.network()(2, 1)
    (Fraction(5, 4), Fraction(4, 1))
    """
    if bent.kind not in ("R", "Ri"):
        raise Unsupported(f"a hinge bends the clock on its right, got {bent.kind}", fix='take "R" or "Ri"')
    keep_going()
    size = len(channels.ranges)
    low, high = channels.ranges[clock]
    _, scale = bent.neuron(alpha)
    x_form = (bent.at, *(scale * int(j == clock) for j in range(size)))
    units: list[Unit] = []
    forms: list[Form] = []
    found = list(channels.ranges)
    for place in range(size):
        unit, form = passed(channels, place, alpha)
        if place == clock:
            unit, form = bent_neuron(channels, place, bent, alpha)
            found[place] = bent.value(low, alpha), bent.value(high, alpha)
        elif kappas.get(place):
            kappa = kappas[place]
            lam = kappa / (bent.factor(alpha) - 1)
            least = Fraction(floor(channels.ranges[place][0] - max(lam * low, lam * high)))
            row = tuple(Fraction(int(j == place)) - lam * int(j == clock) for j in range(size))
            unit = (-least, *row), leaky_activation(alpha)
            form = (least + lam * x_form[0], *(int(j == place) + lam * x_form[j + 1] for j in range(size)))
            reach = kappa * max(high - bent.at, Fraction(0))
            y = channels.ranges[place]
            found[place] = (ranges or {}).get(place, (y[0] + min(reach, Fraction(0)), y[1] + max(reach, Fraction(0))))
        units.append(unit)
        forms.append(form)
    channels.layer(units, forms, found)


def step_shear(channels: Channels, alpha: Fraction, clock: int, steps: Sequence[Step]) -> tuple[Bend, ...]:
    """Append two hinges a step: ``y += g(x)``, g being constant but for a linear climb in each step.

    Parameters
    ----------
    steps : sequence of Step
        In ascending order, apart from each other, in the clock's coordinate before the call.

    Returns
    -------
    tuple of Bend
        What has happened to the clock: it is ``phi(x)``, of slope alpha in the steps and 1 else; `undo` takes it back.

    Derived; all target channels share the hinges.  Guarantee: exact.

    Examples
    --------
    >>> channels = Channels.of(((Fraction(0), Fraction(2)), (Fraction(0), Fraction(0))))
    >>> done = step_shear(channels, Fraction(1, 4), 0, [Step(Fraction(1, 2), Fraction(1), {1: Fraction(5)})])
    >>> channels.network()("1/2", 0), channels.network()(1, 0), channels.network()(2, 0)
    ((Fraction(1, 2), Fraction(0, 1)), (Fraction(5, 8), Fraction(5, 1)), (Fraction(13, 8), Fraction(5, 1)))
    >>> channels.ranges[1]
    (Fraction(0, 1), Fraction(5, 1))
    """
    last = channels.ranges[clock][1]
    first = dict(enumerate(channels.ranges))
    hull: dict[int, tuple[Fraction, Fraction, Fraction]] = {}  # of g: its value now, its least and its largest
    lost = Fraction(0)
    done: list[Bend] = []
    for step in steps:
        length = step.end - step.start
        slopes = {place: change / length for place, change in step.changes.items()}
        ahead = {}
        for place, slope in slopes.items():
            now, low, high = hull.get(place, (Fraction(0),) * 3)
            # for a box of states, not only for the curve of true ones: the proof speaks of boxes
            far = slope * max(last - step.start, Fraction(0))
            ahead[place] = (
                first[place][0] + low + min(far, Fraction(0)),
                first[place][1] + high + max(far, Fraction(0)),
            )
            then = now + step.changes[place]
            hull[place] = then, min(low, then), max(high, then)
        after = {place: (first[place][0] + hull[place][1], first[place][1] + hull[place][2]) for place in slopes}
        up, down = Bend("R", step.start - lost), Bend("Ri", step.start - lost + alpha * length)
        channels.mark()
        hinge(channels, alpha, clock, up, slopes, ahead)
        hinge(channels, alpha, clock, down, {place: -slope / alpha for place, slope in slopes.items()}, after)
        done += [up, down]
        lost += (1 - alpha) * length
    channels.mark()
    return tuple(done)


def undo(channels: Channels, alpha: Fraction, clock: int, bends: Sequence[Bend]) -> None:
    """Append the inverses of bends of the clock, the last one first; the other channels are passed on.

    Derived.  Guarantee: exact.
    """
    for place, one in enumerate(reversed(bends)):
        if place % 2 == 0:
            channels.mark()
        bend(channels, alpha, {clock: one.inverse})
    channels.mark()


def digits(channels: Channels, alpha: Fraction, counts: Sequence[int], last: Fraction) -> None:
    """Append ``2 (count - 1)`` layers a digit: the channel ``z = sum_k weight_k digit_k + rest`` becomes its summands.

    Digits are integers in [0, count), the rest lies in [0, last]; the weight of the last digit is last + 1, that of
    another one is the weight times the count of its successor.  A digit q of weight p is written by a step shear whose
    climbs lie between p k - 1 and p k; the clock has then lost (1 - alpha)/2 in each climb, a multiple of q, so
    ``(z, q) -> (q, z - p q)`` is affine and nothing has to be undone.

    Derived (half the layers of a decoder that undoes phi).  Guarantee: exact at such numbers.

    Raises
    ------
    Unsupported
        If the channel may leave [-1/4, largest z + 1/4], or is not alone.

    Examples
    --------
    >>> channels = Channels.of(((Fraction(0), Fraction(8)),))
    >>> digits(channels, Fraction(1, 4), [3], Fraction(2))
    >>> channels.depth, channels.network()(5)
    (4, (Fraction(1, 1), Fraction(2, 1)))
    """
    quarter = Fraction(1, 4)
    weights = digit_weights(counts, last)
    largest = sum((w * (count - 1) for w, count in zip(weights, counts, strict=True)), start=last)
    if len(channels.ranges) != 1 or channels.ranges[0][0] < -quarter or channels.ranges[0][1] > largest + quarter:
        raise Unsupported(
            f"a decoder of {len(counts)} digits needs one channel in [0, {format_rational(largest)}]",
            fix="scale the code",
        )
    for place, (weight, count) in enumerate(zip(weights, counts, strict=True)):
        size = place + 1
        zero: Form = (Fraction(0),) * (size + 1)
        channels.affine(
            [*(unit_row(j, size) for j in range(size)), zero], [*channels.ranges, (Fraction(0), Fraction(0))]
        )
        ends = [weight * k for k in range(1, count)]
        steps = [Step(end - 3 * quarter, end - quarter, {size: Fraction(1)}) for end in ends]
        step_shear(channels, alpha, place, steps)
        rest = list(unit_row(place, size + 1))
        rest[size + 1] = (1 - alpha) / 2 - weight
        rows = [unit_row(j, size + 1) for j in range(place)]
        channels.affine(
            [*rows, unit_row(size, size + 1), tuple(rest)],
            [*channels.ranges[:place], (Fraction(0), Fraction(count - 1)), (-quarter, weight - 3 * quarter)],
        )
    channels.mark()


def digit_weights(counts: Sequence[int], last: Fraction) -> tuple[Fraction, ...]:
    """What a digit is worth in the number that `digits` takes apart.

    Guarantee: exact.

    Examples
    --------
    >>> digit_weights([2, 3], Fraction(1))
    (Fraction(6, 1), Fraction(2, 1))
    """
    weights = [last + 1]
    for count in reversed(counts[1:]):
        weights.append(weights[-1] * count)
    return tuple(reversed(weights)) if counts else ()


def clock_values(values: Sequence[Fraction], unit: Fraction) -> tuple[Fraction, ...]:
    """Different numbers near given ones, ``unit floor(v / unit) + unit rank / c``: each tells which it came from.

    The rank is that among the values with the same floor, in the order of the values, and c a power of 2 that is at
    least as large as the largest group; the order of the values is kept, and each is moved by less than `unit`.

    Derived.  Guarantee: exact.

    Examples
    --------
    >>> clock_values([Fraction(1), Fraction(0), Fraction(1)], Fraction(1, 2))
    (Fraction(1, 1), Fraction(0, 1), Fraction(5, 4))
    """
    order = sorted(range(len(values)), key=lambda i: values[i])
    groups: dict[int, list[int]] = {}
    for i in order:
        groups.setdefault(floor(values[i] / unit), []).append(i)
    parts = 1
    while parts < max(map(len, groups.values()), default=1):
        parts *= 2
    found = [Fraction(0)] * len(values)
    for level, members in groups.items():
        for rank, i in enumerate(members):
            found[i] = unit * (level + Fraction(rank, parts))
    return tuple(found)
