r"""One hidden layer of powers is a polynomial, exactly.

Every polynomial of degree R in d variables is a network with one hidden layer on the unit cube: the paper's
(Beknazaryan 2022 [beknazaryan2022]).  Summaries of it state the width as ``2 (R + d)^d`` or as ``d + 1 + sum_(r=2..R)
b_r (b_r + 1)``, b_r = binomial(r + d - 1, d - 1); the paper itself was not read.  The weights here are derived, and the
width ``1 + d + sum_(r=2..R) b_r`` is not above either:

.. math:: p(x) = \sum_{a \in N^d, |a| \le R} c_a \, \mathrm{relu}(1 + a \cdot x)^R \qquad (x \ge 0),

with ``binomial(R + d, d)`` neurons.  Since ``1 + a . x >= 1`` the rectified power is the power; its coefficient
of x^alpha is ``multinomial(R; alpha) a^alpha``, and the c_a solve a linear system that has one solution, since the
principal lattice of degree R is unisolvent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import reduce
from math import comb, factorial, prod

from flint import fmpq, fmpq_mat, fmpz_mat

from verinet.claims.builders import sup_error
from verinet.claims.targets import Exponents, Polynomial
from verinet.errors import BudgetExhausted, Unsupported
from verinet.networks.activations import LARGEST_POWER, RELU, activation
from verinet.theory.construction import Construction, Part
from verinet.theory.minimal_width.channels import Channels, Unit
from verinet.theory.minimal_width.functions import Box, box_domain, read_box, read_targets
from verinet.work import keep_going

__all__ = ["lattice", "ridge_coefficients", "shallow_polynomial"]

#: Neurons of the hidden layer, and unknowns of the system.
MOST_NEURONS = 512


def shallow_polynomial(targets: object, *, inputs: int, domain: object = None) -> Construction:
    r"""A network with one hidden layer of rectified powers that is equal to polynomials on a box.

    .. math:: \mathrm{net}_k(x) = p_k(x) \text{ for all } x \text{ with } x_j \ge low_j

    Parameters
    ----------
    targets : polynomial, or a list with one for every output
        Their largest degree is the exponent R.
    inputs : int
        d.
    domain : Polyhedron or intervals, optional
        A box; the unit cube by default.  The equality holds above its lower corner, too.

    Raises
    ------
    Unsupported
        If a target is no polynomial, or R is above 64.
    BudgetExhausted
        If more than 512 neurons may be needed.

    Notes
    -----
    Width at most ``binomial(R + d, d)``; no hidden layer for constants.  Mark: that there is such a network, of larger
    width, is the paper's (which activation it has was not looked up), weights and width are derived.

    Guarantee: exact.

    Source: [beknazaryan2022].

    Examples
    --------
    >>> made = shallow_polynomial({(1, 1): 1}, inputs=2)
    >>> made.network.width, made.network.depth, made.network("1/2", "1/3")
    (4, 1, (Fraction(1, 6),))
    >>> print(made.claim.text())
    |f(x) - x_0*x_1| <= 0 on [0,1]^2
    """
    goal, box = read_targets(targets, inputs), read_box(domain, inputs)
    polynomials = [function.given for function in goal.functions if isinstance(function.given, Polynomial)]
    if len(polynomials) < len(goal):
        raise Unsupported(
            "a shallow network of powers is equal to polynomials only", fix="give polynomials, such as x^2*y - 1/3"
        )
    power = max((sum(exponents) for one in polynomials for _, exponents in one.coefficients), default=0)
    size = comb(power + inputs, inputs)
    if power > LARGEST_POWER:
        raise Unsupported(f"exponents are at most {LARGEST_POWER}, got degree {power}", fix="take a smaller degree")
    if size > MOST_NEURONS:
        raise BudgetExhausted(
            f"degree {power} in {inputs} variables takes up to {size} neurons, the limit is {MOST_NEURONS}",
            fix="take a smaller degree, or fewer variables",
        )
    channels = Channels.of(box)
    _scale(channels, box)
    _append(channels, [moved(one, box) for one in polynomials], power)
    network = channels.network()
    claimed = polynomials[0] if len(polynomials) == 1 else polynomials
    return Construction(
        name="memorization/shallow-polynomial",
        theorem="polynomials with one hidden layer: the paper's; weights and width binomial(R + d, d): derived",
        network=network,
        parts=(Part("powers", network, box),),
        claim=sup_error(network, claimed, box_domain(box)) <= 0,
        error_bound=Fraction(0),
        norm="sup",
        facts={
            "degree": power,
            "neurons": network.size,
            "binomial(R + d, d)": size,
            "paper's width": papers_width(power, inputs),
        },
    )


def papers_width(degree: int, size: int) -> int:
    """The width of the second version of the paper's abstract, ``d + 1 + sum_(r=2..R) b_r (b_r + 1)``.

    Guarantee: exact.

    Examples
    --------
    >>> papers_width(2, 2), papers_width(5, 1)
    (15, 10)
    """
    shares = [comb(r + size - 1, size - 1) for r in range(2, degree + 1)]
    return size + 1 + sum(share * (share + 1) for share in shares)


def lattice(degree: int, size: int) -> Iterator[Exponents]:
    """The vectors of `size` natural numbers with a sum of at most `degree`.

    Guarantee: exact.

    Examples
    --------
    >>> list(lattice(1, 2))
    [(0, 0), (0, 1), (1, 0)]
    """
    if size == 0:
        yield ()
        return
    for first in range(degree + 1):
        for rest in lattice(degree - first, size - 1):
            yield (first, *rest)


def ridge_coefficients(polynomials: Sequence[Polynomial], power: int) -> dict[Exponents, tuple[Fraction, ...]]:
    """The c_a of every polynomial, for those a that one of them uses.

    Guarantee: exact.

    Examples
    --------
    >>> square = Polynomial(1, ((Fraction(1), (2,)),))
    >>> {a: str(c[0]) for a, c in ridge_coefficients([square], 2).items()}
    {(0,): '1/2', (1,): '-1', (2,): '1/2'}
    """
    places = list(lattice(power, polynomials[0].dimension))
    matrix = fmpz_mat([[prod(map(pow, a, alpha)) for a in places] for alpha in places])
    keep_going()
    columns = []
    for one in polynomials:
        known = {exponents: coefficient for coefficient, exponents in one.coefficients}
        columns.append([known.get(alpha, Fraction(0)) / _multinomial(power, alpha) for alpha in places])
    right = fmpq_mat([[fmpq(c.numerator, c.denominator) for c in row] for row in zip(*columns, strict=True)])
    found = fmpq_mat(matrix).solve(right)
    rows = {a: tuple(_fraction(found[k, j]) for j in range(len(columns))) for k, a in enumerate(places)}
    return {a: row for a, row in rows.items() if any(row)}


def moved(polynomial: Polynomial, box: Box) -> Polynomial:
    """The same polynomial in coordinates u of [0, 1], ``x_j = low_j + (high_j - low_j) u_j``.

    Guarantee: exact.

    Examples
    --------
    >>> moved(Polynomial(1, ((Fraction(1), (2,)),)), ((Fraction(-1), Fraction(1)),)).value((Fraction(3, 4),))
    Fraction(1, 4)
    """
    size = polynomial.dimension
    one = Polynomial(size, ((Fraction(1), (0,) * size),))
    total = Polynomial(size, ())
    for coefficient, exponents in polynomial.coefficients:
        keep_going()
        factors = [
            (Polynomial.variable(j, size) * (high - low) + one * low) ** exponents[j]
            for j, (low, high) in enumerate(box)
            if exponents[j]
        ]
        total = total + reduce(lambda a, b: a * b, factors, one) * coefficient
    return total


def _scale(channels: Channels, box: Box) -> None:
    rows = []
    for j, (low, high) in enumerate(box):
        factor = 1 / (high - low)
        rows.append((-low * factor, *(factor * int(k == j) for k in range(len(box)))))
    channels.affine(rows, [(Fraction(0), Fraction(1))] * len(box))


def _append(channels: Channels, polynomials: Sequence[Polynomial], power: int) -> None:
    """The one hidden layer; none for constants."""
    zero, size = Fraction(0), polynomials[0].dimension
    found = ridge_coefficients(polynomials, power)
    if power == 0 or not found:
        constants = next(iter(found.values()), (zero,) * len(polynomials))
        channels.affine([(constant,) + (zero,) * size for constant in constants])
        return
    kind = RELU if power == 1 else activation("repu", power)
    units: list[Unit] = [((Fraction(1), *map(Fraction, a)), kind) for a in found]
    forms = [(zero, *(row[j] for row in found.values())) for j in range(len(polynomials))]
    reach = [(zero, sum((abs(row[j]) for row in found.values()), start=zero)) for j in range(len(polynomials))]
    channels.layer(units, forms, [(-high * (power + 1) ** power, high * (power + 1) ** power) for _, high in reach])


def _multinomial(power: int, alpha: Exponents) -> int:
    return factorial(power) // (prod(map(factorial, alpha)) * factorial(power - sum(alpha)))


def _fraction(value: fmpq) -> Fraction:
    return Fraction(int(value.p), int(value.q))
