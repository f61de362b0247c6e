"""Check a certificate before anything is printed of it: the only door from a file to the pages of this package."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import PurePath
from typing import Any

from verinet import kernel
from verinet.claims.verdicts import Certificate, Proved
from verinet.errors import BadFormat, CertificateRejected, Unsupported
from verinet.report.statements import Decoded, decode
from verinet.report.text import counted, statement_text
from verinet.work import read_bytes, read_lines

Json = dict[str, Any]
Source = str | os.PathLike[str] | Certificate | Proved


@dataclass(frozen=True, slots=True)
class CheckedTheorem:
    """A statement that the kernel accepted a moment ago, with its assumptions; made by `check` only.

    Parameters
    ----------
    statement : dict
        The kernel's statement, as JSON values.
    text : str
        One line for people, written from the statement.
    assumptions : tuple of dict
        What the kernel could not check; () means: the kernel and nothing else.
    hash, networks_hash : str
        SHA-256 of the statement and of its networks, in hexadecimal, as the kernel computed them.
    steps, leaves : int
        Size of the evidence.
    source : str
        The file's path, or "" for a certificate in memory.
    decoded : Decoded
        The statement in rationals.
    """

    statement: Json = field(repr=False)
    text: str
    assumptions: tuple[Json, ...]
    hash: str
    networks_hash: str
    steps: int
    leaves: int
    source: str
    decoded: Decoded = field(repr=False, compare=False)

    __hash__ = None  # type: ignore[assignment]  # holds dictionaries

    @property
    def kind(self) -> str:
        """The kernel's word for the kind of statement."""
        return self.decoded.kind

    @property
    def headline(self) -> str:
        """``CHECKED``, or ``CHECKED UNDER n ASSUMPTIONS`` (``1 ASSUMPTION``)."""
        return f"CHECKED UNDER {self._assumed().upper()}" if self.assumptions else "CHECKED"

    @property
    def trust(self) -> str:
        """``kernel only``, or the number of assumptions."""
        return f"under {self._assumed()}" if self.assumptions else "kernel only"

    def _assumed(self) -> str:
        return counted(len(self.assumptions), "assumption", "assumptions")

    def __str__(self) -> str:
        return f"{self.headline}   {self.text}" + ("" if self.assumptions else f"     {self.trust}")

    def to_json(self) -> Json:
        """Return JSON values; the statement stays in the certificate."""
        return {
            "claim": self.text,
            "kind": self.kind,
            "assumptions": list(self.assumptions),
            "statement_sha256": self.hash,
            "networks_sha256": self.networks_hash,
            "steps": self.steps,
            "leaves": self.leaves,
        }


def check(source: Source) -> CheckedTheorem:
    """Let the kernel check a certificate.

    Parameters
    ----------
    source : path, Certificate or Proved
        A path ending in ``.jsonl`` holds a header line and below it lines of steps.

    Returns
    -------
    CheckedTheorem

    Raises
    ------
    CertificateRejected
        If the kernel refuses it; the message names the step.
    BadFormat
        If the file cannot be read.

    Examples
    --------
    >>> from verinet.claims import value
    >>> from verinet.networks import network, variable
    >>> from verinet.provers.portfolio import prove
    >>> x = variable("x")
    >>> print(check(prove(value(network(x, 3 * x), at=2) == 6)))
    CHECKED   f(2) = 6     kernel only

    Guarantee: exact.
    """
    text, path, lines = _text_of(source)
    try:
        if lines is None:
            report = kernel.check(text)
        else:
            # The kernel reads line by line, so that a long proof need not be in memory; the header stays.
            report = kernel.check(chain([text], lines), True)
        # Only of an accepted file: the same text, read a second time for its parts.
        header = kernel.read_json(text, "file")
        decoded = decode(header["statement"])
    except kernel.Rejected as error:
        raise rejected(str(error), path) from error
    return CheckedTheorem(
        statement=header["statement"],
        text=statement_text(decoded),
        assumptions=tuple(dict(entry) for entry in report.assumptions),
        hash=report.statement_sha256,
        networks_hash=report.networks_sha256,
        steps=report.steps,
        leaves=report.leaves,
        source=path,
        decoded=decoded,
    )


def rejected(reason: str, path: str) -> CertificateRejected:
    """The error for a certificate that is no proof."""
    return CertificateRejected(
        f"the kernel rejected the certificate: {reason}",
        fix="check that the file is complete, or ask its author for one that is; nothing in it may be believed",
        where=path or None,
    )


def _text_of(source: Source) -> tuple[str, str, Iterator[str] | None]:
    """Text, path, and the lines below if it is in lines: then the text is the first one."""
    match source:
        case Proved(certificate=certificate):
            return certificate.text, "", None
        case Certificate():
            return source.text, "", None
        case str() | os.PathLike():
            path = os.fspath(source)
        case _:
            raise Unsupported(
                f"check needs the path of a certificate or a Certificate, got {type(source).__name__}",
                fix='write vn.check("square3.json") or vn.check(verdict.certificate)',
            )
    if PurePath(path).suffix == ".jsonl":
        lines = _lines_of(path)
        return next(lines, ""), path, lines
    try:
        return read_bytes(path).decode("utf-8"), path, None
    except UnicodeDecodeError as error:
        raise rejected(f"byte {error.start} is not UTF-8 text", path) from error


def _lines_of(path: str) -> Iterator[str]:
    try:
        yield from read_lines(path)
    except BadFormat as error:
        if isinstance(error.__cause__, UnicodeDecodeError):
            raise rejected(error.problem, path) from error
        raise


def evidence_of(source: Source) -> tuple[Json, Iterator[Any]]:
    """The header of a certificate that was checked, and its steps, however they are stored.

    Raises
    ------
    CertificateRejected
        If it is no certificate.
    """
    text, path, lines = _text_of(source)
    try:
        header = kernel.read_json(text, "file")
        if lines is None:
            return header, iter(header["evidence"].get("steps", ()))
        return header, iter(list(kernel.chained(lines, text.removesuffix("\n"))))
    except kernel.Rejected as error:
        raise rejected(str(error), path) from error
