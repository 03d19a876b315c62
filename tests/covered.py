"""What PostGIS makes of the same fixes by its own buffers: nothing of ours is in it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from grids.models import Edition

# Each fix's disc, and a capsule for each pair that is near in time and space; in EPSG:4549.
_SEEN = """
WITH fix AS (
    SELECT worker_id, at, ST_Transform(ST_SetSRID(ST_MakePoint(lon, lat), 4326), 4549) AS p,
        lag(at) OVER w AS was, lag(ST_Transform(ST_SetSRID(ST_MakePoint(lon, lat), 4326), 4549))
        OVER w AS q
    FROM patrols_fix WHERE flags = 0 AND at >= %(since)s AND at < %(until)s
        AND (%(worker)s::bigint IS NULL OR worker_id = %(worker)s)
    WINDOW w AS (PARTITION BY worker_id ORDER BY at)
), piece AS (
    SELECT CASE WHEN at - was <= interval '180 s' AND ST_Distance(p, q) <= 250
        THEN ST_MakeLine(q, p) ELSE p END AS line FROM fix
), seen AS (SELECT ST_Union(ST_Buffer(line, %(within)s, 'quad_segs=64')) AS area FROM piece)
"""
_SHARES = """
SELECT grid.code, ST_Area(ST_Intersection(ground, area)) / ST_Area(ground)
FROM grids_grid grid, ST_Transform(geometry, 4549) AS ground, seen
WHERE edition_id = %(edition)s ORDER BY code
"""


def shares_by_postgis(
    edition: Edition,
    since: datetime,
    until: datetime,
    *,
    within_m: int = 30,
    worker: int | None = None,
) -> dict[str, float]:
    """The share of each grid of `edition` by code: everybody's, or those of one worker (key)."""
    asked: dict[str, Any] = {"since": since, "until": until, "edition": edition.pk}
    with connection.cursor() as cursor:
        cursor.execute(_SEEN + _SHARES, {**asked, "within": within_m, "worker": worker})
        return dict(cursor.fetchall())


def area_by_postgis(since: datetime, until: datetime) -> float:
    """Square metres within 30 m of anybody's track."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_SEEN} SELECT ST_Area(area) FROM seen",
            {"since": since, "until": until, "within": 30, "worker": None},
        )
        return float(cursor.fetchone()[0])
