"""Sup errors of networks whose first layer are FLOORs, whatever activations follow, smooth ones too.

On a bounded domain the first layer takes finitely many values, the codes, and the outputs are a function of the code.
Balls enclose that function; the kernel compares the target with a network that has the same first layer and then a
table of rationals; that the two networks differ by at most delta on every code is an assumption of the theorem.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import floor, prod

from verinet.claims import statements, wording
from verinet.claims.language import SupErrorAtMost
from verinet.claims.output_errors import (
    OneTarget,
    SupErrorsOfOutputs,
    check_targets,
    sup_errors_of_outputs,
    target_text,
)
from verinet.claims.spoken import Spoken
from verinet.claims.sup_errors import SupErrorInPieces, SupErrorSmooth
from verinet.claims.targets import Polynomial
from verinet.errors import BudgetExhausted, NotBounded, Unsupported
from verinet.exact.enclosures import Enclosure
from verinet.exact.linalg import Matrix
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import Q, format_rational
from verinet.geometry.polyhedra import Polyhedron, exact_point
from verinet.networks.activations import activation
from verinet.networks.balls import BallArithmetic
from verinet.networks.evaluate import evaluate
from verinet.networks.network import Activate, Affine, Input, Interval, Network, Vertex
from verinet.networks.ranges import vertex_ranges
from verinet.work import keep_going

#: Codes of a first layer: each is evaluated with balls, and is a row of the kernel's table.
MOST_CODES = 1 << 16
#: Of the error, what a table may differ from the middles of the balls, to have short numbers.
SHARE = 1024
#: Bits of the balls.
BITS = 192

Inner = SupErrorAtMost | SupErrorInPieces | SupErrorSmooth | SupErrorsOfOutputs
Code = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CodeTable:
    """The values of a first layer of FLOORs on a domain, and enclosures of the outputs at each.

    Guarantee: certified.
    """

    lows: Code
    sizes: Code
    enclosures: tuple[tuple[Enclosure, ...], ...]

    @property
    def codes(self) -> tuple[Code, ...]:
        """All codes, the first channel running fastest."""
        ranges = [range(low, low + size) for low, size in zip(self.lows, self.sizes, strict=True)]
        return tuple(tuple(reversed(code)) for code in product(*reversed(ranges)))


@dataclass(frozen=True, slots=True)
class SupErrorCoded(Spoken):
    """``|f_k(x) - g_k(x)| <= error`` for every output k and x of the domain; the first layer of f are FLOORs.

    Guarantee: certified (what is said; whether it is true, `verinet.prove` finds out).
    """

    networks: tuple[Network, ...]
    targets: tuple[OneTarget, ...]
    domain: Polyhedron
    error: Fraction

    __repr__ = spelled_fields

    def __post_init__(self) -> None:
        check_targets("sup_error_coded", self.networks, self.targets, self.domain)
        if self.error <= 0:
            raise Unsupported(
                f"a bound of values that are enclosed is positive, got {format_rational(self.error)}",
                fix="claim a positive error",
            )
        _first_layer(self.networks[0])

    def enclosure_at(self, x: Sequence[Fraction]) -> tuple[Enclosure, ...]:
        """Return enclosures of the outputs at a point, whose code is found exactly.  Guarantee: certified."""
        point = exact_point(x, self.domain.dimension, "evaluating a claim")
        f = self.networks[0]
        place = _first_layer(f)
        code = Network(f.vertices[: place + 1], (("code", place),))(*point)
        return tuple(evaluate(_after(f, place), list(code), BallArithmetic(BITS)))

    def holds_at(self, x: Sequence[Fraction]) -> bool:
        """Tell whether balls show that every error at x is at most the bound.  Guarantee: certified."""
        return all(max(high - f.low, f.high - low) <= self.error for f, (low, high) in self._pairs(x))

    def refuted_by(self, x: Sequence[Fraction]) -> bool:
        """Tell whether balls show that x lies in the domain and an error there is above the bound.

        Guarantee: certified.
        """
        if not self.domain.contains(exact_point(x, self.domain.dimension, "evaluating a claim")):
            return False
        return any(low - f.high > self.error or f.low - high > self.error for f, (low, high) in self._pairs(x))

    def table(self) -> CodeTable:
        """Return the codes of the first layer on the domain's box, and the outputs at each.

        Guarantee: certified.

        Raises
        ------
        NotBounded
            If the box of the domain is not bounded.
        BudgetExhausted
            If there are more than `MOST_CODES` codes.
        """
        return code_table(self.networks[0], self.domain)

    def stand_in(self, table: CodeTable) -> tuple[Network, Fraction]:
        """Return the network with the same first layer and a table behind it, and how far its outputs may be off.

        Guarantee: certified.
        """
        slack = self.error / SHARE
        rows = [[simplest(e.low - slack, e.high + slack) for e in entry] for entry in table.enclosures]
        off = max(
            max(e.high - value, value - e.low)
            for entry, row in zip(table.enclosures, rows, strict=True)
            for e, value in zip(entry, row, strict=True)
        )
        return _table_network(self.networks[0], table, rows), off

    def inner(self, stand_in: Network, off: Fraction) -> Inner:
        """Return the claim about the stand-in that implies this one.

        Raises
        ------
        Unsupported
            If the values are enclosed too widely for the bound.

        Guarantee: exact.
        """
        left = self.error - off
        if left <= 0:
            raise Unsupported(
                f"the outputs are known up to {format_rational(off)}, and the bound is {format_rational(self.error)}",
                fix="claim a larger bound",
            )
        return _plain(stand_in, self.targets, self.domain, left)

    def assumption(self, table: CodeTable, off: Fraction) -> dict[str, str]:
        """Return the assumption of a theorem that relies on the table."""
        from flint import __FLINT_VERSION__, __version__

        f = self.networks[0]
        shown = "\n".join(
            f"{code}: {' '.join(f'[{format_rational(e.low)}, {format_rational(e.high)}]' for e in entry)}"
            for code, entry in zip(table.codes, table.enclosures, strict=True)
        )
        text = (
            f"f, whose canonical JSON has the SHA-256 {f.hash}, and the network of the statement have the same first "
            f"layer, of floors; it takes at most {len(table.enclosures)} values on {wording.domain_text(self.domain)}, "
            f"and at each of them the outputs of the two differ by at most {format_rational(off)}; so the statement "
            f"says: {self.text()}"
        )
        return {
            "kind": "enclosure",
            "text": text,
            "sha256": hashlib.sha256(f"{text}\n{shown}".encode()).hexdigest(),
            "origin": f"FLINT {__FLINT_VERSION__} by python-flint {__version__}",
        }

    @property
    def assumptions(self) -> tuple[dict[str, str], ...]:
        """What a theorem relies on: the table, and the distances of polynomials to smooth targets."""
        table = self.table()
        stand_in, off = self.stand_in(table)
        inner = self.inner(stand_in, off)
        more = () if isinstance(inner, SupErrorAtMost | SupErrorInPieces) else inner.assumptions
        return (self.assumption(table, off), *more)

    def statement(self) -> statements.Json:
        """Return the kernel's statement, as JSON values: that about the stand-in; raises as `table` and `inner`."""
        return self.inner(*self.stand_in(self.table())).statement()

    def text(self) -> str:
        """Return one line of ASCII."""
        bound, many = wording.number_text(self.error), len(self.targets) > 1
        gaps = [
            f"|f{f'_{k}' if many else ''}(x) - {target_text(target)}| <= {bound}"
            for k, target in enumerate(self.targets)
        ]
        return " and ".join(gaps) + f" on {self._domain_text()}"

    def _pairs(self, x: Sequence[Fraction]) -> list[tuple[Enclosure, Interval]]:
        point = exact_point(x, self.domain.dimension, "evaluating a claim")
        found = zip(self.enclosure_at(point), self.targets, strict=True)
        return [(f, pair) for f, target in found for pair in _values(target, point, self.error / 2**20)]


