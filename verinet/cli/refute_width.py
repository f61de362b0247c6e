"""``verinet refute-width NET``: the exact point at which a network of width max{dx, dy} is far from a given function.

The function depends on the numbers of inputs and outputs alone: see `verinet.theory.minimal_width.lower_bound`.
"""

from __future__ import annotations

from verinet.claims.verdicts import Proved, Refuted
from verinet.claims.wording import domain_text, point_text
from verinet.cli.networks import located, read
from verinet.cli.outcome import DONE, UNKNOWN, Json, Outcome
from verinet.cli.progress import shown
from verinet.cli.prove import checked
from verinet.exact.rationals import format_rational
from verinet.networks.formats import ReadOptions
from verinet.networks.network import Network
from verinet.theory.minimal_width.lower_bound import (
    Witness,
    domain,
    find_witness,
    narrow_layers,
    near_claim,
    witness_at,
)
from verinet.work import Budget, Progress

#: Words for how a point was found.
METHODS = {
    "centre": "looking at the centre of the cube",
    "boundary": "looking at a corner, for the first output is constant",
    "descending path": "following a path from the centre to the boundary along which the first output does not ascend",
    "grid": "looking at a few points, at the two ends of the cube and between them",
    "vertices": "looking at all vertices of all cells",
    "search": "the provers",
}


def refute_width(path: str, output: str | None, budget: float | None, options: ReadOptions) -> Outcome:
    """Find the point; write a certificate of the gap there if a file for it is named.

    Raises
    ------
    VerinetError
        For a file that cannot be read, and for networks of which the lower bound does not speak.
    """
    checked(output, budget, (path,))
    file = read(path, options)
    network, limits = file.network, Budget(seconds=budget)
    with located(path):
        narrow_layers(network)
    with shown("looking for a point") as progress:
        found = find_witness(network, limits, progress) or _searched(network, limits, progress)
    document: Json = {"network": file.document(), "claim": near_claim(network).fails().text()}
    if found is None:
        reason = f"{limits.reason()} before a point was found; by the theorem there is one"
        lost: Json = {**document, "verdict": "unknown", "reason": reason}
        return Outcome(UNKNOWN, (f"UNKNOWN   {reason}", file.line), lost, file.notes)
    written = () if output is None else (_written(network, found, output),)
    lines = (*_lines(network, found), file.line, *written)
    return Outcome(DONE, lines, {**document, **_document(found, output)}, file.notes)


def _searched(network: Network, budget: Budget, progress: Progress) -> Witness | None:
    """What the provers find."""
    from verinet.provers.portfolio import prove

    verdict = prove(near_claim(network), budget, progress)
    if not isinstance(verdict, Refuted) or verdict.counterexample is None:
        return None
    return witness_at(network, verdict.counterexample.x, "search")


def _lines(network: Network, found: Witness) -> tuple[str, ...]:
    cube = domain_text(domain(network.input_size, network.output_size))
    return (
        f"REFUTED   |f(x) - net(x)| < 1/2 for all x of {cube}",
        f"  x      = {point_text(found.x)}",
        f"  f(x)   = {point_text(found.wanted)}",
        f"  net(x) = {point_text(found.found)}",
        f"  gap    = {format_rational(found.gap)}, in the maximum norm     exact",
        f"  by {METHODS[found.method]}",
        f"  f(x) is {_target_text(network.input_size, network.output_size)}",
    )


def _target_text(dx: int, dy: int) -> str:
    """What f is, at the two ends of the cube if it has more outputs than inputs.

    Examples
    --------
    >>> print(_target_text(1, 2))
    (6 x_0 - 1, 0) where x_0 <= 1/3, (0, 5 - 6 x_0) where x_0 >= 2/3
    """
    if dy <= dx:
        return f"({', '.join(['|x|_inf'] + ['0'] * (dy - 1))})" if dy > 1 else "|x|_inf"
    further = [f"2 x_{j} - 1" for j in range(1, dx)]
    first = ["6 x_0 - 1", *further, *["0"] * (dy - dx)]
    last = [*["0"] * dx, "5 - 6 x_0", *further[: dy - dx - 1]]
    return f"({', '.join(first)}) where x_0 <= 1/3, ({', '.join(last)}) where x_0 >= 2/3"


def _document(found: Witness, output: str | None) -> Json:
    return {
        "verdict": "refuted",
        "x": [format_rational(q) for q in found.x],
        "f": [format_rational(q) for q in found.wanted],
        "net": [format_rational(q) for q in found.found],
        "gap": format_rational(found.gap),
        "method": found.method,
        "path": [[format_rational(q) for q in point] for point in found.path],
        "certificate": output,
    }


def _written(network: Network, found: Witness, output: str) -> str:
    from verinet.provers.decide import certified, point_json

    claim = near_claim(network).fails()
    verdict = certified(claim.text(), claim.statement(), {"point": point_json(found.x)})
    if not isinstance(verdict, Proved):
        raise ArithmeticError(verdict.reason)
    verdict.certificate.write(output)
    return f"  certificate: {output}, {verdict.certificate.size} bytes"
