"""``verinet proofs``: the theorems of a folder, each replayed or searched afresh."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from verinet.cli.outcome import BAD_INPUT, DONE, REFUTED, UNKNOWN, Json, Outcome, failed
from verinet.cli.progress import cleared, shown
from verinet.errors import BadFormat, NotANumber, Unsupported, VerinetError
from verinet.theorems import Checked, Entry, discover, replay, search
from verinet.work import Progress

_WORDS = {DONE: "hold", REFUTED: "rejected", UNKNOWN: "unknown", BAD_INPUT: "not readable"}


def proofs(
    names: list[str],
    replayed: bool,
    searched: bool,
    folder: Path | None,
    budget: float | None,
    tell: Callable[[str], None],
) -> Outcome:
    """Go through the index in its order and tell of each; the status is the worst of all.

    Raises
    ------
    VerinetError
        If there is no index, or no theorem of a given name.
    """
    if replayed and searched:
        raise Unsupported("proofs does one thing, got --replay and --search", fix="choose one, or neither")
    if budget is not None and not 0 < budget < float("inf"):
        raise NotANumber(f"--budget needs a positive number of seconds, got {budget}", fix="write --budget 60")
    entries = _chosen(discover(folder), names)
    outcomes: list[Outcome] = []
    with shown("proofs") as progress:
        for entry in entries:
            mode = "replay" if replayed else "search" if searched else entry.mode
            outcomes.append(_one(entry, mode, budget, progress))
            with cleared(progress):
                for line in outcomes[-1].lines:
                    tell(line)
    return _summed(outcomes)


def _summed(outcomes: list[Outcome]) -> Outcome:
    counts = {status: sum(outcome.status == status for outcome in outcomes) for status in _WORDS}
    line = ", ".join(f"{count} {_WORDS[status]}" for status, count in counts.items() if count or status == DONE)
    # the gravest is told: bad input, then a rejected theorem, then an unknown one
    status = next(status for status in (BAD_INPUT, REFUTED, UNKNOWN, DONE) if counts[status] or status == DONE)
    documents = [outcome.document for outcome in outcomes]
    complaints = tuple(line for outcome in outcomes for line in outcome.complaints)
    return Outcome(status, (f"theorems: {line}",), {"theorems": documents}, complaints)


def _chosen(entries: tuple[Entry, ...], names: list[str]) -> list[Entry]:
    known = {entry.name for entry in entries}
    strangers = [name for name in names if name not in known]
    if strangers or not entries:
        raise BadFormat(
            f"there is no theorem {strangers[0]!r}" if strangers else "the index has no theorems",
            fix=f"choose among {', '.join(sorted(known))}" if known else "rewrite the index",
        )
    return [entry for entry in entries if not names or entry.name in names]


def _one(entry: Entry, mode: str, budget: float | None, progress: Progress) -> Outcome:
    document: Json = {"name": entry.name, "title": entry.title, "mode": mode, "scope": entry.scope}
    try:
        found = search(entry, budget, progress) if mode == "search" else replay(entry, progress)
    except VerinetError as error:
        lost = failed(error)
        return Outcome(
            lost.status,
            (f"{entry.name}: {entry.title} (failed: see standard error)",),
            {**document, **lost.document},
            lost.complaints,
        )
    status = DONE
    if not all(checked.accepted for checked in found):
        status = UNKNOWN if all(checked.accepted or checked.verdict == "unknown" for checked in found) else REFUTED
    document["claims"] = [_claim(checked) for checked in found]
    scope = f", instances {entry.labels[0]} .. {entry.labels[-1]}" if entry.scope == "instances" else ""
    head = f"{entry.name}: {entry.title} ({'searched afresh' if mode == 'search' else 'replayed'}{scope})"
    return Outcome(status, (head, *(f"  {line}" for checked in found for line in _lines(checked))), document)


def _lines(checked: Checked) -> list[str]:
    lines = [f"assumption ({entry['kind']}, {entry['origin']}): {entry['text']}" for entry in _assumptions(checked)]
    return [*lines, f"{checked} [{checked.label}]"]


def _assumptions(checked: Checked) -> list[dict[str, str]]:
    return [] if checked.report is None else checked.report.assumptions


def _claim(checked: Checked) -> Json:
    report = checked.report
    return {
        "label": checked.label,
        "claim": checked.text,
        "verdict": checked.verdict,
        "accepted": checked.accepted,
        "assumptions": _assumptions(checked),
        "statement_sha256": None if report is None else report.statement_sha256,
        "numeric_error": checked.numeric_error,
        "reason": checked.reason,
    }
