"""True certificates for slopes, integrals, named units, polynomial pieces and conjunctions.

All written by hand, each small enough to be followed on paper; the comment before it is its proof.
"""

from __future__ import annotations

from collections.abc import Sequence

from tests.forged.truths import (
    ABS,
    BALL,
    HALF_AT_ZERO,
    HAT,
    IDENTITY,
    JSON,
    NONNEGATIVE,
    RELU,
    UNIT,
    atom,
    certificate,
    domain,
    layer,
    num,
    one_unit,
    point,
    row,
    table,
    uses,
)

LEAKY = table((0, "left", 1, 0), (4, 0))  # over 4: slope 1/4, then 1
PARABOLA = table((1, 0, 0))  # z^2
HALF_PARABOLA = table((0, "left", 0, 0), (1, 0, 0))  # relu(z)^2, both pieces 0 at 0
INNER = domain((-1, 1), at=point(0))
INNER_SQUARE = domain((-1, 1), (-1, 1), at=point(0, 0))
HALF, QUARTER = 2048, 1024  # slopes of named units are over 4096
SPLIT, NEXT, GOAL = ["split", 0, "left"], ["next"], ["goal"]

# --- writing -------------------------------------------------------------------------------------------------------


def lipschitz(network: JSON, place: JSON, norm: str, error: JSON, *steps: JSON) -> JSON:
    evidence = {"steps": list(steps)}
    return certificate("lipschitz", evidence, networks=[network], domain=place, norm=norm, error=error)


def monotone(network: JSON, place: JSON, signs: JSON, *steps: JSON) -> JSON:
    return certificate("monotone", {"steps": list(steps)}, networks=[network], domain=place, signs=signs)


def orientation(network: JSON, place: JSON, sign: str, *steps: JSON) -> JSON:
    return certificate("orientation", {"steps": list(steps)}, networks=[network], domain=place, sign=sign)


def integral(
    networks: Sequence[JSON],
    place: JSON,
    terms: JSON,
    bounds: JSON,
    *steps: JSON,
    power: int = 1,
    absolute: str = "no",
    over: int = 1,
) -> JSON:
    return certificate(
        "integral",
        {"steps": list(steps)},
        networks=list(networks),
        domain=place,
        integrand={"over": num(over), "terms": terms},
        power=power,
        absolute=absolute,
        bounds=bounds,
    )


def simplex(over: int, *vertices: Sequence[int]) -> JSON:
    return ["simplex", num(over), [row(*vertex) for vertex in vertices]]


def always(network: JSON, place: JSON, claim: JSON, *steps: JSON) -> JSON:
    return certificate("always", {"steps": list(steps)}, networks=[network], domain=place, claim=claim)


def name(unit: int, slope: int, low: int | None, high: int | None, *rows: Sequence[int]) -> JSON:
    ends = [None if end is None else num(end) for end in (low, high)]
    return ["name", unit, num(slope), *ends, *(row(*entries) for entries in rows)]


# --- slopes --------------------------------------------------------------------------------------------------------

# y = (relu(x0 - x1) + x1/2, 3/2 x1): slopes [[0, 1/2], [0, 3/2]] where x0 <= x1, else [[1, -1/2], [0, 3/2]]
BENT = [
    layer(((0, 1, -1), 0), ((0, 0, 1), 1), tables=[RELU, IDENTITY]),
    layer(((0, 2, 1), 0), ((0, 0, 3), 0), over=2),
]
ON_BOTH_SIDES = [SPLIT, NEXT, GOAL, NEXT, GOAL]
# y = (leaky(x0 - x1) + x1/2, 3/2 x1): determinants 3/8 and 3/2
LEANING = [
    layer(((0, 1, -1), 0), ((0, 0, 4), 1), tables=[LEAKY, table((1, 0))], q=4),
    layer(((0, 2, 1), 0), ((0, 0, 3), 0), over=2),
]
SWAPPED = [LEANING[0], layer(((0, 0, 3), 0), ((0, 2, 1), 0), over=2)]
LINEAR = [layer(((1, 0, 2, 1), 0), ((0, 3, 1, -1), 0), ((0, 1, 4, 2), 0))]  # determinant -3
CHAIN = [
    layer(((0, 2, 1, 3, 1), 0), ((0, 4, 2, 1, 1), 0), ((0, 1, 1, 1, 2), 0), ((0, 3, 0, 1, 2), 0)),  # determinant 30
]


