"""``verinet regions NET``: how many cells, linear regions and affine maps, exactly; a picture, a certificate."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import PurePath
from time import perf_counter
from typing import TYPE_CHECKING, Literal

from verinet.claims.verdicts import Proved, Refuted
from verinet.cli.compilation import announced
from verinet.cli.networks import NetworkFile, read, refuse_output
from verinet.cli.outcome import BAD_INPUT, DONE, UNKNOWN, Json, Outcome, failed
from verinet.cli.places import Place, place
from verinet.cli.progress import shown
from verinet.errors import BudgetExhausted, NotANumber, Unsupported, VerinetError
from verinet.networks.formats import ReadOptions
from verinet.report.regions import Counts, counts_document, counts_lines
from verinet.work import Budget, Progress, under

if TYPE_CHECKING:
    from verinet.regions.exploration import Exploration
    from verinet.regions.line import Line
    from verinet.report.pictures import Picture

WHAT = ("all", "cells")
ENDINGS = (".svg", ".pdf", ".png", ".tex")


@dataclass(frozen=True, slots=True)
class Wishes:
    """The options of the command, as they were written."""

    domain: str | None = None
    slice: str | None = None
    around: str | None = None
    radius: str | None = None
    count: str = "all"
    plot: str | None = None
    boundary: bool = False
    certificate: str | None = None
    budget: float | None = None
    jobs: int = 1


def regions(path: str, wishes: Wishes, options: ReadOptions) -> Outcome:
    """Count; then draw and prove, if files were named.

    Raises
    ------
    VerinetError
        For input that cannot be read, options that do not fit together, networks without cells; nothing is written.
    """
    _refuse(path, wishes)
    file = read(path, options)
    where = place(file.network, wishes.domain, wishes.slice, wishes.around, wishes.radius)
    _refuse_at(where, wishes)
    budget = Budget(wishes.budget)
    with _watched("counting") as progress:
        count = _counter(where, wishes, budget, progress)
        started = perf_counter()
        counts = count()
        seconds = perf_counter() - started
    outcome = _reported(counts, where, file, seconds)
    if counts.unfinished:
        return outcome
    if wishes.plot is not None:
        outcome = _plotted(outcome, where, wishes, counts, budget)
    if wishes.certificate is not None:
        outcome = _certified(outcome, where, wishes, counts, budget)
    return outcome


# --- what is refused before any work ---------------------------------------------------------------------------------


def _refuse(path: str, wishes: Wishes) -> None:
    """Refuse options that cannot be right for any network."""
    if wishes.budget is not None and not 0 < wishes.budget < float("inf"):
        raise NotANumber(f"--budget needs a positive number of seconds, got {wishes.budget}", fix="write --budget 60")
    if wishes.jobs < 1:
        raise NotANumber(f"--jobs counts processes, got {wishes.jobs}", fix="write --jobs 2")
    if wishes.count not in WHAT:
        raise Unsupported(f"--count knows no {wishes.count[:40]!r}", fix=f"choose one of {', '.join(WHAT)}")
    if wishes.boundary and wishes.plot is None:
        raise Unsupported("--boundary is drawn in a picture, and none is asked for", fix="add --plot FILE.svg")
    if wishes.plot is not None:
        if PurePath(wishes.plot).suffix.lower() not in ENDINGS:
            raise Unsupported(
                f"--plot writes {', '.join(ENDINGS)}, got {wishes.plot!r}", fix="name a file with one of these endings"
            )
        refuse_output(wishes.plot, (path,), "--plot")
        if PurePath(wishes.plot).suffix.lower() != ".tex":
            from verinet.report.figures import need_matplotlib

            need_matplotlib()
    if wishes.certificate is not None:
        refuse_output(wishes.certificate, (path, *([wishes.plot] if wishes.plot else [])), "--certificate")


def _refuse_at(where: Place, wishes: Wishes) -> None:
    """Refuse what cannot be drawn or certified at this place."""
    size = where.network.input_size
    if where.point is not None:
        for given, option in ((wishes.plot, "--plot"), (wishes.certificate, "--certificate")):
            if given is not None:
                raise Unsupported(
                    f"{option} is about a whole domain or slice, got --around", fix='use --slice "plane: p q r", say'
                )
    elif wishes.plot is not None and size > 2:
        raise Unsupported(
            f"--plot draws networks of one or two inputs, this one has {size}",
            fix='draw it on a plane: --slice "plane: (0,0,0) (1,0,0) (0,1,0)", say, with as many coordinates as inputs',
        )
    if wishes.boundary and where.network.output_size > 2:
        raise Unsupported(
            f"--boundary draws where one output is 0, or two are equal; this network has {where.network.output_size}",
            fix="leave it out",
        )


# --- counting --------------------------------------------------------------------------------------------------------


@contextmanager
def _watched(title: str) -> Iterator[Progress]:
    with shown(title) as progress, announced(progress):
        yield progress


def _counter(where: Place, wishes: Wishes, budget: Budget, progress: Progress) -> Callable[[], Counts]:
    """What counts at this place, its libraries imported: that is not part of the time."""
    if where.point is not None:
        from verinet.regions import walk

        return lambda: _explored(walk.explore, where, wishes, budget, progress)
    if where.network.input_size == 1:
        from verinet.regions import line

        return lambda: _on_the_line(line.line, where, wishes, budget)
    from verinet.regions.counting import count_regions

    def count() -> Counts:
        what: Literal["all", "cells"] = "cells" if wishes.count == "cells" else "all"
        found = count_regions(
            where.network, where.domain, what=what, jobs=wishes.jobs, budget=budget, progress=progress
        )
        return Counts(found.cells, found.linear_regions, found.affine_maps, found.f_vector, found.unfinished)

    return count


def _on_the_line(search: Callable[..., Line], where: Place, wishes: Wishes, budget: Budget) -> Counts:
    try:
        found = search(where.network, where.domain, budget=budget)
        cells = found.activation_regions
        f_vector = (cells - 1 + (found.low is not None) + (found.high is not None), cells)
        if wishes.count == "cells":
            return Counts(cells, None, None, f_vector)
        with under(budget):
            return Counts(cells, found.linear_regions, found.affine_maps, f_vector)
    except BudgetExhausted as error:
        return Counts(1, unfinished=error.problem)


def _explored(
    walk: Callable[..., Exploration], where: Place, wishes: Wishes, budget: Budget, progress: Progress
) -> Counts:
    from verinet.geometry.incidences import component_labels
    from verinet.regions.maps import distinct_maps

    found = walk(where.network, where.point, where.domain, radius=where.radius, budget=budget, progress=progress)
    if not found.complete:
        return Counts(found.cells, unfinished=found.reason)
    if wishes.count == "cells":
        return Counts(found.cells)
    maps = distinct_maps(found.split, found.patterns)
    left, right = found.adjacency[:, 0], found.adjacency[:, 1]
    same = maps.of_cell[left] == maps.of_cell[right]
    labels = component_labels(found.cells, left[same], right[same])
    return Counts(found.cells, int(labels.max()) + 1, maps.count)


def _reported(counts: Counts, where: Place, file: NetworkFile, seconds: float) -> Outcome:
    lines = (*counts_lines(counts), f"  domain: {where.words}", file.line, f"  time: {seconds:.2f} s")
    document: Json = {
        "network": file.document(),
        "domain": where.words,
        "slice": where.slice,
        "around": where.around,
        **counts_document(counts),
        "seconds": round(seconds, 6),
        "plot": None,
        "certificate": None,
    }
    return Outcome(UNKNOWN if counts.unfinished else DONE, lines, document, file.notes)


# --- pictures --------------------------------------------------------------------------------------------------------


def _plotted(outcome: Outcome, where: Place, wishes: Wishes, counts: Counts, budget: Budget) -> Outcome:
    """Draw; the counts are shown even if that fails."""
    output = wishes.plot or ""
    try:
        with _watched("drawing"):
            guarantee = _draw(_picture(where, wishes, counts, budget), output)
    except BudgetExhausted as error:
        return _unknown(outcome, f"no picture: {error.problem}")
    except VerinetError as error:
        return _lost(outcome, error)
    line = f"  picture: {output}     {guarantee}"
    return replace(outcome, lines=(*outcome.lines, line), document={**outcome.document, "plot": output})


def _picture(where: Place, wishes: Wishes, counts: Counts, budget: Budget) -> Picture:
    from verinet.report.pictures import graph_picture, plane_picture

    caption = _caption(where, counts)
    if where.network.input_size == 1:
        from verinet.regions.line import line

        return graph_picture(
            line(where.network, where.domain, budget=budget), caption, where.names[0], boundary=wishes.boundary
        )
    from verinet.regions.piecewise import piecewise

    found = piecewise(where.network, where.domain, budget=budget)
    return plane_picture(found, caption, (where.names[0], where.names[1]), boundary=wishes.boundary)


def _caption(where: Place, counts: Counts) -> str:
    numbers = [(counts.cells, "cell"), (counts.linear_regions, "linear region"), (counts.affine_maps, "affine map")]
    text = ", ".join(f"{number} {noun}{'' if number == 1 else 's'}" for number, noun in numbers if number is not None)
    return f"{text}. Domain: {where.words}"


def _draw(picture: Picture, output: str) -> str:
    """Write the file; return the guarantee of what is seen."""
    if PurePath(output).suffix.lower() == ".tex":
        from verinet.report.tikz import write_tikz

        return write_tikz(picture, output)
    from verinet.report.figures import write_figure

    return write_figure(picture, output)


# --- certificates ----------------------------------------------------------------------------------------------------


def _certified(outcome: Outcome, where: Place, wishes: Wishes, counts: Counts, budget: Budget) -> Outcome:
    """Prove the count and write the certificate: of the linear regions with one input, else of the cells."""
    from verinet.claims.builders import cells, linear_regions
    from verinet.provers.portfolio import prove

    output = wishes.certificate or ""
    try:
        if counts.linear_regions is not None and where.network.input_size == 1:
            claim = linear_regions(where.network, where.domain) == counts.linear_regions
        else:
            claim = cells(where.network, where.domain) == counts.cells
        try:
            with shown("searching a proof") as progress:
                verdict = prove(claim, budget=budget, progress=progress)
        except Unsupported as error:
            raise Unsupported(
                error.problem, fix="leave --certificate out, or prove the cells: --count cells"
            ) from error
        match verdict:
            case Proved(theorem=theorem, certificate=certificate):
                certificate.write(output)
            case Refuted():
                raise ArithmeticError(f"enumeration and proof disagree about {claim.text()}")
            case _:
                return _unknown(outcome, f"no certificate: {verdict.reason}")
    except VerinetError as error:
        return _lost(outcome, error)
    of = " (of the slice)" if where.slice is not None else ""
    lines = (str(verdict), f"  certificate: {output}{of}, {len(certificate.text)} bytes")
    document = {"certificate": output, "claim": claim.text(), "statement_sha256": theorem.hash}
    return replace(outcome, lines=(*outcome.lines, *lines), document={**outcome.document, **document})


def _unknown(outcome: Outcome, reason: str) -> Outcome:
    return replace(
        outcome,
        status=UNKNOWN,
        lines=(*outcome.lines, f"UNKNOWN   {reason}"),
        document={**outcome.document, "verdict": "unknown", "reason": reason},
    )


def _lost(outcome: Outcome, error: VerinetError) -> Outcome:
    """The counts, and why a file is missing."""
    lost = failed(error)
    complaints = (*outcome.complaints, *lost.complaints)
    return Outcome(BAD_INPUT, outcome.lines, {**outcome.document, **lost.document}, complaints)
