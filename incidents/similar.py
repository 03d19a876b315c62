"""Cases like one that is about to be reported: near, open, recent; and nothing of who sent them.

By the same rules as the proposals to a dispatcher. They are suggested to a person, never joined by
themselves.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point
from django.db.models import Count, Exists, OuterRef

from grids.models import Place
from incidents.choices import OPEN_STATES
from incidents.duplicates.proposing import around
from incidents.duplicates.rules import Thresholds, thresholds_of
from incidents.models import Category, DefaultSpot, Incident, Report

MOST = 10
# Told no sharper than this: a distance to the metre from three spots is a position.
STEP_M = 5
# So many of the nearest are asked for, since a class may be held to less than the widest rule.
_LOOKED_AT = 200


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
    """Open cases of `place` near a position (WGS-84 degrees), as near and as new as the rules of
    their category ask.

    The nearest first, of that category and kind where they are given. Cases at a default spot are
    left out.
    """
    spot = Point(lon, lat, srid=4326)
    thresholds = thresholds_of(place)
    widest = thresholds.of(category) if category else thresholds.widest
    rows = Incident.objects.filter(
        place=place,
        state__in=OPEN_STATES,
        received_at__gt=now - widest.open_for,
        received_at__lte=now,
        position__bboverlaps=around(lon, lat, widest.distance_m),
    )
    if category:
        rows = rows.filter(category__code=category)
    if kind:
        rows = rows.filter(kind=kind)
    rows = rows.annotate(distance=Distance("position", spot, spheroid=True)).filter(
        distance__lte=widest.distance_m
    )
    usual = DefaultSpot.objects.filter(place=place, position__same_as=OuterRef("position"))
    near = rows.filter(~Exists(usual)).select_related("category")
    near = near.order_by("distance", "-received_at")[:_LOOKED_AT]
    found = [one for one in near if _holds(one, thresholds, now)][:MOST]
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


def _holds(one: Any, thresholds: Thresholds, now: datetime) -> bool:
    """Whether a case is as near and as new as the rule of its own category asks."""
    rule = thresholds.of(one.category.code if one.category else "")
    return bool(one.distance.m <= rule.distance_m and one.received_at > now - rule.open_for)
