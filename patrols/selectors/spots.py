"""Which spots are due, by the visits that were recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet

from grids.models import Place
from patrols.choices import SpotState
from patrols.models import Spot, SpotType, Visit, VisitPhoto
from patrols.selectors.coverage import day_of

__all__ = ["Last", "SpotDue", "due_after", "due_by", "due_of", "dues", "last_visits"]


class Last(NamedTuple):
    """The latest visit of a spot: when, whether at the place, the stay that the track recorded
    (None without one), and how many pictures there are.
    """

    at: datetime
    is_here: bool
    dwell_s: int | None
    photos: int


@dataclass(frozen=True, slots=True)
class SpotDue:
    """A spot and its rhythm. `due_at` is the midnight that ends the local day it is due on.

    `last` is the latest visit that was recorded, at the place or (with the reason) away from it;
    without any, the spot is due on the day it was entered.
    """

    spot: Spot
    every_days: int
    last: Last | None
    due_at: datetime
    state: SpotState

    @property
    def due_on(self) -> date:
        """The local day that it is due on."""
        return (self.due_at - timedelta(seconds=1)).date()


def dues(spots: QuerySet[Spot], place: Place, now: datetime) -> list[SpotDue]:
    """Every one of `spots` of `place`, by grid and name: four queries, however many."""
    here = spots.filter(place=place)
    rows = list(here.order_by("grid_code", "name", "pk"))
    types = SpotType.objects.in_bulk({spot.type_id for spot in rows})
    found = last_visits(here)
    today = now.astimezone(ZoneInfo(place.time_zone)).date()
    told = []
    for spot in rows:
        # Joined in the query, each row would make its place and type anew.
        spot.place, spot.type = place, types[spot.type_id]
        days = spot.every_days or spot.type.every_days
        told.append(due_by(spot, days, found.get(spot.pk), today))
    return told


def due_of(spot: Spot, now: datetime) -> SpotDue:
    """The same for one spot."""
    [one] = dues(Spot.objects.filter(pk=spot.pk), spot.place, now)
    return one


def last_visits(spots: QuerySet[Spot]) -> dict[int, Last]:
    """The latest visit of each of `spots` that has one, by its key: two queries."""
    visits = Visit.objects.filter(spot__in=spots.order_by().values("pk"))
    last = (
        visits.order_by("spot_id", "-at", "-pk")
        .distinct("spot_id")
        .values_list("spot_id", "pk", "at", "is_here", "dwell_s")
    )
    pictured = VisitPhoto.objects.filter(visit__in=visits.order_by().values("pk")).order_by()
    photos = dict(pictured.values_list("visit").annotate(count=Count("pk")))
    return {
        spot: Last(at, is_here, dwell_s, photos.get(pk, 0))
        for spot, pk, at, is_here, dwell_s in last
    }


def due_by(spot: Spot, days: int, last: Last | None, today: date) -> SpotDue:
    """When `spot` is due by a rhythm of `days`; `today` is the local day of its place."""
    place = spot.place
    due_at = due_after(last.at, days, place) if last else due_after(spot.created_at, 0, place)
    state = _state(due_at, day_of(place, today)[1]) if last else SpotState.NEVER
    return SpotDue(spot, days, last, due_at, state)


def due_after(at: datetime, days: int, place: Place) -> datetime:
    """The end of the local day that is `days` after that of `at`."""
    day = at.astimezone(ZoneInfo(place.time_zone)).date()
    return day_of(place, day + timedelta(days=days))[1]


def _state(due_at: datetime, midnight: datetime) -> SpotState:
    if due_at > midnight:
        return SpotState.OK
    return SpotState.DUE if due_at == midnight else SpotState.OVERDUE
