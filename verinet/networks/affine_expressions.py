"""What an expression is: an affine form in variables and neurons, built by arithmetic.

What is written with them, networks first of all, is `verinet.networks.expressions`.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import NoReturn

from verinet.errors import ShapeMismatch, Unsupported
from verinet.exact.rationals import Q
from verinet.networks import activations as table
from verinet.networks.activations import Activation


class Group:
    """The variables made by one call of `variables`."""

    __slots__ = ("name", "size")

    def __init__(self, name: str, size: int) -> None:
        self.name, self.size = name, size


class Variable:
    __slots__ = ("channel", "group")
    level = 0

    def __init__(self, group: Group, channel: int) -> None:
        self.group, self.channel = group, channel


class Neuron:
    __slots__ = ("activation", "level", "preactivation")

    def __init__(self, activation: Activation, preactivation: Expression) -> None:
        self.activation, self.preactivation = activation, preactivation
        self.level: int = 1 + max((atom.level for atom in preactivation.terms), default=0)


Atom = Variable | Neuron


class Expression:
    """An affine form in variables and neurons: built by `variable` and arithmetic, never changed.

    Equality is identity: two neurons written twice are two neurons.  It is neither larger nor smaller than
    anything: claims are stated about the outputs of a network.

    Guarantee: exact.
    """

    __slots__ = ("constant", "terms")

    def __init__(self, terms: Mapping[Atom, Fraction], constant: Fraction) -> None:
        self.terms = {atom: factor for atom, factor in terms.items() if factor}
        self.constant = constant

    def __add__(self, other: object) -> Expression:
        right = as_expression(other)
        terms = dict(self.terms)
        for atom, factor in right.terms.items():
            terms[atom] = terms.get(atom, Fraction(0)) + factor
        return Expression(terms, self.constant + right.constant)

    __radd__ = __add__

    def __neg__(self) -> Expression:
        return self * -1

    def __sub__(self, other: object) -> Expression:
        return self + -as_expression(other)

    def __rsub__(self, other: object) -> Expression:
        return -self + other

    def __mul__(self, factor: object) -> Expression:
        if isinstance(factor, Expression):
            raise ShapeMismatch(
                "a network is affine between activations, got a product of two expressions",
                fix="multiply by exact scalars only; for a target in several variables give a sympy expression",
            )
        q = Q(factor)
        return Expression({atom: q * c for atom, c in self.terms.items()}, q * self.constant)

    __rmul__ = __mul__

    def __pow__(self, exponent: object) -> Expression:
        """A neuron that raises to an integer power: what a target is written with."""
        k = Q(exponent)
        if k in (0, 1):
            return Expression({}, Fraction(1)) if k == 0 else self
        return apply_activation(self, table.activation("power", k))

    def __truediv__(self, divisor: object) -> Expression:
        q = Q(divisor)
        if q == 0:
            raise ShapeMismatch("an expression was divided by 0", fix="divide by a nonzero scalar")
        return self * (1 / q)

    def __lt__(self, other: object) -> NoReturn:
        raise _no_comparison("<")

    def __le__(self, other: object) -> NoReturn:
        raise _no_comparison("<=")

    def __gt__(self, other: object) -> NoReturn:
        raise _no_comparison(">")

    def __ge__(self, other: object) -> NoReturn:
        raise _no_comparison(">=")

    def __repr__(self) -> str:
        return f"<Expression in {len(self.terms)} variables and neurons>"


def _no_comparison(relation: str) -> Unsupported:
    return Unsupported(
        f"an expression builds a network and is not compared, got ... {relation} ...",
        fix="state a claim about outputs: y = verinet.claims.outputs(network), then y[0] <= 1; "
        "for the larger or smaller of two expressions write maximum(a, b) or minimum(a, b)",
    )


def as_expression(value: object) -> Expression:
    """An expression as it is, an exact scalar as a constant.

    Guarantee: exact.

    Examples
    --------
    >>> as_expression("1/3").constant
    Fraction(1, 3)
    """
    return value if isinstance(value, Expression) else Expression({}, Q(value))


def variable(name: str = "x") -> Expression:
    """One input.

    Guarantee: exact.

    Examples
    --------
    >>> from verinet.networks.expressions import network, relu
    >>> x = variable("x")
    >>> network(x, 2 * relu(x) - 1)(3)
    (Fraction(5, 1),)
    """
    return variables(name, 1)[0]


def variables(name: str, count: int) -> tuple[Expression, ...]:
    """A vector of `count` inputs with one name.

    Guarantee: exact.

    Examples
    --------
    >>> from verinet.networks.expressions import network
    >>> a, b = variables("x", 2)
    >>> network((a, b), a - 2 * b)(1, "1/3")
    (Fraction(1, 3),)
    """
    group = Group(name, count)
    return tuple(Expression({Variable(group, i): Fraction(1)}, Fraction(0)) for i in range(count))


def apply_activation(expression: object, act: Activation) -> Expression:
    """One neuron: `act` of an expression.

    Guarantee: exact.

    Examples
    --------
    >>> from verinet.networks.expressions import network
    >>> x = variable("x")
    >>> network(x, apply_activation(x, table.activation("hard_tanh")))(5)
    (Fraction(1, 1),)
    """
    return Expression({Neuron(act, as_expression(expression)): Fraction(1)}, Fraction(0))
