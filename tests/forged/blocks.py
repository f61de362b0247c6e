"""Forged certificates with blocks of layers: each is wrong for exactly one reason, as in make.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.forged.block_truths import (
    ABS_UNIT,
    BOX,
    FOLD_TWICE,
    HALVES,
    NEWEST,
    NEXT,
    RELU_GAP,
    RELU_UNIT,
    RIGHT,
    SAME,
    STEP_LEFT,
    STEP_UNIT,
    Y,
    always,
    block,
    bounded,
    integral,
    proved_block,
    simplex,
    with_blocks,
)
from tests.forged.edit import TRUE, changed
from tests.forged.truths import (
    BALL,
    JSON,
    RELU,
    UNIT,
    atom,
    certificate,
    domain,
    layer,
    one_unit,
    point,
    row,
    table,
)

Found = Iterator[tuple[str, JSON, str]]
PARABOLA = table((1, 0, 0))
AT_MOST_ZERO, CONTRADICTION = [[atom((0, 0), (-1,))]], "the combination is no contradiction"


def shapes() -> Found:
    """Blocks that are not as the format says, in certificates of true statements that do not need them."""
    good, at = TRUE["block-with-a-gap"], "evidence.blocks.0"
    yield "blocks-are-an-object", changed(good, ("evidence.blocks", {})), "blocks: a list was expected"
    yield "block-with-a-note", changed(good, (f"{at}.note", "")), "block 0: the fields must be"
    yield "block-of-no-network", changed(good, (f"{at}.network", 1)), "block 0: an index from 0 to 0"
    yield "block-of-no-first-layer", changed(good, (f"{at}.first", 1)), "block 0: an index from 0 to 0"
    unused = always([RELU_UNIT], UNIT, [], ["split", 0, "left"], NEXT, ["goal"], NEXT, ["goal"])
    beyond = block(
        0,
        1,
        UNIT,
        [((0, 1), 0, 0)],
        [["split", 0, "left"], NEXT, NEXT, ["goal", *[NEWEST] * 2], NEXT, NEXT, ["goal", *[BOX] * 2]],
    )
    yield "block-beyond-the-network", with_blocks(unused, beyond), "block 0: an index from 0 to 0"
    backwards = changed("block-of-folds", (f"{at}.first", 1), (f"{at}.last", 0))
    yield "block-that-ends-before-it-starts", backwards, "block 0: an index from 0 to 0"
    bent = always([one_unit(PARABOLA)], UNIT, [], ["goal"])
    # x^2 on [0, 1] lies between 0 and 1
    curved = block(
        0,
        0,
        UNIT,
        [((0, 0), 0, 1)],
        [
            [
                "goal",
                [["1", [0], None], ["1", [], [["1", [1]]]]],
                [["1", [0], None], ["1", [2], None], ["1", [1, 2], None]],
            ]
        ],
    )
    yield "block-of-a-parabola", with_blocks(bent, curved), "block 0: an index from 0 to -2"
    behind = always([[*one_unit(PARABOLA), layer(((0, 1), 0))]], UNIT, [], ["goal"])
    straight = block(1, 1, UNIT, [((0, 1), 0, 0)], [NEXT, ["goal", BOX, BOX]])
    yield "block-behind-a-parabola", with_blocks(behind, straight), "block 0: an index from 0 to -2"
    before = always([[layer(((0, 1), 0)), *one_unit(PARABOLA)]], UNIT, [], NEXT, ["goal"])
    touching = block(0, 0, UNIT, [((0, 1), 0, 0)], [NEXT, ["goal", BOX, BOX]])
    yield "block-that-touches-a-parabola", with_blocks(before, touching), "block 0: an index from 0 to -1"
    wide = domain((-1, 1), (0, 1))
    two = changed(with_blocks(unused, RELU_GAP), (f"{at}.domain", wide))
    yield "block-on-two-coordinates", two, "block 0: the domain is not one"
    outside = changed(with_blocks(unused, RELU_GAP), (f"{at}.domain.point", point(2)))
    yield "block-with-a-point-outside", outside, "block 0: its point does not lie in it"
    pair = always([[layer(((0, 1), 0), ((0, 1), 0))]], UNIT, [], NEXT, ["goal"])
    half = block(0, 0, domain((0, 1), (0, 1)), [((0, 1, 0), 0, 0)], [NEXT, ["goal", BOX, BOX]])
    yield "block-of-half-a-layer", with_blocks(pair, half), "block 0: a list was expected of length 2"
    left = proved_block(RELU_UNIT, 0, 0, domain((-1, 0)), ((0, 0), 0, 0))
    four = changed(with_blocks(unused, left), (f"{at}.map.0", [row(0, 0), "0", "0", "0"]))
    yield "block-with-four-entries", four, "block 0: a list was expected of length 3"
    short = changed(with_blocks(unused, left), (f"{at}.map.0.0", row(0)))
    yield "block-row-too-short", short, "block 0: a list was expected of length 2"
    for words, over in (("zero", "0"), ("negative", "-1")):
        document = changed(with_blocks(unused, left), (f"{at}.over", over))
        yield f"block-over-{words}", document, "block 0: a positive number was expected"
    yield "blocks-in-a-count", changed("cells-of-half", ("evidence.blocks", [])), "evidence: the fields must be steps"
    yield "blocks-of-slopes", changed("lipschitz-rows", ("evidence.blocks", [])), "evidence: the fields must be steps"
    yield "blocks-of-a-point", changed("half-holds", ("evidence.blocks", [])), "evidence: the fields must be point"
    attained = changed("block-with-an-error", ("evidence.point", point(0)))
    yield "block-does-not-excuse-the-point", attained, "point: the error at this point is smaller"


def proofs() -> Found:
    """Blocks that are not proved."""
    good, at = TRUE["block-with-a-gap"], "evidence.blocks.0"
    goal = f"block 0, step 2 (goal): {CONTRADICTION}"
    yield "block-of-another-function", changed("block-of-folds", (f"{at}.map.0.0", row(-1, 2))), "block 0, step"
    yield "block-with-a-low-end-too-high", changed(good, (f"{at}.map.0.1", "0")), goal
    yield "block-with-a-high-end-too-low", changed(good, (f"{at}.map.0.2", "-1")), goal
    yield "block-over-another-number", changed(good, (f"{at}.over", "3")), "block 0, step"
    steps = good["evidence"]["blocks"][0]["steps"]
    yield "block-leaves-a-case-open", changed(good, (f"{at}.steps", steps[:-2])), "block 0, step 3: cases still open: 1"
    # 0 on [-1, 0], taken for all of [-1, 1]
    taken = always([RELU_UNIT], BALL, AT_MOST_ZERO, ["pass", 0, BOX, BOX], ["goal", BOX])
    wider = changed(with_blocks(taken, bounded(0, 0)), (f"{at}.domain.box.0.1", "1"))
    yield "block-on-a-wider-domain", wider, "block 0, step"
    itself = block(0, 0, BALL, [((0, 0), 0, 0)], [["pass", 0, BOX, BOX], ["goal", BOX, BOX]])
    yield "block-that-proves-itself", with_blocks(taken, itself), "block 0, step 0 (pass): an index from 0 to -1"
    # layers 0 and 1, used inside of layer 0 alone
    one = block(0, 0, domain((1, 2)), [((-1, 1), 0, 0)], [["pass", 0, BOX, BOX], ["goal", BOX, BOX]])
    first = TRUE["block-of-folds"]["evidence"]["blocks"][0]
    shorter = always(
        [FOLD_TWICE], domain((1, 2)), [[atom((-2, 1), (-1,))]], ["pass", 1, BOX, BOX], ["split", 0, "right"]
    )
    yield (
        "block-that-ends-beyond-the-block",
        with_blocks(shorter, first, one),
        "block 1, step 0 (pass): the block begins",
    )


def passing() -> Found:
    """Blocks used where they do not stand, or where their domain is not shown."""
    elsewhere = "(pass): the block begins elsewhere, or ends beyond the network"
    none = always([RELU_UNIT], UNIT, [], ["pass", 0, BOX, BOX], ["goal"])
    yield "pass-without-blocks", none, "step 0 (pass): an index from 0 to -1"
    yield "pass-of-no-block", with_blocks(none), "step 0 (pass): an index from 0 to -1"
    yield (
        "pass-without-a-number",
        with_blocks(always([ABS_UNIT], UNIT, [], ["pass"], ["goal"]), SAME),
        "step 0 (pass): a block",
    )
    few = always([ABS_UNIT], UNIT, [], ["pass", 0, BOX], ["goal"])
    yield "pass-with-a-side-left-out", with_blocks(few, SAME), "step 0 (pass): a list was expected of length 2"
    # y = 2 |x|; after a block of layer 0 the case stands at layer 1, which would double once more
    doubled = [*ABS_UNIT, layer(((0, 2), 0))]
    steps = [["split", 0, "right"], ["empty", *BOX], NEXT, ["pass", 0, BOX, BOX], NEXT, ["goal", BOX]]
    twice = always([doubled], domain((0, 1), over=2), [[atom((0, -4), (1,))]], *steps)
    yield "pass-at-another-layer", with_blocks(twice, SAME), f"step 3 {elsewhere}"
    # |z| = z of network 1 taken for network 0, which is -z
    steps = [["pass", 0, BOX, BOX], NEXT, ["pass", 0, BOX, BOX], ["goal", BOX]]
    other = always([one_unit(table((-1, 0))), ABS_UNIT], UNIT, [[atom((0, -1), (1, 0))]], *steps)
    second = proved_block(ABS_UNIT, 0, 0, UNIT, ((0, 1), 0, 0), which=1)
    yield "pass-in-another-network", with_blocks(other, second), f"step 0 {elsewhere}"
    # relu is x on [0, 1] and 0 on [-1, 0] alone
    left, right = bounded(0, 0), proved_block(RELU_UNIT, 0, 0, UNIT, ((0, 1), 0, 0))
    low = always([RELU_UNIT], BALL, [[atom((0, 1), (-1,))]], ["pass", 0, BOX, BOX], ["goal", BOX])
    yield "pass-below-the-domain", with_blocks(low, right), f"step 0 (pass): {CONTRADICTION}"
    high = always([RELU_UNIT], BALL, AT_MOST_ZERO, ["pass", 0, BOX, BOX], ["goal", BOX])
    yield "pass-above-the-domain", with_blocks(high, left), f"step 0 (pass): {CONTRADICTION}"
    rows = domain((-1, 1), rows=[(">=", (0, -1))], at=point(-1))
    slanted = proved_block(RELU_UNIT, 0, 0, rows, ((0, 0), 0, 0))
    across = always([RELU_UNIT], BALL, AT_MOST_ZERO, ["pass", 0, BOX, BOX, BOX], ["goal", BOX])
    yield "pass-beyond-a-row-of-the-domain", with_blocks(across, slanted), f"step 0 (pass): {CONTRADICTION}"
    # the step is 1 at 0, where the strict row does not hold
    jump = always([STEP_UNIT], domain((-1, 0)), AT_MOST_ZERO, ["pass", 0, BOX, BOX, BOX], ["goal", BOX])
    yield "pass-onto-a-strict-row", with_blocks(jump, STEP_LEFT), f"step 0 (pass): {CONTRADICTION}"
    # the claims are attained where e is at its ends
    tight = changed(
        "block-with-a-gap", ("statement.claim.0", [atom((1, 2), (-4,))]), ("statement.claim.1", [atom((0, 0), (0,))])
    )
    yield "pass-forgets-the-high-end", tight, f"step 1 (goal): {CONTRADICTION}"
    below = changed(
        "block-with-a-gap", ("statement.claim.1", [atom((-1, -2), (4,))]), ("statement.claim.0", [atom((0, 0), (0,))])
    )
    yield "pass-forgets-the-low-end", below, f"step 1 (goal): {CONTRADICTION}"
    finer = changed("block-with-a-gap-refined", ("statement.claim.0.0.1.0", "-1"))
    yield "pass-over-a-refined-box", finer, "step 4 (goal)"

    # (x + 1)/2 is known as (x + s)/2, and relu(x) too: two coordinates
    line = [layer(((1, 1), 0), over=2)]
    steps = [["pass", 0, BOX, BOX], NEXT, ["pass", 1, BOX, BOX], ["goal", BOX]]
    pair = always([RELU_UNIT, line], BALL, [[atom((0, 0), (1, -1))]], *steps)
    half = proved_block(line, 0, 0, UNIT, ((-1, 2), 0, 1), over=2, which=1)
    yield "pass-takes-one-gap-for-another", with_blocks(pair, RELU_GAP, half), f"step 3 (goal): {CONTRADICTION}"


def further() -> Found:
    """Rules that know no further coordinates, and those of integrals that do."""
    # on [-1, 1] |x| is between 0 and 1; it is not within 1/4 of 1, nor equal to it
    unsure = proved_block(ABS_UNIT, 0, 0, BALL, ((0, 0), 0, 1))
    near_one = {"networks": [ABS_UNIT], "domain": BALL, "targets": [{"over": "1", "terms": [["1", [0]]]}]}
    goal = ["goal", [["1", [0], None]], [["1", [0], None]]]
    steps = {"steps": [["pass", 0, BOX, BOX], goal]}
    error = certificate("sup-error-at-most", steps, **near_one, error=point(1, over=4))
    yield (
        "pass-with-a-gap-before-an-error",
        with_blocks(error, unsure),
        "step 1 (goal): polynomial goals have no further",
    )
    bent = [*ABS_UNIT, layer(((0, 1), 0)), *one_unit(PARABOLA)]
    squared = integral([bent], BALL, Y, point(2, 2), ["pass", 0, BOX, BOX], NEXT, simplex(1, (-1,), (1,)))
    yield "pass-with-a-gap-before-a-parabola", with_blocks(squared, unsure), "step 2 (simplex): a unit is not settled"
    left = [["cut", row(0, 1), "left"], ["pass", 0, BOX, NEWEST], ["thin", *BOX]]
    thin = integral([RELU_UNIT], UNIT, Y, point(1, 1, over=2), *left, *HALVES[3:])
    gap = proved_block(RELU_UNIT, 0, 0, domain((0, 1)), ((0, 0), 0, 1))
    yield "pass-with-a-gap-before-a-thin-case", with_blocks(thin, gap), "step 2 (thin): the case is not shown"
    whole = [["pass", 0, BOX, BOX], ["cut", row(-2, 0, 1), "left"], simplex(1, (-1,), (1,)), ["empty", *BOX]]
    sided = with_blocks(integral([RELU_UNIT], BALL, Y, point(-2, 2), *whole), RELU_GAP)
    yield "pass-with-a-gap-before-a-cut-simplex", sided, "step 2 (simplex): a vertex lies outside the case, or"
    # y0 is a parabola, y1 = relu(5 x) goes up to 5
    steep = [layer(((0, 5), 0), tables=[RELU])]
    loose = proved_block(steep, 0, 0, domain((0, 5)), ((0, 0), 0, 5), which=1)
    mixed = integral([one_unit(PARABOLA), steep], UNIT, [["1", [0, 0, 1]]], point(-1, 1))
    mixed = changed(mixed, ("evidence.steps", [NEXT, ["pass", 0, BOX, BOX], RIGHT]))
    yield "pass-with-a-gap-beside-a-parabola", with_blocks(mixed, loose), "step 2 (simplex): an output has no bounds"
    for name, ends in (
        ("an-integral", ((-1, 4), (0, 5))),
        ("an-absolute-integral", ((4, 12), (5, 13))),
        ("an-integral-of-a-square", ((4, 30), (5, 31))),
        ("an-integral-of-a-cube", ((15, 16), (16, 17))),
    ):
        for words, pair in zip(("above", "below"), ends, strict=True):
            document = changed(f"block-in-{name}", ("statement.bounds.at", row(*pair)))
            yield f"block-in-{name}-too-narrow-{words}", document, "integral: the steps show"
    missing = changed("block-in-an-integral", ("evidence.blocks.0.map.0.2", "-1"))
    yield "block-in-an-integral-of-the-wrong-range", missing, "block 0, step"


GROUPS: tuple[Callable[[], Found], ...] = (shapes, proofs, passing, further)
