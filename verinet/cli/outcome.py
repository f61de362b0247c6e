"""What a command hands back: an exit status, lines for people and one document for programs.

Exit status: 0 proved or checked, 1 refuted or rejected, 2 unknown, 3 bad input or usage.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TextIO

from verinet.errors import CertificateRejected, VerinetError

Json = dict[str, Any]

DONE, REFUTED, UNKNOWN, BAD_INPUT = 0, 1, 2, 3
_COLOURS = {
    "PROVED": "32",
    "CHECKED": "32",
    "REFUTED": "31",
    "REJECTED": "31",
    "UNKNOWN": "33",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of a command.

    Parameters
    ----------
    status : int
        The exit status.
    lines : tuple of str
        For standard output, when a person reads it.
    document : dict
        For standard output with ``--json``; `command` and `status` are added.
    complaints : tuple of str
        For standard error, in both cases.
    """

    status: int
    lines: tuple[str, ...] = ()
    document: Json = field(default_factory=dict)
    complaints: tuple[str, ...] = ()


def tell_now(as_json: bool) -> Callable[[str], None]:
    """How a command prints a line before its end: on standard output, or not at all beside a document."""
    if as_json:
        return lambda line: None

    def tell(line: str) -> None:
        say(sys.stdout, line)
        sys.stdout.flush()

    return tell


def run(command: str, work: Callable[[], Outcome], as_json: bool) -> int:
    """Do the work of a command, print its outcome, return the exit status.  No exception leaves here."""
    try:
        outcome = work()
    except KeyboardInterrupt:
        outcome = interrupted()
    except Exception as error:
        outcome = failed(error)
    return deliver(command, outcome, as_json)


def interrupted() -> Outcome:
    """The outcome of Ctrl-C: unknown, nothing half-written."""
    reason = "interrupted"
    return Outcome(UNKNOWN, (f"UNKNOWN   {reason}",), {"verdict": "unknown", "reason": reason})


def failed(error: Exception) -> Outcome:
    """The outcome of an exception: what was wrong and how to fix it, without a traceback."""
    if os.environ.get("VERINET_DEBUG") == "1":
        traceback.print_exception(error)
    if isinstance(error, VerinetError):
        problem, fix, where = error.problem, error.fix, error.where
    else:
        problem = " ".join(str(error).split())[:500]
        fix = "report this with the input that led to it; VERINET_DEBUG=1 shows where it happened"
        where = None
        if isinstance(error, MemoryError):
            problem, fix = problem or "not enough memory", "use a machine with more memory, or a smaller input"
    status = REFUTED if isinstance(error, CertificateRejected) else BAD_INPUT
    kind = type(error).__name__
    complaint = [f"{kind}: {problem}", *([f"  at {where}"] if where else []), f"Fix: {fix}"]
    details = {"kind": kind, "problem": problem, "where": where, "fix": fix}
    return Outcome(status, (), {"error": details}, tuple(complaint))


def misused(problem: str, command: str) -> Outcome:
    """The outcome of words that are not understood."""
    fix = f"{command} --help shows what is understood"
    details = {"kind": "Usage", "problem": problem, "where": None, "fix": fix}
    return Outcome(BAD_INPUT, (), {"error": details}, (f"Usage: {problem}", f"Fix: {fix}"))


def deliver(command: str, outcome: Outcome, as_json: bool) -> int:
    """Print an outcome; a reader that went away (a closed pipe) is no reason for a traceback."""
    try:
        for line in outcome.complaints:
            say(sys.stderr, line)
        if as_json:
            document = {"command": command, "status": outcome.status, **outcome.document}
            say(sys.stdout, json.dumps(document, indent=2, ensure_ascii=True, allow_nan=False))
        else:
            for line in outcome.lines:
                say(sys.stdout, line)
        sys.stdout.flush()
    except BrokenPipeError:
        # The interpreter flushes once more when it ends; let that go nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return max(outcome.status, BAD_INPUT)
    return outcome.status


def say(stream: TextIO, text: str) -> None:
    """Print text that may quote a stranger's file: no control characters reach the terminal."""
    safe = "".join(letter if letter.isprintable() or letter == "\n" else repr(letter)[1:-1] for letter in text)
    encoding = stream.encoding or "utf-8"
    safe = safe.encode(encoding, "backslashreplace").decode(encoding)
    word, _, rest = safe.partition(" ")
    if word in _COLOURS and stream.isatty() and not os.environ.get("NO_COLOR"):
        safe = f"\x1b[1;{_COLOURS[word]}m{word}\x1b[0m {rest}"
    print(safe, file=stream)
