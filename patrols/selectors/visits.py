"""The visits of a spot, as those on its ground are told."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from gis.ledger.models import Attachment
from grids.choices import Role
from grids.models import Post, User
from grids.querysets import Viewer
from patrols.models import Spot, Visit, VisitPhoto
from patrols.selectors.people import answered_for

__all__ = ["sees_photo", "visits_of", "visits_told"]


def visits_told(
    spot: Spot, since: datetime, until: datetime, *, viewer: User, now: datetime
) -> list[dict[str, Any]]:
    """The visits from `since` (included) until `until` (not included), the latest first.

    A worker is named to whoever answers for the worker's ground, and to the worker: where a person
    was is told to nobody else. Positions are not told at all.
    """
    rows = Visit.objects.filter(spot=spot, at__gte=since, at__lt=until)
    named = _named_to(viewer, spot, since, until, now)
    return [
        {
            "id": visit.key,
            "spot": spot.pk,
            "worker": visit.worker.username if visit.worker_id in named else None,
            "at": visit.at,
            "received_at": visit.received_at,
            "is_here": visit.is_here,
            "distance_m": visit.distance_m,
            "dwell_s": visit.dwell_s,
            "clock_offset_s": visit.clock_offset_s,
            "note": visit.note,
            "photos": [_photo(one.picture) for one in visit.photos.all()],
        }
        for visit in rows.select_related("worker")
        .prefetch_related("photos__picture")
        .order_by("-at", "-pk")
    ]


def visits_of(worker: User, since: datetime, until: datetime) -> list[dict[str, Any]]:
    """The visits of `worker` from `since` (included) until `until` (not included), in order: for
    whoever may see the worker's track of that time.
    """
    rows = Visit.objects.filter(worker=worker, at__gte=since, at__lt=until)
    return [
        {
            "spot": visit.spot_id,
            "name": visit.spot.name,
            "lon": visit.spot.position.x,
            "lat": visit.spot.position.y,
            "at": visit.at,
            "is_here": visit.is_here,
            "distance_m": visit.distance_m,
            "dwell_s": visit.dwell_s,
            "note": visit.note,
            "photos": [_photo(one.picture) for one in visit.photos.all()],
        }
        for visit in rows.select_related("spot")
        .prefetch_related("photos__picture")
        .order_by("at", "pk")
    ]


def _photo(picture: Attachment) -> dict[str, Any]:
    return {"id": picture.pk, "width": picture.width, "height": picture.height}


def sees_photo(viewer: Viewer, photo: UUID) -> bool:
    """Whether it is a picture of a visit to a spot on the viewer's ground."""
    spots = Spot.objects.on_ground_of(viewer).values("pk")
    return VisitPhoto.objects.filter(picture=photo, visit__spot__in=spots).exists()


def _named_to(
    viewer: User, spot: Spot, since: datetime, until: datetime, now: datetime
) -> set[int]:
    ground = answered_for(viewer, spot.place, now)
    if ground is None:
        return {viewer.pk}
    posts = Post.objects.filter(ground, role=Role.WORKER, during__overlap=(since, until))
    return {*posts.values_list("user_id", flat=True), viewer.pk}
