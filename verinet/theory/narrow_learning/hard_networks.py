r"""Networks that are hard to learn, as constructions of the catalogue: moments that vanish, pairs, and clumps.

Nothing here is an error of an approximation: the claims are equalities of networks, or the exact size of a function
whose coefficients are large.  The constructions are derived; what they illustrate is the paper's [chen2023].
"""

from __future__ import annotations

from fractions import Fraction
from math import comb

from verinet.claims.builders import equal, sup_error
from verinet.claims.induction import concluded, lemma
from verinet.errors import NotANumber
from verinet.exact.rationals import Q, format_rational
from verinet.geometry.polyhedra import box, whole_space
from verinet.networks.build import network, variables
from verinet.networks.network import Network
from verinet.theory.construction import Construction, Part
from verinet.theory.narrow_learning.vanishing_moments import (
    LARGEST,
    AbsoluteValues,
    rational_polygon,
    vanishing_moments_of,
)
from verinet.theory.ridges import Ridge, RidgeSum

__all__ = ["hard_pair", "hidden_clump", "vanishing_moments"]

_ZERO, _ONE = Fraction(0), Fraction(1)
#: Most neurons of a clump.
MOST_NEURONS = 12
_PLANE = ((Fraction(-1), _ONE),) * 2
_FORMS = (
    "for f(x) = sum lambda_i |u_i.x| with unit vectors u_i and x ~ N(0, I), E f(x) He_l(v.x), |v| = 1, is 0 for odd l, "
    "and for even l >= 2 a multiple of the form sum lambda_i (u_i.v)^l; for l = 0 it is one of sum lambda_i, the sum "
    "of the second form over the coordinate vectors. The polynomials He_l(v.x), l < m, span those of degree below m. "
    "Here f is the network named, two ReLUs a term, made of the same u_i and lambda_i as the forms"
)


