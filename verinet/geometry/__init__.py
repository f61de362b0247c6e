"""Polyhedra and, later, complexes of them; this storey knows nothing of networks."""

from __future__ import annotations

from verinet.geometry.polyhedra import (
    Halfspace,
    Polyhedron,
    box,
    interval,
    polytope,
    whole_space,
)

__all__ = ["Halfspace", "Polyhedron", "box", "interval", "polytope", "whole_space"]
