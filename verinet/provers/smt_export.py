"""Claims as SMT-LIB 2 text: what a refuting point, or a refuting pair of points, has to satisfy.

The text is satisfiable exactly when the claim is false; for claims of existence, exactly when they are true.  Every
activation is an if-then-else, so piecewise-affine networks give QF_LRA.  What a solver answers is no certificate.
"""

from __future__ import annotations

from fractions import Fraction
from typing import cast

from verinet.claims.curvature import Curved
from verinet.claims.formulas import Affine, any_of, equals, negate
from verinet.claims.injectivity import Injective
from verinet.claims.language import (
    Always,
    AnyClaim,
    Equal,
    Fails,
    Somewhere,
    SupErrorAtMost,
    Value,
)
from verinet.claims.normal_forms import clauses
from verinet.claims.ranges import RangeEquals
from verinet.claims.slopes import LipschitzAtMost, Monotone
from verinet.errors import Unsupported
from verinet.exact import terms
from verinet.exact.terms import Formula, Term
from verinet.geometry.polyhedra import Polyhedron
from verinet.networks.constraints import ConstraintArithmetic
from verinet.networks.evaluate import evaluate
from verinet.networks.network import Network
from verinet.provers.smt import inside_of, violation

#: Kinds of claims, as words for the error.
_KNOWN = (
    "always, equal, equal within, somewhere, fails, value, sup_error <= e, range within, monotone, lipschitz <= L in "
    "the norms 1 and inf, injective, convex, concave, fixed points and symmetries"
)


def smtlib(claim: object) -> str:
    """Return SMT-LIB 2 text that is satisfiable exactly when something refutes the claim.

    For a claim of existence it is satisfiable exactly when something shows it.  The first comments say what the claim
    is and which of the two is meant; ``x0, x1, ...`` are the inputs, ``u0, u1, ...`` those of a second point.

    Guarantee: exact.

    Raises
    ------
    Unsupported
        For claims that no point or pair of points refutes (counts, integrals, "exactly one", surjective), and for
        activations that are smooth.

    Examples
    --------
    >>> from verinet.claims import always, outputs
    >>> from verinet.geometry import interval
    >>> from verinet.networks import network, relu, variable
    >>> x = variable("x")
    >>> f = network(x, relu(2 * x))
    >>> print(smtlib(always(f, outputs(f)[0] >= 0, interval(0, 1))))
    ; claim: y_0 >= 0 on [0,1]
    ; sat: a point refutes the claim; unsat: the claim is true
    (set-logic QF_LRA)
    (declare-const x0 Real)
    (assert (>= x0 0))
    (assert (<= x0 1))
    ...
    (check-sat)
    """
    constraints = _constraints(claim)
    exists = isinstance(claim, (Somewhere, Fails))
    said = "sat: the claim is true; unsat: it is false" if exists else _REFUTED.format(_point(claim))
    stated = cast("AnyClaim", claim).text()
    return f"; claim: {stated}\n; {said}\n{terms.smtlib(constraints)}\n"


_REFUTED = "sat: {} refutes the claim; unsat: the claim is true"


def _point(claim: object) -> str:
    return "a pair of points" if isinstance(claim, (Monotone, LipschitzAtMost, Injective, Curved)) else "a point"


def _constraints(claim: object) -> list[Formula]:
    match claim:
        case Injective():
            return violation(claim.pairs())[0]
        case Monotone():
            return _falling(claim)
        case LipschitzAtMost():
            return _steep(claim)
        case Curved():
            return _bent(claim)
        case Value():
            differ = any_of(*(negate(equals(Affine.of_output(i), value)) for i, value in enumerate(claim.values)))
            return violation(Somewhere(claim.networks, clauses(differ), claim.domain))[0]
        case RangeEquals():
            raise Unsupported(
                "that bounds are taken is a claim of existence, that they hold is not: one text cannot say both",
                fix="export the bounds, range(y_0) within [a,b], and each end as a claim of its own",
            )
        case Always() | Somewhere() | Fails() | Equal() | SupErrorAtMost():
            return violation(claim)[0]
    raise Unsupported(
        f"SMT-LIB text states what a point or a pair of points satisfies, which does not tell whether {_said(claim)}",
        fix=f"export one of these: {_KNOWN}",
    )


