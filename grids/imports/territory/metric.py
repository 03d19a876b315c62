"""Between storage (EPSG:4326) and a place's metric CRS, without moving what did not change."""

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError
from shapely.geometry.base import BaseGeometry

from gis.kernel.errors import InvalidInput
from gis.kernel.tessellation import Problem

__all__ = ["Metric", "utm_zone"]

Areas = NDArray[np.object_]


def utm_zone(lon: float, lat: float) -> int:
    """EPSG number of the WGS-84 UTM zone (6° strips) at a position.

    >>> utm_zone(120.5, 36.1)
    32651
    """
    zone = min(int((lon + 180.0) // 6.0) + 1, 60)
    return (32600 if lat >= 0 else 32700) + zone


class Metric:
    """Projects to metres and back; a vertex that came back unmoved gets its degrees bit for bit."""

    def __init__(self, srid_m: int) -> None:
        try:
            crs = CRS.from_epsg(srid_m)
        except CRSError:
            raise InvalidInput(f"未知的 EPSG 编号 {srid_m} (unknown EPSG)", "srid_m") from None
        units = {axis.unit_name for axis in crs.axis_info}
        if not crs.is_projected or units != {"metre"}:
            raise InvalidInput(
                f"EPSG:{srid_m} 不是米制投影坐标系 (not a projected CRS in metres)", "srid_m"
            )
        self._there = Transformer.from_crs(CRS.from_epsg(4326), crs, always_xy=True)
        self._known: dict[bytes, NDArray[np.float64]] = {}

    def project(self, areas: Areas, *, remember: bool = False) -> Areas:
        """Areas in metres, x east, y north."""
        degrees = shapely.get_coordinates(areas)
        metres = np.column_stack(self._there.transform(degrees[:, 0], degrees[:, 1]))
        if remember:
            self._known.update(zip(map(bytes, metres), degrees, strict=True))

        def there(points: NDArray[np.float64]) -> NDArray[np.float64]:
            return np.column_stack(self._there.transform(points[:, 0], points[:, 1]))

        return np.asarray(shapely.transform(areas, there))

    def project_one(self, geometry: BaseGeometry) -> BaseGeometry:
        """One geometry in metres."""
        found: BaseGeometry = self.project(np.array([geometry], dtype=object))[0]
        return found

    def back(self, geometry: BaseGeometry) -> BaseGeometry:
        """A geometry in metres as WGS-84 degrees."""

        def degrees(metres: NDArray[np.float64]) -> NDArray[np.float64]:
            lon, lat = self._there.transform(metres[:, 0], metres[:, 1], direction="INVERSE")
            result = np.column_stack([lon, lat])
            for at, key in enumerate(map(bytes, metres)):
                known = self._known.get(key)
                if known is not None:
                    result[at] = known
            return result

        return shapely.transform(geometry, degrees)

    def back_all(self, areas: Areas) -> Areas:
        """Areas in metres as WGS-84 degrees."""
        result = np.empty(len(areas), dtype=object)
        for at, area in enumerate(areas):
            result[at] = self.back(area)
        return result

    def told(self, problems: list[Problem]) -> list[Problem]:
        """Problems found in metres, with their places in degrees."""
        return [p if p.geometry is None else p.at(self.back(p.geometry)) for p in problems]
