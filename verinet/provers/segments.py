"""Through a bottleneck: a block of layers that depends on one value is proved equal to one layer of tables, once.

A case of the proof then crosses the block in one layer.  With k cells before the bottleneck and a block of depth D
the steps are k, and not k times D; the block itself is a function of one variable, which has few cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from math import lcm, prod
from typing import Any

from verinet import kernel
from verinet.kernel import Domain, Layer, Statement
from verinet.provers.tree import Steps, search
from verinet.work import Budget

Json = dict[str, Any]
Interval = tuple[Fraction, Fraction]
Line = tuple[Fraction, Fraction]  # offset, slope
#: Layers with activations that a block must have at least to be worth a table.
DEPTH = 2
#: More cells than this on the block's line, and the steps go through its layers.
MOST_CELLS = 5000


def shortened(statement: Statement, budget: Budget) -> tuple[Statement, list[Json]] | None:
    """The statement with its bottlenecks shortened, as the kernel shortens it, and the segments that show it.

    Returns
    -------
    None
        If no network has a bottleneck that is worth it: unbounded domains, jumps and curves are left as they are.
    """
    domain = statement.domain
    if domain is None or any(None in ends for ends in domain.box) or statement.kind in kernel.COUNTS:
        return None
    segments: list[Json] = []
    for place, network in enumerate(statement.networks):
        segment = _segment(network, domain, budget)
        if segment is not None:
            segments.append({"network": place, **segment})
    return (kernel.shorten(statement, segments, ""), segments) if segments else None


def _segment(network: Sequence[Layer], domain: Domain, budget: Budget) -> Json | None:
    found = _bottleneck(network)
    if found is None or not kernel.continuous(list(network[found[0] :])):
        return None
    start, column = found
    low, high = _ranges(network[:start], domain)[column - 1]
    over = lcm(low.denominator, high.denominator)
    ends = (int(low * over), int(high * over))
    first = network[start]
    block = [first._replace(weights=[[row[0], row[column]] for row in first.weights]), *network[start + 1 :]]
    pieces = _pieces(block, Domain(over, [ends], []), budget)
    if pieces is None:
        return None
    text = _layer(pieces, (low, high))
    (layer,) = kernel.read_network([text], "segment", 1)
    line = Domain(layer.activations_over, [(layer.tables[0][0].until, layer.tables[0][-2].until)], [])
    clauses = kernel.equality(len(block[-1].weights), len(layer.weights), 1)
    outcome = search(Statement("equal", [block, [layer]], line, clauses, [], (1, []), None, [], 1), budget)
    if not isinstance(outcome, Steps):
        return None
    return {"first": start, "last": len(network) - 1, "layer": text, "steps": list(outcome.steps)}


def _bottleneck(network: Sequence[Layer]) -> tuple[int, int] | None:
    """The first layer after others that depends on one value only, and that value's column; the block is the rest."""
    for start in range(1, len(network)):
        weights = network[start].weights
        used = [column for column in range(1, len(weights[0])) if any(row[column] for row in weights)]
        bent = sum(any(len(table) > 1 for table in layer.tables) for layer in network[start:])
        if len(used) == 1 and bent >= DEPTH:
            return start, used[0]
    return None


def _ranges(layers: Sequence[Layer], domain: Domain) -> list[Interval]:
    """Intervals that hold the values after these layers, by exact interval arithmetic."""
    values: list[Interval] = [(Fraction(a or 0, domain.over), Fraction(b or 0, domain.over)) for a, b in domain.box]
    for layer in layers:
        after: list[Interval] = []
        for row, table in zip(layer.weights, layer.tables, strict=True):
            ends = [sorted((w * low, w * high)) for w, (low, high) in zip(row[1:], values, strict=True)]
            low, high = (Fraction(row[0] + sum(end[side] for end in ends), layer.over) for side in (0, 1))
            levels = _levels(table, layer.activations_over, low, high)
            after.append((min(levels), max(levels)))
        values = after
    return values


def _levels(table: Sequence[kernel.Piece], q: int, low: Fraction, high: Fraction) -> list[Fraction]:
    """Values at the ends of every piece within [low, high]."""
    found: list[Fraction] = []
    start = low
    for piece in table:
        stop = high if piece.until is None else min(high, Fraction(piece.until, q))
        if start <= stop and piece.slope is not None:
            found += [Fraction(piece.slope * z + piece.offset, q) for z in (start, stop)]
        start = max(start, stop)
    return found or [Fraction(0)]


def _pieces(block: list[Layer], domain: Domain, budget: Budget) -> list[tuple[Fraction, list[Line]]] | None:
    """A point of each cell of the line from left to right, and the affine forms of all outputs there."""
    outcome = search(Statement("linear-regions", [block], domain, [], [], (1, [0]), None, [], 1), budget)
    if not isinstance(outcome, Steps) or not 0 < len(outcome.cells) <= MOST_CELLS:
        return None
    over = prod(layer.over * layer.activations_over for layer in block)
    cells = [
        (Fraction(at[0], below), [(Fraction(row[0], over), Fraction(row[1], over)) for row in forms])
        for (below, at), forms in outcome.cells
    ]
    return sorted(cells, key=lambda cell: cell[0])


def _layer(pieces: Sequence[tuple[Fraction, list[Line]]], ends: Interval) -> Json:
    """One unit an output, whose table is the function on the interval and nothing outside it."""
    tables = []
    for output in range(len(pieces[0][1])):
        lines = [forms[output] for _, forms in pieces]
        bends = [(before, after) for before, after in pairwise(lines) if before != after]
        breaks = [(before[0] - after[0]) / (after[1] - before[1]) for before, after in bends]
        tables.append(([ends[0], *breaks, ends[1]], [lines[0], *(after for _, after in bends)]))
    numbers = [number for breaks, lines in tables for number in [*breaks, *(part for line in lines for part in line)]]
    q = lcm(*(number.denominator for number in numbers))

    def text(number: Fraction) -> str:
        return format(int(number * q), "x")

    activations = []
    for breaks, lines in tables:
        inner = [[text(t), "left", text(s), text(c)] for t, (c, s) in zip(breaks[1:], lines, strict=True)]
        activations.append([[text(breaks[0]), "right", "none"], *inner, ["none"]])
    units = [[["0", "1"], place] for place in range(len(tables))]
    return {"weights_over": "1", "activations_over": format(q, "x"), "activations": activations, "units": units}
