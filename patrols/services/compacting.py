"""The track of a shift becomes one row of fewer points, and again when more fixes have come."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Q, QuerySet
from numpy.typing import NDArray

from gis.db.binary import EPOCH_US, copy_out
from gis.kernel.compact import deviation_m, kept
from gis.kernel.coverage import Plane, joined_to_previous
from gis.kernel.snap.metric import metres_per_degree
from gis.kernel.tracks import Flag
from grids.models import Place
from patrols.choices import TrackStage
from patrols.models import Retention, Shift, Track
from patrols.models.track import ARRAYS
from patrols.selectors.coverage import WITHIN_M
from patrols.selectors.ground import plane_around
from patrols.selectors.kept import Kept
from patrols.selectors.shifts import span_of
from patrols.selectors.tracks import LIMITS, raw_from
from patrols.services import positions

__all__ = [
    *("GRACE", "compact", "compact_due", "due_shifts", "mark_reaching", "mark_stale"),
    *("metres_in", "points_of", "settings_of"),
]

FloatArray = NDArray[np.float64]
# Most of what an offline phone holds comes within the hour after the end; what comes later makes
# the track anew.
GRACE = timedelta(hours=1)
# Nothing comes later than this (`patrols.services.fixes.STALE`): so long a shift is compacted open.
LONG = timedelta(days=8)
_COLUMNS = {"at": "i8", "lon": "f8", "lat": "f8", "accuracy_m": "f4", "flags": "i2"}
_planes: Kept[Plane] = Kept(8)


def settings_of(place: Place | int) -> Retention:
    """How long and how exactly the place keeps tracks."""
    key = place if isinstance(place, int) else place.pk
    found: Retention | None = Retention.objects.filter(place=key).first()
    return found or Retention(place_id=key)


def due_shifts(now: datetime) -> QuerySet[Shift]:
    """Shifts that are over, or go on for long, and have no track or one that is out of date."""
    over = Q(end_received_at__lte=now - GRACE) | Q(started_at__lte=now - LONG)
    undone = Q(track__isnull=True) | Q(track__is_stale=True)
    gone = raw_from()
    # Of a shift that ended before the oldest fix there is nothing to be made.
    there = Q(ended_at__isnull=True) | Q(ended_at__gte=gone) if gone else Q()
    return Shift.objects.filter(over, undone, there).order_by("started_at", "pk")


def compact_due(*, now: datetime, most: int | None = None) -> int:
    """Compact up to `most` of the shifts that are due, each in a transaction; how many."""
    shifts = list(due_shifts(now).values_list("pk", flat=True)[:most])
    for shift in shifts:
        compact(shift, now=now)
    return len(shifts)


@transaction.atomic
def compact(shift_id: int, *, now: datetime) -> Track:
    """Make the track of a shift from its fixes, and the row that says so; again, if it was there.

    What of a very long shift is gone from the table of fixes already is taken from the row.
    """
    shift = Shift.objects.select_related("place").get(pk=shift_id)
    # No fix of the worker is written meanwhile: either we read it, or it marks our row.
    positions.take_turns([shift.worker_id])
    before: Track | None = Track.objects.select_for_update().filter(pk=shift_id).first()
    gone = raw_from()
    since, until = span_of(shift)
    read = _read(shift, max(since, gone) if gone else since, until)
    if before is not None and before.stage != TrackStage.FINE and not len(read["at"]):
        return before
    row = _row(shift, read, settings_of(shift.place).fine_m)
    if gone is not None and since < gone and before is not None:
        _put_before(row, before, gone)
    row.changed_at = now
    row.save(force_insert=before is None, force_update=before is not None)
    return row


def mark_stale(workers: Iterable[int], first: datetime, last: datetime) -> None:
    """Fixes of `workers` came from `first` to `last`: tracks that may lack them are made again."""
    shifts = Shift.objects.filter(worker__in=list(workers), started_at__lte=last)
    meeting = shifts.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=first))
    Track.objects.filter(shift__in=meeting, is_stale=False).update(is_stale=True)


def mark_reaching(worker: int, at: datetime) -> None:
    """A shift of `worker` begins at `at`: what an earlier one has of the time after is not its."""
    held = Track.objects.filter(worker=worker, since__lte=at, until__gte=at, is_stale=False)
    held.update(is_stale=True)


def _read(shift: Shift, since: datetime, until: datetime) -> dict[str, NDArray[Any]]:
    rows = copy_out(
        "SELECT at, lon, lat, coalesce(accuracy_m, 'NaN'), flags FROM patrols_fix"
        " WHERE worker_id = %s AND at >= %s AND at < %s ORDER BY at, device, sequence",
        [shift.worker_id, since, until],
        _COLUMNS,
    )
    rows["at"] = rows["at"] + EPOCH_US
    return rows


def _row(shift: Shift, read: dict[str, NDArray[Any]], tolerance_m: float) -> Track:
    good = {name: column[read["flags"] == 0] for name, column in read.items()}
    at_s = good["at"] / 1e6
    x, y, joined = metres_in(shift.place, at_s, good["lon"], good["lat"])
    keep = kept(at_s, x, y, ~joined, tolerance_m)
    days = _by_day(read, good, np.hypot(np.diff(x, prepend=0), np.diff(y, prepend=0)), joined)
    base = int(np.round(at_s[0])) if len(at_s) else 0
    row = Track(
        shift=shift,
        worker_id=shift.worker_id,
        stage=TrackStage.FINE,
        **points_of(at_s, good["lon"], good["lat"], good["accuracy_m"], keep, ~joined, base),
        error_m=0.0,
        step_s=1,
        days=days,
    )
    stored = (np.array(column) / 1e7 for column in (row.lon_e7, row.lat_e7))
    at = metres_in(shift.place, at_s[keep], *stored)
    row.error_m = round(deviation_m(at_s, x, y, keep, at[:2]) + 0.005, 2)
    _sum_up(row)
    return row


def points_of(
    at_s: FloatArray,
    lon: FloatArray,
    lat: FloatArray,
    accuracy_m: FloatArray,
    keep: NDArray[np.bool_],
    begins: NDArray[np.bool_],
    base_s: int,
    step_s: int = 1,
    fixes: NDArray[np.int64] | None = None,
) -> dict[str, Any]:
    """The columns of the points that are kept; `fixes` is how many each stood for before."""
    each = np.ones(len(at_s), np.int64) if fixes is None else fixes
    sums = np.cumsum(each)[keep]
    at = np.round((at_s[keep] - base_s) / step_s).astype(np.int64) * step_s
    accuracy = np.where(np.isnan(accuracy_m[keep]), -1, np.round(accuracy_m[keep] * 10))
    moments = [datetime.fromtimestamp(base_s + int(k), UTC) for k in at[[0, -1]]] if len(at) else []
    return {
        "since": moments[0] if moments else None,
        "until": moments[1] if moments else None,
        "at_s": (at - at[0]).tolist() if moments else [],
        "lon_e7": np.round(lon[keep] * 1e7).astype(np.int64).tolist(),
        "lat_e7": np.round(lat[keep] * 1e7).astype(np.int64).tolist(),
        "accuracy_dm": accuracy.astype(np.int64).tolist(),
        "fixes_at": np.diff(sums, prepend=0).tolist(),
        "begins": begins[keep].tolist(),
    }


def metres_in(
    place: Place, at_s: FloatArray, lon: FloatArray, lat: FloatArray
) -> tuple[FloatArray, FloatArray, NDArray[np.bool_]]:
    """Metres of the place's system, and which position is joined to the one before it.

    Far outside, where that system means nothing, plain metres of the latitude do, and no way leads
    from one to the other.
    """
    key = (place.pk, place.srid_m, place.envelope.extent)
    plane = _planes.get(key, lambda: plane_around(place.envelope.extent, place.srid_m))
    x, y, held = plane.metres(lon, lat)
    lon_m, lat_m = metres_per_degree(float(place.envelope.centroid.y))
    x, y = np.where(held, x, lon * lon_m), np.where(held, y, lat * lat_m)
    joined = joined_to_previous(np.zeros(len(at_s), np.int64), at_s, x, y, LIMITS)
    joined[1:] &= held[1:] == held[:-1]
    return x, y, joined


def _by_day(
    read: dict[str, NDArray[Any]],
    good: dict[str, NDArray[Any]],
    steps_m: FloatArray,
    joined: NDArray[np.bool_],
) -> dict[str, Any]:
    """What there is of each UTC day, by its ISO date."""
    found: dict[str, Any] = {}
    waits_s = np.diff(good["at"] / 1e6, prepend=0)
    all_days, good_days = (column // 86_400_000_000 for column in (read["at"], good["at"]))
    for day in np.unique(all_days).tolist():
        flags, mine = read["flags"][all_days == day], good_days == day
        marked = {str(f.name).lower(): int(((flags & f) > 0).sum()) for f in Flag}
        found[(date(1970, 1, 1) + timedelta(days=day)).isoformat()] = {
            "stored": len(flags),
            "good": int(mine.sum()),
            "exact": int((good["accuracy_m"][mine] <= WITHIN_M / 2).sum()),
            "metres": round(float(steps_m[mine & joined].sum()), 1),
            "seconds": round(float(waits_s[mine & joined].sum()), 1),
            "marked": {name: n for name, n in marked.items() if n},
        }
    return found


def _put_before(row: Track, before: Track, gone: datetime) -> None:
    """Put what the former row knew of the time before `gone` in front of the new one."""
    count = 0
    if before.since is not None:
        cut_s = (gone - before.since) / timedelta(seconds=1)
        count = sum(at < cut_s for at in before.at_s)
    if before.since is not None and count:
        later = (row.since - before.since) // timedelta(seconds=1) if row.since else 0
        for name in ARRAYS[1:]:
            setattr(row, name, [*getattr(before, name)[:count], *getattr(row, name)])
        row.at_s = [*before.at_s[:count], *(at + later for at in row.at_s)]
        row.since = before.since
        row.until = before.since + timedelta(seconds=row.at_s[-1])
    row.error_m, row.step_s = max(row.error_m, before.error_m), max(row.step_s, before.step_s)
    limit = gone.astimezone(UTC).date().isoformat()
    row.days = {**{day: told for day, told in before.days.items() if day < limit}, **row.days}
    _sum_up(row)


def _sum_up(row: Track) -> None:
    told = row.days.values()
    row.fixes, row.exact = (sum(day[name] for day in told) for name in ("good", "exact"))
    row.metres, row.seconds = (
        round(sum(day[name] for day in told), 1) for name in ("metres", "seconds")
    )