def sup_error_coded(network: Network, targets: Sequence[OneTarget], domain: Polyhedron, error: object) -> SupErrorCoded:
    """Claim that every output stays within `error` of its target; the network's first layer are FLOORs.

    Guarantee: exact (the claim says exactly this).

    Raises
    ------
    ShapeMismatch
        If the targets are not one an output.
    Unsupported
        If the first layer has another activation, or later layers look past it at the inputs.

    Examples
    --------
    >>> from verinet.claims.targets import as_polynomial
    >>> from verinet.geometry.polyhedra import interval
    >>> from verinet.networks.build import apply_activation, network, variable
    >>> x = variable("x")
    >>> half = apply_activation(2 * x, activation("floor"))
    >>> f = network(x, apply_activation(half, activation("tanh")))
    >>> claim = sup_error_coded(f, [as_polynomial({(1,): 1}, 1)], interval(0, 1), "1/2")
    >>> print(claim.text(), claim.table().codes, claim.holds_at((Q("1/3"),)))
    |f(x) - x| <= 1/2 on [0,1] ((0,), (1,), (2,)) True
    """
    return SupErrorCoded((network,), tuple(targets), domain, Q(error))


def code_table(network: Network, domain: Polyhedron) -> CodeTable:
    """The codes of a first layer of FLOORs on the box of a domain, and enclosures of the outputs at each.

    Guarantee: certified; raises as `SupErrorCoded.table`.

    Examples
    --------
    >>> from verinet.geometry.polyhedra import interval
    >>> from verinet.networks.build import apply_activation, network, variable
    >>> x = variable("x")
    >>> f = network(x, 3 * apply_activation(2 * x, activation("floor")))
    >>> [e[0].low for e in code_table(f, interval(0, "3/4")).enclosures]
    [Fraction(0, 1), Fraction(3, 1)]
    """
    if not domain.has_bounded_box:
        raise NotBounded("codes are counted on a bounded box", fix="give every input two ends")
    box = [
        (low, high) for low, high in zip(domain.low, domain.high, strict=True) if low is not None and high is not None
    ]
    place = _first_layer(network)
    ranges = vertex_ranges(Network(network.vertices[: place + 1], (("z", place),)), box)
    sides = ranges[network.vertices[place].sources[0]]
    lows = tuple(floor(low) for low, _ in sides)
    sizes = tuple(floor(high) - floor(low) + 1 for low, high in sides)
    if prod(sizes) > MOST_CODES:
        raise BudgetExhausted(
            f"the first layer takes {prod(sizes)} values, the limit is {MOST_CODES}", fix="take a smaller domain"
        )
    rest = _after(network, place)
    empty = CodeTable(lows, sizes, ())
    enclosures = []
    for code in empty.codes:
        keep_going()
        enclosures.append(tuple(evaluate(rest, list(code), BallArithmetic(BITS))))
    return CodeTable(lows, sizes, tuple(enclosures))


