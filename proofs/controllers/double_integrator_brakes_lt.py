"""A trained controller brakes: ahead and moving away, its command is below -1/2.

Statement.  The command is less than -1/2 wherever position and velocity both lie in [1/2, 1].

Notation.  The controller is examples/controllers/double_integrator.onnx, a 2-16-16-1 network trained to imitate a
saturated regulator of x'' = u; its inputs are position and velocity, its weights the rationals that their binary32
floats denote.  The properties are the VNN-LIB files beside it, which state the violation.

Method.  Subdivision of the domain by the activations, with Farkas multipliers in every cell.  The statement is
about the exact network; nothing is said about rounding where it is deployed.

References.  katz2017.

Tags.  controller, double integrator, ONNX, VNN-LIB.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import verinet as vn
from verinet.theorems import Instance, theorem

# %% The network and its properties
CONTROLLERS = Path(__file__).resolve().parents[2] / "examples" / "controllers"


def claim(name: str) -> vn.claims.Always:
    network = vn.read_network(CONTROLLERS / "double_integrator.onnx")
    return vn.claims.read_vnnlib(CONTROLLERS / f"double_integrator_{name}.vnnlib").claim(network)


# %% The claim
@theorem(mode="search", scope="single", source="derived")
def double_integrator_brakes_lt() -> Iterator[Instance]:
    yield Instance("brakes", claim("brakes"))


# %% Prove it now
if __name__ == "__main__":
    for instance in double_integrator_brakes_lt.claims():
        print(vn.prove(instance.claim))
