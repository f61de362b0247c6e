"""True certificates with blocks of layers (`blocks`, `pass`), each small enough to be followed on paper.

The steps of a block come from this folder's own prover, on the network that the format writes down for it.
"""

from __future__ import annotations

from collections.abc import Sequence

from tests.forged.truths import (
    ABS,
    BALL,
    IDENTITY,
    JSON,
    RELU,
    STEP,
    UNIT,
    atom,
    certificate,
    domain,
    layer,
    num,
    one_unit,
    point,
    prove,
    row,
    table,
    uses,
)

NEXT, WIDE = ["next"], domain((-2, 2))
Side = tuple[Sequence[int], int, int]  # row, low, high of one unit
BOX, NEWEST = uses((0, 1)), uses((0, 1), (1, 1))  # the opposite is refuted by the box, or by the newest hypothesis
PARABOLA = table((1, 0, 0))
FOLD_TWICE = [layer(((0, 1), 0), tables=[ABS]), layer(((-1, 1), 0), tables=[ABS])]  # ||x| - 1|

# --- writing -------------------------------------------------------------------------------------------------------


def units(size: int) -> list[list[int]]:
    return [[0, *(int(k == place) for k in range(size))] for place in range(size)]


def chain_of(network: JSON, first: int, last: int) -> JSON:
    """The network on which a block is proved: it reads the preactivations of its first layer."""
    kinds = [which for _, which in network[first]["units"]]
    straight = [[row(*unit), which] for unit, which in zip(units(len(kinds)), kinds, strict=True)]
    head = {**network[first], "weights_over": "1", "units": straight}
    after = layer(*((unit, 0) for unit in units(len(network[last]["units"]))))
    return [head, *network[first + 1 : last + 1], after]


def claim_of(sides: Sequence[Side], over: int) -> JSON:
    """Two clauses a unit: over v - row >= low, and row + high >= over v."""
    clauses = []
    for unit, (entries, low, high) in zip(units(len(sides)), sides, strict=True):
        below = [-entries[0] - low, *(-entry for entry in entries[1:])]
        clauses.append([atom(below, [over * entry for entry in unit[1:]])])
        above = [entries[0] + high, *entries[1:]]
        clauses.append([atom(above, [-over * entry for entry in unit[1:]])])
    return clauses


def block(
    first: int, last: int, place: JSON, sides: Sequence[Side], steps: JSON, over: int = 1, which: int = 0
) -> JSON:
    mapped = [[row(*entries), num(low), num(high)] for entries, low, high in sides]
    where = {"network": which, "first": first, "last": last, "domain": place}
    return {**where, "over": num(over), "map": mapped, "steps": steps}


def proved_block(
    network: JSON, first: int, last: int, place: JSON, *sides: Side, over: int = 1, which: int = 0
) -> JSON:
    chain, claim = chain_of(network, first, last), claim_of(sides, over)
    steps = prove({"kind": "always", "networks": [chain], "domain": place, "claim": claim})
    return block(first, last, place, sides, steps, over, which)


def with_blocks(document: JSON, *blocks: JSON) -> JSON:
    return {**document, "evidence": {**document["evidence"], "blocks": list(blocks)}}


def always(networks: JSON, place: JSON, claim: JSON, *steps: JSON) -> JSON:
    return certificate("always", {"steps": list(steps)}, networks=networks, domain=place, claim=claim)


def integral(networks: JSON, place: JSON, terms: JSON, bounds: JSON, *steps: JSON, **more: JSON) -> JSON:
    words = {"integrand": {"over": num(more.pop("over", 1)), "terms": terms}, "power": 1, "absolute": "no", **more}
    return certificate("integral", {"steps": list(steps)}, networks=networks, domain=place, bounds=bounds, **words)


def simplex(over: int, *vertices: Sequence[int]) -> JSON:
    return ["simplex", num(over), [row(*vertex) for vertex in vertices]]


# --- the blocks ----------------------------------------------------------------------------------------------------

