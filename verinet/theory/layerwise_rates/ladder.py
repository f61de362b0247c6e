r"""The network of width 2dN + d + 2: encoder, two decoder channels, an accumulator, and one readout a level.

On [0, 1]^d, with ramps of width :math:`\delta` instead of jumps,

.. math:: r^{(0)} = x, \qquad r^{(t)} = N r - \sum_{k=1}^{N-1} \frac{(r - k/N + \delta)^+ - (r - k/N)^+}{\delta},
   \qquad r = r^{(t-1)},

is an affine form of layer t.  Where no :math:`r^{(t-1)}` lies in a ramp :math:`(k/N - \delta, k/N)`, t <= l, it is the
fractional part of :math:`N^l x`, and :math:`\sum_i (N^l x_i - r_i^{(l)}) N^{l i}` is the number of the cell.
Channels of a layer: d carry x; 2N for every coordinate, of which 2N - 1 are used and one is spare; two decode.  The
spare one of the first coordinate adds up the corrections.  Mark: the width, the depth and the two sine channels are the
paper's; the weights are derived.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from verinet.claims.plans import Form
from verinet.networks.activations import RELU, Activation, activation
from verinet.networks.network import Activate, Input, Interval, Network, Vertex
from verinet.theory.layerwise_rates.sines import first_argument
from verinet.theory.minimal_width.channels import affine_of

__all__ = ["EXACT", "SINE", "Correction", "Decoder", "Encoder", "good_sides", "ladder"]

_ZERO, _ONE = Fraction(0), Fraction(1)
#: Bits of one entry of a table in the exact decoder.
ENTRY_BITS = 14


@dataclass(frozen=True, slots=True)
class Decoder:
    r"""How a code becomes a correction: ``size * (gain * second(weight * first(scale * code + shift)) + offset)``.

    Guarantee: exact.

    Examples
    --------
    >>> EXACT.argument(1000), SINE.argument(8)
    ((Fraction(14, 1), Fraction(0, 1)), (Fraction(1, 1), Fraction(1, 1)))
    """

    name: str
    first: Activation
    second: Activation
    gain: Fraction
    offset: Fraction

    def argument(self, cells: int) -> tuple[Fraction, Fraction]:
        """Scale and shift of the code, for a table of so many cells."""
        return (Fraction(ENTRY_BITS), _ZERO) if self.name == "exact" else first_argument(cells)


#: Derived: 2^(14 code), then the fractional part; rational at every code.
EXACT = Decoder("exact", activation("exp2"), activation("frac"), Fraction(2), Fraction(-1))
#: The paper's activations: a sine of the code (of code + 1, for few cells), then the sine of a multiple.
SINE = Decoder("sine", activation("sine"), activation("sine"), _ONE, _ZERO)


@dataclass(frozen=True, slots=True)
class Correction:
    """What the decoder of a level knows: a weight that holds a table, and the size of its values.

    Guarantee: exact.
    """

    weight: Fraction
    size: Fraction


@dataclass(frozen=True, slots=True)
class Encoder:
    """Inputs d, grid N, ramps of width delta; where a layer has which channel.

    Guarantee: exact.

    Examples
    --------
    >>> Encoder(2, 3, Fraction(1, 100)).width
    16
    """

    inputs: int
    grid: int
    ramp: Fraction

    @property
    def width(self) -> int:
        """``2dN + d + 2``."""
        return 2 * self.inputs * self.grid + self.inputs + 2

    def place(self, coordinate: int, offset: int = 0) -> int:
        """The channel of a coordinate: 0 is r itself, 2k - 1 and 2k the ramp at k/N, 2N - 1 the spare one."""
        return self.inputs + 2 * self.grid * coordinate + offset

    def digit(self, coordinate: int) -> dict[int, Fraction]:
        """r of the next level, by channels of this layer."""
        form = {self.place(coordinate): Fraction(self.grid)}
        for k in range(1, self.grid):
            form[self.place(coordinate, 2 * k - 1)] = -1 / self.ramp
            form[self.place(coordinate, 2 * k)] = 1 / self.ramp
        return form

    def code(self, level: int) -> dict[int, Fraction]:
        """The number of the cell of this level, by channels of layer `level`."""
        form: dict[int, Fraction] = {}
        for i in range(self.inputs):
            cells = Fraction(self.grid**level)
            place = cells**i
            form[i] = place * cells
            for channel, factor in self.digit(i).items():
                form[channel] = -place * factor
        return form

    def remainders(self, layer: int) -> list[tuple[Fraction, dict[int, Fraction]]]:
        """Preactivations of the channels of x and r in a layer, in their order; the spare ones are zero."""
        size = self.inputs
        rows: list[tuple[Fraction, dict[int, Fraction]]] = [(_ZERO, {i: _ONE}) for i in range(size)]
        for i in range(size):
            r = {i: _ONE} if layer == 1 else self.digit(i)
            rows.append((_ZERO, r))
            for k in range(1, self.grid):
                rows.append((self.ramp - Fraction(k, self.grid), r))
                rows.append((Fraction(-k, self.grid), r))
            rows.append((_ZERO, {}))
        return rows


def ladder(
    encoder: Encoder, decoder: Decoder, start: Fraction, reach: Fraction, levels: Sequence[Correction]
) -> Network:
    """The network with readouts Phi_1, ..., Phi_L; `start` is Phi_0, and `reach` is added where they are carried.

    Vertices of a lower ladder are the first vertices of a higher one, literally.

    Guarantee: exact.

    Examples
    --------
    >>> one = Correction(Fraction(1, 3), Fraction(1))
    >>> low, high = (ladder(Encoder(1, 2, Fraction(1, 8)), EXACT, Fraction(0), Fraction(2), [one] * k) for k in (1, 2))
    >>> low.level_widths, high.depth, high.vertices[: len(low.vertices)] == low.vertices
    ((7, 7, 7), 4, True)
    """
    size = encoder.inputs
    box: tuple[Interval, ...] = ((_ZERO, _ONE),) * size
    vertices = [Vertex(Input(size, "x"), (), "x")]
    readouts: list[tuple[str, int]] = []
    previous = 0
    for layer in range(1, len(levels) + 3):
        rows = _preactivations(encoder, decoder, start, reach, levels, layer)
        vertices.append(Vertex(affine_of(rows), (previous,), f"affine_{layer}"))
        kinds = (RELU,) * (encoder.width - 2) + (decoder.first, decoder.second)
        vertices.append(Vertex(Activate(kinds), (len(vertices) - 1,), f"layer_{layer}"))
        previous = len(vertices) - 1
        if layer > 2:
            row = _readout(encoder, decoder, reach, levels[layer - 3], _ZERO)
            vertices.append(Vertex(affine_of([row]), (previous,), f"phi_{layer - 2}"))
            readouts.append((f"phi_{layer - 2}", len(vertices) - 1))
    return Network(tuple(vertices), tuple(readouts), box)


def _preactivations(
    encoder: Encoder, decoder: Decoder, start: Fraction, reach: Fraction, levels: Sequence[Correction], layer: int
) -> list[Form]:
    """The rows of the affine map before a layer."""
    sources = encoder.inputs if layer == 1 else encoder.width
    rows = [_form(constant, entries, sources) for constant, entries in encoder.remainders(layer)]
    spare = encoder.place(0, 2 * encoder.grid - 1)
    if layer == 1:
        rows[spare] = _form(start + reach, {}, sources)
    elif layer <= 3:
        rows[spare] = _form(_ZERO, {spare: _ONE}, sources)
    else:
        rows[spare] = _readout(encoder, decoder, reach, levels[layer - 4], reach)
    code = {} if layer == 1 else encoder.code(layer - 1)
    scale, shift = decoder.argument(encoder.grid ** (encoder.inputs * (layer - 1)))
    rows.append(_form(shift, {place: scale * entry for place, entry in code.items()}, sources))
    known = {encoder.width - 2: levels[layer - 3].weight} if layer > 2 else {}
    rows.append(_form(_ZERO, known, sources))
    return rows


def _readout(encoder: Encoder, decoder: Decoder, reach: Fraction, level: Correction, shift: Fraction) -> Form:
    """What is carried, and the correction that the second decoder channel shows in the same layer."""
    spare = encoder.place(0, 2 * encoder.grid - 1)
    entries = {spare: _ONE, encoder.width - 1: level.size * decoder.gain}
    return _form(level.size * decoder.offset - reach + shift, entries, encoder.width)


def _form(constant: Fraction, entries: dict[int, Fraction], size: int) -> Form:
    return (constant, *(entries.get(place, _ZERO) for place in range(size)))


def good_sides(grid: int, ramp: Fraction, level: int) -> Iterator[Interval]:
    r"""The parts of the intervals [k/N^l, (k+1)/N^l] outside of all ramps: closed, for one coordinate.

    The ramp below a multiple of 1/N^l belongs to the first level t at which that is a multiple of 1/N^t: its width is
    :math:`\delta/N^{t-1}`.  All of them together are :math:`l (N-1) \delta` long.

    Guarantee: exact.

    Examples
    --------
    >>> [tuple(map(str, side)) for side in good_sides(2, Fraction(1, 8), 2)]
    [('0', '3/16'), ('1/4', '3/8'), ('1/2', '11/16'), ('3/4', '1')]
    """
    count = grid**level
    for k in range(count):
        end, born = k + 1, level
        while end % grid == 0 and born > 0:
            end, born = end // grid, born - 1
        lost = ramp / grid ** (born - 1) if k + 1 < count else _ZERO
        yield Fraction(k, count), Fraction(k + 1, count) - lost
