"""Import files as they should never be, made at test time, each with the problem to expect.

A lattice of 3 × 2 squares of about a kilometre at Laoshan is the sound file that each of them
spoils in one way.
"""

from __future__ import annotations

import io
import json
import sqlite3
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import shapefile
import shapely
from pyproj import CRS, Transformer
from shapely import Polygon, box

from gis.kernel.datum import from_wgs84

WEST, SOUTH, SIDE = 120.45, 36.10, 0.01
WGS84_WKT = CRS.from_epsg(4326).to_wkt("WKT1_ESRI")
Make = Callable[[Path], Path]


def squares(columns: int = 3, rows: int = 2) -> list[Polygon]:
    """The lattice, row by row from the south-west; neighbours share their corners exactly."""
    x = [round(WEST + SIDE * k, 6) for k in range(columns + 1)]
    y = [round(SOUTH + SIDE * k, 6) for k in range(rows + 1)]
    return [box(x[i], y[j], x[i + 1], y[j + 1]) for j in range(rows) for i in range(columns)]


def collection(
    shapes: list[Any], *, codes: list[Any] | None = None, **extra: Any
) -> dict[str, Any]:
    """A FeatureCollection with the fields `code` and `name`; shapes may be ready-made mappings."""
    codes = codes or [f"G{k:02}" for k in range(len(shapes))]
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "name": f"网格{code}"},
            "geometry": shape
            if shape is None or isinstance(shape, dict)
            else shapely.geometry.mapping(shape),
        }
        for code, shape in zip(codes, shapes, strict=True)
    ]
    return {"type": "FeatureCollection", "features": features, **extra}


def as_geojson(path: Path, document: dict[str, Any]) -> Path:
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def projected(shapes: list[Polygon], epsg: int) -> list[Polygon]:
    """The shapes in another CRS, x east, y north."""
    change = Transformer.from_crs(4326, epsg, always_xy=True)
    return [
        shapely.transform(s, lambda c: np.column_stack(change.transform(c[:, 0], c[:, 1])))
        for s in shapes
    ]


def in_datum(shapes: list[Polygon], datum: str) -> list[Polygon]:
    """The shapes as a map in that datum would write them."""
    return [
        shapely.transform(s, lambda c: np.column_stack(from_wgs84(c[:, 0], c[:, 1], datum)))
        for s in shapes
    ]


def as_shapezip(
    path: Path,
    shapes: list[Polygon],
    *,
    prj: str = WGS84_WKT,
    extra: dict[str, bytes] | None = None,
    cut: int = 0,
) -> Path:
    """A zipped Shapefile; `cut` bytes are missing at the end of its .shp."""
    parts = {name: io.BytesIO() for name in ("shp", "shx", "dbf")}
    with shapefile.Writer(**parts, shapeType=shapefile.POLYGON) as writer:
        writer.field("code", "C", 32)
        writer.field("name", "C", 80)
        for k, shape in enumerate(shapes):
            ring = [list(point) for point in shapely.orient_polygons(shape).exterior.coords]
            writer.poly([ring[::-1]])
            writer.record(f"G{k:02}", f"网格{k}")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            data = part.getvalue()
            archive.writestr(f"grids.{name}", data[:-cut] if cut and name == "shp" else data)
        if prj:
            archive.writestr("grids.prj", prj)
        for name, data in (extra or {}).items():
            archive.writestr(name, data)
    return path


def as_geopackage(
    path: Path, shapes: list[Polygon], *, epsg: int = 4326, definition: str = ""
) -> Path:
    """A GeoPackage with one feature table; a `definition` replaces the EPSG number by WKT."""
    with sqlite3.connect(path) as db:
        db.executescript(
            "PRAGMA application_id = 1196444487;"
            "CREATE TABLE gpkg_contents (table_name TEXT, data_type TEXT, srs_id INTEGER);"
            "CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT,"
            " geometry_type_name TEXT, srs_id INTEGER, z INTEGER, m INTEGER);"
            "CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INTEGER, organization TEXT,"
            " organization_coordsys_id INTEGER, definition TEXT);"
            "CREATE TABLE grids (fid INTEGER PRIMARY KEY, geom BLOB, code TEXT, name TEXT);"
        )
        db.execute("INSERT INTO gpkg_contents VALUES ('grids', 'features', 9)")
        db.execute("INSERT INTO gpkg_geometry_columns VALUES ('grids', 'geom', 'POLYGON', 9, 0, 0)")
        row = ("made", 9, "NONE" if definition else "EPSG", epsg, definition)
        db.execute("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?)", row)
        for k, shape in enumerate(shapes):
            blob = b"GP\x00\x01" + struct.pack("<i", 9) + shapely.to_wkb(shape)
            db.execute("INSERT INTO grids VALUES (?, ?, ?, ?)", (k + 1, blob, f"G{k:02}", f"网{k}"))
    db.close()
    return path


