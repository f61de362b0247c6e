"""Symmetries of one network: even, odd, invariant or equivariant under affine maps, positively homogeneous.

``f(A x + a) = B f(x) + b`` is the equality of two networks: f with an affine map after it, and f with one before it.
In the statement that the kernel reads both maps stand as layers of their own beside the unchanged layers of f.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, cast

from verinet.claims import statements, wording
from verinet.claims.language import Equal
from verinet.claims.spoken import OfOneNetwork, check_setting
from verinet.errors import ShapeMismatch, Unsupported
from verinet.exact.linalg import Matrix
from verinet.exact.rationals import format_hex
from verinet.geometry.polyhedra import Polyhedron, whole_space
from verinet.networks.build import affine_after
from verinet.networks.chain import chain
from verinet.networks.network import Network
from verinet.networks.recessions import recession
from verinet.networks.transformations import precompose

__all__ = [
    "PositivelyHomogeneous",
    "Symmetric",
    "even",
    "odd",
    "permutation_invariant",
    "positively_homogeneous",
    "symmetric",
]


@dataclass(frozen=True, slots=True)
class AffineMap:
    """x -> matrix x + offset, the offset one column.  Guarantee: exact."""

    matrix: Matrix
    offset: Matrix

    def layer(self) -> statements.Json:
        """Return the map as a layer of a chain: identity units with these weights."""
        whole = self.offset.hstack(self.matrix)
        return {
            "weights_over": format_hex(whole.denominator),
            "activations_over": "1",
            "activations": [[["1", "0"]]],
            "units": [[[format_hex(entry) for entry in row], 0] for row in whole.numerators()],
        }

    def text(self, names: Sequence[str]) -> str:
        """Return the images of the coordinates, in their names."""
        forms = []
        for row, (constant,) in zip(self.matrix.to_rows(), self.offset.to_rows(), strict=True):
            pieces = [(name, c) for name, c in zip(names, row, strict=True) if c]
            text = ""
            for name, c in pieces:
                size = name if abs(c) == 1 else f"{wording.number_text(abs(c))}*{name}"
                text += (f" {'-' if c < 0 else '+'} {size}") if text else f"{'-' if c < 0 else ''}{size}"
            if constant or not text:
                number = wording.number_text(abs(constant))
                sign = "-" if constant < 0 else "" if not text else "+"
                text += f" {sign} {number}" if text else f"{sign}{number}"
            forms.append(text)
        return ", ".join(forms) if len(forms) == 1 else f"({', '.join(forms)})"

    @property
    def is_identity(self) -> bool:
        """Whether nothing moves."""
        return self._is_scaling(1)

    @property
    def is_minus(self) -> bool:
        """Whether it is x -> -x."""
        return self._is_scaling(-1)

    def _is_scaling(self, factor: int) -> bool:
        size = self.matrix.rows
        return self.offset.is_zero() and self.matrix == Matrix.identity(size).scale(factor)


@dataclass(frozen=True, slots=True)
class Symmetric(Equal):
    """``f(A x + a) = B f(x) + b`` for every x of the domain; its networks are x -> B f(x) + b and x -> f(A x + a).

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).

    Parameters
    ----------
    networks : tuple of two Network
    domain : Polyhedron
    network : Network
        f itself.
    before, after : AffineMap
    """

    network: Network
    before: AffineMap
    after: AffineMap

    def statement(self) -> statements.Json:
        """Return the kernel's statement, as JSON values; raises as `Always.statement`."""
        plain = statements.networks_json((self.network,), self.domain)[0]
        moved = plain
        if self.network.domain is None and (sides := self._image()) is not None:
            moved = chain(self.network.with_domain(sides)).to_json()
        left = plain if self.after.is_identity else [*plain, self.after.layer()]
        return {
            "kind": "equal",
            "networks": [left, [self.before.layer(), *moved]],
            "domain": statements.domain_json(self.domain),
        }

    def _image(self) -> list[tuple[Fraction, Fraction]] | None:
        """A box around A x + a for x in the domain's box, for activations with infinitely many pieces."""
        if not self.domain.has_bounded_box:
            return None
        box = cast("list[tuple[Fraction, Fraction]]", list(zip(self.domain.low, self.domain.high, strict=True)))
        sides = []
        for row, (constant,) in zip(self.before.matrix.to_rows(), self.before.offset.to_rows(), strict=True):
            ends = [sorted((c * low, c * high)) for c, (low, high) in zip(row, box, strict=True)]
            sides.append((constant + sum(e[0] for e in ends), constant + sum(e[1] for e in ends)))
        return sides

    def text(self) -> str:
        """Return one line of ASCII."""
        inputs = wording.input_names(self.domain.dimension)
        size = self.network.output_size
        outputs = ("f(x)",) if size == 1 else tuple(f"f_{i}(x)" for i in range(size))
        at = "-x" if self.before.is_minus else self.before.text(inputs)
        argument = at if at.startswith("(") else f"({at})"
        value = "f(x)" if self.after.is_identity else "-f(x)" if self.after.is_minus else self.after.text(outputs)
        return f"f{argument} = {value} on {self._domain_text()}"


