"""How wide a piece of ground is."""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

__all__ = ["NOISE_M", "polygons_of", "thin", "width_of", "widths_of"]

# Two lines closer than a tenth of a millimetre are one line: degrees that have been through a map
# projection come back to about a nanometre, and nobody surveys to a tenth of a millimetre.
NOISE_M = 1e-4


def widths_of(pieces: Sequence[Polygon] | NDArray[np.object_]) -> NDArray[np.float64]:
    """Widths in metres: the diameter of the largest circle inside each of `pieces` (in metres).

    Found by shrinking the pieces until nothing is left, to 5 % from above; below `NOISE_M` it is
    enough to know that. (Asking GEOS for the circle takes a hundred times as long on the long thin
    pieces that this is about.)
    """
    found = np.asarray(pieces, dtype=object)
    if not found.size:
        return np.empty(0)
    area, perimeter = shapely.area(found), shapely.length(found)
    low = np.divide(2.0 * area, perimeter, out=np.zeros_like(area), where=perimeter > 0)
    high = np.maximum(low, 2.0 * np.sqrt(area / np.pi))
    while True:
        open_ = np.flatnonzero((high - low > 0.05 * high) & (high > NOISE_M))
        if not open_.size:
            return high
        lows, highs = low[open_], high[open_]
        # The first guess is close for a strip; after that the interval is halved.
        middle = np.where(highs < 4.0 * lows, (lows + highs) / 2.0, np.maximum(2.0 * lows, NOISE_M))
        gone = shapely.is_empty(shapely.buffer(found[open_], -middle / 2.0, quad_segs=2))
        high[open_] = np.where(gone, middle, highs)
        low[open_] = np.where(gone, lows, middle)


def width_of(piece: Polygon) -> float:
    """The width of one piece, in metres: see `widths_of`."""
    return float(widths_of([piece])[0])


def thin(pieces: NDArray[np.object_], limit_m: float) -> NDArray[np.bool_]:
    """Which of `pieces` (polygons, metres) hold no circle of diameter `limit_m`.

    A polygon's inradius is at least area / perimeter, so most are decided without a circle.
    """
    perimeter = shapely.length(pieces)
    with np.errstate(divide="ignore", invalid="ignore"):
        strip = np.where(perimeter > 0, 2.0 * shapely.area(pieces) / perimeter, 0.0)
    result = strip < limit_m
    for at in np.flatnonzero(result):
        result[at] = width_of(pieces[at]) < limit_m
    return result


def polygons_of(geometry: BaseGeometry) -> list[Polygon]:
    """The polygons in `geometry`, however it is nested; lines and points are left out."""
    parts = shapely.get_parts(geometry)
    found: list[Polygon] = []
    for part in parts:
        if isinstance(part, Polygon):
            if not part.is_empty:
                found.append(part)
        elif hasattr(part, "geoms"):
            found.extend(polygons_of(part))
    return found
