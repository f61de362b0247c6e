"""Looks for a reason why a statement is false, by evaluation alone: no line is shared with the kernel or a prover.

On one input the search is exact where the outputs are affine between the breakpoints: their places are computed, and
the points between them are tried.  On more inputs points of a grid and random ones are tried.  An empty answer means
that nothing was found, not that the statement is true.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise, product
from math import comb, prod
from typing import Any

JSON = Any
Vector = list[Fraction]
FAR = 40  # where an unbounded side of a box is cut


def integer(text: str) -> int:
    return int(text, 16)


def vector(point: JSON) -> Vector:
    return [Fraction(integer(entry), integer(point["over"])) for entry in point["at"]]


def value_at(pieces: JSON, q: int, z: Fraction) -> Fraction | None:
    """The first piece whose test passes; None outside the range."""
    chosen = pieces[-1]
    for piece in pieces[:-1]:
        end = Fraction(integer(piece[0]), q)
        if z < end or (piece[1] == "left" and z == end):
            chosen = piece[2:]
            break
    if chosen == ["none"]:
        return None
    total = Fraction(0)
    for coefficient in chosen:
        total = total * z + integer(coefficient)
    return total / q


def through(network: JSON, x: Vector) -> tuple[Vector, list[int]] | None:
    """The outputs, and the sign of each unit against each of its breakpoints; None outside a range."""
    values, signs = list(x), list[int]()
    for text in network:
        q, after = integer(text["activations_over"]), Vector()
        for weights, which in text["units"]:
            z = Fraction(integer(weights[0]))
            z += sum((integer(w) * v for w, v in zip(weights[1:], values, strict=True)), Fraction(0))
            z /= integer(text["weights_over"])
            value = value_at(text["activations"][which], q, z)
            if value is None:
                return None
            after.append(value)
            ends = [Fraction(integer(piece[0]), q) for piece in text["activations"][which][:-1]]
            signs += [(z > end) - (z < end) for end in ends]
        values = after
    return values, signs


def outputs(networks: JSON, x: Vector) -> Vector | None:
    found = [through(network, x) for network in networks]
    return None if None in found else [value for pair in found if pair for value in pair[0]]


def form(row: JSON, x: Sequence[Fraction]) -> Fraction:
    return sum((integer(a) * b for a, b in zip(row, [Fraction(1), *x], strict=True)), Fraction(0))


def in_domain(domain: JSON, x: Vector) -> bool:
    over = integer(domain["over"])
    for (low, high), entry in zip(domain["box"], x, strict=True):
        if (low is not None and over * entry < integer(low)) or (high is not None and over * entry > integer(high)):
            return False
    return all(form(row, x) > 0 if relation == ">" else form(row, x) >= 0 for relation, row in domain["rows"])


def sides(domain: JSON) -> list[tuple[Fraction, Fraction]]:
    over, found = integer(domain["over"]), []
    for low, high in domain["box"]:
        left = None if low is None else Fraction(integer(low), over)
        right = None if high is None else Fraction(integer(high), over)
        left = left if left is not None else min(-FAR, right if right is not None else 0) - Fraction(1)
        found.append((Fraction(left), Fraction(right) if right is not None else max(left, Fraction(FAR)) + 1))
    return found


def bends(networks: JSON, low: Fraction, high: Fraction) -> list[Fraction]:
    """Ends and every place where a unit meets a breakpoint, on one input; preactivations are affine between them."""
    cuts = {low, high}
    for network in networks:
        for depth, text in enumerate(network):
            for a, b in pairwise(sorted(cuts)):
                near, far = a + (b - a) / 3, b - (b - a) / 3
                pair = [through(network[:depth], [x]) for x in (near, far)]
                if None in pair:
                    continue
                for weights, which in text["units"]:
                    z0, z1 = (form(weights, values[0]) / integer(text["weights_over"]) for values in pair if values)
                    for piece in text["activations"][which][:-1]:
                        end = Fraction(integer(piece[0]), integer(text["activations_over"]))
                        if z0 != z1 and a < (x := near + (end - z0) / (z1 - z0) * (far - near)) < b:
                            cuts.add(x)
    return sorted(cuts)


def places(statement: JSON, rng: random.Random) -> list[Vector]:
    """Points of the domain: at, between and beside the bends on a line; a grid and random ones in space."""
    domain = statement["domain"]
    box = sides(domain)
    found = [vector(domain["point"])]
    if len(box) == 1:
        cuts = bends(statement["networks"], *box[0])
        for _, row in domain["rows"]:
            if integer(row[1]):
                cuts.append(Fraction(-integer(row[0]), integer(row[1])))
        cuts = sorted({x for x in cuts if box[0][0] <= x <= box[0][1]})
        found += [[x] for x in cuts]
        found += [[a + (b - a) * k / 8] for a, b in pairwise(cuts) for k in range(1, 8)]
        found += [[a + (b - a) / 10**9] for a, b in pairwise(cuts)] + [[b - (b - a) / 10**9] for a, b in pairwise(cuts)]
    else:
        steps = 6 if len(box) == 2 else 2
        found += [list(x) for x in product(*([a + (b - a) * k / steps for k in range(steps + 1)] for a, b in box))]
        found += [[a + (b - a) * Fraction(rng.randrange(1, 997), 997) for a, b in box] for _ in range(40)]
    return [x for x in found if in_domain(domain, x)]


def claim_fails(claim: JSON, x: Vector, y: Vector) -> bool:
    for clause in claim:
        levels = [(form(a, x) + form(["0", *b], y), relation == ">") for relation, a, b in clause]
        if not any(level > 0 or (level == 0 and not strict) for level, strict in levels):
            return True
    return False


def polynomial(terms: JSON, over: str, at: Vector) -> Fraction:
    return sum((integer(c) * prod(map(pow, at, powers)) for c, powers in terms), Fraction(0)) / integer(over)


def why_false(statement: JSON, evidence: JSON, rng: random.Random) -> str:
    """A reason why the statement is false; empty if none was found."""
    kind = statement["kind"]
    if kind == "all":
        pairs = zip(statement["parts"], evidence["parts"], strict=True)
        return "; ".join(filter(None, (why_false(part, proof, rng) for part, proof in pairs)))
    if kind == "value":
        found = outputs(statement["networks"], vector(statement["point"]))
        return "" if found == vector(statement["values"]) else f"the outputs are {found}"
    if not in_domain(statement["domain"], vector(statement["domain"]["point"])):
        return "the domain's point lies outside"
    if kind in ("holds", "fails"):
        x = vector(evidence["point"])
        y = outputs(statement["networks"], x)
        good = in_domain(statement["domain"], x) and y is not None
        return "" if good and claim_fails(statement["claim"], x, y or []) == (kind == "fails") else f"not at {x}"
    if kind in ("cells", "linear-regions"):
        return wrong_count(statement, rng)
    if kind == "integral":
        return wrong_integral(statement)
    if kind in ("lipschitz", "monotone", "orientation"):
        return wrong_slope(statement, rng)
    for x in places(statement, rng):
        y = outputs(statement["networks"], x)
        if y is None:
            continue
        if kind == "always" and claim_fails(statement["claim"], x, y):
            return f"the claim fails at {x}"
        if kind == "equal" and y[: len(y) // 2] != y[len(y) // 2 :]:
            return f"they differ at {x}"
        if kind.startswith("sup-error"):
            gaps = [abs(v - polynomial(t["terms"], t["over"], x)) for v, t in zip(y, statement["targets"], strict=True)]
            if max(gaps) > vector(statement["error"])[0]:
                return f"the error at {x} is {max(gaps)}"
    if kind == "sup-error-equals":
        x, k = vector(evidence["point"]), evidence["output"]
        y, target = outputs(statement["networks"], x) or [], statement["targets"][k]
        if (
            not in_domain(statement["domain"], x)
            or abs(y[k] - polynomial(target["terms"], target["over"], x)) != vector(statement["error"])[0]
        ):
            return f"the error is not attained at {x}"
    return ""


# --- counts, slopes, integrals ----------------------------------------------------------------------------------------


def wrong_count(statement: JSON, rng: random.Random) -> str:
    domain, [network], stated = statement["domain"], statement["networks"], integer(statement["count"])
    if len(domain["box"]) > 1:
        found = {
            tuple(signs) for x in places(statement, rng)[-40:] if (pair := through(network, x)) for signs in [pair[1]]
        }
        return "" if len({s for s in found if 0 not in s}) <= stated else f"at least {len(found)} cells"
    cuts = sorted({x for [x] in places(statement, rng)})
    middles = [(a + b) / 2 for a, b in pairwise(cuts)]
    runs = [through(network, [x]) for x in middles]
    if statement["kind"] == "cells":
        count = len({tuple(run[1]) for run in runs if run})
    else:
        values = [through(network, [x]) for x in cuts]
        slopes = [
            [(d - c) / (b - a) for c, d in zip(first[0], last[0], strict=True)]
            for (a, b), (first, last) in zip(pairwise(cuts), pairwise(values), strict=True)
            if first and last
        ]
        count = min(1, len(slopes)) + sum(before != after for before, after in pairwise(slopes))
    return "" if count == stated else f"there are {count}"


def differences(statement: JSON, rng: random.Random) -> Iterator[tuple[Vector, Vector, list[Vector], list[Vector]]]:
    """A point of the domain, its outputs, and the differences of inputs and outputs to n points beside it."""
    [network] = statement["networks"]
    size = len(statement["domain"]["box"])
    for x in places(statement, rng):
        step = Fraction(rng.choice((-1, 1)), rng.choice((3, 1000, 10**6)))
        beside = [[entry + step * (k == j) for k, entry in enumerate(x)] for j in range(size)]
        if all(in_domain(statement["domain"], other) for other in beside):
            y = outputs([network], x)
            ys = [outputs([network], other) for other in beside]
            if y is not None and None not in ys:
                inputs = [[step * (k == j) for k in range(size)] for j in range(size)]
                yield x, y, inputs, [[b - a for a, b in zip(y, other or [], strict=True)] for other in ys]


def wrong_slope(statement: JSON, rng: random.Random) -> str:
    kind = statement["kind"]
    for x, _, inputs, found in differences(statement, rng):
        if kind == "monotone":
            for i, ways in enumerate(statement["signs"]):
                for j, way in enumerate(ways):
                    rise = found[j][i] * inputs[j][j]
                    if (way == "up" and rise < 0) or (way == "down" and rise > 0):
                        return f"y{i} in x{j} at {x}"
        elif kind == "lipschitz":
            bound, signs = vector(statement["error"])[0], [rng.choice((-1, 0, 1)) for _ in inputs]
            mixed = [Fraction(sign * pair[j]) for j, (sign, pair) in enumerate(zip(signs, inputs, strict=True))]
            end = [a + b for a, b in zip(x, mixed, strict=True)]
            pairs = list(zip(inputs, found, strict=True))
            far = outputs(statement["networks"], end) if in_domain(statement["domain"], end) else None
            if far is not None and (start := outputs(statement["networks"], x)) is not None:
                pairs.append((mixed, [b - a for a, b in zip(start, far, strict=True)]))
            for change, rise in pairs:
                if length(rise, statement["norm"]) > (
                    bound if statement["norm"] != "2" else bound * abs(bound)
                ) * length(change, statement["norm"]):
                    return f"steeper at {x}"
        else:
            [network] = statement["networks"]
            runs = [
                through(network, point) for point in [x, *([a + b for a, b in zip(x, d, strict=True)] for d in inputs)]
            ]
            cells = {tuple(run[1]) for run in runs if run}
            if len(cells) == 1 and 0 not in next(iter(cells)):
                level = leibniz(found) * prod(pair[j] for j, pair in enumerate(inputs))
                if (level > 0) != (statement["sign"] == "positive") or level == 0:
                    return f"the determinant at {x} has sign of {level}"
    return ""


def length(entries: Vector, norm: str) -> Fraction:
    """The norm, squared if it is the Euclidean one."""
    if norm == "2":
        return sum((entry * entry for entry in entries), Fraction(0))
    return sum(map(abs, entries), Fraction(0)) if norm == "1" else max(map(abs, entries), default=Fraction(0))


def leibniz(rows: list[Vector]) -> Fraction:
    if not rows:
        return Fraction(1)
    head, *rest = rows
    return sum(
        ((-1) ** k * entry * leibniz([row[:k] + row[k + 1 :] for row in rest]) for k, entry in enumerate(head)),
        Fraction(0),
    )


def wrong_integral(statement: JSON) -> str:
    """Exact by interpolation on a line without absolute value, else a sum over a fine grid with a tolerance."""
    domain, box = statement["domain"], sides(statement["domain"])
    low, high = vector(statement["bounds"])
    power, target = statement["power"], statement["integrand"]
    absolute = statement["absolute"] == "yes"

    def g(x: Vector) -> Fraction | None:
        y = outputs(statement["networks"], x) if in_domain(domain, x) else []
        if y is None:
            return None
        level = polynomial(target["terms"], target["over"], [*x, *y]) ** power if y else Fraction(0)
        return abs(level) if absolute else level

    total = Fraction(0)
    exact = len(box) == 1 and (not absolute or power % 2 == 0)
    if exact:
        degree = 2 * power * max((sum(powers) for _, powers in target["terms"]), default=0)
        cuts = bends(statement["networks"], *box[0])
        roots = [Fraction(-integer(r[0]), integer(r[1])) for _, r in domain["rows"] if integer(r[1])]
        cuts = sorted({*cuts, *(x for x in roots if box[0][0] < x < box[0][1])})
        for a, b in pairwise(cuts):
            levels = [g([a + (b - a) * Fraction(k + 1, degree + 2)]) for k in range(degree + 1)]
            if None not in levels:
                total += (b - a) * interpolated([level for level in levels if level is not None], degree)
        return "" if low <= total <= high else f"the integral is {total}"
    steps = (400, 40, 8)[len(box) - 1]
    volume = prod((b - a for a, b in box), start=Fraction(1)) / steps ** len(box)
    largest = Fraction(0)
    for x in product(*([a + (b - a) * Fraction(2 * k + 1, 2 * steps) for k in range(steps)] for a, b in box)):
        level = g(list(x)) or Fraction(0)
        total, largest = total + level * volume, max(largest, abs(level))
    slack = Fraction(3, 2 * steps) * largest * volume * steps ** len(box)
    return "" if low - slack <= total <= high + slack else f"the integral is about {float(total)}"


def interpolated(levels: list[Fraction], degree: int) -> Fraction:
    """The integral over [0, 1] of the polynomial with these values at 1/(d+2), 2/(d+2), .., by Newton's differences."""
    total, scale, row = Fraction(0), degree + 2, levels
    newton = [Fraction(1)]  # the polynomial C(s - 1, k) in s = (d + 2) t, by its coefficients
    for k in range(degree + 1):
        total += row[0] * sum((c * Fraction(scale) ** e / (e + 1) for e, c in enumerate(newton)), Fraction(0))
        row = [b - a for a, b in pairwise(row)]
        shifted = [Fraction(0), *newton]
        newton = [(a - (k + 1) * b) / (k + 1) for a, b in zip(shifted, [*newton, Fraction(0)], strict=True)]
    return total


def self_test() -> None:
    """3 t^2 integrates to 1."""
    if interpolated([3 * Fraction(k, 4) ** 2 for k in (1, 2, 3)], 2) != 1 or comb(3, 2) != 3:
        raise ValueError("the interpolation is wrong")
