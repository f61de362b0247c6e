r"""The fewest affine pieces of a continuous function within eps of a target, with evidence for both sides.

Feasible: the function itself, as a network; that it is within eps is a claim, which `verinet.prove` turns into a
certificate of the kernel.  Not with fewer: the windows of `corridor`, which `check_windows` goes through exactly (an
argument of this package, not a certificate of the kernel).

A smooth target f is replaced by a function :math:`\tilde f` of chords within :math:`\eta`, and

.. math:: N_{\varepsilon + \eta}(\tilde f) \le N_\varepsilon(f) \le N_{\varepsilon - \eta}(\tilde f) .

The norm is the supremum over the interval, which is our reading of the paper's fixed tolerance [kogan2025]; the
search is derived.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from verinet.errors import BudgetExhausted, NotANumber, Unsupported
from verinet.exact.rationals import Q, format_rational
from verinet.geometry.polyhedra import Polyhedron
from verinet.networks.network import Network
from verinet.theory.line_regions.corridor import Corridor, Point, Window, check_windows, fewest_links
from verinet.theory.line_regions.line_targets import LineTarget, points_network, read_target
from verinet.work import keep_going

if TYPE_CHECKING:
    from verinet.claims.language import AnyClaim

#: eta is eps / 4 first, and a quarter of that each round.
ROUNDS = 5


@dataclass(frozen=True)
class MinimumPieces:
    """The fewest affine pieces: at least `low` and at most `high`.

    Parameters
    ----------
    target : LineTarget
    eps : Fraction
    low, high : int
        Equal where the number is known.
    knots : tuple of points
        The graph of a function of `high` pieces within eps.
    windows : tuple of Window
        Why fewer than `low` do not suffice, `low` - 1 of them.
    corridor : Corridor
        To which the windows belong: it holds everything within eps of the target.
    distance : Fraction
        How far the chords may be from the target between which and eps the knots were found.

    Guarantee: exact for piecewise affine targets, certified (both sides) for others.
    """

    target: LineTarget
    eps: Fraction
    low: int
    high: int
    knots: tuple[Point, ...]
    windows: tuple[Window, ...]
    corridor: Corridor
    distance: Fraction = Fraction(0)

    @property
    def is_known(self) -> bool:
        """Whether both sides agree."""
        return self.low == self.high

    @property
    def pieces(self) -> int:
        """The number.

        Raises
        ------
        Unsupported
            If the two sides differ.
        """
        if not self.is_known:
            raise Unsupported(
                f"between {self.low} and {self.high} pieces are needed, the two sides did not meet",
                fix="look at low and high, or change eps a little: it may be a critical value",
            )
        return self.low

    @cached_property
    def network(self) -> Network:
        """The function of `high` pieces as a ReLU network, on the interval."""
        return points_network(self.knots)

    @cached_property
    def claim(self) -> AnyClaim:
        """That the network is within eps of the target on the interval.

        Guarantee: exact (the claim says exactly this; `verinet.prove` finds a certificate).
        """
        return self.target.claim(self.network, self.eps, self.distance / 8)

    def check(self) -> bool:
        """Go through the windows again: no continuous function of `low` - 1 pieces is within eps.

        Guarantee: exact.
        """
        return len(self.windows) == self.low - 1 and check_windows(self.corridor, self.windows)


def minimum_pieces(
    target: object, eps: object, domain: Polyhedron | None = None, *, variables: object = None, rounds: int = ROUNDS
) -> MinimumPieces:
    """Return the fewest affine pieces of a continuous function within eps of a target, and such a function.

    Parameters
    ----------
    target : Network, sequence of points (x, y), text, sympy expression, Polynomial, or a list of (interval, polynomial)
        Continuous, of one input; see `read_target`.
    eps : exact number
        Not negative; positive for targets that are not piecewise affine.
    domain : Polyhedron, optional
        A bounded interval.
    variables : sympy symbol, optional
    rounds : int, optional
        How often the chords of a smooth target are refined until both sides agree.

    Raises
    ------
    NotANumber, InexactInput
        For such an eps.
    NotBounded, ShapeMismatch, Unsupported
        For targets and intervals that do not fit; see `read_target`.
    BudgetExhausted
        For a target that is nowhere near smooth.

    Examples
    --------
    >>> from verinet.geometry import interval
    >>> found = minimum_pieces("abs(x)", "1/4", interval(-1, 1))
    >>> found.pieces, found.check(), minimum_pieces("abs(x)", "1/2", interval(-1, 1)).pieces
    (2, True, 1)
    >>> [minimum_pieces("x^2", eps, interval(0, 1)).pieces for eps in ("1/50", "1/1000")]
    [3, 12]

    Guarantee: exact for piecewise affine targets, certified (both sides) for others.
    """
    read, error = read_target(target, domain, variables), Q(eps)
    exact = read.points is not None
    if error < 0 or (not error and not exact):
        raise NotANumber(
            f"eps is {'not negative' if exact else 'positive for a target that is not piecewise affine'}, "
            f"got {format_rational(error)}",
            fix="write 1/100",
        )
    if exact:
        corridor = _around(read.points or (), error)
        links = fewest_links(corridor)
        return MinimumPieces(read, error, links.pieces, links.pieces, links.knots, links.windows, corridor)
    return _between(read, error, rounds)


def _between(read: LineTarget, eps: Fraction, rounds: int) -> MinimumPieces:
    """The sandwich, refined until both sides agree or the rounds are over."""
    best: MinimumPieces | None = None
    accuracy = eps
    for _ in range(max(rounds, 1)):
        keep_going()
        accuracy /= 4
        try:
            points, distance = read.chords(accuracy)
        except BudgetExhausted:
            if best is None:
                raise
            break
        outer, inner = _around(points, eps + distance), _around(points, eps - distance)
        few, many = fewest_links(outer), fewest_links(inner)
        low, windows, corridor = few.pieces, few.windows, outer
        high, knots = many.pieces, many.knots
        if best is not None and best.low > low:
            low, windows, corridor = best.low, best.windows, best.corridor
        if best is not None and best.high < high:
            high, knots, distance = best.high, best.knots, best.distance
        best = MinimumPieces(read, eps, low, high, knots, windows, corridor, distance)
        if best.is_known:
            break
    if best is None:
        raise ArithmeticError("no round was made")
    return best


def _around(points: tuple[Point, ...], eps: Fraction) -> Corridor:
    x, y = zip(*points, strict=True)
    return Corridor(x, tuple(v - eps for v in y), tuple(v + eps for v in y))
