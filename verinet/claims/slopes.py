r"""Claims about slopes: monotone in inputs, and Lipschitz bounds.

Both speak of all pairs of points of a convex domain with interior, and both are decided on cells: along a segment the
slopes of finitely many cells add up, so it is enough, and on full-dimensional cells necessary, that every cell's
matrix has the right signs, or an operator norm of at most L.  The kernel checks them as statements of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, NoReturn, cast

from verinet.claims import statements, wording
from verinet.claims.quantities import Quantity
from verinet.claims.spoken import OfOneNetwork, Point, check_setting
from verinet.errors import ShapeMismatch, Unsupported
from verinet.exact import programs
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import Q, format_rational
from verinet.geometry.polyhedra import Polyhedron, exact_point
from verinet.networks.network import Network

__all__ = [
    "LipschitzAtMost",
    "LipschitzConstant",
    "LipschitzEquals",
    "Monotone",
    "full_domain_json",
    "lipschitz",
    "monotone",
]

Direction = Literal["up", "down", "free"]
Norm = Literal["1", "2", "inf"]
WORDS = {"up": "nondecreasing", "down": "nonincreasing"}


def full_domain_json(domain: Polyhedron) -> statements.Json:
    """Return the domain as a statement about slopes needs it: with a point of its interior.

    Raises
    ------
    Unsupported
        If the domain has no interior: on a flat set the slopes of cells say nothing.

    Examples
    --------
    >>> from verinet.geometry.polyhedra import interval
    >>> full_domain_json(interval(0, 1))["point"]
    {'over': '2', 'at': ['1']}

    Guarantee: exact.
    """
    data = statements.domain_json(domain)
    found = programs.interior(domain.system())
    if not isinstance(found, programs.Interior):
        raise Unsupported(
            "a claim about slopes needs a domain with interior, got a flat one",
            fix="drop the inputs that are fixed: compose the network with an affine map of fewer inputs",
        )
    return {**data, "point": statements.point_json(found.point)}


class _Pairs(OfOneNetwork):
    """What claims about two points share."""

    __slots__ = ()

    def holds_at(self, x: Sequence[Fraction]) -> NoReturn:
        """Refuse: a claim about slopes is not a statement about single points."""
        raise Unsupported(
            "a claim about slopes cannot be evaluated at one point",
            fix="ask at two: claim.refuted_by(x, other)",
        )

    def _both(self, x: Sequence[Fraction], other: Sequence[Fraction]) -> tuple[Point, Point]:
        size = self.domain.dimension
        return exact_point(x, size, "evaluating a claim"), exact_point(other, size, "evaluating a claim")

    def _inside(self, *points: Point) -> bool:
        return all(map(self.domain.contains, points))


@dataclass(frozen=True, slots=True)
class Monotone(_Pairs):
    """As input j grows and the others stay, output i never falls ("up"), never rises ("down"), or is "free".

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).

    Parameters
    ----------
    networks : tuple of one Network
        Continuous piecewise-affine activations.
    domain : Polyhedron
        With interior.
    signs : tuple of tuples of "up", "down" or "free"
        One row an output, one word an input.
    """

    networks: tuple[Network, ...]
    domain: Polyhedron
    signs: tuple[tuple[Direction, ...], ...]

    def __post_init__(self) -> None:
        inputs, outputs = check_setting(self.networks, self.domain)
        self._check_one("monotone")
        if len(self.signs) != outputs or any(len(row) != inputs for row in self.signs):
            raise ShapeMismatch(
                f"monotone needs {outputs} rows of {inputs} words, one row an output and one word an input, "
                f"got rows of {[len(row) for row in self.signs]}",
                fix='write signs=[["up", "free"], ...]',
            )
        strange = {word for row in self.signs for word in row} - {"up", "down", "free"}
        if strange:
            raise Unsupported(
                f"the words of monotone are up, down and free, got {sorted(map(str, strange))}",
                fix="use one of the three",
            )

    def refuted_by(self, x: Sequence[Fraction], other: Sequence[Fraction]) -> bool:
        """Tell whether two points of the domain differ in one input alone and an output goes the wrong way.

        Guarantee: exact.
        """
        first, second = self._both(x, other)
        moved = [j for j, (a, b) in enumerate(zip(first, second, strict=True)) if a != b]
        if len(moved) != 1 or not self._inside(first, second):
            return False
        (j,) = moved
        way = 1 if second[j] > first[j] else -1
        values = zip(self.outputs_at(first), self.outputs_at(second), self.signs, strict=True)
        steps = [(way * (b - a), row[j]) for a, b, row in values]
        return any((word == "up" and step < 0) or (word == "down" and step > 0) for step, word in steps)

    def statement(self) -> statements.Json:
        """Return the kernel's statement, as JSON values; raises as `full_domain_json` does."""
        return {
            "kind": "monotone",
            "networks": statements.networks_json(self.networks, self.domain),
            "domain": full_domain_json(self.domain),
            "signs": [list(row) for row in self.signs],
        }

    def text(self) -> str:
        """Return one line of ASCII."""
        inputs, outputs = self._names()
        parts = []
        for name, row in zip(outputs, self.signs, strict=True):
            ways = [
                f"{phrase} in {', '.join(inputs[j] for j, said in enumerate(row) if said == word)}"
                for word, phrase in WORDS.items()
                if word in row
            ]
            parts.extend([f"{name} is {' and '.join(ways)}"] if ways else [])
        return f"{'; '.join(parts) or 'true'} on {self._domain_text()}"


