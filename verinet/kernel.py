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
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from math import prod
from operator import mul
from typing import Any, NamedTuple, NoReturn

FORMAT = "verinet-certificate/1"
MAX_DIGITS = 65_536
MAX_DEPTH = 32
MAX_DEGREE = 400
MAX_TERMS = 1_000_000
NUMBER = re.compile(r"0|-?[1-9a-f][0-9a-f]*", re.ASCII)
NESTING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)
SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
# kind -> fields of the statement besides "kind", fields of the evidence
KINDS: tuple[tuple[str, tuple[tuple[str, ...], tuple[str, ...]]], ...] = (
    ("always", (("networks", "domain", "claim"), ("steps",))),
    ("fails", (("networks", "domain", "claim"), ("point",))),
    ("holds", (("networks", "domain", "claim"), ("point",))),
    ("equal", (("networks", "domain"), ("steps",))),
    ("sup-error-at-most", (("networks", "domain", "targets", "error"), ("steps",))),
    ("sup-error-equals", (("networks", "domain", "targets", "error"), ("steps", "point", "output"))),
    ("value", (("networks", "point", "values"), ())),
    ("cells", (("networks", "domain", "count"), ("steps",))),
    ("linear-regions", (("networks", "domain", "count"), ("steps",))),
)
LAYER = ("weights_over", "activations_over", "activations", "units")
ASSUMPTION = ("kind", "text", "sha256", "origin")

Row = list[int]
Form = tuple[Row, bool]  # a hypothesis: form >= 0, or > 0 when strict
Point = tuple[int, Row]  # a positive denominator, and numerators
Polynomial = dict[tuple[int, ...], int]


class Rejected(Exception):
    """A certificate the kernel does not accept; the message names the place and the reason."""


class Piece(NamedTuple):
    """v = (slope z + offset)/q up to z = until/q, there too if `side` is "left"; slope None: outside the range."""

    until: int | None
    side: str
    slope: int | None
    offset: int


class Layer(NamedTuple):
    over: int  # E: z = (w0 + sum w_j v_j)/E
    activations_over: int  # q
    weights: list[Row]  # bias first, one row a unit
    tables: list[list[Piece]]  # one table a unit


class Domain(NamedTuple):
    over: int  # B: low <= B x <= high
    box: list[tuple[int | None, int | None]]
    rows: list[Form]


class Atom(NamedTuple):
    strict: bool
    x: Row  # over (1, x)
    y: Row  # over the outputs of all networks


class Statement(NamedTuple):
    kind: str
    networks: list[list[Layer]]
    domain: Domain | None
    clauses: list[list[Atom]]
    targets: list[tuple[int, Polynomial]]
    stated: Point  # the error, the count or the outputs
    point: Point | None  # of a `value` statement


class Case(NamedTuple):
    hypotheses: list[Form]  # oldest first; a step counts them from the newest back
    network: int
    layer: int
    over: int  # the rows below are over this denominator
    rows: list[Row]  # preactivations of the layer's units
    slots: list[tuple[int, int]]  # first and last piece left, one pair a unit
    outputs: list[tuple[Row, int]]  # forms of finished networks, each with its denominator


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


# ---------------------------------------------------------------------------------------------- reading (A1)


def read_json(text: str, where: str) -> Any:
    """Parse JSON without floats, duplicate keys, large indices or deep nesting."""
    depth = 0
    for token in NESTING.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token.group(), 0)
        if depth > MAX_DEPTH:
            refuse(where, f"nested deeper than {MAX_DEPTH}")

    def pairs(entries: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(entries)) != len(entries):
            refuse(where, "a key stands twice in one object")
        return dict(entries)

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
    if type(value) is not dict:
        refuse(where, "an object was expected")
    if set(value) != set(names):
        refuse(where, f"the fields must be {', '.join(names)}")
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
    if type(value) is not str or value not in words:
        refuse(where, f"one of {', '.join(words)} was expected")
    return str(value)


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
            if pieces and until < (pieces[-1].until or 0):
                refuse(where, "breakpoints must ascend")
        slope, offset = (None, 0) if entry == ["none"] else row_of(entry, where, 2)
        pieces.append(Piece(until, side, slope, offset))
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
    return layers or refuse(where, "a network needs a layer")


# ------------------------------------------------------------------------------------------- domains (A3)


