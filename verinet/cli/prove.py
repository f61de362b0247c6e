"""``verinet prove NET... PROPERTY``: does any input violate the property?  Or, with ``--claim``, is the claim true?

A violation is believed when it was evaluated twice: by the claim, and by the property as its text was parsed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import PurePath

from verinet.claims.language import AnyClaim
from verinet.claims.verdicts import Certificate, Counterexample, Proved, Refuted, Unknown, Verdict
from verinet.claims.vnnlib import Property, read_vnnlib
from verinet.claims.vnnlib2 import Query
from verinet.cli.networks import NetworkFile, located, read_all, refuse_output
from verinet.cli.outcome import BAD_INPUT, DONE, REFUTED, UNKNOWN, Json, Outcome, failed
from verinet.cli.progress import shown
from verinet.errors import BadFormat, NotANumber, ShapeMismatch, Unsupported, VerinetError
from verinet.exact.rationals import format_rational
from verinet.networks.formats import ReadOptions

#: So many coordinates are named on the screen.
MOST_NAMED = 16
#: More processes than any machine has processors.
MOST_JOBS = 4096
#: [protocol://]machine:port, as dask writes the address of a scheduler.
ADDRESS = re.compile(r"(?:[a-z]{2,9}://)?(?:[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\]):([0-9]{1,5})/?\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Effort:
    """Who searches, and where unfinished work is kept.

    Parameters
    ----------
    jobs : int
        Processes; with a cluster, tasks at a time.
    journal : str or None
        A file; the same command takes up what it holds.
    cluster : str or None
        The address of a dask scheduler.
    """

    jobs: int = 1
    journal: str | None = None
    cluster: str | None = None


ALONE = Effort()


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: a claim, the files of its networks, and the property it came from, if there is one.

    Parameters
    ----------
    claim : a claim of `verinet.claims`
    files : tuple of NetworkFile
    asked : Property, Query or None
    """

    claim: AnyClaim
    files: tuple[NetworkFile, ...]
    asked: Property | Query | None = None

    @property
    def text(self) -> str:
        """The claim in one line."""
        return self.claim.text()


def prove(
    paths: Sequence[str],
    claim: str | None,
    domain: str | None,
    output: str | None,
    budget: float | None,
    options: ReadOptions,
    effort: Effort = ALONE,
) -> Outcome:
    """Decide, then write the certificate if there is one and a file was named.

    Raises
    ------
    VerinetError
        For input that cannot be read or does not fit together; then nothing is written.
    """
    if claim is not None:
        from verinet.cli.claims import stated

        checked(output, budget, paths, effort)
        return decided(stated(paths, claim, domain, options), output, budget, effort)
    networks, properties = split(paths)
    if len(properties) != 1 or not networks or domain is not None:
        raise Unsupported(
            f"prove needs networks and one property file (.vnnlib), got {len(networks)} and {len(properties)}"
            + ("" if domain is None else ", and --domain, which belongs to --claim"),
            fix='write verinet prove NET PROPERTY.vnnlib, or verinet prove NET --claim "y_0 >= 0 on [-1,1]^2"',
        )
    checked(output, budget, paths, effort)
    return decided(about_property(networks, properties[0], options), output, budget, effort)


def split(paths: Sequence[str]) -> tuple[list[str], list[str]]:
    """Networks and property files: the last of several files is the property, whatever its ending.

    Examples
    --------
    >>> split(["a.onnx", "b.onnx", "p.vnnlib"])
    (['a.onnx', 'b.onnx'], ['p.vnnlib'])
    """
    properties = [path for path in paths if PurePath(path).suffix.lower() == ".vnnlib"]
    if not properties and len(paths) > 1:
        properties = [paths[-1]]
    return [path for path in paths if path not in properties], properties


def checked(output: str | None, budget: float | None, paths: Sequence[str], effort: Effort = ALONE) -> None:
    """Refuse a budget that is none and a file that cannot be written, before long work."""
    if budget is not None and not 0 < budget < float("inf"):
        raise NotANumber(f"--budget needs a positive number of seconds, got {budget}", fix="write --budget 60")
    if not 1 <= effort.jobs <= MOST_JOBS:
        raise NotANumber(
            f"--jobs needs a number of processes from 1 to {MOST_JOBS}, got {effort.jobs}",
            fix=f"write --jobs {min(os.cpu_count() or 1, MOST_JOBS)}, one for every processor of this machine",
        )
    if effort.cluster is not None and not _is_address(effort.cluster):
        raise BadFormat(
            f"--cluster needs the address of a dask scheduler, a machine and a port, got {effort.cluster[:80]!r}",
            fix="write --cluster tcp://10.0.0.1:8786",
        )
    if output is not None:
        refuse_output(output, tuple(paths))
        refuse_output(without_lines(output), tuple(paths))
    if effort.journal is not None:
        refuse_output(effort.journal, tuple(paths), "--journal")
        outputs = () if output is None else (output, without_lines(output))
        if os.path.realpath(effort.journal) in map(os.path.realpath, outputs):
            raise BadFormat(f"{output!r} cannot be both certificate and journal", fix="name two files")


def _is_address(text: str) -> bool:
    """Whether a text has the form of a scheduler's address: [protocol://]machine:port.

    Examples
    --------
    >>> [_is_address(text) for text in ("tcp://10.0.0.1:8786", "node7:8786", "tls://[::1]:1", "foo", "tcp://a:99999")]
    [True, True, True, False, False]
    """
    match = ADDRESS.match(text)
    return match is not None and 1 <= int(match[1]) <= 65535


