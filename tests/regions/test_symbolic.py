"""Symbolic pieces against networks built anew with random rationals; guards that partition the parameters."""

from __future__ import annotations

import math
import random
from fractions import Fraction
from itertools import combinations, pairwise, product

import pytest
import sympy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from verinet.errors import BudgetExhausted, EmptyDomain, InexactInput, NotANumber, ShapeMismatch, Unsupported
from verinet.exact import terms
from verinet.exact.linalg import Matrix
from verinet.exact.parameters import parameter
from verinet.exact.programs import Interior, System, interior
from verinet.exact.rationals import Q
from verinet.exact.solver import Unknown, Unsat, solve
from verinet.geometry import box
from verinet.geometry import interval as line_interval
from verinet.networks import activation, evaluate, layered, vertex_values
from verinet.networks.activations import RELU
from verinet.networks.evaluate import RationalArithmetic
from verinet.networks.network import Activate
from verinet.regions import symbolic_search, symbolic_signs
from verinet.regions.symbolic import (
    SymbolicActivation,
    SymbolicCells,
    SymbolicPieces,
    symbolic_activation,
    symbolic_network,
    symbolic_pieces,
    symbolic_regions,
)
from verinet.work import Budget

HALF = Q("1/2")

# --- an independent reading of a rational network of one input --------------------------------------


def true_breakpoints(network, low=None, high=None):
    """Where the network bends: every layer is affine between the candidates that the layers before left."""
    candidates = {Fraction(0)} | {end for end in (low, high) if end is not None}
    for vertex in network.vertices:
        if isinstance(vertex.operation, Activate):
            candidates |= crossings(network, vertex, sorted(candidates))
    ordered = sorted(candidates)
    inside = [x for x in ordered if (low is None or x > low) and (high is None or x < high)]
    return tuple(x for x in inside if bends(network, x, *neighbours(ordered, x)))


def crossings(network, vertex, ordered):
    """Where a neuron of the vertex meets a breakpoint, between candidates or beyond the last ones."""
    found = set()
    ends = [(ordered[0] - 1, ordered[0]), *pairwise(ordered), (ordered[-1], ordered[-1] + 1)]
    for place, (a, b) in enumerate(ends):
        za, zb = (vertex_values(network, [x], RationalArithmetic())[vertex.sources[0]] for x in (a, b))
        for channel, act in enumerate(vertex.operation.activations):
            slope = (zb[channel, 0] - za[channel, 0]) / (b - a)
            roots = {a + (t - za[channel, 0]) / slope for t in act.breakpoints} if slope else ()
            found |= {x for x in roots if (x > a or place == 0) and (x < b or place == len(ends) - 1)}
    return found


def neighbours(ordered, x):
    i = ordered.index(x)
    return (ordered[i - 1] if i else x - 1), (ordered[i + 1] if i + 1 < len(ordered) else x + 1)


def bends(network, x, a, b):
    fa, fx, fb = (evaluate(network, [t]) for t in (a, x, b))
    return any((v - u) / (x - a) != (w - v) / (b - x) for u, v, w in zip(fa, fx, fb, strict=True))


def agrees(pieces, network):
    """Breakpoints equal, and values at breakpoints, midpoints and outside."""
    assert pieces.breakpoints == true_breakpoints(network, pieces.low, pieces.high)
    ends = [end for end in (pieces.low, pieces.high) if end is not None]
    points = sorted({*pieces.breakpoints, *ends}) or [Fraction(0)]
    spots = [*points, *((a + b) / 2 for a, b in pairwise(points))]
    spots += [points[0] - k for k in (1, 7) if pieces.low is None]
    spots += [points[-1] + k for k in (1, 7) if pieces.high is None]
    for x in spots:
        assert pieces(x) == evaluate(network, [x])


def rational_network(weights, biases, act=RELU):
    return layered([Matrix.from_rows(w) for w in weights], [Matrix.column(b) for b in biases], act)


# --- guards -----------------------------------------------------------------------------------------


