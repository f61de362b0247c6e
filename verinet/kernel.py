"""The trusted kernel: reads a certificate, rebuilds every row from the weights, and accepts or rejects.

Nothing but the standard library, so that one file is all a referee has to read::

    python -I -S verinet/kernel.py certificate.json

The format is written down in docs/certificate-format.md; section numbers below refer to it.  Numbers are
integers throughout: a form is a row ``[r0, r1, .., rn]`` of integers that stands for ``r0 + r1 x1 + .. + rn xn``
over a positive denominator kept beside it.  A case of the proof is a list of hypotheses "form >= 0" (or "> 0");
each step closes the newest open case, or replaces it by one or two.  There is no step that skips a case.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import accumulate, combinations, pairwise
from math import factorial, prod
from operator import mul
from typing import Any, NamedTuple, NoReturn

FORMAT = "verinet-certificate/2"
MAX_DIGITS, MAX_DEPTH, MAX_DEGREE, MAX_TERMS = 65_536, 32, 400, 1_000_000
SLOPES = 4096  # slopes of named units are over this
NUMBER = re.compile(r"0|-?[1-9a-f][0-9a-f]*", re.ASCII)
NESTING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)
SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
COUNT, SUP, SLOPE = "split next empty thin cell", "split next cut pass empty goal", "split next cut empty thin goal"
CLAIM, INTEGRAL = f"{SUP} name branch tighten refine", "split next cut pass empty thin simplex"
# kind -> fields of the statement besides "kind", fields of the evidence, names of its steps.  A cut would divide a
# cell, a goal belongs to no count, a thin leaf proves nothing about a claim.
KINDS: tuple[tuple[str, tuple[str, str, str]], ...] = (
    ("always", ("networks domain claim", "steps", CLAIM)),
    ("fails", ("networks domain claim", "point", "")),
    ("holds", ("networks domain claim", "point", "")),
    ("equal", ("networks domain", "steps", CLAIM)),
    ("sup-error-at-most", ("networks domain targets error", "steps", SUP)),
    ("sup-error-equals", ("networks domain targets error", "steps point output", SUP)),
    ("value", ("networks point values", "", "")),
    ("cells", ("networks domain count", "steps", COUNT)),
    ("linear-regions", ("networks domain count", "steps", COUNT)),
    ("lipschitz", ("networks domain norm error", "steps", SLOPE)),
    ("monotone", ("networks domain signs", "steps", SLOPE)),
    ("orientation", ("networks domain sign", "steps", SLOPE)),
    ("integral", ("networks domain integrand power absolute bounds", "steps", INTEGRAL)),
)
COUNTS, SLOPE_KINDS = ("cells", "linear-regions"), ("lipschitz", "monotone", "orientation")
WORDS = (("norm", ("1", "2", "inf")), ("sign", ("positive", "negative")), ("absolute", ("yes", "no")))
LAYER = ("weights_over", "activations_over", "activations", "units")
BLOCK, ASSUMPTION = ("network", "first", "last", "domain", "over", "map", "steps"), ("kind", "text", "sha256", "origin")

Row = list[int]
End = tuple[int | None, int | None]  # low, high
Form = tuple[Row, bool]  # a hypothesis: form >= 0, or > 0 when strict
Point = tuple[int, Row]  # a positive denominator, and numerators
Key = tuple[int, ...]
Polynomial = dict[Key, int | Fraction]
Negation = tuple[Polynomial, bool]  # of an atom: > 0 when true, >= 0 when false
Output = tuple[Row | Polynomial, int]  # a form, or a polynomial in x; its denominator
Cell = tuple[Point, list[Row]]
Measure = tuple[Fraction, Fraction, Fraction]  # bounds of an integral, and the volume


class Rejected(Exception):
    """A certificate the kernel does not accept; the message names the place and the reason."""


class Piece(NamedTuple):
    """v = (slope z + offset)/q up to z = until/q, there too if `side` is "left".

    A polynomial piece has its coefficients in `curve`, constant first; without one, slope None means: out of range.
    """

    until: int | None
    side: str
    slope: int | None
    offset: int
    curve: tuple[int, ...] = ()


class Layer(NamedTuple):
    over: int  # E: z = (w0 + sum w_j v_j)/E
    activations_over: int  # q
    weights: list[Row]  # bias first, one row a unit
    tables: list[list[Piece]]  # one table a unit


class Domain(NamedTuple):
    over: int  # B: low <= B x <= high
    box: list[End]
    rows: list[Form]


class Atom(NamedTuple):
    strict: bool
    x: Row  # over (1, x)
    y: Row  # over the outputs of all networks
    more: Polynomial  # in x, added to these


class Block(NamedTuple):
    """Layers `first` to `last` where the preactivations z of `first` are in the domain: v = (row(1, z) + e)/over."""

    network: int
    first: int
    last: int
    domain: Domain
    over: int
    rows: list[tuple[Row, int, int]]  # row, low, high: one a unit of `last`, with low <= e <= high


class Statement(NamedTuple):
    kind: str
    networks: list[list[Layer]]
    domain: Domain | None
    clauses: list[list[Atom]]
    targets: Sequence[tuple[int, Polynomial]]
    stated: Point  # the error, the count, the outputs or the bounds
    point: Point | None = None  # of a `value` statement
    words: Sequence[list[str]] = ()  # the norm, the signs, or whether the integrand is an absolute value
    power: int = 1  # of the integrand
    blocks: Sequence[Block] = ()


class Box(NamedTuple):
    """Bounds low <= over * coordinate <= high: the inputs', then those of named units."""

    over: int
    ends: list[End]


class Named(NamedTuple):
    """A unit with v = slope/SLOPES z + e, where e is coordinate `place` and z = row/over."""

    row: Row
    over: int
    activations_over: int
    table: list[Piece]
    slot: tuple[int, int]
    slope: int
    place: int


class Case(NamedTuple):
    hypotheses: list[Form]  # oldest first; a step counts them from the newest back
    network: int
    layer: int
    over: int  # the rows below are over this denominator
    rows: list[Row]  # preactivations of the layer's units
    slots: list[tuple[int, int]]  # first and last piece left, one pair a unit; -1 - k: it is named, the k-th
    outputs: list[Output]  # of finished networks
    box: Box
    names: list[Named]


class Report(NamedTuple):
    """What was checked.  `assumptions` qualify the headline; the kernel cannot check them."""

    kind: str
    text: str
    assumptions: list[dict[str, str]]
    statement_sha256: str
    networks_sha256: str
    steps: int
    leaves: int


def refuse(where: str, reason: str) -> NoReturn:
    raise Rejected(f"{where}: {reason}")


def reject_if(wrong: object, where: str, reason: str) -> None:
    if wrong:
        refuse(where, reason)


# ---------------------------------------------------------------------------------------------- reading (A1)


def read_json(text: str, where: str) -> Any:
    """Parse JSON without floats, duplicate keys, large indices or deep nesting."""
    turns = ({"[": 1, "{": 1, "]": -1, "}": -1}.get(token.group(), 0) for token in NESTING.finditer(text))
    reject_if(any(depth > MAX_DEPTH for depth in accumulate(turns)), where, f"nested deeper than {MAX_DEPTH}")

    def pairs(entries: list[tuple[str, Any]]) -> dict[str, Any]:
        whole = dict(entries)
        return whole if len(whole) == len(entries) else refuse(where, "a key stands twice in one object")

    def no_float(literal: str) -> NoReturn:
        refuse(where, f"not an integer: {literal[:40]}")

    def small(literal: str) -> int:
        return int(literal) if literal.isdecimal() and len(literal) <= 10 else refuse(where, "not a small index")

    try:
        return json.loads(text, object_pairs_hook=pairs, parse_float=no_float, parse_constant=no_float, parse_int=small)
    except ValueError as error:
        refuse(where, f"not JSON: {str(error)[:100]}")


def fields(value: Any, names: tuple[str, ...], where: str) -> list[Any]:
    """The values of exactly these fields, in this order."""
    reject_if(type(value) is not dict or set(value) != set(names), where, f"the fields must be {', '.join(names)}")
    return [value[name] for name in names]


def items(value: Any, where: str, length: int | None = None) -> list[Any]:
    if type(value) is not list or length not in (None, len(value)):
        refuse(where, "a list was expected" + (f" of length {length}" if length is not None else ""))
    return list(value)


