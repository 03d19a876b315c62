"""The four datums in which positions arrive in China, and the way between them.

Everything inside the system is WGS-84 longitude and latitude in degrees (EPSG:4326, x then y).

- `wgs84`: what a GPS receiver gives.
- `cgcs2000`: official maps (EPSG:4490). It equals WGS-84 to within centimetres, so numbers pass
  through unchanged.
- `gcj02`: WGS-84 with the published non-linear offset that AMap, Tencent and WeChat apply. Outside
  the published box (72.004-137.8347 E, 0.8293-55.8271 N) there is no offset: GCJ-02 is WGS-84.
- `bd09`: GCJ-02 with Baidu's second offset, which Baidu applies everywhere.

The forward formulas are exact to the published test vectors (1e-7 degrees). The inverse iterates
the forward one until it stands still, far below a centimetre. Within about a kilometre of the edge
of the box the published map is not one-to-one; there the inverse treats a position outside the box
as WGS-84 and one inside it as shifted.
"""

import math
from collections.abc import Callable
from enum import StrEnum
from typing import Any, Final, overload

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.kernel.errors import InvalidInput, UnknownDatum

__all__ = ["Datum", "from_wgs84", "likely_datum", "to_wgs84"]

FloatArray = NDArray[np.float64]

# Krasovsky 1940, as the published offset uses it.
_SEMI_MAJOR_M: Final = 6378245.0
_ECCENTRICITY_SQUARED: Final = 0.00669342162296594323
_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271
_BAIDU_TURN: Final = math.pi * 3000.0 / 180.0
_BAIDU_EAST, _BAIDU_NORTH = 0.0065, 0.006
# 1e-12 degrees is a ten-thousandth of a millimetre; each round is about a hundred times closer.
_STILL_DEG: Final = 1e-12
_MAX_ROUNDS: Final = 20


class Datum(StrEnum):
    """Where longitude and latitude are measured from; always declared by whoever sends them."""

    WGS84 = "wgs84"
    CGCS2000 = "cgcs2000"
    GCJ02 = "gcj02"
    BD09 = "bd09"

    @classmethod
    def parse(cls, value: str) -> "Datum":
        """Return the datum of that name.

        >>> Datum.parse("GCJ02")
        <Datum.GCJ02: 'gcj02'>
        """
        try:
            return cls(value.strip().lower())
        except (ValueError, AttributeError):
            names = ", ".join(cls)
            raise UnknownDatum(f"unknown datum {value!r}; use one of {names}", "datum") from None


@overload
def to_wgs84(lon: float, lat: float, datum: Datum | str) -> tuple[float, float]: ...
@overload
def to_wgs84(
    lon: FloatArray, lat: FloatArray, datum: Datum | str
) -> tuple[FloatArray, FloatArray]: ...
def to_wgs84(lon: Any, lat: Any, datum: Datum | str) -> tuple[Any, Any]:
    """Convert degrees in `datum` to WGS-84 degrees; numbers give numbers, arrays (n,) arrays.

    The result is within 1 cm of the true inverse. NaN and infinity come out as NaN, so check
    finiteness at the edge.

    >>> lon, lat = to_wgs84(120.55467981, 36.14998726, "gcj02")
    >>> f"{lon:.6f} {lat:.6f}"
    '120.550000 36.150000'
    """
    return _convert(lon, lat, datum, _INVERSE)


@overload
def from_wgs84(lon: float, lat: float, datum: Datum | str) -> tuple[float, float]: ...
@overload
def from_wgs84(
    lon: FloatArray, lat: FloatArray, datum: Datum | str
) -> tuple[FloatArray, FloatArray]: ...
def from_wgs84(lon: Any, lat: Any, datum: Datum | str) -> tuple[Any, Any]:
    """Convert WGS-84 degrees to degrees in `datum`; numbers give numbers, arrays (n,) arrays.

    >>> lon, lat = from_wgs84(120.55, 36.15, Datum.BD09)
    >>> f"{lon:.6f} {lat:.6f}"
    '120.561277 36.155733'
    """
    return _convert(lon, lat, datum, _FORWARD)


def likely_datum(candidate: BaseGeometry, reference: BaseGeometry) -> Datum:
    """Say in which datum the coordinates of `candidate` were most likely written.

    `candidate` is an outline as it came in, `reference` the same ground in WGS-84. Each datum is
    assumed in turn and the one whose converted outline overlaps best (intersection over union)
    wins; equal overlaps mean WGS-84. Useful only if both outline the same ground to better than
    the displacement looked for: about 400 m for GCJ-02 and 1.2 km for BD-09.
    """
    if candidate.is_empty or reference.is_empty:
        raise InvalidInput("an empty outline has no datum")
    overlaps = {
        datum: _overlap(_transformed(candidate, datum), reference)
        for datum in (Datum.WGS84, Datum.GCJ02, Datum.BD09)
    }
    best = max(overlaps, key=lambda datum: overlaps[datum])
    return best if overlaps[best] > overlaps[Datum.WGS84] + 1e-9 else Datum.WGS84


def _transformed(outline: BaseGeometry, datum: Datum) -> BaseGeometry:
    def convert(points: FloatArray) -> FloatArray:
        return np.column_stack(to_wgs84(points[:, 0], points[:, 1], datum))

    return shapely.make_valid(shapely.transform(outline, convert))


def _overlap(one: BaseGeometry, other: BaseGeometry) -> float:
    union = shapely.area(shapely.union(one, other))
    return float(shapely.area(shapely.intersection(one, other)) / union) if union > 0 else 0.0


