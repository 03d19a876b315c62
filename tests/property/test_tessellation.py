"""Whatever is wrong with a coverage is found, and what is closed is an exact coverage."""

import numpy as np
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gis.kernel.tessellation import (
    Severity,
    check_mismatch,
    check_outline,
    check_overlaps,
    check_spaces,
    close,
    errors,
)
from tests.territory import make_territory

SEEDS = st.integers(0, 10_000)
METRES_PER_DEGREE = 100_000.0


def division(seed: int) -> tuple[list[str], "np.ndarray"]:
    """A small wiggly coverage in metres, in order of code."""
    made = make_territory(4, 3, drop=0, wiggles=2, seed=seed)
    order = np.argsort(made.codes)
    areas = shapely.transform(
        np.array(made.polygons, dtype=object), lambda c: c * METRES_PER_DEGREE
    )
    return sorted(made.codes), areas[order]


def redrawn(areas: "np.ndarray", by_m: float, seed: int) -> "np.ndarray":
    """Every area drawn again by somebody else: each of its vertices up to `by_m` off."""
    random = np.random.default_rng(seed)
    result = np.empty(len(areas), dtype=object)
    for at, area in enumerate(areas):
        corners = shapely.get_coordinates(area)[:-1]
        corners = corners + random.uniform(-by_m / 2, by_m / 2, corners.shape)
        result[at] = shapely.Polygon(corners)
    return result


def found(codes: list[str], areas: "np.ndarray", narrow_m: float) -> set[str]:
    problems = [*check_overlaps(codes, areas), *check_spaces(codes, areas, narrow_m=narrow_m)]
    return {problem.kind for problem in problems}


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_a_sound_division_has_no_problem_and_closing_changes_nothing(seed: int) -> None:
    codes, areas = division(seed)
    outline = shapely.coverage_union_all(areas)
    assert not found(codes, areas, 1.0)
    assert not [*check_mismatch(codes, areas), *check_outline(codes, areas, outline)]
    closed = close(codes, areas, tolerance_m=1.0, outline=outline)
    assert closed.problems == []
    assert all(one.equals(other) for one, other in zip(closed.areas, areas, strict=True))


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.floats(0.01, 1.0), st.booleans())
@example(3291, 0.75, True)
@example(6565, 0.5023098303770342, False)
def test_areas_drawn_apart_are_closed_to_an_exact_coverage(
    seed: int, apart_m: float, outlined: bool
) -> None:
    codes, drawn = division(seed)
    outline = shapely.coverage_union_all(drawn) if outlined else None
    areas = redrawn(drawn, apart_m, seed)
    tolerance_m = 4 * apart_m
    closed = close(codes, areas, tolerance_m=tolerance_m, outline=outline)
    assert not errors(closed.problems)
    assert shapely.coverage_is_valid(closed.areas)
    assert shapely.is_valid(closed.areas).all()
    whole = shapely.union_all(closed.areas)
    assert abs(whole.area - shapely.area(closed.areas).sum()) < 1e-4
    assert not list(check_overlaps(codes, closed.areas))
    if outline is None:
        assert not found(codes, closed.areas, tolerance_m) & {"gap", "hole"}
    else:
        # A notch of the outline itself may be narrow: what it leaves out is nobody's gap.
        assert abs(whole.area - outline.area) < 1e-3
        assert not list(check_outline(codes, closed.areas, outline))
    for move in closed.problems:
        assert move.severity is Severity.NOTE
        assert (move.width_m or 0) <= tolerance_m
    # Nobody gains or loses ground that is not listed.
    change = shapely.area(shapely.symmetric_difference(closed.areas, areas))
    listed = sum(move.area_m2 or 0.0 for move in closed.problems)
    assert change.sum() <= 2 * listed + 1.0


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.integers(0, 11), st.data())
def test_one_moved_vertex_is_found(seed: int, which: int, data: st.DataObject) -> None:
    codes, areas = division(seed)
    inner = shapely.coverage_union_all(areas).boundary
    corners = shapely.get_coordinates(areas[which])[:-1]
    shared = np.flatnonzero(shapely.distance(shapely.points(corners), inner) > 1.0)
    at = int(shared[data.draw(st.integers(0, len(shared) - 1))])
    corners[at] += data.draw(st.sampled_from([(0.5, 0.0), (-0.5, 0.0), (0.0, 0.5), (0.0, -0.5)]))
    areas[which] = shapely.Polygon(corners)
    problems = found(codes, areas, 1.0)
    assert problems & {"overlap", "gap"} or list(check_mismatch(codes, areas))


@settings(max_examples=15, deadline=None)
@given(SEEDS, st.integers(0, 11))
def test_a_missing_cell_and_a_doubled_cell_are_found(seed: int, which: int) -> None:
    codes, areas = division(seed)
    outline = shapely.coverage_union_all(areas)
    rest = np.delete(areas, which)
    left = [code for at, code in enumerate(codes) if at != which]
    assert {problem.kind for problem in check_outline(left, rest, outline)} == {"uncovered"}
    twice = np.append(areas, areas[which])
    assert "overlap" in found([*codes, "twice"], twice, 1.0)