def number(value: Any, where: str) -> int:
    if type(value) is not str or len(value) > MAX_DIGITS or not NUMBER.fullmatch(value):
        refuse(where, "a number was expected (hexadecimal integer as a string, lower case)")
    return int(value, 16)


def positive(value: Any, where: str) -> int:
    result = number(value, where)
    return result if result > 0 else refuse(where, "a positive number was expected")


def index(value: Any, where: str, below: int) -> int:
    if type(value) is not int or not 0 <= value < below:
        refuse(where, f"an index from 0 to {below - 1} was expected")
    return int(value)


def word(value: Any, where: str, words: tuple[str, ...]) -> str:
    known = type(value) is str and value in words
    return str(value) if known else refuse(where, f"one of {', '.join(words)} was expected")


def row_of(value: Any, where: str, length: int | None) -> Row:
    return [number(entry, where) for entry in items(value, where, length)]


def point_of(value: Any, where: str, size: int | None) -> Point:
    over, at = fields(value, ("over", "at"), where)
    return positive(over, where), row_of(at, where, size)


# ------------------------------------------------------------------------------------------ networks (A2)


def read_table(value: Any, where: str) -> list[Piece]:
    """One activation: pieces from left to right, total because the last one has no end."""
    pieces: list[Piece] = []
    texts = items(value, where)
    for place, text in enumerate(texts):
        entry = items(text, where)
        until, side = None, ""
        if place < len(texts) - 1:
            (end, owner), entry = items(entry[:2], where, 2), entry[2:]
            until, side = number(end, where), word(owner, where, ("left", "right"))
            reject_if(pieces and until < (pieces[-1].until or 0), where, "breakpoints must ascend")
        row = [] if entry == ["none"] else row_of(entry, where, None)[::-1]
        wrong = entry != ["none"] and not 2 <= len(row) <= MAX_DEGREE + 1
        reject_if(wrong, where, f"a piece has 2 to {MAX_DEGREE + 1} coefficients")
        slope, offset, curve = (row[1], row[0], ()) if len(row) == 2 else (None, 0, tuple(row))
        pieces.append(Piece(until, side, slope, offset, curve))
    return pieces or refuse(where, "an activation needs a piece")


def read_network(value: Any, where: str, inputs: int) -> list[Layer]:
    layers: list[Layer] = []
    width = inputs
    for place, text in enumerate(items(value, where)):
        here = f"{where}, layer {place}"
        over, shared, activations, units = fields(text, LAYER, here)
        tables = [read_table(table, here) for table in items(activations, here)]
        pairs = [items(unit, here, 2) for unit in items(units, here)]
        weights = [row_of(row, here, width + 1) for row, _ in pairs]
        chosen = [tables[index(which, here, len(tables))] for _, which in pairs]
        layers.append(Layer(positive(over, here), positive(shared, here), weights, chosen))
        width = len(weights) or refuse(here, "a layer needs a unit")
        plain = all(table == [Piece(None, "", layers[-1].activations_over, 0)] for table in chosen)
        reject_if(any(map(curved, layers[:-1])) and not plain, here, "an activation follows polynomial pieces")
    return layers or refuse(where, "a network needs a layer")


def curved(layer: Layer) -> bool:
    return any(piece.curve for table in layer.tables for piece in table)


# ------------------------------------------------------------------------------------------- domains (A3)


def read_domain(value: Any, where: str = "domain") -> Domain:
    over, box, rows, point = fields(value, ("over", "box", "rows", "point"), where)
    sides = [items(side, where, 2) for side in items(box, where)]
    bounds = [(None if a is None else number(a, where), None if b is None else number(b, where)) for a, b in sides]
    pairs = [items(entry, where, 2) for entry in items(rows, where)]
    forms = [(row_of(row, where, len(bounds) + 1), word(sign, where, (">=", ">")) == ">") for sign, row in pairs]
    domain = Domain(positive(over, where), bounds, forms)
    at = point_of(point, where, len(bounds))
    return domain if contains(domain, forms, at, False) else refuse(where, "its point does not lie in it")


def contains(domain: Domain, forms: list[Form], point: Point, interior: bool) -> bool:
    """Is the point in the box and all forms; `interior`: strictly, but for forms whose row is constant?"""
    sides = [(pair, domain.over * entry) for pair, entry in zip(domain.box, point[1], strict=True)]
    lefts = [entry - low * point[0] for (low, _), entry in sides if low is not None]
    rights = [high * point[0] - entry for (_, high), entry in sides if high is not None]
    return min([1, *lefts, *rights]) >= int(interior) and all(
        at_point(row, point) >= int(strict or (interior and any(row[1:]))) for row, strict in forms
    )


def at_point(row: Row, point: Point) -> int:
    """The form's value at the point, times the point's (positive) denominator."""
    return sum(map(mul, row, (point[0], *point[1])))


# ---------------------------------------------------------------------------------------- statements (A4)


def read_statement(value: Any) -> Statement:
    where = "statement"
    kind = word(value.get("kind"), where, tuple(dict(KINDS))) if type(value) is dict else refuse(where, "not an object")
    names = ("kind", *dict(KINDS)[kind][0].split())
    given = dict(zip(names, fields(value, names, where), strict=True))
    domain = read_domain(given["domain"]) if "domain" in given else None
    point = None if domain is not None else point_of(given["point"], "point", None)
    inputs = len(domain.box if domain is not None else point[1] if point is not None else [])
    many = kind == "integral" or "claim" in given
    texts = items(given["networks"], where, None if many else 2 if kind == "equal" else 1)
    networks = [read_network(text, f"network {k}", inputs) for k, text in enumerate(texts)]
    sizes = [len(network[-1].weights) for network in networks]
    reject_if(not networks or not inputs, where, "at least one network and one input are needed")
    clauses: list[list[Atom]] = []
    targets: list[tuple[int, Polynomial]] = []
    words = [[word(given[name], name, choice)] for name, choice in WORDS if name in given]
    lengths = [(name, size) for name, size in (("error", 1), ("bounds", 2), ("values", sizes[0])) if name in given]
    stated = point_of(given[lengths[0][0]], *lengths[0]) if lengths else (1, list[int]())
    power = index(given["power"], "power", MAX_DEGREE + 1) if "power" in given else 1
    if kind == "equal":
        clauses = equality(sizes[0], sizes[1], inputs)
    elif "claim" in given:
        texts = [items(text, "claim") for text in items(given["claim"], "claim")]
        clauses = [[read_atom(text, inputs, sum(sizes)) for text in atoms] for atoms in texts]
    elif "targets" in given:
        targets = [read_target(text, inputs) for text in items(given["targets"], "targets", sizes[0])]
        clauses = [[bound(k, sign, targets, stated, inputs)] for k in range(sizes[0]) for sign in (1, -1)]
    elif kind == "integral":
        targets = [read_target(given["integrand"], inputs + sum(sizes))]
        endless = power == 0 or domain is None or any(None in ends for ends in domain.box)
        reject_if(endless, where, "an integral needs a positive power and a bounded box")
    elif "signs" in given:
        rows = [items(row, "signs", inputs) for row in items(given["signs"], "signs", sizes[0])]
        words = [[word(entry, "signs", ("up", "down", "free")) for entry in row] for row in rows]
    elif "count" in given:
        stated = (1, [number(given["count"], "count")])
        jumps = kind == "linear-regions" and (inputs != 1 or not continuous(networks[0]))
        reject_if(jumps, where, "linear-regions needs one input and continuous activations")
    if kind in SLOPE_KINDS and domain is not None:
        # What slopes on cells say about differences: continuous, on a convex set that its cells fill.
        point = point_of(given["domain"]["point"], "domain", inputs)
        reject_if(not continuous(networks[0]), where, "slopes need continuous activations")
        reject_if(not contains(domain, domain.rows, point, True), where, "the domain's point is not in its interior")
        reject_if("sign" in given and sizes != [inputs], where, "orientation needs as many outputs as inputs")
    return Statement(kind, networks, domain, clauses, targets, stated, point, words, power)


def read_atom(value: Any, inputs: int, outputs: int) -> Atom:
    relation, x, y = items(value, "claim", 3)
    strict = word(relation, "claim", (">=", ">")) == ">"
    return Atom(strict, row_of(x, "claim", inputs + 1), row_of(y, "claim", outputs), {})


