"""Conjunctive and disjunctive normal forms of formulas, and their sizes before they are made."""

from __future__ import annotations

from itertools import chain, product

from verinet.claims.formulas import AllOf, AnyOf, Clauses, Formula, fold
from verinet.errors import Unsupported

#: Most atoms that a normal form may have.
MOST_ATOMS = 100_000


def clauses(formula: Formula, most: int = MOST_ATOMS) -> Clauses:
    """Return the conjunctive normal form: a tuple of clauses, every one of which needs a true atom.

    Guarantee: exact (equivalent at every point).

    Raises
    ------
    Unsupported
        If the normal form would have more than `most` atoms; its size is counted before it is built.

    Examples
    --------
    >>> from verinet.claims.formulas import Affine, all_of, any_of
    >>> x = Affine.of_input(0)
    >>> clauses(any_of(all_of(x >= 0, x <= 1), x >= 2)) == ((x >= 0, x >= 2), (x <= 1, x >= 2))
    True
    """
    return _normal_form(formula, AllOf, most)


def disjuncts(formula: Formula, most: int = MOST_ATOMS) -> Clauses:
    """Return the disjunctive normal form: a tuple of conjunctions of atoms.

    Guarantee: exact (equivalent at every point).

    Raises
    ------
    Unsupported
        If the normal form would have more than `most` atoms; its size is counted before it is built.

    Examples
    --------
    >>> from verinet.claims.formulas import Affine, all_of, any_of
    >>> x = Affine.of_input(0)
    >>> disjuncts(any_of(all_of(x >= 0, x <= 1), x >= 2)) == ((x >= 0, x <= 1), (x >= 2,))
    True
    """
    return _normal_form(formula, AnyOf, most)


def size(formula: Formula, outer: type[AllOf] | type[AnyOf]) -> tuple[int, int]:
    """Return (rows, atoms) of the normal form whose outer connective is `outer`, without building it.

    Guarantee: exact.

    Examples
    --------
    >>> from verinet.claims.formulas import Affine, all_of, any_of
    >>> x = Affine.of_input(0)
    >>> size(any_of(all_of(x >= 0, x <= 1), x >= 2), AllOf)
    (2, 4)
    """

    def add(parts: list[tuple[int, int]]) -> tuple[int, int]:
        return sum(rows for rows, _ in parts), sum(atoms for _, atoms in parts)

    def multiply(parts: list[tuple[int, int]]) -> tuple[int, int]:
        rows, atoms = 1, 0
        for more_rows, more_atoms in parts:
            rows, atoms = rows * more_rows, atoms * more_rows + more_atoms * rows
            # beyond the cap only the fact matters; keep the integers small
            rows, atoms = min(rows, 1 << 60), min(atoms, 1 << 60)
        return rows, atoms

    same, other = (add, multiply) if outer is AllOf else (multiply, add)
    return fold(formula, atom=lambda _: (1, 1), conjunction=same, disjunction=other)


def _normal_form(formula: Formula, outer: type[AllOf] | type[AnyOf], most: int) -> Clauses:
    """The rows of the normal form whose outer connective is `outer`."""
    _refuse_large(formula, outer, most)
    same, other = (_union, _product) if outer is AllOf else (_product, _union)
    return fold(formula, atom=lambda atom: ((atom,),), conjunction=same, disjunction=other)


def _union(parts: list[Clauses]) -> Clauses:
    return tuple(dict.fromkeys(row for part in parts for row in part))


def _product(parts: list[Clauses]) -> Clauses:
    rows = (tuple(dict.fromkeys(chain.from_iterable(choice))) for choice in product(*parts))
    return tuple(dict.fromkeys(rows))


def _refuse_large(formula: Formula, outer: type[AllOf] | type[AnyOf], most: int) -> None:
    rows, atoms = size(formula, outer)
    if atoms > most:
        form = "conjunctive" if outer is AllOf else "disjunctive"
        raise Unsupported(
            f"the {form} normal form of this formula has {rows} parts and {atoms} atoms, more than {most}",
            fix="split the claim into several claims, one for each part",
        )
