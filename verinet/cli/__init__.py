"""The command line: `main` is the entry point; one small file a command."""

from __future__ import annotations

from verinet.cli.app import main

__all__ = ["main"]
