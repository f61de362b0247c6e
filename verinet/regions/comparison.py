"""Two piecewise-affine functions on one domain: equal, or how far apart and where."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from verinet.errors import NotBounded, ShapeMismatch
from verinet.exact.printing import spelled_fields
from verinet.networks.build import add, scale
from verinet.networks.network import Network

if TYPE_CHECKING:
    from verinet.regions.piecewise import PiecewiseAffine

__all__ = ["Comparison", "compare"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The largest difference of two functions in any output, and where it is attained.

    Parameters
    ----------
    distance : Fraction or None
        The maximum of ``|f_i(x) - g_i(x)|`` over outputs i and points x; None if it is infinite.
    output : int or None
    point : tuple of Fraction or None
        None if they are equal, or infinitely far apart.

    Guarantee: exact.
    """

    distance: Fraction | None
    output: int | None = None
    point: tuple[Fraction, ...] | None = None

    __repr__ = spelled_fields

    @property
    def equal(self) -> bool:
        """Whether the functions agree everywhere on the domain."""
        return self.distance == 0


def compare(f: PiecewiseAffine, other: PiecewiseAffine | Network) -> Comparison:
    """The maximum of ``|f - g|`` on the domain of f: the cells of both are cut by each other.

    Raises
    ------
    ShapeMismatch
        If inputs or outputs differ in number, or two functions have different domains.

    Examples
    --------
    >>> from verinet.geometry.polyhedra import interval
    >>> from verinet.networks.build import abs_, network, relu, variable
    >>> from verinet.regions.piecewise import piecewise
    >>> x = variable("x")
    >>> f = piecewise(network(x, abs_(x)), interval(-1, 1))
    >>> compare(f, network(x, relu(x) + relu(-x))).equal, compare(f, network(x, relu(x))).distance
    (True, Fraction(1, 1))

    Guarantee: exact.
    """
    from verinet.regions.piecewise import piecewise

    if isinstance(other, Network):
        network = other
    else:
        network = other.network
        if other.domain != f.domain:
            raise ShapeMismatch(
                "two functions are compared on one domain, these have different ones",
                fix="give the other network alone, or build both on one domain",
            )
    if (network.input_size, network.output_size) != (f.input_size, f.output_size):
        raise ShapeMismatch(
            f"functions {f.input_size} -> {f.output_size} and {network.input_size} -> {network.output_size} cannot be "
            "compared",
            fix="check the sizes",
        )
    difference = add(f.network.with_domain(None), scale(network.with_domain(None), -1))
    apart = piecewise(difference, f.domain)
    best = Comparison(Fraction(0))
    for output in range(f.output_size):
        try:
            ends = (apart.maximum(output), apart.minimum(output))
        except NotBounded:
            return Comparison(None, output)
        for end in ends:
            if best.distance is None or abs(end.value) > best.distance:
                best = Comparison(abs(end.value), output, end.point)
    return best
