"""Count the faces of a stored network with every sign from integers and none from floats: slow, run by hand.

python tests/regions/all_integers.py tests/data/nets/6-12-12-1.json
"""

from __future__ import annotations

import dataclasses
import sys

import numpy as np

from verinet.geometry.polyhedra import box
from verinet.networks.formats import read_network
from verinet.regions.layers import split_network
from verinet.regions.plan import Plan, plan
from verinet.regions.space import Leaves


def without_floats(start: Plan) -> Plan:
    """The plan with bounds that decide nothing, so that every sign is asked of integers."""
    blocks = []
    for block in start.blocks:
        floats = dataclasses.replace(block.floats, trusted=False)
        blocks.append(dataclasses.replace(block, forms=dataclasses.replace(block.forms, floats=floats)))
    return dataclasses.replace(start, blocks=tuple(blocks))


def main(path: str) -> None:
    network = read_network(path)
    domain = box((-1, 1), dimension=network.input_size)
    start = without_floats(plan(split_network(network), domain))
    faces = np.zeros(network.input_size + 1, dtype=np.int64)
    for done in Leaves(start, chunk=60_000):
        own = done.buffers.F[: done.faces]
        faces += np.bincount(own["dim"][own["own"] == 1], minlength=len(faces))
    print(path, faces.tolist())


if __name__ == "__main__":
    main(sys.argv[1])
