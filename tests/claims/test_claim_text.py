"""Claims in one line: what each head means, the grammar's errors, hostile text."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction as F

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from verinet.claims import always, cells, equal, linear_regions, outputs, somewhere, sup_error, value
from verinet.claims.architectures import architecture
from verinet.claims.builders import inputs
from verinet.claims.claim_heads import HEADS
from verinet.claims.claim_sets import read_set
from verinet.claims.claim_terms import FUNCTIONS, Meanings, Names
from verinet.claims.claim_text import parse_claim
from verinet.claims.claim_tokens import DEEPEST, LONGEST, Reader
from verinet.claims.components import components_reach_boundary
from verinet.claims.curvature import concave, convex
from verinet.claims.formulas import all_of, any_of, equals, negate
from verinet.claims.injectivity import bijective, injective, surjective
from verinet.claims.integrals import integral
from verinet.claims.lp_errors import lp_error
from verinet.claims.ranges import range_of
from verinet.claims.slopes import lipschitz, monotone
from verinet.claims.solutions import exactly_one, has_fixed_point, no_fixed_point, unique_fixed_point
from verinet.claims.symmetries import even, odd, permutation_invariant, positively_homogeneous
from verinet.errors import BadFormat, NotANumber, ShapeMismatch, Unsupported, VerinetError
from verinet.geometry import Halfspace, Polyhedron, box, interval, whole_space
from verinet.networks.build import leaky_relu, network, relu, variable, variables

X = variable("x")
A, B = variables("x", 2)
LINE = network(X, relu(2 * X) - relu(X - 1))
PLANE = network((A, B), relu(A - B) + B)
MAP = network((A, B), [leaky_relu(A, "1/2"), B - A])
UNIT, SQUARE = interval(0, 1), box([-1, 1], dimension=2)
(Y,) = outputs(PLANE)
P, Q_ = inputs(PLANE)
T = {(2,): 1}

SAID = [
    (LINE, "sup_error(x^2) <= 1/256 on [0,1]", sup_error(LINE, T, UNIT) <= "1/256"),
    (LINE, "sup_error(x^2 - x/3 + 1e-1) == 2 on [0,1]", sup_error(LINE, {2: 1, 1: F(-1, 3), 0: F(1, 10)}, UNIT) == 2),
    (LINE, "sup_error(0 on [-1,0]; x^2 on [0,1]) <= 1 on [-1,1]",
     sup_error(LINE, [(interval(-1, 0), 0), (UNIT, T)], interval(-1, 1)) <= 1),
    (MAP, "sup_error(x_0, (x_1 - x_0)*2/4) <= 1 on [0,1] x [0,2]",
     sup_error(MAP, [{(1, 0): 1}, {(0, 1): F(1, 2), (1, 0): F(-1, 2)}], box((0, 1), (0, 2))) <= 1),
    (LINE, "lp_error(x^2, p=2) <= 1/3 on [0,1]", lp_error(LINE, T, UNIT, p=2) <= "1/3"),
    (LINE, "lp_error(x^2) = 1/3 on [0,1]", lp_error(LINE, T, UNIT) == "1/3"),
    (LINE, "integral(x*y) = 1/3 on [0,1]", integral(LINE, {(1, 1): 1}, UNIT) == "1/3"),
    (LINE, "integral(y) within [-1, 1/2] on [0,1]", integral(LINE, None, UNIT).between(-1, "1/2")),
    (PLANE, "lipschitz_inf <= 7/2 on [-1,1]^2", lipschitz(PLANE, SQUARE, "inf") <= "7/2"),
    (PLANE, "lipschitz_1 = 1 on [-1,1]^2", lipschitz(PLANE, SQUARE, "1") == 1),
    (PLANE, "lipschitz_2 <= 1.5 on [-1,1]^2", lipschitz(PLANE, SQUARE, "2") <= "3/2"),
    (PLANE, "monotone up in x_0 on [-1,1]^2", monotone(PLANE, SQUARE, input=0)),
    (PLANE, "monotone up in x_0 and down in x_1 on [-1,1]^2", monotone(PLANE, SQUARE, signs=[["up", "down"]])),
    (MAP, "monotone down in x_0, x_1 for y_1 on [-1,1]^2", monotone(MAP, SQUARE, signs=[["free"] * 2, ["down"] * 2])),
    (PLANE, "convex on [-1,1]^2", convex(PLANE, SQUARE)),
    (MAP, "concave for y_1 on [-1,1]^2", concave(MAP, SQUARE, 1)),
    (MAP, "injective", injective(MAP)),
    (MAP, "injective on [-1,1]^2", injective(MAP, SQUARE)),
    (MAP, "invertible", bijective(MAP)),
    (MAP, "bijective on R^2", bijective(MAP)),
    (LINE, "surjective onto [0,1] on [0,1]", surjective(LINE, UNIT, UNIT)),
    (LINE, "range(y_0) within [0,1] on [-1,1]", range_of(LINE, interval(-1, 1)).within(0, 1)),
    (MAP, "range(y_0, y_1) = [-1/2,1], [-2,2] on [-1,1]^2", range_of(MAP, SQUARE) == ((F(-1, 2), 1), (-2, 2))),
    (MAP, "range(y_0, y_1) within [-2,2] on [-1,1]^2", range_of(MAP, SQUARE).within((-2, 2), (-2, 2))),
    (LINE, "cells = 2 on [0,1]", cells(LINE, UNIT) == 2),
    (LINE, "linear_regions == 1 on [0,1]", linear_regions(LINE, UNIT) == 1),
    (MAP, "f(-1, 1/2) = (-1/2, 3/2)", value(MAP, at=(-1, "1/2")) == (F(-1, 2), F(3, 2))),
    (LINE, "f(1/2) = 1", value(LINE, at="1/2") == 1),
    (LINE, "width <= 2", architecture(LINE).width <= 2),
    (LINE, "depth = 1", architecture(LINE).depth == 1),
    (LINE, "size >= 1", architecture(LINE).size >= 1),
    (MAP, "components(y_1 > 1/2) reach boundary on [-1,1]^2",
     components_reach_boundary(MAP, SQUARE, "1/2", strict=True, output=1)),
    (LINE, "even on [-1,1]", even(LINE, interval(-1, 1))),
    (LINE, "odd on [-1,1]", odd(LINE, interval(-1, 1))),
    (PLANE, "invariant under (x_1, x_0) on [-1,1]^2", permutation_invariant(PLANE, (1, 0), SQUARE)),
    (PLANE, "homogeneous", positively_homogeneous(PLANE)),
    (LINE, "fixed_point on [0,1]", has_fixed_point(LINE, UNIT)),
    (LINE, "no fixed_point on [0,1]", no_fixed_point(LINE, UNIT)),
    (LINE, "unique fixed_point on [0,1]", unique_fixed_point(LINE, UNIT)),
    (LINE, "exactly_one y = 1 on [0,1]", exactly_one(LINE, equals(outputs(LINE)[0], 1), UNIT)),
    (LINE, "somewhere y > 1 on [0,1]", somewhere(LINE, outputs(LINE)[0] > 1, UNIT)),
    (PLANE, "y_0 >= x_0 on [-1,1]^2", always(PLANE, Y >= P, SQUARE)),
    (PLANE, "not (y < x_0 or 2*x_1 > y) on [-1,1]^2", always(PLANE, negate(any_of(Y < P, 2 * Q_ > Y)), SQUARE)),
    (PLANE, "-1 <= y < 3/2*(x_0 + 1) and y != 7 on [-1,1]^2",
     always(PLANE, all_of(Y >= -1, (P + 1) * F(3, 2) > Y, any_of(Y < 7, Y > 7)), SQUARE)),
    (PLANE, "y >= x_0 on R^2 with x_0 <= x_1 and x_0 + x_1 < 1",
     always(PLANE, Y >= P, whole_space(2).cut(Halfspace((1, -1), 0), Halfspace((1, 1), 1, strict=True)))),
    (PLANE, "y >= x_0 on (-inf,0] x [1,inf)", always(PLANE, Y >= P, Polyhedron((None, 1), (0, None)))),
]  # fmt: skip


@pytest.mark.parametrize(("net", "text", "claim"), SAID, ids=[text for _, text, _ in SAID])
def test_every_head(net, text: str, claim) -> None:
    found = parse_claim(text, [net])
    assert type(found) is type(claim)
    assert found == claim
    set_at = text.find(" on ")
    if set_at > 0 and "; " not in text and " with " not in text and "inf)" not in text:
        from verinet.cli.places import parse_set

        place = parse_set(text[set_at + 4 :], net.input_size)
        assert parse_claim(text[:set_at], [net], place) == claim


def test_all_heads_are_tried() -> None:
    tried = {text.replace("(", " ").split()[0] for _, text, _ in SAID}
    assert set(HEADS) - tried == {"equal", "continuous", "oriented"}
    assert parse_claim("continuous on [0,1]", [LINE]).text() == "f is continuous on [0,1]"
    assert parse_claim("oriented positive", [MAP]).text().startswith("det Df > 0 on every cell of")


def test_two_networks() -> None:
    assert parse_claim("equal on [-1,1]^2", [PLANE, PLANE]) == equal(PLANE, PLANE, SQUARE)
    assert parse_claim("equal within 1/100", [PLANE, PLANE], SQUARE) == equal(PLANE, PLANE, SQUARE, within="1/100")
    f, g = outputs(PLANE, MAP)
    found = parse_claim("f1.y_0 <= f2.y_1 + 1 on [-1,1]^2", [PLANE, MAP])
    assert found == always((PLANE, MAP), f[0] <= g[1] + 1, SQUARE)
    for text in ("y_0 <= 1 on [-1,1]^2", "f3.y_0 <= 1 on [-1,1]^2", "f1.y_1 <= 1 on [-1,1]^2"):
        with pytest.raises(BadFormat, match=r"x_0 to x_1, f1\.y, f2\.y_0 to f2\.y_1"):
            parse_claim(text, [PLANE, MAP])
    single = parse_claim("f1.y <= f2.y on [-1,1]^2", [PLANE, PLANE])
    assert single == parse_claim("f1.y_0 <= f2.y_0 on [-1,1]^2", [PLANE, PLANE])
    with pytest.raises(BadFormat, match=r"no variable f2\.y\n"):
        parse_claim("f1.y <= f2.y on [-1,1]^2", [PLANE, MAP])
    with pytest.raises(ShapeMismatch, match="two networks"):
        parse_claim("equal on [-1,1]^2", [PLANE])
    with pytest.raises(ShapeMismatch, match="one network"):
        parse_claim("injective", [PLANE, PLANE])
    with pytest.raises(ShapeMismatch, match="equally many inputs"):
        parse_claim("equal on [-1,1]^2", [PLANE, LINE])


def test_the_domain_of_the_network_is_the_last_resort() -> None:
    own = LINE.with_domain([(0, 1)])
    assert parse_claim("y >= 0", [own]).domain == UNIT
    assert parse_claim("injective", [own]).domain == UNIT
    assert parse_claim("invertible", [own]) == bijective(own)
    with pytest.raises(Unsupported, match="needs a set"):
        parse_claim("y >= 0", [LINE])
    with pytest.raises(Unsupported, match="another one was given"):
        parse_claim("y >= 0 on [0,1]", [LINE], UNIT)
    with pytest.raises(Unsupported, match="smaller set"):
        parse_claim("invertible on [0,1]", [LINE])


def test_smooth_targets_are_built_node_by_node() -> None:
    x = sympy.Symbol("x")
    found = parse_claim("sup_error(sin(pi*x)/2 + exp(-x^2)) <= 1/10 on [0,1]", [LINE])
    assert found == (sup_error(LINE, sympy.sin(sympy.pi * x) / 2 + sympy.exp(-(x**2)), UNIT) <= "1/10")
    assert all(callable(getattr(sympy, name)) for name in FUNCTIONS)
    from verinet.exact import smooth

    assert set(FUNCTIONS) <= {*smooth.FUNCTIONS, "sqrt"}


numbers = st.fractions(-9, 9, max_denominator=30)
rows = st.tuples(numbers, numbers, numbers, numbers, st.booleans())


@settings(max_examples=60)
@given(st.lists(st.lists(rows, min_size=1, max_size=3), min_size=1, max_size=3))
def test_what_claims_print_is_read_again(table) -> None:
    """The text of an always claim is a claim in one line."""
    clauses = []
    for line in table:
        atoms = [a * P + b * Q_ + c * Y + d for a, b, c, d, _ in line]
        clauses.append(any_of(*(t > 0 if row[4] else t >= 0 for t, row in zip(atoms, line, strict=True))))
    claim = always(PLANE, all_of(*clauses), SQUARE.cut(Halfspace((1, "1/3"), "1/7")))
    again = parse_claim(claim.text(), [PLANE])
    assert again.domain == claim.domain
    for x in ((F(0), F(0)), (F(1), F(-1)), (F(-1, 3), F(2, 7)), (F(1, 2), F(1))):
        assert again.holds_at(x) == claim.holds_at(x)


@given(st.lists(numbers, min_size=1, max_size=4), numbers)
def test_polynomials_are_expanded_exactly(roots: list[F], at: F) -> None:
    text = "*".join(f"(x - ({root}))" for root in roots) + f" / 3 - (x^2 - {abs(roots[0])})^3"
    reader = Reader(text)
    found = Meanings(reader, Names(1, (1,))).target(reader.term())
    expected = F(1, 3)
    for root in roots:
        expected *= at - root
    assert found.value((at,)) == expected - (at**2 - abs(roots[0])) ** 3


# ---------------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize("text, kind, words", [
    ("", BadFormat, "got the end"),
    ("on [0,1]", BadFormat, "got on"),
    ("y >= 0 on", BadFormat, r"\[ or \( here, got the end"),
    ("y >= 0 on [0,1] junk", BadFormat, "got junk"),
    ("y >= 0 on [0,1]^2", ShapeMismatch, "1 coordinates"),
    ("y >= 0 on [0,1] x [0,1]", ShapeMismatch, "1 coordinates"),
    ("y >= 0 on [0,1]^999999999", ShapeMismatch, "1 coordinates"),
    ("y >= 0 on [0,1)", Unsupported, "square brackets"),
    ("y >= 0 on [1,0]", VerinetError, "no point"),
    ("y >= 0 on [0,1] with y >= 0", Unsupported, "cut by comparisons"),
    ("y >= 0 on [0,1] with x >= 0 or x <= 0", Unsupported, "joined by and"),
    ("y", BadFormat, "a comparison here, got a term without one"),
    ("y + (x >= 0) >= 0 on [0,1]", BadFormat, "a term here"),
    ("(y >= 0) >= 0 on [0,1]", BadFormat, "a term"),
    ("z >= 0 on [0,1]", BadFormat, "no variable z"),
    ("y_1 >= 0 on [0,1]", BadFormat, "no variable y_1"),
    ("y >= x_1 on [0,1]", BadFormat, "x and y"),
    ("y*x >= 0 on [0,1]", Unsupported, "affine"),
    ("y^2 >= 0 on [0,1]", Unsupported, "affine"),
    ("y >= 1/x on [0,1]", Unsupported, "divisors"),
    ("y >= 1/0 on [0,1]", NotANumber, "0"),
    ("y >= 1/(1-1) on [0,1]", NotANumber, "0"),
    ("y >= 1e999999999 on [0,1]", NotANumber, "character 6"),
    ("y >= sin(x) on [0,1]", BadFormat, "polynomial"),
    ("y >= __import__(x) on [0,1]", BadFormat, "no use for"),
    ("y >= x.real on [0,1]", BadFormat, "no use for"),
    ("sup_error(system(x)) <= 1 on [0,1]", BadFormat, "one of the functions"),
    ("sup_error(y) <= 1 on [0,1]", Unsupported, "an output"),
    ("sup_error(sin(y)) <= 1 on [0,1]", BadFormat, "an output"),
    ("sup_error(x^2) >= 1 on [0,1]", BadFormat, "<= or ="),
    ("sup_error(x^2) <= x on [0,1]", BadFormat, "a number"),
    ("sup_error x^2 <= 1 on [0,1]", BadFormat, r"\( here"),
    ("sup_error(x^401) <= 1 on [0,1]", Unsupported, "degree"),
    ("sup_error(((x+1)^400)^400) <= 1 on [0,1]", Unsupported, "degree"),
    ("sup_error((9^400)^400) <= 1 on [0,1]", Unsupported, "moderate"),
    ("sup_error(x^2^2) <= 1 on [0,1]", BadFormat, "power of a power"),
    ("sup_error(x^-1) <= 1 on [0,1]", BadFormat, "an integer"),
    ("sup_error(x^0.5) <= 1 on [0,1]", BadFormat, "an integer"),
    ("lp_error(x, p=0) <= 1 on [0,1]", Unsupported, "from 1"),
    ("lipschitz_3 <= 1 on [0,1]", BadFormat, "no variable lipschitz_3"),
    ("lipschitz_3 <= 1 on [0,1]", BadFormat, "did you mean lipschitz_[12] or"),
    ("monoton up in x on [0,1]", BadFormat, r"did you mean monotone\?"),
    ("Convex on [0,1]", BadFormat, "did you mean convex or concave"),
    ("surject", BadFormat, r"did you mean surjective\?"),
    ("qqq on [0,1]", BadFormat, "claims begin with sup_error, .* the variables are x and y"),
    ("cos(x) >= 0 on [0,1]", BadFormat, "no variable cos"),
    ("integral(y) <= 1 on [0,1]", Unsupported, "equal to a number, or lies between two"),
    ("lipschitz_inf <= -1 on [0,1]", Unsupported, "not negative"),
    ("monotone in x on [0,1]", BadFormat, "up or down"),
    ("monotone up in y on [0,1]", BadFormat, "an input"),
    ("monotone up in x and down in x on [0,1]", BadFormat, "named twice"),
    ("range(x) within [0,1] on [0,1]", BadFormat, "an output"),
    ("range(y) within [0,1], [0,1] on [0,1]", BadFormat, "one interval"),
    ("cells <= 3 on [0,1]", BadFormat, "="),
    ("cells = -3 on [0,1]", BadFormat, "an integer"),
    ("f(1,2) = 3", ShapeMismatch, "1"),
    ("f(1) = 3 on [0,1]", BadFormat, "a value has no set"),
    ("convex for x on [0,1]", BadFormat, "an output"),
    ("y >= 0 and on [0,1]", BadFormat, "got on"),
    ("y > = 0 on [0,1]", BadFormat, "got ="),
    ("y >= 0; x on [0,1]", BadFormat, "got ;"),
    ("y ≥ 0 on [0,1]", BadFormat, "no use for"),
    ("y >= 0 # 1", BadFormat, "no use for"),
])  # fmt: skip
def test_bad_text_is_refused_by_name(text: str, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words) as caught:
        parse_claim(text, [LINE])
    assert "Fix:" in str(caught.value)
    assert len(str(caught.value)) < 700


@pytest.mark.parametrize("text", [
    "(" * 90_000, "((x" * 20_000, "not " * 20_000 + "y >= 0 on [0,1]", "-" * 90_000 + "1 >= 0 on [0,1]",
    "sin(" * 20_000, "y" * 99_000, "1" * 90_000, "x+" * 40_000, "[" * 90_000, "y >= 0 on " + "[0,1] x " * 9_000,
    "y >= 0 and " * 9_000, "(" * (DEEPEST + 1) + "y" + ")" * (DEEPEST + 1), "a" * (LONGEST + 1), "x^2^" * 9_000,
])  # fmt: skip
def test_hostile_text(text: str) -> None:
    with suppress(VerinetError):
        parse_claim(text, [LINE])


def test_deep_but_allowed() -> None:
    depth = DEEPEST - 2
    assert parse_claim(f"{'(' * depth}y{')' * depth} >= 0 on [0,1]", [LINE]).text() == "y_0 >= 0 on [0,1]"


@given(st.text(alphabet="xy_01 +-*/^()[],;=<>andortup.é\x00", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(VerinetError):
        parse_claim(text, [LINE], UNIT)


def test_sets() -> None:
    reader = Reader("R")
    assert read_set(reader, None, 3) == whole_space(3)
    reader = Reader("R^2 x [0,1]")
    assert read_set(reader, None, 3) == Polyhedron((None, None, 0), (None, None, 1))
