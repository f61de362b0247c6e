"""One value for every cell of a grid: where a code leads to, and how far the target is from it.

A code is ``k_0 + N k_1 + N^2 k_2 + ...`` for the cell with index k_j along input j; cells are half-open, the last ones
closed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from math import ceil, gcd, lcm

from verinet.errors import BudgetExhausted, Unsupported
from verinet.exact.rationals import Q, format_rational
from verinet.networks.network import Interval
from verinet.work import keep_going

#: Cells of a grid: beyond it a network would have more than a hundred thousand layers.
MOST_CELLS = 1 << 16
#: A value whose denominator has more bits is rounded.
SHORT_BITS = 32
#: How far a value may be rounded, as a share of the target's range on the cell.
ROUNDING = 256

#: How many times the resolution may grow from one guess to the next.
FARTHEST = 16

Box = tuple[Interval, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of a box: `axes` are their ends along every input, all with equally many intervals.

    Guarantee: exact.

    Examples
    --------
    >>> grid = even_grid(((Fraction(0), Fraction(1)),) * 2, 2)
    >>> grid.count, grid.code_at((Fraction(1, 2), Fraction(1, 4))), grid.code_at((Fraction(1), Fraction(1)))
    (4, 1, 3)
    """

    axes: tuple[tuple[Fraction, ...], ...]

    @property
    def resolution(self) -> int:
        """Intervals of an axis."""
        return len(self.axes[0]) - 1

    @property
    def count(self) -> int:
        """The number of cells."""
        return int(self.resolution ** len(self.axes))

    def box(self, code: int) -> Box:
        """The closure of a cell."""
        sides = []
        for axis in self.axes:
            code, place = divmod(code, self.resolution)
            sides.append((axis[place], axis[place + 1]))
        return tuple(sides)

    def code_at(self, x: Sequence[Fraction]) -> int:
        """The code of the cell that x belongs to."""
        code = 0
        for axis, entry in zip(reversed(self.axes), reversed(x), strict=True):
            place = sum(end <= entry for end in axis[1:-1])
            code = code * self.resolution + place
        return code


def even_grid(domain: Sequence[Interval], resolution: int) -> Grid:
    """N equal intervals an input.

    Guarantee: exact.

    Examples
    --------
    >>> even_grid([(Fraction(0), Fraction(1))], 2).axes
    ((Fraction(0, 1), Fraction(1, 2), Fraction(1, 1)),)
    """
    return _grid(domain, resolution, Fraction(resolution))


def stretched_grid(domain: Sequence[Interval], resolution: int, stretch: Fraction) -> Grid:
    """N intervals an input, all but the last of length 1/(N - stretch): then ``floor((N - stretch) x) < N`` at x = 1.

    Guarantee: exact.

    Examples
    --------
    >>> stretched_grid([(Fraction(0), Fraction(1))], 2, Fraction(1, 2)).axes
    ((Fraction(0, 1), Fraction(2, 3), Fraction(1, 1)),)
    """
    return _grid(domain, resolution, resolution - stretch)


def _grid(domain: Sequence[Interval], resolution: int, scale: Fraction) -> Grid:
    axes = []
    for low, high in domain:
        inner = [low + (high - low) * i / scale for i in range(resolution)]
        axes.append((*inner, high))
    return Grid(tuple(axes))


@dataclass(frozen=True, slots=True)
class Levels:
    """The values of one output: ``first + spacing * digits[code]``, with digits from 0 to `count - 1`.

    Guarantee: exact.
    """

    first: Fraction
    spacing: Fraction
    count: int
    digits: tuple[int, ...]

    @property
    def values(self) -> tuple[Fraction, ...]:
        """One value a code."""
        return tuple(self.first + self.spacing * digit for digit in self.digits)


def place_values(outputs: Sequence[Levels]) -> tuple[int, ...]:
    """What a digit of each output is worth in one integer, the first output being the most significant.

    Guarantee: exact.

    Examples
    --------
    >>> place_values([levels([Fraction(0), Fraction(1)], 8), levels([Fraction(0), Fraction(1), Fraction(2)], 8)])
    (3, 1)
    """
    worth = [1] if outputs else []
    for output in reversed(outputs[1:]):
        worth.append(worth[-1] * output.count)
    return tuple(reversed(worth))


def levels(values: Sequence[Fraction], most: int) -> Levels:
    """Equally spaced levels: those on which all values lie if these are at most `most`; else `most`, the nearest each.

    Guarantee: exact.

    Examples
    --------
    >>> found = levels([Fraction(1, 4), Fraction(3, 4), Fraction(1, 4)], 8)
    >>> found.count, found.digits, found.spacing
    (2, (0, 1, 0), Fraction(1, 2))
    >>> levels([Fraction(0), Fraction(1, 3), Fraction(1)], 2).digits
    (0, 0, 1)
    """
    first, last = min(values), max(values)
    if first == last:
        return Levels(first, Fraction(0), 1, (0,) * len(values))
    spacing = _common_measure([value - first for value in values])
    count = int((last - first) / spacing) + 1
    if count > most:
        count = max(2, most)
        spacing = (last - first) / (count - 1)
    digits = tuple(int((value - first) / spacing + Fraction(1, 2)) for value in values)
    return Levels(first, spacing, count, digits)


