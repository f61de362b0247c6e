"""Polynomial implications as one statement of the kernel: a layer of powers, and one clause for each implication.

Where all preactivations of one hidden layer are affine in parameters and inputs together, the ReLUs stand in the
statement too, and nothing is left to a lemma: a neuron with breakpoints t_k and slopes s_k is s_0 z + c_0 + sum of
(s_(k+1) - s_k) r(z - t_k), a polynomial in the symbols and in ReLUs of affine forms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import comb, factorial, prod
from typing import Any

from verinet.claims.family_cases import Case, Condition, condition, ranges
from verinet.claims.formulas import Affine as Form
from verinet.claims.formulas import Atom
from verinet.claims.language import Always
from verinet.exact.linalg import Matrix
from verinet.exact.parameters import Parameter
from verinet.geometry.polyhedra import Polyhedron
from verinet.networks.activations import RELU, activation
from verinet.networks.network import Activate, Affine, Input, Network, Vertex
from verinet.regions.symbolic_networks import SymbolicNetwork

#: Largest number of linear forms whose powers write the polynomials of one statement.
MOST_POWERS = 3_000
#: ReLUs of one statement; with more, all cases are written out.
MOST_GATES = 8

Exact = dict[tuple[int, ...], Fraction]
#: Conditions that must not hold together.
Set = tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Guard:
    """A polynomial that is >= 0 in the case, or > 0.

    Guarantee: exact.
    """

    polynomial: Any  # a sympy Poly over QQ
    strict: bool


def guards_of(conditions: Sequence[Condition]) -> list[Guard]:
    """Conditions as guards: an equation is two, and p != 0 is p^2 > 0.

    Guarantee: exact.
    """
    found: list[Guard] = []
    for c in conditions:
        if c.relation == "=":
            found += [Guard(c.polynomial, False), Guard(-c.polynomial, False)]
        elif c.relation == "!=":
            found.append(Guard(c.polynomial**2, True))
        else:
            found.append(Guard(c.polynomial, c.relation == ">"))
    return found


def exact(polynomial: Any) -> Exact:
    """A sympy Poly as a dictionary.

    Guarantee: exact.
    """
    return {e: Fraction(int(c.p), int(c.q)) for e, c in polynomial.terms() if c != 0}


def contradictions(cases: Sequence[Case]) -> list[Set]:
    """For every case and every relation that it wants: conditions that must not hold together.

    Guarantee: exact.
    """
    found: dict[Set, None] = {}
    for case in cases:
        for wanted in case.wanted:
            for opposite in wanted.opposites():
                if not (opposite.polynomial.is_zero and opposite.relation == ">"):
                    found[(*case.given, opposite)] = None
    return list(found)


def nothing(symbols: Sequence[Any]) -> Set:
    """0 > 0: stated where every case is an identity in itself.

    Guarantee: exact.
    """
    import sympy

    return (Condition(sympy.Poly(0, *symbols, domain="QQ"), ">"),)


def implications(sets: Sequence[Set], symbols: Sequence[Any], gates: Sequence[Form] = ()) -> Always | None:
    """The kernel's claim that none of these sets of conditions holds anywhere; None if it would be too large.

    The conditions are polynomials in the symbols, of which the last are ReLUs of the affine forms `gates` in the
    others.

    Guarantee: exact.
    """
    inputs = len(symbols) - len(gates)
    places: dict[frozenset[Any], int] = {}
    outputs: list[Exact] = []
    chosen: list[tuple[Atom, ...]] = []
    for conditions in sets:
        atoms = []
        for guard in guards_of(conditions):
            polynomial = exact(guard.polynomial)
            form = _affine(polynomial, inputs)
            if form is None:
                key = frozenset(polynomial.items())
                place = places.setdefault(key, len(outputs))
                if place == len(outputs):
                    outputs.append(polynomial)
                form = Form.of_output(place)
            atoms.append(-form >= 0 if guard.strict else -form > 0)
        chosen.append(tuple(atoms))
    # without ReLUs in common, a network for each polynomial: no powers of others are multiplied out with it
    groups = [outputs] if gates or not outputs else [[polynomial] for polynomial in outputs]
    networks = [network for group in groups if (network := polynomial_network(group, inputs, gates)) is not None]
    if len(networks) < len(groups):
        return None
    return Always(tuple(networks), tuple(chosen), Polyhedron((None,) * inputs, (None,) * inputs))


def _affine(polynomial: Exact, inputs: int) -> Form | None:
    form = Form(Fraction(0))
    for exponents, coefficient in polynomial.items():
        if sum(exponents) > 1 or any(exponents[inputs:]):
            return None
        form = form + (coefficient * Form.of_input(exponents.index(1)) if sum(exponents) else coefficient)
    return form


def polynomial_network(polynomials: Sequence[Exact], inputs: int, gates: Sequence[Form] = ()) -> Network | None:
    """Polynomials as one layer of powers: every monomial is a sum of powers of linear forms.

    ``x^a = 1/d! sum over 0 <= k <= a of (-1)^(d - |k|) product of C(a_i, k_i) (k.x)^d``, where d is the sum of a.

    Guarantee: exact.
    """
    size = inputs + len(gates)
    units: dict[tuple[tuple[int, ...], int], int] = {}
    rows: list[dict[int, Fraction]] = []
    biases: list[Fraction] = []
    for polynomial in polynomials or [{(0,) * size: Fraction(0)}]:
        row: dict[int, Fraction] = {}
        biases.append(polynomial.get((0,) * size, Fraction(0)))
        for exponents, coefficient in polynomial.items():
            degree = sum(exponents)
            for chosen in product(*(range(a + 1) for a in exponents)):
                if any(chosen):
                    factor = coefficient * (-1) ** (degree - sum(chosen)) / factorial(degree)
                    factor *= prod(comb(a, k) for a, k in zip(exponents, chosen, strict=True))
                    unit = units.setdefault((chosen, degree), len(units))
                    row[unit] = row.get(unit, Fraction(0)) + factor
            if len(units) > MOST_POWERS:
                return None
        rows.append(row)
    units = units or {((1,) + (0,) * (size - 1), 2): 0}
    vertices = [Vertex(Input(inputs, "x"), (), "x")]
    if gates:
        matrix = [[dict(form.x).get(j, Fraction(0)) for j in range(inputs)] for form in gates]
        vertices.append(Vertex(Affine(Matrix.from_rows(matrix), Matrix.column([g.constant for g in gates])), (0,)))
        vertices.append(Vertex(Activate((RELU,) * len(gates)), (1,)))
    forms = Affine(Matrix.from_rows([list(form) for form, _ in units]), Matrix.zeros(len(units), 1))
    vertices.append(Vertex(forms, (0, 2) if gates else (0,)))
    powers = Activate(tuple(activation("power", Fraction(degree)) for _, degree in units))
    vertices.append(Vertex(powers, (len(vertices) - 1,)))
    matrix = [[row.get(unit, Fraction(0)) for unit in range(len(units))] for row in rows]
    vertices.append(Vertex(Affine(Matrix.from_rows(matrix), Matrix.column(biases)), (len(vertices) - 1,), "y"))
    return Network(tuple(vertices), (("y", len(vertices) - 1),))


def gated(
    networks: Sequence[SymbolicNetwork], parameters: Sequence[Parameter], inputs: Sequence[Any], outputs: Sequence[Any],
    guards: Sequence[Any], claim: Sequence[Any],
) -> Always | None:  # fmt: skip
    """The kernel's claim with the ReLUs in it; None where some preactivation is not affine, or there are many.

    Guarantee: exact.
    """
    import sympy

    symbols = [*(p.symbol for p in parameters), *inputs]
    found: dict[Form, Any] = {}
    values: list[Any] = []
    for network in networks:
        here: list[Any] = list(inputs)  # the values of the layer
        for level, (rows, biases) in enumerate(zip(network.weights, network.biases, strict=True)):
            here = [
                sympy.Add(b, *(w * v for w, v in zip(row, here, strict=True)))
                for row, b in zip(rows, biases, strict=True)
            ]
            if level < len(network.activations):
                if level or (opened := _opened(here, network.activations[0], symbols, found)) is None:
                    return None
                here = opened
        values += here
    if not found or len(found) > MOST_GATES:
        return None
    everything = [*symbols, *found.values()]
    known = dict(zip(outputs, values, strict=True))
    given = list(ranges(parameters, everything))
    given += [c for guard in guards for c in condition(guard, everything)]
    sets = [
        (*given, opposite)
        for relation in claim
        for wanted in condition(relation.subs(known, simultaneous=True), everything)
        for opposite in wanted.opposites()
    ]
    return implications(sets, everything, list(found))


def _opened(z: Sequence[Any], acts: Sequence[Any], symbols: Sequence[Any], found: dict[Form, Any]) -> list[Any] | None:
    """Neurons as polynomials in the symbols and in ReLUs of affine forms, which are added to those found."""
    import sympy

    values = []
    for unit, act in zip(z, acts, strict=True):
        (slope, constant), *following = act.pieces
        value = slope * unit + constant
        for point, (next_slope, _) in zip(act.breakpoints, following, strict=True):
            gate = sympy.expand(unit - point)
            if not gate.is_polynomial(*symbols):
                return None
            form = _affine(exact(sympy.Poly(gate, *symbols, domain="QQ")), len(symbols))
            if form is None:
                return None
            symbol = found.setdefault(form, sympy.Symbol(f"r_{len(found)}", real=True))
            value += (next_slope - slope) * symbol
            slope = next_slope
        values.append(value)
    return values
