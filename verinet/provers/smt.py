"""Claims as constraints for the solver: a second look for counterexamples, and SMT-LIB 2 text.

A solver's "sat" is a point, evaluated exactly before anyone hears of it.  Its "unsat" leaves nothing that the
kernel could re-check, so it is a pointer and never a proof.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from verinet.claims.formulas import Atom
from verinet.claims.language import Always, Equal, Fails, Somewhere, SupErrorAtMost, SupErrorEquals
from verinet.claims.targets import Polynomial
from verinet.errors import Unsupported
from verinet.exact import solver, terms
from verinet.exact.terms import Formula, Term
from verinet.geometry.polyhedra import Polyhedron
from verinet.networks.constraints import ConstraintArithmetic
from verinet.networks.evaluate import evaluate
from verinet.networks.network import Affine, Network
from verinet.work import Budget

Constrained = Always | Equal | SupErrorAtMost | SupErrorEquals | Fails | Somewhere
Point = tuple[Fraction, ...]

#: The solver gets this part of a budget, at most so many seconds, and nothing below the least.
SHARE, MOST_SECONDS, LEAST_SECONDS = 0.1, 10.0, 0.3
#: Larger networks are not handed over: writing the constraints alone would outlast the share.
MOST_WEIGHTS = 3_000


def without_share(budget: Budget) -> Budget:
    """What is left of a budget of seconds for the provers that come before the solver.

    Examples
    --------
    >>> without_share(Budget(seconds=20)).seconds, without_share(Budget(steps=5)).seconds
    (18.0, None)
    """
    if budget.seconds is None or budget.steps is not None:
        return budget
    share = min(SHARE * budget.seconds, MOST_SECONDS)
    if share < LEAST_SECONDS:
        return budget
    return Budget(budget.seconds - share, None, budget.spent, budget.started)


def is_small(claim: Constrained) -> bool:
    """Are the claim's networks small enough to be handed to the solver?"""
    return sum(map(_weights, claim.networks)) <= MOST_WEIGHTS


def second_look(claim: Constrained, seconds: float | None) -> Point | str:
    """Ask z3 for a point that refutes the claim (for a claim of existence: one that shows it).

    Returns
    -------
    tuple of Fraction or str
        A point at which the constraints hold, evaluated exactly; or what the solver had to say, "" if it was not
        asked.

    Examples
    --------
    >>> from verinet.claims import always, outputs
    >>> from verinet.geometry import interval
    >>> from verinet.networks import network, relu, variable
    >>> x = variable("x")
    >>> f = network(x, relu(x) + relu(-x))
    >>> second_look(always(f, outputs(f)[0] <= 1, interval(-1, 1)), seconds=5)
    'z3 finds no counterexample, but that is no certificate'
    >>> (point,) = second_look(always(f, outputs(f)[0] < 1, interval(-1, 1)), seconds=5)
    >>> abs(point)
    Fraction(1, 1)

    Notes
    -----
    Guarantee: exact for a point; what z3 says beyond is the word of a solver.
    """
    if seconds is None or seconds < LEAST_SECONDS / 2 or not is_small(claim):
        return ""
    try:
        constraints, inputs = violation(claim)
    except Unsupported:
        return ""
    match solver.solve(constraints, inputs, seconds):
        case solver.Point(values=values):
            return values
        case solver.Unsat():
            return "z3 finds no counterexample, but that is no certificate"
        case solver.Unknown(reason=reason):
            return reason


def smtlib(claim: Constrained) -> str:
    """SMT-LIB 2 text that is satisfiable exactly when a point refutes the claim (or shows a claim of existence).

    Raises
    ------
    Unsupported
        For activations that are smooth or have infinitely many pieces.

    Examples
    --------
    >>> from verinet.claims import always, outputs
    >>> from verinet.geometry import interval
    >>> from verinet.networks import network, relu, variable
    >>> x = variable("x")
    >>> f = network(x, 2 * x + 1)
    >>> print(smtlib(always(f, outputs(f)[0] >= 0, interval(0, 1))))
    (set-logic QF_LRA)
    (declare-const x0 Real)
    (assert (>= x0 0))
    (assert (<= x0 1))
    (assert (< (+ (* 2 x0) 1) 0))
    (check-sat)

    Notes
    -----
    Guarantee: exact.
    """
    constraints, _ = violation(claim)
    return terms.smtlib(constraints)