def equality(first: int, second: int, inputs: int) -> list[list[Atom]]:
    """y_k - y'_k >= 0 for each output k, then y'_k - y_k >= 0."""
    reject_if(first != second, "statement", f"networks with {first} and {second} outputs cannot be equal")
    places = range(2 * first)
    signs = [[int(k == place) - int(k == (place + first) % (2 * first)) for k in places] for place in places]
    return [[Atom(False, [0] * (inputs + 1), y, {})] for y in signs]


def bound(k: int, sign: int, targets: list[tuple[int, Polynomial]], error: Point, inputs: int) -> Atom:
    """sign (P_k - f_k) + e >= 0, denominators cleared."""
    (over, target), (error_over, numerators) = targets[k], error
    more = {exponents: sign * error_over * entry for exponents, entry in target.items()}
    y = [-sign * over * error_over * int(place == k) for place in range(len(targets))]
    return Atom(False, [numerators[0] * over, *([0] * inputs)], y, more)


def read_target(value: Any, inputs: int) -> tuple[int, Polynomial]:
    over, terms = fields(value, ("over", "terms"), "targets")
    return positive(over, "targets"), read_polynomial(terms, inputs, "targets")


def read_polynomial(value: Any, inputs: int, where: str) -> Polynomial:
    terms: Polynomial = {}
    for entry in items(value, where):
        coefficient, powers = items(entry, where, 2)
        exponents = tuple(index(power, where, MAX_DEGREE + 1) for power in items(powers, where, inputs))
        wrong = exponents in terms or sum(exponents) > MAX_DEGREE
        reject_if(wrong, where, f"a monomial stands twice or its degree exceeds {MAX_DEGREE}")
        terms[exponents] = number(coefficient, where)
    return terms


def continuous(network: list[Layer]) -> bool:
    """Are all activations continuous, with affine pieces?"""
    tables = [(table, layer.activations_over) for layer in network for table in layer.tables]
    joined = all(agree(before, after, over) for table, over in tables for before, after in pairwise(table))
    return joined and not any(map(curved, network))


def agree(before: Piece, after: Piece, over: int) -> bool:
    """Do neighbouring pieces have the same value at the breakpoint between them?"""
    z, known = Fraction(before.until or 0, over), all(map(coefficients, (before, after)))
    return before.until is not None and known and level_at(before, z) == level_at(after, z)


def coefficients(piece: Piece) -> tuple[int, ...]:
    """Of q v in powers of z, constant first; none outside the range."""
    return piece.curve if piece.slope is None else (piece.offset, piece.slope)


def level_at(piece: Piece, z: Fraction) -> Fraction:
    """q v at the preactivation z."""
    return sum((entry * z**power for power, entry in enumerate(coefficients(piece))), Fraction(0))


# -------------------------------------------------------------------------------------------- points (A10)


def evaluate(network: list[Layer], point: Point) -> list[Fraction]:
    """Outputs of the chain at a point, piece by piece."""
    values = [Fraction(entry, point[0]) for entry in point[1]]
    for layer in network:
        zs = [(weights[0] + sum(map(mul, weights[1:], values))) * Fraction(1, layer.over) for weights in layer.weights]
        pieces = [in_force(table, layer.activations_over * z) for table, z in zip(layer.tables, zs, strict=True)]
        reject_if(not all(map(coefficients, pieces)), "point", "a preactivation leaves the range of its activation")
        values = [level_at(piece, z) * Fraction(1, layer.activations_over) for piece, z in zip(pieces, zs, strict=True)]
    return values


def in_force(table: list[Piece], z: Fraction) -> Piece:
    """First piece whose test passes, for q z: less than its end, or equal where the left side owns it."""
    passing = (p for p in table[:-1] if z < (p.until or 0) or (z == (p.until or 0) and p.side == "left"))
    return next(passing, table[-1])


def claim_holds(statement: Statement, point: Point) -> bool:
    outputs = [value for network in statement.networks for value in evaluate(network, point)]

    def true(atom: Atom) -> bool:
        level = Fraction(at_point(atom.x, point), point[0]) + sum(map(mul, atom.y, outputs))
        return level > 0 or (level == 0 and not atom.strict)

    return all(any(map(true, clause)) for clause in statement.clauses)


def gap(statement: Statement, output: int, point: Point) -> Fraction:
    """|f_k - P_k| at the point."""
    (over, terms), at = statement.targets[output], [Fraction(coordinate, point[0]) for coordinate in point[1]]
    value = sum(coefficient * prod(map(pow, at, exponents)) for exponents, coefficient in terms.items())
    return abs(evaluate(statement.networks[0], point)[output] - Fraction(value, over))


def check_point(statement: Statement, evidence: dict[str, Any]) -> None:
    """`value`, `fails`, `holds`, and the attained half of `sup-error-equals`."""
    kind, domain, (over, stated) = statement.kind, statement.domain, statement.stated
    if domain is None:
        at, wanted = statement.point or refuse("point", "none is given"), [Fraction(value, over) for value in stated]
        reject_if(evaluate(statement.networks[0], at) != wanted, "point", "an output differs from the stated value")
        return
    point = point_of(evidence["point"], "point", len(domain.box))
    reject_if(not contains(domain, domain.rows, point, interior=False), "point", "it does not lie in the domain")
    if kind == "sup-error-equals":
        error = gap(statement, index(evidence["output"], "output", len(statement.targets)), point)
        reject_if(error < Fraction(stated[0], over), "point", "the error at this point is smaller than stated")
    else:
        reject_if(claim_holds(statement, point) != (kind == "holds"), "point", f"the claim does not {kind[:4]} there")


# --------------------------------------------------------------------------------------------- steps (A5)


def enter(statement: Statement, case: Case, network: int, layer: int = 0) -> Case:
    """The case at the first layer of a network (or at another one), whose values are the inputs themselves."""
    inputs: list[Row] = [[0, *row] for row in unit_rows(inputs_of(statement))]
    return compose(statement, case._replace(network=network), layer, inputs, 1)


def compose(statement: Statement, case: Case, place: int, values: list[Row], over: int) -> Case:
    """Rows of layer `place` from the rows of the values before it: w0 + sum w_j v_j, over E times `over`."""
    layer = statement.networks[case.network][place]
    rows = combined(layer.weights, values, over)
    slots = [(0, len(table) - 1) for table in layer.tables]
    return case._replace(layer=place, over=layer.over * over, rows=rows, slots=slots)


def combined(rows: list[Row], values: list[Row], over: int) -> list[Row]:
    """Each w0 + sum w_j v_j, over the values' own denominator."""
    columns = list(zip([over, *([0] * (len(values[0]) - 1))], *values, strict=True))
    return [[sum(map(mul, row, column)) for column in columns] for row in rows]


def settled_values(statement: Statement, case: Case, where: str) -> tuple[list[Row], int]:
    """Rows of the layer's values once no unit has a breakpoint left; their denominator is over q."""
    layer = statement.networks[case.network][case.layer]
    q, values = layer.activations_over, list[Row]()
    scale = SLOPES if any(first < 0 for first, _ in case.slots) else 1
    for row, (first, last), table in zip(case.rows, case.slots, layer.tables, strict=True):
        reject_if(first != last, where, "a unit has a breakpoint left")
        piece, named = table[max(first, 0)], case.names[-1 - first] if first < 0 else None
        slope = piece.slope if named is None else named.slope * q
        if slope is None:
            refuse(where, "a unit stands outside the range on which its activation is written")
        value = plus([0] * (len(case.box.ends) + 1), slope * (scale if named is None else 1), row)
        column, entry = (0, piece.offset * scale) if named is None else (named.place + 1, scale * q)
        value[column] += entry * case.over
        values.append(value)
    return values, case.over * q * scale


def minus(row: Row) -> Row:
    return [-entry for entry in row]


def plus(first: Row, factor: int, second: Row) -> Row:
    """first + factor * second, where the shorter row goes on with zeros."""
    total = [a + factor * b for a, b in zip(first, second, strict=False)]
    return total + (first[len(second) :] or [factor * entry for entry in second[len(first) :]])


