"""Writes the forged certificates: one false or malformed file for each check of the kernel.

    python tests/forged/make.py

Each is wrong for exactly one reason, so that a kernel without that one check would accept it (`make mutate` tries),
and its name says the check it forges.  Most are a true certificate with one place changed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent.parent))

from tests.forged import blocks, further  # noqa: E402  # found on the path of the line above
from tests.forged.edit import (  # noqa: E402  # found on the path of the line above
    TRUE,
    changed,
    lines_of,
    without,
    written,
)
from tests.forged.further_truths import always  # noqa: E402  # found on the path of the line above
from tests.forged.truths import (  # noqa: E402  # found on the path of the line above
    ABS,
    BALL,
    CLIPPED_FLOOR,
    HALF_AT_ZERO,
    HAT,
    IDENTITY,
    JSON,
    NONNEGATIVE,
    RELU,
    SQUARE,
    STEP,
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


class Forged(NamedTuple):
    name: str  # of the file, with its ending
    text: str
    message: str  # how the kernel must begin its refusal: the place, and the reason


AT_MOST_ZERO = [[atom((0, 0), (-1,))]]
CLOSE = ["goal", uses((0, 1))]
CLOSE_WITH_CASE = ["goal", uses((0, 1), (1, 1))]


def cells(network: JSON, place: JSON, count: int, *steps: JSON, kind: str = "cells") -> JSON:
    return certificate(kind, {"steps": list(steps)}, networks=[network], domain=place, count=num(count))


def error_at_most(network: JSON, place: JSON, terms: JSON, error: JSON, *steps: JSON) -> JSON:
    target = [{"over": "1", "terms": terms}]
    evidence = {"steps": list(steps)}
    return certificate("sup-error-at-most", evidence, networks=[network], domain=place, targets=target, error=error)


# --- three false proofs that a trial prover really made (each closed by a rule "empty unless strictly feasible") -----


def false_proofs() -> Iterator[tuple[str, JSON, str]]:
    zero_unit = one_unit(RELU, weights=(0, 0))
    # A unit that is constantly 0: both sides fail the strict test and the whole domain vanishes.  y = 0, not >= 1.
    yield (
        "tie-of-a-zero-unit-vanishes",
        always(
            zero_unit,
            BALL,
            [[atom((-1, 0), (1,))]],
            ["split", 0, "left"],
            ["empty", *uses((0, 1))],
            ["empty", *uses((0, 1))],
        ),
        "step 1 (empty): the combination is no contradiction",
    )
    # "step <= 0 on [-1, 0]", though step(0) = 1: the tie at the jump is dropped as if it had no volume ...
    yield (
        "tie-of-a-jump-vanishes",
        always(one_unit(STEP), domain((-1, 0)), AT_MOST_ZERO, ["split", 0, "right"], CLOSE, ["empty", *uses((0, 1))]),
        "step 2 (empty): the combination is no contradiction",
    )
    # ... or given to the side that has another value.
    yield (
        "tie-of-a-jump-has-a-forged-owner",
        always(one_unit(STEP), domain((-1, 0)), AT_MOST_ZERO, ["split", 0, "left"], CLOSE, ["empty", *uses((0, 1))]),
        "step 0 (split): the activation jumps there",
    )
    # "x > 0 on [0, 1]": the negated atom -x >= 0 is not strict, and 0 is no contradiction.
    yield (
        "goal-negates-without-strictness",
        always(one_unit(IDENTITY), UNIT, [[atom((0, 0), (1,), ">")]], CLOSE),
        "step 0 (goal): the combination is no contradiction",
    )


# --- the file (A1) -------------------------------------------------------------------------------------------


def texts() -> Iterator[tuple[str, str, str]]:
    """Forged in the text itself."""
    good = written(TRUE["relu-nonnegative"])
    value = written(TRUE["half-value"])

    def instead(old: str, new: str, text: str = good) -> str:
        if text.count(old) < 1:
            raise ValueError(f"{old} is not in the text")
        return text.replace(old, new, 1)

    grammar = "a number was expected (hexadecimal integer"
    yield "file-empty.json", "", "file: not JSON"
    yield "file-truncated.json", good[:-40], "file: not JSON"
    yield "file-with-two-objects.json", good + good, "file: not JSON"
    yield "file-with-byte-order-mark.json", "\ufeff" + good, "file: not JSON"
    yield "file-nested-too-deep.json", "[" * 33 + "]" * 33, "file: nested deeper than 32"
    yield "file-nested-much-too-deep.json", "[" * 20_000, "file: nested deeper than 32"
    yield "key-twice.json", instead('"over":"1"', '"over":"2","over":"1"'), "file: a key stands twice"
    yield "key-twice-escaped.json", instead('"over":"1"', '"ov\\u0065r":"2","over":"1"'), "file: a key stands twice"
    yield "float-as-index.json", instead('"split",0', '"split",0.0'), "file: not an integer: 0.0"
    yield "exponent-as-index.json", instead('"split",0', '"split",0e0'), "file: not an integer: 0e0"
    yield "nan-as-index.json", instead('"split",0', '"split",NaN'), "file: not an integer: NaN"
    yield "infinity-as-index.json", instead('"split",0', '"split",-Infinity'), "file: not an integer: -Infinity"
    yield "index-too-long.json", instead('"split",0', '"split",10000000000'), "file: not a small index"
    yield "index-minus-zero.json", instead('"split",0', '"split",-0'), "file: not a small index"
    yield "number-upper-case.json", instead('"over":"5"', '"over":"F"', value), f"point: {grammar}"
    yield "number-leading-zero.json", instead('"over":"5"', '"over":"05"', value), f"point: {grammar}"
    yield "number-with-plus.json", instead('"over":"5"', '"over":"+5"', value), f"point: {grammar}"
    yield "number-minus-zero.json", instead('"at":["0"]', '"at":["-0"]', value), f"point: {grammar}"
    yield "number-with-prefix.json", instead('"over":"5"', '"over":"0x5"', value), f"point: {grammar}"
    yield "number-with-underscore.json", instead('"over":"5"', '"over":"5_5"', value), f"point: {grammar}"
    yield "number-with-blank.json", instead('"over":"5"', '"over":"5 "', value), f"point: {grammar}"
    yield "number-with-newline.json", instead('"over":"5"', '"over":"5\\n"', value), f"point: {grammar}"
    yield "number-in-foreign-digits.json", instead('"over":"5"', '"over":"\u0665"', value), f"point: {grammar}"
    yield "number-empty.json", instead('"over":"5"', '"over":""', value), f"point: {grammar}"
    yield "number-not-a-string.json", instead('"over":"5"', '"over":5', value), f"point: {grammar}"
    yield "number-too-long.json", instead('"over":"5"', f'"over":"{"f" * 65_537}"', value), f"point: {grammar}"
    proof = TRUE["relu-nonnegative"]
    steps = proof["evidence"]["steps"]
    lines = lines_of(proof, steps[:1], steps[1:])
    link, unlinked = lines_of(proof, [])[1][:-1], "it does not begin with the hash of the line before"
    yield "lines-with-an-empty-line.jsonl", "\n".join([*lines[:2], "", *lines[2:]]) + "\n", "line 3: not JSON"
    yield "lines-cut-short.jsonl", "\n".join(lines[:-1]) + "\n", "step 1: cases still open: 2"
    yield "lines-swapped.jsonl", "\n".join([lines[0], lines[2], lines[1]]) + "\n", f"line 2: {unlinked}"
    unhashed = json.dumps(steps)
    yield "lines-without-a-hash.jsonl", "\n".join([lines[0], unhashed]) + "\n", f"line 2: {unlinked}"
    yield "lines-with-an-empty-list.jsonl", "\n".join([*lines, "[]"]) + "\n", f"line 4: {unlinked}"
    other = lines_of(changed(proof, ("statement.domain.over", "2")), steps)[1]
    yield "lines-of-another-header.jsonl", "\n".join([lines[0], other]) + "\n", f"line 2: {unlinked}"
    yield "lines-with-an-object.jsonl", "\n".join([lines[0], "{}"]) + "\n", "line 2: a list was expected"
    both = written(proof).rstrip("\n")
    yield "lines-and-steps-in-the-header.jsonl", "\n".join([both, *lines[1:]]) + "\n", "evidence: the fields must be"
    listed = written(changed(proof, ("evidence", [])))
    yield "lines-and-evidence-is-a-list.jsonl", listed, "evidence: the fields must be"
    deep = link + "," + "[" * 32 + "]" * 32 + "]"
    yield "lines-nested-too-deep.jsonl", "\n".join([lines[0], deep]) + "\n", "line 2: nested deeper"
    point_alone = lines_of(TRUE["half-value"], [["surplus"]])
    yield "lines-below-a-point.jsonl", "\n".join(point_alone) + "\n", "statement: only a proof by steps has lines"
    yield "lines-of-a-conjunction.jsonl", written(TRUE["all-of-three"]), "statement: a conjunction has parts, and"


def shapes() -> Iterator[tuple[str, JSON, str]]:
    """Fields, lists, words, indices."""
    base = "relu-nonnegative"
    names = "the fields must be"
    yield "format-of-another-version", changed(base, ("format", "verinet-certificate/1")), "file: the format is not"
    yield "field-unknown-in-file", changed(base, ("comment", "")), f"file: {names}"
    yield "field-missing-in-file", without(base, "assumptions"), f"file: {names}"
    yield "field-unknown-in-statement", changed(base, ("statement.count", "1")), f"statement: {names}"
    yield "field-unknown-in-domain", changed(base, ("statement.domain.low", "0")), f"domain: {names}"
    yield "field-unknown-in-layer", changed(base, ("statement.networks.0.0.bias", "0")), f"network 0, layer 0: {names}"
    yield "field-unknown-in-point", changed(base, ("statement.domain.point.z", "0")), f"domain: {names}"
    yield "field-unknown-in-target", changed("zero-error", ("statement.targets.0.z", "0")), f"targets: {names}"
    yield "field-unknown-in-evidence", changed(base, ("evidence.point", point(0))), f"evidence: {names}"
    yield "field-missing-in-evidence", without("sawtooth-1", "evidence.point"), f"evidence: {names}"
    yield "evidence-is-null", changed(base, ("evidence", None)), "evidence: the fields must be"
    yield "object-instead-of-file", [TRUE[base]], "file: the fields must be"
    yield "statement-is-a-list", changed(base, ("statement", [])), "statement: not an object"
    yield "list-is-a-string", changed(base, ("statement.domain.rows", "")), "domain: a list was expected"
    yield "kind-unknown", changed(base, ("statement.kind", "mostly")), "statement: one of always"
    yield "index-is-true", changed(base, ("evidence.steps.4.1.1.0", True)), "step 4 (goal): an index from 0 to 1"
    yield "index-is-false", changed(base, ("evidence.steps.0.1", False)), "step 0 (split): an index from 0 to 0"
    yield "index-of-hypothesis-too-large", changed(base, ("evidence.steps.4.1.1.0", 2)), "step 4 (goal): an index"
    yield "index-is-a-string", changed(base, ("evidence.steps.0.1", "0")), "step 0 (split): an index from 0 to 0"
    yield "steps-are-an-object", changed(base, ("evidence.steps", {})), "evidence: a list was expected"


def assumptions() -> Iterator[tuple[str, JSON, str]]:
    good = {"kind": "lemma", "text": "a lemma", "sha256": "0" * 64, "origin": "a book"}

    def assuming(**other: JSON) -> JSON:
        return changed("relu-nonnegative", ("assumptions", [{**good, **other}]))

    strings = "assumptions: text, sha256 and origin are printable strings"
    yield "assumption-of-unknown-kind", assuming(kind="hope"), "assumptions: one of enclosure, solver, lemma"
    yield "assumption-with-rows", assuming(rows=[]), "assumptions: the fields must be"
    yield "assumption-with-newline", assuming(text="no\nCHECKED   all is well"), strings
    yield "assumption-with-escape", assuming(text="\x1b[1A\x1b[2K"), strings
    yield "assumption-with-turned-text", assuming(origin="a \u202e book"), strings
    yield "assumption-with-half-a-character", assuming(text="\ud800"), strings
    yield "assumption-text-is-a-number", assuming(text=1), strings
    yield "assumption-hash-too-short", assuming(sha256="0" * 63), strings
    yield "assumption-hash-upper-case", assuming(sha256="F" * 64), strings
    yield "assumptions-are-an-object", changed("relu-nonnegative", ("assumptions", {})), "assumptions: a list was"


# --- networks and domains (A2, A3) -----------------------------------------------------------------------------


def networks() -> Iterator[tuple[str, JSON, str]]:
    base, here = "relu-nonnegative", "network 0, layer 0"
    at = "statement.networks.0.0"
    number, length = "a positive number was expected", "a list was expected of length 2"
    # the values that a kernel without the check would compute
    value = certificate("value", {}, networks=[one_unit(RELU)], point=point(-1), values=point(1))
    yield "weights-over-zero", changed(base, (f"{at}.weights_over", "0")), f"{here}: {number}"
    yield "weights-over-negative", changed(value, (f"{at}.weights_over", "-1")), f"{here}: {number}"
    yield "activations-over-zero", changed(base, (f"{at}.activations_over", "0")), f"{here}: {number}"
    yield "activations-over-negative", changed(value, (f"{at}.activations_over", "-1")), f"{here}: {number}"
    longer_row = changed(base, ("statement.networks.0.1.units.0.0.2", "1"))
    yield "row-longer-than-the-layer-before", longer_row, f"network 0, layer 1: {length}"
    yield "row-shorter-than-the-layer-before", changed(base, (f"{at}.units.0.0", ["0"])), f"{here}: {length}"
    yield "unit-with-three-entries", changed(base, (f"{at}.units.0.2", "1")), f"{here}: {length}"
    yield "unit-of-no-activation", changed(base, (f"{at}.units.0.1", 1)), f"{here}: an index from 0 to 0"
    hollow = always([layer(((0, 1), 0)), layer()], BALL, [[atom((1, 0), ())]], ["next"], CLOSE)
    yield "layer-without-units", hollow, "network 0, layer 1: a layer needs a unit"
    yield "network-without-layers", changed(base, ("statement.networks.0", [])), "network 0: a network needs a layer"
    yield (
        "activation-without-pieces",
        changed(base, (f"{at}.activations.1", [])),
        f"{here}: an activation needs a piece",
    )
    descending = table((1, "left", 0, 0), (0, "left", 0, 0), (0, 0))
    yield "breakpoints-descend", changed(base, (f"{at}.activations.1", descending)), f"{here}: breakpoints must ascend"
    tied = certificate("value", {}, networks=[one_unit(RELU)], point=point(1), values=point(1))
    owner = changed(tied, (f"{at}.activations.0.0.1", "both"))
    yield "breakpoint-of-no-side", owner, f"{here}: one of left, right was expected"
    coefficients = f"{here}: a piece has 2 to 401 coefficients"
    yield "piece-with-one-coefficient", changed(base, (f"{at}.activations.0.1", row(1))), coefficients
    zero_to_power_401 = [layer(((0, 0), 0), tables=[table((1, *[0] * 401))])]
    long_piece = certificate("value", {}, networks=[zero_to_power_401], point=point(0), values=point(0))
    yield "piece-with-too-many-coefficients", long_piece, coefficients
    yield "piece-without-owner", changed(base, (f"{at}.activations.0.0", ["0"])), f"{here}: {length}"
    nothing = changed(base, (f"{at}.activations.0.1", ["nothing"]))
    yield "piece-none-misspelt", nothing, f"{here}: a number was expected"
    swapped = changed(base, ("statement.networks.0.1.units.0.0.1", "-1"))  # y = -relu(x)
    yield "certificate-of-another-network", swapped, "step 4 (goal): the combination is no contradiction"


def domains() -> Iterator[tuple[str, JSON, str]]:
    base, outside = "relu-nonnegative", "domain: its point does not lie in it"
    at = "statement.domain"
    # a claim that is false everywhere, "proved" because no x is in the domain
    false_claim = [[atom((-1, 0), (0,))]]
    empty = domain((1, 0), at=point(0))
    yield "domain-empty-box", always(one_unit(IDENTITY), empty, false_claim, ["goal", uses((0, 1))]), outside
    opposite = domain((0, 1), rows=[(">", (0, 1)), (">", (0, -1))])
    proof = ["empty", *uses((0, 1), (1, 1))]
    yield "domain-empty-rows", always(one_unit(IDENTITY), opposite, false_claim, proof), outside
    yield "domain-point-left-of-the-box", changed(base, (f"{at}.point", point(-3, over=2))), outside
    yield "domain-point-right-of-the-box", changed(base, (f"{at}.point", point(3, over=2))), outside
    strict = changed("step-below-zero", (f"{at}.point", point(0)))
    yield "domain-point-on-a-strict-row", strict, outside
    closed = changed("abs-has-two-signs", (f"{at}.point", point(-17, over=10)))
    yield "domain-point-beyond-a-row", closed, outside
    number = "a positive number was expected"
    yield "domain-over-zero", changed(base, (f"{at}.over", "0")), f"domain: {number}"
    # 0 <= -x <= 1 and so -1 <= x <= 0, where x >= 0 is false but at 0
    turned = always(one_unit(IDENTITY), domain((0, 1), over=-1, at=point(0)), NONNEGATIVE, CLOSE)
    yield "domain-over-negative", turned, f"domain: {number}"
    yield "domain-point-over-negative", changed(base, (f"{at}.point", point(1, over=-1))), f"domain: {number}"
    yield "domain-point-over-zero", changed(base, (f"{at}.point", point(0, over=0))), f"domain: {number}"
    yield "domain-point-too-long", changed(base, (f"{at}.point.at.1", "0")), "domain: a list was expected of length 1"
    yield (
        "domain-side-with-three-ends",
        changed(base, (f"{at}.box.0.2", "1")),
        "domain: a list was expected of length 2",
    )
    long_row = changed(base, (f"{at}.rows", [[">=", row(1, 0, 0)]]))
    yield "domain-row-too-long", long_row, "domain: a list was expected of length 2"
    relation = changed(base, (f"{at}.rows", [["<=", row(0, 0)]]))
    yield "domain-row-of-unknown-relation", relation, "domain: one of >=, > was expected"
    triple = changed(base, (f"{at}.rows", [[">=", row(0, 0), row(0, 0)]]))
    yield "domain-row-with-three-entries", triple, "domain: a list was expected of length 2"


# --- statements (A4) -------------------------------------------------------------------------------------------


def statements() -> Iterator[tuple[str, JSON, str]]:
    no_network = certificate("fails", {"point": point(0)}, networks=[], domain=BALL, claim=[[]])
    yield "statement-of-no-network", no_network, "statement: at least one network and one input"
    constant = [layer(((1,), 0))]
    no_input = certificate(
        "fails", {"point": point()}, networks=[constant], domain=domain(), claim=[[atom((0,), (-1,))]]
    )
    yield "statement-of-no-input", no_input, "statement: at least one network and one input"
    two = [one_unit(RELU), one_unit(ABS)]
    one = "statement: a list was expected of length"
    yield "value-of-two-networks", changed("half-value", ("statement.networks.1", one_unit(ABS))), f"{one} 1"
    twice = ["split", 0, "left"]
    cell_left, cell_right = ["cell", "2", row(-1)], ["cell", "2", row(1)]
    both = [twice, ["next"], twice, cell_left, ["empty", *uses((0, 1), (1, 1))]]
    both += [["next"], twice, ["thin", *uses((0, 1), (1, 1))], cell_right]
    counted = changed(cells(two[0], BALL, 2, *both), ("statement.networks", two))
    yield "cells-of-two-networks", counted, f"{one} 1"
    three = changed("maximum-again", ("statement.networks.2", one_unit(RELU, weights=(0, 1, 0))))
    yield "equal-of-three-networks", three, f"{one} 2"
    sizes = certificate(
        "equal",
        {"steps": [["next"], ["goal", [], []]]},
        networks=[one_unit(IDENTITY), [layer(((0, 1), 0), ((0, 2), 0))]],
        domain=BALL,
    )
    yield "equal-of-two-sizes", sizes, "statement: networks with 1 and 2 outputs cannot be equal"
    unequal = certificate(
        "equal",
        {"steps": [["next"], ["goal", uses((0, 1)), uses((0, 1))]]},
        networks=[one_unit(IDENTITY), one_unit(IDENTITY, weights=(0, 0))],
        domain=UNIT,
    )
    yield "equal-that-is-only-at-least", unequal, "step 1 (goal): the combination is no contradiction"
    relation = changed("half-holds", ("statement.claim.0.0.0", "="))
    yield "claim-of-unknown-relation", relation, "claim: one of >=, > was expected"
    row_x = changed("half-holds", ("statement.claim.0.0.1", row(-1, 0, 0)))
    yield "claim-row-reaches-beyond-x", row_x, "claim: a list was expected of length 2"
    row_y = changed("half-holds", ("statement.claim.0.0.2", row(2, 0)))
    yield "claim-row-reaches-beyond-y", row_y, "claim: a list was expected of length 1"
    four = changed("half-holds", ("statement.claim.0.0.3", "0"))
    yield "claim-atom-with-four-entries", four, "claim: a list was expected of length 3"
    flat = changed("nothing-is-claimed", ("statement.claim", {}))
    yield "claim-is-an-object", flat, "claim: a list was expected"
    second = {"over": "1", "terms": [["1", [0]]]}  # |y1 - 1| <= 0 of an output that is not there
    yield (
        "target-without-output",
        changed("zero-error", ("statement.targets.1", second)),
        "targets: a list was expected",
    )
    yield "target-over-zero", changed("zero-error", ("statement.targets.0.over", "0")), "targets: a positive number"
    # |0 - 1/(-1)| <= 0 "follows" when clearing a negative denominator turns both inequalities
    negative = changed(
        "zero-error",
        ("statement.targets.0", {"over": "-1", "terms": []}),
    )
    yield "target-over-negative", negative, "targets: a positive number"
    twice_square = changed("sawtooth-1", ("statement.targets.0.terms", [["2", [2]], ["1", [2]]]))
    yield "target-monomial-twice", twice_square, "targets: a monomial stands twice"
    long_powers = changed("zero-error", ("statement.targets.0.terms", [["0", [1, 0]]]))
    yield "target-exponents-too-many", long_powers, "targets: a list was expected of length 1"
    triple = changed("zero-error", ("statement.targets.0.terms", [["0", [1], 0]]))
    yield "target-term-with-three-entries", triple, "targets: a list was expected of length 2"
    degree = changed("zero-error", ("statement.targets.0.terms", [["0", [401]]]))
    yield "target-exponent-too-large", degree, "targets: an index from 0 to 400"
    total = changed("error-in-two-dimensions", ("statement.targets.0.terms.1", ["0", [201, 200]]))
    yield "target-degree-too-large", total, "targets: a monomial stands twice or its degree exceeds 400"
    yield "error-with-two-values", changed("zero-error", ("statement.error.at.1", "1")), "error: a list was expected"
    yield "error-over-zero", changed("zero-error", ("statement.error.over", "0")), "error: a positive number"
    yield "error-over-negative", changed("zero-error", ("statement.error.over", "-1")), "error: a positive number"
    yield "values-too-many", changed("half-value", ("statement.values.at.1", "0")), "values: a list was expected"
    # pieces x and 0 joined at 0 by nobody: the step has two forms
    jump = cells(one_unit(STEP), BALL, 2, ["split", 0, "right"], cell_left, cell_right, kind="linear-regions")
    needs = "statement: linear-regions needs one input and continuous activations"
    yield "regions-of-a-jump", jump, needs
    beside = [layer(((0, 1), 0), ((0, 1), 1), tables=[RELU, STEP])]
    steps = [["split", 0, "left"], ["split", 1, "right"], cell_left, ["thin", *uses((0, 1), (1, 1))]]
    steps += [["split", 1, "right"], ["empty", *uses((0, 1), (1, 1))], cell_right]
    yield "regions-of-a-jump-beside-a-bend", cells(beside, BALL, 2, *steps, kind="linear-regions"), needs
    hidden = one_unit(table((0, "right", 0, 0), (0, "left", 0, 1), (0, 0)))  # 1 at 0 alone
    steps = [["split", 0, "right"], cell_left, ["split", 0, "left"], ["thin", *uses((0, 1))], cell_right]
    yield "regions-of-a-jump-at-one-point", cells(hidden, BALL, 1, *steps, kind="linear-regions"), needs
    plane = [layer(((0, 1, 1), 0))]
    yield "regions-in-the-plane", cells(plane, SQUARE, 1, ["cell", "1", row(0, 0)], kind="linear-regions"), needs
    ranged = one_unit(table((-1, "right", "none"), (1, 0)))
    outside = [["split", 0, "right"], ["empty", *uses((0, 1))], ["cell", "1", row(0)]]
    yield "regions-of-a-range", cells(ranged, BALL, 1, *outside, kind="linear-regions"), needs


# --- points (A10) ------------------------------------------------------------------------------------------------


def points() -> Iterator[tuple[str, JSON, str]]:
    base = "half-holds"
    differs = "point: an output differs from the stated value"
    yield "value-off-by-one", changed("half-value", ("statement.values.at.0", "2")), differs
    yield (
        "value-off-by-a-little",
        changed("half-value", ("statement.values", point(10**30 + 1, over=2 * 10**30))),
        differs,
    )
    two = certificate("value", {}, networks=[[layer(((0, 1), 0), ((0, 1), 0))]], point=point(1), values=point(1, 2))
    yield "value-of-second-output-wrong", two, differs
    yield "value-at-a-tie-of-the-other-piece", changed("half-value", ("statement.values", point(0))), differs
    yield "value-point-over-zero", changed("half-value", ("statement.point.over", "0")), "point: a positive number"
    yield "values-over-zero", changed("half-value", ("statement.values.over", "0")), "values: a positive number"
    negative = changed("half-value", ("statement.values", point(-1, over=-2)))
    yield "values-over-negative", negative, "values: a positive number"
    yield (
        "holds-outside-the-domain",
        changed(base, ("evidence.point", point(2))),
        "point: it does not lie in the domain",
    )
    rows = changed(base, ("statement.domain.rows", [[">", row(0, -1)]]), ("statement.domain.point", point(-1, over=2)))
    yield "holds-on-a-strict-row", rows, "point: it does not lie in the domain"
    yield "holds-where-it-fails", changed(base, ("evidence.point", point(-1))), "point: the claim does not hold there"
    yield "holds-strictly-at-equality", changed(base, ("statement.claim.0.0.0", ">")), "point: the claim does not hold"
    second = changed(base, ("statement.claim.1", [atom((-1, 0), (1,))]))
    yield "holds-in-one-clause-only", second, "point: the claim does not hold there"
    empty = changed(base, ("statement.claim.1", []))
    yield "holds-with-an-empty-clause", empty, "point: the claim does not hold there"
    networks = certificate(
        "holds",
        {"point": point(-1)},
        networks=[one_unit(ABS), one_unit(RELU)],
        domain=BALL,
        claim=[[atom((-1, 0), (0, 1))]],
    )
    yield "holds-for-the-other-network", networks, "point: the claim does not hold there"
    yield "fails-where-it-holds", changed("half-fails", ("evidence.point", point(1))), "point: the claim does not fail"
    other = changed("half-fails", ("statement.claim.0.1", atom((1, 0), (0,))))
    yield "fails-in-one-atom-only", other, "point: the claim does not fail there"
    yield "point-too-long", changed(base, ("evidence.point.at.1", "0")), "point: a list was expected of length 1"
    yield "point-over-negative", changed(base, ("evidence.point.over", "-1")), "point: a positive number"
    beyond = certificate(
        "holds",
        {"point": point(5, over=2)},
        networks=[one_unit(CLIPPED_FLOOR)],
        domain=domain((0, 3)),
        claim=[[atom((0, 1), (-1,))]],
    )
    yield "point-meets-the-piece-none", beyond, "point: a preactivation leaves the range"
    two_units = [layer(((0, 1), 0), ((0, 1), 1), tables=[CLIPPED_FLOOR, IDENTITY])]
    one = changed(beyond, ("statement.networks.0", two_units), ("statement.claim.0.0.2", row(-1, 0)))
    yield "point-meets-the-piece-none-in-one-unit", one, "point: a preactivation leaves the range"
    yield "error-smaller-at-its-point", changed("sawtooth-2", ("evidence.point", point(0))), "point: the error at this"
    slightly = changed("sawtooth-1", ("evidence.point", point(2**20 + 1, over=2**22)))
    yield "error-slightly-smaller-at-its-point", slightly, "point: the error at this point is smaller"
    far = changed("sawtooth-1", ("evidence.point", point(2)))
    yield "error-point-outside-the-domain", far, "point: it does not lie in the domain"
    yield "error-of-no-output", changed("sawtooth-1", ("evidence.output", 1)), "output: an index from 0 to 0"
    stated = changed("sawtooth-1", ("statement.error", point(1, over=15)))
    yield "error-stated-too-large", stated, "step "


# --- steps (A5) --------------------------------------------------------------------------------------------------


def steps() -> Iterator[tuple[str, JSON, str]]:
    base = "relu-nonnegative"
    relu = one_unit(RELU)
    yield "steps-surplus", changed(base, ("evidence.steps.5", CLOSE)), "step 5 (goal): no case is open"
    short = changed(base, ("evidence.steps", TRUE[base]["evidence"]["steps"][:3]))
    yield "steps-leave-a-case-open", short, "step 3: cases still open: 1"
    yield "steps-none-at-all", changed(base, ("evidence.steps", [])), "step 0: cases still open: 1"
    yield "step-empty", changed(base, ("evidence.steps.0", [])), "step 0: one of split"
    yield "step-unknown", changed(base, ("evidence.steps.0", ["trust"])), "step 0: one of split"
    volume = changed(base, ("evidence.steps.0", ["simplex", "1", [row(0), row(1)]]))
    yield "simplex-in-a-claim", volume, "step 0: one of split"
    false_claim = [[atom((-1, 0), (1,))]]  # y >= 1
    split = ["split", 0, "left"]
    flat = domain((0, 1), rows=[(">=", (0, 1)), (">=", (0, -1))])
    yield "thin-in-a-claim", always(relu, flat, false_claim, ["thin", *uses((0, 1), (1, 1))]), "step 0: one of split"
    yield "cell-in-a-claim", always(one_unit(IDENTITY), UNIT, false_claim, ["cell", "2", row(1)]), "step 0: one of"
    cell_left, cell_right = ["cell", "2", row(-1)], ["cell", "2", row(1)]
    cut = ["cut", row(0, 1), "left"]
    yield "cut-in-a-count", cells(one_unit(IDENTITY), BALL, 2, cut, cell_left, cell_right), "step 0: one of split"
    goal = cells(relu, BALL, 1, split, ["goal"], cell_right)
    yield "goal-in-a-count", goal, "step 1: one of split"
    long_split = changed(base, ("evidence.steps.0.3", "left"))
    yield "split-with-four-entries", long_split, "step 0 (split): a list was expected of length 3"
    yield "split-of-no-unit", changed(base, ("evidence.steps.0.1", 1)), "step 0 (split): an index from 0 to 0"
    owner = changed(base, ("evidence.steps.0.2", "both"))
    yield "split-of-no-owner", owner, "step 0 (split): one of left, right"
    again = always(relu, BALL, NONNEGATIVE, split, split, CLOSE, ["empty", *uses((0, 1), (1, 1))], CLOSE_WITH_CASE)
    yield "split-of-a-settled-unit", again, "step 1 (split): the unit has no breakpoint left"
    smooth = always(one_unit(IDENTITY), UNIT, NONNEGATIVE, split, CLOSE, CLOSE)
    yield "split-without-breakpoint", smooth, "step 0 (split): the unit has no breakpoint left"
    # 0 below 0, then a piece that is never in force, then 1 from 0 on: the value at 0 is 1
    ghost = one_unit(table((0, "right", 0, 0), (0, "right", 0, 0), (0, 1)))
    ghost_steps = [split, CLOSE, ["split", 0, "right"], CLOSE, ["empty", *uses((1, 1))]]
    never = "step 0 (split): the next piece is never in force there"
    yield "split-vouched-by-a-piece-never-in-force", always(ghost, domain((-1, 0)), AT_MOST_ZERO, *ghost_steps), never
    # the jump is in the offsets over q = 2: 0 below, 1/2 from 0 on
    late = one_unit(table((1, "right", 0, 0), (1, "right", 0, 0), (0, 1)))  # the same at 1
    late_steps = [split, CLOSE, ["split", 0, "right"], CLOSE, ["empty", *uses((1, 1))]]
    yield "split-vouched-by-a-piece-never-in-force-at-one", always(late, UNIT, AT_MOST_ZERO, *late_steps), never
    offset = one_unit(table((0, "right", 0, 0), (0, 1)), q=2)
    jumps = "step 0 (split): the activation jumps there"
    forged = always(offset, domain((-1, 0)), AT_MOST_ZERO, split, CLOSE, ["empty", *uses((0, 1))])
    yield "split-at-a-jump-of-a-half", forged, jumps
    # 1 up to 0, 0 above: the tie given to the right, where the value is 0
    downward = one_unit(table((0, "left", 0, 1), (0, 0)))
    below = ["split", 0, "right"]
    right = always(downward, UNIT, AT_MOST_ZERO, below, ["empty", *uses((0, 1))], CLOSE)
    yield "split-at-a-jump-given-to-the-right", right, jumps
    # at t = 1 over q = 2 (z = 1/2): slopes agree at t = 1 only if the offset is multiplied by q
    scaled = one_unit(table((1, "right", 2, 0), (0, 2)), q=2)  # z below 1/2, then 1: jumps from 1/2 to 1
    half = domain((0, 1), over=2)
    claim = [[atom((1, 0), (-2,))]]  # y <= 1/2 on [0, 1/2]
    last = always(scaled, half, claim, split, ["goal", uses((0, 1), (1, 1))], ["empty", *uses((0, 1))])
    yield "split-at-a-jump-beside-zero", last, jumps
    # the piece after the next one agrees, the next one does not
    later = one_unit(table((0, "right", 0, 0), (1, "right", 0, 1), (0, 0)))
    vouched = always(later, domain((-1, 0)), AT_MOST_ZERO, split, CLOSE, ["empty", *uses((0, 1))])
    yield "split-vouched-by-a-later-piece", vouched, jumps
    to_none = one_unit(table((0, "right", 0, 0), ("none",)))
    vanished = always(to_none, domain((-1, 0)), AT_MOST_ZERO, split, CLOSE, ["empty", *uses((0, 1))])
    yield "split-vouched-by-the-piece-none", vanished, jumps
    both = always(one_unit(IDENTITY), UNIT, NONNEGATIVE, ["cut", row(-1, 2), "both"], CLOSE, CLOSE)
    yield "cut-of-no-owner", both, "step 0 (cut): one of left, right"
    four = always(one_unit(IDENTITY), UNIT, NONNEGATIVE, ["cut", row(-1, 2), "left", 0], CLOSE, CLOSE)
    yield "cut-with-four-entries", four, "step 0 (cut): a list was expected of length 3"
    for words, entries in {"long": row(-1, 2, 0), "short": row(-1)}.items():
        document = always(one_unit(IDENTITY), UNIT, NONNEGATIVE, ["cut", entries, "left"], CLOSE, CLOSE)
        yield f"cut-row-too-{words}", document, "step 0 (cut): a row of another length"
    # y = -x on [0, 1] is not >= 0, but the layer before is
    turned = [layer(((0, 1), 0)), layer(((0, -1), 0))]
    yield "goal-before-the-last-layer", always(turned, UNIT, NONNEGATIVE, CLOSE), "step 0 (goal): layers are left"
    first = certificate(
        "always",
        {"steps": [["goal", uses((0, 1))]]},
        networks=[one_unit(IDENTITY), one_unit(IDENTITY, weights=(0, -1))],
        domain=UNIT,
        claim=[[atom((0, 0), (1, 0))]],
    )
    yield "goal-before-the-last-network", first, "step 0 (goal): layers are left"
    open_slot = always(relu, BALL, AT_MOST_ZERO, CLOSE)
    yield "goal-with-a-breakpoint-left", open_slot, "step 0 (goal): a unit has a breakpoint left"
    chain = [layer(((0, 1), 0), tables=[RELU]), layer(((0, 1), 0))]
    open_next = always(chain, BALL, AT_MOST_ZERO, ["next"], CLOSE)
    yield "next-with-a-breakpoint-left", open_next, "step 0 (next): a unit has a breakpoint left"
    yield "next-with-two-entries", changed(base, ("evidence.steps.1.1", 0)), "step 1 (next): a list was expected"
    yield "next-after-the-last-layer", always(relu, UNIT, NONNEGATIVE, split, ["next"]), "step 1 (next): there is no"
    short_goal = always(one_unit(IDENTITY), UNIT, [*NONNEGATIVE, *false_claim], CLOSE)
    yield "goal-leaves-out-a-clause", short_goal, "step 0 (goal): a list was expected of length 3"
    yield "goal-closes-no-clause", changed(base, ("evidence.steps.2", ["goal"])), "step 2 (goal): a list was expected"
    surplus = changed("zero-error", ("evidence.steps.0.3", []))
    yield "goal-with-surplus-polynomials", surplus, "step 0 (goal): a list was expected of length 3"
    floor = one_unit(CLIPPED_FLOOR)
    split_right = ["split", 0, "right"]
    none_goal = always(floor, domain((2, 3)), false_claim, split_right, ["empty", *uses((0, 1))], split_right)
    none_goal["evidence"]["steps"] += [["empty", *uses((0, 1))], split_right, ["empty", *uses((0, 1))], CLOSE]
    yield "goal-in-the-piece-none", none_goal, "step 6 (goal): a unit stands outside the range"


# --- linear leaves (A6) --------------------------------------------------------------------------------------------


def leaves() -> Iterator[tuple[str, JSON, str]]:
    same = one_unit(IDENTITY)
    no = "the combination is no contradiction"
    at_least_two = [[atom((-2, 0), (1,))]]  # x >= 2 on [0, 1]: negated 2 - x > 0
    yield "multiplier-negative", always(same, UNIT, at_least_two, ["goal", uses((0, -1))]), "step 0 (goal): a positive"
    # x > 0 on [0, 1]: -x >= 0 gives V = 0; strictness is borrowed from a strict row that is not used
    strict = domain((0, 1), rows=[(">", (2, -1))])
    positive = [[atom((0, 0), (1,), ">")]]
    yield "multiplier-zero", always(same, strict, positive, ["goal", uses((0, 1), (1, 0))]), "step 0 (goal): a positive"
    yield "combination-positive", always(same, UNIT, [[atom((-1, 0), (1,))]], CLOSE), f"step 0 (goal): {no}"
    tiny = always(same, domain((1, 3), over=10**12), [[atom((-2, 0), (10**12,))]], CLOSE)
    yield "combination-slightly-positive", tiny, f"step 0 (goal): {no}"
    yield "combination-empty", always(same, UNIT, positive, ["goal", []]), f"step 0 (goal): {no}"
    yield "empty-of-nothing", always(same, UNIT, positive, ["empty"]), f"step 0 (empty): {no}"
    triple = always(same, UNIT, NONNEGATIVE, ["goal", [[0, "1", "1"]]])
    yield "multiplier-with-three-entries", triple, "step 0 (goal): a list was expected of length 2"
    unbounded = "the combination is unbounded on the box"
    open_above = always(same, domain((0, None)), [[atom((1, 0), (-1,))]], CLOSE)
    yield "box-unbounded-above-is-used", open_above, f"step 0 (goal): {unbounded}"
    open_below = always(same, domain((None, 0)), [[atom((1, 0), (1,))]], CLOSE)
    yield "box-unbounded-below-is-used", open_below, f"step 0 (goal): {unbounded}"
    # -x - 1 > 0 has its maximum over [-2, 1] at the left end, not at the right one
    yield (
        "box-end-of-the-wrong-sign",
        always(same, domain((-2, 1)), [[atom((1, 0), (1,))]], CLOSE),
        f"step 0 (goal): {no}",
    )
    halves = always(same, domain((1, 2), over=2), [[atom((-1, 0), (1,))]], CLOSE)  # x >= 1 on [1/2, 1]
    yield "box-denominator-forgotten", halves, f"step 0 (goal): {no}"
    shared = [layer(((0, 1), 0), over=2)]  # y = x/2
    yield "form-denominator-forgotten", always(shared, UNIT, [[atom((0, -1), (1,))]], CLOSE), f"step 0 (goal): {no}"
    two = certificate(
        "always",
        {"steps": [["next"], ["goal", uses((0, 1))]]},
        networks=[[layer(((0, 1), 0), over=2)], [layer(((0, 1), 0), over=3)]],
        domain=UNIT,
        claim=[[atom((0, 0), (-1, 1))]],
    )
    yield "form-denominators-mixed", two, f"step 1 (goal): {no}"
    half_jump = one_unit(HALF_AT_ZERO, q=2)
    split = ["split", 0, "right"]
    claim = [[atom((0, 0), (-2,)), atom((0, 1), (0,), ">")]]  # x > 0 or y <= 0
    middle = always(
        half_jump, BALL, claim, split, ["goal", uses((0, 1))], ["split", 0, "left"], ["goal", uses((0, 1))], CLOSE
    )
    middle["evidence"]["steps"][4] = ["goal", uses((1, 1), (2, 1))]
    yield "piece-at-one-point-forgotten", middle, f"step 3 (goal): {no}"


# --- polynomial leaves (A7) ----------------------------------------------------------------------------------------


def polynomials() -> Iterator[tuple[str, JSON, str]]:
    zero = one_unit(table((0, 0)))
    negated = ["1", [0], None]
    constant, no = "the sum is not constant", "the sum is no contradiction"
    # |0 - x| <= 0 on [0, 1] is false; the negated atoms are -x > 0 and x > 0
    false_error = error_at_most(zero, UNIT, [["1", [1]]], point(0), ["goal", [negated], [negated]])
    yield "polynomial-wrong-identity", false_error, f"step 0 (goal): {constant}"
    # |0 - 1| <= 0: the second negated atom is the constant 1 > 0
    one = [["1", [0]]]
    yield (
        "polynomial-positive-constant",
        error_at_most(zero, UNIT, one, point(0), ["goal", [negated], [negated]]),
        f"step 0 (goal): {no}",
    )
    # |0 - x| <= 0: x > 0, and 0 = (-x) + x with the closed side x >= 0 of the box alone, or with nothing at all
    nothing = error_at_most(zero, UNIT, [["1", [1]]], point(0), ["goal", [negated, ["1", [1], None]], []])
    yield "polynomial-of-no-term", nothing, f"step 0 (goal): {no}"
    closed = domain((None, None), rows=[(">=", (0, 1)), (">=", (0, -1))])
    equality = error_at_most(
        one_unit(table((0, 1))), closed, [], point(0), ["goal", [["1", [1], None], ["1", [2], None]], [negated]]
    )
    yield "polynomial-equality-not-strict", equality, f"step 0 (goal): {no}"
    # a square may vanish: 0 = 0 * x^2 says nothing even if its guard is strict
    nothing_squared = [["1", [0], []]]
    rooted = error_at_most(zero, UNIT, [["1", [1]]], point(0), ["goal", [negated, ["1", [1], None]], nothing_squared])
    yield "polynomial-strict-term-with-a-root", rooted, f"step 0 (goal): {no}"
    mixed = error_at_most(
        one_unit(table((0, 1))), closed, [], point(0), ["goal", [["1", [1, 0], None], ["1", [2, 0], None]], [negated]]
    )
    yield "polynomial-strict-guard-times-closed-guard", mixed, f"step 0 (goal): {no}"
    flat = domain((0, 0))
    box = error_at_most(
        one_unit(table((0, 1))), flat, [], point(0), ["goal", [["1", [1], None], ["1", [2], None]], [negated]]
    )
    yield "polynomial-box-side-is-not-strict", box, f"step 0 (goal): {no}"
    factor = "step 0 (goal): a positive number was expected"
    # |1 - 0| <= 0: the first negated atom is 1 > 0
    minus = error_at_most(one_unit(table((0, 1))), UNIT, [], point(0), ["goal", [["-1", [0], None]], [negated]])
    yield "polynomial-factor-negative", minus, factor
    void = error_at_most(one_unit(table((0, 1))), UNIT, [], point(0), ["goal", [["0", [0], None]], [negated]])
    yield "polynomial-factor-zero", void, factor
    absent = error_at_most(zero, domain((None, None)), [], point(0), ["goal", [negated, ["1", [1], []]], [negated]])
    yield "polynomial-guard-of-no-bound", absent, "step 0 (goal): no such guard"
    beyond = changed("zero-error", ("evidence.steps.0.1.1", ["1", [3], []]))
    yield "polynomial-guard-that-does-not-exist", beyond, "step 0 (goal): an index from 0 to 2"
    four = changed("zero-error", ("evidence.steps.0.1.0.3", None))
    yield "polynomial-term-with-four-entries", four, "step 0 (goal): a list was expected of length 3"
    large = [["0", [a, b]] for a in range(34) for b in range(30)]
    root = changed("error-in-two-dimensions", ("evidence.steps.0.1.3", ["1", [], large]))
    yield "polynomial-product-too-large", root, "step 0 (goal): a product of polynomials is too large"
    too_small = changed("sawtooth-1", ("statement.error", point(1, over=17)))
    yield "polynomial-error-too-small", too_small, "step 2 (goal): the sum is not constant"
    single = changed("zero-error", ("evidence.steps.0.1", {}))
    yield "polynomial-is-an-object", single, "step 0 (goal): a list was expected"


# --- counting (A8) -----------------------------------------------------------------------------------------------


def counts() -> Iterator[tuple[str, JSON, str]]:
    relu = one_unit(RELU)
    split = ["split", 0, "left"]
    left, right = ["cell", "2", row(-1)], ["cell", "2", row(1)]
    not_inside = "the point is not inside the cell"
    yield "count-off-by-one", changed("cells-of-two-layers", ("statement.count", "5")), "count: the steps show 4"
    yield "count-of-regions-off-by-one", changed("regions-of-hat", ("statement.count", "3")), "count: the steps show 4"
    # relu(x) - relu(-x) = x: two cells, one region
    joined = changed("regions-joined", ("statement.count", "2"))
    yield "count-of-regions-not-joined", joined, "count: the steps show 1"
    yield "count-of-cells-joined", changed("cells-of-duplicates", ("statement.count", "3")), "count: the steps show 4"
    # a relu that never bends on [0, 1]: the left side is the point 0
    touching = cells(relu, UNIT, 2, split, ["cell", "1", row(0)], right)
    yield "cell-on-a-hyperplane", touching, f"step 1 (cell): {not_inside}"
    edge_place = domain((-1, 1), (-1, 1), rows=[(">=", (0, 1, 0))], at=point(0, 0))
    beside = cells(
        one_unit(RELU, weights=(0, 1, 0)), edge_place, 2, split, ["cell", "1", row(0, 0)], ["cell", "2", row(1, 0)]
    )
    yield "cell-on-a-hyperplane-along-an-axis", beside, f"step 1 (cell): {not_inside}"
    flat = cells(one_unit(IDENTITY), domain((0, 0)), 1, ["cell", "1", row(0)])
    yield "cell-on-both-sides-of-a-flat-box", flat, f"step 0 (cell): {not_inside}"
    low, high = cells(relu, BALL, 2, split, ["cell", "1", row(-1)], right), None
    yield "cell-on-the-low-side-of-the-box", low, f"step 1 (cell): {not_inside}"
    high = cells(relu, BALL, 2, split, left, ["cell", "1", row(1)])
    yield "cell-on-the-high-side-of-the-box", high, f"step 2 (cell): {not_inside}"
    outside = cells(relu, BALL, 2, split, ["cell", "1", row(-2)], right)
    yield "cell-outside-the-box", outside, f"step 1 (cell): {not_inside}"
    beyond = cells(relu, domain((0, 1)), 2, split, ["cell", "2", row(1)], right)
    yield "cell-on-the-wrong-side", beyond, f"step 1 (cell): {not_inside}"
    # a unit constantly 0 has one sign, 0: its strict side holds no point
    both = cells(one_unit(RELU, weights=(0, 0)), BALL, 2, split, left, right)
    yield "cell-on-both-sides-of-a-zero-unit", both, f"step 2 (cell): {not_inside}"
    constant = cells(one_unit(RELU, weights=(-1, 0)), BALL, 2, split, left, right)
    yield "cell-against-a-constant-row", constant, f"step 2 (cell): {not_inside}"
    rowed = domain((0, 1), rows=[(">=", (-1, 2)), (">=", (1, -2))], at=point(1, over=2))
    edge = cells(one_unit(IDENTITY), rowed, 1, ["cell", "2", row(1)])
    yield "cell-on-the-rows-of-the-domain", edge, f"step 0 (cell): {not_inside}"
    yield "cell-over-zero", cells(relu, BALL, 2, split, ["cell", "0", row(-1)], right), "step 1 (cell): a positive"
    turned = cells(relu, domain((None, None)), 2, split, ["cell", "-2", row(-1)], right)
    yield "cell-over-negative", turned, "step 1 (cell): a positive"
    four = cells(relu, BALL, 2, split, [*left, "1"], right)
    yield "cell-with-four-entries", four, "step 1 (cell): a list was expected of length 3"
    long_point = cells(relu, BALL, 2, split, ["cell", "2", row(-1, 0)], right)
    yield "cell-point-too-long", long_point, "step 1 (cell): a list was expected of length 1"
    yield "cell-with-a-breakpoint-left", cells(relu, BALL, 1, right), "step 0 (cell): a unit has a breakpoint left"
    chain = [layer(((0, 1), 0)), layer(((0, 1), 0), tables=[RELU])]
    yield "cell-before-the-last-layer", cells(chain, BALL, 1, right), "step 0 (cell): layers are left"
    ranged = one_unit(table((0, "right", "none"), (1, 0)))
    none = cells(ranged, BALL, 2, ["split", 0, "right"], left, right)
    yield "cell-in-the-piece-none", none, "step 1 (cell): a unit stands outside the range"
    thin = "the case is not shown to lie in a hyperplane"
    yield (
        "thin-that-has-an-interior",
        cells(relu, BALL, 1, split, ["thin", *uses((0, 1))], right),
        f"step 1 (thin): {thin}",
    )
    zero = cells(one_unit(RELU, weights=(0, 0)), BALL, 0, split, ["thin", *uses((0, 1))], ["empty", *uses((0, 1))])
    yield "thin-of-a-constant-row", zero, f"step 1 (thin): {thin}"
    yield "thin-of-nothing", cells(relu, BALL, 1, split, ["thin"], right), f"step 1 (thin): {thin}"
    # x >= 0 and -x >= 0 would do, but a multiplier 0 of a moving row does not
    rows = domain((0, 1), rows=[(">=", (0, 0)), (">=", (0, 1))])
    borrowed = cells(one_unit(IDENTITY), rows, 0, ["thin", *uses((1, 1), (0, 0))])
    yield "thin-with-a-multiplier-zero", borrowed, "step 0 (thin): a positive number was expected"
    open_case = cells(relu, BALL, 1, split, left)
    yield "count-leaves-a-case-open", open_case, "step 2: cases still open: 1"
    vanished = cells(relu, BALL, 1, split, ["empty", *uses((0, 1))], right)
    yield "count-loses-a-cell", vanished, "step 1 (empty): the combination is no contradiction"
    hat = TRUE["regions-of-hat"]["evidence"]["steps"]
    lost = certificate(
        "linear-regions", {"steps": hat[:-1]}, networks=[one_unit(HAT, q=2)], domain=domain((-1, 2)), count="3"
    )
    yield "count-of-regions-leaves-a-case-open", lost, f"step {len(hat) - 1}: cases still open: 1"


def all_forged() -> tuple[Forged, ...]:
    groups = (
        false_proofs,
        shapes,
        assumptions,
        networks,
        domains,
        statements,
        points,
        steps,
        leaves,
        polynomials,
        counts,
        *further.GROUPS,
        *blocks.GROUPS,
    )
    found = [Forged(name, text, message) for name, text, message in texts()]
    found += [
        Forged(f"{name}.json", written(document), message) for group in groups for name, document, message in group()
    ]
    return tuple(found)


def main() -> None:
    forged = all_forged()
    for old in (*FOLDER.glob("*.json"), *FOLDER.glob("*.jsonl")):
        old.unlink()
    for entry in forged:
        (FOLDER / entry.name).write_bytes(entry.text.encode("utf-8"))
    print(f"{len(forged)} forged certificates in {FOLDER.name}/")


if __name__ == "__main__":
    main()
