"""GeoJSON (RFC 7946, and the `crs` member of its predecessor) by a strict reader of our own."""

import json
import re
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from gis.kernel.tessellation import Problem, Severity
from grids.imports.readers import crs as crs_of
from grids.imports.readers.layer import MAX_FEATURES, Feature, Layer
from grids.imports.refusal import refuse

__all__ = ["read"]

_CRS_NAME = re.compile(r"(?:urn:ogc:def:crs:)?(EPSG|OGC)::?(?:[0-9.]*:)?([0-9A-Z]+)", re.IGNORECASE)


class _Bad(ValueError):
    """A geometry that cannot be made, with the kind of problem and two sentences."""


def read(path: Path, _layer: str | None) -> Layer:
    """Read a FeatureCollection, or a single Feature or geometry."""
    document = _parse(path)
    kind = document.get("type")
    if kind == "FeatureCollection":
        rows = document.get("features")
    elif kind == "Feature":
        rows = [document]
    else:
        raise refuse(
            "format",
            f"顶层 type 应为 FeatureCollection，而不是 {kind!r}",
            "the top level must be a FeatureCollection",
        )
    if not isinstance(rows, list):
        raise refuse("format", "features 应为数组", "features must be an array")
    if len(rows) > MAX_FEATURES:
        raise refuse(
            "too_many_features",
            f"有 {len(rows)} 个要素，最多 {MAX_FEATURES}",
            f"{len(rows)} features, at most {MAX_FEATURES}",
        )
    features = [_feature(number, row) for number, row in enumerate(rows, 1)]
    return Layer("GeoJSON", features, _crs(document.get("crs")))


def _parse(path: Path) -> dict[str, Any]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
        document = json.loads(text, parse_constant=_constant, object_pairs_hook=_object)
    except UnicodeDecodeError:
        raise refuse("encoding", "不是 UTF-8 编码", "not UTF-8") from None
    except RecursionError:
        raise refuse("too_deep", "JSON 嵌套过深", "the JSON is nested too deeply") from None
    except json.JSONDecodeError as error:
        where = f"第 {error.lineno} 行第 {error.colno} 列"
        cut = error.pos >= len(text.rstrip()) - 1 or "Unterminated" in error.msg
        raise refuse(
            "truncated" if cut else "syntax",
            f"{'文件不完整' if cut else 'JSON 有误'}：{where}",
            f"{'the file is cut off' if cut else 'invalid JSON'}: {error}",
        ) from None
    except ValueError as error:
        raise refuse("syntax", f"JSON 有误：{error}", f"invalid JSON: {error}") from None
    if not isinstance(document, dict):
        raise refuse("format", "顶层应为对象", "the top level must be an object")
    return document


def _constant(name: str) -> NoReturn:
    raise refuse("not_finite", f"坐标或属性中有 {name}", f"{name} is not allowed in JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise refuse(
            "duplicate_key", f"同一对象里 {twice!r} 出现两次", f"the key {twice!r} is given twice"
        )
    return made


def _crs(member: Any) -> CRS | None:
    if member is None:
        return None
    properties = member.get("properties") if isinstance(member, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    found = _CRS_NAME.fullmatch(name.strip()) if isinstance(name, str) else None
    if not isinstance(member, dict) or member.get("type") != "name" or found is None:
        raise refuse(
            "external_crs",
            "crs 只接受 EPSG 编号（如 urn:ogc:def:crs:EPSG::4549），不接受链接或文件",
            "crs must be an EPSG number such as urn:ogc:def:crs:EPSG::4549, never a link or a file",
        )
    if found[1].upper() == "OGC" or found[2].upper() == "CRS84":
        return CRS.from_epsg(4326)
    return crs_of.from_epsg(found[2])


def _feature(number: int, row: Any) -> Feature:
    label = f"#{number}"
    if not isinstance(row, dict) or row.get("type") != "Feature":
        problem = Problem("format", "不是 Feature", "not a Feature", features=(label,))
        return Feature(number, {}, None, [problem])
    properties = row.get("properties")
    feature = Feature(number, properties if isinstance(properties, dict) else {}, None)
    shape = row.get("geometry")
    if shape is None:
        return feature
    try:
        feature.geometry, flat = _geometry(shape)
    except _Bad as error:
        kind, zh, en = error.args
        feature.problems.append(Problem(kind, zh, en, features=(label,)))
        return feature
    if not flat:
        feature.problems.append(z_dropped(label))
    return feature


def z_dropped(label: str) -> Problem:
    """Heights are no part of a division of the ground: dropped, and told."""
    return Problem(
        "z_dropped",
        "含高程或测量值，已舍去",
        "heights or measures were dropped",
        severity=Severity.WARNING,
        features=(label,),
    )


def _geometry(shape: Any) -> tuple[BaseGeometry, bool]:
    """The geometry, and whether it was flat as it came."""
    if not isinstance(shape, dict):
        raise _Bad("format", "geometry 应为对象", "geometry must be an object")
    kind, coordinates = shape.get("type"), shape.get("coordinates")
    if kind == "Polygon":
        polygons = [coordinates]
    elif kind == "MultiPolygon" and isinstance(coordinates, list):
        polygons = coordinates
    else:
        raise _Bad("geometry_type", f"不是面，而是 {kind}", f"not a polygon but {kind}")
    flat, made = True, []
    for rings in polygons:
        if not isinstance(rings, list):
            raise _Bad("format", "坐标数组层数不对", "the coordinates are nested wrongly")
        if not rings:
            continue
        lines = [_ring(ring) for ring in rings]
        flat = flat and all(line.shape[1] == 2 for line in lines)
        made.append(shapely.Polygon(lines[0][:, :2], [line[:, :2] for line in lines[1:]]))
    if kind == "Polygon":
        return (made[0] if made else shapely.Polygon()), flat
    return shapely.MultiPolygon(made), flat


def _ring(ring: Any) -> "np.ndarray[Any, np.dtype[np.float64]]":
    numbers = isinstance(ring, list) and all(
        isinstance(position, list)
        and len(position) >= 2
        and all(type(value) in (int, float) for value in position)
        for position in ring
    )
    if not numbers:
        raise _Bad("format", "坐标应为数值对的数组", "coordinates must be arrays of numbers")
    widths = {len(position) for position in ring}
    if len(widths) > 1:
        raise _Bad("format", "坐标维数不一致", "positions differ in their number of values")
    if len(ring) < 4 or ring[0] != ring[-1]:
        raise _Bad(
            "invalid_ring",
            "环未闭合或少于四个点",
            "a ring is not closed, or has fewer than four positions",
        )
    try:
        line = np.array(ring, dtype=np.float64)
    except OverflowError:
        raise _Bad("not_finite", "坐标不是有限数", "a coordinate is not finite") from None
    if not np.isfinite(line).all():
        raise _Bad("not_finite", "坐标不是有限数", "a coordinate is not finite")
    return line
