"""``verinet show`` and ``verinet explain``: the theorem of a certificate, or its proof; checked first."""

from __future__ import annotations

from typing import cast, get_args

from verinet.cli.networks import located
from verinet.cli.outcome import DONE, Outcome
from verinet.errors import Unsupported
from verinet.report import check, latex, theorem_text
from verinet.report.latex_theorem import Style


def show(path: str, as_latex: bool, as_text: bool, style: str) -> Outcome:
    """Check and print.

    Raises
    ------
    CertificateRejected
        If the kernel refuses it: nothing is shown of it.
    Unsupported
        For both forms at once, or an unknown style.
    """
    if as_latex and as_text:
        raise Unsupported("show prints one form, got --latex and --text", fix="choose one of them")
    if style not in get_args(Style):
        raise Unsupported(f"show knows no style {style[:40]!r}", fix=f"choose one of {', '.join(get_args(Style))}")
    with located(path):
        theorem = check(path)
    text = latex(theorem, cast(Style, style)).rstrip("\n") if as_latex else theorem_text(theorem)
    form = "latex" if as_latex else "text"
    return Outcome(DONE, (text,), {"path": path, "form": form, "text": text, **theorem.to_json()})


def explained(path: str, depth: int | None, leaves: bool) -> Outcome:
    """``verinet explain``: the tree of a certificate, checked first, as text.

    Raises
    ------
    CertificateRejected
        If the kernel refuses it: nothing of it is explained.
    Unsupported
        For a negative depth.
    """
    from verinet.report.explanation import explain

    if depth is not None and depth < 0:
        raise Unsupported(f"--depth counts divisions, got {depth}", fix="write --depth 3")
    with located(path):
        lines = explain(path, depth, leaves)
    return Outcome(DONE, lines, {"path": path, "lines": list(lines)})