def read_domain(value: Any) -> Domain:
    where = "domain"
    over, box, rows, point = fields(value, ("over", "box", "rows", "point"), where)
    sides = [items(side, where, 2) for side in items(box, where)]
    bounds = [(None if a is None else number(a, where), None if b is None else number(b, where)) for a, b in sides]
    forms: list[Form] = []
    for entry in items(rows, where):
        relation, row = items(entry, where, 2)
        forms.append((row_of(row, where, len(bounds) + 1), word(relation, where, (">=", ">")) == ">"))
    domain = Domain(positive(over, where), bounds, forms)
    if not contains(domain, forms, point_of(point, where, len(bounds)), interior=False):
        refuse(where, "its point does not lie in it")
    return domain


def contains(domain: Domain, forms: list[Form], point: Point, interior: bool) -> bool:
    """Is the point in the box and all forms; `interior`: strictly, but for forms whose row is constant?"""
    for (low, high), coordinate in zip(domain.box, point[1], strict=True):
        place = domain.over * coordinate
        left = 1 if low is None else place - low * point[0]
        right = 1 if high is None else high * point[0] - place
        if min(left, right) < int(interior):
            return False
    return all(at_point(row, point) >= int(strict or (interior and any(row[1:]))) for row, strict in forms)


def at_point(row: Row, point: Point) -> int:
    """The form's value at the point, times the point's (positive) denominator."""
    return sum(map(mul, row, (point[0], *point[1])))


# ---------------------------------------------------------------------------------------- statements (A4)


def read_statement(value: Any) -> Statement:
    where = "statement"
    kind = word(value.get("kind"), where, tuple(dict(KINDS))) if type(value) is dict else refuse(where, "not an object")
    names = ("kind", *dict(KINDS)[kind][0])
    given = dict(zip(names, fields(value, names, where), strict=True))
    domain = read_domain(given["domain"]) if "domain" in given else None
    point = None if domain is not None else point_of(given["point"], "point", None)
    inputs = len(domain.box if domain is not None else point[1] if point is not None else [])
    texts = items(given["networks"], where, None if "claim" in given else 2 if kind == "equal" else 1)
    networks = [read_network(text, f"network {k}", inputs) for k, text in enumerate(texts)]
    sizes = [len(network[-1].weights) for network in networks]
    if not networks or not inputs:
        refuse(where, "at least one network and one input are needed")
    clauses: list[list[Atom]] = []
    targets: list[tuple[int, Polynomial]] = []
    stated: Point = (1, [])
    if kind == "equal":
        clauses = equality(sizes[0], sizes[1], inputs)
    elif "claim" in given:
        texts = [items(text, "claim") for text in items(given["claim"], "claim")]
        clauses = [[read_atom(text, inputs, sum(sizes)) for text in atoms] for atoms in texts]
    elif "targets" in given:
        targets = [read_target(text, inputs) for text in items(given["targets"], "targets", sizes[0])]
        stated = point_of(given["error"], "error", 1)
    elif "count" in given:
        stated = (1, [number(given["count"], "count")])
        if kind == "linear-regions" and (inputs != 1 or not continuous(networks[0])):
            refuse(where, "linear-regions needs one input and continuous activations")
    else:
        stated = point_of(given["values"], "values", sizes[0])
    return Statement(kind, networks, domain, clauses, targets, stated, point)


def read_atom(value: Any, inputs: int, outputs: int) -> Atom:
    relation, x, y = items(value, "claim", 3)
    strict = word(relation, "claim", (">=", ">")) == ">"
    return Atom(strict, row_of(x, "claim", inputs + 1), row_of(y, "claim", outputs))


def equality(first: int, second: int, inputs: int) -> list[list[Atom]]:
    """y_k - y'_k >= 0 for each output k, then y'_k - y_k >= 0."""
    if first != second:
        refuse("statement", f"networks with {first} and {second} outputs cannot be equal")
    places = range(2 * first)
    signs = [[int(k == place) - int(k == (place + first) % (2 * first)) for k in places] for place in places]
    return [[Atom(False, [0] * (inputs + 1), y)] for y in signs]


def read_target(value: Any, inputs: int) -> tuple[int, Polynomial]:
    over, terms = fields(value, ("over", "terms"), "targets")
    return positive(over, "targets"), read_polynomial(terms, inputs, "targets")


