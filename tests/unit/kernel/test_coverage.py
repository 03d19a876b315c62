"""The share of polygons that tracks have seen."""

import math

import numpy as np
import pytest
import shapely

from gis.kernel.coverage import (
    ROW_M,
    Frame,
    Limits,
    Plane,
    Spans,
    frame_for,
    joined_to_previous,
    stamp,
    unpacked,
)
from gis.kernel.errors import InvalidInput

SQUARE = shapely.box(0, 0, 1000, 1000)


def seen(points: list[tuple[float, float]], joined: list[bool], within_m: float = 30.0) -> float:
    frame = frame_for((-100.0, -100.0, 1100.0, 1100.0), within_m=within_m, row_m=ROW_M)
    canvas = frame.canvas()
    x, y = np.array(points, np.float64).T.copy()
    stamp(canvas, frame, x, y, np.array(joined), within_m=within_m)
    return float(Spans.build([SQUARE], frame).seen(canvas)[0])


def test_a_lone_fix_sees_a_circle() -> None:
    assert seen([(500, 500)], [False]) == pytest.approx(math.pi * 900 / 1e6, abs=2e-5)


@pytest.mark.parametrize(
    ("end", "length"),
    [((700, 500), 200), ((500, 700), 200), ((620, 660), 200), ((380, 660), 200), ((620, 340), 200)],
)
def test_two_joined_fixes_see_a_capsule(end: tuple[float, float], length: float) -> None:
    found = seen([(500, 500), end], [False, True])
    assert found == pytest.approx((math.pi * 900 + 60 * length) / 1e6, abs=5e-5)


def test_two_fixes_apart_see_two_circles() -> None:
    found = seen([(300, 500), (700, 500)], [False, False])
    assert found == pytest.approx(2 * math.pi * 900 / 1e6, abs=4e-5)


def test_what_lies_outside_counts_where_it_reaches_inside() -> None:
    assert seen([(500, -10)], [False]) > 0
    assert seen([(500, -40)], [False]) == 0
    assert seen([(5000, 5000), (-5000, -9000)], [False, False]) == 0


def test_a_track_far_across_is_clipped_and_not_lost() -> None:
    assert seen([(-900, 500), (1900, 500)], [False, True]) == pytest.approx(0.06, abs=1e-4)


def test_a_hole_is_not_seen_and_does_not_count() -> None:
    ring = shapely.box(0, 0, 1000, 1000) - shapely.box(400, 400, 600, 600)
    frame = frame_for((0.0, 0.0, 1000.0, 1000.0), within_m=30.0, row_m=ROW_M)
    canvas = frame.canvas()
    stamp(canvas, frame, np.array([500.0]), np.array([500.0]), np.array([False]), within_m=30.0)
    spans = Spans.build([ring, shapely.box(400, 400, 600, 600)], frame)
    assert spans.seen(canvas).tolist() == [0.0, pytest.approx(math.pi * 900 / 4e4, abs=1e-3)]


def test_fixes_far_apart_in_time_or_space_or_of_others_are_not_joined() -> None:
    worker = np.array([1, 1, 1, 1, 2])
    at = np.array([0.0, 60.0, 400.0, 460.0, 470.0])
    x = np.array([0.0, 70.0, 140.0, 900.0, 901.0])
    found = joined_to_previous(worker, at, x, np.zeros(5), Limits(seconds=180, metres=250))
    assert found.tolist() == [False, True, False, False, False]


def test_a_frame_that_makes_no_sense_is_refused() -> None:
    for within_m in (0.0, -1.0, math.nan, math.inf):
        with pytest.raises(InvalidInput):
            frame_for((0.0, 0.0, 1.0, 1.0), within_m=within_m, row_m=5.0)
    with pytest.raises(InvalidInput):
        frame_for((0.0, 0.0, 0.0, 1.0), within_m=30.0, row_m=5.0)
    with pytest.raises(InvalidInput):
        frame_for((0.0, 0.0, 9e6, 9e6), within_m=30.0, row_m=5.0)


def test_rows_divide_the_width_of_a_track() -> None:
    frame = frame_for((0.0, 0.0, 1000.0, 1000.0), within_m=32.0, row_m=5.0)
    assert frame.row_m <= 5.0
    assert (64.0 / frame.row_m) == pytest.approx(round(64.0 / frame.row_m))


def test_unpacked_bits_lie_where_they_were_stamped() -> None:
    frame = Frame(0.0, 0.0, 10.0, 10.0, rows=20, words=2)
    canvas = frame.canvas()
    stamp(canvas, frame, np.array([705.0]), np.array([55.0]), np.array([False]), within_m=4.0)
    assert np.argwhere(unpacked(canvas)).tolist() == [[5, 70]]


def test_a_plane_is_exact_between_its_nodes() -> None:
    lon, lat = Plane.nodes(120.0, 36.0, 120.1, 36.1)
    plane = Plane(120.0, 36.0, 9e4 * lon + 10 * lat, 1.1e5 * lat)
    x, y, held = plane.metres([120.033, 120.077, 119.9], [36.011, 36.099, 36.0])
    assert held.tolist() == [True, True, False]
    np.testing.assert_allclose(x[:2], [9e4 * 120.033 + 360.11, 9e4 * 120.077 + 360.99], atol=1e-6)
    np.testing.assert_allclose(y[:2], [1.1e5 * 36.011, 1.1e5 * 36.099], atol=1e-6)
