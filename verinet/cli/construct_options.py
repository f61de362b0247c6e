"""``verinet construct`` as typer sees it: its options and their help."""

from __future__ import annotations

from typing import Annotated

import typer

from verinet.cli.options import AsJson, Seconds
from verinet.cli.outcome import Outcome, run


def construct_command(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Such as minimal-width/leaky")] = None,
    target: Annotated[
        str | None, typer.Option("--target", metavar="TARGETS", help='One an output: "x*y, x + y", "sin(pi*x)"')
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="Show every construction with its theorem")] = False,
    inputs: Annotated[
        int | None, typer.Option("--inputs", metavar="N", help="Else the largest variable of the targets")
    ] = None,
    eps: Annotated[
        str | None, typer.Option("--eps", metavar="E", help="The error that is wanted, such as 1/10")
    ] = None,
    resolution: Annotated[
        int | None, typer.Option("--resolution", metavar="N", help="Instead of --eps: cells of every axis")
    ] = None,
    alpha: Annotated[str | None, typer.Option("--alpha", metavar="A", help="Slope below 0, such as 1/4")] = None,
    step: Annotated[str | None, typer.Option("--step", metavar="S", help="Jump of a stepped activation")] = None,
    activation: Annotated[
        str | None,
        typer.Option("--activation", metavar="NAME", help="hard-sigmoid, logistic or tanh, where there is a choice"),
    ] = None,
    grid: Annotated[
        int | None, typer.Option("--grid", metavar="N", help="Of layerwise: cells of an axis at level 1")
    ] = None,
    depth: Annotated[int | None, typer.Option("--depth", metavar="L", help="Of layerwise: levels; or --eps")] = None,
    activations: Annotated[
        str | None, typer.Option("--activations", metavar="exact|sine", help="Of layerwise: those of the decoder")
    ] = None,
    norm: Annotated[
        str | None, typer.Option("--norm", metavar="sup|L2|L4", help="Of the error; else that of the theorem")
    ] = None,
    domain: Annotated[str | None, typer.Option("--domain", metavar="BOX", help='Else "[0,1]^n"')] = None,
    output: Annotated[str | None, typer.Option("-o", "--output", metavar="NET", help="Write the network")] = None,
    rounded: Annotated[
        bool, typer.Option("--rounded", help="Round the weights of an .onnx file; no bound is about that file")
    ] = False,
    prove: Annotated[bool, typer.Option("--prove", help="Search a certificate of the error")] = False,
    certificate: Annotated[
        str | None, typer.Option("--certificate", metavar="CERT", help="The same, and write it")
    ] = None,
    latex: Annotated[str | None, typer.Option("--latex", metavar="FILE.tex", help="Write a page about it")] = None,
    figure: Annotated[
        str | None, typer.Option("--figure", metavar="FILE", help="Draw how it works: .svg, .pdf, .png")
    ] = None,
    budget: Seconds = None,
    data: Annotated[
        str | None, typer.Option("--data", metavar="CSV", help="Points to memorise, one a line: x_1,...,x_d,label")
    ] = None,
    network: Annotated[
        str | None, typer.Option("--network", metavar="NET", help="Of constructions that start from a network")
    ] = None,
    options: Annotated[
        list[str] | None,
        typer.Option("--option", metavar="KEY=VALUE", help="Any other of the options that --list shows"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Build the network that a theorem promises for a target, with an exact bound of its error.

    Options that a construction does not take are ignored, with a note.
    """

    def work() -> Outcome:
        from verinet.cli.construct import Wishes, construct

        wishes = Wishes(
            target, inputs, alpha, eps, resolution, norm, activation, step, domain, output, rounded, certificate,
            prove, latex, figure, budget, data, grid, depth, activations, network, tuple(options or ()),
        )  # fmt: skip
        return construct(name, listed, wishes)

    raise typer.Exit(run("construct", work, as_json))
