"""The values of one network at finitely many points, as one claim: what memorising a data set means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice

from verinet.claims import statements
from verinet.claims.language import Value
from verinet.claims.spoken import Spoken, check_setting
from verinet.errors import ShapeMismatch
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import Q
from verinet.geometry.polyhedra import Polyhedron
from verinet.networks.network import Network

Point = tuple[Fraction, ...]
#: So many values are said one by one.
SPELLED = 4


@dataclass(frozen=True, slots=True)
class ValuesAtPoints(Spoken):
    """``f(x_i) = y_i`` for all i: the statement has one part a point.

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).
    """

    networks: tuple[Network, ...]
    points: tuple[Point, ...]
    values: tuple[Point, ...]

    __repr__ = spelled_fields

    def __post_init__(self) -> None:
        if len(self.points) != len(self.values) or not self.points:
            raise ShapeMismatch(
                f"values at points need as many values as points, got {len(self.points)} points and "
                f"{len(self.values)} values",
                fix="give at least one point, and a value for each",
            )
        _, outputs = check_setting(self.networks, self.domain)
        wrong = next((k for k, value in enumerate(self.values) if len(value) != outputs), None)
        if len(self.networks) != 1 or wrong is not None:
            raise ShapeMismatch(
                f"values at points need one network and a value for each of its {outputs} outputs",
                fix="give as many entries a point as the network has outputs",
                where=None if wrong is None else f"value {wrong}",
            )

    @property
    def domain(self) -> Polyhedron:
        """The smallest box around the points."""
        sizes = {len(point) for point in self.points}
        if len(sizes) > 1:
            raise ShapeMismatch(
                f"points of one network have one size, got {sorted(sizes)}", fix="give every point equally many entries"
            )
        sides = list(zip(*self.points, strict=True))
        return Polyhedron(tuple(map(min, sides)), tuple(map(max, sides)))

    def parts(self) -> Iterable[Value]:
        """Return one claim a point.  Guarantee: exact."""
        for point, value in zip(self.points, self.values, strict=True):
            yield Value(self.networks, point, value)

    def holds_at(self, x: Sequence[Fraction]) -> bool:
        """Tell whether the outputs at x are those stated there, if x is one of the points.  Guarantee: exact."""
        return not self.refuted_by(x)

    def refuted_by(self, x: Sequence[Fraction]) -> bool:
        """Tell whether x is one of the points and the outputs are others than stated.  Guarantee: exact."""
        stated = [value for point, value in zip(self.points, self.values, strict=True) if point == tuple(x)]
        return bool(stated) and any(self.outputs_at(x) != value for value in stated)

    def statement(self) -> statements.Json:
        """Return the kernel's statement, as JSON values: one part a point, or the only one itself."""
        networks = statements.networks_json(self.networks, self.domain)  # once: a part differs in its numbers only
        listed: list[statements.Json] = [
            {
                "kind": "value",
                "networks": networks,
                "point": statements.point_json(point),
                "values": statements.point_json(value),
            }
            for point, value in zip(self.points, self.values, strict=True)
        ]
        return listed[0] if len(listed) == 1 else {"kind": "all", "parts": listed}

    def text(self) -> str:
        """Return one line of ASCII."""
        said = [part.text() for part in islice(self.parts(), SPELLED)]
        left = len(self.points) - len(said)
        more = [f"and the stated values at {left} further point{'' if left == 1 else 's'}"] if left else []
        return ", ".join([*said, *more])


def values_at_points(network: Network, points: Sequence[Sequence[object]], values: Sequence[object]) -> ValuesAtPoints:
    """Claim the values of a network at points; a value is a number, or a sequence with one an output.

    Guarantee: exact (the claim says exactly this).

    Raises
    ------
    ShapeMismatch
        If there is no point, or sizes do not fit.
    InexactInput, NotANumber
        If a number is none.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> print(values_at_points(network(x, relu(x)), [[-1], ["1/2"]], [0, "1/2"]).text())
    f(-1) = 0, f(1/2) = 1/2
    """
    rows = tuple(tuple(map(Q, point)) for point in points)
    many = [tuple(value) if isinstance(value, list | tuple) else (value,) for value in values]
    found = tuple(tuple(map(Q, value)) for value in many)
    if rows:
        check_setting((network,), Polyhedron(rows[0], rows[0]))
    return ValuesAtPoints((network,), rows, found)
