"""GeoJSON out: coordinates are told in full, x then y."""

from typing import Any

import shapely
from django.contrib.gis.geos import GEOSGeometry
from rest_framework_gis.fields import GeometryField


class ExactGeometryField(GeometryField):  # type: ignore[misc]
    """A Point, Polygon or MultiPolygon (EPSG:4326) as GeoJSON with every digit that is stored.

    The library goes through GDAL, which rounds to 15 decimals; and GEOS through ctypes reads one
    vertex at a time, which takes seconds for a district.
    """

    def to_representation(self, value: GEOSGeometry | None) -> dict[str, Any] | None:
        if value is None:
            return None
        shape = shapely.from_wkb(bytes(value.wkb))
        return {"type": shape.geom_type, "coordinates": _coordinates(shape)}


def _coordinates(shape: Any) -> Any:
    if isinstance(shape, shapely.MultiPolygon):
        return [_coordinates(part) for part in shape.geoms]
    if isinstance(shape, shapely.Polygon):
        return [shapely.get_coordinates(ring).tolist() for ring in shapely.get_rings(shape)]
    return shapely.get_coordinates(shape)[0].tolist()
