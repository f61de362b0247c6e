"""The .nnet text: exact decimals, both readings of the normalisation, bad files refused."""

from __future__ import annotations

from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.networks.strategies import plain_evaluation
from verinet.errors import BadFormat, InexactInput, NotANumber, Unsupported, VerinetError
from verinet.networks import abs_, layered, network, variable
from verinet.networks.formats import ReadOptions, read_file, read_network
from verinet.networks.formats.nnet import exact_decimal, read_nnet, write_nnet

TEXT = """// a comment
//another
2,2,1,3,
2,3,1,
0
-1,-2,
1.0,2e0,
0.5,-0.25,10,
2,4,0.1,
1,-1,
0.1,+0.2,
1e-05,0,
0.0,
-0.5,
.5,
1,2,-3,
1e2,
"""


def raw(u: F, v: F) -> F:
    hidden = [u - v, u / 10 + v / 5 - F(1, 2), u / 10**5 + F(1, 2)]
    a, b, c = (max(z, F(0)) for z in hidden)
    return a + 2 * b - 3 * c + 100


rationals = st.fractions(-2, 2, max_denominator=30)


@given(rationals, rationals)
def test_decimals_and_both_readings(x, y):
    f, g = read_nnet(TEXT), read_nnet(TEXT, physical=True)
    assert f(x, y) == (raw(x, y),)
    assert g(x, y) == (raw((x - F(1, 2)) / 2, (y + F(1, 4)) / 4) / 10 + 10,)
    assert f.domain == ((F(-3, 4), F(1, 4)), (F(-7, 16), F(9, 16)))
    assert g.domain == ((F(-1), F(1)), (F(-2), F(2)))
    assert f.size == g.size == 3
    assert read_nnet(write_nnet(f)) == f
    assert read_nnet(write_nnet(g))(x, y) == g(x, y)


def test_which_reading_it_is_is_said(tmp_path):
    path = tmp_path / "net.nnet"
    path.write_text(TEXT)
    physical = ReadOptions(physical=True)
    assert (read_file(path).normalisation, read_file(path).network) == ("not applied", read_nnet(TEXT))
    assert read_file(path, physical).normalisation == "applied"
    assert read_network(path, physical) == read_nnet(TEXT, physical=True)
    path.write_text(TEXT.replace("0.5,-0.25,10,\n2,4,0.1,", "0,0.0,0,\n1,1.0,1e0,"))
    assert read_file(path) == read_file(path, physical)  # a trivial one: both readings are one
    assert read_file(path).normalisation is None
    path.write_text(TEXT.replace("0.5,-0.25,10,\n2,4,0.1,", "0,0,10,\n1,1,1,"))
    assert read_file(path).normalisation == "not applied"  # of the outputs alone


def test_windows_line_ends_and_no_trailing_commas():
    plain = "\r\n".join(line.rstrip(",") for line in TEXT.splitlines())
    assert read_nnet(plain) == read_nnet(TEXT)


def test_only_line_ends_end_a_line():
    for letter in "\f\v\x1c\x85\u2028":
        with pytest.raises(VerinetError):
            read_nnet(TEXT.replace("\n", letter))
        comment = f"// a comment {letter}7,7,7,7,\n"
        assert read_nnet(comment + TEXT) == read_nnet(TEXT)


def line(number: int, text: str) -> str:
    lines = TEXT.splitlines()
    lines[number] = text
    return "\n".join(lines)


BAD = {
    "empty": "",
    "comments only": "// nothing\n",
    "truncated": TEXT[:-12],
    "truncated in a row": TEXT[:40],
    "surplus": TEXT + "1,\n",
    "header": line(2, "2,2,1"),
    "header text": line(2, "two,2,1,3"),
    "header negative": line(2, "-2,2,1,3"),
    "header huge": line(2, "99999999999999999999,2,1,3"),
    "layers huge": line(2, "999999,2,1,3"),
    "layers zero": line(2, "0,2,1,3"),
    "sizes": line(3, "2,3,2,"),
    "size of the input": line(3, "3,3,1,"),
    "size huge": line(3, "2,1000000,1,"),
    "row too long": line(9, "1,-1,0,"),
    "row too short": line(9, "1,"),
    "empty entry": line(9, "1,,"),
    "nan": line(9, "nan,1,"),
    "inf": line(9, "inf,1,"),
    "huge exponent": line(9, "1e999999999,1,"),
    "fraction": line(9, "1/2,1,"),
    "underscore": line(9, "1_0,1,"),
    "hex": line(9, "0x10,1,"),
    "two signs": line(9, "+-1,1,"),
    "range zero": line(8, "0,4,1,"),
    "range negative": line(8, "2,-4,1,"),
    "empty domain": line(5, "2,-2,"),
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_bad_text_is_refused_with_a_fix(text):
    with pytest.raises(VerinetError, match=r"(?s)Fix: ") as caught:
        read_nnet(text)
    assert len(str(caught.value)) < 1000


def test_refusals_name_the_line():
    with pytest.raises(NotANumber, match="line 10"):
        read_nnet(BAD["nan"])
    with pytest.raises(BadFormat, match="line 10"):
        read_nnet(BAD["row too long"])


def test_writing_refuses_to_round():
    x = variable("x")
    with pytest.raises(InexactInput):
        write_nnet(layered([[["1/3"]]], [[0]]).with_domain([(0, 1)]))
    with pytest.raises(BadFormat, match="domain"):
        write_nnet(layered([[[1]]], [[0]]))
    with pytest.raises(Unsupported, match="abs"):
        write_nnet(network(x, abs_(x), domain=[(0, 1)]))


@given(st.integers(-(10**30), 10**30), st.integers(0, 40), st.integers(0, 40))
def test_exact_decimals(n, twos, fives):
    q = F(n, 2**twos * 5**fives)
    assert F(exact_decimal(q)) == q


def test_long_decimals_cross_the_digit_limit_of_python():
    q = F(1, 2**6000)
    assert len(exact_decimal(q)) == 6002


def test_the_twin_ladders(benchmarks):
    margins = {"10": 10, "1": 1}
    paths = sorted((benchmarks / "twin").glob("*.nnet"))
    assert paths
    for path in paths:
        f = read_network(path)
        margin = margins[path.stem.split("_width-")[1].split("_")[0]]
        for k in range(12):
            x = [F((7 * k + 3 * i) % 41 - 20, 2) for i in range(f.input_size)]
            x = [min(max(v, low), high) for v, (low, high) in zip(x, f.domain, strict=True)]
            assert list(f(x)) == [margin] == plain_evaluation(f, x)
