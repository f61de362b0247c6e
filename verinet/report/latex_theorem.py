r"""LaTeX of a checked theorem: its assumptions, its network(s), its statement, and what the kernel replayed.

The text needs amsmath and amssymb; in the style "amsthm" also amsthm with an environment `theorem`.
"""

from __future__ import annotations

from typing import Literal

from verinet.errors import Unsupported
from verinet.report import latex_formulas as tex
from verinet.report.checked import CheckedTheorem, Source, check
from verinet.report.latex_networks import network_lines
from verinet.report.latex_slopes import other_statement
from verinet.report.statements import Decoded
from verinet.report.text import evidence_text

Style = Literal["amsthm", "plain"]

#: So many clauses or constraints are printed; the certificate has all.
MOST_CLAUSES = 40


def latex(source: Source | CheckedTheorem, style: Style = "amsthm") -> str:
    r"""Let the kernel check a certificate, then return the theorem as LaTeX.

    Parameters
    ----------
    source : path, Certificate, Proved or CheckedTheorem
        A `CheckedTheorem` has just been checked; everything else is checked first.
    style : {"amsthm", "plain"}
        Environments `theorem` and `proof`, or plain paragraphs.

    Raises
    ------
    CertificateRejected
        If the kernel refuses the certificate: nothing unchecked is printed.
    Unsupported
        For another style.

    Examples
    --------
    >>> from verinet.claims import value
    >>> from verinet.networks import network, relu, variable
    >>> from verinet.provers.portfolio import prove
    >>> x = variable("x")
    >>> print(latex(prove(value(network(x, 3 * relu(x)), at="1/2") == "3/2")))
    % needs amsmath, amssymb, amsthm and \newtheorem{theorem}{Theorem}
    \begin{theorem}
    Let $f \colon \mathbb{R} \to \mathbb{R}$ be the network
    ...
    Then
    \[ f(\tfrac{1}{2}) = \tfrac{3}{2}. \]
    \end{theorem}
    \begin{proof}
    ...
    \end{proof}

    Guarantee: exact.
    """
    if style not in ("amsthm", "plain"):
        raise Unsupported(f"latex has the styles amsthm and plain, got {str(style)[:40]!r}", fix="choose one of them")
    theorem = source if isinstance(source, CheckedTheorem) else check(source)
    body = [*_assumptions(theorem), *_networks(theorem.decoded), *_statement(theorem.decoded)]
    facts = _facts(theorem)
    if style == "plain":
        lines = [
            "% needs amsmath and amssymb",
            r"\par\medskip\noindent\textbf{Theorem.}",
            *body,
            r"\par\noindent\emph{Proof.}",
            *facts,
            r"\par\medskip",
        ]
    else:
        lines = [
            r"% needs amsmath, amssymb, amsthm and \newtheorem{theorem}{Theorem}",
            r"\begin{theorem}",
            *body,
            r"\end{theorem}",
            r"\begin{proof}",
            *facts,
            r"\end{proof}",
        ]
    return "\n".join(lines) + "\n"


def _assumptions(theorem: CheckedTheorem) -> list[str]:
    if not theorem.assumptions:
        return []
    lines = ["Assume, what the kernel could not check:", r"\begin{enumerate}"]
    for entry in theorem.assumptions:
        kind, origin, text = (tex.escape(entry[key]) for key in ("kind", "origin", "text"))
        lines.append(rf"  \item ({kind}, {origin}) {text}")
    return [*lines, r"\end{enumerate}"]


def _networks(statement: Decoded) -> list[str]:
    names = _letters(statement)
    return [
        line
        for name, layers in zip(names, statement.networks, strict=True)
        for line in network_lines(name, layers, alone=len(names) == 1)
    ]


def _letters(statement: Decoded) -> tuple[str, ...]:
    few = statement.total <= 3
    return tuple("fgh"[place] if few else f"f^{{({place + 1})}}" for place in statement.places)


def _inputs(size: int) -> tuple[str, ...]:
    return ("x",) if size == 1 else tuple(f"x_{{{j}}}" for j in range(size))


def _outputs(statement: Decoded) -> tuple[str, ...]:
    return tuple(
        f"{name}(x)" if size == 1 else f"{_indexed(name, i)}(x)"
        for name, size in zip(_letters(statement), statement.output_sizes, strict=True)
        for i in range(size)
    )


def _indexed(name: str, index: int) -> str:
    return f"{name}_{{{index}}}"


