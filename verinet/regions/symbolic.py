r"""Regions whose boundaries depend on parameters: one piecewise form for all values of the parameters.

    alpha = parameter("alpha", low=0, high=1, strict=True)
    f = symbolic_network(layers, symbolic_activation("leaky_relu", alpha.symbol), [alpha])
    symbolic_regions(f).latex()

One input gives `SymbolicPieces`: cases by guards on the parameters, each with its breakpoints and affine pieces.
Two or more inputs give `SymbolicCells` (`verinet.regions.symbolic_cells`).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from verinet.errors import EmptyDomain, ShapeMismatch
from verinet.exact.parameters import Parameter
from verinet.geometry.polyhedra import Polyhedron
from verinet.regions.symbolic_activations import SymbolicActivation, symbolic_activation
from verinet.regions.symbolic_cells import SymbolicCell, SymbolicCells, symbolic_cells
from verinet.regions.symbolic_field import Ground
from verinet.regions.symbolic_guards import Condition, Guard, guard_of, shorter
from verinet.regions.symbolic_line import Leaf, leaves, merged, plain
from verinet.regions.symbolic_networks import SymbolicNetwork, finite_element, symbolic_network
from verinet.regions.symbolic_results import LinePieces, SymbolicCase, SymbolicPieces
from verinet.regions.symbolic_signs import Decider, Fork, Oracle, Status
from verinet.work import Budget

__all__ = [
    "Condition", "Guard", "LinePieces", "SymbolicActivation", "SymbolicCase", "SymbolicCell", "SymbolicCells",
    "SymbolicNetwork", "SymbolicPieces", "symbolic_activation", "symbolic_network", "symbolic_pieces",
    "symbolic_regions",
]  # fmt: skip


def symbolic_pieces(
    network: SymbolicNetwork, domain: Any = None, *, seconds: float = 2.0, budget: Budget | None = None
) -> SymbolicPieces:
    """The piecewise form of a symbolic network of one input, for all values of its parameters.

    Parameters
    ----------
    network : SymbolicNetwork
    domain : pair or Polyhedron, optional
        The ends of an interval, exact numbers or sympy expressions in the parameters, None for no end; the whole line
        unless told.
    seconds : float
        Limit of one question to the solver.  A case that it cannot decide is kept, with ``nonempty=False``.
    budget : Budget, optional
        One step for each guard that is decided.

    Raises
    ------
    ShapeMismatch
        When the network has more inputs.
    EmptyDomain
        When the ends are not shown to ascend for all values of the parameters.
    BudgetExhausted

    Notes
    -----
    Guarantee: exact; guards that are empty by the solver's word alone are named in the result

    Examples
    --------
    >>> from verinet.exact.parameters import parameter
    >>> a = parameter("a")
    >>> ramp = symbolic_network([([[1], [1]], [0, -a.symbol]), ([[1, -1]], [0])], parameters=[a])
    >>> for case in symbolic_pieces(ramp).cases:
    ...     print(case.guard, "|", case.breakpoints, case.pieces)
    a < 0 | (a, 0) (((0, 0),), ((-1, a),), ((0, a),))
    a == 0 | () (((0, 0),),)
    a > 0 | (0, a) (((0, 0),), ((1, 0),), ((0, a),))
    """
    if network.input_size != 1:
        raise ShapeMismatch(
            f"symbolic pieces need a network of one input, got {network.input_size}", fix="use symbolic_regions"
        )
    decider = Decider(Ground(network.parameters), seconds, budget)
    low, high = _ends(domain, decider)
    found = merged(leaves(network, decider, low, high), decider)
    cases = [_case(*plain(leaf, decider), network.parameters) for leaf in found if not decider.status(leaf.guard).empty]
    by_solver = tuple(guard_of(key) for key in decider.by_solver)
    low, high = (None if end is None else shorter(end.as_expr()) for end in (low, high))
    return SymbolicPieces(network, low, high, tuple(cases), by_solver)


def symbolic_regions(
    network: SymbolicNetwork, domain: Any = None, *, seconds: float = 2.0, budget: Budget | None = None
) -> SymbolicPieces | SymbolicCells:
    r"""`symbolic_pieces` of a network of one input, `symbolic_cells` of one with more.

    Notes
    -----
    Guarantee: exact; what rests on a solver's word is named in the result

    Examples
    --------
    >>> from verinet.exact.parameters import parameter
    >>> alpha = parameter("alpha", low=0, high=1, strict=True)
    >>> leaky = symbolic_activation("leaky_relu", alpha.symbol)
    >>> f = symbolic_regions(symbolic_network([([[1]], [-1]), ([[2]], [0])], leaky, [alpha]))
    >>> print(f.latex())
    f(x) = \begin{cases}
      2 \alpha \left(x - 1\right), & x < 1 \\
      2 x - 2, & x \ge 1
    \end{cases} \qquad (0 < \alpha < 1)
    >>> f.substitute({alpha.symbol: "1/3"})(0), f.guarantee
    ((Fraction(-2, 3),), 'exact')
    """
    if network.input_size == 1:
        return symbolic_pieces(network, domain, seconds=seconds, budget=budget)
    return symbolic_cells(network, domain, seconds=seconds, budget=budget)


def _ends(domain: Any, decider: Decider) -> tuple[Any, Any]:
    if domain is None:
        return None, None
    if isinstance(domain, Polyhedron):
        domain = () if domain.halfspaces else (*domain.low, *domain.high)
    if not isinstance(domain, Sequence) or len(domain) != 2:
        raise ShapeMismatch(f"a domain of one input is a pair of ends, got {domain!r}", fix="write (0, 1)")
    low, high = (None if end is None else finite_element(decider, end) for end in domain)
    try:
        if low is None or high is None or Oracle(decider, {}).sign(high - low) > 0:
            return low, high
    except Fork:
        pass
    raise EmptyDomain(
        f"nothing shows that the ends {low} and {high} of the domain ascend for all values of the parameters",
        fix="narrow the ranges of the parameters, or exchange the ends",
    )


def _case(leaf: Leaf, status: Status, parameters: Sequence[Parameter]) -> SymbolicCase:
    pieces = leaf.pieces.mapped(lambda element: shorter(element.as_expr()))
    witness = None
    if status.verdict == "point":
        known = dict(status.point)
        witness = tuple(known.get(i, _some_value(p)) for i, p in enumerate(parameters))
    guard = guard_of(leaf.guard.items())
    return SymbolicCase(guard, pieces.knots, pieces.lines, status.verdict in ("point", "irrational"), witness)


def _some_value(p: Parameter) -> Fraction:
    """A value that the assumptions admit."""
    if p.low is not None and p.high is not None:
        return (p.low + p.high) / 2
    return p.low + 1 if p.low is not None else p.high - 1 if p.high is not None else Fraction(0)
