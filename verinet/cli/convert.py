"""``verinet import`` and ``verinet export``: a network from one format to another, exactly or not at all."""

from __future__ import annotations

from pathlib import PurePath

from verinet.cli.networks import network_document, network_line, read, refuse_output
from verinet.cli.outcome import DONE, Outcome
from verinet.errors import InexactInput, Unsupported
from verinet.networks.formats import write_network


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
    network = read(path)
    if PurePath(output).suffix.lower() == ".nnet" and network.domain is None:
        raise Unsupported(
            "a .nnet file states a range for every input, and this network has none",
            fix="export to .onnx or .json, or give it a domain in Python: network.with_domain([(-1, 1), ...])",
        )
    try:
        write_network(network, output)
    except InexactInput as error:
        raise InexactInput(
            error.problem, fix="export to .json, which holds every rational", where=error.where
        ) from error
    document = {"network": network_document(network, path), "output": output}
    return Outcome(DONE, (f"wrote {output}", network_line(network, path)), document)
