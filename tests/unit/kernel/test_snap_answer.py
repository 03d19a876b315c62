"""Distances in metres, shares of an accuracy circle, and the answer made of them."""

import functools
import math
from collections.abc import Callable

import numpy as np
import pyproj
import pytest
import shapely
import shapely.affinity

from gis.kernel.errors import InvalidInput
from gis.kernel.snap import SnapIndex, SnapMethod
from gis.kernel.snap.metric import metres_per_degree
from tests.territory import Territory, awkward_territory, clustered_points, make_territory

LON, LAT = 120.5, 36.1
LON_M, LAT_M = metres_per_degree(LAT)
GEOD = pyproj.Geod(ellps="WGS84")


@pytest.fixture(scope="module")
def halves() -> SnapIndex:
    """West is B, east is A, side by side at 120.5 E, free on all other sides."""
    east = shapely.box(LON, LAT - 0.1, LON + 0.1, LAT + 0.1)
    west = shapely.box(LON - 0.1, LAT - 0.1, LON, LAT + 0.1)
    return SnapIndex.build([east, west], ["A", "B"])


@pytest.fixture(scope="module")
def district() -> tuple[Territory, SnapIndex]:
    territory = make_territory(8, 8, drop=3)
    return territory, SnapIndex.build(territory.polygons, territory.codes)


def east_of_the_border(metres: float) -> float:
    return LON + metres / LON_M


def test_inside_far_from_any_border(halves: SnapIndex) -> None:
    answer = halves.answer(east_of_the_border(500), LAT, accuracy_m=400)
    assert (answer.grid, answer.method) == (0, SnapMethod.INSIDE)
    assert answer.border_distance_m == pytest.approx(500, rel=1e-5)
    assert (answer.provisional, answer.candidates) == (False, ())


def test_without_accuracy_nothing_is_provisional(halves: SnapIndex) -> None:
    answer = halves.answer(east_of_the_border(0.001), LAT)
    assert (answer.provisional, answer.candidates) == (False, ())


def test_the_circle_crosses_a_border(halves: SnapIndex) -> None:
    answer = halves.answer(east_of_the_border(10), LAT, accuracy_m=100)
    assert answer.method is SnapMethod.INSIDE
    assert answer.provisional
    first, second = answer.candidates
    # Share beyond a chord at distance d of a circle of radius r.
    d, r = 10.0, 100.0
    beyond = (r * r * math.acos(d / r) - d * math.sqrt(r * r - d * d)) / (math.pi * r * r)
    assert (first[0], second[0]) == (0, 1)
    assert (first[1], second[1]) == pytest.approx((1 - beyond, beyond), abs=1e-5)


def test_a_large_first_share_decides(halves: SnapIndex) -> None:
    answer = halves.answer(east_of_the_border(60), LAT, accuracy_m=100)
    assert len(answer.candidates) == 2
    assert answer.candidates[0][1] > 0.6
    assert not answer.provisional


def test_on_the_border_the_lowest_code_wins(halves: SnapIndex) -> None:
    answer = halves.answer(LON, LAT, accuracy_m=20)
    assert (answer.grid, answer.method, answer.border_distance_m) == (0, SnapMethod.BORDER, 0.0)
    assert [grid for grid, _ in answer.candidates] == [0, 1]
    assert answer.provisional


def test_on_the_outer_border_of_one_polygon(halves: SnapIndex) -> None:
    answer = halves.answer(LON - 0.1, LAT)
    assert (answer.grid, answer.method, answer.border_distance_m) == (1, SnapMethod.BORDER, 0.0)


def test_just_outside_is_nearest_within_the_tolerance(halves: SnapIndex) -> None:
    lat = LAT + 0.1 + 30 / LAT_M
    near = halves.answer(LON + 0.01, lat, accuracy_m=50, tolerance_m=50)
    assert (near.grid, near.method) == (0, SnapMethod.NEAREST)
    assert near.border_distance_m == pytest.approx(30, rel=1e-4)
    assert near.provisional
    assert [grid for grid, _ in near.candidates] == [0]
    out = halves.answer(LON + 0.01, lat, accuracy_m=10, tolerance_m=20)
    assert (out.grid, out.method, out.candidates) == (None, SnapMethod.OUTSIDE, ())
    assert out.border_distance_m == near.border_distance_m