def as_formula(condition, symbols, names):
    """A condition as a formula of the solver, read from the sympy polynomial."""
    poly = sympy.Poly(condition.polynomial, *symbols)
    parts = []
    for exponents, coefficient in poly.terms():
        part = terms.constant(Fraction(int(coefficient)))
        for name, power in zip(names, exponents, strict=True):
            for _ in range(power):
                part = terms.mul(part, name)
        parts.append(part)
    term = terms.add(*parts)
    zero = Fraction(0)
    return terms.any_of(
        {-1: terms.below, 0: terms.equals, 1: terms.above}[sign](term, zero) for sign in condition.signs
    )


def assert_partition(pieces: SymbolicPieces, samples=200, seed=0):
    """The guards exclude each other and leave nothing out: by the solver, and at random values."""
    parameters = pieces.network.parameters
    symbols = [p.symbol for p in parameters]
    names = terms.variables("q", len(symbols))
    ranges = []
    for p, name in zip(parameters, names, strict=True):
        if p.low is not None:
            ranges.append((terms.above if p.low_open else terms.at_least)(name, p.low))
        if p.high is not None:
            ranges.append((terms.below if p.high_open else terms.at_most)(name, p.high))
    formulas = [
        terms.all_of(as_formula(condition, symbols, names) for condition in case.guard.conditions)
        for case in pieces.cases
    ]
    for one, other in combinations(formulas, 2):
        assert solve([*ranges, one, other], names, 10) == Unsat()
    assert solve([*ranges, *map(terms.negate, formulas)], names, 10) == Unsat()
    for case, formula in zip(pieces.cases, formulas, strict=True):
        assert case.nonempty
        if case.witness is not None:
            assert case.guard.holds(sympy_values(symbols, case.witness))
            assert pieces.case(dict(zip(symbols, case.witness, strict=True))) is case
        else:
            assert isinstance(solve([*ranges, formula], names, 10), Unknown)
    rng = random.Random(seed)
    for _ in range(samples):
        values = sympy_values(symbols, [random_value(rng, p) for p in parameters])
        assert sum(case.guard.holds(values) for case in pieces.cases) == 1


def sympy_values(symbols, values):
    return {s: sympy.Rational(v.numerator, v.denominator) for s, v in zip(symbols, values, strict=True)}


def random_value(rng, p):
    low = Fraction(-3) if p.low is None else p.low
    high = low + 6 if p.high is None else p.high
    denominator = rng.choice([2, 3, 4, 12, 97, 10**20 + 39])
    steps = rng.randrange(1, denominator)
    return low + (high - low) * Fraction(steps, denominator)


# --- what must be shown -----------------------------------------------------------------------------

P = parameter("p", low=0, high=1, strict=True)
A = parameter("alpha", low=0, high=1, strict=True)


def tent_rows(p):
    """0 outside of [0, 1], 1 at p: the layers of the tent, in Fractions or in symbols."""
    return [[1], [1], [1]], [0, -p, -1], [[1 / p, -1 / (p * (1 - p)), 1 / (1 - p)]], [0]


def tent(parameter_):
    w0, b0, w1, b1 = tent_rows(parameter_.symbol)
    return symbolic_network([(w0, b0), (w1, b1)], parameters=[parameter_])


def rational_sawtooth(p, times):
    w0, b0, w1, b1 = tent_rows(p)
    met = [[a * row[0] for a in w1[0]] for row in w0]
    weights = [w0, *[met] * (times - 1), w1]
    return rational_network(weights, [b0, *[b0] * (times - 1), b1])


@pytest.mark.parametrize("times", [1, 2, 3])
@pytest.mark.parametrize("domain", [None, (0, 1)])
def test_the_sawtooth_with_its_peak_at_p(times, domain):
    f = symbolic_pieces(tent(P).repeated(times), domain)
    assert f.guarantee == "exact"
    assert [str(case.guard) for case in f.cases] == ["always"]
    assert len(f.cases[0].pieces) == (2**times if domain else 2**times + 2)
    rng = random.Random(times)
    for _ in range(100):
        p = random_value(rng, P)
        agrees(f.substitute({P.symbol: p}), rational_sawtooth(p, times))


