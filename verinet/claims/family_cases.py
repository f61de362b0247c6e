"""A family claim taken apart: one set of polynomial conditions for each activation pattern, and what has to follow.

In a case every neuron is on one of its pieces, so all values are rational functions of parameters and inputs.  The
cases are closed (a breakpoint belongs to both sides: activations are continuous), and together they are everything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from verinet.errors import Unsupported
from verinet.exact.parameters import Parameter, sign
from verinet.exact.printing import spelled
from verinet.regions.symbolic_networks import SymbolicNetwork

#: Activation patterns of one claim; beyond it the claim is refused.
MOST_CASES = 512
#: Relations of a condition with 0.
RELATIONS = (">=", ">", "=", "!=")


@dataclass(frozen=True, slots=True)
class Condition:
    """A polynomial with rational coefficients, compared with 0.

    Parameters
    ----------
    polynomial : sympy Poly over QQ
    relation : ">=", ">", "=" or "!="

    Guarantee: exact.
    """

    polynomial: Any
    relation: str

    def opposites(self) -> tuple[Condition, ...]:
        """Conditions of which one holds exactly where this one does not."""
        p = self.polynomial
        match self.relation:
            case ">=":
                return (Condition(-p, ">"),)
            case ">":
                return (Condition(-p, ">="),)
            case "=":
                return (Condition(p, ">"), Condition(-p, ">"))
        return (Condition(p, "="),)

    def holds(self, values: Mapping[Any, Any]) -> bool:
        """Whether it holds at rational values of its symbols."""
        found = self.polynomial.eval(tuple(values[g] for g in self.polynomial.gens))
        return bool({">=": found >= 0, ">": found > 0, "=": found == 0, "!=": found != 0}[self.relation])

    def text(self) -> str:
        """One line of ASCII."""
        return f"{self.polynomial.as_expr()} {self.relation} 0"


@dataclass(frozen=True, slots=True)
class Case:
    """One activation pattern: what holds there, and what has to.

    Guarantee: exact.
    """

    given: tuple[Condition, ...]
    wanted: tuple[Condition, ...]


def condition(relation: Any, symbols: Sequence[Any]) -> tuple[Condition, ...]:
    """A sympy relation between rational functions as conditions, where its denominators are not 0.

    Raises
    ------
    Unsupported
        For anything but a relation between rational functions of the symbols with rational coefficients.

    Examples
    --------
    >>> import sympy
    >>> a = sympy.Symbol("a", real=True)
    >>> [c.text() for c in condition(1 / (1 + a**2) < a, [a])]
    ['a**5 + 2*a**3 - a**2 + a - 1 > 0']

    Guarantee: exact.
    """
    import sympy

    words = {">=": ">=", ">": ">", "<=": ">=", "<": ">", "==": "=", "!=": "!="}
    if relation is sympy.true:
        return ()
    if not isinstance(relation, sympy.core.relational.Relational) or relation.rel_op not in words:
        raise Unsupported(
            f"a condition is a sympy relation, got {spelled(relation)[:80]}",
            fix="write y[0] <= a, sympy.Eq(y[0], y[1]) or sympy.Ne(a, 0)",
        )
    left, right = relation.lhs, relation.rhs
    gap = right - left if relation.rel_op in ("<=", "<") else left - right
    word = words[relation.rel_op]
    return (Condition(cleared(gap, symbols, word in (">=", ">")), word),)


def cleared(expression: Any, symbols: Sequence[Any], keep_sign: bool = True) -> Any:
    """A polynomial that is 0 where the rational function is, and has its sign if `keep_sign`.

    Guarantee: exact.
    """
    import sympy

    if expression.has(sympy.Float) or not expression.is_rational_function(*symbols):
        raise _refused(expression, symbols)
    numerator, denominator = sympy.fraction(sympy.cancel(sympy.together(expression)))
    try:
        over = sympy.Poly(denominator, *symbols, domain="QQ")
        found = sympy.Poly(numerator, *symbols, domain="QQ")
    except sympy.polys.polyerrors.BasePolynomialError:
        raise _refused(expression, symbols) from None
    return found * over if keep_sign else found


def _refused(expression: Any, symbols: Sequence[Any]) -> Unsupported:
    return Unsupported(
        f"a family needs rational functions of {list(symbols)} with rational coefficients, got {str(expression)[:120]}",
        fix="declare every symbol as a parameter or an input, and use exact numbers",
    )


def ranges(parameters: Sequence[Parameter], symbols: Sequence[Any]) -> tuple[Condition, ...]:
    """The ends of the parameters' ranges as conditions.

    Guarantee: exact.
    """
    import sympy

    found = []
    for p in parameters:
        for end, is_open, side in ((p.low, p.low_open, 1), (p.high, p.high_open, -1)):
            if end is not None:
                form = side * (p.symbol - sympy.Rational(end.numerator, end.denominator))
                found.append(Condition(sympy.Poly(form, *symbols, domain="QQ"), ">" if is_open else ">="))
    return tuple(found)


def cases(
    networks: Sequence[SymbolicNetwork],
    parameters: Sequence[Parameter],
    inputs: Sequence[Any],
    outputs: Sequence[Any],
    guards: Sequence[Any],
    claim: Sequence[Any],
) -> Iterator[Case]:
    """All cases of a claim; patterns that would need a preactivation to be both > 0 and < 0 do not arise.

    Raises
    ------
    Unsupported
        For more than `MOST_CASES` patterns, and for relations that are not between rational functions.

    Guarantee: exact.
    """
    symbols = [*(p.symbol for p in parameters), *inputs]
    always = [*ranges(parameters, symbols), *(c for guard in guards for c in condition(guard, symbols))]
    starts: list[tuple[dict[Any, int], list[Any]]] = [({}, [])]
    for network in networks:
        starts = [
            (signs, [*values, *more])
            for known, values in starts
            for signs, more in _patterns(network, parameters, inputs, symbols, known)
        ]
    for signs, values in starts:
        here = dict(zip(outputs, values, strict=True))
        wanted = [c for relation in claim for c in condition(relation.subs(here, simultaneous=True), symbols)]
        given = [Condition(p if s > 0 else -p, ">=") for p, s in signs.items()]
        yield Case((*always, *given), tuple(wanted))


def _patterns(
    network: SymbolicNetwork, parameters: Sequence[Parameter], inputs: Sequence[Any], symbols: Sequence[Any],
    known: dict[Any, int],
) -> list[tuple[dict[Any, int], list[Any]]]:  # fmt: skip
    import sympy

    found = [(known, list(inputs))]
    for level, (rows, biases) in enumerate(zip(network.weights, network.biases, strict=True)):
        fresh = []
        for signs, values in found:
            z = [
                sympy.cancel(sympy.Add(b, *(w * v for w, v in zip(row, values, strict=True))))
                for row, b in zip(rows, biases, strict=True)
            ]
            acts = network.activations[level] if level < len(network.activations) else None
            fresh += [(signs, z)] if acts is None else _activated(z, acts, signs, parameters, symbols)
            if len(fresh) > MOST_CASES:
                raise Unsupported(
                    f"a family claim has more than {MOST_CASES} activation patterns",
                    fix="take smaller networks, or state a claim for values of the parameters",
                )
        found = fresh
    return found


def _activated(
    z: Sequence[Any],
    acts: Sequence[Any],
    signs: dict[Any, int],
    parameters: Sequence[Parameter],
    symbols: Sequence[Any],
) -> list[tuple[dict[Any, int], list[Any]]]:
    """All choices of one piece a unit, with the signs that they mean."""
    found: list[tuple[dict[Any, int], list[Any]]] = [(signs, [])]
    for unit, act in zip(z, acts, strict=True):
        fresh = []
        for known, values in found:
            open_ = [(known, 0)]  # known signs, and the piece that is reached
            for point in act.breakpoints:
                going_on = []
                for here, piece in open_:
                    if piece < 0:
                        going_on.append((here, piece))
                        continue
                    for side, after in _sides(unit - point, here, parameters, symbols):
                        going_on.append((after, piece + 1 if side > 0 else -1 - piece))
                open_ = going_on
            for here, piece in open_:
                slope, constant = act.pieces[piece if piece >= 0 else -1 - piece]
                fresh.append((here, [*values, slope * unit + constant]))
        found = fresh
    return found


def _sides(
    form: Any, known: dict[Any, int], parameters: Sequence[Parameter], symbols: Sequence[Any]
) -> list[tuple[int, dict[Any, int]]]:
    """The closed sides of a form's zero set that the known signs leave, with the signs known on each."""
    import sympy

    constant, factors = cleared(form, symbols).factor_list()
    if constant == 0:
        return [(1, known)]
    factor = 1 if constant > 0 else -1
    open_: list[Any] = []
    for polynomial, power in factors:
        fixed = None
        if set(polynomial.free_symbols) <= {p.symbol for p in parameters}:
            fixed = sign(polynomial.as_expr(), list(parameters))
        if fixed:
            factor *= fixed**power
        elif power % 2:
            open_.append(polynomial)
    if not open_:
        return [(factor, known)]
    product = sympy.prod(open_[1:], open_[0])
    if product.LC() < 0:
        product, factor = -product, -factor
    if product in known:
        return [(factor * known[product], known)]
    return [(factor * s, {**known, product: s}) for s in (1, -1)]
