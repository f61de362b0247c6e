"""Corners of a case against exact linear programs: where floats can tell them they are the same."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from verinet.exact.programs import Infeasible, Minimum, System, minimum
from verinet.kernel import Domain
from verinet.provers.cases import Case, box_of, hypothesis
from verinet.provers.corners import SIDE, Corners, corners_of
from verinet.provers.multipliers import certify, contradicts

entry = st.integers(-6, 6)


def case_of(rows: list[list[int]], size: int) -> tuple[Case, Domain]:
    domain = Domain(2, [(-2, 3)] * size, [])
    box = box_of(domain)
    active = tuple(hypothesis(row, False, place, box) for place, row in enumerate(rows))
    return Case(0, 0, 1, [], [], (), (), len(active), active, np.zeros((0, size)), None), domain


@given(st.integers(1, 2), st.data())
def test_the_maximum_is_that_of_an_exact_linear_program(size: int, data: st.DataObject) -> None:
    row = st.lists(entry, min_size=size + 1, max_size=size + 1).filter(lambda r: any(r[1:]))
    rows = data.draw(st.lists(row, max_size=4))
    case, domain = case_of(rows, size)
    box = box_of(domain)
    corners = corners_of(box, case)
    target = data.draw(row)
    system = System(tuple(map(tuple, rows)), (False,) * len(rows), box.low, box.high)
    exact = minimum(tuple(-e for e in target), system)
    if corners is None:
        return
    assert not isinstance(exact, Infeasible)
    assert isinstance(exact, Minimum)
    form = hypothesis(target, True, len(rows), box)
    value, point, duals = corners.largest(form)
    scale = form.scale[0] / form.scale[1]
    # the corners are floats of small numbers: a bound for their rounding, far above it
    assert abs(value * scale + float(exact.value)) <= 1e-6 * (1 + abs(float(exact.value)))
    assert all(0 <= position < len(rows) and dual > 0 for position, dual in duals.items())
    assert point.shape == (size,)
    if exact.value > Fraction(1, 1000):  # the form is clearly negative on the case: the multipliers must show it
        forms = [form, *case.active]
        found = certify([1.0, *(duals.get(k, 0.0) for k in range(len(rows)))], forms, domain, -value)
        assert contradicts(found, forms, domain)


def test_a_triangle() -> None:
    case, domain = case_of([[0, 1, 0], [0, 0, 1], [2, -2, -2]], 2)  # x, y >= 0 and x + y <= 1 in [-1, 3/2]^2
    corners = corners_of(box_of(domain), case)
    assert isinstance(corners, Corners)
    assert sorted(corners.edges) == [0, 1, 2]
    assert SIDE not in corners.edges
    center, half = 0.25, 1.25
    assert {tuple(np.round(center + half * p, 9)) for p in corners.points} == {(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)}


def test_no_corners_where_this_is_not_the_way() -> None:
    for box in ([(0, 1)] * 3, [(0, None)], [(0, 0), (0, 1)]):
        case, _ = case_of([], len(box))
        assert corners_of(box_of(Domain(1, box, [])), case) is None
