"""The command line: `main` is the entry point; one small file a command."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return the exit status; see `verinet.cli.app`."""
    try:
        from verinet.cli import app
    except KeyboardInterrupt:  # Ctrl-C while the parser itself is still being loaded
        words = sys.argv if arguments is None else arguments
        json = '{"status": 2, "verdict": "unknown", "reason": "interrupted"}'
        print(json if "--json" in words else "UNKNOWN   interrupted")
        return 2
    return app.main(arguments)
