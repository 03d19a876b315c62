"""Routes: how far each has been walked, by the visits that were recorded and its own rhythm."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from grids.models import Place
from grids.querysets import Viewer
from patrols.choices import SpotState
from patrols.models import RouteStop, Spot, SpotRoute, SpotType
from patrols.selectors.spots import SpotDue, due_by, last_visits

__all__ = ["RouteDue", "routes_due", "stops_of"]


@dataclass(frozen=True, slots=True)
class RouteDue:
    """A route and its stops on the viewer's ground, in their order, due by the route's rhythm."""

    route: SpotRoute
    stops: list[tuple[int, SpotDue]]

    @property
    def done(self) -> int:
        """How many stops are not due: visited within the rhythm."""
        return sum(one.state == SpotState.OK for _, one in self.stops)

    @property
    def due_at(self) -> datetime:
        """When the first of its stops is due."""
        return min(one.due_at for _, one in self.stops)

    @property
    def state(self) -> SpotState:
        """Overdue with its most pressing stop; a stop that nobody recorded makes it due."""
        states = {one.state for _, one in self.stops}
        if states == {SpotState.NEVER}:
            return SpotState.NEVER
        if SpotState.OVERDUE in states:
            return SpotState.OVERDUE
        return SpotState.OK if states == {SpotState.OK} else SpotState.DUE


def routes_due(viewer: Viewer, place: Place, now: datetime) -> list[RouteDue]:
    """The active routes with stops on the viewer's ground, by name: four queries."""
    ground = Spot.objects.on_ground_of(viewer).filter(place=place)
    rows = RouteStop.objects.filter(route__is_active=True, route__place=place, spot__in=ground)
    stops = list(rows.select_related("route", "spot").order_by("route__name", "route", "order"))
    types = SpotType.objects.in_bulk({stop.spot.type_id for stop in stops})
    found = last_visits(ground.filter(stops__in=[stop.pk for stop in stops]))
    today = now.astimezone(ZoneInfo(place.time_zone)).date()
    told: dict[int, RouteDue] = {}
    for stop in stops:
        spot = stop.spot
        spot.place, spot.type = place, types[spot.type_id]
        one = told.setdefault(stop.route_id, RouteDue(stop.route, []))
        due = due_by(spot, one.route.every_days, found.get(spot.pk), today)
        one.stops.append((stop.order, due))
    return list(told.values())


def stops_of(rows: Iterable[SpotDue]) -> Mapping[int, list[tuple[str, int]]]:
    """The routes that spots are on, by the key of the spot: names and orders."""
    told: dict[int, list[tuple[str, int]]] = defaultdict(list)
    ids = [row.spot.pk for row in rows]
    stops = RouteStop.objects.filter(spot__in=ids).order_by("route__name", "order")
    for spot, name, order in stops.values_list("spot", "route__name", "order"):
        told[spot].append((name, order))
    return told
