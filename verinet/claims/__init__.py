"""What is said about networks, not why it is true: claims, targets, properties, verdicts."""

from __future__ import annotations

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
from verinet.claims.formulas import Affine, Atom, Formula, all_of, any_of, equals, negate
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
from verinet.claims.targets import Polynomial
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
from verinet.claims.vnnlib_writer import write_vnnlib

__all__ = [
    "Affine",
    "Always",
    "Atom",
    "Cells",
    "Certificate",
    "Claim",
    "Counterexample",
    "Equal",
    "Fails",
    "Formula",
    "LinearRegions",
    "Polynomial",
    "Property",
    "Proved",
    "Refuted",
    "Somewhere",
    "SupErrorAtMost",
    "SupErrorEquals",
    "Theorem",
    "Unknown",
    "Value",
    "Verdict",
    "all_of",
    "always",
    "any_of",
    "cells",
    "equal",
    "equals",
    "fails",
    "inputs",
    "linear_regions",
    "negate",
    "outputs",
    "parse_vnnlib",
    "read_vnnlib",
    "somewhere",
    "sup_error",
    "value",
    "write_vnnlib",
]
