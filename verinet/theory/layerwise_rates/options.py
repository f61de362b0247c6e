"""What a user may ask of a layer-wise network, read and refused by name."""

from __future__ import annotations

from fractions import Fraction

from verinet.errors import BudgetExhausted, NotANumber, Unsupported
from verinet.exact.rationals import Q, format_rational
from verinet.theory.layerwise_rates.ladder import EXACT, SINE, Decoder
from verinet.theory.layerwise_rates.sine_digits import MOST_CELLS as MOST_OF_SINES
from verinet.theory.minimal_width.coded_values import MOST_CELLS

__all__ = ["check_cells", "read_decoder", "read_error", "read_grid", "read_levels", "read_power"]

#: Levels, where neither a depth nor an error is given.
LEVELS = 3


def read_decoder(activations: object) -> Decoder:
    """The decoder of this name.  Guarantee: exact."""
    for decoder in (EXACT, SINE):
        if activations == decoder.name:
            return decoder
    raise Unsupported(f"there are the activations exact and sine, got {str(activations)[:40]!r}", fix="take exact")


def read_grid(resolution: object, grid: object) -> int:
    """N, by either name.  Guarantee: exact."""
    if resolution is not None and grid is not None and resolution != grid:
        raise Unsupported("resolution and grid are two names of one number, and differ", fix="give one of them")
    found = grid if grid is not None else 2 if resolution is None else resolution
    if isinstance(found, bool) or not isinstance(found, int) or not 2 <= found <= MOST_CELLS:
        raise Unsupported(f"a grid has from 2 to {MOST_CELLS} cells an axis, got {found!r}"[:120], fix="take grid=3")
    return found


def read_power(p: object) -> int:
    """1, or an even exponent.  Guarantee: exact."""
    if isinstance(p, bool) or not isinstance(p, int) or p < 1 or (p > 1 and p % 2) or p > 16:
        raise Unsupported(f"rates are certified in L^p for p = 1 and even p up to 16, got {p!r}"[:120], fix="take p=2")
    return p


def read_error(eps: object) -> Fraction:
    """A positive number.  Guarantee: exact."""
    found = Q(eps)
    if found <= 0:
        raise NotANumber(f"an error is positive, got {format_rational(found)}", fix="take eps=Q('1/10')")
    return found


def check_cells(cells: int, decoder: Decoder) -> None:
    """Refuse a level that is never reached before work begins on those below it.

    Raises
    ------
    BudgetExhausted
        If the last level has more cells than one table holds.

    Guarantee: exact.
    """
    most = MOST_CELLS if decoder is EXACT else MOST_OF_SINES
    if cells > most:
        shown = str(cells) if cells < 10**9 else f"about 2^{cells.bit_length()}"
        raise BudgetExhausted(
            f"the last level has {shown} cells, and one table of the decoder {decoder.name} holds at most {most}",
            fix="take fewer levels or a smaller grid" + ("" if decoder is EXACT else ", or the decoder exact"),
        )


def read_levels(depth: object, eps: Fraction | None, grid: int, inputs: int, decoder: Decoder) -> int:
    """How many levels, or how many at most.  Guarantee: exact."""
    if depth is None:
        top = 0
        most = MOST_CELLS if decoder is EXACT else MOST_OF_SINES
        while grid ** (inputs * (top + 1)) <= most:
            top += 1
        return min(LEVELS, max(top, 1)) if eps is None else max(top, 1)
    if isinstance(depth, bool) or not isinstance(depth, int) or depth < 1:
        raise Unsupported(f"the number of levels is a positive integer, got {depth!r}"[:120], fix="take depth=4")
    return depth