def read_polynomial(value: Any, inputs: int, where: str) -> Polynomial:
    terms: Polynomial = {}
    for entry in items(value, where):
        coefficient, powers = items(entry, where, 2)
        exponents = tuple(index(power, where, MAX_DEGREE + 1) for power in items(powers, where, inputs))
        if exponents in terms or sum(exponents) > MAX_DEGREE:
            refuse(where, f"a monomial stands twice or its degree exceeds {MAX_DEGREE}")
        terms[exponents] = number(coefficient, where)
    return terms


def continuous(network: list[Layer]) -> bool:
    tables = [(table, layer.activations_over) for layer in network for table in layer.tables]
    return all(agree(before, after, over) for table, over in tables for before, after in pairwise(table))


def agree(before: Piece, after: Piece, over: int) -> bool:
    """Do neighbouring pieces have the same value at the breakpoint between them?  s t + c q, compared."""
    if before.until is None or before.slope is None or after.slope is None:
        return False
    t = before.until
    return bool(before.slope * t + before.offset * over == after.slope * t + after.offset * over)


# -------------------------------------------------------------------------------------------- points (A10)


def evaluate(network: list[Layer], point: Point) -> list[Fraction]:
    """Outputs of the chain at a point, piece by piece, in integers over a common denominator."""
    over, values = point
    for layer in network:
        z_over, results = layer.over * over, []
        for weights, table in zip(layer.weights, layer.tables, strict=True):
            z = sum(map(mul, weights, (over, *values)))
            piece = in_force(table, z * layer.activations_over, z_over)
            if piece.slope is None:
                refuse("point", "a preactivation leaves the range on which its activation is written")
            results.append(piece.slope * z + piece.offset * z_over)
        over, values = z_over * layer.activations_over, results
    return [Fraction(value, over) for value in values]


def in_force(table: list[Piece], z: int, over: int) -> Piece:
    """First piece whose test passes, for q z = z/over: less than its end, or equal where the left side owns it."""
    passing = (piece for piece in table[:-1] if z - (piece.until or 0) * over < int(piece.side == "left"))
    return next(passing, table[-1])


def claim_holds(statement: Statement, point: Point) -> bool:
    outputs = [value for network in statement.networks for value in evaluate(network, point)]
    for clause in statement.clauses:
        levels = [(Fraction(at_point(a.x, point), point[0]) + sum(map(mul, a.y, outputs)), a.strict) for a in clause]
        if not any(level > 0 or (level == 0 and not strict) for level, strict in levels):
            return False
    return True


def gap(statement: Statement, output: int, point: Point) -> Fraction:
    """|f_k - P_k| at the point."""
    (over, terms), at = statement.targets[output], [Fraction(coordinate, point[0]) for coordinate in point[1]]
    value = sum(coefficient * prod(map(pow, at, exponents)) for exponents, coefficient in terms.items())
    return abs(evaluate(statement.networks[0], point)[output] - Fraction(value, over))


def check_point(statement: Statement, evidence: dict[str, Any]) -> None:
    """`value`, `fails`, `holds`, and the attained half of `sup-error-equals`."""
    kind, domain, (over, stated) = statement.kind, statement.domain, statement.stated
    if domain is None:
        at = statement.point or refuse("point", "none is given")
        if evaluate(statement.networks[0], at) != [Fraction(value, over) for value in stated]:
            refuse("point", "an output differs from the stated value")
        return
    point = point_of(evidence["point"], "point", len(domain.box))
    if not contains(domain, domain.rows, point, interior=False):
        refuse("point", "it does not lie in the domain")
    if kind == "sup-error-equals":
        if gap(statement, index(evidence["output"], "output", len(statement.targets)), point) < Fraction(
            stated[0], over
        ):
            refuse("point", "the error at this point is smaller than stated")
    elif claim_holds(statement, point) != (kind == "holds"):
        refuse("point", f"the claim does not {'hold' if kind == 'holds' else 'fail'} there")


# --------------------------------------------------------------------------------------------- steps (A5)


def enter(statement: Statement, case: Case, network: int) -> Case:
    """The case at the first layer of a network, whose values are the inputs themselves."""
    size = len(statement.networks[network][0].weights[0])
    inputs = [[1 if column == place else 0 for column in range(size)] for place in range(1, size)]
    return compose(statement, case._replace(network=network), 0, inputs, 1)


