r"""The paper's decoder, ``sin(w sin(k + 1))``: one real number w for all cells, by lattice reduction.

sin 1, ..., sin K are linearly independent over the rationals, so that w (sin 1, ..., sin K) comes as near as one likes
to every point modulo 2 pi.  With ``w = n tau`` a short vector of the lattice spanned by

    (round(Q tau sin i))_i, 1, 0        round(2 pi Q) e_i        (round(Q arcsin g_i))_i, 0, Q / 2^eta

whose last entry is +-Q/2^eta gives n.  Beyond `LATTICE_CELLS` the first sine has another frequency, and w is found
digit by digit: `verinet.theory.layerwise_rates.sine_digits`.  What w does to every cell is then enclosed by balls; the
search is not believed.  Derived (the paper proves that w exists).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import ceil
from typing import Any

from flint import arb, fmpq, fmpz, fmpz_mat

from verinet.errors import BudgetExhausted
from verinet.exact.enclosures import enclosure_of, precision
from verinet.theory.layerwise_rates.sine_digits import MOST_CELLS, digits_weight, frequency
from verinet.theory.minimal_width.functions import short
from verinet.work import keep_going

__all__ = ["LATTICE_CELLS", "first_argument", "sine_table", "sine_values"]

#: Cells for which w is found by lattice reduction: the lattice has two more dimensions.
LATTICE_CELLS = 32
#: Bits to which a value is wanted.
ACCURACY = 10
#: w is a multiple of 2^-STEP.
STEP = 13
#: How far a decoded value may be from what was asked.
WANTED = Fraction(1, 256)
_KEPT = Fraction(1, 1 << 96)


def sine_table(asked: Sequence[Fraction]) -> tuple[Fraction, tuple[Fraction, ...], Fraction]:
    """The weight w, the values sin(w sin(k + 1)) and their slack; each is near to what was asked.

    Guarantee: certified.

    Raises
    ------
    BudgetExhausted
        If there are more than 4096 cells.
    BudgetExhausted
        If no w is found that is near enough.

    Examples
    --------
    >>> weight, values, slack = sine_table([Fraction(1, 2), Fraction(-1, 3), Fraction(0)])
    >>> all(abs(a - b) < Fraction(1, 256) for a, b in zip(values, (Fraction(1, 2), Fraction(-1, 3), 0)))
    True
    >>> weight.denominator <= 2**13, slack <= Fraction(1, 2**90)
    (True, True)
    """
    if len(asked) > MOST_CELLS:
        raise BudgetExhausted(
            f"one weight of a sine has to hold {len(asked)} cells, the limit is {MOST_CELLS}",
            fix="take fewer levels or a smaller grid, or the exact variant: --activations exact",
        )
    for weight in _weights(asked):
        values, slack = sine_values(weight, len(asked))
        if all(abs(a - b) + slack <= WANTED for a, b in zip(asked, values, strict=True)):
            return weight, values, slack
    raise BudgetExhausted(
        "no weight was found whose sines are near enough", fix="take the exact variant: --activations exact"
    )


def first_argument(cells: int) -> tuple[Fraction, Fraction]:
    """What the first sine is applied to, for a table of so many cells: scale and shift of the code.

    Guarantee: exact.

    Examples
    --------
    >>> first_argument(3), first_argument(100)[1] == 2 * first_argument(100)[0]
    ((Fraction(1, 1), Fraction(1, 1)), True)
    """
    if not LATTICE_CELLS < cells <= MOST_CELLS:
        return Fraction(1), Fraction(1)
    found = frequency(cells)
    return found, 2 * found


def sine_values(weight: Fraction, count: int) -> tuple[tuple[Fraction, ...], Fraction]:
    """The values ``sin(w sin(scale k + shift))`` for k < count, as short rationals, and how far they may be off.

    Guarantee: certified.

    Examples
    --------
    >>> sine_values(Fraction(0), 2)
    ((Fraction(0, 1), Fraction(0, 1)), Fraction(0, 1))
    """
    scale, shift = first_argument(count)
    values, slack = [], Fraction(0)
    with precision(weight.numerator.bit_length() + 160):
        w = arb(fmpq(weight.numerator, weight.denominator))
        for k in range(count):
            keep_going()
            argument = scale * k + shift
            ball = (w * arb(fmpq(argument.numerator, argument.denominator)).sin()).sin()
            with precision(192):
                found = enclosure_of(+ball)
            middle = short((found.low + found.high) / 2, _KEPT)
            values.append(middle)
            slack = max(slack, found.high - middle, middle - found.low)
    return tuple(values), slack


def _weights(asked: Sequence[Fraction]) -> Iterator[Fraction]:
    """Weights to be tried."""
    if len(asked) > LATTICE_CELLS:
        yield digits_weight(asked)
        return
    for accuracy in (ACCURACY, ACCURACY + 2, ACCURACY + 5):
        keep_going()
        yield from _candidates(asked, accuracy)


def _candidates(asked: Sequence[Fraction], accuracy: int) -> list[Fraction]:
    """Weights from the rows of the reduced basis that hold the target once."""
    count = len(asked)
    bits = ceil(count * (accuracy + 2.7)) + accuracy
    with precision(2 * bits + 64):
        scale = arb(fmpz(1) << bits)
        head = [_whole(scale * arb(i + 1).sin() / (1 << STEP)) for i in range(count)]
        turn = _whole(scale * 2 * arb.pi())
        goal = [_whole(scale * arb(fmpq(g.numerator, g.denominator)).asin()) for g in asked]
    last = fmpz(1) << (bits - accuracy)
    rows: list[list[Any]] = [[*head, fmpz(1), fmpz(0)]]
    rows += [[turn if j == i else fmpz(0) for j in range(count + 2)] for i in range(count)]
    rows.append([*goal, fmpz(0), last])
    reduced = fmpz_mat(rows).lll()
    found = []
    for row in reduced.table():
        if abs(row[count + 1]) == last:
            # row = +-(target) + n head + turns: n head is the target up to the sign, modulo turns
            sign = -1 if row[count + 1] == last else 1
            found.append(Fraction(sign * int(row[count]), 1 << STEP))
    return found


def _whole(ball: Any) -> Any:
    """The integer nearest to the middle of a ball."""
    return (ball + fmpq(1, 2)).floor().mid().unique_fmpz()
