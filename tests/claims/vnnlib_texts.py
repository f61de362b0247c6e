"""Random VNN-LIB formulas as text, and what they mean, told by Python's own recursion."""

from __future__ import annotations

from fractions import Fraction as F
from typing import Any

from hypothesis import strategies as st


def conditions_on(sums: st.SearchStrategy[str], relations: list[str], most: int) -> st.SearchStrategy[str]:
    """Comparisons of sums, joined by and, or."""
    return st.recursive(
        st.builds("({} {} {})".format, st.sampled_from(relations), sums, sums),
        lambda inner: st.builds(
            lambda op, parts: f"({op} {' '.join(parts)})",
            st.sampled_from(["and", "or"]), st.lists(inner, min_size=1, max_size=3),
        ),
        max_leaves=most,
    )  # fmt: skip


def by_python(expression: Any, values: dict[str, F]) -> Any:
    """The meaning of an expression, a third time: by Python's own recursion."""
    if isinstance(expression, str):
        return values[expression] if expression in values else F(expression)
    head, parts = expression[0], [by_python(part, values) for part in expression[1:]]
    if head in ("and", "or"):
        return all(parts) if head == "and" else any(parts)
    if head in ("+", "*"):
        result = parts[0]
        for part in parts[1:]:
            result = result + part if head == "+" else result * part
        return result
    if head == "-":
        return parts[0] - sum(parts[1:]) if len(parts) > 1 else -parts[0]
    a, b = parts
    return {"<=": a <= b, ">=": a >= b, "<": a < b, ">": a > b, "=": a == b, "==": a == b, "!=": a != b}[head]
