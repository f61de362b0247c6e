r"""Autoencoders through one number: the identity of [0,1]^d, encoder width d, decoder width max{2, d}, bottleneck 1.

The statement is the paper's (Rochau, Chan, Gottschalk 2024 [rochau2024]); the constructions are those of `leaky` (in
L^p) and `stepped` (in the sup norm) for the target f(x) = x, cut at their layer of one neuron, and derived.  Continuous
autoencoders cannot be near to the identity everywhere, since a square does not embed in a line: those of `leaky` are
far off on thin strips, and those of `stepped` jump.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce

from verinet.errors import Unsupported
from verinet.networks.build import compose
from verinet.networks.network import Interval, Network
from verinet.theory.construction import Construction
from verinet.theory.minimal_width.leaky import leaky
from verinet.theory.minimal_width.stepped import stepped

#: More inputs are refused: at two cells each there would be 2^16 cells already.
MOST_INPUTS = 16


@dataclass(frozen=True, slots=True)
class Autoencoder:
    """A network from [0,1]^d through one number back to [0,1]^d.

    Parameters
    ----------
    construction : Construction
        The whole network, its claim and its bound.

    Guarantee: exact.

    Examples
    --------
    >>> small = autoencoder(2, kind="uniform", resolution=2)
    >>> t = small.encode("1/8", "3/4")
    >>> t, small.decode(t), small.construction.error_bound
    (Fraction(69, 32), (Fraction(1, 4), Fraction(3, 4)), Fraction(1, 4))
    """

    construction: Construction

    @property
    def dimension(self) -> int:
        """The number of inputs, and of outputs."""
        return self.construction.network.input_size

    @property
    def encoder(self) -> Network:
        """The network from x to the feature: width d."""
        return self.construction.part("encoder").network

    @property
    def decoder(self) -> Network:
        """The network from the feature to the outputs: width max{2, d}."""
        _, *rest = self.construction.parts
        return reduce(lambda first, then: compose(then, first), (part.network for part in rest)).with_domain(
            [self.feature_range]
        )

    @property
    def feature_range(self) -> Interval:
        """Where the features lie."""
        return self.construction.parts[1].domain[0]

    def encode(self, *x: object) -> Fraction:
        """Return the feature of a point, one number.

        Raises
        ------
        Unsupported
            If the point is not in the domain.

        Guarantee: exact.
        """
        (feature,) = self.construction.part("encoder")(*_point(x))
        return feature

    def feature(self, *x: object) -> Fraction:
        """Return the feature of a point: another name of `encode`.  Guarantee: exact."""
        return self.encode(*x)

    def decode(self, feature: object) -> tuple[Fraction, ...]:
        """Return the point that a feature stands for.

        Raises
        ------
        Unsupported
            If the number is outside of `feature_range`.

        Guarantee: exact.
        """
        _, first, *rest = self.construction.parts
        values = first(feature)
        for part in rest:
            values = part(*values)
        return values

    def __call__(self, *x: object) -> tuple[Fraction, ...]:
        """Return the outputs of the whole network: what `decode` makes of `encode`.  Guarantee: exact."""
        return self.construction.network(*_point(x))


def autoencoder(
    dimension: int,
    *,
    kind: str = "Lp",
    alpha: object = "1/4",
    resolution: int | None = None,
    eps: object = None,
    p: int = 2,
    step: object = 1,
) -> Autoencoder:
    r"""An autoencoder of [0,1]^d with a feature that is one number.

    .. math:: (\int_{[0,1]^d} \sum_k |x_k - \mathrm{net}_k(x)|^p)^{1/p} \le \text{error\_bound}
       \quad\text{or}\quad \sup_{x,k} |x_k - \mathrm{net}_k(x)| \le \text{error\_bound} = \tfrac{1}{2N}

    Parameters
    ----------
    dimension : int
        d, at least 2.
    kind : {"Lp", "uniform"}
        With one leaky ReLU in L^p, or with one stepped leaky ReLU in the sup norm.
    alpha, resolution, eps : see `leaky` and `stepped`
    p : int
        For "Lp".
    step : exact number
        For "uniform": the jump of the activation.

    Raises
    ------
    Unsupported
        For another kind or dimension; else as `leaky` and `stepped`.
    BudgetExhausted
        As `leaky` and `stepped`.

    Notes
    -----
    Mark: the widths are the paper's, the constructions derived.  In the sup norm the values of the cells are
    ``(i + 1/2)/N``, which N levels hold exactly: depth ``2(N-1) + 1 + 2(N^d - 1) + 2(d-1)(N-1)``.

    Guarantee: exact.

    Source: [rochau2024].

    Examples
    --------
    >>> made = autoencoder(3, kind="uniform", resolution=2)
    >>> made.encoder.width, made.decoder.width, made.construction.network.level_widths
    (3, 3, (3, 3, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3))
    """
    if isinstance(dimension, bool) or not isinstance(dimension, int) or not 2 <= dimension <= MOST_INPUTS:
        raise Unsupported(
            f"an autoencoder needs from 2 to {MOST_INPUTS} inputs, got {dimension!r:.40}",
            fix="take dimension=2; one input is its own feature",
        )
    identity = [{tuple(int(j == k) for j in range(dimension)): 1} for k in range(dimension)]
    if kind == "Lp":
        return Autoencoder(leaky(identity, inputs=dimension, alpha=alpha, resolution=resolution, eps=eps, p=p))
    if kind == "uniform":
        return Autoencoder(stepped(identity, inputs=dimension, alpha=alpha, step=step, resolution=resolution, eps=eps))
    raise Unsupported(f"an autoencoder is of the kind Lp or uniform, got {kind!r:.40}", fix='write kind="uniform"')


def _point(x: Sequence[object]) -> Sequence[object]:
    """``f(a, b)`` and ``f((a, b))`` are the same."""
    first = x[0] if len(x) == 1 else None
    return first if isinstance(first, Sequence) and not isinstance(first, str) else x
