"""What a solver's word leaves behind: constraints as SMT-LIB 2 text, who says they have no solution, of what claim.

Such evidence is no certificate: no kernel accepts it, and what it supports is printed under its assumptions, of kind
`solver`.  A replay writes the constraints anew from the claim, and compares; the solvers may be asked again.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from verinet.claims.verdicts import Certificate
from verinet.errors import BadFormat

Json = dict[str, Any]

FORMAT = "verinet-solver-evidence/1"
_HEAD = re.compile(r"; ([a-z0-9-]+): ([ -~]*)", re.ASCII)
_FIELDS = ("format", "claim", "statement", "assumptions", "sha256")


@dataclass(frozen=True, slots=True)
class EvidenceReport:
    """What a replay of solver evidence found: never "kernel only".

    Parameters
    ----------
    kind : str
        The kind of the claim's statement.
    text : str
        The claim.
    assumptions : list of dict
        At least one of kind `solver`.
    statement_sha256 : str
        Of the statement's JSON text.
    agreed : tuple of str
        The solvers that were asked again and said the same.

    Guarantee: none beyond the word of the solvers.
    """

    kind: str
    text: str
    assumptions: list[dict[str, str]]
    statement_sha256: str
    agreed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SolverEvidence(Certificate):
    """The evidence of a claim that rests on the word of solvers; `text` is an SMT-LIB 2 file.

    Parameters
    ----------
    data : dict
        `format`, `claim` (its text), `statement` (its JSON values), `assumptions`, `smtlib` (the constraints that are
        satisfiable exactly if the claim is false).

    Guarantee: none beyond the word of the solvers that its assumptions name.
    """

    __hash__ = None

    def parts(self) -> Iterator[str]:
        """The file: a head of comments, then the constraints, for any solver to read."""
        script = self.data["smtlib"]
        head = {
            "format": FORMAT,
            "claim": self.data["claim"],
            "statement": _compact(self.data["statement"]),
            "assumptions": _compact(self.data["assumptions"]),
            "sha256": sha256(script),
        }
        yield from (f"; {key}: {value}\n" for key, value in head.items())
        yield script

    def report(self, agreed: Sequence[str] = ()) -> EvidenceReport:
        """What the evidence says, in the words of a report."""
        statement = self.data["statement"]
        assumptions = [dict(entry) for entry in self.data["assumptions"]]
        digest = sha256(_compact(statement))
        return EvidenceReport(str(statement.get("kind")), self.data["claim"], assumptions, digest, tuple(agreed))

    def __repr__(self) -> str:
        return f"SolverEvidence({self.size} bytes)"


def solver_evidence(
    claim: str, statement: Json, smtlib: str, programs: Sequence[str], lemmas: Sequence[Json] = ()
) -> SolverEvidence:
    """Make the evidence, with its assumption: these constraints are unsatisfiable, by these programs.

    Guarantee: none beyond the word of the programs.

    Examples
    --------
    >>> script = "(set-logic QF_LRA)\\n(assert false)\\n(check-sat)"
    >>> found = solver_evidence("0 = 0", {"kind": "toy"}, script, ["z3 4"])
    >>> print(found.text.splitlines()[0], found.data["assumptions"][0]["kind"])
    ; format: verinet-solver-evidence/1 solver
    >>> read_evidence(found.text) == found
    True
    """
    script = smtlib if smtlib.endswith("\n") else smtlib + "\n"
    seconded = "" if len(programs) > 1 else "; no second solver answered"
    assumption = {
        "kind": "solver",
        "text": f"the SMT-LIB 2 constraints with this sha256 have no solution, said {' and '.join(programs)}{seconded}",
        "sha256": sha256(script),
        "origin": ", ".join(programs),
    }
    assumptions = [assumption, *(dict(entry) for entry in lemmas)]
    return SolverEvidence({"claim": claim, "statement": statement, "assumptions": assumptions, "smtlib": script})


def read_evidence(text: str) -> SolverEvidence:
    """Read the file of `SolverEvidence.text`.

    Raises
    ------
    BadFormat
        If the head is not as it should be, or the constraints are not those with its sha256.

    Guarantee: exact (what was written is read).
    """
    lines = text.split("\n")
    found = [_HEAD.fullmatch(line) for line in lines[: len(_FIELDS)]]
    head = {match[1]: match[2] for match in found if match is not None}
    if tuple(head) != _FIELDS or head["format"] != FORMAT:
        raise BadFormat(
            f"solver evidence opens with comments {', '.join(_FIELDS)}, got {', '.join(head) or 'none'}",
            fix="write it with verinet, or prove the claim again",
        )
    script = "\n".join(lines[len(_FIELDS) :])
    try:
        statement, assumptions = json.loads(head["statement"]), json.loads(head["assumptions"])
    except (json.JSONDecodeError, RecursionError):
        raise BadFormat("a head of solver evidence is not JSON", fix="prove the claim again") from None
    good = isinstance(statement, dict) and isinstance(assumptions, list) and bool(assumptions)
    good = good and all(
        isinstance(entry, dict)
        and set(entry) == {"kind", "text", "sha256", "origin"}
        and all(isinstance(value, str) for value in entry.values())
        for entry in assumptions
    )
    if not good or head["sha256"] != sha256(script):
        raise BadFormat(
            "the head of the solver evidence does not fit its constraints", fix="restore the file, or prove it again"
        )
    if not any(entry["kind"] == "solver" and entry["sha256"] == head["sha256"] for entry in assumptions):
        raise BadFormat("solver evidence names no solver assumption about its constraints", fix="prove it again")
    return SolverEvidence(
        {"claim": head["claim"], "statement": statement, "assumptions": assumptions, "smtlib": script}
    )


def sha256(text: str) -> str:
    """The SHA-256 of a text, in hexadecimal.

    Guarantee: exact.

    Examples
    --------
    >>> sha256("")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(text.encode()).hexdigest()


def _compact(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