def symmetric(
    network: Network,
    matrix: Any,
    domain: Polyhedron,
    *,
    offset: Sequence[object] | None = None,
    outputs: Any = None,
    outputs_offset: Sequence[object] | None = None,
) -> Symmetric:
    """Claim that ``f(A x + a) = B f(x) + b`` for every x of the domain.

    The values at A x + a are those of the network, whether that point lies in the domain or not.

    Guarantee: exact (the claim says exactly this).

    Parameters
    ----------
    network : Network
    matrix : Matrix or rows
        A, as many rows and columns as there are inputs.
    domain : Polyhedron
    offset : sequence of exact numbers, optional
        a; 0 unless told.
    outputs, outputs_offset : optional
        B and b; the identity and 0 unless told: then f is invariant.

    Raises
    ------
    ShapeMismatch
        If sizes do not fit.

    Examples
    --------
    >>> from verinet.geometry.polyhedra import box
    >>> from verinet.networks.build import abs_, network, relu, variables
    >>> from verinet.provers.portfolio import prove
    >>> a, b = variables("x", 2)
    >>> f = network((a, b), relu(a - b) + relu(b - a))
    >>> print(prove(symmetric(f, [[0, 1], [1, 0]], box([-1, 1], dimension=2))))
    PROVED   f(x_1, x_0) = f(x) on [-1,1]^2     kernel only
    """
    before = _affine_map(matrix, offset, network.input_size, "inputs")
    wanted = Matrix.identity(network.output_size) if outputs is None else outputs
    after = _affine_map(wanted, outputs_offset, network.output_size, "outputs")
    left = network if after.is_identity else affine_after(network, after.matrix, after.offset)
    right = precompose(network, before.matrix, [entry for (entry,) in before.offset.to_rows()])
    return Symmetric((left, right), domain, network, before, after)


def _affine_map(matrix: Any, offset: Sequence[object] | None, size: int, what: str) -> AffineMap:
    exact = matrix if isinstance(matrix, Matrix) else Matrix.from_rows(matrix)
    column = Matrix.zeros(size, 1) if offset is None else Matrix.column(offset)
    if exact.shape != (size, size) or column.shape != (size, 1):
        raise ShapeMismatch(
            f"a symmetry of {size} {what} needs a matrix of shape ({size}, {size}) and {size} offsets, got "
            f"{exact.shape} and {column.rows}",
            fix="give one row and one column for each of them",
        )
    return AffineMap(exact, column)


def even(network: Network, domain: Polyhedron) -> Symmetric:
    """Claim that ``f(-x) = f(x)`` for every x of the domain.

    Guarantee: exact (the claim says exactly this).

    Examples
    --------
    >>> from verinet.geometry.polyhedra import interval
    >>> from verinet.networks.build import network, relu, variable
    >>> from verinet.provers.portfolio import prove
    >>> x = variable("x")
    >>> print(prove(even(network(x, relu(x) + relu(-x)), interval(-1, 1))))
    PROVED   f(-x) = f(x) on [-1,1]     kernel only
    """
    return symmetric(network, Matrix.identity(network.input_size).scale(-1), domain)


