"""``construct(name, targets, ...)``: a network that a theorem promises, and a certificate if one is asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from time import perf_counter
from typing import Any

from verinet.claims.pieces import PiecewisePolynomial
from verinet.claims.smooth_targets import SmoothTarget
from verinet.claims.target_text import parse_targets, place_of
from verinet.claims.targets import Polynomial
from verinet.claims.verdicts import Certificate, Proved, Verdict
from verinet.errors import NotANumber, ShapeMismatch, Unsupported
from verinet.exact.rationals import Q, format_rational
from verinet.geometry.polyhedra import Polyhedron, box
from verinet.networks.network import Activate, Affine, Network
from verinet.theory.catalogue import CATALOGUE, Entry, entry
from verinet.theory.construction import Construction, Part
from verinet.theory.minimal_width.functions import read_targets
from verinet.work import SILENT, Budget, Progress, under

#: How near the value of a smooth target is taken.
_NEAR = Fraction(1, 1 << 30)
_NORM = re.compile(r"(?:L\^?([1-9][0-9]{0,3})|(sup|max|inf|Linf|L\^inf))\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Constructed:
    """A construction with its row of the catalogue, and what became of its claim.

    Parameters
    ----------
    entry : Entry
    construction : Construction
    targets : tuple
        The functions, one an output.
    text : str
        The targets in one line.
    options : mapping
        What was asked for: the keywords of `construct` that a smaller or larger instance shares.
    notes : tuple of str
        Options that did not apply and were ignored.
    seconds : float
        Of the construction, and of the proof if there was one.
    verdict : Proved, Refuted, Unknown or None
        None if no proof was asked for.

    Guarantee: exact (the bound is proved where `verdict` is `Proved`; else it is the construction's word).
    """

    entry: Entry
    construction: Construction
    targets: tuple[Any, ...]
    text: str
    options: Mapping[str, Any]
    notes: tuple[str, ...]
    seconds: float
    verdict: Verdict | None = None

    @property
    def name(self) -> str:
        """As in the catalogue."""
        return self.entry.name

    @property
    def network(self) -> Network:
        """The network."""
        return self.construction.network

    @property
    def claim(self) -> Any:
        """What is claimed of it."""
        return self.construction.claim

    @property
    def error_bound(self) -> Fraction:
        """An upper bound of the norm of the error (not of its p-th power)."""
        return self.construction.error_bound

    @property
    def norm(self) -> str:
        """``"sup"``, ``"L2"``, ..."""
        return self.construction.norm

    @property
    def facts(self) -> Mapping[str, object]:
        """What the construction chose."""
        return self.construction.facts

    @property
    def parts(self) -> tuple[Part, ...]:
        """Encoder, memorizer, decoder, or what the construction is made of."""
        return self.construction.parts

    def part(self, name: str) -> Part:
        """Return the part of this name; Unsupported if there is none."""
        return self.construction.part(name)

    @property
    def certificate(self) -> Certificate | None:
        """The certificate, if the claim was proved."""
        return self.verdict.certificate if isinstance(self.verdict, Proved) else None

    @property
    def assumptions(self) -> tuple[dict[str, str], ...]:
        """What the theorem relies on besides the kernel; of an unproved claim, what its theorem would rely on."""
        if isinstance(self.verdict, Proved):
            return tuple(self.verdict.theorem.assumptions)
        return tuple(getattr(self.claim, "assumptions", ()))

    @property
    def activations(self) -> tuple[str, ...]:
        """The different activations of the neurons, in the order of their first use."""
        operations = (vertex.operation for vertex in self.network.vertices)
        rows = [operation.activations for operation in operations if isinstance(operation, Activate)]
        return tuple(dict.fromkeys(str(activation) for row in rows for activation in row))

    @property
    def max_bits(self) -> int:
        """The bits of the longest numerator or denominator of a weight or bias."""
        return max(map(_bits, _weights(self.network)), default=0)

    def values_at(self, x: Sequence[Fraction]) -> tuple[Fraction, ...]:
        """Return what the targets are at x: exactly, or for smooth ones within 2^-30.

        Guarantee: certified.
        """
        read = read_targets(self.targets, self.network.input_size)
        return tuple(function.value(x, _NEAR) for function in read.functions)

    def __str__(self) -> str:
        shape = f"width {self.network.width}, depth {self.network.depth}"
        return f"{self.name} ({self.entry.theorem}): {shape}, {self.norm} error <= {format_rational(self.error_bound)}"


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
    targets : str, polynomial, sympy expression, or a sequence of them
        One an output.  A text is parsed: ``"x*y, x + y"``, ``"sin(pi*x)"``, ``"abs(x - 1/2)"``.  An autoencoder needs
        none: its target is the identity.
    inputs : int, optional
        Number of inputs; without it the largest variable that the targets use.
    eps, resolution
        Exactly one: the error that is wanted, or how many cells every axis is cut into.
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
    row = entry(name)
    if row.asks == "data":
        raise Unsupported(
            f"{row.name} is built from points and labels, not from targets",
            fix="write verinet.memorize(points, labels); in the shell --data points.csv",
        )
    started = perf_counter()
    given, notes = _taken(row, options, norm)
    if row.asks == "targets":
        given |= _wanted(eps, resolution)
    elif eps is not None or resolution is not None:
        notes.append(f"{row.name} is exact: neither error nor resolution applies")
    if row.target:
        targets = _identity(row, targets, inputs, notes)
    elif targets is None:
        raise Unsupported(f"{row.name} needs a target", fix='write construct(name, "x*y", resolution=4)')
    functions, size = _functions(targets, inputs, domain)
    if domain is not None and row.target:
        notes.append(f"{row.name} is built on the unit cube: the domain was ignored")
        domain = None
    if domain is not None:
        given["domain"] = domain
    limits = budget if isinstance(budget, Budget) else Budget(seconds=budget)
    with under(limits):
        construction = _called(row, functions, size, given)
    if any(network != construction.network for network in getattr(construction.claim, "networks", ())[:1]):
        notes.append(f"the claim of {row.name}, and its certificate, are about another network: see its facts")
    verdict = _decided(construction, limits, progress) if prove else None
    asked = {**options, "inputs": size, "eps": eps, "resolution": resolution, "norm": norm, "domain": domain}
    text = targets if isinstance(targets, str) else ", ".join(map(str, functions))
    seconds = perf_counter() - started
    return Constructed(row, construction, functions, text, asked, tuple(notes), seconds, verdict)


def _called(row: Entry, functions: tuple[Any, ...], size: int, given: Mapping[str, Any]) -> Construction:
    """The construction, also where a function has one map only and packs its construction up."""
    function = row.function()
    made = function(size, **given) if row.target else function(functions, inputs=size, **given)
    construction: Construction = made if isinstance(made, Construction) else made.construction
    return construction


def _identity(row: Entry, targets: Any, inputs: int | None, notes: list[str]) -> str:
    """The identity as the target; another one is ignored with a note."""
    size = inputs if inputs is not None else 2 if targets is None else max(map(_size, _listed(targets)))
    identity = ", ".join(f"x{j + 1}" for j in range(size))
    same = [identity.replace(" ", ""), ",".join(f"x_{j}" for j in range(size)), ",".join("xyz"[:size])]
    if targets is not None and str(targets).replace(" ", "") not in same:
        notes.append(f"the target of {row.name} is {row.target}: the one that was given was ignored")
    return identity


def proved(found: Constructed, budget: Budget | float | None = None, progress: Progress = SILENT) -> Constructed:
    """Return the same with a verdict about its claim.

    Guarantee: exact.
    """
    started = perf_counter()
    limits = budget if isinstance(budget, Budget) else Budget(seconds=budget)
    verdict = _decided(found.construction, limits, progress)
    seconds = found.seconds + perf_counter() - started
    return replace(found, seconds=seconds, verdict=verdict)


def _decided(construction: Construction, budget: Budget, progress: Progress) -> Verdict:
    """The verdict of the prover that follows plans."""
    from verinet.provers.conjunctions import lemma, retold
    from verinet.provers.portfolio import prove

    verdict = prove(construction.claim, budget, progress, plan=construction.plan)
    if not construction.lemma or not isinstance(verdict, Proved):
        return verdict
    bound = format_rational(construction.error_bound)
    said = f"{construction.norm} error of the network with sha256 {construction.network.hash} is at most {bound}"
    return retold(f"{said} [by lemma from: {construction.claim.text()}]", verdict, [lemma(construction.lemma, said)])


# --- options ---------------------------------------------------------------------------------------------------------


def _taken(row: Entry, options: Mapping[str, object], norm: str | None) -> tuple[dict[str, Any], list[str]]:
    """The options that the construction takes, and notes about the others."""
    known = {option for other in CATALOGUE for option in other.options} - {"p", "kind"}
    notes, taken = [], {}
    for option, value in options.items():
        if option not in known:
            raise Unsupported(
                f"no construction has an option {option[:40]!r}", fix=f"the options are {', '.join(sorted(known))}"
            )
        if value is None:
            continue
        if option in row.options:
            taken[option] = value
        else:
            notes.append(f"{row.name} takes no {option}: it was ignored")
    power, wants_sup = _norm(norm)
    if "kind" in row.options:
        taken["kind"] = "uniform" if wants_sup else "Lp"
        power, wants_sup = power or (None if wants_sup else 2), False
    if power is not None and "p" in row.options:
        taken["p"] = power
    elif power is not None or (wants_sup and row.norm != "sup"):
        notes.append(f"{row.name} bounds the error in {row.norm}: the norm {norm} was ignored")
    return taken, notes


def _norm(norm: str | None) -> tuple[int | None, bool]:
    """The exponent of a norm, and whether it is the sup norm."""
    if norm is None:
        return None, False
    match = _NORM.match(norm) if isinstance(norm, str) else None
    if match is None:
        raise Unsupported(f"there is no norm {str(norm)[:40]!r}", fix="write sup, or L2, L4, ...")
    return (int(match[1]), False) if match[1] else (None, True)


def _wanted(eps: object | None, resolution: int | None) -> dict[str, Any]:
    if (eps is None) == (resolution is None):
        raise Unsupported(
            f"a construction needs either an error or a resolution, got {'neither' if eps is None else 'both'}",
            fix="write eps=Q('1/10'), or resolution=8; in the shell --eps 1/10 or --resolution 8",
        )
    if resolution is not None:
        if isinstance(resolution, bool) or not isinstance(resolution, int) or resolution < 1:
            raise NotANumber(
                f"a resolution counts cells, got {str(resolution)[:40]}",
                fix="write resolution=8; in the shell --resolution 8",
            )
        return {"resolution": resolution}
    error = Q(eps)
    if error <= 0:
        raise NotANumber(
            f"an error is positive, got {format_rational(error)}", fix="write eps=Q('1/10'); in the shell --eps 1/10"
        )
    return {"eps": error}


# --- targets ---------------------------------------------------------------------------------------------------------


def _functions(targets: Any, inputs: int | None, domain: Polyhedron | None) -> tuple[tuple[Any, ...], int]:
    """One function an output, and the number of their variables."""
    if domain is not None and not isinstance(domain, Polyhedron):
        raise NotANumber(
            f"a domain is a Polyhedron, got {domain!r:.60}", fix="write domain=verinet.box((0, 1), (0, 1))"
        )
    listed = _listed(targets)
    size = inputs if inputs is not None else domain.dimension if domain is not None else max(map(_size, listed))
    if isinstance(size, bool) or not isinstance(size, int) or size < 1:
        raise ShapeMismatch(
            f"a network has at least one input, got {size!r:.40}", fix="write inputs=2; in the shell --inputs 2"
        )
    place = domain if domain is not None else box(*[(0, 1)] * size)
    functions: list[Any] = []
    for target in listed:
        if isinstance(target, str):
            functions.extend(parse_targets(target, size, place).functions)
        else:
            functions.append(_canonical(target, size))
    return tuple(functions), size


def _listed(targets: Any) -> list[Any]:
    """The targets one by one: a sequence of them, if it is not one target in pieces."""
    if isinstance(targets, str) or not isinstance(targets, Sequence):
        return [targets]
    if not targets:
        raise ShapeMismatch("a network has at least one output, got no target", fix='write "x*y", or a list')
    in_pieces = all(isinstance(part, tuple | list) and part and isinstance(part[0], Polyhedron) for part in targets)
    return [targets] if in_pieces else list(targets)


def _size(target: Any) -> int:
    """How many variables a target has."""
    if isinstance(target, str):
        return parse_targets(target).inputs
    if isinstance(target, Polynomial | PiecewisePolynomial | SmoothTarget):
        return target.dimension
    if isinstance(target, Mapping):
        return max((len(key) if isinstance(key, tuple) else 1 for key in target), default=1)
    if isinstance(target, Sequence) and target:
        return int(target[0][0].dimension)
    names = [str(symbol) for symbol in getattr(target, "free_symbols", ())]
    places = [place_of(name) for name in names]
    if all(place is not None for place in places):
        return max((place + 1 for place in places if place is not None), default=1)
    return max(len(names), 1)


def _canonical(target: Any, size: int) -> Any:
    """The same with its symbols called x_0, x_1, ..., where they are x, y, z or x1, x2, ..."""
    symbols = getattr(target, "free_symbols", None)
    if not symbols or size == 1:
        return target
    places = {symbol: place_of(str(symbol)) for symbol in symbols}
    if any(place is None for place in places.values()) or len(set(places.values())) < len(places):
        return target
    import sympy

    return target.xreplace({symbol: sympy.Symbol(f"x_{place}") for symbol, place in places.items()})


# --- weights ---------------------------------------------------------------------------------------------------------


def _weights(network: Network) -> list[Fraction]:
    found: list[Fraction] = []
    for vertex in network.vertices:
        match vertex.operation:
            case Affine(weight=weight, bias=bias):
                found += [entry for matrix in (weight, bias) for line in matrix.to_rows() for entry in line]
            case Activate(activations=activations):
                found += [parameter for activation in activations for parameter in activation.parameters]
    return found


def _bits(number: Fraction) -> int:
    return max(number.numerator.bit_length(), number.denominator.bit_length())
