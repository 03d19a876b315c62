"""The vocabulary of reads. Every view takes its rows from `for_user`."""

from __future__ import annotations

from typing import Any, Self

from django.contrib.auth.models import AnonymousUser
from django.contrib.gis.geos import Polygon
from django.db import models
from django.db.models import Q
from django.utils import timezone

from grids.choices import WHOLE_PLACE
from grids.models import Edition, Grid, Post, Unit
from grids.querysets import Viewer
from incidents.choices import OPEN_STATES


def _dispatched_to(units: list[int], regions: list[str], place: int) -> Any:
    """Keys of the cases that these units, and the offices of these regions, are or were on."""
    from incidents.models import Assignment

    offices = Unit.objects.filter(place=place, region_code__in=regions).exclude(region_code="")
    asked = Q(unit__in=units) | Q(unit__in=offices.values("pk")) if regions else Q(unit__in=units)
    return Assignment.objects.filter(asked).values("incident")


class IncidentQuerySet(models.QuerySet[Any]):
    def for_user(self, user: Viewer) -> Self:
        """Cases of the user's own territory: the place, a region, a grid; nothing for the public.

        A unit (a department's handler, the office of a region) also sees what was dispatched to it,
        and goes on seeing it: who asks later is answered by who did it.
        """
        if isinstance(user, AnonymousUser):
            return self.none()
        if user.is_superuser:
            return self
        posts = list(Post.objects.held_by(user).at(timezone.now()).select_related("region"))
        if any(post.role in WHOLE_PLACE for post in posts):
            return self.filter(place=user.place_id)
        regions = [post.region.code for post in posts if post.region is not None]
        grids = [post.grid_id for post in posts if post.grid_id is not None]
        units = [post.unit_id for post in posts if post.unit_id is not None]
        within = Q(region__code__in=regions) | Q(region__parent__code__in=regions)
        held = Grid.objects.filter(within).order_by().values("pk")
        # Asked of the few grids and not of every case: no joins on the way through a queue.
        mine = Q(grid__in=grids) | Q(grid__in=held) if regions else Q(grid__in=grids)
        mine |= Q(pk__in=_dispatched_to(units, regions, user.place_id))
        return self.filter(mine, place=user.place_id)

    def open(self) -> Self:
        """Cases that are still to be dealt with."""
        return self.filter(state__in=OPEN_STATES)

    def unplaced(self) -> Self:
        """Cases that no grid holds: somebody must look."""
        return self.filter(grid__isnull=True)

    def within(self, box: Polygon) -> Self:
        """Cases whose position lies in `box` (EPSG:4326)."""
        return self.filter(position__bboverlaps=box)


class ReportQuerySet(models.QuerySet[Any]):
    def for_user(self, user: Viewer) -> Self:
        """Reports of the cases that the user may see."""
        from incidents.models import Incident

        return self.filter(incident__in=Incident.objects.for_user(user))

    def without(self, edition: Edition) -> Self:
        """Reports with a position that have no attribution in `edition` yet."""
        return self.filter(position__isnull=False).exclude(attributions__edition=edition)


class PositionCheckQuerySet(models.QuerySet[Any]):
    def for_user(self, user: Viewer) -> Self:
        """Checks of the reports that the user may see."""
        from incidents.models import Report

        return self.filter(report__in=Report.objects.for_user(user))
