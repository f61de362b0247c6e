"""One leaky ReLU: width max{2, dx, dy} is enough in L^p.

The paper's coding scheme, encoder - memorizer - decoder, with exact parts (derived): staircases on all inputs make a
cell a number t, a step shear with t as its clock writes the cell's code, and digits or a clock make the outputs of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from verinet.theory.construction import Construction, Part
from verinet.theory.minimal_width.channels import Channels
from verinet.theory.minimal_width.codebooks import Codebook
from verinet.theory.minimal_width.coded_values import chosen, smallest_resolution
from verinet.theory.minimal_width.coding import (
    Scheme,
    check_claimable,
    check_power,
    claimed_error,
    plan_of,
    scheme,
)
from verinet.theory.minimal_width.functions import Box, read_box, read_targets
from verinet.theory.minimal_width.leaky_steps import Step, bottleneck, ratio, read_alpha, step_shear
from verinet.theory.minimal_width.middles import near_enough
from verinet.theory.minimal_width.staircases import Staircase, climb

__all__ = ["encode", "leaky", "memorize"]


def leaky(
    targets: object,
    *,
    inputs: int,
    alpha: object = "1/4",
    resolution: int | None = None,
    eps: object = None,
    p: int = 2,
    domain: object = None,
) -> Construction:
    r"""A network of one leaky ReLU, constant on cells that fill almost all of a box, near to the targets in L^p.

    .. math:: (\int \sum_k |f_k - \mathrm{net}_k|^p)^{1/p} \le \text{error\_bound}

    Parameters
    ----------
    targets : polynomial, pieces, sympy expression, or a list of polynomials or pieces, one an output
    inputs : int
    alpha : exact number
        The slope on the left: positive, not 1.
    resolution : int
        N cells an input; or
    eps : exact number
        an error to be reached.
    p : int
        Even.
    domain : Polyhedron or intervals, optional
        A box; the unit cube by default.

    Raises
    ------
    Unsupported
        If alpha, p, resolution or eps is out of range, not exactly one of the last two is given, or an L^p error
        against these targets is no claim.
    BudgetExhausted
        If more than 2^16 cells would be needed.

    Notes
    -----
    Width max{2, inputs, outputs} (less for a constant).  Depth ``2(N-1)m + 1 + 2c`` for one output, c being how often
    the value changes from a cell to the next, ``N^dx - 1`` at most; for more outputs one layer more, and
    ``2 sum (count - 1)`` over the digits, or ``2(N^dx - 1)`` for a clock.  Mark: the width is the paper's, the
    construction derived.

    Guarantee: exact (the bound; certified where a target is smooth).

    Source: [rochau2024].

    Examples
    --------
    >>> made = leaky({(1, 1): 1}, inputs=2, resolution=4)
    >>> made.network.width, made.network.depth, float(made.error_bound) < 0.08
    (2, 79, True)
    >>> made.network("1/8", "1/3"), made.facts["repetitions"]
    ((Fraction(3, 64),), 8)
    """
    slope, goal, box = read_alpha(alpha), read_targets(targets, inputs), read_box(domain, inputs)
    power = check_power(p)
    check_claimable(goal)
    fixed, wanted = chosen(resolution, eps, inputs)
    nears = [near_enough(function, box, fixed or 1, wanted) for function in goal.functions]

    def at(n: int) -> Scheme:
        return scheme(nears, box, ratio(slope), n, power, wanted)

    if fixed is None and wanted is not None:
        fixed = smallest_resolution(wanted, inputs, lambda n: at(n).error)
    found = at(fixed or 1)
    channels = Channels.of(box)
    narrow = _append(channels, found, slope)
    network = channels.network()
    return Construction(
        name="minimal-width/leaky",
        theorem="width max{2, dx, dy} for one leaky ReLU in L^p: the paper's (after Cai); the construction: derived",
        network=network,
        parts=_parts(box, found, slope),
        claim=claimed_error(network, goal, nears, box, power, found.error),
        error_bound=found.error,
        norm=f"L{power}",
        plan=plan_of(channels, found.cells, narrow),
        facts=_facts(found, slope),
    )


def encode(channels: Channels, stairs: Staircase, alpha: Fraction) -> None:
    """The inputs become one channel t, in [i, i + 1/2] on the cell of code i.

    Guarantee: exact.

    Examples
    --------
    >>> channels = Channels.of(read_box(None, 2))
    >>> stairs = Staircase((Fraction(0), Fraction(1)), Fraction(1, 6), 2, Fraction(1, 4))
    >>> encode(channels, stairs, Fraction(1, 4))
    >>> channels.depth, channels.network()(1, "1/2")
    (4, (Fraction(139, 96),))
    """
    climb(channels, alpha, stairs)
    weights = [Fraction(stairs.cells**j) for j in range(len(channels.ranges))]
    channels.affine([(Fraction(0), *weights)])


def memorize(channels: Channels, codes: Sequence[Fraction], alpha: Fraction) -> None:
    """From t to ``codes[i]`` on [i, i + 1/2], linear in between: two hinges where the code changes.

    Guarantee: exact.

    Examples
    --------
    >>> channels = Channels.of([(Fraction(0), Fraction(5, 2))])
    >>> memorize(channels, [Fraction(5), Fraction(-7), Fraction(-7)], Fraction(1, 4))
    >>> channels.depth, channels.network()("1/2"), channels.network()(1), channels.network()(2)
    (2, (Fraction(5, 1),), (Fraction(-7, 1),), (Fraction(-7, 1),))
    """
    zero, one, half = Fraction(0), Fraction(1), Fraction(1, 2)
    channels.affine([(zero, one), (codes[0], zero)], [channels.ranges[0], (codes[0], codes[0])])
    steps = [
        Step(i + half, Fraction(i + 1), {1: after - before})
        for i, (before, after) in enumerate(pairwise(codes))
        if after != before
    ]
    step_shear(channels, alpha, 0, steps)
    channels.affine([(zero, zero, one)], [channels.ranges[1]])


def _append(channels: Channels, found: Scheme, alpha: Fraction) -> list[int]:
    """All layers; returns those of one neuron at which the network can be cut."""
    encode(channels, found.stairs, alpha)
    narrow = [channels.depth]
    bottleneck(channels, alpha)
    memorize(channels, found.book.codes, alpha)
    if len(found.book.reach) > 1:
        narrow.append(channels.depth)
        bottleneck(channels, alpha)
    found.book.decoder.decode(channels, alpha)
    return narrow


def _parts(box: Box, found: Scheme, alpha: Fraction) -> tuple[Part, ...]:
    encoder = Channels.of(box)
    encode(encoder, found.stairs, alpha)
    memorizer = Channels.of(encoder.ranges)
    memorize(memorizer, found.book.codes, alpha)
    decoder = Channels.of(memorizer.ranges)
    found.book.decoder.decode(decoder, alpha)
    return (
        Part("encoder", encoder.network("t"), box),
        Part("memorizer", memorizer.network("code"), tuple(encoder.ranges)),
        Part("decoder", decoder.network(), tuple(memorizer.ranges)),
    )


def _facts(found: Scheme, alpha: Fraction) -> dict[str, object]:
    stairs, book = found.stairs, found.book
    return {
        "resolution": stairs.cells,
        "cells": len(book.codes),
        "alpha": alpha,
        "repetitions": stairs.repetitions,
        "encoder depth": 2 * (stairs.cells - 1) * stairs.repetitions,
        "memorizer depth": 2 * book.changes,
        "decoder": _kind(book),
        "decoder depth": book.decoder.depth,
        "bad measure": found.cells.bad,
        "error^p on good cells": found.good,
        "error^p elsewhere at most": found.bad,
    }


def _kind(book: Codebook) -> str:
    counts = getattr(book.decoder, "counts", ())
    return book.decoder.kind + (f" ({', '.join(map(str, counts))})" if counts else "")
