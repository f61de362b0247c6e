"""Claims written as VNN-LIB text of version 1.0 or 2.0: the violation, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from verinet.claims.formulas import Affine, Atom
from verinet.claims.language import Always, Equal
from verinet.claims.wording import decimal_text
from verinet.errors import Unsupported
from verinet.exact.rationals import format_rational
from verinet.geometry.polyhedra import Halfspace, integer_row


@dataclass(frozen=True, slots=True)
class _Names:
    """What inputs and outputs are called."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


def write_vnnlib(claim: Always | Equal, version: str = "1.0") -> str:
    """Return VNN-LIB text whose violation is the claim's failure somewhere on its domain.

    Rationals without a finite decimal are avoided by multiplying the comparison with their denominators.

    Parameters
    ----------
    claim : Always or Equal
        Of one network for version 1.0; of any number for version 2.0, where every network has inputs of its own and
        assertions equate them.
    version : str
        ``"1.0"`` or ``"2.0"``.

    Guarantee: exact.

    Raises
    ------
    Unsupported
        If the claim is no `always` or `equal` claim, if version 1.0 would need several networks, and for other
        versions.

    Examples
    --------
    >>> from verinet.claims.builders import always, outputs
    >>> from verinet.geometry.polyhedra import interval
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> f = network(x, relu(x))
    >>> claim = always(f, outputs(f)[0] <= 1, interval("-1/3", "0.5"))
    >>> print(write_vnnlib(claim))
    ; violation of: y_0 <= 1 on [-1/3,1/2]
    (declare-const X_0 Real)
    (declare-const Y_0 Real)
    <BLANKLINE>
    (assert (>= (* 3 X_0) -1))
    (assert (<= X_0 0.5))
    (assert (> Y_0 1))
    <BLANKLINE>
    >>> print(write_vnnlib(claim, version="2.0"))
    (vnnlib-version <2.0>)
    ; violation of: y_0 <= 1 on [-1/3,1/2]
    (declare-network f
        (declare-input X Real [1])
        (declare-output Y Real [1])
    )
    <BLANKLINE>
    (assert (>= (* 3 X[0]) -1))
    (assert (<= X[0] 0.5))
    (assert (> Y[0] 1))
    <BLANKLINE>
    """
    if version not in ("1.0", "2.0"):
        raise Unsupported(f"VNN-LIB is written in the versions 1.0 and 2.0, got {version!r}", fix='write version="2.0"')
    if isinstance(claim, Equal) and version == "2.0":
        title, claim = claim.text(), claim.always()
    elif isinstance(claim, Always) and (version == "2.0" or len(claim.networks) == 1):
        title = claim.text()
    else:
        raise Unsupported(
            "VNN-LIB states violations of always(...) claims, version 1.0 of one network only; got another claim",
            fix='write an always(...) claim; version="2.0" has several networks, and equal(...)',
        )
    if version == "1.0":
        names = _Names(
            tuple(f"X_{j}" for j in range(claim.domain.dimension)),
            tuple(f"Y_{i}" for i in range(claim.networks[0].output_size)),
        )
        lines = [f"; violation of: {title}"]
        lines += [f"(declare-const {name} Real)" for name in (*names.inputs, *names.outputs)]
        lines.append("")
    else:
        lines, names = _declarations(claim)
        lines.insert(1, f"; violation of: {title}")
    domain = claim.domain
    for j, (low, high) in enumerate(zip(domain.low, domain.high, strict=True)):
        variable = Affine.of_input(j)
        bounds = [variable >= low] if low is not None else []
        bounds += [variable <= high] if high is not None else []
        lines += [f"(assert {_atom(atom, names)})" for atom in bounds]
    lines += [f"(assert {_atom(_atom_of(halfspace), names)})" for halfspace in domain.halfspaces]
    lines.append(f"(assert {_violation(claim, names)})")
    return "\n".join(lines) + "\n"


def _declarations(claim: Always) -> tuple[list[str], _Names]:
    """The networks of version 2.0, and the equations that give all of them the inputs of the first."""
    lines, equations, outputs = ["(vnnlib-version <2.0>)"], [], []
    alone, size = len(claim.networks) == 1, claim.domain.dimension
    hashes = [network.hash for network in claim.networks]
    for k, network in enumerate(claim.networks):
        mark, first = ("" if alone else f"{k + 1}"), hashes.index(hashes[k])
        relation = "" if first == k else f" (equal-to f{first + 1})"
        lines += [
            f"(declare-network f{mark}{relation}",
            f"    (declare-input X{mark} Real [{size}])",
            f"    (declare-output Y{mark} Real [{network.output_size}])",
            ")",
        ]
        outputs += [f"Y{mark}[{i}]" for i in range(network.output_size)]
        if k:
            equations += [f"(assert (== X{mark}[{j}] X1[{j}]))" for j in range(size)]
    inputs = tuple(f"X{'' if alone else 1}[{j}]" for j in range(size))
    return [*lines, "", *equations], _Names(inputs, tuple(outputs))


def _violation(claim: Always, names: _Names) -> str:
    cases = [_join("and", [_atom(atom.opposite(), names) for atom in clause]) for clause in claim.clauses]
    return _join("or", cases)


def _join(word: str, parts: list[str]) -> str:
    if len(parts) == 1:
        return parts[0]
    if not parts:  # the format has no word for true and false
        return "(<= 0 1)" if word == "and" else "(<= 1 0)"
    return f"({word} {' '.join(parts)})"


def _atom_of(halfspace: Halfspace) -> Atom:
    terms = tuple((j, -a) for j, a in enumerate(halfspace.normal) if a)
    return Atom(Affine(halfspace.offset, terms), halfspace.strict)


def _atom(atom: Atom, names: _Names) -> str:
    """Return a comparison with the variables left and the number right."""
    named = _named(atom.term, names)
    constant = atom.term.constant
    relation = ">" if atom.strict else ">="
    if not named:
        return f"({relation} {_exact(constant, [])[0]} 0)"
    if all(coefficient < 0 for _, coefficient in named):
        named = [(name, -coefficient) for name, coefficient in named]
        relation = relation.replace(">", "<")
    else:
        constant = -constant
    if len(named) == 1:
        name, coefficient = named[0]
        named, constant = [(name, Fraction(1))], constant / coefficient
    right, factors = _exact(constant, [coefficient for _, coefficient in named])
    parts = [
        name if factor == "1" else f"(* {factor} {name})" for (name, _), factor in zip(named, factors, strict=True)
    ]
    left = parts[0] if len(parts) == 1 else f"(+ {' '.join(parts)})"
    return f"({relation} {left} {right})"


def _named(term: Affine, names: _Names) -> list[tuple[str, Fraction]]:
    return [(names.inputs[j], c) for j, c in term.x] + [(names.outputs[i], c) for i, c in term.y]


def _exact(constant: Fraction, coefficients: list[Fraction]) -> tuple[str, list[str]]:
    """Return finite decimals, or, if one has none, the shortest integers in the same ratio."""
    decimals = [decimal_text(value) for value in (constant, *coefficients)]
    if None in decimals:
        decimals = [format_rational(Fraction(entry)) for entry in integer_row(constant, coefficients)]
    texts = [text for text in decimals if text is not None]
    return texts[0], texts[1:]
