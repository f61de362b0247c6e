"""Function-adaptive sparsity: the regions that a network uses against the fewest that a target needs.

The paper [kogan2025] compares, in expectation, the regions of a network with the minimum for a target within a fixed
tolerance.  How the number is normalised we do not know: all readings are returned, each by its name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from verinet.errors import NotANumber, ShapeMismatch
from verinet.exact.enclosures import Enclosure
from verinet.geometry.polyhedra import Polyhedron, interval
from verinet.networks.activations import IDENTITY, RELU
from verinet.networks.network import Activate, Network
from verinet.regions.line import line
from verinet.theory.line_regions.expectation import expected_regions, wide_regions
from verinet.theory.line_regions.minimum_pieces import MinimumPieces, minimum_pieces
from verinet.theory.line_regions.setting import widths_of

#: How regions are counted: name -> what it is.
COUNTS = {
    "used": "linear regions of this network on the interval, exact",
    "expected": "mean of random networks of these widths on the whole line, exact formula, derived",
    "wide": "number of neurons plus 1, the paper's asymptotic mean on the whole line",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of the sparsity, with R regions against N pieces.

    Parameters
    ----------
    name, meaning : str
        A key of `COUNTS` and its words.
    regions : Fraction
        R.
    over_provision, utilisation, sparsity : Enclosure
        R / N, N / R and 1 - N / R; of one point where N is known.

    Guarantee: exact, as far as N is.
    """

    name: str
    meaning: str
    regions: Fraction
    over_provision: Enclosure
    utilisation: Enclosure
    sparsity: Enclosure


@dataclass(frozen=True, slots=True)
class Sparsity:
    """The fewest pieces of a target, and every reading of the sparsity.

    Parameters
    ----------
    minimum : MinimumPieces
    readings : tuple of Reading

    Guarantee: exact for piecewise affine targets, certified for others.
    """

    minimum: MinimumPieces
    readings: tuple[Reading, ...]

    def reading(self, name: str) -> Reading:
        """The reading of this name: "used", "expected" or "wide"."""
        return next(reading for reading in self.readings if reading.name == name)


def adaptive_sparsity(
    network: Network | Sequence[int],
    target: Any = None,
    eps: object = None,
    domain: Polyhedron | None = None,
    *,
    variables: object = None,
) -> Sparsity:
    r"""Return every reading of the function-adaptive sparsity.

    .. math:: R / N_\varepsilon(f), \qquad N_\varepsilon(f) / R, \qquad 1 - N_\varepsilon(f) / R,

    where :math:`N_\varepsilon(f)` is the fewest pieces of a continuous function within :math:`\varepsilon` of f, and R
    is one of `COUNTS`.

    Parameters
    ----------
    network : Network or widths
        Of widths alone "used" is left out; of networks with other activations than ReLU the other two are.
    target : as for `minimum_pieces`
        The network itself, if there is none.
    eps : exact number
    domain : Polyhedron, optional
        A bounded interval; without it the network's own.

    Raises
    ------
    NotANumber
        Without eps.
    ShapeMismatch
        For widths without a target.
    Unsupported
        As `minimum_pieces` does.

    Examples
    --------
    >>> from verinet.geometry import interval
    >>> found = adaptive_sparsity([2, 2], "abs(x)", "1/10", interval(-1, 1))
    >>> found.minimum.pieces, [(r.name, str(r.over_provision.low)) for r in found.readings]
    (2, [('expected', '2'), ('wide', '5/2')])

    Guarantee: exact for piecewise affine targets, certified for others.
    """
    is_network = isinstance(network, Network)
    if target is None and not is_network:
        raise ShapeMismatch("widths have no function to compare with", fix="give a target")
    if eps is None:
        raise NotANumber("sparsity is within a tolerance, got none", fix='write eps="1/100"')
    if isinstance(network, Network) and domain is None and network.domain is not None:
        domain = interval(*network.domain[0])
    minimum = minimum_pieces(network if target is None else target, eps, domain, variables=variables)
    counts: dict[str, Fraction] = {}
    if isinstance(network, Network):
        counts["used"] = Fraction(line(network, minimum.target.domain).linear_regions)
        widths = network.level_widths if _is_relu(network) else ()
    else:
        widths = widths_of(network)
    if widths:
        counts["expected"] = expected_regions(widths)
        counts["wide"] = Fraction(wide_regions(widths))
    readings = tuple(_reading(name, regions, minimum) for name, regions in counts.items())
    return Sparsity(minimum, readings)


def _is_relu(network: Network) -> bool:
    operations = (vertex.operation for vertex in network.vertices)
    found = {one for operation in operations if isinstance(operation, Activate) for one in operation.activations}
    return found <= {RELU, IDENTITY}


def _reading(name: str, regions: Fraction, minimum: MinimumPieces) -> Reading:
    low, high = minimum.low, minimum.high
    return Reading(
        name,
        COUNTS[name],
        regions,
        Enclosure(regions / high, regions / low),
        Enclosure(low / regions, high / regions),
        Enclosure(1 - high / regions, 1 - low / regions),
    )
