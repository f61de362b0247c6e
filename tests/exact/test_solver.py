"""Constraints: points are exact, text is read alike by two solvers, hard answers are Unknown."""

from __future__ import annotations

import builtins
import importlib.util
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verinet.errors import MissingExtra, NotANumber, ShapeMismatch
from verinet.exact import solver
from verinet.exact.solver import Point, Unknown, Unsat, second_opinion, solve
from verinet.exact.terms import (
    above,
    add,
    all_of,
    any_of,
    at_least,
    at_most,
    below,
    choose,
    constant,
    equals,
    floor,
    holds,
    if_less,
    linear,
    mul,
    negate,
    scale,
    smtlib,
    variables,
)

ZERO, ONE = Fraction(0), Fraction(1)


def test_a_point_and_no_point():
    x, y = variables("x", 2)
    line = linear((Fraction(1, 3), Fraction(-2)), Fraction(1, 7), (x, y))
    found = solve([equals(line, ZERO), above(y, ONE)], [x, y], 10)
    assert isinstance(found, Point)
    assert found.values[0] / 3 - 2 * found.values[1] + Fraction(1, 7) == 0
    assert found.values[1] > 1
    assert solve([above(x, ZERO), below(x, ZERO)], [x], 10) == Unsat()


def test_ties_of_if_less():
    (x,) = variables("x", 1)
    relu = if_less(x, ZERO, constant(ZERO), x)
    step = if_less(x, ZERO, constant(ZERO), constant(ONE))
    assert solve([at_most(x, ZERO), equals(step, ONE)], [x], 10) == Point((ZERO,))
    assert solve([below(x, ZERO), above(relu, ZERO)], [x], 10) == Unsat()
    turned = choose(above(x, ZERO), constant(ONE), constant(ZERO))
    assert solve([equals(x, ZERO), equals(turned, ONE)], [x], 10) == Unsat()


def test_the_integer_part():
    (x,) = variables("x", 1)
    whole = floor(x)
    for value, part in (("-1/2", -1), ("7/3", 2), ("-2", -2), ("0", 0)):
        assert holds([equals(whole, Fraction(part))], {"x0": Fraction(value)})
        assert floor(constant(Fraction(value))).value == part
    odd = [equals(whole, Fraction(-3)), equals(linear((ONE, -ONE), ZERO, (x, whole)), Fraction(1, 4))]
    assert solve(odd, [x], 10) == Point((Fraction(-11, 4),))
    assert solve([above(whole, ZERO), below(whole, ONE)], [x], 10) == Unsat()
    assert smtlib(odd).startswith("(set-logic QF_LIRA)")
    assert smtlib([above(mul(whole, x), ZERO)]).startswith("(set-logic QF_NIRA)")
    if importlib.util.find_spec("cvc5"):
        assert second_opinion(smtlib(odd), 10) == "sat"
        assert second_opinion(smtlib([above(whole, ZERO), below(whole, ONE)]), 10) == "unsat"


def test_no_repr_meets_the_digit_limit_or_writes_what_is_shared_again_and_again():
    (x,) = variables("x", 1)
    doubled = x
    for _ in range(60):
        doubled = add(doubled, doubled)
    assert repr(doubled) == "<Term sum, 2 parts>"
    assert repr(equals(x, Fraction(10**5000))) == "<Formula =, 1 parts>"
    assert "..." in repr(Point((Fraction(10**5000),)))


def test_connectives():
    x, y = variables("x", 2)
    either = any_of([all_of([above(x, ONE), above(y, ONE)]), negate(at_least(x, -ONE))])
    assert isinstance(solve([either, below(y, ZERO)], [x, y], 10), Point)
    assert solve([either, below(y, ZERO), above(x, ZERO)], [x, y], 10) == Unsat()
    assert solve([any_of([])], [x], 10) == Unsat()
    assert isinstance(solve([all_of([])], [x], 10), Point)
    assert isinstance(solve([], [x, y], 10), Point)


def test_products_and_irrational_answers():
    x, y = variables("x", 2)
    found = solve([equals(mul(x, y), Fraction(6)), equals(add(x, y), Fraction(5))], [x, y], 10)
    assert isinstance(found, Point)
    assert sorted(found.values) == [2, 3]
    root = solve([equals(mul(x, x), Fraction(2))], [x], 10)
    assert isinstance(root, Unknown)
    assert "irrational" in root.reason


def test_numbers_beyond_pythons_digit_limit():
    (x,) = variables("x", 1)
    huge = Fraction(3**20_000, 7**15_000)
    assert solve([equals(x, huge)], [x], 20) == Point((huge,))
    assert len(smtlib([equals(x, huge)])) > 20_000


