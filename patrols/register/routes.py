"""Routes in the register: a cell names the routes of a spot and its place in each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from grids.models import Place
from patrols.models import RouteStop, Spot, SpotRoute
from patrols.register.reading import Fault, Row

__all__ = ["as_cell", "changed_stops", "route_faults", "write_stops"]

_Stops = frozenset[tuple[str, int]]


def as_cell(stops: Iterable[tuple[str, int]]) -> str:
    """`路线 A#3；夜巡#1`, as `read_stops` reads it; blank for a spot on no route."""
    return "；".join(f"{name}#{order}" for name, order in stops)


def route_faults(rows: Sequence[Row], place: Place) -> list[Fault]:
    """Routes that are not there, and places in the order that two spots would have."""
    told = [row for row in rows if row.stops is not None]
    names = set(SpotRoute.objects.filter(place=place).values_list("name", flat=True))
    known = "、".join(sorted(names)) or "无 (none)"
    # Spots that the file does not name keep theirs.
    named = {row.identity for row in told}
    taken = {
        stop: identity for identity, stops in _there(place).items() if identity not in named
        for stop in stops
    }  # fmt: skip
    seen: dict[tuple[str, int], int] = {}
    found = []
    for row in told:
        for name, order in sorted(row.stops or ()):
            if name not in names:
                message = f"没有路线 {name}；有：{known} (no such route)"
                found.append(Fault(row.number, "routes", message))
            first = seen.setdefault((name, order), row.number)
            if first != row.number:
                message = f"路线 {name} 的第 {order} 站与第 {first} 行重复 (taken by row {first})"
                found.append(Fault(row.number, "routes", message))
            elif (name, order) in taken:
                other = taken[name, order][1]
                message = f"路线 {name} 的第 {order} 站已是 {other} (taken by that place)"
                found.append(Fault(row.number, "routes", message))
    return found


def changed_stops(rows: Sequence[Row], place: Place) -> dict[tuple[str, str, str], _Stops]:
    """What the rows say otherwise than it is, by the identity of the spot."""
    there = _there(place)
    return {
        row.identity: row.stops
        for row in rows
        if row.stops is not None and row.stops != there.get(row.identity, frozenset())
    }


def write_stops(
    changed: Mapping[tuple[str, str, str], _Stops], spots: Mapping[tuple[str, str, str], Spot]
) -> None:
    """Put spots, which are stored, on the routes of `changed` and take them off all others."""
    ours = [spots[identity].pk for identity in changed]
    RouteStop.objects.filter(spot__in=ours).delete()
    places = {spot.place_id for spot in spots.values()}
    routes = {one.name: one for one in SpotRoute.objects.filter(place__in=places)}
    RouteStop.objects.bulk_create(
        RouteStop(route=routes[name], spot=spots[identity], order=order)
        for identity, stops in changed.items()
        for name, order in sorted(stops)
    )


def _there(place: Place) -> dict[tuple[str, str, str], _Stops]:
    """The stops of every spot of `place` that is on a route, by its identity."""
    told: dict[tuple[str, str, str], set[tuple[str, int]]] = {}
    rows = RouteStop.objects.filter(route__place=place).values_list(
        "spot__type__name", "spot__name", "spot__address", "route__name", "order"
    )
    for kind, name, address, route, order in rows:
        told.setdefault((kind, name, address), set()).add((route, order))
    return {identity: frozenset(stops) for identity, stops in told.items()}
