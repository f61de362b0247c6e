"""Forged certificates for slopes, integrals, named units, polynomial pieces and conjunctions.

As in make.py: each is wrong for exactly one reason, and named after the check that refuses it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.forged.edit import TRUE, changed
from tests.forged.further_truths import (
    BELOW_DIAGONAL,
    DIAGONAL,
    GOAL,
    INNER,
    INNER_SQUARE,
    LEFT,
    LOWER,
    NEXT,
    PARABOLA,
    RIGHT,
    SPLIT,
    UPPER,
    WHOLE,
    Y,
    always,
    integral,
    lipschitz,
    monotone,
    name,
    orientation,
    simplex,
)
from tests.forged.truths import (
    ABS,
    BALL,
    CLIPPED_FLOOR,
    IDENTITY,
    JSON,
    NONNEGATIVE,
    RELU,
    STEP,
    UNIT,
    atom,
    certificate,
    domain,
    layer,
    one_unit,
    point,
    row,
    table,
    uses,
)

Found = Iterator[tuple[str, JSON, str]]
AT_MOST_ZERO = [[atom((0, 0), (-1,))]]
AT_LEAST_ONE = [[atom((-1, 0), (1,))]]
CLOSE = ["goal", uses((0, 1))]

# --- slopes (A9) -----------------------------------------------------------------------------------------------------


def slopes() -> Found:
    same, fold = one_unit(IDENTITY), one_unit(ABS)
    stated = "the slopes of this case are not as stated"
    for norm, error in {"rows": point(4, over=3), "columns": point(7, over=4), "spectral": point(8, over=5)}.items():
        document = changed(f"lipschitz-{norm}", ("statement.error", error))
        step = {"rows": 2, "columns": 2, "spectral": 4}[norm]
        yield f"lipschitz-{norm}-too-small", document, f"step {step} (goal): {stated}"
    one = changed("lipschitz-spectral-of-one-output", ("statement.error", point(49, over=10)))
    yield "lipschitz-spectral-of-one-output-too-small", one, f"step 0 (goal): {stated}"
    three = changed("lipschitz-spectral-of-three", ("statement.error", point(34, over=10)))
    yield "lipschitz-spectral-of-three-too-small", three, f"step 0 (goal): {stated}"
    negative = changed("lipschitz-spectral-of-one-output", ("statement.error", point(-5)))
    yield "lipschitz-spectral-negative", negative, f"step 0 (goal): {stated}"
    over = changed("lipschitz-over-seven", ("statement.error", point(2, over=8)))
    yield "lipschitz-denominator-forgotten", over, f"step 0 (goal): {stated}"
    norm = lipschitz(same, INNER, "0", point(1), GOAL)
    yield "lipschitz-in-an-unknown-norm", norm, "norm: one of 1, 2, inf was expected"
    two_errors = lipschitz(same, INNER, "1", point(1, 1), GOAL)
    yield "lipschitz-with-two-bounds", two_errors, "error: a list was expected of length 1"
    two = changed(lipschitz(same, INNER, "1", point(1), NEXT, GOAL), ("statement.networks", [same, same]))
    yield "lipschitz-of-two-networks", two, "statement: a list was expected of length 1"
    surplus = lipschitz(same, INNER, "1", point(1), ["goal", []])
    yield "slopes-with-a-refutation", surplus, "step 0 (goal): a list was expected of length 1"
    # the step function has slope 0 on both sides of its jump, the parabola no slope at all
    continuous = "statement: slopes need continuous activations"
    yield (
        "lipschitz-of-a-jump",
        lipschitz(one_unit(STEP), INNER, "1", point(0), ["split", 0, "right"], GOAL, GOAL),
        continuous,
    )
    yield "lipschitz-of-a-parabola", lipschitz(one_unit(PARABOLA), INNER, "1", point(0), GOAL), continuous
    both = [*same, *one_unit(PARABOLA)]
    yield "lipschitz-of-a-line-and-a-parabola", lipschitz(both, INNER, "1", point(0), NEXT, GOAL), continuous
    jump = monotone(one_unit(table((0, "right", 0, 1), (0, 0))), INNER, [["up"]], ["split", 0, "right"], GOAL, GOAL)
    yield "monotone-of-a-jump", jump, continuous
    # x0 on the diagonal of the square: the domain is thin, and its function is not constant
    interior = "statement: the domain's point is not in its interior"
    line = domain((0, 1), (0, 1), rows=[(">=", (0, 1, -1)), (">=", (0, -1, 1))], at=point(1, 1, over=2))
    flat = lipschitz([layer(((0, 1, 0), 0))], line, "1", point(0), ["thin", *uses((0, 1), (1, 1))])
    yield "lipschitz-on-a-line", flat, interior
    corner = changed("lipschitz-rows", ("statement.domain.point", point(1, 0)))
    yield "lipschitz-with-a-point-of-the-boundary", corner, interior
    down = monotone(fold, INNER, [["up"]], SPLIT, GOAL, GOAL)
    yield "monotone-that-goes-down", down, f"step 1 (goal): {stated}"
    up = monotone(fold, INNER, [["down"]], SPLIT, GOAL, GOAL)
    yield "monotone-that-goes-up", up, f"step 2 (goal): {stated}"
    second = changed("monotone", ("statement.signs.0.1", "up"))
    yield "monotone-in-one-input-only", second, f"step 4 (goal): {stated}"
    other = changed("monotone", ("statement.signs.1.1", "down"))
    yield "monotone-in-one-output-only", other, f"step 2 (goal): {stated}"
    sideways = monotone(one_unit(IDENTITY, weights=(0, -1)), INNER, [["sideways"]], GOAL)
    yield "monotone-sideways", sideways, "signs: one of up, down, free was expected"
    yield (
        "monotone-with-too-many-outputs",
        changed("monotone-down", ("statement.signs.1", ["free"])),
        "signs: a list was",
    )
    yield (
        "monotone-with-too-many-inputs",
        changed("monotone-down", ("statement.signs.0.1", "free")),
        "signs: a list was",
    )
    # x -> |x| turns its left side round, x -> relu(x) folds it to a point
    yield "orientation-that-turns", orientation(fold, INNER, "positive", SPLIT, GOAL, GOAL), f"step 1 (goal): {stated}"
    yield "orientation-that-keeps", orientation(fold, INNER, "negative", SPLIT, GOAL, GOAL), f"step 2 (goal): {stated}"
    relu = one_unit(RELU)
    yield "orientation-lost", orientation(relu, INNER, "positive", SPLIT, GOAL, GOAL), f"step 1 (goal): {stated}"
    dead = orientation(one_unit(RELU, weights=(0, -1)), INNER, "negative", SPLIT, GOAL, GOAL)
    yield "orientation-lost-on-the-right", dead, f"step 1 (goal): {stated}"
    rank_one = orientation([layer(((0, 1, 2), 0), ((0, 2, 4), 0))], INNER_SQUARE, "positive", GOAL)
    yield "orientation-of-rank-one", rank_one, f"step 0 (goal): {stated}"
    swapped = changed("orientation-turned", ("statement.sign", "positive"))
    yield "orientation-of-swapped-outputs", swapped, f"step 2 (goal): {stated}"
    for size, sign in {"three": "positive", "four": "negative"}.items():
        turned = changed(f"orientation-in-{size}-dimensions", ("statement.sign", sign))
        yield f"orientation-in-{size}-dimensions-turned", turned, f"step 0 (goal): {stated}"
    yield (
        "orientation-of-no-sign",
        orientation(fold, INNER, "none", SPLIT, GOAL, GOAL),
        "sign: one of positive, negative",
    )
    flat_map = orientation([layer(((0, 1, 1), 0))], INNER_SQUARE, "positive", GOAL)
    yield "orientation-of-one-output", flat_map, "statement: orientation needs as many outputs as inputs"
    unsettled = lipschitz(fold, INNER, "1", point(0), GOAL)
    yield "slopes-with-a-breakpoint-left", unsettled, "step 0 (goal): a unit has a breakpoint left"
    hidden = lipschitz([layer(((0, 1), 0)), layer(((0, 2), 0))], INNER, "1", point(1), GOAL)
    yield "slopes-before-the-last-layer", hidden, "step 0 (goal): layers are left"
    vanished = lipschitz(fold, INNER, "1", point(0), SPLIT, ["thin", *uses((0, 1))], ["thin", *uses((0, 1))])
    yield "slopes-of-a-thick-case-called-thin", vanished, "step 1 (thin): the case is not shown to lie in a hyperplane"
    open_case = lipschitz(one_unit(RELU), INNER, "1", point(0), SPLIT, GOAL)
    yield "slopes-leave-a-case-open", open_case, "step 2: cases still open: 1"
    named_slope = lipschitz(fold, INNER, "1", point(0), name(0, 0, 0, None), GOAL)
    yield "name-among-slopes", named_slope, "step 0: one of split, next, cut, empty, thin, goal"


# --- integrals (A9) --------------------------------------------------------------------------------------------------


def integrals() -> Found:
    same, relu = one_unit(IDENTITY), one_unit(RELU)
    half = point(1, 1, over=2)
    outside = "(simplex): a vertex lies outside the case"
    shown = "integral: the steps show"
    fill = "integral: the simplices do not fill the box"
    yield "integral-too-large", changed("integral-of-relu", ("statement.bounds", point(2, 2, over=3))), shown
    yield "integral-too-small", changed("integral-of-relu", ("statement.bounds", point(1, 1, over=3))), shown
    for power in (2, 3):
        document = integral([same], BALL, Y, point(1, 1), simplex(1, (-1,), (1,)), power=power)
        yield f"integral-of-power-{power}-off", document, shown
    yield "integral-over-part-of-the-box", integral([same], UNIT, Y, point(0, 1, over=4), simplex(2, (0,), (1,))), fill
    flat = integral([same], UNIT, Y, point(0, 0), simplex(2, (1,), (1,)))
    yield "integral-over-a-flat-simplex", flat, fill
    beyond = integral([same], UNIT, Y, point(1, 1), simplex(1, (1,), (2,)))
    yield "simplex-beyond-the-box", beyond, f"step 0 {outside}"
    before = integral([same], UNIT, Y, point(-1, -1), simplex(1, (0,), (-1,)))
    yield "simplex-before-the-box", before, f"step 0 {outside}"
    # the side x <= 0, where relu is 0, moved over the other half
    moved = integral([relu], BALL, Y, point(0, 0), SPLIT, simplex(1, (-1,), (1,)), simplex(1, (1,), (1,)))
    yield "simplex-beyond-the-case", moved, f"step 1 {outside}"
    # a unit constantly 0 is in its first piece; the second case has no point
    zero = one_unit(table((0, "left", 0, 0), (0, 1)), weights=(0, 0))
    doubled = integral([zero], UNIT, Y, half, SPLIT, simplex(2, (0,), (1,)), simplex(2, (1,), (2,)))
    yield "simplex-in-a-case-without-points", doubled, f"step 2 {outside}"
    number = "step 0 (simplex): a positive number was expected"
    yield "simplex-over-zero", integral([same], UNIT, Y, half, simplex(0, (0,), (1,))), number
    turned = integral([same], domain((1, 1)), Y, point(0, 0), simplex(-1, (-1,), (-1,)))
    yield "simplex-over-negative", turned, number
    crossing = integral(
        [[layer(((0, 1, 0), 0))]],
        BELOW_DIAGONAL,
        [["1", [0, 0, 1]]],
        point(0, 0),
        *[["cut", row(0, 1, -1), "left"], simplex(1, (0, 0), (0, 1), (1, 1)), simplex(1, (0, 0), (1, 0), (1, 1))],
    )
    side = "step 1 (simplex): the simplex crosses a side of the domain"
    yield "simplex-across-the-domain-counted-outside", crossing, side
    yield "simplex-across-the-domain", changed(crossing, ("statement.bounds", point(1, 1, over=2))), side
    inside = changed("integral-over-a-triangle", ("statement.bounds", point(1, 1, over=4)))
    yield "integral-over-the-box-of-the-domain", inside, shown
    nothing = changed("integral-over-a-row-that-is-zero", ("statement.bounds", point(0, 0)))
    yield "integral-over-a-row-that-is-zero-vanishes", nothing, shown
    inner = changed("integral-over-a-triangle", ("statement.bounds", point(0, 0)))
    yield "integral-over-the-domain-vanishes", inner, shown
    three = integral([same], UNIT, Y, half, ["simplex", "1", [row(0), row(1), row(1)]])
    yield "simplex-with-three-vertices-on-a-line", three, "step 0 (simplex): a list was expected of length 2"
    plane = integral([same], UNIT, Y, half, ["simplex", "1", [row(0, 0), row(1, 0)]])
    yield "simplex-with-vertices-of-the-plane", plane, "step 0 (simplex): a list was expected of length 1"
    four = integral([same], UNIT, Y, half, [*WHOLE, "1"])
    yield "simplex-with-four-entries", four, "step 0 (simplex): a list was expected of length 3"
    bent = integral([relu], BALL, Y, point(0, 0), simplex(1, (-1,), (1,)))
    yield "simplex-with-a-breakpoint-left", bent, "step 0 (simplex): a unit has a breakpoint left"
    hidden = integral([[layer(((0, 1), 0)), layer(((0, 2), 0))]], UNIT, Y, half, WHOLE)
    yield "simplex-before-the-last-layer", hidden, "step 0 (simplex): layers are left"
    second = integral([same, one_unit(IDENTITY, weights=(0, 2))], UNIT, [["1", [0, 1, 0]]], half, WHOLE)
    yield "simplex-before-the-last-network", second, "step 0 (simplex): layers are left"
    ranged = integral(
        [one_unit(table((0, "right", "none"), (1, 0)))], BALL, Y, half, ["split", 0, "right"], LEFT, RIGHT
    )
    yield "simplex-in-the-piece-none", ranged, "step 1 (simplex): a unit stands outside the range"
    absolute = changed("integral-of-an-absolute-value", ("statement.bounds", point(0, 0)))
    yield "integral-of-an-absolute-value-with-its-sign", absolute, shown
    lower = changed("integral-of-an-absolute-value", ("statement.bounds", half))
    yield "integral-of-an-absolute-value-guessed", lower, shown
    sure = changed("integral-of-an-absolute-value", ("statement.bounds", point(1, 1)))
    yield "integral-of-an-absolute-value-at-its-bound", sure, shown
    # 1 - 3 x goes from 1 to -2: the integral of |.|^3 is 17/12
    deep = integral([same], UNIT, [["1", [0, 0]], ["-3", [0, 1]]], point(0, 1), WHOLE, power=3, absolute="yes")
    yield "integral-of-an-absolute-value-below-zero", deep, shown
    signed = changed("integral-of-a-negative-absolute-value", ("statement.bounds", point(-1, -1, over=2)))
    yield "integral-of-an-absolute-value-negative", signed, shown
    turned = changed("integral-of-a-negative-absolute-value", ("statement.absolute", "no"))
    yield "integral-without-its-sign", turned, shown
    product = changed("integral-of-an-absolute-product", ("statement.bounds", point(0, 1)))
    yield "integral-of-an-absolute-product-too-small", product, shown
    maybe = integral([same], UNIT, Y, half, WHOLE, absolute="maybe")
    yield "integral-perhaps-absolute", maybe, "absolute: one of yes, no was expected"
    bounded = "statement: an integral needs a positive power and a bounded box"
    yield "integral-of-power-zero", integral([same], UNIT, Y, point(1, 1), WHOLE, power=0), bounded
    for words, side in {"above": (0, None), "below": (None, 0)}.items():
        endless = integral([same], domain(side), Y, point(0, 0), simplex(1, (0,), (0,)))
        yield f"integral-unbounded-{words}", endless, bounded
    side = domain((0, 1), (0, None))
    strip = integral([[layer(((0, 1, 0), 0))]], side, [["1", [0, 0, 0]]], point(0, 0), simplex(1, *[(0, 0)] * 3))
    yield "integral-unbounded-in-one-direction", strip, bounded
    large = integral([same], UNIT, [], point(0, 0), WHOLE, power=401)
    yield "integral-of-power-too-large", large, "power: an index from 0 to 400"
    yield "integral-with-three-bounds", integral([same], UNIT, Y, point(0, 1, 0), WHOLE), "bounds: a list was expected"
    over = changed("integral-of-the-identity", ("statement.bounds.over", "0"))
    yield "integral-with-bounds-over-zero", over, "bounds: a positive number"
    exponents = integral([same], UNIT, [["1", [1]]], half, WHOLE)
    yield "integrand-without-outputs", exponents, "targets: a list was expected of length 2"
    none = integral([], UNIT, [["1", [1]]], half, WHOLE)
    yield "integral-of-no-network", none, "statement: at least one network and one input"
    goal = integral([same], UNIT, Y, half, GOAL)
    yield "goal-in-an-integral", goal, "step 0: one of split, next, cut, pass, empty, thin, simplex"
    case = changed(
        "integral-over-a-triangle", ("evidence.steps", [DIAGONAL, LOWER]), ("statement.bounds", point(1, 1, over=12))
    )
    yield "integral-leaves-a-case-open", case, "step 2: cases still open: 1"
    twice = changed("integral-over-a-triangle", ("evidence.steps", [DIAGONAL, LOWER, UPPER, UPPER]))
    yield "integral-with-a-surplus-simplex", twice, "step 3 (simplex): no case is open"
    # between x <= 0 and x >= 0 nothing is left, not even for a value at the tie
    lost = integral([same], UNIT, Y, point(0, 0), ["thin", *uses()])
    yield "integral-of-a-thick-case-called-thin", lost, "step 0 (thin): the case is not shown to lie in a hyperplane"
    # the tie of `none` and the identity, which have no common value, given to the other side
    given = integral(
        [one_unit(table((0, "right", "none"), (1, 0)))], UNIT, Y, half, SPLIT, ["thin", *uses((0, 1))], WHOLE
    )
    yield "split-given-to-the-piece-none", given, "step 0 (split): the activation jumps there"


# --- named units (A5) ------------------------------------------------------------------------------------------------


def named() -> Found:
    relu, leaky = one_unit(RELU), table((0, "left", 0, 0), (1, 0))
    graph = "a bound or a row does not hold on the graph of the activation"
    wrong = f"step 0 (name): {graph}"
    yield "name-with-a-low-end-too-high", always(relu, BALL, AT_LEAST_ONE, name(0, 0, 1, None), CLOSE), wrong
    yield "name-with-a-high-end-too-low", always(relu, BALL, AT_MOST_ZERO, name(0, 0, None, 0), CLOSE), wrong
    # broken in the first piece, in the last one, at the breakpoint between them, at either end of the range
    falling = one_unit(table((0, "left", -1, 0), (0, 0)))  # relu(-x)
    yield "name-with-an-end-broken-on-the-left", always(falling, BALL, AT_MOST_ZERO, name(0, 0, None, 0), CLOSE), wrong
    tent = one_unit(table((0, "left", 1, 1), (-1, 1)))  # 1 - |x|
    yield "name-with-an-end-broken-at-a-breakpoint", always(tent, BALL, AT_MOST_ZERO, name(0, 0, None, 0), CLOSE), wrong
    straight = one_unit(IDENTITY)
    for words, claim, ends in (("low", AT_LEAST_ONE, (1, None)), ("high", AT_MOST_ZERO, (None, 0))):
        bad = always(straight, UNIT, claim, name(0, 0, *ends), CLOSE)
        yield f"name-with-an-end-broken-at-the-{words}-end", bad, wrong
    line = domain((None, None))
    for words, ends in {"below": (0, None), "above": (None, 0)}.items():
        claim = NONNEGATIVE if words == "below" else AT_MOST_ZERO
        yield f"name-unbounded-{words}", always(straight, line, claim, name(0, 0, *ends), CLOSE), wrong
    for words, place, end in (("below", domain((None, 0)), 1), ("above", domain((0, None)), -1)):
        claim = [[atom((0, 0), (end,))]]
        lines = always(straight, place, claim, name(0, 0, None, None, (0, 0, end)), ["goal", uses((0, 1), (1, 1))])
        yield f"name-with-a-row-unbounded-{words}", lines, wrong
    strip = domain((0, 1), (0, None))
    sums = always([layer(((0, 1, 1), 0))], strip, [[atom((1, 0, 0), (-1,))]], name(0, 0, None, 1), CLOSE)
    yield "name-unbounded-in-one-direction", sums, wrong
    touching = name(0, 0, None, None, (0, 0, 1))
    strictly = always(relu, BALL, [[atom((0, 0), (1,), ">")]], touching, ["goal", uses((0, 1), (1, 1))])
    yield "name-with-a-row-taken-strictly", strictly, "step 1 (goal): the combination is no contradiction"
    yield (
        "name-without-range",
        always(one_unit(IDENTITY, weights=(-1, 0)), line, NONNEGATIVE, name(0, 0, 0, None), CLOSE),
        wrong,
    )
    chord = name(0, 0, None, None, (0, 1, -1))  # v <= z, wrong where z < 0
    below = always(relu, BALL, [[atom((0, 1), (-1,))]], chord, ["goal", uses((0, 1), (1, 1))])
    yield "name-with-a-row-that-is-false", below, wrong
    second = name(0, 0, None, None, (0, 0, 1), (0, 1, -1))
    later = always(relu, BALL, [[atom((0, 1), (-1,))]], second, ["goal", uses((0, 1), (1, 1))])
    yield "name-with-a-second-row-that-is-false", later, wrong
    # 1/2 at 0 alone, and the piece 1 from 0 on reaches 0 in its closure
    alone = name(0, 0, 0, 0)
    half = always(one_unit(table((0, "right", 0, 0), (0, "left", 0, 1), (0, 0)), q=2), BALL, AT_MOST_ZERO, alone, CLOSE)
    yield "name-of-a-piece-at-one-point", half, wrong
    jump = always(one_unit(STEP), domain((-1, 0)), AT_MOST_ZERO, alone, CLOSE)
    yield "name-at-a-jump-at-the-end-of-the-range", jump, wrong
    slope = always(relu, BALL, [[atom((0, 1), (-2,))]], name(0, 2048, None, 0), CLOSE)
    yield "name-on-a-slope-with-an-end-too-low", slope, wrong
    lying = always(relu, BALL, [[atom((0, -1), (2,))]], name(0, 2048, 0, None), CLOSE)
    lying["statement"]["claim"] = [[atom((0, -1), (1,))]]
    yield "name-with-its-slope-forgotten", lying, "step 1 (goal): the combination is no contradiction"
    short = name(0, 0, 0, 1)
    narrow = always(relu, domain((-2, 2)), [[atom((1, 0), (-1,))]], short, CLOSE)
    yield "name-with-a-range-too-small", narrow, wrong
    thirds = [layer(((1, 2), 0), tables=[RELU], over=3)]
    yield (
        "name-with-a-range-over-three",
        always(thirds, domain((-4, 4)), [[atom((2, 0), (-1,))]], name(0, 0, 0, 2), CLOSE),
        wrong,
    )
    halves = always(relu, domain((0, 4), over=2), [[atom((1, 0), (-1,))]], name(0, 0, 0, 2), CLOSE)
    yield "name-with-ends-over-the-box", halves, wrong
    q_half = one_unit(table((1, "left", 2, 0), (0, 0)), q=2)  # z up to 1/2, then 0
    scaled = always(q_half, UNIT, [[atom((0, 0), (-1,))]], name(0, 0, 0, 0), CLOSE)
    yield "name-with-a-breakpoint-over-two", scaled, wrong
    # a unit is named once: its second name would stand for no piece at all
    twice = always(relu, BALL, AT_LEAST_ONE, name(0, 0, 0, None), name(0, 0, 1, 1), CLOSE)
    no_name = "(name): the unit has a name already, or a piece that is not affine"
    yield "name-given-twice", twice, f"step 1 {no_name}"
    floor = always(one_unit(CLIPPED_FLOOR), domain((2, 3)), AT_MOST_ZERO, name(0, 0, 0, 1), CLOSE)
    floor["statement"]["claim"] = [[atom((1, 0), (-1,))]]
    yield "name-in-the-piece-none", floor, f"step 0 {no_name}"
    yield (
        "name-of-a-parabola",
        always(one_unit(PARABOLA), BALL, NONNEGATIVE, name(0, 0, 1, 1), CLOSE),
        f"step 0 {no_name}",
    )
    beside = [layer(((0, 1), 0), ((0, 1), 1), tables=[IDENTITY, PARABOLA])]
    claim = [[atom((-1, 0), (1, 0))]]
    mixed = always(beside, BALL, claim, name(0, 0, -1, 1), ["goal", [["1", [0], None]]])
    yield "name-beside-a-parabola", mixed, "step 1 (goal): a unit is not settled, or outside its range"
    again = [layer(((0, 1), 0), ((0, 1), 0), ((0, 1), 1), tables=[IDENTITY, PARABOLA])]
    both = always(
        again, BALL, [[atom((-1, 0), (1, 0, 0))]], name(0, 0, -1, 1), name(1, 0, -1, 1), ["goal", [["1", [0], None]]]
    )
    yield "name-twice-beside-a-parabola", both, "step 2 (goal): a unit is not settled, or outside its range"
    earlier = certificate(
        "always",
        {"steps": [name(0, 0, -1, 1), NEXT, ["goal", [["1", [0], None]]]]},
        networks=[one_unit(IDENTITY), one_unit(PARABOLA)],
        domain=BALL,
        claim=[[atom((-1, 0), (1, 0))]],
    )
    yield "name-before-a-parabola", earlier, "step 2 (goal): a unit is not settled, or outside its range"
    late = certificate(
        "always",
        {"steps": [NEXT, name(0, 0, -1, 1), ["goal", [["1", [0], None]]]]},
        networks=[one_unit(PARABOLA), one_unit(IDENTITY)],
        domain=BALL,
        claim=[[atom((-1, 0), (0, 1))]],
    )
    yield "name-after-a-parabola", late, "step 2 (goal): polynomial goals have no further coordinates"
    yield (
        "name-of-no-unit",
        always(relu, BALL, NONNEGATIVE, name(1, 0, 0, None), CLOSE),
        "step 0 (name): an index from 0 to 0",
    )
    yield (
        "name-without-ends",
        always(relu, BALL, NONNEGATIVE, ["name", 0, "0"], CLOSE),
        "step 0 (name): a list was expected",
    )
    long_row = always(relu, BALL, NONNEGATIVE, name(0, 0, 0, None, (0, 0, 1, 0)), CLOSE)
    yield "name-with-a-row-too-long", long_row, "step 0 (name): a list was expected of length 3"
    split = always(relu, BALL, NONNEGATIVE, name(0, 0, 0, None), SPLIT, CLOSE, CLOSE)
    yield "split-of-a-named-unit", split, "step 1 (split): the unit has no breakpoint left"
    yield from branches()
    yield from bounds(leaky)


def branches() -> Found:
    relu = one_unit(RELU)
    start = name(0, 0, None, None)
    branch = ["branch", 0, "left"]
    no = "the combination is no contradiction"
    yield "branch-of-no-name", always(relu, BALL, NONNEGATIVE, branch), "step 0 (branch): an index from 0 to -1"
    four = always(relu, BALL, NONNEGATIVE, start, [*branch, "left"])
    yield "branch-with-four-entries", four, "step 1 (branch): a list was expected of length 3"
    owner = always(relu, BALL, NONNEGATIVE, start, ["branch", 0, "both"])
    yield "branch-of-no-owner", owner, "step 1 (branch): one of left, right"
    settled = always(relu, BALL, NONNEGATIVE, start, branch, branch)
    yield "branch-of-a-settled-name", settled, "step 2 (branch): the unit has no breakpoint left"
    # "step <= 0 on [-1, 0]": the tie of the jump given away
    closed = [["goal", uses((0, 1), (2, 1))], ["empty", *uses((2, 1))]]
    jump = always(one_unit(STEP), domain((-1, 0)), AT_MOST_ZERO, start, branch, *closed)
    yield "branch-at-a-jump", jump, "step 1 (branch): the activation jumps there"
    # |x| <= 0: on the right side v = x, not v = 0
    fold = always(one_unit(ABS), domain((-1, 1)), AT_MOST_ZERO, start, branch)
    fold["evidence"]["steps"] += [["goal", uses((0, 1), (2, 1), (3, 4096))], ["goal", uses((0, 1), (2, 1))]]
    yield "branch-with-a-value-of-the-other-side", fold, f"step 2 (goal): {no}"
    for words, claim, which in (("above", [[atom((0, 0), (1,), ">")]], 1), ("below", [[atom((0, 0), (-1,), ">")]], 2)):
        strict = always(relu, domain((-1, 0)), claim, start, branch, ["goal", uses((0, 1), (which, 1))])
        strict["evidence"]["steps"] += [["empty", *uses((2, 1))]]
        yield f"branch-with-a-value-strictly-{words}", strict, f"step 2 (goal): {no}"
    # a tent split once has two breakpoints left: no value is known after one branch
    tent = one_unit(table((-1, "left", 0, 0), (0, "left", 1, 1), (1, "left", -1, 1), (0, 0)))
    early = always(tent, domain((-2, 2)), AT_MOST_ZERO, start, branch, ["goal", uses((0, 1), (2, 1))])
    early["evidence"]["steps"] += [["goal", uses((0, 1), (1, 1))]]
    yield "branch-with-breakpoints-left", early, "step 3 (goal): the combination is unbounded on the box"


def bounds(leaky: JSON) -> Found:
    same = one_unit(IDENTITY)
    no = "the combination is no contradiction"
    for words, side, end, claim in (("up", "up", "0", AT_MOST_ZERO), ("down", "down", "1", AT_LEAST_ONE)):
        bad = always(same, UNIT, claim, ["tighten", 0, side, end, *uses((0, 1))], CLOSE)
        yield f"tighten-{words}-too-far", bad, f"step 0 (tighten): {no}"
    yield (
        "tighten-by-nothing",
        always(same, UNIT, AT_MOST_ZERO, ["tighten", 0, "up", "0"], CLOSE),
        f"step 0 (tighten): {no}",
    )
    turned = always(same, UNIT, AT_MOST_ZERO, ["tighten", 0, "down", "0", *uses((0, 1))], CLOSE)
    yield "tighten-of-the-other-end", turned, f"step 1 (goal): {no}"
    square = [layer(((0, 0, 1), 0))]
    two = domain((0, 0), (0, 1))
    other = always(square, two, [[atom((0, 0, 0), (-1,))]], ["tighten", 0, "up", "0", *uses((0, 1))], CLOSE)
    yield "tighten-of-the-other-coordinate", other, f"step 1 (goal): {no}"
    borrowed = domain((0, 1), rows=[(">=", (0, -1))], at=point(0))  # x <= 0, and so not < 0
    strict = always(
        same, borrowed, [[atom((0, 0), (-1,), ">")]], ["tighten", 0, "up", "-1", *uses((0, 1), (1, 1))], CLOSE
    )
    yield "tighten-beyond-a-closed-row", strict, f"step 0 (tighten): {no}"
    halves = always(
        same, domain((0, 2), over=2), [[atom((1, 0), (-2,))]], ["tighten", 0, "up", "1", *uses((0, 1))], CLOSE
    )
    yield "tighten-over-the-box", halves, f"step 0 (tighten): {no}"
    for words, step, message in (
        ("sideways", ["tighten", 0, "sideways", "0", *uses((0, 1))], "one of up, down"),
        ("of-no-coordinate", ["tighten", 1, "up", "1", *uses((0, 1))], "an index from 0 to 0"),
        ("without-an-end", ["tighten", 0, "up"], "a list was expected of length 3"),
        ("of-no-hypothesis", ["tighten", 0, "up", "1", *uses((1, 1))], "an index from 0 to 0"),
        ("by-a-negative-multiplier", ["tighten", 0, "down", "1", *uses((0, -1))], "a positive number was expected"),
    ):
        yield f"tighten-{words}", always(same, UNIT, NONNEGATIVE, step, CLOSE), f"step 0 (tighten): {message}"
    five = [[atom((-5, 0), (1,))]]
    for words, factor in {"zero": "0", "a-negative-number": "-1"}.items():
        bad = always(same, UNIT, five, ["refine", factor], CLOSE)
        yield f"refine-by-{words}", bad, "step 0 (refine): a positive number was expected"
    half = always(same, domain((-3, 3)), [[atom((1, 0), (2,))]], ["refine", "2"], CLOSE)
    yield "refine-of-the-denominator-alone", half, f"step 1 (goal): {no}"
    yield (
        "refine-with-three-entries",
        always(same, UNIT, NONNEGATIVE, ["refine", "1", "1"], CLOSE),
        "step 0 (refine): a list",
    )
    unbounded = always(one_unit(leaky), domain((None, 1)), NONNEGATIVE, name(0, 0, None, 1), ["goal", uses((0, 1))])
    yield "goal-on-a-named-unit-without-a-bound", unbounded, "step 1 (goal): the combination is unbounded on the box"


# --- polynomial pieces (A2, A7) --------------------------------------------------------------------------------------


def polynomials() -> Found:
    negated, sides = ["1", [0], None], ["1", [1, 2], None]
    no = "the sum is no contradiction"
    follows = "network 0, layer 1: an activation follows polynomial pieces"
    parabola = one_unit(PARABOLA)
    # relu(x^2 - 2) <= -1 and 2 x^2 <= 1, if what follows were the identity
    relu = [*parabola, layer(((-2, 1), 0), tables=[RELU])]
    yield "parabola-before-relu", always(relu, BALL, [[atom((-1, 0), (-1,))]], ["goal", [negated, sides]]), follows
    slope = [*parabola, layer(((0, 1), 0), tables=[table((2, 0))])]
    yield "parabola-before-a-slope", always(slope, BALL, [[atom((1, 0), (-1,))]], ["goal", [negated, sides]]), follows
    again = [*parabola, *parabola]
    yield (
        "parabola-before-a-parabola",
        always(again, BALL, [[atom((1, 0), (-1,))]], ["goal", [negated, sides]]),
        follows,
    )
    behind = [*parabola, layer(((0, 1), 0)), layer(((0, -1), 0), tables=[RELU])]
    late = always(behind, BALL, [[atom((0, 0), (-1,), ">")]], ["goal", [["1", [0], None]]])
    yield "parabola-two-layers-before-relu", late, "network 0, layer 2: an activation follows polynomial pieces"
    pair = [*parabola, layer(((0, 1), 0), ((-2, 1), 1), tables=[IDENTITY, RELU])]
    partly = always(pair, BALL, [[atom((-1, 0), (0, -1))]], ["goal", [negated, sides]])
    yield "parabola-before-relu-and-the-identity", partly, follows
    # 0 below 0, then x^2 + 1, which is 1 at 0
    jumping = one_unit(table((0, "right", 0, 0), (1, 0, 1)))
    above = [["1", [1], None], ["1", [3], None]]
    given = always(jumping, domain((-1, 0)), AT_MOST_ZERO, SPLIT, ["goal", [negated]], ["goal", above])
    yield "split-at-a-jump-of-a-parabola", given, "step 0 (split): the activation jumps there"
    # relu(x)^2 is not <= 0, though it is on the left
    right = changed("half-parabola", ("statement.claim", AT_MOST_ZERO), ("evidence.steps.2.1", [negated]))
    yield "parabola-is-not-zero", right, "step 2 (goal): the sum is not constant"
    equality = changed("parabola-strictly-above", ("statement.networks.0.0.activations.0.0.2", "0"))
    yield "parabola-touches-zero", equality, f"step 0 (goal): {no}"
    unequal = changed("two-parabolas", ("statement.networks.1.1.units.0.0.0", "2"))
    yield "two-parabolas-apart", unequal, f"step 1 (goal): {no}"
    open_unit = always(TRUE["half-parabola"]["statement"]["networks"][0], BALL, AT_MOST_ZERO, ["goal", [negated]])
    yield "parabola-with-a-breakpoint-left", open_unit, "step 0 (goal): a unit is not settled"
    ranged = one_unit(table((0, "left", "none"), (1, 0, 0)))
    none = always(ranged, domain((-1, 0)), AT_LEAST_ONE, SPLIT, ["goal", [negated]], ["goal", above])
    yield "goal-in-the-piece-none-beside-a-parabola", none, "step 1 (goal): a unit is not settled, or outside its range"
    half = TRUE["half-parabola"]["statement"]["networks"][0][0]["activations"][0]
    mixed = [layer(((0, 1), 0), ((0, 1), 1), tables=[half, IDENTITY])]
    beside = always(mixed, BALL, [[atom((0, 0), (-1, 0))]], ["goal", [negated]])
    yield "parabola-with-a-breakpoint-left-in-one-unit", beside, "step 0 (goal): a unit is not settled"
    cut_off = [layer(((0, 1), 0), ((0, 1), 1), tables=[table((0, "left", "none"), (1, 0)), PARABOLA])]
    gone = always(cut_off, domain((-1, 0)), [[atom((0, 0), (-1, 0))]], SPLIT, ["goal", [negated]], ["goal", above])
    yield "goal-in-the-piece-none-beside-a-whole-parabola", gone, "step 1 (goal): a unit is not settled"
    value = changed("parabola-value", ("statement.values", point(5, over=4)))
    yield "parabola-with-another-value", value, "point: an output differs from the stated value"
    error = changed("parabola-without-error", ("statement.targets.0.terms.0.0", "2"))
    yield "parabola-with-an-error", error, "step 0 (goal): the sum is not constant"
    linear = always(parabola, BALL, NONNEGATIVE, ["goal", uses((0, 1))])
    yield "parabola-with-a-linear-goal", linear, "step 0 (goal): a list was expected of length 3"


# --- conjunctions ----------------------------------------------------------------------------------------------------


def conjunctions() -> Found:
    base = "all-of-three"
    none = certificate("all", {"parts": []}, parts=[])
    yield "all-of-nothing", none, "statement: a conjunction has parts"
    short = changed(base, ("evidence.parts", TRUE[base]["evidence"]["parts"][:2]))
    yield "all-with-a-part-unproved", short, "evidence: a list was expected of length 3"
    false_part = changed(base, ("statement.parts.2.bounds", point(1, 1)))
    yield "all-with-a-part-that-is-false", false_part, "integral: the steps show"
    first = changed(base, ("evidence.parts.0.steps", []))
    yield "all-with-a-part-left-open", first, "part 0, step 0: cases still open: 1"
    nested = certificate("all", {"parts": [TRUE[base]["evidence"]]}, parts=[TRUE[base]["statement"]])
    yield "all-within-all", nested, "statement: one of always"
    yield "all-with-a-domain", changed(base, ("statement.domain", BALL)), "statement: the fields must be kind, parts"
    yield "all-with-a-point", changed(base, ("evidence.point", point(0))), "evidence: the fields must be parts"
    yield "all-parts-are-an-object", changed(base, ("statement.parts", {})), "statement: a list was expected"


GROUPS: tuple[Callable[[], Found], ...] = (slopes, integrals, named, polynomials, conjunctions)
