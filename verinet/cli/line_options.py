"""``verinet statistics`` and ``verinet sparsity`` as typer sees them."""

from __future__ import annotations

from typing import Annotated

import typer

from verinet.cli.options import AsJson, Net, Normalising, Physical, Seconds, read_options
from verinet.cli.outcome import Outcome, run


def statistics_command(
    widths: Annotated[str, typer.Option("--widths", metavar="N,N,...", help="Neurons of the hidden layers")],
    samples: Annotated[int, typer.Option("--samples", metavar="N", help="Networks that are drawn")] = 1000,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Sample k depends on it and on k alone")] = 0,
    weights: Annotated[
        str,
        typer.Option(
            "--weights", metavar="V", help="Variance: he, lecun, glorot, v (v / fan-in), or v,v,... of all layers"
        ),
    ] = "he",
    bias: Annotated[
        str, typer.Option("--bias", metavar="V", help="Variance of the biases, or v,v,... of all layers")
    ] = "1",
    domain: Annotated[
        str | None, typer.Option("--domain", metavar="SET", help='An interval, "[-3,3]"; without it the whole line')
    ] = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", metavar="N", help="Processes; without it one for every processor")
    ] = None,
    file: Annotated[
        str | None,
        typer.Option("--file", metavar="FILE", help="Keep finished samples; the same command goes on from there"),
    ] = None,
    plot: Annotated[
        str | None, typer.Option("--plot", metavar="FILE", help="Draw the histogram: .svg, .pdf, .png")
    ] = None,
    budget: Annotated[
        float | None, typer.Option("--budget", metavar="SECONDS", help="Stop after so many seconds")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Count the linear regions of random networks of one input, each exactly, and compare with the exact mean.

    UNKNOWN: interrupted, or the budget ran out; what was counted by then is told, and kept in the file.
    """

    def work() -> Outcome:
        from verinet.cli.statistics import Wishes, statistics

        return statistics(Wishes(widths, samples, seed, weights, bias, domain, jobs, file, plot, budget))

    raise typer.Exit(run("statistics", work, as_json))


def sparsity_command(
    network: Net,
    eps: Annotated[str, typer.Option("--eps", metavar="E", help="How far the pieces may be off, such as 1/100")],
    domain: Annotated[
        str | None, typer.Option("--domain", metavar="SET", help='An interval, "[-3,3]"; else that of the network')
    ] = None,
    target: Annotated[
        str | None,
        typer.Option("--target", metavar="F", help='A function, "abs(x)" or "sin(pi*x)"; without it the network'),
    ] = None,
    plot: Annotated[
        str | None, typer.Option("--plot", metavar="FILE", help="Draw both functions: .svg, .pdf, .png")
    ] = None,
    output: Annotated[
        str | None, typer.Option("-o", "--output", metavar="OUT", help="Write the function of fewest pieces (.json)")
    ] = None,
    certificate: Annotated[
        str | None, typer.Option("--certificate", metavar="CERT", help="Prove that it is within eps, and write that")
    ] = None,
    budget: Seconds = None,
    physical: Physical = False,
    batch_normalization: Normalising = "exact",
    as_json: AsJson = False,
) -> None:
    """Compare the linear regions that a network uses with the fewest that its function, or a target, needs.

    Exact for piecewise affine functions, certified from both sides for others.
    """

    def work() -> Outcome:
        from verinet.cli.sparsity import Wishes, sparsity

        wishes = Wishes(eps, domain, target, plot, output, certificate, budget)
        return sparsity(network, wishes, read_options(physical, batch_normalization))

    raise typer.Exit(run("sparsity", work, as_json))
