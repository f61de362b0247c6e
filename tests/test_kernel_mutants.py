"""Random changes of true certificates, kind by kind: what the kernel still accepts states nothing false.

A change hits a number, a sign, a word, an index, or drops, doubles or swaps steps.  Most are refused; of those that are
accepted (a weaker bound, a step that was not needed) each statement is searched for a reason why it is false.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from typing import Any

import pytest

from tests import falsity
from tests.forged import edit
from verinet import kernel

KINDS = ["all", *dict(kernel.KINDS)]
WORDS = (
    ("left", "right"),
    (">=", ">"),
    ("up", "down", "free"),
    ("1", "2", "inf"),
    ("positive", "negative"),
    ("yes", "no"),
)
SKIPPED = {"integral-of-a-large-number", "value-through-forty-layers", "sawtooth-3", "regions-of-sawtooth"}  # slow


def entries(holder: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, Any]]:
    """Every container with a key in it."""
    keys = list(holder) if isinstance(holder, dict) else range(len(holder)) if isinstance(holder, list) else []
    found: list[tuple[Any, Any]] = []
    for key in keys:
        found.append((holder, key))
        found += entries(holder[key])
    return found


def change(document: Any, rng: random.Random) -> None:
    """One change in place; now and then two."""
    for _ in range(rng.choice((1, 1, 1, 2))):
        part = document[rng.choice(("statement", "statement", "evidence"))]
        lists = [holder[key] for holder, key in entries(part) if key in ("steps", "rows", "claim", "terms", "signs")]
        lists = [entry for entry in lists if isinstance(entry, list) and entry]
        leaves = [(h, k) for h, k in entries(part) if isinstance(h[k], str | int) and k not in ("kind", "format")]
        if lists and (not leaves or rng.random() < 0.2):
            shuffle(rng.choice(lists), rng)
        elif leaves:
            holder, key = rng.choice(leaves)
            holder[key] = another(holder[key], rng)


def shuffle(steps: list[Any], rng: random.Random) -> None:
    place, other = rng.randrange(len(steps)), rng.randrange(len(steps))
    way = rng.choice(("drop", "double", "swap"))
    if way == "drop":
        del steps[place]
    elif way == "double":
        steps.insert(other, steps[place])
    else:
        steps[place], steps[other] = steps[other], steps[place]


def another(value: Any, rng: random.Random) -> Any:
    if type(value) is int:
        return max(0, value + rng.choice((-1, 1)))
    for words in WORDS:
        if value in words and not (value in ("1", "2") and rng.random() < 0.9):
            return rng.choice(words)
    try:
        number = int(value, 16)
    except ValueError:
        return value
    others = (number + 1, number - 1, -number, 2 * number, 0, number + 1, number - 1, rng.randint(-9, 9))
    return format(rng.choice(others), "x")


def run(kind: str, count: int, seed: int = 0) -> Counter[str]:
    """Numbers of mutants refused, accepted unchanged in meaning or true; raises at a false one."""
    rng = random.Random(f"{kind} {seed}")
    bases = [d for name, d in edit.TRUE.items() if d["statement"]["kind"] == kind and name not in SKIPPED]
    texts = [json.dumps(document) for document in bases]
    found: Counter[str] = Counter()
    while sum(found.values()) < count:
        original = rng.choice(texts)
        document = json.loads(original)
        change(document, rng)
        if json.dumps(document) == original:
            continue
        try:
            kernel.check(json.dumps(document))
        except kernel.Rejected:
            found["refused"] += 1
            continue
        reason = falsity.why_false(document["statement"], document["evidence"], rng)
        assert not reason, f"accepted, but {reason}: {json.dumps(document)}"
        found["accepted"] += 1
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_some_mutants_of_each_kind(kind: str) -> None:
    assert run(kind, 30)["refused"] > 0


@pytest.mark.nightly
@pytest.mark.parametrize("kind", KINDS)
def test_a_thousand_mutants_of_each_kind(kind: str) -> None:
    assert run(kind, 1000, seed=1)["refused"] > 0


def test_falsehoods_are_found() -> None:
    """The search itself: it finds what is wrong in forged statements, and nothing in true ones."""
    falsity.self_test()
    rng = random.Random(2)
    wrong = [
        ("lipschitz-rows", "statement.error.at.0", "2"),
        ("lipschitz-columns", "statement.error.at.0", "1"),
        ("lipschitz-spectral", "statement.error.at.0", "4"),
        ("monotone", "statement.signs.0.1", "up"),
        ("orientation-kept", "statement.sign", "negative"),
        ("integral-of-relu", "statement.bounds.over", "3"),
        ("integral-over-a-triangle", "statement.bounds.over", "8"),
        ("integral-of-an-even-power", "statement.power", 1),
        ("maximum", "statement.claim.0.0.1.0", "-1"),
        ("maximum-again", "statement.networks.1.1.weights_over", "5"),
        ("sawtooth-1", "statement.error.over", "11"),
        ("cells-of-two-layers", "statement.count", "3"),
        ("regions-of-hat", "statement.count", "3"),
        ("half-value", "statement.values.over", "3"),
        ("half-holds", "evidence.point.at.0", "-1"),
        ("two-parabolas", "statement.networks.0.0.weights_over", "3"),
    ]
    for name, path, value in wrong:
        document = edit.changed(name, (path, value))
        assert falsity.why_false(document["statement"], document["evidence"], rng), name
    for name, document in edit.TRUE.items():
        if name not in SKIPPED:
            assert not falsity.why_false(document["statement"], document["evidence"], rng), name
