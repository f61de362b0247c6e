"""With a 0 on U's diagonal a layer with an LU matrix is not injective.

Statement.  Let L be unit lower and U upper triangular of size d = 2, 3, and let u_kk be the first 0 on U's diagonal.
Then L U v = 0 for a vector v that is not 0: v_k is the product of the entries of the diagonal above u_kk, the entries
below are 0, and v is a polynomial in U.  So x -> s(L U x + b) takes one value on a line, for all s, L and b: the
condition under which such a layer is injective cannot be dropped for a single entry.

Notation.  All entries of L below and of U above the diagonal are variables; so are the entries of the diagonal before
the 0.  In the instances with numbers f(x, y) = (s(y), s(2 y)) with the leaky ReLU s of slope 1/4.

Method.  Polynomial identities; two exact values of one layer.

References.  rochau2024.

Tags.  lu decomposition, invertible layers, counterexample, family, symbolic entries.
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy

import verinet as vn
from verinet.claims import family
from verinet.claims.families import Family
from verinet.theorems import Instance, theorem


# %% The vector that L U sends to 0
def killed(size: int, k: int) -> Family:
    """The claim for the first 0 of the diagonal at place k, counted from 1."""
    known: dict[str, vn.parameter] = {}

    def entry(name: str) -> sympy.Symbol:
        return known.setdefault(name, vn.parameter(name)).symbol

    def upper(i: int, j: int) -> sympy.Expr:
        return entry(f"u_{i + 1}_{j + 1}") if i <= j and (i, j) != (k - 1, k - 1) else sympy.Integer(0)

    def lower(i: int, j: int) -> sympy.Expr:
        return entry(f"l_{i + 1}_{j + 1}") if i > j else sympy.Integer(int(i == j))

    u = sympy.Matrix(size, size, upper)
    before = u[: k - 1, : k - 1]
    # Cramer: the adjugate needs no division
    head = -before.adjugate() * u[: k - 1, k - 1] if k > 1 else sympy.Matrix(0, 1, [])
    v = [*head, before.det() if k > 1 else sympy.Integer(1), *[sympy.Integer(0)] * (size - k)]
    image = sympy.Matrix(size, size, lower) * u * sympy.Matrix(v)
    diagonal = sympy.prod(u[i, i] for i in range(k - 1))
    said = [sympy.Eq(value, 0, evaluate=False) for value in image]
    said += [sympy.Eq(v[k - 1], diagonal, evaluate=False)]
    return family([], lambda _, __: said, parameters=list(known.values()), inputs=[])


# %% One layer with numbers
x, y = vn.variables("x", 2)
layer = vn.network((x, y), (vn.leaky_relu(y, "1/4"), vn.leaky_relu(2 * y, "1/4")))


# %% The claims
@theorem(scope="family", source="derived")
def lu_zero_pivot_not_injective() -> Iterator[Instance]:
    for size in (2, 3):
        for k in range(1, size + 1):
            yield Instance(f"size_{size}_place_{k}", killed(size, k))
    yield Instance("first", vn.claims.value(layer, at=(0, -1)) == ("-1/4", "-1/2"))
    yield Instance("second", vn.claims.value(layer, at=(5, -1)) == ("-1/4", "-1/2"))


# %% Prove it now
if __name__ == "__main__":
    for instance in lu_zero_pivot_not_injective.claims():
        print(vn.prove(instance.claim))
