"""PostGIS functions that GeoDjango does not have: one class per SQL function.

Geometries are EPSG:4326 in storage; tile functions work in EPSG:3857, used nowhere else.
"""

from typing import Any

from django.contrib.gis.db.models import GeometryField
from django.contrib.postgres.fields import DateTimeRangeField
from django.db.models import BinaryField, BooleanField, FloatField, Func


class IsSound(Func):
    """True for a finite, non-empty, valid geometry inside ±180/±90 degrees (OGC 06-103r4).

    The range is asked first: NaN and infinity sort outside it, and never reach the validity check.
    """

    template = (
        "(ST_XMin(%(expressions)s) >= -180 AND ST_XMax(%(expressions)s) <= 180"
        " AND ST_YMin(%(expressions)s) >= -90 AND ST_YMax(%(expressions)s) <= 90"
        " AND NOT ST_IsEmpty(%(expressions)s) AND ST_IsValid(%(expressions)s))"
    )
    output_field = BooleanField()

    def as_sql(self, *args: Any, **kwargs: Any) -> tuple[str, Any]:
        """The expression stands in the text several times, and its parameters as often."""
        sql, params = super().as_sql(*args, **kwargs)
        return sql, [*params] * self.template.count("%(expressions)s")


class TileEnvelope(Func):
    """`ST_TileEnvelope(z, x, y, margin)`: the square of a web map tile, EPSG:3857.

    `margin` widens it on every side by that share of its width.
    """

    function = "ST_TileEnvelope"
    template = "%(function)s(%(expressions)s, margin => %(margin)s)"
    output_field = GeometryField(srid=3857)

    def __init__(self, *expressions: Any, margin: float = 0.0) -> None:
        super().__init__(*expressions, margin=float(margin))


class XOf(Func):
    """`ST_X(point)`: longitude in degrees."""

    function = "ST_X"
    output_field = FloatField()


class YOf(Func):
    """`ST_Y(point)`: latitude in degrees."""

    function = "ST_Y"
    output_field = FloatField()


class AsMVTGeom(Func):
    """`ST_AsMVTGeom(geometry, envelope, extent, buffer, clip)`: EPSG:3857 in, tile units out.

    The result never leaves PostGIS, so it is not a geometry to the ORM, which would turn one into
    bytes on the way.
    """

    function = "ST_AsMVTGeom"
    output_field = BinaryField()


class TimeRange(Func):
    """`tstzrange(from, until, bounds)`: without end where `until` is null."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()
