"""The identity of the square and the cube through one number.

Statement. For d in {2, 3} and N listed in the labels there is an autoencoder of [0, 1]^d whose feature is one number:
in L^2 with leaky ReLUs of slope 1/4, and uniformly within 1/(2 N) with stepped leaky ReLUs. Instances: d = 2, 3 with
N = 2, 3 or 4.

Notation. The construction `minimal-width/autoencoder`: an encoder of width d, a hidden layer of width 1, a decoder of
width max(2, d).

Method. The coding schemes for the identity: a cell becomes its number, and the decoder reads the number's digits.

References. rochau2024.

Tags. minimal width, autoencoder, coding scheme, bottleneck.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet.theorems import Instance, theorem
from verinet.theory.minimal_width.autoencoder import autoencoder


# %% The claims
@theorem(scope="instances", source="derived")
def error_autoencoder_one_feature_le() -> Iterator[Instance]:
    for size, cells in ((2, 2), (2, 3), (3, 2)):
        found = autoencoder(size, kind="Lp", resolution=cells).construction
        yield Instance(f"mean_{size}_inputs_cells_{cells}", found.claim, plan=found.plan)
    for size, cells in ((2, 2), (2, 4), (3, 2)):
        found = autoencoder(size, kind="uniform", resolution=cells).construction
        yield Instance(f"uniform_{size}_inputs_cells_{cells}", found.claim, plan=found.plan)


# %% Prove it now
if __name__ == "__main__":
    for instance in error_autoencoder_one_feature_le.claims():
        print(vn.prove(instance.claim, plan=instance.plan))