def slopes() -> dict[str, JSON]:
    relu_sum = [layer(((0, 1), 0), ((0, -1), 0), tables=[RELU]), layer(((0, 1, 1), 0))]  # |x|
    # relu(x) and relu(-x) are both 0 at the one point 0 alone: the slope 0 of that case is no slope of the function
    both_off = [SPLIT, ["split", 1, "left"], ["thin", *uses((0, 1), (1, 1))], NEXT, GOAL]
    both_on = [["split", 1, "left"], NEXT, GOAL, ["empty", *uses((0, 1), (1, 1))]]
    fold = one_unit(ABS)
    return {
        "lipschitz-rows": lipschitz(BENT, INNER_SQUARE, "inf", point(3, over=2), *ON_BOTH_SIDES),
        "lipschitz-columns": lipschitz(BENT, INNER_SQUARE, "1", point(2), *ON_BOTH_SIDES),
        # largest eigenvalue of J J^T is (7 + sqrt(13))/4 = 2.65 < (5/3)^2
        "lipschitz-spectral": lipschitz(BENT, INNER_SQUARE, "2", point(5, over=3), *ON_BOTH_SIDES),
        "lipschitz-spectral-of-one-output": lipschitz([layer(((0, 3, 4), 0))], INNER_SQUARE, "2", point(5), GOAL),
        "lipschitz-spectral-of-three": lipschitz(
            [layer(((0, 2, 1, 0), 0), ((0, 1, 2, 1), 0), ((0, 0, 1, 2), 0))],  # 2 + sqrt(2) = 3.41
            domain((-1, 1), (-1, 1), (-1, 1), at=point(0, 0, 0)),
            "2",
            point(7, over=2),
            GOAL,
        ),
        "lipschitz-of-a-constant": lipschitz(one_unit(IDENTITY, weights=(1, 0)), INNER, "2", point(0), GOAL),
        "lipschitz-of-abs": lipschitz(relu_sum, INNER, "1", point(1), *both_off, *both_on),
        "lipschitz-after-a-cut": lipschitz(
            fold,
            INNER,
            "inf",
            point(1),
            *[["cut", row(1, 2), "left"], SPLIT, GOAL, ["empty", *uses((0, 2), (1, 1))]],
            *[SPLIT, GOAL, GOAL],
        ),
        "lipschitz-on-a-strip": lipschitz(
            fold,
            domain((None, None), rows=[(">", (3, 2)), (">=", (1, 0))], at=point(1)),
            "1",
            point(1),
            SPLIT,
            GOAL,
            GOAL,
        ),
        "lipschitz-over-seven": lipschitz([layer(((0, -2), 0), over=7)], INNER, "inf", point(2, over=7), GOAL),
        "monotone": monotone(BENT, INNER_SQUARE, [["up", "free"], ["down", "up"]], *ON_BOTH_SIDES),
        "monotone-down": monotone(one_unit(RELU, weights=(0, -1)), INNER, [["down"]], SPLIT, GOAL, GOAL),
        "orientation-kept": orientation(LEANING, INNER_SQUARE, "positive", *ON_BOTH_SIDES),
        "orientation-turned": orientation(SWAPPED, INNER_SQUARE, "negative", *ON_BOTH_SIDES),
        "orientation-of-the-identity": orientation(one_unit(IDENTITY), INNER, "positive", GOAL),
        "orientation-of-a-cycle": orientation(
            [layer(((0, 0, 1, 0), 0), ((0, 0, 0, 1), 0), ((0, 1, 0, 0), 0))],
            domain((0, 1), (0, 1), (0, 1), at=point(1, 1, 1, over=2)),
            "positive",
            GOAL,
        ),
        "orientation-in-three-dimensions": orientation(
            LINEAR, domain((0, 1), (0, 1), (0, 1), at=point(1, 1, 1, over=2)), "negative", GOAL
        ),
        "orientation-in-four-dimensions": orientation(
            CHAIN, domain((0, 1), (0, 1), (0, 1), (0, 1), at=point(1, 1, 1, 1, over=2)), "positive", GOAL
        ),
    }


# --- integrals -----------------------------------------------------------------------------------------------------

