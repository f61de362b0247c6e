"""Printing: checked theorems, as text and as LaTeX.  Nothing is printed here that the kernel has not accepted."""

from __future__ import annotations

from verinet.report.checked import CheckedTheorem, check
from verinet.report.latex_theorem import latex
from verinet.report.text import statement_text, theorem_text

__all__ = ["CheckedTheorem", "check", "latex", "statement_text", "theorem_text"]
