"""GeoPackage (OGC 12-128r18) through sqlite3, read only and distrusting its schema."""

import sqlite3
import struct
import time
from pathlib import Path
from typing import Any

import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from gis.kernel.tessellation import Problem
from grids.imports.readers import crs as crs_of
from grids.imports.readers.geojson import z_dropped
from grids.imports.readers.layer import MAX_FEATURES, Feature, Layer
from grids.imports.refusal import ImportRefused, refuse

__all__ = ["read"]

_MAX_BLOB = 32 << 20
_SECONDS = 120.0
_ENVELOPE_BYTES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}


def read(path: Path, layer: str | None) -> Layer:
    """Read one feature table; `layer` names it where there are several."""
    try:
        with _open(path) as connection:
            table, srs_id = _table(connection, layer)
            column = _geometry_column(connection, table)
            features = _features(connection, table, column)
            return Layer("GeoPackage", features, _crs(connection, srs_id))
    except sqlite3.DatabaseError as error:
        raise refuse(
            "truncated",
            f"GeoPackage 损坏或不完整：{error}",
            f"the GeoPackage is damaged or cut off: {error}",
        ) from None


class _open:  # noqa: N801 - used like a function
    """A connection that closes; sqlite3's own `with` only ends a transaction."""

    def __init__(self, path: Path) -> None:
        uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        self.connection = sqlite3.connect(uri, uri=True)
        self.connection.execute("PRAGMA trusted_schema = OFF")
        self.connection.execute("PRAGMA query_only = ON")
        self.connection.execute("PRAGMA cell_size_check = ON")
        self.connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_BLOB)
        until = time.monotonic() + _SECONDS
        self.connection.set_progress_handler(lambda: time.monotonic() > until, 100_000)
        self.connection.text_factory = lambda raw: raw.decode("utf-8", "replace")

    def __enter__(self) -> sqlite3.Connection:
        return self.connection

    def __exit__(self, *_exception: object) -> None:
        self.connection.close()


def _table(connection: sqlite3.Connection, layer: str | None) -> tuple[str, int]:
    try:
        rows = connection.execute(
            "SELECT c.table_name, g.srs_id FROM gpkg_contents c JOIN gpkg_geometry_columns g"
            " USING (table_name) WHERE c.data_type = 'features' ORDER BY 1"
        ).fetchall()
    except sqlite3.OperationalError:
        raise refuse(
            "misnamed", "是 SQLite，但不是 GeoPackage", "SQLite, but no GeoPackage"
        ) from None
    names = [name for name, _srs in rows]
    if not rows:
        raise refuse("no_features", "没有要素图层", "there is no feature layer")
    if layer is None and len(rows) > 1:
        raise refuse(
            "which_layer",
            f"有多个图层，请用 --layer 指定：{'、'.join(names)}",
            "several layers: name one with --layer",
        )
    if layer is not None and layer not in names:
        raise refuse("which_layer", f"没有图层 {layer}；有 {'、'.join(names)}", "no such layer")
    table = layer or names[0]
    made = connection.execute(
        "SELECT type, sql FROM sqlite_master WHERE name = ? COLLATE NOCASE", [table]
    ).fetchone()
    if made is None or made[0] != "table" or "VIRTUAL" in str(made[1]).upper()[:20]:
        raise refuse("format", f"{table} 不是普通表", f"{table} is not an ordinary table")
    return table, int(dict(rows)[table])


def _geometry_column(connection: sqlite3.Connection, table: str) -> str:
    row = connection.execute(
        "SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?", [table]
    ).fetchone()
    return str(row[0])


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _features(connection: sqlite3.Connection, table: str, column: str) -> list[Feature]:
    # The name is quoted as an identifier: SQLite has no parameters for table names.
    sql = f"SELECT * FROM {_quoted(table)} LIMIT {MAX_FEATURES + 1}"  # noqa: S608
    cursor = connection.execute(sql)
    names = [item[0] for item in cursor.description]
    if column not in names:
        raise refuse("format", f"缺少几何列 {column}", f"the geometry column {column} is missing")
    features = []
    for number, row in enumerate(cursor, 1):
        if number > MAX_FEATURES:
            raise refuse(
                "too_many_features", f"要素超过 {MAX_FEATURES} 个", f"over {MAX_FEATURES} features"
            )
        properties = dict(zip(names, row, strict=True))
        features.append(_feature(number, properties, properties.pop(column)))
    return features


def _feature(number: int, properties: dict[str, Any], blob: Any) -> Feature:
    feature = Feature(number, properties, None)
    if blob is None:
        return feature
    try:
        geometry = _geometry(blob)
    except (ValueError, struct.error, shapely.GEOSException, ImportRefused) as error:
        feature.problems.append(
            Problem(
                "invalid_ring",
                f"几何数据无法读取：{error}",
                f"the geometry cannot be read: {error}",
                features=(feature.label,),
            )
        )
        return feature
    if shapely.has_z(geometry) or shapely.has_m(geometry):
        feature.problems.append(z_dropped(feature.label))
        geometry = shapely.force_2d(geometry)
    feature.geometry = geometry
    return feature


def _geometry(blob: Any) -> BaseGeometry:
    """A GeoPackage geometry: the header `GP`, version, flags, SRS, envelope, then WKB."""
    if not isinstance(blob, bytes) or blob[:2] != b"GP":
        raise ValueError("no GeoPackage header")
    flags = blob[3]
    skip = _ENVELOPE_BYTES.get((flags >> 1) & 0b111)
    if skip is None:
        raise ValueError("unknown envelope")
    return shapely.from_wkb(blob[8 + skip :])


def _crs(connection: sqlite3.Connection, srs_id: int) -> CRS | None:
    row = connection.execute(
        "SELECT organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys"
        " WHERE srs_id = ?",
        [srs_id],
    ).fetchone()
    if row is None or srs_id in (-1, 0):
        return None
    if str(row[0]).upper() == "EPSG":
        return crs_of.from_epsg(row[1])
    return crs_of.from_wkt(str(row[2]))
