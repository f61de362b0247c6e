"""``verinet learn DATA --neurons K``: a network with one hidden layer from samples, and what is known of its error."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from time import perf_counter
from typing import TYPE_CHECKING

from verinet.cli.networks import refuse_output, shape_of
from verinet.cli.outcome import BAD_INPUT, DONE, UNKNOWN, Json, Outcome, failed
from verinet.cli.progress import shown
from verinet.errors import NotANumber, Unsupported, VerinetError
from verinet.networks.formats import WRITERS, write_network
from verinet.work import Budget

if TYPE_CHECKING:
    from verinet.theory.narrow_learning.sample_recovery import LearnedFromSamples

METHODS = ("samples", "enumeration")
#: Neurons that are printed, and coordinates of their directions.
MOST_NEURONS, MOST_COORDINATES = 32, 8


@dataclass(frozen=True, slots=True)
class Wishes:
    """The options of the command, as they were written."""

    neurons: int
    output: str | None = None
    method: str = "samples"
    net: float | None = None
    refine: bool = True
    held_out: float = 0.2
    bound: float | None = None
    seed: int = 0
    budget: float | None = None


def learn(path: str, wishes: Wishes) -> Outcome:
    """Read samples, learn, write the network.

    Raises
    ------
    VerinetError
        For files that cannot be read or written, options that do not fit, and what the learner refuses.
    """
    _refuse(path, wishes)
    started = perf_counter()
    from verinet.theory.narrow_learning.learning import learn as learned
    from verinet.theory.narrow_learning.sample_recovery import LearnedFromSamples
    from verinet.theory.narrow_learning.samples import read_samples

    options: dict[str, object] = {"held_out": wishes.held_out, "bound": wishes.bound}
    if wishes.method == "enumeration":
        options["method"] = "enumeration"
        options |= {} if wishes.net is None else {"net": wishes.net}
    with shown("learning") as progress:
        samples = read_samples(path)
        found = learned(
            samples,
            neurons=wishes.neurons,
            seed=wishes.seed,
            budget=Budget(wishes.budget),
            progress=progress,
            refine=wishes.refine,
            **options,
        )
    if not isinstance(found, LearnedFromSamples):
        raise Unsupported("this learner tells no error on samples", fix=f"choose one of {', '.join(METHODS)}")
    document = {"data": path, "samples": samples.size, **_document(found, wishes)}
    outcome = Outcome(DONE if found.complete else UNKNOWN, tuple(_lines(found)), document)
    if wishes.output is not None:
        outcome = _written(outcome, found, wishes.output)
    seconds = perf_counter() - started
    return Outcome(
        outcome.status,
        (*outcome.lines, f"  time: {seconds:.2f} s"),
        {**outcome.document, "seconds": round(seconds, 3)},
        outcome.complaints,
    )


def _refuse(path: str, wishes: Wishes) -> None:
    if wishes.method not in METHODS:
        raise Unsupported(
            f"--method is {' or '.join(METHODS)}, got {wishes.method[:40]!r}", fix="leave it out for samples"
        )
    if wishes.net is not None and wishes.method != "enumeration":
        raise Unsupported("--net concerns --method enumeration", fix="leave it out")
    if wishes.budget is not None and not 0 < wishes.budget < float("inf"):
        raise NotANumber(f"--budget needs a positive number of seconds, got {wishes.budget}", fix="write --budget 60")
    if wishes.output is not None:
        refuse_output(wishes.output, (path,))
        if PurePath(wishes.output).suffix.lower() not in WRITERS:
            raise Unsupported(
                f"networks are written to {', '.join(WRITERS)}, got {wishes.output[-80:]!r}",
                fix="write -o network.json",
            )


def _written(outcome: Outcome, found: LearnedFromSamples, output: str) -> Outcome:
    """Write the network: rationals that are float64 numbers, so that nothing is rounded."""
    try:
        write_network(found.network, output)
    except VerinetError as error:
        lost = failed(error)
        return Outcome(BAD_INPUT, outcome.lines, {**outcome.document, **lost.document}, lost.complaints)
    lines = (*outcome.lines, f"wrote {output}, exactly the numbers that were found")
    return Outcome(outcome.status, lines, {**outcome.document, "output": output}, outcome.complaints)


def _lines(found: LearnedFromSamples) -> Iterator[str]:
    linear = any(found.function.linear)
    count = len(found.function.ridges)
    inputs = found.function.inputs
    what = f"{count} neuron{'' if count == 1 else 's'} on {inputs} input{'' if inputs == 1 else 's'}"
    beside = "and a linear part beside them" if linear else "and nothing beside them"
    yield f"{'LEARNED' if found.complete else 'UNKNOWN'}   {what}, {beside}     {_word(found)}"
    yield f"  error       {found.error_words}"
    for place, (coefficient, direction) in enumerate(zip(found.coefficients, found.directions, strict=True)):
        if place == MOST_NEURONS:
            yield f"  and {count - place} neurons more (all of them with --json)"
            break
        yield f"  neuron {place:<4} {coefficient:+.6g} max(0, u.x),  u = {_vector(direction)}"
    if linear:
        yield f"  linear part {_vector(tuple(map(float, found.function.linear)))} . x"
    for stage in found.stages:
        yield f"  {stage.name}: {stage.what}"
    yield f"  network: {shape_of(found.network)}, sha256 {found.network.hash}"


def _word(found: LearnedFromSamples) -> str:
    return "estimated" if found.complete else "stopped early, the best so far: estimated"


def _vector(entries: tuple[float, ...]) -> str:
    shown_ = ", ".join(f"{entry:.4g}" for entry in entries[:MOST_COORDINATES])
    return f"({shown_}{', ...' if len(entries) > MOST_COORDINATES else ''})"


def _document(found: LearnedFromSamples, wishes: Wishes) -> Json:
    judged = found.validation
    return {
        "verdict": "learned" if found.complete else "unknown",
        "complete": found.complete,
        "guarantee": "estimated",
        "method": found.kind,
        "neurons": len(found.function.ridges),
        "neurons_asked": wishes.neurons,
        "inputs": found.function.inputs,
        "seed": wishes.seed,
        "error": {
            "relative": _finite(judged.relative),
            "low": _finite(judged.low),
            "high": _finite(judged.high),
            "confidence": judged.confidence,
            "mean_square": judged.mean_square,
            "label_mean_square": judged.label_mean_square,
            "held_out": judged.samples,
            "promised": judged.promised,
            "words": found.error_words,
        },
        "directions": [list(direction) for direction in found.directions],
        "coefficients": list(found.coefficients),
        "linear": [float(entry) for entry in found.function.linear],
        "stages": [{"name": s.name, "what": s.what, "seconds": round(s.seconds, 4)} for s in found.stages],
        "network": {"shape": shape_of(found.network), "sha256": found.network.hash},
    }


def _finite(value: float) -> float | None:
    """No number of JSON stands for an error relative to labels that are 0."""
    return value if value < float("inf") else None