def changes(numbers: Sequence[object]) -> tuple[int, ...]:
    """The places at which a sequence has another entry than at the place before.

    Guarantee: exact.

    Examples
    --------
    >>> changes([5, 5, 6, 5])
    (2, 3)
    """
    return tuple(place for place in range(1, len(numbers)) if numbers[place] != numbers[place - 1])


def middle(low: Fraction, high: Fraction) -> Fraction:
    """The middle of an interval, or a short rational near it.

    Guarantee: exact (where it lies is known exactly).

    Examples
    --------
    >>> middle(Fraction(0), Fraction(1, 3))
    Fraction(1, 6)
    """
    exact = (low + high) / 2
    if exact.denominator.bit_length() <= SHORT_BITS or low == high:
        return exact
    power = 1 << max(0, -_exponent((high - low) / ROUNDING))
    return Fraction(round(exact * power), power)


def shortened(bound: Fraction, most: Fraction | None = None, bits: int = SHORT_BITS) -> Fraction:
    """A rational at least `bound`, at most a thousandth above it, and short; at most `most` if `bound` is.

    Guarantee: exact.

    Examples
    --------
    >>> third = Fraction(10**40 + 1, 3 * 10**40)
    >>> shortened(Fraction(7, 32)), shortened(third), shortened(third, Fraction(1, 4))
    (Fraction(7, 32), Fraction(2731, 8192), Fraction(2731, 8192))
    """
    if bound.denominator.bit_length() <= bits:
        return bound
    power = 1 << max(0, 11 - _exponent(bound))
    above = Fraction(-((-bound.numerator * power) // bound.denominator), power)
    return most if most is not None and bound <= most < above else above


def smallest_resolution(eps: Fraction, inputs: int, bound: Callable[[int], Fraction]) -> int:
    """The resolution at which a bound that falls with it reaches eps.

    The bound is taken to fall like 1/N for the next guess, which keeps the guesses few; then bisection.

    Guarantee: exact (the bound at the resolution returned is at most eps).

    Raises
    ------
    BudgetExhausted
        If that takes more than `MOST_CELLS` cells, or many times as many by the guess for more than a few cells.

    Examples
    --------
    >>> smallest_resolution(Fraction(1, 10), 1, lambda n: Fraction(1, n))
    10
    """
    low, high, top = 0, 1, 1
    while (top + 1) ** inputs <= MOST_CELLS:
        top += 1
    while (found := bound(high)) > eps:
        keep_going()
        low = high
        guess = max(high + 1, ceil(high * found / eps))
        if high == top or (high >= FARTHEST and guess > 4 * top):
            raise BudgetExhausted(
                f"an error of {format_rational(eps)} in {inputs} inputs takes more than {MOST_CELLS} cells",
                fix="ask for a larger eps, or take a smaller domain",
            )
        high = min(guess, FARTHEST * high, top)
    while high - low > 1:
        keep_going()
        half = (low + high) // 2
        low, high = (low, half) if bound(half) <= eps else (half, high)
    return high


def chosen(resolution: object, eps: object, inputs: int) -> tuple[int | None, Fraction | None]:
    """Either a resolution or an accuracy: exactly one of them.

    Guarantee: exact.

    Raises
    ------
    Unsupported
        If none or both are given, or one is not positive, or the cells are too many.

    Examples
    --------
    >>> chosen(None, "1/10", 2)
    (None, Fraction(1, 10))
    """
    if (resolution is None) == (eps is None):
        raise Unsupported(
            "a construction takes either resolution=N or eps=e", fix="give one of them: resolution=8, or eps=Q('1/10')"
        )
    if eps is not None:
        wanted = Q(eps)
        if wanted <= 0:
            raise Unsupported(f"an error to be reached is positive, got {format_rational(wanted)}", fix="take eps > 0")
        return None, wanted
    if isinstance(resolution, bool) or not isinstance(resolution, int) or resolution < 1:
        raise Unsupported(f"a resolution is a positive integer, got {resolution!r}"[:120], fix="take resolution=8")
    if resolution**inputs > MOST_CELLS:
        raise BudgetExhausted(
            f"a resolution of {resolution} in {inputs} inputs makes more than {MOST_CELLS} cells",
            fix="take a smaller resolution",
        )
    return resolution, None


def _common_measure(lengths: Sequence[Fraction]) -> Fraction:
    """The largest rational of which all these are multiples."""
    over = lcm(*(length.denominator for length in lengths))
    return Fraction(reduce(gcd, (length.numerator * (over // length.denominator) for length in lengths)), over)


def _exponent(q: Fraction) -> int:
    """An integer e with 2^(e-1) < q < 2^(e+1)."""
    return q.numerator.bit_length() - q.denominator.bit_length()
