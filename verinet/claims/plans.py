"""A plan of a proof: where a construction bends, and between which layers it can be taken apart.

A plan is a hint for the search; a wrong one makes the search fail, never a false certificate pass.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

#: One affine form over (1, values): its constant first.
Form = tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class Joint:
    """A place between two layers of the chain, and the coordinates in which the construction thinks there.

    Parameters
    ----------
    layer : int
        The next layer of the chain, counted from 0.
    frame : tuple of tuple of Fraction
        The coordinates, each as a form over (1, preactivations of that layer).
    ranges : tuple of (Fraction, Fraction)
        Intervals that hold the coordinates for every input.

    Guarantee: exact (a hint; the proof does not depend on it).
    """

    layer: int
    frame: tuple[Form, ...]
    ranges: tuple[tuple[Fraction, Fraction], ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """How a proof goes about a construction by cells.

    Parameters
    ----------
    axes : tuple of tuple of Fraction
        One ascending tuple an input: the ends of the intervals that its staircase has, first and last those of the
        domain.
    flats : tuple of tuple of bool
        One entry an interval: whether it belongs to the good set (else it is a riser).
    joints : tuple of Joint
        In ascending order of their layers; the first one is layer 0.
    bottlenecks : tuple of int
        Layers of the chain of width 1, in ascending order: what follows depends on their one value.

    Guarantee: exact (a hint; the proof does not depend on it).
    """

    axes: tuple[tuple[Fraction, ...], ...]
    flats: tuple[tuple[bool, ...], ...]
    joints: tuple[Joint, ...]
    bottlenecks: tuple[int, ...] = ()
