r"""Invertible networks of LU layers, width exactly d, for maps of R^d, d >= 2.

The theorem that such networks approximate every L^p map is the paper's (`rochau2024`); the construction is derived.
With N cells an input and one leaky ReLU:

1. Staircases on all channels, then the upper shear ``t = sum N^(j-1) x_j``: on cell i, t lies in [i, i + 1/2].
2. The other channels become small, and step shears along t add to them what outputs 2, ..., d are on cell i, the last
   output slightly moved so that its values q_i are all different: lower triangular matrices.
3. t becomes small, and a step shear along the last output adds h with ``h(q_i)`` = output 1: upper triangular ones.
4. The last output, bent on the way, is bent back.

Nothing is forgotten: every layer is invertible, also where the target is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from verinet.claims.lp_errors import LpError, lp_error
from verinet.claims.plans import Plan
from verinet.errors import ShapeMismatch, Unsupported
from verinet.exact.enclosures import Enclosure, enclose
from verinet.exact.rationals import Q, format_rational
from verinet.networks.network import Network
from verinet.theory.construction import Construction, Part
from verinet.theory.minimal_width.channels import Channels
from verinet.theory.minimal_width.coded_values import chosen, smallest_resolution
from verinet.theory.minimal_width.flows import LUNet, lu_net
from verinet.theory.minimal_width.functions import Box, Near, Targets, box_domain, read_box, read_targets
from verinet.theory.minimal_width.invertible_steps import InvertibleLayers
from verinet.theory.minimal_width.lu_design import Design, designed

_ZERO, _ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class LUConstruction(Construction):
    """An invertible network for a map, with the factors of its matrices and its inverse.

    Parameters
    ----------
    flow : LUNet
        The network as blocks: ``flow.blocks[k].lower`` and ``.upper`` are the exact factors of its k-th matrix.
    inverse : Network
        Its inverse, of the same width and depth.
    design : Design
        Cells, values, and the affine forms on the products of flats.
    near : tuple of Near
        The targets as polynomials.

    Guarantee: exact.
    """

    flow: LUNet
    inverse: Network
    design: Design = field(repr=False)
    near: tuple[Near, ...] = field(repr=False)

    def det_at(self, *x: object) -> Fraction:
        r"""Return :math:`\det D\Phi(x) = \prod_l \det A_l \cdot \alpha^{\#\{z < 0\}}`, always positive.

        Guarantee: exact.
        """
        return self.flow.det_at(*x)

    def log_det_at(self, *x: object, accuracy: object = Fraction(1, 10**12)) -> Enclosure:
        """Return an enclosure of the logarithm of the determinant at x, at most this wide.

        Guarantee: certified.
        """
        return enclose("log", self.det_at(*x), Q(accuracy))


def lu(
    targets: object,
    *,
    inputs: int | None = None,
    alpha: object = "1/4",
    resolution: int | None = None,
    eps: object = None,
    p: int = 2,
    domain: object = None,
) -> LUConstruction:
    r"""An invertible network of width d near to a map of d variables in L^p.

    .. math:: \int_K \sum_k |f_k - \Phi_k|^p \le \sum_{\text{cells}} \int_{\text{flat}} \sum_k |f_k - \Phi_k|^p
       + |\text{risers}| \sum_k (Y_k + P_k)^p \le \text{error\_bound}^p

    with Y_k the largest size of output k and P_k that of its target.

    Parameters
    ----------
    targets : list of polynomials or pieces
        One for each of d >= 2 outputs, in d variables.
    inputs : int, optional
        d, if it shall be checked.
    alpha : exact number
        Slope of the leaky ReLU, positive and not 1.
    resolution : int
        N cells an input; or
    eps : exact number
        an error to be reached.
    p : int
        Even.
    domain : Polyhedron or intervals, optional
        A box; the unit cube by default.

    Raises
    ------
    ShapeMismatch
        If there are not as many outputs as inputs, or fewer than 2.
    Unsupported
        If alpha, p, resolution or eps is out of range, or a target is smooth but no polynomial.
    BudgetExhausted
        If more than 2^16 cells would be needed.

    Notes
    -----
    Width d; depth at most ``2 m (N - 1) + 6 (N^d - 1) + 1`` where m is the number of bends that make a riser steep.
    Mark: the width is the paper's, the construction derived.

    Examples
    --------
    >>> found = lu([{(2, 0): 1}, {(1, 1): 1}], resolution=2)
    >>> found.network.width, found.network.depth, found.error_bound
    (2, 25, Fraction(105, 512))
    >>> found.inverse(*found.network("1/3", "1/5"))
    (Fraction(1, 3), Fraction(1, 5))

    Guarantee: exact.

    Source: [rochau2024].
    """
    return build_lu(targets, inputs, alpha, resolution, eps, p, domain)


def build_lu(
    targets: object,
    inputs: int | None,
    alpha: object,
    resolution: int | None,
    eps: object,
    p: int,
    domain: object,
    slack: Fraction = _ZERO,
) -> LUConstruction:
    """Return `lu` of these, where channels are passed on by preactivations that are at least `slack`.

    Guarantee: exact.
    """
    goal, box, slope = _read(targets, inputs, alpha, p, domain)
    near = tuple(function.near(box) for function in goal.functions)
    wanted, reached = chosen(resolution, eps, len(box))
    small = min(slope, 1 / slope)
    if wanted is None:
        wanted = smallest_resolution(reached or _ONE, len(box), lambda n: designed(near, box, small, n, p).error)
    return _built(goal, near, designed(near, box, small, wanted, p), slope, slack)


def _built(goal: Targets, near: tuple[Near, ...], design: Design, slope: Fraction, slack: Fraction) -> LUConstruction:
    """The construction of a design."""
    layers = laid_out(design, slope, slack)
    network, stairs = layers.channels.network(), design.stairs
    flow = lu_net(network)
    bound = design.error
    claim = lp_error(network, goal.claimed, box_domain(stairs.box), design.p)
    if not isinstance(claim, LpError):
        raise Unsupported("a map of several outputs needs polynomial targets", fix="give polynomials or pieces")
    inverse = flow.inverse_network()
    axes = tuple(stairs.axis(j) for j in range(len(stairs.box)))
    flats = tuple(tuple(k % 2 == 0 for k in range(len(axis) - 1)) for axis in axes)
    return LUConstruction(
        name="minimal-width/lu",
        theorem="T7",
        network=network,
        parts=(Part("inverse", inverse, tuple(layers.channels.ranges)),),
        claim=claim <= bound,
        error_bound=bound,
        norm=f"L{design.p}",
        plan=Plan(axes, flats, tuple(layers.channels.joints)),
        facts={
            "resolution": stairs.resolution,
            "repetitions": stairs.times,
            "bad_measure": stairs.bad,
            "good_error_power": design.good,
            "bad_error_power": design.bad,
        },
        flow=flow,
        inverse=inverse,
        design=design,
        near=near,
    )


def laid_out(design: Design, slope: Fraction, slack: Fraction) -> InvertibleLayers:
    """Return the layers of a design, their channels being the outputs.  Guarantee: exact."""
    stairs, values = design.stairs, design.values
    size = len(stairs.box)
    channels = Channels.of(stairs.box)
    layers = InvertibleLayers(channels, slope, slack)
    start = []
    for j, (low, high) in enumerate(stairs.box):
        rate = stairs.slope / (high - low)
        start.append((-rate * low, *(rate if k == j else _ZERO for k in range(size))))
    channels.affine(start)
    layers.staircase(stairs.resolution, stairs.rise, stairs.times)
    layers.combine(0, (_ZERO, *map(Fraction, stairs.weights)))
    for j in range(1, size):
        layers.scale(j, values.scales[j])
    layers.step_shear(0, range(1, size), values.lower_flats())
    layers.pass_on()
    layers.scale(0, values.scales[0])
    layers.undo(size - 1, layers.step_shear(size - 1, (0,), values.upper_flats()))
    return layers


def _read(targets: object, inputs: int | None, alpha: object, p: int, domain: object) -> tuple[Targets, Box, Fraction]:
    """The functions, the box and the slope, checked."""
    count = len(targets) if isinstance(targets, Sequence | Targets) and not isinstance(targets, str) else 1
    if inputs not in (None, count) or count < 2:
        raise ShapeMismatch(
            f"an invertible network needs as many outputs as inputs, and 2 or more, got {count} targets"
            + (f" and {inputs} inputs" if inputs is not None else ""),
            fix="give a list of d targets in d variables",
        )
    goal = read_targets(targets, count)
    if len(goal) != count:
        raise ShapeMismatch("an invertible network needs one target an output", fix="give a list of d targets")
    if any(function.is_smooth for function in goal.functions):
        raise Unsupported(
            "the L^p error of several outputs is claimed against polynomials or pieces", fix="approximate the target"
        )
    slope = Q(alpha)
    if slope <= 0 or slope == 1:
        raise Unsupported(
            f"an invertible leaky ReLU that bends has a slope above 0 other than 1, got {format_rational(slope)}",
            fix="take alpha = 1/4",
        )
    if isinstance(p, bool) or not isinstance(p, int) or p < 2 or p % 2:
        raise Unsupported(f"the exact error needs an even p, got {p!r:.40}", fix="write p=2")
    return goal, read_box(domain, count), slope
