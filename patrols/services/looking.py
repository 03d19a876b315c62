"""Looking at where a person was: the look and the record of it are one."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from gis.ledger.services import audit
from grids.models import Place, User
from patrols.selectors.coverage import day_of
from patrols.selectors.track import Track, track_between

__all__ = ["look_at_track"]


@transaction.atomic
def look_at_track(*, worker: User, place: Place, day: date, by: User, now: datetime) -> Track:
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
