"""What a theorem script says: a header, and claims."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from verinet.claims import Always, Equal
from verinet.claims.language import AnyClaim
from verinet.claims.plans import Plan
from verinet.claims.universal import NoFit
from verinet.errors import BadFormat, Unsupported

MODES = ("replay", "search")
SCOPES = ("single", "instances", "family")
SOURCES = ("literature", "derived")
PARTS = ("Statement", "Notation", "Method", "References", "Tags")
LABEL = re.compile(r"[a-z0-9_]+", re.ASCII)
_KEY = re.compile(r"[a-z]+[0-9]{4}[a-z]?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Instance:
    """One claim of a theorem; `refuted` says that the claim is false and that its failure is what is proved.

    `plan` is a hint for the proof of a construction's error.

    Raises
    ------
    BadFormat
        If the label is not made of lower-case letters, digits and underscores.
    Unsupported
        If a claim to be refuted is neither `always` nor `equal` nor `no_network` with a dual network.
    """

    label: str
    claim: AnyClaim
    note: str = ""
    refuted: bool = False
    plan: Plan | None = None

    def __post_init__(self) -> None:
        if not LABEL.fullmatch(self.label):
            raise BadFormat(f"the label {self.label!r} would be part of a file name", fix="write [a-z0-9_]+")
        if self.refuted and not (isinstance(self.claim, (Always, Equal)) or _has_dual(self.claim)):
            raise Unsupported(
                "only an always or equal claim, or one over weights with a dual network, has an opposite that the "
                "kernel can state",
                fix="state what is true instead: another count, another error, a value at a point",
            )

    @property
    def true_claim(self) -> AnyClaim:
        """What is proved: the claim, or that it fails somewhere."""
        if self.refuted and isinstance(self.claim, (Always, Equal, NoFit)):
            return self.claim.fails()
        return self.claim


def _has_dual(claim: object) -> bool:
    return isinstance(claim, NoFit) and claim.reducible


@dataclass(frozen=True, slots=True)
class Reference:
    """A key of the bibliography, and the place there (may be empty)."""

    key: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Header:
    """The opening of a script, as its docstring has it."""

    title: str
    statement: str
    notation: str
    method: str
    references: tuple[Reference, ...]
    tags: tuple[str, ...]


def read_header(docstring: str) -> Header:
    """The header from a docstring: the title, then the paragraphs Statement, Notation, Method, References, Tags.

    Raises
    ------
    BadFormat
        If a part is missing, empty or out of order, or a reference has no key.

    Examples
    --------
    >>> header = read_header('''The identity is two neurons.
    ...
    ... Statement.  r(x) - r(-x) = x for all x.
    ... Notation.  r(t) = max(t, 0).
    ... Method.  Two cells.
    ... References.  arora2018 (section 2); yarotsky2017.
    ... Tags.  identity, depth.
    ... ''')
    >>> header.references[0], header.tags
    (Reference(key='arora2018', place='section 2'), ('identity', 'depth'))
    """
    title, *texts = re.split(rf"^({'|'.join(PARTS)})\.\s+", docstring.strip(), flags=re.MULTILINE)
    names, bodies = texts[::2], [" ".join(body.split()) for body in texts[1::2]]
    if tuple(names) != PARTS or not title.strip() or not all(bodies):
        raise BadFormat(
            f"a theorem script opens with a title and the parts {', '.join(PARTS)}, got {', '.join(names) or 'none'}",
            fix="write them in this order, each as a paragraph that starts with its name and a full stop",
        )
    statement, notation, method, cited, tags = bodies
    references = []
    for entry in cited.rstrip(".").split(";"):
        key, _, place = entry.strip().partition(" ")
        if not _KEY.fullmatch(key) or (place and not (place[0] == "(" and place[-1] == ")")):
            raise BadFormat(f"{entry.strip()!r} is no reference", fix="write author2020 or author2020 (Theorem 3)")
        references.append(Reference(key, place[1:-1]))
    listed = tuple(tag.strip() for tag in tags.rstrip(".").split(","))
    return Header(" ".join(title.split()).rstrip("."), statement, notation, method, tuple(references), listed)


@dataclass(frozen=True, slots=True)
class Script:
    """What `theorem` makes of a function: the theorem's name, header and claims."""

    name: str
    header: Header
    mode: str
    scope: str
    source: str
    claims: Callable[[], Iterable[Instance]]


def theorem(*, mode: str = "replay", scope: str, source: str) -> Callable[[Callable[[], Iterable[Instance]]], Script]:
    """Make a theorem of a function that yields its instances; the module's docstring is the header.

    Parameters
    ----------
    mode : "replay" or "search"
        Whether `verinet proofs` replays the stored certificates or proves the claims afresh.
    scope : "single", "instances" or "family"
        One statement; instances of a statement about all n, which they do not prove; or a family, proved.
    source : "literature" or "derived"
        Whether the statement, with its constants, stands in the first reference or was derived from there.

    Raises
    ------
    BadFormat
        If a word is not one of these, or the header is not complete.
    """
    for word, words in ((mode, MODES), (scope, SCOPES), (source, SOURCES)):
        if word not in words:
            raise BadFormat(f"{word!r} is none of {', '.join(words)}", fix="choose one of them")

    def register(function: Callable[[], Iterable[Instance]]) -> Script:
        header = read_header(function.__globals__.get("__doc__") or "")
        return Script(function.__name__, header, mode, scope, source, function)

    return register
