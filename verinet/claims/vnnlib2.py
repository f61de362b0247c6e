"""VNN-LIB 2.0: queries about one network or several, with tensors of inputs and outputs.

A query states its VIOLATION, as version 1.0 does: values of all declared inputs, and the outputs of the networks at
them, that meet all assertions.  The claim is that there are none.  The values are real numbers, whatever type is
declared: decimals are the rationals they spell, and the networks are evaluated without rounding.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, product
from math import prod

from verinet.claims.formulas import Affine, AllOf, AnyOf, Atom, Formula, Terms, all_of, any_of
from verinet.claims.formulas import fold as fold_formula
from verinet.claims.language import Always
from verinet.claims.sexpressions import Expression, fold
from verinet.claims.violations import safety
from verinet.claims.vnnlib_networks import arranged, on_shared_inputs
from verinet.claims.vnnlib_terms import SECOND, Meaning, Value, evaluate, number, operation, short
from verinet.errors import BadFormat, EmptyDomain, NotBounded, Unsupported
from verinet.geometry.polyhedra import exact_point
from verinet.networks.network import Network

Point = tuple[Fraction, ...]
#: Where a word stands, in words.
Place = Callable[[str], str]

#: Types that are read as real numbers, the first two as what they are.
REAL_TYPES = ("Real", "real")
FLOAT_TYPES = (
    "float16",
    "float32",
    "float64",
    "bfloat16",
    "float8e4m3fn",
    "float8e5m2",
    "float8e4m3fnuz",
    "float8e5m2fnuz",
    "float4e2m1",
)
_ELEMENT = re.compile(r"([A-Za-z][A-Za-z0-9_]*)(?:\[((?:0|[1-9][0-9]{0,8})(?:,(?:0|[1-9][0-9]{0,8}))*)\])?\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Tensor:
    """Declared values: a name, a type, a shape (() for one number), and perhaps a name inside of an ONNX file.

    Guarantee: exact.

    Examples
    --------
    >>> Tensor("X", "Real", (2, 3)).place((1, 0)), list(Tensor("Y", "Real", ()).names())
    (3, ['Y'])
    """

    name: str
    type: str
    shape: tuple[int, ...]
    onnx: str | None = None

    @property
    def size(self) -> int:
        """Number of elements."""
        return prod(self.shape)

    def place(self, indices: Sequence[int]) -> int:
        """Return the place of an element in row-major order.  Guarantee: exact."""
        place = 0
        for index, length in zip(indices, self.shape, strict=True):
            place = place * length + index
        return place

    def names(self) -> Iterator[str]:
        """Yield the names of the elements, in order."""
        for indices in product(*map(range, self.shape)):
            yield f"{self.name}[{','.join(map(str, indices))}]" if indices else self.name


@dataclass(frozen=True, slots=True)
class Declaration:
    """A declared network: its tensors, and which network it is equal or isomorphic to.

    Parameters
    ----------
    name : str
    inputs, hidden, outputs : tuple of Tensor
    relation : str
        ``"equal-to"``, ``"isomorphic-to"``, or "" if it stands alone.
    other : str
        The network that the relation names.

    Guarantee: exact.
    """

    name: str
    inputs: tuple[Tensor, ...]
    hidden: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    relation: str = ""
    other: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """A query as it was written: declared networks, and the assertions that together are the violation.

    Parameters
    ----------
    networks : tuple of Declaration
    assertions : tuple of expressions
        The parsed text, nothing rewritten: words and tuples of words.

    Guarantee: exact (decimals are the rationals they spell).

    Examples
    --------
    >>> from verinet.claims.vnnlib import parse_vnnlib
    >>> found = parse_vnnlib('''(vnnlib-version <2.0>)
    ... (declare-network f (declare-input X Real [2]) (declare-output Y Real []))
    ... (assert (and (>= X[0] -1) (<= X[0] 1) (== X[1] X[0]) (>= Y 1e2)))''')
    >>> found.violated_by((1, 1), (100,)), found.violated_by((1, 0), (100,))
    (True, False)
    >>> found.places
    (0, 0)
    """

    networks: tuple[Declaration, ...]
    assertions: tuple[Expression, ...]

    @property
    def inputs(self) -> int:
        """Number of inputs of all networks together."""
        return sum(tensor.size for network in self.networks for tensor in network.inputs)

    @property
    def outputs(self) -> int:
        """Number of outputs of all networks together."""
        return sum(tensor.size for network in self.networks for tensor in network.outputs)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know of how the query is read."""
        tensors = (t for network in self.networks for t in (*network.inputs, *network.outputs))
        types = dict.fromkeys(tensor.type for tensor in tensors if tensor.type not in REAL_TYPES)
        return tuple(
            f"{kind} variables are read as real numbers: decimals are the rationals they spell, "
            "and the networks are evaluated without rounding"
            for kind in types
        )

    def violated_by(self, x: Sequence[Fraction], y: Sequence[Fraction]) -> bool:
        """Tell whether all inputs x and all outputs y meet the assertions, evaluated on the text as it was parsed.

        Guarantee: exact; independent of the compiled claim.
        """
        values = (
            exact_point(x, self.inputs, "Query.violated_by (inputs)"),
            exact_point(y, self.outputs, "Query.violated_by (outputs)"),
        )
        elements = Elements(self.networks)

        def word(text: str) -> Value:
            found = elements.find(text, "the query")
            return number(text, "the query") if found is None else values[found[0]][found[1]]

        return all(fold(part, word, evaluate, "the query") is True for part in self.assertions)

    @property
    def violation(self) -> Formula:
        """The violation as a formula over all inputs and all outputs, in the order of the declarations."""
        elements = Elements(self.networks)
        return all_of(*(formula_of(part, elements, lambda _: "the query") for part in self.assertions))

    @property
    def places(self) -> tuple[int, ...]:
        """For every input, which coordinate of the claim it is: inputs that the assertions equate share one."""
        return _places(self.violation, self.inputs)

    def find(self, name: str, where: str) -> tuple[int, int] | None:
        """Return (0, i) for an input, (1, j) for an output, None for a name that is not declared.

        Guarantee: exact.

        Raises
        ------
        BadFormat, Unsupported
            For indices that do not fit, and for hidden tensors.
        """
        return Elements(self.networks).find(name, where)

    def names(self) -> tuple[str, ...]:
        """Return the names of all inputs."""
        return tuple(name for entry in self.networks for tensor in entry.inputs for name in tensor.names())

    def outputs_at(self, x: Sequence[Fraction], networks: Sequence[Network]) -> Point:
        """Return the outputs of all networks at all inputs x.  Guarantee: exact."""
        point = exact_point(x, self.inputs, "Query.outputs_at")
        read = arranged(self.networks, networks)
        return tuple(value for f, part in zip(read, self._parts(), strict=True) for value in f(*point[part]))

    def spread(self, x: Sequence[Fraction]) -> Point:
        """Return all inputs at a point of the claim.  Guarantee: exact."""
        places = self.places
        point = exact_point(x, max(places) + 1, "Query.spread")
        return tuple(point[place] for place in places)

    def legend(self) -> tuple[str, ...]:
        """Return one text for every coordinate of the claim: the inputs that it stands for, ``X_f[0] = X_g[0]``."""
        texts: list[list[str]] = [[] for _ in range(max(self.places) + 1)]
        for name, place in zip(self.names(), self.places, strict=True):
            texts[place].append(name)
        return tuple(" = ".join(entry) for entry in texts)

    def claim(self, *networks: Network) -> Always:
        """Return the claim that nothing violates the query.

        Its networks read one x: the inputs of all of them, where those that the assertions equate share a
        coordinate (`legend` names them).

        Parameters
        ----------
        networks : Network
            One for every declared network, in their order; those declared `equal-to` another may be left out.

        Guarantee: exact (it holds exactly when the violation is impossible).

        Raises
        ------
        ShapeMismatch
            If their number or sizes are not those declared, or a relation does not hold.
        EmptyDomain, NotBounded, Unsupported
            As `verinet.claims.violations.safety`.
        """
        read = arranged(self.networks, networks)
        places = self.places
        try:
            compiled = safety(_substituted(self.violation, places), max(places) + 1)
        except (EmptyDomain, NotBounded) as error:
            names = "; ".join(f"x_{j} is {text}" for j, text in enumerate(self.legend()[:8]))
            raise type(error)(error.problem, fix=f"{error.fix} ({names})", where=error.where) from error
        size = compiled.domain.dimension
        parts = [places[part] for part in self._parts()]
        shared = tuple(on_shared_inputs(f, part, size) for f, part in zip(read, parts, strict=True))
        return Always(shared, compiled.clauses, compiled.domain)

    def _parts(self) -> tuple[slice, ...]:
        sizes = [sum(tensor.size for tensor in network.inputs) for network in self.networks]
        ends = list(accumulate(sizes))
        return tuple(slice(end - size, end) for size, end in zip(sizes, ends, strict=True))


