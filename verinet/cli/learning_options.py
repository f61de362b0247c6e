"""``verinet distance`` as typer sees it."""

from __future__ import annotations

from typing import Annotated

import typer

from verinet.cli.options import AsJson, Normalising, Physical, Seconds, read_options
from verinet.cli.outcome import Outcome, run


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
