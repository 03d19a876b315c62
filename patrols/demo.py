"""The demonstration's register: spots at random positions in every grid, and visits of late."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, uuid5
from zoneinfo import ZoneInfo

import numpy as np
import shapely
from django.contrib.gis.db.models.functions import AsWKB
from django.contrib.gis.geos import Point
from django.db import transaction
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.db.copying import copy_new
from grids.choices import PostKind, Role
from grids.demo.chance import generator
from grids.models import Edition, Grid, Place, Post
from patrols.models import RouteStop, Spot, SpotRoute, SpotType, Visit

__all__ = ["FILE", "load_demo_spots", "read_routes", "read_types"]

FILE = "spots.toml"
SEED = "spots"
# Shares of spots that nobody has recorded yet, and of visits that were not at the place.
_NEVER, _AWAY = 0.08, 0.05
_TRIES = 64
# How much longer than its rhythm a spot may have waited: a fifth or so is overdue then.
_LATEST = 1.25
_AWAY_NOTE = "门锁着，隔街查看"


def read_types(folder: Path) -> list[Mapping[str, Any]]:
    """The types of a profile, each with how many there are `in_grid`; none without the file."""
    return _read(folder, "type")


def read_routes(folder: Path) -> list[Mapping[str, Any]]:
    """The routes of a profile, one in every grid, each with the names of the `types` on it."""
    return _read(folder, "route")


def _read(folder: Path, key: str) -> list[Mapping[str, Any]]:
    path = folder / FILE
    if not path.is_file():
        return []
    return list(tomllib.loads(path.read_text(encoding="utf-8")).get(key, ()))


@transaction.atomic
def load_demo_spots(
    place: Place,
    types: Sequence[Mapping[str, Any]],
    *,
    now: datetime,
    routes: Sequence[Mapping[str, Any]] = (),
) -> tuple[int, int]:
    """Write types, spots, visits and routes unless the place has types already; how many spots and
    visits.

    Positions depend on the codes of the grids alone, visits on `now` too.
    """
    edition = Edition.objects.in_force(place)
    if edition is None or not types or SpotType.objects.filter(place=place).exists():
        return 0, 0
    counts = [int(one["in_grid"]) for one in types]
    kinds = [_type(place, one) for one in types]
    SpotType.objects.bulk_create(kinds)
    workers = _workers(edition, now)
    spots: list[Spot] = []
    visits: list[Visit] = []
    zone = ZoneInfo(place.time_zone)
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    grids = Grid.objects.of(edition).annotate(wkb=AsWKB("geometry")).order_by("code")
    for pk, code, name, wkb in grids.values_list("pk", "code", "name", "wkb"):
        rng = generator(SEED, code)
        points = _inside(shapely.from_wkb(bytes(wkb)), sum(counts), rng)
        each = [k for k, count in enumerate(counts) for _ in range(count)]
        for number, (kind, (lon, lat)) in enumerate(zip(each, points.tolist(), strict=True), 1):
            spot = Spot(
                place=place,
                type=kinds[kind],
                name=f"{kinds[kind].name} {number}",
                address=name,
                position=Point(lon, lat, srid=4326),
                grid_code=code,
                created_at=now - timedelta(days=90),
            )
            spots.append(spot)
            if pk in workers:
                visits += _visits(spot, workers[pk], rng, now, midnight)
    copy_new(Spot, spots)
    copy_new(Visit, visits)
    for told in routes:
        _walk(place, told, spots)
    return len(spots), len(visits)


def _walk(place: Place, told: Mapping[str, Any], spots: Sequence[Spot]) -> None:
    """A route in every grid through its spots of the types told, in the order of their numbers."""
    by_grid: dict[tuple[str, str], list[Spot]] = {}
    for spot in spots:
        if spot.type.name in told["types"]:
            by_grid.setdefault((spot.grid_code, spot.address), []).append(spot)
    routes = [
        SpotRoute(place=place, name=f"{name} {told['name']}", every_days=told["every_days"])
        for _, name in by_grid
    ]
    copy_new(SpotRoute, routes)
    stops = [
        RouteStop(route=route, spot=spot, order=order)
        for route, ours in zip(routes, by_grid.values(), strict=True)
        for order, spot in enumerate(ours, 1)
    ]
    copy_new(RouteStop, stops)


def _type(place: Place, told: Mapping[str, Any]) -> SpotType:
    return SpotType(place=place, **{key: told[key] for key in told if key != "in_grid"})


def _workers(edition: Edition, now: datetime) -> dict[int, int]:
    """The principal worker of each grid, by keys."""
    posts = Post.objects.at(now).filter(
        grid__edition=edition, role=Role.WORKER, kind=PostKind.PRINCIPAL
    )
    return {grid: user for grid, user in posts.values_list("grid", "user") if grid is not None}


def _inside(ground: BaseGeometry, count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Positions in a polygon, degrees with six decimals; where none was hit, its inner point."""
    west, south, east, north = ground.bounds
    tried = rng.uniform((west, south), (east, north), (_TRIES, 2)).round(6)
    hit = tried[shapely.contains_xy(ground, tried[:, 0], tried[:, 1])][:count]
    middle = shapely.get_coordinates(shapely.point_on_surface(ground))
    return np.concatenate([hit, np.repeat(middle, count - len(hit), axis=0)])


def _visits(
    spot: Spot, worker: int, rng: np.random.Generator, now: datetime, midnight: datetime
) -> list[Visit]:
    """The last visit and the one before it, from the same position in working hours."""
    never, waited, hour, before, away, metres = rng.random(6).tolist()
    if never < _NEVER:
        return []
    days = spot.type.every_days
    last = int(waited * (days * _LATEST + 1))
    is_away = away < _AWAY
    distance_m = round(90 + 200 * metres if is_away else 25 * metres, 1)
    lon, lat = spot.position.coords
    # A degree of latitude is about 111 km.
    position = Point(lon, lat + distance_m / 111_000, srid=4326)
    latest = midnight - timedelta(days=last) + timedelta(seconds=round(30_600 + hour * 30_000))
    if latest > now:
        latest -= timedelta(days=1)
    made = []
    for ago in (0, max(1, round(days * (0.7 + 0.4 * before)))):
        at = latest - timedelta(days=ago)
        made.append(
            Visit(
                key=uuid5(NAMESPACE_OID, f"{spot.grid_code}/{spot.name}/{at.isoformat()}"),
                spot=spot,
                worker_id=worker,
                at=at,
                received_at=at + timedelta(seconds=20),
                position=position,
                accuracy_m=12.0,
                distance_m=distance_m,
                is_here=not is_away,
                note=_AWAY_NOTE if is_away else "",
            )
        )
    return made
