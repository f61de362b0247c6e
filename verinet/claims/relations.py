"""Relations as they are spelled in files and claims, and the formulas they mean."""

from __future__ import annotations

from verinet.claims.formulas import Affine, Formula, any_of, equals


def compared(relation: str, left: Affine, right: Affine) -> Formula:
    """The formula of ``left relation right``: <=, >=, <, > or !=; every other word is equality.

    Guarantee: exact.

    Examples
    --------
    >>> x = Affine.of_input(0)
    >>> compared("<", x, Affine.of_output(0)) == (x < Affine.of_output(0))
    True
    """
    match relation:
        case "<=":
            return left <= right
        case ">=":
            return left >= right
        case "<":
            return left < right
        case ">":
            return left > right
        case "!=":
            return any_of(left < right, left > right)
        case _:
            return equals(left, right)
