"""``verinet prove NET PROPERTY``: does any input violate the property?

A violation is believed when it was evaluated twice: by the claim, and by the property as its text was parsed.
"""

from __future__ import annotations

from dataclasses import replace

from verinet.claims.verdicts import Certificate, Counterexample, Proved, Refuted, Unknown, Verdict
from verinet.claims.vnnlib import Property, read_vnnlib
from verinet.cli.networks import NetworkFile, located, read, refuse_output
from verinet.cli.outcome import BAD_INPUT, DONE, REFUTED, UNKNOWN, Json, Outcome, failed
from verinet.cli.progress import shown
from verinet.errors import NotANumber, VerinetError
from verinet.networks.formats import ReadOptions
from verinet.networks.network import Network


def prove(path: str, property_path: str, output: str | None, budget: float | None, options: ReadOptions) -> Outcome:
    """Decide, then write the certificate if there is one and a file was named.

    Raises
    ------
    VerinetError
        For input that cannot be read or does not fit together; then nothing is written.
    """
    if budget is not None and not 0 < budget < float("inf"):
        raise NotANumber(f"--budget needs a positive number of seconds, got {budget}", fix="write --budget 60")
    if output is not None:
        refuse_output(output, (path, property_path))
    file = read(path, options)
    network = file.network
    with located(property_path):
        found = read_vnnlib(property_path)
        claim = found.claim(network)
    from verinet.provers.portfolio import prove as decide

    with shown("searching a proof") as progress:
        verdict = decide(claim, budget=budget, progress=progress)
    outcome = _reported(_examined(verdict, network, found), file, output, claim.text())
    return replace(outcome, complaints=(*file.notes, *outcome.complaints))


def _examined(verdict: Verdict, network: Network, found: Property) -> Verdict:
    """A counterexample, evaluated once more: the network at x, and the assertions as they were written."""
    if not isinstance(verdict, Refuted):
        return verdict
    point = verdict.counterexample
    if point is None or network(point.x) != point.y or not found.violated_by(point.x, point.y):
        return Unknown("a counterexample did not meet the assertions of the property; please report this network")
    return verdict


def _reported(verdict: Verdict, file: NetworkFile, output: str | None, claim: str) -> Outcome:
    document: Json = {"claim": claim, "network": file.document(), "certificate": None}
    lines = [str(verdict), file.line]
    match verdict:
        case Proved(theorem=theorem, certificate=certificate):
            status = DONE
            assumptions = list(theorem.assumptions)
            document |= {"verdict": "proved", "assumptions": assumptions, "statement_sha256": theorem.hash}
        case Refuted(counterexample=Counterexample() as point, certificate=certificate):
            status = REFUTED
            document |= {"verdict": "refuted", "counterexample": point.to_json()}
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


def _written(outcome: Outcome, certificate: Certificate, output: str) -> Outcome:
    """Write the certificate; a verdict that took an hour is shown even if the disk is full."""
    try:
        certificate.write(output)
    except VerinetError as error:
        lost = failed(error)
        return Outcome(BAD_INPUT, outcome.lines, {**outcome.document, **lost.document}, lost.complaints)
    what = "certificate" if outcome.status == DONE else "certificate of the opposite"
    line = f"  {what}: {output}, {len(certificate.text)} bytes"
    return Outcome(outcome.status, (*outcome.lines, line), {**outcome.document, "certificate": output})
