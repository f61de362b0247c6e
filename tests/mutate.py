"""Deletes each check of the kernel in turn, and expects a forged certificate to pass (`make mutate`).

Two kinds of mutants are made from the syntax tree of verinet/kernel.py, one change each:

check    a check is deleted or weakened: an ``if ..: refuse(..)`` or ``reject_if(.., ..)``, one part of its condition,
         an ``or refuse(..)``, a ``.. else refuse(..)``, the length, the bound or the word list that a reader is called
         with, ``positive``.
         At least one forged certificate must then be accepted, or stand in `EXCUSED` below with the reason.
number   a comparison, a sign, an operation, a constant, an ``and`` is changed.  Then a forged certificate must be
         accepted, or a true one refused or reported otherwise, or the mutant stands in `EXCUSED`.

An entry of `EXCUSED` that excuses nothing is an error too.  The status is 1 if a mutant is neither caught nor excused.
Names of functions as arguments choose their mutants alone.
"""

from __future__ import annotations

import ast
import json
import multiprocessing
import sys
import time
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
KERNEL = ROOT / "verinet" / "kernel.py"
PROCESSES = 2
# printing is tested by its text (tests/test_kernel.py), and main by its exit status
NOT_MUTATED = {"decimal", "sum_text", "names_of", "form_text", "polynomial_text", "point_text", "place_text"}
NOT_MUTATED |= {"conclusion", "describe", "report_text", "main", "digest", "refuse", "reject_if"}

# --- excused: (function, mutant) -> reason -----------------------------------------------------------------------