def tail_values(statement: Statement, case: Case, where: str) -> list[Output]:
    """Outputs of the case's network from its last layer with activations on: polynomials, over 1."""
    layer, *rest = statement.networks[case.network][case.layer :]
    one: Key = (0,) * inputs_of(statement)
    pieces = [table[max(first, 0)] for table, (first, _) in zip(layer.tables, case.slots, strict=True)]
    settled = all(first == last for first, last in case.slots) and len(case.box.ends) <= len(one)
    reject_if(not (settled and all(map(coefficients, pieces))), where, "a unit is not settled, or outside its range")
    values: list[Polynomial] = []
    for row, piece in zip(case.rows, pieces, strict=True):
        z: Polynomial = {key: Fraction(entry, case.over) for key, entry in as_polynomial(row).items()}
        power: Polynomial = {one: Fraction(1, layer.activations_over)}
        total: Polynomial = {}
        for entry in coefficients(piece):
            add_multiple(total, entry, power)
            power = product(power, z, where)
        values.append(total)
    for layer in rest:
        totals: list[Polynomial] = [{one: Fraction(weights[0], layer.over)} for weights in layer.weights]
        for total, weights in zip(totals, layer.weights, strict=True):
            for entry, value in zip(weights[1:], values, strict=True):
                add_multiple(total, Fraction(entry, layer.over), value if entry else {})
        values = totals
    return [(value, 1) for value in values]


def layer_outputs(statement: Statement, case: Case, where: str) -> list[Output] | None:
    """Outputs of the case's network if nothing bends after this layer's units, which are settled; else None."""
    network = statement.networks[case.network]
    if curved(network[case.layer]):
        return tail_values(statement, case, where)
    if case.layer + 1 < len(network):
        return None
    values, over = settled_values(statement, case, where)
    return [(value, over) for value in values]


def unit_of(statement: Statement, case: Case, unit: int) -> Named:
    """A unit of the current layer, without slope and coordinate."""
    layer = statement.networks[case.network][case.layer]
    return Named(case.rows[unit], case.over, layer.activations_over, layer.tables[unit], case.slots[unit], 0, 0)


def divide(case: Case, unit: Named, owner: Any, where: str) -> list[tuple[Case, tuple[int, int]]]:
    """Both sides of the unit's next breakpoint, q z - t, if `owner` may own the tie, and the pieces left there."""
    (first, last), table, q = unit.slot, unit.table, unit.activations_over
    reject_if(first == last or table[first].until is None, where, "the unit has no breakpoint left")
    piece, following = table[first], table[first + 1]
    if word(owner, where, ("left", "right")) != piece.side:
        reject_if(not agree(piece, following, q), where, "the activation jumps there: the tie belongs to its own side")
        gone = following.until is not None and following.until <= (piece.until or 0)
        reject_if(gone, where, "the next piece is never in force there: the tie belongs to its own side")
    form = plus([-(piece.until or 0) * unit.over], q, unit.row)
    return list(zip(branches(case, form, owner), ((first, first), (first + 1, last)), strict=True))


def step_split(statement: Statement, case: Case, step: list[Any], where: str) -> list[Case]:
    _, which, owner = items(step, where, 3)
    which = index(which, where, len(case.rows))
    pairs = divide(case, unit_of(statement, case, which), owner, where)
    return [child._replace(slots=[*case.slots[:which], slot, *case.slots[which + 1 :]]) for child, slot in pairs]


def step_branch(statement: Statement, case: Case, step: list[Any], where: str) -> list[Case]:
    """Split a named unit of this layer or an earlier one; a piece that is alone gives v = (slope z + offset)/q."""
    _, which, owner = items(step, where, 3)
    named = case.names[index(which, where, len(case.names))]
    children: list[Case] = []
    for child, slot in divide(case, named, owner, where):
        names = [*case.names[:which], named._replace(slot=slot), *case.names[which + 1 :]]
        forms = settled_forms(named, named.table[slot[0]]) if slot[0] == slot[1] else []
        children.append(child._replace(names=names, hypotheses=[*child.hypotheses, *forms]))
    return children


def settled_forms(named: Named, piece: Piece) -> list[Form]:
    """(slope z + offset)/q - v >= 0 and its opposite, denominators cleared."""
    q, scale = named.activations_over, SLOPES * named.over
    ends = [scale * piece.offset, *([0] * named.place), -scale * q]
    row = plus(ends, SLOPES * (piece.slope or 0) - q * named.slope, named.row)
    return [(row, False), (minus(row), False)]


def step_cut(statement: Statement, case: Case, step: list[Any], where: str) -> list[Case]:
    _, row, owner = items(step, where, 3)
    form = row_of(row, where, None)
    reject_if(not inputs_of(statement) < len(form) <= len(case.box.ends) + 1, where, "a row of another length")
    return branches(case, form, word(owner, where, ("left", "right")))


def step_pass(statement: Statement, case: Case, step: list[Any], where: str) -> list[Case]:
    """Across a block whose domain holds the preactivations; what it does not tell becomes coordinates from 0 to 1."""
    _, which, *texts = step if len(step) > 1 else refuse(where, "a block was expected")
    block = statement.blocks[index(which, where, len(statement.blocks))]
    chain = statement.networks[case.network]
    fits = (block.network, block.first) == (case.network, case.layer) and block.last + 1 < len(chain)
    reject_if(not fits, where, "the block begins elsewhere, or ends beyond the network")
    sides = [(row, strict) for row, strict in [*box_guards(block.domain), *block.domain.rows] if row is not None]
    forms = combined([row for row, _ in sides], case.rows, case.over)
    for form, (_, strict), text in zip(forms, sides, items(texts, where, len(sides)), strict=True):
        refute(text, [(minus(form), not strict), *case.hypotheses[::-1]], case.box, where)
    values = combined([[row[0] + low, *row[1:]] for row, low, _ in block.rows], case.rows, case.over)
    gaps = [(high - low) * case.over for _, low, high in block.rows]
    open_places, zeros = [place for place, gap in enumerate(gaps) if gap > 0], [0] * (len(case.box.ends) + 1)
    further = [[gap * int(k == place) for k in open_places] for place, gap in enumerate(gaps)]
    values = [[*plus(zeros, 1, value), *entries] for value, entries in zip(values, further, strict=True)]
    after = case._replace(box=Box(case.box.over, [*case.box.ends, *[(0, case.box.over)] * len(open_places)]))
    return [compose(statement, after, block.last + 1, values, block.over * case.over)]


def step_refine(statement: Statement, case: Case, step: list[Any], where: str) -> list[Case]:
    """The same bounds over a larger denominator."""
    factor = positive(items(step, where, 2)[1], where)
    ends = [(None if a is None else a * factor, None if b is None else b * factor) for a, b in case.box.ends]
    return [case._replace(box=Box(case.box.over * factor, ends))]


def step_tighten(statement: Statement, case: Case, step: list[Any], where: str) -> list[Case]:
    """A better bound of one coordinate: what lies beyond it is refuted."""
    place, way, end = items(step[1:4], where, 3)
    place, bound = index(place, where, len(case.box.ends)), number(end, where)
    sign = 1 if word(way, where, ("up", "down")) == "up" else -1
    beyond = [-sign * bound, *(sign * case.box.over * int(k == place) for k in range(len(case.box.ends)))]
    refute(step[4:], [(beyond, True), *case.hypotheses[::-1]], case.box, where)
    ends = list(case.box.ends)
    ends[place] = (ends[place][0], bound) if sign > 0 else (bound, ends[place][1])
    return [case._replace(box=Box(case.box.over, ends))]


def step_name(statement: Statement, case: Case, step: list[Any], where: str) -> list[Case]:
    """A unit's value becomes slope/SLOPES z + e with a new coordinate e; bounds and rows are verified on its graph."""
    unit, slope, low, high = items(step[1:5], where, 4)
    unit, slope = index(unit, where, len(case.rows)), number(slope, where)
    ends = [None if end is None else number(end, where) for end in (low, high)]
    place, over = len(case.box.ends), case.over
    named = unit_of(statement, case, unit)._replace(slope=slope, place=place)
    bent = any(piece.slope is None for piece in named.table)
    reject_if(named.slot[0] < 0 or bent, where, "the unit has a name already, or a piece that is not affine")
    rows, scale = [row_of(text, where, 3) for text in step[5:]], SLOPES * case.box.over
    pairs = [(sign, end) for sign, end in zip((1, -1), ends, strict=True) if end is not None]
    known = [[-sign * SLOPES * end, -sign * slope * case.box.over, sign * scale] for sign, end in pairs]
    right = all(holds_on_graph(row, named, case.box) for row in [*known, *rows])
    reject_if(not right, where, "a bound or a row does not hold on the graph of the activation")
    ends_of = [([SLOPES * over * a, *([0] * place), SLOPES * over * c], SLOPES * b + slope * c) for a, b, c in rows]
    forms = [(plus(row, factor, named.row), False) for row, factor in ends_of]
    box = Box(case.box.over, [*case.box.ends, (ends[0], ends[1])])
    alone = -1 - len(case.names)
    slots = [*case.slots[:unit], (alone, alone), *case.slots[unit + 1 :]]
    names, hypotheses = [*case.names, named], [*case.hypotheses, *forms]
    return [case._replace(hypotheses=hypotheses, box=box, names=names, slots=slots)]


