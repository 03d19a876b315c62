"""Which alerts somebody may see: of workers on the ground they answer for, and their own."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from grids.choices import Role
from grids.models import Place, Post, User
from patrols.models import Alert
from patrols.selectors.people import answered_for

__all__ = ["alerts_seen_by", "open_alerts_of"]


def alerts_seen_by(viewer: User, place: Place, now: datetime) -> QuerySet[Alert] | None:
    """The alerts of `place` that `viewer` may see by the posts held `now`.

    A worker counts for the ground of the posts held when the alert began. None when the viewer
    neither answers for ground nor is a worker there: there is nothing to see, whatever happens.
    """
    if viewer.place_id != place.pk:
        return None
    rows = Alert.objects.filter(place=place)
    ground = answered_for(viewer, place, now)
    if ground is not None:
        return rows.seen_on(ground, viewer)
    if Post.objects.held_by(viewer).at(now).filter(role=Role.WORKER).exists():
        return rows.filter(worker=viewer)
    return None


def open_alerts_of(worker: User) -> list[Alert]:
    """What is open about `worker` now, the oldest first."""
    return list(Alert.objects.open().filter(worker=worker).order_by("opened_at", "pk"))
