"""How long since a track came near, beside what PostGIS finds in the same fixes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import shapely
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from grids.models import User
from patrols.selectors.recorded import CELL_M
from patrols.selectors.staleness import (
    CLASS_NAMES,
    Stale,
    stale_areas,
    stale_cells,
    stale_shares,
)
from patrols.services.fixes import write_fixes
from patrols.services.recorded import move_on
from tests.factories import CELL, SOUTH, WEST, District
from tests.patrols import columns, make_shift

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
For = Callable[[User], APIClient]
# For each point the metres to the nearest way on each local day: nothing of ours.
POSTGIS = """
WITH fix AS (
    SELECT worker_id, at, lag(at) OVER w AS was, p, lag(p) OVER w AS q FROM patrols_fix,
        ST_Transform(ST_SetSRID(ST_MakePoint(lon, lat), 4326), 4549) AS p
    WHERE flags = 0 WINDOW w AS (PARTITION BY worker_id ORDER BY at)
), way AS (
    SELECT (at AT TIME ZONE 'Asia/Shanghai')::date AS day, CASE WHEN at - was <= interval '180 s'
        AND ST_Distance(p, q) <= 250 THEN ST_MakeLine(q, p) ELSE p END AS line FROM fix
)
SELECT number, max(day) FILTER (WHERE ST_DWithin(line, point, 30)),
    min(abs(ST_Distance(line, point) - 30))
FROM unnest(%s::bytea[]) WITH ORDINALITY AS told (wkb, number),
    ST_GeomFromWKB(wkb, 4549) AS point, way GROUP BY number ORDER BY number
"""


def walk(district: District, days_ago: float, seed: int, now: datetime = NOW) -> None:
    """A walk of an hour and a half through the middle cells, written when it was walked."""
    chance, worker = np.random.default_rng(seed), district.users["worker"]
    began = now - timedelta(days=days_ago, hours=2)
    make_shift(worker, district.place, began, began + timedelta(hours=2))
    heading = np.cumsum(chance.normal(0, 0.3, 500))
    lon = WEST + CELL * 0.5 + np.cumsum(1e-4 * np.cos(heading))
    lat = SOUTH + CELL * 0.5 + np.cumsum(1e-4 * np.sin(heading))
    points = list(zip(lon.tolist(), lat.tolist(), strict=True))
    kept = np.arange(500) % 200 < 170
    number = np.arange(500, dtype=np.int64) + 1000 * seed
    track = columns(worker, began, points, sequence=number)
    write_fixes(track.only(kept), now=began + timedelta(hours=2))


def expected(days: int | None) -> str:
    if days is None or days > 14:
        return "not_recorded"
    return next(name for name, most in NAMES if days <= most)


NAMES = (("today", 0), ("1-3", 3), ("4-7", 7), ("8-14", 14))


def middles(stale: Stale) -> list[bytes]:
    """The middles of the cells of a grid's pieces, as WKB in metres."""
    x, y = ((one + 0.5) * CELL_M for one in (stale.pieces.column, stale.pieces.row))
    return [bytes(one) for one in shapely.to_wkb(shapely.points(x, y))]


def test_it_is_what_postgis_finds(district: District) -> None:
    for seed, days_ago in enumerate((0, 0.4, 2, 5, 9, 14, 20), 1):
        walk(district, days_ago, seed)
        move_on()
    compared: dict[str, int] = {}
    for column in (0, 1):
        stale = stale_cells(district.cell(column, 0), NOW)
        with connection.cursor() as cursor:
            cursor.execute(POSTGIS, [middles(stale)])
            rows = cursor.fetchall()
        assert len(rows) == len(stale.classes)
        for (_, day, doubt_m), told in zip(rows, stale.classes.tolist(), strict=True):
            if doubt_m > 0.05:
                days = (NOW.date() - day).days if day else None
                assert CLASS_NAMES[told] == expected(days)
                compared[CLASS_NAMES[told]] = compared.get(CLASS_NAMES[told], 0) + 1
    assert len(compared) >= 4
    assert sum(compared.values()) > 700


def test_the_cells_are_the_grid(district: District) -> None:
    walk(district, 0, 1)
    move_on()
    grid = district.cell(0, 0)
    pieces = stale_cells(grid, NOW).pieces
    metres = grid.geometry.transform(4549, clone=True).area
    assert float(shapely.area(pieces.polygons).sum()) == pytest.approx(metres, rel=1e-6)
    assert float(shapely.area(pieces.polygons).max()) <= 2500.001
    areas = stale_areas(grid, NOW)
    assert sum(one["share"] for one in areas) == pytest.approx(1)
    joined = shapely.union_all([shapely.geometry.shape(one["geometry"]) for one in areas])
    there = shapely.from_wkb(bytes(grid.geometry.wkb))
    # A straight border in degrees is not quite straight in metres.
    assert joined.symmetric_difference(there).area < 1e-4 * there.area


def test_shares_of_all_grids_are_those_of_each(district: District) -> None:
    for seed, days_ago in enumerate((0, 2, 9), 1):
        walk(district, days_ago, seed)
    move_on()
    rows = stale_shares(district.now, NOW)
    assert [row.grid_code for row in rows] == sorted(district.grids)
    told = {row.grid_code: row for row in rows}
    for column in (0, 1, 3):
        grid = district.cell(column, 0)
        areas = {one["class"]: one["share"] for one in stale_areas(grid, NOW)}
        row = told[grid.code]
        for name, share in zip(CLASS_NAMES, row.shares, strict=True):
            assert share == pytest.approx(areas.get(name, 0.0), abs=1e-6)
        ordered = np.cumsum(row.shares[:-1])
        median = row.median_days
        assert (median is None) == (ordered[-1] < 0.5)
        if median is not None:
            assert CLASS_NAMES[int(np.argmax(ordered >= 0.5))] == expected(median)


def test_of_ones_own_ground_only(district: District, api_for: For) -> None:
    walk(district, 0, 1, timezone.now())
    move_on()
    mine, other = district.cell(0, 0).code, district.cell(3, 2).code
    path = "/api/v1/patrols/staleness"

    def status(role: str, code: str) -> int:
        return api_for(district.users[role]).get(path, {"grid": code}).status_code

    assert status("worker", mine) == status("centre", other) == 200
    assert status("worker", other) == status("handler", mine) == 404
    assert api_for(district.users["worker"]).get(path).status_code == 400
    told = api_for(district.users["worker"]).get(path, {"grid": mine}).json()
    classes = {one["properties"]["class"] for one in told["features"]}
    assert "not_recorded" in classes
    assert classes & {"today", "1-3"}
    assert told["type"] == "FeatureCollection"
    empty = api_for(district.users["centre"]).get(path, {"grid": other}).json()
    assert [one["properties"] for one in empty["features"]] == [
        {"class": "not_recorded", "share": 1.0}
    ]
