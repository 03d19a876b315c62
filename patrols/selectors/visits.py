"""The visits of a spot, as those on its ground are told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from grids.choices import Role
from grids.models import Post, User
from patrols.models import Spot, Visit
from patrols.selectors.people import answered_for

__all__ = ["visits_told"]


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
            "note": visit.note,
        }
        for visit in rows.select_related("worker").order_by("-at", "-pk")
    ]


def _named_to(
    viewer: User, spot: Spot, since: datetime, until: datetime, now: datetime
) -> set[int]:
    ground = answered_for(viewer, spot.place, now)
    if ground is None:
        return {viewer.pk}
    posts = Post.objects.filter(ground, role=Role.WORKER, during__overlap=(since, until))
    return {*posts.values_list("user_id", flat=True), viewer.pk}
