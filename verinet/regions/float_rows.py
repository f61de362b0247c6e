r"""Integer forms as float64 rows with a bound on all that rounding can change: what floats may decide about a cell.

Points u lie in the box [-1, 1]^d, whose floats are taken as the dyadic rationals they are.  A form r is divided by
the power of two 2^s > max |r_j| and rounded entry by entry, so for every u of the box

.. math:: |\mathrm{fl}(f \cdot (1, u)) - 2^{-s} r \cdot (1, u)| \le (d + 8)\, 2^{-52} \sum_j |f_j| + 2^{-1000},

d + 1 products summed in any order (Higham, Accuracy and Stability, chapters 2 and 3: at most (d + 2) 2^-53 of the
sum of their sizes, 2^-53 of it for the rounded entries, and twice that for the rounding of this line; 2^-1000 covers
underflow).  Where a value exceeds the bound, its sign is that of the form.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_TINY = 2.0**-1000


def float_forms(forms: Sequence[Sequence[int]], columns: int) -> Floats:
    """Each form divided by a power of two above its largest entry, every entry rounded to nearest.

    Guarantee: certified (with `rounding`).

    Examples
    --------
    >>> float_forms([(4, -6)], 2)
    array([[ 0.5 , -0.75]])
    """
    rows = []
    for form in forms:
        power = 1 << max(max(form), -min(form)).bit_length()
        # the quotient of two integers is correctly rounded, however long they are
        rows.append([entry / power for entry in form])
    return np.array(rows, dtype=np.float64).reshape(len(rows), columns)


@dataclass(frozen=True, slots=True)
class Tracked:
    """Forms as floats that follow exact updates: ``|values_i - forms_i / 2^exponents_i|_1 <= errors_i``.

    Guarantee: certified.
    """

    values: Floats
    errors: Floats
    exponents: tuple[int, ...]

    @staticmethod
    def of(forms: Sequence[Sequence[int]], columns: int) -> Tracked:
        """The forms rounded once."""
        values = float_forms(forms, columns)
        exponents = tuple(max(max(form), -min(form)).bit_length() for form in forms)
        return Tracked(values, _half_units(values), exponents)

    def moved(
        self, multiples: Sequence[int], form: Sequence[int], exact: Callable[[list[int]], Sequence[Sequence[int]]]
    ) -> Tracked:
        """The forms ``forms_i + multiples_i form``; where floats lose too much, from the `exact` new forms.

        Per entry the product and the sum round twice and the two factors once each, all relative to sizes that
        the bound counts twice.
        """
        changed = [i for i, m in enumerate(multiples) if m]
        if not changed:
            return self
        exponent = max(max(form), -min(form)).bit_length()
        power = 1 << exponent
        step = np.array([entry / power for entry in form])
        factors = np.array([_scaled(multiples[i], exponent - self.exponents[i]) for i in changed])
        values, errors, exponents = self.values.copy(), self.errors.copy(), self.exponents
        with np.errstate(over="ignore", invalid="ignore"):
            values[changed] += factors[:, None] * step
            largest = np.abs(values[changed]).max(axis=1)
            sizes = np.abs(values[changed]).sum(axis=1) + np.abs(factors) * np.abs(step).sum()
            errors[changed] += sizes * 2.0**-50 + _TINY
            # a row that grew, or lost its leading digits, is rounded anew
            lost = ~((largest < 4.0) & (largest > 2.0**-10) & (errors[changed] < 2.0**-36))
        if lost.any():
            again = [i for i, which in zip(changed, lost, strict=True) if which]
            fresh = Tracked.of(exact(again), len(form))
            values[again], errors[again] = fresh.values, fresh.errors
            renewed = list(exponents)
            for i, e in zip(again, fresh.exponents, strict=True):
                renewed[i] = e
            exponents = tuple(renewed)
        return Tracked(values, errors, exponents)


def _half_units(values: Floats) -> Floats:
    return np.asarray(np.abs(values).sum(axis=1) * 2.0**-52 + _TINY, dtype=np.float64)


def _scaled(number: int, exponent: int) -> float:
    """``number * 2^exponent`` rounded once, an infinity where it is too large."""
    try:
        return number / (1 << -exponent) if exponent < 0 else float(number << exponent)
    except OverflowError:
        return np.inf if number > 0 else -np.inf


def rounding(floats: Floats) -> Floats:
    """The bound of this module, one a row, valid at every point of the box.

    Guarantee: certified.
    """
    return np.asarray(np.abs(floats).sum(axis=1) * ((floats.shape[1] + 7) * 2.0**-52) + _TINY, dtype=np.float64)


def values_at(floats: Floats, point: Floats) -> Floats:
    """The rows at a point of the box, up to `rounding`.

    Guarantee: certified (with `rounding`).
    """
    return np.asarray(floats[:, 0] + floats[:, 1:] @ point, dtype=np.float64)


def is_interior(floats: Floats, bounds: Floats, point: Floats) -> bool:
    """Whether it is certain that every row is > 0 at the point, which lies strictly inside the box.

    Guarantee: certified.
    """
    inside = bool(np.all(np.abs(point) < 1.0))
    return inside and bool(np.all(values_at(floats, point) > bounds))


def least_by(wanted: Floats, rows: Floats, multipliers: Floats) -> Floats:
    """Lower bounds of ``wanted_i - sum_k m_ik rows_k`` over the box: of wanted_i itself where all rows are >= 0.

    The multipliers are floats >= 0, taken exactly; the bound accounts for the rounding of the rows, of the sum and
    of its own evaluation.

    Guarantee: certified.

    Examples
    --------
    >>> least_by(np.array([[0.5, 0.25]]), np.array([[0.25, 0.25]]), np.array([[1.0]]))  # 1/4 left over
    array([0.25])
    """
    rest = wanted - multipliers @ rows
    sizes = np.abs(wanted).sum(axis=1) + multipliers @ np.abs(rows).sum(axis=1)
    terms = len(rows) + wanted.shape[1] + 8
    lost = sizes * (terms * 2.0**-51) + _TINY * (1.0 + multipliers.sum(axis=1))
    return np.asarray(rest[:, 0] - np.abs(rest[:, 1:]).sum(axis=1) - lost, dtype=np.float64)


def first_hits(rows: Floats, start: Floats, directions: Floats) -> tuple[npt.NDArray[np.intp], Floats, Floats]:
    """For each direction from a point inside: the row met first, and how far to it and to what is met next.

    The sides of the box count for the second number, and for the first too: where one of them comes first, the row
    is -1.

    Guarantee: numeric.
    """
    values = rows[:, 0] + rows[:, 1:] @ start
    rates = rows[:, 1:] @ directions.T
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        far = np.where(rates < 0.0, -values[:, None] / rates, np.inf)
        sides = np.where(directions == 0.0, np.inf, (1.0 - np.sign(directions) * start) / np.abs(directions))
    wall = sides.min(axis=1)
    if len(rows) == 0:
        return np.full(len(directions), -1, dtype=np.intp), wall, wall
    hit = far.argmin(axis=0)
    columns = np.arange(len(directions))
    nearest = far[hit, columns].copy()
    far[hit, columns] = np.inf
    following = np.minimum(far.min(axis=0), wall)
    return np.where(nearest < wall, hit, -1), nearest, following


def centred(rows: Floats, start: Floats, rounds: int = 12) -> Floats | None:
    """A point near the analytic centre of the rows and the box, by Newton's method from a point inside.

    None if the start is not inside, in floats.

    Guarantee: numeric.
    """
    point, gradients = start, rows[:, 1:]
    for _ in range(rounds):
        slack, low, high = rows[:, 0] + gradients @ point, 1.0 + point, 1.0 - point
        if not min(slack.min(initial=1.0), low.min(), high.min()) > 0.0:
            return None
        inverse = gradients / slack[:, None]
        gradient = 1.0 / high - 1.0 / low - inverse.sum(axis=0)
        try:
            step = -_newton(inverse, low**-2 + high**-2, gradient)
        except np.linalg.LinAlgError:
            return point
        decrement = float(-gradient @ step)
        if not 0.2 < decrement < np.inf:
            return point
        # the largest relative decrease of a slack, the sides of the box included
        fall = max(-(inverse @ step).min(initial=0.0), float((-step / low).max()), float((step / high).max()))
        point = point + step * min(1.0, 0.7 / fall)
    return point


def _newton(rows: Floats, diagonal: Floats, right: Floats) -> Floats:
    """The solution of ``(rows^T rows + diag) x = right``, by the smaller of two matrices."""
    count, size = rows.shape
    if count >= size:
        matrix = rows.T @ rows
        matrix[np.diag_indices(size)] += diagonal
        return np.asarray(np.linalg.solve(matrix, right))
    # Woodbury: few rows in many dimensions
    scaled, first = rows / diagonal, right / diagonal
    matrix = scaled @ rows.T
    matrix[np.diag_indices(count)] += 1.0
    return np.asarray(first - scaled.T @ np.linalg.solve(matrix, rows @ first))
