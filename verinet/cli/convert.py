"""``verinet import`` and ``verinet export``: a network from one format to another, exactly or not at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from pathlib import PurePath

from verinet.cli.networks import read, refuse_output
from verinet.cli.outcome import DONE, Outcome
from verinet.errors import BadFormat, InexactInput, NotANumber, ShapeMismatch, Unsupported
from verinet.exact.rationals import Q
from verinet.networks.formats import WRITERS, ReadOptions, write_network

#: Endings of the formats that have a place for a domain.
HOLD_A_DOMAIN = (".json", ".nnet")
#: Endings of files that hold claims.
OF_CLAIMS = (".smt2", ".vnnlib")
#: One side of a box, ``[a,b]`` or ``[a,b]^n``.
_SIDE = re.compile(r"\s*\[([^\[\],]*),([^\[\],]*)\]\s*(?:\^\s*([1-9][0-9]{0,6})\s*)?", re.ASCII)


def import_network(path: str, output: str, options: ReadOptions) -> Outcome:
    """Write verinet's own canonical JSON.

    Raises
    ------
    Unsupported
        If the output does not end in .json.
    VerinetError
        As the reader says; nothing is written then.
    """
    if PurePath(output).suffix.lower() != ".json":
        raise Unsupported(
            f"import writes verinet's own JSON, got {output!r}",
            fix="name a file that ends in .json, or use verinet export for other formats",
        )
    return export_network(path, output, None, options)


def export(
    paths: Sequence[str], output: str, domain: str | None, smtlib: bool, claim: str | None, options: ReadOptions
) -> Outcome:
    """Write a network, or, with ``--smtlib``, ``--claim`` or an output .smt2 or .vnnlib, what is claimed of it.

    Raises
    ------
    Unsupported
        If the ending of the output does not go with the options; others as `export_network` and `export_claim`.
    """
    ending = PurePath(output).suffix.lower()
    if smtlib or claim is not None or ending in OF_CLAIMS:
        from verinet.cli.claims import export_claim

        if ending not in OF_CLAIMS and not (smtlib and ending not in WRITERS):
            raise Unsupported(
                f"claims are written as {' or '.join(OF_CLAIMS)}, got {output!r}", fix="write -o OUT.smt2, say"
            )
        if smtlib and ending == ".vnnlib":
            raise Unsupported(f"--smtlib writes SMT-LIB 2, got {output!r}", fix="name a file that ends in .smt2")
        return export_claim(paths, output, claim, domain, ending != ".vnnlib", options)
    if len(paths) != 1:
        raise Unsupported(
            f"export writes one network, got {len(paths)} files",
            fix="give one; claims about several are written with --smtlib",
        )
    return export_network(paths[0], output, domain, options)


def export_network(path: str, output: str, domain: str | None, options: ReadOptions) -> Outcome:
    """Write a network in the format that the ending names, with another domain if one was given.

    Raises
    ------
    InexactInput
        If the format would have to round; others as reader and writer say.  Nothing is written then.
    """
    refuse_output(output, (path,))
    ending = PurePath(output).suffix.lower()
    sides = None if domain is None else parse_domain(domain)
    if sides is not None and ending not in HOLD_A_DOMAIN:
        raise Unsupported(
            f"--domain needs a format that has a place for it ({', '.join(HOLD_A_DOMAIN)}), got {output!r}",
            fix="leave --domain out, or name a file with one of these endings",
        )
    file = read(path, options)
    network = file.network
    if sides is not None:
        network = network.with_domain(box_sides(sides, network.input_size))
    if ending == ".nnet" and network.domain is None:
        power = "" if network.input_size == 1 else f"^{network.input_size}"
        raise Unsupported(
            "a .nnet file states a range for every input, and this network has none",
            fix=f'state it: --domain "[-1,1]{power}", say; or export to .onnx or .json',
        )
    try:
        write_network(network, output)
    except InexactInput as error:
        raise InexactInput(
            error.problem, fix="export to .json, which holds every rational", where=error.where
        ) from error
    stated = None if domain is None else domain.strip()
    document = {"network": file.document(), "output": output, "domain": stated}
    wrote = f"wrote {output}" + ("" if stated is None else f", with the domain {stated}")
    return Outcome(DONE, (wrote, file.line), document, file.notes)


def parse_domain(text: str) -> tuple[tuple[Fraction, Fraction, int], ...]:
    """The sides of a box, each with the number of inputs that have it, from text such as ``[-1,1]^2 x [0,1/2]``.

    Raises
    ------
    BadFormat
        For any other text; NotANumber for ends that are no exact numbers.

    Examples
    --------
    >>> parse_domain("[-1,1]^2 x [0,1/2]")
    ((Fraction(-1, 1), Fraction(1, 1), 2), (Fraction(0, 1), Fraction(1, 2), 1))
    """
    sides, place = [], 0
    while True:
        side = _SIDE.match(text, place)
        if side is None or (side.end() < len(text) and text[side.end()] != "x"):
            raise BadFormat(
                f"--domain needs intervals, got {text[:60]!r}",
                fix='write --domain "[-1,1]^2" or "[0,1] x [-2,1/2]"',
                where=f"character {(side.end() if side else place) + 1}",
            )
        try:
            sides.append((Q(side[1].strip()), Q(side[2].strip()), int(side[3] or 1)))
        except NotANumber as error:
            raise NotANumber(
                f"--domain needs exact numbers: {error.problem}", fix='write --domain "[-1,1/2]"'
            ) from error
        if side.end() == len(text):
            return tuple(sides)
        place = side.end() + 1


def box_sides(sides: tuple[tuple[Fraction, Fraction, int], ...], size: int) -> list[tuple[Fraction, Fraction]]:
    """One side for each of so many inputs, from what `parse_domain` read; ShapeMismatch if their number differs."""
    counted = sum(count for _, _, count in sides)
    if counted != size:
        raise ShapeMismatch(
            f"--domain needs one interval an input: the network has {size}, got {counted}",
            fix='write "[-1,1]^2" for two inputs with one interval, or "[0,1] x [-2,1/2]"',
        )
    return [(low, high) for low, high, count in sides for _ in range(count)]
