"""Where those on duty are, in an index of this process that follows the table.

Before a question the rows are read that changed since the last one. A row's version is the number
of the transaction that wrote it, and every number below the oldest transaction still running when
we last read is settled: what we have not seen has a number from there on, in whatever order
transactions end.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from gis.kernel.moving import MovingPoints, distance
from grids.models import Place

__all__ = ["Live", "LiveIndex", "Question", "live_index"]

_CHANGED = """
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
    pg_current_xact_id_if_assigned()::text::bigint, ST_X(q), ST_Y(q),
    l.version, l.worker_id, l.place_id, l.at, ST_X(l.point), ST_Y(l.point)
FROM ST_Transform(ST_Point(%(lon)s, %(lat)s, 4326), %(srid_m)s::int) q
LEFT JOIN patrols_liveposition l ON l.version >= %(since)s
"""


@dataclass(frozen=True, slots=True)
class Live:
    """A row of the table: (x, y) in metres of its place; `at` is None where there is none."""

    worker: int
    place: int
    at: datetime | None
    x: float | None
    y: float | None


@dataclass(frozen=True, slots=True)
class Question:
    """A point in metres of `place`, and what our own transaction has written and not committed."""

    place: int
    x: float
    y: float
    own: dict[int, Live]


class LiveIndex:
    """Live positions of all places; any number of threads may ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._since = 0
        self._live: dict[int, Live] = {}
        self._points: dict[int, MovingPoints] = {}

    def follow(self, place: Place, lon: float, lat: float) -> Question:
        """Read what changed, and the point (WGS-84 degrees) in metres of `place`.

        PostGIS projects it, as it projects the positions.
        """
        with self._lock:
            rows = self._changed(place, lon, lat)
            settled, mine = rows[0][:2]
            if settled < self._since:  # another database than before: a restored one
                self._since = 0
                self._live.clear()
                self._points.clear()
                rows = self._changed(place, lon, lat)
            own = {}
            for _, _, _, _, version, worker, *row in rows:
                if version is not None and version == mine:
                    own[worker] = Live(worker, *row)
                elif version is not None:
                    self._put(Live(worker, *row))
            # Rows that we changed hide what others did to them before, should ours be undone.
            if mine is None:
                self._since = settled
        return Question(place.pk, rows[0][2], rows[0][3], own)

    def nearest(
        self, asked: Question, n: int, wanted: Callable[[Live], bool]
    ) -> list[tuple[float, Live]]:
        """The `n` nearest of those wanted, with how far they are in metres; of equals the lesser
        worker."""
        own, x, y = asked.own, asked.x, asked.y
        found = [
            (distance(x, y, live.x, live.y), live)
            for live in own.values()
            if live.x is not None and live.y is not None
            and live.place == asked.place and wanted(live)
        ]  # fmt: skip
        with self._lock:
            rows, points = self._live, self._points.get(asked.place)
            if points is not None:
                others = points.nearest(
                    x, y, n, lambda key: key not in own and wanted(rows[key])
                )  # fmt: skip
                found += [(away, rows[key]) for away, key in others]
        return sorted(found, key=lambda one: (one[0], one[1].worker))[:n]

    def _changed(self, place: Place, lon: float, lat: float) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(
                _CHANGED,
                {"lon": lon, "lat": lat, "srid_m": place.srid_m, "since": self._since},
            )
            return list(cursor.fetchall())

    def _put(self, live: Live) -> None:
        before = self._live.get(live.worker)
        if before == live:
            return
        if before is not None and before.place != live.place:
            self._points[before.place].drop(live.worker)
        points = self._points.setdefault(live.place, MovingPoints())
        self._live[live.worker] = live
        if live.x is None or live.y is None:
            points.drop(live.worker)
        else:
            points.move(live.worker, live.x, live.y)


live_index = LiveIndex()
