r"""Diffeomorphisms of R^d near to maps in L^p: the invertible network with a C^1 activation, constructively.

That the orientation-preserving diffeomorphisms are L^p dense for d >= 2 is the theorem of Brenier and Gangbo; that
networks of width d with smooth increasing activations are such diffeomorphisms and dense is the paper's (`rochau2024`).
The construction is derived: the leaky ReLU is replaced by

.. math:: s_e(z) = \alpha z + (1 - \alpha) \frac{(z + e)^2}{4 e} \text{ on } [-e, e],

and by itself elsewhere; its slopes rise from alpha to 1.  Where no preactivation lies in (-e, e), nothing changes.

What is exact where: the L^p error of the piecewise affine network is the claim that a certificate can hold.  That the
smooth network equals it on the shrunk flats is decided here by exact arithmetic, and is in no certificate; between the
flats the range of the smooth network is that of the other, by an argument given at `smooth`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise, product
from math import prod

from verinet.errors import Unsupported
from verinet.exact.linalg import Matrix
from verinet.exact.rationals import Q, format_rational
from verinet.networks.activations import Activation, piecewise
from verinet.networks.evaluate import RationalArithmetic, vertex_values
from verinet.networks.network import Activate, Network, Vertex
from verinet.theory.construction import Construction, Part
from verinet.theory.minimal_width.functions import Box
from verinet.theory.minimal_width.lu import LUConstruction, build_lu
from verinet.theory.minimal_width.lu_design import Design, volume
from verinet.theory.minimal_width.rounding import power_below, root_above
from verinet.work import keep_going

#: A flat is shrunk at each end inside of the domain by this share of a riser.
_SHRUNK = Fraction(1, 32)
#: Channels that are passed on keep their preactivations at least 1, so far from the bend.
_SLACK = Fraction(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmoothConstruction(Construction):
    """A C^1 diffeomorphism near to a map; its claim is about the piecewise affine network that it equals on `cells`.

    Parameters
    ----------
    piecewise_affine : LUConstruction
        The network with the leaky ReLU; claim and plan are its own.
    activation : Activation
        The blend: piecewise polynomial, C^1, strictly increasing.
    half_width : Fraction
        e: the two activations agree outside of (-e, e).
    cells : tuple of boxes
        The shrunk flats: there the two networks are equal.

    Guarantee: exact; the equality on the cells is decided when it is built, and is not in the certificate.
    """

    piecewise_affine: LUConstruction
    activation: Activation
    half_width: Fraction
    cells: tuple[Box, ...] = field(repr=False)


def blend(alpha: object, half_width: object) -> Activation:
    r"""Return the C^1 activation that is the leaky ReLU outside of (-e, e), and a parabola inside.

    .. math:: s_e(z) = \alpha z + (1 - \alpha) (z + e)^2 / (4 e), \qquad
       s_e'(z) = \alpha + (1 - \alpha) (z + e) / (2 e) \in [\min(\alpha, 1), \max(\alpha, 1)].

    Raises
    ------
    Unsupported
        If alpha or e is not positive.

    Examples
    --------
    >>> smooth = blend("1/4", "1/2")
    >>> smooth.is_continuous, [str(smooth.value(Q(z))) for z in ("-1/2", 0, "1/2")]
    (True, ['-1/8', '3/32', '1/2'])

    Guarantee: exact.
    """
    a, e = Q(alpha), Q(half_width)
    if a <= 0 or e <= 0:
        raise Unsupported(
            f"a smooth increasing blend needs alpha > 0 and e > 0, got {format_rational(a)} and {format_rational(e)}",
            fix="take alpha = 1/4, e = 1/100",
        )
    middle = ((1 - a) * e / 4, a + (1 - a) / 2, (1 - a) / (4 * e))
    return piecewise([-e, e], [[0, a], middle, [0, 1]], [-a * e, e])


def smooth(
    targets: object,
    *,
    inputs: int | None = None,
    alpha: object = "1/4",
    resolution: int | None = None,
    eps: object = None,
    p: int = 2,
    domain: object = None,
) -> SmoothConstruction:
    """Return a C^1 orientation-preserving diffeomorphism of width d near to a map of d variables in L^p.

    Parameters and errors are those of `lu`.

    Notes
    -----
    Why the error is bounded as before.  On the shrunk flats G' the networks are equal: every preactivation is at least
    e in size at all corners of every cell, with one sign a cell, hence on all of it, the networks being affine there
    (checked exactly).  Elsewhere every staircase, and every channel that is bent and bent back, is an increasing
    function of what it was, equal to the old one on the neighbouring flats.  A step shear between two flats adds
    ``lambda (B_2(B_1(x)) - x)``; where the bends B_1 and B_2 differ from the old ones are stretches apart (checked), so
    ``B_2' B_1' <= 1``: what is added is monotone, and between the old values.  So all channels have the ranges that
    they had, channels passed on are passed on, and ``|f - Phi| <= Y + P`` as before; only the bad set grows.

    Slopes of the activation are positive, and so is the product of the matrices' determinants (checked): the
    orientation is preserved.

    Examples
    --------
    >>> found = smooth([{(2, 0): 1}, {(1, 1): 1}], resolution=2)
    >>> x = [(low + high) / 2 for low, high in found.cells[0]]
    >>> found.network(*x) == found.piecewise_affine.network(*x)
    True
    >>> found.network.width, found.piecewise_affine.error_bound <= found.error_bound <= Q("1/4")
    (2, True)

    Guarantee: exact; in the certificate is the claim about the piecewise affine network alone.

    Source: [rochau2024].
    """
    straight = build_lu(targets, inputs, alpha, resolution, eps, p, domain, slack=_SLACK)
    cells = tuple(_shrunk(straight.design, code) for code in range(len(straight.design.cells)))
    reach = smallest_preactivation(straight.network, cells)
    e = min(power_below(reach), power_below(_room(straight)))
    if straight.det_at(*(low for low, _ in cells[0])) <= 0:
        raise Unsupported("the network turns the orientation", fix="report this: the signs of its bends come in pairs")
    function = blend(straight.flow.blocks[0].rational_slopes()[0], e)
    network = with_activation(straight.network, function)
    bad, power = _error(straight, cells)
    return SmoothConstruction(
        name="minimal-width/smooth",
        theorem="T9",
        network=network,
        parts=(Part("piecewise affine", straight.network, straight.design.stairs.box), *straight.parts),
        claim=straight.claim,
        error_bound=root_above(power, p),
        norm=straight.norm,
        plan=straight.plan,
        facts={
            **straight.facts,
            "half_width": e,
            "smallest_preactivation": reach,
            "bad_measure_smooth": bad,
            "claim": "of the piecewise affine network; that the smooth one equals it on the shrunk flats is decided "
            "exactly, not in the certificate",
        },
        lemma=f"on the shrunk flats, all but {format_rational(bad)} of the domain, no preactivation lies between -e "
        f"and e for e = {format_rational(e)} (decided exactly at their vertices), so the smooth network equals the "
        "piecewise affine one there; elsewhere the outputs of both stay within the same bounds, and the bound of the "
        "error counts that set",
        piecewise_affine=straight,
        activation=function,
        half_width=e,
        cells=cells,
    )


def smallest_preactivation(network: Network, cells: Sequence[Box]) -> Fraction:
    """Return the least size of a preactivation on boxes on each of which no preactivation changes its sign.

    The corners suffice: by induction over the layers the network is affine on each box.

    Raises
    ------
    Unsupported
        If a preactivation is 0 somewhere or changes its sign on a box.

    Examples
    --------
    >>> from verinet.networks.build import leaky_relu, network, variable
    >>> x = variable("x")
    >>> smallest_preactivation(network(x, leaky_relu(2 * x - 1, "1/4")), [((Q(0), Q("1/4")), ), ((Q(1), Q(2)), )])
    Fraction(1, 2)

    Guarantee: exact.
    """
    corners = [list(product(*cell)) for cell in cells]
    points = Matrix.from_rows([[x[j] for group in corners for x in group] for j in range(len(cells[0]))])
    values = vertex_values(network, points, RationalArithmetic())
    per_cell, least = len(corners[0]), None
    for vertex in network.vertices:
        if not isinstance(vertex.operation, Activate):
            continue
        keep_going()
        before = values[vertex.sources[0]]
        for row in before.numerators():
            for start in range(0, len(row), per_cell):
                group = row[start : start + per_cell]
                if not (min(group) > 0 or max(group) < 0):
                    raise Unsupported(
                        "a preactivation changes its sign on a cell",
                        fix="shrink the cells",
                        where=f"{vertex.name}, cell {start // per_cell}",
                    )
            size = Fraction(min(map(abs, row)), before.denominator)
            least = size if least is None else min(least, size)
    if least is None:
        raise Unsupported("the network has no activations", fix="give a network with hidden layers")
    return least


def with_activation(network: Network, function: Activation) -> Network:
    """Return the network with this activation in place of all of its own.  Guarantee: exact."""
    vertices = tuple(
        Vertex(Activate((function,) * len(v.operation.activations)), v.sources, v.name)
        if isinstance(v.operation, Activate)
        else v
        for v in network.vertices
    )
    return Network(vertices, network.readouts, network.domain)


def _shrunk(design: Design, code: int) -> Box:
    """The flat of a cell, a little shorter at the ends that are not ends of the domain."""
    stairs = design.stairs
    sides = []
    for (low, high), (start, end) in zip(design.cells[code][0], stairs.box, strict=True):
        cut = _SHRUNK * stairs.riser * (end - start)
        sides.append((low if low == start else low + cut, high if high == end else high - cut))
    return tuple(sides)


def _room(straight: LUConstruction) -> Fraction:
    """A bound of e from what the argument about the bad set needs.

    The first bend of a pair maps (b - e, b + e) below b + alpha e, the second begins at b + alpha length - e.
    """
    slope = straight.flow.blocks[0].rational_slopes()[0]
    values, room = straight.design.values, _SLACK
    for flats in (values.lower_flats(), values.upper_flats()):
        gaps = [flat.low - before.high for before, flat in pairwise(flats)]
        room = min([room, *(min(slope, 1 / slope) * gap * Fraction(2, 5) for gap in gaps)])
    return room


def _error(straight: LUConstruction, cells: Sequence[Box]) -> tuple[Fraction, Fraction]:
    """The measure outside of the cells, and a bound of the p-th power of the error."""
    design = straight.design
    inside = sum((prod((high - low for low, high in cell), start=Fraction(1)) for cell in cells), Fraction(0))
    bad = volume(design.stairs.box) - inside
    worst = design.bad / design.stairs.bad if design.stairs.bad else Fraction(0)
    return bad, design.good + bad * worst
