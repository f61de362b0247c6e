"""Sets in the text of a claim: ``[-1,1]^2 x [0,1]``, ``(-inf,0]``, ``R^3``, and ``with`` affine constraints."""

from __future__ import annotations

from fractions import Fraction

from verinet.claims.claim_terms import Meanings, Names
from verinet.claims.claim_tokens import Reader
from verinet.claims.formulas import Affine, AllOf, Atom
from verinet.errors import ShapeMismatch, Unsupported
from verinet.geometry.polyhedra import Halfspace, Polyhedron

Side = tuple[Fraction | None, Fraction | None]

#: Most coordinates of a set.
LARGEST_POWER = 1_000_000


def read_set(reader: Reader, meanings: Meanings | None, size: int) -> Polyhedron:
    """Read a set of points with so many coordinates.

    Guarantee: exact.

    Parameters
    ----------
    reader : Reader
        Before the set.
    meanings : Meanings or None
        What the names after ``with`` mean; None where there may be no ``with``.
    size : int

    Raises
    ------
    BadFormat
        For any other text.
    ShapeMismatch
        For another number of coordinates.
    Unsupported
        For constraints that are not affine in the inputs, or not joined by ``and``.

    Examples
    --------
    >>> from verinet.claims.claim_terms import Names
    >>> reader = Reader("[0,1/2]^2 x (-inf,3] with x_0 <= x_2")
    >>> found = read_set(reader, Meanings(reader, Names(3, (1,))), 3)
    >>> found.high, len(found.halfspaces)
    ((Fraction(1, 2), Fraction(1, 2), Fraction(3, 1)), 1)
    """
    place = reader.peek().place
    sides: list[Side] = []
    while True:
        side = _side(reader)
        power = 1
        if reader.accept("^"):
            power = reader.integer()
        elif side == (None, None) and reader.tokens[reader.next - 1].text == "R" and not sides:
            power = size  # R alone: all inputs
        if not 1 <= power <= LARGEST_POWER or len(sides) + power > max(size, 1):
            sides.extend([side] * max(0, size + 1 - len(sides)))
            break
        sides.extend([side] * power)
        if not reader.accept("x"):
            break
    if len(sides) != size:
        raise ShapeMismatch(
            f"the set needs {size} coordinates, got {len(sides) if len(sides) < size else 'more'}",
            fix=f'write "[-1,1]{"" if size == 1 else f"^{size}"}", or one interval for each',
            where=reader.where(place),
        )
    found = Polyhedron(*zip(*sides, strict=True))
    if meanings is None or not reader.accept("with"):
        return found
    return found.cut(*_halfspaces(reader, meanings, size))


class _SetReader(Reader):
    what = "set"
    fix = 'write "[-1,1]^2", "[0,1/2] x (-inf,3]", "R", or "[0,1]^2 with x_0 <= x_1"'


def parse_set(text: str, size: int) -> Polyhedron:
    """The set of points with so many coordinates that a text names.

    Guarantee: exact.

    Raises
    ------
    VerinetError
        As `read_set`.

    Examples
    --------
    >>> parse_set("[-1,1/2]^2 with x_0 <= x_1", 2).high, parse_set("R", 1).high
    ((Fraction(1, 2), Fraction(1, 2)), (None,))
    """
    reader = _SetReader(text)
    found = read_set(reader, Meanings(reader, Names(size, (1,))), size)
    if reader.peek().kind != "end":
        reader.fail("x, with, or the end")
    return found


def _side(reader: Reader) -> Side:
    if reader.accept("R"):
        return None, None
    opening = reader.expect("[", "(")
    low = _end(reader)
    reader.expect(",")
    high = _end(reader)
    closing = reader.expect("]", ")")
    if (low is None) is not (opening.text == "(") or (high is None) is not (closing.text == ")"):
        raise Unsupported(
            "an interval has square brackets at numbers and round ones at infinity",
            fix='write [0,1], (-inf,0], [0,inf) or R; strict bounds by "with x_0 < 1"',
            where=reader.where(opening.place),
        )
    return low, high


def _end(reader: Reader) -> Fraction | None:
    """A number, or None for inf and -inf."""
    start = reader.next
    reader.accept("-")
    if reader.accept("inf"):
        return None
    reader.next = start
    return reader.number()


def _halfspaces(reader: Reader, meanings: Meanings, size: int) -> list[Halfspace]:
    place = reader.peek().place
    formula = meanings.formula(reader.formula())
    atoms = formula.parts if isinstance(formula, AllOf) else (formula,)
    found = []
    for atom in atoms:
        if not isinstance(atom, Atom) or atom.term.y:
            raise Unsupported(
                "the set of a claim is cut by comparisons of inputs, joined by and",
                fix='write "on [0,1]^2 with x_0 <= x_1 and x_0 + x_1 < 1"; other conditions belong to the formula',
                where=reader.where(place),
            )
        found.append(_halfspace(atom.term, atom.strict, size))
    return found


def _halfspace(term: Affine, strict: bool, size: int) -> Halfspace:
    normal = [Fraction(0)] * size
    for index, coefficient in term.x:
        normal[index] = -coefficient
    return Halfspace(tuple(normal), term.constant, strict)
