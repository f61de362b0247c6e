"""When the last neurons lie along one direction, two ReLUs along it may still miss the linear part.

Statement.  In print (arXiv 2304.10524, Lemma 10, own words): if all neurons that remain have directions within eps'
of one line, two ReLUs with directions +-u are within poly(d, R) (eps' + xi') of the residual in L^2(N(0, I)).  The
linear part is left out: f = 2 relu(x_1) + 2 relu(x_2) less the learned neuron |x_2| is r = |x_1| + x_1 + x_2, with
eps' = xi' = 0; and every mu_1 relu(u.x) + mu_2 relu(-u.x), |u| = 1, has E (r - ..)^2 >= 3/10, while E r^2 = 3.
Corrected: w.x + c |u.x| with w = E y x, which takes two ReLUs more, as in chennarayanan2023.

Notation.  f is the sum of two orthogonal neurons; removing lam |u.x| never removes a part of w = sum lam_i u_i.

Method.  `residual`: f - |x_2| is r.  `two_neurons`: r is no constant plus two ReLU neurons at all, along whatever
directions.  `error`: with u = (cos t, sin t) the two ReLUs are a |u.x| + b u.x. Even and odd parts are orthogonal, so
the squared error is at least (1 - k(t)^2) + (2 - (cos t + sin t)^2) = 2 - s(t), s(t) = sin 2t + k(t)^2, for 0 <= t <=
pi/2, where k(t) = E |x_1| |u.x| = (2/pi) (sin t + (pi/2 - t) cos t); for pi/2 <= t <= pi it is at least 1, and u and
-u give the same functions.  The certificate states 0 <= s <= 17/10 for 0 <= t <= 11/7, the input being t; the least
value of 2 - s is 0.31000 (numeric).  `corrected`: the four ReLUs relu(x_1 + x_2) - relu(-x_1 - x_2) + relu(x_1) +
relu(-x_1) are r.

References.  chen2023 (Lemma 10); chennarayanan2023.

Tags.  counterexample, linear part, ReLU, Gaussian, narrow learning.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import sympy

import verinet as vn
from verinet.claims import not_two_neurons
from verinet.theorems import Instance, theorem

# %% The networks
x, y = vn.variables("x", 2)
left = vn.network((x, y), 2 * vn.relu(x) + 2 * vn.relu(y) - vn.abs_(y))
residual = vn.network((x, y), vn.abs_(x) + x + y)
four = vn.network((x, y), vn.relu(x + y) - vn.relu(-x - y) + vn.relu(x) + vn.relu(-x))
plane = vn.Polyhedron((None, None), (None, None))

# %% What the error is at least: 2 - s(t), and |s - 17/20| <= 17/20 up to 11/7 > pi/2
t = sympy.Symbol("t")
kernel = 2 / sympy.pi * (sympy.sin(t) + (sympy.pi / 2 - t) * sympy.cos(t))
gain = sympy.sin(2 * t) + kernel**2
half = Fraction(17, 20)
angle = vn.variable("t")
constant = vn.network(angle, 0 * angle + half)


# %% The claims
@theorem(scope="single", source="derived")
def single_direction_misses_linear_part() -> Iterator[Instance]:
    yield Instance("residual", vn.claims.equal(left, residual, plane))
    yield Instance("two_neurons", not_two_neurons(residual, (0, 1), 2, (1, 0), ((0, 0), (0, 1))))
    yield Instance("error", vn.claims.sup_error(constant, gain, vn.interval(0, Fraction(11, 7))) <= half)
    yield Instance("corrected", vn.claims.equal(four, residual, plane))


# %% Prove it now
if __name__ == "__main__":
    for instance in single_direction_misses_linear_part.claims():
        print(vn.prove(instance.claim))
