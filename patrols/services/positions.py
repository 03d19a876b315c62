"""Where those on duty are now: moved on with the fixes, forgotten when the shift ends."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection, transaction

from patrols.services import partitions

__all__ = ["and_newest", "forget", "take_turns"]

LOCKS = 128
# Of the fixes that were stored just now, never of a replay. A shift that ended while we waited for
# our turn is over for this statement.
_NEWEST = """
WITH stored AS ({insert} RETURNING worker_id, at, lon, lat, accuracy_m, flags),
newest AS (
    SELECT DISTINCT ON (worker_id) * FROM stored WHERE flags = 0 AND at > %(live)s
    ORDER BY worker_id, at DESC
),
live AS (
    INSERT INTO patrols_liveposition AS l
        (worker_id, place_id, lon, lat, at, accuracy_m, point, version)
    SELECT n.worker_id, s.place_id, n.lon, n.lat, n.at, n.accuracy_m,
        ST_SetSRID(ST_Transform(ST_Point(n.lon, n.lat, 4326), p.srid_m::int), 0),
        pg_current_xact_id()::text::bigint
    FROM newest n
    JOIN patrols_shift s ON s.worker_id = n.worker_id AND s.started_at <= n.at
        AND (s.ended_at IS NULL OR s.ended_at > greatest(n.at, %(now)s))
    JOIN grids_place p ON p.id = s.place_id
    ON CONFLICT (worker_id) DO UPDATE SET (place_id, lon, lat, at, accuracy_m, point, version)
        = (excluded.place_id, excluded.lon, excluded.lat, excluded.at, excluded.accuracy_m,
            excluded.point, excluded.version)
    WHERE l.at IS NULL OR l.at < excluded.at
)
SELECT count(*) FROM stored
"""
_FORGET = """
UPDATE patrols_liveposition
SET lon = NULL, lat = NULL, at = NULL, accuracy_m = NULL, point = NULL,
    version = pg_current_xact_id()::text::bigint
WHERE worker_id = ANY(%s) AND at IS NOT NULL
"""


def and_newest(insert: str) -> str:
    """`insert` (into the fixes) as one statement with what it makes of live positions.

    It answers with the number of fixes stored, and needs `now` and `live`, before which no position
    is live.
    """
    return _NEWEST.format(insert=insert)


@transaction.atomic
def forget(workers: Iterable[int]) -> int:
    """Drop the positions of `workers` (their keys), in the transaction that ends their shifts.

    How many had one. A fix that is written meanwhile waits, and then finds the shift over.
    """
    keys = sorted(set(workers))
    take_turns(keys)
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [keys])
        return int(cursor.rowcount)


def take_turns(workers: list[int]) -> None:
    """Writers of the same workers follow one another until their transactions end.

    So a key of a fix never gets a second time, and a position never outlives its shift.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, slot) FROM unnest(%s::int[]) AS slot",
            [partitions.LOCK, sorted({worker % LOCKS for worker in workers})],
        )
