"""``construct(name, targets, ...)``: a network that a theorem promises, and a certificate if one is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from inspect import Parameter, signature
from time import perf_counter
from typing import Any

from verinet.errors import Unsupported
from verinet.exact.rationals import format_rational
from verinet.geometry.polyhedra import Polyhedron
from verinet.networks.network import Network
from verinet.theorems.constructed import Constructed, decided, proved
from verinet.theorems.construction_options import taken, wanted
from verinet.theorems.construction_targets import functions_of, identity
from verinet.theory.catalogue import Entry, entry
from verinet.theory.construction import Construction
from verinet.work import SILENT, Budget, Progress, under

__all__ = ["Constructed", "construct", "proved"]


def construct(
    name: str,
    targets: Any = None,
    *,
    inputs: int | None = None,
    eps: object | None = None,
    resolution: int | None = None,
    norm: str | None = None,
    domain: Polyhedron | None = None,
    prove: bool = False,
    budget: Budget | float | None = None,
    progress: Progress = SILENT,
    **options: object,
) -> Constructed:
    """Build the network that a theorem promises for these targets; with `prove`, certify its error.

    Parameters
    ----------
    name : str
        A row of the catalogue, such as ``"minimal-width/leaky"``; ``verinet construct --list`` shows all.
    targets : str, polynomial, sympy expression, a sequence of them, or a Network
        One an output.  A text is parsed: ``"x*y, x + y"``, ``"sin(pi*x)"``, ``"abs(x - 1/2)"``.  An autoencoder needs
        none: its target is the identity.  A construction that starts from a network takes it here; one that starts
        from options alone takes None.
    inputs : int, optional
        Number of inputs; without it the largest variable that the targets use.
    eps, resolution
        Of constructions with targets, exactly one: the error that is wanted, or how many cells every axis is cut into.
    norm : str, optional
        ``"sup"``, or ``"L2"``, ``"L4"``, ...; without it that of the theorem.
    domain : Polyhedron, optional
        A box; without it the unit cube.
    prove : bool
        Search a certificate, too, and let the kernel check it.
    budget : Budget or float, optional
        Seconds for construction and proof together.
    progress : Progress
    **options
        ``alpha``, ``step``, ``activation``, ...: what a construction does not take is ignored with a note.

    Raises
    ------
    Unsupported
        For a name or option that no construction has, without `eps` and `resolution` or with both, and as the
        construction says.
    BadFormat, ShapeMismatch, NotANumber
        For targets outside of the grammar, and for numbers and sizes that do not fit.
    BudgetExhausted
        If the budget ends before the network is built.

    Examples
    --------
    >>> found = construct("minimal-width/leaky", "x^2", resolution=2)
    >>> found.network.width, found.norm
    (2, 'L2')
    >>> construct("minimal-width/leaky", "x^2", resolution=2, step=3).notes
    ('minimal-width/leaky takes no step: it was ignored',)

    Guarantee: exact (with `prove`, the bound is checked by the kernel).
    """
    row, started = entry(name), perf_counter()
    asked = {**options, "inputs": inputs, "eps": eps, "resolution": resolution, "norm": norm, "domain": domain}
    limits = budget if isinstance(budget, Budget) else Budget(seconds=budget)
    order = _ORDERS[row.asks](row, targets, asked)
    with under(limits):
        made = order.call()
    notes = list(order.notes)
    if any(network != made.network for network in getattr(made.claim, "networks", ())[:1]):
        notes.append(f"the claim of {row.name}, and its certificate, are about another network: see its facts")
    verdict = decided(made, limits, progress) if prove else None
    seconds = perf_counter() - started
    return Constructed(row, made, order.targets, order.text, order.asked, tuple(notes), seconds, verdict)


# --- one kind of construction each -----------------------------------------------------------------------------------

_SHARED = ("inputs", "eps", "resolution", "norm", "domain")


@dataclass(frozen=True, slots=True)
class _Order:
    """What the function of a row is called with."""

    row: Entry
    first: tuple[Any, ...]
    given: Mapping[str, Any]
    notes: tuple[str, ...]
    asked: Mapping[str, Any]
    text: str
    targets: tuple[Any, ...] = ()

    def call(self) -> Construction:
        """The construction, also where a function packs it up."""
        function = self.row.function()
        needed = [
            name
            for name, parameter in signature(function).parameters.items()
            if parameter.kind is Parameter.KEYWORD_ONLY and parameter.default is Parameter.empty
        ]
        missing = [name for name in needed if name not in self.given]
        if missing:
            raise Unsupported(
                f"{self.row.name} needs {', '.join(missing)}",
                fix=f"write construct(..., {missing[0]}=...); in the shell --option {missing[0]}=...",
            )
        made = function(*self.first, **self.given)
        construction: Construction = made if isinstance(made, Construction) else made.construction
        return construction


def _from_targets(row: Entry, targets: Any, asked: Mapping[str, Any]) -> _Order:
    given, notes = taken(row, {key: value for key, value in asked.items() if key not in _SHARED}, asked["norm"])
    domain: Polyhedron | None = asked["domain"]
    inputs: int | None = asked["inputs"]
    if row.asks == "targets":
        given |= wanted(asked["eps"], asked["resolution"])
    elif asked["eps"] is not None or asked["resolution"] is not None:
        notes.append(f"{row.name} is exact: neither error nor resolution applies")
    if row.target:
        targets = identity(row, targets, inputs, notes)
    elif targets is None:
        raise Unsupported(f"{row.name} needs a target", fix='write construct(name, "x*y", resolution=4)')
    functions, size = functions_of(targets, inputs, domain)
    if domain is not None and row.target:
        notes.append(f"{row.name} is built on the unit cube: the domain was ignored")
        domain = None
    if domain is not None:
        given["domain"] = domain
    asked = {**asked, "inputs": size, "domain": domain}
    text = targets if isinstance(targets, str) else ", ".join(map(str, functions))
    if row.target:
        return _Order(row, (size,), given, tuple(notes), asked, text, functions)
    return _Order(row, (functions,), {**given, "inputs": size}, tuple(notes), asked, text, functions)


def _from_data(row: Entry, targets: Any, asked: Mapping[str, Any]) -> _Order:
    raise Unsupported(
        f"{row.name} is built from points and labels, not from targets",
        fix="write verinet.memorize(points, labels); in the shell --data points.csv",
    )


def _from_network(row: Entry, targets: Any, asked: Mapping[str, Any]) -> _Order:
    if not isinstance(targets, Network):
        raise Unsupported(
            f"{row.name} starts from a network, got {'none' if targets is None else type(targets).__name__}",
            fix="write construct(name, network, ...); in the shell --network NET",
        )
    given, notes = taken(row, {key: value for key, value in asked.items() if key != "norm"}, asked["norm"])
    return _Order(row, (targets,), given, tuple(notes), asked, f"the network with sha256 {targets.hash[:16]}")


def _from_options(row: Entry, targets: Any, asked: Mapping[str, Any]) -> _Order:
    given, notes = taken(row, {key: value for key, value in asked.items() if key != "norm"}, asked["norm"])
    if targets is not None:
        notes.append(f"{row.name} takes no target: it was ignored")
    said = ", ".join(f"{key} = {_said(value)}" for key, value in given.items())
    return _Order(row, (), given, tuple(notes), asked, said or "its defaults")


def _said(value: object) -> str:
    return format_rational(value) if isinstance(value, Fraction) else str(value)


_ORDERS = {
    "targets": _from_targets,
    "polynomials": _from_targets,
    "data": _from_data,
    "network": _from_network,
    "options": _from_options,
}
