"""Train the two controllers of this repository and write them, with their properties, beside this file.

    python examples/controllers/train.py [FOLDER]

- `double_integrator.onnx`: position p and velocity v of x'' = u.  Imitates the saturated regulator
  u = clip(-(p + sqrt(3) v), -1, 1), the linear-quadratic one for unit weights.  2-16-16-1.
- `pendulum.onnx`: angle a from upright, angular velocity w and wanted angle r of a'' = sin a + u.
  Imitates the law u = clip(-(sin a + (a - r) + 3/2 w), -2, 2), which cancels gravity.  3-12-12-1.

Both are ReLU networks with binary32 weights.  The properties (VNN-LIB 1.0, which states the violation)
are half true and half false, each by a clear margin on a dense grid; `instances.csv` lists them with the
expected truth.  That the true ones are true is only estimated here: `verinet prove` decides.

Same bytes on every machine: training data is a grid, random bits come raw from PCG64, and every
floating-point operation is a single IEEE addition, multiplication, division or square root in a fixed
order.  So no matrix product (BLAS orders its sums by processor), no `sum`, no `sin`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Array = NDArray[np.float64]
Layers = list[tuple[Array, Array]]

# --- arithmetic in a fixed order -----------------------------------------------------------------------


def product(a: Array, b: Array) -> Array:
    """The matrix product, its sums taken from left to right."""
    total = a[:, :1] * b[:1, :]
    for k in range(1, a.shape[1]):
        total = total + a[:, k : k + 1] * b[k : k + 1, :]
    return total


def total_over_samples(a: Array) -> Array:
    """The sum over the first axis by halving; its length is a power of two."""
    while len(a) > 1:
        half = len(a) // 2
        a = a[:half] + a[half:]
    return a[0]


def sine(a: Array) -> Array:
    """The Taylor polynomial of degree 9: within 2e-5 of the sine on [-3/2, 3/2], enough for a teacher."""
    square = a * a
    return a * (1 - square / 6 * (1 - square / 20 * (1 - square / 42 * (1 - square / 72))))


def grid(low: list[float], high: list[float], points: int) -> Array:
    """A product grid with `points` points a side, ends included, row by row."""
    steps = np.arange(points, dtype=np.float64) / (points - 1)
    sides = [lo + (hi - lo) * steps for lo, hi in zip(low, high, strict=True)]
    return np.stack(np.meshgrid(*sides, indexing="ij"), axis=-1).reshape(-1, len(low))


# --- teachers ------------------------------------------------------------------------------------------


def regulator(state: Array) -> Array:
    position, velocity = state[:, 0], state[:, 1]
    return np.clip(-(position + np.sqrt(3.0) * velocity), -1.0, 1.0)


def upright(state: Array) -> Array:
    angle, velocity, wanted = state[:, 0], state[:, 1], state[:, 2]
    return np.clip(-(sine(angle) + (angle - wanted) + 1.5 * velocity), -2.0, 2.0)


# --- training ------------------------------------------------------------------------------------------


def forward(layers: Layers, x: Array) -> list[Array]:
    """The values of every layer: input, hidden layers after their ReLU, output."""
    values = [x]
    for index, (weight, bias) in enumerate(layers):
        z = product(values[-1], weight) + bias
        values.append(z if index == len(layers) - 1 else np.maximum(z, 0.0))
    return values


def gradients(layers: Layers, values: list[Array], wanted: Array) -> Layers:
    """Gradient of the mean square error, by hand."""
    back = (values[-1] - wanted[:, None]) * (2.0 / len(wanted))
    result = []
    for (weight, _), before in zip(reversed(layers), reversed(values[:-1]), strict=True):
        of_weight = total_over_samples(before[:, :, None] * back[:, None, :])
        result.append((of_weight, total_over_samples(back)))
        back = product(back, weight.T) * (before > 0)
    return result[::-1]


def start(widths: tuple[int, ...], seed: int) -> Layers:
    """Uniform weights in +-sqrt(6/inputs), uniform biases in +-1/2."""
    bits = np.random.PCG64(seed)

    def uniform(*shape: int) -> Array:
        raw = bits.random_raw(int(np.prod(shape)))
        return ((raw >> np.uint64(11)).astype(np.float64) * 2.0**-52 - 1.0).reshape(shape)

    pairs = pairwise(widths)
    return [(uniform(a, b) * np.sqrt(6.0 / a), uniform(b) * 0.5) for a, b in pairs]


def train(widths: tuple[int, ...], x: Array, wanted: Array, steps: int, seed: int) -> Layers:
    """Adam on the whole grid, step length falling linearly to zero; rounded to binary32 at the end."""
    layers = start(widths, seed)
    moments = [(np.zeros_like(a), np.zeros_like(a)) for layer in layers for a in layer]
    decay = [1.0, 1.0]
    for step in range(steps):
        decay = [decay[0] * 0.9, decay[1] * 0.99]
        rate = 0.02 * (1.0 - step / steps)
        slopes = [a for layer in gradients(layers, forward(layers, x), wanted) for a in layer]
        flat = [a for layer in layers for a in layer]
        for index, slope in enumerate(slopes):
            first, second = moments[index]
            first = first * 0.9 + slope * 0.1
            second = second * 0.99 + slope * slope * 0.01
            moments[index] = (first, second)
            scale = np.sqrt(second / (1.0 - decay[1])) + 1e-8
            flat[index] = flat[index] - rate * (first / (1.0 - decay[0])) / scale
        layers = list(zip(flat[::2], flat[1::2], strict=True))
    return [(to_binary32(weight), to_binary32(bias)) for weight, bias in layers]


def to_binary32(a: Array) -> Array:
    return a.astype(np.float32).astype(np.float64)


# --- ONNX ----------------------------------------------------------------------------------------------


def onnx_bytes(layers: Layers, name: str) -> bytes:
    """Gemm, Relu, Gemm, Relu, Gemm; opset 13; the input `state` and the output `command` carry one row."""
    nodes, tensors, current = [], [], "state"
    for index, (weight, bias) in enumerate(layers, start=1):
        last = index == len(layers)
        after = "command" if last else f"preactivation_{index}"
        tensors.append(numpy_helper.from_array(weight.T.astype(np.float32).copy(), f"weight_{index}"))
        tensors.append(numpy_helper.from_array(bias.astype(np.float32), f"bias_{index}"))
        parameters = [current, f"weight_{index}", f"bias_{index}"]
        nodes.append(helper.make_node("Gemm", parameters, [after], name=f"affine_{index}", transB=1))
        if not last:
            current = f"layer_{index}"
            nodes.append(helper.make_node("Relu", [after], [current], name=f"relu_{index}"))
    state = helper.make_tensor_value_info("state", TensorProto.FLOAT, [1, len(layers[0][0])])
    command = helper.make_tensor_value_info("command", TensorProto.FLOAT, [1, 1])
    graph = helper.make_graph(nodes, name, [state], [command], tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], producer_name="verinet-examples")
    model.ir_version = 8
    return model.SerializeToString(deterministic=True)


# --- properties ----------------------------------------------------------------------------------------

Box = tuple[tuple[str, str], ...]  # one pair of decimals an input


@dataclass(frozen=True, slots=True)
class Property:
    """On every one of the boxes: low < command < high (None: no bound on that side)."""

    controller: str
    name: str
    says: str
    boxes: tuple[Box, ...]
    low: str | None
    high: str | None
    true: bool


DI, PE = "double_integrator", "pendulum"
WHOLE = (("-2.0", "2.0"), ("-2.0", "2.0"))
AHEAD = (("0.5", "1.0"), ("0.5", "1.0"))
BEHIND = (("-1.0", "-0.5"), ("-1.0", "-0.5"))
AHEAD_ANY_SPEED = (("0.5", "1.0"), ("-1.0", "1.0"))
COMING_BACK = (("0.75", "1.0"), ("-0.55", "-0.45"))
COMING_FORTH = (("-1.0", "-0.75"), ("0.45", "0.55"))
ROOM = (("-1.0", "1.0"), ("-1.0", "1.0"), ("-0.5", "0.5"))
FALLING = (("0.5", "1.0"), ("0.25", "1.0"), ("-0.25", "0.25"))
REST = (("-0.125", "0.125"), ("-0.125", "0.125"), ("-0.125", "0.125"))

PROPERTIES = (
    Property(DI, "brakes", "ahead and moving away, command < -1/2", (AHEAD,), None, "-0.5", True),
    Property(DI, "bounded", "on the whole domain, |command| < 5/4", (WHOLE,), "-1.25", "1.25", True),
    Property(DI, "coasts", "coming back, |command| < 1/2", (COMING_BACK, COMING_FORTH), "-0.5", "0.5", True),
    Property(DI, "gentle", "on the whole domain, |command| < 1/2", (WHOLE,), "-0.5", "0.5", False),
    Property(DI, "pulls_back", "ahead, at any speed, command < 0", (AHEAD_ANY_SPEED,), None, "0.0", False),
    Property(DI, "one_sided", "moving away on either side, command < 0", (AHEAD, BEHIND), None, "0.0", False),
    Property(PE, "catches", "falling forward, command < -3/4", (FALLING,), None, "-0.75", True),
    Property(PE, "bounded", "in the whole room, |command| < 5/2", (ROOM,), "-2.5", "2.5", True),
    Property(PE, "calm", "near rest, |command| < 1", (REST,), "-1.0", "1.0", True),
    Property(PE, "frugal", "in the whole room, |command| < 3/2", (ROOM,), "-1.5", "1.5", False),
    Property(PE, "all_or_nothing", "falling forward, command < -7/4", (FALLING,), None, "-1.75", False),
    Property(PE, "still", "near rest, |command| < 1/8", (REST,), "-0.125", "0.125", False),
)

CLEAR = 1 / 16  # how far inside or outside its bound the worst sample must lie


def vnnlib(claim: Property) -> str:
    """The violation of a property: some box holds the input, and the command leaves its bounds."""
    inputs = range(len(claim.boxes[0]))
    sides = [f"(<= Y_0 {claim.low})"] * (claim.low is not None)
    sides += [f"(>= Y_0 {claim.high})"] * (claim.high is not None)
    lines = [
        f"; {claim.controller}: {claim.says}",
        "; below stands its violation",
        "",
    ]
    lines += [f"(declare-const X_{i} Real)" for i in inputs]
    lines += ["(declare-const Y_0 Real)", ""]
    cases = []
    for box in claim.boxes:
        ranges = [f"(>= X_{i} {lo}) (<= X_{i} {hi})" for i, (lo, hi) in enumerate(box)]
        cases += [[*ranges, side] for side in sides]
    if len(cases) == 1:
        lines += [f"(assert {atom})" for part in cases[0] for atom in part.replace(") (", ")\n(").split("\n")]
    else:
        lines += ["(assert (or", *(f"    (and {' '.join(case)})" for case in cases), "))"]
    return "\n".join(lines) + "\n"


def margin(claim: Property, layers: Layers) -> float:
    """Estimated: the least distance of a sampled command to its bounds, negative when one lies outside."""
    worst = float("inf")
    for box in claim.boxes:
        points = grid([float(lo) for lo, _ in box], [float(hi) for _, hi in box], 161 if len(box) == 2 else 41)
        command = forward(layers, points)[-1][:, 0]
        if claim.low is not None:
            worst = min(worst, float(np.min(command)) - float(claim.low))
        if claim.high is not None:
            worst = min(worst, float(claim.high) - float(np.max(command)))
    return worst


# --- all of it -----------------------------------------------------------------------------------------

Recipe = tuple[tuple[int, ...], Array, Callable[[Array], Array], int, int]
RECIPES: dict[str, Recipe] = {
    DI: ((2, 16, 16, 1), grid([-2.0, -2.0], [2.0, 2.0], 32), regulator, 1500, 1),
    PE: ((3, 12, 12, 1), grid([-1.0, -1.0, -0.5], [1.0, 1.0, 0.5], 16)[::2], upright, 1200, 2),
}


def main(folder: Path) -> None:
    rows = ["network,property,truth"]
    for name, (widths, states, teacher, steps, seed) in RECIPES.items():
        layers = train(widths, states, teacher(states), steps, seed)
        error = float(np.max(np.abs(forward(layers, states)[-1][:, 0] - teacher(states))))
        print(f"{name}: {'-'.join(map(str, widths))}, largest distance to the teacher on the grid {error:.3f}")
        (folder / f"{name}.onnx").write_bytes(onnx_bytes(layers, name))
        for claim in (p for p in PROPERTIES if p.controller == name):
            found = margin(claim, layers)
            if (found if claim.true else -found) < CLEAR:
                raise SystemExit(f"{name}, {claim.name}: the margin {found:+.3f} does not make it clear")
            (folder / f"{name}_{claim.name}.vnnlib").write_text(vnnlib(claim), encoding="ascii", newline="\n")
            verdict = "true" if claim.true else "false"
            rows.append(f"{name}.onnx,{name}_{claim.name}.vnnlib,{verdict}")
            print(f"    {claim.name:15} {verdict:5}  margin {found:+.3f} (estimated)  {claim.says}")
    (folder / "instances.csv").write_text("\n".join(rows) + "\n", encoding="ascii", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent)
