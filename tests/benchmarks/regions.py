"""Ratios of counting linear regions: over one evaluation in floats, over writing the result, over other programs.

    python tests/benchmarks/regions.py --nets tests/data/nets --peers PYTHON --write PAGE.md

One run, one thread, CPU time, medians.  Every time stands beside its limits, measured in turns with it: the float64
evaluation of the network at as many points as the complex has vertices (and its matrix products alone), and a plain
copy of all that was found.  `--peers` names a Python interpreter that has other programs installed; they run in
processes of their own.  The exit status is 1 when a number of cells contradicts a known one.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.benchmarks.region_cases import Case
    from tests.benchmarks.region_timings import Measured, MeasuredLine

ROOT = Path(__file__).resolve().parents[2]
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
#: The other programs get networks of at most this many cells.
MOST_FOR_PEERS = 240
PEERS = ("parx", "relucent")
TINY = {"weights": [[[1.0, 1.0]], [[1.0]]], "biases": [[0.0], [0.0]], "box": [[-1.0, 1.0]] * 2}


# --- Markdown -------------------------------------------------------------------------------------------------------


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table, its first column to the left, the others to the right."""
    marks = [":--", *["--:"] * (len(head) - 1)]
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, marks, *rows))


def few(value: float) -> str:
    """Three digits, without an exponent."""
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.3g}"


def short(seconds: float) -> str:
    """Seconds, for people."""
    return f"{seconds:.2f}" if seconds >= 1 else f"{seconds:.4f}" if seconds >= 0.01 else f"{seconds:.6f}"


def checked(count: int, true: int | None) -> str:
    """A count; in bold with the true one where it is wrong."""
    return f"{count:,}" if true in (None, count) else f"**{count:,}, not {true:,}**"


# --- sections -------------------------------------------------------------------------------------------------------


def space_section(found: Sequence[Measured]) -> str:
    """Two and more inputs, beside the limits."""
    head = (
        "network", "cells", "search / evaluation", "search / products alone", "search / copying", "µs a cell",
        "whole call / evaluation", "all counts / cells", "search, s", "whole call, s", "evaluation, s", "copying, s",
        "MB of result",
    )  # fmt: skip
    rows = [
        (
            m.case.name, checked(m.cells, m.case.true_cells), few(m.search / m.evaluation),
            few(m.search / m.products), few(m.search / m.copying), few(m.per_cell), few(m.seconds / m.evaluation),
            few(m.all_counts / m.seconds) if m.all_counts else "", short(m.search), short(m.seconds),
            short(m.evaluation), short(m.copying), few(m.size / 1e6),
        )
        for m in found
    ]  # fmt: skip
    return "## Cells, beside the limits\n\n" + table(head, rows)


def growth_section(found: Sequence[Measured]) -> str:
    """The time a cell in one family of networks."""
    rows = [(m.case.name, f"{m.cells:,}", few(m.per_cell / found[0].per_cell), few(m.per_cell)) for m in found]
    times = [m.per_cell for m in found if m.cells >= 1000] or [1.0]
    said = f"Largest over smallest, from a thousand cells on: {few(max(times) / min(times))}."
    head = ("network", "cells", "over the first", "µs a cell")
    return "## Growth\n\n" + table(head, rows) + f"\n\n{said}"


def degenerate_section(pairs: Sequence[tuple[Measured, Measured]]) -> str:
    """Degenerate networks beside generic ones with as many faces."""
    rows = [
        (
            m.case.name, checked(m.cells, m.case.true_cells), f"{sum(m.faces):,}",
            few(m.search / sum(m.faces) / generic.search * sum(generic.faces)),
            few(m.seconds / sum(m.faces) / generic.seconds * sum(generic.faces)),
            generic.case.name, f"{sum(generic.faces):,}", short(m.search), short(generic.search),
        )
        for m, generic in pairs
    ]  # fmt: skip
    head = (
        "network", "cells", "faces", "search over generic", "whole call over generic", "generic network", "its faces",
        "search, s", "its search, s",
    )  # fmt: skip
    return "## Degenerate over generic, per face\n\n" + table(head, rows)


