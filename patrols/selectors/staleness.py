"""For every place in a grid: how long since a track that was recorded came near."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import shapely
from django.contrib.gis.db.models.functions import AsWKB, Transform
from django.db import connection
from numpy.typing import NDArray

from gis.db.binary import EPOCH_US, copy_out
from gis.kernel.coverage import joined_to_previous
from grids.models import Grid
from patrols.selectors.coverage import WITHIN_M, day_of
from patrols.selectors.ground import MARGIN_DEG, plane_around
from patrols.selectors.tracks import LIMITS

__all__ = ["CELL_M", "CLASSES", "DAYS", "Stale", "stale_areas", "stale_cells"]

CELL_M, DAYS = 50.0, 14
# The oldest of each class, in local days before today; what none of them holds is not recorded.
CLASSES = {"today": 0, "1-3": 3, "4-7": 7, "8-14": DAYS}
NOT_RECORDED = "not_recorded"
_POLYGON = 3
_COLUMNS = {"worker": "i8", "at": "i8", "lon": "f8", "lat": "f8"}


@dataclass(frozen=True, slots=True)
class Stale:
    """Cells of a grid, cut along its border, in metres of the place; a class for each.

    A cell is as recent as the last track that came within `WITHIN_M` of a point inside it, `inner`.
    """

    cells: NDArray[np.object_]
    inner: NDArray[np.object_]
    classes: NDArray[np.str_]


def stale_cells(grid: Grid, now: datetime) -> Stale:
    """The cells of `grid` by the good fixes of the last `DAYS` local days and of today."""
    place = grid.edition.place
    told = Grid.objects.filter(pk=grid.pk).annotate(wkb=AsWKB(Transform("geometry", place.srid_m)))
    cells = _cells(shapely.from_wkb(bytes(told.values_list("wkb", flat=True)[0])))
    inner = shapely.point_on_surface(cells)
    lines, days_ago = _lines(grid, now)
    classes = np.full(len(cells), NOT_RECORDED, "U12")
    newest = -1
    for name, oldest in CLASSES.items():
        open_ = np.flatnonzero(classes == NOT_RECORDED)
        these = lines[(days_ago > newest) & (days_ago <= oldest)]
        tree = shapely.STRtree(these)
        near = tree.query(inner[open_], predicate="dwithin", distance=float(WITHIN_M))[0]
        classes[open_[np.unique(near)]] = name
        newest = oldest
    return Stale(cells, inner, classes)


def stale_areas(grid: Grid, now: datetime) -> list[dict[str, Any]]:
    """Each class that `grid` has: its share of the area and its ground, as WGS-84 GeoJSON."""
    stale = stale_cells(grid, now)
    area = float(shapely.area(stale.cells).sum())
    found = []
    for name in (*CLASSES, NOT_RECORDED):
        cells = stale.cells[stale.classes == name]
        if len(cells):
            share = float(shapely.area(cells).sum()) / area
            ground = _in_degrees(shapely.union_all(cells), grid.edition.place.srid_m)
            found.append({"class": name, "share": share, "geometry": ground})
    return found


def _cells(ground: Any) -> NDArray[np.object_]:
    """Squares of `CELL_M` on the lattice of the plane, cut along the border of `ground`."""
    west, south, east, north = (edge / CELL_M for edge in ground.bounds)
    columns = np.arange(np.floor(west), np.ceil(east)) * CELL_M
    rows = np.arange(np.floor(south), np.ceil(north)) * CELL_M
    x, y = (one.ravel() for one in np.meshgrid(columns, rows))
    shapely.prepare(ground)
    parts = shapely.get_parts(
        shapely.intersection(shapely.box(x, y, x + CELL_M, y + CELL_M), ground)
    )
    return np.asarray(parts[(shapely.get_type_id(parts) == _POLYGON) & (shapely.area(parts) > 0)])


def _lines(grid: Grid, now: datetime) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Each fix around `grid` with its way from the fix before it, and how many days ago it was."""
    place = grid.edition.place
    today = now.astimezone(ZoneInfo(place.time_zone)).date()
    midnights = [day_of(place, today - timedelta(days=ago))[0] for ago in range(DAYS, -1, -1)]
    west, south, east, north = grid.geometry.extent
    box = (west - MARGIN_DEG, east + MARGIN_DEG, south - MARGIN_DEG, north + MARGIN_DEG)
    rows = copy_out(
        "SELECT worker_id, at, lon, lat FROM patrols_fix WHERE at >= %s AND at <= %s AND flags = 0"
        " AND lon >= %s AND lon <= %s AND lat >= %s AND lat <= %s",
        [midnights[0], now, *box],
        _COLUMNS,
    )
    rows = {name: column[np.lexsort((rows["at"], rows["worker"]))] for name, column in rows.items()}
    plane = plane_around((west, south, east, north), place.srid_m)
    x, y, held = plane.metres(rows["lon"], rows["lat"])
    x, y, at_us, worker = x[held], y[held], rows["at"][held], rows["worker"][held]
    joined = joined_to_previous(worker, at_us / 1e6, x, y, LIMITS)
    before = np.arange(len(x)) - joined
    lines = shapely.linestrings(np.stack([x[before], x], 1), np.stack([y[before], y], 1))
    starts = np.array([round(one.timestamp() * 1e6) for one in midnights], np.int64) - EPOCH_US
    return np.asarray(lines), DAYS + 1 - np.searchsorted(starts, at_us, side="right")


def _in_degrees(ground: Any, srid_m: int) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_AsBinary(ST_Transform(ST_GeomFromWKB(%s, %s), 4326))",
            [shapely.to_wkb(ground), srid_m],
        )
        turned = shapely.from_wkb(bytes(cursor.fetchone()[0]))
    shape: dict[str, Any] = shapely.geometry.mapping(turned)
    return shape
