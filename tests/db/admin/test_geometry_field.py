"""The text of a geometry is read strictly, and comes back as it went in."""

import json

import pytest
from django.contrib.gis.geos import GEOSGeometry, Point
from django.core.exceptions import ValidationError

from grids.admin.geometry import GeometryTextField, as_text

SQUARE = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.0, 0.0]]


def polygon(*rings: object) -> str:
    return json.dumps({"type": "Polygon", "coordinates": list(rings)})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "必填|必须|required"),
        ("nonsense", "不是 JSON"),
        ("[" * 100_000, "嵌套过深|不是 JSON"),
        ("[1, 2]", "GeoJSON"),
        ('{"type": "Polygon"}', "GeoJSON"),
        ('{"type": "Polygon", "coordinates": [], "crs": {"type": "name"}}', "GeoJSON"),
        ('{"type": "Point", "coordinates": [1, 2]}', "类型应为 Polygon"),
        ('{"type": ["Polygon"], "coordinates": []}', "类型应为 Polygon"),
        ('{"type": "Polygon", "coordinates": []}', "层数"),
        ('{"type": "Polygon", "coordinates": [1, 2]}', "环"),
        ('{"type": "Polygon", "coordinates": {"a": 1}}', "层数"),
        (polygon(SQUARE[:-1]), "首尾"),
        (polygon(SQUARE[:2]), "四个"),
        (polygon([[0, 0, 1], *SQUARE[1:-1], [0, 0, 1]]), "两个数"),
        (polygon([["0", 0], *SQUARE[1:]]), "不是数"),
        (polygon([[True, 0], *SQUARE[1:]]), "不是数"),
        (polygon([[None, 0], *SQUARE[1:]]), "不是数"),
        ('{"type": "Polygon", "coordinates": [[[NaN, 0], [1, 0], [1, 1], [NaN, 0]]]}', "有限"),
        ('{"type": "Polygon", "coordinates": [[[1e999, 0], [1, 0], [1, 1], [1e999, 0]]]}', "有限"),
        (polygon([[36.1, 120.4], [36.2, 120.4], [36.2, 120.5], [36.1, 120.4]]), "经度、纬度"),
        (polygon([[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]), "几何无效"),
        (polygon([[0, 0]] * 5), "几何无效"),
        (polygon([[k / 1e5, 0] for k in range(20_001)] + [[0, 1], [0, 0]]), "顶点过多"),
        (polygon([[10**400, 0], *SQUARE[1:-1], [10**400, 0]]), "无法组成几何|超出|有限"),
    ],
)
def test_what_is_wrong_is_said(text: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        GeometryTextField(geom_type="POLYGON").clean(text)


@pytest.mark.parametrize(
    "wkt",
    [
        "POINT (120.41495123456789 36.07064)",
        "POLYGON ((0 0, 0.1 0, 0.30000000000000004 1, 0 0))",
        "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), ((2 2, 3 2, 3 3, 2 2)))",
    ],
)
def test_a_geometry_comes_back_bit_for_bit(wkt: str) -> None:
    geometry = GEOSGeometry(wkt, srid=4326)
    field = GeometryTextField(geom_type=geometry.geom_type.upper())
    again = field.clean(field.prepare_value(geometry))
    assert again.equals_exact(geometry)
    assert again.srid == 4326
    assert not field.has_changed(geometry, as_text(geometry))


def test_a_moved_point_is_a_change() -> None:
    field = GeometryTextField(geom_type="POINT")
    assert field.has_changed(Point(1, 2, srid=4326), as_text(Point(1, 2.0000001)))
    assert field.has_changed(Point(1, 2, srid=4326), "nonsense")
