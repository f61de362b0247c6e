"""Replay the stored certificates of a theorem, or prove its claims afresh."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

from verinet import kernel
from verinet.claims import Proved, Refuted, SupErrorAtMost, SupErrorEquals, Verdict
from verinet.claims.solver_evidence import EvidenceReport, SolverEvidence, read_evidence
from verinet.errors import VerinetError
from verinet.exact.rationals import Q
from verinet.provers.evidence import replayed
from verinet.provers.portfolio import prove
from verinet.provers.second_look import numeric_error
from verinet.theorems.index import INDEX, Entry, default_folder, discover, index_text
from verinet.theorems.scripts import Instance
from verinet.work import SILENT, Budget, Progress, read_text, write_file

#: Seconds of each solver that is asked again when solver evidence is replayed; no answer is no objection.
SOLVER_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of one claim.

    `verdict` is "checked" (the stored certificate), "proved" or "refuted" (found afresh, and the kernel accepted),
    "unknown" or "rejected"; the last two have a `reason` and no `report`.  `seconds` is the time of the kernel or of
    the search; `numeric_error` is an independent look at a sup error (guarantee: numeric), None for other claims.
    """

    label: str
    text: str
    report: kernel.Report | EvidenceReport | None
    seconds: float
    verdict: str
    numeric_error: str | None = None
    reason: str = ""
    note: str = ""

    @property
    def accepted(self) -> bool:
        """Whether the kernel accepted what the script says."""
        return self.report is not None

    @property
    def headline(self) -> str:
        """The verdict, with the number and the kinds of the assumptions: what has some is never just "checked"."""
        assumed = [] if self.report is None else [entry["kind"] for entry in self.report.assumptions]
        word = self.verdict.upper()
        if not assumed:
            return word
        plural = "S" if len(assumed) > 1 else ""
        return f"{word} UNDER {len(assumed)} ASSUMPTION{plural}: {', '.join(dict.fromkeys(assumed))}"

    def __str__(self) -> str:
        look = "" if self.numeric_error is None else f"   numeric look: {self.numeric_error}"
        return f"{self.headline}   {self.text}{look}{self.reason and '   ' + self.reason}"


def replay(entry: Entry, progress: Progress = SILENT) -> tuple[Checked, ...]:
    """Let the kernel check the stored certificates, and compare their statements with the script's claims.

    Of solver evidence the constraints are written anew and compared, and what is checked has its assumption.

    Notes
    -----
    Guarantee: exact.
    """
    return _each(entry, progress, lambda instance: _replayed(entry, instance))


def search(
    entry: Entry, budget: Budget | float | None = None, progress: Progress = SILENT, write: bool = False
) -> tuple[Checked, ...]:
    """Prove the claims afresh, within one budget; `write` replaces the stored certificates.

    A claim that is marked as refuted must be found false; its certificate says where it fails.

    Notes
    -----
    Guarantee: exact.
    """
    limits = budget if isinstance(budget, Budget) else Budget(seconds=budget)
    return _each(entry, progress, lambda instance: _searched(entry, instance, limits, progress, write))


def revisit(entry: Entry, budget: Budget | float | None = None, progress: Progress = SILENT) -> tuple[Checked, ...]:
    """`search` or `replay`, as the entry's mode says."""
    return search(entry, budget, progress) if entry.mode == "search" else replay(entry, progress)


def _each(entry: Entry, progress: Progress, check: Callable[[Instance], Checked]) -> tuple[Checked, ...]:
    instances = entry.instances()
    done = []
    for place, instance in enumerate(instances):
        progress.update(place, len(instances) - place, f"{entry.name}, {instance.label}")
        done.append(_looked_at(instance, check(instance)))
    return tuple(done)


def _rejected(instance: Instance, started: float, reason: str, verdict: str = "rejected") -> Checked:
    return Checked(instance.label, instance.true_claim.text(), None, perf_counter() - started, verdict, None, reason)


