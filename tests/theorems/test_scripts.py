"""Headers and instances: what a theorem script must say."""

from __future__ import annotations

from pathlib import Path

import pytest

import verinet as vn
from verinet.errors import BadFormat, Unsupported
from verinet.theorems import Instance, Reference, read_header, theorem

HEADER = """A title over
two lines.

Statement.  One.

Notation.  Two,
on two lines.

Method.  Three.

References.  arora2018 (Theorem 2.1); yarotsky2017.

Tags.  first, second one.
"""
x = vn.variable("x")
f = vn.network(x, vn.relu(x))


def test_a_header_is_read_part_by_part() -> None:
    header = read_header(HEADER)
    assert header.title == "A title over two lines"
    assert (header.statement, header.notation, header.method) == ("One.", "Two, on two lines.", "Three.")
    assert header.references == (Reference("arora2018", "Theorem 2.1"), Reference("yarotsky2017", ""))
    assert header.tags == ("first", "second one")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A title alone.",
        HEADER.replace("Statement.  One.", ""),
        HEADER.replace("Method.  Three.", "Method."),
        HEADER.replace("Notation.", "Statement.", 1),
        HEADER.replace("A title over\ntwo lines.\n", ""),
        HEADER.replace("arora2018 (Theorem 2.1)", "Arora et al."),
        HEADER.replace("arora2018 (Theorem 2.1)", "arora2018 Theorem 2.1"),
    ],
)
def test_an_incomplete_header_is_refused(text: str) -> None:
    with pytest.raises(BadFormat, match="Fix:"):
        read_header(text)


@pytest.mark.parametrize("label", ["", "../m1", "M1", "m 1", "m1.json", "m1\n"])
def test_a_label_is_a_piece_of_a_file_name(label: str) -> None:
    with pytest.raises(BadFormat, match="Fix:"):
        Instance(label, vn.claims.value(f, at=0) == 0)


def test_only_claims_with_an_opposite_can_be_refuted() -> None:
    false = vn.claims.always(f, vn.claims.outputs(f)[0] < 1, vn.interval(0, 1))
    assert Instance("a", false, refuted=True).true_claim == false.fails()
    assert Instance("a", false).true_claim is false
    with pytest.raises(Unsupported, match="opposite"):
        Instance("a", vn.claims.linear_regions(f, vn.interval(0, 1)) == 2, refuted=True)


@pytest.mark.parametrize(
    "words",
    [
        {"scope": "all", "source": "derived"},
        {"scope": "single", "source": "folklore"},
        {"scope": "single", "source": "derived", "mode": "never"},
    ],
)
def test_the_decorator_knows_its_words(words: dict[str, str]) -> None:
    with pytest.raises(BadFormat, match="is none of"):
        theorem(**words)


def test_a_function_without_a_header_is_no_theorem() -> None:
    space: dict[str, object] = {"theorem": theorem}
    code = compile("def f():\n    yield\ntheorem(scope='single', source='derived')(f)", str(Path("script.py")), "exec")
    with pytest.raises(BadFormat, match="opens with a title"):
        exec(code, space)
