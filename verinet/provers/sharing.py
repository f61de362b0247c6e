"""A search shared out: open cases go to workers, the parts that come back are put together and journaled.

A worker gets open cases as trails, works for about a second, and hands back the steps it found with marks where cases
are left open; those it goes on with, unless others are idle.  Whatever comes from another machine or from a journal
is replayed by the kernel's rules before it is handed on; a part that they refuse is done again in this process.
"""

from __future__ import annotations

import bisect
import re
import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from fractions import Fraction

from verinet import kernel
from verinet.errors import BadFormat
from verinet.provers.journal import Journal
from verinet.provers.parts import Parts
from verinet.provers.trails import CountedCell, Fails, Part, Steps, Stopped
from verinet.provers.workers import Answer, Crew, Died, Here, Item, Place, Seat, Setup, Task
from verinet.work import Budget, Progress

#: Seconds of a task; less while someone is idle; more where every case is built anew.
SLICE, SHORT, FAR = 1.0, 0.1, 2.0
#: Seconds that another machine may take for a task before it is done here as well.
PATIENCE = 60.0
#: So many processes may die at one case; so often another machine may fail at one.
DEATHS, FAILURES = 3, 2
#: Cases of one task when there are plenty.
BATCH = 32
POINTS = 48


@dataclass(slots=True, eq=False)
class Post:
    """A seat, the cases that wait for it in order, and the task that it is at."""

    seat: Seat
    queue: list[int] = field(default_factory=list)
    task: Task | None = None
    future: Future[Answer] | None = None
    since: float = 0.0


