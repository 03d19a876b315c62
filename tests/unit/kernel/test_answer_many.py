"""The bulk answers are the single ones."""

import numpy as np
import pytest

from gis.kernel.errors import InvalidCoordinate
from gis.kernel.snap import SnapIndex
from tests.territory import adversarial_points, clustered_points, make_territory


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


def test_a_bad_row_is_named() -> None:
    territory = make_territory(3, 3)
    index = SnapIndex.build(territory.polygons, territory.codes)
    with pytest.raises(InvalidCoordinate, match="row 1"):
        index.answer_many(np.array([120.5, np.nan]), np.array([36.1, 36.1]))
