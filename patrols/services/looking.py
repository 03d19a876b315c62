"""Looking at where a person is or was: the look and the record of it are one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet

from gis.ledger.services import audit
from grids.models import Edition, Place, User
from patrols.models import Alert, LivePosition, Shift
from patrols.selectors.alerts import alerts_seen_by
from patrols.selectors.coverage import CoverageRow, day_of
from patrols.selectors.nearest import Near, nearest_workers
from patrols.selectors.people import workers_seen_by
from patrols.selectors.periods import coverage_of_shift
from patrols.selectors.track import TrackOfDay, track_between

__all__ = [
    "look_at_alerts",
    "look_at_positions",
    "look_at_shift",
    "look_at_track",
    "look_for_nearest",
]


@transaction.atomic
def look_at_track(*, worker: User, place: Place, day: date, by: User, now: datetime) -> TrackOfDay:
    """The track of `worker` on a local `day`, for somebody who may see it (`worker_seen_by`).

    Without the record of who looked there is no track.
    """
    since, until = day_of(place, day)
    track = track_between(worker, since, until)
    audit.record(
        chain=f"track:{worker.pk}",
        action="track.viewed",
        at=now,
        actor=by,
        data={"worker": worker.pk, "day": day.isoformat()},
    )
    return track


@transaction.atomic
def look_at_shift(
    *, shift: Shift, edition: Edition, within_m: int, by: User, now: datetime
) -> list[CoverageRow]:
    """What was seen on one shift, which is to look at one person's track, and recorded as that.

    For somebody who may see where the worker was (`worker_seen_by`). Raises `Gone`.
    """
    rows = coverage_of_shift(edition, shift, within_m)
    zone = ZoneInfo(edition.place.time_zone)
    day = shift.started_at.astimezone(zone).date()
    data = {"worker": shift.worker_id, "day": day.isoformat(), "shift": shift.pk}
    chain = f"track:{shift.worker_id}"
    audit.record(chain=chain, action="track.viewed", at=now, actor=by, data=data)
    return rows


@transaction.atomic
def look_for_nearest(
    *, place: Place, lon: float, lat: float, n: int, by: User, now: datetime
) -> list[tuple[str, Near]] | None:
    """The `n` workers on duty nearest to a point (WGS-84 degrees) whom `by` may see, by name.

    Without the record of who looked there is no answer. None when `by` may see nobody's position
    at all, whoever is on duty.
    """
    names = workers_seen_by(by, place, now)
    if names is None:
        return None
    found = nearest_workers(place, lon, lat, n, now, names.keys())
    _record(place, by, now, lon=lon, lat=lat, workers=[one.worker for one in found])
    return [(names[one.worker], one) for one in found]


@transaction.atomic
def look_at_positions(
    *, place: Place, by: User, now: datetime
) -> list[tuple[str, LivePosition]] | None:
    """Where the workers on duty are whom `by` may see, by name; recorded, and None, as above."""
    names = workers_seen_by(by, place, now)
    if names is None:
        return None
    live = LivePosition.objects.on_duty(now).filter(place=place, worker__in=names.keys())
    found = list(live.order_by("worker"))
    _record(place, by, now, workers=[one.worker_id for one in found])
    return [(names[one.worker_id], one) for one in found]


@transaction.atomic
def look_at_alerts(
    *, place: Place, by: User, now: datetime, take: Callable[[QuerySet[Alert]], list[Alert]]
) -> list[Alert] | None:
    """The alerts that `take` chooses of those that `by` may see; None for whoever may see none.

    An alert that says where somebody was is a look at a position, and recorded as one.
    """
    rows = alerts_seen_by(by, place, now)
    if rows is None:
        return None
    found = take(rows.select_related("worker", "grid", "acknowledged_by").defer("grid__geometry"))
    placed = {one.worker_id for one in found if one.point is not None} - {by.pk}
    if placed:
        _record(place, by, now, workers=sorted(placed))
    return found


def _record(place: Place, by: User, now: datetime, **data: Any) -> None:
    chain = f"positions:{place.pk}"
    audit.record(chain=chain, action="positions.viewed", at=now, actor=by, data=data)
