"""True certificates: the material from which forged ones are made, and what the kernel must accept.

The small ones are written by hand.  The others come from a prover of this file's own, which shares no line with
the kernel or with verinet's provers: Fourier-Motzkin elimination with the multipliers carried along.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import combinations
from typing import Any, NamedTuple

JSON = Any
Form = tuple[tuple[int, ...], bool]  # over (1, x): >= 0, or > 0 when the flag is set

# --- writing -----------------------------------------------------------------------------------------------


def num(value: int) -> str:
    return format(value, "x")


def row(*entries: int) -> list[str]:
    return [num(entry) for entry in entries]


def table(*pieces: tuple[Any, ...]) -> JSON:
    """Pieces (t, side, s, c) and the last one (s, c); ("none",) for (s, c) outside the range."""
    return [[num(entry) if isinstance(entry, int) else entry for entry in piece] for piece in pieces]


IDENTITY = table((1, 0))
RELU = table((0, "left", 0, 0), (1, 0))
ABS = table((0, "left", -1, 0), (1, 0))
HALF_AT_ZERO = table((0, "right", 0, 0), (0, "left", 0, 1), (0, 2))  # over 2: 0, 1/2 at 0, 1
JUMP_AT_ONE = table((2, "right", 0, 0), (2, "left", 0, 1), (0, 2))  # the same at 1
STEP = table((0, "right", 0, 0), (0, 1))  # 0 below 0, 1 from 0 on
HAT = table((0, "left", 0, 0), (1, "left", 4, 0), (2, "left", -4, 4), (0, 0))  # over 2: a tent of height 1 on [0, 1]
CLIPPED_FLOOR = table((0, "right", "none"), (1, "right", 0, 0), (2, "right", 0, 1), ("none",))  # floor on [0, 2)


def layer(*units: tuple[Sequence[int], int], tables: Sequence[JSON] = (IDENTITY,), over: int = 1, q: int = 1) -> JSON:
    return {
        "weights_over": num(over),
        "activations_over": num(q),
        "activations": list(tables),
        "units": [[row(*weights), which] for weights, which in units],
    }


def one_unit(activation: JSON, q: int = 1, weights: Sequence[int] = (0, 1)) -> JSON:
    """A network of one unit, the activation of w0 + w1 x."""
    return [layer((weights, 0), tables=[activation], q=q)]


def point(*coordinates: int, over: int = 1) -> JSON:
    return {"over": num(over), "at": row(*coordinates)}


def domain(
    *sides: tuple[int | None, int | None],
    rows: Sequence[tuple[str, Sequence[int]]] = (),
    over: int = 1,
    at: JSON = None,
) -> JSON:
    corner = [next((end for end in (low, high) if end is not None), 0) for low, high in sides]
    return {
        "over": num(over),
        "box": [[None if end is None else num(end) for end in side] for side in sides],
        "rows": [[relation, row(*entries)] for relation, entries in rows],
        "point": at or point(*corner, over=over),
    }


def atom(x: Sequence[int], y: Sequence[int], relation: str = ">=") -> JSON:
    return [relation, row(*x), row(*y)]


def certificate(kind: str, evidence: JSON, *, assumptions: JSON = None, **statement: JSON) -> JSON:
    return {
        "format": "verinet-certificate/2",
        "assumptions": assumptions or [],
        "statement": {"kind": kind, **statement},
        "evidence": evidence,
    }


def uses(*pairs: tuple[int, int]) -> JSON:
    return [[which, num(factor)] for which, factor in pairs]


# --- proving: Fourier-Motzkin ------------------------------------------------------------------------------


class Combination(NamedTuple):
    total: tuple[int, ...]
    used: dict[int, int]  # hypothesis -> multiplier; sides of the box are not noted, the kernel finds them
    strict: bool
    moving: bool


def combined(first: Combination, a: int, second: Combination, b: int) -> Combination:
    used = {key: a * first.used.get(key, 0) + b * second.used.get(key, 0) for key in {*first.used, *second.used}}
    total = tuple(a * left + b * right for left, right in zip(first.total, second.total, strict=True))
    return Combination(total, used, first.strict or second.strict, first.moving or second.moving)


def eliminate(forms: Sequence[Form], box: JSON, over: int) -> list[Combination]:
    """All constant combinations that elimination finds; empty when the forms have a common point."""
    width = len(box) + 1
    pool = [Combination(entries, {k: 1}, strict, any(entries[1:])) for k, (entries, strict) in enumerate(forms)]
    for place, (low, high) in enumerate(box, 1):
        for sign, end in ((1, low), (-1, high)):
            if end is not None:
                entries = [0] * width
                entries[0], entries[place] = -sign * end, sign * over
                pool.append(Combination(tuple(entries), {}, False, False))
    for place in range(1, width):
        above = [entry for entry in pool if entry.total[place] > 0]
        below = [entry for entry in pool if entry.total[place] < 0]
        pool = [entry for entry in pool if entry.total[place] == 0]
        pool += [combined(p, -n.total[place], n, p.total[place]) for p in above for n in below]
    return pool


def refutation(forms: Sequence[Form], box: JSON, over: int) -> list[tuple[int, int]] | None:
    for entry in eliminate(forms, box, over):
        if entry.used and (entry.total[0] < 0 or (entry.total[0] == 0 and entry.strict)):
            return sorted((key, factor) for key, factor in entry.used.items() if factor)
    return None


def flatness(forms: Sequence[Form], box: JSON, over: int) -> list[tuple[int, int]] | None:
    for entry in eliminate(forms, box, over):
        if entry.total[0] <= 0 and entry.moving:
            return sorted((key, factor) for key, factor in entry.used.items() if factor)
    return None


def solve(rows: Sequence[Sequence[int]]) -> list[Fraction] | None:
    """The point where all forms vanish, by Gauss-Jordan; None if it is not one point."""
    matrix = [[Fraction(entry) for entry in (*entries[1:], -entries[0])] for entries in rows]
    for column in range(len(matrix)):
        pivot = next((k for k in range(column, len(matrix)) if matrix[k][column]), None)
        if pivot is None:
            return None
        matrix[column], matrix[pivot] = matrix[pivot], matrix[column]
        matrix[column] = [entry / matrix[column][column] for entry in matrix[column]]
        for k, entries in enumerate(matrix):
            if k != column:
                matrix[k] = [a - entries[column] * b for a, b in zip(entries, matrix[column], strict=True)]
    return [entries[-1] for entries in matrix]


def inside(forms: Sequence[Form], box: JSON, over: int) -> JSON:
    """The mean of the vertices (bounded boxes only): an interior point of a set that has one."""
    rows = [entries for entries, _ in forms if any(entries[1:])]
    for place, (low, high) in enumerate(box, 1):
        for sign, end in ((1, low), (-1, high)):
            rows.append(tuple(-sign * end if k == 0 else sign * over * (k == place) for k in range(len(box) + 1)))
    corners = [corner for chosen in combinations(rows, len(box)) if (corner := solve(chosen)) is not None]
    corners = [c for c in corners if all(r[0] + sum(a * b for a, b in zip(r[1:], c, strict=True)) >= 0 for r in rows)]
    mean = [sum(column, Fraction(0)) / len(corners) for column in zip(*corners, strict=True)]
    common = 1
    for coordinate in mean:
        common *= coordinate.denominator
    return [num(common), [num(int(coordinate * common)) for coordinate in mean]]


class State(NamedTuple):
    forms: list[Form]  # newest first, as the kernel counts them
    network: int
    layer: int
    over: int
    rows: list[tuple[int, ...]]
    slots: list[list[JSON]]  # the pieces left of each unit
    outputs: list[tuple[tuple[int, ...], int]]


Goal = Callable[[State], JSON]


def prove(statement: JSON, goal: Goal | None = None) -> JSON:
    """Steps for a statement that is true, every tie left to the side that owns it."""
    place = statement["domain"]
    box = [[None if end is None else int(end, 16) for end in side] for side in place["box"]]
    over = int(place["over"], 16)
    forms = [(tuple(int(e, 16) for e in entries), relation == ">") for relation, entries in place["rows"]][::-1]
    counting = statement["kind"] in ("cells", "linear-regions")
    steps: list[JSON] = []
    waiting = [begin(statement, State(forms, 0, 0, 1, [], [], []), 0)]
    while waiting:
        state = waiting.pop()
        unit = next((k for k, pieces in enumerate(state.slots) if len(pieces) > 1), None)
        if (used := refutation(state.forms, box, over)) is not None:
            steps.append(["empty", *uses(*used)])
        elif counting and (used := flatness(state.forms, box, over)) is not None:
            steps.append(["thin", *uses(*used)])
        elif unit is not None:
            low, high, side = halves(statement, state, unit)
            steps.append(["split", unit, side])
            waiting += [high, low]
        elif (following := advance(statement, state)) is not None:
            steps.append(["next"])
            waiting.append(following)
        elif counting:
            steps.append(["cell", *inside(state.forms, box, over)])
        else:
            finished = state._replace(outputs=[*state.outputs, *settled(statement, state)])
            steps.append(["goal", *(goal(finished) if goal else linear_goal(statement, finished, box, over))])
    return steps


def begin(statement: JSON, state: State, network: int) -> State:
    size = len(statement["networks"][network][0]["units"][0][0])
    values = [tuple(int(k == place) for k in range(size)) for place in range(1, size)]
    return on_layer(statement, state._replace(network=network), 0, [(value, 1) for value in values])


def on_layer(statement: JSON, state: State, place: int, values: list[tuple[tuple[int, ...], int]]) -> State:
    text = statement["networks"][state.network][place]
    before = values[0][1]
    rows = []
    for weights, _ in text["units"]:
        bias, *others = (int(entry, 16) for entry in weights)
        total = [bias * before] + [0] * (len(values[0][0]) - 1)
        for weight, (value, _) in zip(others, values, strict=True):
            total = [a + weight * b for a, b in zip(total, value, strict=True)]
        rows.append(tuple(total))
    slots = [text["activations"][which] for _, which in text["units"]]
    return state._replace(layer=place, over=before * int(text["weights_over"], 16), rows=rows, slots=slots)


def halves(statement: JSON, state: State, unit: int) -> tuple[State, State, str]:
    q = int(statement["networks"][state.network][state.layer]["activations_over"], 16)
    end, side = state.slots[unit][0][:2]
    form = [q * entry for entry in state.rows[unit]]
    form[0] -= int(end, 16) * state.over
    below, above = (tuple(-entry for entry in form), side == "right"), (tuple(form), side == "left")
    pieces = state.slots[unit]
    low = [[pieces[0][2:]] if k == unit else left for k, left in enumerate(state.slots)]
    high = [pieces[1:] if k == unit else left for k, left in enumerate(state.slots)]
    first, second = [below, *state.forms], [above, *state.forms]
    return state._replace(forms=first, slots=low), state._replace(forms=second, slots=high), side


def settled(statement: JSON, state: State) -> list[tuple[tuple[int, ...], int]]:
    q = int(statement["networks"][state.network][state.layer]["activations_over"], 16)
    values = []
    for entries, [piece] in zip(state.rows, state.slots, strict=True):
        slope, offset = (int(entry, 16) for entry in piece[-2:])
        value = [slope * entry for entry in entries]
        value[0] += offset * state.over
        values.append((tuple(value), state.over * q))
    return values


def advance(statement: JSON, state: State) -> State | None:
    values = settled(statement, state)
    if state.layer + 1 < len(statement["networks"][state.network]):
        return on_layer(statement, state, state.layer + 1, values)
    if state.network + 1 < len(statement["networks"]):
        return begin(statement, state._replace(outputs=[*state.outputs, *values]), state.network + 1)
    return None


def linear_goal(statement: JSON, state: State, box: JSON, over: int) -> JSON:
    clauses = statement.get("claim")
    if clauses is None:  # two networks equal
        half = len(state.outputs) // 2
        zero = ["0"] * (len(box) + 1)
        signs = [[(k == j) - (k == (j + half) % (2 * half)) for k in range(2 * half)] for j in range(2 * half)]
        clauses = [[[">=", zero, row(*sign)]] for sign in signs]
    found = []
    for clause in clauses:
        negations = []
        for relation, x, y in clause:
            common, total = 1, [int(entry, 16) for entry in x]
            for factor, (form, form_over) in zip((int(entry, 16) for entry in y), state.outputs, strict=True):
                if factor and common % form_over == 0:
                    total = [a + factor * (common // form_over) * b for a, b in zip(total, form, strict=True)]
                elif factor:
                    total = [a * form_over + factor * common * b for a, b in zip(total, form, strict=True)]
                    common *= form_over
            negations.append((tuple(-entry for entry in total), relation == ">="))
        used = refutation([*negations, *state.forms], box, over)
        if used is None:
            raise ValueError(f"not true: {clause}")
        found.append(uses(*used))
    return found


# --- the sawtooth: piecewise linear interpolation of x^2 at 2^m + 1 points ------------------------------------------


def sawtooth(m: int) -> JSON:
    """x - g/4 - g(g)/16 - ..., g the tent: carried by an identity unit; weights over 4^k."""
    tent = table((1, "left", 4, 0), (-4, 4))  # over 2, on [0, 1]
    same = table((2, 0))
    layers = [layer(((0, 1), 0), ((0, 1), 1), tables=[tent, same], q=2)]
    for k in range(1, m):
        layers.append(layer(((0, 4**k, 0), 0), ((0, -1, 4**k), 1), tables=[tent, same], q=2, over=4**k))
    return [*layers, layer(((0, -1, 4**m), 0), over=4**m)]


def squares_goal(error_over: int) -> Goal:
    """On a cell [a, b]: e - (f - x^2) = (x - (a+b)/2)^2 + .., and e + (f - x^2) = e + (x-a)(b-x)."""

    def goal(state: State) -> JSON:
        [(_, over)] = state.outputs
        guards = [*(entries for entries, _ in state.forms), (0, 1), (1, -1)]
        a, a_factor, a_guard = max((Fraction(-r[0], r[1]), r[1], k) for k, r in enumerate(guards, 1) if r[1] > 0)
        b, b_factor, b_guard = min((Fraction(-r[0], r[1]), -r[1], k) for k, r in enumerate(guards, 1) if r[1] < 0)
        middle, scale = (a + b) / 2, over * error_over
        root = [[num(middle.denominator), [1]], [num(-middle.numerator), [0]]]
        return [
            [[num(middle.denominator**2), [0], None], [num(scale), [], root]],
            [[num(a_factor * b_factor), [0], None], [num(scale), [a_guard, b_guard], None]],
        ]

    return goal


def proved(kind: str, goal: Goal | None = None, evidence: JSON = None, **statement: JSON) -> JSON:
    steps = prove({"kind": kind, **statement}, goal)
    return certificate(kind, {"steps": steps, **(evidence or {})}, **statement)


def sawtooth_error(m: int) -> JSON:
    error = 4 ** (m + 1)
    return proved(
        "sup-error-equals",
        squares_goal(error),
        {"point": point(1, over=2 ** (m + 1)), "output": 0},
        networks=[sawtooth(m)],
        domain=domain((0, 1)),
        targets=[{"over": "1", "terms": [["1", [2]]]}],
        error=point(1, over=error),
    )


# --- the true ones -----------------------------------------------------------------------------------------

UNIT = domain((0, 1))
BALL = domain((-1, 1))
SQUARE = domain((-1, 1), (-1, 1))
NONNEGATIVE = [[atom((0, 0), (1,))]]

# max(x, y) = relu(x - y) + y, carried as relu(y) - relu(-y): three units that tie along x = y and y = 0
MAXIMUM = [
    layer(((0, 1, -1), 0), ((0, 0, 1), 0), ((0, 0, -1), 0), tables=[RELU]),
    layer(((0, 1, 1, -1), 0)),
]
# the same function: units permuted, rescaled by 2, 3 and 1/2, one unit twice and a zero unit
MAXIMUM_AGAIN = [
    layer(((0, 0, -4), 0), ((0, 2, -2), 0), ((0, 0, 3), 0), ((0, 0, 3), 0), ((0, 0, 0), 0), tables=[RELU], over=2),
    layer(((0, -3, 6, 2, 2, 5), 0), over=6),
]


def maximum_claims() -> JSON:
    """max(x, y) >= x and >= y and (<= x or <= y): every clause is attained, so each leaf is a tie."""
    return [
        [atom((0, -1, 0), (1,))],
        [atom((0, 0, -1), (1,))],
        [atom((0, 1, 0), (-1,)), atom((0, 0, 1), (-1,))],
    ]


def true_certificates() -> dict[str, JSON]:
    """Name -> certificate; every kind of statement is among them."""
    relu_chain = [layer(((0, 1), 0), tables=[RELU]), layer(((0, 1), 0))]
    twice_over_plane = [layer(((0, 1), 0), tables=[ABS]), layer(((0, 1), 0), ((-1, 2), 0), tables=[RELU])]
    half = one_unit(HALF_AT_ZERO, q=2)
    return {
        "relu-nonnegative": certificate(
            "always",
            {
                "steps": [
                    ["split", 0, "left"],
                    ["next"],
                    ["goal", uses((0, 1))],
                    ["next"],
                    ["goal", uses((0, 1), (1, 1))],
                ]
            },
            networks=[relu_chain],
            domain=BALL,
            claim=NONNEGATIVE,
        ),
        # the tie is given to the other side, where relu agrees; then x > 0 strictly contradicts the empty box side
        "relu-tie-given-away": certificate(
            "always",
            {"steps": [["split", 0, "right"], ["goal", uses((0, 1))], ["goal", uses((0, 1), (1, 1))]]},
            networks=[one_unit(RELU)],
            domain=BALL,
            claim=NONNEGATIVE,
        ),
        "hat-tie-given-away": certificate(
            "always",
            {
                "steps": [
                    ["split", 0, "right"],
                    ["goal", uses((0, 1))],
                    *[["split", 0, "left"], ["goal", uses((0, 1), (2, 2))]],
                    *[["split", 0, "right"], ["goal", uses((0, 1), (1, 2))], ["goal", uses((0, 1))]],
                ]
            },
            networks=[one_unit(HAT, q=2)],
            domain=domain((-1, 2)),
            claim=NONNEGATIVE,
        ),
        "under-assumptions": {
            **proved("always", networks=[one_unit(ABS)], domain=BALL, claim=NONNEGATIVE),
            "assumptions": [{"kind": "lemma", "text": "a lemma ≤ 1", "sha256": "0" * 64, "origin": "a book"}],
        },
        "outputs-over-two": proved(
            "always",
            networks=[[layer(((0, 1), 0), ((0, 1), 0), over=2)]],
            domain=BALL,
            claim=[[atom((0, 0), (1, -1))], [atom((0, 0), (-1, 1))], [atom((0, -1), (1, 1))]],
        ),
        "abs-on-a-line": proved("always", networks=[one_unit(ABS)], domain=domain((None, None)), claim=NONNEGATIVE),
        "abs-has-two-signs": proved(
            "always",
            networks=[one_unit(ABS)],
            domain=domain((None, 3), over=2, rows=[(">", (2, 1)), (">=", (5, 3))], at=point(0)),
            claim=[[atom((0, 1), (-1,)), atom((0, -1), (-1,))], [atom((2, 0), (-1,), ">"), atom((1, 0), (0,))]],
        ),
        "hat-at-most-one": proved(
            "always", networks=[one_unit(HAT, q=2)], domain=domain((-1, 2)), claim=[[atom((1, 0), (-1,))]]
        ),
        "cut-on-the-goal": certificate(
            "always",
            {"steps": [["cut", row(1, -2), "right"], ["goal", uses((1, 2), (2, 1))], ["goal", uses((1, 1), (3, 1))]]},
            networks=[one_unit(IDENTITY)],
            domain=domain((0, 1), rows=[(">=", (0, 1))]),
            claim=[[atom((1, -2), (0,), ">"), atom((0, 0), (1,))]],
        ),
        "step-below-zero": proved(
            "always",
            networks=[one_unit(STEP)],
            domain=domain((-1, 0), rows=[(">", (0, -1))], at=point(-1)),
            claim=[[atom((0, 0), (-1,))]],
        ),
        "half-only-at-zero": proved(
            "always",
            networks=[half],
            domain=BALL,
            claim=[[atom((0, 1), (0,), ">"), atom((0, -1), (0,), ">"), atom((-1, 0), (2,))]],
        ),
        "half-value": certificate("value", {}, networks=[half], point=point(0, over=5), values=point(1, over=2)),
        **{
            f"jump-at-one-at-{place}-halves": certificate(
                "value",
                {},
                networks=[one_unit(JUMP_AT_ONE, q=2)],
                point=point(place, over=2),
                values=point(value, over=2),
            )
            for place, value in ((1, 0), (2, 1), (3, 2))
        },
        "half-holds": certificate(
            "holds", {"point": point(0, over=3)}, networks=[half], domain=BALL, claim=[[atom((-1, 0), (2,))]]
        ),
        "holds-at-the-end-of-the-domain": certificate(
            "holds", {"point": point(1)}, networks=[one_unit(RELU)], domain=UNIT, claim=[[atom((-1, 0), (1,))]]
        ),
        "half-fails": certificate(
            "fails", {"point": point(0)}, networks=[half], domain=BALL, claim=[[atom((-1, 0), (2,), ">")]]
        ),
        "floor-in-range": proved(
            "always",
            networks=[one_unit(CLIPPED_FLOOR)],
            domain=domain((0, 3), over=2),
            claim=[[atom((0, 1), (-1,))], [atom((1, -1), (1,), ">")]],
        ),
        "maximum": proved("always", networks=[MAXIMUM], domain=SQUARE, claim=maximum_claims()),
        "maximum-again": proved("equal", networks=[MAXIMUM, MAXIMUM_AGAIN], domain=domain((-2, 1), (-1, 3), over=3)),
        "two-networks-ordered": proved(
            "always",
            networks=[one_unit(ABS), one_unit(RELU)],
            domain=BALL,
            claim=[[atom((0, 0), (1, -1))], [atom((0, -1), (-1, 2))]],
        ),
        "many-denominators": proved(
            "always",
            networks=[
                [layer(((1, -2), 0), ((0, 3), 1), tables=[ABS, IDENTITY], over=3, q=2), layer(((1, 2, -1), 0), over=5)],
                [layer(((1, -2), 0), tables=[ABS], over=7)],
            ],
            domain=domain((-3, 3), over=2),
            claim=[[atom((-3, 0), (10, 0), ">"), atom((4, -1), (10, -7))], [atom((0, 0), (0, 7))]],
        ),
        "value-through-layers": certificate(
            "value", {}, networks=[MAXIMUM_AGAIN], point=point(-1, 1, over=4), values=point(1, over=4)
        ),
        "value-through-forty-layers": certificate(
            "value",
            {},
            networks=[[layer(((1, 1), 0), tables=[ABS], over=1 + k % 2) for k in range(40)]],
            point=point(-2),
            values=point(2**20 - 1, over=2**19),
        ),
        "tie-on-zero-unit": certificate(
            "always",
            {"steps": [["split", 0, "left"], ["goal", uses((0, 1))], ["empty", *uses((0, 1))]]},
            networks=[one_unit(RELU, weights=(0, 0))],
            domain=BALL,
            claim=[[atom((0, 0), (-1,))]],
        ),
        "nothing-is-claimed": proved("always", networks=[one_unit(RELU)], domain=BALL, claim=[]),
        "cells-of-two-layers": proved("cells", networks=[twice_over_plane], domain=BALL, count="4"),
        "cells-of-duplicates": proved("cells", networks=[MAXIMUM_AGAIN], domain=SQUARE, count="4"),
        "cells-of-half": proved("cells", networks=[half], domain=BALL, count="2"),
        "cells-of-flat-domain": proved(
            "cells",
            networks=[one_unit(IDENTITY)],
            domain=domain((0, 1), rows=[(">=", (-1, 2)), (">=", (1, -2))], at=point(1, over=2)),
            count="0",
        ),
        "regions-of-hat": proved("linear-regions", networks=[one_unit(HAT, q=2)], domain=domain((-1, 2)), count="4"),
        "regions-joined": proved(
            "linear-regions",
            networks=[[layer(((0, 1), 0), ((0, -1), 0), tables=[RELU]), layer(((0, 1, -1), 0))]],
            domain=BALL,
            count="1",
        ),
        "regions-twice": proved("linear-regions", networks=[twice_over_plane], domain=BALL, count="4"),
        "regions-of-sawtooth": proved("linear-regions", networks=[sawtooth(3)], domain=UNIT, count="8"),
        **{f"sawtooth-{m}": sawtooth_error(m) for m in (1, 2, 3)},
        "zero-error": certificate(
            "sup-error-at-most",
            {"steps": [["goal", [["1", [0], None]], [["1", [0], None]]]]},
            networks=[one_unit(table((0, 0)))],
            domain=UNIT,
            targets=[{"over": "1", "terms": []}],
            error=point(0),
        ),
        # at 2 the unit jumps beyond the domain; the closed side x >= 2 contradicts x <= 1 without any strict term
        "error-in-an-empty-case": certificate(
            "sup-error-at-most",
            {
                "steps": [
                    ["split", 0, "right"],
                    ["goal", [["1", [0], None]], [["1", [0], None]]],
                    ["goal", *[[["1", [1], None], ["1", [3], None]]] * 2],
                ]
            },
            networks=[one_unit(STEP, weights=(-2, 1))],
            domain=UNIT,
            targets=[{"over": "1", "terms": []}],
            error=point(0),
        ),
        # |x - x| <= 0 and |2 - 2 x - 1| <= 1 over denominators 2 and 3
        "error-of-two-outputs": certificate(
            "sup-error-at-most",
            {
                "steps": [
                    [
                        "goal",
                        *[[["1", [0], None]]] * 2,
                        [["1", [0], None], ["4", [1], None]],
                        [["1", [0], None], ["4", [2], None]],
                    ]
                ]
            },
            networks=[[layer(((0, 2), 0), ((4, -4), 0), over=2)]],
            domain=UNIT,
            targets=[{"over": "3", "terms": [["3", [1]]]}, {"over": "1", "terms": [["1", [0]]]}],
            error=point(1),
        ),
        "error-in-three-dimensions": certificate(
            "sup-error-at-most",
            {"steps": [["goal", [["1", [5], None], ["1", [0], None]], [["1", [6], None], ["1", [0], None]]]]},
            networks=[[layer(((0, 0, 0, 0), 0))]],
            domain=domain((-1, 1), (-1, 1), (-1, 1)),
            targets=[{"over": "1", "terms": [["1", [0, 0, 1]]]}],
            error=point(1),
        ),
        # 2 (1 + x y) = (1+x)(1+y) + (1-x)(1-y) and 2 (1 - x y) = (1+x)(1-y) + (1-x)(1+y): guards of the box
        "error-in-two-dimensions": certificate(
            "sup-error-at-most",
            {
                "steps": [
                    [
                        "goal",
                        [["2", [0], None], ["1", [1, 3], None], ["1", [2, 4], None]],
                        [["2", [0], None], ["1", [1, 4], None], ["1", [2, 3], None]],
                    ]
                ]
            },
            networks=[[layer(((0, 0, 0), 0))]],
            domain=SQUARE,
            targets=[{"over": "1", "terms": [["1", [1, 1]]]}],
            error=point(1),
        ),
    }
