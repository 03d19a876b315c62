"""GeoJSON out: coordinates are told in full, x then y."""

from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from rest_framework_gis.fields import GeometryField


class ExactGeometryField(GeometryField):  # type: ignore[misc]
    """A geometry (EPSG:4326) as GeoJSON with every digit that is stored.

    The library goes through GDAL, which rounds to 15 decimals and is slower.
    """

    def to_representation(self, value: GEOSGeometry) -> dict[str, Any]:
        return {"type": value.geom_type, "coordinates": value.coords}  # type: ignore[attr-defined]
