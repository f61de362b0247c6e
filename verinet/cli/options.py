"""Arguments and options that several commands have, each declared once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

import typer

if TYPE_CHECKING:
    from verinet.networks.formats import ReadOptions
    from verinet.networks.formats.reading import BatchNormalization

Net = Annotated[str, typer.Argument(metavar="NET", help="A network: .onnx, .nnet, .json, .npz or .pt")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on standard output, and nothing else there")]

Physical = Annotated[
    bool, typer.Option("--physical", help="Of a .nnet file: apply its normalisation (inputs and outputs in its units)")
]
Normalising = Annotated[
    str,
    typer.Option(
        "--batch-normalization",
        metavar="exact|rounded",
        help="Of an .onnx file: refuse an irrational factor, or round it to the nearest float and say so",
    ),
]
Certificate = Annotated[str | None, typer.Option("-o", "--output", metavar="CERT", help="Write the certificate")]
Seconds = Annotated[float | None, typer.Option("--budget", metavar="SECONDS", help="Give up after so many seconds")]

Jobs = Annotated[int, typer.Option("--jobs", metavar="N", help="Processes that search")]
Journal = Annotated[
    str | None,
    typer.Option("--journal", metavar="FILE", help="Keep finished work; the same command goes on from there"),
]
Cluster = Annotated[
    str | None, typer.Option("--cluster", metavar="ADDRESS", help="A dask scheduler: search on its machines")
]


def read_options(physical: bool, batch_normalization: str) -> ReadOptions:
    """The options of the readers; they refuse words that they do not know."""
    from verinet.networks.formats import ReadOptions

    return ReadOptions(physical, cast("BatchNormalization", batch_normalization))
