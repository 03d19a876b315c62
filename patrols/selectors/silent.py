"""From whom on shift nothing has been received for some time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from grids.models import Place
from patrols.choices import Closing
from patrols.models import AlertRule
from patrols.selectors.signs import Found, Sign

__all__ = ["silent"]

# Any fix is a sign of life, a marked one too; where somebody was is told by a good one only.
_SILENT = """
WITH heard AS MATERIALIZED (
    SELECT DISTINCT worker_id FROM patrols_fix WHERE at > %(before)s AND at <= %(ahead)s
)
SELECT s.worker_id, s.id, s.started_at, s.start_received_at, l.at, g.lon, g.lat,
    h.worker_id IS NOT NULL
FROM patrols_shift s
LEFT JOIN heard h ON h.worker_id = s.worker_id
LEFT JOIN LATERAL (
    SELECT max(f.at) AS at FROM patrols_fix f
    WHERE f.worker_id = s.worker_id AND f.at >= s.started_at AND f.at <= %(now)s
) l ON h.worker_id IS NULL
LEFT JOIN LATERAL (
    SELECT f.lon, f.lat FROM patrols_fix f
    WHERE f.worker_id = s.worker_id AND f.at >= s.started_at AND f.at <= %(now)s AND f.flags = 0
    ORDER BY f.at DESC LIMIT 1
) g ON h.worker_id IS NULL
WHERE s.place_id = %(place)s AND s.started_at <= %(now)s
    AND (s.ended_at IS NULL OR s.ended_at > %(now)s)
"""
# As far ahead as a phone's clock may be.
_AHEAD = timedelta(minutes=2)


def silent(place: Place, rule: AlertRule, now: datetime) -> Found:
    """From whom no fix has come for `rule.minutes`: since the last one, else since the start.

    A start that was told late counts from when it was told: until then nobody could have waited.
    """
    limit = timedelta(minutes=rule.minutes)
    told: dict[str, Any] = {
        "place": place.pk,
        "now": now,
        "before": now - limit,
        "ahead": now + _AHEAD,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SILENT, told)
        rows = cursor.fetchall()
    found = Found()
    for worker, shift, started_at, start_told_at, last_at, lon, lat, is_heard in rows:
        since = last_at or started_at
        if is_heard or now - max(since, start_told_at) < limit:
            found.over[worker] = Closing.HEARD
            continue
        facts = {
            "since": since.isoformat(),
            "last_fix_at": last_at.isoformat() if last_at else None,
            "started_at": started_at.isoformat(),
            "minutes": rule.minutes,
        }
        found.signs[worker] = Sign(
            worker=worker, shift=shift, at=now, lon=lon, lat=lat, facts=facts
        )
    return found