def _statement(statement: Decoded) -> list[str]:
    if statement.kind != "all":
        return _single(statement)
    lines = ["Then all of the following holds.", r"\begin{enumerate}"]
    for part in statement.parts:
        first, *rest = _single(part)
        first = "The value at one point is" if first == "Then" else first
        first = first.removeprefix("Then ").removeprefix("Then, ")
        lines += [rf"  \item {first[:1].upper()}{first[1:]}", *rest]
    return [*lines, r"\end{enumerate}"]


def _single(statement: Decoded) -> list[str]:
    names, outputs = _inputs(statement.input_size), _outputs(statement)
    letter = _letters(statement)[0]
    match statement.kind:
        case "value":
            at = tex.point(statement.point or ())
            at = at if at.startswith("(") else f"({at})"
            return ["Then", *tex.shown([f"{letter}{at} = {tex.point(statement.stated)}"], ".")]
        case "always":
            return [f"Then for all {_where(statement, names)}", *tex.shown(_clauses(statement, names, outputs), ".")]
        case "holds":
            return [
                f"Then some {_where(statement, names)} satisfies",
                *tex.shown(_clauses(statement, names, outputs), "."),
            ]
        case "fails":
            denied = _clauses(statement, names, outputs)
            what = "violates" if len(denied) == 1 else "violates at least one of"
            return [f"Then some {_where(statement, names)} {what}", *tex.shown(denied, ".")]
        case "equal":
            first, second = _letters(statement)
            return [f"Then for all {_where(statement, names)}", *tex.shown([f"{first}(x) = {second}(x)"], ".")]
        case "cells":
            count = tex.number(statement.stated[0])
            patterns = f"exactly ${count}$ activation patterns of ${letter}$ are taken on sets with interior"
            return [f"Then, for {_where(statement, names)}, {patterns}."]
        case "linear-regions":
            count = tex.number(statement.stated[0])
            return [f"Then, for {_where(statement, names)}, ${letter}$ has exactly ${count}$ linear regions."]
        case "lipschitz" | "monotone" | "orientation" | "integral":
            return other_statement(statement, letter, outputs, _where(statement, names), names)
        case _:
            return _error(statement, names, outputs)


def _where(statement: Decoded, names: tuple[str, ...]) -> str:
    domain = statement.domain
    if domain is None:
        return "$x$"
    text = rf"$x \in {tex.sides(domain)}$"
    if not domain.halfspaces:
        return text
    shown = [f"${tex.halfspace(half, names)}$" for half in domain.halfspaces[:MOST_CLAUSES]]
    left_out = len(domain.halfspaces) - len(shown)
    more = f" (and {left_out} further constraints, which the certificate states)" if left_out else ""
    return f"{text} with {', '.join(shown)}{more}"


def _clauses(statement: Decoded, names: tuple[str, ...], outputs: tuple[str, ...]) -> list[str]:
    alone = len(statement.clauses) == 1
    texts = [tex.clause(atoms, names, outputs, alone) for atoms in statement.clauses[:MOST_CLAUSES]]
    left_out = len(statement.clauses) - len(texts)
    if left_out:
        texts.append(rf"\text{{and {left_out} further clauses, which the certificate states}}")
    return texts or [r"\text{true}"]


def _error(statement: Decoded, names: tuple[str, ...], outputs: tuple[str, ...]) -> list[str]:
    gaps = []
    for output, target in zip(outputs, statement.targets, strict=True):
        text = tex.polynomial(target, names)
        text = text if len(target.coefficients) < 2 and not text.startswith("-") else rf"\bigl({text}\bigr)"
        gaps.append(rf"\lvert {output} - {text} \rvert")
    bound = tex.number(statement.stated[0])
    if statement.kind == "sup-error-at-most":
        return [f"Then for all {_where(statement, names)}", *tex.shown([rf"{gap} \le {bound}" for gap in gaps], ".")]
    gap = gaps[0] if len(gaps) == 1 else rf"\max\bigl({', '.join(gaps)}\bigr)"
    return [f"Then, over all {_where(statement, names)},", *tex.shown([rf"\max_{{x}} {gap} = {bound}"], ".")]


def _facts(theorem: CheckedTheorem) -> list[str]:
    trust = "the kernel and nothing else is trusted"
    if theorem.assumptions:
        trust = f"the kernel and the assumption{'s' if len(theorem.assumptions) > 1 else ''} are trusted"
    return [
        f"The kernel of verinet checked a certificate ({evidence_text(theorem)}); {trust}.",
        r"SHA-256 of the statement and of its networks:\\",
        rf"{{\footnotesize\texttt{{{theorem.hash}}}}}\\",
        rf"{{\footnotesize\texttt{{{theorem.networks_hash}}}}}",
    ]