def vanishing_moments(*, lines: int = 4) -> Construction:
    r"""A network that is not zero, and whose moments below order m vanish: 2m ReLUs along m lines of the plane.

    .. math:: f(x) = \sum_i \lambda_i |u_i \cdot x|, \qquad \sum_i \lambda_i u_i^{\otimes l} = 0
              \text{ for even } l < m .

    Parameters
    ----------
    lines : int
        m, even.

    Raises
    ------
    NotANumber
        If m is odd, or not from 4 to 40.

    Examples
    --------
    >>> made = vanishing_moments(lines=6)
    >>> made.network.size, made.facts["first order that does not vanish"]
    (12, 6)

    Guarantee: exact.
    """
    f = vanishing_moments_of(rational_polygon(_whole(lines, "lines", 4, LARGEST, even=True)))
    made = f.ridge_sum().network()
    moments = f.moment_network(range(2, lines, 2))
    return Construction(
        name="narrow-learning/vanishing-moments",
        theorem="derived",
        network=made,
        parts=(Part("moments", moments, _PLANE),),
        claim=concluded(
            f"the network with sha256 {made.hash} is orthogonal under N(0, I) to polynomials of degree below {lines}",
            {"forms": equal(moments, _zeros(lines // 2 - 1), whole_space(2))},
            lemma(_FORMS),
        ),
        error_bound=_ZERO,
        norm="moment",
        facts={
            "lines": lines,
            "orders that vanish": f"all below {lines}",
            "first order that does not vanish": lines,
            "its squared norm": f.moment_square(lines),
            "coefficients": ", ".join(map(format_rational, f.coefficients)),
            "checked by the kernel": "the forms of the moments are 0",
        },
    )


def hard_pair(*, neurons: int = 2) -> Construction:
    r"""Two functions of k absolute values each with the same moments below order 2k: the first; `other` is a part.

    They are the positive and the negative part of the network whose moments vanish.

    Parameters
    ----------
    neurons : int
        k.

    Raises
    ------
    NotANumber
        If k is not from 2 to 20.

    Examples
    --------
    >>> made = hard_pair(neurons=2)
    >>> made.network(1, 0) == made.part("other")(1, 0), made.claim.parts[0].text()
    (False, 'f1(x) = f2(x) on (-inf,inf)^2')

    Guarantee: exact.
    """
    k = _whole(neurons, "neurons", 2, LARGEST // 2)
    both = vanishing_moments_of(rational_polygon(2 * k))
    first, second = both.part(1), both.part(-1)
    made, other = first.ridge_sum().network(), second.ridge_sum().network()
    orders = range(2, 2 * k, 2)
    return Construction(
        name="narrow-learning/hard-pair",
        theorem="derived",
        network=made,
        parts=(
            Part("other", other, _PLANE),
            Part("moments", first.moment_network(orders), _PLANE),
            Part("moments of the other", second.moment_network(orders), _PLANE),
        ),
        claim=concluded(
            f"the networks with sha256 {made.hash} and {other.hash} have the same Gaussian moments below order {2 * k}",
            {"forms": equal(first.moment_network(orders), second.moment_network(orders), whole_space(2))},
            lemma(_FORMS),
        ),
        error_bound=_ZERO,
        norm="moment",
        facts={
            "absolute values each": k,
            "orders that agree": f"all below {2 * k}",
            "first order that differs": 2 * k,
            "the first": _listed(first),
            "the other": _listed(second),
            "checked by the kernel": "the forms of their moments are equal",
        },
    )


def hidden_clump(*, neurons: int = 3, gap: object = "1/100") -> Construction:
    r"""k neurons with coefficients of a size that does not depend on the gap, and a function as small as the gap.

    .. math:: f(x, y) = \sum_{i=0}^{k-1} (-1)^i \binom{k-1}{i} \max(0, x + i \gamma y), \qquad
              \max_{[-1,1]^2} |f| = \gamma \binom{k-3}{\lfloor (k-3)/2 \rfloor}

    (:math:`\gamma` for k = 2).  Proof: on y = 1 this is a difference of order k - 1 of max(0, x), that is, one of order
    k - 3 of hats of height :math:`\gamma` that are 0 at all other points of the grid; it is piecewise affine on the
    grid, and f is homogeneous.

    Parameters
    ----------
    neurons : int
        k.
    gap : exact number
        :math:`\gamma`.

    Raises
    ------
    NotANumber
        If k is not from 2 to 12, or the gap not above 0 and at most 1/(k - 1).

    Examples
    --------
    >>> made = hidden_clump(neurons=5, gap="1/1000")
    >>> print(made.error_bound, made.claim.text())
    1/500 max |f(x) - 0| = 1/500 on [-1,1]^2

    Guarantee: exact.
    """
    k, gamma = _whole(neurons, "neurons", 2, MOST_NEURONS), Q(gap)
    if not 0 < gamma <= Fraction(1, k - 1):
        raise NotANumber(
            f"a gap is above 0 and at most 1/{k - 1} for {k} neurons, got {format_rational(gamma)}",
            fix="write gap=1/100; in the shell --option gap=1/100",
        )
    ridges = tuple(Ridge(Fraction((-1) ** i * comb(k - 1, i)), (_ONE, i * gamma)) for i in range(k))
    made = RidgeSum((_ZERO, _ZERO), _ZERO, ridges).network()
    size = gamma * (comb(k - 3, (k - 3) // 2) if k > 2 else 1)
    return Construction(
        name="narrow-learning/hidden-clump",
        theorem="derived",
        network=made,
        parts=(),
        claim=sup_error(made, {(0, 0): 0}, box((-1, 1), dimension=2)) == size,
        error_bound=size,
        norm="sup",
        facts={"target": "0", "neurons": k, "gap": gamma, "sum of the coefficients' absolute values": 2 ** (k - 1)},
    )


def _whole(value: object, word: str, least: int, most: int, *, even: bool = False) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most or (even and value % 2):
        kind = "an even number" if even else "a number"
        raise NotANumber(
            f"{word} is {kind} from {least} to {most}, got {str(value)[:40]}",
            fix=f"write {word}={least}; in the shell --option {word}={least}",
        )
    return value


def _zeros(outputs: int) -> Network:
    x = variables("x", 2)
    return network(x, [0 * x[0]] * outputs)


def _listed(f: AbsoluteValues) -> str:
    terms = (
        f"{format_rational(a)} |({format_rational(c)}, {format_rational(s)}) . x|"
        for a, (c, s) in zip(f.coefficients, f.directions, strict=True)
    )
    return " + ".join(terms)