CRASH = "a traceback instead of a refusal: nothing is accepted, but the kernel must name the place"
LIMIT = "a limit on time and memory, without effect on what is true"
TWICE = "refused at a second place too: an index by its bound, the values of a point by comparison"
TYPES = "for the type checker: the condition cannot occur"
UNREAD = "a value that is never read: `enter` replaces it, or it stands for nothing"
WORDS = "a word or a place in the text of a refusal"
SAME = "the same function: any positive number means no bound, sums are scaled or shifted alike, entries 0 are left out"
EXCUSED: dict[tuple[str, str], str] = {
    ("read_json", "deleted: reject_if any((depth > MAX_DEPTH for depth in accumulate(turns)))"): CRASH,
    ("fields", "part deleted: type(value) is not dict"): CRASH,
    ("word", "and-part deleted: type(value) is str in type(value) is str and value in words"): SAME,
    ("contains", "constant 1 -> 2: [1, *lefts, *rights]"): SAME,
    ("read_statement", "constant 1 -> 2: (1, list[int]())"): UNREAD,
    ("step_split", "any index: index(which, where, len(case.rows))"): CRASH,
    ("step_pass", "deleted: step if len(step) > 1 else refuse(where, 'a block was expected')"): CRASH,
    ("step_pass", "any index: index(which, where, len(statement.blocks))"): CRASH,
    ("step_pass", "any length: items(texts, where, len(sides))"): CRASH,
    ("refute_polynomial", "deleted: refuse(where, 'no such guard') if guard is None else guard"): CRASH,
    ("read_blocks", "any index: index(which, here, len(statement.networks))"): CRASH,
    ("read_blocks", "any index: index(first, here, last + 1)"): CRASH,
    ("read_blocks", "any length: items(entry, here, 3)"): CRASH,
    ("read_json", "handler deleted: ValueError"): CRASH,
    ("number", "part deleted: type(value) is not str"): CRASH,
    ("read_table", "any length: items(entry[:2], where, 2)"): CRASH,
    ("read_network", "any length: items(unit, here, 2)"): CRASH,
    ("read_network", "any index: index(which, here, len(tables))"): CRASH,
    ("read_network", "deleted: or refuse(where, 'a network needs a layer')"): CRASH,
    ("read_domain", "any length: items(side, where, 2)"): CRASH,
    ("read_domain", "any length: items(entry, where, 2)"): CRASH,
    ("read_domain", "any length: point_of(point, where, len(bounds))"): CRASH,
    (
        "read_statement",
        "deleted: word(value.get('kind'), where, tuple(dict(KINDS))) if type(value) is dict "
        "else refuse(where, 'not an object')",
    ): CRASH,
    ("read_statement", "any word: word(value.get('kind'), where, tuple(dict(KINDS)))"): CRASH,
    ("read_atom", "any length: items(value, 'claim', 3)"): CRASH,
    ("read_polynomial", "any length: items(entry, where, 2)"): CRASH,
    ("check_point", "any length: point_of(evidence['point'], 'point', len(domain.box))"): CRASH,
    ("check_point", "any index: index(evidence['output'], 'output', len(statement.targets))"): CRASH,
    ("settled_values", "deleted: if slope is None"): CRASH,
    ("step_split", "any length: items(step, where, 3)"): CRASH,
    ("step_cut", "any length: items(step, where, 3)"): CRASH,
    ("combine", "any length: items(text, where, 2)"): CRASH,
    ("combine", "any index: index(which, where, len(forms))"): CRASH,
    ("refute_polynomial", "any length: items(text, where, 3)"): CRASH,
    ("step_goal", "any length: items(step, where, 1 + len(statement.clauses))"): CRASH,
    ("step_cell", "any length: items(step, where, 3)"): CRASH,
    ("step_cell", "any length: row_of(at, where, len(domain.box))"): CRASH,
    ("replay", "deleted: open_cases.pop() if open_cases else refuse(where, 'no case is open')"): CRASH,
    ("read_json", "constant 1 -> 2: -1"): LIMIT,
    ("read_json", "Gt -> GtE: depth > MAX_DEPTH"): LIMIT,
    ("number", "Gt -> GtE: len(value) > MAX_DIGITS"): LIMIT,
    ("read_polynomial", "Add -> Sub: MAX_DEGREE + 1"): LIMIT,
    ("read_polynomial", "constant 1 -> 2: MAX_DEGREE + 1"): LIMIT,
    ("read_polynomial", "Gt -> GtE: sum(exponents) > MAX_DEGREE"): LIMIT,
    ("product", "Gt -> GtE: len(first) * len(second) > MAX_TERMS"): LIMIT,
    ("read_json", "and-part deleted: len(literal) <= 10 in literal.isdecimal() and len(literal) <= 10"): TWICE,
    ("read_json", "LtE -> Lt: len(literal) <= 10"): TWICE,
    ("read_json", "constant 10 -> 11: len(literal) <= 10"): TWICE,
    ("read_polynomial", "any index: index(power, where, MAX_DEGREE + 1)"): TWICE,
    ("read_statement", "always the first: point[1] if point is not None else []"): TYPES,
    ("check_point", "deleted: or refuse('point', 'none is given')"): TYPES,
    ("equality", "Add -> Sub: place + first"): SAME,
    ("combine", "Gt -> GtE: entry > 0"): SAME,
    ("refute_polynomial", "constant 0 -> 1: (0,)"): SAME,
    ("refute_polynomial", "constant 1 -> 2: add_multiple(total, 1, term)"): SAME,
    ("read_statement", "part deleted: not networks"): CRASH,
    ("read_statement", "any length: items(given['targets'], 'targets', sizes[0])"): CRASH,
    ("read_statement", "any length: items(row, 'signs', inputs)"): CRASH,
    ("read_statement", "any length: items(given['signs'], 'signs', sizes[0])"): CRASH,
    ("equality", "deleted: reject_if first != second"): CRASH,
    ("read_polynomial", "any length: items(powers, where, inputs)"): CRASH,
    ("step_branch", "any length: items(step, where, 3)"): CRASH,
    ("step_branch", "any index: index(which, where, len(case.names))"): CRASH,
    ("step_tighten", "any length: items(step[1:4], where, 3)"): CRASH,
    ("step_tighten", "any index: index(place, where, len(case.box.ends))"): CRASH,
    ("step_name", "any length: items(step[1:5], where, 4)"): CRASH,
    ("step_name", "any index: index(unit, where, len(case.rows))"): CRASH,
    ("step_name", "any length: row_of(text, where, 3)"): CRASH,
    ("step_next", "deleted: reject_if case.network + 1 == len(statement.networks)"): CRASH,
    ("final_outputs", "deleted: refuse(where, 'layers are left') if outputs is None else outputs"): CRASH,
    ("refute_polynomial", "any index: index(entry, where, len(forms))"): CRASH,
    ("step_simplex", "any length: items(step, where, 3)"): CRASH,
    ("step_simplex", "any length: row_of(text, where, size - 1)"): CRASH,
    ("step_simplex", "any length: items(texts, where, size)"): CRASH,
    ("check", "any length: items(fields(proof, ('parts',), 'evidence')[0], 'evidence', len(parts))"): CRASH,
    ("read_table", "LtE -> Lt: 2 <= len(row) <= MAX_DEGREE + 1"): LIMIT,
    ("read_table", "Add -> Sub: MAX_DEGREE + 1"): LIMIT,
    ("read_statement", "Add -> Sub: MAX_DEGREE + 1"): LIMIT,
    ("read_statement", "any length: point_of(given['domain']['point'], 'domain', inputs)"): TWICE,
    ("divide", "part deleted: table[first].until is None"): TYPES,
    ("check_part", "and-part deleted: statement.domain is not None in statement.domain is not None and steps"): TYPES,
    ("read_table", "constant 0 -> 1: (None, 0, tuple(row))"): UNREAD,
    ("replay", "constant 0 -> 1: place = 0"): WORDS,
    ("replay", "Sub -> Add: place - 1"): WORDS,
    ("replay", "constant 1 -> 2: place - 1"): WORDS,
    ("chained", "constant 2 -> 3: enumerate(lines, 2)"): WORDS,
    ("tail_values", "always the first: value if entry else {}"): SAME,
    ("step_tighten", "Gt -> GtE: sign > 0"): SAME,
    ("step_name", "constant 1 -> 2: (1, -1)"): SAME,
    ("step_name", "constant 1 -> 2: -1"): SAME,
    ("holds_on_graph", "constant 0 -> 1: Fraction(0)"): SAME,
    ("range_of", "constant 1 -> 2: (1, -1)"): SAME,
    ("range_of", "constant 1 -> 2: -1"): SAME,
    ("range_of", "Lt -> LtE: c * sign < 0"): SAME,
    ("range_of", "constant 0 -> 1: c * sign < 0"): SAME,
    ("box_guards", "Lt -> LtE: sign < 0"): SAME,
    ("box_guards", "constant 0 -> 1: sign < 0"): SAME,
    ("expand", "constant 0 -> 1: default=0"): SAME,
    ("mean", "Gt -> GtE: entry > 0"): SAME,
    ("mean", "Gt -> Lt: entry > 0"): SAME,
    ("read_statement", "and-part deleted: domain is not None in kind in SLOPE_KINDS and domain is not None"): TYPES,
    (
        "replay",
        "constant 0 -> 1: Case(hypotheses, 0, 0, 1, [], [], [], Box(domain.over, list(domain.box)), [])",
    ): UNREAD,
    (
        "replay",
        "constant 1 -> 2: Case(hypotheses, 0, 0, 1, [], [], [], Box(domain.over, list(domain.box)), [])",
    ): UNREAD,
    (
        "agree",
        "and-part deleted: before.until is not None in before.until is not None "
        "and known and (level_at(before, z) == level_at(after, z))",
    ): TYPES,
    (
        "unit_of",
        "constant 0 -> 1: Named(case.rows[unit], case.over, layer.activations_over, layer.tables[unit], "
        "case.slots[unit], 0, 0)",
    ): UNREAD,
    ("negated", "always the first: plus(row, factor * (over // form_over), form) if factor else row"): SAME,
    (
        "read_statement",
        "constant 1 -> 2: index(given['power'], 'power', MAX_DEGREE + 1) if 'power' in given else 1",
    ): UNREAD,
}


