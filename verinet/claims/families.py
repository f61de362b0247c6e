"""Families: claims about small networks whose weights and slopes are parameters, for all their values at once.

    alpha = parameter("alpha", low=0, high=1, strict=True)
    family_equal(left, right)          # two symbolic networks agree for all x and all alpha
    family([net], lambda y, x: [y[0] <= 1], guards=[...])

Where the preactivations of one hidden layer are affine in parameters and inputs together, the kernel's statement has
the ReLUs themselves, with polynomials in them.  Else a family is taken apart, by case analysis over activation
patterns, into polynomial implications: the kernel checks those, and that they are the cases of the networks is a
named lemma.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NoReturn

from verinet.claims.family_cases import Case, Condition, cases, condition
from verinet.claims.implications import contradictions, gated, implications, nothing
from verinet.claims.induction import Json, lemma
from verinet.claims.language import Always
from verinet.errors import ShapeMismatch, Unsupported
from verinet.exact.parameters import Parameter
from verinet.exact.printing import spelled
from verinet.exact.rationals import Q, format_rational
from verinet.regions.symbolic_networks import SymbolicNetwork, parameter_values

Goal = Callable[[Sequence[Any], Sequence[Any]], Any]


@dataclass(frozen=True, slots=True)
class Family:
    """For all values of the parameters in their ranges and all inputs that meet the guards, the relations hold.

    Parameters
    ----------
    networks : tuple of SymbolicNetwork
        They share the inputs; their outputs are concatenated.
    parameters : tuple of Parameter
    inputs, outputs : tuple of sympy symbols
    guards, claim : tuple of sympy relations
        Between rational functions of parameters and inputs; in the claim of outputs too.

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).
    """

    networks: tuple[SymbolicNetwork, ...]
    parameters: tuple[Parameter, ...]
    inputs: tuple[Any, ...]
    outputs: tuple[Any, ...]
    guards: tuple[Any, ...]
    claim: tuple[Any, ...]

    def __bool__(self) -> NoReturn:
        raise Unsupported("a claim has no truth value", fix="prove it: verinet.prove(claim)")

    @property
    def symbols(self) -> tuple[Any, ...]:
        """The parameters' symbols, then the inputs."""
        return (*(p.symbol for p in self.parameters), *self.inputs)

    def cases(self) -> tuple[Case, ...]:
        """The polynomial implications, one for each activation pattern."""
        found = cases(self.networks, self.parameters, self.inputs, self.outputs, self.guards, self.claim)
        return tuple(found)

    def gated(self) -> Always | None:
        """The kernel's claim with the ReLUs of the networks in it, where they are ReLUs of affine forms."""
        return gated(self.networks, self.parameters, self.inputs, self.outputs, self.guards, self.claim)

    def contradictions(self) -> list[tuple[Condition, ...]]:
        """Conditions that must not hold together: the claim holds exactly if none of these sets has a point."""
        return contradictions(self.cases())

    def implications(self) -> Always | None:
        """The kernel's claim about the polynomials of all cases; None if it would be too large."""
        return implications(self.contradictions() or [nothing(self.symbols)], self.symbols)

    def statement(self) -> Json:
        """The kernel's statement, as JSON values.

        Raises
        ------
        Unsupported
            If the polynomials are too large for one statement.
        """
        always = self.gated()
        always = self.implications() if always is None else always
        if always is None:
            raise Unsupported("the polynomials of this family are too large for one statement", fix="ask a solver")
        return always.statement()

    @property
    def assumptions(self) -> tuple[Json, ...]:
        """The lemma that the kernel's statement is this claim; none where the statement says it all."""
        if not self.networks or self.gated() is not None:
            return ()
        count = len(self.cases())
        text = (
            f"the {count} polynomial implications of the checked statement are the cases of: {self.text()} (one for "
            "each choice of a piece for every neuron that the signs of common factors leave)"
        )
        return (lemma(text),)

    def text(self) -> str:
        """Return one line of ASCII."""
        said = " and ".join(_relation(r) for r in self.claim)
        names = ", ".join(map(str, self.symbols))
        domain = [_range_text(p) for p in self.parameters if p.low is not None or p.high is not None]
        domain += [_relation(g) for g in self.guards]
        where = f" with {', '.join(domain)}" if domain else ""
        words = []
        start = 0
        for network in self.networks:
            values = _formulas(network, [str(x) for x in self.inputs])
            words += [f"{y} = {v}" for y, v in zip(self.outputs[start:], values, strict=False)]
            start += network.output_size
        networks = f", where {', '.join(words)}" if words else ""
        return f"{said} for all real {names}{where}{networks}"

    def latex(self) -> str:
        r"""The guards as LaTeX: the condition under which the claim was stated."""
        import sympy

        from verinet.regions.symbolic_guards import range_relations

        parts = [range_relations(self.parameters)] if self.parameters else []
        parts += [sympy.latex(guard) for guard in self.guards]
        return r",\ ".join(part for part in parts if part)

    def to_json(self) -> Json:
        """The claim as JSON values: its text and its polynomial implications."""
        return {
            "kind": "family",
            "text": self.text(),
            "symbols": [str(s) for s in self.symbols],
            "cases": [[[c.text() for c in case.given], [c.text() for c in case.wanted]] for case in self.cases()],
        }

    def values_at(self, values: Mapping[Any, object]) -> tuple[Fraction, ...]:
        """The outputs of the networks themselves at exact values of parameters and inputs.  Guarantee: exact."""
        point = [Q(values[x]) for x in self.inputs]
        found: list[Fraction] = []
        for network in self.networks:
            own = {p.symbol: values[p.symbol] for p in network.parameters}
            found += network.substitute(own)(*point)
        return tuple(found)

    def refuted_by(self, values: Mapping[Any, object]) -> bool:
        """Whether ranges and guards hold at exact values and the claim does not, by the networks themselves.

        Guarantee: exact.
        """
        import sympy

        parameters = {p.symbol: values[p.symbol] for p in self.parameters}
        try:
            parameter_values(self.parameters, parameters)
        except Unsupported:
            return False
        exact = {s: sympy.Rational(str(Q(values[s]))) for s in self.symbols}
        if not all(_holds(g, exact) for g in self.guards):
            return False
        ys = [sympy.Rational(str(v)) for v in self.values_at(values)]
        here = {**exact, **dict(zip(self.outputs, ys, strict=True))}
        return not all(_holds(r, here) for r in self.claim)


