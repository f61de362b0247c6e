"""Three bounds that a trained pendulum controller does not keep.

Statement.  Each of these is false, and a rational state shows it.  `frugal`: |command| < 3/2 on [-1, 1]^2 x [-1/2,
1/2]. `all_or_nothing`: command < -7/4 for angle in [1/2, 1], angular velocity in [1/4, 1], wanted angle in [-1/4,
1/4]. `still`: |command| < 1/8 on [-1/8, 1/8]^3.

Notation.  The controller is examples/controllers/pendulum.onnx, a 3-12-12-1 network trained to imitate a saturated
law for a'' = sin a + u; its inputs are angle, angular velocity and wanted angle, its weights the rationals that
their binary32 floats denote.  The properties are the VNN-LIB files beside it, which state the violation.

Method.  Descent in floating point proposes a point; it is made rational and evaluated exactly, by the network as it
was read and by the kernel.

References.  katz2017.

Tags.  controller, pendulum, counterexample, ONNX, VNN-LIB.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import verinet as vn
from verinet.theorems import Instance, theorem

# %% The network and its properties
CONTROLLERS = Path(__file__).resolve().parents[2] / "examples" / "controllers"


def claim(name: str) -> vn.claims.Always:
    network = vn.read_network(CONTROLLERS / "pendulum.onnx")
    return vn.claims.read_vnnlib(CONTROLLERS / f"pendulum_{name}.vnnlib").claim(network)


# %% The claims
@theorem(scope="single", source="derived")
def pendulum_bounds_fail() -> Iterator[Instance]:
    for name in ("frugal", "all_or_nothing", "still"):
        yield Instance(name, claim(name), refuted=True)


# %% Prove it now
if __name__ == "__main__":
    for instance in pendulum_bounds_fail.claims():
        print(vn.prove(instance.claim))
