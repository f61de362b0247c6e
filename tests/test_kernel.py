"""The trusted kernel: what it accepts, what it refuses, and that its definitions say what the format says."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
from fractions import Fraction
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests import mutate
from tests.forged import edit, make, truths
from tests.forged.truths import layer, point
from verinet import kernel

ROOT = Path(__file__).resolve().parent.parent
FORGED = {entry.name: entry for entry in make.all_forged()}
TRUE = edit.TRUE


def check(document: Any) -> kernel.Report:
    return kernel.check(json.dumps(document))


# --- forged ones are refused, true ones accepted -----------------------------------------------------------------


def test_the_folder_holds_what_the_generator_writes() -> None:
    stored = {path.name: path.read_bytes() for path in make.FOLDER.iterdir() if path.suffix in (".json", ".jsonl")}
    assert stored == {name: entry.text.encode("utf-8") for name, entry in FORGED.items()}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_certificate_is_refused_and_its_place_named(name: str) -> None:
    with pytest.raises(kernel.Rejected) as refusal:
        kernel.check(FORGED[name].text, name.endswith(".jsonl"))
    assert str(refusal.value).startswith(FORGED[name].message)


@pytest.mark.parametrize("name", TRUE)
def test_a_true_certificate_is_accepted(name: str) -> None:
    report = check(TRUE[name])
    assert report.kind == TRUE[name]["statement"]["kind"]
    parts = TRUE[name]["evidence"].get("parts", [TRUE[name]["evidence"]])
    assert report.steps == sum(len(part.get("steps", [])) for part in parts)


def test_every_kind_of_statement_has_a_true_and_a_forged_certificate() -> None:
    kinds = {"all", *dict(kernel.KINDS)}
    assert {document["statement"]["kind"] for document in TRUE.values()} == kinds
    false = [
        entry
        for entry in FORGED.values()
        if entry.message.startswith(("step", "point:", "count", "integral", "part")) and entry.name.endswith(".json")
    ]
    forged = [json.loads(entry.text) for entry in false]
    assert {document["statement"]["kind"] for document in forged} == kinds


def test_every_step_stands_in_a_true_certificate() -> None:
    names = {name for _, (_, _, words) in kernel.KINDS for name in words.split()}
    proofs = [
        proof for document in TRUE.values() for proof in document["evidence"].get("parts", [document["evidence"]])
    ]
    assert {step[0] for proof in proofs for step in proof.get("steps", [])} == names


@pytest.mark.parametrize("name", ["maximum", "block-of-folds"])
def test_json_lines_are_the_same_certificate(name: str) -> None:
    document, steps = TRUE[name], TRUE[name]["evidence"]["steps"]
    for blocks in ([steps], [[step] for step in steps], [[], steps[:2], [], steps[2:]]):
        text = "\n".join(edit.lines_of(document, *blocks))
        assert kernel.check(text, lines=True) == kernel.check(text + "\n", lines=True) == check(document)
        assert kernel.check(iter(text.splitlines(keepends=True)), lines=True) == check(document)
        with pytest.raises(kernel.Rejected, match="file: not JSON"):
            kernel.check(text)


def test_hashes_are_of_the_values_and_not_of_the_layout() -> None:
    document = TRUE["maximum"]
    turned = json.loads(json.dumps(document, sort_keys=True))
    assert kernel.check(json.dumps(turned, indent=3)) == check(document)
    other = edit.changed(document, ("statement.networks.0.0.weights_over", "2"), ("statement.networks.0.1.over", "0"))
    other["statement"]["networks"][0][1].pop("over")
    assert kernel.digest(other["statement"]["networks"]) != check(document).networks_sha256


# --- definitions, each against a plain one ------------------------------------------------------------------------


def plain_value(pieces: Any, q: int, z: Fraction) -> Fraction:
    """The first piece whose test passes."""
    ends = [Fraction(int(piece[0], 16), q) for piece in pieces[:-1]]
    sides = [piece[1] for piece in pieces[:-1]]
    tests = [z < end or (side == "left" and z == end) for end, side in zip(ends, sides, strict=True)]
    slope, offset = pieces[tests.index(True) if any(tests) else -1][-2:]
    return (int(slope, 16) * z + int(offset, 16)) / q


def plain_layer(text: Any, values: list[Fraction]) -> tuple[list[Fraction], list[int]]:
    """Values after the layer, and the sign of every unit against every breakpoint."""
    over, q = int(text["weights_over"], 16), int(text["activations_over"], 16)
    after, signs = [], []
    for weights, which in text["units"]:
        bias, *others = (int(entry, 16) for entry in weights)
        z = (bias + sum(w * v for w, v in zip(others, values, strict=True))) / Fraction(over)
        pieces = text["activations"][which]
        after.append(plain_value(pieces, q, z))
        ends = [Fraction(int(piece[0], 16), q) for piece in pieces[:-1]]
        signs += [(z > end) - (z < end) for end in ends]
    return after, signs


def plain_values(network: Any, at: list[Fraction]) -> tuple[list[Fraction], tuple[int, ...]]:
    signs: list[int] = []
    for text in network:
        at, more = plain_layer(text, at)
        signs += more
    return at, tuple(signs)


small = st.integers(-3, 3)
TABLES = [truths.IDENTITY, truths.RELU, truths.ABS, truths.HALF_AT_ZERO, truths.STEP, truths.HAT]
CONTINUOUS = [truths.IDENTITY, truths.RELU, truths.ABS, truths.HAT]


@st.composite
def tables(draw: Any) -> Any:
    """Any activation: weakly ascending breakpoints, pieces that nothing joins, some never in force."""
    ends = sorted(draw(st.lists(small, max_size=4)))
    pieces = [(t, draw(st.sampled_from(["left", "right"])), draw(small), draw(small)) for t in ends]
    return truths.table(*pieces, (draw(small), draw(small)))


@st.composite
def networks(draw: Any, inputs: int = 1, chosen: Any = None, layers: int = 2, width: int = 2) -> Any:
    found = []
    size = inputs
    for _ in range(draw(st.integers(1, layers))):
        units = draw(st.lists(st.lists(small, min_size=size + 1, max_size=size + 1), min_size=1, max_size=width))
        table = draw(tables() if chosen is None else st.sampled_from(chosen))
        over, q = draw(st.sampled_from([1, 2, 3])), 2 if table in (truths.HAT, truths.HALF_AT_ZERO) else 1
        found.append(layer(*((unit, 0) for unit in units), tables=[table], over=over, q=q))
        size = len(units)
    return found


rationals = st.fractions(-3, 3, max_denominator=12)


@given(networks(inputs=2, layers=3, width=3), st.tuples(rationals, rationals))
def test_evaluation_is_the_plain_one(network: Any, at: tuple[Fraction, Fraction]) -> None:
    expected, _ = plain_values(network, list(at))
    common = at[0].denominator * at[1].denominator
    place = point(*(int(coordinate * common) for coordinate in at), over=common)
    denominators = 1
    for value in expected:
        denominators *= value.denominator
    values = point(*(int(value * denominators) for value in expected), over=denominators)
    certificate = truths.certificate("value", {}, networks=[network], point=place, values=values)
    check(certificate)
    certificate["statement"]["values"]["at"][-1] = truths.num(int(expected[-1] * denominators) + 1)
    with pytest.raises(kernel.Rejected, match="point: an output differs"):
        check(certificate)


@pytest.mark.parametrize(("x", "value"), [(-1, 0), (0, 1), (1, 2)])
def test_heaviside_has_the_value_one_half_at_zero_alone(x: int, value: int) -> None:
    half = truths.one_unit(truths.HALF_AT_ZERO, q=2)
    document = truths.certificate("value", {}, networks=[half], point=point(x), values=point(value, over=2))
    assert check(document).text.endswith(f"y = ({kernel.decimal(value, 2)})")


def test_relu_and_the_piece_never_in_force() -> None:
    relu = kernel.read_table(truths.RELU, "")
    assert [kernel.in_force(relu, Fraction(z)) is relu[1] for z in (-1, 0, 1)] == [False, False, True]
    ghost = kernel.read_table(truths.table((0, "right", 5, 5), (0, "right", 6, 6), (7, 7)), "")
    assert [kernel.in_force(ghost, Fraction(z)).slope for z in (-1, 0, 1)] == [5, 7, 7]


@given(st.lists(st.tuples(st.lists(small, min_size=3, max_size=3), st.booleans(), st.integers(1, 5)), max_size=4))
def test_a_combination_is_bounded_by_its_largest_value_at_a_corner(entries: Any) -> None:
    box, over = [(-3, 2), (1, 5)], 7
    place = kernel.Box(over, list(box))
    forms = [(form, strict) for form, strict, _ in entries]
    texts = [[k, truths.num(factor)] for k, (_, _, factor) in enumerate(entries)]
    total = [sum(factor * form[k] for form, _, factor in entries) for k in range(3)]
    corners = [over * total[0] + total[1] * a + total[2] * b for a, b in product(*box)]
    level, strict, moving = kernel.combine(texts, forms, place, "")
    assert level == max(corners)
    assert strict == any(open_side for _, open_side in forms)
    assert moving == any(any(form[1:]) for form, _ in forms)


polynomials = st.dictionaries(st.tuples(st.integers(0, 2), st.integers(0, 2)), small, max_size=4)


@given(polynomials, polynomials, st.tuples(rationals, rationals))
def test_a_product_of_polynomials_is_the_product_of_values(first: Any, second: Any, at: Any) -> None:
    def value(terms: Any) -> Fraction:
        return sum((c * at[0] ** a * at[1] ** b for (a, b), c in terms.items()), Fraction(0))

    assert value(kernel.product(first, second, "")) == value(first) * value(second)
    total = dict(first)
    kernel.add_multiple(total, -3, second)
    assert value(total) == value(first) - 3 * value(second)


@given(st.lists(small, min_size=3, max_size=3), st.tuples(rationals, rationals))
def test_a_row_as_a_polynomial(form: list[int], at: tuple[Fraction, Fraction]) -> None:
    terms = kernel.as_polynomial(form)
    assert (
        sum(c * at[0] ** a * at[1] ** b for (a, b), c in terms.items()) == form[0] + form[1] * at[0] + form[2] * at[1]
    )
    assert 0 not in terms.values()


@given(tables(), st.sampled_from([1, 2, 3]))
def test_neighbours_agree_where_the_values_from_both_sides_do(text: Any, q: int) -> None:
    for before, after in pairwise(kernel.read_table(text, "")):
        if before.until is not None and before.slope is not None and after.slope is not None:
            end = Fraction(before.until, q)
            left, right = ((piece.slope * end + piece.offset) / q for piece in (before, after))
            assert kernel.agree(before, after, q) == (left == right)


# --- random networks: an exact sweep along the line says what is true ------------------------------------------------


def sweep(network: Any, low: Fraction, high: Fraction) -> list[Fraction]:
    """Ends of the domain and every place where some unit meets a breakpoint, in order."""
    cuts = {low, high}
    for depth in range(1, len(network) + 1):
        text = network[depth - 1]
        over, q = int(text["weights_over"], 16), int(text["activations_over"], 16)
        for a, b in pairwise(sorted(cuts)):
            third, two_thirds = a + (b - a) / 3, b - (b - a) / 3
            v0, v1 = (plain_values(network[: depth - 1], [x])[0] for x in (third, two_thirds))
            for weights, which in text["units"]:
                bias, *others = (int(entry, 16) for entry in weights)
                z0, z1 = (
                    (bias + sum(w * v for w, v in zip(others, vs, strict=True))) / Fraction(over) for vs in (v0, v1)
                )
                for piece in text["activations"][which][:-1]:
                    if z0 != z1:
                        x = third + (Fraction(int(piece[0], 16), q) - z0) / (z1 - z0) * (two_thirds - third)
                        cuts |= {x} if a < x < b else set()
    return sorted(cuts)


LINE = truths.domain((-2, 3))


@settings(max_examples=60)
@given(networks())
def test_cells_of_random_networks(network: Any) -> None:
    places = [(a + b) / 2 for a, b in pairwise(sweep(network, Fraction(-2), Fraction(3)))]
    count = len({plain_values(network, [x])[1] for x in places})
    statement = {"networks": [network], "domain": LINE, "count": truths.num(count)}
    check(certificate := truths.proved("cells", **statement))
    certificate["statement"]["count"] = truths.num(count + 1)
    with pytest.raises(kernel.Rejected, match="count: the steps show"):
        check(certificate)


@settings(max_examples=60)
@given(networks(chosen=CONTINUOUS))
def test_linear_regions_of_random_networks(network: Any) -> None:
    cuts = sweep(network, Fraction(-2), Fraction(3))
    ends = [[plain_values(network, [x])[0] for x in (a, a + (b - a) / 3, b)] for a, b in pairwise(cuts)]
    slopes = [
        [3 * (inner - first) / (b - a) for first, inner in zip(values[0], values[1], strict=True)]
        for values, (a, b) in zip(ends, pairwise(cuts), strict=True)
    ]
    count = 1 + sum(before != after for before, after in pairwise(slopes))
    statement = {"networks": [network], "domain": LINE, "count": truths.num(count)}
    assert check(truths.proved("linear-regions", **statement)).kind == "linear-regions"


@settings(max_examples=60)
@given(networks(chosen=TABLES))
def test_the_least_value_of_random_networks_is_proved_and_no_more(network: Any) -> None:
    cuts = sweep(network, Fraction(-2), Fraction(3))
    inner = [(a * 2 + b) / 3 for a, b in pairwise(cuts)]
    values = {x: plain_values(network, [x])[0][0] for x in [*cuts, *inner]}
    # affine on each piece between cuts: its limits at both ends by the values at two inner points
    least = min(values.values())
    for a, b in pairwise(cuts):
        first, second = (plain_values(network, [x])[0][0] for x in (a + (b - a) / 3, b - (b - a) / 3))
        least = min(least, 2 * first - second, 2 * second - first)
    outputs = len(network[-1]["units"])
    y = [least.denominator, *[0] * (outputs - 1)]
    claim = [[truths.atom((-least.numerator, 0), y)]]
    certificate = truths.proved("always", networks=[network], domain=LINE, claim=claim)
    check(certificate)
    certificate["statement"]["claim"][0][0][1][0] = truths.num(-least.numerator - 1)
    with pytest.raises(kernel.Rejected, match=r"step \d+ \(goal\): the combination is no contradiction"):
        check(certificate)


@settings(max_examples=25)
@given(networks(inputs=2, chosen=[truths.RELU, truths.ABS], layers=1), st.permutations([0, 1]), st.integers(1, 3))
def test_two_equal_networks_permuted_and_rescaled(network: Any, order: list[int], factor: int) -> None:
    hidden = network[0]["units"]
    assume(len(hidden) == 2)
    first = [*network, layer(((1, 2, -3), 0))]
    again = [[[truths.num(factor * int(entry, 16)) for entry in hidden[k][0]], 0] for k in order]
    weights = [(2, -3)[k] for k in order]
    over = int(network[0]["weights_over"], 16)
    second = [
        {**network[0], "units": again, "weights_over": truths.num(over)},
        layer(((factor, *weights), 0), over=factor),
    ]
    certificate = truths.proved("equal", networks=[first, second], domain=truths.SQUARE)
    check(certificate)
    certificate["statement"]["networks"][1][1]["units"][0][0][0] = truths.num(factor + 1)
    with pytest.raises(kernel.Rejected, match=r"step \d+ \(goal\)"):
        check(certificate)


@pytest.mark.parametrize("m", [1, 2, 3, 4])
def test_sawtooth_is_as_far_from_the_square_as_yarotsky_says(m: int) -> None:
    report = check(truths.sawtooth_error(m))
    assert report.text.endswith(f"sup of |y0 - (x0^2)| = 1/{4 ** (m + 1)}")
    assert report.leaves == 2**m


# --- alone, without anything installed ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("alone")
    shutil.copy(ROOT / "verinet" / "kernel.py", folder / "kernel.py")
    (folder / "good.json").write_text(json.dumps(TRUE["maximum"]), encoding="utf-8")
    (folder / "assuming.json").write_text(json.dumps(TRUE["under-assumptions"], ensure_ascii=False), encoding="utf-8")
    for name in ("tie-of-a-jump-has-a-forged-owner.json", "lines-cut-short.jsonl"):
        shutil.copy(make.FOLDER / name, folder / name)
    (folder / "latin.json").write_bytes(b"\xff")
    return folder


def run(alone: Path, *arguments: str, flags: tuple[str, ...] = ()) -> tuple[int, str, str]:
    command = [sys.executable, "-I", "-S", *flags, "kernel.py", *arguments]
    done = subprocess.run(command, cwd=alone, capture_output=True, text=True, encoding="utf-8", check=False)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("flags", [(), ("-O",), ("-OO",)])
def test_it_runs_alone(alone: Path, flags: tuple[str, ...]) -> None:
    status, out, _ = run(alone, "good.json", flags=flags)
    assert status == 0
    assert out.startswith("CHECKED   network 2-3-1; for all x with")
    status, out, err = run(alone, "tie-of-a-jump-has-a-forged-owner.json", flags=flags)
    assert (status, out) == (1, "")
    assert "step 0 (split): the activation jumps there" in err


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["good.json", "assuming.json"], 0, "CHECKED UNDER 1 ASSUMPTIONS"),
        (["assuming.json", "--strict"], 1, "assumption (lemma, a book): a lemma ≤ 1"),
        (["--strict", "good.json"], 0, "21 steps, 8 leaves"),
        (["lines-cut-short.jsonl", "good.json"], 1, "step 1: cases still open: 2"),
        (["latin.json"], 1, "REJECTED  latin.json: 'utf-8' codec"),
        (["missing.json"], 3, "Fix: kernel.py"),
        (["."], 3, "Fix: kernel.py"),
        ([], 3, "Fix: kernel.py"),
    ],
)
def test_its_exit_status(alone: Path, arguments: list[str], status: int, words: str) -> None:
    code, out, err = run(alone, *arguments)
    assert code == status
    assert words in out + err


def test_a_line_that_cannot_be_printed_is_no_traceback(alone: Path) -> None:
    program = "import sys, kernel; sys.stdout.reconfigure(encoding='ascii'); sys.exit(kernel.main(['assuming.json']))"
    done = subprocess.run([sys.executable, "-c", program], cwd=alone, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


# --- noise: refused, and in linear time -----------------------------------------------------------------------------

TEN_MB = 10_000_000


@pytest.mark.parametrize(
    "text",
    ["[" * TEN_MB, '"' * TEN_MB, "\\" * TEN_MB, '"' + "\\" * TEN_MB, '{"a":' * (TEN_MB // 5), "9" * TEN_MB],
    ids=["brackets", "quotes", "backslashes", "one quote, backslashes", "objects", "digits"],
)
def test_ten_megabytes_of_noise(text: str) -> None:
    with pytest.raises(kernel.Rejected):
        kernel.check(text)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 3)
    | st.sampled_from(["0", "1", "-1", "left", "right", "none", ">=", ">"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["over", "at"]), inner),
    max_leaves=4,
)


def paths(document: Any) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = [()]
    for path in found:
        value = document
        for key in path:
            value = value[key]
        keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
        found.extend((*path, key) for key in keys)
    return found[1:]


@settings(max_examples=400)
@given(st.data(), st.sampled_from(sorted(TRUE)), json_values)
def test_anything_anywhere_is_accepted_or_refused_but_never_a_traceback(data: Any, name: str, value: Any) -> None:
    document = json.loads(json.dumps(TRUE[name]))
    *parents, last = data.draw(st.sampled_from(paths(document)))
    holder = document
    for key in parents:
        holder = holder[key]
    holder[last] = value
    refusal = None
    try:
        check(document)
    except kernel.Rejected as rejected:
        refusal = str(rejected)
    assert refusal is None or re.match(r"([a-z]+( \d+)?, )*[a-z]+( \d+)?( \([a-z]+\))?: ", refusal)


@given(st.text(st.sampled_from('[]{}",\\:01u'), max_size=40))
def test_short_noise(text: str) -> None:
    with pytest.raises(kernel.Rejected):
        kernel.check(text)


@pytest.mark.parametrize("text", ["1" * 5000, '{"format": 1' + "0" * 5000 + "}", "-" + "1" * 5000])
def test_long_integers_are_no_traceback(text: str) -> None:
    with pytest.raises(kernel.Rejected):
        kernel.check(text)


@pytest.mark.parametrize("digits", [1, 4301, 65_536])
def test_numbers_may_be_long(digits: int) -> None:
    one = "1" + "0" * (digits - 1)
    network = truths.one_unit(truths.IDENTITY)
    place, values = {"over": one, "at": ["1"]}, {"over": one, "at": ["1"]}
    text = check(truths.certificate("value", {}, networks=[network], point=place, values=values)).text
    assert text.endswith("y = (1)" if digits == 1 else f"/0x{one})")


# --- printing: what a reader sees is what was checked --------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "abs-has-two-signs",
            "network 1-1; for all x with x0 in (-oo, 3/2], x0 + 2 > 0, 3 x0 + 5 >= 0: "
            "(x0 - y0 >= 0 or -x0 - y0 >= 0) and (-y0 + 2 > 0 or 1 >= 0)",
        ),
        ("half-value", "network 1-1; at x = (0): y = (1/2)"),
        ("half-fails", "network 1-1; for some x with x0 in [-1, 1]: not ((2 y0 - 1 > 0))"),
        ("half-holds", "network 1-1; for some x with x0 in [-1, 1]: (2 y0 - 1 >= 0)"),
        (
            "maximum-again",
            "networks 2-3-1, 2-5-1; for all x with x0 in [-2/3, 1/3], x1 in [-1/3, 1]: the two networks are equal",
        ),
        (
            "error-of-two-outputs",
            "network 1-2; over all x with x0 in [0, 1]: largest sup of |y0 - (x0^1)|, |y1 - (1)| <= 1",
        ),
        ("nothing-is-claimed", "network 1-1; for all x with x0 in [-1, 1]: true"),
        (
            "cells-of-two-layers",
            "network 1-1-2; over all x with x0 in [-1, 1]: full-dimensional activation cells: (4)",
        ),
        (
            "lipschitz-rows",
            "network 2-2-2; over all x with x0 in [-1, 1], x1 in [-1, 1]: "
            "|f(x) - f(x')| in the inf-norm is at most |x - x'| times (3/2)",
        ),
        (
            "monotone",
            "network 2-2-2; over all x with x0 in [-1, 1], x1 in [-1, 1]: "
            "y0 goes up in x0, free in x1; y1 goes down in x0, up in x1",
        ),
        (
            "orientation-turned",
            "network 2-2-2; over all x with x0 in [-1, 1], x1 in [-1, 1]: "
            "the slopes of every cell have a determinant that is negative",
        ),
        (
            "integral-of-an-absolute-cube",
            "network 1-1; over all x with x0 in [0, 1]: the integral of |(y0^1 - 1/2)^3| lies in [0, 1/8]",
        ),
        ("regions-of-hat", "network 1-1; over all x with x0 in [-1, 2]: linear regions: (4)"),
    ],
)
def test_the_statement_in_words(name: str, text: str) -> None:
    assert check(TRUE[name]).text == text


def test_a_failing_conjunction_is_not_printed_as_one_failing_clause() -> None:
    claim = [[truths.atom((-1, 0), (1,), ">")], [truths.atom((0, 0), (1,))], []]
    document = edit.changed("half-fails", ("statement.claim", claim))
    assert check(document).text.endswith("not ((y0 - 1 > 0) and (y0 >= 0) and (false))")


def test_the_report_names_assumptions_first() -> None:
    report = check(TRUE["under-assumptions"])
    lines = kernel.report_text(report, "a.json").splitlines()
    assert lines[0] == "assumption (lemma, a book): a lemma ≤ 1"
    assert lines[1].startswith("CHECKED UNDER 1 ASSUMPTIONS   network 1-1;")
    assert re.fullmatch(r"  sha256 of the statement [0-9a-f]{64}, of its networks [0-9a-f]{64}", lines[3])


# --- the mutants and the document ------------------------------------------------------------------------------------


def test_every_excused_mutant_exists() -> None:
    tree = ast.parse(mutate.KERNEL.read_text(encoding="utf-8"))
    known = {(mutant.function, mutant.text) for mutant in mutate.mutants(tree)}
    assert set(mutate.EXCUSED) <= known


def test_the_example_of_the_document_is_accepted() -> None:
    document = (ROOT / "docs" / "certificate-format.md").read_text(encoding="utf-8")
    [example] = re.findall(r"```json\n(\{.*?)```", document, re.DOTALL)
    [printed] = re.findall(r"```text\nCHECKED   (.*?)\n", document)
    assert kernel.check(example).text == printed


def test_the_document_names_every_kind_step_and_limit() -> None:
    document = (ROOT / "docs" / "certificate-format.md").read_text(encoding="utf-8")
    words = [kind for kind, _ in kernel.KINDS]
    words += [f'"{step}"' for _, (_, _, steps) in kernel.KINDS for step in steps.split()]
    words += [f"`{field}`" for _, (names, _, _) in kernel.KINDS for field in names.split()]
    words += [
        f"{limit:_}".replace("_", " ")
        for limit in (kernel.MAX_DIGITS, kernel.MAX_DEPTH, kernel.MAX_DEGREE, kernel.MAX_TERMS)
    ]
    words += [kernel.FORMAT, *kernel.LAYER, *kernel.ASSUMPTION, *kernel.BLOCK]
    assert [entry for entry in words if entry not in document] == []


def test_a_file_name_writes_no_line_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = "x\nCHECKED   network 1-1; for all x with x0 in (-oo, oo): (-1 >= 0)\n\x1b[2K.json"
    for text, status in ((json.dumps(TRUE["half-value"]), 0), ("{}", 1)):
        path = tmp_path / name
        path.write_text(text)
        assert kernel.main([str(path)]) == status
        shown = "".join(capsys.readouterr())
        assert "\x1b" not in shown
        assert sum(line.startswith("CHECKED") for line in shown.splitlines()) == int(status == 0)
