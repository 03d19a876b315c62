"""Rings that pass twice through a vertex, written as several rings that hold the same ground."""

import shapely
from shapely import LinearRing, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from gis.kernel.tessellation.width import polygons_of

__all__ = ["untouched"]

_Ring = list[tuple[float, float]]
_SAME_AREA = 1e-9


def untouched(area: BaseGeometry) -> BaseGeometry | None:
    """The same ground as `area` with valid rings, or None where that takes more than splitting.

    Linear in the vertices, whatever they are: a ring is cut where it comes back to a vertex, loops
    without ground (spikes) fall away, and nothing is intersected. `shapely.make_valid` would node
    every edge with every other and needs hours for a hostile star.
    """
    parts = []
    for polygon in polygons_of(area):
        rings = [ring for whole in (polygon.exterior, *polygon.interiors) for ring in _split(whole)]
        if not rings:
            continue
        made = shapely.build_area(shapely.multilinestrings([LinearRing(ring) for ring in rings]))
        signed = abs(Polygon(polygon.exterior).area) - sum(
            Polygon(hole).area for hole in polygon.interiors
        )
        if not made.is_valid or abs(made.area - signed) > _SAME_AREA * signed:
            return None
        parts += polygons_of(made)
    whole_area = parts[0] if len(parts) == 1 else MultiPolygon(parts)
    return whole_area if parts and whole_area.is_valid else None


def _split(ring: LinearRing) -> list[_Ring]:
    """Loops of `ring` that touch no vertex twice; those without three corners are left out."""
    loops: list[_Ring] = []
    path: _Ring = []
    place: dict[tuple[float, float], int] = {}
    for point in ring.coords:
        corner = (point[0], point[1])
        if corner in place:
            start = place[corner]
            loop = path[start:]
            for gone in loop[1:]:
                del place[gone]
            del path[start + 1 :]
            if len(loop) > 2:
                loops.append([*loop, corner])
        else:
            place[corner] = len(path)
            path.append(corner)
    return loops