def test_the_formulas_of_the_tent():
    p = P.symbol
    f = symbolic_pieces(tent(P))
    assert f.breakpoints == ((f.cases[0].guard, (0, p, 1)),)
    assert symbolic_pieces(tent(P).repeated(2), (0, 1)).cases[0].breakpoints == (p**2, p, p**2 - p + 1)
    assert f.latex() == "\n".join(
        [
            r"f(x) = \begin{cases}",
            r"  0, & x < 0 \\",
            r"  \frac{x}{p}, & 0 \le x < p \\",
            r"  \frac{x - 1}{p - 1}, & p \le x < 1 \\",
            r"  0, & x \ge 1",
            r"\end{cases} \qquad (0 < p < 1)",
        ]
    )
    x = sympy.Symbol("x", real=True)
    third = sympy.Rational(1, 3)
    found = f.to_sympy(x)
    assert isinstance(found, sympy.Piecewise)
    for at, value in ((-1, 0), (third / 2, HALF), (third, 1), (sympy.Rational(2, 3), HALF), (2, 0)):
        assert found.subs({x: at, p: third}) == sympy.Rational(value)


LEAKY = [([[1], [-1]], [0, 1]), ([[1, 1], [1, -1]], [-1, 0]), ([[1, -2]], [0])]


@pytest.mark.parametrize("strict", [True, False])
def test_leaky_relu_for_all_alpha(strict):
    alpha = parameter("alpha", low=0, high=1, strict=strict)
    f = symbolic_pieces(symbolic_network(LEAKY, symbolic_activation("leaky_relu", alpha.symbol), [alpha]))
    assert f.guarantee == "exact"
    assert_partition(f)
    rng = random.Random(5)
    values = [random_value(rng, alpha) for _ in range(100)] + [HALF] + [Fraction(0), Fraction(1)] * (not strict)
    for value in values:
        network = rational_network([w for w, _ in LEAKY], [b for _, b in LEAKY], activation("leaky_relu", value))
        agrees(f.substitute({alpha.symbol: value}), network)


def test_one_leaky_neuron_prints_as_in_a_paper():
    f = symbolic_pieces(symbolic_network([([[1]], [0]), ([[1]], [0])], symbolic_activation("prelu", A.symbol), [A]))
    assert f.latex("\\sigma", sympy.Symbol("t")) == "\n".join(
        [
            r"\sigma(t) = \begin{cases}",
            r"  \alpha t, & t < 0 \\",
            r"  t, & t \ge 0",
            r"\end{cases} \qquad (0 < \alpha < 1)",
        ]
    )


def test_the_number_of_regions_depends_on_the_parameter():
    a = parameter("a")
    f = symbolic_pieces(symbolic_network([([[1], [1]], [0, -a.symbol]), ([[1, -1]], [0])], parameters=[a]))
    assert [(str(case.guard), case.breakpoints) for case in f.cases] == [
        ("a < 0", (a.symbol, 0)),
        ("a == 0", ()),
        ("a > 0", (0, a.symbol)),
    ]
    assert_partition(f)
    rng = random.Random(1)
    for value in [Fraction(0), *(random_value(rng, a) for _ in range(100))]:
        agrees(f.substitute({a: value}), rational_network([[[1], [1]], [[1, -1]]], [[0, -value], [0]]))
    assert f.latex() == "\n".join(
        [
            r"f(x) = \begin{cases}",
            r"\begin{cases}",
            r"  0, & x < a \\",
            r"  a - x, & a \le x < 0 \\",
            r"  a, & x \ge 0",
            r"\end{cases} & \text{if } a < 0 \\[1ex]",
            r"0 & \text{if } a = 0 \\[1ex]",
            r"\begin{cases}",
            r"  0, & x < 0 \\",
            r"  x, & 0 \le x < a \\",
            r"  a, & x \ge a",
            r"\end{cases} & \text{if } a > 0",
            r"\end{cases} \qquad (a \in \mathbb{R})",
        ]
    )
    x = sympy.Symbol("x", real=True)
    found = f.to_sympy(x)
    for at, value in product((-2, -1, 0, 1, 2), repeat=2):
        assert found.subs({a.symbol: value}).subs({x: at}) == max(at, 0) - max(at - value, 0)


def test_breakpoints_that_merge_at_a_half():
    a = parameter("a", low=0, high=1)
    f = symbolic_pieces(symbolic_network([([[1], [1]], [-a.symbol, a.symbol - 1]), ([[1, 1]], [0])], parameters=[a]))
    assert [(str(case.guard), len(case.breakpoints)) for case in f.cases] == [
        ("a < 1/2", 2),
        ("a == 1/2", 1),
        ("a > 1/2", 2),
    ]
    assert f.cases[1].breakpoints == (sympy.Rational(1, 2),)
    assert_partition(f)


