"""The ground that an address names: an outline where the name has one, else a circle."""

from dataclasses import dataclass

import shapely
from django.contrib.gis.db.models.functions import AsWKB
from django.contrib.gis.geos import Point
from shapely.geometry.base import BaseGeometry

from gis.kernel.snap.metric import metres_per_degree
from grids.models import Block, Edition, Region
from grids.selectors.gazetteer import SAME_SPOT_DEG, SURE, Match, NameKind, matches_in

# A station or a named place is a spot in the table and a site on the ground.
LEAST_RADIUS_M = 100.0


@dataclass(frozen=True, slots=True)
class NamedGround:
    """What an address names, WGS-84 degrees: a spot on it, and its outline."""

    name: str
    lon: float
    lat: float
    outline: BaseGeometry


def named_ground(address: str, edition: Edition) -> NamedGround | None:
    """The ground that `address` surely names in `edition`, and no other of that name; else None."""
    matches = matches_in(address, edition)
    if not matches or matches[0].text < SURE:
        return None
    best = matches[0]
    if any(one.name == best.name and _apart(one, best) for one in matches):
        return None
    outline = _outline(best, edition) or _circle(best)
    return NamedGround(best.name, best.lon, best.lat, outline)


def _apart(one: Match, other: Match) -> bool:
    return max(abs(one.lon - other.lon), abs(one.lat - other.lat)) > SAME_SPOT_DEG


def _outline(match: Match, edition: Edition) -> BaseGeometry | None:
    rows = {
        NameKind.REGION: Region.objects.of(edition),
        NameKind.BLOCK: Block.objects.filter(place=edition.place_id, children__isnull=True),
    }.get(match.kind)
    if rows is None:
        return None
    spot = Point(match.lon, match.lat, srid=4326)
    held = rows.filter(name=match.name, geometry__covers=spot).order_by("area_m2")
    wkb = held.annotate(wkb=AsWKB("geometry")).values_list("wkb", flat=True).first()
    return None if wkb is None else shapely.from_wkb(bytes(wkb))


def _circle(match: Match) -> BaseGeometry:
    radius_m = max(match.accuracy_m, LEAST_RADIUS_M)
    lon_m, lat_m = metres_per_degree(match.lat)
    circle = shapely.buffer(shapely.Point(0.0, 0.0), radius_m)
    return shapely.transform(circle, lambda xy: xy / [lon_m, lat_m] + [match.lon, match.lat])