def compose(statement: Statement, case: Case, place: int, values: list[Row], over: int) -> Case:
    """Rows of layer `place` from the rows of the values before it: w0 + sum w_j v_j, over E times `over`."""
    layer = statement.networks[case.network][place]
    columns = list(zip(*values, strict=True))
    rows: list[Row] = []
    for weights in layer.weights:
        inner = weights[1:]
        row = [sum(map(mul, inner, column)) for column in columns]
        row[0] += weights[0] * over
        rows.append(row)
    slots = [(0, len(table) - 1) for table in layer.tables]
    return case._replace(layer=place, over=layer.over * over, rows=rows, slots=slots)


def settled_values(statement: Statement, case: Case, where: str) -> tuple[list[Row], int]:
    """Rows of the layer's values once no unit has a breakpoint left; their denominator is over q."""
    layer = statement.networks[case.network][case.layer]
    values: list[Row] = []
    for row, (first, last), table in zip(case.rows, case.slots, layer.tables, strict=True):
        _, _, slope, offset = table[first]
        if first != last:
            refuse(where, "a unit has a breakpoint left")
        if slope is None:
            refuse(where, "a unit stands outside the range on which its activation is written")
        value = [slope * entry for entry in row]
        value[0] += offset * case.over
        values.append(value)
    return values, case.over * layer.activations_over


def step_split(statement: Statement, case: Case, step: list[Any], where: str) -> list[Case]:
    _, unit, owner = items(step, where, 3)
    layer = statement.networks[case.network][case.layer]
    unit = index(unit, where, len(case.rows))
    first, last = case.slots[unit]
    piece, following = layer.tables[unit][first], layer.tables[unit][min(first + 1, last)]
    if first == last or piece.until is None:
        refuse(where, "the unit has no breakpoint left")
    if word(owner, where, ("left", "right")) != piece.side:
        if not agree(piece, following, layer.activations_over):
            refuse(where, "the activation jumps there: the tie belongs to its own side")
        if following.until is not None and following.until <= piece.until:
            refuse(where, "the next piece is never in force there: the tie belongs to its own side")
    form = [layer.activations_over * entry for entry in case.rows[unit]]
    form[0] -= piece.until * case.over
    low, high = branches(case, form, owner)
    low.slots[unit], high.slots[unit] = (first, first), (first + 1, last)
    return [low, high]


def step_cut(statement: Statement, case: Case, step: list[Any], where: str) -> list[Case]:
    _, row, owner = items(step, where, 3)
    return branches(case, row_of(row, where, len(case.rows[0])), word(owner, where, ("left", "right")))


def branches(case: Case, form: Row, owner: str) -> list[Case]:
    """form <= 0 | form > 0 if the left side owns the tie, form < 0 | form >= 0 if the right side does."""
    halves = (([-entry for entry in form], owner == "right"), (form, owner == "left"))
    return [case._replace(hypotheses=[*case.hypotheses, half], slots=list(case.slots)) for half in halves]


def step_next(statement: Statement, case: Case, step: list[Any], where: str) -> list[Case]:
    items(step, where, 1)
    values, over = settled_values(statement, case, where)
    if case.layer + 1 < len(statement.networks[case.network]):
        return [compose(statement, case, case.layer + 1, values, over)]
    if case.network + 1 == len(statement.networks):
        refuse(where, "there is no next layer")
    outputs = [*case.outputs, *((value, over) for value in values)]
    return [enter(statement, case._replace(outputs=outputs), case.network + 1)]


def final_outputs(statement: Statement, case: Case, where: str) -> list[tuple[Row, int]]:
    if (case.network, case.layer) != (len(statement.networks) - 1, len(statement.networks[-1]) - 1):
        refuse(where, "layers are left")
    values, over = settled_values(statement, case, where)
    return [*case.outputs, *((value, over) for value in values)]


# --------------------------------------------------------------------------------- linear refutation (A6)


def combine(texts: Any, forms: list[Form], domain: Domain, where: str) -> tuple[int, bool, bool]:
    """B max over the box of sum m_i form_i; was a strict form used; was one with a nonconstant row."""
    total = [0] * (len(domain.box) + 1)
    strict = moving = False
    for text in items(texts, where):
        which, factor = items(text, where, 2)
        row, open_side = forms[index(which, where, len(forms))]
        m = positive(factor, where)
        total = [a + m * b for a, b in zip(total, row, strict=True)]
        strict, moving = strict or open_side, moving or any(row[1:])
    level = domain.over * total[0]
    for entry, (low, high) in zip(total[1:], domain.box, strict=True):
        end = high if entry > 0 else low
        if entry != 0:
            level += entry * (end if end is not None else refuse(where, "the combination is unbounded on the box"))
    return level, strict, moving


