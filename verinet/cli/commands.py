"""The commands as typer sees them: names, options, help.  Their work is imported when they are called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from verinet.cli.options import (
    AsJson,
    Certificate,
    Cluster,
    Jobs,
    Journal,
    Net,
    Normalising,
    Physical,
    Seconds,
    read_options,
)
from verinet.cli.outcome import Outcome, run, tell_now


def eval_command(
    network: Net,
    at: Annotated[str, typer.Option("--at", metavar="POINT", help='Exact numbers, such as "(1/3, -2/7)"')],
    physical: Physical = False,
    batch_normalization: Normalising = "exact",
    as_json: AsJson = False,
) -> None:
    """Evaluate a network at a point, exactly."""

    def work() -> Outcome:
        from verinet.cli.evaluate import evaluate

        return evaluate(network, at, read_options(physical, batch_normalization))

    raise typer.Exit(run("eval", work, as_json))


def prove_command(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="NET... [PROPERTY]", help="Networks, then a VNN-LIB file (1.0 or 2.0), which states the violation"
        ),
    ],
    claim: Annotated[
        str | None,
        typer.Option("--claim", metavar="CLAIM", help='Instead of a file: "y_0 >= x_0 on [-1,1]^2", "injective", ...'),
    ] = None,
    domain: Annotated[
        str | None,
        typer.Option("--domain", metavar="SET", help='Of --claim, if it names none: "[-1,1]^2", "R", or FILE.vnnlib'),
    ] = None,
    output: Certificate = None,
    budget: Seconds = None,
    jobs: Jobs = 1,
    journal: Journal = None,
    cluster: Cluster = None,
    physical: Physical = False,
    batch_normalization: Normalising = "exact",
    as_json: AsJson = False,
) -> None:
    """Decide whether an input violates a property, or whether a claim is true.

    PROVED: none does, and here is a certificate. REFUTED: this one does, exactly. UNKNOWN: neither, and why.
    """

    def work() -> Outcome:
        from verinet.cli.prove import Effort, prove

        effort = Effort(jobs, journal, cluster)
        return prove(files, claim, domain, output, budget, read_options(physical, batch_normalization), effort)

    raise typer.Exit(run("prove", work, as_json))


def equal_command(
    first: Annotated[str, typer.Argument(metavar="A", help="A network")],
    second: Annotated[str, typer.Argument(metavar="B", help="Another one")],
    within: Annotated[
        str | None, typer.Option("--within", metavar="E", help="Every output at most so far apart, such as 1/100")
    ] = None,
    domain: Annotated[
        str | None,
        typer.Option("--domain", metavar="SET", help='"[-1,1]^2", "R", or FILE.vnnlib; else that of the networks'),
    ] = None,
    output: Certificate = None,
    budget: Seconds = None,
    jobs: Jobs = 1,
    journal: Journal = None,
    cluster: Cluster = None,
    physical: Physical = False,
    batch_normalization: Normalising = "exact",
    as_json: AsJson = False,
) -> None:
    """Decide whether two networks are the same function of a set, exactly or up to a distance."""

    def work() -> Outcome:
        from verinet.cli.claims import equal
        from verinet.cli.prove import Effort

        effort = Effort(jobs, journal, cluster)
        return equal(first, second, within, domain, output, budget, read_options(physical, batch_normalization), effort)

    raise typer.Exit(run("equal", work, as_json))


def referee_command(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="NET... PROPERTY WITNESS...", help="Or one listing: .csv, .json, or a folder with witnesses.csv"
        ),
    ],
    physical: Physical = False,
    batch_normalization: Normalising = "exact",
    as_json: AsJson = False,
) -> None:
    """Evaluate published counterexamples exactly, their decimals taken as they are spelled.

    Exit status: 0 all valid, 2 some only after clipping to the input set, 1 some wrong, 3 some unreadable.
    """

    def work() -> Outcome:
        from verinet.cli.referee import referee

        return referee(files, read_options(physical, batch_normalization))

    raise typer.Exit(run("referee", work, as_json))


def refute_width_command(
    network: Net,
    output: Certificate = None,
    budget: Seconds = None,
    physical: Physical = False,
    batch_normalization: Normalising = "exact",
    as_json: AsJson = False,
) -> None:
    """Show where a network of width max{dx, dy} is at least 1/2 from a function that it was meant to approximate.

    Its activations are continuous, monotone and piecewise affine, and dy <= 2 dx; others are refused.
    """

    def work() -> Outcome:
        from verinet.cli.refute_width import refute_width

        return refute_width(network, output, budget, read_options(physical, batch_normalization))

    raise typer.Exit(run("refute-width", work, as_json))


def regions_command(
    network: Net,
    domain: Annotated[
        str | None,
        typer.Option(
            "--domain", metavar="SET", help='"[-1,1]^2", "R", or FILE.vnnlib for its inputs; else that of the network'
        ),
    ] = None,
    cut: Annotated[
        str | None,
        typer.Option(
            "--slice",
            metavar="SLICE",
            help='"line: p q" or "plane: p q r" in the domain; segment, triangle, parallelogram, chain',
        ),
    ] = None,
    around: Annotated[
        str | None, typer.Option("--around", metavar="POINT", help="Walk from cell to cell, for any number of inputs")
    ] = None,
    radius: Annotated[
        str | None, typer.Option("--radius", metavar="R", help="Of the box around that point whose cells are meant")
    ] = None,
    count: Annotated[str, typer.Option("--count", metavar="all|cells", help="cells alone is faster")] = "all",
    plot: Annotated[
        str | None, typer.Option("--plot", metavar="FILE", help="A picture: .svg, .pdf, .png, or .tex (TikZ, exact)")
    ] = None,
    boundary: Annotated[
        bool, typer.Option("--boundary", help="Highlight where the output is 0 (two outputs: where they are equal)")
    ] = False,
    certificate: Annotated[
        str | None,
        typer.Option(
            "--certificate", metavar="CERT", help="Prove the count, too: linear regions of one input, or cells"
        ),
    ] = None,
    budget: Seconds = None,
    jobs: Annotated[int, typer.Option("--jobs", metavar="N", help="Processes, for two inputs and more")] = 1,
    physical: Physical = False,
    batch_normalization: Normalising = "exact",
    as_json: AsJson = False,
) -> None:
    """Count cells, linear regions and affine maps, exactly; draw them.

    UNKNOWN: the budget ran out, and there are at least so many.
    """

    def work() -> Outcome:
        from verinet.cli.regions import Wishes, regions

        wishes = Wishes(domain, cut, around, radius, count, plot, boundary, certificate, budget, jobs)
        return regions(network, wishes, read_options(physical, batch_normalization))

    raise typer.Exit(run("regions", work, as_json))


def check_command(
    certificates: Annotated[list[str], typer.Argument(metavar="CERT...", help="Certificates")],
    networks: Annotated[
        list[str] | None,
        typer.Option("--network", metavar="NET", help="Compare the embedded network with this file; repeat for two"),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Status 1 for a theorem under assumptions")] = False,
    physical: Physical = False,
    batch_normalization: Normalising = "exact",
    as_json: AsJson = False,
) -> None:
    """Let the kernel check certificates, without searching anything."""

    def work() -> Outcome:
        from verinet.cli.check import check

        return check(certificates, networks or [], strict, read_options(physical, batch_normalization))

    raise typer.Exit(run("check", work, as_json))


def show_command(
    certificate: Annotated[str, typer.Argument(metavar="CERT", help="A certificate")],
    latex: Annotated[bool, typer.Option("--latex", help="LaTeX of the theorem (amsmath, amssymb)")] = False,
    text: Annotated[bool, typer.Option("--text", help="Plain text (the default)")] = False,
    style: Annotated[str, typer.Option("--style", help="Of LaTeX: amsthm or plain")] = "amsthm",
    as_json: AsJson = False,
) -> None:
    """Check a certificate and print its theorem."""

    def work() -> Outcome:
        from verinet.cli.show import show

        return show(certificate, latex, text, style)

    raise typer.Exit(run("show", work, as_json))


def explain_command(
    certificate: Annotated[str, typer.Argument(metavar="CERT", help="A certificate")],
    depth: Annotated[
        int | None, typer.Option("--depth", metavar="N", help="How many divisions deep; the rest is counted")
    ] = None,
    leaves: Annotated[
        bool, typer.Option("--leaves", help="Instead of the tree: every case that closes, with all it assumes")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check a certificate and tell its proof: how its cases are divided, and why each of them closes."""

    def work() -> Outcome:
        from verinet.cli.show import explained

        return explained(certificate, depth, leaves)

    raise typer.Exit(run("explain", work, as_json))


