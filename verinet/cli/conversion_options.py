"""``verinet convert`` as typer sees it."""

from __future__ import annotations

from typing import Annotated

import typer

from verinet.cli.options import AsJson, Net, Normalising, Physical, Seconds, read_options
from verinet.cli.outcome import Outcome, run


def convert_command(
    network: Net,
    to: Annotated[str, typer.Option("--to", metavar="repu:S", help="The power of the neurons; relu is repu:1")],
    cells: Annotated[int, typer.Option("--cells", metavar="N", help="Neurons for every ridge that is not exact")] = 8,
    domain: Annotated[
        str | None, typer.Option("--domain", metavar="BOX", help='Where the error counts: "[-1,1]^2"; else its own')
    ] = None,
    radius: Annotated[
        str | None, typer.Option("--radius", metavar="R", help="Instead: on the Euclidean ball of this radius")
    ] = None,
    centred: Annotated[
        bool, typer.Option("--centred", help="Add the middle of the error, which halves one-sided errors")
    ] = False,
    output: Annotated[str | None, typer.Option("-o", "--output", metavar="NET", help="Write the network")] = None,
    prove: Annotated[bool, typer.Option("--prove", help="Search a certificate of the error")] = False,
    certificate: Annotated[
        str | None, typer.Option("--certificate", metavar="CERT", help="The same, and write it")
    ] = None,
    budget: Seconds = None,
    physical: Physical = False,
    batch_normalization: Normalising = "exact",
    as_json: AsJson = False,
) -> None:
    """Convert a network with one hidden layer to other rectified powers, with an exact bound of the error.

    UNKNOWN: the budget ran out, or no proof was found; the bound is exact all the same.
    """

    def work() -> Outcome:
        from verinet.cli.conversion import Wishes, convert

        wishes = Wishes(to, cells, domain, radius, centred, output, prove, certificate, budget)
        return convert(network, wishes, read_options(physical, batch_normalization))

    raise typer.Exit(run("convert", work, as_json))
