r"""LaTeX of numbers, sums, comparisons and domains (amsmath, amssymb).

Guarantee: exact (every number that is printed is printed in full).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby

from verinet.claims.formulas import Atom, Clause
from verinet.claims.targets import Polynomial
from verinet.exact.rationals import format_rational
from verinet.geometry.polyhedra import Halfspace, Polyhedron

#: From so many letters of LaTeX on, a formula stands in the paragraph, where TeX can break it at a sign.
_LONGEST_DISPLAY = 180
#: A power of two from here on is written as a power: weights of float files have such denominators.
_LARGE_POWER = 1 << 13
_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "^": r"\textasciicircum{}",
    "_": r"\_",
    "%": r"\%",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "-": "-{}",  # no ligatures: the text is a quotation
    "`": "\\textasciigrave{}",
    "'": r"\textquotesingle{}",
}


def escape(text: str) -> str:
    r"""Return text that LaTeX prints as it stands; what is not printable ASCII is written as a code point.

    Examples
    --------
    >>> print(escape(r"50% of $x_1$ \input{é}"))
    50\% of \$x\_1\$ \textbackslash{}input\{[U+00E9]\}
    """
    return "".join(
        _SPECIAL.get(letter, letter) if " " <= letter <= "~" else f"[U+{ord(letter):04X}]" for letter in text
    )


def number(q: Fraction) -> str:
    r"""Return a rational: an integer, ``\tfrac{p}{q}`` or ``-\tfrac{p}{q}``.

    Examples
    --------
    >>> print(number(Fraction(-1, 3)), number(Fraction(7)), number(Fraction(3, 1 << 20)))
    -\tfrac{1}{3} 7 \tfrac{3}{2^{20}}
    """
    sign, size = ("-" if q < 0 else ""), abs(q)
    if size.denominator == 1:
        return sign + _integer(size.numerator)
    return rf"{sign}\tfrac{{{_integer(size.numerator)}}}{{{_integer(size.denominator)}}}"


def _integer(n: int) -> str:
    if n >= _LARGE_POWER and n & (n - 1) == 0:
        return f"2^{{{n.bit_length() - 1}}}"
    return format_rational(Fraction(n))


def linear_sum(terms: Sequence[tuple[str, Fraction]], constant: Fraction = Fraction(0)) -> str:
    """Return ``2 x_{0} - x_{1} + 1``; zeros are left out.

    Examples
    --------
    >>> print(linear_sum([("x", Fraction(2)), ("y", Fraction(-1))], Fraction(1)))
    2 x - y + 1
    """
    text = ""
    for name, coefficient in [*terms, ("", constant)]:
        if not coefficient:
            continue
        size = abs(coefficient)
        body = name if size == 1 and name else f"{number(size)} {name}".rstrip()
        sign = "-" if coefficient < 0 else "+"
        text += f" {sign} {body}" if text else ("-" if coefficient < 0 else "") + body
    return text or "0"


def polynomial(target: Polynomial, names: Sequence[str]) -> str:
    """Return a polynomial, highest exponents first."""
    terms = []
    for coefficient, exponents in reversed(target.coefficients):
        powers = [
            name if power == 1 else f"{name}^{{{power}}}" for name, power in zip(names, exponents, strict=True) if power
        ]
        terms.append((" ".join(powers), coefficient))
    return linear_sum(terms)


def atom(comparison: Atom, inputs: Sequence[str], outputs: Sequence[str]) -> str:
    r"""Return a comparison with positive terms left and the rest right, outputs first.

    Examples
    --------
    >>> from verinet.claims.formulas import Affine
    >>> print(atom(2 * Affine.of_output(0) <= 3, ("x",), ("f(x)",)))
    f(x) \le \tfrac{3}{2}
    """
    term = comparison.term
    named = [(outputs[i], c) for i, c in term.y] + [(inputs[i], c) for i, c in term.x]
    greater = True
    constant = term.constant
    if named:
        greater = named[0][1] > 0
        factor = 1 / named[0][1] if len(named) == 1 else Fraction(1 if greater else -1)
        named = [(name, factor * c) for name, c in named]
        constant *= factor
    relation = (">" if greater else "<") if comparison.strict else (r"\ge" if greater else r"\le")
    if not named:
        return f"{number(constant)} {relation} 0"
    left = linear_sum([(name, c) for name, c in named if c > 0])
    right = linear_sum([(name, -c) for name, c in named if c < 0], -constant)
    return f"{left} {relation} {right}"


def clause(atoms: Clause, inputs: Sequence[str], outputs: Sequence[str], alone: bool) -> str:
    """Return a disjunction, in brackets unless it stands alone."""
    if not atoms:
        return r"\text{false}"
    text = r" \;\lor\; ".join(atom(entry, inputs, outputs) for entry in atoms)
    return text if alone or len(atoms) == 1 else rf"\bigl({text}\bigr)"


def sides(domain: Polyhedron) -> str:
    r"""Return the box, equal neighbouring sides as a power: ``[0, 1]^{2} \times [0, 2]``."""
    groups = [(side, len(list(run))) for side, run in groupby(zip(domain.low, domain.high, strict=True))]
    return r" \times ".join(_side(*side) + (f"^{{{count}}}" if count > 1 else "") for side, count in groups)


def _side(low: Fraction | None, high: Fraction | None) -> str:
    if low is None and high is None:
        return r"\mathbb{R}"
    left = r"(-\infty" if low is None else f"[{number(low)}"
    right = r"\infty)" if high is None else f"{number(high)}]"
    return f"{left}, {right}"


def halfspace(half: Halfspace, names: Sequence[str]) -> str:
    """Return ``a.x <= b`` (``<`` if strict)."""
    left = linear_sum(list(zip(names, half.normal, strict=True)))
    return f"{left} {'<' if half.strict else chr(92) + 'le'} {number(half.offset)}"


def point(values: Sequence[Fraction]) -> str:
    r"""Return ``(1, -\tfrac{1}{3})``, or the bare number when there is one."""
    texts = [number(value) for value in values]
    return texts[0] if len(texts) == 1 else "(" + ", ".join(texts) + ")"


def shown(formulas: list[str], end: str) -> list[str]:
    """Formulas joined by 'and': displayed while they fit on a line, else in the paragraph, where TeX breaks them."""
    if any(len(formula) > _LONGEST_DISPLAY for formula in formulas):
        return [r"\begin{itemize}\raggedright", *(rf"  \item ${text}$" for text in formulas), r"\end{itemize}"]
    if len(formulas) == 1:
        return [rf"\[ {formulas[0]}{end} \]"]
    lines = [f"  {text}" for text in formulas]
    return [r"\begin{gather*}", " \\\\\n".join(lines) + end, r"\end{gather*}"]
