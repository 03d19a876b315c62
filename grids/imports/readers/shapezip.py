"""A zipped Shapefile: the zip within caps, then pyshp on what was unpacked in memory."""

import io
import re
import stat
import struct
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

import shapefile
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from gis.kernel.tessellation import Problem
from grids.imports.readers import crs as crs_of
from grids.imports.readers.geojson import z_dropped
from grids.imports.readers.layer import MAX_FEATURES, Feature, Layer
from grids.imports.refusal import refuse

__all__ = ["read"]

_MAX_ENTRIES = 200
_MAX_UNPACKED = 512 << 20
_MAX_RATIO = 200
_ARCHIVES = (".zip", ".gz", ".7z", ".rar", ".tar", ".bz2", ".xz")
_BROKEN = (shapefile.ShapefileException, struct.error, ValueError, IndexError, EOFError, TypeError)


def read(path: Path, layer: str | None) -> Layer:
    """Read one Shapefile of the zip; `layer` (its name without .shp) where there are several."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = _safe(archive)
            stem = _stem(members, layer)
            parts = {
                suffix: _unpack(archive, members[stem + suffix])
                for suffix in (".shp", ".dbf", ".prj", ".cpg")
                if stem + suffix in members
            }
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError) as error:
        raise refuse(
            "truncated", f"zip 损坏或不完整：{error}", f"the zip is damaged or cut off: {error}"
        ) from None
    if ".dbf" not in parts:
        raise refuse("format", "zip 里缺少 .dbf", "the .dbf is missing from the zip")
    return Layer("Shapefile", _features(parts), _crs(parts.get(".prj")))


def _safe(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Members by lower-case name, after every cap has been held against what the zip declares."""
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) > _MAX_ENTRIES:
        raise _bomb(f"有 {len(infos)} 个文件", f"{len(infos)} entries")
    if sum(info.file_size for info in infos) > _MAX_UNPACKED:
        raise _bomb("解压后过大", "too large when unpacked")
    for info in infos:
        pure = PurePosixPath(info.filename.replace("\\", "/"))
        if pure.is_absolute() or ".." in pure.parts or re.match(r"[A-Za-z]:", info.filename):
            raise refuse(
                "path_traversal",
                f"zip 内路径越界：{info.filename!r}",
                "a path in the zip leads outside it",
            )
        if stat.S_ISLNK(info.external_attr >> 16):
            raise refuse("path_traversal", f"zip 内有链接：{info.filename!r}", "a link in the zip")
        if info.flag_bits & 0x1:
            raise refuse("encrypted", "zip 已加密", "the zip is encrypted")
        if pure.suffix.lower() in _ARCHIVES:
            raise refuse(
                "nested_zip", f"zip 里还有压缩包：{info.filename!r}", "an archive within the zip"
            )
        if info.file_size > (1 << 20) and info.file_size > _MAX_RATIO * max(info.compress_size, 1):
            raise _bomb(f"{info.filename!r} 压缩比过高", "a suspicious compression ratio")
    return {
        info.filename.lower(): info for info in infos if not info.filename.startswith("__MACOSX/")
    }


def _bomb(zh: str, en: str) -> Exception:
    return refuse("zip_bomb", f"疑似压缩炸弹：{zh}", f"looks like a zip bomb: {en}")


def _stem(members: dict[str, zipfile.ZipInfo], layer: str | None) -> str:
    stems = sorted(name[:-4] for name in members if name.endswith(".shp"))
    if not stems:
        raise refuse("misnamed", "zip 里没有 .shp", "there is no .shp in the zip")
    if layer is not None:
        stems = [stem for stem in stems if PurePosixPath(stem).name == layer.lower()]
    if len(stems) != 1:
        names = "、".join(PurePosixPath(name).stem for name in members if name.endswith(".shp"))
        raise refuse(
            "which_layer", f"请用 --layer 指定一个图层：{names}", "name one layer with --layer"
        )
    return stems[0]


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """The member's bytes; what is longer than it declared is refused while it unpacks."""
    with archive.open(info) as member:
        data = member.read(info.file_size + 1)
    if len(data) > info.file_size:
        raise _bomb(f"{info.filename!r} 比声明的大", "an entry is larger than declared")
    return data


def _crs(prj: bytes | None) -> CRS | None:
    return None if prj is None else crs_of.from_wkt(prj.decode("utf-8", "replace"))


def _encoding(parts: dict[str, bytes]) -> str:
    declared = parts.get(".cpg", b"").decode("ascii", "ignore").strip().lower()
    if declared in ("", "utf-8", "utf8", "65001"):
        chosen = "utf-8"
    elif declared in ("936", "gbk", "gb2312", "cp936", "gb18030"):
        chosen = "gb18030"
    else:
        chosen = "latin-1" if "8859" in declared else "utf-8"
    if chosen == "utf-8":
        try:
            parts[".dbf"].decode("utf-8")
        except UnicodeDecodeError:
            return "gb18030"  # what Chinese desktop programs write without saying so
    return chosen


def _features(parts: dict[str, bytes]) -> list[Feature]:
    try:
        declared = struct.unpack(">i", parts[".shp"][24:28])[0] * 2
        if declared > len(parts[".shp"]):
            raise shapefile.ShapefileException("the .shp is shorter than its header says")
        reader = shapefile.Reader(
            shp=io.BytesIO(parts[".shp"]),
            dbf=io.BytesIO(parts[".dbf"]),
            encoding=_encoding(parts),
            encodingErrors="replace",
        )
        if len(reader) > MAX_FEATURES:
            raise refuse(
                "too_many_features", f"要素超过 {MAX_FEATURES} 个", f"over {MAX_FEATURES} features"
            )
        return [_feature(number, row) for number, row in enumerate(reader.iterShapeRecords(), 1)]
    except _BROKEN as error:
        raise refuse(
            "truncated",
            f"Shapefile 损坏或不完整：{error}",
            f"the Shapefile is damaged or cut off: {error}",
        ) from None


def _feature(number: int, row: Any) -> Feature:
    feature = Feature(number, dict(row.record.as_dict()), None)
    kind = row.shape.shapeType
    if kind == shapefile.NULL:
        return feature
    if kind not in (shapefile.POLYGON, shapefile.POLYGONZ, shapefile.POLYGONM):
        name = row.shape.shapeTypeName
        feature.problems.append(
            Problem(
                "geometry_type",
                f"不是面，而是 {name}",
                f"not a polygon but {name}",
                features=(feature.label,),
            )
        )
        return feature
    if kind != shapefile.POLYGON:
        feature.problems.append(z_dropped(feature.label))
    feature.geometry = _areas(row.shape)
    return feature


def _areas(shape: Any) -> BaseGeometry:
    """The polygons of a shape: pyshp tells holes from shells by the direction of their rings."""
    return shapely.force_2d(shapely.geometry.shape(shape.__geo_interface__))
