"""Where ``verinet regions`` looks, from the texts of its options: a domain, a slice, or what is around a point."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from verinet.claims.wording import domain_text, point_text
from verinet.cli.evaluate import parse_point
from verinet.cli.networks import located
from verinet.errors import BadFormat, NotANumber, NotBounded, ShapeMismatch, SingularMatrix, Unsupported, VerinetError
from verinet.exact.rationals import Q, format_rational
from verinet.geometry.polyhedra import Polyhedron, whole_space
from verinet.networks.network import Activate, Network

if TYPE_CHECKING:
    from verinet.regions.slices import ChainSlice, Slice

Json = dict[str, Any]
Point = tuple[Fraction, ...]

#: Kind of a slice -> the number of its points; a chain has any number from two on.
KINDS = {"line": 2, "segment": 2, "plane": 3, "triangle": 3, "parallelogram": 3, "chain": 0}
_SLICE = re.compile(r"\s*([a-z]+)\s*:\s*", re.ASCII)
_POINT = re.compile(r"\(([^()]*)\)[\s,]*", re.ASCII)
_FIX = 'write --slice "line: (0,0) (1,1)", "plane: (0,0,0) (1,0,0) (0,1,0)" or "chain: (0,0) (1,0) (1,1)"'


@dataclass(frozen=True, slots=True)
class Place:
    """Where cells are counted.

    Parameters
    ----------
    network : Network
        The network whose cells are counted: the one of the file, or its slice.
    domain : Polyhedron
        The set of its inputs.
    words : str
        The set in one line.
    names : tuple of str
        Of the inputs.
    slice, around : dict or None
        What was asked for, for programs.
    point, radius : of the walk around a point
    """

    network: Network
    domain: Polyhedron
    words: str
    names: tuple[str, ...]
    slice: Json | None = None
    around: Json | None = None
    point: Point | None = None
    radius: Fraction | None = field(default=None)


def place(network: Network, domain: str | None, cut: str | None, around: str | None, radius: str | None) -> Place:
    """The place that the options name, for this network.

    Raises
    ------
    VerinetError
        For text outside of the grammars, sizes that do not fit, options that contradict each other, and sets that
        are not bounded where they must be.
    """
    if radius is not None and around is None:
        raise Unsupported("--radius belongs to --around", fix='write --around "(0, 1/2)" --radius 1/10')
    if cut is not None and around is not None:
        raise Unsupported("regions looks at one place, got --slice and --around", fix="choose one of them")
    size = network.input_size
    stated = None if domain is None else parse_set(domain, size)
    if around is not None:
        return _around(network, stated, around, radius)
    if cut is not None:
        return _sliced(network, stated, cut)
    if size > 6:
        raise Unsupported(
            f"regions enumerates the cells of at most 6 inputs, the network has {size}",
            fix='restrict it to a plane, --slice "plane: p q r", or look around a point, --around p --radius 1/10',
        )
    return _whole(network, stated)


def parse_set(text: str, size: int) -> Polyhedron:
    """The set of inputs that ``--domain`` names: intervals, ``R`` (all inputs), or the inputs of a VNN-LIB file.

    Raises
    ------
    BadFormat, NotANumber, ShapeMismatch, EmptyDomain
        For text outside of the grammar, other numbers of inputs, and empty sets; others as the file's reader says.

    Examples
    --------
    >>> parse_set("[-1,1/2]^2", 2).high, parse_set("R", 1).high
    ((Fraction(1, 2), Fraction(1, 2)), (None,))
    """
    if PurePath(text).suffix.lower() != ".vnnlib":
        from verinet.claims.claim_sets import parse_set as parsed

        return parsed(text, size)
    from verinet.claims.violations import safety
    from verinet.claims.vnnlib import read_vnnlib

    with located(text):
        found = read_vnnlib(text)
        if found.inputs != size:
            raise ShapeMismatch(
                f"this property speaks of {found.inputs} inputs, the network has {size}",
                fix="give a property that was written for the network",
            )
        return safety(found.violation, size).domain


def parse_slice(text: str) -> tuple[str, tuple[Point, ...]]:
    """The kind of a slice and its points, from text such as ``plane: (0,0,0) (1,0,0) (0,1/2,0)``.

    Raises
    ------
    BadFormat, NotANumber, ShapeMismatch
        For text outside of the grammar, for points that are no exact numbers, for another number of points.

    Examples
    --------
    >>> parse_slice("line: (0,0) (1,1/2)")
    ('line', ((Fraction(0, 1), Fraction(0, 1)), (Fraction(1, 1), Fraction(1, 2))))
    """
    head = _SLICE.match(text)
    if head is None or head[1] not in KINDS:
        raise BadFormat(
            f"--slice needs one of the words {', '.join(KINDS)}, a colon and points, got {text[:60]!r}",
            fix=_FIX,
            where="character 1",
        )
    points, end = [], head.end()
    while end < len(text):
        found = _POINT.match(text, end)
        if found is None:
            raise BadFormat(
                f"--slice needs points in round brackets, got {text[end : end + 60]!r}",
                fix=_FIX,
                where=f"character {end + 1}",
            )
        points.append(parse_point(found[1], option="--slice", example="line: (0,0) (1,1/2)"))
        end = found.end()
    needed = KINDS[head[1]]
    if (needed and len(points) != needed) or len(points) < 2:
        raise ShapeMismatch(
            f"a {head[1]} needs {needed or 'at least two'} points, got {len(points)}",
            fix=_FIX,
        )
    return head[1], tuple(points)


def _own(network: Network) -> Polyhedron | None:
    return None if network.domain is None else Polyhedron(*zip(*network.domain, strict=True))


def _whole(network: Network, stated: Polyhedron | None) -> Place:
    size = network.input_size
    domain = stated or _own(network) or (whole_space(1) if size == 1 else None)
    if domain is None:
        raise NotBounded(
            f"the cells of a network of {size} inputs need a bounded domain, and its file states none",
            fix=f'state it: --domain "[-1,1]^{size}"; or a property whose inputs are meant: --domain FILE.vnnlib',
        )
    if size > 1 and not domain.is_bounded:
        raise NotBounded(
            f"the cells of a network of {size} inputs need a bounded domain, got {domain_text(domain)}",
            fix=f'write --domain "[-1,1]^{size}", say',
        )
    if not domain.is_bounded and _is_periodic(network):
        raise NotBounded(
            "an activation of this network has infinitely many breakpoints, and the domain is not bounded",
            fix='give a bounded one: --domain "[0,1]", say',
        )
    names = ("x",) if size == 1 else tuple(f"x_{j}" for j in range(size))
    return Place(network, domain, domain_text(domain), names)


def _is_periodic(network: Network) -> bool:
    operations = (vertex.operation for vertex in network.vertices)
    return any(a.kind == "periodic" for o in operations if isinstance(o, Activate) for a in o.activations)


def _sliced(network: Network, stated: Polyhedron | None, text: str) -> Place:
    from verinet.regions import slices

    kind, points = parse_slice(text)
    within = stated or _own(network)
    found: Slice | ChainSlice
    try:
        match kind:
            case "line":
                whole = within or whole_space(network.input_size)
                found = slices.slice_line(network, points[0], points[1], whole)
            case "segment":
                found = slices.slice_line(network, points[0], points[1])
            case "plane":
                if within is None or not within.is_bounded:
                    raise NotBounded(
                        "a plane needs a bounded domain, and there is none",
                        fix='give one, --domain "[-1,1]^3", say; or take the triangle: --slice "triangle: p q r"',
                    )
                found = slices.slice_plane(network, points[0], points[1], points[2], within)
            case "triangle":
                found = slices.slice_plane(network, points[0], points[1], points[2])
            case "parallelogram":
                found = slices.slice_plane(network, points[0], points[1], points[2], "box")
            case _:
                found = slices.slice_chain(network, points)
    except (ShapeMismatch, SingularMatrix) as error:
        raise type(error)(error.problem, fix=_FIX, where=error.where) from error
    if stated is not None and kind not in ("line", "plane"):
        raise Unsupported(
            f"a {kind} is a set of its own, got --domain, too",
            fix='leave --domain out, or take the "line" or "plane" inside of it',
        )
    names = ("t",) if found.network.input_size == 1 else ("s", "t")
    words = f"{_formula(kind, points)}{_extent(kind, points, within)}"
    document = {"kind": kind, "points": [_texts(point) for point in points]}
    return Place(found.network, found.domain, words, names, slice=document)


def _extent(kind: str, points: Sequence[Point], within: Polyhedron | None) -> str:
    """Which part of the slice it is."""
    match kind:
        case "line" | "plane":
            return (
                ", t in R" if within is None or within == whole_space(len(points[0])) else f" in {domain_text(within)}"
            )
        case "triangle":
            return ", s, t >= 0, s + t <= 1"
        case "parallelogram":
            return ", 0 <= s, t <= 1"
        case _:
            return f", t in [0,{len(points) - 1}]"


def _formula(kind: str, points: Sequence[Point]) -> str:
    """The slice as a map from its parameters."""
    first = point_text(points[0])
    steps = [point_text([b - a for a, b in zip(points[0], point, strict=True)]) for point in points[1:]]
    if kind == "chain":
        return f"x on the chain {' - '.join(map(point_text, points))}"
    names = ("t",) if len(steps) == 1 else ("s", "t")
    return f"x = {first} + {' + '.join(f'{name} {step}' for name, step in zip(names, steps, strict=True))}"


def _around(network: Network, stated: Polyhedron | None, text: str, radius: str | None) -> Place:
    point = parse_point(text, option="--around", example="(1/3, -2/7)")
    size = network.input_size
    if len(point) != size:
        raise ShapeMismatch(
            f"--around needs one number an input: the network has {size}, got {len(point)}",
            fix="give a point of the input space",
        )
    try:
        reach = None if radius is None else Q(radius)
    except VerinetError as error:
        raise NotANumber(f"--radius needs an exact number: {error.problem}", fix="write --radius 1/10") from error
    if reach is not None and reach <= 0:
        raise NotANumber(f"--radius needs a positive number, got {radius}", fix="write --radius 1/10")
    domain = stated or _own(network)
    if reach is None and (domain is None or not domain.is_bounded):
        raise NotBounded("--around needs a radius, or a bounded domain", fix="write --radius 1/10, say")
    words = f"the cells that meet the interior of the box around {point_text(point)} with radius {radius}"
    if reach is None:
        words = f"the cells that are reached from {point_text(point)}"
    domain = whole_space(size) if domain is None else domain
    inside = "" if domain == whole_space(size) else f" in {domain_text(domain)}"
    document = {"point": _texts(point), "radius": None if reach is None else format_rational(reach)}
    names = tuple(f"x_{j}" for j in range(size))
    return Place(network, domain, words + inside, names, around=document, point=point, radius=reach)


def _texts(point: Point) -> list[str]:
    return [format_rational(entry) for entry in point]
