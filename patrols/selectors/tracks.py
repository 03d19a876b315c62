"""The fixes of a window of time as columns, from what remains of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import UTC, datetime, time, timedelta
from typing import Any

import numpy as np
from django.db.models import Count, Max
from numpy.typing import NDArray

from gis.db.binary import EPOCH_US, copy_out
from gis.kernel.compact import Steps, clipped
from gis.kernel.coverage import Limits, Plane, joined_to_previous
from patrols.models import DroppedDay, FixBatch, Track

__all__ = ["LIMITS", "Fixes", "fixes_between", "raw_from", "steps_between", "stored_stamp"]

FloatArray = NDArray[np.float64]
# Fixes further apart than this are not joined: nobody knows the way between them.
LIMITS = Limits(seconds=180.0, metres=250.0)
BY_RULE, BEGINS, JOINED = -1, 0, 1
_COLUMNS = {"worker": "i8", "at": "i8", "lon": "f8", "lat": "f8", "accuracy_m": "f4"}
_STEPS = """
SELECT t.worker_id, (extract(epoch FROM t.since) + v.at_s)::float8, v.lon_e7 / 1e7::float8,
    v.lat_e7 / 1e7::float8,
    CASE WHEN v.accuracy_dm < 0 THEN 'NaN' ELSE v.accuracy_dm / 10::float8 END, v.fixes::bigint,
    v.begins::int::bigint
FROM patrols_track t, unnest(t.at_s, t.lon_e7, t.lat_e7, t.accuracy_dm, t.fixes_at, t.begins)
    WITH ORDINALITY v (at_s, lon_e7, lat_e7, accuracy_dm, fixes, begins, number)
WHERE t.since IS NOT NULL AND tstzrange(t.since, t.until, '[]') && tstzrange(%s, %s, '[)')
    AND (%s::bigint[] IS NULL OR t.worker_id = ANY(%s::bigint[]))
ORDER BY t.worker_id, t.since, v.number
"""
_STEP_COLUMNS = {
    "worker": "i8", "at_s": "f8", "lon": "f8", "lat": "f8", "accuracy_m": "f8", "fixes": "i8",
    "begins": "i8",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fixes:
    """Good fixes by worker and time: seconds since 1970, WGS-84 degrees, NaN for no accuracy.

    Of days whose fixes are gone they are the points of the tracks that were kept: a row then stands
    for `count` fixes, and `way` says whether it begins a part or is joined to the row before it.
    For others (`BY_RULE`) the limits of joining decide.
    """

    worker: NDArray[np.int64]
    at_s: FloatArray
    lon: FloatArray
    lat: FloatArray
    accuracy_m: FloatArray
    count: NDArray[np.int64]
    way: NDArray[np.int8]

    def joined(self, x_m: FloatArray, y_m: FloatArray) -> NDArray[np.bool_]:
        """Which row is joined to the one before it, whose positions in metres are given."""
        by_rule = joined_to_previous(self.worker, self.at_s, x_m, y_m, LIMITS)
        return np.asarray(np.where(self.way == BY_RULE, by_rule, self.way == JOINED))

    def on_plane(
        self, plane: Plane
    ) -> tuple[FloatArray, FloatArray, NDArray[np.bool_], NDArray[np.bool_]]:
        """x, y in metres of what `plane` holds, which of it is joined to the one before it, (m,);
        and which of all rows it holds, (n,)."""
        x, y, held = plane.metres(self.lon, self.lat)
        joined = self.joined(x, y)
        joined[1:] &= held[:-1]
        return x[held], y[held], joined[held], held


def raw_from() -> datetime | None:
    """The instant before which no fixes are left in their table; None while all are."""
    day = DroppedDay.objects.aggregate(last=Max("day"))["last"]
    return datetime.combine(day + timedelta(days=1), time(), UTC) if day else None


def fixes_between(
    since: datetime, until: datetime, workers: Collection[int] | None = None
) -> Fixes:
    """The fixes from `since` (included) until `until` (not included) that no filter marked.

    Those of `workers` (their keys), or of everybody.
    """
    gone = raw_from()
    cut = min(max(gone, since), until) if gone else since
    parts = [_raw(cut, until, workers)] if cut < until or cut == since else []
    if since < cut:
        parts.insert(0, _as_fixes(steps_between(since, cut, workers)))
    found = parts[0] if len(parts) == 1 else _together(parts)
    return _sorted(found)


def steps_between(
    since: datetime, until: datetime, workers: Collection[int] | None = None
) -> Steps:
    """The points of kept tracks from `since` until `until`, cut there, by worker and time."""
    rows = copy_out(_STEPS, [since, until, *_asked(workers)], _STEP_COLUMNS)
    rows["begins"] = rows["begins"].astype(np.bool_)
    return clipped(Steps(**rows), since.timestamp(), until.timestamp())


def stored_stamp(since: datetime, until: datetime) -> tuple[Any, ...]:
    """Another tuple when something else is stored of the window: what was derived is old then.

    Its first member is the number of batches that meet the window.
    """
    told = FixBatch.objects.meeting(since, until).aggregate(count=Count("pk"), last=Max("pk"))
    gone = raw_from()
    if gone is None or gone <= since:
        return told["count"], told["last"] or 0
    kept = Track.objects.meeting(since, until).aggregate(Count("pk"), Max("changed_at"))
    return told["count"], told["last"] or 0, gone, *kept.values()


def _asked(workers: Collection[int] | None) -> list[list[int] | None]:
    return [None if workers is None else list(workers)] * 2


def _raw(since: datetime, until: datetime, workers: Collection[int] | None) -> Fixes:
    rows = copy_out(
        "SELECT worker_id, at, lon, lat, coalesce(accuracy_m, 'NaN') FROM patrols_fix"
        " WHERE at >= %s AND at < %s AND flags = 0"
        " AND (%s::bigint[] IS NULL OR worker_id = ANY(%s::bigint[]))",
        [since, until, *_asked(workers)],
        _COLUMNS,
    )
    count = len(rows["at"])
    return Fixes(
        rows["worker"],
        (rows["at"] + EPOCH_US) / 1e6,
        rows["lon"],
        rows["lat"],
        rows["accuracy_m"].astype(np.float64),
        np.ones(count, np.int64),
        np.full(count, BY_RULE, np.int8),
    )


def _as_fixes(steps: Steps) -> Fixes:
    way = np.where(steps.begins, BEGINS, JOINED).astype(np.int8)
    return Fixes(steps.worker, steps.at_s, steps.lon, steps.lat, steps.accuracy_m, steps.fixes, way)


def _together(parts: list[Fixes]) -> Fixes:
    return Fixes(
        **{
            one.name: np.concatenate([getattr(part, one.name) for part in parts])
            for one in fields(Fixes)
        }
    )


def _sorted(fixes: Fixes) -> Fixes:
    order = np.lexsort((fixes.at_s, fixes.worker))
    return Fixes(**{one.name: getattr(fixes, one.name)[order] for one in fields(Fixes)})
