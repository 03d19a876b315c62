"""What a grid worker takes along: their grids, those around them, and the stations there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.gis.geos import Polygon

from grids.choices import Role
from grids.models import Edition, Grid, Place, Post, Station, User

__all__ = ["Rounds", "rounds_of"]


@dataclass(frozen=True, slots=True)
class Rounds:
    """The ground of a worker in the edition in force; geometries are EPSG:4326."""

    place: Place
    edition: Edition
    grids: list[Grid]
    neighbours: list[Grid]
    stations: list[Station]


def rounds_of(worker: User, now: datetime) -> Rounds | None:
    """The ground of the worker's posts at `now`; None for whoever is no worker of a grid.

    Neighbours touch one of the grids; stations lie in the box around grids and neighbours.
    """
    place = worker.place
    edition = Edition.objects.in_force(place) if place else None
    if place is None or edition is None:
        return None
    posts = Post.objects.held_by(worker).at(now).filter(role=Role.WORKER)
    # A code stands for the same ground in every edition that has it.
    codes = posts.values("grid__code")
    all_grids = Grid.objects.of(edition).select_related("region").order_by("code")
    grids = list(all_grids.filter(code__in=codes))
    if not grids:
        return None
    around: dict[int, Grid] = {}
    for grid in grids:
        touching = all_grids.filter(geometry__intersects=grid.geometry)
        around |= {one.pk: one for one in touching.exclude(code__in=codes)}
    neighbours = sorted(around.values(), key=lambda one: one.code)
    stations = Station.objects.filter(place=place).within(_box([*grids, *neighbours]))
    return Rounds(place, edition, grids, neighbours, list(stations.order_by("code")))


def _box(grids: list[Grid]) -> Polygon:
    """The box around `grids`, EPSG:4326."""
    west, south, east, north = zip(*(grid.geometry.extent for grid in grids), strict=True)
    box = Polygon.from_bbox((min(west), min(south), max(east), max(north)))
    box.srid = 4326
    return box
