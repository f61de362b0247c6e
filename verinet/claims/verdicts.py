"""Verdicts: proved, refuted or unknown; never a truth value.

A `Proved` is made only after the kernel has accepted the certificate, a `Refuted` only after the
counterexample has been evaluated exactly on the network itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, NoReturn

from verinet.claims.tape import Tape, encoded
from verinet.claims.wording import point_text
from verinet.errors import Unsupported
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import format_rational
from verinet.work import write_file

Json = dict[str, Any]


class _NeverABool:
    __slots__ = ()

    def __bool__(self) -> NoReturn:
        raise Unsupported(
            f"a verdict is never a bool: there are three, and this one is {type(self).__name__}",
            fix="write match verdict: case Proved(): ... case Refuted(): ... case Unknown(): ...",
        )


@dataclass(frozen=True, slots=True)
class Theorem:
    """A statement that the kernel has checked, with its assumptions.

    Parameters
    ----------
    statement : dict
        The kernel's statement, as JSON values.
    text : str
        One line for people.
    assumptions : tuple of dict
        What the kernel could not check; () means: the kernel and nothing else.
    hash : str
        SHA-256 of the statement, in hexadecimal, as the kernel computed it.

    Guarantee: exact, under its assumptions.
    """

    statement: Json
    text: str
    assumptions: tuple[Json, ...] = ()
    hash: str = ""

    __hash__ = None  # type: ignore[assignment]  # holds dictionaries

    def __str__(self) -> str:
        return f"{self.text}     {self.trust}"

    @property
    def trust(self) -> str:
        """``kernel only``, or under how many assumptions."""
        count = len(self.assumptions)
        return "kernel only" if not count else f"under {count} assumption{'s' if count > 1 else ''}"

    def to_json(self) -> Json:
        """Return JSON values."""
        return {
            "text": self.text,
            "assumptions": list(self.assumptions),
            "hash": self.hash,
            "statement": self.statement,
        }


@dataclass(frozen=True, slots=True)
class Certificate:
    """Evidence that anyone can check again with the kernel.

    Parameters
    ----------
    data : dict
        The certificate's JSON values; not to be changed afterwards.

    Guarantee: exact, once the kernel has accepted it; before, none.

    Examples
    --------
    >>> Certificate({"format": "verinet-certificate/2", "assumptions": []}).text
    '{"assumptions":[],"format":"verinet-certificate/2"}\\n'
    """

    data: Json

    __hash__ = None  # type: ignore[assignment]  # holds a dictionary

    @property
    def text(self) -> str:
        """The file's text: one line of JSON, sorted keys, no blanks."""
        return "".join(self.parts())

    def parts(self) -> Iterator[str]:
        """The text in parts, so that a large one need not be in memory as a whole."""
        yield from encoded(self.data)
        yield "\n"

    @property
    def size(self) -> int:
        """Number of bytes of the text."""
        return sum(map(len, self.parts()))  # ASCII

    @property
    def is_linear(self) -> bool:
        """Is the evidence one list of steps, which can be written line by line?"""
        evidence = self.data.get("evidence")
        return isinstance(evidence, dict) and evidence.get("steps") is not None

    def lines(self) -> Iterator[str]:
        """The lines of the form with lines: a header without steps, then blocks of them.

        Each line after the first begins with the SHA-256 of the line before.

        Raises
        ------
        Unsupported
            If the evidence is not one list of steps.
        """
        if not self.is_linear:
            raise Unsupported(
                "only evidence that is one list of steps is written line by line, not a conjunction or a point",
                fix="write it to a file whose name ends in .json",
            )
        evidence = self.data["evidence"]
        steps = evidence["steps"]
        rest = {key: value for key, value in evidence.items() if key != "steps"}
        line = "".join(encoded({**self.data, "evidence": rest}))
        yield line + "\n"
        tape = steps if isinstance(steps, Tape) else Tape(steps)
        for block in tape.blocks():
            line = f'["{hashlib.sha256(line.encode()).hexdigest()}",{block}]'
            yield line + "\n"

    def write(self, path: str | Path) -> None:
        """Write the file whole or not at all; to a name that ends in ``.jsonl`` line by line.

        Raises
        ------
        BadFormat
            If the file cannot be written.
        Unsupported
            If evidence that is not one list of steps is to be written line by line.
        """
        target = Path(path)
        write_file(target, self.lines() if target.suffix == ".jsonl" else self.parts())

    def __repr__(self) -> str:
        return f"Certificate({self.size} bytes)"


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A point at which a claim fails, with the exact outputs there.

    Parameters
    ----------
    x : tuple of Fraction
        The point.
    y : tuple of Fraction
        The outputs of the network(s) at the point, exactly.
    claim : str
        The text of the claim that fails.
    exact : bool
        Whether x and y are exact; always true for one that a verdict carries.
    more : tuple of pairs (point, outputs)
        Further points, for claims that no single point refutes.

    Guarantee: exact if it says so.

    Examples
    --------
    >>> print(Counterexample((Fraction(1), Fraction(-1, 3)), (Fraction(7, 4),), "y_0 <= 3/2 on [-1,1]^2"))
    y_0 <= 3/2 on [-1,1]^2      counterexample x = (1, -1/3), y = 7/4, exact
    """

    x: tuple[Fraction, ...]
    y: tuple[Fraction, ...]
    claim: str
    exact: bool = True
    more: tuple[tuple[tuple[Fraction, ...], tuple[Fraction, ...]], ...] = ()

    __repr__ = spelled_fields

    def __str__(self) -> str:
        word = "exact" if self.exact else "numeric"
        points = [(self.x, self.y), *self.more]
        shown = "; ".join(f"x = {point_text(x)}, y = {point_text(y)}" for x, y in points)
        return f"{self.claim}      counterexample {shown}, {word}"

    def to_json(self) -> Json:
        """Return JSON values; rationals as ``"p/q"``."""
        shown: Json = {
            "claim": self.claim,
            "x": [format_rational(value) for value in self.x],
            "y": [format_rational(value) for value in self.y],
            "exact": self.exact,
        }
        if self.more:
            shown["more"] = [
                {"x": [format_rational(value) for value in x], "y": [format_rational(value) for value in y]}
                for x, y in self.more
            ]
        return shown


@dataclass(frozen=True, slots=True)
class Proved(_NeverABool):
    """The kernel accepted a certificate of the claim.

    Guarantee: exact, under the theorem's assumptions.

    Examples
    --------
    >>> print(Proved(Theorem({}, "y_0 <= 1 on [0,1]"), Certificate({})))
    PROVED   y_0 <= 1 on [0,1]     kernel only
    """

    theorem: Theorem
    certificate: Certificate

    __hash__ = None  # type: ignore[assignment]  # holds dictionaries

    def __str__(self) -> str:
        return f"PROVED   {self.theorem}"

    def to_json(self) -> Json:
        """Return JSON values (without the certificate, which has its own file)."""
        return {"verdict": "proved", "theorem": self.theorem.to_json()}


@dataclass(frozen=True, slots=True)
class Refuted(_NeverABool):
    """The claim is false: here is a point, or for a count or an existence claim the opposite's certificate.

    Parameters
    ----------
    counterexample : Counterexample or None
        None where no single point can refute.
    certificate : Certificate, optional
        Of the opposite claim, where the kernel has a statement for it.
    reason : str
        In words, where there is no counterexample.

    Guarantee: exact.
    """

    counterexample: Counterexample | None
    certificate: Certificate | None = None
    reason: str = ""

    def __str__(self) -> str:
        return f"REFUTED   {self.counterexample or self.reason}"

    def to_json(self) -> Json:
        """Return JSON values; rationals as ``"p/q"``."""
        point = None if self.counterexample is None else self.counterexample.to_json()
        return {"verdict": "refuted", "counterexample": point, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Unknown(_NeverABool):
    """Neither proved nor refuted, and why.

    Guarantee: none; it says nothing of the claim.

    Examples
    --------
    >>> bool(Unknown("the budget of 60 s is spent"))
    Traceback (most recent call last):
    ...
    verinet.errors.Unsupported: a verdict is never a bool: there are three, and this one is Unknown
    Fix: write match verdict: case Proved(): ... case Refuted(): ... case Unknown(): ...
    """

    reason: str

    def __str__(self) -> str:
        return f"UNKNOWN   {self.reason}"

    def to_json(self) -> Json:
        """Return JSON values."""
        return {"verdict": "unknown", "reason": self.reason}


Verdict = Proved | Refuted | Unknown
