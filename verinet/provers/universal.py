"""Claims over all weights: the dual network goes to the tree and the kernel; what has none goes to the solvers.

A solver is asked first: its point is a network, evaluated exactly.  After an "unsat" the tree splits the space of
weights by the signs of all neurons at all points and closes every case by linear programming, which the kernel checks.
Only where that is not possible, or the budget does not last, do the solvers' words become an assumption.
"""

from __future__ import annotations

from fractions import Fraction

from verinet.claims.universal import Fitted, NoFit
from verinet.claims.verdicts import Proved, Unknown, Verdict
from verinet.claims.wording import point_text
from verinet.exact import solver, terms
from verinet.exact.terms import Formula, Term
from verinet.networks.activations import Activation
from verinet.networks.build import layered
from verinet.networks.constraints import constraint_value
from verinet.networks.network import Network
from verinet.provers.by_solver import NoSolution, ask, assumed
from verinet.provers.decide import certified, point_json, read
from verinet.provers.smt import violation
from verinet.provers.tree import Steps, search
from verinet.work import Budget, Progress

#: Of the seconds that are left after z3 the tree may use this part.
TREE_SHARE = 0.8


def no_fit(claim: NoFit, budget: Budget, progress: Progress) -> Verdict:
    """Decide a claim over all weights."""
    constraints, variables = fitting(claim)
    progress.update(0, 1, "a solver looks for weights")
    answer = ask(constraints, variables, budget)
    if isinstance(answer, solver.Point):
        network = _network(claim, answer.values)
        return _refuted(claim, network, answer.values if claim.reducible else None)
    if claim.reducible:
        proved = _by_tree(claim, budget, progress)
        if proved is not None:
            return proved
    if isinstance(answer, NoSolution):
        return assumed(claim, claim.to_json(), answer, claim.assumptions)
    return Unknown(answer.reason)


def _by_tree(claim: NoFit, budget: Budget, progress: Progress) -> Verdict | None:
    always = claim.always()
    data = always.statement()
    left = budget.left()
    limits = Budget(None if left is None else left * TREE_SHARE, budget.steps)
    outcome = search(read(data), limits, progress)
    if isinstance(outcome, Steps):
        verdict = certified(claim.text(), data, {"steps": outcome.steps}, claim.assumptions)
        return verdict if isinstance(verdict, Proved) else None
    point = getattr(outcome, "point", None)
    return None if point is None else _refuted(claim, claim.network_at(point), point)


def _refuted(claim: NoFit, network: Network, weights: tuple[Fraction, ...] | None) -> Verdict:
    if not claim.fitted_by(network):
        return Unknown("weights that a solver proposed do not fit when evaluated exactly; please report this claim")
    values = [network(*point)[0] for point in claim.points]
    certificate = None
    if weights is not None:
        opposite = claim.fails()
        verdict = certified(opposite.text(), opposite.statement(), {"point": point_json(weights)})
        certificate = verdict.certificate if isinstance(verdict, Proved) else None
    return Fitted(None, certificate, f"{claim.text()} (one has the values {point_text(values)})", network)


def _network(claim: NoFit, values: tuple[Fraction, ...]) -> Network:
    if claim.reducible:
        return claim.network_at(values)
    entries = iter(values)
    shape = claim.architecture
    sizes = [claim.input_size, *(shape.width,) * shape.depth, 1]
    weights, biases = [], []
    for rows, columns in zip(sizes[1:], sizes, strict=False):
        weights.append([[next(entries) for _ in range(columns)] for _ in range(rows)])
        biases.append([next(entries) for _ in range(rows)])
    return layered(weights, biases, shape.activation)


def fitting(claim: NoFit) -> tuple[list[Formula], list[Term]]:
    """The constraints that exactly the weights of fitting networks meet, and the weights, layer by layer."""
    if claim.reducible:
        return violation(claim.always())
    shape = claim.architecture
    sizes = [claim.input_size, *(shape.width,) * shape.depth, 1]
    constraints: list[Formula] = []
    symbols: list[Term] = []
    values = [[terms.constant(q) for q in point] for point in claim.points]
    for level, (rows, columns) in enumerate(zip(sizes[1:], sizes, strict=False)):
        last = level == shape.depth
        weights = [terms.variables(f"w{level}_{i}_", columns) for i in range(rows)]
        biases = terms.variables(f"b{level}_", rows)
        symbols += [*(w for row in weights for w in row), *biases]
        if shape.nonnegative:
            constraints += [terms.at_least(w, Fraction(0)) for row in weights for w in row]
        if last and not shape.readout_bias:
            constraints += [terms.equals(b, Fraction(0)) for b in biases]
        values = [_layer(weights, biases, point, None if last else shape.activation) for point in values]
    for (value,), wanted in zip(values, claim.values, strict=True):
        constraints += _near(claim, value, wanted)
    return constraints, symbols


def _layer(weights: list[list[Term]], biases: list[Term], values: list[Term], act: Activation | None) -> list[Term]:
    found = []
    for row, bias in zip(weights, biases, strict=True):
        z = terms.add(*(_times(w, v) for w, v in zip(row, values, strict=True)), bias)
        found.append(z if act is None else constraint_value(act, z))
    return found


def _times(weight: Term, value: Term) -> Term:
    """A product; of a choice between constants, the choice between multiples: no product is left for steps."""
    if value.kind == "choose":
        condition, then, otherwise = value.parts
        if isinstance(then, Term) and isinstance(otherwise, Term) and not isinstance(condition, Term):
            return terms.choose(condition, _times(weight, then), _times(weight, otherwise))
    return terms.mul(weight, value)


def _near(claim: NoFit, value: Term, wanted: Fraction) -> list[Formula]:
    if not claim.within and not claim.strict:
        return [terms.equals(value, wanted)]
    low, high = wanted - claim.within, wanted + claim.within
    if claim.strict:
        return [terms.above(value, low), terms.below(value, high)]
    return [terms.at_least(value, low), terms.at_most(value, high)]


def negation(claim: NoFit) -> list[Formula]:
    """The constraints alone."""
    return fitting(claim)[0]
