"""What is said about networks, not why it is true: claims, targets, properties, verdicts."""

from __future__ import annotations

from verinet.claims.architectures import Architecture, Built, BuiltFrom, architecture
from verinet.claims.builders import (
    always,
    cells,
    equal,
    fails,
    inputs,
    linear_regions,
    outputs,
    somewhere,
    sup_error,
    value,
)
from verinet.claims.claim_text import parse_claim
from verinet.claims.closeness import EqualWithin
from verinet.claims.components import ReachesBoundary, components_reach_boundary
from verinet.claims.continuity import Continuous, continuous
from verinet.claims.curvature import Curved, ExtremeOf, concave, convex, is_max_of, is_min_of
from verinet.claims.degree import Oriented, oriented
from verinet.claims.depth_one import NotDepthOne, not_depth_one
from verinet.claims.families import Family, family, family_equal, lu_layer_injective
from verinet.claims.formulas import Affine, Atom, Formula, all_of, any_of, equals, negate
from verinet.claims.induction import Conclusion, concluded, lemma
from verinet.claims.injectivity import Bijective, Injective, Surjective, bijective, injective, invertible, surjective
from verinet.claims.integrals import IntegralBetween, integral
from verinet.claims.language import (
    Always,
    Cells,
    Claim,
    Equal,
    Fails,
    LinearRegions,
    Somewhere,
    SupErrorAtMost,
    SupErrorEquals,
    Value,
)
from verinet.claims.lp_errors import LpErrorSmooth, lp_error
from verinet.claims.pieces import PiecewisePolynomial
from verinet.claims.ranges import RangeEquals, RangeWithin, range_of
from verinet.claims.slopes import LipschitzAtMost, LipschitzEquals, Monotone, lipschitz, monotone
from verinet.claims.solutions import (
    ExactlyOne,
    FixedPoint,
    NoFixedPoint,
    UniqueFixedPoint,
    exactly_one,
    has_fixed_point,
    no_fixed_point,
    unique_fixed_point,
)
from verinet.claims.solver_evidence import SolverEvidence
from verinet.claims.sup_errors import DifferenceEquals, SupErrorInPieces, SupErrorSmooth
from verinet.claims.symmetries import (
    PositivelyHomogeneous,
    Symmetric,
    even,
    odd,
    permutation_invariant,
    positively_homogeneous,
    symmetric,
)
from verinet.claims.targets import Polynomial
from verinet.claims.two_neurons import NotTwoNeurons, not_two_neurons
from verinet.claims.universal import Fitted, NoFit, no_network
from verinet.claims.verdicts import (
    Certificate,
    Counterexample,
    Proved,
    Refuted,
    Theorem,
    Unknown,
    Verdict,
)
from verinet.claims.vnnlib import Property, parse_vnnlib, read_vnnlib
from verinet.claims.vnnlib2 import Query
from verinet.claims.vnnlib_writer import write_vnnlib
from verinet.claims.witnesses import Ruling, Witness, judge, parse_witnesses

__all__ = [
    "Affine",
    "Always",
    "Architecture",
    "Atom",
    "Bijective",
    "Built",
    "BuiltFrom",
    "Cells",
    "Certificate",
    "Claim",
    "Conclusion",
    "Continuous",
    "Counterexample",
    "Curved",
    "DifferenceEquals",
    "Equal",
    "EqualWithin",
    "ExactlyOne",
    "ExtremeOf",
    "Fails",
    "Family",
    "Fitted",
    "FixedPoint",
    "Formula",
    "Injective",
    "IntegralBetween",
    "LinearRegions",
    "LipschitzAtMost",
    "LipschitzEquals",
    "LpErrorSmooth",
    "Monotone",
    "NoFit",
    "NoFixedPoint",
    "NotDepthOne",
    "NotTwoNeurons",
    "Oriented",
    "PiecewisePolynomial",
    "Polynomial",
    "PositivelyHomogeneous",
    "Property",
    "Proved",
    "Query",
    "RangeEquals",
    "RangeWithin",
    "ReachesBoundary",
    "Refuted",
    "Ruling",
    "SolverEvidence",
    "Somewhere",
    "SupErrorAtMost",
    "SupErrorEquals",
    "SupErrorInPieces",
    "SupErrorSmooth",
    "Surjective",
    "Symmetric",
    "Theorem",
    "UniqueFixedPoint",
    "Unknown",
    "Value",
    "Verdict",
    "Witness",
    "all_of",
    "always",
    "any_of",
    "architecture",
    "bijective",
    "cells",
    "components_reach_boundary",
    "concave",
    "concluded",
    "continuous",
    "convex",
    "equal",
    "equals",
    "even",
    "exactly_one",
    "fails",
    "family",
    "family_equal",
    "has_fixed_point",
    "injective",
    "inputs",
    "integral",
    "invertible",
    "is_max_of",
    "is_min_of",
    "judge",
    "lemma",
    "linear_regions",
    "lipschitz",
    "lp_error",
    "lu_layer_injective",
    "monotone",
    "negate",
    "no_fixed_point",
    "no_network",
    "not_depth_one",
    "not_two_neurons",
    "odd",
    "oriented",
    "outputs",
    "parse_claim",
    "parse_vnnlib",
    "parse_witnesses",
    "permutation_invariant",
    "positively_homogeneous",
    "range_of",
    "read_vnnlib",
    "somewhere",
    "sup_error",
    "surjective",
    "symmetric",
    "unique_fixed_point",
    "value",
    "write_vnnlib",
]
