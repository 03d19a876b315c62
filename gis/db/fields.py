"""Strict geometry fields: declared type, two dimensions, EPSG:4326, finite, valid, within a budget.

A field refuses and says why; nothing is repaired on the way in, because a repaired border is a
border that nobody drew, and because `ST_MakeValid` on a hostile star cannot be interrupted.
`sound()` gives the CHECK that mirrors the rules in PostGIS, so that raw SQL meets them too.
"""

import math
from typing import TYPE_CHECKING, Any

from django.contrib.gis.db import models
from django.contrib.gis.geos import GEOSGeometry
from django.core.exceptions import ValidationError
from django.db.models import CheckConstraint

from gis.db.functions import IsSound

if TYPE_CHECKING:  # generic in the stubs only
    _MultiPolygonField = models.MultiPolygonField[Any, Any]
    _PolygonField = models.PolygonField[Any, Any]
    _PointField = models.PointField[Any, Any]
else:
    _MultiPolygonField = models.MultiPolygonField
    _PolygonField = models.PolygonField
    _PointField = models.PointField

STORAGE_SRID = 4326
MAX_VERTICES = 20_000


def check_geometry(value: GEOSGeometry, *, max_vertices: int = MAX_VERTICES) -> None:
    """Refuse a geometry (degrees, x, y) that is 3D, empty, not finite, too big or invalid.

    Raises `django.core.exceptions.ValidationError` that says which rule was broken.
    """
    if value.hasz:
        raise ValidationError("只接受二维坐标。(Only two-dimensional coordinates are accepted.)")
    if value.empty:
        raise ValidationError("几何为空。(The geometry is empty.)")
    if value.num_coords > max_vertices:
        raise ValidationError(
            f"顶点过多：{value.num_coords}，最多 {max_vertices}。(Too many vertices.)"
        )
    west, south, east, north = value.extent
    if not all(math.isfinite(edge) for edge in (west, south, east, north)):
        raise ValidationError("坐标必须是有限数。(Coordinates must be finite.)")
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise ValidationError(
            "坐标超出经纬度范围，请检查顺序是否为经度、纬度。"
            "(Out of range: is the order longitude, latitude?)"
        )
    if not value.valid:
        raise ValidationError(f"几何无效：{value.valid_reason}。(The geometry is invalid.)")


def sound(field: str, *, table: str) -> CheckConstraint:
    """The CHECK that holds `field` to the same rules inside the database."""
    return CheckConstraint(condition=IsSound(field), name=f"{table}_{field}_sound")


class _Strict:
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["srid"] = STORAGE_SRID
        kwargs["dim"] = 2
        super().__init__(*args, **kwargs)

    def validate(self, value: Any, model_instance: Any) -> None:
        super().validate(value, model_instance)  # type: ignore[misc]
        if value is not None:
            check_geometry(value)


class AreaField(_Strict, _MultiPolygonField):
    """One area of ground: MultiPolygon, EPSG:4326."""


class OutlineField(_Strict, _PolygonField):
    """One outline: Polygon, EPSG:4326."""


class PositionField(_Strict, _PointField):
    """One position: Point, EPSG:4326."""