Y = [["1", [0, 1]]]  # integrand in one input and one output
CENTRED = [["2", [0, 1]], ["-1", [0, 0]]]  # 2 y - 1
BELOW_DIAGONAL = domain((0, 1), (0, 1), rows=[(">", (1, -1, -1))], at=point(0, 0))
DIAGONAL = ["cut", row(-1, 1, 1), "left"]
LOWER, UPPER = simplex(1, (0, 0), (1, 0), (0, 1)), simplex(1, (1, 1), (1, 0), (0, 1))
WHOLE, LEFT, RIGHT = simplex(1, (0,), (1,)), simplex(1, (-1,), (0,)), simplex(1, (0,), (1,))
LARGE = num(16**3600)  # more digits than Python prints in base ten


def integrals() -> dict[str, JSON]:
    same, relu = one_unit(IDENTITY), one_unit(RELU)
    first = [layer(((0, 1, 0), 0))]
    shifted = one_unit(IDENTITY, weights=(1, 2))
    square = [["1", [1, 0, 1]]]
    return {
        "integral-of-the-identity": integral([same], UNIT, Y, point(1, 1, over=2), WHOLE),
        "integral-of-relu": integral([relu], BALL, Y, point(1, 1, over=2), SPLIT, LEFT, RIGHT),
        "integral-between": integral([relu], BALL, Y, point(1, 2, over=3), SPLIT, LEFT, RIGHT),
        # the integral of x^2 over the triangle below the diagonal is 1/12, of x over it 1/6
        "integral-over-a-triangle": integral(
            [first], BELOW_DIAGONAL, square, point(1, 1, over=12), DIAGONAL, LOWER, UPPER
        ),
        "integral-outside-before-any-split": integral(
            [[layer(((0, 1, 0), 0), tables=[RELU])]],
            BELOW_DIAGONAL,
            [["1", [0, 0, 1]]],
            point(1, 1, over=6),
            *[DIAGONAL, SPLIT, ["thin", *uses((0, 1))], LOWER, UPPER],
        ),
        # the upper triangle is outside the first row of the domain, and the second one crosses it
        "integral-outside-one-row-across-another": integral(
            [first],
            domain((0, 1), (0, 1), rows=[(">", (1, -1, -1)), (">=", (0, 1, -1))], at=point(0, 0)),
            [["1", [0, 0, 0]]],
            point(1, 1, over=4),
            *[DIAGONAL, ["cut", row(0, 1, -1), "left"], simplex(2, (0, 0), (0, 2), (1, 1))],
            *[simplex(2, (0, 0), (2, 0), (1, 1)), UPPER],
        ),
        "integral-over-a-row-that-is-zero": integral(
            [same], domain((0, 1), rows=[(">=", (0, 0))]), Y, point(1, 1, over=2), WHOLE
        ),
        "integral-over-a-flat-box": integral([same], domain((1, 1)), Y, point(0, 0), simplex(1, (1,), (1,))),
        "integral-up-to-zero": integral([same], domain((-1, 0)), Y, point(-1, -1, over=2), LEFT),
        "integral-beside-a-zero-unit": integral(
            [one_unit(RELU, weights=(0, 0))], UNIT, Y, point(0, 0), SPLIT, WHOLE, ["empty", *uses((0, 1))]
        ),
        "integral-over-a-cube": integral(
            [[layer(((0, 1, 1, 1), 0))]], domain((0, 2), (0, 2), (0, 2)), [["1", [0, 0, 0, 1]]], point(24, 24), *cube()
        ),
        "integral-over-halves": integral(
            [same], domain((-1, 2), over=2), Y, point(3, 3, over=8), simplex(2, (2,), (-1,))
        ),
        # 2 y - 1 has both signs on [0, 1]: its absolute value is between 0 and its largest coefficient 1
        "integral-of-an-absolute-value": integral([same], UNIT, CENTRED, point(0, 1), WHOLE, absolute="yes"),
        "integral-of-an-absolute-cube": integral(
            [same], UNIT, CENTRED, point(0, 1, over=8), WHOLE, absolute="yes", power=3, over=2
        ),
        # 2 x^2 - x = b^2 - a b and 4 x - 5 x^2 = 4 a b - b^2, where x = b and a + b = 1; 2 a b is at most 1
        "integral-of-an-absolute-quadratic": integral(
            [same], UNIT, [["2", [0, 2]], ["-1", [1, 0]]], point(0, 1, over=6), WHOLE, absolute="yes", over=6
        ),
        "integral-of-an-absolute-product": integral(
            [same], UNIT, [["4", [0, 1]], ["-5", [1, 1]]], point(0, 2), WHOLE, absolute="yes"
        ),
        "integral-of-a-negative-absolute-value": integral(
            [same], UNIT, [["1", [0, 1]], ["-1", [0, 0]]], point(1, 1, over=2), WHOLE, absolute="yes"
        ),
        "integral-of-an-even-power": integral(
            [same], UNIT, CENTRED, point(1, 1, over=3), WHOLE, absolute="yes", power=2
        ),
        "integral-with-its-sign": integral([same], UNIT, CENTRED, point(0, 0), WHOLE),
        "integral-of-a-cube": integral([same], BALL, Y, point(0, 0), simplex(1, (-1,), (1,)), power=3),
        "integral-of-a-square-over-three": integral([same], UNIT, Y, point(1, 1, over=27), WHOLE, power=2, over=3),
        "integral-of-nothing": integral([same], UNIT, [], point(0, 0), WHOLE),
        # 3 x relu(x) (1 + 2 x) + 1 over [-1, 1]
        "integral-of-two-networks": integral(
            [relu, shifted],
            BALL,
            [["3", [1, 1, 1]], ["1", [0, 0, 0]]],
            point(9, 9, over=2),
            *[SPLIT, NEXT, LEFT, NEXT, RIGHT],
        ),
        "integral-of-a-parabola": integral(
            [one_unit(HALF_PARABOLA), same],
            BALL,
            [["1", [0, 1, 0]], ["1", [0, 1, 1]]],
            point(7, 7, over=12),
            *[SPLIT, NEXT, LEFT, NEXT, RIGHT],
        ),
        "integral-of-a-large-number": integral(
            [same], UNIT, [[LARGE, [0, 0]]], {"over": "1", "at": [LARGE, LARGE]}, WHOLE
        ),
    }