def holds_on_graph(row: Row, unit: Named, box: Box) -> bool:
    """Is a + b z + c v >= 0 wherever z is in the range that the box gives and on a piece that is left?

    On a piece the left side is affine in z: its ends decide, or its slope where there is no end.
    """
    (a, b, c), q, table, (first, last) = row, unit.activations_over, unit.table, unit.slot
    low, high = range_of(unit.row, box, unit.over)
    cuts = [Fraction(piece.until or 0, q) for piece in table[:-1]]
    for before, piece, after in list(zip([None, *cuts], table, [*cuts, None], strict=True))[first : last + 1]:
        left = max((end for end in (low, before) if end is not None), default=None)
        right = min((end for end in (high, after) if end is not None), default=None)
        met = left is None or right is None or left <= right
        slope, known = q * b + c * (piece.slope or 0), [end for end in (left, right) if end is not None]
        falls = (left is None and slope > 0) or (right is None and slope < 0)
        if met and (falls or any(q * (a + b * z) + c * level_at(piece, z) < 0 for z in known or [Fraction(0)])):
            return False
    return True


def range_of(row: Row, box: Box, over: int) -> tuple[Fraction | None, Fraction | None]:
    """Least and greatest value on the box of the form row/over; None where there is none."""
    ends = [[(c, end[c * sign < 0]) for c, end in zip(row[1:], box.ends, strict=False) if c] for sign in (1, -1)]
    levels = [row[0] * box.over + sum(c * (end or 0) for c, end in side) for side in ends]
    low, high = (not any(end is None for _, end in side) for side in ends)
    least, greatest = (Fraction(level, over * box.over) for level in levels)
    return least if low else None, greatest if high else None


def branches(case: Case, form: Row, owner: str) -> list[Case]:
    """form <= 0 | form > 0 if the left side owns the tie, form < 0 | form >= 0 if the right side does."""
    halves = ((minus(form), owner == "right"), (form, owner == "left"))
    return [case._replace(hypotheses=[*case.hypotheses, half]) for half in halves]


def step_next(statement: Statement, case: Case, step: list[Any], where: str) -> list[Case]:
    items(step, where, 1)
    outputs = layer_outputs(statement, case, where)
    if outputs is None:
        return [compose(statement, case, case.layer + 1, *settled_values(statement, case, where))]
    reject_if(case.network + 1 == len(statement.networks), where, "there is no next layer")
    return [enter(statement, case._replace(outputs=[*case.outputs, *outputs]), case.network + 1)]


def final_outputs(statement: Statement, case: Case, where: str) -> list[Output]:
    outputs = layer_outputs(statement, case, where) if case.network == len(statement.networks) - 1 else None
    return [*case.outputs, *(refuse(where, "layers are left") if outputs is None else outputs)]


def forms_of(outputs: list[Output]) -> list[tuple[Row, int]]:
    """The outputs that are forms, not polynomials."""
    return [(form, over) for form, over in outputs if not isinstance(form, dict)]


# --------------------------------------------------------------------------------- linear refutation (A6)


def combine(texts: Any, forms: list[Form], box: Box, where: str) -> tuple[int, bool, bool]:
    """B max over the box of sum m_i form_i; was a strict form used; was one with a nonconstant row."""
    total = [0] * (len(box.ends) + 1)
    strict = moving = False
    for text in items(texts, where):
        which, factor = items(text, where, 2)
        row, open_side = forms[index(which, where, len(forms))]
        total = plus(total, positive(factor, where), row)
        strict, moving = strict or open_side, moving or any(row[1:])
    sides = [(entry, ends[entry > 0]) for entry, ends in zip(total[1:], box.ends, strict=True) if entry != 0]
    reject_if(any(end is None for _, end in sides), where, "the combination is unbounded on the box")
    return box.over * total[0] + sum(entry * (end or 0) for entry, end in sides), strict, moving


def refute(texts: Any, forms: list[Form], box: Box, where: str) -> None:
    """A positive combination of hypotheses that is < 0 on the box, or <= 0 with a strict one in it."""
    level, strict, _ = combine(texts, forms, box, where)
    reject_if(level > 0 or (level == 0 and not strict), where, "the combination is no contradiction")