def _spoilt(change: Callable[[list[Any]], Any]) -> Make:
    """A GeoJSON file whose list of shapes was changed in place."""

    def make(folder: Path) -> Path:
        shapes: list[Any] = squares()
        change(shapes)
        return as_geojson(folder / "grids.geojson", collection(shapes))

    return make


def _set(at: int, shape: Any) -> Make:
    return _spoilt(lambda shapes: shapes.__setitem__(at, shape))


def _written(name: str, content: bytes) -> Make:
    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content)
        return path

    return make


def _coded(codes: list[Any]) -> Make:
    return lambda folder: as_geojson(folder / "g.geojson", collection(squares(), codes=codes))


def _text(change: Callable[[str], str]) -> Make:
    def make(folder: Path) -> Path:
        path = folder / "grids.geojson"
        path.write_text(change(json.dumps(collection(squares()))), encoding="utf-8")
        return path

    return make


def _crs(member: Any) -> Make:
    return lambda folder: as_geojson(folder / "g.geojson", collection(squares(), crs=member))


def _bomb(folder: Path) -> Path:
    return as_shapezip(folder / "bomb.zip", squares(), extra={"big.bin": bytes(300 << 20)})


def _liar(folder: Path) -> Path:
    """A zip that declares an entry smaller than it is."""
    path = as_shapezip(folder / "liar.zip", squares())
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("grids.shp").file_size
    for at in range(len(data) - 4):
        if data[at : at + 4] == struct.pack("<I", size):
            data[at : at + 4] = struct.pack("<I", 120)
    path.write_bytes(bytes(data))
    return path


def _zip(**options: Any) -> Make:
    return lambda folder: as_shapezip(folder / "grids.zip", squares(), **options)


def _truncated_gpkg(folder: Path) -> Path:
    path = as_geopackage(folder / "grids.gpkg", squares())
    path.write_bytes(path.read_bytes()[:9000])
    return path


def _gpkg_view(folder: Path) -> Path:
    path = as_geopackage(folder / "grids.gpkg", squares())
    with sqlite3.connect(path) as db:
        db.execute("ALTER TABLE grids RENAME TO hidden")
        db.execute("CREATE VIEW grids AS SELECT * FROM hidden")
    db.close()
    return path


def _plain_sqlite(folder: Path) -> Path:
    with sqlite3.connect(folder / "a.gpkg") as db:
        db.execute("CREATE TABLE t (a)")
    db.close()
    return folder / "a.gpkg"


def _truncated_zip(folder: Path) -> Path:
    path = as_shapezip(folder / "t.zip", squares())
    path.write_bytes(path.read_bytes()[:-300])
    return path


def _zip_without_shapefile(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "n.zip", "w") as archive:
        archive.writestr("a.txt", "x")
    return folder / "n.zip"


def _swap(shapes: list[Any]) -> None:
    shapes[:] = [shapely.transform(shape, lambda c: c[:, ::-1]) for shape in shapes]


def _project(shapes: list[Any]) -> None:
    shapes[:] = projected(shapes, 4549)


def _overlap(shapes: list[Any]) -> None:
    shapes[1] = box(WEST + SIDE - 0.0005, SOUTH, round(WEST + 2 * SIDE, 6), SOUTH + SIDE)


def _gap(shapes: list[Any]) -> None:
    shapes[1] = box(WEST + SIDE + 0.00001, SOUTH, round(WEST + 2 * SIDE, 6), SOUTH + SIDE)


_BOWTIE = Polygon([(120.46, 36.1), (120.47, 36.11), (120.47, 36.1), (120.46, 36.11)])
_TOUCH = Polygon(
    [
        (120.46, 36.1),
        (120.47, 36.1),
        (120.465, 36.105),
        (120.47, 36.11),
        (120.46, 36.11),
        (120.465, 36.105),
    ]
)
_STAR = {"type": "Polygon", "coordinates": [[[120.46, 36.1], [120.47, 36.1], [120.47, 36.11]]]}


def _many(shapes: list[Any]) -> None:
    angle = np.linspace(0, 2 * np.pi, 30_001)[:-1]
    around = np.column_stack([np.cos(angle), np.sin(angle)])
    shapes[1] = Polygon([120.465, 36.105] + 0.004 * around)


def vrt(address: str) -> bytes:
    """A VRT that would make GDAL ask `address`."""
    return (
        f'<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/vsicurl/{address}/x.geojson'
        f"</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
    ).encode()