def test_breakpoints_that_merge_at_an_irrational_value():
    a = parameter("a", low=0, high=1)
    f = symbolic_pieces(symbolic_network([([[1], [1]], [-2 * a.symbol**2, -1]), ([[1, 1]], [0])], parameters=[a]))
    assert [(str(c.guard), c.nonempty, c.witness is None) for c in f.cases] == [
        ("2*a**2 < 1", True, False),
        ("2*a**2 == 1", True, True),
        ("2*a**2 > 1", True, False),
    ]
    assert [len(case.breakpoints) for case in f.cases] == [2, 1, 2]
    assert_partition(f)


def test_a_low_tent_gains_regions_where_its_peak_passes_one():
    p, h = P.symbol, parameter("h", low=0, high=2, strict=True)
    w0, b0, w1, b1 = tent_rows(p)
    rows = [[h.symbol * entry for entry in w1[0]]]
    f = symbolic_pieces(symbolic_network([(w0, b0), (rows, b1)], parameters=[P, h]).repeated(2), (0, 1))
    assert [(str(case.guard), len(case.pieces)) for case in f.cases] == [
        ("p < h and h <= 1", 4),
        ("h > 1", 5),
        ("p >= h", 2),
    ]
    assert_partition(f)
    rng = random.Random(2)
    for _ in range(100):
        p_, h_ = random_value(rng, P), random_value(rng, h)
        v0, c0, v1, c1 = tent_rows(p_)
        last = [[h_ * entry for entry in v1[0]]]
        network = rational_network([v0, [last[0]] * 3, last], [c0, c0, c1])
        agrees(f.substitute({p: p_, h.symbol: h_}), network)


def test_two_outputs_bend_where_either_does():
    a = parameter("a", low=1)
    f = symbolic_pieces(
        symbolic_network([([[1], [1]], [0, -a.symbol]), ([[1, 0], [0, a.symbol]], [0, 1])], parameters=[a])
    )
    assert f.cases[0].breakpoints == (0, a.symbol)
    assert f.substitute({a.symbol: 2})(3) == (3, 3)
    assert "a" in f.latex("g", output=1)
    with pytest.raises(ShapeMismatch):
        f.latex(output=2)


def test_a_domain_with_a_symbolic_end():
    a = parameter("a", low=0, strict=True)
    relu = symbolic_network([([[1]], [-1]), ([[1]], [0])], parameters=[a])
    f = symbolic_pieces(relu, (0, a.symbol))
    assert [(str(case.guard), len(case.pieces)) for case in f.cases] == [("a <= 1", 1), ("a > 1", 2)]
    assert f.substitute({a: 3}).high == 3
    with pytest.raises(EmptyDomain):
        f.substitute({a: 3})(4)
    assert symbolic_pieces(relu, line_interval(0, 1)).low == 0
    with pytest.raises(EmptyDomain):
        symbolic_pieces(relu, (a.symbol, 1))
    with pytest.raises(ShapeMismatch):
        symbolic_pieces(relu, (0,))


def test_no_parameter_at_all():
    f = symbolic_pieces(symbolic_network([([["1/2"]], [0]), ([[1]], [-1])], activation("abs")))
    assert f.substitute({}).breakpoints == (0,)
    assert f.latex().startswith("f(x) = ")


def test_other_activations():
    low, high = parameter("l", low=-2, high=-1), parameter("h", low=0, high=3)
    clip = symbolic_activation("clip", low.symbol, high.symbol)
    kinds = [clip, symbolic_activation("at_least", low.symbol), symbolic_activation("at_most", high.symbol)]
    f = symbolic_pieces(symbolic_network([([[1], [-2], [3]], [0, 1, 0]), ([[1, 1, 1]], [0])], [kinds], [low, high]))
    assert_partition(f)
    rng = random.Random(3)
    for _ in range(30):
        values = {low.symbol: random_value(rng, low), high.symbol: random_value(rng, high)}
        agrees(f.substitute(values), f.network.substitute(values))


# --- the solver's word ------------------------------------------------------------------------------