class Mutant(NamedTuple):
    kind: str  # check or number
    function: str
    line: int
    text: str
    node: int  # position of the changed node in the walk
    alternative: int


class Certificate(NamedTuple):
    name: str
    text: str | list[str]
    lines: bool
    calls: frozenset[str]  # the kernel's functions that it runs through
    report: Any  # None if forged


# --- making mutants ------------------------------------------------------------------------------------------------


def calls(node: ast.AST | None, name: str) -> bool:
    if isinstance(node, ast.Expr):
        node = node.value
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name


def is_refusal(node: ast.AST | None) -> bool:
    return calls(node, "refuse")


Change = tuple[str, str, Callable[[], None], Callable[[], None]]  # kind, text, do, undo


def only(values: list[ast.expr]) -> list[ast.expr]:
    """A BoolOp needs two values: a single one stands twice."""
    return values if len(values) > 1 else values * 2


def setting(kind: str, text: str, node: ast.AST, field: str, value: Any) -> Change:
    old = getattr(node, field)
    return kind, text, lambda: setattr(node, field, value), lambda: setattr(node, field, old)


def changes(node: ast.AST) -> Iterator[Change]:
    """All changes of this node, each with its undoing."""
    if isinstance(node, ast.If):
        yield from of_if(node)
    elif isinstance(node, ast.BoolOp):
        yield from of_bool(node)
    elif isinstance(node, ast.IfExp):
        yield from of_choice(node)
    elif isinstance(node, ast.Call) and calls(node, "reject_if"):
        yield from of_rejection(node)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        yield from of_call(node, node.func.id)
    elif isinstance(node, ast.Compare):
        yield from of_compare(node)
    elif isinstance(node, ast.BinOp | ast.AugAssign):
        yield from of_arithmetic(node)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield setting("number", f"sign lost: {ast.unparse(node)}", node, "op", ast.UAdd())
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        inner = ast.UnaryOp(ast.Not(), node.operand)
        yield setting("number", f"not lost: {ast.unparse(node)}", node, "operand", inner)
    elif isinstance(node, ast.Constant) and type(node.value) in (int, bool):
        other = not node.value if type(node.value) is bool else node.value + 1
        yield setting("number", f"constant {node.value!r} -> {other!r}: {node.parent}", node, "value", other)
    elif isinstance(node, ast.ExceptHandler):
        yield setting(
            "check", f"handler deleted: {ast.unparse(node.type or node)}", node, "type", ast.Tuple([], ast.Load())
        )
    elif isinstance(node, ast.Slice) and ast.unparse(node) == "::-1":
        yield setting("number", "[::-1] -> [:]", node, "step", None)


