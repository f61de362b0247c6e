"""A table: is a leaky network one-to-one?  verinet beside plain z3 on the same claim about pairs of points.

    python tests/benchmarks/injectivity.py [--seconds 30] [--budget 120] [--seeds 2] [--shapes 3-6-3,2-4-2]

Networks n -> 2n -> n widen and narrow, so that no layer has an inverse: the identity beside n neurons with any weights
k/4, with small weights k/8 in between.  Square ones have weights k/4 and up to six layers of leaky ReLU.  Both are
asked about all of R^n and about a box.  z3 gets the negation, two points with one value, and stops after `--seconds`
by the clock; times are processor seconds of this process.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from verinet.claims import Proved, Refuted, Verdict
from verinet.claims.injectivity import Injective, injective
from verinet.exact import solver
from verinet.geometry import Polyhedron, box, whole_space
from verinet.networks import Network, activation, layered
from verinet.provers import smt
from verinet.provers.portfolio import prove
from verinet.work import Budget

WIDENING = ((2, 4, 2), (2, 4, 2, 4, 2), (2, 4, 2, 4, 2, 4, 2), (3, 6, 3), (3, 6, 3, 6, 3))
SQUARE = ((2,) * 8, (3,) * 5, (3,) * 7, (3,) * 8)
ATTEMPTS = 400


def drawn(sizes: Sequence[int], seed: int) -> Network:
    """A network with weights k/4 and leaky ReLU of slope 1/4."""
    dice = random.Random(seed)
    weights = [[[Fraction(dice.randint(-8, 8), 4) for _ in range(a)] for _ in range(b)] for a, b in pairwise(sizes)]
    biases = [[Fraction(dice.randint(-8, 8), 4) for _ in range(b)] for b in sizes[1:]]
    return layered(weights, biases, activation("leaky_relu", "1/4"))


def widening(sizes: Sequence[int], seed: int) -> Network:
    """n -> 2n -> n -> ... near the identity; leaky ReLU of slope 1/4."""
    dice, size = random.Random(seed), sizes[0]
    weights, biases = [], []

    def drawn_near(unit: int) -> Fraction:
        return unit + Fraction(dice.randint(-3, 3), 8)

    for _ in range(len(sizes) // 2):
        wide = [[drawn_near(int(i == j)) for j in range(size)] for i in range(size)]
        wide += [[Fraction(dice.randint(-8, 8), 4) for _ in range(size)] for _ in range(size)]
        weights.append(wide)
        biases.append([Fraction(dice.randint(-8, 8), 4) for _ in range(2 * size)])
        weights.append([[drawn_near(int(i == j)) for j in range(2 * size)] for i in range(size)])
        biases.append([Fraction(dice.randint(-8, 8), 4) for _ in range(size)])
    return layered(weights, biases, activation("leaky_relu", "1/4"))


def chosen(sizes: Sequence[int], count: int) -> Iterator[tuple[int, Network]]:
    """The first seeds whose networks no short search refutes on R^n: refutations are no contest."""
    found = 0
    for seed in range(ATTEMPTS):
        network = drawn(sizes, seed) if len(set(sizes)) == 1 else widening(sizes, seed)
        if isinstance(prove(injective(network), Budget(10, steps=2000)), Refuted):
            continue
        yield seed, network
        found += 1
        if found == count:
            return


def word(verdict: Verdict) -> str:
    match verdict:
        case Proved(theorem=theorem):
            return f"one-to-one ({theorem.trust})"
        case Refuted():
            return "collision"
        case _:
            return "unknown"


def asked(claim: Injective, seconds: float) -> str:
    """What plain z3 says."""
    constraints, inputs = smt.violation(claim.pairs())
    match solver.solve(constraints, inputs, seconds):
        case solver.Point():
            return "collision"
        case solver.Unsat():
            return "one-to-one"
        case _:
            return "unknown"


def row(sizes: Sequence[int], seed: int, network: Network, domain: Polyhedron, seconds: float, budget: float) -> str:
    claim = injective(network, domain)
    started = time.process_time()
    own = word(prove(claim, Budget(budget)))
    middle = time.process_time()
    other = asked(claim, seconds) if seconds else "not asked"
    ended = time.process_time()
    shape = "-".join(map(str, sizes))
    where = "box" if domain.has_bounded_box else "R^n"
    return f"{shape:18} {seed:4} {where:4} {own:36} {middle - started:8.2f} s   z3: {other:11} {ended - middle:8.2f} s"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--seconds", type=float, default=30.0, help="what z3 may use; 0: do not ask it")
    parser.add_argument("--budget", type=float, default=120.0, help="what verinet may use")
    parser.add_argument("--shapes", default="", help="such as 3-6-3,2-4-2; unless told, all")
    parser.add_argument("--seeds", type=int, default=2, help="networks of each shape")
    given = parser.parse_args()
    wanted = [tuple(map(int, shape.split("-"))) for shape in given.shapes.split(",") if shape]
    for sizes in wanted or (*WIDENING, *SQUARE):
        for seed, network in chosen(sizes, given.seeds):
            for domain in (whole_space(sizes[0]), box([-1, 1], dimension=sizes[0])):
                print(row(sizes, seed, network, domain, given.seconds, given.budget), flush=True)


if __name__ == "__main__":
    main()