def monotone(
    network: Network,
    domain: Polyhedron,
    *,
    input: int = 0,
    output: int = 0,
    direction: str = "up",
    signs: Sequence[Sequence[str]] | None = None,
) -> Monotone:
    """Claim that an output never falls ("up") or never rises ("down") as one input grows and the others stay.

    Guarantee: exact (the claim says exactly this).

    Parameters
    ----------
    network : Network
        Continuous piecewise-affine activations.
    domain : Polyhedron
        Convex by nature; it needs interior.
    input, output : int
        Counted from 0.
    direction : "up" or "down"
    signs : rows of "up", "down", "free", optional
        All outputs and inputs at once, instead of the three above.

    Raises
    ------
    ShapeMismatch
        If sizes do not fit.
    Unsupported
        For another word.

    Examples
    --------
    >>> from verinet.geometry.polyhedra import box
    >>> from verinet.networks.build import network, relu, variables
    >>> from verinet.provers.portfolio import prove
    >>> a, b = variables("x", 2)
    >>> f = network((a, b), relu(a - b) + a)
    >>> print(prove(monotone(f, box([-1, 1], dimension=2), signs=[["up", "down"]])))
    PROVED   y_0 is nondecreasing in x_0 and nonincreasing in x_1 on [-1,1]^2     kernel only
    """
    if signs is None:
        if not 0 <= input < network.input_size or not 0 <= output < network.output_size:
            raise ShapeMismatch(
                f"monotone got input {input} and output {output}, the network has {network.input_size} and "
                f"{network.output_size}",
                fix="count from 0",
            )
        words = [["free"] * network.input_size for _ in range(network.output_size)]
        words[output][input] = direction
        signs = words
    return Monotone((network,), domain, tuple(tuple(cast("Sequence[Direction]", row)) for row in signs))


@dataclass(frozen=True, slots=True)
class _Lipschitz(_Pairs):
    networks: tuple[Network, ...]
    domain: Polyhedron
    norm: Norm
    bound: Fraction

    __repr__ = spelled_fields

    def __post_init__(self) -> None:
        check_setting(self.networks, self.domain)
        self._check_one("lipschitz")
        if self.norm not in ("1", "2", "inf"):
            raise Unsupported(f"lipschitz knows the norms 1, 2 and inf, got {self.norm!r}", fix="name one of them")
        if self.bound < 0:
            raise Unsupported(
                f"a Lipschitz constant is not negative, got {format_rational(self.bound)}", fix="state a bound >= 0"
            )

    def excess(self, x: Sequence[Fraction], other: Sequence[Fraction]) -> Fraction:
        """Return ``|f(x) - f(x')| - L |x - x'|``; in the norm 2 the difference of the squares.  Guarantee: exact."""
        first, second = self._both(x, other)
        before = tuple(b - a for a, b in zip(first, second, strict=True))
        after = tuple(b - a for a, b in zip(self.outputs_at(first), self.outputs_at(second), strict=True))
        factor = self.bound**2 if self.norm == "2" else self.bound
        return _size(after, self.norm) - factor * _size(before, self.norm)

    def refuted_by(self, x: Sequence[Fraction], other: Sequence[Fraction]) -> bool:
        """Tell whether two points of the domain have outputs farther apart than the bound allows.

        Guarantee: exact.
        """
        return self._inside(*self._both(x, other)) and self.excess(x, other) > 0


