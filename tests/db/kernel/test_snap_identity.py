"""The index gives what PostGIS gives: `ST_Covers`, and the lowest code where several cover."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import shapely
from django.db import connection
from numpy.typing import NDArray

from gis.kernel.snap import SnapIndex
from tests.territory import (
    Territory,
    adversarial_points,
    awkward_territory,
    clustered_points,
    make_territory,
)

pytestmark = pytest.mark.django_db

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int32]

# Driven from the few grids with GiST on the many points: several times faster than the other way.
COVERING = """
    SELECT point.id, min(grid.id), count(*)
    FROM snap_grid grid JOIN snap_point point ON ST_Covers(grid.geom, point.geom)
    GROUP BY point.id
"""


class PostGIS:
    """Answers of PostGIS for one territory."""

    def __init__(self, territory: Territory) -> None:
        order = {code: place for place, code in enumerate(sorted(territory.codes))}
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE snap_grid (id int, geom geometry(Geometry, 4326))")
            with cursor.copy("COPY snap_grid FROM STDIN") as copy:
                for code, polygon in zip(territory.codes, territory.polygons, strict=True):
                    copy.write_row((order[code], str(_hex(polygon))))

    def answers(self, lon: FloatArray, lat: FloatArray) -> tuple[IntArray, IntArray]:
        """Return for each point the lowest id that covers it (-1 for none) and how many do."""
        points = _hex(shapely.points(lon, lat))
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE snap_point (id int, geom geometry(Point, 4326))")
            with cursor.copy("COPY snap_point FROM STDIN") as copy:
                for start in range(0, len(points), 20_000):
                    part = enumerate(points[start : start + 20_000], start)
                    copy.write("".join(f"{row}\t{point}\n" for row, point in part))
            cursor.execute("CREATE INDEX ON snap_point USING gist (geom)")
            cursor.execute("ANALYZE snap_point")
            cursor.execute(COVERING)
            rows = np.array(cursor.fetchall(), np.int64).reshape(-1, 3)
            cursor.execute("DROP TABLE snap_point")
        lowest, count = np.full(len(lon), -1, np.int32), np.zeros(len(lon), np.int32)
        lowest[rows[:, 0]], count[rows[:, 0]] = rows[:, 1], rows[:, 2]
        return lowest, count


@pytest.fixture
def postgis(territory: Territory) -> Iterator[PostGIS]:
    yield PostGIS(territory)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE snap_grid")


@pytest.fixture(params=[make_territory, awkward_territory])
def territory(request: pytest.FixtureRequest) -> Territory:
    made: Territory = request.param()
    return made


def _hex(geometries: Any) -> NDArray[np.str_]:
    marked = shapely.set_srid(geometries, 4326)
    return np.asarray(shapely.to_wkb(marked, hex=True, include_srid=True))


def _compare(territory: Territory, postgis: PostGIS, clustered: int, adversarial: int) -> None:
    index = SnapIndex.build(territory.polygons, territory.codes)
    for lon, lat in (
        clustered_points(territory, clustered),
        adversarial_points(territory, adversarial),
    ):
        lowest, count = postgis.answers(lon, lat)
        found = index.locate_many(lon, lat)
        different = np.flatnonzero(found != lowest)
        assert not len(different), [(lon[k], lat[k], found[k], lowest[k]) for k in different[:5]]
        some = slice(0, 10_000)
        singles = zip(lon[some].tolist(), lat[some].tolist(), strict=True)
        covering = [index.covering(x, y) for x, y in singles]
        assert [len(ids) for ids in covering] == count[some].tolist()
        assert [ids[0] if ids else -1 for ids in covering] == lowest[some].tolist()
    # The last round was the adversarial one: it must really have hit borders.
    assert (count > 1).sum() > adversarial / 20
    assert (lowest < 0).sum() > 0


def test_small_form(territory: Territory, postgis: PostGIS) -> None:
    _compare(territory, postgis, clustered=100_000, adversarial=10_000)


@pytest.mark.proof
def test_a_million_and_a_hundred_thousand_hard_ones(territory: Territory, postgis: PostGIS) -> None:
    _compare(territory, postgis, clustered=1_000_000, adversarial=100_000)