def _replayed(entry: Entry, instance: Instance) -> Checked:
    started = perf_counter()
    claim: Any = instance.true_claim
    if not entry.certificate(instance.label).exists() and entry.evidence(instance.label).exists():
        return _evidence_replayed(entry, instance)
    try:
        text = read_text(entry.certificate(instance.label))
        report = kernel.check(text)
    except (kernel.Rejected, VerinetError) as error:
        return _rejected(instance, started, str(error))
    seconds = perf_counter() - started
    if json.loads(text)["statement"] != claim.statement():
        return _rejected(instance, started, "the certificate states something else than its script")
    # another version of the program that made an enclosure is no other assumption
    known = [{**entry, "origin": ""} for entry in report.assumptions]
    if any({**wanted, "origin": ""} not in known for wanted in getattr(claim, "assumptions", ())):
        return _rejected(instance, started, "the certificate leaves out an assumption that its script makes")
    return Checked(instance.label, claim.text(), report, seconds, "checked", note=instance.note)


def _evidence_replayed(entry: Entry, instance: Instance) -> Checked:
    """Write the constraints of solver evidence anew and compare; a solver that contradicts it now is heard."""
    started = perf_counter()
    claim: Any = instance.true_claim
    try:
        evidence = read_evidence(read_text(entry.evidence(instance.label)))
        report = replayed(claim, evidence, SOLVER_SECONDS)
    except VerinetError as error:
        return _rejected(instance, started, str(error))
    return Checked(instance.label, claim.text(), report, perf_counter() - started, "checked", note=instance.note)


def _searched(entry: Entry, instance: Instance, budget: Budget, progress: Progress, write: bool) -> Checked:
    started = perf_counter()
    verdict: Verdict = prove(instance.claim, budget, progress, plan=instance.plan)
    certificate = None
    match verdict:
        case Proved(certificate=found) if not instance.refuted:
            certificate = found
        case Refuted(certificate=known) if instance.refuted:
            certificate = known
    if certificate is None:
        word = "unknown" if not isinstance(verdict, (Proved, Refuted)) else "rejected"
        return _rejected(instance, started, str(verdict), word)
    claim: Any = instance.true_claim
    report: kernel.Report | EvidenceReport
    if isinstance(certificate, SolverEvidence):
        place, stale = entry.evidence(instance.label), entry.certificate(instance.label)
        report = replayed(claim, certificate, SOLVER_SECONDS)
    else:
        place, stale = entry.certificate(instance.label), entry.evidence(instance.label)
        if certificate.data["statement"] != claim.statement():
            return _rejected(instance, started, "the prover proved something else than the script says")
        report = kernel.check(certificate.text)
    seconds = perf_counter() - started
    if write:
        write_file(place, certificate.text)
        stale.unlink(missing_ok=True)
    word = "refuted" if instance.refuted else "proved"
    text = str(verdict.counterexample or verdict.reason) if isinstance(verdict, Refuted) else claim.text()
    return Checked(instance.label, text, report, seconds, word, note=instance.note)


def _looked_at(instance: Instance, checked: Checked) -> Checked:
    """With the numeric second look at a sup error; one that exceeds a proved bound is an alarm.

    Rounding may carry a look across a jump, or away from an error of 0: the point itself, evaluated exactly, decides.
    """
    claim = instance.claim
    if not checked.accepted or not isinstance(claim, (SupErrorAtMost, SupErrorEquals)) or not claim.domain.is_bounded:
        return checked
    look = numeric_error(claim.network, claim.targets, claim.domain)
    if look.exceeds(claim.error) and claim.error_at([Q(entry) for entry in look.at]) <= claim.error:
        return replace(checked, numeric_error=f"{look}: rounding; exactly, the error there is within the bound")
    if look.exceeds(claim.error):
        reason = f"the numeric look found the larger error {look}; please report this"
        return replace(checked, report=None, verdict="rejected", numeric_error=str(look), reason=reason)
    return replace(checked, numeric_error=str(look))


def rewrite(
    folder: Path | str | None = None, names: Iterable[str] = (), progress: Progress = SILENT
) -> tuple[Checked, ...]:
    """Rewrite the index, then prove the named theorems afresh and store their certificates."""
    root = Path(folder) if folder is not None else default_folder()
    write_file(root / INDEX, index_text(root))
    wanted = set(names)
    chosen = [entry for entry in discover(root) if entry.name in wanted]
    return tuple(checked for entry in chosen for checked in search(entry, None, progress, write=True))
