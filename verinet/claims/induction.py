"""Conclusions that go beyond what the kernel states: checked statements, and the named lemma that leads on from them.

``concluded("for all m ...", [base, step], lemma("induction: ..."))`` is one claim.  Its kernel statement is the
conjunction of the parts, nothing else; its text is the conclusion; its certificate carries the lemma as an assumption
that is printed first.  A loop over instances is no such conclusion: instances need no lemma, and prove no family.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from verinet.errors import ShapeMismatch, Unsupported
from verinet.networks.network import Network

Json = dict[str, Any]

#: Origin of lemmas whose proof is their own text: nothing is cited.
ELEMENTARY = "elementary; its proof is its text"


class Stated(Protocol):
    """A claim that the kernel has a statement for.  Guarantee: exact (what is said)."""

    def statement(self) -> Json: ...

    def text(self) -> str: ...


def lemma(text: str, origin: str = ELEMENTARY) -> Json:
    """The assumption that a named lemma is: its precise statement, and where it comes from.

    Guarantee: exact (it is printed as it is; nothing checks it).

    Parameters
    ----------
    text : str
        Printable ASCII, one line.
    origin : str
        A key of the bibliography, with the place; or the default, for lemmas that carry their own proof.

    Raises
    ------
    Unsupported
        If the text is empty or not printable.

    Examples
    --------
    >>> found = lemma("a continuous function on [0,1] is bounded")
    >>> found["kind"], len(found["sha256"])
    ('lemma', 64)
    """
    for part in (text, origin):
        if not (part and part.isascii() and part.isprintable()):
            raise Unsupported(f"a lemma is one printable ASCII line, got {part[:60]!r}", fix="write one line")
    return {"kind": "lemma", "text": text, "sha256": hashlib.sha256(text.encode()).hexdigest(), "origin": origin}


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What follows from the parts, by the lemmas; the kernel checks the parts.

    Parameters
    ----------
    conclusion : str
        One line of ASCII: what is claimed.
    labels : tuple of str
        One a part: "base", "step", ...
    parts : tuple of claims
        Claims of the kernel's kinds.
    lemmas : tuple of dict
        Made by `lemma`; at least one, for without one the parts are the claim.

    Guarantee: exact, under its lemmas.
    """

    conclusion: str
    labels: tuple[str, ...]
    parts: tuple[Any, ...]
    lemmas: tuple[Json, ...]

    __hash__ = None  # type: ignore[assignment]  # holds dictionaries

    def __post_init__(self) -> None:
        if not self.parts or len(self.labels) != len(self.parts) or len(set(self.labels)) != len(self.labels):
            raise ShapeMismatch(
                "a conclusion needs parts, each with a label of its own", fix="give {'base': claim, ...}"
            )
        if not self.lemmas or any(entry.get("kind") != "lemma" for entry in self.lemmas):
            raise Unsupported(
                "a conclusion that needs no lemma is what its parts say already",
                fix="state the parts as claims, or name the lemma: lemma('induction on m: ...')",
            )
        for label, part in zip(self.labels, self.parts, strict=True):
            if isinstance(part, Conclusion) or not hasattr(part, "statement"):
                raise Unsupported(
                    f"a part is a claim that the kernel can state, got {type(part).__name__}",
                    fix="give always(...), equal(...), sup_error(...) <= e and the like",
                    where=f"part {label}",
                )
        lemma(self.conclusion)

    @property
    def networks(self) -> tuple[Network, ...]:
        """The networks of all parts, in their order."""
        return tuple(network for part in self.parts for network in part.networks)

    @property
    def assumptions(self) -> tuple[Json, ...]:
        """The lemmas."""
        return self.lemmas

    def statement(self) -> Json:
        """The kernel's statement: all parts; of one part, that part."""
        found = [part.statement() for part in self.parts]
        return found[0] if len(found) == 1 else {"kind": "all", "parts": found}

    def text(self) -> str:
        """Return one line of ASCII: the conclusion, and what of it was checked."""
        checked = "; ".join(f"{label}: {part.text()}" for label, part in zip(self.labels, self.parts, strict=True))
        return f"{self.conclusion} [by lemma from {checked}]"


def concluded(conclusion: str, parts: Mapping[str, Stated], *lemmas: Json) -> Conclusion:
    """Claim a conclusion that the lemmas draw from the parts.

    Guarantee: exact, under the lemmas (the kernel checks the parts, and nothing checks the lemmas).

    Raises
    ------
    ShapeMismatch, Unsupported
        Without parts, without lemmas, or with parts that the kernel cannot state.

    Examples
    --------
    >>> from verinet.claims import always, outputs
    >>> from verinet.geometry import interval
    >>> from verinet.networks import network, relu, variable
    >>> x = variable("x")
    >>> f = network(x, relu(x) - relu(x - 1))
    >>> (y,) = outputs(f)
    >>> maps = always(f, (y >= 0), interval(0, 1))
    >>> claim = concluded("f^m(x) >= 0 on [0,1] for all m >= 1", {"step": maps}, lemma("f(x) is x on [0,1]"))
    >>> claim.statement()["kind"], len(claim.assumptions)
    ('always', 1)
    """
    return Conclusion(conclusion, tuple(parts), tuple(parts.values()), tuple(lemmas))


def induction(conclusion: str, *, base: Stated, step: Stated, principle: str, origin: str = ELEMENTARY) -> Conclusion:
    """Claim a conclusion for all m from a base and a step; `principle` says how they give it.

    Guarantee: exact, under the principle, which is an assumption (the kernel checks base and step).

    Examples
    --------
    >>> from verinet.claims import always, outputs
    >>> from verinet.geometry import interval
    >>> from verinet.networks import network, relu, variable
    >>> x = variable("x")
    >>> f = network(x, relu(x) - relu(x - 1))
    >>> (y,) = outputs(f)
    >>> low, high = always(f, y >= 0, interval(0, 1)), always(f, y <= 1, interval(0, 1))
    >>> claim = induction("0 <= f^m <= 1", base=low, step=high, principle="what maps [0,1] into itself does so m times")
    >>> claim.labels
    ('base', 'step')
    """
    return concluded(conclusion, {"base": base, "step": step}, lemma(principle, origin))