def test_deep_and_shared_graphs():
    (x,) = variables("x", 1)
    term = x
    for _ in range(5_000):  # deeper than Python's recursion limit
        term = scale(Fraction(1, 2), add(term, constant(ONE)))
    assert holds([below(term, Fraction(2))], {"x0": ZERO})
    doubled = x
    for _ in range(60):  # 2^60 paths, 60 parts
        doubled = add(doubled, doubled)
    assert holds([equals(doubled, Fraction(2**60))], {"x0": ONE})
    assert len(smtlib([equals(doubled, Fraction(2**60))])) < 10_000
    assert solve([equals(doubled, Fraction(2**60))], [x], 20) == Point((ONE,))


def test_a_solver_that_lies_is_not_believed(monkeypatch):
    (x,) = variables("x", 1)
    monkeypatch.setattr(solver, "holds", lambda *_: False)
    answer = solve([above(x, ZERO)], [x], 10)
    assert isinstance(answer, Unknown)


def test_time_runs_out():
    xs = variables("x", 12)
    cubes = [equals(mul(mul(xs[i], xs[i + 1]), xs[i + 2]), Fraction(i + 2)) for i in range(10)]
    hard = [*cubes, equals(add(*(mul(a, mul(a, a)) for a in xs)), Fraction(1, 3))]
    assert isinstance(solve(hard, xs, 0.05), Unknown | Point | Unsat)


def test_simplifications_keep_the_meaning():
    x, y = variables("x", 2)
    assert linear((ZERO, ZERO), ONE, (x, y)).kind == "constant"
    assert linear((ONE, ZERO), ZERO, (x, y)) is x
    assert linear((Fraction(2), ONE), ONE, (constant(Fraction(3)), x)).kind == "sum"
    assert mul(constant(Fraction(2)), constant(Fraction(3))).value == 6
    assert mul(x, constant(ONE)) is x
    assert add().value == 0
    with pytest.raises(ShapeMismatch):
        linear((ONE,), ONE, (x, y))
    with pytest.raises(NotANumber):
        variables("x) (exit", 1)


# --- random formulas: z3, cvc5 and exact evaluation agree ------------------------------------------------

numbers = st.sampled_from([Fraction(n, d) for n in range(-3, 4) for d in (1, 3)])


@st.composite
def formulas(draw):
    xs = variables("x", 2)
    terms = list(xs)
    atoms = []
    for _ in range(draw(st.integers(1, 6))):
        kind = draw(st.sampled_from(["linear", "linear", "choose", "atom"]))
        pick = st.sampled_from(terms)
        if kind == "linear":
            terms.append(linear([draw(numbers), draw(numbers)], draw(numbers), [draw(pick), draw(pick)]))
        elif kind == "choose":
            terms.append(if_less(draw(pick), draw(numbers), draw(pick), draw(pick)))
        else:
            atoms.append(draw(st.sampled_from([at_least, above, at_most, below, equals]))(draw(pick), draw(numbers)))
    atoms.append(at_least(terms[-1], draw(numbers)))
    atoms.append(draw(st.sampled_from([any_of, all_of]))([negate(atoms[0]), *atoms[1:]]))
    return xs, atoms


@settings(max_examples=40, deadline=None)
@given(formulas())
def test_two_solvers_and_exact_evaluation_agree(pair):
    pytest.importorskip("cvc5", reason="left out: cvc5 is not installed")
    xs, atoms = pair
    answer = solve(atoms, xs, 20)
    text = smtlib(atoms)
    if isinstance(answer, Point):
        assert holds(atoms, {"x0": answer.values[0], "x1": answer.values[1]})
        assert second_opinion(text, 20) == "sat"
    else:
        assert answer == Unsat()
        assert second_opinion(text, 20) == "unsat"


def test_our_text_is_read_by_z3_too():
    import z3

    x, y = variables("x", 2)
    text = smtlib([at_least(mul(x, y), Fraction(-7, 3)), any_of([]), above(if_less(x, ZERO, y, x), ONE)])
    assert text.startswith("(set-logic QF_NRA)")
    theirs = z3.Solver()
    theirs.from_string(text)
    assert theirs.check() == z3.unsat


def test_second_opinion_needs_cvc5(monkeypatch):
    true_import = builtins.__import__

    def without(name, *rest, **more):
        if name == "cvc5":
            raise ImportError
        return true_import(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtra, match="pip install cvc5"):
        second_opinion("(check-sat)", 1)


def test_heavy_libraries_are_imported_late():
    import subprocess
    import sys

    code = (
        "import sys, verinet.exact.solver, verinet.exact.enclosures, verinet.exact.parameters, "
        "verinet.exact.programs, verinet.exact.filters\n"
        "print([m for m in ('z3', 'cvc5', 'sympy', 'mpmath', 'highspy', 'numba') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
