"""The kernel's check of an integral within a budget: what it will take, foreseen; and step by step, so that it can end.

The kernel knows no budget, and one simplex under a high power may keep it for minutes.  It multiplies polynomials term
by term in barycentric coordinates and keeps zeros, so the number of its products is known from degrees alone, and
what one of them takes is measured on numbers of the size that is to be expected.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb

from verinet import kernel
from verinet.claims.verdicts import Certificate
from verinet.errors import BudgetExhausted
from verinet.work import Budget, keep_going

#: Seconds that the check of a proof found within the budget may take beyond it.
GRACE = 1.0
#: Measurements of which the fastest counts: others may wait for the machine.
TRIALS = 3
#: Fewer products are not worth a measurement; they take this long each, roughly.
FEW = 500
QUICK = 5e-6
#: A number with which arithmetic is as quick as it gets.
SHORT = Fraction(1, 3)

Part = tuple[int, int]  # degree and number of terms of a homogeneous polynomial


@dataclass(slots=True)
class Foreseen:
    """The seconds that the kernel will need for the simplices found so far, against what the budget leaves."""

    budget: Budget
    seconds: float = 0.0

    def add(self, products: int, first: Fraction = SHORT, second: Fraction = SHORT) -> float:
        """Count products of numbers as long as these two; return their seconds, 0 without a limit.

        Raises
        ------
        BudgetExhausted
            If the check would outlive the budget.
        """
        left = self.budget.left()
        if left is None:
            return 0.0
        seconds = products * (QUICK if products < FEW else pace(first, second))
        self.seconds += seconds
        if self.seconds > max(left, 0.0) + GRACE:
            raise too_long(self.budget, left, self.seconds)
        return seconds


def too_long(budget: Budget, left: float, seconds: float) -> BudgetExhausted:
    """The budget will not do, and this is known in advance."""
    return BudgetExhausted(
        f"the budget of {budget.seconds:g} seconds does not suffice: the kernel's check alone needs about "
        f"{seconds:.2g} seconds or more, and {max(left, 0.0):.2g} are left",
        fix="give a larger budget",
    )


def pace(first: Fraction, second: Fraction) -> float:
    """Seconds that the kernel takes for one product of these numbers and its sum with others, on this machine."""
    rows = kernel.unit_rows(3)
    many: kernel.Polynomial = dict.fromkeys(rows, first)
    few: kernel.Polynomial = dict.fromkeys(rows, second)
    fastest = float("inf")
    for _ in range(TRIALS):
        start = time.perf_counter()
        kernel.product(many, few, "")
        fastest = min(fastest, time.perf_counter() - start)
    return fastest / (len(many) * len(few))


def expansion(terms: Sequence[Sequence[int]], parts: Sequence[Part], size: int) -> tuple[int, int]:
    """Products by which the kernel inserts homogeneous polynomials into terms with these exponents, and the degree.

    Raises
    ------
    BudgetExhausted
        If a product of two polynomials has more products of terms than the kernel allows.

    Examples
    --------
    >>> expansion([(2,)], [(1, 2)], 2)  # (a l_0 + b l_1)^2: 1 * 2 products, then 2 * 2
    (6, 2)
    """
    own = [sum(e * degree for e, (degree, _) in zip(exponents, parts, strict=True)) for exponents in terms]
    degree, total = max(own, default=0), 0
    for exponents, reached in zip(terms, own, strict=True):
        keep_going()
        total += _chain([((1, size), degree - reached), *zip(parts, exponents, strict=True)], size)
    return total, degree


def powers(base: int, power: int, size: int) -> int:
    """Products by which the kernel raises a homogeneous polynomial of that degree to a power; raises as `expansion`."""
    return _chain([((base, monomials(base, size)), power)], size)


def monomials(degree: int, size: int) -> int:
    """How many monomials of this degree there are in so many variables."""
    return comb(degree + size - 1, size - 1)


def _chain(factors: Sequence[tuple[Part, int]], size: int) -> int:
    """Products of terms in a product that is multiplied by each factor so often, one by one."""
    total, reached = 0, 0
    for (degree, width), times in factors:
        if not times:
            continue
        if not width:
            break  # the kernel multiplies on, but nothing is left
        _check_largest(width * monomials(reached + (times - 1) * degree, size))
        if degree == 1:  # the sum of C(k + size - 1, size - 1) over the degrees passed through
            passed = comb(reached + times + size - 1, size) - comb(reached + size - 1, size)
        else:
            passed = sum(monomials(reached + k * degree, size) for k in range(times))
        total += width * passed
        reached += times * degree
    return total


def _check_largest(products: int) -> None:
    if products > kernel.MAX_TERMS:
        raise BudgetExhausted(
            f"the kernel multiplies two polynomials by at most {kernel.MAX_TERMS} products of terms, "
            f"and here it would take {products}",
            fix="take a smaller power, or an integrand of lower degree",
        )


def stepwise(certificate: Certificate) -> Iterator[str]:
    """The certificate with one step a line; the budget that the check stands under is looked at before each."""
    evidence = certificate.data["evidence"]
    rest = {key: value for key, value in evidence.items() if key != "steps"}
    line = json.dumps({**certificate.data, "evidence": rest}, sort_keys=True, separators=(",", ":"))
    yield line + "\n"
    for step in evidence["steps"]:
        keep_going()
        link = hashlib.sha256(line.encode()).hexdigest()
        line = json.dumps([link, step], separators=(",", ":"))
        yield line + "\n"