def odd(network: Network, domain: Polyhedron) -> Symmetric:
    """Claim that ``f(-x) = -f(x)`` for every x of the domain.

    Guarantee: exact (the claim says exactly this).

    Examples
    --------
    >>> from verinet.geometry.polyhedra import interval
    >>> from verinet.networks.build import network, relu, variable
    >>> from verinet.provers.portfolio import prove
    >>> x = variable("x")
    >>> print(prove(odd(network(x, relu(x) + relu(-x)), interval(-1, 1))))
    REFUTED   f(-x) = -f(x) on [-1,1]      counterexample x = ...
    """
    minus = Matrix.identity(network.output_size).scale(-1)
    return symmetric(network, Matrix.identity(network.input_size).scale(-1), domain, outputs=minus)


def permutation_invariant(network: Network, order: Sequence[int], domain: Polyhedron) -> Symmetric:
    """Claim that ``f(x_{order[0]}, x_{order[1]}, ...) = f(x)`` for every x of the domain.

    Invariance under two permutations is invariance under the group that they generate, if the domain is, too.

    Guarantee: exact (the claim says exactly this).

    Raises
    ------
    ShapeMismatch
        If `order` is no permutation of the inputs.

    Examples
    --------
    >>> from verinet.geometry.polyhedra import box
    >>> from verinet.networks.build import maximum, network, variables
    >>> from verinet.provers.portfolio import prove
    >>> a, b, c = variables("x", 3)
    >>> f = network((a, b, c), maximum(a, b, c))
    >>> print(prove(permutation_invariant(f, (1, 2, 0), box([0, 1], dimension=3))))
    PROVED   f(x_1, x_2, x_0) = f(x) on [0,1]^3     kernel only
    """
    size = network.input_size
    if sorted(order) != list(range(size)):
        raise ShapeMismatch(
            f"an order of {size} inputs is a permutation of 0..{size - 1}, got {list(order)}",
            fix="list every input once",
        )
    return symmetric(network, Matrix.from_integers([[int(j == i) for j in range(size)] for i in order]), domain)


@dataclass(frozen=True, slots=True)
class PositivelyHomogeneous(OfOneNetwork):
    """``f(t x) = t f(x)`` for every t > 0 and every x of a cone.

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).

    Parameters
    ----------
    networks : tuple of one Network
    domain : Polyhedron
        A cone: sides of the box at 0 or missing, halfspaces through 0.
    """

    networks: tuple[Network, ...]
    domain: Polyhedron

    def __post_init__(self) -> None:
        check_setting(self.networks, self.domain)
        self._check_one("positively_homogeneous")
        ends = [end for side in (self.domain.low, self.domain.high) for end in side]
        if any(ends) or any(half.offset for half in self.domain.halfspaces):
            raise Unsupported(
                "positive homogeneity is claimed on a cone: sides of the box at 0 or missing, halfspaces through 0",
                fix="write domain=whole_space(n), or box((0, None), ...)",
            )

    def to_equal(self) -> Equal:
        """Return the claim that f is its recession function, x -> lim f(t x)/t, which is positively homogeneous."""
        return Equal((self.network, recession(self.network)), self.domain)

    def text(self) -> str:
        """Return one line of ASCII."""
        return f"f(t x) = t f(x) for all t > 0 on {self._domain_text()}"


def positively_homogeneous(network: Network, domain: Polyhedron | None = None) -> PositivelyHomogeneous:
    """Claim that ``f(t x) = t f(x)`` for every t > 0 and every x of a cone, the whole space unless told.

    Guarantee: exact (the claim says exactly this).

    Raises
    ------
    Unsupported
        If the domain is no cone.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variable
    >>> from verinet.provers.portfolio import prove
    >>> x = variable("x")
    >>> print(prove(positively_homogeneous(network(x, relu(x + 1) - relu(x + 1) + relu(-x)))))
    PROVED   f(t x) = t f(x) for all t > 0 on (-inf,inf)     under 1 assumption
    >>> print(prove(positively_homogeneous(network(x, relu(x) + 1))))
    REFUTED   f(t x) = t f(x) for all t > 0 on (-inf,inf)      counterexample x = 0, y = 1; x = 0, y = 1, exact
    """
    return PositivelyHomogeneous((network,), whole_space(network.input_size) if domain is None else domain)
