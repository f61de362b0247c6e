"""The chain of layers that the kernel reads: a network with its graph flattened, exactly.

Levels are longest paths.  Affine maps that follow each other are multiplied out, so that every layer is one
affine map and one activation a unit; a value used further down is carried by identity units; the last layer
has identity units only, one for each entry of y, in the order of the readouts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from verinet.errors import BudgetExhausted, Unsupported
from verinet.exact.linalg import Matrix
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import format_hex
from verinet.networks.activations import IDENTITY, Activation
from verinet.networks.network import Activate, Affine, Input, Network
from verinet.networks.tables import Table, common_denominator, kernel_table

#: Weights of one layer, zeros included: beyond it a chain is refused instead of filling the memory.
LARGEST_LAYER = 5 * 10**7
#: A neuron or an input of the network: (vertex index, channel).
Origin = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Layer:
    """One affine map and its activations, in integers.

    Parameters
    ----------
    weights_over : int
        The denominator of all rows.
    activations_over : int
        The denominator of all tables.
    activations : tuple of Table
        Each table once, in the order of first use.
    units : tuple of (tuple of int, int)
        Row of the unit, bias first, then one weight a value of the layer before; index of its table.
    origins : tuple of (int, int)
        Vertex and channel of the network that each unit computes or carries (no part of the format; of the
        last layer, the readouts).

    Guarantee: exact.
    """

    weights_over: int
    activations_over: int
    activations: tuple[Table, ...]
    units: tuple[tuple[tuple[int, ...], int], ...]
    origins: tuple[Origin, ...] = field(compare=False, default=())

    __repr__ = spelled_fields

    def to_json(self) -> dict[str, Any]:
        """The layer as the certificate format writes it: numbers as hexadecimal strings."""
        return {
            "weights_over": format_hex(self.weights_over),
            "activations_over": format_hex(self.activations_over),
            "activations": [[piece.to_json(self.activations_over) for piece in table] for table in self.activations],
            "units": [[[format_hex(entry) for entry in row], which] for row, which in self.units],
        }


@dataclass(frozen=True, slots=True)
class Chain:
    """The layers of a network, first to last.

    Parameters
    ----------
    layers : tuple of Layer
    input_size : int

    Guarantee: exact.
    """

    layers: tuple[Layer, ...]
    input_size: int

    @property
    def output_size(self) -> int:
        """Number of outputs."""
        return len(self.layers[-1].units)

    def to_json(self) -> list[dict[str, Any]]:
        """The list of layers exactly as it stands in a certificate."""
        return [layer.to_json() for layer in self.layers]


@dataclass(frozen=True, slots=True)
class _Form:
    """An affine form in atoms (inputs and neurons): a block of columns a group, and a bias.

    The block None is the identity: the atoms of that group themselves, which are often many.
    """

    blocks: dict[int, Matrix | None]
    bias: Matrix

    @property
    def height(self) -> int:
        return self.bias.rows

    def block(self, group: int) -> Matrix:
        found = self.blocks[group]
        return _identity(self.height) if found is None else found

    def rows(self, indices: Sequence[int]) -> _Form:
        return _Form({g: self.block(g).take_rows(indices) for g in self.blocks}, self.bias.take_rows(indices))


@dataclass(frozen=True, slots=True)
class _Group:
    """The atoms of one vertex: its inputs (level 0, no form) or its neurons with their preactivations."""

    level: int
    origins: tuple[Origin, ...]
    preactivation: _Form | None = None
    tables: tuple[Table, ...] = ()


def chain(network: Network, curved: bool = False) -> Chain:
    """The kernel's layers of a network.

    Every neuron becomes a unit, used or not; identity channels become part of the affine maps.  For floor
    and frac the network needs a domain, whose certified range bounds their tables.  If `curved`, the activations of
    the last layer before the readouts may be polynomial (repu, power).

    Raises
    ------
    Unsupported
        When an activation is smooth, or polynomial elsewhere, named with its vertex; or periodic without a domain.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> for layer in chain(network(x, relu(2 * x) + x)).to_json():
    ...     print(layer["weights_over"], layer["units"])
    1 [[['0', '2'], 0], [['0', '1'], 1]]
    1 [[['0', '1', '1'], 0]]

    Guarantee: exact.
    """
    groups, readout = _forms(network, curved)
    last = max(group.level for group in groups) + 1
    groups = _with_curves_last(network, groups, last - 1)
    layers: list[Layer] = []
    identity = kernel_table(IDENTITY)
    before: list[tuple[int, Sequence[int]]] = [
        (g, range(len(group.origins))) for g, group in enumerate(groups) if group.level == 0
    ]
    for level in range(1, last):
        fresh = [g for g, group in enumerate(groups) if group.level == level]
        later = [group.preactivation for group in groups if group.level > level and group.preactivation]
        carried = _used([*later, readout], [g for g, _ in before], groups)
        after: list[tuple[int, Sequence[int]]] = [(g, range(len(groups[g].origins))) for g in fresh]
        after += [(g, channels) for g, channels in carried.items()]
        forms = [form for g in fresh if (form := groups[g].preactivation) is not None]
        weights = [_weights(form, before) for form in forms]
        weights += [_carry(g, channels, before) for g, channels in carried.items()]
        biases = [form.bias for form in forms]
        biases += [Matrix.zeros(len(channels), 1) for channels in carried.values()]
        tables = [table for g in fresh for table in groups[g].tables]
        tables += [identity] * sum(len(channels) for channels in carried.values())
        origins = [groups[g].origins[channel] for g, channels in after for channel in channels]
        layers.append(_layer(_stack(biases).hstack(_stack(weights)), tables, origins))
        before = after
    origins = [(v, channel) for _, v in network.readouts for channel in range(network.sizes[v])]
    matrix = readout.bias.hstack(_weights(readout, before))
    layers.append(_layer(matrix, [identity] * matrix.rows, origins))
    return Chain(tuple(layers), network.input_size)


def _with_curves_last(network: Network, groups: Sequence[_Group], last: int) -> list[_Group]:
    """Polynomial pieces stand in the last layer: what followed them would bend along curves."""
    used = {g for group in groups if group.preactivation for g in group.preactivation.blocks}
    moved = list(groups)
    for g, group in enumerate(groups):
        bent = [place for place, table in enumerate(group.tables) if any(piece.curve for piece in table)]
        if bent and g in used:
            vertex, channel = group.origins[bent[0]]
            raise Unsupported(
                "a polynomial activation is followed by other activations, which would bend along curves",
                fix="let only affine maps follow repu and power",
                where=f"vertex {vertex} {network.vertices[vertex].name!r}, channel {channel}",
            )
        if bent:
            moved[g] = replace(group, level=last)
    return moved


def _forms(network: Network, curved: bool) -> tuple[list[_Group], _Form]:
    """All groups of atoms, and y as a form in them."""
    groups: list[_Group] = []
    forms: list[_Form] = []
    for index, vertex in enumerate(network.vertices):
        match vertex.operation:
            case Input(size=size):
                groups.append(_Group(0, tuple((index, channel) for channel in range(size))))
                forms.append(_Form({len(groups) - 1: None}, Matrix.zeros(size, 1)))
            case Affine(weight=weight, bias=bias):
                forms.append(_compose(weight, bias, [forms[source] for source in vertex.sources]))
            case Activate(activations=activations):
                below = forms[vertex.sources[0]]
                forms.append(_activated(network, index, activations, below, groups, curved))
    readout = _join([forms[index] for _, index in network.readouts], groups)
    return groups, readout


def _activated(
    network: Network,
    index: int,
    activations: tuple[Activation, ...],
    below: _Form,
    groups: list[_Group],
    curved: bool,
) -> _Form:
    """The form of an activation vertex; its neurons become a new group of atoms."""
    neurons = [i for i, activation in enumerate(activations) if not activation.is_identity]
    if not neurons:
        return below
    tables = {channel: _table(network, index, channel, activations[channel], curved) for channel in neurons}
    bent = {channel for channel in neurons if any(piece.curve for piece in tables[channel])}
    size = len(activations)
    passed: dict[int, Matrix | None] = {}
    # polynomial channels are a group of their own: it may have to stand in a later layer
    for part in ([i for i in neurons if i not in bent], sorted(bent)):
        if not part:
            continue
        form = below if len(part) == size else below.rows(part)
        level = 1 + max((groups[g].level for g in form.blocks), default=0)
        groups.append(_Group(level, tuple((index, i) for i in part), form, tuple(tables[i] for i in part)))
        passed[len(groups) - 1] = None if len(part) == size else _columns(part, size)
    if len(neurons) == size:
        return _Form(passed, Matrix.zeros(size, 1))
    _affordable(size, size)
    keep = Matrix.from_integers([[int(i == j and i not in tables) for j in range(size)] for i in range(size)])
    rest = _compose(keep, Matrix.zeros(size, 1), [below])
    return _Form({**rest.blocks, **passed}, rest.bias)


def _columns(part: Sequence[int], size: int) -> Matrix:
    """Unit vectors of the channels of a part among all."""
    _affordable(size, len(part))
    place = {channel: position for position, channel in enumerate(part)}
    return Matrix.from_integers([[int(place.get(i) == j) for j in range(len(part))] for i in range(size)])


def _table(network: Network, index: int, channel: int, activation: Activation, curved: bool) -> Table:
    low: Fraction | None = None
    high: Fraction | None = None
    where = f"vertex {index} {network.vertices[index].name!r}, channel {channel}"
    try:
        if activation.kind == "periodic" and network.domain is not None:
            low, high = network.certified_range()[network.vertices[index].sources[0]][channel]
        return kernel_table(activation, low, high, curved)
    except Unsupported as error:
        raise Unsupported(error.problem, fix=error.fix, where=where) from None


def _compose(weight: Matrix, bias: Matrix, sources: Sequence[_Form]) -> _Form:
    """weight (source_1, source_2, ...) + bias, multiplied out."""
    blocks: dict[int, Matrix] = {}
    start = 0
    for source in sources:
        rows = source.height
        part = weight if len(sources) == 1 else weight.take_columns(range(start, start + rows))
        start += rows
        bias = bias + part @ source.bias
        for g, block in source.blocks.items():
            product = part if block is None else part @ block
            blocks[g] = blocks[g] + product if g in blocks else product
    return _Form({g: block for g, block in blocks.items() if not block.is_zero()}, bias)


def _join(forms: Sequence[_Form], groups: Sequence[_Group]) -> _Form:
    """Several forms on top of each other."""
    if len(forms) == 1:
        return forms[0]
    blocks: dict[int, Matrix | None] = {}
    for g in dict.fromkeys(g for form in forms for g in form.blocks):
        columns = len(groups[g].origins)
        parts = [form.block(g) if g in form.blocks else _zeros(form.height, columns) for form in forms]
        blocks[g] = _stack(parts)
    return _Form(blocks, _stack([form.bias for form in forms]))


def _used(forms: Sequence[_Form], candidates: Sequence[int], groups: Sequence[_Group]) -> dict[int, list[int]]:
    """For each group among the candidates, the channels that some form needs."""
    used: dict[int, list[int]] = {}
    for g in candidates:
        columns: set[int] = set()
        for form in forms:
            if g not in form.blocks:
                continue
            block = form.blocks[g]
            if block is None:
                columns |= set(range(len(groups[g].origins)))
            else:
                columns |= {j for row in block.numerators() for j, entry in enumerate(row) if entry}
        if columns:
            used[g] = sorted(columns)
    return used


def _weights(form: _Form, before: Sequence[tuple[int, Sequence[int]]]) -> Matrix:
    """The rows of a form over the values of the layer before."""
    parts = []
    for g, channels in before:
        if g not in form.blocks:
            parts.append(_zeros(form.height, len(channels)))
        else:
            block = form.block(g)
            parts.append(block if len(channels) == block.columns else block.take_columns(channels))
    return parts[0].hstack(*parts[1:]) if len(parts) != 1 else parts[0]


def _identity(size: int) -> Matrix:
    _affordable(size, size)
    return Matrix.identity(size)


def _zeros(rows: int, columns: int) -> Matrix:
    _affordable(rows, columns)
    return Matrix.zeros(rows, columns)


def _affordable(rows: int, columns: int) -> None:
    if rows * columns > LARGEST_LAYER:
        raise BudgetExhausted(
            f"the kernel reads dense rows, and a layer needs {rows} x {columns} weights, more than {LARGEST_LAYER}",
            fix="read out or carry fewer values; fix unused inputs to constants",
        )


def _carry(group: int, channels: Sequence[int], before: Sequence[tuple[int, Sequence[int]]]) -> Matrix:
    """Unit vectors that select channels of a group among the values of the layer before."""
    place = {(g, channel): i for i, (g, channel) in enumerate((g, c) for g, known in before for c in known)}
    width = len(place)
    _affordable(len(channels), width)
    rows = [[0] * width for _ in channels]
    for row, channel in zip(rows, channels, strict=True):
        row[place[group, channel]] = 1
    return Matrix.from_integers(rows, columns=width)


def _stack(parts: Sequence[Matrix]) -> Matrix:
    return parts[0].vstack(*parts[1:]) if len(parts) > 1 else parts[0]


def _layer(matrix: Matrix, tables: Sequence[Table], origins: Sequence[Origin]) -> Layer:
    distinct = {table: place for place, table in enumerate(dict.fromkeys(tables))}
    units = tuple((tuple(row), distinct[table]) for row, table in zip(matrix.numerators(), tables, strict=True))
    return Layer(matrix.denominator, common_denominator(distinct), tuple(distinct), units, tuple(origins))
