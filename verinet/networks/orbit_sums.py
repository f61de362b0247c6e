"""Sums over orbits: identities with many terms, written by a few of them and a group of permutations.

With m_ab = max(x_a, x_b), m_aa = x_a, a term is a maximum of sums of such pairs, and ``[12+16|13+45]`` stands for
max(m_12 + m_16, m_13 + m_45).  A permutation of the variables takes a term to another one; an orbit sum adds up the
distinct images of each of its terms.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce

from verinet.errors import BadFormat, ShapeMismatch
from verinet.exact.rationals import Q, format_rational
from verinet.networks.expressions import Expression, as_expression, network, relu, variables
from verinet.networks.network import Network

Pair = tuple[int, int]
Permutation = tuple[int, ...]
_TERM = re.compile(r"\[?((?:[1-9][1-9][+|])*[1-9][1-9])\]?", re.ASCII)
_CYCLES = re.compile(r"(?:\([1-9]+\))+", re.ASCII)
LARGEST_GROUP = 50_000


@dataclass(frozen=True, slots=True)
class PairSums:
    """max over the sides of the sum of max(x_a, x_b) over the side's pairs (a, b), numbered from 1.

    Parameters
    ----------
    sides : tuple of tuples of (int, int)
        The order of sides, pairs and of the two numbers does not matter: it is sorted.

    Examples
    --------
    >>> term = PairSums.read("12+16|13+45")
    >>> term, term.value((1, 0, 5, 0, 2, 3))
    ([12+16|13+45], Fraction(7, 1))

    Guarantee: exact.
    """

    sides: tuple[tuple[Pair, ...], ...]

    def __post_init__(self) -> None:
        if not self.sides or not all(self.sides) or min(min(p) for side in self.sides for p in side) < 1:
            raise ShapeMismatch("a term needs sides, each with a pair, numbered from 1", fix="write 12+16|13+45")
        sides = (tuple(sorted((min(p), max(p)) for p in side)) for side in self.sides)
        object.__setattr__(self, "sides", tuple(sorted(set(sides))))

    @classmethod
    def read(cls, text: str) -> PairSums:
        """The term from its text, for up to nine variables.

        Raises
        ------
        BadFormat
            If it is not of the form 12+16|13+45.
        """
        found = _TERM.fullmatch(text.strip())
        if found is None:
            raise BadFormat(f"{text[:40]!r} is no maximum of sums of pairs", fix="write 12+16|13+45")
        sides = [side.split("+") for side in found.group(1).split("|")]
        return cls(tuple(tuple((int(pair[0]), int(pair[1])) for pair in side) for side in sides))

    @property
    def last(self) -> int:
        """The largest number of a variable."""
        return max(max(pair) for side in self.sides for pair in side)

    def moved(self, permutation: Permutation) -> PairSums:
        """The term with x_a replaced by x_b, b = permutation[a - 1]."""
        return PairSums(tuple(tuple((permutation[a - 1], permutation[b - 1]) for a, b in s) for s in self.sides))

    def value(self, x: Sequence[object]) -> Fraction:
        """The value at a point.  Guarantee: exact."""
        at = [Q(entry) for entry in x]
        return max(sum((max(at[a - 1], at[b - 1]) for a, b in side), Fraction(0)) for side in self.sides)

    def __repr__(self) -> str:
        return f"[{'|'.join('+'.join(self._pair(*pair) for pair in side) for side in self.sides)}]"

    def _pair(self, a: int, b: int) -> str:
        return f"{a}{b}" if self.last <= 9 else f"{a},{b}"


@dataclass(frozen=True, slots=True)
class OrbitSum:
    """factor * sum of c * (the distinct images of a term under a group), over pairs (c, term).

    Parameters
    ----------
    size : int
        The number of variables.
    base : tuple of (Fraction, PairSums)
    generators : tuple of permutations
        A permutation lists the images of 1, 2, ..., size.
    factor : Fraction

    Raises
    ------
    ShapeMismatch
        If a term has a variable beyond `size`, or a generator is no permutation of 1, ..., size.

    Examples
    --------
    >>> ranges = OrbitSum.read(3, {"12|33": 1}, ["(123)"], "1/2")
    >>> ranges
    1/2 sum over the group of (123), 3 terms: [12|33]
    >>> ranges((1, 5, 2)), ranges.network()(1, 5, 2)
    (Fraction(15, 2), (Fraction(15, 2),))

    Guarantee: exact.
    """

    size: int
    base: tuple[tuple[Fraction, PairSums], ...]
    generators: tuple[Permutation, ...]
    factor: Fraction = Fraction(1)

    def __post_init__(self) -> None:
        if max((term.last for _, term in self.base), default=1) > self.size:
            raise ShapeMismatch(f"a term has a variable beyond x_{self.size}", fix="give the number of variables")
        if any(sorted(g) != list(range(1, self.size + 1)) for g in self.generators):
            raise ShapeMismatch(
                f"a generator is no permutation of 1, ..., {self.size}", fix="list the images of 1, 2, ..."
            )

    @classmethod
    def read(cls, size: int, base: Mapping[str, object], generators: Sequence[str], factor: object = 1) -> OrbitSum:
        """An orbit sum from texts: terms like 12+16|13+45 with coefficients, permutations like (123)(456).

        Raises
        ------
        BadFormat
            If a text is none of these.
        """
        terms = tuple((Q(coefficient), PairSums.read(text)) for text, coefficient in base.items())
        return cls(size, terms, tuple(_permutation(text, size) for text in generators), Q(factor))

    @property
    def group(self) -> tuple[Permutation, ...]:
        """All products of the generators.

        Raises
        ------
        ShapeMismatch
            If they are more than 50 000.
        """
        found = [tuple(range(1, self.size + 1))]
        seen = set(found)
        for known in found:  # grows while it is read
            for generator in self.generators:
                image = tuple(generator[k - 1] for k in known)
                if image not in seen:
                    seen.add(image)
                    found.append(image)
            if len(found) > LARGEST_GROUP:
                raise ShapeMismatch(f"the group has more than {LARGEST_GROUP} elements", fix="take a smaller group")
        return tuple(found)

    @property
    def terms(self) -> tuple[tuple[Fraction, PairSums], ...]:
        """All terms with their coefficients, the factor left out; each image of a term counts once."""
        group = self.group
        images = ((c, dict.fromkeys(term.moved(g) for g in group)) for c, term in self.base)
        return tuple((c, image) for c, orbit in images for image in orbit)

    def __call__(self, x: Sequence[object]) -> Fraction:
        """The value at a point.  Guarantee: exact."""
        return self.factor * sum((c * term.value(x) for c, term in self.terms), Fraction(0))

    def network(self) -> Network:
        """The sum as a network: pairs in the first hidden layer, a maximum of two sides in the second.

        m_ab = x_b + r(x_a - x_b) is one neuron for each pair, and max(p, q) = q + r(p - q) one for each term.

        Guarantee: exact.
        """
        x = variables("x", self.size)
        pairs: dict[Pair, Expression] = {}

        def larger(a: int, b: int) -> Expression:
            if a == b:
                return x[a - 1]
            if (a, b) not in pairs:
                pairs[a, b] = x[b - 1] + relu(x[a - 1] - x[b - 1])
            return pairs[a, b]

        total = as_expression(0)
        for coefficient, term in self.terms:
            sides = [reduce(Expression.__add__, (larger(*pair) for pair in side)) for side in term.sides]
            total = total + (self.factor * coefficient) * reduce(lambda p, q: p + relu(q - p), sides)
        return network(x, total)

    def __repr__(self) -> str:
        names = ", ".join(map(_cycles, self.generators)) or "the identity"
        head = f"sum over the group of {names}, {len(self.terms)} terms:"
        factor = "" if self.factor == 1 else f"{format_rational(self.factor)} "
        return f"{factor}{head} {_signed([(c, repr(term)) for c, term in self.base], '')}"

    def latex(self) -> str:
        r"""The sum as LaTeX, where ``[ab+cd|ef+gh]`` is printed as it is read.

        Examples
        --------
        >>> print(OrbitSum.read(3, {"12|33": 1}, ["(123)"], "1/2").latex())
        \frac{1}{2} \sum_{\sigma \in \langle (123) \rangle} \sigma\bigl([12|33]\bigr)
        """
        top, over = self.factor.numerator, self.factor.denominator
        factor = "" if self.factor == 1 else f"{top} " if over == 1 else rf"\frac{{{top}}}{{{over}}} "
        names = ", ".join(map(_cycles, self.generators)) or r"\mathrm{id}"
        body = _signed([(c, repr(term)) for c, term in self.base], r" \\ ")
        return rf"{factor}\sum_{{\sigma \in \langle {names} \rangle}} \sigma\bigl({body}\bigr)"


def _signed(parts: Sequence[tuple[Fraction, str]], line: str) -> str:
    """c t + c t - ..., six terms a line if there is a mark for a new line."""
    text = ""
    for place, (c, name) in enumerate(parts):
        mark = line if place and place % 6 == 0 else ""
        size = "" if abs(c) == 1 else f"{format_rational(abs(c))} "
        sign = "-" if c < 0 else "+" if place else ""
        text += f"{mark}{' ' if place and not mark else ''}{sign}{' ' if place else ''}{size}{name}"
    return text


def _permutation(text: str, size: int) -> Permutation:
    """The images of 1, ..., size under a product of disjoint cycles."""
    if not _CYCLES.fullmatch(text):
        raise BadFormat(f"{text[:40]!r} is no product of cycles", fix="write (123)(456)")
    cycles = [[int(k) for k in cycle] for cycle in text[1:-1].split(")(")]
    moved = [k for cycle in cycles for k in cycle]
    if len(set(moved)) != len(moved) or max(moved) > size:
        raise BadFormat(f"{text[:40]!r} is no product of disjoint cycles of 1, ..., {size}", fix="write (123)(456)")
    image = list(range(1, size + 1))
    for cycle in cycles:
        for k, following in zip(cycle, [*cycle[1:], cycle[0]], strict=True):
            image[k - 1] = following
    return tuple(image)


def _cycles(permutation: Permutation) -> str:
    return "".join(f"({''.join(map(str, cycle))})" for cycle in _orbits(permutation) if len(cycle) > 1) or "()"


def _orbits(permutation: Permutation) -> Iterator[list[int]]:
    seen: set[int] = set()
    for start in range(1, len(permutation) + 1):
        cycle = []
        while start not in seen:
            seen.add(start)
            cycle.append(start)
            start = permutation[start - 1]
        if cycle:
            yield cycle
