"""A proof that grows out of parts: each stands for one case, and is open itself wherever it leaves cases open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from verinet.claims.tape import Tape
from verinet.provers.trails import ROOT, CountedCell, Json, Link, Opened, Part, opened


@dataclass(slots=True, eq=False)
class Node:
    """A case by its name: how to reach it, and once it is known, the part of the proof that stands for it."""

    link: Link
    hint: Json
    above: int | None  # the case whose part opened this one
    here: bool = False  # to be done in this process: others did it wrong
    part: Part | None = None
    read: Opened | None = None
    first: int = 0  # the names of the cases that it opens start here


@dataclass(slots=True)
class Parts:
    """All parts of a proof by the names of their cases; 0 is the root.

    Guarantee: exact.
    """

    nodes: dict[int, Node] = field(default_factory=lambda: {0: Node(ROOT, None, None)})
    next_name: int = 1
    leaves: int = 0
    missing: int = 1  # cases without a part

    def record(self, name: int, part: Part, first: int | None = None) -> range:
        """Put a part in the place of its case; return the names of the cases that it opens.

        Raises
        ------
        BadFormat
            If its steps do not fit together; then nothing has changed.
        """
        node = self.nodes[name]
        read = opened(part, node.link)
        node.part, node.read = part, read
        node.first = self.next_name if first is None else first
        names = range(node.first, node.first + len(read.links))
        self.next_name = max(self.next_name, names.stop)
        for child, link, hint in zip(names, read.links, part.hints, strict=True):
            self.nodes[child] = Node(link, hint, name, node.here)
        self.leaves += read.leaves
        self.missing += len(names) - 1
        # Trails hold what is needed of the steps' structure; only sizes are kept.
        node.read = Opened([], read.steps, read.leaves, read.cells)
        return names

    def drop(self, name: int) -> list[int]:
        """Forget the part of a case and all below; return the names of the cases that are gone."""
        gone: list[int] = []
        waiting = [name]
        while waiting:
            at = waiting.pop()
            node = self.nodes[at]
            if at != name:
                gone.append(at)
            if node.read is None:
                self.missing -= 1
                continue
            waiting.extend(self.children(at))
            self.leaves -= node.read.leaves
        for at in gone:
            del self.nodes[at]
        node = self.nodes[name]
        node.part, node.read = None, None
        self.missing += 1
        return gone

    def children(self, name: int) -> range:
        """The names of the cases that a part opens."""
        node = self.nodes[name]
        return range(node.first, node.first + (0 if node.part is None else len(node.part.hints)))

    def open(self) -> list[int]:
        """The names of the cases without a part."""
        return [name for name, node in self.nodes.items() if node.part is None]

    def texts(self) -> Iterator[tuple[int, bytes, int]]:
        """Texts of steps in the kernel's order: the case that they belong to, the text, how many steps."""
        waiting = [(0, 0)]
        while waiting:
            name, place = waiting.pop()
            node = self.nodes[name]
            if node.part is None or node.read is None:
                continue
            yield name, node.part.texts[place], node.read.steps[place]
            if place + 1 < len(node.part.texts):
                waiting += [(name, place + 1), (node.first + place, 0)]

    def tape(self) -> Tape:
        """All steps, one after another."""
        tape = Tape()
        for _, text, steps in self.texts():
            tape.extend_text(text, steps)
        return tape

    def owner(self, step: int) -> int:
        """The case whose part holds this step, counted from 0; the last one if there are fewer."""
        owner = 0
        for case, _, count in self.texts():
            owner = case
            if step < count:
                break
            step -= count
        return owner

    def contacts(self, most: int) -> list[tuple[Fraction, ...]]:
        """Points that the parts have noted, without repetition."""
        found = {point: None for node in self.nodes.values() if node.part for point in node.part.contacts}
        return list(found)[:most]

    def counted(self) -> int:
        """How many leaves are cells."""
        return sum(node.read.cells for node in self.nodes.values() if node.read is not None)

    def cells(self) -> list[CountedCell]:
        """What the parts have noted for a count."""
        return [cell for node in self.nodes.values() if node.part for cell in node.part.cells]


__all__ = ["Node", "Parts"]
