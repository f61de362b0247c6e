"""The determinant of L U is the product of U's diagonal.

Statement.  Let L be unit lower and U upper triangular of size d = 2, 3, with arbitrary real entries.  Then
det(L U) = u_11 ... u_dd; so a flow of layers x -> s(L U x + b) has log|det| = sum log|u_ii| + sum log s'(z_i).

Notation.  All entries of L below and of U on and above the diagonal are variables.

Method.  The determinant by Leibniz' formula; the kernel expands the identity.

References.  rochau2024.

Tags.  lu decomposition, normalizing flow, family, symbolic entries.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

import sympy

import verinet as vn
from verinet.claims import family
from verinet.claims.families import Family
from verinet.theorems import Instance, theorem


# %% Leibniz' formula
def determinant(size: int) -> Family:
    """The claim for matrices of this size."""
    known: dict[str, vn.parameter] = {}

    def entry(name: str) -> sympy.Symbol:
        return known.setdefault(name, vn.parameter(name)).symbol

    def upper(i: int, j: int) -> sympy.Expr:
        return entry(f"u_{i + 1}_{j + 1}") if i <= j else sympy.Integer(0)

    def lower(i: int, j: int) -> sympy.Expr:
        return entry(f"l_{i + 1}_{j + 1}") if i > j else sympy.Integer(int(i == j))

    matrix = sympy.Matrix(size, size, lower) * sympy.Matrix(size, size, upper)
    total = sum(
        sympy.LeviCivita(*order) * sympy.prod(matrix[i, j] for i, j in enumerate(order))
        for order in permutations(range(size))
    )
    diagonal = sympy.prod(upper(i, i) for i in range(size))
    said = [sympy.Eq(total, diagonal, evaluate=False)]
    return family([], lambda _, __: said, parameters=list(known.values()), inputs=[])


# %% The claims
@theorem(scope="family", source="derived")
def lu_determinant_eq() -> Iterator[Instance]:
    for size in (2, 3):
        yield Instance(f"size_{size}", determinant(size))


# %% Prove it now
if __name__ == "__main__":
    for instance in lu_determinant_eq.claims():
        print(vn.prove(instance.claim))
