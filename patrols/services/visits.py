"""A worker ticks off a spot: kept once, with how far from it the worker was."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.gis.geos import Point
from django.db import IntegrityError, transaction

from gis.kernel.errors import InvalidInput, WanggeError
from gis.kernel.snap.metric import metres_per_degree
from gis.ledger.models import Attachment
from gis.ledger.services import attachments
from gis.ledger.services.idempotency import KeyReused
from grids.choices import Role
from grids.models import Post, User
from grids.selectors import Position
from grids.selectors.locating import in_wgs84
from patrols.models import Spot, Visit, VisitPhoto
from patrols.services.dwell import MOST_DOUBT_M, derive_dwell

__all__ = ["AwayWithoutNote", "BadTime", "NotYours", "UnknownSpot", "record_visit"]

# An offline phone tells later; a clock may be a little ahead.
KEPT, AHEAD = timedelta(days=7), timedelta(minutes=2)


class UnknownSpot(WanggeError):
    """There is no such spot on the user's ground."""


class NotYours(WanggeError):
    """The user was no worker of the spot's grid at that time."""


class BadTime(WanggeError):
    """The visit lies in the future, or too long ago."""


class AwayWithoutNote(WanggeError):
    """The position is not at the spot, and nothing says why."""


@transaction.atomic
def record_visit(
    *,
    key: UUID,
    spot_id: int,
    worker: User,
    at: datetime | None,
    position: Position,
    note: str,
    now: datetime,
    photos: Sequence[UUID] = (),
    clock_offset_s: int = 0,
) -> Visit:
    """Keep a visit at `at` (now unless told), or give back the one that `key` stands for.

    It is at the place when it lies within the type's radius, widened by the accuracy up to
    `MOST_DOUBT_M`. `photos` are pictures that `worker` sent within a day and nothing took up.
    Raises `UnknownSpot`, `NotYours`, `BadTime`, `AwayWithoutNote`, `KeyReused`, and `InvalidInput`
    for a picture that cannot be used (`photos[0]`).
    """
    at = _time(at, now)
    spot = _spot(spot_id, worker, at)
    there = Visit.objects.filter(key=key).first()
    if there is not None:
        if (there.spot_id, there.worker_id) != (spot.pk, worker.pk):
            raise KeyReused(
                "此键已用于另一走访。 (Used for another visit.)", field="Idempotency-Key"
            )
        return there
    [lon], [lat] = in_wgs84([position])
    distance_m = _metres_between(lon, lat, spot.position)
    reach_m = spot.type.radius_m + min(position.accuracy_m or 0.0, MOST_DOUBT_M)
    is_here = distance_m <= reach_m
    if not (is_here or note):
        raise AwayWithoutNote(
            f"距点位 {distance_m:.0f} 米，超出 {reach_m:.0f} 米，请在备注中说明原因。"
            f" ({distance_m:.0f} m away, more than {reach_m:.0f} m: say why in the note.)",
            field="note",
        )
    pictures = attachments.take(photos, by=worker, now=now)
    visit = Visit.objects.create(
        key=key,
        spot=spot,
        worker=worker,
        at=at,
        received_at=now,
        position=Point(lon, lat, srid=4326),
        accuracy_m=position.accuracy_m,
        distance_m=round(distance_m, 1),
        is_here=is_here,
        note=note,
        clock_offset_s=clock_offset_s,
    )
    _attach(visit, pictures)
    # The track may be here before the visit.
    derive_dwell(visit)
    return visit


def _attach(visit: Visit, pictures: Sequence[Attachment]) -> None:
    try:
        with transaction.atomic():
            VisitPhoto.objects.bulk_create(VisitPhoto(visit=visit, picture=one) for one in pictures)
    except IntegrityError as error:
        raise InvalidInput(
            "照片已用于另一走访。(A picture already belongs to another visit.)", field="photos"
        ) from error


def _time(at: datetime | None, now: datetime) -> datetime:
    if at is None:
        return now
    if at > now + AHEAD:
        raise BadTime("走访时间不能在将来。 (Must not be in the future.)", field="at")
    if at < now - KEPT:
        raise BadTime("走访时间最多在 7 天前。 (At most 7 days ago.)", field="at")
    return min(at, now)


def _spot(spot_id: int, worker: User, at: datetime) -> Spot:
    """The spot, if `worker` was a worker of its grid at `at`: the post may have ended since."""
    rows = Spot.objects.filter(pk=spot_id, is_active=True, type__is_active=True)
    spot: Spot | None = rows.select_related("type", "place").first()
    if spot is not None:
        held = Post.objects.held_by(worker).at(at).filter(role=Role.WORKER)
        if held.filter(grid__code=spot.grid_code, grid__edition__place=spot.place).exists():
            return spot
    if Spot.objects.on_ground_of(worker).filter(pk=spot_id).exists():
        raise NotYours("只有该网格的网格员可以登记走访。 (Only workers of its grid.)", field="spot")
    raise UnknownSpot("没有这个点位，或不在您的辖区。 (No such place of yours.)", field="spot")


def _metres_between(lon: float, lat: float, spot: Point) -> float:
    lon_m, lat_m = metres_per_degree((lat + spot.y) / 2)
    return math.hypot((lon - spot.x) * lon_m, (lat - spot.y) * lat_m)
