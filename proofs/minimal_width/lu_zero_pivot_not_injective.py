"""With a 0 on U's diagonal a layer with an LU matrix is not injective.

Statement.  Let L be unit lower and U upper triangular of size d = 2, 3, and u_kk = 0.  Then L U v = 0 for the vector v
with v_k = u_11 ... u_(k-1)(k-1), zeros below, and polynomials in U above.  If u_kk is the first 0 on the diagonal, v is
not 0, and x -> s(L U x + b) takes one value on a line, for all s, L and b: the condition under which such a layer is
injective cannot be dropped for a single entry.

Notation.  All entries of L below and of U on and above the diagonal are variables; entries of L U v that are 0 for all
of their values are left out.  In the instances with numbers f(x, y) = (s(y), s(2 y)), s the leaky ReLU of slope 1/4.

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
from verinet.exact.parameters import Parameter
from verinet.theorems import Instance, theorem


# %% The vector that L U sends to 0
def killed(size: int, k: int) -> Family:
    """The claim for a 0 of the diagonal at place k, counted from 1."""
    known: dict[str, Parameter] = {}

    def entry(name: str) -> sympy.Symbol:
        return known.setdefault(name, vn.parameter(name)).symbol

    def upper(i: int, j: int) -> sympy.Expr:
        return entry(f"u_{i + 1}_{j + 1}") if i <= j else sympy.Integer(0)

    def lower(i: int, j: int) -> sympy.Expr:
        return entry(f"l_{i + 1}_{j + 1}") if i > j else sympy.Integer(int(i == j))

    u = sympy.Matrix(size, size, upper)
    before = u[: k - 1, : k - 1]
    # Cramer: the adjugate needs no division
    head = list(-before.adjugate() * u[: k - 1, k - 1]) if k > 1 else []
    v = [*head, sympy.prod(u[i, i] for i in range(k - 1)), *[sympy.Integer(0)] * (size - k)]
    image = sympy.Matrix(size, size, lower) * u * sympy.Matrix(v)
    said = [sympy.Eq(value, 0) for value in image if sympy.expand(value) != 0]
    return family([], lambda _, __: said, [sympy.Eq(u[k - 1, k - 1], 0)], parameters=list(known.values()), inputs=[])


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
