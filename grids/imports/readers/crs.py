"""Coordinate reference systems named by files: numbers and plain WKT only, nothing that fetches."""

import re

from pyproj import CRS, network
from pyproj.exceptions import CRSError

from grids.imports.refusal import refuse

__all__ = ["from_epsg", "from_wkt"]

_MAX_WKT = 32_768
_STARTS = re.compile(
    r"\s*(GEOGCS|PROJCS|COMPD_CS|LOCAL_CS|GEOGCRS|GEODCRS|GEODETICCRS|GEOGRAPHICCRS|PROJCRS"
    r"|PROJECTEDCRS|COMPOUNDCRS|BOUNDCRS|ENGCRS)\s*[\[(]",
    re.IGNORECASE,
)
# What PROJ would open: grids of shifts named by a path or a URL.
_REACHES_OUT = re.compile(r"://|/vsi|nadgrids|geoidgrids|PARAMETERFILE|\+init", re.IGNORECASE)
_HARMLESS = re.compile(r"\+nadgrids=@null", re.IGNORECASE)

network.set_network_enabled(False)  # type: ignore[attr-defined]


def from_epsg(number: str | int) -> CRS:
    """The CRS of an EPSG number."""
    try:
        return CRS.from_epsg(int(number))
    except (ValueError, CRSError):
        raise refuse(
            "unknown_crs", f"未知的 EPSG 编号 {number}", f"unknown EPSG number {number}"
        ) from None


def from_wkt(text: str) -> CRS:
    """The CRS of a WKT text (a .prj file, a GeoPackage definition)."""
    text = text.strip("\ufeff\x00 \r\n\t")
    if len(text) > _MAX_WKT or _REACHES_OUT.search(_HARMLESS.sub("", text)):
        raise refuse(
            "external_crs",
            "坐标系定义指向外部文件或网址，拒绝读取",
            "the CRS points at a file or an address outside; refused",
        )
    if not _STARTS.match(text):
        raise refuse("unknown_crs", "坐标系定义不是 WKT", "the CRS is not WKT")
    try:
        return CRS.from_wkt(text)
    except CRSError as error:
        raise refuse("unknown_crs", f"坐标系定义有误：{error}", f"bad WKT: {error}") from None
