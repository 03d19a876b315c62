"""The place that a file belongs to: found, or made from the file."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from django.contrib.gis.geos import Polygon
from django.core.exceptions import ValidationError
from shapely.geometry.base import BaseGeometry

from gis.kernel.errors import InvalidInput
from gis.kernel.tessellation import Problem
from grids.imports.territory.metric import Areas, Metric, utm_zone
from grids.models import Place
from grids.models.place import PLACE_CODE

__all__ = ["NewPlace", "find_or_make", "outside_envelope"]

# The envelope of a new place: its first file's box and a tenth of its size, at least about 2 km,
# more on every side, so that the next edition's outer border has room to move.
_MARGIN_SHARE = 0.1
_MARGIN_DEG = 0.02


@dataclass(frozen=True)
class NewPlace:
    """What the author of an import may say about a place that is not there yet."""

    code: str
    name: str = ""
    srid_m: int | None = None


def find_or_make(wanted: NewPlace, areas: Areas) -> tuple[Place, bool]:
    """The place of that code, and whether it was made now from the box of `areas` (degrees)."""
    place = Place.objects.select_for_update().filter(code=wanted.code).first()
    if place is not None:
        if wanted.srid_m not in (None, place.srid_m):
            raise InvalidInput(
                f"{place.code} 的米制坐标系已定为 EPSG:{place.srid_m} (already fixed)", "srid_m"
            )
        return place, False
    try:
        PLACE_CODE(wanted.code)
    except ValidationError as error:
        raise InvalidInput("".join(error.messages), "place") from None
    west, south, east, north = shapely.total_bounds(areas).tolist()
    aside = max(_MARGIN_DEG, _MARGIN_SHARE * (east - west))
    above = max(_MARGIN_DEG, _MARGIN_SHARE * (north - south))
    box = (
        max(west - aside, -180.0),
        max(south - above, -90.0),
        min(east + aside, 180.0),
        min(north + above, 90.0),
    )
    srid_m = wanted.srid_m or utm_zone((west + east) / 2, (south + north) / 2)
    Metric(srid_m)
    place = Place.objects.create(
        code=wanted.code,
        name=wanted.name or wanted.code,
        envelope=Polygon.from_bbox(box),
        srid_m=srid_m,
    )
    return place, True


def outside_envelope(place: Place, codes: list[str], areas: Areas) -> Iterator[Problem]:
    """Areas (degrees) that leave the envelope of their place; a trigger would refuse them."""
    envelope: BaseGeometry = shapely.from_wkb(bytes(place.envelope.wkb))
    boxes = shapely.box(*shapely.bounds(areas).T)
    inside = np.atleast_1d(shapely.covers(envelope, boxes))
    for code, area, fits in zip(codes, areas, inside, strict=True):
        if not fits:
            yield Problem(
                "outside_envelope",
                f"超出 {place.name} 的范围；是否选错了地区或坐标系？",
                f"outside the envelope of {place.code}: the wrong place, or the wrong CRS?",
                features=(code,),
                geometry=area,
            )
