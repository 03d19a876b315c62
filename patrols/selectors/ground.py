"""The ground of an edition as coverage needs it: its plane, and its grids cut along rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from django.contrib.gis.db.models.functions import AsWKB, Transform
from django.db import connection
from numpy.typing import NDArray

from gis.kernel.coverage import ROW_M, Plane, Spans, frame_for
from grids.models import Edition, Grid
from grids.selectors.snapping import fingerprint
from patrols.selectors.kept import Kept

__all__ = ["Ground", "degrees_of", "ground_of_edition", "plane_around"]

# Fixes this far outside all grids are known: longer than any join, so that none is cut short.
MARGIN_DEG = 0.01


@dataclass(frozen=True, slots=True)
class Ground:
    """The grids of an edition by code, in metres; `spans` knows their frame."""

    codes: tuple[str, ...]
    plane: Plane
    spans: Spans


_kept: Kept[Ground | None] = Kept(6)


def ground_of_edition(edition: Edition, within_m: float) -> Ground | None:
    """The ground of `edition` for tracks that see `within_m` far; None if it has no grids."""
    key = (edition.pk, fingerprint(edition), edition.place.srid_m, within_m)
    return _kept.get(key, lambda: _build(edition, within_m))


def _build(edition: Edition, within_m: float) -> Ground | None:
    srid_m = edition.place.srid_m
    rows = list(
        Grid.objects.of(edition)
        .annotate(wkb=AsWKB(Transform("geometry", srid_m)), degrees=AsWKB("geometry"))
        .order_by("code")
        .values_list("code", "wkb", "degrees")
    )
    if not rows:
        return None
    grids = shapely.from_wkb([bytes(wkb) for _, wkb, _ in rows])
    west, south, east, north = shapely.total_bounds(
        shapely.from_wkb([bytes(degrees) for _, _, degrees in rows])
    ).tolist()
    bounds_m = tuple(shapely.total_bounds(grids).tolist())
    frame = frame_for(bounds_m, within_m=within_m, row_m=ROW_M)
    plane = plane_around((west, south, east, north), srid_m)
    return Ground(tuple(code for code, _, _ in rows), plane, Spans.build(grids, frame))


def plane_around(box: tuple[float, float, float, float], srid_m: int) -> Plane:
    """A plane over west, south, east, north (WGS-84 degrees) and a margin, in metres of `srid_m`.

    PostGIS projects its nodes, as it projects the grids.
    """
    west, south = box[0] - MARGIN_DEG, box[1] - MARGIN_DEG
    lon, lat = Plane.nodes(west, south, box[2] + MARGIN_DEG, box[3] + MARGIN_DEG)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_X(p), ST_Y(p) FROM unnest(%s::float8[], %s::float8[])"
            " WITH ORDINALITY node (lon, lat, number),"
            " ST_Transform(ST_SetSRID(ST_MakePoint(lon, lat), 4326), %s) p ORDER BY number",
            [lon.reshape(-1).tolist(), lat.reshape(-1).tolist(), srid_m],
        )
        metres: NDArray[np.float64] = np.array(cursor.fetchall(), np.float64)
    x_m, y_m = (np.ascontiguousarray(metres[:, k].reshape(lon.shape)) for k in (0, 1))
    return Plane(west, south, x_m, y_m)


def degrees_of(points: Sequence[tuple[float, float]], srid_m: int) -> list[tuple[float, float]]:
    """(lon, lat) of points given in metres of `srid_m`, WGS-84 degrees."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_X(p), ST_Y(p) FROM unnest(%s::float8[], %s::float8[])"
            " WITH ORDINALITY told (x, y, number),"
            " ST_Transform(ST_SetSRID(ST_MakePoint(x, y), %s), 4326) p ORDER BY number",
            [[x for x, _ in points], [y for _, y in points], srid_m],
        )
        return [(float(lon), float(lat)) for lon, lat in cursor.fetchall()]