def test_nearest_ties_go_to_the_lowest_code(halves: SnapIndex) -> None:
    found = halves.nearest(LON, LAT + 0.1005, 1000)
    assert found is not None
    assert found[0] == 0
    assert found[1] == pytest.approx(0.0005 * LAT_M, rel=1e-4)
    assert halves.nearest(LON, LAT + 0.1005, 10) is None
    assert halves.nearest(LON - 0.01, LAT, 10) == (1, 0.0)


def test_shares_outside_everything(halves: SnapIndex) -> None:
    assert halves.shares(LON, LAT + 0.2, 100) == []
    [(grid, share)] = halves.shares(LON - 0.1, LAT, 100)
    assert grid == 1
    assert share == pytest.approx(0.5, abs=1e-5)
    assert halves.shares(LON - 0.05, LAT, 0) == [(1, 1.0)]


def test_a_hole_is_not_counted() -> None:
    territory = awkward_territory()
    index = SnapIndex.build(territory.polygons, territory.codes)
    shares = {index.codes[grid]: share for grid, share in index.shares(120.53, 36.13, 5000)}
    lon_m, lat_m = metres_per_degree(36.13)
    circle_m2 = math.pi * 5000**2
    ring_m2 = (0.02 * 0.02 - 0.004 * 0.004) * lon_m * lat_m
    assert shares["0001"] == pytest.approx(ring_m2 / circle_m2, rel=1e-4)
    assert sum(shares.values()) <= 1 + 1e-9


def test_border_distance_is_geodesic(district: tuple[Territory, SnapIndex]) -> None:
    territory, index = district
    lon, lat = clustered_points(territory, 300, seed=5)
    borders = [shapely.boundary(polygon) for polygon in territory.polygons]
    for x, y in zip(lon.tolist(), lat.tolist(), strict=True):
        lon_m, lat_m = scale = np.array(metres_per_degree(y))
        # A strict plane for GEOS, scaled at the point; the foot is then measured on the ellipsoid.
        plane = shapely.transform(borders, functools.partial(np.multiply, scale))
        here = shapely.Point(x * lon_m, y * lat_m)
        nearest = min(plane, key=here.distance)
        foot = shapely.shortest_line(here, nearest).coords[1]
        _, _, expected_m = GEOD.inv(x, y, foot[0] / lon_m, foot[1] / lat_m)
        assert index.border_distance_m(x, y) == pytest.approx(expected_m, rel=1e-3, abs=1e-3)


def test_far_away_distances_hold_to_a_thousandth(halves: SnapIndex) -> None:
    for lon, lat in [(LON, LAT + 0.9), (LON + 1.0, LAT), (LON - 0.9, LAT - 0.1)]:
        nearest_lon = min(max(lon, LON - 0.1), LON + 0.1)
        nearest_lat = min(max(lat, LAT - 0.1), LAT + 0.1)
        _, _, expected_m = GEOD.inv(lon, lat, nearest_lon, nearest_lat)
        assert halves.border_distance_m(lon, lat) == pytest.approx(expected_m, rel=1e-3)


def test_shares_are_areas_of_geos(district: tuple[Territory, SnapIndex]) -> None:
    territory, index = district
    lon, lat = clustered_points(territory, 40, seed=6)
    codes = [territory.codes.index(code) for code in index.codes]
    for x, y in zip(lon.tolist(), lat.tolist(), strict=True):
        lon_m, lat_m = metres_per_degree(y)
        circle = shapely.affinity.scale(
            shapely.Point(x, y).buffer(1, quad_segs=256), 250 / lon_m, 250 / lat_m
        )
        found = dict(index.shares(x, y, 250))
        for grid, place in enumerate(codes):
            part = shapely.intersection(territory.polygons[place], circle).area / circle.area
            assert found.get(grid, 0.0) == pytest.approx(part, abs=1e-4)


@pytest.mark.parametrize("bad", [-1.0, math.nan, math.inf, 1e300])
def test_lengths_are_checked(halves: SnapIndex, bad: float) -> None:
    asks: list[tuple[Callable[[], object], str]] = [
        (lambda: halves.answer(LON, LAT, accuracy_m=bad), "accuracy_m"),
        (lambda: halves.answer(LON, LAT, tolerance_m=bad), "tolerance_m"),
        (lambda: halves.shares(LON, LAT, bad), "accuracy_m"),
        (lambda: halves.nearest(LON, LAT, bad), "within_m"),
    ]
    for ask, field in asks:
        with pytest.raises(InvalidInput) as caught:
            ask()
        assert caught.value.field == field
