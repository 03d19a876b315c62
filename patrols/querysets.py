"""The vocabulary of reads. Every view takes its rows from `for_user`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import RangeBoundary
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from psycopg.types.range import Range

from gis.db.functions import TimeRange
from grids.choices import EditionState, Role
from grids.models import Grid, Post
from grids.querysets import ScopedQuerySet, Viewer

if TYPE_CHECKING:
    from grids.models import Place

# Whoever holds one of these sees the coverage of the whole place. Positions are another matter.
WHOLE_PLACE = [Role.ADMIN, Role.CENTRE, Role.PLANNER, Role.LEADER]

# A position that is older tells where somebody was, not where they are.
LIVE = timedelta(minutes=15)


def ground_of(user: Viewer) -> Q:
    """The question to `Grid` that is true on the ground of the posts that `user` holds now."""
    if isinstance(user, AnonymousUser):
        return Q(pk__in=[])
    if user.is_superuser:
        return Q()
    posts = list(Post.objects.held_by(user).at(timezone.now()).select_related("region"))
    here = Q(edition__place=user.place_id)
    if any(post.role in WHOLE_PLACE for post in posts):
        return here
    regions = [post.region.code for post in posts if post.region is not None]
    # A code stands for the same ground in every edition that has it.
    held = [post.grid_id for post in posts if post.grid_id is not None]
    codes = list(Grid.objects.filter(pk__in=held).values_list("code", flat=True))
    mine = Q(code__in=codes) | Q(region__code__in=regions) | Q(region__parent__code__in=regions)
    return here & mine


class CoverageQuerySet(models.QuerySet[Any]):
    def for_user(self, user: Viewer) -> Self:
        """Coverage of the user's own ground: a place, a region, a grid; nothing for the public."""
        return self.filter(grid__in=Grid.objects.filter(ground_of(user)).values("pk"))


class ShiftQuerySet(models.QuerySet[Any]):
    def for_user(self, user: Viewer) -> Self:
        """The user's own shifts, and nobody else's."""
        return self.none() if isinstance(user, AnonymousUser) else self.filter(worker=user)

    def of(self, place: Place) -> Self:
        return self.filter(place=place)

    def open_at(self, at: datetime) -> Self:
        """Shifts that had begun and not ended at `at`."""
        return self.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=at), started_at__lte=at)


class FixQuerySet(models.QuerySet[Any]):
    def between(self, since: datetime, until: datetime) -> Self:
        """Fixes from `since` (included) until `until` (not included)."""
        return self.filter(at__gte=since, at__lt=until)


class TrackQuerySet(models.QuerySet[Any]):
    def meeting(self, since: datetime, until: datetime) -> Self:
        """Tracks with a point from `since` until `until`, or a way through that time."""
        span = TimeRange("since", "until", RangeBoundary(inclusive_upper=True))
        held = self.filter(since__isnull=False).alias(span=span)
        return held.filter(span__overlap=Range(since, until))


class LivePositionQuerySet(models.QuerySet[Any]):
    def on_duty(self, now: datetime) -> Self:
        """Positions of those whose shift at that place goes on at `now`, none older than `LIVE`."""
        return self.filter(
            Q(worker__shifts__ended_at__isnull=True) | Q(worker__shifts__ended_at__gt=now),
            worker__shifts__started_at__lte=now,
            worker__shifts__place=F("place"),
            at__gt=now - LIVE,
        )


class FixBatchQuerySet(models.QuerySet[Any]):
    def meeting(self, since: datetime, until: datetime) -> Self:
        """Batches that hold, or may hold, fixes from `since` until `until`."""
        span = TimeRange("first_at", "last_at", RangeBoundary(inclusive_upper=True))
        return self.alias(span=span).filter(span__overlap=Range(since, until))

    def for_user(self, user: Viewer) -> Self:
        """What the user sent; for the centre and administrators, what was sent in their place."""
        if isinstance(user, AnonymousUser):
            return self.none()
        posts = Post.objects.held_by(user).at(timezone.now())
        if posts.filter(role__in=[Role.ADMIN, Role.CENTRE]).exists():
            return self.filter(place=user.place_id)
        return self.filter(sender=user)


class SpotQuerySet(ScopedQuerySet):
    """`for_user` is the whole place, for the desk; everybody else reads `on_ground_of`."""

    def on_ground_of(self, user: Viewer) -> Self:
        """Active spots in the grids of the user's own ground; those in no grid are in none."""
        mine = Grid.objects.filter(
            ground_of(user),
            edition__state=EditionState.IN_FORCE,
            edition__place=OuterRef("place"),
            code=OuterRef("grid_code"),
        )
        return self.filter(Exists(mine), is_active=True, type__is_active=True)


class AlertQuerySet(models.QuerySet[Any]):
    def open(self) -> Self:
        """Alerts that are not over."""
        return self.filter(closed_at__isnull=True)

    def between(self, since: datetime, until: datetime) -> Self:
        """Alerts that were open at some moment from `since` until `until` (not included)."""
        return self.filter(Q(closed_at__isnull=True) | Q(closed_at__gte=since), opened_at__lt=until)

    def seen_on(self, ground: Q, viewer: Viewer) -> Self:
        """Those of workers who then held a post on `ground` (a question to posts), and one's own.

        So a look back sees whom a look at the track of that day would see.
        """
        held = Post.objects.filter(
            ground,
            role=Role.WORKER,
            user=OuterRef("worker"),
            during__contains=OuterRef("opened_at"),
        )
        return self.filter(Exists(held) | Q(worker=viewer))


class TrackerQuerySet(ScopedQuerySet):
    """`for_user` is the trackers of the whole place, for the desk."""

    place_path = "worker__place"