def cube() -> list[JSON]:
    """The cube of side 2 in six simplices x_a >= x_b >= x_c, cut along x_j = x_k."""

    def path(*order: int) -> JSON:
        corners = [[2 * int(axis in order[:size]) for axis in range(3)] for size in range(4)]
        return simplex(1, *corners)

    first, last, across = (["cut", row(0, *entries), "left"] for entries in ((-1, 1, 0), (0, -1, 1), (-1, 0, 1)))
    below = [last, path(0, 1, 2), across, path(0, 2, 1), path(2, 0, 1)]
    return [first, *below, across, path(1, 0, 2), last, path(1, 2, 0), path(2, 1, 0)]


# --- named units ---------------------------------------------------------------------------------------------------


def named() -> dict[str, JSON]:
    relu = one_unit(RELU)
    # 0 <= relu(x) and x <= relu(x) <= (1 + x)/2: the triangle over [-1, 1]
    triangle = name(0, 0, 0, 1, (0, -1, 1), (1, 1, -2))
    claims = [[atom((0, 0), (1,))], [atom((0, -1), (1,))], [atom((1, 1), (-2,))]]
    between = [uses((0, 1)), uses((0, 1), (2, 1)), uses((0, 1), (1, 1))]
    later = [[[which + (which > 0), factor] for which, factor in used] for used in between]
    leaky = [layer(((1, 2), 0), tables=[LEAKY], over=3, q=4)]  # z from -1/3 to 1; v - z/4 from 0 to 3/4
    two_layers = [layer(((0, 1), 0), tables=[RELU]), layer(((1, -1), 0), tables=[RELU])]  # 1 - relu(x) on [-1, 1]
    tent = [SPLIT, ["goal", uses((0, 1)), uses((0, 1))], name(0, HALF, None, None)]
    tent += [["branch", 0, "left"], ["goal", uses((0, 1), (1, 1), (4, 8192)), uses((0, 1), (2, 1), (3, 8192))]]
    tent += [["branch", 0, "right"], ["goal", uses((0, 1), (1, 1), (3, 8192)), uses((0, 1), (2, 1), (4, 8192))]]
    tent += [["goal", uses((0, 1), (1, 1)), uses((0, 1), (2, 1))]]
    finished = [name(0, 0, None, None), NEXT, SPLIT]
    finished += [["branch", 0, "left"], ["goal", uses((0, 1), (2, 1), (3, 4096))], ["empty", *uses((2, 1), (3, 1))]]
    finished += [["branch", 0, "left"], ["empty", *uses((2, 1), (3, 1))], ["goal", uses((0, 1), (2, 1))]]
    sum_of_two = [layer(((0, 1), 0), ((0, -1), 0), tables=[RELU]), layer(((0, 1, 1), 0))]
    straight, same = one_unit(IDENTITY), ["goal", uses((0, 1), (1, 1), (5, 1))]
    return {
        "named-triangle": always(relu, BALL, claims, triangle, ["goal", *between]),
        "named-on-a-slope": always(
            relu,
            BALL,
            [[atom((0, -1), (2,))], [atom((1, 1), (-2,))]],
            *[["refine", "2"], name(0, HALF, 0, 1), ["goal", uses((0, 1)), uses((0, 1))]],
        ),
        "named-leaky": always(
            leaky,
            BALL,
            [[atom((-1, -2), (12,))], [atom((10, 2), (-12,))]],
            *[["refine", "4"], name(0, QUARTER, 0, 3), ["goal", uses((0, 1)), uses((0, 1))]],
        ),
        "named-without-bounds": always(
            relu, domain((None, None)), claims[:1], name(0, 0, 0, None), ["goal", uses((0, 1))]
        ),
        "named-at-a-jump": always(
            one_unit(HALF_AT_ZERO, q=2), BALL, [[atom((1, 0), (-1,))]], name(0, 0, 0, 1), ["goal", uses((0, 1))]
        ),
        "named-where-it-does-not-bend": always(
            relu, domain((1, 2)), [[atom((0, 1), (-1,))]], name(0, 4096, 0, 0), ["goal", uses((0, 1))]
        ),
        "named-and-cut": always(
            relu,
            BALL,
            claims,
            *[triangle, ["cut", row(-1, 0, 2), "left"], ["goal", *later]],
            *[["cut", row(0, 1), "right"], ["goal", *[shifted_uses(used) for used in later]]],
            ["goal", *[shifted_uses(used) for used in later]],
        ),
        # a tent whose unit is split once, then named, then branched to the end
        "named-and-branched": always(
            one_unit(HAT, q=2), domain((-1, 2)), [[atom((0, 0), (1,))], [atom((1, 0), (-1,))]], *tent
        ),
        "branched-in-a-finished-network": certificate(
            "always",
            {"steps": finished},
            networks=[relu, one_unit(ABS)],
            domain=BALL,
            claim=[[atom((0, 0), (-1, 1))]],
        ),
        "tightened": always(
            two_layers,
            BALL,
            [[atom((0, 0), (1,))], [atom((1, 0), (-1,))]],
            name(0, 0, None, None, (1, 1, -2), (0, 0, 1)),
            ["tighten", 1, "down", "0", *uses((0, 4096), (1, 1))],
            ["tighten", 1, "up", "1", *uses((0, 8192), (2, 1))],
            *[NEXT, name(0, 4096, 0, 0), ["goal", uses((0, 1)), uses((0, 1))]],
        ),
        "named-tent": always(
            one_unit(HAT, q=2),
            domain((-1, 2)),
            [[atom((0, 0), (1,))], [atom((1, 0), (-1,))]],
            *[name(0, 0, 0, 1), ["goal", uses((0, 1)), uses((0, 1))]],
        ),
        "named-after-a-split": always(
            relu, BALL, claims[:1], SPLIT, name(0, 0, 0, 0), ["goal", uses((0, 1))], ["goal", uses((0, 1), (1, 1))]
        ),
        "named-above-its-asymptote": always(
            relu, domain((None, None)), claims[1:2], name(0, 0, 0, None, (0, -1, 1)), ["goal", uses((0, 1), (1, 1))]
        ),
        "named-beside-an-unnamed-unit": always(
            [layer(((0, 1), 0), ((0, 1), 1), tables=[RELU, IDENTITY])],
            BALL,
            [[atom((0, 0), (1, -1))], [atom((1, 0), (0, 1))]],
            *[name(0, 0, None, None, (0, -1, 1)), ["goal", uses((0, 1), (1, 1)), uses((0, 1))]],
        ),
        "refined-half-lines": always(
            [layer(((0, 1, 1), 0))],
            domain((None, 3), (None, -1)),
            [[atom((2, 0, 0), (-1,))]],
            *[["refine", "2"], ["goal", uses((0, 1))]],
        ),
        "refined-from-below": always(
            straight, domain((-3, None)), [[atom((3, 0), (1,))]], ["refine", "2"], ["goal", uses((0, 1))]
        ),
        # three names for one function; the first and the third are branched
        "named-three-times": always(
            [layer(((0, 1), 0), ((0, 1), 0), ((0, 1), 0), tables=[RELU])],
            BALL,
            [[atom((0, 0), (-1, 0, 1))]],
            *[name(unit, 0, None, None) for unit in range(3)],
            *[["branch", 0, "left"], ["branch", 2, "left"], same, ["empty", *uses((2, 1), (5, 1))]],
            *[["branch", 2, "left"], ["empty", *uses((2, 1), (5, 1))], same],
        ),
        # |x| = relu(x) + relu(-x) = x + 2 relu(-x): the second unit is named over the first one's coordinate
        "named-twice-in-a-layer": always(
            sum_of_two,
            BALL,
            [[atom((0, -1), (1,))], [atom((0, 1), (1,))]],
            *[name(0, HALF, None, None, (0, -1, 1), (0, 0, 1)), name(1, 0, 0, None, (0, -1, 1)), NEXT],
            ["goal", uses((0, 1), (3, 1)), uses((0, 1), (1, 1), (2, 1))],
        ),
    }