def about_property(networks: Sequence[str], path: str, options: ReadOptions) -> Question:
    """The claim that nothing violates a property file."""
    with located(path):
        found = read_vnnlib(path)
    files = tuple(read_all(networks, options))
    if isinstance(found, Property) and len(files) != 1:
        raise ShapeMismatch(
            f"{path} is VNN-LIB 1.0 and speaks of one network, got {len(files)}",
            fix="give one network; queries about several are written in VNN-LIB 2.0",
        )
    with located(path):
        return Question(found.claim(*(file.network for file in files)), files, found)


def decided(question: Question, output: str | None, budget: float | None, effort: Effort = ALONE) -> Outcome:
    """Search a verdict, report it, write its certificate."""
    from verinet.provers.portfolio import prove as decide

    with shown("searching a proof") as progress:
        verdict = decide(
            question.claim,
            budget=budget,
            progress=progress,
            jobs=effort.jobs,
            journal=effort.journal,
            executor=effort.cluster,
        )
    outcome = _reported(_examined(verdict, question), question, output)
    if effort.journal is not None and outcome.status == UNKNOWN:
        goes_on = f"  journal: {effort.journal} keeps what was found; the same command goes on from there"
        outcome = replace(outcome, lines=(*outcome.lines, goes_on))
    notes = [note for file in question.files for note in file.notes]
    notes += [f"note: {note}" for note in (question.asked.notes if question.asked else ())]
    return replace(outcome, complaints=(*notes, *outcome.complaints))


def _examined(verdict: Verdict, question: Question) -> Verdict:
    """A counterexample, evaluated once more: the networks at x, and the assertions as they were written."""
    found = question.asked
    if not isinstance(verdict, Refuted) or found is None:
        return verdict
    point = verdict.counterexample
    if point is not None:
        x = found.spread(point.x)
        y = found.outputs_at(x, [file.network for file in question.files])
        if y == point.y and found.violated_by(x, y):
            return verdict
    return Unknown("a counterexample did not meet the assertions of the property; please report this network")


def _reported(verdict: Verdict, question: Question, output: str | None) -> Outcome:
    files = [file.document() for file in question.files]
    document: Json = {"claim": question.text, "network": files[0], "networks": files, "certificate": None}
    lines = [str(verdict), *(file.line for file in question.files), *_named(question, document)]
    match verdict:
        case Proved(theorem=theorem, certificate=certificate):
            status = DONE
            assumptions = list(theorem.assumptions)
            document |= {"verdict": "proved", "assumptions": assumptions, "statement_sha256": theorem.hash}
            lines += [f"  assumes ({entry['kind']}): {entry['text']}" for entry in assumptions]
        case Refuted(counterexample=Counterexample() as point, certificate=certificate):
            status = REFUTED
            document |= {"verdict": "refuted", "counterexample": {**point.to_json(), **_values(point.x, question)}}
        case Refuted(certificate=certificate):
            status = REFUTED
            document |= {"verdict": "refuted", "reason": verdict.reason}
        case _:
            return Outcome(UNKNOWN, tuple(lines), {**document, **verdict.to_json()})
    if output is None:
        return Outcome(status, tuple(lines), document)
    if certificate is None:
        return Outcome(status, (*lines, "  no certificate: the kernel has no statement for this"), document)
    return _written(Outcome(status, tuple(lines), document), certificate, output)


def _named(question: Question, document: Json) -> list[str]:
    """Which inputs of a query the coordinates of its claim are, where they are not simply those of one network."""
    if not isinstance(question.asked, Query):
        return []
    legend = question.asked.legend()
    document["coordinates"] = list(legend)
    if len(question.asked.networks) == 1 and len(legend) == question.asked.inputs:
        return []
    shown_names = [f"  x_{j} is {text}" for j, text in enumerate(legend[:MOST_NAMED])]
    left_out = len(legend) - len(shown_names)
    return shown_names + ([f"  and {left_out} more coordinates"] if left_out > 0 else [])


def _values(x: Sequence[Fraction], question: Question) -> Json:
    """For a query: the declared inputs by their names."""
    found = question.asked
    if not isinstance(found, Query):
        return {}
    return {"inputs": dict(zip(found.names(), map(format_rational, found.spread(x)), strict=True))}


def _written(outcome: Outcome, certificate: Certificate, output: str) -> Outcome:
    """Write the certificate; a verdict that took an hour is shown even if the disk is full."""
    target = output if certificate.is_linear else without_lines(output)
    try:
        certificate.write(target)
    except VerinetError as error:
        lost = failed(error)
        return Outcome(BAD_INPUT, outcome.lines, {**outcome.document, **lost.document}, lost.complaints)
    what = "certificate" if outcome.status == DONE else "certificate of the opposite"
    line = f"  {what}: {target}, {os.path.getsize(target)} bytes"
    why = () if target == output else ("  (a point or a conjunction has no lines: it stands in one JSON object)",)
    return Outcome(outcome.status, (*outcome.lines, line, *why), {**outcome.document, "certificate": target})


def without_lines(output: str) -> str:
    """The name of a certificate that cannot be written line by line.

    Examples
    --------
    >>> without_lines("proofs.d/brakes.jsonl"), without_lines("brakes.json"), without_lines("brakes")
    ('proofs.d/brakes.json', 'brakes.json', 'brakes')
    """
    return output.removesuffix("l") if PurePath(output).suffix == ".jsonl" else output
