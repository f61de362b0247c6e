"""``verinet learn`` and ``verinet distance`` as typer sees them."""

from __future__ import annotations

from typing import Annotated

import typer

from verinet.cli.options import AsJson, Normalising, Physical, Seconds, read_options
from verinet.cli.outcome import Outcome, run


def learn_command(
    data: Annotated[
        str, typer.Argument(metavar="DATA", help="Samples: .csv, the label in the last column, or .npz with X and y")
    ],
    neurons: Annotated[int, typer.Option("--neurons", metavar="K", help="At most so many hidden neurons")],
    output: Annotated[
        str | None, typer.Option("-o", "--output", metavar="NET", help="Write the network: .json, .onnx")
    ] = None,
    method: Annotated[
        str, typer.Option("--method", metavar="samples|enumeration", help="enumeration: all tuples of a net, K <= 3")
    ] = "samples",
    net: Annotated[
        float | None, typer.Option("--net", metavar="XI", help="Of enumeration: the width of the net of directions")
    ] = None,
    refine: Annotated[
        bool, typer.Option("--refine/--no-refine", help="Fit all coordinates at the end, and merge neurons")
    ] = True,
    held_out: Annotated[
        float, typer.Option("--held-out", metavar="PART", help="Of the samples: the error is estimated on them alone")
    ] = 0.2,
    bound: Annotated[
        float | None,
        typer.Option(
            "--bound", metavar="R", help="Promised: sum of |coefficient| |weight|, plus the noise's deviation"
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="The same seed gives the same network")] = 0,
    budget: Seconds = None,
    as_json: AsJson = False,
) -> None:
    """Learn a network with one narrow hidden layer from samples with Gaussian points.

    The error is estimated on samples that were held out: it is no theorem. UNKNOWN: interrupted, or the budget ran out;
    the best network so far is told, and written.
    """

    def work() -> Outcome:
        from verinet.cli.learn import Wishes, learn

        return learn(data, Wishes(neurons, output, method, net, refine, held_out, bound, seed, budget))

    raise typer.Exit(run("learn", work, as_json))


def distance_command(
    first: Annotated[str, typer.Argument(metavar="A", help="A network with one hidden layer")],
    second: Annotated[str, typer.Argument(metavar="B", help="Another one")],
    digits: Annotated[int, typer.Option("--digits", metavar="N", help="Significant digits, all certified")] = 30,
    closed_form: Annotated[
        bool, typer.Option("--closed-form", help="The square of the distance as a formula, and its LaTeX")
    ] = False,
    budget: Seconds = None,
    physical: Physical = False,
    batch_normalization: Normalising = "exact",
    as_json: AsJson = False,
) -> None:
    """Tell how far two networks are apart: the root of E|f(x) - g(x)|^2, x standard Gaussian.

    EQUAL: they are one function, decided exactly. DIFFERENT: they are not, and the distance is enclosed.
    """

    def work() -> Outcome:
        from verinet.cli.distance import Wishes, distance

        return distance(first, second, Wishes(digits, closed_form, budget), read_options(physical, batch_normalization))

    raise typer.Exit(run("distance", work, as_json))
