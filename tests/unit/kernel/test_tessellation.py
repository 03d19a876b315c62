"""The rules of closing and the checks, each on a case that can be drawn by hand (metres)."""

import numpy as np
import pytest
import shapely
from shapely import Polygon, box
from shapely.geometry.base import BaseGeometry

from gis.kernel.tessellation import (
    Problem,
    Severity,
    check_shapes,
    check_slivers,
    check_spaces,
    close,
    errors,
    moved,
    untouched,
    width_of,
)


def areas(*shapes: BaseGeometry) -> "np.ndarray":
    return np.array(shapes, dtype=object)


@pytest.mark.parametrize(
    ("shape", "width_m"),
    [
        (box(0, 0, 1000, 0.5), 0.5),
        (box(0, 0, 10, 10), 10.0),
        (Polygon([(0, 0), (100, 0), (50, 2)]), 1.96),
        (box(0, 0, 1, 1e-6), 1e-6),
    ],
)
def test_the_width_is_the_largest_circle_inside(shape: Polygon, width_m: float) -> None:
    assert width_m <= width_of(shape) * 1.001
    assert width_of(shape) <= width_m * 1.07 or width_of(shape) < 1e-3


def test_an_overlap_goes_to_the_lowest_code() -> None:
    closed = close(["B", "A"], areas(box(0, 0, 10.4, 10), box(10, 0, 20, 10)), tolerance_m=0.5)
    assert closed.areas[0].equals(box(0, 0, 10, 10))
    assert closed.areas[1].equals(box(10, 0, 20, 10))
    (move,) = moved(closed.problems)
    assert move.features == ("B", "A")
    assert move.area_m2 == pytest.approx(4.0)


def test_a_gap_goes_to_the_longest_border_and_a_tie_to_the_lowest_code() -> None:
    # A gap of 0.4 × 10 between two areas, enclosed above and below.
    around = [box(0, 10, 20.4, 12), box(0, -2, 20.4, 0)]
    tie = areas(box(0, 0, 10, 10), box(10.4, 0, 20.4, 10), *around)
    closed = close(["B", "A", "C", "D"], tie, tolerance_m=0.5)
    assert closed.areas[1].equals(box(10, 0, 20.4, 10))
    assert moved(closed.problems)[0].features == ("", "A")
    # Split the left neighbour: the right one has the longer border now, whatever its code.
    split = areas(box(0, 0, 10, 5), box(0, 5, 10, 10), box(10.4, 0, 20.4, 10), *around)
    closed = close(["A", "B", "Z", "C", "D"], split, tolerance_m=0.5)
    assert closed.areas[2].equals(box(10, 0, 20.4, 10))


def test_a_strip_open_at_both_ends_is_closed_too() -> None:
    closed = close(["A", "B"], areas(box(0, 0, 10, 10), box(10.3, 0, 20, 10)), tolerance_m=0.5)
    assert shapely.union_all(closed.areas).area == pytest.approx(200.0, abs=1e-3)
    assert shapely.coverage_is_valid(closed.areas)


def test_what_is_wider_than_the_tolerance_stays() -> None:
    shapes = areas(box(0, 0, 11, 10), box(10, 0, 20, 10))
    closed = close(["A", "B"], shapes, tolerance_m=0.5)
    assert [problem.kind for problem in errors(closed.problems)] == ["overlap"]
    assert list(closed.areas) == list(shapes)
    apart = areas(box(0, 0, 10, 10), box(11, 0, 20, 10))
    closed = close(["A", "B"], apart, tolerance_m=0.5)
    assert closed.problems == []
    (part,) = check_spaces(["A", "B"], closed.areas, narrow_m=0.5)
    assert (part.kind, part.severity) == ("separate_part", Severity.WARNING)


def test_an_outline_cuts_and_fills() -> None:
    outline = box(0, 0, 20, 10)
    shapes = areas(box(0, 0, 10, 10.2), box(10, 0, 19.8, 10))
    closed = close(["A", "B"], shapes, tolerance_m=0.5, outline=outline)
    assert closed.areas[0].equals(box(0, 0, 10, 10))
    assert closed.areas[1].equals(box(10, 0, 20, 10))
    assert {move.features for move in moved(closed.problems)} == {("A", ""), ("", "B")}


def test_an_area_that_vanishes_is_an_error() -> None:
    shapes = areas(box(0, 0, 10, 10), box(9.8, 0, 10, 10))
    closed = close(["A", "B"], shapes, tolerance_m=0.5)
    assert [problem.kind for problem in errors(closed.problems)] == ["vanished"]


def test_a_sliver_is_told_from_a_thin_part() -> None:
    thin = box(0, 0, 100, 0.2)
    pair = shapely.multipolygons([thin, box(0, 10, 100, 110)])
    alone, part = check_slivers(["A", "B", "C"], areas(thin, pair, box(0, 0, 9, 9)), limit_m=1.0)
    assert (alone.severity, alone.features) == (Severity.ERROR, ("A",))
    assert (part.severity, part.features) == (Severity.WARNING, ("B",))


def test_a_ring_that_touches_itself_is_split_and_a_crossing_one_is_not() -> None:
    pinched = Polygon([(0, 0), (10, 0), (10, 10), (0, 10), (0, 5), (5, 7), (5, 3), (0, 5)])
    assert not pinched.is_valid
    mended = untouched(pinched)
    assert mended is not None
    assert mended.is_valid
    assert mended.area == pytest.approx(pinched.area)
    assert untouched(Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])) is None


def test_a_hostile_star_is_refused_quickly_and_never_repaired() -> None:
    turns = np.arange(2003) * (2 * np.pi * 1001 / 2003)
    star = Polygon(np.column_stack([np.cos(turns), np.sin(turns)]))
    (problem,) = check_shapes(["A"], areas(star), max_vertices=20_000)
    assert problem.kind == "invalid_ring"
    assert untouched(star) is None


def test_a_problem_is_a_geojson_feature() -> None:
    feature = Problem("gap", "缝隙", "gap", features=("A",), geometry=box(0, 0, 1, 1)).as_feature()
    assert feature["geometry"]["type"] == "Polygon"
    assert feature["properties"]["severity"] == "error"