class Elements:
    """The declared elements: word -> (0 for an input or 1 for an output, its place among all of them).

    Examples
    --------
    >>> tensors = (Tensor("X", "Real", (2,)),), (), (Tensor("Y", "Real", ()),)
    >>> Elements([Declaration("f", *tensors)]).find("X[1]", "here")
    (0, 1)

    Guarantee: exact.
    """

    def __init__(self, networks: Sequence[Declaration]) -> None:
        self.tensors: dict[str, tuple[int, int, Tensor]] = {}
        counts = [0, 0]
        for network in networks:
            for side, tensors in enumerate((network.inputs, network.outputs)):
                for tensor in tensors:
                    self.tensors[tensor.name] = (side, counts[side], tensor)
                    counts[side] += tensor.size
            for tensor in network.hidden:
                self.tensors[tensor.name] = (2, 0, tensor)

    def find(self, text: str, where: str) -> tuple[int, int] | None:
        """Return the element that a word names, None if it names no declared tensor.

        Raises
        ------
        BadFormat
            For a wrong number of indices, and for indices outside of the shape.
        Unsupported
            For hidden tensors.
        """
        match = _ELEMENT.match(text)
        if match is None or match[1] not in self.tensors:
            return None
        side, start, tensor = self.tensors[match[1]]
        indices = tuple(map(int, match[2].split(","))) if match[2] else ()
        shape = f"[{','.join(map(str, tensor.shape))}]"
        if len(indices) != len(tensor.shape):
            raise BadFormat(
                f"{tensor.name} has the shape {shape}: its elements need {len(tensor.shape)} indices, "
                f"got {len(indices)} in {short(text)}",
                fix="write one index for every entry of the shape, X[0,1]; an element of shape [] is the name alone",
                where=where,
            )
        if any(index >= length for index, length in zip(indices, tensor.shape, strict=True)):
            raise BadFormat(
                f"{short(text)} lies outside of {tensor.name}, whose shape is {shape}",
                fix="indices begin with 0 and end below the entries of the shape",
                where=where,
            )
        if side == 2:
            raise Unsupported(
                f"{short(text)} is a hidden tensor: assertions about inputs and outputs are read",
                fix="cut the network there, so that the tensor is an output of it",
                where=where,
            )
        return side, start + tensor.place(indices)


