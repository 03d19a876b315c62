"""The vocabulary of reads. Every view takes its rows from `for_user`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.gis.geos import Polygon
from django.db import models

from grids.choices import EditionState, PostKind

if TYPE_CHECKING:
    from grids.models import Edition, Grid, Place, User

Viewer = Any  # User | AnonymousUser: Django's own stubs cannot name the union without a cycle

HIDDEN_FROM_PUBLIC = [EditionState.DRAFT, EditionState.SCHEDULED, EditionState.CANCELLED]


class ScopedQuerySet(models.QuerySet[Any]):
    """Rows of places. `place_path` leads from the row to its place."""

    place_path = "place"

    def for_user(self, user: Viewer) -> Self:
        """What `user` may see: their own place; without an account, what is public, or nothing."""
        if isinstance(user, AnonymousUser):
            return self if settings.PUBLIC_READS else self.none()
        if user.is_superuser or user.place_id is None:
            return self
        return self.filter(**{self.place_path: user.place_id})


class EditionQuerySet(ScopedQuerySet):
    def for_user(self, user: Viewer) -> Self:
        """Drafts and plans are for those who sign in; the public sees what is or was in force."""
        rows = super().for_user(user)
        if isinstance(user, AnonymousUser):
            return rows.exclude(state__in=HIDDEN_FROM_PUBLIC)
        return rows

    def in_force(self, place: Place) -> Edition | None:
        """The edition of `place` that is in force now."""
        return self.filter(place=place, state=EditionState.IN_FORCE).first()

    def due(self, now: datetime) -> Self:
        """Scheduled editions whose instant has come, oldest first."""
        return self.filter(state=EditionState.SCHEDULED, in_force__startswith__lte=now).order_by(
            "in_force__startswith"
        )


class TerritoryQuerySet(ScopedQuerySet):
    """Rows that belong to an edition."""

    place_path = "edition__place"

    def for_user(self, user: Viewer) -> Self:
        rows = super().for_user(user)
        if isinstance(user, AnonymousUser):
            return rows.exclude(edition__state__in=HIDDEN_FROM_PUBLIC)
        return rows

    def of(self, edition: Edition) -> Self:
        return self.filter(edition=edition)

    def within(self, box: Polygon) -> Self:
        """Rows whose bounding box meets `box` (EPSG:4326)."""
        return self.filter(geometry__bboverlaps=box)


class RegionQuerySet(TerritoryQuerySet):
    pass


class GridQuerySet(TerritoryQuerySet):
    pass


class BlockQuerySet(ScopedQuerySet):
    pass


class StationQuerySet(ScopedQuerySet):
    def within(self, box: Polygon) -> Self:
        """Stations inside `box` (EPSG:4326)."""
        return self.filter(position__bboverlaps=box)


class NamedPlaceQuerySet(ScopedQuerySet):
    pass


class PostQuerySet(models.QuerySet[Any]):
    def at(self, now: datetime) -> Self:
        """Posts held at `now`."""
        return self.filter(during__contains=now)

    def of_grid(self, grid: Grid) -> Self:
        return self.filter(grid=grid)

    def held_by(self, user: User) -> Self:
        return self.filter(user=user)

    def principal(self) -> Self:
        return self.filter(kind=PostKind.PRINCIPAL)
