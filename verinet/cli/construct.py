"""``verinet construct NAME --target "x*y, x + y" --resolution 8``: the network that a theorem promises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from verinet.cli.construct_files import refuse_files, written
from verinet.cli.construct_screen import catalogue, reported
from verinet.cli.option_text import parse_options
from verinet.cli.outcome import UNKNOWN, Outcome
from verinet.cli.progress import shown
from verinet.errors import BudgetExhausted, NotANumber, Unsupported
from verinet.exact.rationals import Q
from verinet.work import Budget

if TYPE_CHECKING:
    from verinet.geometry.polyhedra import Polyhedron
    from verinet.networks.network import Network
    from verinet.theorems.constructed import Constructed
    from verinet.theory.catalogue import Entry


@dataclass(frozen=True, slots=True)
class Wishes:
    """The options of the command, as they were written."""

    target: str | None = None
    inputs: int | None = None
    alpha: str | None = None
    eps: str | None = None
    resolution: int | None = None
    norm: str | None = None
    activation: str | None = None
    step: str | None = None
    domain: str | None = None
    output: str | None = None
    rounded: bool = False
    certificate: str | None = None
    prove: bool = False
    latex: str | None = None
    figure: str | None = None
    budget: float | None = None
    data: str | None = None
    grid: int | None = None
    depth: int | None = None
    activations: str | None = None
    network: str | None = None
    options: tuple[str, ...] = ()


def construct(name: str | None, listed: bool, wishes: Wishes) -> Outcome:
    """Build, then prove, write and draw what was asked for.

    Raises
    ------
    VerinetError
        For names, targets and options that do not fit, and files that cannot be written; then nothing is.
    """
    if listed:
        return catalogue()
    from verinet.theory.catalogue import entry

    name = _variant(name, wishes)
    row = None if name is None else entry(name)
    if row is None or (wishes.target is None and row.asks in ("targets", "polynomials") and not row.target):
        raise Unsupported(
            f"construct needs {'a name' if row is None else '--target'}",
            fix='write verinet construct minimal-width/leaky --target "x*y" --resolution 4; --list shows all names',
        )
    _refuse_sources(row, wishes)
    if wishes.budget is not None and not 0 < wishes.budget < float("inf"):
        raise NotANumber(f"--budget needs a positive number of seconds, got {wishes.budget}", fix="write --budget 60")
    refuse_files(wishes)
    budget = Budget(wishes.budget)
    try:
        found = _built(row, wishes, budget)
    except BudgetExhausted as error:
        reason = f"no network: {error.problem}"
        return Outcome(UNKNOWN, (f"UNKNOWN   {reason}",), {"verdict": "unknown", "reason": reason})
    return written(reported(found), found, wishes)


# --- what is refused before any work ---------------------------------------------------------------------------------

#: asks -> (option of the file that it starts from, how to write it).
_SOURCES = {
    "data": ("--data", "verinet construct memorize --data points.csv; each line is x_1,...,x_d,label"),
    "network": ("--network", "verinet construct barron/repu-downward --network net.json --domain '[-1,1]'"),
}


def _refuse_sources(row: Entry, wishes: Wishes) -> None:
    """A --data or --network that is missing or too much is an error."""
    for asks, (option, line) in _SOURCES.items():
        if (getattr(wishes, asks) is not None) != (row.asks == asks):
            raise Unsupported(
                f"{row.name} {'needs' if row.asks == asks else 'takes no'} {option}",
                fix=f"write {line}" if row.asks == asks else "leave it out; verinet construct --list shows all names",
            )


def _variant(name: str | None, wishes: Wishes) -> str | None:
    """The row of the catalogue that ``layerwise --activations sine`` means."""
    if wishes.activations is None:
        return name
    subject = (name or "").partition("/")[0]
    known = subject == "layerwise" and wishes.activations in ("exact", "sine")
    if not known or name not in ("layerwise", f"layerwise/{wishes.activations}"):
        raise Unsupported(
            f"--activations says exact or sine, of layerwise, got {wishes.activations[:40]!r} of {str(name)[:40]!r}",
            fix="write verinet construct layerwise --activations sine; for others --activation names one",
        )
    return f"layerwise/{wishes.activations}"


# --- the construction ------------------------------------------------------------------------------------------------


def _built(row: Entry, wishes: Wishes, budget: Budget) -> Constructed:
    from verinet.theorems.constructed import proved

    with shown("constructing"):
        found = _from_data(row, wishes, budget) if row.asks == "data" else _from_words(row, wishes, budget)
    if not wishes.prove and wishes.certificate is None:
        return found
    with shown("searching a proof") as progress:
        return proved(found, budget, progress)


def _from_data(row: Entry, wishes: Wishes, budget: Budget) -> Constructed:
    from verinet.theorems.from_data import construct_from_file

    ours = ("target", "inputs", "eps", "resolution", "norm", "domain", "alpha", "step", "activation", "grid", "depth")
    given = tuple(option for option in ours if getattr(wishes, option) is not None)
    given += tuple(parse_options(wishes.options))
    return construct_from_file(wishes.data or "", row.name, budget=budget, ignored=given)


def _from_words(row: Entry, wishes: Wishes, budget: Budget) -> Constructed:
    """What is built from targets, from a network, or from options alone."""
    from verinet.theorems.constructions import construct as build

    source = _network(wishes.network) if wishes.network is not None else None
    return build(
        row.name,
        source if source is not None else wishes.target,
        inputs=wishes.inputs,
        eps=_number(wishes.eps, "--eps"),
        resolution=_cells(row.name, wishes),
        norm=wishes.norm,
        domain=_box(row, wishes, source),
        budget=budget,
        **_options(wishes),
    )


def _options(wishes: Wishes) -> dict[str, Any]:
    """What the construction alone may know: options with a name of their own, and those of --option."""
    named: Mapping[str, object] = {
        "alpha": _number(wishes.alpha, "--alpha"),
        "step": _number(wishes.step, "--step"),
        "activation": wishes.activation,
        "grid": wishes.grid,
        "depth": wishes.depth,
    }
    free = parse_options(wishes.options)
    for key in free:
        if key in Wishes.__slots__:
            raise Unsupported(f"{key} is an option of its own", fix=f"write --{key} instead of --option {key}=")
    return {**named, **free}


def _network(path: str) -> Network:
    from verinet.cli.networks import read
    from verinet.networks.formats import ReadOptions

    return read(path, ReadOptions()).network


def _cells(name: str, wishes: Wishes) -> int | None:
    """The resolution; a layer-wise network has a grid, 2 unless told, where neither it nor an error is given."""
    if wishes.resolution is not None or wishes.eps is not None or not name.startswith("layerwise"):
        return wishes.resolution
    return 2 if wishes.grid is None else wishes.grid


def _number(text: str | None, option: str) -> Fraction | None:
    if text is None:
        return None
    try:
        return Q(text)
    except NotANumber as error:
        raise NotANumber(f"{option} needs an exact number: {error.problem}", fix=f"write {option} 1/4") from error


def _box(row: Entry, wishes: Wishes, source: Network | None) -> Polyhedron | None:
    if wishes.domain is None:
        return None
    from verinet.claims.target_text import parse_targets
    from verinet.cli.convert import box_sides, parse_domain
    from verinet.geometry.polyhedra import box

    sides = parse_domain(wishes.domain)
    counted = sum(count for _, _, count in sides)
    if source is not None:
        return box(*box_sides(sides, source.input_size))
    if row.asks == "options":
        return box(*box_sides(sides, wishes.inputs or counted))
    return box(*box_sides(sides, wishes.inputs or max(counted, parse_targets(wishes.target or "0").inputs)))
