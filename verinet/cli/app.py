"""The typer application: it parses and dispatches; the commands live in files of their own and load late."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Annotated

import typer

from verinet.cli.commands import (
    check_command,
    equal_command,
    eval_command,
    explain_command,
    export_command,
    import_command,
    proofs_command,
    prove_command,
    referee_command,
    refute_width_command,
    regions_command,
    show_command,
)
from verinet.cli.construct_options import construct_command
from verinet.cli.conversion_options import convert_command
from verinet.cli.learning_options import distance_command, learn_command
from verinet.cli.line_options import sparsity_command, statistics_command
from verinet.cli.outcome import BAD_INPUT, Outcome, deliver, failed, interrupted, misused

#: What the parser makes of Ctrl-C before a command has begun.
INTERRUPTED = 130

COMMANDS: dict[str, Callable[..., None]] = {
    "eval": eval_command,
    "prove": prove_command,
    "equal": equal_command,
    "referee": referee_command,
    "refute-width": refute_width_command,
    "regions": regions_command,
    "construct": construct_command,
    "convert": convert_command,
    "statistics": statistics_command,
    "sparsity": sparsity_command,
    "learn": learn_command,
    "distance": distance_command,
    "check": check_command,
    "show": show_command,
    "explain": explain_command,
    "import": import_command,
    "export": export_command,
    "proofs": proofs_command,
}

app = typer.Typer(
    name="verinet",
    add_completion=False,
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for name, function in COMMANDS.items():
    app.command(name)(function)


@app.callback(invoke_without_command=True)
def verinet(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and end.")] = False,
) -> None:
    """Exact verification of piecewise-affine neural networks.

    Exit status: 0 proved or checked, 1 refuted or rejected, 2 unknown, 3 bad input or usage.
    """
    if version:
        from importlib.metadata import version as installed

        typer.echo(f"verinet {installed('verinet')}")
        raise typer.Exit(0)
    if context.invoked_subcommand is None:
        raise typer.Exit(deliver("verinet", misused("a command is missing", "verinet"), as_json=False))


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return the exit status, which the entry point hands to the system."""
    words = sys.argv[1:] if arguments is None else arguments
    name = next((word for word in words if word in COMMANDS), "verinet")
    try:
        status = typer.main.get_command(app).main(words, prog_name="verinet", standalone_mode=False)
        if status != INTERRUPTED:
            return int(status or 0)
        outcome = interrupted()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else BAD_INPUT
    except (KeyboardInterrupt, typer.Abort):
        outcome = interrupted()
    except Exception as error:
        outcome = _usage(error, name) or failed(error)
    return deliver(name, outcome, "--json" in words)


def _usage(error: Exception, name: str) -> Outcome | None:
    """The outcome of words that the parser does not understand; None for any other exception."""
    # Some releases of typer bring click along, some import it: its errors are known by what they can do.
    message = getattr(error, "format_message", None)
    if message is None:
        return None
    return misused(str(message()), "verinet" if name == "verinet" else f"verinet {name}")
