"""Claims over all weights: the dual network goes to the tree and the kernel; what has none goes to the solvers.

A solver is asked first: its point is a network, evaluated exactly.  After an "unsat" the tree splits the space of
weights by the signs of all neurons at all points and closes every case by linear programming, which the kernel checks.
Only where that is not possible, or the budget does not last, do the solvers' words become an assumption.

The dual network of several outputs has more points than there are networks: if it has none, that is a proof, but one of
them may be no network.  Solvers are asked about the weights themselves, and probes are added that shut out such points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from verinet.claims.universal import Fitted, NoFit
from verinet.claims.universal_duals import dual_point
from verinet.claims.verdicts import Proved, Unknown, Verdict
from verinet.claims.wording import point_text
from verinet.exact import solver, terms
from verinet.exact.terms import Formula, Term
from verinet.networks.activations import Activation
from verinet.networks.build import layered
from verinet.networks.constraints import constraint_value
from verinet.networks.network import Network
from verinet.provers.by_solver import SECONDS, NoSolution, ask, assumed
from verinet.provers.decide import certified, point_json, read
from verinet.provers.smt import violation
from verinet.provers.tree import Steps, search
from verinet.provers.universal_outputs import separating, shared
from verinet.work import Budget, Progress

#: Of the seconds that are left after z3 the tree may use this part.
TREE_SHARE = 0.8
#: Neurons at points, for all outputs, up to which solvers are asked about the weights of several outputs first.
FEW_UNITS = 24
#: Of the seconds that are left, what this may use, and at most so many.
WEIGHTS_SHARE, WEIGHTS_SECONDS = 0.2, 5.0
#: Of the seconds that are left, what each look for weights that outputs share may use.
PROBING_SHARE = 0.25
#: How often probes are added; and how often where solvers have said that there is no network.
MOST_PROBINGS, FEW_PROBINGS = 12, 4
#: What is said of several outputs in the end.
NOTHING_SHARED = (
    "no network was found and none was excluded: every output alone has its weights, but no weights that they share "
    "were found, nor points that show that there are none"
)

Weights = tuple[Fraction, ...]


def no_fit(claim: NoFit, budget: Budget, progress: Progress) -> Verdict:
    """Decide a claim over all weights."""
    progress.update(0, 1, "a solver looks for weights")
    if claim.further:
        return _several(claim, budget, progress)
    answer = ask(*fitting(claim), budget)
    if isinstance(answer, solver.Point):
        weights = answer.values
        if claim.reducible:
            return _refuted(claim, claim.network_at(weights), weights)
        return _refuted(claim, _network(claim, weights), None)
    if claim.reducible:
        proved = _by_tree(claim, budget, progress)
        if proved is not None:
            return proved
    if isinstance(answer, NoSolution):
        return assumed(claim, claim.to_json(), answer, claim.assumptions)
    return Unknown(answer.reason)


def _several(claim: NoFit, budget: Budget, progress: Progress) -> Verdict:
    """Several outputs: the weights themselves first, where they are few; then what every output needs alone."""
    answer: solver.Point | NoSolution | solver.Unknown = solver.Unknown("too many weights")
    if _few(claim):
        seconds = min(_seconds(budget, WEIGHTS_SHARE), WEIGHTS_SECONDS)
        answer = ask(*fitting(claim), Budget(0.0 if budget.exhausted() else seconds))
    if isinstance(answer, solver.Point):
        return _shown(claim, answer.values)
    found = _by_dual(claim, isinstance(answer, NoSolution), budget, progress)
    if isinstance(found, Unknown) and isinstance(answer, NoSolution):
        return assumed(claim, claim.to_json(), answer, claim.assumptions)
    if isinstance(found, Unknown) and not budget.exhausted():
        fitted = _by_weights(claim, _seconds(budget))
        return found if fitted is None else fitted
    return found


def _by_dual(claim: NoFit, impossible: bool, budget: Budget, progress: Progress) -> Verdict:
    """Weights of every output alone, whose neurons go together at all points and probes: if there are none, a proof.

    Else they may be those of a network, or neurons that are no multiples of each other are told apart by probes, and
    the search begins anew with more conditions.
    """
    for number in range(FEW_PROBINGS if impossible else MOST_PROBINGS):
        if budget.exhausted():
            return Unknown(budget.reason())
        constraints, variables = violation(claim.always())
        share = _seconds(budget, PROBING_SHARE if number or impossible else 1.0)
        answer = ask(constraints, variables, Budget(share))
        if not isinstance(answer, solver.Point):
            proved = _by_tree(claim, budget, progress)
            if proved is None and isinstance(answer, NoSolution) and not number and not _few(claim):
                return assumed(claim, claim.to_json(), answer, claim.assumptions)
            return Unknown(NOTHING_SHARED) if proved is None else proved
        network = claim.network_at(answer.values)
        if claim.fitted_by(network):
            return _refuted(claim, network, answer.values)
        progress.update(number, MOST_PROBINGS, "a solver looks for weights that all outputs share")
        for inner in () if impossible else shared(claim, answer.values):
            fitted = _by_weights(claim, _seconds(budget, PROBING_SHARE), inner)
            if fitted is not None:
                return fitted
        claim = replace(claim, probes=(*claim.probes, *separating(claim, answer.values)))
    return Unknown(NOTHING_SHARED)


def _by_weights(claim: NoFit, seconds: float, inner: Sequence[Weights] = ()) -> Verdict | None:
    """What a solver finds that is asked about weights and not about their dual; inner ones may be given."""
    if seconds <= 0:
        return None
    constraints, symbols = weights_that_fit(claim)
    given = [*(w for neuron in inner for w in neuron[:-1]), *(neuron[-1] for neuron in inner)]
    known = [terms.equals(symbol, q) for symbol, q in zip(symbols, given, strict=False)]
    answer = solver.solve([*constraints, *known], symbols, seconds)
    return _shown(claim, answer.values) if isinstance(answer, solver.Point) else None


def _shown(claim: NoFit, weights: Weights) -> Verdict:
    return _refuted(claim, _network(claim, weights), dual_point(*_layers(claim, weights)))


def _few(claim: NoFit) -> bool:
    return len(claim.points) * len(claim.wanted) * claim.architecture.width <= FEW_UNITS


def _seconds(budget: Budget, share: float = 1.0) -> float:
    left = budget.left()
    return share * (SECONDS if left is None else left)


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
    if point is None:
        return None
    network = claim.network_at(point)
    # of several outputs a point may be no network
    return None if claim.further and not claim.fitted_by(network) else _refuted(claim, network, point)


def _refuted(claim: NoFit, network: Network, weights: Weights | None) -> Verdict:
    if not claim.fitted_by(network):
        return Unknown("weights that a solver proposed do not fit when evaluated exactly; please report this claim")
    found = [network(*point) for point in claim.points]
    values = ", ".join(map(point_text, found)) if claim.further else point_text([value for (value,) in found])
    certificate = None
    if weights is not None:
        opposite = claim.fails()
        verdict = certified(opposite.text(), opposite.statement(), {"point": point_json(weights)})
        certificate = verdict.certificate if isinstance(verdict, Proved) else None
    return Fitted(None, certificate, f"{claim.text()} (one has the values {values})", network)


def _network(claim: NoFit, values: Weights) -> Network:
    layers = _layers(claim, values)
    weights = [[row[:-1] for row in rows] for rows in layers]
    return layered(weights, [[row[-1] for row in rows] for rows in layers], claim.architecture.activation)


def _layers(claim: NoFit, values: Weights) -> list[list[Weights]]:
    """The rows of each layer, every row with its bias at the end."""
    entries, layers = iter(values), []
    sizes = _sizes(claim)
    for rows, columns in zip(sizes[1:], sizes, strict=False):
        weights = [[next(entries) for _ in range(columns)] for _ in range(rows)]
        layers.append([(*row, next(entries)) for row in weights])
    return layers


def _sizes(claim: NoFit) -> list[int]:
    shape = claim.architecture
    return [claim.input_size, *(shape.width,) * shape.depth, len(claim.wanted)]


def fitting(claim: NoFit) -> tuple[list[Formula], list[Term]]:
    """The constraints that solvers are asked about, and their variables: if there is no solution, no network fits.

    They are those of the dual network where there is one, else of the weights, layer by layer.  Of several outputs only
    the latter have no more solutions than there are networks, so where they are few, they are asked about.
    """
    dual = claim.reducible and not (claim.further and _few(claim))
    return violation(claim.always()) if dual else weights_that_fit(claim)


def weights_that_fit(claim: NoFit) -> tuple[list[Formula], list[Term]]:
    """The constraints that exactly the weights of fitting networks meet, and the weights, layer by layer."""
    shape, sizes = claim.architecture, _sizes(claim)
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
    for found, wanted in zip(values, zip(*claim.wanted, strict=True), strict=True):
        for value, own in zip(found, wanted, strict=True):
            constraints += _near(claim, value, own)
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