def family(
    networks: Sequence[SymbolicNetwork],
    claim: Goal,
    guards: Goal | Sequence[Any] = (),
    *,
    parameters: Sequence[Parameter] = (),
    inputs: int | Sequence[Any] | None = None,
) -> Family:
    """Claim relations between outputs, inputs and parameters, for all values that meet ranges and guards.

    Guarantee: exact (the claim says exactly this).

    Parameters
    ----------
    networks : sequence of SymbolicNetwork
        May be empty: then the claim is about polynomials.
    claim : function of (outputs, inputs)
        Returns a sympy relation, or several.
    guards : relations, or a function of (outputs, inputs) that returns them
        Outputs do not occur in guards.
    parameters : sequence of Parameter
        Besides those of the networks.
    inputs : int or symbols, optional
        How many, where there is no network; or the symbols.

    Raises
    ------
    ShapeMismatch, Unsupported
        For networks with different inputs, and relations that are not between rational functions.

    Examples
    --------
    >>> from verinet.exact.parameters import parameter
    >>> from verinet.regions.symbolic_networks import symbolic_activation, symbolic_network
    >>> a = parameter("a", low=0, high=1, strict=True)
    >>> psi = symbolic_network([([[1]], [0]), ([[1]], [0])], symbolic_activation("leaky_relu", a.symbol), [a])
    >>> print(family([psi], lambda y, x: y[0] >= x[0]).text())
    y0 >= x for all real a, x with 0 < a < 1, where y0 = leaky_relu(x; a)
    """
    import sympy

    sizes = {network.input_size for network in networks}
    if len(sizes) > 1:
        raise ShapeMismatch(f"the networks of a family share their inputs, got {sorted(sizes)}", fix="check the sizes")
    if inputs is None:
        inputs = sizes.pop() if sizes else 0
    if isinstance(inputs, int):
        inputs = [sympy.Symbol("x" if inputs == 1 else f"x{j}", real=True) for j in range(inputs)]
    known: list[Parameter] = list(parameters)
    known += [p for network in networks for p in network.parameters if p not in known]
    known = list(dict.fromkeys(known))
    outputs = [sympy.Symbol(f"y{i}", real=True) for i in range(sum(network.output_size for network in networks))]
    names = [str(s) for s in (*(p.symbol for p in known), *inputs, *outputs)]
    if len(set(names)) != len(names):
        raise ShapeMismatch(f"the symbols of a family need different names, got {names}", fix="rename a parameter")
    said = _several(claim(outputs, inputs))
    given = _several(guards(outputs, inputs)) if callable(guards) else _several(guards)
    for relation in (*said, *given):
        condition(relation, [*(p.symbol for p in known), *inputs, *outputs])
    given = [*given, *(guard for guard in _defined((*said, *given), outputs) if guard not in given)]
    return Family(tuple(networks), tuple(known), tuple(inputs), tuple(outputs), tuple(given), tuple(said))


def _defined(relations: Sequence[Any], outputs: Sequence[Any]) -> list[Any]:
    """Guards that every denominator is not 0: where one is, a relation says nothing.

    Raises
    ------
    Unsupported
        If an output stands in a denominator.
    """
    import sympy

    powers = [power for relation in relations for power in relation.atoms(sympy.Pow) if power.exp.is_negative]
    bases = list(dict.fromkeys(p.base for p in powers if p.base.free_symbols and not p.base.is_nonzero))
    for base in bases:
        if base.free_symbols & set(outputs):
            raise Unsupported(
                f"an output stands in the denominator {base}", fix="multiply the relation out by what is positive"
            )
    return [sympy.Ne(base, 0) for base in sorted(bases, key=str)]


