"""Where a network of width max{dx, dy} fails: explicit functions, and an exact point with an error of at least 1/2.

The paper's theorem: for dy <= 2 dx, networks with continuous monotone activations and width max{dx, dy} are not dense
in the continuous functions from a cube in R^dx to R^dy.  The functions, the constant 1/2 and the way to a point are
derived:

* dy <= dx.  f(x) = (|x|_inf, 0, ..., 0) on [-1, 1]^dx.  From the centre a path along which the output of the network
  does not ascend leads to the boundary, where f is 1; at the centre it is 0.
* dx < dy <= 2 dx.  On the cube [0, 1]^dx two opposite ends are mapped across each other: where x_0 <= 1/3, f is (s, 0)
  with s all over [-1, 1]^dx; where x_0 >= 2/3, it is (0, t) with t all over [-1, 1]^(dy - dx).  What is nearer than
  1/2 takes some value at both ends, but networks of width dy are limits of maps that take no value twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product

from verinet.claims.builders import always, outputs
from verinet.claims.formulas import all_of
from verinet.claims.language import Always
from verinet.errors import BudgetExhausted, ShapeMismatch, Unsupported
from verinet.exact.printing import spelled_fields
from verinet.geometry.polyhedra import Polyhedron, box
from verinet.networks.build import abs_, affine_after, maximum, minimum, parallel, variables
from verinet.networks.build import network as network_of
from verinet.networks.expressions import Expression
from verinet.networks.network import Network
from verinet.regions.piecewise import piecewise
from verinet.theory.minimal_width.descending_path import descending_path, strict_layers
from verinet.theory.minimal_width.monotone_layers import MonotoneLayers, monotone_layers
from verinet.work import SILENT, Budget, Progress, keep_going

__all__ = ["ERROR", "Witness", "domain", "find_witness", "hard_target", "narrow_layers", "near_claim", "witness_at"]

#: The error that cannot be beaten, in the maximum norm.
ERROR = Fraction(1, 2)
#: Where the search looks on the first axis when dy > dx, and on the others.
FIRST_AXIS = tuple(Fraction(n, 12) for n in (0, 2, 4, 5, 6, 7, 8, 10, 12))
OTHER_AXES = (Fraction(0), Fraction(1, 2), Fraction(1))
#: Inputs up to which it looks at a whole grid, and at all cells.
MOST_AXES = 5
#: Denominators that are tried for a point before the one that was found.
DENOMINATORS = (1, 2, 10, 1000, 10**6)

Point = tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class Witness:
    """A point at which a network is at least 1/2 from the function.

    Parameters
    ----------
    x, wanted, found : tuple of Fraction
        The point, f(x) and what the network has there.
    method : str
        How it was found: "centre", "descending path", "boundary", "grid", "vertices" or "search".
    path : tuple of points
        Of a descending path that needed no perturbation, its vertices; else ().
    amount : Fraction
        By how much layers were moved to find the path; 0 if they were not.

    Guarantee: exact (whoever doubts evaluates both at x).
    """

    x: Point
    wanted: Point
    found: Point
    method: str
    path: tuple[Point, ...] = ()
    amount: Fraction = Fraction(0)

    __repr__ = spelled_fields

    @property
    def gap(self) -> Fraction:
        """The largest distance of an output from the wanted one."""
        return max(abs(a - b) for a, b in zip(self.wanted, self.found, strict=True))


def hard_target(dx: int, dy: int) -> Network:
    """The function that no continuous monotone network of width max{dx, dy} is nearer to than 1/2, as a network.

    Parameters
    ----------
    dx, dy : int
        Numbers of inputs and outputs, dy <= 2 dx.

    Raises
    ------
    Unsupported
        If dy > 2 dx.
    ShapeMismatch
        If a number is not positive.

    Examples
    --------
    >>> f = hard_target(1, 2)
    >>> [tuple(map(str, f(Fraction(n, 3)))) for n in range(4)]
    [('-1', '0'), ('1', '0'), ('0', '1'), ('0', '-1')]
    >>> hard_target(2, 1)("1/3", "-1/2")
    (Fraction(1, 2),)

    Guarantee: exact.
    """
    _check_sizes(dx, dy)
    x = variables("x", dx)
    rows = _norm(x, dy) if dy <= dx else _crossing(x, dy)
    side = [-1, 1] if dy <= dx else [0, 1]
    return network_of(x, rows, domain=[side] * dx)


def domain(dx: int, dy: int) -> Polyhedron:
    """The cube on which `hard_target` is meant: [-1, 1]^dx if dy <= dx, else [0, 1]^dx.

    Guarantee: exact.
    """
    _check_sizes(dx, dy)
    return box([-1, 1] if dy <= dx else [0, 1], dimension=dx)


def narrow_layers(network: Network) -> MonotoneLayers:
    """The layers of a network that the lower bound speaks of.

    Raises
    ------
    Unsupported
        If the layers are wider than max{dx, dy}, dy > 2 dx, or an activation is not continuous, monotone and
        piecewise affine.

    Guarantee: exact.
    """
    dx, dy = network.input_size, network.output_size
    _check_sizes(dx, dy)
    layers = monotone_layers(network)
    if layers.width > max(dx, dy):
        raise Unsupported(
            f"the lower bound speaks of hidden layers of width at most max{{{dx}, {dy}}} = {max(dx, dy)}, got "
            f"{layers.width} (a value that skips a layer is a neuron of it)",
            fix="wider networks come as near as one likes: state and prove an error bound instead",
        )
    return layers


def near_claim(network: Network) -> Always:
    """The claim, false for every narrow network, that all points of the cube have an error below 1/2.

    Examples
    --------
    >>> from verinet.networks.build import network, variable
    >>> x = variable("x")
    >>> claim = near_claim(network(x, 0 * x + "1/2"))
    >>> claim.refuted_by((Fraction(0),)), claim.refuted_by((Fraction(1, 3),))
    (True, False)

    Guarantee: exact (the claim says exactly this).
    """
    dx, dy = network.input_size, network.output_size
    wanted, found = outputs(hard_target(dx, dy), network)
    near = [side for f, g in zip(wanted, found, strict=True) for side in (f - g < ERROR, g - f < ERROR)]
    return always((hard_target(dx, dy), network), all_of(*near), domain(dx, dy))


def find_witness(network: Network, budget: Budget | None = None, progress: Progress = SILENT) -> Witness | None:
    """A point of the cube at which the network is at least 1/2 from `hard_target`.

    Parameters
    ----------
    network : Network
    budget : Budget, optional
        For dy > dx only, where the last resort is to look at all vertices of all cells.

    Returns
    -------
    Witness or None
        None only for dy > dx, if the budget ran out or there are more than five inputs: then a prover may know more.

    Raises
    ------
    Unsupported
        As `narrow_layers`.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variables
    >>> a, b = variables("x", 2)
    >>> found = find_witness(network((a, b), relu(relu(a - b) + relu(b - a))))
    >>> [str(q) for q in found.x], str(found.gap)
    (['-1', '-1'], '1')

    Guarantee: exact.
    """
    layers = narrow_layers(network)
    if network.output_size <= network.input_size:
        return _descended(network, layers, progress)
    return _on_a_grid(network) or _at_a_vertex(network, budget)


def witness_at(network: Network, x: Sequence[Fraction], method: str) -> Witness | None:
    """The witness at a point, if it lies in the cube and its error is at least 1/2.  Guarantee: exact."""
    dx, dy = network.input_size, network.output_size
    point = tuple(x)
    if not domain(dx, dy).contains(point):
        return None
    found = Witness(point, hard_target(dx, dy)(point), network(point), method)
    return found if found.gap >= ERROR else None


def _check_sizes(dx: int, dy: int) -> None:
    if dx < 1 or dy < 1:
        raise ShapeMismatch(f"a function has inputs and outputs, got {dx} and {dy}", fix="take both at least 1")
    if dy > 2 * dx:
        raise Unsupported(
            f"the lower bound max{{dx, dy}} + 1 is shown for dy <= 2 dx, got dx = {dx} and dy = {dy}",
            fix="take at most twice as many outputs as inputs",
        )


def _norm(x: Sequence[Expression], dy: int) -> list[Expression]:
    norm = maximum(*(abs_(entry) for entry in x))
    return [norm, *(0 * x[0] for _ in range(dy - 1))]


def _crossing(x: Sequence[Expression], dy: int) -> list[Expression]:
    """(s, 0) up to 1/3 and (0, t) from 2/3 on; in between what is not 0 shrinks to 0, and 0 grows."""
    dx, first = len(x), x[0]
    leaving, coming = _between(0, 2 - 3 * first, 1), _between(0, 3 * first - 1, 1)
    s = [minimum(6 * first - 1, leaving)] + [_between(-leaving, 2 * entry - 1, leaving) for entry in x[1:]]
    t = [minimum(coming, 5 - 6 * first)] + [_between(-coming, 2 * entry - 1, coming) for entry in x[1 : dy - dx]]
    return [*s, *t]


def _between(low: object, value: Expression, high: object) -> Expression:
    return maximum(low, minimum(value, high))


def _descended(network: Network, layers: MonotoneLayers, progress: Progress) -> Witness:
    """dy <= dx: the centre, or the end of a path on which the first output does not ascend.

    If the first output is below 1/2 at the centre, it is for all networks near by, and for those that are near enough
    the end of the path is a witness for the network itself: the amounts below fall until it is.
    """
    size = network.input_size
    centre, slope = (Fraction(0),) * size, layers.weight.row(0)
    at_once = witness_at(network, centre, "centre")
    if at_once is None and not any(slope):
        at_once = witness_at(network, (Fraction(1),) * size, "boundary")
    if at_once is not None:
        return at_once
    cube = [(Fraction(-1), Fraction(1))] * size
    slope = (*slope, *(Fraction(0),) * (size - len(slope)))
    for place, amount in enumerate(_amounts()):
        keep_going()
        progress.update(place, 1, "following a path from the centre to the boundary")
        strict = strict_layers(layers, size, amount)
        if strict is None:
            continue
        path = descending_path(strict, slope, centre, cube)
        found = witness_at(network, path[-1], "descending path")
        if found is not None and amount:
            return replace(_simpler(network, found), amount=amount)
        if found is not None:
            return replace(found, path=path)
    raise ArithmeticError("the amounts do not end")


def _simpler(network: Network, found: Witness) -> Witness:
    """A witness near by with smaller denominators, if there is one: those of a moved network are long."""
    for limit in DENOMINATORS:
        near = witness_at(network, [q.limit_denominator(limit) for q in found.x], found.method)
        if near is not None:
            return near
    return found


def _amounts() -> Iterator[Fraction]:
    yield Fraction(0)
    exponent = 4
    while True:
        yield Fraction(1, 2**exponent)
        exponent *= 2


def _on_a_grid(network: Network) -> Witness | None:
    """dy > dx: the worst point of a few, where the two ends are and between them."""
    wanted, best = hard_target(network.input_size, network.output_size), None
    others = OTHER_AXES if network.input_size <= MOST_AXES else OTHER_AXES[1:2]
    for x in product(FIRST_AXIS, *(others,) * (network.input_size - 1)):
        keep_going()
        found = Witness(x, wanted(x), network(x), "grid")
        if best is None or found.gap > best.gap:
            best = found
    return best if best is not None and best.gap >= ERROR else None


def _at_a_vertex(network: Network, budget: Budget | None) -> Witness | None:
    """dy > dx: the worst point of all, a vertex of the cells of f - g."""
    dx, dy = network.input_size, network.output_size
    if dx > MOST_AXES:
        return None
    both = parallel(hard_target(dx, dy).with_domain(None), network.with_domain(None))
    rows = [[int(j == k) - int(j == k + dy) for j in range(2 * dy)] for k in range(dy)]
    try:
        cells = piecewise(affine_after(both, rows), domain(dx, dy), budget=budget)
    except BudgetExhausted:
        return None
    ends = [end for k in range(dy) for end in (cells.minimum(k), cells.maximum(k))]
    worst = max(ends, key=lambda end: abs(end.value))
    return witness_at(network, worst.point, "vertices")
