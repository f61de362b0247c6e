"""``verinet construct NAME --target "x*y, x + y" --resolution 8``: the network that a theorem promises."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from fractions import Fraction
from itertools import groupby
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from verinet.claims.verdicts import Proved, Refuted
from verinet.cli.networks import refuse_output
from verinet.cli.outcome import BAD_INPUT, DONE, REFUTED, UNKNOWN, Json, Outcome, failed
from verinet.cli.progress import shown
from verinet.errors import (
    BadFormat,
    BudgetExhausted,
    InexactInput,
    NotANumber,
    Unsupported,
    VerinetError,
)
from verinet.exact.rationals import Q, format_rational
from verinet.networks.formats import WRITERS, write_network
from verinet.work import Budget, write_file

if TYPE_CHECKING:
    from verinet.geometry.polyhedra import Polyhedron
    from verinet.networks.network import Network
    from verinet.theorems.constructions import Constructed
    from verinet.theory.catalogue import Entry

PICTURES = (".svg", ".pdf", ".png")
#: So many facts, and letters of one, are printed.
MOST_FACTS, LONGEST_FACT, LONGEST_NUMBER = 24, 120, 24


@dataclass(frozen=True, slots=True)
class Wishes:
    """The options of the command, as they were written."""

    target: str | None = None
    inputs: int | None = None
    alpha: str | None = None
    eps: str | None = None
    resolution: int | None = None
    norm: str | None = None
    activation: str | None = None
    step: str | None = None
    domain: str | None = None
    output: str | None = None
    rounded: bool = False
    certificate: str | None = None
    prove: bool = False
    latex: str | None = None
    figure: str | None = None
    budget: float | None = None
    data: str | None = None
    grid: int | None = None
    depth: int | None = None
    activations: str | None = None


def construct(name: str | None, listed: bool, wishes: Wishes) -> Outcome:
    """Build, then prove, write and draw what was asked for.

    Raises
    ------
    VerinetError
        For names, targets and options that do not fit, and files that cannot be written; then nothing is.
    """
    if listed:
        return catalogue()
    from verinet.theory.catalogue import entry

    name = _variant(name, wishes)

    fixed = "" if name is None else entry(name).target
    from_data = name is not None and _asks_data(entry(name), wishes)
    if name is None or (wishes.target is None and not fixed and not from_data):
        raise Unsupported(
            f"construct needs {'a name' if name is None else '--target'}",
            fix='write verinet construct minimal-width/leaky --target "x*y" --resolution 4; --list shows all names',
        )
    _refuse(wishes)
    budget = Budget(wishes.budget)
    try:
        found = _built(name, wishes, budget)
    except BudgetExhausted as error:
        reason = f"no network: {error.problem}"
        return Outcome(UNKNOWN, (f"UNKNOWN   {reason}",), {"verdict": "unknown", "reason": reason})
    outcome = _reported(found, wishes)
    for file, write in (
        (wishes.output, _network_written),
        (wishes.certificate, _certificate_written),
        (wishes.latex, _page_written),
        (wishes.figure, _figure_written),
    ):
        if file is not None:
            try:
                outcome = write(outcome, found, wishes)
            except VerinetError as error:
                lost = failed(error)
                outcome = Outcome(
                    BAD_INPUT,
                    outcome.lines,
                    {**outcome.document, **lost.document},
                    (*outcome.complaints, *lost.complaints),
                )
    return outcome


def catalogue() -> Outcome:
    """Every construction of every paper, with its theorem."""
    from verinet.theory.catalogue import CATALOGUE

    columns = [
        (row.name, f"{row.theorem} ({row.paper})", f"{row.norm}, width {row.width}", row.line) for row in CATALOGUE
    ]
    wide = [max(len(row[column]) for row in columns) for column in range(3)]
    lines = ["  ".join([*(text.ljust(size) for text, size in zip(row, wide, strict=False)), row[3]]) for row in columns]
    document = [
        {
            "name": row.name,
            "theorem": row.theorem,
            "paper": row.paper,
            "norm": row.norm,
            "width": row.width,
            "options": list(row.options),
            "line": row.line,
        }
        for row in CATALOGUE
    ]
    return Outcome(DONE, tuple(lines), {"constructions": document})


# --- what is refused before any work ---------------------------------------------------------------------------------


def _refuse(wishes: Wishes) -> None:
    if wishes.budget is not None and not 0 < wishes.budget < float("inf"):
        raise NotANumber(f"--budget needs a positive number of seconds, got {wishes.budget}", fix="write --budget 60")
    named = {
        "-o": wishes.output,
        "--certificate": wishes.certificate,
        "--latex": wishes.latex,
        "--figure": wishes.figure,
    }
    files = {option: file for option, file in named.items() if file is not None}
    for option, file in files.items():
        refuse_output(file, (), option)
    if len({os.path.realpath(file) for file in files.values()}) < len(files):
        raise BadFormat("two of the files are the same", fix="name another file for each of -o, --certificate, ...")
    if wishes.output is not None and PurePath(wishes.output).suffix.lower() not in WRITERS:
        raise Unsupported(
            f"networks are written to {', '.join(WRITERS)}, got {wishes.output[-80:]!r}", fix="write -o network.json"
        )
    if wishes.rounded and (wishes.output is None or PurePath(wishes.output).suffix.lower() != ".onnx"):
        raise Unsupported("--rounded concerns an .onnx file", fix="write -o network.onnx --rounded, or leave it out")
    if wishes.figure is not None:
        if PurePath(wishes.figure).suffix.lower() not in PICTURES:
            raise Unsupported(
                f"--figure writes {', '.join(PICTURES)}, got {wishes.figure[-80:]!r}", fix="write --figure scheme.svg"
            )
        from verinet.report.figures import need_matplotlib

        need_matplotlib()


def _asks_data(row: Entry, wishes: Wishes) -> bool:
    """Whether the construction is built from a file of points; a --data that is missing or too much is an error."""
    if (wishes.data is not None) != (row.asks == "data"):
        raise Unsupported(
            f"{row.name} {'needs --data' if row.asks == 'data' else 'takes no --data'}",
            fix="write verinet construct memorize --data points.csv; each line is x_1,...,x_d,label",
        )
    return row.asks == "data"


def _variant(name: str | None, wishes: Wishes) -> str | None:
    """The row of the catalogue that ``layerwise --activations sine`` means."""
    if wishes.activations is None:
        return name
    subject = (name or "").partition("/")[0]
    known = subject == "layerwise" and wishes.activations in ("exact", "sine")
    if not known or name not in ("layerwise", f"layerwise/{wishes.activations}"):
        raise Unsupported(
            f"--activations says exact or sine, of layerwise, got {wishes.activations[:40]!r} of {str(name)[:40]!r}",
            fix="write verinet construct layerwise --activations sine; for others --activation names one",
        )
    return f"layerwise/{wishes.activations}"


def _cells(name: str, wishes: Wishes) -> int | None:
    """The resolution; a layer-wise network has a grid, 2 unless told, where neither it nor an error is given."""
    if wishes.resolution is not None or wishes.eps is not None or not name.startswith("layerwise"):
        return wishes.resolution
    return 2 if wishes.grid is None else wishes.grid


def _number(text: str | None, option: str) -> Fraction | None:
    if text is None:
        return None
    try:
        return Q(text)
    except NotANumber as error:
        raise NotANumber(f"{option} needs an exact number: {error.problem}", fix=f"write {option} 1/4") from error


# --- the construction ------------------------------------------------------------------------------------------------


def _built(name: str, wishes: Wishes, budget: Budget) -> Constructed:
    from verinet.theorems.constructions import construct as build
    from verinet.theorems.constructions import proved

    with shown("constructing"):
        found = (
            _from_data(name, wishes, budget)
            if wishes.data is not None
            else build(
                name,
                wishes.target,
                inputs=wishes.inputs,
                eps=_number(wishes.eps, "--eps"),
                resolution=_cells(name, wishes),
                norm=wishes.norm,
                domain=_box(wishes),
                budget=budget,
                alpha=_number(wishes.alpha, "--alpha"),
                step=_number(wishes.step, "--step"),
                activation=wishes.activation,
                grid=wishes.grid,
                depth=wishes.depth,
            )
        )
    if not wishes.prove and wishes.certificate is None:
        return found
    with shown("searching a proof") as progress:
        return proved(found, budget, progress)


def _from_data(name: str, wishes: Wishes, budget: Budget) -> Constructed:
    from verinet.theorems.from_data import construct_from_file

    ours = ("target", "inputs", "eps", "resolution", "norm", "domain", "alpha", "step", "activation", "grid", "depth")
    given = tuple(option for option in ours if getattr(wishes, option) is not None)
    return construct_from_file(wishes.data or "", name, budget=budget, ignored=given)


def _box(wishes: Wishes) -> Polyhedron | None:
    if wishes.domain is None:
        return None
    from verinet.claims.target_text import parse_targets
    from verinet.cli.convert import box_sides, parse_domain
    from verinet.geometry.polyhedra import box

    sides = parse_domain(wishes.domain)
    counted = sum(count for _, _, count in sides)
    size = wishes.inputs or max(counted, parse_targets(wishes.target or "0").inputs)
    return box(*box_sides(sides, size))


# --- the screen ------------------------------------------------------------------------------------------------------


def _reported(found: Constructed, wishes: Wishes) -> Outcome:
    network, bound = found.network, format_rational(found.error_bound)
    bits, neurons = found.max_bits, network.size
    facts = {str(key): _plain(value) for key, value in found.facts.items()}
    document: Json = {
        "name": found.name,
        "theorem": found.entry.theorem,
        "paper": found.entry.paper,
        "width": network.width,
        "depth": network.depth,
        "neurons": neurons,
        "activations": list(found.activations),
        "error_bound": bound,
        "norm": found.norm,
        "max_bits": bits,
        "facts": facts,
        "claim": found.claim.text(),
        "sha256": network.hash,
        "notes": list(found.notes),
        "output": None,
        "certificate": None,
        "latex": None,
        "figure": None,
    }
    lines = [
        f"CONSTRUCTED   {found.name}, {_theorem(found)}: {found.norm} error <= {_seen(found.error_bound)}",
        f"  width {network.width}, depth {network.depth}, {neurons} neuron{'' if neurons == 1 else 's'}, "
        f"{', '.join(found.activations) or 'no activation'}; at most {bits} bits a weight",
        f"  network: {_runs(network)}, sha256 {network.hash}",
        *(f"  {key}: {_short(_seen(value))}" for key, value in list(found.facts.items())[:MOST_FACTS]),
    ]
    outcome = _judged(found, Outcome(DONE, tuple(lines), document))
    seconds = round(found.seconds, 6)
    return replace(
        outcome,
        lines=(*outcome.lines, f"  time: {seconds:.2f} s"),
        document={**outcome.document, "assumptions": list(found.assumptions), "seconds": seconds},
        complaints=tuple(f"note: {note}" for note in found.notes),
    )


def _judged(found: Constructed, outcome: Outcome) -> Outcome:
    """What became of the claim."""
    verdict, document = found.verdict, outcome.document
    if verdict is None:
        line = f"  claim: {_short(found.claim.text())}; not proved (--prove searches a certificate)"
        return replace(outcome, lines=(*outcome.lines, line), document={**document, "verdict": "constructed"})
    lines = (*outcome.lines, str(verdict))
    match verdict:
        case Proved(theorem=theorem):
            lines += tuple(f"  assumes ({entry['kind']}): {_short(entry['text'])}" for entry in theorem.assumptions)
            return Outcome(DONE, lines, {**document, "verdict": "proved", "statement_sha256": theorem.hash})
        case Refuted():
            return Outcome(REFUTED, lines, {**document, "verdict": "refuted", "reason": verdict.reason})
        case _:
            return Outcome(UNKNOWN, lines, {**document, **verdict.to_json()})


def _theorem(found: Constructed) -> str:
    theorem, paper = found.entry.theorem, found.entry.paper
    if theorem in ("derived", "abstract"):
        return theorem if theorem == "derived" else f"abstract of {paper}"
    return f"{theorem} (our numbering of its results) of {paper}" if theorem[1:].isdigit() else f"{theorem} of {paper}"


def _runs(network: Network) -> str:
    """``2-2x36-1``: inputs, neurons of the hidden layers, outputs, equal layers in a row together."""
    sizes = [f"{size}x{count}" if (count := len(list(run))) > 2 else "-".join([str(size)] * count)
             for size, run in groupby(network.level_widths)]  # fmt: skip
    return _short("-".join((str(network.input_size), *sizes, str(network.output_size))))


def _plain(value: object) -> Any:
    """A fact as a JSON value: rationals as "p/q"."""
    match value:
        case bool() | int() | str() | None:
            return value
        case Fraction():
            return format_rational(value)
        case Mapping():
            return {str(key): _plain(entry) for key, entry in value.items()}
        case list() | tuple():
            return [_plain(entry) for entry in value]
    return str(value)


def _seen(value: object) -> str:
    """A fact on the screen: a long rational as a decimal with a sign that it was shortened."""
    if not isinstance(value, Fraction):
        return str(_plain(value))
    text = format_rational(value)
    if len(text) <= LONGEST_NUMBER:
        return text
    # not a float: numbers of 1e400 and of 1e-400 are read, too
    context = Context(prec=6, Emax=MAX_EMAX, Emin=MIN_EMIN)
    shown = context.divide(Decimal(value.numerator), Decimal(value.denominator))
    return f"~{shown.normalize(context):.6g}"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_FACT else f"{text[: LONGEST_FACT - 4]} ..."


# --- files -----------------------------------------------------------------------------------------------------------


def _network_written(outcome: Outcome, found: Constructed, wishes: Wishes) -> Outcome:
    output = wishes.output or ""
    if wishes.rounded:
        from verinet.networks.formats.onnx import write_onnx

        write_file(output, write_onnx(found.network, dtype="float64", rounding=True))
        note = f"{output}: weights were rounded to float64; neither bound nor certificate carries over to this file"
        outcome = replace(
            outcome,
            document={**outcome.document, "notes": [*outcome.document["notes"], note]},
            complaints=(*outcome.complaints, f"note: {note}"),
        )
    else:
        try:
            write_network(found.network, output)
        except InexactInput as error:
            rounding = ", or --rounded, for a file that no bound is about" if output.lower().endswith(".onnx") else ""
            raise InexactInput(
                error.problem, fix=f"write -o network.json, which holds every rational{rounding}", where=error.where
            ) from error
    return _told(outcome, "output", output, "network")


def _certificate_written(outcome: Outcome, found: Constructed, wishes: Wishes) -> Outcome:
    output = wishes.certificate or ""
    certificate = found.certificate
    if certificate is None:
        return replace(outcome, lines=(*outcome.lines, "  no certificate: the claim was not proved"))
    certificate.write(output)
    return _told(outcome, "certificate", output, "certificate")


def _page_written(outcome: Outcome, found: Constructed, wishes: Wishes) -> Outcome:
    from verinet.theorems.construction_pages import page

    write_file(wishes.latex or "", page(found, wishes.budget))
    return _told(outcome, "latex", wishes.latex or "", "page")


def _figure_written(outcome: Outcome, found: Constructed, wishes: Wishes) -> Outcome:
    from verinet.report.figures import write_figure
    from verinet.theorems.coding_pictures import coding_picture

    with shown("drawing"):
        guarantee = write_figure(coding_picture(found), wishes.figure or "")
    return _told(outcome, "figure", wishes.figure or "", f"figure ({guarantee})")


def _told(outcome: Outcome, key: str, file: str, what: str) -> Outcome:
    line = f"  {what}: {file}, {os.path.getsize(file)} bytes"
    return replace(outcome, lines=(*outcome.lines, line), document={**outcome.document, key: file})