def test_what_the_solver_decided_is_named():
    a, b = parameter("a"), parameter("b")
    positive = 1 / (a.symbol**2 + a.symbol * b.symbol + b.symbol**2 + 1)
    f = symbolic_pieces(symbolic_network([([[positive]], [0]), ([[1]], [0])], parameters=[a, b]))
    assert len(f.cases) == 1
    assert len(f.cases[0].breakpoints) == 1
    assert {str(guard) for guard in f.by_solver} == {
        "a**2 + a*b + b**2 + 1 == 0",
        "a**2 + a*b + b**2 + 1 < 0",
    }
    assert "2 guards are empty" in f.guarantee


def test_what_the_solver_cannot_decide_is_kept(monkeypatch):
    a, b = parameter("a"), parameter("b")
    f = symbolic_network(
        [([[1]], [a.symbol**2 - 2 * a.symbol * b.symbol + b.symbol**2 + 1]), ([[1]], [0])], parameters=[a, b]
    )
    monkeypatch.setattr(symbolic_signs, "solve", lambda *_: Unknown("it sleeps"))
    bend = symbolic_pieces(f, (0, None))
    assert len(bend.cases) > 1
    assert not all(case.nonempty for case in bend.cases)
    assert bend.by_solver == ()
    assert "not decided" in bend.guarantee
    values = {a.symbol: 1, b.symbol: 5}
    assert bend.substitute(values).pieces == (((1, 17),),)
    monkeypatch.setattr(symbolic_search, "solve", lambda *_: Unknown("it sleeps"))
    plane = symbolic_network([([[1, 0]], [0]), ([[1]], [0])])
    assert [cell.nonempty for cell in symbolic_regions(plane).cells] == [False, False]


def test_a_budget_that_runs_out():
    with pytest.raises(BudgetExhausted, match="Fix:"):
        symbolic_pieces(
            symbolic_network(LEAKY, symbolic_activation("leaky_relu", A.symbol), [A]), budget=Budget(steps=1)
        )
    with pytest.raises(BudgetExhausted, match="Fix:"):
        symbolic_regions(symbolic_network([([[1, 1]], [0]), ([[1]], [0])]), budget=Budget(steps=1))


def test_what_is_refused():
    p = P.symbol
    for wrong in (0.5 * p, 0.5):
        with pytest.raises(InexactInput):
            symbolic_network([([[wrong]], [0])], parameters=[P])
    with pytest.raises(NotANumber):
        symbolic_network([([["p"]], [0])], parameters=[P])
    other = sympy.Symbol("p")  # not the declared one, which is real
    for wrong in (
        sympy.sin(p),
        sympy.sqrt(2) * p,
        sympy.sqrt(p),
        other,
        2**p,
        p**100,
        sympy.zoo,
        1 / (2 * p - 1),
        sympy.true,
    ):
        with pytest.raises(Unsupported, match="Fix:"):
            symbolic_network([([[wrong]], [0])], parameters=[P])
    with pytest.raises(Unsupported, match="declared twice"):
        symbolic_network([([[p]], [0])], parameters=[P, parameter("p")])
    for act in (activation("heaviside"), activation("tanh"), activation("floor"), activation("repu", 2), "relu"):
        with pytest.raises(Unsupported):
            symbolic_network([([[1]], [0]), ([[1]], [0])], act, [P])
    with pytest.raises(Unsupported, match="ascend"):
        symbolic_network([([[1]], [0]), ([[1]], [0])], symbolic_activation("clip", p, HALF), [P])
    with pytest.raises(Unsupported, match="jumps"):
        symbolic_network([([[1]], [0]), ([[1]], [0])], SymbolicActivation((p,), ((0, 0), (1, 0))), [P])
    with pytest.raises(ShapeMismatch):
        symbolic_network([([[1]], [0]), ([[1]], [0])], SymbolicActivation((p,), ((0, 0),)), [P])
    with pytest.raises(Unsupported, match="symbolic"):
        symbolic_activation("hard_sigmoid", p)
    for layers in ([], [([], [])], [([[1]], [0, 1])], [([[1], [1, 2]], [0, 1])], [([[1]], [0]), ([[1, 1]], [0])]):
        with pytest.raises(ShapeMismatch):
            symbolic_network(layers, parameters=[P])
    with pytest.raises(ShapeMismatch):
        symbolic_network([([[1]], [0]), ([[1]], [0])], [RELU, RELU])
    with pytest.raises(ShapeMismatch):
        symbolic_network([([[1]], [0]), ([[1]], [0])], [[RELU, RELU]])
    f = symbolic_pieces(tent(P))
    for values in ({}, {p: 1, A.symbol: 1}, {A: HALF}):
        with pytest.raises(ShapeMismatch):
            f.substitute(values)
    for value in (0, 1, 2, -1):
        with pytest.raises(Unsupported):
            f.substitute({p: value})
    with pytest.raises(InexactInput):
        f.substitute({p: 0.5})
    two = symbolic_network([([[1, p]], [0])], parameters=[P])
    with pytest.raises(ShapeMismatch):
        symbolic_pieces(two)
    with pytest.raises(ShapeMismatch):
        tent(P).after(symbolic_network([([[1], [1]], [0, 0])]))
    with pytest.raises(ShapeMismatch):
        tent(P).repeated(0)


