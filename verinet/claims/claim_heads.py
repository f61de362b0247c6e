"""The first words of claims in one line, each with what reads the rest and builds the claim: the table `HEADS`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from verinet.claims import (
    architectures,
    builders,
    components,
    continuity,
    curvature,
    degree,
    injectivity,
    integrals,
    lp_errors,
    ranges,
    slopes,
    solutions,
)
from verinet.claims import symmetries as symmetry
from verinet.claims.claim_parser import Everywhere, Maker, Parser, claimed
from verinet.claims.claim_sets import read_set
from verinet.claims.formulas import all_of
from verinet.errors import BadFormat, ShapeMismatch, Unsupported
from verinet.geometry.polyhedra import Polyhedron, whole_space


def _pieces(parser: Parser) -> Any:
    """A target, or ``target on SET; target on SET; ...``."""
    first = parser.meanings.target(parser.term())
    if parser.peek().text != "on":
        return first
    pieces = []
    while True:
        parser.expect("on")
        pieces.append((read_set(parser, parser.meanings, parser.size), first))
        if not parser.accept(";"):
            return pieces
        first = parser.meanings.target(parser.term())


def _target(found: list[Any]) -> Any:
    return found[0] if len(found) == 1 else found


def _sup_error(parser: Parser) -> Maker:
    network = parser.one("sup_error")
    parser.expect("(")
    target = _target(parser.several(lambda: _pieces(parser)))
    parser.expect(")")
    sign, error = parser.relation("<=", "="), parser.number()
    return lambda domain: _compared(builders.sup_error(network, target, domain), sign, error)


def _lp_error(parser: Parser) -> Maker:
    network = parser.one("lp_error")
    parser.expect("(")
    targets, power = [_pieces(parser)], 2
    while parser.accept(","):
        if parser.accept("p"):
            parser.expect("=")
            power = parser.integer()
            break
        targets.append(_pieces(parser))
    parser.expect(")")
    sign, error = parser.relation("<=", "="), parser.number()
    return lambda domain: _compared(lp_errors.lp_error(network, _target(targets), domain, p=power), sign, error)


def _integral(parser: Parser) -> Maker:
    parser.expect("(")
    tree = parser.term()
    parser.expect(")")
    outputs = sum(network.output_size for network in parser.networks)
    integrand = parser.meanings.polynomial(tree, parser.size + outputs)
    if parser.accept("within"):
        low, high = _interval(parser)
        return lambda domain: integrals.integral(parser.networks, integrand, domain).between(low, high)
    if parser.accept("<=", ">=", "<", ">", "!="):
        raise Unsupported(
            "an integral in the text of a claim is equal to a number, or lies between two",
            fix="write integral(y) = 1/2, or integral(y) within [0,1]; in Python an integrand that is never negative "
            "(absolute=True, or an even power) has <=, too",
        )
    parser.relation("=")
    value = parser.number()
    return lambda domain: integrals.integral(parser.networks, integrand, domain) == value


def _lipschitz(norm: str) -> Callable[[Parser], Maker]:
    def head(parser: Parser) -> Maker:
        network = parser.one(f"lipschitz_{norm}")
        sign, bound = parser.relation("<=", "="), parser.number()
        return lambda domain: _compared(slopes.lipschitz(network, domain, norm), sign, bound)

    return head


def _monotone(parser: Parser) -> Maker:
    network = parser.one("monotone")
    rows = [["free"] * network.input_size for _ in range(network.output_size)]
    ways: list[tuple[str, list[int]]] = []
    while True:
        word = parser.expect("up", "down").text
        parser.expect("in")
        ways.append((word, parser.several(lambda: parser.variable(outputs=False))))
        if not parser.accept("and"):
            break
    outputs: Sequence[int] = range(network.output_size)
    if parser.accept("for"):
        outputs = parser.several(lambda: parser.variable(outputs=True))
    for word, inputs in ways:
        for i in outputs:
            for j in inputs:
                if rows[i][j] != "free":
                    raise BadFormat("an input is named twice", fix="name every input once, up or down")
                rows[i][j] = word
    return lambda domain: slopes.monotone(network, domain, signs=rows)


def _curved(make: Callable[..., Any]) -> Callable[[Parser], Maker]:
    def head(parser: Parser) -> Maker:
        network = parser.one("this")
        output = parser.output(network)
        return lambda domain: make(network, domain, output)

    return head


def _plain(make: Callable[..., Any]) -> Callable[[Parser], Maker]:
    def head(parser: Parser) -> Maker:
        network = parser.one("this")
        return lambda domain: make(network, domain)

    return head


def _anywhere(make: Callable[..., Any]) -> Callable[[Parser], Any]:
    def head(parser: Parser) -> Any:
        network = parser.one("this")
        return Everywhere(parser, lambda domain: make(network, domain))

    return head


def _bijective(parser: Parser) -> Any:
    network = parser.one("invertible")

    def made(domain: Polyhedron | None) -> Any:
        if domain is not None and domain != whole_space(network.input_size):
            raise Unsupported(
                "invertible speaks of all of R^n onto R^n, got a smaller set",
                fix="claim injective on [-1,1]^2, or surjective onto [0,1]^2 on [-1,1]^2",
            )
        return injectivity.bijective(network)

    return Everywhere(parser, made, own=False)


def _surjective(parser: Parser) -> Any:
    network = parser.one("surjective")
    onto = None
    if parser.accept("onto"):
        onto = read_set(parser, None, network.output_size)
    return Everywhere(parser, lambda domain: injectivity.surjective(network, onto, domain))


def _range(parser: Parser) -> Maker:
    network = parser.one("range")
    parser.expect("(")
    outputs = parser.several(lambda: parser.variable(outputs=True))
    parser.expect(")")
    within = parser.accept("within") is not None
    if not within:
        parser.relation("=")
    ends = parser.several(lambda: _interval(parser))
    if len(ends) == 1:
        ends = ends * len(outputs)
    if len(ends) != len(outputs):
        raise BadFormat(
            f"range needs one interval, or one for each of {len(outputs)} outputs", fix="write [0,1], [0,2]"
        )
    if outputs == list(range(network.output_size)):
        pairs = ends if len(ends) > 1 else ends[0]
        return lambda domain: _ranged(ranges.range_of(network, domain), pairs, within)
    if not within:
        raise Unsupported("range(...) = [a,b] names all outputs", fix="write range(y_0, y_1) = [0,1], [0,2]")
    y = builders.outputs(network)
    formula = all_of([side for i, (a, b) in zip(outputs, ends, strict=True) for side in (y[i] >= a, y[i] <= b)])
    return lambda domain: builders.always(network, formula, domain)


def _ranged(quantity: Any, pairs: Any, within: bool) -> Any:
    if not within:
        return quantity == pairs
    return quantity.within(*pairs)


def _count(make: Callable[..., Any]) -> Callable[[Parser], Maker]:
    def head(parser: Parser) -> Maker:
        network = parser.one("this")
        parser.relation("=")
        count = parser.integer()
        return lambda domain: make(network, domain) == count

    return head


def _value(parser: Parser) -> Any:
    network = parser.one("f(...) =")
    parser.expect("(")
    at = tuple(parser.several(parser.number))
    parser.expect(")")
    parser.relation("=")
    bracket = parser.accept("(")
    values = tuple(parser.several(parser.number)) if bracket else (parser.number(),)
    if bracket:
        parser.expect(")")

    def made(domain: Polyhedron | None) -> Any:
        return builders.value(network, at=at) == values

    if parser.peek().text == "on":
        parser.fail("the end: a value has no set")
    return Everywhere(parser, made)


def _equal(parser: Parser) -> Maker:
    if len(parser.networks) != 2:
        raise ShapeMismatch(
            f"equal compares two networks, got {len(parser.networks)}", fix="write verinet equal A.onnx B.onnx"
        )
    error = parser.number() if parser.accept("within") else None
    first, second = parser.networks
    if error is None:
        return lambda domain: builders.equal(first, second, domain)
    return lambda domain: builders.equal(first, second, domain, within=error)


def _invariant(parser: Parser) -> Maker:
    network = parser.one("invariant")
    parser.expect("under")
    parser.expect("(")
    order = parser.several(lambda: parser.variable(outputs=False))
    parser.expect(")")
    return lambda domain: symmetry.permutation_invariant(network, order, domain)


def _size_of(what: str) -> Callable[[Parser], Any]:
    def head(parser: Parser) -> Any:
        network = parser.one(what)
        sign, number = parser.relation("<=", ">=", "="), parser.integer()
        quantity = getattr(architectures.architecture(network), what)
        claim = quantity <= number if sign == "<=" else quantity >= number if sign == ">=" else quantity == number
        if parser.peek().text == "on":
            parser.fail("the end: an architecture has no set")
        return Everywhere(parser, lambda domain: claim)

    return head


def _components(parser: Parser) -> Maker:
    """``components(y_0 >= 1/2) reach boundary``."""
    network = parser.one("components")
    parser.expect("(")
    output = parser.variable(outputs=True)
    strict = parser.relation(">=", ">") == ">"
    level = parser.number()
    parser.expect(")")
    parser.expect("reach")
    parser.expect("boundary")
    return lambda domain: components.components_reach_boundary(network, domain, level, strict=strict, output=output)


def _no(parser: Parser) -> Maker:
    parser.expect("fixed_point")
    return _plain(solutions.no_fixed_point)(parser)


def _unique(parser: Parser) -> Maker:
    parser.expect("fixed_point")
    return _plain(solutions.unique_fixed_point)(parser)


def _exactly_one(parser: Parser) -> Maker:
    return claimed(parser, solutions.exactly_one)


def _oriented(parser: Parser) -> Any:
    network = parser.one("oriented")
    sign = parser.expect("positive", "negative").text
    return Everywhere(parser, lambda domain: degree.oriented(network, domain, sign))


def _interval(parser: Parser) -> tuple[Fraction, Fraction]:
    parser.expect("[")
    low = parser.number()
    parser.expect(",")
    high = parser.number()
    parser.expect("]")
    return low, high


def _compared(quantity: Any, sign: str, value: Fraction) -> Any:
    return quantity <= value if sign == "<=" else quantity == value


#: First word of a claim -> what reads the rest and makes the claim; other words begin a formula.
HEADS: dict[str, Callable[[Parser], Any]] = {
    "sup_error": _sup_error,
    "lp_error": _lp_error,
    "integral": _integral,
    "lipschitz_1": _lipschitz("1"),
    "lipschitz_2": _lipschitz("2"),
    "lipschitz_inf": _lipschitz("inf"),
    "monotone": _monotone,
    "convex": _curved(curvature.convex),
    "concave": _curved(curvature.concave),
    "continuous": _plain(continuity.continuous),
    "injective": _anywhere(injectivity.injective),
    "invertible": _bijective,
    "bijective": _bijective,
    "surjective": _surjective,
    "oriented": _oriented,
    "range": _range,
    "cells": _count(builders.cells),
    "linear_regions": _count(builders.linear_regions),
    "f": _value,
    "equal": _equal,
    "even": _plain(symmetry.even),
    "odd": _plain(symmetry.odd),
    "invariant": _invariant,
    "homogeneous": _anywhere(symmetry.positively_homogeneous),
    "width": _size_of("width"),
    "depth": _size_of("depth"),
    "size": _size_of("size"),
    "components": _components,
    "fixed_point": _plain(solutions.has_fixed_point),
    "no": _no,
    "unique": _unique,
    "somewhere": lambda parser: claimed(parser, builders.somewhere),
    "exactly_one": _exactly_one,
}