@dataclass(slots=True)
class Sharing:
    """One search that is shared out."""

    setup: Setup
    crew: Crew
    journal: Journal | None
    budget: Budget
    progress: Progress
    parts: Parts = field(default_factory=Parts)
    number: int = 0  # of the search in the journal
    resumed: bool = False
    posts: list[Post] = field(default_factory=list)
    free: list[tuple[int, int]] = field(default_factory=list)  # (depth, name), in order
    here: list[int] = field(default_factory=list)  # names of cases to be done in this process
    places: dict[int, tuple[Post, Place]] = field(default_factory=dict)  # who remembers which case
    failures: dict[int, int] = field(default_factory=dict)
    redone: set[int] = field(default_factory=set)
    serial: int = 0
    own: Post | None = None

    def resume(self) -> None:
        """Take up what the journal holds."""
        if self.journal is not None:
            self.number = self.journal.number(self.setup.key, f"{self.setup.search}: {self.setup.statement.kind}")
            for name, first, part in self.journal.rows(self.number):
                node = self.parts.nodes.get(name)
                if (
                    node is None
                    or node.part is not None
                    or first <= name
                    or any(child in self.parts.nodes for child in range(first, first + len(part.hints)))
                ):
                    raise self.journal.damaged(f"part {name} does not fit to the others")
                try:
                    self.parts.record(name, part, first)
                except BadFormat as error:
                    raise self.journal.damaged(error.problem) from error
                self.resumed = True
        self.posts = [Post(seat) for seat in self.crew.seats]
        self.own = next((post for post in self.posts if isinstance(post.seat, Here)), Post(Here(self.setup)))
        self.free = sorted((self.parts.nodes[name].link.depth, name) for name in self.parts.open())

    @property
    def trusted(self) -> bool:
        """Do all parts come from this program, now?"""
        return self.crew.trusted and not self.resumed

    def run(self) -> Steps | Fails | Stopped:
        """Work until nothing is open and the kernel's rules accept all steps."""
        while True:
            end = self.finish()
            if end is not None:
                return end
            wrong = None if self.trusted else self.refused()
            if wrong is None:
                break
            self.redo(wrong)
        contacts = self.parts.contacts(POINTS)
        return Steps(self.parts.tape(), self.parts.leaves, self.cells(), contacts)

    def finish(self) -> Fails | Stopped | None:
        """Work until nothing is open."""
        while self.parts.missing:
            if self.budget.exhausted():
                return Stopped(self.budget.reason(), self.parts.leaves)
            for post in self.posts:
                if post.future is None:
                    self.employ(post)
            if self.here and self.own is not None and self.own.future is None:
                # All of them: a worker forgets what the next task does not name.
                self.own.queue, self.here = [*self.own.queue, *self.here], []
                self.employ(self.own)
            for post in self.finished():
                end = self.take(post)
                if end is not None:
                    return end
            self.progress.update(self.parts.leaves, self.parts.missing, "leaves of the proof")
        return None

    def finished(self) -> list[Post]:
        """Those whose tasks have come to an end; wait for the first one, but not long."""
        posts = [*self.posts, *([self.own] if self.own is not None and self.own not in self.posts else [])]
        futures = [post.future for post in posts if post.future is not None]
        if not futures:
            raise RuntimeError("open cases of a proof were lost")  # a defect here, not a thing to wait for
        done, _ = wait(futures, timeout=0.5, return_when=FIRST_COMPLETED)
        now = time.monotonic()
        for post in posts:
            late = not post.seat.remembers and now - post.since > PATIENCE
            if late and post.task is not None and post.future is not None and not post.future.done():
                # The answer may still come; nobody waits for it any more, and this seat gets nothing else till then.
                self.here += [item.name for item in post.task.items]
                post.task = None
        return [post for post in posts if post.future in done]

    # ------------------------------------------------------------------------------------------- giving out work

    def employ(self, post: Post) -> None:
        """Give a task to someone who has none, if there are cases."""
        if not post.queue and post in self.posts:
            post.queue = self.drawn()
        if not post.queue:
            return
        self.serial += 1
        seconds = SLICE if post.seat.remembers else FAR
        if not self.free and any(other.future is None and not other.queue for other in self.posts):
            seconds *= SHORT
        left = None if self.budget.steps is None else max(1, (self.budget.steps - self.budget.spent) // len(self.posts))
        items = tuple(self.item(name, post) for name in post.queue)
        post.task = Task(self.serial, items, seconds, left, self.budget.left())
        post.queue = []
        post.since = time.monotonic()
        post.future = post.seat.submit(post.task)

    def drawn(self) -> list[int]:
        """Free cases: one that is likely large; small ones together when there are plenty."""
        if len(self.free) > 16 * len(self.posts):
            chosen, self.free = self.free[-BATCH:], self.free[:-BATCH]
            return [name for _, name in reversed(chosen)]
        return [self.free.pop(0)[1]] if self.free else []

    def item(self, name: int, post: Post) -> Item:
        """A case as this seat is told of it."""
        owner, place = self.places.pop(name, (None, None))
        if owner is post:
            return Item(name, place, None, None)
        node = self.parts.nodes[name]
        return Item(name, None, tuple(node.link.whole()), node.hint)

    def release(self, names: Sequence[int]) -> None:
        """Nobody has these cases now."""
        for name in names:
            self.places.pop(name, None)
            if self.parts.nodes[name].here:
                self.here.append(name)
            else:
                bisect.insort(self.free, (self.parts.nodes[name].link.depth, name))

    # ------------------------------------------------------------------------------------------ taking in answers

    def take(self, post: Post) -> Fails | Stopped | None:
        """Put the parts of an answer in their places; what was not begun, or went wrong, is open again."""
        future, task = post.future, post.task
        post.future, post.task = None, None
        if future is None or task is None:  # too late
            return None
        try:
            answer = future.result()
            parts = self.checked(answer, task)
        except Exception as error:
            return self.failed(post, [item.name for item in task.items], error)
        self.budget.spend(answer.visits)
        waiting: list[int] = []
        for number, item in enumerate(task.items):
            part = parts.get(item.name)
            if part is None:
                waiting.append(item.name)
                if post.seat.remembers and item.place is not None:
                    self.places[item.name] = (post, item.place)
                continue
            try:
                names = self.record(item.name, part)
            except (BadFormat, TypeError, ValueError) as error:
                self.failed(post, [item.name], error)
                continue
            waiting += names
            if post.seat.remembers:
                self.places.update((name, (post, (task.serial, number, k))) for k, name in enumerate(names))
        if isinstance(answer.end, Stopped) and (self.crew.trusted or post is self.own):
            return Stopped(answer.end.reason, self.parts.leaves, answer.end.final)
        if isinstance(answer.end, Fails) and (self.crew.trusted or post is self.own):
            return answer.end
        unfinished = [item.name for item in task.items if item.name not in parts]
        if answer.end is not None and unfinished:
            # A point that another machine found, or its reason to stop: seen for ourselves.
            self.parts.nodes[unfinished[0]].here = True
        self.deal(post, waiting)
        return None

    def checked(self, answer: object, task: Task) -> dict[int, Part]:
        """The parts of an answer, if it is one."""
        names = {item.name for item in task.items}
        if isinstance(answer, Answer) and (self.crew.trusted or well_formed(answer, self.inputs)):
            parts = {name: part for name, part in answer.parts if name in names}
            if parts or answer.end is not None:
                return parts
        raise BadFormat("an answer to a task is none", fix="look at the machine it came from")

    @property
    def inputs(self) -> int:
        """The number of inputs."""
        return 0 if self.setup.statement.domain is None else len(self.setup.statement.domain.box)

    def record(self, name: int, part: Part) -> range:
        """Put a part in its place and into the journal."""
        names = self.parts.record(name, part)
        if self.journal is not None:
            self.journal.put(self.number, name, names.start, part)
        return names

    def deal(self, post: Post, waiting: list[int]) -> None:
        """Cases that were left open: for the one who left them, or for the idle ones the larger ones among them."""
        if not post.seat.remembers:
            self.release(waiting)
            return
        if post not in self.posts:  # the seat of this process beside others
            self.here += waiting
            return
        idle = [other for other in self.posts if other.future is None and not other.queue and other is not post]
        if self.free or not idle or len(waiting) < 2:
            post.queue = waiting
            return
        takers = [*idle, post]
        ordered = sorted(waiting, key=lambda name: self.parts.nodes[name].link.depth)
        given = {name: takers[place % len(takers)] for place, name in enumerate(ordered)}
        for name in waiting:
            given[name].queue.append(name)
            if given[name] is not post:
                self.places.pop(name, None)

    def failed(self, post: Post, names: list[int], error: Exception) -> Stopped | None:
        """A task, or a part of it, went wrong: its cases are open again."""
        for place, (owner, _) in list(self.places.items()):
            if owner is post:
                del self.places[place]
        lost, post.queue = [*names, *post.queue], []
        for name in names:
            self.failures[name] = self.failures.get(name, 0) + 1
        if isinstance(error, Died):
            if max(self.failures[name] for name in names) >= DEATHS:
                reason = f"{DEATHS} processes died at the same part of the proof ({error}); perhaps memory ran out"
                return Stopped(reason, self.parts.leaves, True)
        elif self.trusted:
            raise error
        elif post is self.own:
            # Done here and still wrong: what leads to it must be wrong.
            if names == [0] or self.parts.nodes[names[0]].above is None:
                raise error
            self.release(lost[1:])
            self.redo(names[0])
            return None
        else:
            for name in names:
                self.parts.nodes[name].here = self.failures[name] >= FAILURES
        self.release(lost)
        return None

    # -------------------------------------------------------------------------------------------- judging parts

    def refused(self) -> int | None:
        """The case whose part the kernel's rules refuse, or None if they accept all steps."""
        statement, domain = self.setup.statement, self.setup.statement.domain
        if domain is None:
            return None
        if statement.kind in kernel.COUNTS:
            statement = statement._replace(stated=(1, [kernel.count(statement, self.cells())]))
        try:
            kernel.replay(statement, domain, self.parts.tape(), "")
        except kernel.Rejected as error:
            step = re.match(r"step (\d+)", str(error))
            if step is not None:
                return self.parts.owner(int(step[1]))
            return 0 if statement.kind in kernel.COUNTS else None
        return None

    def cells(self) -> list[CountedCell]:
        """What a count needs of the cells; where only their number matters, parts tell nothing else of them."""
        noted = self.parts.cells()
        if self.setup.statement.kind == "linear-regions":
            return noted
        return [((1, []), [])] * self.parts.counted()

    def redo(self, name: int) -> None:
        """Do a case again in this process; if that was done already, the one that opened it."""
        above = self.parts.nodes[name].above
        while name in self.redone and above is not None:
            name, above = above, self.parts.nodes[above].above
        self.redone.add(name)
        gone = self.parts.drop(name)
        lost = set(gone)
        self.free = [entry for entry in self.free if entry[1] not in lost]
        self.here = [other for other in self.here if other not in lost and other != name]
        for post in [*self.posts, *([self.own] if self.own else [])]:
            post.queue = [other for other in post.queue if other not in lost]
            if post.task is not None and any(item.name in lost for item in post.task.items):
                self.release([item.name for item in post.task.items if item.name not in lost])
                post.task = None  # its answer is not wanted
        if self.journal is not None:
            self.journal.drop(self.number, [name, *gone])
        self.parts.nodes[name].here = True
        self.here.append(name)


def well_formed(answer: Answer, inputs: int) -> bool:
    """Is an answer of another machine made of what it should be?  Whether it is true is seen later."""
    for name, part in answer.parts:
        if type(name) is not int or type(part) is not Part:
            return False
        if not all(type(text) is bytes for text in part.texts):
            return False
        if not all(len(point) == inputs and all(type(e) is Fraction for e in point) for point in part.contacts):
            return False
        numbers = [entry for (over, at), rows in part.cells for entry in (over, *at, *(e for row in rows for e in row))]
        if not all(type(entry) is int for entry in numbers):
            return False
    return True


__all__ = ["Sharing"]