def line_section(found: Sequence[MeasuredLine]) -> str:
    """One input, over one evaluation at all breakpoints."""
    head = (
        "network", "activation breakpoints", "linear regions", "search / evaluation", "whole call / evaluation",
        "search, s", "whole call, s", "evaluation, s",
    )  # fmt: skip
    rows = [
        (
            m.case.name, checked(m.breakpoints, None if m.case.true_cells is None else m.case.true_cells - 1),
            f"{m.regions:,}", few(m.search / m.evaluation), few(m.call / m.evaluation),
            short(m.search), short(m.call), short(m.evaluation),
        )
        for m in found
    ]  # fmt: skip
    return "## The line, over one evaluation at all breakpoints\n\n" + table(head, rows)


def jobs_section(case: Case, cells: int, jobs: int, one: float, several: float) -> str:
    """Wall-clock time of several processes."""
    head = ("network", "cells", "processes", "times faster", "one, wall-clock s", "several, wall-clock s")
    row = (case.name, f"{cells:,}", str(jobs), few(one / several), short(one), short(several))
    return "## Processes\n\n" + table(head, [row])


# --- the other programs ---------------------------------------------------------------------------------------------


def asked(python: str, peer: str, document: object, limit: float) -> dict[str, Any]:
    """The answer of another program, in a process of its own that is stopped at the limit."""
    command = [python, str(Path(__file__).with_name("region_peers.py")), peer]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    try:
        process = subprocess.Popen(command, text=True, start_new_session=True, **pipes)
    except OSError as error:
        return {"problem": f"{python}: {error.strerror}"}
    try:
        said, _ = process.communicate(json.dumps(document), timeout=limit)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return {"problem": f"> {limit:g} s"}
    lines = said.strip().splitlines()
    return json.loads(lines[-1]) if process.returncode == 0 and lines else {"problem": f"exit {process.returncode}"}


def peers_section(python: str | None, found: Sequence[Measured], limit: float) -> str:
    """Counts and times of other programs on small networks."""
    title = "## Other programs\n\n"
    if python is None:
        return title + "Not run: no interpreter that has them was given (`--peers PYTHON`)."
    about, names, started = [], [], {}
    for peer in PEERS:
        tiny = asked(python, peer, TINY, 4 * limit)
        if "seconds" not in tiny:
            about.append(f"{peer} was not run: {tiny['problem']}.")
            continue
        names.append(peer)
        started[peer] = tiny["seconds"]
        about.append(f"{peer} {tiny['version']} ({tiny['licence']}), less {short(tiny['seconds'])} s for one neuron.")
    if not names:
        return title + " ".join(about)
    small = [m for m in found if m.case.inputs > 1 and m.cells <= MOST_FOR_PEERS]
    rows = []
    with ThreadPoolExecutor(len(names)) as pool:  # side by side: what counts is CPU time
        for m in small:
            document = {
                "weights": [weight.tolist() for weight in m.case.weights],
                "biases": [bias.tolist() for bias in m.case.biases],
                "box": m.case.box,
            }
            waiting = [pool.submit(asked, python, peer, document, limit) for peer in names]
            rows.append(_peers_row(m, {peer: job.result() for peer, job in zip(names, waiting, strict=True)}, started))
            print("   ", " | ".join(rows[-1]), flush=True)
    head = ["network", "true cells", "verinet", *names, *(f"{peer} / verinet" for peer in names), "verinet, s"]
    return title + PEERS_NOTE + "\n\n" + " ".join(about) + "\n\n" + table(head, rows)


def _peers_row(m: Measured, said: dict[str, dict[str, Any]], started: dict[str, float]) -> list[str]:
    true = m.case.true_cells or m.cells
    row = [m.case.name, f"{true:,}", checked(m.cells, m.case.true_cells)]
    row += [_count(answer, true) for answer in said.values()]
    row += [_ratio(answer, started[peer], m.seconds) for peer, answer in said.items()]
    return [*row, short(m.seconds)]


