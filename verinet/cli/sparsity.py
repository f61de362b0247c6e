"""``verinet sparsity NET --eps 1/100 --domain "[-3,3]"``: regions that a network uses against those a target needs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePath
from time import perf_counter
from typing import TYPE_CHECKING, Any

from verinet.claims.wording import domain_text
from verinet.cli.networks import NetworkFile, located, read, refuse_output
from verinet.cli.outcome import BAD_INPUT, DONE, UNKNOWN, Json, Outcome, failed
from verinet.cli.places import parse_set
from verinet.cli.progress import shown
from verinet.errors import (
    BudgetExhausted,
    InexactInput,
    NotANumber,
    NotBounded,
    ShapeMismatch,
    Unsupported,
    VerinetError,
)
from verinet.exact.enclosures import Enclosure
from verinet.exact.rationals import Q, format_rational
from verinet.networks.formats import WRITERS, ReadOptions, write_network
from verinet.work import Budget, under

if TYPE_CHECKING:
    from verinet.geometry.polyhedra import Polyhedron
    from verinet.theory.line_regions.sparsity import Sparsity

PICTURES = (".svg", ".pdf", ".png")


@dataclass(frozen=True, slots=True)
class Wishes:
    """The options of the command, as they were written."""

    eps: str
    domain: str | None = None
    target: str | None = None
    plot: str | None = None
    output: str | None = None
    certificate: str | None = None
    budget: float | None = None


def sparsity(path: str, wishes: Wishes, options: ReadOptions) -> Outcome:
    """Count, find the fewest pieces; then draw, write and prove, if files were named.

    Raises
    ------
    VerinetError
        For input that cannot be read, and sets and targets that do not fit; nothing is written then.
    """
    from verinet.theory.line_regions.sparsity import adaptive_sparsity

    _refuse(path, wishes)
    eps = Q(wishes.eps)
    file = read(path, options)
    domain = _domain(file, wishes)
    budget = Budget(wishes.budget)
    started = perf_counter()
    try:
        with shown("counting"), under(budget), located(path):
            found = adaptive_sparsity(file.network, wishes.target, eps, domain)
    except BudgetExhausted as error:
        return Outcome(UNKNOWN, (f"UNKNOWN   {error.problem}",), {"verdict": "unknown", "reason": error.problem})
    outcome = _reported(found, file, perf_counter() - started)
    for name, write in ((wishes.plot, _plotted), (wishes.output, _written), (wishes.certificate, _certified)):
        if name is not None:
            try:
                outcome = write(outcome, found, file, name, budget)
            except VerinetError as error:
                lost = failed(error)
                complaints = (*outcome.complaints, *lost.complaints)
                outcome = Outcome(BAD_INPUT, outcome.lines, {**outcome.document, **lost.document}, complaints)
    return outcome


def _refuse(path: str, wishes: Wishes) -> None:
    if wishes.budget is not None and not 0 < wishes.budget < float("inf"):
        raise NotANumber(f"--budget needs a positive number of seconds, got {wishes.budget}", fix="write --budget 60")
    earlier = [path]
    for name, option, endings in (
        (wishes.plot, "--plot", PICTURES),
        (wishes.output, "-o", tuple(WRITERS)),
        (wishes.certificate, "--certificate", None),
    ):
        if name is None:
            continue
        if endings is not None and PurePath(name).suffix.lower() not in endings:
            raise Unsupported(
                f"{option} writes {', '.join(endings)}, got {name!r}", fix="name a file with one of these endings"
            )
        refuse_output(name, tuple(earlier), option)
        earlier.append(name)
    if wishes.plot is not None:
        from verinet.report.figures import need_matplotlib

        need_matplotlib()


def _domain(file: NetworkFile, wishes: Wishes) -> Polyhedron | None:
    network = file.network
    if network.input_size != 1 or network.output_size != 1:
        raise ShapeMismatch(
            f"sparsity is about functions of one variable, the network has {network.input_size} inputs and "
            f"{network.output_size} outputs",
            fix="give a network with one input and one output",
            where=file.path,
        )
    if wishes.domain is not None:
        return parse_set(wishes.domain, 1)
    if network.domain is None:
        raise NotBounded(
            "sparsity needs a bounded interval, and the file states none", fix='state it: --domain "[-3,3]"'
        )
    return None


def _reported(found: Sparsity, file: NetworkFile, seconds: float) -> Outcome:
    minimum = found.minimum
    used = next(reading for reading in found.readings if reading.name == "used")
    word = "exact" if minimum.target.points is not None else "certified"
    needed = str(minimum.low) if minimum.is_known else f"{minimum.low} to {minimum.high}"
    compared = "itself" if minimum.target.source is file.network else minimum.target.text
    lines = [
        f"regions used     {used.regions}     exact",
        f"pieces needed    {needed}     {word}, within {format_rational(minimum.eps)} of {compared}",
        f"over-provision   {_ratio(used.over_provision)}",
        f"  domain: {domain_text(minimum.target.domain)}",
        file.line,
        "  readings         regions   regions/pieces   pieces/regions   1 - pieces/regions",
    ]
    for reading in found.readings:
        numbers = (
            _short(reading.regions),
            *map(_ratio, (reading.over_provision, reading.utilisation, reading.sparsity)),
        )
        lines.append("    {:<14} {:>8} {:>16} {:>16} {:>20}".format(reading.name, *numbers))
    lines += [f"    {reading.name}: {reading.meaning}" for reading in found.readings]
    if not minimum.is_known:
        lines.append("  the two sides did not meet: eps may be a critical value")
    lines.append(f"  time: {seconds:.2f} s")
    return Outcome(DONE, tuple(lines), _document(found, file, seconds), file.notes)


def _document(found: Sparsity, file: NetworkFile, seconds: float) -> Json:
    minimum = found.minimum
    used = next(reading for reading in found.readings if reading.name == "used")
    return {
        "network": file.document(),
        "domain": domain_text(minimum.target.domain),
        "target": None if minimum.target.source is file.network else minimum.target.text,
        "eps": format_rational(minimum.eps),
        "regions": int(used.regions),
        "minimum": minimum.low if minimum.is_known else None,
        "minimum_low": minimum.low,
        "minimum_high": minimum.high,
        "over_provision": _number(used.over_provision),
        "utilisation": _number(used.utilisation),
        "sparsity": _number(used.sparsity),
        "guarantee": "exact" if minimum.target.points is not None else "certified",
        "readings": {
            reading.name: {
                "meaning": reading.meaning,
                "regions": format_rational(reading.regions),
                "over_provision": _ends(reading.over_provision),
                "utilisation": _ends(reading.utilisation),
                "sparsity": _ends(reading.sparsity),
            }
            for reading in found.readings
        },
        "knots": [[format_rational(x), format_rational(y)] for x, y in minimum.knots],
        "windows": [
            {"side": w.side, "q": format_rational(w.q), "p": format_rational(w.p), "leaves": format_rational(w.leaves)}
            for w in minimum.windows
        ],
        "plot": None,
        "output": None,
        "certificate": None,
        "seconds": round(seconds, 6),
    }


def _number(enclosure: Enclosure) -> float | None:
    return float(enclosure.low) if enclosure.low == enclosure.high else None


def _ends(enclosure: Enclosure) -> list[str]:
    return [format_rational(enclosure.low), format_rational(enclosure.high)]


def _short(value: Any) -> str:
    return f"{float(value):.3f}".rstrip("0").rstrip(".")


def _ratio(enclosure: Enclosure) -> str:
    low, high = _short(enclosure.low), _short(enclosure.high)
    return low if low == high else f"{low}..{high}"


def _plotted(outcome: Outcome, found: Sparsity, file: NetworkFile, name: str, budget: Budget) -> Outcome:
    from verinet.report.figures import write_figure
    from verinet.theorems.line_pictures import pieces_picture

    with shown("drawing"), under(budget):
        guarantee = write_figure(pieces_picture(file.network, found), name)
    line = f"  picture: {name}     {guarantee}"
    return replace(outcome, lines=(*outcome.lines, line), document={**outcome.document, "plot": name})


def _written(outcome: Outcome, found: Sparsity, file: NetworkFile, name: str, budget: Budget) -> Outcome:
    try:
        write_network(found.minimum.network, name)
    except InexactInput as error:
        raise InexactInput(
            error.problem, fix="write -o pieces.json, which holds every rational", where=error.where
        ) from error
    line = f"  network of {found.minimum.high} pieces: {name}"
    return replace(outcome, lines=(*outcome.lines, line), document={**outcome.document, "output": name})


def _certified(outcome: Outcome, found: Sparsity, file: NetworkFile, name: str, budget: Budget) -> Outcome:
    """Prove that the function of few pieces is within eps, and write the certificate."""
    from verinet.claims.verdicts import Proved
    from verinet.provers.portfolio import prove

    claim = found.minimum.claim
    with shown("searching a proof") as progress:
        verdict = prove(claim, budget=budget, progress=progress)
    if not isinstance(verdict, Proved):
        reason = f"no certificate: {getattr(verdict, 'reason', verdict)}"
        lines, document = (*outcome.lines, f"UNKNOWN   {reason}"), {**outcome.document, "reason": reason}
        return replace(outcome, status=UNKNOWN, lines=lines, document=document)
    verdict.certificate.write(name)
    lines = (*outcome.lines, str(verdict), f"  certificate: {name}, {verdict.certificate.size} bytes")
    return replace(outcome, lines=lines, document={**outcome.document, "certificate": name, "claim": claim.text()})
