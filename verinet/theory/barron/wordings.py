r"""What pages say of the constructions of Barron spaces; which of it is the paper's, and which is derived."""

from __future__ import annotations

from verinet.theory.wordings import Wording

__all__ = ["BARRON"]

_EMBEDDED = (
    r"On bounded sets a network of rectified powers $t$ is one of rectified powers $s < t$ with infinitely many "
    r"neurons: for $z \le M$, $\max(0, z)^t = c \int_0^M \max(0, z - \tau)^s \tau^{t - s - 1} \, d\tau$ with "
    r"$c = t! / (s! \, (t - s - 1)!)$. That there is such a push-forward is the paper's; the cells, the nodes and the "
    r"error below are derived."
)

#: Name of the row -> its words.
BARRON: dict[str, Wording] = {
    "barron/repu-downward": Wording(
        _EMBEDDED,
        (
            r"On every ridge $[0, M]$ is cut into equal cells; each becomes one neuron, whose coefficient is the mass "
            r"of the cell and whose node is its centroid.",
            r"By Jensen's inequality the power is nowhere below its approximation. The gap is largest at a node "
            r"($s = 1$) or at $M$ ($s \ge 2$), a rational number; for $t = 2$, $s = 1$ and $n$ cells it is "
            r"$M^2 / (4 n^2)$.",
            r"A ridge $m \max(0, w \cdot x + b)^t$ is a function of one variable, so that the errors of the ridges "
            r"with $m > 0$, and of those with $m < 0$, add up in any dimension.",
        ),
    ),
    "barron/polynomial": Wording(
        r"Every polynomial of degree at most $s$ in $d$ variables is a network with one hidden layer of neurons "
        r"$\max(0, z)^s$, on all of $\mathbb{R}^d$. Derived.",
        (
            r"$z^s = \max(0, z)^s + (-1)^s \max(0, -z)^s$: two neurons a power of an affine function.",
            r"Products by polarisation: $y_1 \cdots y_s = \frac{1}{2^{s-1} s!} \sum_\epsilon \epsilon_2 \cdots "
            r"\epsilon_s (y_1 + \epsilon_2 y_2 + \dots + \epsilon_s y_s)^s$, the variables of a monomial filled up "
            r"with ones.",
        ),
    ),
    "barron/taylor": Wording(
        r"On $[-M, M]$ a smooth activation is its Taylor polynomial at $-M$ and, by the integral remainder, an "
        r"integral of rectified powers: $\frac{1}{s!} \int_{-M}^M \max(0, z - \tau)^s \, d\sigma^{(s)}(\tau)$. "
        r"That this is a push-forward is the paper's; the finite network below is derived.",
        (
            r"The measure of the remainder is cut into cells; the mass of a cell goes to its centroid where "
            r"$\sigma^{(s+1)}$ has one sign; elsewhere it is split between the ends of the cell, which keeps its first "
            r"moment.",
            r"For $s = 1$ the error is at most $\frac{h}{4}$ times the variation in one cell, for $s \ge 2$ at most "
            r"$\frac{h^2}{8} s (s - 1) L^{s - 2}$ times the variation, $L$ the length of the interval: by Jensen's "
            r"inequality, or as a chord. Weights are rounded to rational numbers, and the bound counts that.",
        ),
    ),
    "barron/relu-by-requ": Wording(
        r"If $f$ is within $\delta$ of $\max(0, x)$ on $[-1, 1]$ and $e = 8 \delta < \frac{1}{2}$, then the total "
        r"variation of $f''$ is at least $\frac{(1 + e)(1 - 2 e)}{(1 - e) e}$. So ReLU is in no space of rectified "
        r"squares. Derived.",
        (
            r"$f(z) = \frac{1}{4 e} (\max(0, z + e)^2 - \max(0, z - e)^2) - \frac{e}{8}$ is within $\delta = e / 8$, "
            r"and this is attained; its second derivative has the total variation $\frac{1}{e} = \frac{1}{8 \delta}$.",
        ),
    ),
}
