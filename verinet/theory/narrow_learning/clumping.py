r"""The clumping game: how many stages remove all neurons, when each stage removes what stands apart at some scale.

The neurons lie on a line; entry i of a vector :math:`w \ge 0` is the *level* of the i-th gap, large for a tiny gap,
and the two outermost gaps have level 0.  With a threshold :math:`\tau` and a step :math:`\phi` the interval [i, j] is
*good* if :math:`w_i, w_j \le \tau` and

* all entries between are at most :math:`\tau`, or
* all entries between exceed :math:`\max(w_i, w_j) + \phi`: a clump, apart from the rest at a scale of its own.

A move takes good intervals, joins those that overlap or share an entry, and replaces each by its least entry: the
neurons between are gone.  The game is won when one entry is left.

The lemma it illustrates, the paper's [chen2023] (Lemmas 18, 29 and 30): with :math:`\tau = c \log k` there is a play of
:math:`O(\log k)` moves.  Derived here, with proofs in the docstrings: taking all good intervals is never worse than
another move (`full_move`), and a vector without a good interval has at least
:math:`2^{\lfloor \tau / \phi \rfloor + 1} + 1` entries, which `ladder` attains.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise

from verinet.errors import ShapeMismatch, Unsupported
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import Q
from verinet.theory.narrow_learning.borders import whole
from verinet.work import keep_going

Interval = tuple[int, int]
#: Most entries of a vector for the search over all moves.
LARGEST = 12
#: Largest ratio of threshold and step for which the least size of a stuck vector is written out.
MOST_RUNGS = 10_000


@dataclass(frozen=True, slots=True)
class Game:
    r"""A vector of levels, a threshold and a step.

    Parameters
    ----------
    levels : tuple of Fraction
        w: at least one entry, none negative, the first and the last 0.
    threshold : Fraction
        :math:`\tau \ge 0`.
    step : Fraction
        :math:`\phi \ge 0`; the paper's is a constant.

    Raises
    ------
    Unsupported
        If they are not so.
    InexactInput, NotANumber
        If one is a float, or no number.

    Guarantee: exact.
    """

    levels: tuple[Fraction, ...]
    threshold: Fraction
    step: Fraction = Fraction(1)

    __repr__ = spelled_fields

    def __post_init__(self) -> None:
        object.__setattr__(self, "levels", tuple(map(Q, self.levels)))
        for name in ("threshold", "step"):
            object.__setattr__(self, name, Q(getattr(self, name)))
        w = self.levels
        if not w or w[0] or w[-1] or min(w) < 0 or self.threshold < 0 or self.step < 0:
            raise Unsupported(
                "a clumping game has levels of at least 0, the first and the last 0, and no negative threshold or step",
                fix="write 0 at both ends: the outermost gaps are unbounded",
            )

    @property
    def is_won(self) -> bool:
        """Whether one entry is left."""
        return len(self.levels) == 1

    def is_good(self, i: int, j: int) -> bool:
        """Whether [i, j] is a good interval, i < j, places from 0.

        Examples
        --------
        >>> game = clumping_game([0, 5, 4, 0], threshold=1)
        >>> game.is_good(0, 3), game.is_good(0, 1)
        (True, False)

        Guarantee: exact.
        """
        w = self.levels
        if not all(isinstance(place, int) for place in (i, j)):
            raise Unsupported(f"an interval is a pair of places, got {i!r} and {j!r}", fix="count from 0")
        if not 0 <= i < j < len(w) or w[i] > self.threshold or w[j] > self.threshold:
            return False
        between, bar = w[i + 1 : j], max(w[i], w[j]) + self.step
        return all(entry <= self.threshold for entry in between) or all(entry > bar for entry in between)

    def good_intervals(self) -> tuple[Interval, ...]:
        """Return all good intervals, by their first and then their last place.

        Guarantee: exact.
        """
        found = []
        for i, left in enumerate(self.levels):
            if left > self.threshold:
                continue
            least = most = None
            for j in range(i + 1, len(self.levels)):
                entry = self.levels[j]
                flat = most is None or most <= self.threshold
                clump = least is None or least > max(left, entry) + self.step
                if entry <= self.threshold and (flat or clump):
                    found.append((i, j))
                least = entry if least is None else min(least, entry)
                most = entry if most is None else max(most, entry)
        return tuple(found)

    def is_legal(self, intervals: Sequence[Interval]) -> bool:
        """Whether a move may take these intervals: at least one, and all good.

        Guarantee: exact.
        """
        return bool(intervals) and all(self.is_good(i, j) for i, j in intervals)

    def move(self, intervals: Sequence[Interval]) -> Game:
        """Return the game after the move that takes these intervals.

        Guarantee: exact.

        Raises
        ------
        Unsupported
            If the move is not legal.

        Examples
        --------
        >>> print(clumping_game([0, 3, 3, 0, 3, 0], threshold=1).move([(0, 3)]))
        0 3 0
        """
        if not self.is_legal(intervals):
            wrong = next((pair for pair in intervals if not self.is_good(*pair)), None)
            raise Unsupported(
                "a move takes good intervals, " + ("got none" if wrong is None else f"and {list(wrong)} is not good"),
                fix="see good_intervals()",
            )
        return self._after(intervals)

    def _after(self, intervals: Sequence[Interval]) -> Game:
        levels: list[Fraction] = []
        place = 0
        for i, j in joined(intervals):
            levels += [*self.levels[place:i], min(self.levels[i : j + 1])]
            place = j + 1
        return Game((*levels, *self.levels[place:]), self.threshold, self.step)

    def full_move(self) -> Game:
        r"""Return the game after the move that takes all good intervals; the same game if there are none.

        No move is better.  Proof: a move replaces the blocks of a partition of w into intervals by their minima, and
        so do several; the full move has the coarsest partition of all moves.  Let w' be the minima of the blocks of
        w, and [i, j] good in w, i in the block a and j in the block c, a < c.  The ends :math:`w'_a \le w_i` and
        :math:`w'_c \le w_j` are at most :math:`\tau`; the blocks between lie between i and j, so their minima are all
        at most :math:`\tau`, or all above :math:`\max(w_i, w_j) + \phi`.  So [a, c] is good in w', and the full move
        from w' leaves minima of blocks of what it leaves from w.  By induction the full play is never behind.

        Two neighbouring unions [i, j] and [i', j'] of all good intervals have i' > j + 1: for i' = j + 1 the entries j
        and i', both at most :math:`\tau`, would be a good interval that joins them.

        Guarantee: exact.

        Examples
        --------
        >>> print(clumping_game([0, 3, 0, 2, 3, 0], threshold=1).full_move())
        0
        """
        return self._after(self.good_intervals())

    def __str__(self) -> str:
        return " ".join(map(str, self.levels))


def clumping_game(levels: Sequence[object], *, threshold: object, step: object = 1) -> Game:
    """Return the game of these levels.

    Guarantee: exact.

    Raises
    ------
    Unsupported
        As `Game`.

    Examples
    --------
    >>> print(clumping_game([0, "1/2", 0], threshold=0))
    0 1/2 0
    """
    return Game(tuple(map(Q, levels)), Q(threshold), Q(step))


def joined(intervals: Sequence[Interval]) -> tuple[Interval, ...]:
    """Join the intervals that overlap or share an entry; what is left is in order and disjoint.

    Guarantee: exact.

    Examples
    --------
    >>> joined([(3, 5), (0, 2), (1, 3), (7, 8)])
    ((0, 5), (7, 8))
    """
    found: list[Interval] = []
    for i, j in sorted(intervals):
        if found and i <= found[-1][1]:
            found[-1] = found[-1][0], max(j, found[-1][1])
        else:
            found.append((i, j))
    return tuple(found)


def full_play(game: Game) -> tuple[Game, ...]:
    """Return the games of the play by full moves, from this one to the last: won, or stuck.

    If the last one is won, no play is shorter; if it is stuck, no play wins.

    Guarantee: exact.

    Examples
    --------
    >>> [str(one) for one in full_play(clumping_game([0, 3, 1, 3, 2, 3, 0], threshold=2))]
    ['0 3 1 3 2 3 0', '0 3 2 3 0', '0']
    """
    games = [game]
    while not games[-1].is_won and games[-1].good_intervals():
        keep_going()
        games.append(games[-1].full_move())
    return tuple(games)


def fewest_moves(game: Game) -> int | None:
    """Return the least number of moves that win, by a search over all moves; None if none wins.

    Guarantee: exact.

    Raises
    ------
    Unsupported
        If there are more than 12 entries; `full_play` has no such bound.

    Examples
    --------
    >>> fewest_moves(clumping_game([0, 3, 1, 3, 2, 3, 0], threshold=2))
    2
    >>> print(fewest_moves(ladder(2, threshold=1)))
    None
    """
    if len(game.levels) > LARGEST:
        raise Unsupported(
            f"the search over all moves takes at most {LARGEST} entries, got {len(game.levels)}",
            fix="use full_play: it is a shortest play",
        )
    seen, layer, moves = {game}, [game], 0
    while layer and not any(one.is_won for one in layer):
        fresh: set[Game] = set()
        for one in layer:
            for choice in _moves(one):
                keep_going()
                fresh.add(one.move(choice))
        layer = sorted(fresh - seen, key=lambda one: one.levels)
        seen |= fresh
        moves += 1
    return moves if layer else None


def _moves(game: Game) -> Iterator[tuple[Interval, ...]]:
    """Sets of good intervals, one for each way in which they can be joined; first those that join much."""
    good = game.good_intervals()
    inside = {
        (i, j): tuple((a, b) for a, b in good if i <= a and b <= j) for i, j in combinations(range(len(game.levels)), 2)
    }
    blocks = [block for block, members in inside.items() if members and joined(members) == (block,)]

    def choices(start: int) -> Iterator[tuple[Interval, ...]]:
        for i, j in sorted((block for block in blocks if block[0] >= start), key=lambda block: block[0] - block[1]):
            for rest in choices(j + 1):
                yield (*inside[i, j], *rest)
        yield ()

    return (choice for choice in choices(0) if choice)


def ladder(depth: int, *, threshold: object, step: object = 1) -> Game:
    r"""Return a vector of :math:`2^{depth} + 1` entries that has no good interval if :math:`\tau / \phi < depth`.

    0 at both ends, and between any two neighbours, `depth` times, their maximum plus the step.  A vector of two or more
    entries without a good interval has at least as many for
    :math:`depth = \lfloor \tau / \phi \rfloor + 1`.  Proof: between two entries of at most :math:`\tau` lies one
    that is at most their maximum plus :math:`\phi`, or they would be the ends of a good interval; begin with the two
    ends, and split so :math:`\lfloor \tau / \phi \rfloor` times, the maximum growing by at most :math:`\phi`: all these
    entries are at most :math:`\tau`, and between two of them lies one more.

    Guarantee: exact.

    Raises
    ------
    ShapeMismatch
        If the depth is above 20.
    NotANumber
        If it is no integer at least 0.

    Examples
    --------
    >>> print(ladder(3, threshold=2))
    0 3 2 3 1 3 2 3 0
    >>> ladder(3, threshold=2).good_intervals()
    ()
    """
    if whole(depth, "a depth", 0) > 20:
        raise ShapeMismatch(f"a ladder has a depth from 0 to 20, got {depth}", fix="choose a smaller one")
    phi = Q(step)
    levels = [Fraction(0), Fraction(0)]
    for _ in range(depth):
        longer = [levels[0]]
        for left, right in pairwise(levels):
            longer += [max(left, right) + phi, right]
        levels = longer
    return Game(tuple(levels), Q(threshold), phi)


def least_stuck_size(threshold: object, step: object = 1) -> int:
    r"""Return :math:`2^{\lfloor \tau / \phi \rfloor + 1} + 1`: vectors with fewer entries have a good interval.

    Guarantee: exact.

    Raises
    ------
    Unsupported
        If the step is not positive, the threshold negative, or their ratio above 10000.

    Examples
    --------
    >>> least_stuck_size(2), len(ladder(3, threshold=2).levels)
    (9, 9)
    """
    tau, phi = Q(threshold), Q(step)
    if phi <= 0 or tau < 0:
        raise Unsupported("the bound is for a positive step and no negative threshold", fix="choose a step above 0")
    if tau > MOST_RUNGS * phi:
        raise Unsupported(
            f"the bound has more than {MOST_RUNGS} binary digits", fix=f"choose tau / phi of at most {MOST_RUNGS}"
        )
    return int(2 ** (tau // phi + 1)) + 1
