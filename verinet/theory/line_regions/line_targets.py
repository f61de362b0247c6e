"""Targets on an interval as the count of pieces reads them: piecewise affine ones exactly, others by chords."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from verinet.claims.builders import equal, sup_error
from verinet.claims.pieces import PiecewisePolynomial, as_piecewise
from verinet.claims.smooth_targets import as_smooth
from verinet.claims.sup_errors import SupErrorSmooth
from verinet.claims.target_text import parse_targets
from verinet.claims.targets import Polynomial, as_polynomial
from verinet.errors import NotBounded, ShapeMismatch, Unsupported
from verinet.exact.rationals import Q, format_rational
from verinet.exact.smooth import Tree, approximations, value_at
from verinet.geometry.polyhedra import Polyhedron, interval
from verinet.networks.build import layered
from verinet.networks.network import Network
from verinet.regions.line import line
from verinet.regions.line_layers import line_ends

if TYPE_CHECKING:
    from verinet.claims.language import AnyClaim

Point = tuple[Fraction, Fraction]


@dataclass(frozen=True, slots=True)
class LineTarget:
    """A continuous target on [low, high].

    Parameters
    ----------
    low, high : Fraction
    points : tuple of points, or None
        All vertices of its graph, if it is piecewise affine.
    parts : tuple of (Fraction, Fraction, Tree)
        Else: formulas on parts of the interval, from left to right.
    source : Network, Polynomial, PiecewisePolynomial, SmoothTarget, or None
        What a claim compares with; None: the points.
    text : str

    Guarantee: exact.
    """

    low: Fraction
    high: Fraction
    points: tuple[Point, ...] | None
    parts: tuple[tuple[Fraction, Fraction, Tree], ...]
    source: Any
    text: str

    @property
    def domain(self) -> Polyhedron:
        """The interval."""
        return interval(self.low, self.high)

    def chords(self, accuracy: Fraction) -> tuple[tuple[Point, ...], Fraction]:
        """Vertices of a piecewise affine function, and a bound of its distance, at most `accuracy`.

        With an affine function within e of the target on a part, and values within d of it at the ends, the chord of
        the values is within e + d of that function and within 2 e + d of the target.

        Raises
        ------
        BudgetExhausted
            If the target is not smooth enough.

        Guarantee: certified.
        """
        if self.points is not None:
            return self.points, Fraction(0)
        near = accuracy / 4
        values: dict[Fraction, Fraction] = {}
        worst = Fraction(0)
        for low, high, tree in self.parts:
            found = approximations(tree, {}, [low], [high], 1, 3 * accuracy / 8)
            worst = max(worst, *(part.error for part in found))
            for x in sorted({end for part in found for end in (part.low[0], part.high[0])}):
                if x not in values:
                    enclosed = value_at(tree, (x,), near)
                    values[x] = _short((enclosed.low + enclosed.high) / 2, near / 4)
        return tuple(sorted(values.items())), 2 * worst + near

    def claim(self, network: Network, error: Fraction, accuracy: Fraction = Fraction(0)) -> AnyClaim:
        """The claim that a network is within `error` of the target; a smooth one is enclosed within `accuracy`.

        Guarantee: exact (the claim says exactly this).
        """
        if self.source is None or isinstance(self.source, Network):
            other = self.source or points_network(self.points or ())
            return equal(other, network, self.domain, within=error)
        source = list(self.source.pieces) if isinstance(self.source, PiecewisePolynomial) else self.source
        claim = sup_error(network, source, self.domain) <= error
        return claim.with_accuracy(accuracy) if accuracy and isinstance(claim, SupErrorSmooth) else claim


def read_target(target: object, domain: Polyhedron | None = None, variables: object = None) -> LineTarget:
    """Return a target of one input as it is read.

    Parameters
    ----------
    target : Network, sequence of points (x, y), text, sympy expression, Polynomial, or a list of (interval, polynomial)
        Points are the vertices of a piecewise affine function.  Text as in ``"abs(x - 1/3)"``.
    domain : Polyhedron, optional
        A bounded interval; without it the network's own, or from the first to the last point.
    variables : sympy symbol, optional

    Raises
    ------
    NotBounded
        Without a bounded interval.
    ShapeMismatch
        For more than one input or output, or points that do not ascend.
    Unsupported
        For a target that is not continuous.

    Examples
    --------
    >>> from verinet.geometry import interval
    >>> [(str(x), str(y)) for x, y in read_target("abs(x - 1/3)", interval(0, 1)).points]
    [('0', '1/3'), ('1/3', '0'), ('1', '2/3')]

    Guarantee: exact.
    """
    if isinstance(target, Network):
        return _network_target(target, domain)
    if isinstance(target, (list, tuple)) and target and all(_is_pair(entry) for entry in target):
        return _points_target([(Q(x), Q(y)) for x, y in target], domain)
    low, high = _bounded(domain)
    whole, text = interval(low, high), None
    if isinstance(target, str):
        read = parse_targets(target, 1, whole)
        if len(read.functions) != 1:
            raise ShapeMismatch(f"one target is needed, got {len(read.functions)}", fix="leave the others out")
        target, text = read.functions[0], read.text
    pieces = target if isinstance(target, PiecewisePolynomial) else as_piecewise(target, 1, variables)
    if pieces is not None:
        return _pieces_target(pieces, low, high, text or str(pieces))
    smooth = as_smooth(target, 1, variables)
    if smooth is not None:
        return LineTarget(low, high, None, ((low, high, smooth.tree),), smooth, text or str(smooth))
    polynomial = as_polynomial(target, 1, variables)
    return _polynomials((((low, high), polynomial),), polynomial, text or str(polynomial))


def points_network(points: Sequence[Point]) -> Network:
    """Return the ReLU network with these vertices, constant to their left: a neuron for each piece.

    Examples
    --------
    >>> from fractions import Fraction
    >>> hat = points_network([(Fraction(0), Fraction(0)), (Fraction(1), Fraction(1)), (Fraction(2), Fraction(0))])
    >>> [str(hat(x)[0]) for x in (0, "1/2", 1, 2)]
    ['0', '1/2', '1', '0']

    Guarantee: exact.
    """
    slopes = [(d - b) / (c - a) for (a, b), (c, d) in pairwise(points)]
    changes = [after - before for before, after in pairwise([Fraction(0), *slopes])]
    kept = [(x, change) for (x, _), change in zip(points, changes, strict=False) if change]
    if not kept:
        return layered([[[0]]], [[points[0][1]]])
    return layered([[[1]] * len(kept), [[change for _, change in kept]]], [[-x for x, _ in kept], [points[0][1]]])


def _network_target(target: Network, domain: Polyhedron | None) -> LineTarget:
    if target.input_size != 1 or target.output_size != 1:
        raise ShapeMismatch(
            f"a target on an interval has one input and one output, got a network with {target.input_size} and "
            f"{target.output_size}",
            fix="choose one of its outputs, or restrict it to a line",
        )
    own = None if target.domain is None else interval(*target.domain[0])
    low, high = _bounded(domain if domain is not None else own)
    found = line(target, interval(low, high))
    if found.jumps:
        raise Unsupported(
            f"the network jumps at {format_rational(found.jumps[0].point)}, and continuous functions are compared",
            fix="choose an interval without jumps",
        )
    points = [(low, found.pieces[0].value(low)[0])]
    for piece in found.pieces:
        end = high if piece.high is None else piece.high
        points.append((end, piece.value(end)[0]))
    text = f"the network {'-'.join(map(str, (1, *target.level_widths, 1)))}"
    return LineTarget(low, high, tuple(points), (), target, text)


def _points_target(points: list[Point], domain: Polyhedron | None) -> LineTarget:
    if len(points) < 2 or any(a >= b for (a, _), (b, _) in pairwise(points)):
        raise ShapeMismatch("a graph needs two points at least, each further right than the last", fix="sort them")
    low, high = (points[0][0], points[-1][0]) if domain is None else _bounded(domain)
    if (low, high) != (points[0][0], points[-1][0]):
        raise ShapeMismatch(
            f"the points reach from {format_rational(points[0][0])} to {format_rational(points[-1][0])}, "
            f"the interval from {format_rational(low)} to {format_rational(high)}",
            fix="leave the interval out, or give points at its ends",
        )
    return LineTarget(low, high, tuple(points), (), None, f"{len(points)} points")


def _pieces_target(pieces: PiecewisePolynomial, low: Fraction, high: Fraction, text: str) -> LineTarget:
    whole = interval(low, high)
    pieces.check_covers(whole)
    pieces.check_apart(whole)
    found = []
    for piece, polynomial in pieces.pieces:
        a, b = line_ends(piece)
        ends = (low if a is None else max(a, low), high if b is None else min(b, high))
        if ends[0] < ends[1]:
            found.append((ends, polynomial))
    found.sort(key=lambda entry: entry[0])
    for (_, first), ((at, _), second) in pairwise(found):
        if first.value((at,)) != second.value((at,)):
            raise Unsupported(
                f"the target jumps at {format_rational(at)}, and continuous functions are compared",
                fix="choose an interval without jumps",
            )
    return _polynomials(tuple(found), pieces, text)


def _polynomials(found: Sequence[tuple[tuple[Fraction, Fraction], Polynomial]], source: Any, text: str) -> LineTarget:
    low, high = found[0][0][0], found[-1][0][1]
    if all(polynomial.degree <= 1 for _, polynomial in found):
        points = [(low, found[0][1].value((low,)))]
        points += [(b, polynomial.value((b,))) for (_, b), polynomial in found]
        return LineTarget(low, high, tuple(points), (), source, text)
    return LineTarget(low, high, None, tuple((a, b, _tree(p)) for (a, b), p in found), source, text)


def _tree(polynomial: Polynomial) -> Tree:
    """The polynomial by Horner's rule."""
    coefficients = {exponents[0]: c for c, exponents in polynomial.coefficients}
    total = Tree("number", number=Fraction(0))
    for degree in range(max(coefficients, default=0), -1, -1):
        scaled = Tree("*", (total, Tree("variable"))) if total.parts or total.number else None
        term = Tree("number", number=coefficients.get(degree, Fraction(0)))
        total = term if scaled is None else Tree("+", (scaled, term))
    return total


def _bounded(domain: Polyhedron | None) -> tuple[Fraction, Fraction]:
    low, high = (None, None) if domain is None else line_ends(domain)
    if low is None or high is None:
        raise NotBounded("a target is compared on a bounded interval, got none", fix="give interval(-1, 1), say")
    if low == high:
        raise Unsupported("a target needs an interval with an interior, got a point", fix="give other ends")
    return low, high


def _is_pair(entry: object) -> bool:
    return isinstance(entry, (list, tuple)) and len(entry) == 2 and not isinstance(entry[0], Polyhedron)


def _short(q: Fraction, within: Fraction) -> Fraction:
    """A short number near q."""
    bits = max(0, (within.denominator // within.numerator).bit_length())
    return Fraction(round(q * (1 << bits)), 1 << bits)
