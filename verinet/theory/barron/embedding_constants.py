r"""How large the norm of the embedding of the RePU_t space into the RePU_s space is, :math:`0 \le s < t`.

That the one space embeds into the other is the paper's [heeringa2024]; constants, sharpness and proofs are derived.

*From above.*  The push-forward of `lowered` costs, for an atom with :math:`\lVert w \rVert = v` and bias b,

.. math:: c \int_0^M \tau^{t-s-1} p(v, b - \tau)\, d\tau, \qquad c = \frac{\Gamma(t+1)}{\Gamma(s+1)\Gamma(t-s)},
   \quad M = \max(0, Rv + b),

p the cost of the convention for RePU_s.  The supremum over atoms of cost 1 is

====  =========================================================================================================
N2    :math:`\binom{t}{s}(2R)^{t-s}`, at v = 1, b = R
N1    :math:`c\int_0^R \tau^{t-s-1}(1+\tau)^s d\tau` for :math:`R \ge 1`, at v = 1, b = 0
N3    :math:`t(2R)^{t-1}` (s = 1; biases of the RePU_t atoms at most R v, see below)
====  =========================================================================================================

Proof for N1, R >= 1: with v + b = 1, b >= 0, the integral G(v) has the derivative :math:`G'(v) = c(R-1) M^{t-s-1}
((1+R)v)^s + 2sc\int_b^M \tau^{t-s-1}(\tau + 2v - 1)^{s-1} d\tau \ge 0`; for b < 0 it is the integral of
:math:`c\tau^{t-s-1}(1+\tau)^s` up to (1+R)v - 1, which grows, too.  For R < 1 and t = s + 1 the sign of G' does not
change, and the supremum is :math:`\max(1, (1+R)^{s+1} - 1)`; other orders are maximised exactly, for integers.

*From below*, for integers s (t may be real).  Along a line through the centre let y be the price of a kink at tau:
1 for N2 and N3, :math:`(1+|\tau|)^s` for N1.  The functional
:math:`\Lambda(f) = \frac{1}{s!}\int_{(-R,R)} y\, df^{(s)}` is at most 1 in size on every atom of cost 1, whatever the
dimension (restrict to the line), so that the norm of :math:`f = \mathrm{RePU}_t(e \cdot x + b)` is at least
:math:`\Lambda(f)`, which is the number above.

With free biases on both sides N3 embeds nothing: :math:`(x+B)^2` costs 1 for every B as a RePU_2 atom, and its
derivatives at the ends of [-R, R] add up to 4B.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb
from typing import Any

from verinet.errors import NotANumber, Unsupported
from verinet.exact.enclosures import Enclosure
from verinet.exact.printing import spelled_fields
from verinet.exact.rationals import Q, format_rational
from verinet.theory.barron.conventions import Convention, Exact, convention, raised, simplified
from verinet.theory.barron.exact_values import enclosed, sign_of
from verinet.theory.barron.push_forwards import binomial, orders
from verinet.theory.barron.witnesses import Witness, dearest_atom, leading

_ZERO, _ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True, slots=True)
class EmbeddingConstant:
    r"""The constant C of :math:`\lVert f \rVert_s \le C \lVert f \rVert_t`, and what is known from below.

    Parameters
    ----------
    t, s : Exact
    radius : Fraction
    norm : Convention
    value : Exact
        C: the most that the push-forward of an atom of cost 1 costs.
    lower : Exact
        A lower bound of every such constant.
    size, bias : Exact
        Length of the weight, and bias, of an atom for which the push-forward costs most.
    witness : Witness or None
        The function and functional behind `lower`, for integers s; elsewhere the values of f at one point are.

    Guarantee: exact.
    """

    t: Exact
    s: Exact
    radius: Fraction
    norm: Convention
    value: Exact
    lower: Exact
    size: Exact
    bias: Exact
    witness: Witness | None = None

    __repr__ = spelled_fields

    @property
    def is_sharp(self) -> bool:
        """Whether lower and upper bound are equal: then C is the norm of the embedding.

        Guarantee: exact.
        """
        import sympy

        return bool(sympy.simplify(sympy.sympify(self.value) - sympy.sympify(self.lower)) == 0)

    def enclosure(self, digits: int = 30) -> Enclosure:
        """An enclosure of C.

        Guarantee: certified.
        """
        return enclosed(self.value, digits)

    def latex(self) -> str:
        r"""The inequality with the derived formula and its value, as an `align*` of LaTeX.

        Examples
        --------
        >>> print(embedding_constant(2, 1, 1).latex())
        \begin{align*}
          \mathrm{RePU}_{2}(z) &= c \int_0^M \mathrm{RePU}_{1}(z-\tau)\, \tau^{0}\, d\tau \quad (z \le M), \qquad
            c = \frac{\Gamma(t+1)}{\Gamma(s+1)\Gamma(t-s)} = 2, \\
          \|f\|_{\mathcal{K}(\mathbb{P}_{1})} &\le \binom{t}{s} (2R)^{t-s} \|f\|_{\mathcal{K}(\mathbb{P}_{2})}
            = 4 \, \|f\|_{\mathcal{K}(\mathbb{P}_{2})} \quad (R = 1), \quad \text{sharp.}
        \end{align*}
        """
        import sympy

        t, s, gap, value = (sympy.latex(sympy.sympify(e)) for e in (self.t, self.s, self.t - self.s - 1, self.value))
        c = sympy.latex(sympy.sympify(leading(self.t, self.s)))
        if sympy.sympify(self.value).is_Add:
            value = rf"\left({value}\right)"
        names = [_NORM_LATEX[self.norm].format(order=f"{{{order}}}") for order in (s, t)]
        if self.norm == Convention.N3:  # the source has its biases bounded
            names[1] = _NORM_LATEX[Convention.N2].format(order=f"{{{t}}}")
        sharp = r"\text{sharp.}" if self.is_sharp else rf"\text{{at least }} {sympy.latex(sympy.sympify(self.lower))}."
        formula = _FORMULA_LATEX[self.norm]
        if self.norm == Convention.N1 and self.radius < 1:
            formula = r"\sup_{|w| + |b| = 1} c\int_0^M \tau^{t-s-1}(|w|+|b-\tau|)^s\, d\tau \;"
        return (
            "\\begin{align*}\n"
            rf"  \mathrm{{RePU}}_{{{t}}}(z) &= c \int_0^M \mathrm{{RePU}}_{{{s}}}(z-\tau)\, \tau^{{{gap}}}\, d\tau "
            "\\quad (z \\le M), \\qquad\n"
            rf"    c = \frac{{\Gamma(t+1)}}{{\Gamma(s+1)\Gamma(t-s)}} = {c}, \\"
            "\n"
            rf"  {names[0]} &\le {formula} {names[1]}"
            "\n"
            rf"    = {value} \, {names[1]} \quad (R = {_fraction_latex(self.radius)}), \quad {sharp}"
            "\n\\end{align*}"
        )


def embedding_constant(t: object, s: object, radius: object, norm: object = Convention.N2) -> EmbeddingConstant:
    r"""The constant of the embedding of RePU_t into RePU_s on a ball, :math:`0 \le s < t`, in any dimension.

    Derived; the module has formula and proof.

    Parameters
    ----------
    t, s : int, Fraction, text or sympy number
        Real orders.
    radius : Fraction
        R, positive.
    norm : Convention
        For N3 only s = 1, with biases of the RePU_t atoms bounded by R.

    Raises
    ------
    NotANumber
        For orders or a radius outside of their range.
    Unsupported
        For N3 with another s, or for N1 with R < 1 and orders that are no integers (unless t = s + 1).

    Examples
    --------
    >>> [str(embedding_constant(t, s, 2, norm).value) for t, s in ((2, 1), (3, 1)) for norm in ("N1", "N2", "N3")]
    ['8', '8', '8', '28', '48', '48']
    >>> found = embedding_constant("5/2", 1, 1)
    >>> found.value, found.is_sharp
    (5*sqrt(2), True)

    Guarantee: exact.
    """
    high, low = orders(t, s)
    chosen, size = convention(norm), Q(radius)
    if size <= 0:
        raise NotANumber(f"the radius is positive, got {format_rational(size)}", fix="give R > 0")
    if chosen == Convention.N3 and low != 1:
        raise Unsupported(f"N3 is a norm for ReLU, s = 1; got s = {low}", fix="use N1 or N2")
    integer = isinstance(low, Fraction) and low.denominator == 1
    if chosen == Convention.N1 and size < 1:
        return _small_ball(high, low, size)
    value = simplified(formula(high, low, chosen, size))
    bias = _ZERO if chosen == Convention.N1 else size
    if integer:
        witness = Witness(high, int(low), size, bias, chosen)
        return EmbeddingConstant(high, low, size, chosen, value, witness.value(), _ONE, bias, witness)
    reach = size if chosen == Convention.N1 else 2 * size
    return EmbeddingConstant(high, low, size, chosen, value, raised(reach, high - low), _ONE, bias)


def formula(t: object, s: object, norm: object = Convention.N2, radius: Any = None) -> Exact:
    r"""The constant as a formula in R (for N1: valid for :math:`R \ge 1`).

    N1 has a closed form if s is an integer, or if t - s is; elsewhere it is a hypergeometric function,
    :math:`\binom{t}{s}R^{t-s} {}_2F_1(-s, t-s; t-s+1; -R)`.

    Examples
    --------
    >>> formula(3, 1, "N1"), formula(3, 1, "N2")
    (2*R**3 + 3*R**2, 12*R**2)

    Guarantee: exact.
    """
    import sympy

    high, low = orders(t, s)
    chosen = convention(norm)
    R = sympy.Symbol("R", positive=True) if radius is None else sympy.sympify(radius)
    gap, c = sympy.sympify(high - low), sympy.sympify(leading(high, low))
    if chosen != Convention.N1:
        return sympy.sympify(binomial(high, low)) * (2 * R) ** gap
    if isinstance(low, Fraction) and low.denominator == 1:
        terms = (comb(int(low), j) * R ** (gap + j) / (gap + j) for j in range(int(low) + 1))
        return sympy.expand(c * sum(terms))
    order = sympy.sympify(low)
    if gap.is_Integer:  # (u - 1)^k u^s, integrated from 1 to 1 + R
        k = int(gap) - 1
        terms = (
            comb(k, j) * (-1) ** (k - j) * ((1 + R) ** (order + j + 1) - 1) / (order + j + 1) for j in range(k + 1)
        )
        return c * sum(terms)
    return c / gap * R**gap * sympy.hyper((-order, gap), (gap + 1,), -R)


def crude_bound(t: int, s: int, radius: object) -> Fraction:
    r"""Return :math:`\binom{t}{s}\max(1, R)^{t-s}(1+R)^s`, an upper bound for N1 that needs no supremum.

    Examples
    --------
    >>> [str(crude_bound(2, 1, R)) for R in (1, 2)]
    ['4', '12']

    Guarantee: exact.
    """
    high, low = orders(t, s)
    size = Q(radius)
    return Fraction(binomial(high, low) * max(_ONE, size) ** (t - s) * (1 + size) ** s)


def constants(
    pairs: Sequence[tuple[object, object]], radii: Sequence[object], norms: Sequence[object] = (Convention.N2,)
) -> tuple[EmbeddingConstant, ...]:
    """The constants for all these orders, radii and conventions; N3 is left out where s is not 1.

    Examples
    --------
    >>> [str(found.value) for found in constants([(2, 1), (3, 2)], [1, 2], ["N2", "N3"])]
    ['4', '4', '8', '8', '6', '12']

    Guarantee: exact.
    """
    return tuple(
        embedding_constant(t, s, radius, norm)
        for t, s in pairs
        for radius in radii
        for norm in norms
        if convention(norm) != Convention.N3 or Q(s) == 1
    )


def _small_ball(t: Exact, s: Exact, radius: Fraction) -> EmbeddingConstant:
    """N1 for R < 1: the atom (1, 0) or the constant function, or one between them."""
    alone = simplified(formula(t, s, Convention.N1, radius))
    size, value = dearest_atom(t, s, radius, alone)
    bias = simplified(1 - size)
    integer = isinstance(s, Fraction) and s.denominator == 1
    if not integer or size == 0 or sign_of(size * (1 + radius) - 1) < 0:
        # the constant function has its value at one point, the atom (1, 0) its kinks; others are not priced
        lower = alone if integer and sign_of(alone - 1) > 0 else _ONE
        return EmbeddingConstant(t, s, radius, Convention.N1, value, lower, size, bias)
    witness = Witness(t, int(s), radius, bias, Convention.N1, size)
    return EmbeddingConstant(t, s, radius, Convention.N1, value, witness.value(), size, bias, witness)


def _fraction_latex(q: Fraction) -> str:
    return str(q.numerator) if q.denominator == 1 else rf"\tfrac{{{q.numerator}}}{{{q.denominator}}}"


_NORM_LATEX = {
    Convention.N1: r"\|f\|_{{\mathrm{{N1}}({order})}}",
    Convention.N2: r"\|f\|_{{\mathcal{{K}}(\mathbb{{P}}_{order})}}",
    Convention.N3: r"\|f\|_{{\mathrm{{N3}}}}",
}
_FORMULA_LATEX = {
    Convention.N1: r"c\int_0^R \tau^{t-s-1}(1+\tau)^s\, d\tau \;",
    Convention.N2: r"\binom{t}{s} (2R)^{t-s}",
    Convention.N3: r"t (2R)^{t-1}",
}
