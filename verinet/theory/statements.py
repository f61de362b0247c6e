r"""What the theorems behind the constructions state, and the formulas of their layers, as LaTeX for pages.

``@resolution@``, ``@alpha@``, ... stand for the numbers of an instance.  Where a statement is a paper's and the
formulas are derived, both are said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from verinet.errors import Unsupported
from verinet.theory.barron.wordings import BARRON
from verinet.theory.narrow_learning.wordings import NARROW_LEARNING
from verinet.theory.wordings import Wording

__all__ = ["WORDINGS", "Wording", "wording"]

_TOKEN = re.compile(r"@([a-z_]+)@")


_DENSE = (
    r"For every compact $K \subset \mathbb{{R}}^{{d_x}}$, every $1 \le p < \infty$, every $f \in "
    r"L^p(K, \mathbb{{R}}^{{d_y}})$ and every $\varepsilon > 0$ there is a network of width {width} {kind} "
    r"with $\lVert f - \Phi \rVert_{{L^p(K)}} \le \varepsilon$."
)
_UNIFORM = (
    r"For every compact $K \subset \mathbb{{R}}^{{d_x}}$, every continuous $f \colon K \to \mathbb{{R}}^{{d_y}}$ "
    r"and every $\varepsilon > 0$ there is a network of width {width} {kind} with "
    r"$\sup_K \lvert f - \Phi \rvert \le \varepsilon$."
)
_MARK = " The statement is the paper's; the layers below are derived, and exact for rational numbers."
_MARK_STEPPED = (
    " That such networks are dense is the paper's, which width goes with which of its sets is read into it; the layers "
    "below are derived, and exact for rational numbers."
)
_LEAKY = r"$\sigma(z) = z$ for $z \ge 0$, $\sigma(z) = @alpha@\, z$ for $z < 0$"
_STEPPED = r"$S(z) = z + s$ for $z \ge 0$, $S(z) = @alpha@\, z$ for $z < 0$"
_STAIRS = (
    r"Staircase with $N = @resolution@$ flats an input: the right slope at a break $b$ is divided by $@alpha@$ with "
    r"$x \mapsto b + \sigma(x - b)/@alpha@$ and multiplied by it with $x \mapsto b - \sigma(b - x)$, $m$ times each "
    r"at both ends of a riser: $2 (N - 1) m$ layers."
)
_CODE = r"One real number: $t = \sum_j N^{j-1} x_j$, a layer of width 1. On cell $i$, $t \in [i, i + \tfrac{1}{2}]$."
_HINGE = (
    r"Step function of $t$ by hinges: $t' = b + \sigma(t - b)/@alpha@$ (or $b - \sigma(b - t)$) and $y' = (y - "
    r"\lambda t) + \lambda t'$ with $\lambda = \kappa / (@alpha@^{\mp 1} - 1)$ give $y' = y + \kappa (t - b)^+$; "
    r"two hinges a change of value, and the output is exactly constant on the codes of a cell."
)
_PASSED = r"A channel that passes a layer is $\sigma(x - l) + l$ with a certified lower end $l$."
_JUMP = (
    r"Jump by $D$ at $c$, exactly, in two layers: $u = c + S(\mu_1 (x - c))/\mu_1$ with $\mu_1 = 2 s / (@alpha@ D)$, "
    r"then $-S(\mu_2 (b - u))/(@alpha@\,\mu_2)$ and a constant, with $b = c + @alpha@ D / 4$ in the gap that the "
    r"first layer opened, and $\mu_2 = s / (@alpha@ r)$, $r = D - @alpha@ D/2 - (1 - @alpha@) D / 4$."
)
_RATES = (
    r"For $f \in L^p([0, 1]^d)$, $1 \le p < \infty$, $N \ge 2$ and any $L$ there is a network of width $2 d N + d + 2$ "
    r"whose readouts $\Phi_1, \dots, \Phi_L$, each of a prefix of the layers, satisfy $\lVert f - \Phi_l \rVert_p \le "
    r"(2 d + 1)\, \omega_{f,p}(N^{-l})$. The statement, the width and the kinds of activations (ReLU, two sine "
    r"channels) are the paper's; the layers below are derived."
)
_RAMPS = (
    r"Encoder, $N = @resolution@$: $r^{(t)} = N r - \delta^{-1} \sum_{k=1}^{N-1} ((r - k/N + \delta)^+ - "
    r"(r - k/N)^+)$ with $r = r^{(t-1)}$, $r^{(0)} = x$; outside of the ramps of the levels $1, \dots, l$ the "
    r"number of the cell is $c_l = \sum_i (N^l x_i - r_i^{(l)}) N^{l i}$."
)
_CARRIED = (
    r"One ReLU channel carries $\Phi_{l-1} + B$; the correction is asked for the mean of $f - \Phi_{l-1}$ on the cell, "
    r"so that errors of the decoders do not add up."
)
_FOLD = (
    r"Triangle wave, the distance to the nearest even integer on $[0, 2^k]$, by folds at $2^{k-1}, \dots, 2, 1$: "
    r"$x \mapsto x$ for $x \le b$ and $2 b - x$ beyond, two layers each, the second with the slope $-@alpha@$."
)

WORDINGS: Mapping[str, Wording] = {
    "minimal-width/leaky": Wording(
        _DENSE.format(width=r"$\max\{2, d_x, d_y\}$", kind="with one leaky ReLU") + _MARK,
        (
            f"Every neuron has the activation {_LEAKY}. {_PASSED}",
            _STAIRS,
            _CODE,
            _HINGE,
            "Several outputs are read off one number, digit by digit, by further steps.",
        ),
    ),
    "minimal-width/leaky-pair": Wording(
        _DENSE.format(width=r"$\max\{d_x, d_y\}$", kind=r"with the leaky ReLUs of slopes $\alpha$ and $-\alpha$")
        + _MARK,
        (
            rf"Activations: {_LEAKY}, and the one with $-@alpha@$.",
            _STAIRS + r" Its codes are $2 i + v_i$ up to a small shift, with the values $v_i$ scaled to $(0, 1)$.",
            _FOLD,
            r"For more inputs or outputs $\max\{d_x, d_y\} = \max\{2, d_x, d_y\}$, and one leaky ReLU is enough.",
        ),
    ),
    "minimal-width/stepped": Wording(
        _UNIFORM.format(width=r"$\max\{2, d_x, d_y\}$", kind="with one stepped leaky ReLU") + _MARK_STEPPED,
        (
            rf"Every neuron has the activation {_STEPPED}, $s = @step@$.",
            _JUMP,
            r"Encoder: $N - 1 = @resolution@ - 1$ jumps an input make $\delta z + (1 - \delta) \lfloor z \rfloor$ of "
            r"$z = N x$, in all inputs at once: $2 (N - 1)$ layers. " + _CODE,
            r"Memorizer: $t$ jumps before every code, and $y$ is sheared along: $2 (N^{d_x} - 1)$ layers. The output "
            r"is exactly constant on every half-open cell, and the last cell is closed.",
            "Several outputs are digits of one number, cut off by jumps.",
        ),
    ),
    "minimal-width/stepped-pair": Wording(
        _UNIFORM.format(width=r"$\max\{d_x, d_y\}$", kind="with stepped leaky ReLUs of slopes of both signs")
        + _MARK_STEPPED,
        (
            rf"Activations: {_STEPPED}, $s = @step@$, and the one with $-@alpha@$.",
            _JUMP,
            r"One input and one output: $N - 1 = @resolution@ - 1$ jumps let the channel run through $[2 i, 2 i + 1]$ "
            r"on cell $i$.",
            _FOLD,
            r"For more inputs or outputs the network of one stepped leaky ReLU is taken.",
        ),
    ),
    "minimal-width/autoencoder": Wording(
        r"Networks that factor through one real number: an encoder of width $d_x$, a layer of width 1, and a decoder "
        r"of width $\max\{2, d_y\}$ come as near to every map in $L^p$ as one likes." + _MARK,
        (f"Every neuron has the activation {_LEAKY}.", _STAIRS, _CODE, _HINGE),
    ),
    "minimal-width/floor-squashable": Wording(
        _UNIFORM.format(width=r"$\max\{3, d_x, d_y\}$", kind="with the floor function and one squashable activation")
        + _MARK,
        (
            r"First layer: $k_j = \lfloor N x_j \rfloor$ with $N = @resolution@$.",
            r"$t = \sum_j (N+1)^{j-1} k_j$, and one layer a code adds $v_c - v_{c-1}$ where $t \ge c$, by a step that "
            r"the activation makes: exactly for a piecewise affine one, else up to a certified error.",
        ),
    ),
    "minimal-width/floor": Wording(
        _UNIFORM.format(width=r"$\max\{2, d_x, d_y\}$", kind="whose only activation is the floor function")
        + " This is derived, not the paper's.",
        (
            r"First layer: $k_j = \lfloor N x_j \rfloor$ with $N = @resolution@$; then $t = \sum_j (N+1)^{j-1} k_j$.",
            r"One integer $Z = W a + t$ holds the value so far and the code: two layers a code, "
            r"$\lfloor Z / W \rfloor$ and $\lfloor (t - c) / T \rfloor \in \{-1, 0\}$, "
            r"then $Z$ grows by $W \delta_c$ where $t \ge c$.",
            r"At the end $a = \lfloor Z / W \rfloor$. All hidden values are integers, all weights rational.",
        ),
    ),
    "minimal-width/lu": Wording(
        r"For $d \ge 2$ networks of width $d$ with a leaky ReLU whose matrices have LU factorisations, all of them "
        r"invertible, come as near in $L^p(K, \mathbb{R}^d)$ to every map as one likes." + _MARK,
        (
            f"Every neuron has the activation {_LEAKY}.",
            _STAIRS,
            r"Upper triangular shear $t = x_1 + \sum_{j > 1} N^{j-1} x_j$.",
            r"The other channels become small, and step shears along $t$ add to them what outputs $2, \dots, d$ are on "
            r"the cell, the last one moved so that its values are different: lower triangular matrices.",
            r"$t$ becomes small, and a step shear along the last channel adds output 1: upper triangular ones; what it "
            r"bent is bent back.",
            r"$\det D\Phi(x) = \prod_l \det A_l \cdot @alpha@^{\#\{z < 0\}} > 0$, the number of negative "
            r"preactivations in the exponent.",
        ),
    ),
    "minimal-width/smooth": Wording(
        r"For $d \ge 2$ diffeomorphisms are dense in $L^p(K, \mathbb{R}^d)$: networks of width $d$ with a smooth, "
        r"strictly increasing activation come as near to every map as one likes." + _MARK,
        (
            r"The activation is the leaky ReLU of slope $@alpha@$, blended on $[-e, e]$: "
            r"$@alpha@\, z + (1 - @alpha@) (z + e)^2 / (4 e)$ there.",
            r"The layers are those of the invertible network; $e$ is below every preactivation on slightly smaller "
            r"cells, so that both networks are equal there.",
        ),
    ),
    "memorization/memorize": Wording(
        r"For $N$ different points of $\mathbb{R}^d$ with $M$ different labels there is a ReLU network of width 2 and "
        r"depth at most $2 N + 4 M - 1$ whose value at every point is its label. The statement is the paper's; the "
        r"layers below, of depth at most $N - 1$, are derived, and exact for rational numbers.",
        (
            r"A projection $z = w \cdot x$ keeps the points apart: one coordinate, or $w = (1, B, B^2, \dots)$.",
            r"One channel is hinged in place, $X \mapsto \max(X - g, 0)$, so that $X = \max(z - h, 0)$ for the last "
            r"point $h$ that was passed; the other one, $Y$, is the value so far.",
            r"A change of the label by $c > 0$ on a gap of length $g$ is one layer: $u_0 = \max(Y + \tfrac{c}{g} X, "
            r"0)$, $u_1 = \max(X - g, 0)$, then $Y = u_0 - \tfrac{c}{g} u_1$; for $c < 0$ the same with "
            r"$\max_i y_i - Y$. $Y$ never leaves $[\min_i y_i, \max_i y_i]$.",
        ),
    ),
    "memorization/narrow": Wording(
        r"ReLU networks of width $d + 1$ come as near in $L^p$ to every $f \in L^p(K)$, $K \subset \mathbb{R}^d$ "
        r"bounded, as one likes." + _MARK,
        (
            r"Every input is hinged in place, $x_j \mapsto \max(x_j - \dots, 0)$, at the ends of $N = @resolution@$ "
            r"cells, while one more channel collects $t = \sum_j N^{j-1} \lfloor N x_j \rfloor$ by ramps: "
            r"$2 (N - 1)$ layers.",
            r"A layer of width 1 holds $t$; a chain of hinges of width 2 interpolates the values at the codes, in at "
            r"most $N^d - 1$ layers.",
            r"Off the ramps the output is exactly constant on a cell; on them it stays between the least and the "
            r"largest value.",
        ),
    ),
    "memorization/shallow-polynomial": Wording(
        r"Every polynomial of degree $R$ in $d$ variables is, on $[0, 1]^d$, a network with one hidden layer of width "
        r"$d + 1 + \sum_{r = 2}^R b_r (b_r + 1)$, $b_r = \binom{r + d - 1}{d - 1}$. The statement is the paper's; the "
        r"weights below, and the width $\binom{R + d}{d}$, are derived.",
        (
            r"$p(x) = \sum_{a \in \mathbb{N}^d, |a| \le R} c_a \max(1 + a \cdot x, 0)^R$, with $x$ scaled to "
            r"$[0, 1]^d$ first.",
            r"There $1 + a \cdot x \ge 1$, so the coefficient of $x^\alpha$ is $\binom{R}{\alpha} \sum_a c_a a^\alpha$;"
            r" a linear system with one solution, since the principal lattice of degree $R$ is unisolvent.",
        ),
    ),
    "layerwise/exact": Wording(
        _RATES,
        (
            _RAMPS,
            r"Decoder (derived, rational at every code): $S_1 = 2^{14 c_l}$ in layer $l + 1$, $S_2 = w_l S_1 - "
            r"\lfloor w_l S_1 \rfloor$ in layer $l + 2$, where $w_l = 0.e_0 e_1 e_2 \dots$ in binary, 14 bits an "
            r"entry; $\Phi_l = \Phi_{l-1} + M_l (2 S_2 - 1)$.",
            _CARRIED,
        ),
    ),
    "layerwise/sine": Wording(
        _RATES,
        (
            _RAMPS,
            r"Decoder: $S_1 = \sin(a_l c_l + b_l)$ in layer $l + 1$ ($a_l = b_l = 1$ for few cells), "
            r"$S_2 = \sin(w_l S_1)$ in layer $l + 2$, $\Phi_l = \Phi_{l-1} + M_l S_2$; the number $w_l$ is found by "
            r"lattice reduction (for many cells digit by digit), and what it does to every cell is enclosed by balls.",
            _CARRIED,
        ),
    ),
    **BARRON,
    **NARROW_LEARNING,
}


def wording(name: str, numbers: Mapping[str, str]) -> Wording:
    """Return the words of a construction with the numbers of an instance.

    Guarantee: exact.

    Parameters
    ----------
    name : str
    numbers : mapping of str to str
        LaTeX of each number.

    Raises
    ------
    Unsupported
        If there are no words for this name, or a number is missing.

    Examples
    --------
    >>> wording("minimal-width/floor", {"resolution": "8"}).formulas[0][-12:]
    '^{j-1} k_j$.'
    """
    found = WORDINGS.get(name)
    if found is None:
        raise Unsupported(f"there is no page about {name[:80]!r}", fix="leave --latex out")

    def filled(match: re.Match[str]) -> str:
        if match[1] not in numbers:
            raise Unsupported(f"the page about {name} needs the number {match[1]!r}", fix="leave --latex out")
        return numbers[match[1]]

    return Wording(
        _TOKEN.sub(filled, found.statement), tuple(_TOKEN.sub(filled, formula) for formula in found.formulas)
    )
