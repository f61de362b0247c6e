r"""The most linear regions that a ReLU network of one input and given widths can have.

No network has more than :math:`\prod (n_l + 1)` of them [serra2018]: inside a piece of the layers below a
preactivation is affine, so that each neuron adds one breakpoint to it at most.  With one hidden layer, and wherever
every :math:`n_l \ge 3`, there is a network with so many; not so where a layer of a deeper network has one or two
neurons.  What follows about these is derived.

A combination of the values of a layer, on a piece of the layers below it, has at most :math:`c(n)` zeros: c(1) = 1,
c(2) = 2, c(n) = n + 1 else.  For two neurons: three zeros need slopes of alternating sign on three pieces; if both
neurons face one way, the value is constant on a piece; if they face away from each other, it is constant between
them; if they face each other, the slope in the middle is the sum of the outer ones, which have the same sign.  So with
:math:`P_0 = 1`, :math:`P_1 = n_1 + 1`

.. math:: P_{l+1} \le \min\{(n_{l+1} + 1) P_l, \; P_l + n_{l+1} c(n_l) P_{l-1}\} .

One neuron a layer gives a monotone function: a second one clips it, and what is clipped at both ends stays constant,
then affine, then constant, so that there are never more than three pieces.  If the last of several layers is one
neuron with Z changes of sign, then it is off between every second pair of neighbouring ones, where there is a
breakpoint of the layers below that is not seen: :math:`P_L \le P_{L-1} + Z - \lfloor (Z-1)/2 \rfloor`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from math import prod

from verinet.networks.build import layered
from verinet.networks.network import Network
from verinet.regions.line import line
from verinet.theory.line_regions.setting import widths_of

Rows = list[list[Fraction]]


@dataclass(frozen=True)
class Maximum:
    """The largest number of linear regions, as far as it is known.

    Parameters
    ----------
    widths : tuple of int
    product : int
        The bound of the literature.
    bound : int
        A bound that looks at layers of one and two neurons.
    network : Network
        One with many regions.
    reason : str
        Why `bound` holds.

    Guarantee: exact.
    """

    widths: tuple[int, ...]
    product: int
    bound: int
    network: Network
    reason: str

    @cached_property
    def attained(self) -> int:
        """The linear regions of `network`, counted."""
        return line(self.network).linear_regions

    @property
    def is_known(self) -> bool:
        """Whether `network` has as many as the bound says, which is then the maximum."""
        return self.attained == self.bound

    @property
    def refutes_product(self) -> bool:
        """Whether no network of these widths has as many regions as the product says."""
        return self.bound < self.product


def product_bound(widths: Sequence[int]) -> int:
    r"""The bound :math:`\prod (n_l + 1)` of the literature [serra2018].

    Examples
    --------
    >>> product_bound([1, 1]), product_bound([3, 3])
    (4, 16)

    Guarantee: exact.
    """
    return prod(n + 1 for n in widths_of(widths))


def region_bound(widths: Sequence[int]) -> int:
    """A bound that is never above `product_bound`, and below it where layers of one or two neurons cannot attain it.

    Derived; see the module.

    Examples
    --------
    >>> [region_bound(n) for n in ([5], [1, 1], [1, 1, 1], [2, 2], [2, 5], [3, 3])]
    [6, 3, 3, 7, 13, 16]

    Guarantee: exact.
    """
    sizes = widths_of(widths)
    before, pieces, monotone = 1, sizes[0] + 1, sizes[0] == 1
    for level, (below, width) in enumerate(pairwise(sizes), start=2):
        zeros = min(pieces, before * (below + 1 if below >= 3 else below), 1 if monotone else pieces)
        before, pieces = pieces, pieces + width * zeros
        if width == 1 and level == len(sizes):
            pieces -= (zeros - 1) // 2
        monotone &= width == 1
        pieces = min(pieces, 3) if monotone else pieces
    return pieces


def most_regions(widths: Sequence[int]) -> Maximum:
    """Return the maximum where it is known, else a bound and a network that may have fewer regions.

    Known: one hidden layer; all widths at least 3, or all but a last one of one neuron; layers of one neuron, with
    any last one; two neurons and a last layer.  The zigzag is the literature's idea with weights of our own; the rest
    is derived.

    Examples
    --------
    >>> found = most_regions([3, 4])
    >>> found.attained, found.product, found.is_known
    (20, 20, True)
    >>> small = most_regions([1, 1])
    >>> small.attained, small.product, small.is_known, small.refutes_product
    (3, 4, True, True)

    Guarantee: exact.
    """
    sizes = widths_of(widths)
    if len(sizes) == 1:
        network, reason = _comb(sizes[0]), "each neuron has one breakpoint"
    elif min(sizes) >= 3:
        network, reason = zigzag(sizes), "each neuron adds one breakpoint to each piece below it"
    elif set(sizes[:-1]) == {1}:
        network, reason = _clips(sizes), "layers of one neuron are monotone: constant, affine, constant"
    elif len(sizes) == 2 and sizes[0] == 2:
        network, reason = _roofs(sizes[1]), "a combination of two neurons has two zeros at most"
    else:
        network, reason = _folds(sizes), "a combination of n <= 2 neurons has n zeros at most on a piece below them"
    return Maximum(sizes, product_bound(sizes), region_bound(sizes), network, reason)


def zigzag(widths: Sequence[int]) -> Network:
    r"""A network whose layer l folds the line into :math:`n_l + 1` laps, each over all breakpoints of the next one.

    The neurons of a layer switch at :math:`j/(n+1)`; all but the third face right.  With one facing left the slopes
    alternate from the first piece on: 2, -1, 1, -1, ... times n + 1, so that every lap covers [0, 1].  Layers of one
    and two neurons have one lap, and two with a flat piece between them.

    Examples
    --------
    >>> from verinet.regions.line import line
    >>> line(zigzag([3, 3])).linear_regions, line(zigzag([4, 3, 5])).linear_regions
    (16, 120)

    Guarantee: exact.
    """
    return _folds(widths_of(widths))


def _folds(sizes: Sequence[int]) -> Network:
    weights: list[Rows] = []
    biases: list[list[Fraction]] = []
    readout, offset = [Fraction(1)], Fraction(0)  # the function that the layers so far compute
    for n in sizes:
        left = {2: 2}.get(n, 3)  # the neuron that faces left, if there are so many
        facing = [Fraction(-1 if j == left else 1) for j in range(1, n + 1)]
        places = [Fraction(j, n + 1) for j in range(1, n + 1)]
        weights.append([[sign * entry for entry in readout] for sign in facing])
        biases.append([sign * (offset - place) for sign, place in zip(facing, places, strict=True)])
        readout, offset = _lap(n)
    return layered([*weights, [readout]], [*biases, [offset]])


def _lap(n: int) -> tuple[list[Fraction], Fraction]:
    """Coefficients of the neurons and the constant that fold the line into laps over [0, 1]."""
    if n == 1:
        return [Fraction(2)], Fraction(0)
    if n == 2:  # two neurons that face each other: a roof with a flat top
        return [Fraction(-3), Fraction(-3)], Fraction(2)
    slopes = [Fraction(2), *(Fraction((-1) ** j) for j in range(1, n + 1))]
    changes = [(after - before) * (n + 1) for before, after in pairwise(slopes)]
    # at the first breakpoint the value is 1, and there the neuron that faces left has the value 2 / (n + 1)
    return changes, 1 - changes[2] * Fraction(2, n + 1)


def _comb(n: int) -> Network:
    """One hidden layer with a breakpoint a neuron."""
    ones = [Fraction(1)] * n
    return layered([[[q] for q in ones], [ones]], [[Fraction(-j) for j in range(n)], [Fraction(0)]])


def _clips(sizes: Sequence[int]) -> Network:
    """Layers of one neuron make constant, affine, constant (0, x, 1); the last layer bends in between.

    With a single layer of one neuron below there is no upper end.
    """
    weights: list[Rows] = [[[Fraction(1)]]]
    biases: list[list[Fraction]] = [[Fraction(0)]]
    sign, offset = Fraction(1), Fraction(0)
    for level in range(1, len(sizes) - 1):
        # relu(1 - relu(x)) is clipped at both ends; what follows hands it on
        weights.append([[-sign if level == 1 else sign]])
        biases.append([Fraction(1) if level == 1 else offset])
    last = sizes[-1]
    places = [Fraction(j, last + 1) for j in range(1, last + 1)]
    # the first neuron faces left and is active at the lower end, the others face right and are active at the upper
    weights.append([[Fraction(-1)], *([[Fraction(1)]] * (last - 1))])
    biases.append([places[-1], *(-place for place in places[:-1])])
    weights.append([[Fraction(1)] * last])
    return layered(weights, [*biases, [Fraction(0)]])


def _roofs(n: int) -> Network:
    """Two neurons that face each other make a roof with a flat top, which n neurons cut at different heights."""
    one = Fraction(1)
    return layered(
        [[[-one], [one]], [[-one, -one]] * n, [[one] * n]],
        [[one, one], [Fraction(3 + j) for j in range(n)], [Fraction(0)]],
    )
