"""``verinet check CERT...``: the kernel checks; with ``--network`` the embedded network is compared with a file."""

from __future__ import annotations

from verinet.cli.comparison import compare
from verinet.cli.networks import NetworkFile, located, read_all
from verinet.cli.outcome import DONE, REFUTED, Json, Outcome, failed
from verinet.errors import CertificateRejected, VerinetError
from verinet.networks.formats import ReadOptions
from verinet.report.checked import CheckedTheorem
from verinet.report.checked import check as checked
from verinet.report.text import evidence_text, shape_text


def check(paths: list[str], network_paths: list[str], strict: bool, options: ReadOptions) -> Outcome:
    """Check every certificate; the status is the worst of them.

    Raises
    ------
    VerinetError
        If a network cannot be read: nothing was compared then.
    """
    networks = read_all(network_paths, options)
    outcomes = [_one(path, networks, strict) for path in paths]
    return Outcome(
        max(outcome.status for outcome in outcomes),
        tuple(line for outcome in outcomes for line in outcome.lines),
        {"certificates": [outcome.document for outcome in outcomes]},
        (
            *(note for file in networks for note in file.notes),
            *(line for outcome in outcomes for line in outcome.complaints),
        ),
    )


def _one(path: str, networks: list[NetworkFile], strict: bool) -> Outcome:
    try:
        with located(path):
            theorem = checked(path)
        compare(theorem, [(file.path, file.network) for file in networks])
    except VerinetError as error:
        lost = failed(error)
        rejected = isinstance(error, CertificateRejected)
        lines = (f"REJECTED  {path}",) if rejected else ()
        verdict = "rejected" if rejected else "unreadable"
        return Outcome(lost.status, lines, {"path": path, "verdict": verdict, **lost.document}, lost.complaints)
    status = REFUTED if strict and theorem.assumptions else DONE
    document: Json = {"path": path, "verdict": "checked", **theorem.to_json()}
    document["shapes"] = [shape_text(shape) for shape in theorem.decoded.shapes]
    document["networks_compared"] = [file.path for file in networks]
    document["networks"] = [file.document() for file in networks]
    return Outcome(status, (*_lines(theorem, path, networks), *_strictly(status)), document)


def _lines(theorem: CheckedTheorem, path: str, networks: list[NetworkFile]) -> list[str]:
    lines = [
        f"assumption {place} ({entry['kind']}, {entry['origin']}): {entry['text']}"
        for place, entry in enumerate(theorem.assumptions, 1)
    ]
    lines += [str(theorem), f"  {path}: {evidence_text(theorem)}, statement sha256 {theorem.hash}"]
    shapes = " and ".join(shape_text(shape) for shape in theorem.decoded.shapes)
    if networks:
        names = " and ".join(file.path for file in networks)
        holds = "holds" if len(networks) == 1 else "hold"
        equal = f"  network {shapes}: equal, layer by layer, to what {names} {holds}"
        return [*lines, equal, *(file.line for file in networks)]
    return [
        *lines,
        f"  network {shapes}: embedded; its import from a file was not checked (--network FILE compares)",
    ]


def _strictly(status: int) -> list[str]:
    return ["  status 1: --strict allows no assumptions"] if status else []
