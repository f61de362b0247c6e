"""Polyhedra and complexes of them; this storey knows nothing of networks."""

from __future__ import annotations

from verinet.geometry.complexes import Incidence, PolyhedralComplex, Vertices
from verinet.geometry.polyhedra import (
    Halfspace,
    Polyhedron,
    box,
    interval,
    polytope,
    whole_space,
)
from verinet.geometry.products import domain_product

__all__ = [
    "Halfspace",
    "Incidence",
    "PolyhedralComplex",
    "Polyhedron",
    "Vertices",
    "box",
    "domain_product",
    "interval",
    "polytope",
    "whole_space",
]
