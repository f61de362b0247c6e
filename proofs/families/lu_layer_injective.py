"""A layer with an LU matrix is injective if no entry of U's diagonal is 0.

Statement.  Let L be unit lower triangular and U upper triangular of size d = 2, 3, with arbitrary real entries.  If
no entry of U's diagonal is 0, then L U x = 0 only for x = 0; so x -> s(L U x + b) is injective for each strictly
monotone s and each b.

Notation.  All entries of L below and of U on and above the diagonal are variables.

Method.  x_j times a product of squares of U's diagonal lies in the ideal of the entries of L U x; the kernel expands
the identity.  There is no lemma: the claim is about polynomials.

References.  rochau2024.

Tags.  lu decomposition, invertible layers, family, symbolic entries.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet.claims.families import lu_layer_injective as injective
from verinet.theorems import Instance, theorem


# %% The claims
@theorem(scope="family", source="derived")
def lu_layer_injective() -> Iterator[Instance]:
    for size in (2, 3):
        yield Instance(f"size_{size}", injective(size))


# %% Prove it now
if __name__ == "__main__":
    for instance in lu_layer_injective.claims():
        print(vn.prove(instance.claim))
    print(vn.prove(injective(2, diagonal=False)))