def _convert(lon: Any, lat: Any, datum: Datum | str, table: dict[Datum, Any]) -> tuple[Any, Any]:
    change = table[datum if isinstance(datum, Datum) else Datum.parse(datum)]
    if isinstance(lon, np.ndarray) or isinstance(lat, np.ndarray):
        lon, lat = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
        with np.errstate(invalid="ignore"):
            return change(lon, lat, np) if change else (lon.copy(), lat.copy())
    x, y = float(lon), float(lat)
    if not (math.isfinite(x) and math.isfinite(y)):
        return math.nan, math.nan
    return change(x, y, math) if change else (x, y)


# Below, `m` is `math` for numbers and `numpy` for arrays: one formula, and a fast scalar path.


def _gcj02_offset(lon: Any, lat: Any, m: Any) -> tuple[Any, Any]:
    """Degrees that GCJ-02 adds at a WGS-84 position inside the box."""
    x, y, pi = lon - 105.0, lat - 35.0, math.pi
    root = m.sqrt(abs(x))
    shared = (20.0 * m.sin(6.0 * x * pi) + 20.0 * m.sin(2.0 * x * pi)) * 2.0 / 3.0
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + shared
    north_m = north_m + (20.0 * m.sin(y * pi) + 40.0 * m.sin(y / 3.0 * pi)) * 2.0 / 3.0
    north_m = north_m + (160.0 * m.sin(y / 12.0 * pi) + 320.0 * m.sin(y * pi / 30.0)) * 2.0 / 3.0
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + shared
    east_m = east_m + (20.0 * m.sin(x * pi) + 40.0 * m.sin(x / 3.0 * pi)) * 2.0 / 3.0
    east_m = east_m + (150.0 * m.sin(x / 12.0 * pi) + 300.0 * m.sin(x / 30.0 * pi)) * 2.0 / 3.0
    phi = lat / 180.0 * pi
    magic = 1.0 - _ECCENTRICITY_SQUARED * m.sin(phi) ** 2
    meridian_m = _SEMI_MAJOR_M * (1.0 - _ECCENTRICITY_SQUARED) / (magic * m.sqrt(magic))
    parallel_m = _SEMI_MAJOR_M / m.sqrt(magic) * m.cos(phi)
    return east_m * 180.0 / (parallel_m * pi), north_m * 180.0 / (meridian_m * pi)


def _in_box(lon: Any, lat: Any) -> Any:
    return (lon >= _WEST) & (lon <= _EAST) & (lat >= _SOUTH) & (lat <= _NORTH)


def _choose(condition: Any, yes: Any, no: Any, m: Any) -> Any:
    if m is math:
        return yes if condition else no
    return np.where(condition, yes, no)


def _wgs84_to_gcj02(lon: Any, lat: Any, m: Any) -> tuple[Any, Any]:
    east, north = _gcj02_offset(lon, lat, m)
    inside = _in_box(lon, lat)
    return _choose(inside, lon + east, lon, m), _choose(inside, lat + north, lat, m)


def _shift_gcj02(lon: Any, lat: Any, m: Any) -> tuple[Any, Any]:
    east, north = _gcj02_offset(lon, lat, m)
    return lon + east, lat + north


def _gcj02_to_wgs84(lon: Any, lat: Any, m: Any) -> tuple[Any, Any]:
    inside = _in_box(lon, lat)
    x, y = _choose(inside, lon, 105.0, m), _choose(inside, lat, 35.0, m)
    x, y = _undo(_shift_gcj02, x, y, m)
    return _choose(inside, x, lon, m), _choose(inside, y, lat, m)


def _gcj02_to_bd09(lon: Any, lat: Any, m: Any) -> tuple[Any, Any]:
    # Polar form of the published formula, spelt so that `math` and `numpy` share it.
    radius = m.sqrt(lon * lon + lat * lat) + 2e-5 * m.sin(lat * _BAIDU_TURN)
    angle = (math.atan2 if m is math else np.arctan2)(lat, lon) + 3e-6 * m.cos(lon * _BAIDU_TURN)
    return radius * m.cos(angle) + _BAIDU_EAST, radius * m.sin(angle) + _BAIDU_NORTH


def _bd09_to_wgs84(lon: Any, lat: Any, m: Any) -> tuple[Any, Any]:
    return _gcj02_to_wgs84(*_undo(_gcj02_to_bd09, lon, lat, m), m)


def _wgs84_to_bd09(lon: Any, lat: Any, m: Any) -> tuple[Any, Any]:
    return _gcj02_to_bd09(*_wgs84_to_gcj02(lon, lat, m), m)


def _undo(forward: Callable[..., tuple[Any, Any]], lon: Any, lat: Any, m: Any) -> tuple[Any, Any]:
    """Find the position that `forward` takes to (lon, lat): correct the guess by its own error."""
    x, y = lon, lat
    for _ in range(_MAX_ROUNDS):
        ahead_x, ahead_y = forward(x, y, m)
        error_x, error_y = lon - ahead_x, lat - ahead_y
        x, y = x + error_x, y + error_y
        largest = abs(error_x) + abs(error_y)
        if m is math:
            if largest < _STILL_DEG:
                break
        elif not largest.size or np.nanmax(largest, initial=0.0) < _STILL_DEG:
            break
    return x, y


_Change = Callable[[Any, Any, Any], tuple[Any, Any]]
_FORWARD: dict[Datum, _Change | None] = {
    Datum.WGS84: None,
    Datum.CGCS2000: None,
    Datum.GCJ02: _wgs84_to_gcj02,
    Datum.BD09: _wgs84_to_bd09,
}
_INVERSE: dict[Datum, _Change | None] = {
    Datum.WGS84: None,
    Datum.CGCS2000: None,
    Datum.GCJ02: _gcj02_to_wgs84,
    Datum.BD09: _bd09_to_wgs84,
}
