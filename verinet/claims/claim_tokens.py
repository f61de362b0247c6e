"""The words of claims written in one line: a tokenizer, and a parser of terms and formulas into small trees.

Text is never evaluated.  Brackets nest at most `DEEPEST` deep, so the recursion that follows them is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import NoReturn

from verinet.errors import BadFormat, NotANumber
from verinet.exact.rationals import Q

#: Longest text, and deepest nesting of brackets, signs and powers.
LONGEST, DEEPEST = 100_000, 60
RELATIONS = ("<=", ">=", "==", "=", "<", ">", "!=")
_TOKEN = re.compile(
    r"\s+|(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)|(?P<name>[A-Za-z][A-Za-z0-9_]*(?:\.y(?:_[0-9]+)?)?)"
    r"|(?P<sign><=|>=|==|!=|[-+*/^()\[\],;=<>])",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text: its kind ("number", "name", "sign", "end"), and where it begins, counted from 0.

    Guarantee: exact.
    """

    kind: str
    text: str
    place: int


@dataclass(frozen=True, slots=True)
class Tree:
    """A term or formula as it was written.

    Parameters
    ----------
    kind : str
        ``"number"``, ``"name"``, ``"call"`` (a name and its arguments), a sign (``"+"``, ``"neg"``, ``"<="``, ...), or
        ``"and"``, ``"or"``, ``"not"``.
    place : int
    parts : tuple of Tree
    name : str
    value : Fraction

    Guarantee: exact.
    """

    kind: str
    place: int
    parts: tuple[Tree, ...] = ()
    name: str = ""
    value: Fraction = Fraction(0)


