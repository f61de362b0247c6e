"""Sums of ridges, tidied without changing any power, and as one network with several outputs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction

from verinet.errors import ShapeMismatch
from verinet.networks.activations import RELU, activation
from verinet.networks.build import Expression, apply_activation, variables
from verinet.networks.build import network as built
from verinet.networks.network import Network
from verinet.theory.ridges import Ridge, RidgeSum, primitive, ridge_sum
from verinet.work import keep_going

__all__ = ["gathered", "joined", "one_function"]


def one_function(f: Network | RidgeSum) -> RidgeSum:
    """The sum of ridges that a network of one output is.

    Raises
    ------
    ShapeMismatch
        If it has several outputs.

    Examples
    --------
    >>> from verinet.networks.build import relu, variable
    >>> x = variable("x")
    >>> one_function(built(x, relu(x) - 1)).constant
    Fraction(-1, 1)

    Guarantee: exact.
    """
    if isinstance(f, RidgeSum):
        return f
    if f.output_size != 1:
        raise ShapeMismatch(f"this is said of one function, got {f.output_size} outputs", fix="choose one output")
    return ridge_sum(f)


def gathered(f: RidgeSum) -> RidgeSum:
    """The same function with one ridge for each half-space and power: positive multiples of a ridge are added.

    Unlike `RidgeSum.merged` it turns no ridge around, so that every power is welcome.

    Examples
    --------
    >>> half, one = Fraction(1, 2), Fraction(1)
    >>> f = RidgeSum((Fraction(0),), one, (Ridge(one, (half,), half, 2), Ridge(one, (-one,), -one, 2),
    ...                                    Ridge(one, (one,), one, 2), Ridge(one, (Fraction(0),), half)))
    >>> gathered(f).constant, [(str(r.coefficient), str(r.weight[0])) for r in gathered(f).ridges]
    (Fraction(3, 2), [('5/4', '1'), ('1', '-1')])

    Guarantee: exact.
    """
    constant = f.constant
    found: dict[tuple[tuple[Fraction, ...], Fraction, int], Fraction] = defaultdict(Fraction)
    for ridge in f.ridges:
        keep_going()
        if not any(ridge.weight):
            constant += ridge((Fraction(0),) * f.inputs)
            continue
        weight, bias, size = primitive(ridge.weight, ridge.bias)
        if size < 0:
            weight, bias = tuple(-w for w in weight), -bias
        found[weight, bias, ridge.power] += ridge.coefficient * abs(size) ** ridge.power
    ridges = tuple(Ridge(m, w, b, k) for (w, b, k), m in found.items() if m)
    return RidgeSum(f.linear, constant, ridges)


def joined(sums: Sequence[RidgeSum]) -> Network:
    """One network whose outputs are these functions; a ridge that several of them have is one neuron.

    Examples
    --------
    >>> f = RidgeSum((Fraction(1),), Fraction(0), (Ridge(Fraction(2), (Fraction(1),), Fraction(1)),))
    >>> both = joined([f, f.scaled(Fraction(3))])
    >>> both.size, both(1)
    (1, (Fraction(5, 1), Fraction(15, 1)))

    Guarantee: exact.
    """
    x = variables("x", sums[0].inputs)
    neurons: dict[tuple[tuple[Fraction, ...], Fraction, int], Expression] = {}
    outputs = []
    for f in sums:
        total = _affine(x, f.linear, f.constant)
        for ridge in f.ridges:
            keep_going()
            key = (ridge.weight, ridge.bias, ridge.power)
            if key not in neurons:
                kind = RELU if ridge.power == 1 else activation("repu", ridge.power)
                neurons[key] = apply_activation(_affine(x, ridge.weight, ridge.bias), kind)
            total = total + ridge.coefficient * neurons[key]
        outputs.append(total)
    return built(x, outputs[0] if len(outputs) == 1 else tuple(outputs))


def _affine(x: Sequence[Expression], weight: Sequence[Fraction], bias: Fraction) -> Expression:
    return sum((w * entry for w, entry in zip(weight, x, strict=True) if w), start=0 * x[0]) + bias