def of_if(node: ast.If) -> Iterator[Change]:
    ends = len(node.body) == 1 and (is_refusal(node.body[0]) or ast.unparse(node.body[0]) == "return False")
    if ends:
        kind, condition = "check", ast.unparse(node.test)
        yield setting(kind, f"deleted: if {condition}", node, "test", ast.Constant(False))
        if isinstance(node.test, ast.BoolOp):
            for part in node.test.values:
                rest = [other for other in node.test.values if other is not part]
                keeps = isinstance(node.test.op, ast.Or)  # a part of an `and` makes the check stronger
                if keeps:
                    yield setting(kind, f"part deleted: {ast.unparse(part)}", node.test, "values", only(rest))


def of_rejection(node: ast.Call) -> Iterator[Change]:
    condition, *rest = node.args
    text = ast.unparse(condition)
    yield setting("check", f"deleted: reject_if {text}", node, "args", [ast.Constant(False), *rest])
    if isinstance(condition, ast.BoolOp) and isinstance(condition.op, ast.Or):
        for part in condition.values:
            others = [other for other in condition.values if other is not part]
            yield setting("check", f"part deleted: {ast.unparse(part)}", condition, "values", only(others))


def of_bool(node: ast.BoolOp) -> Iterator[Change]:
    if is_refusal(node.values[-1]):
        yield setting("check", f"deleted: or {ast.unparse(node.values[-1])}", node, "values", only(node.values[:-1]))
        return
    other = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
    yield setting("number", f"and <-> or: {ast.unparse(node)}", node, "op", other)
    if isinstance(node.op, ast.And):
        for part in node.values:
            rest = [value for value in node.values if value is not part]
            yield setting(
                "number", f"and-part deleted: {ast.unparse(part)} in {ast.unparse(node)}", node, "values", only(rest)
            )


def of_choice(node: ast.IfExp) -> Iterator[Change]:
    text = ast.unparse(node)
    if is_refusal(node.orelse):
        yield setting("check", f"deleted: {text}", node, "test", ast.Constant(True))
    elif is_refusal(node.body):
        # the condition may name a value that the other branch uses
        yield setting("check", f"deleted: {text}", node, "body", node.orelse)
    else:
        yield setting("number", f"always the first: {text}", node, "test", ast.Constant(True))
        yield setting("number", f"always the second: {text}", node, "test", ast.Constant(False))


def of_call(node: ast.Call, name: str) -> Iterator[Change]:
    text = ast.unparse(node)
    third = ast.unparse(node.args[2]) if len(node.args) > 2 else "None"
    if name in ("items", "row_of", "point_of") and third != "None":
        yield setting("check", f"any length: {text}", node, "args", [*node.args[:2], ast.Constant(None)])
    elif name == "index":
        yield setting("check", f"any index: {text}", node, "args", [*node.args[:2], ast.Constant(2**40)])
    elif name == "positive":
        yield setting("check", f"any number: {text}", node.func, "id", "number")
    elif name == "word":
        yield setting(
            "check", f"any word: {text}", node, "args", [*node.args[:2], ast.Tuple([node.args[0]], ast.Load())]
        )
    elif name == "reversed":
        yield setting("number", f"not reversed: {text}", node.func, "id", "list")
    elif name in ("all", "any", "min", "max"):
        other = {"all": "any", "any": "all", "min": "max", "max": "min"}[name]
        yield setting("number", f"{other}: {text}", node.func, "id", other)