def refute(texts: Any, forms: list[Form], domain: Domain, where: str) -> None:
    """A positive combination of hypotheses that is < 0 on the box, or <= 0 with a strict one in it."""
    level, strict, _ = combine(texts, forms, domain, where)
    if level > 0 or (level == 0 and not strict):
        refuse(where, "the combination is no contradiction")


def negated(clause: list[Atom], outputs: list[tuple[Row, int]]) -> list[Form]:
    """The negation of a clause: one form per atom, denominators cleared."""
    forms: list[Form] = []
    for atom in clause:
        row, over = list(atom.x), 1
        for factor, (form, form_over) in zip(atom.y, outputs, strict=True):
            if factor == 0:
                continue
            if over % form_over == 0:
                factor *= over // form_over
            else:
                row, factor, over = [entry * form_over for entry in row], factor * over, over * form_over
            row = [a + factor * b for a, b in zip(row, form, strict=True)]
        forms.append(([-entry for entry in row], not atom.strict))
    return forms


# ----------------------------------------------------------------------------- polynomial refutation (A7)


def as_polynomial(row: Row) -> Polynomial:
    places = range(len(row))
    terms = {tuple(int(place == k) for place in places[1:]): row[k] for k in places}
    return {exponents: entry for exponents, entry in terms.items() if entry != 0}


def product(first: Polynomial, second: Polynomial, where: str) -> Polynomial:
    if len(first) * len(second) > MAX_TERMS:
        refuse(where, "a product of polynomials is too large")
    result: Polynomial = {}
    for left, a in first.items():
        for right, b in second.items():
            exponents = tuple(map(int.__add__, left, right))
            result[exponents] = result.get(exponents, 0) + a * b
    return result


def add_multiple(total: Polynomial, factor: int, terms: Polynomial) -> None:
    for exponents, entry in terms.items():
        total[exponents] = total.get(exponents, 0) + factor * entry


def negated_bounds(statement: Statement, output: int, form: Row, over: int) -> list[Polynomial]:
    """The two negated atoms (f - P) - e > 0 and (P - f) - e > 0 of one output, denominators cleared."""
    (target_over, target), (error_over, error) = statement.targets[output], statement.stated
    results: list[Polynomial] = []
    for sign in (1, -1):
        total = as_polynomial([-error[0] * over * target_over, *([0] * (len(form) - 1))])
        add_multiple(total, sign * target_over * error_over, as_polynomial(form))
        add_multiple(total, -sign * over * error_over, target)
        results.append(total)
    return results


def box_guards(domain: Domain) -> list[Polynomial | None]:
    """B x_1 - low_1, high_1 - B x_1, B x_2 - low_2, ...; None where there is no bound."""
    guards: list[Polynomial | None] = []
    for place, bounds in enumerate(domain.box):
        for sign, end in zip((1, -1), bounds, strict=True):
            row = [-sign * (end or 0), *([0] * len(domain.box))]
            row[place + 1] = sign * domain.over
            guards.append(None if end is None else as_polynomial(row))
    return guards


def refute_polynomial(texts: Any, negation: Polynomial, case: Case, domain: Domain, where: str) -> None:
    """sum c * product of guards * root^2 is a constant < 0, or = 0 with a strict term."""
    newest_first = case.hypotheses[::-1]
    guards = [negation, *(as_polynomial(row) for row, _ in newest_first), *box_guards(domain)]
    strict = [True, *(open_side for _, open_side in newest_first), *([False] * (2 * len(domain.box)))]
    one: tuple[int, ...] = (0,) * len(domain.box)
    total: Polynomial = {one: 0}
    strict_term = False
    for text in items(texts, where):
        factor, which, root = items(text, where, 3)
        term: Polynomial = {one: positive(factor, where)}
        used = [index(entry, where, len(guards)) for entry in items(which, where)]
        for place in used:
            term = product(term, refuse(where, "no such guard") if (form := guards[place]) is None else form, where)
        if root is not None:
            square = read_polynomial(root, len(domain.box), where)
            term = product(product(term, square, where), square, where)
        add_multiple(total, 1, term)
        strict_term = strict_term or (root is None and all(strict[place] for place in used))
    constant = total.pop(one)
    if any(total.values()):
        refuse(where, "the sum is not constant")
    if constant > 0 or (constant == 0 and not strict_term):
        refuse(where, "the sum is no contradiction")


