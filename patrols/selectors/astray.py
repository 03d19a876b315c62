"""Who on shift has been outside the grids they answer for, surely and for some time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from gis.kernel.tracks import Rules
from grids.models import Edition
from patrols.choices import Closing
from patrols.models import AlertRule
from patrols.querysets import LIVE
from patrols.selectors.signs import Found, Sign

__all__ = ["astray"]

# Of each worker on shift the newest good fix. Whose lies in none of their grids, has the fixes
# before it measured, in metres of the place, back to the last one that was not surely outside or
# after which nothing came for long: from there on they have been outside.
_ASTRAY = """
WITH held AS MATERIALIZED (
    SELECT s.id AS shift_id, s.worker_id, s.started_at, g.code, g.geometry
    FROM patrols_shift s
    JOIN grids_post p ON p.user_id = s.worker_id AND p.during @> %(now)s::timestamptz
    JOIN grids_grid own ON own.id = p.grid_id
    JOIN grids_grid g ON g.edition_id = %(edition)s AND g.code = own.code
    WHERE s.place_id = %(place)s AND s.started_at <= %(now)s
        AND (s.ended_at IS NULL OR s.ended_at > %(now)s)
),
newest AS MATERIALIZED (
    SELECT DISTINCT ON (worker_id) worker_id, at, lon, lat,
        coalesce(accuracy_m, %(unknown_m)s) AS accuracy_m
    FROM patrols_fix WHERE at > %(live)s AND at <= %(now)s AND flags = 0
    ORDER BY worker_id, at DESC
),
seen AS MATERIALIZED (
    SELECT n.worker_id, n.at, n.lon, n.lat, n.accuracy_m, h.shift_id, h.started_at,
        array_agg(DISTINCT h.code ORDER BY h.code) AS codes,
        bool_or(ST_Covers(h.geometry, ST_Point(n.lon, n.lat, 4326))) AS is_inside
    FROM newest n JOIN held h ON h.worker_id = n.worker_id AND h.started_at <= n.at
    GROUP BY n.worker_id, n.at, n.lon, n.lat, n.accuracy_m, h.shift_id, h.started_at
),
beyond AS MATERIALIZED (
    SELECT s.*, o.ground,
        ST_Distance(o.ground, ST_Transform(ST_Point(s.lon, s.lat, 4326), %(srid_m)s::int)) AS away_m
    FROM seen s CROSS JOIN LATERAL (
        SELECT ST_Transform(ST_Collect(h.geometry), %(srid_m)s::int) AS ground
        FROM held h WHERE h.worker_id = s.worker_id
    ) o WHERE NOT s.is_inside
),
walked AS (
    SELECT b.worker_id, f.at, (
        ST_Distance(b.ground, ST_Transform(ST_Point(f.lon, f.lat, 4326), %(srid_m)s::int))
            <= coalesce(f.accuracy_m, %(unknown_m)s) + %(metres)s
        OR coalesce(lead(f.at) OVER w - f.at > %(gap)s, false)
    ) AS is_break
    FROM beyond b JOIN patrols_fix f ON f.worker_id = b.worker_id AND f.flags = 0
        AND b.worker_id <> ALL(%(known)s::bigint[])
        AND f.at > %(since)s AND f.at <= %(now)s AND f.at >= b.started_at AND f.at <= b.at
    WINDOW w AS (PARTITION BY b.worker_id ORDER BY f.at)
),
after_it AS (
    SELECT worker_id, at,
        count(*) FILTER (WHERE is_break) OVER (PARTITION BY worker_id ORDER BY at DESC) AS breaks
    FROM walked
)
SELECT s.worker_id, s.shift_id, s.at, s.lon, s.lat, s.accuracy_m, s.codes,
    coalesce(b.away_m, 0), (
        SELECT min(a.at) FROM after_it a WHERE a.worker_id = s.worker_id AND a.breaks = 0
    )
FROM seen s LEFT JOIN beyond b ON b.worker_id = s.worker_id
"""


def astray(edition: Edition, rule: AlertRule, now: datetime, known: Collection[int] = ()) -> Found:
    """Whose good fixes have all lain outside their grids for `rule.minutes`, the newest with them.

    Outside is farther from every grid of their posts (in `edition`, which is in force) than the
    fix's accuracy and `rule.metres` together; of an unknown accuracy the worst is believed that is
    still good. Over is it once the newest fix lies within `rule.metres` of a grid. Who was not seen
    for `LIVE` is in neither: nobody knows. Of `known` (keys) it is known already: they are asked
    for their newest fix only.
    """
    long_enough = timedelta(minutes=rule.minutes)
    told: dict[str, Any] = {
        "edition": edition.pk,
        "place": edition.place_id,
        "srid_m": edition.place.srid_m,
        "metres": rule.metres,
        "unknown_m": Rules().accuracy_m,
        "known": list(known),
        "now": now,
        "live": now - LIVE,
        "gap": LIVE,
        "since": now - LIVE - long_enough,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ASTRAY, told)
        rows = cursor.fetchall()
    found = Found()
    for worker, *row, away_m, since in rows:
        if away_m <= rule.metres:
            found.over[worker] = Closing.BACK
        elif worker in known and away_m > row[4] + rule.metres:
            found.signs[worker] = _sign(worker, row, away_m, None, rule)
        elif since is not None and row[1] - since >= long_enough:
            found.signs[worker] = _sign(worker, row, away_m, since, rule)
    return found


def _sign(
    worker: int, row: list[Any], away_m: float, since: datetime | None, rule: AlertRule
) -> Sign:
    shift, at, lon, lat, accuracy_m, codes = row
    facts = {
        "since": since.isoformat() if since else None,
        "distance_m": round(away_m, 1),
        "accuracy_m": round(accuracy_m, 1),
        "grids": codes,
        "minutes": rule.minutes,
        "metres": rule.metres,
    }
    return Sign(
        worker=worker, shift=shift, at=at, lon=lon, lat=lat, facts=facts, goes_on=since is None
    )
