"""The files that ``verinet construct`` writes, and which of them it refuses before any work."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from verinet.cli.networks import refuse_output
from verinet.cli.outcome import BAD_INPUT, Outcome, failed
from verinet.cli.progress import shown
from verinet.errors import BadFormat, InexactInput, Unsupported, VerinetError
from verinet.networks.formats import WRITERS, write_network
from verinet.work import write_file

if TYPE_CHECKING:
    from verinet.cli.construct import Wishes
    from verinet.theorems.constructed import Constructed

PICTURES = (".svg", ".pdf", ".png")


def refuse_files(wishes: Wishes) -> None:
    """Refuse files that cannot be written, that are the same, or whose ending does not fit."""
    named = {
        "-o": wishes.output,
        "--certificate": wishes.certificate,
        "--latex": wishes.latex,
        "--figure": wishes.figure,
    }
    files = {option: file for option, file in named.items() if file is not None}
    for option, file in files.items():
        refuse_output(file, () if wishes.network is None else (wishes.network,), option)
    if len({os.path.realpath(file) for file in files.values()}) < len(files):
        raise BadFormat("two of the files are the same", fix="name another file for each of -o, --certificate, ...")
    if wishes.output is not None and PurePath(wishes.output).suffix.lower() not in WRITERS:
        raise Unsupported(
            f"networks are written to {', '.join(WRITERS)}, got {wishes.output[-80:]!r}", fix="write -o network.json"
        )
    if wishes.rounded and (wishes.output is None or PurePath(wishes.output).suffix.lower() != ".onnx"):
        raise Unsupported("--rounded concerns an .onnx file", fix="write -o network.onnx --rounded, or leave it out")
    if wishes.figure is not None:
        if PurePath(wishes.figure).suffix.lower() not in PICTURES:
            raise Unsupported(
                f"--figure writes {', '.join(PICTURES)}, got {wishes.figure[-80:]!r}", fix="write --figure scheme.svg"
            )
        from verinet.report.figures import need_matplotlib

        need_matplotlib()


def written(outcome: Outcome, found: Constructed, wishes: Wishes) -> Outcome:
    """Write what was asked for; a file that fails is told, and the others are written."""
    for file, write in (
        (wishes.output, _network_written),
        (wishes.certificate, _certificate_written),
        (wishes.latex, _page_written),
        (wishes.figure, _figure_written),
    ):
        if file is not None:
            try:
                outcome = write(outcome, found, wishes)
            except VerinetError as error:
                lost = failed(error)
                outcome = Outcome(
                    BAD_INPUT,
                    outcome.lines,
                    {**outcome.document, **lost.document},
                    (*outcome.complaints, *lost.complaints),
                )
    return outcome


def _network_written(outcome: Outcome, found: Constructed, wishes: Wishes) -> Outcome:
    output = wishes.output or ""
    if wishes.rounded:
        from verinet.networks.formats.onnx import write_onnx

        write_file(output, write_onnx(found.network, dtype="float64", rounding=True))
        note = f"{output}: weights were rounded to float64; neither bound nor certificate carries over to this file"
        outcome = replace(
            outcome,
            document={**outcome.document, "notes": [*outcome.document["notes"], note]},
            complaints=(*outcome.complaints, f"note: {note}"),
        )
    else:
        try:
            write_network(found.network, output)
        except InexactInput as error:
            rounding = ", or --rounded, for a file that no bound is about" if output.lower().endswith(".onnx") else ""
            raise InexactInput(
                error.problem, fix=f"write -o network.json, which holds every rational{rounding}", where=error.where
            ) from error
    return _told(outcome, "output", output, "network")


def _certificate_written(outcome: Outcome, found: Constructed, wishes: Wishes) -> Outcome:
    output = wishes.certificate or ""
    certificate = found.certificate
    if certificate is None:
        return replace(outcome, lines=(*outcome.lines, "  no certificate: the claim was not proved"))
    certificate.write(output)
    return _told(outcome, "certificate", output, "certificate")


def _page_written(outcome: Outcome, found: Constructed, wishes: Wishes) -> Outcome:
    from verinet.theorems.construction_pages import page

    write_file(wishes.latex or "", page(found, wishes.budget))
    return _told(outcome, "latex", wishes.latex or "", "page")


def _figure_written(outcome: Outcome, found: Constructed, wishes: Wishes) -> Outcome:
    from verinet.report.figures import write_figure
    from verinet.theorems.coding_pictures import coding_picture

    with shown("drawing"):
        guarantee = write_figure(coding_picture(found), wishes.figure or "")
    return _told(outcome, "figure", wishes.figure or "", f"figure ({guarantee})")


def _told(outcome: Outcome, key: str, file: str, what: str) -> Outcome:
    line = f"  {what}: {file}, {os.path.getsize(file)} bytes"
    return replace(outcome, lines=(*outcome.lines, line), document={**outcome.document, key: file})