NEAR_ONE, FAR_ONE = domain((-1, 1)), domain((1, 2))
FOLDS = (
    proved_block(FOLD_TWICE, 0, 1, FAR_ONE, ((-1, 1), 0, 0)),  # x - 1 on [1, 2]
    proved_block(FOLD_TWICE, 0, 1, NEAR_ONE, ((0, 0), 0, 1)),  # from 0 to 1 on [-1, 1]
    proved_block(FOLD_TWICE, 0, 1, domain((None, -1), at=point(-1)), ((-1, -1), 0, 0)),  # -x - 1 below -1
)
ABOVE, BELOW = [atom((1, 0), (-1,))], [atom((0, 0), (1,))]  # y <= 1, y >= 0
# x <= -1, then -1 < x <= 1, then x > 1; a `pass` takes the sides of the block's box in order, low ends first
FOLDED_STEPS = [
    *[["cut", row(-1, 1), "left"], ["cut", row(1, 1), "left"]],
    *[["pass", 2, NEWEST], ["goal", BOX, NEWEST]],
    *[["pass", 1, NEWEST, uses((0, 1), (2, 1))], ["goal", BOX, BOX]],
    *[["pass", 0, NEWEST, BOX], ["goal", BOX, NEWEST]],
]
RELU_UNIT, ABS_UNIT, STEP_UNIT = one_unit(RELU), one_unit(ABS), one_unit(STEP)
# relu(x) is from x/2 to x/2 + 1/2 on [-1, 1]; over 2 it is (x + 1 + e)/2 with e from -1 to 0
RELU_GAP = proved_block(RELU_UNIT, 0, 0, BALL, ((1, 1), -1, 0), over=2)
GAP_CLAIM = [[atom((1, 1), (-2,))], [atom((0, -1), (2,))]]
SAME = proved_block(ABS_UNIT, 0, 0, UNIT, ((0, 1), 0, 0))  # |z| = z on [0, 1]
# the step is 0 on [-1, 0) alone
STEP_LEFT = proved_block(STEP_UNIT, 0, 0, domain((-1, 0), rows=[(">", (0, -1))], at=point(-1)), ((0, 0), 0, 0))
STEP_CLAIM = [[atom((0, 0), (-1,)), atom((0, 1), (0,))]]  # y <= 0 or x >= 0

# layer 1 is relu(z0), |z1|, layer 2 (1 + z0 + z1)/3 and (z0 - z1)/3, layer 3 reads (w0 + 2 w1)/5
BROAD = [
    layer(((1, 1, 1), 0), ((0, 1, -1), 0), over=2),
    layer(
        *(((0, 1, 0), 0), ((1, 0, 2), 1)),
        tables=[table((0, "left", 0, 0), (2, 0)), table((0, "left", -2, 0), (2, 0))],
        q=2,
    ),
    layer(((1, 1, 1), 0), ((0, 1, -1), 0), over=3),
    layer(((0, 1, 2), 0), over=5),
]
# z0 = (1 + x0 + x1)/2 and z1 = 1 + x0 - x1, so 2 z0 - z1 = 2 x1; over 6 the values are 2 + 2 z0 + 2 z1 and, loosely,
# z0 - 2 z1 + e with e from -1 to 2: y = (4 x1 + 6 s)/30
BROAD_PLACE = domain((0, 3), (0, 4), rows=[(">=", (0, 2, -1)), (">", (1, 2, -1))], over=2, at=point(1, 1))
BROAD_BLOCK = proved_block(BROAD, 1, 2, BROAD_PLACE, ((2, 2, 2), 0, 0), ((0, 1, -2), -1, 2), over=6)
BROAD_CLAIM = [[atom((0, 0, -2), (15,))], [atom((3, 0, 2), (-15,))]]
SQUARE = domain((0, 1), (0, 1))

