"""A certificate as readable text: how its cases are divided, and why each of them closes.

The kernel checks the certificate first.  Then its cases are built once more by the kernel's functions, as deep as the
text goes; below that they are only counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from verinet import kernel
from verinet.kernel import Case, Domain, Statement
from verinet.report.checked import Source, check, evidence_of
from verinet.report.explanation_words import Words, number
from verinet.report.statements import Decoded
from verinet.report.text import counted, statement_text

#: Steps that end a case, and steps that make two of one.
LEAVES = ("goal", "empty", "thin", "cell", "simplex")
FORKS = ("split", "cut", "branch")
#: What a leaf is called in a count.
NOUNS = {"goal": "proved", "empty": "without points", "thin": "thin", "cell": "cells", "simplex": "simplices"}
#: Trees with more leaves are shown to this depth unless told; more lines are never shown.
MANY_LEAVES, SHORT_DEPTH, MOST_LINES = 40, 4, 4_000

_MOVES = {
    "split": kernel.step_split,
    "cut": kernel.step_cut,
    "branch": kernel.step_branch,
    "next": kernel.step_next,
    "name": kernel.step_name,
    "tighten": kernel.step_tighten,
    "refine": kernel.step_refine,
    "pass": kernel.step_pass,
}


@dataclass(slots=True)
class _Open:
    """A case that waits for its step: how deep it lies, how it came about, and whether it was told already."""

    case: Case
    depth: int
    said: str
    told: bool = False


@dataclass(slots=True)
class _Count:
    """Steps below a case that is not shown."""

    steps: int = 0
    leaves: Counter[str] = field(default_factory=Counter)

    def text(self) -> str:
        return f"{counted(self.steps, 'step', 'steps')}, {_leaves_text(self.leaves)}"


def explain(source: Source, depth: int | None = None, leaves: bool = False) -> tuple[str, ...]:
    """Let the kernel check a certificate, then tell its proof line by line.

    Parameters
    ----------
    source : path, Certificate or Proved
    depth : int, optional
        How many divisions deep the tree is shown; unless told, all of a small tree, 4 of a large one.
    leaves : bool
        Instead of the tree: every case that closes, with all that is assumed in it.

    Raises
    ------
    CertificateRejected
        If the kernel refuses it: nothing unchecked is explained.

    Examples
    --------
    >>> from verinet.claims import always, outputs
    >>> from verinet.geometry import interval
    >>> from verinet.networks import network, relu, variable
    >>> from verinet.provers.portfolio import prove
    >>> x = variable("x")
    >>> f = network(x, relu(x) + relu(-x))
    >>> print("\\n".join(explain(prove(always(f, outputs(f)[0] >= 0, interval(-1, 1))))))
    y_0 >= 0 on [-1,1]
    ...

    Guarantee: exact, but for numbers that are shortened with ``~``.
    """
    theorem = check(source)
    header, steps = evidence_of(source)
    stated, proof = header["statement"], header["evidence"]
    lines: list[str] = [theorem.text]
    if theorem.assumptions:
        lines.append(f"under {counted(len(theorem.assumptions), 'assumption', 'assumptions')}, listed by verinet check")
    if theorem.kind != "all":
        lines += _part(stated, proof, steps, theorem.decoded, depth, leaves)
    else:
        pairs = zip(stated["parts"], proof["parts"], theorem.decoded.parts, strict=True)
        for place, (part, evidence, decoded) in enumerate(pairs, 1):
            lines.append(f"part {place} of {len(stated['parts'])}: {statement_text(decoded)}")
            told = _part(part, evidence, iter(evidence.get("steps", [])), decoded, depth, leaves)
            lines += [f"  {line}" for line in told]
    if len(lines) > MOST_LINES:
        lines[MOST_LINES:] = ["... and more: choose a smaller --depth"]
    return tuple(lines)


def _part(
    stated: dict[str, Any],
    proof: dict[str, Any],
    steps: Iterator[Any],
    decoded: Decoded,
    depth: int | None,
    leaves: bool,
) -> list[str]:
    statement = kernel.read_statement(stated)
    lines = []
    if decoded.targets and decoded.kind != "integral":
        lines.append("f is the network, g the target; denied is the claim's opposite there")
    if "point" in proof or statement.domain is None:
        lines += _point(statement, proof, decoded)
    if statement.domain is None or ("point" in proof and "output" not in proof):
        return lines
    blocks = proof.get("blocks", [])
    if blocks:
        proved = counted(sum(len(block["steps"]) for block in blocks), "step", "steps")
        lines.append(f"{counted(len(blocks), 'block', 'blocks')} of layers proved beforehand, in {proved}")
    walk = _Walk(
        kernel.read_blocks(statement, blocks, "explanation "), statement.domain, decoded, list(steps), depth, leaves
    )
    return lines + walk.told()


def _point(statement: Statement, proof: dict[str, Any], decoded: Decoded) -> list[str]:
    over, numerators = (
        kernel.point_of(proof["point"], "point", None) if "point" in proof else statement.point or (1, [])
    )
    values = [kernel.evaluate(network, (over, numerators)) for network in statement.networks]
    at = ", ".join(number(Fraction(entry, over)) for entry in numerators)
    told = [
        f"{label}({at}) = ({', '.join(map(number, outputs))})"
        if len(outputs) > 1
        else f"{label}({at}) = {number(outputs[0])}"
        for label, outputs in zip(decoded.labels, values, strict=True)
    ]
    ends = {"holds": "there the formula holds", "fails": "there the formula fails", "value": "as stated"}
    said = ends.get(statement.kind, "there the bound is attained")
    return [f"evaluated exactly: {'; '.join(told)}; {said}"]


class _Walk:
    """The steps of one statement, told in the order in which the kernel replays them."""

    def __init__(
        self, statement: Statement, domain: Domain, decoded: Decoded, steps: list[Any], depth: int | None, leaves: bool
    ) -> None:
        self.statement = statement
        self.domain = domain
        self.words = Words(statement, domain, decoded.labels)
        self.steps = steps
        self.all = Counter(step[0] for step in steps if step[0] in LEAVES)
        many = sum(self.all.values()) > MANY_LEAVES
        self.depth = depth if depth is not None else SHORT_DEPTH if many and not leaves else None
        self.leaves = leaves
        self.lines: list[str] = []
        self.ends = _ends(steps)

    def told(self) -> list[str]:
        """The lines."""
        self.lines = [f"{counted(len(self.steps), 'step', 'steps')}, {_leaves_text(self.all)}"]
        open_cases = [_Open(self._first(), 0, "")]
        place = 0
        while place < len(self.steps) and len(self.lines) <= MOST_LINES:
            entry = open_cases.pop()
            if entry.told:
                place += 1
                continue
            indent = "  " * entry.depth
            if entry.said and not self.leaves:
                self.lines.append(f"{'  ' * (entry.depth - 1)}{entry.said}:")
            if self.depth is not None and entry.depth > self.depth:
                hidden, place = self._hidden(place)
                self.lines.append(f"{indent}... {hidden.text()}")
                continue
            case, place = self._onward(entry, place, indent)
            step = self.steps[place]
            place += 1
            if step[0] in LEAVES:
                self._leaf(case, step, indent)
                continue
            open_cases.extend(reversed(self._fork(case, step, place, entry.depth)))
        return self.lines

    def _first(self) -> Case:
        hypotheses = [] if self.statement.kind == "integral" else list(self.domain.rows)
        box = kernel.Box(self.domain.over, list(self.domain.box))
        return kernel.enter(self.statement, Case(hypotheses, 0, 0, 1, [], [], [], box, []), 0)

    def _onward(self, entry: _Open, place: int, indent: str) -> tuple[Case, int]:
        """Steps that leave one case: told in a line each, but for the passage to the next layer."""
        case = entry.case
        while self.steps[place][0] not in LEAVES and self.steps[place][0] not in FORKS:
            step = self.steps[place]
            (after,) = _MOVES[step[0]](self.statement, case, step, "explanation")
            if not self.leaves:
                self.lines += [f"{indent}{line}" for line in self._passed(case, step, after)]
            case, place = after, place + 1
        return case, place

    def _passed(self, case: Case, step: list[Any], after: Case) -> list[str]:
        match step[0]:
            case "name":
                slope = Fraction(int(step[2], 16), kernel.SLOPES)
                low, high = after.box.ends[-1]
                ends = [
                    "-inf" if low is None else number(Fraction(low, after.box.over)),
                    "inf" if high is None else number(Fraction(high, after.box.over)),
                ]
                name = f"e_{len(case.box.ends) - len(self.words.inputs)}"
                added = len(after.hypotheses) - len(case.hypotheses)
                more = f", with {counted(added, 'inequality', 'inequalities')}" if added else ""
                unit = self.words.unit(case, step[1])
                return [f"{unit} is {number(slope)} z + {name}, {name} in [{', '.join(ends)}]{more}"]
            case "tighten":
                size = len(self.words.inputs)
                name = self.words.inputs[step[1]] if step[1] < size else f"e_{step[1] - size}"
                end = number(Fraction(int(step[3], 16), case.box.over))
                return [f"{name} {'<=' if step[2] == 'up' else '>='} {end}, from {len(step) - 4} hypotheses"]
            case "pass":
                block, size = self.statement.blocks[step[1]], len(self.words.inputs)
                names = [f"e_{k - size}" for k in range(len(case.box.ends), len(after.box.ends))]
                layers = (
                    f"layer {block.first}" if block.first == block.last else f"layers {block.first} to {block.last}"
                )
                known = f", up to {', '.join(names)} in [0, 1]" if names else ""
                return [f"block {step[1]} ({layers}): inside of its domain, so its values are known{known}"]
        return []

    def _fork(self, case: Case, step: list[Any], place: int, depth: int) -> list[_Open]:
        """The two sides; where one of them ends at once without a point, the other stays at the same depth."""
        children = _MOVES[step[0]](self.statement, case, step, "explanation")
        where = {"cut": "cut"}.get(step[0]) or (
            self.words.unit(case, step[1])
            if step[0] == "split"
            else f"named unit e_{case.names[step[1]].place - len(self.words.inputs)}"
        )
        said = [self.words.hypothesis(child.hypotheses[len(case.hypotheses)]) for child in children]
        if self.leaves:
            return [_Open(child, depth + 1, text) for child, text in zip(children, said, strict=True)]
        indent, starts = "  " * depth, (place, self.ends[place])
        for side, start in enumerate(starts):
            if self.steps[start][0] == "empty":
                lost, kept = children[side], children[1 - side]
                why = self.words.combination(self.steps[start][1:], self.words.known(lost), lost)
                self.lines.append(f"{indent}{where}: {said[1 - side]}, as beyond there is no point: {why}")
                found = [_Open(lost, depth, "", told=True), _Open(kept, depth, "")]
                return found if side == 0 else found[::-1]
        self.lines.append(
            f"{indent}{where}: divided at {self.words.form(children[0].hypotheses[len(case.hypotheses)][0])}"
        )
        return [_Open(child, depth + 1, text) for child, text in zip(children, said, strict=True)]

    def _leaf(self, case: Case, step: list[Any], indent: str) -> None:
        told = self._closed(case, step)
        if not self.leaves:
            self.lines += [f"{indent}{line}" for line in told]
            return
        own = case.hypotheses[0 if self.statement.kind == "integral" else len(self.domain.rows) :]
        assumed = " and ".join(dict.fromkeys(map(self.words.hypothesis, own))) or "the whole domain"
        self.lines += [f"{assumed}:", *(f"  {line}" for line in told)]

    def _closed(self, case: Case, step: list[Any]) -> list[str]:
        match step[0]:
            case "goal":
                return self.words.goal(case, step)
            case "empty":
                return [f"no point: {self.words.combination(step[1:], self.words.known(case), case)}"]
            case "thin":
                return [f"in a hyperplane: {self.words.combination(step[1:], self.words.known(case), case)}"]
            case "cell":
                return [self.words.cell(case, step)]
        return [self.words.simplex(case, step)]

    def _hidden(self, place: int) -> tuple[_Count, int]:
        """Count the steps of one case without rebuilding it."""
        names = [step[0] for step in self.steps[place : self.ends[place]]]
        return _Count(len(names), Counter(name for name in names if name in LEAVES)), self.ends[place]


def _ends(steps: list[Any]) -> list[int]:
    """For every step, where the steps of its case end."""
    ends = [0] * len(steps)
    for place in range(len(steps) - 1, -1, -1):
        name = steps[place][0]
        if name in LEAVES:
            ends[place] = place + 1
        else:
            first = ends[place + 1]
            ends[place] = ends[first] if name in FORKS else first
    return ends


def _leaves_text(leaves: Counter[str]) -> str:
    total = sum(leaves.values())
    parts = [f"{leaves[name]} {NOUNS[name]}" for name in LEAVES if leaves[name]]
    return f"{counted(total, 'case closes', 'cases close')}: {', '.join(parts)}" if parts else "no case"
