"""Claims on a network as a map of sets: one-to-one, onto, both.

``injective(f, D)`` is the statement about pairs that defines it.  ``surjective(f, onto=Q, domain=D)`` and
``bijective(f)`` are reduced to statements of the kernel by the theory of degree (`verinet.claims.degree`), and what
that reduction uses is printed as a lemma.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NoReturn

from verinet.claims import statements, wording
from verinet.claims.formulas import Affine, Formula, all_of, any_of
from verinet.claims.language import Always
from verinet.claims.normal_forms import clauses
from verinet.claims.spoken import OfOneNetwork, Point, check_setting
from verinet.errors import ShapeMismatch, Unsupported
from verinet.exact.linalg import Matrix
from verinet.geometry.polyhedra import Halfspace, Polyhedron, exact_point, whole_space
from verinet.networks.build import compose, layered
from verinet.networks.network import Network


class _Map(OfOneNetwork):
    """What the three claims share: one network, and no meaning at a single point."""

    __slots__ = ()

    def holds_at(self, x: Sequence[Fraction]) -> NoReturn:
        """Refuse: these claims compare values at different points."""
        raise Unsupported(
            "that a map is one-to-one or onto is not a statement about single points",
            fix="prove the claim; a pair of points is judged by injective(...).collides(x, other)",
        )


@dataclass(frozen=True, slots=True)
class Injective(_Map):
    """Different points of the domain have different values: ``f(x) = f(x')`` only for ``x = x'``.

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).
    """

    networks: tuple[Network, ...]
    domain: Polyhedron

    def __post_init__(self) -> None:
        check_setting(self.networks, self.domain)
        _single(self.networks, "injective")

    def collides(self, x: Sequence[Fraction], other: Sequence[Fraction]) -> bool:
        """Tell whether two different points of the domain have the same value.  Guarantee: exact."""
        first = exact_point(x, self.domain.dimension, "injective")
        second = exact_point(other, self.domain.dimension, "injective")
        inside = self.domain.contains(first) and self.domain.contains(second)
        return inside and first != second and self.network(*first) == self.network(*second)

    def pairs(self) -> Always:
        r"""Return the claim on pairs that defines it, for :math:`(x, x') \in D \times D`.

        .. math:: \forall i: \quad x_i \le x'_i \quad \text{or} \quad f_k(x) \ne f_k(x') \text{ for some } k.

        The other order of :math:`x_i, x'_i` is the same statement with the points exchanged.  Guarantee: exact.
        """
        size, outputs = self.domain.dimension, self.network.output_size
        y = [Affine.of_output(k) for k in range(2 * outputs)]
        differ = [atom for k in range(outputs) for atom in (y[k] > y[outputs + k], y[k] < y[outputs + k])]
        ordered = [Affine.of_input(i) <= Affine.of_input(size + i) for i in range(size)]
        formula = all_of(*(any_of(order, *differ) for order in ordered))
        halves = tuple(compose(self.network.with_domain(None), _half(size, k)) for k in range(2))
        return Always(halves, clauses(formula), _squared(self.domain))

    def statement(self) -> statements.Json:
        """Return the kernel's statement on pairs, as JSON values; raises as `Always.statement`."""
        return self.pairs().statement()

    def text(self) -> str:
        """Return one line of ASCII."""
        return f"f is injective on {set_text(self.domain)}"