def formula_of(expression: Expression, elements: Elements, place: Place) -> Formula:
    """Return the meaning of an assertion.

    Raises
    ------
    BadFormat, Unsupported, NotANumber
        At undeclared names, unknown operators, wrong kinds and numbers that are none; `place` tells where a word is.

    Guarantee: exact.
    """

    def word(text: str) -> Meaning:
        found = elements.find(text, place(text))
        if found is None:
            return Affine(number(text, place(text), "or element"))
        return Affine.of_input(found[1]) if found[0] == 0 else Affine.of_output(found[1])

    where = place(next(_words(expression)))
    meaning = fold(expression, word, lambda head, values: operation(head, values, place(head), SECOND), where)
    if isinstance(meaning, Affine):
        raise BadFormat(
            "an assertion needs a comparison, got a number or a sum",
            fix="write (assert (<= X[0] 1))",
            where=where,
        )
    return meaning


def _words(expression: Expression) -> Iterator[str]:
    waiting = [expression]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            yield part
        else:
            waiting.extend(reversed(part))


def _places(violation: Formula, inputs: int) -> tuple[int, ...]:
    """Coordinates after the inputs that the violation demands to be equal were made one."""
    parents = list(range(inputs))

    def root(index: int) -> int:
        while parents[index] != index:
            parents[index] = parents[parents[index]]
            index = parents[index]
        return index

    parts = set(violation.parts) if isinstance(violation, AllOf) else {violation}
    for part in parts:
        if isinstance(part, Atom) and _is_difference(part) and Atom(-part.term, strict=False) in parts:
            a, b = (root(index) for index, _ in part.term.x)
            parents[max(a, b)] = min(a, b)
    numbers: dict[int, int] = {}
    return tuple(numbers.setdefault(root(index), len(numbers)) for index in range(inputs))


def _is_difference(atom: Atom) -> bool:
    """Is it ``x_i - x_j >= 0``, up to a factor?"""
    term = atom.term
    return not (atom.strict or term.y or term.constant) and len(term.x) == 2 and term.x[0][1] == -term.x[1][1]


def _substituted(violation: Formula, places: Sequence[int]) -> Formula:
    def moved(atom: Atom) -> Formula:
        x: dict[int, Fraction] = {}
        for index, coefficient in atom.term.x:
            x[places[index]] = x.get(places[index], Fraction(0)) + coefficient
        terms: Terms = tuple((index, x[index]) for index in sorted(x) if x[index])
        found = Atom(Affine(atom.term.constant, terms, atom.term.y), atom.strict)
        return found if terms or found.term.y or not found.holds((), ()) else AllOf(())

    return fold_formula(
        violation, atom=moved, conjunction=lambda parts: all_of(*parts) if parts else AllOf(()),
        disjunction=lambda parts: any_of(*parts) if parts else AnyOf(()),
    )  # fmt: skip