def _count(said: dict[str, Any], true: int) -> str:
    if "cells" in said:
        return checked(said["cells"], true)
    problem = str(said["problem"])
    return problem if problem.startswith(">") else "raises " + problem.partition(":")[0]


def _ratio(said: dict[str, Any], started: float, seconds: float) -> str:
    """CPU time over ours, if there is an answer."""
    if "seconds" not in said:
        return ""
    return few((said["seconds"] - started) / seconds) if said["seconds"] > started else "–"


# --- one run --------------------------------------------------------------------------------------------------------


def run(options: argparse.Namespace) -> tuple[str, bool]:
    """All sections, and whether a count contradicts a known one."""
    from tests.benchmarks import region_cases as cases
    from tests.benchmarks import region_timings as timings

    def chosen(case: Case) -> bool:
        return case.name in options.only if options.only else not (options.quick and case.heavy)

    from_folder = list(cases.folder_cases(options.nets)) if options.nets else []
    known = {case.name for case in from_folder}
    space = [case for case in from_folder if case.inputs > 1]
    space += [case for case in cases.space_cases() if case.name not in known]
    degenerate = list(filter(chosen, cases.degenerate_cases()))
    space = list(filter(chosen, space))
    line = list(filter(chosen, cases.line_cases()))
    on_intervals = [case for case in from_folder if case.inputs == 1 and chosen(case)]
    compiling = timings.warm_up([cases.random_case("2-8-8"), cases.random_case("4-6^6"), *degenerate[-1:], *line[-1:]])
    print(f"warming up: {compiling:.1f} s", flush=True)

    measured: dict[str, Measured] = {}

    def measure(case: Case) -> Measured:
        if case.name not in measured:
            measured[case.name] = m = timings.measure(case, options.repeat)
            print(
                f"{m.case.name:28} {checked(m.cells, case.true_cells):>12} cells, {few(m.search / m.evaluation):>6} "
                f"evaluations, {few(m.search / m.copying):>6} copies, {few(m.per_cell):>6} µs a cell",
                flush=True,
            )
        return measured[case.name]

    def partner(case: Case) -> Measured:
        """The smallest random network with two equal layers that has at least as many faces."""
        wanted = sum(measure(case).faces)
        for width in (round(4 * 1.19**k) for k in range(30)):
            found = timings.faces_of(candidate := cases.random_case(f"{case.inputs}-{width}-{width}"))
            if found >= wanted:
                return measure(candidate)
        raise ValueError(f"no random network has {wanted} faces")

    parts = [_head(timings.machine(os.cpu_count() or 1), options)]
    in_space = [measure(case) for case in space]
    if in_space:
        parts.append(space_section(sorted(in_space, key=lambda m: (m.case.degenerate, m.case.inputs, m.cells))))
        family = [measured[name] for name in cases.GROWTH if name in measured]
        if len(family) > 1:
            parts.append(growth_section(family))
    pairs = [(measure(case), partner(case)) for case in degenerate]
    if pairs:
        parts.append(degenerate_section(pairs))
    on_lines = [(case, not case.degenerate) for case in line] + [(case, False) for case in on_intervals]
    found = [_measure_line(timings.measure_line, case, options.repeat, whole) for case, whole in on_lines]
    if found:
        parts.append(line_section(found))
    if options.jobs > 1 and in_space:
        most = max(in_space, key=lambda m: m.cells)
        one, several = timings.in_processes(most.case, options.jobs, min(3, options.repeat))
        parts.append(jobs_section(most.case, most.cells, options.jobs, one, several))
        print(f"{most.case.name}: {options.jobs} processes are {few(one / several)} times faster", flush=True)
    parts.append(peers_section(options.peers, in_space, options.peer_seconds))
    wrong = any(m.case.true_cells not in (None, m.cells) for m in measured.values())
    wrong = wrong or any(m.case.true_cells not in (None, m.breakpoints + 1) for m in found)
    return "\n\n".join(parts) + "\n", wrong


