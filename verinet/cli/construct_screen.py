"""What ``verinet construct`` tells: the list of all constructions, and one that was built."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING, Any

from verinet.claims.verdicts import Proved, Refuted
from verinet.cli.outcome import DONE, REFUTED, UNKNOWN, Json, Outcome
from verinet.exact.rationals import format_rational

if TYPE_CHECKING:
    from verinet.networks.network import Network
    from verinet.theorems.constructed import Constructed
    from verinet.theory.catalogue import Entry

#: So many facts, and letters of one, are printed.
MOST_FACTS, LONGEST_FACT, LONGEST_NUMBER = 24, 120, 24


def catalogue() -> Outcome:
    """Every construction of every paper, with its theorem."""
    from verinet.theory.catalogue import CATALOGUE

    columns = [
        (row.name, f"{row.theorem} ({row.paper})", f"{row.norm}, width {row.width}", _told_of(row)) for row in CATALOGUE
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
            "asks": row.asks,
            "line": row.line,
        }
        for row in CATALOGUE
    ]
    return Outcome(DONE, tuple(lines), {"constructions": document})


def _told_of(row: Entry) -> str:
    """What it builds, and the options that only --list tells."""
    if row.asks not in ("network", "options"):
        return row.line
    source = "--network NET; " if row.asks == "network" else ""
    return f"{row.line} ({source}options: {', '.join(row.options) or 'none'})"


# --- one construction ------------------------------------------------------------------------------------------------


def reported(found: Constructed) -> Outcome:
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
