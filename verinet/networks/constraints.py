"""Evaluation with the solver's terms: a network as constraints over its inputs (and, when asked, weights)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from verinet.errors import Unsupported
from verinet.exact import terms
from verinet.exact.linalg import Matrix
from verinet.exact.rationals import Q
from verinet.exact.terms import Term
from verinet.networks.activations import Activation, Polynomial, at
from verinet.networks.lists import ListArithmetic, weight_name


class ConstraintArithmetic(ListArithmetic[Term]):
    """Terms of `verinet.exact.terms`; activations become if-then-else, floor and frac the largest integer below.

    Inputs are terms (from `terms.variables`) or exact numbers.

    Parameters
    ----------
    weights : str, optional
        Every weight and bias becomes a solver variable; they are collected in `variables`, by
        `lists.weight_name`, as the network is evaluated.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variable
    >>> from verinet.networks.evaluate import evaluate
    >>> x = variable("x")
    >>> from verinet.exact import solver
    >>> inputs = terms.variables("x", 1)
    >>> (y,) = evaluate(network(x, relu(2 * x)), inputs, ConstraintArithmetic())
    >>> type(solver.solve([terms.at_least(y, Q("1/3"))], inputs, 5)).__name__
    'Point'

    Guarantee: exact.
    """

    def __init__(self, weights: str | None = None) -> None:
        self.weights = weights
        self.variables: dict[str, Term] = {}

    def scalar(self, entry: Any) -> Term:
        """An exact number as a constant, a term as it is."""
        return entry if isinstance(entry, Term) else terms.constant(Q(entry))

    def affine(self, weight: Matrix, bias: Matrix, values: list[Term], *, vertex: int = 0) -> list[Term]:
        """weight values + bias."""
        offsets = bias.T.to_rows()[0]
        if self.weights is None:
            return [terms.linear(row, offset, values) for row, offset in zip(weight.to_rows(), offsets, strict=True)]
        return [self._symbolic_row(vertex, i, values) for i in range(weight.rows)]

    def _symbolic_row(self, vertex: int, row: int, values: list[Term]) -> Term:
        prefix = self.weights or ""
        symbols = terms.variables(f"{prefix}{vertex}_{row}_", 1 + len(values))
        names = [weight_name(prefix, vertex, row, j) for j in (None, *range(len(values)))]
        self.variables |= dict(zip(names, symbols, strict=True))
        return terms.add(symbols[0], *(terms.mul(w, v) for w, v in zip(symbols[1:], values, strict=True)))

    def activate(self, activations: tuple[Activation, ...], values: list[Term]) -> list[Term]:
        """One activation a channel."""
        return [constraint_value(f, value) for f, value in zip(activations, values, strict=True)]


def constraint_value(activation: Activation, z: Term) -> Term:
    """An activation of a term, value at each breakpoint included.

    Raises
    ------
    Unsupported
        For smooth activations: terms are made of rationals, products and integer parts, which have no logistic.

    Examples
    --------
    >>> from verinet.networks.activations import activation
    >>> (z,) = terms.variables("z", 1)
    >>> term = constraint_value(activation("frac"), z)
    >>> terms.holds([terms.equals(term, Q("1/4"))], {"z0": Q("-3/4")})
    True

    Guarantee: exact.
    """
    if activation.kind == "smooth":
        raise Unsupported(
            f"constraint terms are piecewise polynomial, got the smooth {activation}",
            fix="use piecewise polynomial activations, floor or frac with the solver",
        )
    if activation.shift is not None:
        whole = terms.floor(z)
        rest = terms.linear((Fraction(1), Fraction(-1)), Fraction(0), (z, whole))
        return terms.add(_polynomial(activation.pieces[0], rest), terms.scale(activation.shift, whole))
    result = _polynomial(activation.pieces[-1], z)
    steps = list(zip(activation.breakpoints, activation.values, activation.pieces, activation.pieces[1:], strict=False))
    for point, value, before, after in reversed(steps):
        if at(after, point) != value:
            result = terms.choose(terms.equals(z, point), terms.constant(value), result)
        result = terms.if_less(z, point, _polynomial(before, z), result)
    return result


def _polynomial(piece: Polynomial, z: Term) -> Term:
    if len(piece) <= 2:
        return terms.linear((piece[1] if len(piece) == 2 else Fraction(0),), piece[0], [z])
    result = terms.constant(piece[-1])
    for coefficient in reversed(piece[:-1]):
        result = terms.add(terms.mul(result, z), terms.constant(coefficient))
    return result