class Reader:
    """The tokens of a text, read from left to right.

    Examples
    --------
    >>> reader = Reader("y_0 >= 3/2*x and x < 1 on [0,1]")
    >>> tree = reader.formula()
    >>> tree.kind, [part.kind for part in tree.parts], reader.peek().text
    ('and', ['>=', '<'], 'on')

    Guarantee: exact.
    """

    #: What the text is called in error messages, and how to write another.
    what = "claim"
    fix = "the grammar of claims is in the documentation, docs/reference/claim-grammar.md"

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST:
            raise BadFormat(
                f"a {self.what} needs at most {LONGEST} characters, got {len(text)}",
                fix="state it in Python, or as VNN-LIB",
            )
        self.text = text
        self.tokens: list[Token] = []
        self.next = self.depth = 0
        place = 0
        while place < len(text):
            match = _TOKEN.match(text, place)
            if match is None:
                raise BadFormat(
                    f"a {self.what} has no use for {text[place]!r}",
                    fix="write names, numbers, + - * / ^, comparisons, brackets; verinet prove --help shows examples",
                    where=self.where(place),
                )
            if match.lastgroup is not None:
                self.tokens.append(Token(match.lastgroup, match.group(), place))
            place = match.end()
        self.tokens.append(Token("end", "the end", len(text)))

    def where(self, place: int) -> str:
        """Return the place for an error message."""
        return f"character {place + 1} of the {self.what}"

    def peek(self) -> Token:
        """Return the next token, and stay before it."""
        return self.tokens[self.next]

    def take(self) -> Token:
        """Return the next token, and step over it."""
        token = self.tokens[self.next]
        self.next = min(self.next + 1, len(self.tokens) - 1)
        return token

    def accept(self, *texts: str) -> Token | None:
        """Step over the next token if it is one of these."""
        return self.take() if self.peek().kind != "end" and self.peek().text in texts else None

    def expect(self, *texts: str) -> Token:
        """Step over the next token, which must be one of these.

        Raises
        ------
        BadFormat
            If it is another.
        """
        return self.accept(*texts) or self.fail(" or ".join(texts))

    def fail(self, needs: str) -> NoReturn:
        """Refuse the next token.

        Raises
        ------
        BadFormat
            Always.
        """
        token = self.peek()
        got = token.text if len(token.text) <= 40 else token.text[:40] + "..."
        raise BadFormat(
            f"a {self.what} needs {needs} here, got {got}",
            fix=self.fix,
            where=self.where(token.place),
        )

    def number(self) -> Fraction:
        """Read an exact number with its sign: ``-3``, ``7/2``, ``0.25``, ``1e-5``."""
        sign = -1 if self.accept("-") else 1
        value = self._literal()
        if self.accept("/"):
            divisor, place = self._literal(), self.tokens[self.next - 1].place
            if not divisor:
                raise NotANumber("a number has the denominator 0", fix="write 7/2", where=self.where(place))
            value /= divisor
        return sign * value

    def integer(self) -> int:
        """Read a nonnegative integer below 10^9."""
        token = self.peek()
        if token.kind != "number" or not token.text.isdigit() or len(token.text) > 9:
            self.fail("an integer")
        return int(self.take().text)

    def _literal(self) -> Fraction:
        token = self.peek()
        if token.kind != "number":
            self.fail("a number")
        self.take()
        try:
            return Q(token.text)
        except NotANumber as error:
            raise NotANumber(error.problem, fix=error.fix, where=self.where(token.place)) from error

    # ------------------------------------------------------------------------------- terms and formulas

    def formula(self) -> Tree:
        """Read a term or a formula: ``or``, ``and``, ``not``, comparisons (chains, too), ``+ -``, ``* /``, ``^``.

        Which of the two it is, and whether the parts fit, is seen when it gets its meaning.

        Raises
        ------
        BadFormat
            For any other text, and for brackets nested too deep.
        """
        self.depth += 1
        if self.depth > DEEPEST:
            raise BadFormat(
                f"a {self.what} nests at most {DEEPEST} brackets and signs",
                fix="write fewer brackets",
                where=self.where(self.peek().place),
            )
        tree = self._either()
        self.depth -= 1
        return tree

    def term(self) -> Tree:
        """Read a sum, without comparisons."""
        return self._sum()

    def _either(self) -> Tree:
        parts, place = [self._both()], self.peek().place
        while self.accept("or"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else Tree("or", place, tuple(parts))

    def _both(self) -> Tree:
        parts, place = [self._not()], self.peek().place
        while self.accept("and"):
            parts.append(self._not())
        return parts[0] if len(parts) == 1 else Tree("and", place, tuple(parts))

    def _not(self) -> Tree:
        flips, place = 0, self.peek().place
        while self.accept("not"):
            flips += 1
        tree = self._comparison()
        return Tree("not", place, (tree,)) if flips % 2 else tree

    def _comparison(self) -> Tree:
        """``a <= b``, or a chain ``a <= b < c``, which is ``a <= b and b < c``."""
        left = self._sum()
        found: list[Tree] = []
        while (sign := self.accept(*RELATIONS)) is not None:
            right = self._sum()
            kind = "=" if sign.text == "==" else sign.text
            found.append(Tree(kind, sign.place, (left, right)))
            left = right
        if not found:
            return left
        return found[0] if len(found) == 1 else Tree("and", found[0].place, tuple(found))

    def _sum(self) -> Tree:
        return self._flat("+", {"+": "", "-": "neg"}, self._product)

    def _product(self) -> Tree:
        return self._flat("*", {"*": "", "/": "inverse"}, self._signed)

    def _flat(self, kind: str, signs: dict[str, str], part: Callable[[], Tree]) -> Tree:
        """Sums and products are flat, so that long ones are not deep."""
        parts, place = [part()], self.peek().place
        while (sign := self.accept(*signs)) is not None:
            found, turned = part(), signs[sign.text]
            parts.append(Tree(turned, sign.place, (found,)) if turned else found)
        return parts[0] if len(parts) == 1 else Tree(kind, place, tuple(parts))

    def _signed(self) -> Tree:
        minus, place = 0, self.peek().place
        while (sign := self.accept("-", "+")) is not None:
            minus += sign.text == "-"
        tree = self._power()
        return Tree("neg", place, (tree,)) if minus % 2 else tree

    def _power(self) -> Tree:
        base = self._atom()
        sign = self.accept("^")
        if sign is None:
            return base
        exponent = self.integer()
        if self.peek().text == "^":
            self.fail("brackets around a power of a power")
        return Tree("^", sign.place, (base,), value=Fraction(exponent))

    def _atom(self) -> Tree:
        token = self.peek()
        if token.kind == "number":
            return Tree("number", token.place, value=self._literal())
        if token.kind == "name" and token.text not in ("and", "or", "not", "on", "with"):
            self.take()
            if self.accept("("):
                inside = self.formula()
                self.expect(")")
                return Tree("call", token.place, (inside,), token.text)
            return Tree("name", token.place, name=token.text)
        if self.accept("("):
            inside = self.formula()
            self.expect(")")
            return inside
        return self.fail("a number, a variable or a bracket")