def simplest(low: Fraction, high: Fraction) -> Fraction:
    """The rational of least denominator in a closed interval, and among those the one nearest to 0.

    Guarantee: exact.

    Examples
    --------
    >>> simplest(Fraction(3, 10), Fraction(2, 5)), simplest(Fraction(-5, 2), Fraction(-7, 3))
    (Fraction(1, 3), Fraction(-5, 2))
    """
    if low <= 0 <= high:
        return Fraction(0)
    if high < 0:
        return -simplest(-high, -low)
    wholes: list[int] = []
    while True:
        whole = floor(low)
        if whole == low or whole + 1 <= high:
            found = Fraction(whole if whole == low else whole + 1)
            break
        wholes.append(whole)
        low, high = 1 / (high - whole), 1 / (low - whole)
    for whole in reversed(wholes):
        found = whole + 1 / found
    return found


def _first_layer(network: Network) -> int:
    """The vertex of the FLOORs, behind one input and affine maps; nothing later looks past it."""
    vertices = network.vertices
    place = next((k for k, vertex in enumerate(vertices) if isinstance(vertex.operation, Activate)), None)
    inputs = [k for k, vertex in enumerate(vertices) if isinstance(vertex.operation, Input)]
    known = place is not None and inputs == [0] and all(f == activation("floor") for f in _activations(vertices[place]))
    if not known or place is None:
        raise Unsupported(
            "a claim by codes needs one vector of inputs, affine maps and then a layer of floors",
            fix="state sup_error(network, target, domain) <= e for other networks",
        )
    outside = [k for k, vertex in enumerate(vertices[place + 1 :], place + 1) if any(s < place for s in vertex.sources)]
    if outside or any(index < place for _, index in network.readouts):
        raise Unsupported(
            "a claim by codes needs outputs that depend on the floors alone, but something looks past them",
            fix="read nothing but the first layer after it",
            where=f"vertex {outside[0]}" if outside else "the readouts",
        )
    return place


