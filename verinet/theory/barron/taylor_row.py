r"""The finite Taylor network of a smooth activation as `verinet construct barron/taylor` builds it, with its claim."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from verinet.claims.builders import sup_error
from verinet.errors import BudgetExhausted, NotANumber, Unsupported
from verinet.exact.rationals import Q, format_rational
from verinet.geometry.polyhedra import interval
from verinet.networks.activations import LARGEST_POWER
from verinet.theory.barron.ridge_networks import gathered, joined
from verinet.theory.barron.taylor import TaylorMeasure
from verinet.theory.barron.taylor_networks import finite_taylor
from verinet.theory.construction import Construction

__all__ = ["taylor"]

#: A bound keeps so many digits behind its point, rounded up.
_SHOWN = 24
MOST_CELLS = 4096


def taylor(*, activation: str = "tanh", power: int = 1, radius: object = 2, cells: int = 8) -> Construction:
    r"""A network of rectified powers near a smooth activation on [-M, M], by Taylor's formula.

    Parameters
    ----------
    activation : str
        tanh, logistic, softplus, cos, sin, gaussian, exp, gelu, erf or arctan.
    power : int
        s.
    radius : exact number
        M.
    cells : int
        Of the remainder's measure.

    Raises
    ------
    Unsupported
        For other activations.
    NotANumber
        For powers, cells and radii that are not positive.
    BudgetExhausted
        For more than 4096 cells.

    Examples
    --------
    >>> made = taylor(activation="cos", power=2, radius=1, cells=4)
    >>> made.claim.text().partition(" <= ")[0], made.facts["power"]
    ('|f(x) - cos(x)|', 2)

    Guarantee: certified (the bound; weights are rational).

    Source: [heeringa2024] for the push-forward; the finite network is derived.
    """
    half = Q(radius)
    for value, most, word in ((power, LARGEST_POWER, "power"), (cells, None, "cells")):
        if isinstance(value, bool) or not isinstance(value, int) or value < 1 or (most and value > most):
            raise NotANumber(f"{word} is a positive integer, got {str(value)[:40]}", fix="write power=1, cells=8")
    if half <= 0:
        raise NotANumber(f"a radius is positive, got {format_rational(half)}", fix="write radius=2")
    if cells > MOST_CELLS:
        raise BudgetExhausted(f"{cells} cells are above the limit of {MOST_CELLS}", fix="take fewer")
    target = _formula(activation)
    found = finite_taylor(TaylorMeasure(activation, power, -half, half), cells)
    bound = _above(found.error)
    network = joined([gathered(found.function())])
    return Construction(
        name="barron/taylor",
        theorem="the push-forward is the paper's; cells and bound are derived",
        network=network,
        parts=(),
        claim=sup_error(network, target, interval(-half, half)) <= bound,
        error_bound=bound,
        norm="sup",
        facts={
            "activation": activation,
            "power": power,
            "radius": half,
            "cells": cells,
            "mass of the remainder, at most": _above(found.taylor.mass(12).high),
        },
    )


def _formula(name: str) -> Any:
    """The activation as sympy writes it."""
    import sympy

    z = sympy.Symbol("x")
    known = {
        "tanh": sympy.tanh(z),
        "logistic": 1 / (1 + sympy.exp(-z)),
        "softplus": sympy.log(1 + sympy.exp(z)),
        "cos": sympy.cos(z),
        "sin": sympy.sin(z),
        "gaussian": sympy.exp(-(z**2) / 2),
        "exp": sympy.exp(z),
        "gelu": z * (1 + sympy.erf(z / sympy.sqrt(2))) / 2,
        "erf": sympy.erf(z),
        "arctan": sympy.atan(z),
    }
    if name not in known:
        raise Unsupported(f"no claim can name the activation {str(name)[:40]!r}", fix=f"take one of {', '.join(known)}")
    return known[name]


def _above(q: Fraction) -> Fraction:
    return Fraction(-((-q.numerator * 10**_SHOWN) // q.denominator), 10**_SHOWN)
