"""Three bounds that a trained controller does not keep.

Statement.  Each of these is false, and a rational state shows it.  `gentle`: |command| < 1/2 on [-2, 2]^2.
`pulls_back`: command < 0 where the position is in [1/2, 1] and the velocity in [-1, 1].  `one_sided`: command < 0
where position and velocity are both in [1/2, 1], or both in [-1, -1/2].

Notation.  The controller is examples/controllers/double_integrator.onnx, a 2-16-16-1 network trained to imitate a
saturated regulator of x'' = u; its inputs are position and velocity, its weights the rationals that their binary32
floats denote.  The properties are the VNN-LIB files beside it, which state the violation.

Method.  Descent in floating point proposes a point; it is made rational and evaluated exactly, by the network as it
was read and by the kernel.

References.  katz2017.

Tags.  controller, double integrator, counterexample, ONNX, VNN-LIB.
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


# %% The claims
@theorem(mode="search", scope="single", source="derived")
def double_integrator_bounds_fail() -> Iterator[Instance]:
    for name in ("gentle", "pulls_back", "one_sided"):
        yield Instance(name, claim(name), refuted=True)


# %% Prove it now
if __name__ == "__main__":
    for instance in double_integrator_bounds_fail.claims():
        print(vn.prove(instance.claim))
