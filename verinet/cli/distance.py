"""``verinet distance A B``: how far two networks with one hidden layer are apart under the Gaussian measure."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

from verinet.cli.decimals import decimal, ends
from verinet.cli.networks import NetworkFile, read_all
from verinet.cli.outcome import DONE, UNKNOWN, Json, Outcome
from verinet.errors import BudgetExhausted, NotANumber, Unsupported
from verinet.exact.enclosures import Enclosure
from verinet.networks.formats import ReadOptions
from verinet.work import Budget, under

if TYPE_CHECKING:
    from verinet.theory.narrow_learning.gaussian_distance import GaussianDistance

#: Digits that the enclosures have beyond those that are printed.
_EXTRA = 2


@dataclass(frozen=True, slots=True)
class Wishes:
    """The options of the command, as they were written."""

    digits: int = 30
    closed_form: bool = False
    budget: float | None = None


@dataclass(frozen=True, slots=True)
class _Numbers:
    """What is known of a distance; `relative` is None if the second network is 0."""

    equal: bool
    squared: Enclosure
    distance: Enclosure
    relative: Enclosure | None


def distance(first: str, second: str, wishes: Wishes, options: ReadOptions) -> Outcome:
    """Decide whether two networks are one function, and enclose their distance.

    Raises
    ------
    VerinetError
        For files that cannot be read, and networks with several hidden layers.
    """
    from verinet.theory.narrow_learning.gaussian_distance import MOST_DIGITS, gaussian_distance

    if not 1 <= wishes.digits <= MOST_DIGITS - _EXTRA:
        raise NotANumber(
            f"--digits needs a number from 1 to {MOST_DIGITS - _EXTRA}, got {wishes.digits}", fix="write --digits 30"
        )
    if wishes.budget is not None and not 0 < wishes.budget < float("inf"):
        raise NotANumber(f"--budget needs a positive number of seconds, got {wishes.budget}", fix="write --budget 60")
    files = read_all((first, second), options)
    started = perf_counter()
    with under(Budget(wishes.budget)):
        try:
            found = gaussian_distance(files[0].network, files[1].network)
            numbers = _numbers(found, wishes.digits)
            closed = _closed_form(found) if wishes.closed_form else None
        except BudgetExhausted as error:
            reason = error.problem
            return Outcome(UNKNOWN, (f"UNKNOWN   {reason}",), {"verdict": "unknown", "reason": reason})
    document = _document(files, numbers, wishes.digits)
    lines = list(_lines(files, numbers, wishes.digits))
    if closed is not None:
        lines += [f"  closed form   {closed['expression']}     exact", f"  LaTeX         {closed['latex']}"]
    seconds = perf_counter() - started
    lines.append(f"  time: {seconds:.2f} s")
    notes = tuple(note for file in files for note in file.notes)
    return Outcome(DONE, tuple(lines), {**document, "closed_form": closed, "seconds": round(seconds, 3)}, notes)


def _numbers(found: GaussianDistance, digits: int) -> _Numbers:
    asked = digits + _EXTRA
    relative: Enclosure | None = None
    try:
        relative = found.relative(asked)
    except Unsupported:  # relative to the function 0
        relative = None
    return _Numbers(found.is_zero, found.squared_enclosure(asked), found.enclosure(asked), relative)


def _closed_form(found: GaussianDistance) -> Json:
    biased = any(ridge.bias for f in found.differences for ridge in f.ridges)
    latex = found.latex(integrals=True)  # it refuses integers that are too long to be written
    return {
        "expression": str(found.squared(integrals=True)),
        "latex": latex,
        "integrals": biased and not found.is_zero,
    }


def _lines(files: list[NetworkFile], numbers: _Numbers, digits: int) -> tuple[str, ...]:
    named = tuple(file.line for file in files)
    if numbers.equal:
        return ("EQUAL   the two networks are one function, everywhere     exact", *named)
    relative = "-" if numbers.relative is None else decimal(numbers.relative, digits)
    told = "the second network is 0" if numbers.relative is None else "over the norm of the second"
    return (
        "DIFFERENT   the two networks are not one function     exact",
        f"  distance      {decimal(numbers.distance, digits)}     certified",
        f"  its square    {decimal(numbers.squared, digits)}     certified: E(f(x) - g(x))^2, x standard Gaussian",
        f"  relative      {relative}     {'certified, ' if numbers.relative is not None else ''}{told}",
        *named,
    )


def _document(files: list[NetworkFile], numbers: _Numbers, digits: int) -> Json:
    def written(value: Enclosure | None) -> Json | None:
        if value is None:
            return None
        low, high = ends(value, digits + _EXTRA + 1)
        return {"value": decimal(value, digits), "low": low, "high": high}

    return {
        "networks": [file.document() for file in files],
        "equal": numbers.equal,
        "digits": digits,
        "distance": written(numbers.distance),
        "distance_squared": written(numbers.squared),
        "relative": written(numbers.relative),
        "measure": "standard Gaussian",
        "guarantee": "equal or not: exact; numbers: certified",
    }