# 3 | |x| - 1 |: layer 1 is a block of its own, and is used in the proof of the layers 0 to 2
THREE = [*FOLD_TWICE, layer(((0, 3), 0))]
INNER_BLOCK = proved_block(THREE, 1, 1, UNIT, ((0, 1), 0, 0), which=1)
OUTER_STEPS = [["split", 0, "left"], ["empty", *BOX], NEXT, ["pass", 0, BOX, BOX], NEXT, ["goal", BOX, BOX]]
OUTER_BLOCK = block(0, 2, FAR_ONE, [((-3, 3), 0, 0)], OUTER_STEPS, which=1)
TWO_CLAIM = [[atom((3, 0), (-3, 1))], [atom((-3, 0), (3, -1))]]  # y1 = 3 y0 - 3
TWO_STEPS = [NEXT, NEXT, ["pass", 1, BOX, BOX], ["goal", BOX, BOX]]

SQUARED = [{"over": "1", "terms": [["1", [2]]]}]
NEGATED, MIDDLE = ["1", [0], None], [["2", [1]], ["-1", [0]]]
ERROR_GOAL = ["goal", [NEGATED, ["1", [], MIDDLE]], [NEGATED, ["4", [1, 2], None]]]
BENT = [layer(((0, 1), 0), tables=[ABS]), layer(((0, 1), 0)), layer(((0, 1), 0), tables=[PARABOLA])]
NONNEGATIVE_SQUARE = ["goal", [NEGATED, ["1", [], [["1", [1]]]]]]


def claims() -> dict[str, JSON]:
    refined = [["refine", "3"], ["pass", 0, BOX, BOX], ["tighten", 1, "down", "0", *BOX]]
    refined += [["cut", row(-1, 0, 2), "right"], ["goal", BOX], ["goal", BOX]]
    named = [["pass", 0, BOX, BOX], ["name", 0, "0", "0", "1"], NEXT, ["goal", BOX]]
    stepped = [
        ["split", 0, "right"],
        ["pass", 0, BOX, NEWEST, NEWEST],
        ["goal", BOX],
        NEXT,
        ["goal", uses((1, 1), (2, 1))],
    ]
    twice_relu = [*RELU_UNIT, layer(((0, 1), 0), tables=[RELU])]
    pair = [SAME, proved_block([*ABS_UNIT, layer(((0, 1), 0))], 0, 1, UNIT, ((0, 1), 0, 0), which=1)]
    equal = [["pass", 0, BOX, BOX], NEXT, ["pass", 1, BOX, BOX], ["goal", BOX, BOX]]
    error = {"networks": [ABS_UNIT], "domain": UNIT, "targets": SQUARED, "error": point(1, over=4)}
    attained = {"steps": [["pass", 0, BOX, BOX], ERROR_GOAL], "point": point(1, over=2), "output": 0}
    return {
        "block-of-folds": with_blocks(always([FOLD_TWICE], WIDE, [ABOVE, BELOW], *FOLDED_STEPS), *FOLDS),
        "block-of-nothing": with_blocks(always([RELU_UNIT], UNIT, [BELOW], ["split", 0, "left"], *[["goal", BOX]] * 2)),
        "block-with-a-gap": with_blocks(
            always([RELU_UNIT], BALL, GAP_CLAIM, ["pass", 0, BOX, BOX], ["goal", BOX, BOX]), RELU_GAP
        ),
        # the further coordinate takes a finer denominator, a better bound and a cut like any other
        "block-with-a-gap-refined": with_blocks(always([RELU_UNIT], BALL, GAP_CLAIM[:1], *refined), RELU_GAP),
        "block-with-a-gap-before-a-name": with_blocks(always([twice_relu], BALL, [ABOVE], *named), RELU_GAP),
        "block-of-a-jump": with_blocks(always([STEP_UNIT], BALL, STEP_CLAIM, *stepped), STEP_LEFT),
        "block-in-the-middle": with_blocks(
            always([BROAD], SQUARE, BROAD_CLAIM, NEXT, ["pass", 0, *[BOX] * 6], NEXT, ["goal", BOX, BOX]), BROAD_BLOCK
        ),
        "block-within-a-block": with_blocks(
            always([one_unit(IDENTITY), THREE], FAR_ONE, TWO_CLAIM, *TWO_STEPS), INNER_BLOCK, OUTER_BLOCK
        ),
        "block-of-equal-networks": with_blocks(
            certificate("equal", {"steps": equal}, networks=[ABS_UNIT, [*ABS_UNIT, layer(((0, 1), 0))]], domain=UNIT),
            *pair,
        ),
        "block-on-the-whole-line": with_blocks(
            always([one_unit(IDENTITY)], BALL, [[atom((0, 1), (-1,))]], ["pass", 0], ["goal", BOX]),
            proved_block(one_unit(IDENTITY), 0, 0, domain((None, None)), ((0, 1), 0, 0)),
        ),
        "block-with-an-error": with_blocks(certificate("sup-error-equals", attained, **error), SAME),
        "block-before-a-parabola": with_blocks(
            always([BENT], UNIT, [BELOW], ["pass", 0, BOX, BOX], NEXT, NONNEGATIVE_SQUARE), SAME
        ),
    }


