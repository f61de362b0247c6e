"""The gate of the trusted file: what `verinet/kernel.py` may not contain, and how it must run.

Standard library only, so that ``python -I -S tests/kernel_gate.py`` works on a bare interpreter.  The rules:

- imports come from the standard library, and none of them loads or runs other code;
- no ``assert`` (it vanishes under ``python -O``), no float or complex literal, no true division;
- no recursion: the call graph, over-approximated by names, has no cycle;
- no global mutable state, no mutable default argument, no cache;
- at most `LIMIT` lines of code (docstrings, comments and blank lines are free);
- it runs alone under ``-I -S``, with and without ``-O`` and ``-OO``: accepts certificates, refuses noise.
"""

from __future__ import annotations

import ast
import io
import subprocess
import sys
import tempfile
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KERNEL = ROOT / "verinet" / "kernel.py"
LIMIT = 900  # lines of code for certificate format 2

FORBIDDEN_IMPORTS = {"importlib", "runpy", "pickle", "marshal", "shelve", "ctypes", "subprocess", "builtins"}
FORBIDDEN_NAMES = {
    "eval",
    "exec",
    "compile",
    "__import__",
    "globals",
    "setattr",
    "delattr",
    "float",
    "complex",
    "round",
    "breakpoint",
}
FORBIDDEN_DECORATORS = {"cache", "lru_cache", "cached_property"}
# calls whose value at module or class level is immutable
FROZEN_CALLS = {
    "frozenset",
    "tuple",
    "compile",
    "field",
    "TypeVar",
    "MappingProxyType",
    "namedtuple",
    "range",
    "int",
}
FLAGS = (("-I", "-S"), ("-I", "-S", "-O"), ("-I", "-S", "-OO"))

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


# --- what the text may not contain -------------------------------------------------------------------------


def imports(tree: ast.Module) -> Iterator[str]:
    """Imports from outside the standard library, or of a module that loads code."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules = ["." if node.level else str(node.module)]
        else:
            continue
        for module in modules:
            top = module.split(".")[0]
            if top not in sys.stdlib_module_names:
                yield f"line {node.lineno}: imports {module}, which is not in the standard library"
            elif top in FORBIDDEN_IMPORTS:
                yield f"line {node.lineno}: imports {module}, which loads or runs other code"


def arithmetic(tree: ast.Module) -> Iterator[str]:
    """Asserts, inexact literals, true division, and names that evaluate text or leave the integers."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert):
            yield f"line {node.lineno}: assert vanishes under python -O"
        elif isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            yield f"line {node.lineno}: the inexact literal {node.value!r}"
        elif isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div):
            yield f"line {node.lineno}: true division"
        elif isinstance(node, ast.Name) and node.id in FORBIDDEN_NAMES:
            yield f"line {node.lineno}: the name {node.id}"


def state(tree: ast.Module) -> Iterator[str]:
    """Anything that outlives one call: global variables, mutable constants, mutable defaults, caches."""
    classes = {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Global | ast.Nonlocal):
            yield f"line {node.lineno}: {type(node).__name__.lower()} {', '.join(node.names)}"
        elif isinstance(node, ast.Module | ast.ClassDef):
            yield from _constants(node)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            defaults = [*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)]
            yield from (f"line {d.lineno}: a mutable default argument" for d in defaults if not _is_frozen(d))
            for decorator in node.decorator_list:
                target = decorator.func if isinstance(decorator, ast.Call) else decorator
                name = target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")
                if name in FORBIDDEN_DECORATORS:
                    yield f"line {node.lineno}: {name} keeps values between calls"
            yield from _class_attributes(node, classes)


def _constants(scope: ast.Module | ast.ClassDef) -> Iterator[str]:
    for node in scope.body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            if node.value is not None and not _is_frozen(node.value):
                yield f"line {node.lineno}: a mutable constant"
        elif isinstance(node, ast.AugAssign | ast.For | ast.While | ast.With | ast.Try):
            yield f"line {node.lineno}: work at module or class level"


def _is_frozen(value: ast.expr) -> bool:
    if isinstance(value, ast.Call):
        function = value.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        return name in FROZEN_CALLS
    mutable = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp, ast.GeneratorExp)
    subscripts = [n for n in ast.walk(value) if isinstance(n, ast.Subscript)]  # Callable[[int], str]
    inside = {id(n) for subscript in subscripts for n in ast.walk(subscript.slice)}
    return not any(isinstance(n, (*mutable, ast.Call)) and id(n) not in inside for n in ast.walk(value))


def _class_attributes(function: ast.FunctionDef | ast.AsyncFunctionDef, classes: set[str]) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
            owner = node.value
            if isinstance(owner, ast.Name) and owner.id in classes:
                yield f"line {node.lineno}: writes the class attribute {owner.id}.{node.attr}"