def import_command(
    network: Net,
    output: Annotated[str, typer.Option("-o", "--output", metavar="NET.json", help="The canonical JSON to write")],
    physical: Physical = False,
    batch_normalization: Normalising = "exact",
    as_json: AsJson = False,
) -> None:
    """Write a network as verinet's own exact JSON."""

    def work() -> Outcome:
        from verinet.cli.convert import import_network

        return import_network(network, output, read_options(physical, batch_normalization))

    raise typer.Exit(run("import", work, as_json))


def export_command(
    files: Annotated[
        list[str],
        typer.Argument(metavar="NET... [PROPERTY]", help="A network; or, for claims, networks and a VNN-LIB file"),
    ],
    output: Annotated[
        str,
        typer.Option(
            "-o", "--output", metavar="OUT", help="A file .onnx, .nnet, .json or .npz; .smt2, .vnnlib (claims)"
        ),
    ],
    domain: Annotated[
        str | None,
        typer.Option(
            "--domain", metavar="BOX", help='For .nnet and .json: the inputs, "[-1,1]^2" or "[0,1] x [-2,1/2]"'
        ),
    ] = None,
    smtlib: Annotated[
        bool, typer.Option("--smtlib", help="Write the claim as SMT-LIB 2: satisfiable if something refutes it")
    ] = False,
    claim: Annotated[
        str | None, typer.Option("--claim", metavar="CLAIM", help="The claim, instead of a property file")
    ] = None,
    physical: Physical = False,
    batch_normalization: Normalising = "exact",
    as_json: AsJson = False,
) -> None:
    """Write a network in another format, exactly; or a claim as SMT-LIB 2 or VNN-LIB 2.0."""

    def work() -> Outcome:
        from verinet.cli.convert import export

        return export(files, output, domain, smtlib, claim, read_options(physical, batch_normalization))

    raise typer.Exit(run("export", work, as_json))


def proofs_command(
    names: Annotated[list[str] | None, typer.Argument(metavar="NAMES", help="Theorems; all without")] = None,
    replay: Annotated[bool, typer.Option("--replay", help="Check every stored certificate")] = False,
    search: Annotated[bool, typer.Option("--search", help="Prove everything afresh")] = False,
    folder: Annotated[Path | None, typer.Option("--folder", help="The folder of proofs, with its index.toml")] = None,
    budget: Annotated[float | None, typer.Option("--budget", metavar="SECONDS", help="For each search")] = None,
    as_json: AsJson = False,
) -> None:
    """Show the theorems of proofs/, checked now.

    Without --replay or --search each is searched afresh or replayed, as its index says.
    """

    def work() -> Outcome:
        from verinet.cli.proofs import proofs

        return proofs(names or [], replay, search, folder, budget, tell_now(as_json))

    raise typer.Exit(run("proofs", work, as_json))