OPPOSITE: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}


def of_compare(node: ast.Compare) -> Iterator[Change]:
    for place, old in enumerate(node.ops):
        for other in OPPOSITE[type(old)]:
            ops = [other() if k == place else op for k, op in enumerate(node.ops)]
            yield setting("number", f"{type(old).__name__} -> {other.__name__}: {ast.unparse(node)}", node, "ops", ops)


def of_arithmetic(node: ast.BinOp | ast.AugAssign) -> Iterator[Change]:
    others = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv}
    if type(node.op) in others and not isinstance(getattr(node, "right", None), ast.List | ast.JoinedStr):
        other = others[type(node.op)]
        yield setting(
            "number", f"{type(node.op).__name__} -> {other.__name__}: {ast.unparse(node)}", node, "op", other()
        )


def places(tree: ast.Module) -> list[tuple[str, ast.AST]]:
    """Every node that may be changed, with the function it stands in, in one fixed order."""
    found: list[tuple[str, ast.AST]] = []
    for part in tree.body:
        if isinstance(part, ast.FunctionDef) and part.name not in NOT_MUTATED:
            skipped = {id(n) for argument in ast.walk(part.args) for n in ast.walk(argument)}
            skipped |= {id(n) for call in ast.walk(part) if is_refusal(call) for n in ast.walk(call)}  # messages
            rejections = [call for call in ast.walk(part) if isinstance(call, ast.Call) and calls(call, "reject_if")]
            skipped |= {id(n) for call in rejections for words in call.args[1:] for n in ast.walk(words)}
            # zip(strict=True) guards against slips of the kernel itself: the lengths have been checked before
            skipped |= {id(n.value) for n in ast.walk(part) if isinstance(n, ast.keyword) and n.arg == "strict"}
            annotations = [n.annotation for n in ast.walk(part) if isinstance(n, ast.AnnAssign)]
            skipped |= {id(n) for note in [*annotations, part.returns] if note for n in ast.walk(note)}
            skipped |= {
                id(n.slice)
                for n in ast.walk(part)
                if isinstance(n, ast.Subscript) and isinstance(n.slice, ast.Constant)
            }
            for parent in ast.walk(part):  # a constant is known by what it stands in
                for child in ast.iter_child_nodes(parent):
                    if isinstance(child, ast.Constant):
                        child.parent = ast.unparse(parent)
            found += [(part.name, node) for node in ast.walk(part) if id(node) not in skipped]
    return found


def mutants(tree: ast.Module) -> list[Mutant]:
    return [
        Mutant(kind, function, getattr(node, "lineno", 0), text, place, alternative)
        for place, (function, node) in enumerate(places(tree))
        for alternative, (kind, text, _, _) in enumerate(changes(node))
    ]


# --- trying them ---------------------------------------------------------------------------------------------------


def module_of(code: types.CodeType) -> types.ModuleType:
    module = types.ModuleType("mutant")
    sys.modules["mutant"] = module
    exec(code, module.__dict__)
    return module


