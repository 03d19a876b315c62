"""Cases like one that is about to be reported: near, open, recent; and nothing of who sent them.

The limits follow what staff of another city marked as duplicates: 93 % lay within 50 m, 78 % within
30 days. They are suggested to a person, never joined by themselves.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point, Polygon
from django.db.models import Count, Q, QuerySet

from grids.models import Place
from incidents.choices import OPEN_STATES
from incidents.models import Category, Incident, Report

WITHIN_M = 50.0
SINCE = timedelta(days=30)
MOST = 10
# Told no sharper than this: a distance to the metre from three spots is a position.
STEP_M = 5
# A position that so many cases share is where a geocoder puts what it cannot place (a town hall had
# 14 % of one city's), not where something happened.
DEFAULT_SPOT_CASES = 50
_ROUNDS = 5
_METRES_PER_DEGREE = 110_000.0


@dataclass(frozen=True, slots=True)
class Similar:
    """An open case nearby. `distance_m` is a multiple of 5, `age_days` whole days."""

    category: Category | None
    kind: str
    distance_m: int
    age_days: int
    state: str
    reports: int
    number: str


def similar_cases(
    *, place: Place, lon: float, lat: float, now: datetime, category: str = "", kind: str = ""
) -> list[Similar]:
    """Open cases of `place` within 50 m of a position (WGS-84 degrees), 30 days old at most.

    The nearest first, of that category and kind where they are given. Cases at a spot that very
    many share are left out.
    """
    spot = Point(lon, lat, srid=4326)
    rows = Incident.objects.filter(
        place=place,
        state__in=OPEN_STATES,
        received_at__gt=now - SINCE,
        received_at__lte=now,
        position__bboverlaps=_around(lon, lat),
    )
    if category:
        rows = rows.filter(category__code=category)
    if kind:
        rows = rows.filter(kind=kind)
    rows = rows.annotate(distance=Distance("position", spot, spheroid=True)).filter(
        distance__lte=WITHIN_M
    )
    found = _off_default_spots(rows.select_related("category").order_by("distance", "-received_at"))
    counts = dict(
        Report.objects.filter(incident__in=found)
        .order_by()
        .values_list("incident")
        .annotate(n=Count("pk"))
    )
    return [
        Similar(
            category=one.category,
            kind=one.kind,
            distance_m=STEP_M * round(one.distance.m / STEP_M),
            age_days=(now - one.received_at).days,
            state=one.state,
            reports=counts.get(one.pk, 0),
            number=one.number,
        )
        for one in found
    ]


def _off_default_spots(rows: QuerySet[Any]) -> list[Any]:
    """The first of `rows` whose position is not shared by very many cases of any time and kind."""
    usual: dict[tuple[float, float], bool] = {}
    for _ in range(_ROUNDS):
        spots = [Q(position__same_as=Point(spot, srid=4326)) for spot in usual if usual[spot]]
        for one in spots:
            rows = rows.exclude(one)
        found = list(rows[:MOST])
        asked = {one.position.coords for one in found} - usual.keys()
        usual |= {spot: _is_default(spot) for spot in asked}
        if not any(usual[one.position.coords] for one in found):
            return found
    return [one for one in found if not usual[one.position.coords]]


def _is_default(spot: tuple[float, float]) -> bool:
    shared = Incident.objects.filter(position__same_as=Point(spot, srid=4326))
    # A slice, so that a spot with a hundred thousand cases costs no more than one with fifty.
    return shared.order_by()[:DEFAULT_SPOT_CASES].count() >= DEFAULT_SPOT_CASES


def _around(lon: float, lat: float) -> Polygon:
    """A box (EPSG:4326) that holds the circle of `WITHIN_M` round a position."""
    north = WITHIN_M / _METRES_PER_DEGREE
    east = north / max(math.cos(math.radians(lat)), 0.01)
    box: Polygon = Polygon.from_bbox((lon - east, lat - north, lon + east, lat + north))
    box.srid = 4326
    return box
