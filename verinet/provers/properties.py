"""The provers of claims about shape: slopes, ranges, symmetries, curvature, solutions, and what reduces to these."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from verinet.claims.architectures import Built, BuiltFrom
from verinet.claims.closeness import EqualWithin
from verinet.claims.coded_cells import SupErrorCoded
from verinet.claims.components import ReachesBoundary
from verinet.claims.continuity import Continuous
from verinet.claims.curvature import Curved, ExtremeOf
from verinet.claims.output_errors import SupErrorsOfOutputs
from verinet.claims.ranges import RangeEquals, RangeWithin
from verinet.claims.slopes import LipschitzAtMost, LipschitzEquals, Monotone
from verinet.claims.solutions import ExactlyOne, FixedPoint, NoFixedPoint, UniqueFixedPoint
from verinet.claims.symmetries import PositivelyHomogeneous, Symmetric
from verinet.claims.values_at_points import ValuesAtPoints
from verinet.claims.verdicts import Verdict
from verinet.provers import (
    coded_cells,
    components,
    continuity,
    curvature,
    output_errors,
    slopes,
    solutions,
    symmetries,
    syntax,
    values_at_points,
)
from verinet.provers.conjunctions import decided
from verinet.work import Budget, Progress

#: Claim -> its prover, as in `verinet.provers.portfolio.PROVERS`.
PROPERTIES: tuple[tuple[type, Callable[[Any, Budget, Progress], Verdict]], ...] = (
    (Monotone, slopes.monotone),
    (LipschitzAtMost, slopes.lipschitz),
    (LipschitzEquals, slopes.lipschitz_equals),
    (EqualWithin, decided),
    (RangeWithin, decided),
    (RangeEquals, solutions.range_equals),
    (FixedPoint, decided),
    (NoFixedPoint, decided),
    (ExactlyOne, solutions.exactly_one),
    (UniqueFixedPoint, solutions.exactly_one),
    (ExtremeOf, decided),
    (Curved, curvature.curved),
    (Continuous, continuity.continuous),
    (ReachesBoundary, components.reaches_boundary),
    (Built, syntax.built),
    (BuiltFrom, syntax.built),
    (Symmetric, decided),
    (PositivelyHomogeneous, symmetries.positively_homogeneous),
    (SupErrorsOfOutputs, output_errors.sup_errors_of_outputs),
    (SupErrorCoded, coded_cells.sup_error_coded),
    (ValuesAtPoints, values_at_points.values_at_points),
)
