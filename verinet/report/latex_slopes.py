r"""LaTeX of statements about slopes and integrals: Lipschitz bounds, monotonicity, orientation, integrals.

Guarantee: exact (every number that is printed is printed in full).
"""

from __future__ import annotations

from collections.abc import Sequence

from verinet.report import latex_formulas as tex
from verinet.report.statements import Decoded
from verinet.report.text import WAYS

_NORMS = {"1": "1", "2": "2", "inf": r"\infty"}


def other_statement(
    statement: Decoded, letter: str, outputs: Sequence[str], where: str, inputs: Sequence[str]
) -> list[str]:
    """Return the lines of a statement of one of these kinds; `where` says ``$x \\in D$``."""
    match statement.kind:
        case "lipschitz":
            return _lipschitz(statement, letter, where)
        case "monotone":
            return _monotone(statement, outputs, where, inputs)
        case "orientation":
            sign = ">" if statement.words == (("positive",),) else "<"
            cells = "inside of every full-dimensional cell of its activations"
            return [f"Then, for {where} {cells},", *tex.shown([rf"\det D{letter}(x) {sign} 0"], ".")]
        case _:
            return _integral(statement, outputs, where, inputs)


def _lipschitz(statement: Decoded, letter: str, where: str) -> list[str]:
    ((norm,),) = statement.words
    (size,) = statement.output_sizes
    bound = tex.number(statement.stated[0])
    left = _norm(f"{letter}(x) - {letter}(x')", size, norm)
    right = _norm("x - x'", statement.input_size, norm)
    factor = "" if bound == "1" else f"{bound} \\, "
    return [f"Then for all {where}, and all $x'$ of the same set,", *tex.shown([rf"{left} \le {factor}{right}"], ".")]


def _norm(body: str, size: int, norm: str) -> str:
    if size == 1:
        return rf"\lvert {body} \rvert"
    return rf"\lVert {body} \rVert_{{{_NORMS[norm]}}}"


def _monotone(statement: Decoded, outputs: Sequence[str], where: str, inputs: Sequence[str]) -> list[str]:
    said = []
    for output, row in zip(outputs, statement.words, strict=True):
        ways = [
            f"{phrase} in ${', '.join(inputs[j] for j, entry in enumerate(row) if entry == word)}$"
            for word, phrase in WAYS.items()
            if word in row
        ]
        said += [f"${output}$ is {' and '.join(ways)}"] if ways else []
    return [f"Then, for {where}, {'; '.join(said) or 'nothing is claimed'}."]


def _integral(statement: Decoded, outputs: Sequence[str], where: str, inputs: Sequence[str]) -> list[str]:
    (integrand,), ((absolute,),), power = statement.targets, statement.words, statement.power
    body = tex.polynomial(integrand, (*inputs, *outputs))
    if absolute == "yes":
        body = rf"\lvert {body} \rvert"
    elif power > 1 or len(integrand.coefficients) > 1:
        body = rf"\bigl({body}\bigr)"
    body += f"^{{{power}}}" if power > 1 else ""
    integral = rf"\int_D {body} \, dx"
    low, high = map(tex.number, statement.stated)
    formula = f"{integral} = {low}" if low == high else rf"{low} \le {integral} \le {high}"
    return [f"Then, with $D$ the set of all {where},", *tex.shown([formula], ".")]
