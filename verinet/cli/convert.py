"""``verinet import`` and ``verinet export``: a network from one format to another, exactly or not at all."""

from __future__ import annotations

from pathlib import PurePath

from verinet.cli.networks import network_document, network_line, refuse_output
from verinet.cli.outcome import DONE, Outcome
from verinet.errors import InexactInput, Unsupported
from verinet.networks.formats import read_network, write_network


def import_network(path: str, output: str) -> Outcome:
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
    return export_network(path, output)


def export_network(path: str, output: str) -> Outcome:
    """Write a network in the format that the ending names.

    Raises
    ------
    InexactInput
        If the format would have to round; others as reader and writer say.  Nothing is written then.
    """
    refuse_output(output, (path,))
    network = read_network(path)
    try:
        write_network(network, output)
    except InexactInput as error:
        raise InexactInput(
            error.problem, fix="export to .json, which holds every rational", where=error.where
        ) from error
    document = {"network": network_document(network, path), "output": output}
    return Outcome(DONE, (f"wrote {output}", network_line(network, path)), document)