# --- integrals -----------------------------------------------------------------------------------------------------

Y = [["1", [0, 1]]]
LEFT, RIGHT, ACROSS = simplex(1, (-1,), (0,)), simplex(1, (0,), (1,)), simplex(1, (-1,), (1,))


def bounded(low: int, high: int) -> JSON:
    """relu is 0 on [-1, 0]; here it is only said to be from low/4 to high/4 there."""
    return proved_block(RELU_UNIT, 0, 0, domain((-1, 0)), ((0, 0), low, high), over=4)


# left of 0 the block, right of it the unit itself
HALVES = [
    *[["cut", row(0, 1), "left"], ["pass", 0, BOX, NEWEST], LEFT],
    *[["split", 0, "left"], ["empty", *NEWEST], NEXT, RIGHT],
]
BESIDE = [layer(((0, 1), 0), ((0, 1), 1), tables=[RELU, IDENTITY]), layer(((0, 0, 1), 0))]  # reads x, not relu(x)
BESIDE_GAP = proved_block(BESIDE, 0, 0, domain((-1, 1), (-1, 1)), ((1, 1, 0), -1, 0), ((0, 0, 2), 0, 0), over=2)


def integrals() -> dict[str, JSON]:
    flat = [["cut", row(0, 1), "left"], ["pass", 0, BOX, BOX], ["thin", *BOX], ["pass", 0, BOX, BOX], RIGHT]
    weighted, shifted = [["3", [1, 1]]], [["2", [0, 1]], ["-1", [0, 0]]]
    return {
        # 1/2, and between -3/4 and 3/4 left of 0
        "block-in-an-integral": with_blocks(
            integral([RELU_UNIT], BALL, Y, point(-1, 5, over=4), *HALVES), bounded(-3, 1)
        ),
        # |3/2 x y|: 1/2, and up to 3/2 * 3/4 left of 0
        "block-in-an-absolute-integral": with_blocks(
            integral([RELU_UNIT], BALL, weighted, point(4, 13, over=8), *HALVES, over=2, absolute="yes"), bounded(-1, 3)
        ),
        # (2 y - 1)^2: 1/3, and up to (2 * 1/4 + 1)^2 left of 0
        "block-in-an-integral-of-a-square": with_blocks(
            integral([RELU_UNIT], BALL, shifted, point(4, 31, over=12), *HALVES, power=2), bounded(-1, 1)
        ),
        "block-in-an-integral-of-a-cube": with_blocks(
            integral([RELU_UNIT], BALL, Y, point(15, 17, over=64), *HALVES, power=3), bounded(0, 1)
        ),
        "block-in-a-thin-case": with_blocks(integral([ABS_UNIT], UNIT, Y, point(1, 1, over=2), *flat), SAME),
        # the further coordinate is there, but no output reads it
        "block-beside-an-integral": with_blocks(
            integral([BESIDE], BALL, [["1", [0, 2]]], point(2, 2, over=3), ["pass", 0, *[BOX] * 4], NEXT, ACROSS),
            BESIDE_GAP,
        ),
    }


def block_certificates() -> dict[str, JSON]:
    return {**claims(), **integrals()}
