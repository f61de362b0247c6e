"""A leaky ReLU layer with an LU matrix is undone by a layer of the same kind.

Statement.  Let L be unit lower and U upper triangular of size d = 2 with real entries, no entry of U's diagonal being
0, b a vector, and 0 < a < 1.  Then for all x the layer z = s_a(L U x + b) is undone by x = U^-1 L^-1 (s_c(z) - b) with
c = 1/a: both are layers of width d.

Notation.  s_a is the leaky ReLU with slope a below 0.  All entries, b, a and c are parameters, with a c = 1; one
instance for each choice of signs of U's diagonal, p positive and m negative, so that together they are all cases.

Method.  Case analysis over the signs of L U x + b and of z; in each case the claim follows from a c = 1, or the case is
empty.  That these are the cases of the networks is the lemma.

References.  rochau2024.

Tags.  lu decomposition, invertible layers, normalizing flow, family, symbolic entries.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import sympy

import verinet as vn
from verinet.claims import family
from verinet.claims.families import Family
from verinet.theorems import Instance, theorem

a = vn.parameter("a", low=0, high=1, strict=True)
c = vn.parameter("c", low=1, strict=True)


# %% The two layers, one after the other
def undone(signs: str) -> Family:
    """The claim for one choice of signs of U's diagonal, such as "pm"."""
    size, known = len(signs), {}

    def entry(name: str, sign: str = "") -> sympy.Symbol:
        ranges = {"p": {"low": 0, "strict": True}, "m": {"high": 0, "strict": True}}.get(sign, {})
        return known.setdefault(name, vn.parameter(name, **ranges)).symbol

    def upper(i: int, j: int) -> sympy.Expr:
        return entry(f"u_{i + 1}_{j + 1}", signs[i] if i == j else "") if i <= j else sympy.Integer(0)

    def lower(i: int, j: int) -> sympy.Expr:
        return entry(f"l_{i + 1}_{j + 1}") if i > j else sympy.Integer(int(i == j))

    matrix = sympy.Matrix(size, size, lower) * sympy.Matrix(size, size, upper)
    bias = sympy.Matrix([entry(f"b_{i + 1}") for i in range(size)])
    inverse = sympy.simplify(matrix.inv())
    layers = [
        (matrix.tolist(), list(bias)),
        (sympy.eye(size).tolist(), [0] * size),
        (inverse.tolist(), list(-inverse * bias)),
    ]
    functions = [vn.symbolic_activation("leaky_relu", slope) for slope in (a.symbol, c.symbol)]
    both = vn.symbolic_network(layers, functions, [*known.values(), a, c])
    return family(
        [both], lambda y, x: [sympy.Eq(v, w) for v, w in zip(y, x, strict=True)], [sympy.Eq(a.symbol * c.symbol, 1)]
    )


# %% The claims
@theorem(scope="family", source="derived")
def lu_layer_inverse_eq() -> Iterator[Instance]:
    for signs in map("".join, product("pm", repeat=2)):
        yield Instance(signs, undone(signs))


# %% Prove it now
if __name__ == "__main__":
    for instance in lu_layer_inverse_eq.claims():
        print(vn.prove(instance.claim))