def _size(vector: Point, norm: str) -> Fraction:
    """The norm of a vector; in the norm 2 its square."""
    if norm == "inf":
        return max(map(abs, vector))
    return sum((entry * entry if norm == "2" else abs(entry) for entry in vector), Fraction(0))


@dataclass(frozen=True, slots=True, repr=False)
class LipschitzAtMost(_Lipschitz):
    """``|f(x) - f(x')| <= L |x - x'|`` for all x, x' of the domain, in one norm on both sides.

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).
    """

    def statement(self) -> statements.Json:
        """Return the kernel's statement, as JSON values; raises as `full_domain_json` does."""
        return {
            "kind": "lipschitz",
            "networks": statements.networks_json(self.networks, self.domain),
            "domain": full_domain_json(self.domain),
            "norm": self.norm,
            "error": statements.point_json((self.bound,)),
        }

    def text(self) -> str:
        """Return one line of ASCII."""
        bound = wording.number_text(self.bound)
        return f"|f(x) - f(x')|_{self.norm} <= {bound} |x - x'|_{self.norm} on {self._domain_text()}"


@dataclass(frozen=True, slots=True, repr=False)
class LipschitzEquals(_Lipschitz):
    """The bound of `LipschitzAtMost`, taken by two different points of the domain: the least Lipschitz constant.

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).
    """

    def attained_by(self, x: Sequence[Fraction], other: Sequence[Fraction]) -> bool:
        """Tell whether two different points of the domain have ``|f(x) - f(x')| >= L |x - x'|``.

        Guarantee: exact.
        """
        first, second = self._both(x, other)
        return first != second and self._inside(first, second) and self.excess(first, second) >= 0

    def at_most(self) -> LipschitzAtMost:
        """Return the upper bound alone."""
        return LipschitzAtMost(self.networks, self.domain, self.norm, self.bound)

    def text(self) -> str:
        """Return one line of ASCII."""
        bound = wording.number_text(self.bound)
        return f"the least Lipschitz constant of f in the norm {self.norm} is {bound} on {self._domain_text()}"


@dataclass(frozen=True, slots=True, eq=False)
class LipschitzConstant(Quantity):
    """The least Lipschitz constant of a network on a domain; compare it to get a claim.

    Guarantee: exact (the claim says exactly this).
    """

    network: Network
    domain: Polyhedron
    norm: Norm

    def __le__(self, bound: object) -> LipschitzAtMost:
        return LipschitzAtMost((self.network,), self.domain, self.norm, Q(bound))

    def __eq__(self, bound: object) -> LipschitzEquals:  # type: ignore[override]  # a claim on purpose
        return LipschitzEquals((self.network,), self.domain, self.norm, Q(bound))

    @property
    def _words(self) -> tuple[str, str]:
        return "lipschitz(...)", "<= L or == L"


def lipschitz(network: Network, domain: Polyhedron, norm: object = "inf") -> LipschitzConstant:
    """Return the least Lipschitz constant in a norm, to be compared: ``<= L`` or ``== L``.

    The same norm is taken of inputs and outputs.  `verinet.regions.lipschitz.lipschitz` computes the constant.

    Guarantee: exact (the claim says exactly this).

    Parameters
    ----------
    network : Network
        Continuous piecewise-affine activations.
    domain : Polyhedron
        With interior.
    norm : "1", "2" or "inf"
        In the norm 2 the bound is rational all the same; ``== L`` then needs a constant that is rational.

    Raises
    ------
    Unsupported
        For another norm, or a negative bound.

    Examples
    --------
    >>> from verinet.geometry.polyhedra import box
    >>> from verinet.networks.build import network, relu, variables
    >>> from verinet.provers.portfolio import prove
    >>> a, b = variables("x", 2)
    >>> f = network((a, b), relu(3 * a + 4 * b))
    >>> square = box([-1, 1], dimension=2)
    >>> print(prove(lipschitz(f, square, norm=2) == 5))
    PROVED   the least Lipschitz constant of f in the norm 2 is 5 on [-1,1]^2     kernel only
    >>> print(prove(lipschitz(f, square, norm="inf") <= 6))
    REFUTED   |f(x) - f(x')|_inf <= 6 |x - x'|_inf on [-1,1]^2 ...
    """
    return LipschitzConstant(network, domain, cast("Norm", str(norm)))