def family_equal(left: SymbolicNetwork, right: SymbolicNetwork, guards: Goal | Sequence[Any] = ()) -> Family:
    """Claim that two symbolic networks agree for all inputs and all values of the parameters.

    Guarantee: exact (the claim says exactly this).

    Examples
    --------
    >>> from verinet.regions.symbolic_networks import symbolic_network
    >>> one = symbolic_network([([[1], [-1]], [0, 0]), ([[1, -1]], [0])])
    >>> print(family_equal(one, symbolic_network([([[1]], [0])])).text())
    Eq(y0, y1) for all real x, where y0 = relu(x) - relu(-x), y1 = x
    """
    import sympy

    if left.output_size != right.output_size:
        raise ShapeMismatch("equal networks have equally many outputs", fix="check the sizes")
    size = left.output_size
    return family([left, right], lambda y, x: [sympy.Eq(y[i], y[size + i]) for i in range(size)], guards)


def lu_layer_injective(size: int, diagonal: bool = True) -> Family:
    """Claim that ``L U x = 0`` only at ``x = 0``, L unit lower and U upper triangular with symbolic entries.

    A layer ``x -> s(L U x + b)`` with strictly monotone s is injective exactly if this holds: s(z) = s(z') only for
    z = z'.  The guard is that no entry of U's diagonal is 0; ``diagonal=False`` leaves it out, and the claim is false.

    Guarantee: exact (the claim says exactly this).

    Examples
    --------
    >>> lu_layer_injective(2).guards[0]
    Ne(u_1_1, 0)
    """
    import sympy

    from verinet.exact.parameters import parameter

    known: dict[str, Parameter] = {}

    def entry(name: str) -> Any:
        return known.setdefault(name, parameter(name)).symbol

    one, zero = sympy.Integer(1), sympy.Integer(0)
    upper = [[entry(f"u_{i}_{j}") if i <= j else zero for j in range(1, size + 1)] for i in range(1, size + 1)]
    lower = [
        [entry(f"l_{i}_{j}") if i > j else one if i == j else zero for j in range(1, size + 1)]
        for i in range(1, size + 1)
    ]
    x = [sympy.Symbol(f"x{j}", real=True) for j in range(size)]
    image = sympy.Matrix(lower) * (sympy.Matrix(upper) * sympy.Matrix(x))
    guards = [sympy.Ne(upper[i][i], 0) for i in range(size) if diagonal]
    guards += [sympy.Eq(sympy.expand(value), 0) for value in image]
    return family([], lambda _, x: [sympy.Eq(v, 0) for v in x], guards, parameters=list(known.values()), inputs=x)


def _holds(relation: Any, values: Mapping[Any, Any]) -> bool:
    """Whether a relation is true at exact values; one that was built without evaluation is evaluated now."""
    import sympy

    there = relation.func(*(side.subs(values) for side in relation.args))
    return bool(there == sympy.true)


def _several(given: Any) -> list[Any]:
    if isinstance(given, Sequence):
        return list(given)
    return [given]


def _relation(relation: Any) -> str:
    import sympy

    if isinstance(relation, sympy.Eq):
        return f"Eq({relation.lhs}, {relation.rhs})"
    return str(relation)


def _formulas(network: SymbolicNetwork, values: list[str]) -> list[str]:
    """The outputs as text: sums of activations."""
    for level, (rows, biases) in enumerate(zip(network.weights, network.biases, strict=True)):
        sums = [_sum(row, values, b) for row, b in zip(rows, biases, strict=True)]
        if level == len(network.activations):
            return sums
        values = [_applied(act, text) for act, text in zip(network.activations[level], sums, strict=True)]
    return values


def _applied(act: Any, text: str) -> str:
    if act.name == "leaky_relu" and act.pieces[0][0].free_symbols:
        return f"leaky_relu({text}; {act.pieces[0][0]})"  # the slope itself: a or 1/a
    free = sorted({str(s) for pair in act.pieces for e in pair for s in e.free_symbols}
                  | {str(s) for e in act.breakpoints for s in e.free_symbols})  # fmt: skip
    name = act.name if act.name != "piecewise" else spelled(act.pieces)
    return f"{name}({text}{'; ' + ', '.join(free) if free else ''})"


def _sum(row: Sequence[Any], values: Sequence[str], bias: Any) -> str:
    parts = []
    for factor, value in [*zip(row, values, strict=True), (bias, "")]:
        text = str(factor)
        if factor == 0:
            continue
        if value and factor in (1, -1):
            parts.append(value if factor == 1 else f"-{value}")
            continue
        text = f"({text})" if factor.is_Add and value else text
        parts.append(f"{text}*{value}" if value else text)
    return " + ".join(parts).replace("+ -", "- ") or "0"


def _range_text(p: Parameter) -> str:
    left = "" if p.low is None else f"{format_rational(p.low)} {'<' if p.low_open else '<='} "
    right = "" if p.high is None else f" {'<' if p.high_open else '<='} {format_rational(p.high)}"
    return f"{left}{p.symbol}{right}"
