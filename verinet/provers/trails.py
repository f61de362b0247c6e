"""Open cases as data: the kernel's steps that lead from the root of a proof to a case, read off the steps themselves.

Part of a proof is steps in the kernel's order with marks where cases are open.  Every step closes the newest open
case or replaces it by one or two, so that the steps alone say which case each mark stands for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple, Protocol

from verinet.claims.tape import Tape
from verinet.errors import BadFormat
from verinet.work import Budget

Json = Any
Step = list[Any]
#: Why a search that was ended by Ctrl-C stopped.
INTERRUPTED = "it was interrupted"
#: A point, and the output rows of its cell: what counting linear regions needs of a leaf.
CountedCell = tuple[tuple[int, list[int]], list[list[int]]]

#: How many cases a step opens in the place of the one that it takes; a word that is not here closes it.
CHILDREN = {"split": 2, "cut": 2, "branch": 2, "next": 1, "name": 1, "tighten": 1, "refine": 1}


class Choice(NamedTuple):
    """A step on the way to a case, and which of the cases that it opens.

    `implied`: the other one was closed at once as empty, so that what this one adds follows from the rest.
    """

    step: Step
    side: str  # low, high, or only
    implied: bool


@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """A trail: one choice after another trail, which others share."""

    before: Link | None
    choice: Choice | None
    depth: int  # how many real choices there are in all

    def whole(self) -> list[Choice]:
        """All choices from the root on."""
        choices: list[Choice] = []
        link: Link | None = self
        while link is not None and link.choice is not None:
            choices.append(link.choice)
            link = link.before
        return choices[::-1]


ROOT = Link(None, None, 0)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a proof: texts of steps, one more than there are open cases between them.

    `hints` says of each open case, in JSON values, what its search wants to know besides its trail.
    """

    texts: tuple[bytes, ...]
    hints: tuple[Json, ...]
    contacts: tuple[tuple[Fraction, ...], ...] = ()
    cells: tuple[CountedCell, ...] = ()


@dataclass(frozen=True, slots=True)
class Steps:
    """Evidence for the kernel."""

    steps: Tape
    leaves: int
    cells: Sequence[CountedCell]
    contacts: list[tuple[Fraction, ...]]


@dataclass(frozen=True, slots=True)
class Fails:
    """A point of the domain at which the claim fails, or two points that fail it together."""

    point: tuple[Fraction, ...]
    second: tuple[Fraction, ...] | None = None


@dataclass(frozen=True, slots=True)
class Stopped:
    """The search ended without an answer."""

    reason: str
    leaves: int
    final: bool = False  # more budget would not help


class Searching(Protocol):
    """A depth-first search that can be left and taken up at any open case."""

    budget: Budget
    steps: Tape
    leaves: int
    work: list[Any]  # open cases, and steps (lists) that wait for their turn; the last is next
    contacts: list[tuple[Fraction, ...]]
    cells: list[CountedCell]

    def first(self) -> Any:
        """The case at the root."""

    def visit(self, case: Any) -> Fails | Stopped | None:
        """Append steps, push cases; a point that fails or a reason to stop ends the search."""

    def emit(self, step: Step) -> None:
        """Append a step that closes a case."""

    def movable(self, case: Any) -> bool:
        """Can the case be taken up elsewhere?  If not, it is finished where it was opened."""

    def hint(self, case: Any) -> Json:
        """What `reopen` wants to know of a case besides its trail, or None."""

    def reopen(self, trail: Sequence[Choice], hint: Json) -> Any:
        """The case at the end of a trail."""


class Opened(NamedTuple):
    """What the steps of a part tell: the trail of each open case, and how many leaves are closed."""

    links: list[Link]
    steps: tuple[int, ...]  # one number a text
    leaves: int
    cells: int  # leaves that are cells


class _Here(NamedTuple):
    """A case that the steps have opened and not yet taken."""

    before: _Here | None
    step: Step | None
    side: str
    sibling: list[bool]  # shared by two siblings: was one of them closed at once as empty?


def opened(part: Part, start: Link) -> Opened:
    """Read a part of a proof that begins at a case.

    Raises
    ------
    BadFormat
        If its steps do not fit together.
    """
    if len(part.texts) != len(part.hints) + 1:
        raise _unfit("it has not one text more than open cases")
    waiting = [_Here(None, None, "only", [False])]
    found: list[_Here] = []
    counts: list[int] = []
    leaves = cells = 0
    for place, text in enumerate(part.texts):
        if place:
            found.append(_taken(waiting))
        count = 0
        for step in _steps(text):
            count += 1
            here = _taken(waiting)
            children = CHILDREN.get(step[0], 0)
            if children == 2:
                sibling = [False]
                waiting += [_Here(here, step, "high", sibling), _Here(here, step, "low", sibling)]
            elif children == 1:
                waiting.append(_Here(here, step, "only", [False]))
            else:
                leaves += 1
                cells += step[0] == "cell"
                here.sibling[0] = here.sibling[0] or step[0] == "empty"
        counts.append(count)
    if waiting:
        raise _unfit("cases are left over")
    return Opened(_links(found, start), tuple(counts), leaves, cells)


def _steps(text: bytes) -> Iterator[Step]:
    try:
        steps = json.loads(b"[" + text + b"]")
    except (ValueError, RecursionError) as error:
        raise _unfit("a text is not JSON") from error
    for step in steps:
        if not isinstance(step, list) or not step or not isinstance(step[0], str):
            raise _unfit("a step is not a list that begins with a word")
        yield step


def _taken(waiting: list[_Here]) -> _Here:
    if not waiting:
        raise _unfit("no case is open")
    return waiting.pop()


def _links(found: Sequence[_Here], start: Link) -> list[Link]:
    """The trails of these cases; what they share stands in memory once."""
    known: dict[int, Link] = {}
    links: list[Link] = []
    for here in found:
        new: list[_Here] = []
        at: _Here | None = here
        while at is not None and at.step is not None and id(at) not in known:
            new.append(at)
            at = at.before
        link = start if at is None or at.step is None else known[id(at)]
        for at in reversed(new):
            choice = Choice(at.step or [], at.side, at.sibling[0])
            link = Link(link, choice, link.depth + int(at.side != "only" and not choice.implied))
            known[id(at)] = link
        links.append(link)
    return links


def _unfit(reason: str) -> BadFormat:
    return BadFormat(f"steps of a part of a proof do not fit together: {reason}", fix="search this part again")


__all__ = [
    "CHILDREN",
    "INTERRUPTED",
    "ROOT",
    "Choice",
    "CountedCell",
    "Fails",
    "Link",
    "Opened",
    "Part",
    "Searching",
    "Steps",
    "Stopped",
    "opened",
]
