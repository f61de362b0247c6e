"""The ``.nnet`` text format: plain ReLU networks with input ranges and a normalisation.

Decimals are the rationals they spell: ``0.1`` is 1/10.

The file holds a *raw* network r, which works on normalised numbers, and for each input i a minimum, a
maximum, a mean m_i and a range s_i, for all outputs one mean m and one range s.  The function in physical
units is

    f(x) = s r((x_1 - m_1)/s_1, ..., (x_n - m_n)/s_n) + m.

By default the raw network is read, its domain the normalised box [(min - m_i)/s_i, (max - m_i)/s_i]; with
``physical=True`` the function f, its domain the box [min, max].  Tools that clip inputs to the box agree with
both on the domain; outside of it nothing is clipped here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from verinet.errors import BadFormat, EmptyDomain, InexactInput, NotANumber
from verinet.exact.linalg import Matrix
from verinet.exact.rationals import Q, format_rational
from verinet.networks.build import affine_after, compose, layered
from verinet.networks.formats.layers import relu_layers
from verinet.networks.formats.reading import Reading, ReadOptions
from verinet.networks.network import Network

#: Largest size of a layer and largest number of layers that are believed before the numbers are read.
_LARGEST = 10**6


class _Lines:
    """The lines of numbers, comments and blank lines left out; remembers where it is."""

    def __init__(self, text: str) -> None:
        # not str.splitlines: a form feed or a U+2028 in a comment must not begin a line of numbers
        lines = enumerate(re.split("\r\n|\r|\n", text), start=1)
        self._lines: Iterator[tuple[int, str]] = (
            (number, line) for number, line in lines if line.strip() and not line.lstrip().startswith("//")
        )
        self.number = 0

    def entries(self, what: str, count: int | None = None) -> list[str]:
        """The comma-separated entries of the next line."""
        found = next(self._lines, None)
        if found is None:
            raise BadFormat(
                f"a .nnet file needs {what}, got the end of the file", fix="check that the file is complete"
            )
        self.number, line = found
        entries = [entry.strip() for entry in line.strip().removesuffix(",").split(",")]
        if count is not None and len(entries) != count:
            raise BadFormat(
                f"a .nnet file needs {count} entries for {what}, got {len(entries)}",
                fix="check the sizes in the header",
                where=f"line {self.number}",
            )
        return entries

    def integers(self, what: str, count: int | None = None) -> list[int]:
        """Positive integers."""
        entries = self.entries(what, count)
        if not all(e.isascii() and e.isdigit() and len(e) <= 7 and 0 < int(e) <= _LARGEST for e in entries):
            raise BadFormat(
                f"a .nnet file needs whole numbers from 1 to {_LARGEST} for {what}",
                fix="check the header",
                where=f"line {self.number}",
            )
        return [int(entry) for entry in entries]

    def rationals(self, what: str, count: int) -> list[Fraction]:
        """Decimals, read exactly."""
        try:
            return [_decimal(entry) for entry in self.entries(what, count)]
        except NotANumber as error:
            raise NotANumber(error.problem, fix=error.fix, where=f"line {self.number}, {what}") from None

    def finish(self) -> None:
        """Nothing but comments may follow."""
        found = next(self._lines, None)
        if found is not None:
            raise BadFormat(
                "a .nnet file ends after its last bias, got more numbers",
                fix="check the sizes in the header",
                where=f"line {found[0]}",
            )


def _decimal(text: str) -> Fraction:
    if "/" in text:
        raise NotANumber(f"a .nnet number is a decimal, got {text[:40]!r}", fix="write decimals")
    return Q(text if text.startswith("+-") else text.removeprefix("+"))


def read_nnet(text: str, *, physical: bool = False) -> Network:
    """The network of a .nnet text.

    Parameters
    ----------
    text : str
    physical : bool
        Read the function in physical units instead of the raw network (see the module's text).

    Raises
    ------
    BadFormat
        For missing, surplus or misplaced numbers; NotANumber for NaN, infinities and huge exponents;
        EmptyDomain when a minimum exceeds its maximum.

    Examples
    --------
    >>> text = "1,1,1,1,\\n1,1,\\n0\\n-1,\\n1,\\n0,0,\\n1,1,\\n2.5,\\n0.1,\\n"
    >>> read_nnet(text)(1), read_nnet(text).domain
    ((Fraction(13, 5),), ((Fraction(-1, 1), Fraction(1, 1)),))

    Guarantee: exact.
    """
    return nnet_reading(text, ReadOptions(physical=physical)).network


def nnet_reading(text: str, options: ReadOptions) -> Reading:
    """The network of a .nnet text, and whether a normalisation was applied; see `read_nnet`.

    Guarantee: exact.
    """
    lines = _Lines(text)
    count, inputs, outputs, _ = lines.integers("layers, inputs, outputs and largest layer", 4)
    sizes = lines.integers("the layer sizes", count + 1)
    if sizes[0] != inputs or sizes[-1] != outputs:
        raise BadFormat(
            f"the layer sizes {sizes[0]}, ..., {sizes[-1]} do not fit {inputs} inputs and {outputs} outputs",
            fix="check the header",
            where=f"line {lines.number}",
        )
    lines.entries("the unused flag")
    low, high = lines.rationals("the input minima", inputs), lines.rationals("the input maxima", inputs)
    means, spreads = lines.rationals("the means", inputs + 1), lines.rationals("the ranges", inputs + 1)
    _check_normalisation(low, high, spreads)
    weights, biases = [], []
    for layer in range(count):
        before, after = sizes[layer], sizes[layer + 1]
        rows = [lines.rationals(f"row {i} of layer {layer + 1}", before) for i in range(after)]
        weights.append(Matrix.from_rows(rows))
        column = [lines.rationals(f"bias {i} of layer {layer + 1}", 1)[0] for i in range(after)]
        biases.append(Matrix.column(column))
    lines.finish()
    raw = layered(weights, biases)
    if not any(means) and set(spreads) == {1}:
        return Reading(raw.with_domain(list(zip(low, high, strict=True))))
    if options.physical:
        network = _physical(raw, means, spreads).with_domain(list(zip(low, high, strict=True)))
        return Reading(network, normalisation="applied")
    normalised = [((a - m) / s, (b - m) / s) for a, b, m, s in zip(low, high, means[:-1], spreads[:-1], strict=True)]
    return Reading(raw.with_domain(normalised), normalisation="not applied")


def _check_normalisation(low: Sequence[Fraction], high: Sequence[Fraction], spreads: Sequence[Fraction]) -> None:
    if any(a > b for a, b in zip(low, high, strict=True)):
        raise EmptyDomain(
            "a .nnet file needs each input minimum at most its maximum",
            fix="swap them",
            where="the input ranges",
        )
    if any(s <= 0 for s in spreads):
        raise BadFormat("a .nnet file needs positive ranges", fix="write 1 for no scaling", where="the ranges")


def _physical(raw: Network, means: Sequence[Fraction], spreads: Sequence[Fraction]) -> Network:
    n, m = raw.input_size, raw.output_size
    inverse = Matrix.from_rows([[1 / spreads[i] if i == j else 0 for j in range(n)] for i in range(n)])
    shift = Matrix.column([-mean / spread for mean, spread in zip(means[:-1], spreads[:-1], strict=True)])
    scaled = affine_after(raw, Matrix.identity(m).scale(spreads[-1]), Matrix.column([means[-1]] * m))
    return compose(scaled, layered([inverse], [shift]))


def write_nnet(network: Network) -> str:
    """The .nnet text of a plain ReLU network with a domain, without normalisation (means 0, ranges 1).

    Raises
    ------
    InexactInput
        When a number has no finite decimal (1/3, say): nothing is rounded silently.
    Unsupported
        When the network is not affine, ReLU, affine, ..., affine.
    BadFormat
        When it has no domain, which the format demands.

    Guarantee: exact.
    """
    if network.domain is None:
        raise BadFormat("a .nnet file needs input ranges, the network has no domain", fix="use with_domain first")
    layers = relu_layers(network)
    sizes = [network.input_size] + [weight.rows for weight, _ in layers]
    lines = ["// written by verinet; every decimal is exact"]
    lines.append(f"{len(layers)},{sizes[0]},{sizes[-1]},{max(sizes)},")
    lines.append("".join(f"{size}," for size in sizes))
    lines.append("0,")
    lines.append(_line([low for low, _ in network.domain]))
    lines.append(_line([high for _, high in network.domain]))
    lines += ["0," * (sizes[0] + 1), "1," * (sizes[0] + 1)]
    for weight, bias in layers:
        lines += [_line(row) for row in weight.to_rows()]
        lines += [_line(row) for row in bias.to_rows()]
    return "\n".join(lines) + "\n"


def _line(entries: Sequence[Fraction]) -> str:
    return "".join(f"{exact_decimal(entry)}," for entry in entries)


def exact_decimal(q: Fraction) -> str:
    """The finite decimal of a rational.

    Raises
    ------
    InexactInput
        When there is none.

    Examples
    --------
    >>> exact_decimal(Fraction(-3, 8)), exact_decimal(Fraction(7))
    ('-0.375', '7')

    Guarantee: exact.
    """
    twos = (q.denominator & -q.denominator).bit_length() - 1
    rest, fives = q.denominator >> twos, 0
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        raise InexactInput(
            f"the format writes decimals, got {format_rational(q)[:60]}, which has no finite one",
            fix="write verinet's own JSON, which keeps every rational",
        )
    places = max(twos, fives)
    digits = format_rational(Fraction(abs(q.numerator) * 10**places // q.denominator)).rjust(places + 1, "0")
    sign = "-" if q < 0 else ""
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)