def _measure_line(measure: Callable[..., MeasuredLine], case: Case, repeat: int, whole: bool) -> MeasuredLine:
    m = measure(case, repeat, whole)
    print(
        f"{case.name:28} {m.breakpoints:>6} breakpoints, search {few(m.search / m.evaluation)} evaluations, "
        f"whole call {few(m.call / m.evaluation)}",
        flush=True,
    )
    return m


PREFACE = """\
# How fast regions are counted

This page is written by a program; run it to see what your machine says:

```console
$ {command}
```

Ratios carry over from machine to machine, seconds do not. These are medians of {repeat} in CPU time on one thread,
compilation apart, on {machine}.

*Evaluation* is the float64 evaluation of the network at as many points as the complex has vertices, in blocks that stay
in the cache; *products alone* leaves out biases and ReLU; *copying* writes all records and lists of faces, vertices and
patterns once more. The *whole call* is `count_regions(what="cells")`, which goes through the whole complex, every sign
proved; the *search* is that call less what comes before the first cell: writing the exact weights as floats and as
integers. Where that takes seconds, the two are timed apart and added. *All counts* adds linear regions and distinct
affine maps.

`A-B^n-C` has A inputs and layers of width B (n times) and C, with He weights from a seed and biases uniform within one
over the square root of the layer's inputs (on the line: normal, deviation 1/2). `adv_` and `nat_` are networks of the
folder given."""

PEERS_NOTE = """\
parx searches in Python, from the box (its faster search needs Julia and knows no box); relucent, with Gurobi's licence
for small sizes, searches among the cells that meet the box. Times are CPU seconds less imports and less what a network
of one neuron takes; a dash is nothing left after that. A count in bold is wrong; *raises* is the honest answer of a
program that will not guess; `>` is the wall-clock time after which it was stopped."""


def _head(machine: str, options: argparse.Namespace) -> str:
    return PREFACE.format(command=" ".join(_command(options)), repeat=options.repeat, machine=machine)


def _command(options: argparse.Namespace) -> Iterator[str]:
    """The command without what is of one machine."""
    yield "python tests/benchmarks/regions.py"
    if options.nets:
        inside = options.nets.resolve().is_relative_to(ROOT)
        yield f"--nets {options.nets.resolve().relative_to(ROOT) if inside else 'FOLDER'}"
    if options.only:
        yield f"--only '{','.join(options.only)}'"
    if options.quick:
        yield "--quick"
    if options.jobs > 1:
        yield f"--jobs {options.jobs}"
    if options.repeat != 5:
        yield f"--repeat {options.repeat}"
    if options.peers:
        yield f"--peers PYTHON --peer-seconds {options.peer_seconds:g}"
    if options.write:
        yield f"--write {options.write.name}"


def main() -> int:
    """Print the ratios, write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nets", type=Path, help="a folder of networks in JSON or NPZ, with truth.json if it has one")
    parser.add_argument("--only", default="", help="names of networks, separated by commas")
    parser.add_argument("--quick", action="store_true", help="leave out the networks that take seconds")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=1, help="compare this many processes with one")
    parser.add_argument("--peers", metavar="PYTHON", help="an interpreter that has parx and relucent")
    parser.add_argument("--peer-seconds", type=float, default=15.0, help="wall-clock limit for each of their answers")
    parser.add_argument("--write", type=Path, metavar="PAGE.md")
    options = parser.parse_args()
    options.only = [name.strip() for name in options.only.split(",") if name.strip()]
    if "numpy" in sys.modules:
        parser.error("the number of threads must be set before numpy is imported")
    os.environ.update(dict.fromkeys(THREADS, "1"))
    sys.path.insert(0, str(ROOT))
    text, wrong = run(options)
    if options.write:
        options.write.write_text(text, encoding="utf-8")
    print("\n" + text)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
