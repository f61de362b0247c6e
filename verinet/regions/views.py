"""What can be asked of a piecewise-affine function: each question is answered in a module of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from verinet.exact.enclosures import Enclosure
    from verinet.networks.network import Network
    from verinet.regions.comparison import Comparison
    from verinet.regions.extrema import Extremum
    from verinet.regions.level_sets import LevelSet
    from verinet.regions.lipschitz import Lipschitz, Norm
    from verinet.regions.piecewise import PiecewiseAffine
    from verinet.regions.shape import Curvature, Monotonicity
    from verinet.regions.tropical import TropicalForm

__all__ = ["Output", "Views"]

#: An output by its number, or one weight an output; None for the only one.
Output = int | Sequence[Any] | None


class Views:
    """The questions, each a line; not made by itself.

    Guarantee: exact, unless a method says otherwise.
    """

    @property
    def _function(self) -> PiecewiseAffine:
        return cast("PiecewiseAffine", self)  # the one class that has these questions

    def minimum(self, output: Output = None) -> Extremum:
        """The least value of an output, and where; see `verinet.regions.extrema.minimum`."""
        from verinet.regions.extrema import minimum

        return minimum(self._function, output)

    def maximum(self, output: Output = None) -> Extremum:
        """The greatest value of an output, and where; see `verinet.regions.extrema.maximum`."""
        from verinet.regions.extrema import maximum

        return maximum(self._function, output)

    def range(self, output: Output = None) -> Enclosure:
        """The interval of all values of an output; see `verinet.regions.extrema.value_range`."""
        from verinet.regions.extrema import value_range

        return value_range(self._function, output)

    def integral(self, polynomial: Mapping[tuple[int, ...], object] | None = None) -> Fraction:
        """The integral of a polynomial of the outputs; see `verinet.regions.output_integrals.integral`."""
        from verinet.regions.output_integrals import integral

        return integral(self._function, polynomial)

    def level_set(self, level: object = 0, output: Output = None) -> LevelSet:
        """Where an output takes a value, as a complex; see `verinet.regions.level_sets.level_set`."""
        from verinet.regions.level_sets import level_set

        return level_set(self._function, level, output)

    def zero_set(self, output: Output = None) -> LevelSet:
        """Where an output is 0: the decision boundary; see `verinet.regions.level_sets.level_set`."""
        from verinet.regions.level_sets import level_set

        return level_set(self._function, 0, output)

    def lipschitz(self, norm: Norm = "inf", accuracy: object = "1e-12") -> Lipschitz:
        """The least Lipschitz constant in a norm; see `verinet.regions.lipschitz.lipschitz`.

        Guarantee: exact in the norms 1 and inf; certified in the norm 2.
        """
        from verinet.regions.lipschitz import lipschitz

        return lipschitz(self._function, norm, accuracy)

    def monotonicity(
        self, input: int = 0, output: Output = None, *, increasing: bool = True, strict: bool = False
    ) -> Monotonicity:
        """Whether an output is monotone in an input; see `verinet.regions.shape.monotonicity`."""
        from verinet.regions.shape import monotonicity

        return monotonicity(self._function, input, output, increasing=increasing, strict=strict)

    def curvature(self, output: Output = None) -> Curvature:
        """Whether an output is convex or concave; see `verinet.regions.shape.curvature`."""
        from verinet.regions.shape import curvature

        return curvature(self._function, output)

    def to_sympy(self, symbols: Sequence[Any] | None = None) -> tuple[Any, ...]:
        """One sympy Piecewise an output; see `verinet.regions.formulas.to_sympy`."""
        from verinet.regions.formulas import to_sympy

        return to_sympy(self._function, symbols)

    def tropical(self, output: Output = None) -> TropicalForm:
        """An output as a difference of two maxima; see `verinet.regions.tropical.tropical`."""
        from verinet.regions.tropical import tropical

        return tropical(self._function, output)

    def to_network(self) -> Network:
        """The function as a ReLU network made afresh; see `verinet.regions.realization.realize`."""
        from verinet.regions.realization import realize

        return realize(self._function)

    def compare(self, other: PiecewiseAffine | Network) -> Comparison:
        """Where this function and another differ most; see `verinet.regions.comparison.compare`."""
        from verinet.regions.comparison import compare

        return compare(self._function, other)
