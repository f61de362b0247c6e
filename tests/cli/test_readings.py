"""Files that leave a choice: which function was read is said, and --physical and --batch-normalization choose."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import verinet as vn
from tests.cli.screens import CERTIFICATES, run
from tests.golden.compare import compare
from verinet.cli.convert import parse_domain
from verinet.networks.formats.nnet import read_nnet

Capsys = pytest.CaptureFixture[str]

#: f(x) = 10 r((x - 1)/2) + 5 with r(u) = u + 1/4, hence f(x) = 5 x + 5/2
NNET = "1,1,1,1,\n1,1,\n0,\n-1,\n3,\n1,5,\n2,10,\n1,\n0.25,\n"
NOTE = "note: net.nnet: normalisation of the file not applied (--physical applies it)\n"
PROPERTY = """(declare-const X_0 Real) (declare-const Y_0 Real)
(assert (>= X_0 0)) (assert (<= X_0 1)) (assert (>= Y_0 2))
"""


def batch_normalised(variance: float) -> bytes:
    from onnx import TensorProto, helper, numpy_helper

    entries = {"s": 1.0, "b": 0.0, "m": 0.0, "v": variance}
    tensors = [numpy_helper.from_array(np.array([value], np.float32), name) for name, value in entries.items()]
    node = helper.make_node("BatchNormalization", ["x", *entries], ["y"], epsilon=0.0)
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 1]) for name in "xy"]
    graph = helper.make_graph([node], "g", ends[:1], ends[1:], tensors)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    data: bytes = made.SerializeToString()
    return data


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "net.nnet").write_text(NNET, encoding="utf-8")
    (tmp_path / "p.vnnlib").write_text(PROPERTY, encoding="utf-8")
    (tmp_path / "rational.onnx").write_bytes(batch_normalised(4.0))
    (tmp_path / "irrational.onnx").write_bytes(batch_normalised(2.0))
    x = vn.variable("x")
    vn.write_network(vn.network(x, vn.relu(x) - vn.relu(-x)), tmp_path / "net.json")
    return tmp_path


# --- normalisation ---------------------------------------------------------------------------------------------------


def test_eval_says_which_function_of_a_nnet_file_it_evaluates(capsys: Capsys, folder: Path) -> None:
    raw = run(capsys, folder, "eval", "net.nnet", "--at", "(2)")
    compare("cli/eval_normalised.txt", raw.page)
    assert raw.out.startswith("f(2) = 9/4 ")
    assert raw.err == NOTE
    physical = run(capsys, folder, "eval", "net.nnet", "--at", "(2)", "--physical")
    compare("cli/eval_physical.txt", physical.page)
    assert physical.out.startswith("f(2) = 25/2 ")
    assert physical.err == ""
    for words, expected in (((), "not applied"), (("--physical",), "applied")):
        screen = run(capsys, folder, "eval", "net.nnet", "--at", "(2)", "--json", *words)
        assert screen.document["network"]["normalisation"] == expected
        assert screen.err == ("" if words else NOTE)


def test_a_file_without_normalisation_needs_no_note(capsys: Capsys, folder: Path) -> None:
    (folder / "net.nnet").write_text(NNET.replace("1,5,\n2,10,", "0,0,\n1,1,"), encoding="utf-8")
    screen = run(capsys, folder, "eval", "net.nnet", "--at", "(2)", "--json")
    assert (screen.err, screen.document["network"]["normalisation"]) == ("", None)


def test_prove_and_check_read_the_same_function(capsys: Capsys, folder: Path) -> None:
    raw = run(capsys, folder, "prove", "net.nnet", "p.vnnlib", "-o", "raw.json")
    assert (raw.status, raw.err) == (0, NOTE)
    assert ", on normalised inputs, " in raw.out
    physical = run(capsys, folder, "prove", "net.nnet", "p.vnnlib", "--physical", "--json")
    assert (physical.status, physical.err) == (1, "")
    assert physical.document["network"]["normalisation"] == "applied"
    same = run(capsys, folder, "check", "raw.json", "--network", "net.nnet")
    assert (same.status, same.err) == (0, NOTE)
    assert ", on normalised inputs, " in same.out
    assert run(capsys, folder, "check", "raw.json", "--network", "net.nnet", "--physical").status == 1
    document = run(capsys, folder, "check", "raw.json", "--network", "net.nnet", "--json").document
    assert document["certificates"][0]["networks"][0]["normalisation"] == "not applied"


@pytest.mark.parametrize("command", ["import", "export"])
def test_import_and_export_read_either_function(capsys: Capsys, folder: Path, command: str) -> None:
    screen = run(capsys, folder, command, "net.nnet", "-o", "raw.json")
    assert (screen.status, screen.err) == (0, NOTE)
    screen = run(capsys, folder, command, "net.nnet", "-o", "physical.json", "--physical")
    assert (screen.status, screen.err) == (0, "")
    assert ", in physical units, " in screen.out
    assert vn.read_network(folder / "raw.json") == read_nnet(NNET)
    assert vn.read_network(folder / "physical.json") == read_nnet(NNET, physical=True)


# --- batch normalisation ---------------------------------------------------------------------------------------------


def test_batch_normalisation_is_rounded_on_request_and_said(capsys: Capsys, folder: Path) -> None:
    words = ("eval", "irrational.onnx", "--at", "(1)")
    refused = run(capsys, folder, *words)
    assert refused.status == 3
    assert "--batch-normalization rounded" in refused.err
    screen = run(capsys, folder, *words, "--batch-normalization", "rounded")
    compare("cli/eval_rounded.txt", screen.page)
    assert screen.status == 0
    assert screen.err.startswith("note: irrational.onnx: ")
    document = run(capsys, folder, *words, "--batch-normalization", "rounded", "--json").document
    assert document["network"]["batch_normalization"] == "rounded"
    (y,) = document["y"]
    assert vn.Q(y) == vn.dyadic(np.float32(0.5**0.5))


def test_what_is_rational_is_never_rounded(capsys: Capsys, folder: Path) -> None:
    words = ("eval", "rational.onnx", "--at", "(1)", "--json")
    exact = run(capsys, folder, *words)
    asked = run(capsys, folder, *words, "--batch-normalization", "rounded")
    assert (exact.status, exact.err, exact.document["y"]) == (0, "", ["1/2"])
    assert (asked.err, asked.document) == ("", exact.document)


def test_prove_import_and_check_round_alike(capsys: Capsys, folder: Path) -> None:
    rounded = ("--batch-normalization", "rounded")
    screen = run(capsys, folder, "prove", "irrational.onnx", "p.vnnlib", "-o", "cert.json", *rounded)
    assert screen.status == 0
    assert ", batch normalisation rounded, " in screen.out
    assert run(capsys, folder, "check", "cert.json", "--network", "irrational.onnx", *rounded).status == 0
    assert run(capsys, folder, "check", "cert.json", "--network", "irrational.onnx").status == 3
    assert run(capsys, folder, "import", "irrational.onnx", "-o", "net.json", *rounded).err.startswith("note: ")
    assert run(capsys, folder, "check", "cert.json", "--network", "net.json").status == 0


@pytest.mark.parametrize(
    "words",
    [
        ("eval", "net.json", "--at", "(1)", "--physical"),
        ("eval", "net.nnet", "--at", "(1)", "--batch-normalization", "rounded"),
        ("eval", "irrational.onnx", "--at", "(1)", "--batch-normalization", "about"),
        ("check", str(CERTIFICATES / "value.json"), "--physical"),
    ],
)
def test_an_option_that_concerns_no_file_is_refused(capsys: Capsys, folder: Path, words: tuple[str, ...]) -> None:
    screen = run(capsys, folder, *words)
    assert (screen.status, screen.out) == (3, "")
    assert "Fix: " in screen.err


# --- domains ---------------------------------------------------------------------------------------------------------


def test_export_states_a_domain(capsys: Capsys, folder: Path) -> None:
    screen = run(capsys, folder, "export", "net.json", "-o", "out.nnet")
    assert screen.status == 3
    assert '--domain "[-1,1]"' in screen.err
    x, y = vn.variables("x", 2)
    vn.write_network(vn.network([x, y], vn.relu(x + y) - vn.relu(-y)), folder / "two.json")
    assert '--domain "[-1,1]^2"' in run(capsys, folder, "export", "two.json", "-o", "out.nnet").err
    for text, domain in (
        ("[-1,1]^2", ((-1, 1), (-1, 1))),
        ("[0,1] x [-2,1/2]", ((0, 1), (-2, vn.Q("1/2")))),
    ):
        for name in ("out.nnet", "out.json"):
            screen = run(capsys, folder, "export", "two.json", "-o", name, "--domain", text)
            assert screen.status == 0, screen.err
            assert screen.out.startswith(f"wrote {name}, with the domain {text}\n")
            assert vn.read_network(folder / name).domain == domain


@pytest.mark.parametrize(
    "words",
    [
        ("-o", "out.nnet", "--domain", "[1,-1]"),
        ("-o", "out.nnet", "--domain", "[-1,1]^2"),
        ("-o", "out.nnet", "--domain", "[-1,1]^9999999"),
        ("-o", "out.nnet", "--domain", "[0,1/3]"),
        ("-o", "out.onnx", "--domain", "[-1,1]"),
        ("-o", "out.npz", "--domain", "[-1,1]"),
    ],
)
def test_domains_that_do_not_fit_are_refused(capsys: Capsys, folder: Path, words: tuple[str, ...]) -> None:
    before = sorted(folder.iterdir())
    screen = run(capsys, folder, "export", "net.json", *words)
    assert (screen.status, screen.out) == (3, "")
    assert "Fix: " in screen.err
    assert sorted(folder.iterdir()) == before


@pytest.mark.parametrize(
    "text",
    ["", "[]", "[1]", "[0,1", "0,1]", "[0,1]^", "[0,1]^0", "[0,1]^-1", "[0,1]^99999999", "[0,1] [0,1]", "[0,1] x",
     "[0,1]x[", "[0,1,2]", "[nan,1]", "[0,1e99999]", "[0,inf]", "[,]", "(0,1)", "[0,1]^2^2", "[[0,1]]"],
)  # fmt: skip
def test_bad_domains(text: str) -> None:
    with pytest.raises(vn.VerinetError, match=r"(?s)--domain.*Fix: "):
        parse_domain(text)


@pytest.mark.parametrize("text", ["[-1,1]^2x[0,0.5]", " [ -1 , 1 ] ^ 2  x [0,1/2] "])
def test_domains(text: str) -> None:
    assert parse_domain(text) == ((-1, 1, 2), (0, vn.Q("1/2"), 1))


# --- words -----------------------------------------------------------------------------------------------------------


def test_numbers_of_networks_are_good_english(capsys: Capsys, folder: Path) -> None:
    x = vn.variable("x")
    f = vn.network(x, vn.abs_(x))
    (y,) = vn.claims.outputs(f)
    one = vn.prove(vn.claims.always(f, y >= 0, vn.interval(-1, 1)))
    two = vn.prove(vn.claims.equal(f, vn.network(x, vn.relu(x) + vn.relu(-x)), vn.interval(-1, 1)))
    assert isinstance(one, vn.Proved)
    assert isinstance(two, vn.Proved)
    one.certificate.write(folder / "one.json")
    two.certificate.write(folder / "two.json")
    vn.write_network(f, folder / "f.json")
    vn.write_network(vn.network(x, vn.relu(x) + vn.relu(-x)), folder / "g.json")
    both = ("--network", "f.json", "--network", "g.json")
    assert "embeds 1 network, --network was given 2 times" in run(capsys, folder, "check", "one.json", *both).err
    assert "embeds 2 networks, --network was given 1 time\n" in run(capsys, folder, "check", "two.json", *both[:2]).err
    assert "to what f.json holds\n" in run(capsys, folder, "check", "one.json", *both[:2]).out
    assert "to what f.json and g.json hold\n" in run(capsys, folder, "check", "two.json", *both).out


@pytest.mark.parametrize(
    "words", [("eval", "{}", "--at", "1"), ("prove", "net.json", "{}"), ("check", "{}"), ("show", "{}")]
)
def test_a_missing_file_is_looked_for_somewhere(capsys: Capsys, folder: Path, words: tuple[str, ...]) -> None:
    for name, place in (
        ("missing.json", "looked in FOLDER\n"),
        ("nowhere/missing.json", "there is no folder FOLDER/nowhere\n"),
    ):
        screen = run(capsys, folder, *(word.format(name) for word in words))
        assert screen.status == 3
        assert screen.err.endswith(f"Fix: name a file that exists; {place}")
