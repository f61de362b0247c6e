"""Linear programs over the lines of bent units, in floats: a bound for a clause, its multipliers, and a point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from verinet.exact.explorer import Proposal, propose
from verinet.kernel import SLOPES, Domain, Statement
from verinet.provers.hulls import Key, Known
from verinet.provers.propagation import Floats, Model, Sweep, lines
from verinet.provers.relaxed import Frame, Name

#: A float optimum must be below this, forms being scaled, before integers are asked to confirm it.
CLEAR = -1e-9
#: Below this it may be 0 exactly, as where a claim holds with equality: then exact multipliers may show it.
TOUCHING = 1e-9
#: Duals below this are left out of a proposal.
SMALL = 1e-9
#: A single form that is this far below 0 on the box needs no linear program.
PLAIN = -1e-7


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """The vertex of an optimum: how many hypotheses there were, and where it is."""

    hypotheses: int
    vertex: Proposal

    def after(self, hypotheses: int) -> Proposal:
        """The same vertex where so many hypotheses stand before the negated atoms."""
        more = hypotheses - self.hypotheses
        rows = tuple(row if row < self.hypotheses else row + more for row in self.vertex.rows)
        return replace(self.vertex, rows=rows)


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """What a linear program says of one clause.

    `value`: the largest t for which all negated atoms and strict rows, scaled, can be >= t; `weights`: multipliers by
    key, of forms in their own scale; `point`: coordinates where t is reached; `pull`: how hard each coordinate's end
    is leant on.
    """

    value: float
    weights: dict[Key, float]
    point: Floats | None
    pull: Floats | None
    start: Start | None = None


#: Of a clause that needs no program.
DONE = Program(-1.0, {}, None, None)


@dataclass(frozen=True, slots=True, eq=False)
class Relaxation:
    """Hypotheses in floats, over (1, coordinates), with the box of coordinates.

    `strict`: sides of jumps that do not own them; there the closure of a case has points that are none of the case.
    """

    keys: list[Key]
    rows: Floats
    strict: Floats  # 1 or 0
    middle: Floats
    half: Floats

    @staticmethod
    def of(model: Model, found: Sweep, domain: Domain | None) -> Relaxation:
        """Of the first box of a sweep."""
        names, rows = lines(model, found, 0)
        keys: list[Key] = [("line", *name) for name in names]
        width = found.outputs.shape[2]
        extra = []
        for place, (row, _) in enumerate([] if domain is None else domain.rows):
            keys.append(("domain", place))
            size = max(map(abs, row)) or 1
            extra.append([entry / size for entry in row] + [0.0] * (width - len(row)))
        rows = np.vstack([rows, np.array(extra)]) if extra else rows
        return Relaxation(keys, rows, np.zeros(len(rows)), found.middle[0], found.half[0])


def plainly(forms: Floats, middle: Floats, half: Floats) -> Program | None:
    """One of the negated atoms of a clause that cannot hold on the box alone, if there is one."""
    levels = forms[:, 0] + forms[:, 1:] @ middle
    sizes = np.abs(forms[:, 1:]) @ half
    scale = np.where(sizes > 0, sizes, np.maximum(np.abs(levels), 1.0))
    most = (levels + sizes) / scale
    best = int(np.argmin(most)) if len(forms) else 0
    return Program(float(most[best]), {("atom", best): 1.0}, None, None) if len(forms) and most[best] < PLAIN else None


def solved(relaxation: Relaxation, forms: Floats, start: Start | None = None) -> Program:
    """Can the negated atoms of a clause hold together?"""
    if not len(forms):
        return Program(1.0, {}, relaxation.middle, np.zeros(len(relaxation.middle)))
    return plainly(forms, relaxation.middle, relaxation.half) or _optimum(
        relaxation, *in_unit_box(forms, relaxation), start
    )


def in_unit_box(rows: Floats, relaxation: Relaxation) -> tuple[Floats, Floats]:
    """Rows in coordinates from -1 to 1: their values in the middle, and their slopes."""
    return rows[:, 0] + rows[:, 1:] @ relaxation.middle, rows[:, 1:] * relaxation.half


def _optimum(relaxation: Relaxation, levels: Floats, slopes: Floats, start: Start | None) -> Program:
    used = np.flatnonzero(relaxation.half > 0)
    here, there = in_unit_box(relaxation.rows, relaxation)
    base, base_sizes = _scaled(here, there[:, used])
    goal, goal_sizes = _scaled(levels, slopes[:, used])
    count = len(base)
    rows = np.vstack([np.hstack([base, -relaxation.strict[:, None]]), np.hstack([goal, -np.ones((len(goal), 1))])])
    answer = _proposed(rows, None if start is None else start.after(count))
    if answer is None:
        # not even the hypotheses can hold together: by how little must all rows be missed?
        rows[:, -1] = -1.0
        answer = _proposed(rows, None)
        if answer is None or answer.value > TOUCHING:
            return Program(1.0, {}, None, None)
    duals = np.array(answer.duals)
    weights: dict[Key, float] = {}
    for place in np.flatnonzero(duals > SMALL).tolist():
        if place < count:
            weights[relaxation.keys[place]] = float(duals[place] / base_sizes[place])
        else:
            weights["atom", place - count] = float(duals[place] / goal_sizes[place - count])
    point = relaxation.middle.copy()
    point[used] += relaxation.half[used] * np.array(answer.point[:-1])
    pull = np.zeros(len(point))
    pull[used] = np.abs(duals @ rows[:, 1:-1])
    return Program(float(answer.value), weights, point, pull, Start(count, answer))


def _proposed(rows: Floats, start: Proposal | None) -> Proposal | None:
    """Maximise the last coordinate, the others being in [-1, 1]."""
    width = rows.shape[1] - 1
    ends = np.ones(width)
    # from there on a row is satisfied, whatever the other coordinates are
    ends[-1] = max(4.0, 2.0 - float(rows[:, 0].min(initial=0.0)))
    objective = np.zeros(width)
    objective[-1] = 1.0
    return propose(rows, -ends, ends, objective, start)


def _scaled(levels: Floats, slopes: Floats) -> tuple[Floats, Floats]:
    """Rows (constant first) scaled to slopes of sum 1."""
    sizes = np.abs(slopes).sum(axis=1)
    sizes = np.where(sizes > 0, sizes, np.maximum(np.abs(levels), 1.0))
    return np.hstack([(levels / sizes)[:, None], slopes / sizes[:, None]]), sizes


@dataclass(slots=True)
class Framed:
    """Frames in floats; the rows of a frame's hypotheses are converted once."""

    statement: Statement
    _rows: dict[int, tuple[Known | Name, Floats]] = field(default_factory=dict)
    _last: tuple[list[Known], Floats] = field(default_factory=lambda: ([], np.zeros((0, 0))))

    def relaxation(self, frame: Frame) -> Relaxation:
        """The frame's hypotheses and box."""
        width = len(frame.ends) + 1
        if len(self._rows) > 20_000:
            self._rows.clear()
        forms = list(frame.known.values())
        rows = np.zeros((len(forms), width))
        same = self._shared(forms, width)
        if same:
            rows[:same] = self._last[1][:same]
        for place, form in enumerate(forms[same:], same):
            row = self._row(form, form.scale)
            rows[place, : len(row)] = row
        self._last = forms, rows
        low = np.array([a / frame.over for a, _ in frame.ends])
        high = np.array([b / frame.over for _, b in frame.ends])
        strict = np.array([float(key[0] == "jump" and form.strict) for key, form in frame.known.items()])
        return Relaxation(list(frame.known), rows, strict, (low + high) / 2, (high - low) / 2)

    def _shared(self, forms: list[Known], width: int) -> int:
        """How many of these forms begin the last frame too, as they do in both sides of a split."""
        if self._last[1].shape[1] != width:
            return 0
        pairs = enumerate(zip(forms, self._last[0], strict=False))
        return next((place for place, (form, other) in pairs if form is not other), min(len(forms), len(self._last[0])))

    def forms(self, forms: Sequence[Known], frame: Frame) -> Floats:
        """Forms that are not kept, such as negated atoms."""
        rows = np.zeros((len(forms), len(frame.ends) + 1))
        for place, form in enumerate(forms):
            rows[place, : len(form.row)] = [entry / form.scale for entry in form.row]
        return rows

    def choice(self, frame: Frame, program: Program | None) -> int | None:
        """The unit to be split next: where the point misses the graph most, by how hard it leans on that."""
        best, chosen = -1.0, None
        for which, name in enumerate(frame.names):
            if name.slot[0] == name.slot[1]:
                continue
            if program is None or program.point is None or program.pull is None:
                score = float(frame.ends[name.place][1] - frame.ends[name.place][0])
            else:
                score = self._gap(name, program.point) * (float(program.pull[name.place]) + 1e-3)
            if score > best:
                best, chosen = score, which
        return chosen

    def _gap(self, name: Name, point: Floats) -> float:
        row = self._row(name, name.over)
        z = float(row[0] + row[1:] @ point[: len(row) - 1])
        v = name.slope / SLOPES * z + float(point[name.place])
        layer = self.statement.networks[name.unit[0]][name.unit[1]]
        q, table = layer.activations_over, layer.tables[name.unit[2]]
        piece = next((p for p in table[:-1] if p.until is not None and q * z < p.until), table[-1])
        return abs(v - ((piece.slope or 0) * z + piece.offset) / q)

    def _row(self, form: Known | Name, scale: int) -> Floats:
        if id(form) not in self._rows:
            self._rows[id(form)] = (form, np.array([entry / scale for entry in form.row]))
        return self._rows[id(form)][1]