def certificates() -> tuple[list[Certificate], list[Certificate]]:
    """The true ones and the forged ones, with the functions of the kernel that each runs through."""
    sys.path.insert(0, str(ROOT))
    from tests.forged import edit, make

    kernel = module_of(compile(KERNEL.read_text(encoding="utf-8"), str(KERNEL), "exec"))
    called: set[str] = set()

    def note(frame: types.FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_filename == str(KERNEL):
            called.add(frame.f_code.co_name)

    def run(name: str, text: str | list[str], lines: bool, forged: bool) -> Certificate:
        called.clear()
        sys.setprofile(note)
        try:
            report = kernel.check(text, lines)
        except kernel.Rejected:
            report = None
        finally:
            sys.setprofile(None)
        if (report is None) is not forged:
            raise SystemExit(f"the kernel as it stands {'refuses' if report is None else 'accepts'} {name}")
        return Certificate(name, text, lines, frozenset(called), report and tuple(report))

    true = [run(name, json.dumps(document), False, False) for name, document in edit.TRUE.items()]
    for base in ("relu-nonnegative", "block-of-folds"):
        steps = edit.TRUE[base]["evidence"]["steps"]
        lines = edit.lines_of(edit.TRUE[base], steps[:1], [], steps[1:])
        true.append(run(f"{base}-as-lines", "\n".join(lines), True, False))
        true.append(run(f"{base}-as-a-file", [f"{line}\n" for line in lines], True, False))
    forged = [run(entry.name, entry.text, entry.name.endswith("l"), True) for entry in make.all_forged()]
    return true, sorted(forged, key=lambda entry: len(entry.text))


def verdict(mutant: Mutant, kernel: types.ModuleType, true: list[Certificate], forged: list[Certificate]) -> str:
    """What catches the mutant: "accepts NAME", "refuses NAME", "crashes on NAME"; "" if nothing does."""
    crash = ""
    for entry in forged:
        if mutant.function in entry.calls:
            try:
                kernel.check(entry.text, entry.lines)
            except kernel.Rejected:
                continue
            except Exception as error:
                crash = crash or f"crashes ({type(error).__name__}) on {entry.name}"
            else:
                return f"accepts {entry.name}"
    for entry in true:
        if mutant.function in entry.calls:
            try:
                report = tuple(kernel.check(entry.text, entry.lines))
            except Exception as error:
                return (
                    f"refuses {entry.name}" if isinstance(error, kernel.Rejected) else f"crashes on true {entry.name}"
                )
            if report != entry.report:
                return f"reports otherwise {entry.name}"
    return crash


def try_share(task: tuple[int, set[str]]) -> list[tuple[Mutant, str]]:
    """Every PROCESSES-th mutant (of the functions chosen, if any), and what catches it."""
    share, chosen = task
    true, forged = certificates()
    text = KERNEL.read_text(encoding="utf-8")
    tree = ast.parse(text)
    functions = {part.name: part for part in tree.body if isinstance(part, ast.FunctionDef)}
    nodes = places(tree)
    kernel = module_of(compile(text, str(KERNEL), "exec"))
    results = []
    for mutant in [mutant for mutant in mutants(tree) if not chosen or mutant.function in chosen][share::PROCESSES]:
        _, _, do, undo = list(changes(nodes[mutant.node][1]))[mutant.alternative]
        sound = getattr(kernel, mutant.function)
        do()
        changed = ast.Module([functions[mutant.function]], [])
        exec(compile(ast.fix_missing_locations(changed), "mutant", "exec"), kernel.__dict__)
        undo()
        results.append((mutant, verdict(mutant, kernel, true, forged)))
        setattr(kernel, mutant.function, sound)
    return results


def caught(mutant: Mutant, how: str) -> bool:
    """A deleted check is caught only by a false certificate that passes."""
    return how.startswith("accepts") or (mutant.kind == "number" and how != "")


def main() -> int:
    start, chosen = time.monotonic(), set(sys.argv[1:])
    certificates()  # a pool would wait for ever on a process that ends
    shares = [(share, chosen) for share in range(PROCESSES)]
    with multiprocessing.Pool(PROCESSES) as pool:
        results = [entry for share in pool.map(try_share, shares, chunksize=1) for entry in share]
    results.sort(key=lambda entry: (entry[0].line, entry[0].node, entry[0].alternative))
    loose = []
    excused: set[tuple[str, str]] = set()
    for mutant, how in results:
        key = (mutant.function, mutant.text)
        state = how
        if not caught(mutant, how):
            if key in EXCUSED and (EXCUSED[key] is not CRASH or how.startswith("crashes")):
                excused.add(key)
                state = f"excused: {EXCUSED[key]}" + (f" [{how}]" if how else "")
            else:
                loose.append(mutant)
                state = f"NOT CAUGHT {how}"
        print(f"{mutant.line:4} {mutant.kind:6} {mutant.function:18} {mutant.text[:70]:70} {state}")
    idle = [key for key in EXCUSED if key not in excused and (not chosen or key[0] in chosen)]
    for key in idle:
        print(f"EXCUSES NOTHING: {key}")
    checks = sum(mutant.kind == "check" for mutant, _ in results)
    print(
        f"{len(results)} mutants, {checks} of them checks deleted: {len(results) - len(loose) - len(excused)} caught, "
        f"{len(excused)} excused, {len(loose)} not caught; {time.monotonic() - start:.0f} s"
    )
    return 1 if loose or idle else 0


if __name__ == "__main__":
    sys.exit(main())
