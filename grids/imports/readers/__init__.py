"""Reading GeoJSON, GeoPackage and zipped Shapefiles. The content must be what the name says.

GDAL's format detection is never asked: a VRT that is named .geojson would make it open whatever the
VRT names, on this machine or on the network.
"""

from pathlib import Path

from grids.imports.readers import geojson, geopackage, shapezip
from grids.imports.readers.layer import Feature, Layer
from grids.imports.refusal import refuse

__all__ = ["Feature", "Layer", "read"]

_READERS = {
    ".geojson": geojson.read,
    ".json": geojson.read,
    ".gpkg": geopackage.read,
    ".zip": shapezip.read,
}
_MAX_BYTES = {".geojson": 128 << 20, ".json": 128 << 20, ".gpkg": 1 << 30, ".zip": 256 << 20}
_KNOWN = (
    (b"SQLite format 3\x00", ".gpkg"),
    (b"PK\x03\x04", ".zip"),
    (b"PK\x05\x06", ".zip"),
    (b"\x1f\x8b", "gzip"),
    (b"\x00\x00\x27\x0a", "Shapefile"),
    (b"<", "XML / VRT / KML / GML"),
    (b"%PDF", "PDF"),
    (b"{", ".geojson"),
)


def read(path: Path, *, layer: str | None = None) -> Layer:
    """Read the features of `path`; `layer` picks one where the file has several.

    Raises `ImportRefused` for a file that is missing, empty, too large, truncated, of another kind
    than its name says, or that points at something outside itself.
    """
    suffix = path.suffix.lower()
    if str(path).startswith("/vsi") or "://" in str(path):
        raise refuse("not_a_file", f"{path} 不是本机文件", "not a file on this machine")
    if suffix not in _READERS:
        raise refuse(
            "format",
            f"不支持 {suffix or '无扩展名的'} 文件；请用 .geojson、.gpkg 或 .zip（Shapefile）",
            f"{suffix or 'no suffix'}: use .geojson, .gpkg or a Shapefile zipped into .zip",
        )
    if not path.is_file():
        raise refuse("not_a_file", f"找不到文件 {path}", "there is no such file")
    size = path.stat().st_size
    if size == 0:
        raise refuse("empty_file", f"{path.name} 是空文件", "the file is empty")
    if size > _MAX_BYTES[suffix]:
        limit = _MAX_BYTES[suffix] >> 20
        raise refuse(
            "too_large",
            f"文件有 {size >> 20} MB，最多 {limit} MB",
            f"{size >> 20} MB, at most {limit} MB",
        )
    _same_kind(path, suffix)
    found = _READERS[suffix](path, layer)
    if not found.features:
        raise refuse("no_features", f"{path.name} 里没有要素", "the file holds no features")
    return found


def _same_kind(path: Path, suffix: str) -> None:
    with path.open("rb") as file:
        head = file.read(512)
    content = head.removeprefix(b"\xef\xbb\xbf").lstrip() if suffix.endswith("json") else head
    wanted = ".geojson" if suffix == ".json" else suffix
    kind = next((name for magic, name in _KNOWN if content.startswith(magic)), "无法识别 unknown")
    if kind != wanted:
        raise refuse(
            "misnamed",
            f"{path.name} 的内容不是 {suffix}（看来是 {kind}）",
            f"its content is not {suffix} (it looks like {kind})",
        )