# -------------------------------------------------------------------------------------------- leaves (A6-A8)


def step_empty(statement: Statement, case: Case, step: list[Any], where: str, domain: Domain) -> None:
    refute(step[1:], case.hypotheses[::-1], domain, where)


def step_goal(statement: Statement, case: Case, step: list[Any], where: str, domain: Domain) -> None:
    outputs = final_outputs(statement, case, where)
    if statement.targets:
        items(step, where, 1 + 2 * len(outputs))
        for output, (form, over) in enumerate(outputs):
            for side, negation in enumerate(negated_bounds(statement, output, form, over)):
                refute_polynomial(step[1 + 2 * output + side], negation, case, domain, where)
        return
    items(step, where, 1 + len(statement.clauses))
    for clause, texts in zip(statement.clauses, step[1:], strict=True):
        refute(texts, [*negated(clause, outputs), *case.hypotheses[::-1]], domain, where)


def step_thin(statement: Statement, case: Case, step: list[Any], where: str, domain: Domain) -> None:
    level, _, moving = combine(step[1:], case.hypotheses[::-1], domain, where)
    if level > 0 or not moving:
        refuse(where, "the case is not shown to lie in a hyperplane")


def step_cell(statement: Statement, case: Case, step: list[Any], where: str, domain: Domain) -> tuple[Point, list[Row]]:
    """A point strictly inside the box and every hypothesis (constant rows as they stand); and the output forms."""
    _, over, at = items(step, where, 3)
    forms = [form for form, _ in final_outputs(statement, case, where)]
    point = (positive(over, where), row_of(at, where, len(domain.box)))
    if not contains(domain, case.hypotheses, point, interior=True):
        refuse(where, "the point is not inside the cell")
    return point, forms


Move = Callable[[Statement, Case, list[Any], str], list[Case]]
Leaf = Callable[[Statement, Case, list[Any], str, Domain], tuple[Point, list[Row]] | None]


def replay(statement: Statement, domain: Domain, steps: list[Any]) -> int:
    """Run the steps, newest open case first; return the number of leaves."""
    moves: dict[str, Move] = {"split": step_split, "cut": step_cut, "next": step_next}
    leaf_steps: dict[str, Leaf] = {"empty": step_empty, "goal": step_goal, "thin": step_thin, "cell": step_cell}
    counting = statement.kind in ("cells", "linear-regions")
    # A cut would divide a cell, a goal belongs to no count, and a thin leaf proves nothing about a claim.
    names = ("split", "next", "empty", "thin", "cell") if counting else ("split", "next", "cut", "empty", "goal")
    open_cases = [enter(statement, Case(list(domain.rows), 0, 0, 1, [], [], []), 0)]
    cells: list[tuple[Point, list[Row]]] = []
    leaves = 0
    for place, text in enumerate(steps):
        where = f"step {place}"
        step = items(text, where)
        name = word(step[0] if step else None, where, names)
        where = f"{where} ({name})"
        case = open_cases.pop() if open_cases else refuse(where, "no case is open")
        if name in moves:
            open_cases.extend(reversed(moves[name](statement, case, step, where)))
            continue
        leaves += 1
        cell = leaf_steps[name](statement, case, step, where, domain)
        cells.extend([] if cell is None else [cell])
    if open_cases:
        refuse(f"step {len(steps)}", f"cases still open: {len(open_cases)}")
    if counting and count(statement, cells) != statement.stated[1][0]:
        refuse("count", f"the steps show {count(statement, cells)}, not the stated number")
    return leaves


def count(statement: Statement, cells: list[tuple[Point, list[Row]]]) -> int:
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