def test_weights_in_many_dresses():
    p = P.symbol
    dresses = [
        [([[p], [1]], [0, "1/2"]), ([[1, 1]], [0])],
        [
            (sympy.Matrix([[p], [1]]), sympy.Matrix([0, sympy.Rational(1, 2)])),
            (Matrix.from_rows([[1, 1]]), Matrix.column([0])),
        ],
    ]
    first, second = (symbolic_network(layers, parameters=[P]) for layers in dresses)
    assert first == second
    assert first.substitute({p: "1/3"})(1) == (Q("11/6"),)
    assert symbolic_pieces(first) == symbolic_pieces(second)


# --- random networks --------------------------------------------------------------------------------

small = st.integers(-2, 2)
entry = st.tuples(small, st.sampled_from([0, 0, 0, 1, -1]))


@st.composite
def random_layers(draw):
    widths = [1, draw(st.integers(1, 2)), draw(st.integers(1, 2)), 1][: draw(st.integers(3, 4))]
    widths[-1] = 1
    layers = []
    for before, width in pairwise(widths):
        rows = [[draw(entry) for _ in range(before)] for _ in range(width)]
        layers.append((rows, [draw(entry) for _ in range(width)]))
    return layers


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(random_layers(), st.sampled_from(["relu", "abs", "hard_tanh", "leaky_relu"]))
def test_random_networks_at_plain_and_special_values(layers, name):
    a = parameter("a", low=-2, high=2)

    def filled(value):
        return [
            ([[c + d * value for c, d in row] for row in rows], [c + d * value for c, d in bias])
            for rows, bias in layers
        ]

    act = activation(name)
    f = symbolic_pieces(symbolic_network(filled(a.symbol), act, [a]))
    assert f.by_solver == ()
    values = {Fraction(n, 12) for n in range(-24, 25, 3)} | {Q("1/3"), Q("-5/7")}
    values |= {case.witness[0] for case in f.cases if case.witness}
    for value in values:
        layers_ = filled(value)
        agrees(f.substitute({a.symbol: value}), rational_network([w for w, _ in layers_], [b for _, b in layers_], act))


# --- two inputs -------------------------------------------------------------------------------------


def brute_force_cells(rows, biases, low, high):
    """The sign patterns with an interior, each by an exact linear program; a constant neuron has one side."""
    found = set()
    for pattern in product((-1, 1), repeat=len(rows)):
        system = []
        fits = True
        for sign, row, bias in zip(pattern, rows, biases, strict=True):
            entries = [sign * Fraction(entry) for entry in (bias, *row)]
            over = math.lcm(*(entry.denominator for entry in entries))
            if any(row):
                system.append(tuple(int(entry * over) for entry in entries))
            else:
                fits &= (sign > 0) == (bias >= 0)
        strict = (True,) * len(system)
        if fits and isinstance(interior(System(tuple(system), strict, low, high)), Interior):
            found.add(pattern)
    return found


