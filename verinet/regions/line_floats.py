"""Networks of one input given by float arrays: counted without a detour through exact matrices.

The floats mean the dyadic rationals that they are, so the counts are exact as those of `verinet.regions.line`.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from verinet.exact.linalg import Matrix
from verinet.networks.activations import IDENTITY, RELU, Activation
from verinet.networks.tables import kernel_table
from verinet.regions.line_bends import swept_cells
from verinet.regions.line_layers import Floats, LineLayer, LineNetwork, UnitTable, root_points, unit_table
from verinet.regions.line_sweep import Sweep

__all__ = ["FloatLayer", "count_on_line"]


class FloatLayer(LineLayer):
    """A layer of float weights; its exact matrices are made when the search has to ask for them.

    Parameters
    ----------
    floats : array of float64, shape (units, inputs)
    biases : array of float64, shape (units,)
    table : UnitTable
        Of all units.

    Guarantee: exact.
    """

    def __init__(self, floats: Floats, biases: Floats, table: UnitTable) -> None:
        # the parent is frozen: its fields are filled as its cached properties are
        self.__dict__.update(floats=floats, float_bias=biases, tables=(table,), which=(0,) * len(biases))
        self.__dict__["_float_parts"] = (floats, True)

    if not TYPE_CHECKING:  # to the type checker they stay the fields of the parent

        @cached_property
        def weight(self) -> Matrix:
            """The exact weights."""
            return Matrix.from_floats(self.float_weight)

        @cached_property
        def bias(self) -> Matrix:
            """The exact biases."""
            return Matrix.from_floats(self.float_bias)

    @property
    def columns(self) -> int:
        """Number of values that the layer reads."""
        return int(self.float_weight.shape[1])


@lru_cache(maxsize=32)
def _table(activation: Activation) -> UnitTable:
    return unit_table(kernel_table(activation))


def count_on_line(
    weights: Sequence[Floats],
    biases: Sequence[Floats],
    low: Fraction | None = None,
    high: Fraction | None = None,
    activation: Activation = RELU,
) -> tuple[int, int]:
    """Numbers of activation regions and of linear regions, of a network of one input with these float weights.

    Parameters
    ----------
    weights, biases : sequences of arrays of float64
        One a layer, the last one the readout.
    low, high : Fraction, optional
        The ends of the domain; the line is unbounded where one is left out.
    activation : Activation
        Continuous and piecewise affine, between the affine maps.

    Examples
    --------
    >>> import numpy as np
    >>> hat = [np.array([[2.0], [4.0]]), np.array([[1.0, -1.0]])], [np.array([0.0, -2.0]), np.array([0.0])]
    >>> count_on_line(*hat), count_on_line(*hat, low=Fraction(1, 4))
    ((3, 3), (2, 2))

    Guarantee: exact.
    """
    last = len(weights) - 1
    layers = tuple(
        FloatLayer(weight, bias, _table(IDENTITY if place == last else activation))
        for place, (weight, bias) in enumerate(zip(weights, biases, strict=True))
    )
    swept = Sweep(LineNetwork(layers), low, high, root_points(low, high)).run()
    cells = swept_cells(swept, low, high)
    return 1 + int(cells.active.sum()), 1 + int(cells.bent.sum())
