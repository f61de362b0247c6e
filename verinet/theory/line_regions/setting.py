"""Random networks of one input: widths, variances of their weights, and how one of them is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from verinet.errors import NotANumber, ShapeMismatch, Unsupported
from verinet.exact.linalg import Matrix
from verinet.exact.rationals import Q, format_rational
from verinet.networks.build import layered
from verinet.networks.network import Network

Floats = npt.NDArray[np.float64]
Variance = object
#: Most hidden layers, neurons of one, and weights of a network that is drawn.
MOST_LAYERS, MOST_NEURONS, MOST_WEIGHTS = 10_000, 1 << 16, 1 << 28
SCHEMES = ("he", "lecun", "glorot")


@dataclass(frozen=True, slots=True)
class Setting:
    """Gaussian networks of one input and one output, ReLU between independent layers.

    All weights of layer l are independent with mean 0 and one variance, all its biases too.  Made by `setting`.

    Parameters
    ----------
    widths : tuple of int
        Of the hidden layers.
    weight_variances, bias_variances : tuple of Fraction
        One a layer, the last one of the readout.

    Guarantee: exact.
    """

    widths: tuple[int, ...]
    weight_variances: tuple[Fraction, ...]
    bias_variances: tuple[Fraction, ...]

    @property
    def has_theorem(self) -> bool:
        """Whether the exact expectation speaks of it: every hidden layer has biases that vary."""
        return all(self.bias_variances[:-1])

    def draw(self, seed: int, index: int) -> tuple[tuple[Floats, ...], tuple[Floats, ...]]:
        """Weights and biases of sample `index`: it depends on these two numbers alone, not on other samples."""
        stream = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(index,))))
        weights, biases = [], []
        sizes = (1, *self.widths, 1)
        for place, (w, b) in enumerate(zip(self.weight_variances, self.bias_variances, strict=True)):
            rows, columns = sizes[place + 1], sizes[place]
            weights.append(stream.standard_normal((rows, columns)) * float(w) ** 0.5)
            biases.append(stream.standard_normal(rows) * float(b) ** 0.5)
        return tuple(weights), tuple(biases)


def widths_of(widths: Sequence[int]) -> tuple[int, ...]:
    """Return the widths of hidden layers, checked.

    Raises
    ------
    ShapeMismatch
        If there is none, or one is no positive number.
    Unsupported
        If there are too many weights.

    Examples
    --------
    >>> widths_of([2, 3])
    (2, 3)

    Guarantee: exact.
    """
    if not isinstance(widths, Iterable):
        raise ShapeMismatch(f"widths are a list of integers, got {str(widths)[:40]}", fix="write [64, 64]")
    found = tuple(widths)
    for width in found:
        if isinstance(width, bool) or not isinstance(width, (int, np.integer)) or width < 1:
            raise ShapeMismatch(
                f"a hidden layer has a positive number of neurons, got {str(width)[:40]}", fix="write [64, 64]"
            )
    if not found:
        raise ShapeMismatch("widths need one hidden layer at least, got none", fix="write [64, 64]")
    weights = sum(a * b for a, b in zip((1, *found), (*found, 1), strict=True))
    if len(found) > MOST_LAYERS or max(found) > MOST_NEURONS or weights > MOST_WEIGHTS:
        raise Unsupported(
            f"a network has at most {MOST_LAYERS} layers of at most {MOST_NEURONS} neurons and {MOST_WEIGHTS} weights "
            f"here, got {len(found)} layers and {weights} weights",
            fix="take fewer neurons",
        )
    return tuple(map(int, found))


def setting(widths: Sequence[int], weight_variance: Variance = "he", bias_variance: Variance = 1) -> Setting:
    r"""Return the setting that these widths and variances mean.

    Parameters
    ----------
    widths : sequence of int
    weight_variance : str, exact number, or sequence of exact numbers
        "he": 2 / fan-in; "lecun": 1 / fan-in; "glorot": 2 / (fan-in + fan-out); a number v: v / fan-in (so 2 is "he");
        a sequence: the variances of all layers themselves, the readout's last.
    bias_variance : exact number, or a sequence of them
        Of every bias; 0 only where no theorem is asked for.

    Raises
    ------
    NotANumber, InexactInput
        For a variance that is negative (or 0 for weights), a float, or no number.
    ShapeMismatch
        For another number of variances than of layers, and as `widths_of` says.
    Unsupported
        For an unknown word.

    Examples
    --------
    >>> [str(v) for v in setting([4, 8]).weight_variances]
    ['2', '1/2', '1/4']

    Guarantee: exact.
    """
    sizes = widths_of(widths)
    count = len(sizes) + 1
    ins, outs = (1, *sizes), (*sizes, 1)
    if isinstance(weight_variance, str) and weight_variance.lower() in SCHEMES:
        word = weight_variance.lower()
        found = tuple(
            Fraction(2, a + b) if word == "glorot" else Fraction(2 if word == "he" else 1, a)
            for a, b in zip(ins, outs, strict=True)
        )
    elif isinstance(weight_variance, (list, tuple)):
        found = _variances(weight_variance, count, "weights")
    else:
        if isinstance(weight_variance, str) and weight_variance[:1].isalpha():
            raise Unsupported(
                f"no weights are called {weight_variance[:40]!r}",
                fix=f"choose one of {', '.join(SCHEMES)}, or a number",
            )
        found = tuple(Q(weight_variance) / a for a in ins)
    listed = bias_variance if isinstance(bias_variance, (list, tuple)) else [bias_variance] * count
    biases = _variances(listed, count, "biases")
    for name, least, values in (("weights", True, found), ("biases", False, biases)):
        for value in values:
            if value < 0 or (least and not value):
                raise NotANumber(
                    f"the variance of {name} is {'positive' if least else 'not negative'}, "
                    f"got {format_rational(value)[:40]}",
                    fix="give another one",
                )
    return Setting(sizes, found, biases)


def _variances(values: Sequence[object], count: int, name: str) -> tuple[Fraction, ...]:
    if len(values) != count:
        raise ShapeMismatch(
            f"one variance of {name} a layer, the readout's included: {count}, got {len(values)}",
            fix="give so many, or one number for all",
        )
    return tuple(map(Q, values))


def random_network(chosen: Setting, seed: int, index: int) -> Network:
    """Return sample `index` as a network, weight by weight the one that `region_statistics` counts.

    Examples
    --------
    >>> random_network(setting([3, 2]), seed=1, index=0)
    <Network 1-3-2-1, size 5>

    Guarantee: exact (the floats that were drawn are taken as the dyadic rationals that they are).
    """
    weights, biases = chosen.draw(seed, index)
    return layered([Matrix.from_floats(w) for w in weights], [Matrix.from_floats(b) for b in biases])
