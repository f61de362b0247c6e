"""``verinet convert NET --to repu:1 --cells 8``: a network with other rectified powers, and a certified error."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from verinet.claims.verdicts import Proved, Refuted
from verinet.claims.wording import domain_text
from verinet.cli.convert import box_sides, parse_domain
from verinet.cli.decimals import ends
from verinet.cli.networks import read, refuse_output, shape_of
from verinet.cli.outcome import DONE, REFUTED, UNKNOWN, Json, Outcome
from verinet.cli.progress import shown
from verinet.errors import BadFormat, BudgetExhausted, InexactInput, NotANumber, Unsupported
from verinet.exact.enclosures import Enclosure
from verinet.exact.rationals import Q, format_rational
from verinet.networks.formats import WRITERS, ReadOptions, write_network
from verinet.work import Budget, under

if TYPE_CHECKING:
    from verinet.theory.barron.conversion import Conversion

#: Longer numbers are shown as decimals.
LONGEST_NUMBER = 24


@dataclass(frozen=True, slots=True)
class Wishes:
    """The options of the command, as they were written."""

    to: str
    cells: int = 8
    domain: str | None = None
    radius: str | None = None
    centred: bool = False
    output: str | None = None
    prove: bool = False
    certificate: str | None = None
    budget: float | None = None


def convert(path: str, wishes: Wishes, options: ReadOptions) -> Outcome:
    """Convert, tell the error, and prove and write what was asked for.

    Raises
    ------
    VerinetError
        For files, activations and sets that do not fit; then nothing is written.
    """
    from verinet.theory.barron.conversion import convert as converted

    _refuse(path, wishes)
    file = read(path, options)
    network, budget = file.network, Budget(wishes.budget)
    sides = None if wishes.domain is None else box_sides(parse_domain(wishes.domain), network.input_size)
    try:
        with under(budget), shown("converting"):
            found = converted(
                network,
                wishes.to,
                wishes.cells,
                domain=sides,
                radius=_radius(wishes.radius),
                centred=wishes.centred,
            )
            exact = _on_a_line(found)
    except BudgetExhausted as error:
        reason = f"not converted: {error.problem}"
        return Outcome(UNKNOWN, (f"UNKNOWN   {reason}",), {"verdict": "unknown", "reason": reason}, file.notes)
    outcome = _told(path, found, exact, wishes)
    outcome = replace(outcome, complaints=(*file.notes, *outcome.complaints))
    if wishes.output is not None:
        outcome = _written(outcome, found, wishes.output)
    if wishes.prove or wishes.certificate is not None:
        outcome = _proved(outcome, found, wishes, budget)
    return outcome


def _refuse(path: str, wishes: Wishes) -> None:
    """What is refused before any work."""
    if wishes.budget is not None and not 0 < wishes.budget < float("inf"):
        raise NotANumber(f"--budget needs a positive number of seconds, got {wishes.budget}", fix="write --budget 60")
    if wishes.domain is not None and wishes.radius is not None:
        raise Unsupported("--domain and --radius are two sets of inputs", fix="state one of them")
    files = {"-o": wishes.output, "--certificate": wishes.certificate}
    named = {option: file for option, file in files.items() if file is not None}
    for option, file in named.items():
        refuse_output(file, (path,), option)
    if len({os.path.realpath(file) for file in named.values()}) < len(named):
        raise BadFormat("network and certificate are the same file", fix="name another file after --certificate")
    if wishes.output is not None and PurePath(wishes.output).suffix.lower() not in WRITERS:
        raise Unsupported(
            f"networks are written to {', '.join(WRITERS)}, got {wishes.output[-80:]!r}", fix="write -o network.json"
        )


def _radius(text: str | None) -> Fraction | None:
    if text is None:
        return None
    try:
        return Q(text)
    except NotANumber as error:
        raise NotANumber(f"--radius needs an exact number: {error.problem}", fix="write --radius 1") from error


def _on_a_line(found: Conversion) -> tuple[Fraction, Fraction] | None:
    """An enclosure of the sup error, where there is one input and one output."""
    if found.source.input_size != 1 or found.source.output_size != 1:
        return None
    from verinet.theory.barron.line_errors import sup_error_on_a_line
    from verinet.theory.ridges import ridge_sum

    (low,), (high,) = found.claim_domain().low, found.claim_domain().high
    if low is None or high is None:
        return None
    size = sup_error_on_a_line(ridge_sum(found.source), ridge_sum(found.network), low, high).size
    return size.low, size.high


def _told(path: str, found: Conversion, exact: tuple[Fraction, Fraction] | None, wishes: Wishes) -> Outcome:
    place = _place(found)
    ridges = [ridge for output in found.ridges for ridge in output]
    inexact = sum(1 for ridge in ridges if ridge.error)
    sizes = [
        {"from": format_rational(a), "to": format_rational(b)} for a, b in zip(found.lower, found.upper, strict=True)
    ]
    document: Json = {
        "network": path,
        "to": f"repu:{found.power}",
        "cells": found.cells,
        "domain": place,
        "neurons": [found.source.size, found.network.size],
        "ridges": len(ridges),
        "ridges_not_exact": inexact,
        "error_bound": format_rational(found.bound),
        "error_is_attained": found.is_attained,
        "sup_error": None if exact is None else [format_rational(exact[0]), format_rational(exact[1])],
        "differences": sizes,
        "claim": found.claim().text(),
        "sha256": found.network.hash,
        "verdict": "converted",
        "output": None,
        "certificate": None,
    }
    size = "neuron" if found.network.size == 1 else "neurons"
    cells = "cell" if found.cells == 1 else "cells"
    lines = [
        f"CONVERTED   {shape_of(found.source)} -> {shape_of(found.network)} {size}, "
        f"repu:{found.power}: sup error <= {_seen(found.bound)} on {place}",
        f"  ridges: {len(ridges)}, of which {inexact} in {found.cells} {cells} each, the others exact",
    ]
    lines += [
        f"  network minus converted, output {k}: in [{_seen(a, down=True)}, {_seen(b)}]"
        for k, (a, b) in enumerate(zip(found.lower, found.upper, strict=True))
        if a or b
    ]
    if exact is not None and exact[0] == exact[1]:
        told = "exactly" if len(format_rational(exact[0])) <= LONGEST_NUMBER else "rounded up; --json has all digits"
        lines.append(f"  sup error: {_seen(exact[0])}, {told}")
    elif exact is not None:
        lines.append(f"  sup error: between {_seen(exact[0], down=True)} and {_seen(exact[1])}, certified")
    elif found.is_attained:
        lines.append("  the bound is attained")
    if not (wishes.prove or wishes.certificate):
        lines.append(f"  claim: {found.claim().text()}; not proved (--prove searches a certificate)")
    return Outcome(DONE, tuple(lines), document)


def _place(found: Conversion) -> str:
    if isinstance(found.domain, Fraction):
        return f"|x| <= {format_rational(found.domain)}"
    return domain_text(found.domain)


def _written(outcome: Outcome, found: Conversion, output: str) -> Outcome:
    try:
        write_network(found.network, output)
    except InexactInput as error:
        raise InexactInput(error.problem, fix="write -o network.json, which holds every rational") from error
    line = f"  network: {output}, {os.path.getsize(output)} bytes"
    return replace(outcome, lines=(*outcome.lines, line), document={**outcome.document, "output": output})


def _proved(outcome: Outcome, found: Conversion, wishes: Wishes, budget: Budget) -> Outcome:
    """What became of the claim; UNKNOWN ends with its status, and the network that was written stays."""
    from verinet.provers.portfolio import prove

    with shown("searching a proof") as progress:
        verdict = prove(found.claim(), budget, progress)
    lines, document = (*outcome.lines, str(verdict)), dict(outcome.document)
    match verdict:
        case Proved(theorem=theorem):
            document |= {
                "verdict": "proved",
                "statement_sha256": theorem.hash,
                "assumptions": list(theorem.assumptions),
            }
            if wishes.certificate is not None:
                verdict.certificate.write(wishes.certificate)
                size = os.path.getsize(wishes.certificate)
                lines = (*lines, f"  certificate: {wishes.certificate}, {size} bytes")
                document["certificate"] = wishes.certificate
            return replace(outcome, lines=lines, document=document)
        case Refuted():
            document |= {"verdict": "refuted", "reason": verdict.reason}
            return replace(outcome, status=REFUTED, lines=lines, document=document)
    more: dict[str, Any] = {**document, **verdict.to_json()}
    return replace(outcome, status=UNKNOWN, lines=lines, document=more)


def _seen(value: Fraction, *, down: bool = False) -> str:
    """A short rational, or its leading decimals, rounded to the side on which a bound stays one."""
    text = format_rational(value)
    if len(text) <= LONGEST_NUMBER:
        return text
    return f"~{ends(Enclosure(value, value), 6)[0 if down else 1]}"
