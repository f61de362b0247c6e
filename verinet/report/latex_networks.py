r"""LaTeX of a network: its matrices where they fit on a page, its sizes otherwise.

What is printed is the chain of layers that the kernel read: v_0 = x, v_k = rho_k(A_k v_{k-1} + b_k),
f(x) = A_L v_{L-1} + b_L.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from verinet.kernel import Layer, Piece
from verinet.report.latex_formulas import linear_sum, number

Table = tuple[Piece, ...]

#: Limits of what is printed as matrices: columns (amsmath's own is 10), rows, layers, width of a row in letters.
MOST_COLUMNS = 8
MOST_LAYERS = 6
WIDEST_ROW = 60


def network_lines(name: str, layers: Sequence[Layer], alone: bool = True) -> list[str]:
    """Return sentences that define the network, or state its sizes when it is large.

    Parameters
    ----------
    name : str
        Its letter.
    layers : sequence of kernel.Layer
    alone : bool
        With other networks around, the letters of its layers carry its name.
    """
    inputs, outputs = len(layers[0].weights[0]) - 1, len(layers[-1].weights)
    shape = "-".join(str(size) for size in (inputs, *(len(layer.weights) for layer in layers)))
    spaces = rf"\mathbb{{R}}{_power(inputs)} \to \mathbb{{R}}{_power(outputs)}"
    matrices = [_matrices(layer) for layer in layers]
    if len(layers) > MOST_LAYERS or any(text is None for text in matrices):
        return [
            rf"Let ${name} \colon {spaces}$ be the network of shape {shape} (inputs, units of each layer, outputs)",
            "whose weights are embedded in the certificate.",
        ]
    mark = "" if alone else f"^{{{name}}}"
    lines = _recursion(name, mark, len(layers), inputs)
    lines += [rf"(A_{{{k}}}{mark} \mid b_{{{k}}}{mark}) = {text}" for k, text in enumerate(matrices, 1)]
    return [
        rf"Let ${name} \colon {spaces}$ be the network",
        r"\begin{gather*}",
        " \\\\\n".join(f"  {line}" for line in lines),
        r"\end{gather*}",
        *_activations(mark, layers),
    ]


def _power(size: int) -> str:
    return "" if size == 1 else f"^{{{size}}}"


def _recursion(name: str, mark: str, depth: int, inputs: int) -> list[str]:
    def affine(k: int) -> str:
        return f"A_{{{k}}}{mark} v_{{{k - 1}}}{mark} + b_{{{k}}}{mark}"

    parts = [f"v_{{0}}{mark} = {_vector(inputs)}"]
    parts += [rf"v_{{{k}}}{mark} = \varrho_{{{k}}}{mark}({affine(k)})" for k in range(1, depth)]
    parts += [f"{name}(x) = {affine(depth)}"]
    rows = [parts[start : start + 3] for start in range(0, len(parts), 3)]
    return [r", \quad ".join(row) + ("," if row is not rows[-1] else "") for row in rows]


def _vector(inputs: int) -> str:
    return "x" if inputs == 1 else "x = (" + ", ".join(f"x_{{{j}}}" for j in range(inputs)) + r")^{\mathsf T}"


def _matrices(layer: Layer) -> str | None:
    """The augmented matrix (A | b), or None when it is too large to be read."""
    columns = len(layer.weights[0]) - 1
    if columns > MOST_COLUMNS or len(layer.weights) > MOST_COLUMNS:
        return None
    rows = [[number(Fraction(entry, layer.over)) for entry in (*row[1:], row[0])] for row in layer.weights]
    widest = max(sum(_letters(entry) for entry in row) for row in rows)
    if widest > WIDEST_ROW:
        return None
    body = r" \\ ".join(" & ".join(row) for row in rows)
    return rf"\left(\begin{{array}}{{@{{}}{'r' * columns}|r@{{}}}} {body} \end{{array}}\right)"


def _letters(entry: str) -> int:
    """Roughly how many letters wide a number is printed: a fraction is as wide as its wider half."""
    if r"\tfrac" not in entry:
        return len(entry)
    top, bottom = entry.split("}{", 1)
    return max(len(top) - len(r"\tfrac{"), len(bottom) - 1)


def _activations(mark: str, layers: Sequence[Layer]) -> list[str]:
    """Say what each rho_k does, layers with the same activation together."""
    found: dict[str, list[int]] = {}
    for k, layer in enumerate(layers[:-1], 1):
        found.setdefault(_layer_activation(layer), []).append(k)
    sentences = []
    for text, places in found.items():
        names = ", ".join(rf"\varrho_{{{k}}}{mark}" for k in places)
        verb = "acts" if len(places) == 1 else "act"
        sentences.append(rf"Here ${names}$ {verb} {text}.")
    if any(table != IDENTITY for table in map(tuple, layers[-1].tables)):
        sentences.append(f"The outputs pass through activations: {_layer_activation(layers[-1])}.")
    return sentences


#: z -> z, over denominator 1.
IDENTITY: Table = (Piece(None, "", 1, 0),)


def _layer_activation(layer: Layer) -> str:
    groups: dict[str, list[int]] = {}
    for unit, table in enumerate(layer.tables, 1):
        groups.setdefault(activation(tuple(table), layer.activations_over), []).append(unit)
    if len(groups) == 1:
        return rf"on every entry as $t \mapsto {next(iter(groups))}$"
    parts = [rf"on {_entries(units)} as $t \mapsto {text}$" for text, units in groups.items()]
    return ", ".join(parts[:-1]) + " and " + parts[-1]


def _entries(units: list[int]) -> str:
    if len(units) == 1:
        return f"entry {units[0]}"
    if units == list(range(units[0], units[-1] + 1)):
        return f"entries {units[0]}--{units[-1]}"
    return "entries " + ", ".join(map(str, units))


def activation(table: Table, over: int) -> str:
    r"""Return an activation as a function of t.

    Examples
    --------
    >>> print(activation((Piece(0, "left", 0, 0), Piece(None, "", 1, 0)), 1))
    \max(t, 0)
    """
    pieces = [
        (None if piece.slope is None else (Fraction(piece.slope, over), Fraction(piece.offset, over)))
        for piece in table
    ]
    if len(table) == 1 and pieces[0] is not None:
        return _piece(pieces[0])
    if len(table) == 2 and table[0].until == 0 and pieces[1] == (Fraction(1), Fraction(0)) and pieces[0]:
        slope, offset = pieces[0]
        if offset == 0:
            if slope == 0:
                return r"\max(t, 0)"
            return "|t|" if slope == -1 else rf"\max(t, 0) + {_coefficient(slope)}\min(t, 0)"
    lines = []
    for place, (piece, shown) in enumerate(zip(table, pieces, strict=True)):
        if shown is not None:
            before = table[place - 1] if place else None
            lines.append(f"{_piece(shown)}, & {_range(before, piece, over)}")
    return r"\begin{cases} " + r" \\ ".join(lines) + r" \end{cases}"


def _piece(piece: tuple[Fraction, Fraction]) -> str:
    return linear_sum([("t", piece[0])], piece[1])


def _coefficient(slope: Fraction) -> str:
    return number(slope) + r"\," if slope >= 0 else rf"({number(slope)})\,"


def _range(before: Piece | None, piece: Piece, over: int) -> str:
    low = None if before is None or before.until is None else Fraction(before.until, over)
    high = None if piece.until is None else Fraction(piece.until, over)
    if low is not None and low == high:
        return f"t = {number(low)}"
    left = "" if low is None or before is None else f"{number(low)} {'<' if before.side == 'left' else chr(92) + 'le'} "
    right = "" if high is None else f" {chr(92) + 'le' if piece.side == 'left' else '<'} {number(high)}"
    if left and not right and low is not None and before is not None:
        return f"t {'>' if before.side == 'left' else chr(92) + 'ge'} {number(low)}"
    return f"{left}t{right}"
