"""Tracks that are old become coarse, and those that are older go; the row stays and says so."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
from django.db import transaction
from django.db.models import Q, QuerySet

from gis.kernel.compact import deviation_m, kept
from grids.models import Place
from patrols.choices import TrackStage
from patrols.models import Track
from patrols.models.track import ARRAYS
from patrols.selectors.tracks import raw_from
from patrols.services.compacting import metres_in, points_of, settings_of

__all__ = ["coarsen_old", "delete_old", "due_to_coarsen", "due_to_delete"]

BATCH = 200
MINUTE_S = 60
_POINTS = ("since", "until", *ARRAYS)


def due_to_coarsen(now: datetime, gone: datetime | None = None) -> QuerySet[Track]:
    """Fine tracks old enough to be coarse, whose fixes are gone (or will be before `gone`)."""
    return _older(now, "coarse_days", gone).filter(stage=TrackStage.FINE, is_stale=False)


def due_to_delete(now: datetime, gone: datetime | None = None) -> QuerySet[Track]:
    """Tracks that have been kept for long enough, whose fixes are gone."""
    return _older(now, "track_days", gone).exclude(stage=TrackStage.DELETED)


def coarsen_old(*, now: datetime, most: int | None = None) -> int:
    """Make up to `most` tracks coarse, some in each transaction; how many."""
    done = 0
    while most is None or done < most:
        with transaction.atomic():
            due = due_to_coarsen(now).select_related("shift__place")
            rows = list(due.select_for_update(of=("self",))[:BATCH])
            places = {row.shift.place.pk: row.shift.place for row in rows}
            tolerances = {pk: settings_of(pk).coarse_m for pk in places}
            for row in rows:
                place = places[row.shift.place_id]
                _coarsen(row, place, tolerances[place.pk], now)
        done += len(rows)
        if not rows:
            break
    return done


def delete_old(*, now: datetime, most: int | None = None) -> int:
    """Empty up to `most` tracks: positions, times and lengths go, the row says so; how many."""
    done, empty = 0, {name: list[int]() for name in ARRAYS}
    while most is None or done < most:
        keys = list(due_to_delete(now).values_list("pk", flat=True)[: BATCH * 10])
        if not keys:
            break
        done += Track.objects.filter(pk__in=keys).update(
            stage=TrackStage.DELETED, since=None, until=None, **empty, fixes=0, exact=0,
            metres=0, seconds=0, error_m=0, days={}, is_stale=False, changed_at=now,
        )  # fmt: skip
    return done


def _older(now: datetime, name: str, gone: datetime | None) -> QuerySet[Track]:
    """Tracks that ended more than the place's `name` ago, and before the fixes that are there."""
    gone = gone or raw_from()
    if gone is None:
        return Track.objects.none()
    old = Q(pk__in=[])
    for place in Place.objects.only("pk"):
        limit = now - timedelta(days=getattr(settings_of(place.pk), name))
        old |= Q(shift__place=place, until__lt=min(limit, gone))
    return Track.objects.filter(old).order_by("until")


def _coarsen(row: Track, place: Place, tolerance_m: float, now: datetime) -> None:
    """Fewer points, by the place's coarser error, and times to the minute."""
    base_s = row.since.timestamp()  # type: ignore[union-attr]
    at_s = np.array(row.at_s, np.float64) + base_s
    lon, lat = (np.array(column) / 1e7 for column in (row.lon_e7, row.lat_e7))
    accuracy = np.array(row.accuracy_dm) / 10.0
    x, y, _ = metres_in(place, at_s, lon, lat)
    begins = np.array(row.begins, np.bool_)
    keep = kept(at_s, x, y, begins, tolerance_m)
    base = int(base_s) // MINUTE_S * MINUTE_S
    told = points_of(
        at_s, lon, lat, np.where(accuracy < 0, np.nan, accuracy), keep, begins, base, MINUTE_S,
        np.array(row.fixes_at, np.int64),
    )  # fmt: skip
    for name in _POINTS:
        setattr(row, name, told[name])
    added_m = deviation_m(at_s, x, y, keep, (x[keep], y[keep]))
    row.error_m = round(row.error_m + added_m + 0.005, 2)
    row.stage, row.step_s, row.changed_at = TrackStage.COARSE, MINUTE_S, now
    row.save()
