"""Order statistics of one hidden layer: differences must be equal.

Statement.  For sorted numbers x_(1) <= ... <= x_(n), the sum of c_k x_(k) has one hidden layer if and only if
c_(k+1) - c_k does not depend on k. Instances: for n = 3, 4, no x_(k) has one hidden layer; and the sum of (2k - n -
1) x_(k) is the sum of |x_i - x_j| over i < j.

Notation.  One hidden layer: of any width, affine bypasses allowed.

Method.  If: the sum of |x_i - x_j| is compared with a sorting network. Only if: across x_1 = x_2 the gradient jumps
by c_(k+1) - c_k where k - 1 other numbers are smaller, and a network with one hidden layer jumps alike everywhere
(the lemma). The kernel checks the local forms on boxes.

References.  mukherjeebasu2017.

Tags.  order statistics, median, depth, lower bound, one hidden layer.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import verinet as vn
from verinet.networks.build import Expression
from verinet.theorems import Instance, theorem

# %% Sorting networks: comparators in order
COMPARATORS = {3: ((0, 1), (1, 2), (0, 1)), 4: ((0, 1), (2, 3), (0, 2), (1, 3), (1, 2))}


def ordered(x: tuple[Expression, ...]) -> list[Expression]:
    values = list(x)
    for i, j in COMPARATORS[len(x)]:
        gap = vn.relu(values[i] - values[j])
        values[i], values[j] = values[i] - gap, values[j] + gap
    return values


def statistic(n: int, coefficients: list[int]) -> vn.Network:
    x = vn.variables("x", n)
    terms = [c * value for c, value in zip(coefficients, ordered(x), strict=True)]
    return vn.network(x, sum(terms[1:], terms[0]))


def distances(n: int) -> vn.Network:
    x = vn.variables("x", n)
    terms = [vn.abs_(a - b) for a, b in combinations(x, 2)]
    return vn.network(x, sum(terms[1:], terms[0]))


def crossing(n: int, k: int) -> tuple[int, ...]:
    """x_1 = x_2 = 0, and k - 1 of the other numbers below, at distances from each other."""
    below = range(1, k)
    return (0, 0, *(-j for j in below), *range(1, n - 1 - len(below)))


# %% The claims
@theorem(scope="instances", source="derived")
def order_statistic_not_depth_one() -> Iterator[Instance]:
    for n in (3, 4):
        for k in range(1, n + 1):
            c = [int(j == k) for j in range(1, n + 1)]
            first = max(k - 1, 1)
            second = next(j for j in range(1, n) if c[j] - c[j - 1] != c[first] - c[first - 1])
            at = (crossing(n, first), crossing(n, second))
            normal = (1, -1, *([0] * (n - 2)))
            yield Instance(f"x_{k}_of_{n}", vn.claims.not_depth_one(statistic(n, c), normal, at))
        arithmetic = [2 * k - n - 1 for k in range(1, n + 1)]
        equal = vn.claims.equal(distances(n), statistic(n, arithmetic), vn.whole_space(n))
        yield Instance(f"distances_{n}", equal)


# %% Prove it now
if __name__ == "__main__":
    for instance in order_statistic_not_depth_one.claims():
        print(vn.prove(instance.claim))
