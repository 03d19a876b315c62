"""The share that was seen, beside what shapely makes of the same tracks by buffers."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from gis.kernel.coverage import ROW_M, Spans, frame_for, stamp
from tests.bench.bench_coverage import bounds_of, in_metres
from tests.territory import awkward_territory, make_territory

# Grids of 15 to 40 ha with crooked borders, and what the task allows: 0.3 percentage points.
GRIDS = in_metres(make_territory(30, 29))[200:260]
BOUNDS = bounds_of(GRIDS)
ALLOWED = 0.003

seeds = st.integers(0, 2**32 - 1)
radii = st.floats(8.0, 120.0)


Track = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]


def wander(seed: int, tracks: int) -> Track:
    """Walks from anywhere in the bounds, some out of them, a few fixes standing still or alone."""
    chance = np.random.default_rng(seed)
    xs, ys, joined = [], [], []
    for _ in range(tracks):
        count = int(chance.integers(1, 60))
        heading = np.cumsum(chance.normal(0, 0.5, count))
        step = chance.uniform(0, 60) * (chance.random(count) > 0.2)
        xs.append(chance.uniform(BOUNDS[0], BOUNDS[2]) + np.cumsum(step * np.cos(heading)))
        ys.append(chance.uniform(BOUNDS[1], BOUNDS[3]) + np.cumsum(step * np.sin(heading)))
        joined.append(np.arange(count) > 0)
    return np.concatenate(xs), np.concatenate(ys), np.concatenate(joined)


def buffered(
    x: NDArray[np.float64], y: NDArray[np.float64], joined: NDArray[np.bool_], radius_m: float
) -> shapely.Geometry:
    points = np.column_stack([x, y])
    pieces = []
    for k in range(len(x)):
        piece = shapely.LineString(points[k - 1 : k + 1]) if joined[k] else shapely.Point(points[k])
        pieces.append(piece)
    return shapely.union_all(shapely.buffer(pieces, radius_m, quad_segs=32))


@settings(max_examples=20, deadline=None)
@given(seeds, st.integers(1, 8), radii)
def test_it_is_the_share_of_the_buffers(seed: int, tracks: int, radius_m: float) -> None:
    x, y, joined = wander(seed, tracks)
    frame = frame_for(BOUNDS, within_m=radius_m, row_m=ROW_M)
    canvas = frame.canvas()
    stamp(canvas, frame, x, y, joined, within_m=radius_m)
    found = Spans.build(GRIDS, frame).seen(canvas)
    seen = buffered(x, y, joined, radius_m)
    told = shapely.area(shapely.intersection(GRIDS, seen)) / shapely.area(GRIDS)
    assert np.abs(found - told).max() <= ALLOWED


@settings(max_examples=20, deadline=None)
@given(seeds, radii)
def test_more_tracks_never_see_less_and_twice_is_once(seed: int, radius_m: float) -> None:
    x, y, joined = wander(seed, 3)
    frame = frame_for(BOUNDS, within_m=radius_m, row_m=ROW_M)
    spans, canvas = Spans.build(GRIDS, frame), frame.canvas()
    half = len(x) // 2
    stamp(canvas, frame, x[:half], y[:half], joined[:half], within_m=radius_m)
    before = spans.seen(canvas)
    stamp(canvas, frame, x, y, joined, within_m=radius_m)
    after = spans.seen(canvas)
    assert (after >= before).all()
    stamp(canvas, frame, x, y, joined, within_m=radius_m)
    assert (spans.seen(canvas) == after).all()


@settings(max_examples=20, deadline=None)
@given(seeds, radii)
def test_the_way_back_sees_the_same(seed: int, radius_m: float) -> None:
    x, y, _ = wander(seed, 1)
    frame = frame_for(BOUNDS, within_m=radius_m, row_m=ROW_M)
    there, back = frame.canvas(), frame.canvas()
    joined = np.arange(len(x)) > 0
    stamp(there, frame, x, y, joined, within_m=radius_m)
    stamp(back, frame, x[::-1].copy(), y[::-1].copy(), joined, within_m=radius_m)
    differing = int(np.bitwise_count(there ^ back).sum())
    # A bit whose middle lies on the very edge may fall either way.
    assert differing <= 2


@pytest.mark.parametrize("row_m", [5.0, 2.5, 1.25])
def test_polygons_keep_their_area_and_share_no_bit(row_m: float) -> None:
    for territory in (make_territory(6, 5), awkward_territory()):
        grids = in_metres(territory)
        frame = frame_for(bounds_of(grids), within_m=30.0, row_m=row_m)
        spans = Spans.build(grids, frame)
        areas = spans.sizes * frame.bit_m * frame.row_m
        assert np.abs(areas / shapely.area(grids) - 1).max() < 0.01
        taken = np.zeros((frame.rows, frame.words * 64), np.uint8)
        for row, first, last in zip(spans.row, spans.first, spans.last, strict=True):
            taken[row, first : last + 1] += 1
        assert taken.max() == 1