def shifted_uses(used: JSON) -> JSON:
    """One hypothesis more, newer than all."""
    return [[which + (which > 0), factor] for which, factor in used]


# --- polynomial pieces ---------------------------------------------------------------------------------------------


def polynomials() -> dict[str, JSON]:
    negated = ["1", [0], None]
    square = [negated, ["1", [], [["1", [1]]]]]
    # (x + 1)^2/12 and (x^2 + 2 x + 1)/12
    once = [layer(((1, 1), 0), tables=[table((1, 0, 0))], over=2, q=3)]
    again = [layer(((0, 1), 0), ((0, 1), 1), tables=[PARABOLA, IDENTITY]), layer(((1, 1, 2), 0), over=12)]
    target = [{"over": "1", "terms": [["1", [2]]]}]
    return {
        "half-parabola": always(
            one_unit(HALF_PARABOLA), BALL, NONNEGATIVE, SPLIT, ["goal", [negated]], ["goal", square]
        ),
        "half-parabola-tie-given-away": always(
            one_unit(HALF_PARABOLA), BALL, NONNEGATIVE, ["split", 0, "right"], ["goal", [negated]], ["goal", square]
        ),
        "parabola-strictly-above": always(
            [layer(((0, 1), 0), tables=[table((1, 0, 1))])], BALL, [[atom((0, 0), (1,), ">")]], ["goal", square]
        ),
        "two-parabolas": certificate(
            "equal",
            {"steps": [NEXT, ["goal", [negated], [negated]]]},
            networks=[once, again],
            domain=BALL,
        ),
        "parabola-without-error": certificate(
            "sup-error-equals",
            {"steps": [["goal", [negated], [negated]]], "point": point(1), "output": 0},
            networks=[one_unit(PARABOLA)],
            domain=BALL,
            targets=target,
            error=point(0),
        ),
        "parabola-value": certificate("value", {}, networks=[once], point=point(2), values=point(3, over=4)),
        "cells-of-half-parabola": proved_by_hand_cells(),
    }


def proved_by_hand_cells() -> JSON:
    steps = [SPLIT, ["cell", "2", row(-1)], ["cell", "2", row(1)]]
    return certificate("cells", {"steps": steps}, networks=[one_unit(HALF_PARABOLA)], domain=BALL, count="2")


# --- conjunctions --------------------------------------------------------------------------------------------------


def conjunctions() -> dict[str, JSON]:
    chosen = [*slopes().values()][-4:-2] + [*integrals().values()][:1]
    parts = [document["statement"] for document in chosen]
    proofs = [document["evidence"] for document in chosen]
    return {"all-of-three": certificate("all", {"parts": proofs}, parts=parts)}


def further_certificates() -> dict[str, JSON]:
    return {**slopes(), **integrals(), **named(), **polynomials(), **conjunctions()}