@dataclass(frozen=True, slots=True)
class Surjective(_Map):
    """Every point of `onto` is the value at some point of the domain: ``f(D)`` contains Q.

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).
    """

    networks: tuple[Network, ...]
    onto: Polyhedron
    domain: Polyhedron

    def __post_init__(self) -> None:
        _, outputs = check_setting(self.networks, self.domain)
        _single(self.networks, "surjective")
        if self.onto.dimension != outputs:
            raise ShapeMismatch(
                f"surjective needs a target set of {outputs} dimensions, one for every output, "
                f"got {self.onto.dimension}",
                fix="give one side for every output of the network",
            )
        self.onto.point()

    def misses(self, value: Sequence[Fraction]) -> Always:
        """Return the claim that no point of the domain has this value.  Guarantee: exact."""
        at = exact_point(value, self.onto.dimension, "surjective")
        differ = [atom for k, entry in enumerate(at) for atom in _apart(k, entry)]
        return Always(self.networks, clauses(any_of(*differ)), self.domain)

    def statement(self) -> NoReturn:
        """Refuse: which statements show it depends on points that the prover chooses."""
        raise Unsupported(
            "surjective has no single kernel statement: its parts name points that the prover chooses",
            fix="prove the claim and read verdict.theorem.statement",
        )

    def text(self) -> str:
        """Return one line of ASCII."""
        if is_whole(self.onto):
            return f"f maps {set_text(self.domain)} onto {set_text(self.onto)}"
        return f"every y of {set_text(self.onto)} is a value of f on {set_text(self.domain)}"


@dataclass(frozen=True, slots=True)
class Bijective(_Map):
    """f maps all of R^n one-to-one onto R^n; then f is a homeomorphism and its inverse is piecewise affine.

    Parameters
    ----------
    networks : tuple of one Network
    at : tuple of Fraction, optional
        The point whose value is shown to be taken once; the prover finds one unless told.

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).
    """

    networks: tuple[Network, ...]
    at: Point | None = None

    def __post_init__(self) -> None:
        _single(self.networks, "bijective")
        if self.at is not None:
            exact_point(self.at, self.networks[0].input_size, "bijective")

    @property
    def domain(self) -> Polyhedron:
        """All of R^n."""
        return whole_space(self.networks[0].input_size)

    @property
    def assumptions(self) -> tuple[dict[str, str], ...]:
        """The lemma that joins the parts of the statement."""
        from verinet.claims.degree import HOMEOMORPHISM, lemma

        return (lemma(*HOMEOMORPHISM),)

    def injective(self) -> Injective:
        """Return the claim that f is one-to-one on R^n."""
        return Injective(self.networks, self.domain)

    def surjective(self) -> Surjective:
        """Return the claim that f takes every value of R^m."""
        return Surjective(self.networks, whole_space(self.network.output_size), self.domain)

    def statement(self) -> statements.Json:
        """Return the kernel's statement ``all``, as JSON values; see `verinet.claims.degree.unique_preimage`.

        Raises
        ------
        Unsupported
            Without `at`, or if f bends at that point.
        """
        from verinet.claims.degree import unique_preimage

        if self.at is None:
            raise Unsupported(
                "the statement of bijective names a point whose value is taken once",
                fix="give it, bijective(f, at=x), or prove the claim and read verdict.theorem.statement",
            )
        return unique_preimage(self.network, self.at)

    def text(self) -> str:
        """Return one line of ASCII."""
        return f"f is a bijection of {set_text(self.domain)} onto {space_text(self.network.output_size)}"


def injective(network: Network, domain: Polyhedron | None = None) -> Injective:
    """Claim that a network is one-to-one on a domain (unless told, its own; without one, all of R^n).

    Guarantee: exact (the claim says exactly this).

    Raises
    ------
    ShapeMismatch, EmptyDomain
        If network and domain do not fit, or the domain has no point.

    Examples
    --------
    >>> from verinet.geometry.polyhedra import interval
    >>> from verinet.networks.build import abs_, network, variable
    >>> x = variable("x")
    >>> claim = injective(network(x, abs_(x)), interval(-1, 1))
    >>> claim.text(), claim.collides(("-1/2",), ("1/2",))
    ('f is injective on [-1,1]', True)
    """
    return Injective(_networks(network, "injective"), _domain(network, domain))


