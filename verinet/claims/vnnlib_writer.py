"""Claims written as VNN-LIB 1.0 text: the violation, exactly."""

from __future__ import annotations

from fractions import Fraction

from verinet.claims.formulas import Affine, Atom, Terms
from verinet.claims.language import Always
from verinet.claims.wording import decimal_text
from verinet.errors import Unsupported
from verinet.exact.rationals import format_rational
from verinet.geometry.polyhedra import Halfspace, integer_row


def write_vnnlib(claim: Always) -> str:
    """Return VNN-LIB 1.0 text whose violation is the claim's failure somewhere on its domain.

    Rationals without a finite decimal are avoided by multiplying the comparison with their denominators.

    Guarantee: exact.

    Raises
    ------
    Unsupported
        If the claim is no `always` claim about one network.

    Examples
    --------
    >>> from verinet.claims.builders import always, outputs
    >>> from verinet.geometry.polyhedra import interval
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> f = network(x, relu(x))
    >>> print(write_vnnlib(always(f, outputs(f)[0] <= 1, interval("-1/3", "0.5"))))
    ; violation of: y_0 <= 1 on [-1/3,1/2]
    (declare-const X_0 Real)
    (declare-const Y_0 Real)
    <BLANKLINE>
    (assert (>= (* 3 X_0) -1))
    (assert (<= X_0 0.5))
    (assert (> Y_0 1))
    <BLANKLINE>
    """
    if not isinstance(claim, Always) or len(claim.networks) != 1:
        raise Unsupported(
            "VNN-LIB 1.0 states violations of one network's outputs, got another kind of claim",
            fix="write an always(...) claim about one network",
        )
    domain = claim.domain
    lines = [f"; violation of: {claim.text()}"]
    lines += [f"(declare-const X_{j} Real)" for j in range(domain.dimension)]
    lines += [f"(declare-const Y_{i} Real)" for i in range(claim.networks[0].output_size)]
    lines.append("")
    for j, (low, high) in enumerate(zip(domain.low, domain.high, strict=True)):
        variable = Affine.of_input(j)
        bounds = [variable >= low] if low is not None else []
        bounds += [variable <= high] if high is not None else []
        lines += [f"(assert {_atom(atom)})" for atom in bounds]
    lines += [f"(assert {_atom(_atom_of(halfspace))})" for halfspace in domain.halfspaces]
    lines.append(f"(assert {_violation(claim)})")
    return "\n".join(lines) + "\n"


def _violation(claim: Always) -> str:
    cases = [_join("and", [_atom(atom.opposite()) for atom in clause]) for clause in claim.clauses]
    return _join("or", cases)


def _join(word: str, parts: list[str]) -> str:
    if len(parts) == 1:
        return parts[0]
    if not parts:  # version 1.0 has no word for true and false
        return "(<= 0 1)" if word == "and" else "(<= 1 0)"
    return f"({word} {' '.join(parts)})"


def _atom_of(halfspace: Halfspace) -> Atom:
    terms = tuple((j, -a) for j, a in enumerate(halfspace.normal) if a)
    return Atom(Affine(halfspace.offset, terms), halfspace.strict)


def _atom(atom: Atom) -> str:
    """Return a comparison with the variables left and the number right."""
    named = _named(atom.term)
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


def _named(term: Affine) -> list[tuple[str, Fraction]]:
    def names(letter: str, terms: Terms) -> list[tuple[str, Fraction]]:
        return [(f"{letter}_{index}", coefficient) for index, coefficient in terms]

    return names("X", term.x) + names("Y", term.y)


def _exact(constant: Fraction, coefficients: list[Fraction]) -> tuple[str, list[str]]:
    """Return finite decimals, or, if one has none, the shortest integers in the same ratio."""
    decimals = [decimal_text(value) for value in (constant, *coefficients)]
    if None in decimals:
        decimals = [format_rational(Fraction(entry)) for entry in integer_row(constant, coefficients)]
    texts = [text for text in decimals if text is not None]
    return texts[0], texts[1:]
