"""Which spots are due, by the visits that were recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from grids.models import Place
from patrols.choices import SpotState
from patrols.models import Spot, Visit
from patrols.selectors.coverage import day_of

__all__ = ["SpotDue", "due_after", "due_of", "dues"]


@dataclass(frozen=True, slots=True)
class SpotDue:
    """A spot and its rhythm. `due_at` is the midnight that ends the local day it is due on.

    `last` is the latest visit that was recorded, at the place or (with the reason) away from it;
    without any, the spot is due on the day it was entered.
    """

    spot: Spot
    every_days: int
    last: Visit | None
    due_at: datetime
    state: SpotState

    @property
    def due_on(self) -> date:
        """The local day that it is due on."""
        return (self.due_at - timedelta(seconds=1)).date()


def dues(spots: QuerySet[Spot], place: Place, now: datetime) -> list[SpotDue]:
    """Every one of `spots` of `place`, by grid and name: two queries, however many."""
    rows = list(
        spots.filter(place=place)
        .select_related("type", "place")
        .defer("place__envelope")
        .annotate(days=Coalesce("every_days", "type__every_days"))
        .order_by("grid_code", "name", "pk")
    )
    found = _last_visits(spots.filter(place=place))
    today = now.astimezone(ZoneInfo(place.time_zone)).date()
    return [_due(row, found.get(row.pk), place, today) for row in rows]


def due_of(spot: Spot, now: datetime) -> SpotDue:
    """The same for one spot."""
    [one] = dues(Spot.objects.filter(pk=spot.pk), spot.place, now)
    return one


def _last_visits(spots: QuerySet[Spot]) -> dict[int, Visit]:
    last = (
        Visit.objects.filter(spot__in=spots.order_by().values("pk"))
        .order_by("spot_id", "-at", "-pk")
        .distinct("spot_id")
        .only("spot", "at", "is_here")
    )
    return {visit.spot_id: visit for visit in last}


def _due(spot: Spot, last: Visit | None, place: Place, today: date) -> SpotDue:
    days = int(vars(spot)["days"])
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
