"""``verinet statistics --widths 64,64,64 --samples 1000 --seed 1``: random networks, their regions counted exactly."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import PurePath
from time import perf_counter
from typing import TYPE_CHECKING, Any

from verinet.claims.wording import domain_text
from verinet.cli.networks import refuse_output
from verinet.cli.outcome import BAD_INPUT, DONE, UNKNOWN, Json, Outcome, failed
from verinet.cli.places import parse_set
from verinet.cli.progress import shown
from verinet.errors import BadFormat, BudgetExhausted, NotANumber, Unsupported, VerinetError
from verinet.exact.rationals import format_rational
from verinet.geometry.polyhedra import whole_space
from verinet.theory.line_regions.expectation import expected_activation_regions
from verinet.work import Budget

if TYPE_CHECKING:
    from verinet.theory.line_regions.statistics import Statistics

PICTURES = (".svg", ".pdf", ".png")
#: Bars of the histogram at most, and letters of the longest one.
MOST_BARS, LONGEST_BAR = 12, 40
_WIDTHS = re.compile(r"\s*[1-9][0-9]{0,6}(?:\s*,\s*[1-9][0-9]{0,6})*\s*\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Wishes:
    """The options of the command, as they were written."""

    widths: str
    samples: int = 1000
    seed: int = 0
    weights: str = "he"
    bias: str = "1"
    domain: str | None = None
    jobs: int | None = None
    file: str | None = None
    plot: str | None = None
    budget: float | None = None


def parse_widths(text: str) -> tuple[int, ...]:
    """The widths of hidden layers in a text.

    Raises
    ------
    BadFormat
        For text that is no list of positive integers.

    Examples
    --------
    >>> parse_widths("64,32"), parse_widths("[16, 16, 16]")
    ((64, 32), (16, 16, 16))
    """
    inner = text.strip()
    if inner.startswith("[") and inner.endswith("]"):
        inner = inner[1:-1]
    if _WIDTHS.match(inner) is None:
        raise BadFormat(
            f"--widths needs positive integers with commas between them, got {text[:60]!r}",
            fix="write --widths 64,64,64",
        )
    return tuple(int(part) for part in inner.split(","))


def statistics(wishes: Wishes) -> Outcome:
    """Draw and count; what was counted is told also after Ctrl-C and at the end of the budget.

    Raises
    ------
    VerinetError
        For options that are not understood, and files that hold something else.
    """
    from verinet.theory.line_regions.statistics import Sampling

    if wishes.budget is not None and not 0 < wishes.budget < float("inf"):
        raise NotANumber(f"--budget needs a positive number of seconds, got {wishes.budget}", fix="write --budget 60")
    if wishes.file is not None:
        refuse_output(wishes.file, (), "--file")
    if wishes.plot is not None:
        _refuse_plot(wishes)
    domain = None if wishes.domain is None else parse_set(wishes.domain, 1)
    sampling = Sampling(
        parse_widths(wishes.widths),
        _variance(wishes.weights),
        _variance(wishes.bias),
        wishes.samples,
        domain,
        seed=wishes.seed,
        jobs=wishes.jobs,
        file=wishes.file,
    )
    known = len(sampling.record.counts)
    started = perf_counter()
    try:
        with shown("counting") as progress:
            sampling.run(Budget(wishes.budget), progress)
    except KeyboardInterrupt:
        sampling.reason = "interrupted"
    seconds = perf_counter() - started
    where = domain_text(whole_space(1) if domain is None else domain)
    try:
        found = sampling.statistics()
    except BudgetExhausted as error:
        reason = f"no sample: {error.problem}"
        return Outcome(UNKNOWN, (f"UNKNOWN   {reason}",), {"verdict": "unknown", "reason": reason})
    known = min(known, found.samples)
    lines = (*_lines(found, where), *_time_lines(wishes, known, seconds))
    document = {**_document(found, where), "jobs": sampling.jobs, "file": wishes.file, "from_file": known}
    outcome = Outcome(
        UNKNOWN if found.reason else DONE, lines, {**document, "plot": None, "seconds": round(seconds, 3)}
    )
    return outcome if wishes.plot is None else _plotted(outcome, found, wishes.plot)


def _refuse_plot(wishes: Wishes) -> None:
    from verinet.report.figures import need_matplotlib

    output = wishes.plot or ""
    if PurePath(output).suffix.lower() not in PICTURES:
        raise Unsupported(
            f"--plot writes {', '.join(PICTURES)}, got {output!r}", fix="name a file with one of these endings"
        )
    refuse_output(output, (wishes.file,) if wishes.file else (), "--plot")
    need_matplotlib()


def _plotted(outcome: Outcome, found: Statistics, output: str) -> Outcome:
    """Draw the histogram; the numbers are told even if that fails."""
    from verinet.report.figures import write_figure
    from verinet.theorems.line_pictures import statistics_picture

    try:
        guarantee = write_figure(statistics_picture(found), output)
    except VerinetError as error:
        lost = failed(error)
        return Outcome(BAD_INPUT, outcome.lines, {**outcome.document, **lost.document}, lost.complaints)
    line = f"  picture: {output}     {guarantee}"
    return replace(outcome, lines=(*outcome.lines, line), document={**outcome.document, "plot": output})


def _variance(text: str) -> Any:
    parts = [part.strip() for part in text.split(",")]
    return parts[0] if len(parts) == 1 else parts


def _time_lines(wishes: Wishes, known: int, seconds: float) -> tuple[str, ...]:
    kept = f"; {known} of the samples from {wishes.file}" if known else ""
    return (f"  time: {seconds:.2f} s{kept}",)


def _lines(found: Statistics, where: str) -> tuple[str, ...]:
    shape = "-".join(map(str, (1, *found.chosen.widths, 1)))
    head = f"{found.samples} random networks {shape}, seed {found.seed}, on {where}"
    lines = [
        *((f"UNKNOWN   {found.reason}: {found.samples} of {found.wanted} samples",) if found.reason else ()),
        head,
        f"  linear regions      mean {_decimal(found.mean)}{_plus_minus(found.standard_error)}     estimated",
    ]
    expected = found.expectation
    if expected is None:
        lines.append("  expectation         no formula: some biases do not vary")
    else:
        gap = "" if found.deviation is None else f", {abs(found.deviation):.1f} standard errors away"
        lines.append(f"  expectation         {_decimal(expected.value)}{gap}     {expected.word}, derived")
    lines += [
        f"  neurons + 1         {found.wide}     the paper's asymptotic mean, on the whole line",
        f"  bound               {_short(found.bound)}     for all weights",
        f"  activation regions  mean {_decimal(found.activation_mean)}"
        f"{_plus_minus(found.activation_standard_error)}     estimated",
        *_bars(found.histogram),
    ]
    return tuple(lines)


def _decimal(value: Fraction) -> str:
    return f"{float(value):.4f}".rstrip("0").rstrip(".")


def _short(value: int) -> str:
    """A large bound as a power of ten."""
    text = str(value) if value.bit_length() < 80 else ""
    return text or f"about 1e{int((value.bit_length() - 1) * 0.30103)}"


def _plus_minus(error: float | None) -> str:
    return "" if error is None else f" +- {error:.2g}"


def _bars(histogram: tuple[tuple[int, int], ...]) -> list[str]:
    """The histogram, several counts a bar where there are many."""
    first, last = histogram[0][0], histogram[-1][0]
    step = -(-(last - first + 1) // MOST_BARS)
    heights: dict[int, int] = dict.fromkeys(range(first, last + 1, step), 0)
    for regions, samples in histogram:
        heights[first + (regions - first) // step * step] += samples
    tallest = max(heights.values())
    names = {start: str(start) if step == 1 else f"{start}-{start + step - 1}" for start in heights}
    wide = max(map(len, names.values()))
    return [
        f"    {names[start]:>{wide}}  {'#' * -(-height * LONGEST_BAR // tallest)} {height}"
        for start, height in heights.items()
    ]


def _document(found: Statistics, where: str) -> Json:
    expected = found.expectation
    exact = expected is not None and expected.word == "exact"
    document: Json = {
        "widths": list(found.chosen.widths),
        "weight_variances": [format_rational(q) for q in found.chosen.weight_variances],
        "bias_variances": [format_rational(q) for q in found.chosen.bias_variances],
        "domain": where,
        "seed": found.seed,
        "samples": found.samples,
        "mean": float(found.mean),
        "mean_exact": format_rational(found.mean),
        "standard_error": found.standard_error,
        "expectation": None if expected is None else float(expected.value),
        "expectation_exact": format_rational(expected.value) if expected is not None and exact else None,
        "expectation_word": None if expected is None else expected.word,
        "deviation": found.deviation,
        "asymptotic": found.wide,
        "bound": str(found.bound) if found.bound >= 1 << 53 else found.bound,
        "activation_mean": float(found.activation_mean),
        "activation_standard_error": found.activation_standard_error,
        "activation_expectation": None,
        "histogram": [list(pair) for pair in found.histogram],
        "guarantee": "each count exact; mean and standard error estimated",
    }
    if exact:
        document["activation_expectation"] = float(expected_activation_regions(found.chosen.widths))
    if found.reason:
        document |= {"verdict": "unknown", "reason": found.reason, "wanted": found.wanted}
    return document
