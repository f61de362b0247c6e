"""Width max{dx, dy} is not enough in the supremum norm: explicit functions, and the error 1/2.

Statement.  Let dx and dy be n = 1, 2, 3 or 4, and dy <= 2 dx.  Let g be a network from R^dx to R^dy, of any depth,
whose hidden layers have at most max{dx, dy} neurons with continuous monotone activations (they may differ).  Then max
|f(x) - g(x)| >= 1/2 in the maximum norm over the cube, for f(x) = (|x|_inf, 0, ..., 0) on [-1, 1]^dx if dy <= dx, and
for the function f on [0, 1]^dx below if dy > dx (`inputs_dx_outputs_dy`).  If dy <= dx, the constant 1/2 attains the
bound (`constant_dx`).

Notation.  If dy > dx, f(x) = (6 x_1 - 1, 2 x_2 - 1, ..., 2 x_dx - 1, 0, ..., 0) where x_1 <= 1/3, and f(x) = (0, ...,
0, 5 - 6 x_1, 2 x_2 - 1, ..., 2 x_(dy-dx) - 1) where x_1 >= 2/3; in between f is some continuous function.  The lower
bound max{dx, dy} + 1 is the paper's; the functions, the constant 1/2 and the two lemmas are derived.

Method.  The kernel checks the values of f: 0 at the centre and 1 on the boundary of the cube, or those at its two ends.
That no narrow network can be near such values is a lemma, the same for all networks: they are limits of networks whose
layers are homeomorphisms, and along the preimage of a ray the output descends to the boundary; or they are limits of
injective maps, and whatever is near f at both ends takes some value twice.

References.  rochau2024 (lower bound for uniform approximation).

Tags.  minimal width, lower bound, all weights, all depths, maximum norm.
"""

from __future__ import annotations

from collections.abc import Iterator

import verinet as vn
from verinet import Q
from verinet.claims import all_of, always, inputs, outputs
from verinet.claims.induction import Conclusion, concluded, lemma
from verinet.claims.wording import domain_text
from verinet.theorems import Instance, theorem
from verinet.theory.minimal_width.lower_bound import domain, hard_target

half, third = Q("1/2"), Q("1/3")

# %% The two lemmas
descent = lemma(
    "let g have n inputs, one output, and hidden layers of at most n neurons with continuous monotone activations; "
    "then g(x) <= g(0) for some x of the boundary of [-1,1]^n, so |g - f| < 1/2 does not hold if f(0) = 0 and f = 1 on "
    "the boundary.  Proof: uniformly on the cube, g is a limit of networks with n neurons a layer, invertible matrices "
    "and strictly monotone unbounded activations, whose layers together are a homeomorphism h of R^n; they are c.h(x) "
    "+ d.  If c = 0, all values are equal; else the points x with h(x) = h(0) - t c, t >= 0, are an unbounded curve "
    "from 0 on which c.h(x) + d does not ascend, and it meets the boundary.  A limit of such points is one for g"
)
crossing = lemma(
    "let g have n inputs, m outputs, n < m <= 2 n, and hidden layers of at most m neurons with continuous monotone "
    "activations, and let f be (s, 0) at points a(s), s in [-1,1]^n, and (0, t) at other points b(t), t in "
    "[-1,1]^(m-n), a and b continuous; then |g - f| < 1/2 in the maximum norm does not hold.  Proof: it would hold of "
    "a network near by, too, with m neurons a layer, strictly monotone activations and invertible matrices, the first "
    "one injective: an injective map.  The components of g(a(s)) - g(b(t)) have opposite signs on opposite faces of "
    "[-1,1]^m, so by the theorem of Poincare and Miranda they vanish together, and g(a(s)) = g(b(t))"
)


# %% The values of f
def on_the_norm(dx: int, dy: int) -> Conclusion:
    """0 at the centre, 1 on the boundary."""
    f = hard_target(dx, dy)
    (y, *_), sides = outputs(f), [(-1, 1)] * dx
    parts = {"centre": always(f, y <= 0, vn.box([0, 0], dimension=dx))}
    for j in range(dx):
        for end in (-1, 1):
            facet = vn.box(*sides[:j], (end, end), *sides[j + 1 :])
            parts[f"x_{j} = {end}"] = always(f, y >= 1, facet)
    where = f"for some x of {domain_text(domain(dx, dy))}"
    text = f"networks {dx}-...-{dy}, widths at most {dx}: |g_0(x) - max |x_i|| >= 1/2 {where}"
    return concluded(f"{text}, any depth, continuous monotone activations", parts, descent)


def on_the_crossing(dx: int, dy: int) -> Conclusion:
    """(s, 0) at the one end, (0, t) at the other."""
    f = hard_target(dx, dy)
    x, y = inputs(dx), outputs(f)
    further = [2 * entry - 1 for entry in x[1:]]
    first = [6 * x[0] - 1, *further, *[0] * (dy - dx)]
    last = [*[0] * dx, 5 - 6 * x[0], *further[: dy - dx - 1]]
    side = [(0, 1)] * (dx - 1)

    def are(wanted: list[object]) -> object:
        return all_of(*(sign for a, b in zip(y, wanted, strict=True) for sign in (a - b <= 0, a - b >= 0)))

    parts = {
        "first end": always(f, are(first), vn.box((0, third), *side)),
        "last end": always(f, are(last), vn.box((2 * third, 1), *side)),
    }
    text = (
        f"networks {dx}-...-{dy}, widths at most {dy}: |g(x) - f(x)| >= 1/2 for some x of {domain_text(domain(dx, dy))}"
    )
    return concluded(f"{text}, any depth, continuous monotone activations", parts, crossing)


# %% The claims
@theorem(scope="instances", source="derived")
def lower_bound_sup_error_ge() -> Iterator[Instance]:
    for dx in range(1, 5):
        for dy in range(1, min(4, 2 * dx) + 1):
            claim = on_the_norm(dx, dy) if dy <= dx else on_the_crossing(dx, dy)
            yield Instance(f"inputs_{dx}_outputs_{dy}", claim)
    for dx in range(1, 5):
        y = outputs(hard_target(dx, 1))[0]
        near = all_of(y - half <= half, half - y <= half)
        yield Instance(f"constant_{dx}", always(hard_target(dx, 1), near, domain(dx, 1)))


# %% Prove it now
if __name__ == "__main__":
    for instance in lower_bound_sup_error_ge.claims():
        print(vn.prove(instance.claim))
