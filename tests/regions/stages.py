"""Networks as plain stages in Fractions, and affine forms on a cell in integers.

Written afresh for the tests: the only things taken from the package are the vertices of a `Network` and the
breakpoints and pieces of its activations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import gcd, lcm
from operator import mul
from typing import Any

from verinet.networks.network import Activate, Affine, Input, Network

Row = tuple[int, ...]  # (r_0, r_1, ..., r_d): the affine form r_0 + r_1 x_1 + ... + r_d x_d, or where it is >= 0
Origin = tuple[int, int, Fraction]  # stage, channel, breakpoint


@dataclass(frozen=True)
class InputStage:
    start: int
    size: int


@dataclass(frozen=True)
class AffineStage:
    sources: tuple[int, ...]
    weight: tuple[tuple[Fraction, ...], ...]
    bias: tuple[Fraction, ...]


@dataclass(frozen=True)
class Bend:
    """A continuous piecewise-affine function: one line (slope, constant) more than breakpoints."""

    breakpoints: tuple[Fraction, ...]
    lines: tuple[tuple[Fraction, Fraction], ...]

    def value(self, z: Fraction) -> Fraction:
        slope, constant = self.lines[sum(z > t for t in self.breakpoints)]
        return slope * z + constant

    def without_straight_points(self) -> Bend:
        bent = [i for i, (before, after) in enumerate(pairwise(self.lines)) if before != after]
        return Bend(tuple(self.breakpoints[i] for i in bent), (self.lines[0], *(self.lines[i + 1] for i in bent)))


@dataclass(frozen=True)
class BentStage:
    sources: tuple[int, ...]
    bends: tuple[Bend, ...]


Stage = InputStage | AffineStage | BentStage


@dataclass(frozen=True)
class Program:
    """Stages in the order of evaluation; a stage reads the concatenated values of its sources."""

    dimension: int
    stages: tuple[Stage, ...]
    readouts: tuple[int, ...]

    @property
    def origins(self) -> tuple[Origin, ...]:
        """Where each bit of a pattern comes from."""
        return tuple(
            (index, channel, t)
            for index, stage in enumerate(self.stages)
            if isinstance(stage, BentStage)
            for channel, bend in enumerate(stage.bends)
            for t in bend.breakpoints
        )


def bend(left: Fraction, right: Fraction) -> Bend:
    """left z below 0, right z above."""
    return Bend((Fraction(0),), ((Fraction(left), Fraction(0)), (Fraction(right), Fraction(0))))


def program_of_layers(
    weights: Sequence[Any], biases: Sequence[Any], left: Sequence[Any] = (), right: Sequence[Any] = ()
) -> Program:
    """Layers of rows; ReLU, or the slopes given for every layer and row."""
    stages: list[Stage] = [InputStage(0, len(weights[0][0]))]
    for index, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
        rows = tuple(tuple(map(Fraction, row)) for row in weight)
        stages.append(AffineStage((len(stages) - 1,), rows, tuple(map(Fraction, bias))))
        if index < len(weights) - 1:
            lefts = left[index] if left else [Fraction(0)] * len(rows)
            rights = right[index] if right else [Fraction(1)] * len(rows)
            stages.append(BentStage((len(stages) - 1,), tuple(map(bend, lefts, rights))))
    return Program(len(weights[0][0]), tuple(stages), (len(stages) - 1,))


def program_of_network(network: Network) -> Program:
    """One stage a vertex, so that origins carry the network's own vertex numbers.

    Breakpoints where the slope stays the same are left out.
    """
    stages: list[Stage] = []
    start = 0
    for vertex in network.vertices:
        match vertex.operation:
            case Input(size=size):
                stages.append(InputStage(start, size))
                start += size
            case Affine(weight=weight, bias=bias):
                rows = tuple(tuple(weight[i, j] for j in range(weight.columns)) for i in range(weight.rows))
                stages.append(AffineStage(vertex.sources, rows, tuple(bias[i, 0] for i in range(weight.rows))))
            case Activate(activations=activations):
                bends = []
                for act in activations:
                    if not (act.is_affine and act.is_continuous):
                        raise ValueError(f"{act} is not continuous and piecewise affine")
                    lines = tuple((p[1] if len(p) > 1 else Fraction(0), p[0]) for p in act.pieces)
                    bends.append(Bend(act.breakpoints, lines).without_straight_points())
                stages.append(BentStage(vertex.sources, tuple(bends)))
    return Program(start, tuple(stages), tuple(index for _, index in network.readouts))


def program_of_split(split: Any) -> Program:
    """A network already written as rows bent at 0 and rows carried on; origins are (stage, row, 0)."""
    stages: list[Stage] = [InputStage(0, split.input_size)]
    identity = Bend((), ((Fraction(1), Fraction(0)),))
    for layer in split.layers:
        stages.append(_affine_stage(len(stages) - 1, layer.weight, layer.bias))
        bends = tuple(map(bend, layer.left, layer.right)) + (identity,) * (layer.weight.rows - layer.splits)
        stages.append(BentStage((len(stages) - 1,), bends))
    stages.append(_affine_stage(len(stages) - 1, split.weight, split.bias))
    return Program(split.input_size, tuple(stages), (len(stages) - 1,))


def _affine_stage(source: int, weight: Any, bias: Any) -> AffineStage:
    rows = tuple(tuple(weight[i, j] for j in range(weight.columns)) for i in range(weight.rows))
    return AffineStage((source,), rows, tuple(bias[i, 0] for i in range(weight.rows)))


def _dot(row: Sequence[Fraction], values: Sequence[Fraction]) -> Fraction:
    return sum((w * v for w, v in zip(row, values, strict=True) if w and v), Fraction(0))


def evaluate(program: Program, x: Sequence[Fraction]) -> tuple[list[Fraction], list[Fraction]]:
    """The outputs at a point, and for each origin the value of z - t there: plain Fractions, no forms."""
    values: list[list[Fraction]] = []
    margins: list[Fraction] = []
    for stage in program.stages:
        if isinstance(stage, InputStage):
            values.append(list(x[stage.start : stage.start + stage.size]))
            continue
        given = [v for source in stage.sources for v in values[source]]
        if isinstance(stage, AffineStage):
            for_row = zip(stage.weight, stage.bias, strict=True)
            values.append([_dot(row, given) + constant for row, constant in for_row])
        else:
            margins += [z - t for z, bend in zip(given, stage.bends, strict=True) for t in bend.breakpoints]
            values.append([bend.value(z) for z, bend in zip(given, stage.bends, strict=True)])
    return [v for index in program.readouts for v in values[index]], margins


# --- affine forms on a cell: integer rows over one positive denominator ---------------------------------------------


@dataclass(frozen=True)
class Forms:
    rows: tuple[Row, ...]
    over: int


def integer_row(entries: Sequence[Fraction]) -> Row:
    """The shortest positive multiple in integers."""
    over = lcm(*(entry.denominator for entry in entries))
    return shortest([entry.numerator * (over // entry.denominator) for entry in entries])


def shortest(entries: Sequence[int]) -> tuple[int, ...]:
    common = gcd(*entries) or 1
    return tuple(entry // common for entry in entries)


def joined(parts: Sequence[Forms]) -> Forms:
    if len(parts) == 1:
        return parts[0]
    over = lcm(*(part.over for part in parts))
    return Forms(
        tuple(tuple(entry * (over // part.over) for entry in row) for part in parts for row in part.rows), over
    )


def _reduced(rows: list[list[int]], over: int) -> Forms:
    common = gcd(over, *(entry for row in rows for entry in row))
    return Forms(tuple(tuple(entry // common for entry in row) for row in rows), over // common)


class IntegerAffine:
    """An affine stage over one denominator."""

    def __init__(self, stage: AffineStage) -> None:
        self.sources = stage.sources
        self.over = lcm(*(e.denominator for row in (*stage.weight, stage.bias) for e in row))
        self.weight = [[int(e * self.over) for e in row] for row in stage.weight]
        self.bias = [int(e * self.over) for e in stage.bias]

    def apply(self, given: Forms, dimension: int) -> Forms:
        columns = [[row[k] for row in given.rows] for k in range(dimension + 1)]
        rows = [[sum(map(mul, weights, column)) for column in columns] for weights in self.weight]
        for row, constant in zip(rows, self.bias, strict=True):
            row[0] += constant * given.over
        return _reduced(rows, self.over * given.over)


def after_bends(stage: BentStage, given: Forms, bits: Sequence[int]) -> Forms:
    """The forms behind the bends, on a cell where the bits say on which side of every breakpoint it lies."""
    over = lcm(*(e.denominator for bend in stage.bends for line in bend.lines for e in line))
    rows = []
    place = 0
    for row, bend in zip(given.rows, stage.bends, strict=True):
        slope, constant = bend.lines[sum(bits[place : place + len(bend.breakpoints)])]
        place += len(bend.breakpoints)
        new = [int(slope * over) * entry for entry in row]
        new[0] += int(constant * over) * given.over
        rows.append(new)
    return _reduced(rows, over * given.over)


def margin_row(row: Row, over: int, t: Fraction) -> Row:
    """A positive multiple of z - t."""
    return shortest([row[0] * t.denominator - t.numerator * over, *(entry * t.denominator for entry in row[1:])])
