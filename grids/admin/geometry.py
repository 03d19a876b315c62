"""A geometry in a form: GeoJSON text that is read strictly, beside a map that shows it.

GeoDjango's own widgets load a library and tiles from other hosts and run inline script; an intranet
has neither, and the Content Security Policy refuses both.
"""

import json
import math
from typing import Any

from django import forms
from django.contrib.gis.geos import GEOSException, GEOSGeometry, MultiPolygon, Point, Polygon
from django.core.exceptions import ValidationError
from django.forms.widgets import Media, Script
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from gis.db.fields import STORAGE_SRID, check_geometry
from grids.models import Place

# How deep the list of coordinates goes before a position is reached (RFC 7946, 3.1).
DEPTH = {"POINT": 0, "POLYGON": 2, "MULTIPOLYGON": 3}
GEOJSON_NAME = {"POINT": "Point", "POLYGON": "Polygon", "MULTIPOLYGON": "MultiPolygon"}
TEMPLATE = "admin/grids/geometry.html"
MEDIA = Media(
    css={"all": ["vendor/maplibre-gl/maplibre-gl.css", "grids/admin/geometry.css"]},
    js=[Script("grids/admin/geometry.js", type="module")],  # type: ignore[list-item]
)


def as_text(geometry: Any) -> str:
    """GeoJSON of `geometry` (EPSG:4326) with every coordinate at full precision."""
    return json.dumps(
        {"type": geometry.geom_type, "coordinates": geometry.coords}, separators=(", ", ": ")
    )


def show(geometry: GEOSGeometry | None, *, place: Place | None, neighbours: str = "") -> SafeString:
    """A map of `geometry` that cannot be edited, with its text to copy."""
    return render_to_string(
        TEMPLATE,
        {
            "text": as_text(geometry) if geometry else "",
            "readonly": True,
            "geom_type": geometry.geom_type if geometry else "Polygon",
            **around(place, neighbours),
        },
    )


def around(place: Place | None, neighbours: str) -> dict[str, Any]:
    """What the map shows besides: the place's extent and line, the neighbours' layer."""
    extent = place.envelope.extent if place and place.envelope else None
    return {
        "extent": json.dumps(extent) if extent else "",
        "attribution": place.attribution if place else "",
        "review_number": place.review_number if place else "",
        "neighbours": neighbours,
    }


def _refuse_constant(name: str) -> float:
    raise ValidationError(f"坐标必须是有限数，不能是 {name}。(Coordinates must be finite.)")


def _check_position(value: Any) -> None:
    if not isinstance(value, list) or len(value) != 2:
        raise ValidationError(
            "每个坐标应为 [经度, 纬度] 两个数。(A position is two numbers: [longitude, latitude].)"
        )
    for number in value:
        if not isinstance(number, float):
            raise ValidationError(f"坐标不是数：{number!r:.40}。(Not a number.)")
        if not math.isfinite(number):
            raise ValidationError("坐标必须是有限数。(Coordinates must be finite.)")


def _check_ring(ring: Any) -> None:
    if not isinstance(ring, list):
        raise ValidationError("环应为坐标的列表。(A ring is a list of positions.)")
    for position in ring:
        _check_position(position)
    if len(ring) < 4 or ring[0] != ring[-1]:
        raise ValidationError(
            "环至少有四个坐标，且首尾相同。(A ring has at least four positions and is closed.)"
        )


def _check_nesting(value: Any, depth: int) -> None:
    if depth == 0:
        _check_position(value)
    elif depth == 1:
        _check_ring(value)
    elif not isinstance(value, list) or not value:
        raise ValidationError(
            "coordinates 的层数不对。(coordinates is not nested as its type asks.)"
        )
    else:
        for part in value:
            _check_nesting(part, depth - 1)


def read(text: str, geom_type: str) -> GEOSGeometry:
    """The geometry that the GeoJSON `text` holds, of the type that the field declares.

    Raises `ValidationError` that says what is wrong. Nothing is guessed, converted or repaired.
    """
    wanted = GEOJSON_NAME[geom_type]
    try:
        # An integer of any length becomes a float: one that is too long becomes infinity.
        document = json.loads(text, parse_constant=_refuse_constant, parse_int=float)
    except RecursionError:
        raise ValidationError("嵌套过深。(Nested too deeply.)") from None
    except ValueError as error:
        raise ValidationError(f"不是 JSON：{error}。(Not JSON.)") from None
    if not isinstance(document, dict) or set(document) != {"type", "coordinates"}:
        raise ValidationError(
            "应为只含 type 与 coordinates 的 GeoJSON 几何对象，坐标为 WGS-84。"
            '(Give a GeoJSON geometry with "type" and "coordinates" only, in WGS-84.)'
        )
    if document["type"] != wanted:
        raise ValidationError(
            f"类型应为 {wanted}，现在是 {document['type']!r:.40}。(The type must be {wanted}.)"
        )
    coordinates = document["coordinates"]
    _check_nesting(coordinates, DEPTH[geom_type])
    try:
        return _build(coordinates, geom_type)
    except (GEOSException, TypeError, ValueError, OverflowError) as error:
        raise ValidationError(f"无法组成几何：{error}。(Not a geometry.)") from None


def _build(coordinates: Any, geom_type: str) -> GEOSGeometry:
    if geom_type == "POINT":
        return Point(coordinates[0], coordinates[1], srid=STORAGE_SRID)
    if geom_type == "POLYGON":
        return Polygon(*coordinates, srid=STORAGE_SRID)
    return MultiPolygon(*(Polygon(*part) for part in coordinates), srid=STORAGE_SRID)


class MapWidget(forms.Textarea):
    """The text of a geometry beside a map that follows it; a point is moved on the map itself."""

    template_name = TEMPLATE
    geom_type = "POLYGON"
    place: Place | None = None
    neighbours = ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        return {
            **context,
            "text": context["widget"]["value"] or "",
            "geom_type": GEOJSON_NAME[self.geom_type],
            "readonly": False,
            **around(self.place, self.neighbours),
        }

    @property
    def media(self) -> Media:
        return MEDIA


class GeometryTextField(forms.CharField):
    """GeoJSON text as a geometry: strict in type, numbers, nesting, budget and validity."""

    widget = MapWidget

    def __init__(self, *, geom_type: str, srid: int = STORAGE_SRID, **kwargs: Any) -> None:
        # GeoDjango passes a limit on collections, which this field does not read at all.
        kwargs.pop("max_geom_collections", None)
        if srid != STORAGE_SRID:
            raise ValueError(f"a form holds EPSG:{STORAGE_SRID}, not {srid}")
        self.geom_type = geom_type
        super().__init__(**kwargs)
        self.widget.geom_type = geom_type

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        geometry = read(text, self.geom_type)
        check_geometry(geometry)
        return geometry

    def prepare_value(self, value: Any) -> Any:
        return as_text(value) if isinstance(value, GEOSGeometry) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        if not isinstance(initial, GEOSGeometry):
            return super().has_changed(initial, data)
        try:
            given = self.to_python(data)
        except ValidationError:
            return True
        return given is None or not initial.equals_exact(given)
