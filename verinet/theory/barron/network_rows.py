r"""Constructions of Barron spaces as `verinet construct` builds them: from a network, or from a polynomial."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from verinet.claims.builders import sup_error
from verinet.claims.targets import Polynomial
from verinet.errors import BudgetExhausted, NotANumber, Unsupported
from verinet.exact.rationals import Q, format_rational
from verinet.networks.network import Network
from verinet.theory.barron.conversion import MOST_NEURONS, Conversion, convert, power_of
from verinet.theory.barron.polynomials import MOST_FACTORS, multivariate
from verinet.theory.barron.ridge_networks import gathered, joined
from verinet.theory.construction import Construction, Part
from verinet.theory.minimal_width.functions import box_domain, read_box, read_targets

__all__ = ["polynomial", "repu_downward"]


def repu_downward(
    network: Network,
    *,
    to: object = "relu",
    cells: int | None = None,
    eps: object = None,
    domain: object = None,
    radius: object = None,
) -> Construction:
    r"""Convert a network to lower rectified powers, as `verinet.theory.barron.conversion.convert`.

    Parameters
    ----------
    network : Network
    to, domain, radius
        As for `convert`.
    cells : int, optional
        8, unless an error is given.
    eps : exact number, optional
        Instead: the fewest cells whose claim is at most this.

    Raises
    ------
    VerinetError
        As `convert`; Unsupported for both `cells` and `eps`, NotANumber for an error that is not positive.

    Examples
    --------
    >>> from verinet.geometry.polyhedra import interval
    >>> from verinet.networks.build import apply_activation, variable
    >>> from verinet.networks.build import network as built
    >>> from verinet.theory.barron.conversion import RePU
    >>> x = variable("x")
    >>> made = repu_downward(built(x, apply_activation(x, RePU(2))), eps="1/100", domain=interval(-1, 1))
    >>> made.facts["cells"], str(made.error_bound)
    (5, '1/100')

    Guarantee: exact.
    """
    if eps is not None and cells is not None:
        raise Unsupported("cells and an error are two wishes", fix="give one of cells and eps")

    def made_with(count: int) -> Conversion:
        return convert(network, to, count, domain=domain, radius=radius)

    found = made_with(8 if cells is None else cells) if eps is None else _fewest(made_with, Q(eps))
    inexact = sum(1 for output in found.ridges for ridge in output if ridge.error)
    return Construction(
        name="barron/repu-downward",
        theorem="the embedding is the paper's; cells, nodes and the error are derived",
        network=found.network,
        parts=(),
        claim=found.claim(),
        error_bound=found.claimed,
        norm="sup",
        facts={
            "power": power_of(to),
            "cells": found.cells,
            "ridges": sum(map(len, found.ridges)),
            "ridges that are not exact": inexact,
            "bound": found.bound,
            "error of output 0, from": found.lower[0],
            "error of output 0, to": found.upper[0],
            "attained": "yes" if found.is_attained else "not known",
        },
    )


def _fewest(made_with: Callable[[int], Conversion], eps: Fraction) -> Conversion:
    """The conversion of fewest cells whose bound is at most eps: bounds fall as cells are added to."""
    if eps <= 0:
        raise NotANumber(f"an error is positive, got {format_rational(eps)}", fix="write eps=Q('1/100')")
    high, best = 1, made_with(1)
    while best.claimed > eps:
        high *= 2
        if high > MOST_NEURONS:
            raise BudgetExhausted(f"the error {format_rational(eps)} takes too many cells", fix="allow a larger error")
        best = made_with(high)
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        tried = made_with(middle)
        if tried.claimed <= eps:
            high, best = middle, tried
        else:
            low = middle
    return best


def polynomial(targets: object, *, inputs: int, domain: object = None, power: int | None = None) -> Construction:
    r"""A network with one hidden layer of RePU_s neurons that is equal to polynomials of degree at most s, everywhere.

    .. math:: (w \cdot x + b)^s = \mathrm{RePU}_s(w \cdot x + b) + (-1)^s \, \mathrm{RePU}_s(-w \cdot x - b)

    Parameters
    ----------
    targets : polynomial, or a list with one for every output
    inputs : int
    domain : Polyhedron or intervals, optional
        Of the claim; the equality holds on all of space.
    power : int, optional
        s, at least the degree, which it is by default; at most 16.

    Raises
    ------
    Unsupported
        If a target is no polynomial, or the power is too small or too large.

    Examples
    --------
    >>> made = polynomial({(1, 1): 1}, inputs=2)
    >>> made.network.size, made.network(3, -5), made.facts["mass"]
    (4, (Fraction(-15, 1),), Fraction(1, 1))

    Guarantee: exact.

    Source: derived.
    """
    goal, box = read_targets(targets, inputs), read_box(domain, inputs)
    found = [function.given for function in goal.functions if isinstance(function.given, Polynomial)]
    if len(found) < len(goal):
        raise Unsupported("sums of powers are polynomials only", fix="give polynomials, such as x^2*y - 1/3")
    degree = max((sum(exponents) for one in found for _, exponents in one.coefficients), default=0)
    s = max(degree, 1) if power is None else power
    if isinstance(s, bool) or not isinstance(s, int) or not max(degree, 1) <= s <= MOST_FACTORS:
        raise Unsupported(
            f"the power is an integer from the degree {degree} to {MOST_FACTORS}, got {str(s)[:40]}",
            fix=f"write power={max(degree, 1)}",
        )
    measures = [multivariate({e: c for c, e in one.coefficients}, s, inputs) for one in found]
    sums = [gathered(measure.function(s)) for measure in measures]
    network = joined(sums)
    claimed = found[0] if len(found) == 1 else found
    return Construction(
        name="barron/polynomial",
        theorem="derived",
        network=network,
        parts=(Part("powers", network, box),),
        claim=sup_error(network, claimed, box_domain(box)) <= 0,
        error_bound=Fraction(0),
        norm="sup",
        facts={"degree": degree, "power": s, "neurons": network.size, "mass": sum(m.mass() for m in measures)},
    )
