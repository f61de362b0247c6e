"""How claims are written: functions and comparisons that return claims.

``sup_error(net, target=x**2, domain=interval(0, 1)) <= Q("1/256")`` is a claim, no truth value; so are
``value(...) == y``, ``cells(...) == n`` and ``linear_regions(...) == n``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast, overload

from verinet.claims.closeness import EqualWithin
from verinet.claims.closeness import within as apart_at_most
from verinet.claims.formulas import Affine, as_formula
from verinet.claims.language import (
    Always,
    Cells,
    Equal,
    Fails,
    LinearRegions,
    Somewhere,
    SupErrorAtMost,
    SupErrorEquals,
    Value,
)
from verinet.claims.normal_forms import clauses
from verinet.claims.quantities import Quantity
from verinet.claims.targets import Polynomial, as_polynomial
from verinet.errors import ShapeMismatch
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import Q
from verinet.geometry.polyhedra import Polyhedron, exact_point
from verinet.networks.network import Network

if TYPE_CHECKING:
    from verinet.claims.sup_errors import OtherSupError

Networks = Network | Sequence[Network]


def inputs(network: Network | int) -> tuple[Affine, ...]:
    """Return the input terms ``x_0, x_1, ...`` of a network (or of a given number of inputs).

    Guarantee: exact.

    Examples
    --------
    >>> x = inputs(2)
    >>> (x[0] + x[1] <= 1).holds((Q("1/2"), Q("1/3")), ())
    True
    """
    size = network if isinstance(network, int) else network.input_size
    return tuple(Affine.of_input(index) for index in range(size))


@overload
def outputs(network: Network | int, /) -> tuple[Affine, ...]: ...


@overload
def outputs(first: Network | int, second: Network | int, /, *more: Network | int) -> tuple[tuple[Affine, ...], ...]: ...


def outputs(*networks: Network | int) -> tuple[Affine, ...] | tuple[tuple[Affine, ...], ...]:
    """Return the output terms ``y_0, y_1, ...`` of a network; of several networks: one tuple for each.

    The claim must then list the same networks in the same order.

    Guarantee: exact.

    Examples
    --------
    >>> f, g = outputs(1, 2)
    >>> len(f), len(g), g[0] == outputs(3)[1]
    (1, 2, True)
    """
    groups: list[tuple[Affine, ...]] = []
    start = 0
    for network in networks:
        size = network if isinstance(network, int) else network.output_size
        groups.append(tuple(Affine.of_output(index) for index in range(start, start + size)))
        start += size
    return groups[0] if len(groups) == 1 else tuple(groups)


def always(networks: Networks, formula: object, domain: Polyhedron) -> Always:
    """Claim that a formula holds at every x of the domain.

    Guarantee: exact (the claim says exactly this).

    Parameters
    ----------
    networks : Network or sequence of Network
        Several networks share x; their outputs are concatenated.
    formula : Formula
        Comparisons of terms from `inputs` and `outputs`, joined by `all_of`, `any_of`, `negate`.
    domain : Polyhedron

    Raises
    ------
    EmptyDomain
        If the domain has no point.
    ShapeMismatch
        If sizes do not fit.
    Unsupported
        If the formula's normal form is too large, or is no formula.

    Examples
    --------
    >>> from verinet.geometry.polyhedra import box
    >>> from verinet.networks.build import network, relu, variables
    >>> a, b = variables("x", 2)
    >>> f = network((a, b), relu(a - b) + b)
    >>> (y,) = outputs(f)
    >>> print(always(f, y >= inputs(f)[0], box([-1, 1], dimension=2)).text())
    y_0 >= x_0 on [-1,1]^2
    """
    return Always(_tuple(networks), clauses(as_formula(formula)), domain)


def somewhere(networks: Networks, formula: object, domain: Polyhedron) -> Somewhere:
    """Claim that a formula holds at some x of the domain; arguments as for `always`.

    Guarantee: exact (the claim says exactly this).

    Examples
    --------
    >>> from verinet.geometry.polyhedra import interval
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> f = network(x, relu(x))
    >>> print(somewhere(f, outputs(f)[0] >= 1, interval(-1, 1)).text())
    y_0 >= 1 at some x of [-1,1]
    """
    return Somewhere(_tuple(networks), clauses(as_formula(formula)), domain)


def fails(networks: Networks, formula: object, domain: Polyhedron) -> Fails:
    """Claim that a formula fails at some x of the domain; arguments as for `always`.

    Guarantee: exact (the claim says exactly this).

    Examples
    --------
    >>> from verinet.geometry.polyhedra import interval
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> f = network(x, relu(x))
    >>> claim = fails(f, outputs(f)[0] <= "1/2", interval(-1, 1))
    >>> claim.holds_at((1,)), claim.holds_at((0,))
    (True, False)
    """
    return Fails(_tuple(networks), clauses(as_formula(formula)), domain)


@overload
def equal(left: Network, right: Network, domain: Polyhedron) -> Equal: ...


@overload
def equal(left: Network, right: Network, domain: Polyhedron, *, within: object) -> EqualWithin: ...


def equal(left: Network, right: Network, domain: Polyhedron, *, within: object = None) -> Equal | EqualWithin:
    """Claim that two networks have the same outputs on the domain, or outputs at most `within` apart.

    Guarantee: exact (the claim says exactly this).

    Parameters
    ----------
    left, right : Network
    domain : Polyhedron
    within : exact number, optional
        ``|f_i(x) - g_i(x)| <= within`` for all outputs i, instead of equality.

    Raises
    ------
    ShapeMismatch
        If inputs, outputs and domain do not fit.
    EmptyDomain
        If the domain has no point.

    Examples
    --------
    >>> from verinet.geometry.polyhedra import interval
    >>> from verinet.networks.build import abs_, network, relu, variable
    >>> x = variable("x")
    >>> claim = equal(network(x, abs_(x)), network(x, relu(x)), interval(-1, 1))
    >>> print(claim.text())
    f1(x) = f2(x) on [-1,1]
    >>> claim.refuted_by((-1,))
    True
    >>> print(equal(network(x, relu(x)), network(x, relu(x - "1/8")), interval(-1, 1), within="1/8").text())
    |f1(x) - f2(x)| <= 1/8 on [-1,1]
    """
    return Equal((left, right), domain) if within is None else apart_at_most(left, right, domain, Q(within))


@dataclass(frozen=True, slots=True, eq=False)
class SupError(Quantity):
    """The quantity ``max over x and outputs i of |f_i(x) - P_i(x)|``; compare it to get a claim.

    Guarantee: exact (the claim says exactly this).
    """

    network: Network
    targets: tuple[Polynomial, ...]
    domain: Polyhedron

    def __le__(self, error: object) -> SupErrorAtMost:
        return SupErrorAtMost((self.network,), self.targets, self.domain, Q(error))

    def __eq__(self, error: object) -> SupErrorEquals:  # type: ignore[override]  # a claim on purpose
        return SupErrorEquals((self.network,), self.targets, self.domain, Q(error))

    @property
    def _words(self) -> tuple[str, str]:
        return "sup_error(...)", "<= e or == e"


def sup_error(
    network: Network, target: object, domain: Polyhedron, variables: object = None
) -> SupError | OtherSupError:
    """Return the largest error of a network against a target, to be compared: ``<= e`` or ``== e``.

    Guarantee: exact (the claim says exactly this).

    Parameters
    ----------
    network : Network
    target : sympy expression, Polynomial, dict, exact number, or a list with one of those for every output
        For one output also a list of (Polyhedron, polynomial) whose pieces cover the domain, or a sympy expression
        that is no polynomial; or another network (`verinet.claims.sup_errors`).
    domain : Polyhedron
    variables : sympy symbols, optional
        The symbols in the order of the inputs; see `verinet.claims.targets.as_polynomial`.

    Raises
    ------
    InexactInput
        If the target or the error holds a float.
    Unsupported
        If the target is none of these.
    ShapeMismatch
        If sizes do not fit.

    Examples
    --------
    >>> import sympy
    >>> from verinet.geometry.polyhedra import interval
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> claim = sup_error(network(x, relu(x)), sympy.Symbol("x") ** 2, interval(0, 1)) == Q("1/4")
    >>> print(claim.text(), claim.attained_at((Q("1/2"),)))
    max |f(x) - x^2| = 1/4 on [0,1] True
    """
    if not isinstance(network, Network):
        raise ShapeMismatch(
            f"sup_error needs a Network, got {type(network).__name__}",
            fix="build it with verinet.network(...) or read it with read_network(path)",
        )
    from verinet.claims.sup_errors import other_target  # its claims are built on these

    found = other_target(network, target, domain, variables)
    return polynomial_sup_error(network, target, domain, variables) if found is None else found


def polynomial_sup_error(network: Network, target: object, domain: Polyhedron, variables: object = None) -> SupError:
    """Return the largest error against polynomials, one for every output.

    Guarantee: exact (the claim says exactly this).
    """
    many = isinstance(target, Sequence) and not isinstance(target, str)
    listed = tuple(cast("Sequence[object]", target)) if many else (target,)
    if isinstance(target, Mapping):
        listed = (target,)
    targets = tuple(as_polynomial(entry, network.input_size, variables) for entry in listed)
    return SupError(network, targets, domain)


@dataclass(frozen=True, slots=True, eq=False)
class ValueAt(Quantity):
    """The outputs of a network at a point; compare with ``==`` to get a claim.

    Guarantee: exact (the claim says exactly this).
    """

    network: Network
    at: tuple[object, ...]

    def __eq__(self, values: object) -> Value:  # type: ignore[override]  # a claim on purpose
        many = isinstance(values, Sequence) and not isinstance(values, str)
        listed = tuple(cast("Sequence[object]", values)) if many else (values,)
        at = exact_point(self.at, self.network.input_size, "value")  # type: ignore[arg-type]  # it checks the entries
        return Value((self.network,), at, tuple(Q(entry) for entry in listed))

    @property
    def _words(self) -> tuple[str, str]:
        return "value(...)", "== y"

    __repr__ = spelled_fields


def value(network: Network, at: object) -> ValueAt:
    """Return the outputs at a point of exact numbers, to be compared: ``value(f, at=(1, 2)) == 3``.

    Guarantee: exact (the claim says exactly this).

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> claim = value(network(x, relu(x)), at="1/3") == Q("1/3")
    >>> claim.text(), claim.holds_at(("1/3",))
    ('f(1/3) = 1/3', True)
    """
    if not isinstance(network, Network):
        raise ShapeMismatch(
            f"value needs a Network, got {type(network).__name__}",
            fix="build it with verinet.network(...) or read it with read_network(path)",
        )
    many = isinstance(at, Sequence) and not isinstance(at, str)
    return ValueAt(network, tuple(cast("Sequence[object]", at)) if many else (at,))


@dataclass(frozen=True, slots=True, eq=False)
class Number(Quantity):
    """A number of cells or linear regions; compare with ``==`` to get a claim.

    Guarantee: exact (the claim says exactly this).
    """

    kind: type[Cells] | type[LinearRegions]
    network: Network
    domain: Polyhedron

    def __eq__(self, count: object) -> Cells | LinearRegions:  # type: ignore[override]  # a claim on purpose
        return self.kind((self.network,), self.domain, cast("int", count))

    @property
    def _words(self) -> tuple[str, str]:
        return f"{self.kind.noun.replace(' ', '_')}(...)", "== n"


def cells(network: Network, domain: Polyhedron) -> Number:
    """Return the number of full-dimensional activation cells, to be compared: ``cells(f, d) == 8``.

    Guarantee: exact (the claim says exactly this).

    Examples
    --------
    >>> from verinet.geometry.polyhedra import interval
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> hat = network(x, relu(x) - 2 * relu(x - 1))
    >>> print((cells(hat, interval(-1, 2)) == 3).text())
    f has 3 cells on [-1,2]
    """
    return Number(Cells, network, domain)


def linear_regions(network: Network, domain: Polyhedron) -> Number:
    """Return the number of linear regions on an interval, to be compared: ``linear_regions(f, d) == 8``.

    Guarantee: exact (the claim says exactly this).

    Examples
    --------
    >>> from verinet.geometry.polyhedra import interval
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> hat = network(x, relu(x) - 2 * relu(x - 1))
    >>> print((linear_regions(hat, interval(-1, 2)) == 3).text())
    f has 3 linear regions on [-1,2]
    """
    return Number(LinearRegions, network, domain)


def _tuple(networks: Networks) -> tuple[Network, ...]:
    return (networks,) if isinstance(networks, Network) else tuple(networks)