def violation(claim: Constrained) -> tuple[list[Formula], list[Term]]:
    """The constraints that exactly the refuting points of a claim meet, and its inputs.

    A point that shows a claim of existence is one that refutes the opposite.

    Raises
    ------
    Unsupported
        For activations that are smooth or have infinitely many pieces.
    """
    inputs = terms.variables("x", claim.domain.dimension)
    outputs = [y for network in claim.networks for y in evaluate(network, inputs, ConstraintArithmetic())]
    inside = inside_of(claim.domain, inputs)
    match claim:
        case SupErrorAtMost() | SupErrorEquals():
            return [*inside, _too_far(claim, inputs, outputs)], inputs
        case Somewhere():
            shown = [_any([_holds(atom, inputs, outputs) for atom in clause]) for clause in claim.clauses]
            return [*inside, *shown], inputs
        case _:
            clauses = claim.always().clauses if isinstance(claim, Equal) else claim.clauses
            cases = [_all([_fails(atom, inputs, outputs) for atom in clause]) for clause in clauses]
            return [*inside, _any(cases)], inputs


def _any(formulas: list[Formula]) -> Formula:
    return formulas[0] if len(formulas) == 1 else terms.any_of(formulas)


def _all(formulas: list[Formula]) -> Formula:
    return formulas[0] if len(formulas) == 1 else terms.all_of(formulas)


def inside_of(domain: Polyhedron, point: Sequence[Term]) -> list[Formula]:
    """Return the constraints that a point lies in the domain.  Guarantee: exact."""
    found = []
    for x, low, high in zip(point, domain.low, domain.high, strict=True):
        found += [] if low is None else [terms.at_least(x, low)]
        found += [] if high is None else [terms.at_most(x, high)]
    for half in domain.halfspaces:
        left = terms.linear(half.normal, Fraction(0), point)
        found.append(terms.below(left, half.offset) if half.strict else terms.at_most(left, half.offset))
    return found


def _term(atom: Atom, inputs: Sequence[Term], outputs: Sequence[Term]) -> Term:
    named = [(inputs[i], c) for i, c in atom.term.x] + [(outputs[i], c) for i, c in atom.term.y]
    return terms.linear([c for _, c in named], atom.term.constant, [t for t, _ in named])


def _holds(atom: Atom, inputs: Sequence[Term], outputs: Sequence[Term]) -> Formula:
    term = _term(atom, inputs, outputs)
    return terms.above(term, Fraction(0)) if atom.strict else terms.at_least(term, Fraction(0))


def _fails(atom: Atom, inputs: Sequence[Term], outputs: Sequence[Term]) -> Formula:
    term = _term(atom, inputs, outputs)
    return terms.at_most(term, Fraction(0)) if atom.strict else terms.below(term, Fraction(0))


def _too_far(claim: SupErrorAtMost | SupErrorEquals, inputs: Sequence[Term], outputs: Sequence[Term]) -> Formula:
    sides = []
    for y, target in zip(outputs, claim.targets, strict=True):
        gap = terms.add(y, terms.scale(Fraction(-1), _polynomial(target, inputs)))
        sides += [terms.above(gap, claim.error), terms.below(gap, -claim.error)]
    return _any(sides)


def _polynomial(target: Polynomial, inputs: Sequence[Term]) -> Term:
    monomials = []
    for coefficient, exponents in target.coefficients:
        term = terms.constant(coefficient)
        for x, power in zip(inputs, exponents, strict=True):
            for _ in range(power):
                term = terms.mul(term, x)
        monomials.append(term)
    return terms.add(*monomials)


def _weights(network: Network) -> int:
    operations = [vertex.operation for vertex in network.vertices]
    return sum(op.weight.rows * op.weight.columns for op in operations if isinstance(op, Affine))
