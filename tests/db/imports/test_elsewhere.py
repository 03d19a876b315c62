"""A place that others drew: San Francisco's planning neighbourhoods, flaws and all."""

import json
from pathlib import Path

import numpy as np
import pytest
from django.contrib.gis.db.models import Extent
from django.core.management import CommandError, call_command
from django.db import connection

from gis.kernel.snap import SnapIndex
from grids.imports.gazette import edition_of, gazette_of
from grids.models import Grid, Place

pytestmark = pytest.mark.django_db
FILE = Path(__file__).parents[2] / "data" / "san_francisco.geojson"


def bring(tmp_path: Path, **options: object) -> Path:
    problems = tmp_path / "problems.geojson"
    call_command(
        "import_grids",
        FILE,
        place="sf",
        place_name="San Francisco",
        edition="2013",
        starts="2013-02-10",
        code="cartodb_id",
        name="name",
        problems=problems,
        **options,
    )
    return problems


def test_its_flaws_are_named_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="self_touch"):
        bring(tmp_path)
    assert not Place.objects.exists()


def test_it_is_imported_and_a_point_lands_where_postgis_says(tmp_path: Path) -> None:
    problems = json.loads(bring(tmp_path, tolerance_m=5).read_text(encoding="utf-8"))
    kinds = {feature["properties"]["kind"] for feature in problems["features"]}
    assert {"ring_split", "moved"} <= kinds
    place = Place.objects.get(code="sf")
    assert place.srid_m == 32610
    assert Grid.objects.count() == 37
    gazette = gazette_of(edition_of(place, None))
    lon, lat = _points(Grid.objects.aggregate(box=Extent("geometry"))["box"])
    found = _by_index(gazette.index, lon, lat)
    assert found == _by_postgis(lon, lat)
    assert sum(code is not None for code in found) > 1000


def _points(bounds: tuple[float, float, float, float]) -> "tuple[np.ndarray, np.ndarray]":
    """Points anywhere in the box, and the vertices themselves."""
    west, south, east, north = bounds
    random = np.random.default_rng(3)
    corners = np.concatenate(
        [np.array(grid.geometry.coords[0][0])[::40] for grid in Grid.objects.all()]
    )
    lon = np.concatenate([random.uniform(west, east, 3000), corners[:, 0]])
    lat = np.concatenate([random.uniform(south, north, 3000), corners[:, 1]])
    return lon, lat


def _by_index(index: SnapIndex, lon: np.ndarray, lat: np.ndarray) -> list[str | None]:
    return [index.codes[k] if k >= 0 else None for k in index.locate_many(lon, lat).tolist()]


def _by_postgis(lon: np.ndarray, lat: np.ndarray) -> list[str | None]:
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT (SELECT min(g.code COLLATE "C") FROM grids_grid g'
            " WHERE ST_Covers(g.geometry, ST_SetSRID(ST_MakePoint(p.x, p.y), 4326)))"
            " FROM unnest(%s::float8[], %s::float8[]) WITH ORDINALITY AS p(x, y, n) ORDER BY p.n",
            [lon.tolist(), lat.tolist()],
        )
        return [row[0] for row in cursor.fetchall()]
