r"""What pages say of the constructions of narrow learning; all of them are derived."""

from __future__ import annotations

from verinet.theory.wordings import Wording

__all__ = ["NARROW_LEARNING"]

_LINES = (
    r"$f(x) = \sum_i \lambda_i \lvert u_i \cdot x \rvert$ along $m$ lines of the plane with rational unit vectors "
    r"near the angles $\pi i / m$, and $\lambda_i = 1 / \prod_{j \ne i} \det(u_i, u_j)$, divided by the largest."
)
_DIFFERENCES = (
    r"With $z = e^{2 i \theta}$ the sums $\sum_i \lambda_i z_i^p$, $\lvert p \rvert < m / 2$, are divided differences "
    r"of order $m - 1$ of powers of degree at most $m - 2$."
)

#: Name of the row -> its words.
NARROW_LEARNING: dict[str, Wording] = {
    "narrow-learning/vanishing-moments": Wording(
        r"For every even $m$ there is a sum of $m$ absolute values on the plane that is not zero and is orthogonal, "
        r"under the normal distribution, to all polynomials of degree below $m$. Derived; it illustrates why learners "
        r"from moments take moments of high order.",
        (_LINES, _DIFFERENCES),
    ),
    "narrow-learning/hard-pair": Wording(
        r"For every $k$ there are two different sums of $k$ absolute values on the plane whose moments $T_l = \sum_i "
        r"\lambda_i u_i^{\otimes l}$ agree for all $l < 2 k$. Derived.",
        (
            r"The terms with positive coefficients, and minus those with negative ones, of the network whose moments "
            r"below order $2 k$ vanish; along the lines the signs alternate.",
            _DIFFERENCES,
        ),
    ),
    "narrow-learning/hidden-clump": Wording(
        r"Neurons near to each other can hide: there are $k$ neurons whose coefficients do not depend on the gap "
        r"$\gamma$ between their weights, and a function of size $\gamma$. So a small error of the function does not "
        r"say that the parameters are found. Derived.",
        (
            r"$f(x, y) = \sum_{i=0}^{k-1} (-1)^i \binom{k-1}{i} \max(0, x + i \gamma y)$, and $\max \lvert f \rvert = "
            r"\gamma \binom{k-3}{\lfloor (k-3)/2 \rfloor}$ on $[-1, 1]^2$ for $k \ge 3$.",
        ),
    ),
}
