"""Several certificates as one statement `all`, lemmas as assumptions, and verdicts in the words of another claim."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from verinet.claims.language import Always, Equal, Somewhere, Value
from verinet.claims.verdicts import Certificate, Counterexample, Proved, Refuted, Unknown, Verdict
from verinet.networks.network import Network
from verinet.provers.decide import certified
from verinet.work import Budget, Progress

Json = dict[str, Any]
Point = tuple[Any, ...]
#: The origin of a lemma that every textbook has.
ELEMENTARY = "elementary"


def lemma(text: str, so: str, origin: str = ELEMENTARY, evidence: str | None = None) -> Json:
    """An assumption of the kind `lemma`, which turns the kernel's statement into the claim `so`.

    Its hash is that of its evidence; without evidence of its own, that of its text.
    """
    full = f"{text}; so the statement says: {so}"
    digest = hashlib.sha256((full if evidence is None else evidence).encode()).hexdigest()
    return {"kind": "lemma", "text": full, "sha256": digest, "origin": origin}


def conjunction(text: str, parts: Iterable[Proved], assumptions: Sequence[Json] = ()) -> Proved | Unknown:
    """One theorem from several: the statement `all` of their statements (or the only one itself)."""
    stated: list[Json] = []
    shown: list[Json] = []
    assumed: dict[str, Json] = {entry["text"]: entry for entry in assumptions}
    for part in parts:
        data = part.certificate.data
        many = data["statement"]["kind"] == "all"
        stated.extend(data["statement"]["parts"] if many else [data["statement"]])
        shown.extend(data["evidence"]["parts"] if many else [data["evidence"]])
        assumed |= {entry["text"]: entry for entry in data["assumptions"]}
    listed = list(assumed.values())
    if len(stated) == 1:
        return certified(text, stated[0], shown[0], listed)
    return certified(text, {"kind": "all", "parts": stated}, {"parts": shown}, listed)


def values_at(text: str, network: Network, points: Sequence[Point], assumptions: Sequence[Json] = ()) -> Verdict:
    """The exact values of a network at some points, as one theorem."""
    parts = []
    for point in points:
        said = Value((network,), point, network(*point))
        part = certified(said.text(), said.statement(), {})
        if not isinstance(part, Proved):
            return part
        parts.append(part)
    return conjunction(text, parts, assumptions)


def at_points(claim: str, network: Network, points: Sequence[Point], certificate: Certificate | None = None) -> Refuted:
    """A refutation by several points: their exact values, as a counterexample and in a certificate."""
    found = [(point, network(*point)) for point in points]
    first, *more = found
    if certificate is None:
        shown = values_at("; ".join(f"f{point} = {value}" for point, value in found), network, points)
        certificate = shown.certificate if isinstance(shown, Proved) else None
    return Refuted(Counterexample(first[0], first[1], claim, more=tuple(more)), certificate)


def together(text: str, parts: Iterable[Callable[[], Verdict]], assumptions: Sequence[Json] = ()) -> Verdict:
    """Prove one part after the other; the first that is not proved decides."""
    proved: list[Proved] = []
    for part in parts:
        verdict = part()
        if not isinstance(verdict, Proved):
            return retold(text, verdict)
        proved.append(verdict)
    return conjunction(text, proved, assumptions)


def retold(text: str, verdict: Verdict, assumptions: Sequence[Json] = ()) -> Verdict:
    """The same verdict about a claim that says the same in other words."""
    match verdict:
        case Proved() if not assumptions:
            return replace(verdict, theorem=replace(verdict.theorem, text=text))
        case Proved():
            return conjunction(text, [verdict], assumptions)
        case Refuted(counterexample=None):
            return replace(
                verdict, reason=text if verdict.reason in ("", text) else f"{text}; what fails: {verdict.reason}"
            )
        case Refuted(counterexample=Counterexample() as point):
            return replace(verdict, counterexample=replace(point, claim=text))
        case _:
            return verdict


def decided(claim: Always | Somewhere | Equal, budget: Budget, progress: Progress) -> Verdict:
    """The verdict of the prover for this kind of claim, in the words of the claim: it may be of a subclass."""
    from verinet.provers.portfolio import PROVERS  # the table there names functions that call this one

    provers = dict(PROVERS)
    match claim:
        case Equal():
            return provers[Equal](claim, budget, progress)
        case Always():
            plain: Always | Somewhere = Always(claim.networks, claim.clauses, claim.domain)
        case _:
            plain = Somewhere(claim.networks, claim.clauses, claim.domain)
    return retold(claim.text(), provers[type(plain)](plain, budget, progress))