def check(text: str, lines: bool = False) -> Report:
    """Check a certificate: one JSON object, or (`lines`) a header line and then one step a line.

    Raises Rejected, which names the place, unless every check passes.
    """
    first, *rest = text.removesuffix("\n").split("\n") if lines else [text]
    header = read_json(first, "file")
    form, assumed, stated, proof = fields(header, ("format", "assumptions", "statement", "evidence"), "file")
    if form != FORMAT:
        refuse("file", f"the format is not {FORMAT}")
    assumptions, statement = read_assumptions(assumed), read_statement(stated)
    wanted = dict(KINDS)[statement.kind][1]
    if lines:
        below = [read_json(line, f"step {place}") for place, line in enumerate(rest)]
        proof = {**proof, "steps": below} if type(proof) is dict and "steps" not in proof else None
    evidence = dict(zip(wanted, fields(proof, wanted, "evidence"), strict=True))
    steps = items(evidence.get("steps", []), "evidence")
    leaves = 0
    if "steps" in wanted and statement.domain is not None:
        leaves = replay(statement, statement.domain, steps)
    if "steps" not in wanted or "point" in wanted:
        check_point(statement, evidence)
    return Report(
        statement.kind, describe(statement), assumptions, digest(stated), digest(stated["networks"]), len(steps), leaves
    )


# ------------------------------------------------------------------------------------------------ printing


def decimal(numerator: int, over: int = 1) -> str:
    value = Fraction(numerator, over)
    texts = [str(part) if part.bit_length() < 4000 else hex(part) for part in (value.numerator, value.denominator)]
    return texts[0] if value.denominator == 1 else "/".join(texts)


def sum_text(entries: Row, names: list[str], over: int = 1) -> str:
    """A readable sum such as 1/2 x0 - 3 y1 + 4; an empty name is the constant's."""
    text = ""
    for entry, name in zip(entries, names, strict=True):
        size, sign = decimal(abs(entry), over), "-" if entry < 0 else "+"
        body = name if size == "1" and name else f"{size} {name}".rstrip()
        text += f" {sign} {body}" if entry else ""
    return text[3:] if text.startswith(" +") else text.replace(" - ", "-", 1) or "0"


def names_of(letter: str, size: int) -> list[str]:
    return [f"{letter}{k}" for k in range(size)]


def form_text(strict: bool, x: Row, y: Row) -> str:
    names = [*names_of("x", len(x) - 1), *names_of("y", len(y)), ""]
    return f"{sum_text([*x[1:], *y, x[0]], names)} {'>' if strict else '>='} 0"


def polynomial_text(over: int, terms: Polynomial) -> str:
    ordered = sorted(terms, reverse=True)
    names = [" ".join(f"x{k}^{power}" for k, power in enumerate(exponents) if power) for exponents in ordered]
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
    over, stated = statement.stated
    if statement.targets:
        gaps = [f"|y{k} - ({polynomial_text(*target)})|" for k, target in enumerate(statement.targets)]
        relation = "=" if statement.kind == "sup-error-equals" else "<="
        return f"{'largest ' * (len(gaps) > 1)}sup of {', '.join(gaps)} {relation} {decimal(stated[0], over)}"
    if statement.kind in ("fails", "holds", "always"):
        clauses = [" or ".join(form_text(*atom) for atom in clause) or "false" for clause in statement.clauses]
        text = ") and (".join(clauses).join("()") if clauses else "true"
        return f"not ({text})" if statement.kind == "fails" else text
    texts = {"value": "y = ", "cells": "full-dimensional activation cells: ", "linear-regions": "linear regions: "}
    return texts[statement.kind] + point_text(statement.stated) if stated else "the two networks are equal"


def describe(statement: Statement) -> str:
    """The statement in words, from its parsed form: this is what was checked, and all that was."""
    shapes = [[len(net[0].weights[0]) - 1, *(len(layer.weights) for layer in net)] for net in statement.networks]
    networks = ", ".join("-".join(map(str, shape)) for shape in shapes)
    return f"network{'s' if len(shapes) > 1 else ''} {networks}; {place_text(statement)}: {conclusion(statement)}"


def report_text(report: Report, path: str) -> str:
    lines = [f"assumption ({entry['kind']}, {entry['origin']}): {entry['text']}" for entry in report.assumptions]
    headline = f"CHECKED UNDER {len(lines)} ASSUMPTIONS" if lines else "CHECKED"
    lines.extend([f"{headline}   {report.text}", f"  {path}: {report.steps} steps, {report.leaves} leaves"])
    lines.append(f"  sha256 of the statement {report.statement_sha256}, of its networks {report.networks_sha256}")
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    paths = [argument for argument in arguments if argument != "--strict"]
    status = 0
    for path in paths or ["(no file)"]:
        shown = path if path.isprintable() else ascii(path)  # a name must not write lines of its own
        try:
            with open(path, "rb") as file:
                report = check(file.read().decode("utf-8"), path.endswith(".jsonl"))
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