def negated(clause: list[Atom], outputs: Sequence[tuple[Row, int]]) -> list[Form]:
    """The negation of a clause: one form per atom, denominators cleared."""
    forms: list[Form] = []
    for atom in clause:
        row, over = atom.x, 1
        for factor, (form, form_over) in zip(atom.y, outputs, strict=True):
            if factor and over % form_over:
                row, over = [entry * form_over for entry in row], over * form_over
            row = plus(row, factor * (over // form_over), form) if factor else row
        forms.append((minus(row), not atom.strict))
    return forms


# ----------------------------------------------------------------------------- polynomial refutation (A7)


def as_polynomial(form: Row | Polynomial) -> Polynomial:
    if isinstance(form, dict):
        return form
    keys = [(0,) * (len(form) - 1), *unit_rows(len(form) - 1)]
    return {key: entry for key, entry in zip(keys, form, strict=True) if entry != 0}


def unit_rows(size: int) -> list[Key]:
    return [tuple(int(k == place) for k in range(size)) for place in range(size)]


def product(first: Polynomial, second: Polynomial, where: str) -> Polynomial:
    reject_if(len(first) * len(second) > MAX_TERMS, where, "a product of polynomials is too large")
    result: Polynomial = {}
    for left, a in first.items():
        add_multiple(result, a, {tuple(map(int.__add__, left, right)): b for right, b in second.items()})
    return result


def add_multiple(total: Polynomial, factor: int | Fraction, terms: Polynomial) -> None:
    for exponents, entry in terms.items():
        total[exponents] = total[exponents] + factor * entry if exponents in total else factor * entry


def inputs_of(statement: Statement) -> int:
    return len(statement.networks[0][0].weights[0]) - 1


def negated_polynomials(clause: list[Atom], outputs: Sequence[Output]) -> list[Negation]:
    """The negation of a clause whose outputs are polynomials, one a atom, denominators cleared."""
    negations: list[Negation] = []
    for atom in clause:
        total, over = as_polynomial(atom.x), 1
        add_multiple(total, 1, atom.more)
        for factor, (form, form_over) in zip(atom.y, outputs, strict=True):
            if factor:
                total = {exponents: entry * form_over for exponents, entry in total.items()}
                add_multiple(total, factor * over, as_polynomial(form))
                over *= form_over
        negations.append(({exponents: -entry for exponents, entry in total.items()}, not atom.strict))
    return negations


def box_guards(domain: Domain) -> list[tuple[Row | None, bool]]:
    """B x_1 - low_1, high_1 - B x_1, B x_2 - low_2, ..., none of them strict; None where there is no bound."""
    pairs = zip(unit_rows(len(domain.box)), domain.box, strict=True)
    sides = [(unit, sign, ends[sign < 0]) for unit, ends in pairs for sign in (1, -1)]
    return [(None if b is None else plus([-sign * b], sign * domain.over, [0, *e]), False) for e, sign, b in sides]


def refute_polynomial(texts: Any, negations: list[Negation], case: Case, domain: Domain, where: str) -> None:
    """sum c * product of guards * root^2 is a constant < 0, or = 0 with a strict term."""
    reject_if(len(case.box.ends) > len(domain.box), where, "polynomial goals have no further coordinates")
    sides: list[tuple[Row | Polynomial | None, bool]] = [*negations, *case.hypotheses[::-1], *box_guards(domain)]
    forms = [(None if form is None else as_polynomial(form), open_side) for form, open_side in sides]
    one: Key = (0,) * len(domain.box)
    total: Polynomial = {one: 0}
    strict_term = False
    for text in items(texts, where):
        factor, which, root = items(text, where, 3)
        term: Polynomial = {one: positive(factor, where)}
        used = [index(entry, where, len(forms)) for entry in items(which, where)]
        roots = [] if root is None else [read_polynomial(root, len(domain.box), where)] * 2
        for guard in [*(forms[place][0] for place in used), *roots]:
            term = product(term, refuse(where, "no such guard") if guard is None else guard, where)
        add_multiple(total, 1, term)
        strict_term = strict_term or (root is None and all(forms[place][1] for place in used))
    constant = total.pop(one)
    reject_if(any(total.values()), where, "the sum is not constant")
    reject_if(constant > 0 or (constant == 0 and not strict_term), where, "the sum is no contradiction")


# -------------------------------------------------------------------------------------------- leaves (A6-A8)


def step_empty(statement: Statement, case: Case, step: list[Any], where: str, domain: Domain) -> None:
    refute(step[1:], case.hypotheses[::-1], case.box, where)


def step_goal(statement: Statement, case: Case, step: list[Any], where: str, domain: Domain) -> None:
    outputs = final_outputs(statement, case, where)
    items(step, where, 1 + len(statement.clauses))
    forms = forms_of(outputs)
    unfit = statement.kind in SLOPE_KINDS and not slopes_fit(statement, forms)
    reject_if(unfit, where, "the slopes of this case are not as stated")
    bent = statement.targets or len(forms) < len(outputs)
    for clause, texts in zip(statement.clauses, step[1:], strict=True):
        if bent:
            refute_polynomial(texts, negated_polynomials(clause, outputs), case, domain, where)
        else:
            refute(texts, [*negated(clause, forms), *case.hypotheses[::-1]], case.box, where)


def step_thin(statement: Statement, case: Case, step: list[Any], where: str, domain: Domain) -> None:
    level, _, moving = combine(step[1:], case.hypotheses[::-1], case.box, where)
    flat = level <= 0 and moving and len(case.box.ends) == len(domain.box)
    reject_if(not flat, where, "the case is not shown to lie in a hyperplane")


def step_cell(statement: Statement, case: Case, step: list[Any], where: str, domain: Domain) -> Cell:
    """A point strictly inside the box and every hypothesis (constant rows as they stand); and the output forms."""
    _, over, at = items(step, where, 3)
    forms = [form for form, _ in forms_of(final_outputs(statement, case, where))]
    point = (positive(over, where), row_of(at, where, len(domain.box)))
    reject_if(not contains(domain, case.hypotheses, point, interior=True), where, "the point is not inside the cell")
    return point, forms


# ------------------------------------------------------------------------------- slopes and integrals (A9)


def slopes_fit(statement: Statement, outputs: list[tuple[Row, int]]) -> bool:
    """What the statement says of the Jacobian; its 2-norm is at most L if L^2 - J J^T is positive semidefinite."""
    words, (over, stated), rows = statement.words, statement.stated, [row[1:] for row, _ in outputs]
    if statement.kind == "orientation":
        return determinant(rows) > 0 if words == [["positive"]] else determinant(rows) < 0
    if statement.kind == "monotone":
        pairs = [pair for row, ways in zip(rows, words, strict=True) for pair in zip(row, ways, strict=True)]
        return all(way == "free" or (entry >= 0 if way == "up" else entry <= 0) for entry, way in pairs)
    if words == [["2"]]:  # all principal minors, denominators cleared
        tops, places = [stated[0] * row_over for _, row_over in outputs], range(len(rows))
        gram = [[tops[i] ** 2 * (i == j) - over**2 * sum(map(mul, rows[i], rows[j])) for j in places] for i in places]
        minors = (chosen for size in places for chosen in combinations(places, size + 1))
        return stated[0] >= 0 and all(determinant([[gram[i][j] for j in m] for i in m]) >= 0 for m in minors)
    jacobian = [[Fraction(entry * over, row_over) for entry in row[1:]] for row, row_over in outputs]
    lines = jacobian if words == [["inf"]] else zip(*jacobian, strict=True)
    return all(sum(map(abs, line)) <= stated[0] for line in lines)


def determinant(matrix: list[Row]) -> int:
    """By elimination without fractions: every division is exact."""
    rows, sign, last = [list(row) for row in matrix], 1, 1
    while rows:
        place = next((k for k, row in enumerate(rows) if row[0] != 0), None)
        if place is None:
            return 0
        pivot = rows.pop(place)
        sign = -sign if place % 2 else sign
        rows = [[(pivot[0] * a - row[0] * b) // last for a, b in zip(row[1:], pivot[1:], strict=True)] for row in rows]
        last = pivot[0]
    return sign * last


def expand(terms: Polynomial, values: list[tuple[Polynomial, int]], size: int, where: str) -> tuple[Polynomial, int]:
    """The polynomial of homogeneous values (each with its degree), homogeneous again since the coordinates sum to 1."""
    ones: Polynomial = dict.fromkeys(unit_rows(size), 1)
    degrees = {exponents: sum(e * d for e, (_, d) in zip(exponents, values, strict=True)) for exponents in terms}
    degree, total = max(degrees.values(), default=0), Polynomial()
    for exponents, coefficient in terms.items():
        part: Polynomial = {(0,) * size: coefficient}
        pairs = [(ones, degree - degrees[exponents]), *zip((value for value, _ in values), exponents, strict=True)]
        for value in [value for value, power in pairs for _ in range(power)]:
            part = product(part, value, where)
        add_multiple(total, 1, part)
    return total, degree


def step_simplex(statement: Statement, case: Case, step: list[Any], where: str, domain: Domain) -> Measure:
    """Lower and upper bound of the integral over a simplex in the closure of the case, and its volume."""
    _, over, texts = items(step, where, 3)
    size = len(domain.box) + 1
    corners = [(positive(over, where), row_of(text, where, size - 1)) for text in items(texts, where, size)]
    # In the closure a strict form may be 0, but not one that is constant: its case is empty.
    further = any(any(row[size:]) for row, _ in case.hypotheses)
    forms = [(row, strict and not any(row[1:])) for row, strict in case.hypotheses]
    inside = not further and all(contains(domain, forms, corner, interior=False) for corner in corners)
    reject_if(not inside, where, "a vertex lies outside the case, or a hypothesis is not one of the inputs")
    edges = [[a - b for a, b in zip(row, corners[0][1], strict=True)] for _, row in corners[1:]]
    volume = Fraction(abs(determinant(edges)), corners[0][0] ** (size - 1) * factorial(size - 1))
    sides = [[at_point(row, corner) for corner in corners] for row, _ in domain.rows]
    if any(min(levels) < 0 and max(levels) <= 0 for levels in sides):
        return Fraction(0), Fraction(0), volume
    reject_if(any(min(levels) < 0 for levels in sides), where, "the simplex crosses a side of the domain")
    outputs = final_outputs(statement, case, where)
    low, high = largest(statement, outputs, case, where) or mean(statement, outputs, corners, where)
    return low * volume, high * volume, volume


def largest(statement: Statement, outputs: list[Output], case: Case, where: str) -> tuple[Fraction, Fraction] | None:
    """Bounds of the integrand where an output has coordinates that are no inputs; None where none has."""
    size, (over, terms), power = inputs_of(statement), statement.targets[0], statement.power
    forms = [*(([0, *row], 1) for row in unit_rows(size)), *forms_of(outputs)]
    if not any(any(form[size + 1 :]) for form, _ in forms):
        return None
    ends = [end for form, below in forms for end in range_of(form, case.box, below) if end is not None]
    reject_if(len(forms) < size + len(outputs), where, "an output has no bounds")
    tops = [max(high, -low) for low, high in zip(ends[::2], ends[1::2], strict=True)]
    parts = [Fraction(max(c, -c) * prod(map(pow, tops, key)), over) for key, c in terms.items()]
    bound = Fraction(sum(parts) ** power)
    return (-bound if statement.words == [["no"]] and power % 2 else Fraction(0)), bound


def mean(statement: Statement, outputs: list[Output], corners: list[Point], where: str) -> tuple[Fraction, Fraction]:
    """Bounds of the mean of the integrand over the simplex; they agree unless an odd power changes its sign there.

    Where all coefficients in barycentric coordinates have one sign, so has the polynomial; it is at most the largest
    of them over the monomial's multinomial coefficient, since those Bernstein polynomials sum to 1.
    """
    size = len(corners)
    columns = [[Fraction(row[column], over) for over, row in corners] for column in range(size - 1)]
    values: list[tuple[Polynomial, int]] = [(dict(zip(unit_rows(size), line, strict=True)), 1) for line in columns]
    for form, q in outputs:
        terms = as_polynomial(form if isinstance(form, dict) else form[:size])
        terms = {key: entry * Fraction(1, q) for key, entry in terms.items()}
        values.append(expand(terms, values[: size - 1], size, where))
    (over, terms), power = statement.targets[0], statement.power
    base, degree = expand(terms, values, size, where)
    signs = {entry > 0 for entry in base.values() if entry != 0}
    if statement.words == [["yes"]] and power % 2 and len(signs) == 2:
        below = factorial(degree) * over
        tops = [Fraction(max(c, -c) * prod(map(factorial, key)), below) for key, c in base.items()]
        return Fraction(0), max(tops) ** power
    whole, _ = expand({(power,): Fraction(1, over**power)}, [(base, degree)], size, where)
    parts = [Fraction(c * prod(map(factorial, key)), factorial(size - 1 + sum(key))) for key, c in whole.items()]
    total = factorial(size - 1) * sum(parts, Fraction(0))
    return (abs(total), abs(total)) if statement.words == [["yes"]] else (total, total)


# --------------------------------------------------------------------------------------------------- replay

Move = Callable[[Statement, Case, list[Any], str], list[Case]]
Leaf = Callable[[Statement, Case, list[Any], str, Domain], Cell | Measure | None]


def replay(statement: Statement, domain: Domain, steps: Iterable[Any], place_of: str, *start: int) -> tuple[int, int]:
    """Run the steps, newest open case first; return the numbers of steps and of leaves.

    `start`: the network and the layer to begin with, if they are not the first.
    """
    moves: dict[str, Move] = {"split": step_split, "cut": step_cut, "next": step_next, "branch": step_branch}
    moves |= {"name": step_name, "tighten": step_tighten, "refine": step_refine, "pass": step_pass}
    leaf_steps: dict[str, Leaf] = {"empty": step_empty, "goal": step_goal, "thin": step_thin, "cell": step_cell}
    leaf_steps["simplex"] = step_simplex
    names = tuple(dict(KINDS)[statement.kind][2].split())
    hypotheses = [] if statement.kind == "integral" else list(domain.rows)
    case = Case(hypotheses, 0, 0, 1, [], [], [], Box(domain.over, list(domain.box)), [])
    open_cases = [enter(statement, case, *(start or (0,)))]
    found: list[Any] = []  # of `Leaf`
    place = 0
    for place, text in enumerate(steps, 1):
        where = f"{place_of}step {place - 1}"
        step = items(text, where)
        name = word(step[0] if step else None, where, names)
        where = f"{where} ({name})"
        case = open_cases.pop() if open_cases else refuse(where, "no case is open")
        if name in moves:
            open_cases.extend(reversed(moves[name](statement, case, step, where)))
            continue
        found.append(leaf_steps[name](statement, case, step, where, domain))
    reject_if(open_cases, f"{place_of}step {place}", f"cases still open: {len(open_cases)}")
    over, stated = statement.stated
    if statement.kind in COUNTS:
        counted = count(statement, [cell for cell in found if cell])
        reject_if(counted != stated[0], "count", f"the steps show {counted}, not the stated number")
    if statement.kind == "integral":
        low, high, volume = (sum((measure[k] for measure in found if measure), Fraction(0)) for k in range(3))
        sides = [Fraction((b or 0) - (a or 0), domain.over) for a, b in domain.box]
        reject_if(volume != prod(sides), "integral", "the simplices do not fill the box")
        right = Fraction(stated[0], over) <= low and high <= Fraction(stated[1], over)
        reject_if(not right, "integral", f"the steps show [{decimal(low)}, {decimal(high)}], not the stated bounds")
    return place, len(found)


def count(statement: Statement, cells: Sequence[Cell]) -> int:
    """Cells as they are; linear regions after joining neighbours on the line with the same output forms."""
    if statement.kind == "cells":
        return len(cells)
    ordered = sorted(cells, key=lambda cell: Fraction(cell[0][1][0], cell[0][0]))
    return min(len(cells), 1) + sum(before[1] != after[1] for before, after in pairwise(ordered))


# ------------------------------------------------------------------------------------------- certificates


def read_assumptions(value: Any) -> list[dict[str, str]]:
    assumptions: list[dict[str, str]] = []
    for text in items(value, "assumptions"):
        entries = fields(text, ASSUMPTION, "assumptions")
        word(entries[0], "assumptions", ("enclosure", "solver", "lemma"))
        if not all(type(entry) is str and entry.isprintable() for entry in entries) or not SHA256.fullmatch(entries[2]):
            refuse("assumptions", "text, sha256 and origin are printable strings")
        assumptions.append(dict(zip(ASSUMPTION, entries, strict=True)))
    return assumptions


def digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def straight(size: int) -> Layer:
    """The identity."""
    return Layer(1, 1, [[0, *row] for row in unit_rows(size)], [[Piece(None, "", 1, 0)]] * size)


def read_blocks(statement: Statement, texts: Any, where: str) -> Statement:
    """The statement with its blocks, each proved with the help of those before it; an identity layer follows all."""
    networks = [[*network, straight(len(network[-1].weights))] for network in statement.networks]
    blocks: list[Block] = []  # of the statement, too: it grows
    ends = [[*map(curved, network), True].index(True) for network in networks]
    statement = statement._replace(networks=networks if texts else statement.networks, blocks=blocks)
    for place, text in enumerate(items(texts, f"{where}blocks")):
        here = f"{where}block {place}"
        which, first, last, domain_text, over_text, map_text, steps = fields(text, BLOCK, here)
        which, over = index(which, here, len(statement.networks)), positive(over_text, here)
        network, domain = statement.networks[which], read_domain(domain_text, here)
        last = index(last, here, ends[which] - 1)
        first = index(first, here, last + 1)
        layers, size = network[first : last + 1], len(network[first].weights)
        reject_if(len(domain.box) != size, here, "the domain is not one of the first layer's preactivations")
        triples = [items(entry, here, 3) for entry in items(map_text, here, len(layers[-1].weights))]
        rows = [(row_of(row, here, size + 1), number(low, here), number(high, here)) for row, low, high in triples]
        clauses: list[list[Atom]] = []
        for y, (row, low, high) in zip(unit_rows(len(rows)), rows, strict=True):
            for sign, end in ((1, low), (-1, high)):  # sign (over y - row - end) >= 0
                clauses.append([Atom(False, plus([-sign * end], -sign, row), [sign * over * e for e in y], {})])
        head = layers[0]._replace(over=1, weights=straight(size).weights)
        # In its own place: the layers and networks before it are never entered.
        chain = [*[head] * (first + 1), *layers[1:], straight(len(rows))]
        same = statement._replace(kind="always", networks=[*[[head]] * which, chain], clauses=clauses, targets=[])
        replay(same, domain, items(steps, here), f"{here}, ", which, first)
        blocks.append(Block(which, first, last, domain, over, rows))
    return statement


def chained(lines: Iterator[str], previous: str) -> Iterator[Any]:
    """The steps on the lines after the header, each line beginning with the hash of the line before."""
    for place, line in enumerate(lines, 2):
        here, text = f"line {place}", line.removesuffix("\n")
        link, *steps = items(read_json(text, here), here) or [None]
        linked = link == hashlib.sha256(previous.encode()).hexdigest()
        reject_if(not linked, here, "it does not begin with the hash of the line before")
        yield from steps
        previous = text


def check_part(stated: Any, proof: Any, below: Iterable[Any] | None, where: str) -> tuple[Statement, int, int]:
    """One statement that is no conjunction, with the numbers of its steps and leaves."""
    statement = read_statement(stated)
    _, wanted, steps = dict(KINDS)[statement.kind]
    optional = "blocks" if type(proof) is dict and "blocks" in proof and "pass" in steps.split() else ""
    names = tuple(name for name in f"{wanted} {optional}".split() if below is None or name != "steps")
    evidence = dict(zip(names, fields(proof, names, f"{where}evidence"), strict=True))
    reject_if(below is not None and not steps, "statement", "only a proof by steps has lines after the header")
    done = (0, 0)
    if statement.domain is not None and steps:
        with_blocks = read_blocks(statement, evidence.get("blocks", []), where)
        run = items(evidence["steps"], f"{where}evidence") if below is None else below
        done = replay(with_blocks, statement.domain, run, where)
    if wanted != "steps":
        check_point(statement, evidence)
    return statement, *done


def check(text: str | Iterable[str], lines: bool = False) -> Report:
    """Check a certificate: one JSON object, or (`lines`) a header line and then blocks of steps.

    Raises Rejected, which names the place, unless every check passes.
    """
    parts = text.removesuffix("\n").split("\n") if type(text) is str else text
    rows = iter(parts if lines else ["".join(text)])
    first = next(rows, "").removesuffix("\n")
    header = read_json(first, "file")
    form, assumed, stated, proof = fields(header, ("format", "assumptions", "statement", "evidence"), "file")
    reject_if(form != FORMAT, "file", f"the format is not {FORMAT}")
    assumptions = read_assumptions(assumed)
    if type(stated) is not dict or stated.get("kind") != "all":
        statement, steps, leaves = check_part(stated, proof, chained(rows, first) if lines else None, "")
        networks = digest(stated["networks"])
        return Report(statement.kind, describe(statement), assumptions, digest(stated), networks, steps, leaves)
    parts = items(fields(stated, ("kind", "parts"), "statement")[1], "statement")
    proofs = items(fields(proof, ("parts",), "evidence")[0], "evidence", len(parts))
    reject_if(lines or not parts, "statement", "a conjunction has parts, and stands in one object")
    done = [check_part(*pair, None, f"part {k}, ") for k, pair in enumerate(zip(parts, proofs, strict=True))]
    text = "; ".join(f"({k}) {describe(statement)}" for k, (statement, _, _) in enumerate(done))
    steps, leaves = sum(count for _, count, _ in done), sum(count for _, _, count in done)
    return Report("all", text, assumptions, digest(stated), digest([part["networks"] for part in parts]), steps, leaves)


# ------------------------------------------------------------------------------------------------ printing


def decimal(numerator: int | Fraction, over: int = 1) -> str:
    value = Fraction(numerator, over)
    texts = [str(part) if part.bit_length() < 4000 else hex(part) for part in (value.numerator, value.denominator)]
    return texts[0] if value.denominator == 1 else "/".join(texts)


def sum_text(entries: Sequence[int | Fraction], names: list[str], over: int = 1) -> str:
    """A readable sum such as 1/2 x0 - 3 y1 + 4; an empty name is the constant's."""
    text = ""
    for entry, name in zip(entries, names, strict=True):
        size, sign = decimal(max(entry, -entry), over), "-" if entry < 0 else "+"
        body = name if size == "1" and name else f"{size} {name}".rstrip()
        text += f" {sign} {body}" if entry else ""
    return text[3:] if text.startswith(" +") else text.replace(" - ", "-", 1) or "0"


def names_of(letter: str, size: int) -> list[str]:
    return [f"{letter}{k}" for k in range(size)]


def form_text(strict: bool, x: Row, y: Row) -> str:
    names = [*names_of("x", len(x) - 1), *names_of("y", len(y)), ""]
    return f"{sum_text([*x[1:], *y, x[0]], names)} {'>' if strict else '>='} 0"


def polynomial_text(over: int, terms: Polynomial, letters: list[str]) -> str:
    ordered = sorted(terms, reverse=True)
    pairs = [list(zip(letters, exponents, strict=True)) for exponents in ordered]
    names = [" ".join(f"{letter}^{power}" for letter, power in pair if power) for pair in pairs]
    return sum_text([terms[exponents] for exponents in ordered], names, over)


def point_text(point: Point) -> str:
    return "(" + ", ".join(decimal(entry, point[0]) for entry in point[1]) + ")"


def place_text(statement: Statement) -> str:
    domain = statement.domain
    if domain is None:
        return f"at x = {point_text(statement.point or (1, []))}"
    quantifiers = {"fails": "for some", "holds": "for some", "always": "for all", "equal": "for all"}
    parts = [f"{quantifiers.get(statement.kind, 'over all')} x with"]
    for name, (low, high) in zip(names_of("x", len(domain.box)), domain.box, strict=True):
        left = "(-oo" if low is None else "[" + decimal(low, domain.over)
        right = "oo)" if high is None else decimal(high, domain.over) + "]"
        parts.append(f"{name} in {left}, {right},")
    return " ".join([*parts, *(form_text(strict, row, []) + "," for row, strict in domain.rows)])[:-1]


def conclusion(statement: Statement) -> str:
    kind, words, stated = statement.kind, statement.words, point_text(statement.stated)
    names = names_of("x", inputs_of(statement))
    if kind == "integral":
        names += names_of("y", sum(len(network[-1].weights) for network in statement.networks))
        body = f"({polynomial_text(*statement.targets[0], names)})^{statement.power}"
        return f"the integral of {body if words == [['no']] else body.join('||')} lies in [{stated[1:-1]}]"
    if statement.targets:
        gaps = [f"|y{k} - ({polynomial_text(*target, names)})|" for k, target in enumerate(statement.targets)]
        relation = "=" if kind == "sup-error-equals" else "<="
        return f"{'largest ' * (len(gaps) > 1)}sup of {', '.join(gaps)} {relation} {stated[1:-1]}"
    if kind in ("fails", "holds", "always"):
        clauses = [" or ".join(form_text(*atom[:3]) for atom in clause) or "false" for clause in statement.clauses]
        text = ") and (".join(clauses).join("()") if clauses else "true"
        return f"not ({text})" if kind == "fails" else text
    signs = [", ".join(f"{way} in {name}" for way, name in zip(row, names, strict=False)) for row in words]
    texts = {"value": "y = ", "cells": "full-dimensional activation cells: ", "linear-regions": "linear regions: "}
    texts["monotone"] = "; ".join(f"y{k} goes {text}" for k, text in enumerate(signs))
    texts["lipschitz"] = f"|f(x) - f(x')| in the {words[0][0] if words else ''}-norm is at most |x - x'| times "
    texts["orientation"] = f"the slopes of every cell have a determinant that is {words[0][0] if words else ''}"
    return texts.get(kind, "the two networks are equal") + (stated if statement.stated[1] else "")


def describe(statement: Statement) -> str:
    """The statement in words, from its parsed form: this is what was checked, and all that was."""
    shapes = [[len(net[0].weights[0]) - 1, *(len(layer.weights) for layer in net)] for net in statement.networks]
    networks = ", ".join("-".join(map(str, shape)) for shape in shapes)
    return f"network{'s' if len(shapes) > 1 else ''} {networks}; {place_text(statement)}: {conclusion(statement)}"


def report_text(report: Report, path: str) -> str:
    lines = [f"assumption ({entry['kind']}, {entry['origin']}): {entry['text']}" for entry in report.assumptions]
    headline = f"CHECKED UNDER {len(lines)} ASSUMPTIONS" if lines else "CHECKED"
    hashes = f"sha256 of the statement {report.statement_sha256}, of its networks {report.networks_sha256}"
    lines += [f"{headline}   {report.text}", f"  {path}: {report.steps} steps, {report.leaves} leaves", f"  {hashes}"]
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    paths = [argument for argument in arguments if argument != "--strict"]
    status = 0
    for path in paths or ["(no file)"]:
        shown = path if path.isprintable() else ascii(path)  # a name must not write lines of its own
        try:
            with open(path, encoding="utf-8", newline="\n") as file:
                report = check(file, True) if path.endswith(".jsonl") else check(file.read())
            print(report_text(report, shown))
            status = max(status, int("--strict" in arguments and bool(report.assumptions)))
        except OSError as error:
            print(f"{shown}: {error.strerror}\nFix: kernel.py [--strict] CERTIFICATE... reads files", file=sys.stderr)
            status = 3
        except (Rejected, UnicodeError, MemoryError) as error:
            print(f"REJECTED  {shown}: {str(error) or 'not enough memory'}", file=sys.stderr)
            status = max(status, 1)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
