"""Counts the cells of one network with another program; run by an interpreter that has it, in a process of its own.

    PYTHON tests/benchmarks/region_peers.py parx < network.json

The network is {"weights", "biases", "box"}; the answer, one JSON line, is {"version", "licence"} and either
{"cells", "seconds"} or {"problem"}: the error that the program raised.  Seconds are CPU seconds without imports,
with those of child processes that have ended.  verinet is not imported here, and imports nothing of this.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, metadata
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Answer = dict[str, Any]


def cpu_seconds() -> float:
    """CPU seconds of this process and of its children that have ended."""
    now = os.times()
    return now.user + now.system + now.children_user + now.children_system


def inner_point(box: Array) -> Array:
    """A point inside the box that no hyperplane with small integers contains."""
    share = 0.5 + 0.01 * np.sqrt(np.arange(2, 2 + len(box)))
    return np.asarray(box[:, 0] + share * (box[:, 1] - box[:, 0]))


def parx(weights: list[Array], biases: list[Array], box: Array) -> int:
    """Its search in Python, started with the sides of the box as constraints."""
    if (
        shutil.which("julia") is None
    ):  # it refuses to be imported without Julia, which the search in Python does not use
        shutil.which = lambda *_, **__: "julia"
    from parx.methods import exact_python

    d = len(box)
    found: list[Any] = []
    COUNTING.append(cpu_seconds())
    exact_python._dfs_exact(
        weights=weights[:-1],
        biases=biases[:-1],
        layer=0,
        A_prev=np.eye(d),
        c_prev=np.zeros(d),
        D_prev=np.vstack([np.eye(d), -np.eye(d)]),
        g_prev=np.concatenate([box[:, 1], -box[:, 0]]),
        q_path=[],
        x_parent=inner_point(box),
        r_parent=1.0,
        results=found,
    )
    return len(found)


def relucent(weights: list[Array], biases: list[Array], box: Array) -> int:
    """Its search by facets among the cells that meet the box."""
    import relucent

    radius = box[0, 1]
    if not np.array_equal(box, [[-radius, radius]] * len(box)):
        raise ValueError("takes only cubes around 0")
    COUNTING.append(cpu_seconds())
    found = relucent.Complex(relucent.convert(list(zip(weights, biases, strict=True))))
    start = inner_point(box)[None, :]
    found.bfs(start, nworkers=1, cube_radius=float(radius), cube_mode="intersect", verbose=0)
    return len(found)


#: CPU seconds when the search began, after the imports.
COUNTING: list[float] = []
PEERS: dict[str, Callable[[list[Array], list[Array], Array], int]] = {
    "parx": parx,
    "relucent": relucent,
}


def answer(peer: str, document: Answer) -> Answer:
    """What a program says of a network."""
    try:
        about = metadata(peer)
    except PackageNotFoundError:
        return {"problem": "not installed"}
    said: Answer = {"version": about["Version"], "licence": about["License-Expression"] or about["License"]}
    weights, biases = ([np.array(part, dtype=np.float64) for part in document[key]] for key in ("weights", "biases"))
    try:
        said["cells"] = PEERS[peer](weights, biases, np.array(document["box"], dtype=np.float64))
    except Exception as error:  # whatever it raises is its answer
        return said | {"problem": f"{type(error).__name__}: {error}".splitlines()[0][:200]}
    return said | {"seconds": cpu_seconds() - COUNTING[0]}


def main() -> None:
    """Read a network, print the answer."""
    print(json.dumps(answer(sys.argv[1], json.load(sys.stdin))), flush=True)


if __name__ == "__main__":
    main()