def _said(claim: object) -> str:
    """The claim in its words, or what it is."""
    text = getattr(claim, "text", None)
    return f"{text()} holds" if callable(text) else f"something holds: {type(claim).__name__} is no claim"


def _two(network: Network, domain: Polyhedron) -> tuple[list[Term], list[Term], list[Term], list[Term], list[Formula]]:
    """Two points of the domain and the values there."""
    first, second = terms.variables("x", domain.dimension), terms.variables("u", domain.dimension)
    values = [list(evaluate(network, point, ConstraintArithmetic())) for point in (first, second)]
    inside = [*inside_of(domain, first), *inside_of(domain, second)]
    return first, second, values[0], values[1], inside


def _less(left: Term, right: Term) -> Formula:
    return terms.below(_minus(left, right), Fraction(0))


def _minus(left: Term, right: Term) -> Term:
    return terms.linear((Fraction(1), Fraction(-1)), Fraction(0), (left, right))


def _falling(claim: Monotone) -> list[Formula]:
    """One input grows from x to u, the others stay, and an output goes the wrong way."""
    x, u, y, v, inside = _two(claim.network, claim.domain)
    cases = []
    for j in range(len(x)):
        words = [row[j] for row in claim.signs]
        wrong = [_less(b, a) for a, b, word in zip(y, v, words, strict=True) if word == "up"]
        wrong += [_less(a, b) for a, b, word in zip(y, v, words, strict=True) if word == "down"]
        if wrong:
            stay = [terms.equals(_minus(x[i], u[i]), Fraction(0)) for i in range(len(x)) if i != j]
            cases.append(terms.all_of([_less(x[j], u[j]), *stay, terms.any_of(wrong)]))
    return [*inside, terms.any_of(cases)]


def _steep(claim: LipschitzAtMost) -> list[Formula]:
    """The outputs are farther apart than L times the inputs: |a| <= r is two inequalities, |a| > r one of two."""
    if claim.norm == "2":
        raise Unsupported(
            "the Euclidean norm is no linear term", fix="export the claim in the norm 1 or inf, which QF_LRA has"
        )
    x, u, y, v, inside = _two(claim.network, claim.domain)
    before = [_absolute(_minus(a, b)) for a, b in zip(x, u, strict=True)]
    after = [_absolute(_minus(a, b)) for a, b in zip(y, v, strict=True)]
    if claim.norm == "1":
        far = _minus(terms.add(*after), terms.scale(claim.bound, terms.add(*before)))
        return [*inside, terms.above(far, Fraction(0))]
    cases = [
        terms.all_of([terms.above(_minus(size, terms.scale(claim.bound, other)), Fraction(0)) for other in before])
        for size in after
    ]
    return [*inside, terms.any_of(cases)]


def _absolute(term: Term) -> Term:
    return terms.if_less(term, Fraction(0), terms.scale(Fraction(-1), term), term)


def _bent(claim: Curved) -> list[Formula]:
    """The value in the middle lies above the mean of the values (below, for concave); networks are continuous here."""
    x, u, y, v, inside = _two(claim.network, claim.domain)
    half = Fraction(1, 2)
    middle = [terms.linear((half, half), Fraction(0), pair) for pair in zip(x, u, strict=True)]
    between = list(evaluate(claim.network, middle, ConstraintArithmetic()))
    k = claim.output
    rise = terms.linear((Fraction(1), -half, -half), Fraction(0), (between[k], y[k], v[k]))
    wrong = terms.above(rise, Fraction(0)) if claim.way == "convex" else terms.below(rise, Fraction(0))
    return [*inside, wrong]
