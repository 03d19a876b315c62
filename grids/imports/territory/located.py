"""From the coordinates of a file to WGS-84 longitude and latitude."""

from collections.abc import Iterator

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError

from gis.kernel.datum import Datum, to_wgs84
from gis.kernel.tessellation import Problem, Severity
from grids.imports.refusal import refuse

__all__ = ["as_declared", "check_range", "to_storage"]

Areas = NDArray[np.object_]
# Shapes in China's official CRS family equal WGS-84 to within centimetres, whatever PROJ can prove.
_CENTIMETRES = ("China Geodetic Coordinate System 2000", "China_2000", "CGCS_2000", "CGCS2000")


def as_declared(areas: Areas, crs: CRS | None) -> tuple[Areas, list[Problem]]:
    """Longitude and latitude in the file's own datum: its projection undone, x before y.

    A file that declares no CRS is taken as degrees. Coordinates are `always_xy`: no format read
    here stores latitude first, EPSG:4490 included.
    """
    if crs is None or crs.equals(CRS.from_epsg(4326), ignore_axis_order=True):
        return areas, []
    try:
        change = Transformer.from_crs(crs, CRS.from_epsg(4326), always_xy=True)
        flat = np.asarray(
            shapely.transform(areas, lambda c: np.column_stack(change.transform(c[:, 0], c[:, 1])))
        )
    except ProjError as error:
        raise refuse(
            "unknown_crs", f"坐标系 {crs.name} 无法转换：{error}", f"cannot convert: {error}"
        ) from None
    datum = crs.datum.name if crs.datum else crs.name
    exact = change.accuracy >= 0 or any(name in datum for name in _CENTIMETRES)
    if exact:
        return flat, []
    return flat, [
        Problem(
            "crs_accuracy",
            f"{crs.name} 到 WGS-84 没有精确的转换参数，可能偏差数十米，请先转换",
            f"no exact parameters lead from {crs.name} to WGS-84: tens of metres may be wrong",
            severity=Severity.WARNING,
        )
    ]


def to_storage(areas: Areas, datum: Datum) -> Areas:
    """WGS-84 degrees (EPSG:4326) of areas whose degrees are in `datum`."""
    if datum in (Datum.WGS84, Datum.CGCS2000):
        return areas
    return np.asarray(
        shapely.transform(areas, lambda c: np.column_stack(to_wgs84(c[:, 0], c[:, 1], datum)))
    )


def check_range(codes: list[str], areas: Areas, *, declared: bool) -> Iterator[Problem]:
    """Coordinates that are no degrees: metres without a CRS, latitude first, out of range."""
    bounds = shapely.bounds(areas)
    for code, area, (west, south, east, north) in zip(codes, areas, bounds, strict=True):
        if area is None or area.is_empty or not np.isfinite([west, south, east, north]).all():
            continue
        if west >= -180 and east <= 180 and south >= -90 and north <= 90:
            if not declared and _looks_swapped(west, south, east, north):
                yield _swapped(code)
            continue
        if max(abs(south), abs(north)) <= 180 and max(abs(west), abs(east)) <= 90:
            yield _swapped(code)
        elif max(abs(value) for value in (west, south, east, north)) > 1000 and not declared:
            yield Problem(
                "projected_without_crs",
                f"坐标（{west:.0f}, {south:.0f}）像是米制投影坐标，但文件没有声明坐标系",
                "the coordinates look like metres, but the file declares no CRS",
                features=(code,),
            )
        else:
            yield Problem(
                "out_of_range",
                f"坐标（{west:.6g}, {south:.6g}）超出经纬度范围",
                "the coordinates are out of the range of longitude and latitude",
                features=(code,),
            )


def _looks_swapped(west: float, south: float, east: float, north: float) -> bool:
    """Whether x, y read as (lat, lon) lies in China while (lon, lat) does not.

    Only for longitudes below 90° E, where both orders are in range: nobody could tell elsewhere.
    """
    straight = west >= 73 and east <= 135.1 and south >= 3 and north <= 53.6
    turned = south >= 73 and north <= 135.1 and west >= 3 and east <= 53.6
    return turned and not straight


def _swapped(code: str) -> Problem:
    return Problem(
        "swapped",
        "经纬度顺序颠倒：应为经度在前、纬度在后",
        "latitude comes first: longitude must",
        features=(code,),
    )