def recursion(tree: ast.Module) -> Iterator[str]:
    """Cycles of the call graph: an edge from a function to every function of the file that it mentions."""
    bodies: dict[str, list[ast.AST]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            bodies.setdefault(node.name, []).extend(node.body)
        elif isinstance(node, ast.ClassDef):
            made_by = [m for m in node.body if isinstance(m, ast.FunctionDef) and m.name in _CONSTRUCTORS]
            bodies.setdefault(node.name, []).extend(made_by)
    for node in tree.body:  # a table of functions calls them all
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                bodies.setdefault(getattr(target, "id", "<table>"), []).append(node.value)
    calls = {name: _mentioned(parts) & bodies.keys() for name, parts in bodies.items()}
    # peel the functions that call nothing left: what cannot be peeled lies on a cycle or leads to one
    while leaves := {name for name, callees in calls.items() if not callees & calls.keys()}:
        calls = {name: callees for name, callees in calls.items() if name not in leaves}
    for name in sorted(calls):
        if _reaches_itself(name, calls):
            yield f"{name} may call itself (through {', '.join(sorted(calls[name] & calls.keys()))})"


_CONSTRUCTORS = {"__init__", "__post_init__", "__new__"}


def _mentioned(parts: list[ast.AST]) -> set[str]:
    names = set()
    for part in parts:
        for node in ast.walk(part):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                names.add(node.id)
            elif isinstance(node, ast.Attribute) and not _is_super(node.value):
                names.add(node.attr)
    return names


def _is_super(
    owner: ast.expr,
) -> bool:  # super().__init__ belongs to the class above, here one of Python's own
    return isinstance(owner, ast.Call) and isinstance(owner.func, ast.Name) and owner.func.id == "super"


def _reaches_itself(start: str, calls: dict[str, set[str]]) -> bool:
    seen: set[str] = set()
    waiting = list(calls[start])
    while waiting:
        name = waiting.pop()
        if name == start:
            return True
        if name in calls and name not in seen:
            seen.add(name)
            waiting.extend(calls[name])
    return False


def lines_of_code(text: str) -> int:
    """Lines that hold a token which is neither a comment nor a docstring."""
    docstrings = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
            first = node.body[0]
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                docstrings.update(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    blank = {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENDMARKER,
    }
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in blank:
            lines.update(range(token.start[0], token.end[0] + 1))
    return len(lines - docstrings)


def complaints(text: str) -> list[str]:
    """The rules that the text of a kernel breaks; none for one that is fit to be reviewed.

    >>> complaints("def f(n):\\n    assert n\\n    return g(n) / 2\\ndef g(n): return f(n)")[:2]
    ['line 2: assert vanishes under python -O', 'line 3: true division']
    """
    tree = ast.parse(text)
    found = [*imports(tree), *arithmetic(tree), *state(tree), *recursion(tree)]
    size = lines_of_code(text)
    if size > LIMIT:
        found.append(f"{size} lines of code, more than {LIMIT}")
    return found


# --- how it must run ---------------------------------------------------------------------------------------

DOUBLE_KEY = '{"format": "verinet-certificate/2", "format": "verinet-certificate/1"}'
NOT_CERTIFICATES = ("", "{}", "[" * 100_000, DOUBLE_KEY, "\ud800", "NaN")


def runs(certificates: list[Path]) -> Iterator[str]:
    """Run the kernel alone, in a directory of its own, under each set of flags."""
    with tempfile.TemporaryDirectory() as folder:
        bad = Path(folder) / "bad.json"
        for flags in FLAGS:
            for text in NOT_CERTIFICATES:
                bad.write_bytes(text.encode("utf-8", "surrogatepass"))
                done = _run(flags, bad, folder)
                if done.returncode == 0 or "Traceback" in done.stderr:
                    yield _story(flags, done, repr(text[:20]))
            for path in certificates:
                done = _run(flags, path, folder)
                if done.returncode != 0:
                    yield _story(flags, done, path.name)


def _run(flags: tuple[str, ...], path: Path, folder: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *flags, str(KERNEL), str(path)]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)


def _story(flags: tuple[str, ...], done: subprocess.CompletedProcess[str], subject: str) -> str:
    return f"python {' '.join(flags)}: status {done.returncode} on {subject}: {done.stderr[-200:]}"


def smallest_certificates(count: int) -> list[Path]:
    """The smallest stored certificates: enough to see that the kernel accepts; all are replayed elsewhere."""
    return sorted((ROOT / "proofs").rglob("*.json"), key=lambda path: path.stat().st_size)[:count]


def main() -> int:
    text = KERNEL.read_text(encoding="utf-8")
    certificates = smallest_certificates(5)
    found = [*complaints(text), *runs(certificates)]
    for complaint in found:
        print(f"kernel gate: {complaint}")
    if not found:
        ways = " and ".join(" ".join(flags) for flags in FLAGS)
        size = lines_of_code(text)
        print(f"kernel gate: {size} lines of code; {len(certificates)} certificates under {ways}: open")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