# name → (maker, kind of problem, a feature that must be named or "")
CORPUS: dict[str, tuple[Make, str, str]] = {
    "empty": (_written("a.geojson", b""), "empty_file", ""),
    "truncated": (_text(lambda text: text[:-200]), "truncated", ""),
    "syntax": (_text(lambda text: text.replace('"features"', "features")), "syntax", ""),
    "utf16": (_written("a.geojson", '{"a": 1}'.encode("utf-16")), "misnamed", ""),
    "gbk": (_written("a.geojson", '{"type": "网格"}'.encode("gbk")), "encoding", ""),
    "zip named geojson": (_written("a.geojson", b"PK\x03\x04...."), "misnamed", ""),
    "geojson named gpkg": (_written("a.gpkg", b'{"type": "x"}' * 50), "misnamed", ""),
    "sqlite named gpkg": (
        _plain_sqlite,
        "misnamed",
        "",
    ),
    "vrt named geojson": (_written("a.geojson", vrt("http://127.0.0.1:1")), "misnamed", ""),
    "unknown suffix": (_written("a.vrt", vrt("http://127.0.0.1:1")), "format", ""),
    "not a collection": (_written("a.geojson", b'{"type": "Topology"}'), "format", ""),
    "no features": (
        _written("a.geojson", b'{"type": "FeatureCollection", "features": []}'),
        "no_features",
        "",
    ),
    "deep": (_written("a.geojson", b'{"a":' + b"[" * 200_000), "too_deep", ""),
    "nan": (_text(lambda text: text.replace("120.46", "NaN", 1)), "not_finite", ""),
    "overflow": (_text(lambda text: text.replace("120.46", "1e999")), "not_finite", "G00"),
    "duplicate key": (
        _text(lambda text: text.replace('"features"', '"type": 1, "features"')),
        "duplicate_key",
        "",
    ),
    "crs link": (
        _crs({"type": "link", "properties": {"href": "http://127.0.0.1:1/crs"}}),
        "external_crs",
        "",
    ),
    "crs url": (
        _crs({"type": "name", "properties": {"name": "http://127.0.0.1:1/4326"}}),
        "external_crs",
        "",
    ),
    "crs unknown": (
        _crs({"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::999999"}}),
        "unknown_crs",
        "",
    ),
    "bowtie": (_set(1, _BOWTIE), "invalid_ring", "G01"),
    "self touch": (_set(1, _TOUCH), "self_touch", "G01"),
    "open ring": (_set(1, _STAR), "invalid_ring", "G01"),
    "point": (_set(1, {"type": "Point", "coordinates": [120.4, 36.1]}), "geometry_type", "G01"),
    "null geometry": (_set(1, None), "empty_geometry", "G01"),
    "empty polygon": (_set(1, {"type": "Polygon", "coordinates": []}), "empty_geometry", "G01"),
    "too many vertices": (_spoilt(_many), "too_many_vertices", "G01"),
    "overlap": (_spoilt(_overlap), "overlap", "G01"),
    "contained": (
        _spoilt(lambda s: s.append(box(120.452, 36.102, 120.454, 36.104))),
        "overlap",
        "G06",
    ),
    "twice the same": (_spoilt(lambda s: s.append(s[2])), "overlap", "G02"),
    "gap": (_spoilt(_gap), "gap", "G01"),
    "sliver": (_spoilt(lambda s: s.append(box(120.449999, 36.1, 120.45, 36.11))), "sliver", "G06"),
    "duplicate code": (_coded(["A", "B", "A", "C", "D", "E"]), "duplicate_code", "A"),
    "missing code": (_coded(["A", "", "B", "C", "D", "E"]), "missing_code", "#2"),
    "null code": (_coded(["A", "B", None, "C", "D", "E"]), "missing_code", "#3"),
    "long code": (_coded(["A", "B" * 33, "F", "C", "D", "E"]), "bad_code", "#2"),
    "swapped": (
        _spoilt(_swap),
        "swapped",
        "G00",
    ),
    "projected without crs": (
        _spoilt(_project),
        "projected_without_crs",
        "G00",
    ),
    "zip bomb": (_bomb, "zip_bomb", ""),
    "lying zip": (_liar, "truncated", ""),
    "traversal": (_zip(extra={"../../evil.shp": b"x"}), "path_traversal", ""),
    "nested zip": (_zip(extra={"inner.zip": b"PK"}), "nested_zip", ""),
    "truncated zip": (
        _truncated_zip,
        "truncated",
        "",
    ),
    "truncated shp": (_zip(cut=200), "truncated", ""),
    "no shp in zip": (
        _zip_without_shapefile,
        "misnamed",
        "",
    ),
    "prj with a url": (_zip(prj="http://127.0.0.1:1/epsg.wkt"), "external_crs", ""),
    "prj with a grid": (
        _zip(prj='GEOGCS["x",EXTENSION["PROJ4","+proj=longlat +nadgrids=/etc/passwd"]]'),
        "external_crs",
        "",
    ),
    "prj nonsense": (_zip(prj="hello"), "unknown_crs", ""),
    "truncated gpkg": (_truncated_gpkg, "truncated", ""),
    "gpkg with a view": (_gpkg_view, "format", ""),
    "gpkg with a url": (
        lambda folder: as_geopackage(
            folder / "g.gpkg", squares(), definition="http://127.0.0.1:1/x.wkt"
        ),
        "external_crs",
        "",
    ),
}
