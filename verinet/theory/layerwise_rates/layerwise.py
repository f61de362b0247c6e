r"""Geometric rates layer by layer: one network of width 2dN + d + 2, and a readout after every level.

Zhang, Shen and Xu 2026 [zhangshenxu2026], Theorem 2.1: for f in L^p([0,1]^d) and any depth the readouts satisfy
:math:`\|f - \Phi_l\|_p \le (2d+1)\, \omega_{f,p}(N^{-l})` for every l.  The statement, the width and the activations
(ReLU, two sine channels) are the paper's.  Derived: all weights here, and the exact variant, whose two decoder channels
are a power of 2 and a fractional part and are rational at every code.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import islice

from verinet.claims.pieces import PiecewisePolynomial
from verinet.errors import BudgetExhausted, ShapeMismatch, Unsupported
from verinet.exact.rationals import format_rational
from verinet.theory.layerwise_rates.ladder import EXACT, Decoder, Encoder, ladder
from verinet.theory.layerwise_rates.lipschitz import lipschitz_constant
from verinet.theory.layerwise_rates.options import (
    LEVELS,
    check_cells,
    read_decoder,
    read_error,
    read_grid,
    read_levels,
    read_power,
)
from verinet.theory.layerwise_rates.rates import Rate, rate
from verinet.theory.layerwise_rates.readouts import Layerwise, LayerwiseConstruction
from verinet.theory.layerwise_rates.sines import sine_table
from verinet.theory.layerwise_rates.tables import Level, climbed, exact_table
from verinet.theory.minimal_width.boxes import box_domain
from verinet.theory.minimal_width.coded_values import MOST_CELLS
from verinet.theory.minimal_width.functions import Near, Targets, power_below, read_box, read_targets, short

__all__ = ["depth_for", "layerwise", "layerwise_exact", "layerwise_sine", "ramp_of"]

#: Bits by which a ramp is shorter than the smallest cells, for every power of the norm.
ROOM = 12


def layerwise(
    targets: object,
    *,
    inputs: int,
    resolution: int | None = None,
    grid: int | None = None,
    depth: int | None = None,
    eps: object = None,
    p: int = 2,
    domain: object = None,
    activations: str = "exact",
) -> Layerwise:
    r"""Return one network of width 2dN + d + 2 whose readouts Phi_1, ..., Phi_L come nearer to f level by level.

    .. math:: \|f - \Phi_l\|_{L^p([0,1]^d)} \le (2d+1)\, \omega_{f,p}(N^{-l}), \qquad l = 1, \dots, L

    Parameters
    ----------
    targets : polynomial, pieces, or sympy expression
        One function of d variables.
    inputs : int
        d.
    resolution, grid : int
        N >= 2, by either name; 2 if neither is given.
    depth : int
        The number L of readouts; the network has two layers more.
    eps : exact number
        Instead: levels until the error is certified to be at most eps.
    p : int
        1, or even.
    domain : Polyhedron or intervals, optional
        The unit cube, if it shall be checked.
    activations : str
        ``"exact"`` or ``"sine"``.

    Raises
    ------
    ShapeMismatch
        If there is not exactly one target.
    Unsupported
        If N, L, p, eps, the domain or the activations are out of range.
    BudgetExhausted
        If a level has more than 2^16 cells; with sines, more than 4096.

    Notes
    -----
    The ramps are the same for every depth, so that the network of a lower depth is, literally, the beginning of that
    of a higher one.  Mark: statement, width, depth and sine channels are the paper's; weights and the exact decoder
    derived.

    Guarantee: certified (exact for polynomials, pieces and the exact decoder).

    Source: [zhangshenxu2026], Theorem 2.1.

    Examples
    --------
    >>> found = layerwise({(1,): 1, (2,): -1}, inputs=1, grid=2, depth=3)
    >>> set(found.network.level_widths), found.network.depth, [rate.holds for rate in found.rates]
    ({7}, 5, [True, True, True])
    >>> found.network.readouts == layerwise({(1,): 1, (2,): -1}, inputs=1, grid=2, depth=4).network.readouts[:3]
    True
    >>> [str(value) for value in found.values_at("1/3")][0], found.depth_for("1/20")
    ('1431663955/8589934592', 2)
    """
    goal = read_targets(targets, inputs)
    if len(goal) != 1:
        raise ShapeMismatch(f"layer-wise rates are about one output, got {len(goal)} targets", fix="give one target")
    decoder = read_decoder(activations)
    n, power, wanted = read_grid(resolution, grid), read_power(p), None if eps is None else read_error(eps)
    box = read_box(domain, inputs)
    if any(low != 0 or high != 1 for low, high in box):
        raise Unsupported(
            "layer-wise rates are stated on the unit cube", fix="write the target in variables that run over [0, 1]"
        )
    count = read_levels(depth, wanted, n, inputs, decoder)
    check_cells(n ** min(inputs * count, 1 << 10), decoder)
    (target,) = goal.functions
    if isinstance(target.given, PiecewisePolynomial):
        target.given.check_apart(box_domain(box))
    near = target.near(box, Fraction(1, 64)) if target.is_smooth else target.near(box)
    if target.is_smooth:
        near = target.near(box, _closeness(near, n, count if depth is not None else LEVELS + 1, wanted))
    return _built(goal, near, n, count, power, wanted, decoder, grow=depth is None and wanted is not None)


def layerwise_exact(
    targets: object,
    *,
    inputs: int,
    resolution: int | None = None,
    grid: int | None = None,
    depth: int | None = None,
    eps: object = None,
    p: int = 2,
    domain: object = None,
) -> LayerwiseConstruction:
    """Return the construction with the exact decoder: a power of 2 and a fractional part.  Raises as `layerwise`.

    Guarantee: certified (exact for polynomials and pieces).

    Examples
    --------
    >>> made = layerwise_exact({(2,): 1}, inputs=1, resolution=2, depth=2)
    >>> made.network.width, made.facts["every readout within its bound"], made.norm
    (7, 'yes', 'L2')
    """
    return layerwise(
        targets, inputs=inputs, resolution=resolution, grid=grid, depth=depth, eps=eps, p=p, domain=domain,
        activations="exact",
    ).construction  # fmt: skip


def layerwise_sine(
    targets: object,
    *,
    inputs: int,
    resolution: int | None = None,
    grid: int | None = None,
    depth: int | None = None,
    eps: object = None,
    p: int = 2,
    domain: object = None,
) -> LayerwiseConstruction:
    """Return the construction with the paper's activations: ReLU, and two sine channels.  Raises as `layerwise`.

    Guarantee: certified.

    Examples
    --------
    >>> made = layerwise_sine({(2,): 1}, inputs=1, resolution=2, depth=2)
    >>> made.network.width, made.facts["every readout within its bound"], made.facts["activations"]
    (7, 'yes', 'ReLU, sine, sine')
    """
    return layerwise(
        targets, inputs=inputs, resolution=resolution, grid=grid, depth=depth, eps=eps, p=p, domain=domain,
        activations="sine",
    ).construction  # fmt: skip


def depth_for(
    targets: object, eps: object, *, inputs: int, grid: int = 2, p: int = 2, activations: str = "exact"
) -> int:
    """Return the first level whose readout is certified to be within eps.

    Guarantee: certified.

    Raises
    ------
    BudgetExhausted
        If the cells run out before.

    Examples
    --------
    >>> depth_for({(1,): 1, (2,): -1}, "1/20", inputs=1)
    2
    """
    return layerwise(targets, inputs=inputs, grid=grid, eps=eps, p=p, activations=activations).depth


def _built(
    goal: Targets, near: Near, grid: int, count: int, p: int, wanted: Fraction | None, decoder: Decoder, grow: bool
) -> Layerwise:
    inputs = goal.dimension
    low, high = near.extremes(near.box)
    size = max(abs(low), abs(high))
    # carried values are never below -reach: means of f, and errors of decoders that are far smaller
    reach = 4 * power_below(size) if size else Fraction(1)
    start = low if low == high else short((low + high) / 2, power_below(size) / 64)
    encoder = Encoder(inputs, grid, ramp_of(inputs, grid, p))
    lipschitz = lipschitz_constant(goal.functions[0], near)
    table = exact_table if decoder is EXACT else sine_table
    levels: list[Level] = []
    rates: list[Rate] = []
    # whatever a ramp makes of a code, Phi_l - Phi_0 is at most the sum of the corrections' sizes
    bound = max(high - start, start - low)
    for level in islice(climbed(near, start, inputs, grid, table), count):
        bound += level.correction.size
        if min(level.values) - level.slack < -reach:
            raise Unsupported("a value that is carried falls below what is added", fix="take a smaller grid")
        levels.append(level)
        rates.append(rate(near, encoder, level, bound, p, lipschitz))
        if grow and wanted is not None and rates[-1].error <= wanted:
            break
    else:
        if grow and wanted is not None:
            raise BudgetExhausted(
                f"no readout of {count} levels is certified to be within {format_rational(wanted)}",
                fix="ask for a larger eps, or take a larger grid",
            )
    network = ladder(encoder, decoder, start, reach, [level.correction for level in levels])
    return Layerwise(goal, near, encoder, decoder, tuple(levels), tuple(rates), network, p, wanted)


def ramp_of(inputs: int, grid: int, p: int) -> Fraction:
    """The width of a ramp: so short that all ramps of all levels within 2^16 cells matter little in L^p.

    It does not depend on the number of levels.

    Guarantee: exact.

    Examples
    --------
    >>> ramp_of(1, 2, 2) == Fraction(1, 2**60)
    True
    """
    power = max(p, 2)
    finest = MOST_CELLS.bit_length() - 1
    together = (inputs * (grid - 1) * finest - 1).bit_length()
    return Fraction(1, 1 << (power * (finest + ROOM) + together))


def _closeness(coarse: Near, grid: int, levels: int, eps: Fraction | None) -> Fraction:
    """How near polynomials have to be to a smooth function, to matter little at the last level."""
    low, high = coarse.extremes(coarse.box)
    wanted = max(high - low, Fraction(1, 1024)) / (16 * grid**levels)
    return power_below(wanted if eps is None else min(wanted, eps / 64))
