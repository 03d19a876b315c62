"""The bulk answers are the single ones."""

import numpy as np
import pytest
from shapely import Polygon

from gis.kernel.errors import InvalidCoordinate
from gis.kernel.snap import METHODS, SnapIndex, SnapMethod
from tests.territory import (
    adversarial_points,
    awkward_territory,
    clustered_points,
    make_territory,
)


def test_many_answers_are_the_single_ones() -> None:
    territory = make_territory(12, 12)
    index = SnapIndex.build(territory.polygons, territory.codes)
    one, two = clustered_points(territory, 900), adversarial_points(territory, 300)
    lon, lat = np.concatenate([one[0], two[0]]), np.concatenate([one[1], two[1]])
    radii = [None, 5.0, 60.0, None] * 300
    many = index.answer_many(lon, lat, accuracy_m=radii, tolerance_m=40.0)
    for x, y, radius_m, bulk in zip(lon, lat, radii, many, strict=True):
        single = index.answer(x, y, accuracy_m=radius_m, tolerance_m=40.0)
        assert bulk.border_distance_m == pytest.approx(single.border_distance_m, rel=1e-9)
        assert (bulk.grid, bulk.method) == (single.grid, single.method)
        assert (bulk.provisional, bulk.candidates) == (single.provisional, single.candidates)


def test_exactly_on_a_long_edge_is_on_the_border() -> None:
    """Where the measured distance, in a plane of the point's own, is some micrometres."""
    south_east = Polygon([(120.0, 36.0), (120.125, 36.0), (120.125, 36.125)])
    north_west = Polygon([(120.0, 36.0), (120.125, 36.125), (120.0, 36.125)])
    index = SnapIndex.build([south_east, north_west], ["a", "b"])
    # Sums of powers of two, so that every point lies on the diagonal to the last bit.
    along = np.arange(1, 1024) / 8192.0
    lon, lat = 120.0 + along, 36.0 + along
    single = [index.answer(x, y) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)]
    assert {one.method for one in single} == {SnapMethod.BORDER}
    many = index.answer_many(lon, lat)
    assert [(one.grid, one.method) for one in many] == [(one.grid, one.method) for one in single]


def test_a_bad_row_is_named() -> None:
    territory = make_territory(3, 3)
    index = SnapIndex.build(territory.polygons, territory.codes)
    with pytest.raises(InvalidCoordinate, match="row 1"):
        index.answer_many(np.array([120.5, np.nan]), np.array([36.1, 36.1]))


def test_snapping_many_gives_grid_and_method_of_the_single_answers() -> None:
    for territory, tolerance_m in (
        (make_territory(12, 12), 40.0),
        (awkward_territory(), 40.0),
        (awkward_territory(), 3000.0),
    ):
        index = SnapIndex.build(territory.polygons, territory.codes)
        one, two = clustered_points(territory, 900), adversarial_points(territory, 900)
        lon, lat = np.concatenate([one[0], two[0]]), np.concatenate([one[1], two[1]])
        ids, methods, away_m = index.snap_many(lon, lat, tolerance_m=tolerance_m)
        rows = zip(lon, lat, ids.tolist(), methods.tolist(), away_m.tolist(), strict=True)
        for x, y, found, how, metres in rows:
            single = index.answer(x, y, tolerance_m=tolerance_m)
            assert (found, METHODS[how]) == (
                -1 if single.grid is None else single.grid,
                single.method,
            )
            near = single.method is SnapMethod.NEAREST
            assert metres == pytest.approx(single.border_distance_m if near else 0.0, rel=1e-9)
        assert {0, 1, 2} <= set(methods.tolist())
        _, without, _ = index.snap_many(lon, lat)
        assert set(without.tolist()) == {0, 1, 3}