def surjective(network: Network, onto: Polyhedron | None = None, domain: Polyhedron | None = None) -> Surjective:
    """Claim that a network takes every value of a set (unless told, of all of R^m) on a domain.

    Without a domain it is the network's own, and without one all of R^n.

    Guarantee: exact (the claim says exactly this).

    Raises
    ------
    ShapeMismatch, EmptyDomain
        If network and sets do not fit, or one of the sets has no point.

    Examples
    --------
    >>> from verinet.geometry.polyhedra import interval
    >>> from verinet.networks.build import abs_, network, variable
    >>> x = variable("x")
    >>> print(surjective(network(x, abs_(x)), onto=interval(0, 1), domain=interval(-1, 1)).text())
    every y of [0,1] is a value of f on [-1,1]
    """
    networks = _networks(network, "surjective")
    target = whole_space(network.output_size) if onto is None else onto
    return Surjective(networks, target, _domain(network, domain))


def bijective(network: Network, at: Sequence[Fraction] | None = None) -> Bijective:
    """Claim that a network maps all of R^n one-to-one onto R^n (also called `invertible`).

    Parameters
    ----------
    network : Network
    at : sequence of n exact numbers, optional
        A point near which f is affine; the proof shows that its value is taken once.  The prover finds one unless
        told; telling makes the statement a fixed one.

    Guarantee: exact (the claim says exactly this).

    Examples
    --------
    >>> from verinet.networks.build import leaky_relu, network, variable
    >>> x = variable("x")
    >>> print(bijective(network(x, leaky_relu(x, "1/2") + 1)).text())
    f is a bijection of R onto R
    """
    networks = _networks(network, "bijective")
    point = None if at is None else exact_point(at, network.input_size, "bijective")
    return Bijective(networks, point)


invertible = bijective


def set_text(domain: Polyhedron) -> str:
    """Return ``R^n`` for the whole space, else the text of the domain.

    Guarantee: exact.

    Examples
    --------
    >>> set_text(whole_space(2))
    'R^2'
    """
    return space_text(domain.dimension) if is_whole(domain) else wording.domain_text(domain)


def space_text(dimension: int) -> str:
    """Return ``R^n``, or ``R`` for the line.

    Guarantee: exact.

    Examples
    --------
    >>> space_text(1), space_text(3)
    ('R', 'R^3')
    """
    return "R" if dimension == 1 else f"R^{dimension}"


def is_whole(domain: Polyhedron) -> bool:
    """Tell whether nothing bounds the set.

    Guarantee: exact.

    Examples
    --------
    >>> is_whole(whole_space(2))
    True
    """
    return not domain.halfspaces and set(domain.low) | set(domain.high) == {None}


def _networks(network: Network, name: str) -> tuple[Network, ...]:
    if not isinstance(network, Network):
        raise ShapeMismatch(
            f"{name} needs a Network, got {type(network).__name__}",
            fix="build it with verinet.network(...) or read it with read_network(path)",
        )
    return (network,)


def _single(networks: tuple[Network, ...], name: str) -> None:
    if len(networks) != 1 or not isinstance(networks[0], Network):
        raise ShapeMismatch(f"{name} needs one network, got {len(networks)}", fix="give one Network")


def _domain(network: Network, domain: Polyhedron | None) -> Polyhedron:
    if domain is not None:
        return domain
    if network.domain is None:
        return whole_space(network.input_size)
    return Polyhedron(tuple(low for low, _ in network.domain), tuple(high for _, high in network.domain))


def _apart(k: int, entry: Fraction) -> tuple[Formula, Formula]:
    return Affine.of_output(k) > entry, Affine.of_output(k) < entry


def _half(size: int, which: int) -> Network:
    """(x, x') -> x, or x'."""
    rows = [[int(column == row + which * size) for column in range(2 * size)] for row in range(size)]
    return layered([Matrix.from_integers(rows)], [[0] * size])


def _squared(domain: Polyhedron) -> Polyhedron:
    """D x D."""
    zeros = (Fraction(0),) * domain.dimension
    left = [Halfspace((*half.normal, *zeros), half.offset, half.strict) for half in domain.halfspaces]
    right = [Halfspace((*zeros, *half.normal), half.offset, half.strict) for half in domain.halfspaces]
    return Polyhedron(domain.low * 2, domain.high * 2, (*left, *right))