def _activations(vertex: Vertex) -> tuple[object, ...]:
    return vertex.operation.activations if isinstance(vertex.operation, Activate) else ()


def _after(network: Network, place: int) -> Network:
    """What follows the floors, as a network whose inputs are the codes."""
    first = Vertex(Input(network.sizes[place], "code"), (), "code")
    moved = [Vertex(v.operation, tuple(s - place for s in v.sources), v.name) for v in network.vertices[place + 1 :]]
    return Network((first, *moved), tuple((name, index - place) for name, index in network.readouts))


def _table_network(network: Network, table: CodeTable, rows: Sequence[Sequence[Fraction]]) -> Network:
    """The same floors, their code as one number, and steps between neighbouring codes with different rows."""
    place = _first_layer(network)
    weights = [prod(table.sizes[:j]) for j in range(len(table.sizes))]
    offset = sum(weight * low for weight, low in zip(weights, table.lows, strict=True))
    same = [Fraction(0)] * len(rows[0])
    cuts = [k for k in range(1, len(rows)) if rows[k] != rows[k - 1]]
    moves = [[a - b for a, b in zip(rows[k], rows[k - 1], strict=True)] for k in cuts]
    if not cuts:  # one step, of size 0
        cuts, moves = [len(rows)], [same]
    steps = Affine(
        Matrix.from_integers([list(weights)] * len(cuts)),
        Matrix.column([Fraction(1, 2) - cut - offset for cut in cuts]),
    )
    last = Affine(Matrix.from_rows(moves).T, Matrix.column(rows[0]))
    size = place + 1
    return Network(
        (
            *network.vertices[:size],
            Vertex(steps, (place,), "codes"),
            Vertex(Activate((activation("heaviside", 1),) * len(cuts)), (size,), "reached"),
            Vertex(last, (size + 1,), "y"),
        ),
        (("y", size + 2),),
        network.domain,
    )


def _plain(network: Network, targets: Sequence[OneTarget], domain: Polyhedron, error: Fraction) -> Inner:
    if all(isinstance(target, Polynomial) for target in targets):
        return SupErrorAtMost((network,), tuple(t for t in targets if isinstance(t, Polynomial)), domain, error)
    several = sup_errors_of_outputs(network, targets, domain, error)
    return several.parts()[0] if len(targets) == 1 else several


def _values(target: OneTarget, x: Sequence[Fraction], accuracy: Fraction) -> list[Interval]:
    """The value of a target at x between two rationals; several where pieces meet."""
    if isinstance(target, Polynomial):
        value = target.value(x)
        return [(value, value)]
    if hasattr(target, "values"):
        return [(value, value) for value in target.values(x)]
    found = target.enclosure(x, accuracy)
    return [(found.low, found.high)]
