"""Default geocodes: positions that a geocoder gives to what it cannot place.

One city had 14 % of its reports on the town hall. There, distance says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.gis.geos import Point
from django.db import connection, transaction
from django.db.models import Q

from grids.models import Place
from incidents.models import DefaultSpot

__all__ = ["LEAST_CASES", "LEAST_SHARE", "refresh_default_spots", "spots_among"]

# A spot is a default when at least so many cases are exactly there, and at least this share.
LEAST_CASES = 50
LEAST_SHARE = 0.001

_USUAL = """
SELECT * FROM (
  SELECT ST_X(position), ST_Y(position), count(*) AS cases,
         count(*)::float / sum(count(*)) OVER () AS share
  FROM incidents_incident
  WHERE place_id = %s AND position IS NOT NULL
  GROUP BY ST_X(position), ST_Y(position)
) AS counted
WHERE cases >= %s AND share >= %s
"""


@transaction.atomic
def refresh_default_spots(place: Place) -> int:
    """Count anew which positions of `place` are defaults; how many there are."""
    with connection.cursor() as cursor:
        cursor.execute(_USUAL, [place.pk, LEAST_CASES, LEAST_SHARE])
        found = cursor.fetchall()
    # Two that count at once would write every spot twice.
    Place.objects.select_for_update(no_key=True).only("pk").get(pk=place.pk)
    DefaultSpot.objects.filter(place=place).delete()
    rows = DefaultSpot.objects.bulk_create(
        DefaultSpot(place=place, position=Point(x, y, srid=4326), cases=cases, share=share)
        for x, y, cases, share in found
    )
    return len(rows)


def spots_among(place: Place, positions: Iterable[Any]) -> set[tuple[float, float]]:
    """Those of `positions` (points, or None) that are defaults: one query, or none."""
    asked = {(one.x, one.y) for one in positions if one is not None}
    if not asked:
        return set()
    any_of = Q()
    for spot in sorted(asked):
        any_of |= Q(position__same_as=Point(spot, srid=4326))
    rows = DefaultSpot.objects.filter(any_of, place=place).values_list("position", flat=True)
    return {(one.x, one.y) for one in rows} & asked
