"""Solver evidence replayed: its constraints are written anew from the claim and compared, byte for byte."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from verinet.claims.families import Family
from verinet.claims.solver_evidence import EvidenceReport, SolverEvidence
from verinet.claims.universal import NoFit
from verinet.errors import CertificateRejected
from verinet.exact import solver, terms
from verinet.exact.terms import Formula
from verinet.provers import families, universal
from verinet.provers.by_solver import opinions

#: Claim -> the constraints that are satisfiable exactly if it is false.
NEGATIONS: tuple[tuple[type, Callable[[Any], list[Formula]]], ...] = (
    (NoFit, universal.negation),
    (Family, families.negation),
)


def replayed(claim: Any, evidence: SolverEvidence, seconds: float) -> EvidenceReport:
    """The report of solver evidence whose constraints are those of the claim, written anew.

    Raises
    ------
    CertificateRejected
        If the evidence is of another claim or other constraints, or a solver contradicts it now.
    """
    negation = next((found for kind, found in NEGATIONS if type(claim) is kind), None)
    fix = "prove the claim again"
    if negation is None:
        raise CertificateRejected(f"solver evidence is of no use for {type(claim).__name__}", fix=fix)
    if evidence.data["statement"] != claim.to_json() or evidence.data["claim"] != claim.text():
        raise CertificateRejected("the solver evidence is of another claim than its script", fix=fix)
    if isinstance(claim, NoFit) and any(wanted not in evidence.data["assumptions"] for wanted in claim.assumptions):
        raise CertificateRejected("the solver evidence leaves out an assumption that its script makes", fix=fix)
    constraints = negation(claim)
    text = terms.smtlib(constraints) + "\n"
    if text != evidence.data["smtlib"]:
        raise CertificateRejected("the constraints of the solver evidence are not those of its claim", fix=fix)
    agreed, against = opinions(text, seconds)
    match solver.solve(constraints, [], seconds):
        case solver.Unsat():
            agreed.insert(0, solver.program())
        case solver.Point():
            against.append(solver.program())
    if against:
        raise CertificateRejected(f"{', '.join(against)} finds a solution of the stored constraints", fix=fix)
    return evidence.report(agreed)