def test_two_inputs_with_symbolic_weights():
    a, b = parameter("a"), parameter("b", low=0, high=1)
    s, t = a.symbol, b.symbol

    def layers(u, v):
        return [[1, u], [u, -1], [1, v]], [0, 1, -v], [[1, -1, 2]], [v]

    w0, b0, w1, b1 = layers(s, t)
    f = symbolic_regions(symbolic_network([(w0, b0), (w1, b1)], parameters=[a, b]), box((-3, 3), (-3, 3)))
    assert isinstance(f, SymbolicCells)
    x, y = f.symbols()
    assert f.boundaries == (
        sympy.Eq(s * y + x, 0, evaluate=False),
        sympy.Eq(s * x - y + 1, 0, evaluate=False),
        sympy.Eq(t * y - t + x, 0, evaluate=False),
    )
    assert len(f.cells) == 8
    assert all(cell.nonempty for cell in f.cells)
    assert "exact" in f.guarantee
    rng = random.Random(4)
    sides = (Fraction(-3),) * 2, (Fraction(3),) * 2
    special = [(Fraction(0), Fraction(0)), (Fraction(0), Fraction(1)), (Fraction(1), Fraction(1)), (HALF, HALF)]
    for u, v in special + [(random_value(rng, a), random_value(rng, b)) for _ in range(30)]:
        rows, biases, last, shift = layers(u, v)
        network = rational_network([rows, last], [biases, shift])
        found = f.substitute({s: u, t: v})
        assert len(found) == len(brute_force_cells(rows, biases, *sides))
        for _ in range(8):
            point = [Fraction(rng.randrange(-3 * 53, 3 * 53 + 1), 53) for _ in range(2)]
            holding = [piece for piece in found if piece.polyhedron.contains(point)]
            assert [piece(point) for piece in holding] == [evaluate(network, point)]


def test_two_inputs_and_vanishing_weights():
    """At a = 0 both neurons are constant: the whole plane is one cell there."""
    a = parameter("a")
    f = symbolic_regions(symbolic_network([([[a.symbol, 0], [0, a.symbol]], [0, 0]), ([[1, 1]], [0])], parameters=[a]))
    assert [len(f.substitute({a.symbol: value})) for value in (-1, 0, 1)] == [4, 1, 4]


def test_two_inputs_deeper_and_leaky():
    layers = [([[1, 1], [1, -1]], [0, 0]), ([[1, A.symbol], [-1, 1]], [-1, 0]), ([[1, 1]], [0])]
    f = symbolic_regions(symbolic_network(layers, symbolic_activation("leaky_relu", A.symbol), [A]))
    x, y = f.symbols()
    rng = random.Random(6)
    whole = f.to_sympy()
    for _ in range(10):
        value = random_value(rng, A)
        network = f.network.substitute({A: value})
        found = f.substitute({A: value})
        for _ in range(10):
            point = [Fraction(rng.randrange(-90, 91), 7) for _ in range(2)]
            holding = [piece for piece in found if piece.polyhedron.contains(point)]
            assert [piece(point) for piece in holding] == [evaluate(network, point)]
        at = {
            x: sympy.Rational(1, 7),
            y: sympy.Rational(-3, 5),
            A.symbol: sympy.Rational(value.numerator, value.denominator),
        }
        assert Q(whole.subs(at)) == evaluate(network, [Q("1/7"), Q("-3/5")])[0]


def test_impossible_cells_are_left_out_by_the_word_of_the_solver():
    f = symbolic_regions(
        symbolic_network([([[1, A.symbol], [-1, -A.symbol]], [0, -1]), ([[1, 1]], [0])], parameters=[A])
    )
    assert [cell.pattern for cell in f.cells] == [((0, 0),), ((0, 1),), ((1, 0),)]
    assert f.by_solver == 1
    assert "1 conditions have no solution" in f.guarantee
    assert f.latex().startswith("f(x_{0}, x_{1}) = \\begin{cases}\n  0, & ")


def test_two_inputs_refusals():
    plane = symbolic_network([([[1, A.symbol]], [0]), ([[1]], [0])], parameters=[A])
    with pytest.raises(ShapeMismatch):
        symbolic_regions(plane, box((0, 1)))
    with pytest.raises(EmptyDomain):
        symbolic_regions(plane, ((0, 0), (0, 1)))
    f = symbolic_regions(plane, ((0, 1), (1, 2)))
    with pytest.raises(ShapeMismatch):
        f.latex(output=1)
    assert [len(f.substitute({A: value})) for value in ("1/3", "2/3")] == [1, 1]
