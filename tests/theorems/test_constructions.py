"""``vn.construct``: targets in every form, options that apply or not, proofs."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy

import verinet as vn
from verinet import Q, kernel
from verinet.claims import Proved
from verinet.errors import NotANumber, ShapeMismatch, Unsupported

x, y = sympy.symbols("x y")


@pytest.mark.parametrize(
    "targets",
    ["x*y", "x1*x2", x * y, sympy.Symbol("x_0") * sympy.Symbol("x_1"), {(1, 1): 1}, ["x*y"], [{(1, 1): 1}]],
    ids=str,
)
def test_every_form_of_a_target_gives_the_same_network(targets: object) -> None:
    found = vn.construct("minimal-width/stepped", targets, resolution=2)
    assert found.network == vn.construct("stepped", "x*y", resolution=2).network


def test_a_target_in_pieces_is_one_target() -> None:
    pieces = [(vn.interval(0, "1/2"), 0), (vn.interval("1/2", 1), {(0,): Q("-1/2"), (1,): 1})]
    found = vn.construct("stepped", pieces, resolution=4)
    assert found.network == vn.construct("stepped", "max(0, x - 1/2)", resolution=4).network
    assert found.values_at((Fraction(3, 4),)) == (Fraction(1, 4),)


def test_the_bound_holds_at_points_and_the_network_is_as_wide_as_promised() -> None:
    found = vn.construct("stepped", "x*y, x + y", eps="1/4")
    assert found.error_bound <= Fraction(1, 4)
    assert found.network.width == 2
    for at in [(Fraction(i, 7), Fraction(j, 9)) for i in range(8) for j in range(10)]:
        for value, wanted in zip(found.network(*at), (at[0] * at[1], at[0] + at[1]), strict=True):
            assert abs(value - wanted) <= found.error_bound


def test_prove_lets_the_kernel_check_the_bound() -> None:
    found = vn.construct("stepped-pair", "x^2", resolution=3, prove=True)
    assert isinstance(found.verdict, Proved)
    assert found.certificate is not None
    assert kernel.check(found.certificate.text).assumptions == []
    assert found.assumptions == ()
    assert vn.construct("stepped-pair", "x^2", resolution=3).certificate is None


@pytest.mark.parametrize("target", ["x, y", "x1, x2", "x_0,x_1"])
def test_the_identity_under_any_names_is_no_other_target(target: str) -> None:
    assert vn.construct("minimal-width/autoencoder", target, resolution=1).notes == ()


def test_options_that_do_not_apply_are_ignored_with_a_note() -> None:
    found = vn.construct("stepped", "x", resolution=2, activation="tanh", norm="L2")
    assert found.network == vn.construct("stepped", "x", resolution=2).network
    assert [note.split(":")[0] for note in found.notes] == [
        "minimal-width/stepped takes no activation",
        "minimal-width/stepped bounds the error in sup",
    ]
    assert vn.construct("stepped", "x", resolution=2, step=3, alpha="1/3", norm="sup").notes == ()


def test_the_norm_of_a_theorem_in_l_p_can_be_chosen() -> None:
    assert vn.construct("leaky", "x", resolution=2).norm == "L2"
    assert vn.construct("leaky", "x", resolution=2, norm="L4").norm == "L4"


def test_an_autoencoder_has_the_identity_as_its_target() -> None:
    found = vn.construct("autoencoder", inputs=2, resolution=2, norm="sup")
    assert found.norm == "sup"
    assert found.values_at((Fraction(1, 3), Fraction(1, 5))) == (Fraction(1, 3), Fraction(1, 5))
    assert found.notes == vn.construct("autoencoder", "x, y", resolution=2, norm="sup").notes == ()
    (note,) = vn.construct("autoencoder", "x*y, y", resolution=2, norm="sup").notes
    assert "the identity" in note


def test_a_claim_about_another_network_is_noted() -> None:
    (note,) = vn.construct("smooth", "x^2, x*y", resolution=2).notes
    assert "about another network" in note
    assert vn.construct("lu", "x^2, x*y", resolution=2).notes == ()


def test_the_size_of_the_weights_is_that_of_the_longest_number() -> None:
    found = vn.construct("stepped", "x", resolution=2)
    numbers = [
        entry
        for vertex in found.network.vertices
        for matrix in (getattr(vertex.operation, "weight", None), getattr(vertex.operation, "bias", None))
        if matrix is not None
        for row in matrix.to_rows()
        for entry in row
    ]
    assert found.max_bits == max(max(abs(q.numerator), q.denominator) for q in numbers).bit_length()


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        ({"targets": "x"}, Unsupported, "neither"),
        ({"targets": "x", "eps": 1, "resolution": 2}, Unsupported, "both"),
        ({"targets": "x", "eps": "0"}, NotANumber, "positive"),
        ({"targets": "x", "resolution": 0}, NotANumber, "counts cells"),
        ({"targets": "x", "resolution": True}, NotANumber, "counts cells"),
        ({"targets": "x", "resolution": 2, "norm": "L0"}, Unsupported, "norm"),
        ({"targets": "x", "resolution": 2, "colour": "red"}, Unsupported, "option"),
        ({"targets": "x*y", "resolution": 2, "inputs": 1}, ShapeMismatch, "variables"),
        ({"targets": [], "resolution": 2}, ShapeMismatch, "output"),
        ({"resolution": 2}, Unsupported, "target"),
        ({"targets": "x", "resolution": 2, "inputs": 0}, ShapeMismatch, "--inputs"),
        ({"targets": "x", "resolution": 2, "domain": "[0,1]"}, NotANumber, "Polyhedron"),
    ],
)
def test_what_cannot_be_meant_is_refused(call: dict[str, object], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        vn.construct("stepped", **call)
