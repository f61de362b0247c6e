"""What the terms of a claim in one line mean: polynomials in the inputs and outputs, formulas, smooth functions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NoReturn

from verinet.claims.claim_tokens import Reader, Tree
from verinet.claims.formulas import Affine, Formula, all_of, any_of, negate
from verinet.claims.relations import compared
from verinet.claims.targets import LARGEST_DEGREE, Polynomial
from verinet.errors import BadFormat, NotANumber, Unsupported
from verinet.networks.network import Network

#: Most terms of a polynomial, and most bits of a power of a number.
MOST_TERMS, MOST_BITS = 20_000, 60_000
#: Smooth functions of one argument that targets may have; each is one of sympy's, by the same name.
FUNCTIONS = ("sin", "cos", "tan", "exp", "log", "sqrt", "tanh", "sinh", "cosh", "asin", "acos", "atan", "erf")
_VARIABLE = re.compile(r"(?:(x|y|f[1-9][0-9]{0,3}\.y)_(0|[1-9][0-9]{0,8})|(x|y|f[1-9][0-9]{0,3}\.y))\Z", re.ASCII)

Monomial = tuple[tuple[int, int], ...]
Terms = dict[Monomial, Fraction]


@dataclass(frozen=True, slots=True)
class Names:
    """The variables of some networks: inputs ``x_0, ...`` (or ``x``), outputs ``y_0, ...`` (or ``y``).

    Of several networks the outputs are ``f1.y_0, ...`` (or ``f1.y``).

    Guarantee: exact.

    Examples
    --------
    >>> Names(1, (2, 3)).find("f2.y_1"), Names(1, (1,)).find("y"), Names(2, (1,)).find("x")
    (4, 1, None)
    """

    inputs: int
    outputs: tuple[int, ...]

    @classmethod
    def of(cls, networks: Sequence[Network]) -> Names:
        """Return the names for networks that share their inputs."""
        return cls(networks[0].input_size, tuple(network.output_size for network in networks))

    def find(self, name: str) -> int | None:
        """Return the place of a variable: inputs first, then all outputs; None for any other name."""
        match = _VARIABLE.match(name)
        if match is None:
            return None
        kind = match[1] or match[3]
        index = int(match[2] or 0)
        if kind == "x":
            return index if index < self.inputs and (match[2] or self.inputs == 1) else None
        number = 1 if kind == "y" else int(kind[1:-2])
        if number > len(self.outputs) or (kind == "y" and len(self.outputs) > 1):
            return None
        size = self.outputs[number - 1]
        if index >= size or (match[3] and size > 1):
            return None
        return self.inputs + sum(self.outputs[: number - 1]) + index

    def is_one(self, name: str) -> bool:
        """Tell whether a name has the form of a variable, of these networks or of others."""
        return _VARIABLE.match(name) is not None

    def words(self) -> str:
        """Return the names in words, for an error message."""
        x = "x" if self.inputs == 1 else f"x_0 to x_{self.inputs - 1}"
        if len(self.outputs) > 1:
            several = [
                f"f{k}.y" + (f"_0 to f{k}.y_{size - 1}" if size > 1 else "") for k, size in enumerate(self.outputs, 1)
            ]
            return f"{x}, {', '.join(several)}"
        return f"{x} and " + ("y" if self.outputs == (1,) else f"y_0 to y_{self.outputs[0] - 1}")


class Meanings:
    """Trees of one text, understood over the variables of some networks.

    Guarantee: exact.

    Examples
    --------
    >>> reader = Reader("(x - 1)^2 / 4")
    >>> print(Meanings(reader, Names(1, (1,))).target(reader.term()))
    1/4*x^2 - 1/2*x + 1/4
    """

    def __init__(self, reader: Reader, names: Names) -> None:
        self.reader = reader
        self.names = names

    def formula(self, tree: Tree) -> Formula:
        """Return the formula of a tree.

        Raises
        ------
        BadFormat, Unsupported
            If it is a term, or its terms are not affine.
        """
        match tree.kind:
            case "and":
                return all_of(*map(self.formula, tree.parts))
            case "or":
                return any_of(*map(self.formula, tree.parts))
            case "not":
                return negate(self.formula(tree.parts[0]))
            case "<=" | ">=" | "<" | ">" | "=" | "!=":
                left, right = (self.affine(part) for part in tree.parts)
                return compared(tree.kind, left, right)
        return self._refuse(tree, "a comparison", "a term without one")

    def affine(self, tree: Tree) -> Affine:
        """Return the affine term of a tree; raises as `formula`."""
        x: dict[int, Fraction] = {}
        y: dict[int, Fraction] = {}
        constant = Fraction(0)
        for monomial, coefficient in self.terms(tree).items():
            if not monomial:
                constant = coefficient
            elif len(monomial) > 1 or monomial[0][1] > 1:
                raise Unsupported(
                    "a comparison of inputs and outputs needs affine terms, got a product of variables",
                    fix="multiply variables by numbers only; polynomials are targets of sup_error and lp_error",
                    where=self.reader.where(tree.place),
                )
            elif monomial[0][0] < self.names.inputs:
                x[monomial[0][0]] = coefficient
            else:
                y[monomial[0][0] - self.names.inputs] = coefficient
        return Affine(constant, tuple(sorted(x.items())), tuple(sorted(y.items())))

    def target(self, tree: Tree) -> Polynomial | Any:
        """Return a polynomial in the inputs, or a sympy expression where a smooth function occurs."""
        if _calls(tree):
            return self.smooth(tree)
        return self.polynomial(tree, self.names.inputs)

    def polynomial(self, tree: Tree, dimension: int) -> Polynomial:
        """Return a polynomial in the first so many variables.

        Raises
        ------
        Unsupported
            If other variables occur, or its degree is too large.
        """
        entries = []
        for monomial, coefficient in self.terms(tree).items():
            exponents = [0] * dimension
            for variable, power in monomial:
                if variable >= dimension:
                    raise Unsupported(
                        "a target is a function of the inputs, got an output in it",
                        fix=f"write it in {Names(dimension, (0,)).words().partition(' and')[0]}",
                        where=self.reader.where(tree.place),
                    )
                exponents[variable] = power
            entries.append((coefficient, tuple(exponents)))
        return Polynomial(dimension, tuple(entries))

    def smooth(self, tree: Tree) -> Any:
        """Return a sympy expression, made node by node; its symbols are ``x``, or ``x_0, x_1, ...``."""
        import sympy

        def built(part: Tree) -> Any:
            match part.kind:
                case "number":
                    return sympy.Rational(part.value.numerator, part.value.denominator)
                case "name":
                    if part.name == "pi":
                        return sympy.pi
                    place = self._variable(part)
                    if place >= self.names.inputs:
                        self._refuse(part, "inputs in a target", "an output")
                    return sympy.Symbol("x" if self.names.inputs == 1 else f"x_{place}")
                case "call":
                    if part.name not in FUNCTIONS:
                        self._refuse(part, f"one of the functions {', '.join(FUNCTIONS)}", part.name)
                    return getattr(sympy, part.name)(built(part.parts[0]))
                case "+":
                    return sympy.Add(*map(built, part.parts))
                case "*":
                    return sympy.Mul(*map(built, part.parts))
                case "neg":
                    return -built(part.parts[0])
                case "inverse":
                    return sympy.Pow(built(part.parts[0]), -1)
                case "^":
                    return sympy.Pow(built(part.parts[0]), sympy.Integer(int(part.value)))
            return self._refuse(part, "a term", "a formula")

        return built(tree)

    def terms(self, tree: Tree) -> Terms:
        """Return the coefficients of a tree's polynomial in all variables.

        Raises
        ------
        BadFormat
            If it is a formula, or names something unknown.
        Unsupported
            For quotients by variables, for functions, and beyond the limits.
        """
        match tree.kind:
            case "number":
                return {(): tree.value} if tree.value else {}
            case "name":
                return {((self._variable(tree), 1),): Fraction(1)}
            case "+":
                total: Terms = {}
                for part in tree.parts:
                    for monomial, coefficient in self.terms(part).items():
                        total[monomial] = total.get(monomial, Fraction(0)) + coefficient
                return {monomial: coefficient for monomial, coefficient in total.items() if coefficient}
            case "neg":
                return {monomial: -coefficient for monomial, coefficient in self.terms(tree.parts[0]).items()}
            case "*":
                product: Terms = {(): Fraction(1)}
                for part in tree.parts:
                    product = self._times(product, self.terms(part), tree)
                return product
            case "inverse":
                return {(): 1 / self._divisor(tree)}
            case "^":
                return self._power(self.terms(tree.parts[0]), int(tree.value), tree)
            case "call":
                return self._refuse(tree, "a polynomial", f"the function {tree.name}")
        return self._refuse(tree, "a term", "a formula")

    def _variable(self, tree: Tree) -> int:
        place = self.names.find(tree.name)
        if place is None:
            raise BadFormat(
                f"there is no variable {tree.name[:40]}",
                fix=f"the variables are {self.names.words()}",
                where=self.reader.where(tree.place),
            )
        return place

    def _divisor(self, tree: Tree) -> Fraction:
        terms = self.terms(tree.parts[0])
        if set(terms) - {()}:
            raise Unsupported(
                "a polynomial needs numbers as divisors, got a variable",
                fix="multiply the claim with the divisor, if its sign is known",
                where=self.reader.where(tree.place),
            )
        if not terms:
            raise NotANumber("a divisor is 0", fix="divide by another number", where=self.reader.where(tree.place))
        return terms[()]

    def _times(self, left: Mapping[Monomial, Fraction], right: Mapping[Monomial, Fraction], tree: Tree) -> Terms:
        if len(left) * len(right) > MOST_TERMS:
            self._too_large(tree)
        product: Terms = {}
        for first, a in left.items():
            for second, b in right.items():
                powers = dict(first)
                for variable, power in second:
                    powers[variable] = powers.get(variable, 0) + power
                if sum(powers.values()) > LARGEST_DEGREE:
                    self._too_large(tree)
                monomial = tuple(sorted(powers.items()))
                product[monomial] = product.get(monomial, Fraction(0)) + a * b
        return {monomial: coefficient for monomial, coefficient in product.items() if coefficient}

    def _power(self, base: Terms, exponent: int, tree: Tree) -> Terms:
        sizes = [max(value.numerator.bit_length(), value.denominator.bit_length()) for value in base.values()]
        if exponent > LARGEST_DEGREE or max(sizes, default=0) * exponent > MOST_BITS:
            self._too_large(tree)
        result: Terms = {(): Fraction(1)}
        for _ in range(exponent):
            result = self._times(result, base, tree)
        return result

    def _too_large(self, tree: Tree) -> NoReturn:
        raise Unsupported(
            f"a polynomial of a {self.reader.what} has at most {MOST_TERMS} terms, degree {LARGEST_DEGREE} "
            "and moderate numbers",
            fix="state the claim in Python",
            where=self.reader.where(tree.place),
        )

    def _refuse(self, tree: Tree, needs: str, got: str) -> NoReturn:
        raise BadFormat(
            f"a {self.reader.what} needs {needs} here, got {got[:40]}",
            fix="the grammar of claims is in the documentation, docs/reference/claim-grammar.md",
            where=self.reader.where(tree.place),
        )


def _calls(tree: Tree) -> bool:
    return tree.kind == "call" or (tree.kind == "name" and tree.name == "pi") or any(map(_calls, tree.parts))
