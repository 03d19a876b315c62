"""Distances to borders in bulk, compiled by numba: the arithmetic of `metric`, edge by edge.

Import this module only where bulk work begins: numba takes a while to load.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gis.kernel.snap.compiled import compiled, polygon_state
from gis.kernel.snap.metric import metres_per_degree
from gis.kernel.snap.tables import AMBIGUOUS, BLOCK_BITS, BLOCK_SIDE, EMPTY, Tables

__all__ = ["borders_into", "near_any_into", "on_border_into"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int32]

_DEGREE: Final = math.pi / 180.0
_LOW: Final = BLOCK_SIDE - 1
# Beyond this many large cells to each side, asking the raster takes longer than measuring.
_WIDEST: Final = 8
# Distances closer than this are the same corner seen from two polygons.
_SAME_M: Final = 1e-6
_metres_per_degree = compiled(metres_per_degree)


@compiled
def _squared_m2(
    edges: FloatArray, start: int, end: int, x: float, y: float, lon_m: float, lat_m: float
) -> float:
    """Return the least squared distance (square metres) from the point to edges start..end."""
    half_narrowing_m = -0.5 * lat_m * math.sin(y * _DEGREE) * _DEGREE
    best = np.inf
    for k in range(start, end):
        north1, north2 = edges[k, 1] - y, edges[k, 3] - y
        x1 = (edges[k, 0] - x) * (lon_m + half_narrowing_m * north1)
        x2 = (edges[k, 2] - x) * (lon_m + half_narrowing_m * north2)
        y1, y2 = north1 * lat_m, north2 * lat_m
        dx, dy = x2 - x1, y2 - y1
        along = -(x1 * dx + y1 * dy) / (dx * dx + dy * dy)
        along = min(max(along, 0.0), 1.0)
        px, py = x1 + along * dx, y1 + along * dy
        best = min(best, px * px + py * py)
    return best


@compiled
def _box_distances_into(
    bounds: FloatArray, x: float, y: float, lon_m: float, lat_m: float, out: FloatArray
) -> int:
    """Write a lower bound of the metres to each polygon; return the polygon with the least."""
    farthest = 0.0
    for p in range(len(bounds)):
        farthest = max(farthest, abs(bounds[p, 1] - y), abs(bounds[p, 3] - y))
    narrow_m = min(lon_m, _metres_per_degree(min(abs(y) + farthest, 90.0))[0])
    least = 0
    for p in range(len(bounds)):
        east = max(bounds[p, 0] - x, x - bounds[p, 2], 0.0)
        north = max(bounds[p, 1] - y, y - bounds[p, 3], 0.0)
        out[p] = math.hypot(east * narrow_m, north * lat_m)
        if out[p] < out[least]:
            least = p
    return least


@compiled
def borders_into(
    edges: FloatArray,
    first: IntArray,
    bounds: FloatArray,
    lon: FloatArray,
    lat: FloatArray,
    found: IntArray,
    nearest: IntArray,
    distance_m: FloatArray,
) -> None:
    """Write for each point the metres to the border of its polygon `found`.

    Where that is -1, the nearest polygon (ties to the lowest id) and the metres to it; `nearest` is
    `found` elsewhere. `edges` (n, 4), `first` (P + 1,) and `bounds` (P, 4) are those of `Outline`.
    """
    box_m = np.empty(len(bounds), np.float64)
    for i in range(len(lon)):
        x, y = lon[i], lat[i]
        lon_m, lat_m = _metres_per_degree(y)
        best = nearest[i] = found[i]
        if best >= 0:
            squared = _squared_m2(edges, first[best], first[best + 1], x, y, lon_m, lat_m)
            distance_m[i] = math.sqrt(squared)
            continue
        best = _box_distances_into(bounds, x, y, lon_m, lat_m, box_m)
        squared = _squared_m2(edges, first[best], first[best + 1], x, y, lon_m, lat_m)
        best_m = math.sqrt(squared)
        for p in range(len(bounds)):
            if box_m[p] <= best_m + _SAME_M:
                squared = _squared_m2(edges, first[p], first[p + 1], x, y, lon_m, lat_m)
                away_m = math.sqrt(squared)
                if away_m < best_m - _SAME_M or (away_m <= best_m + _SAME_M and p < best):
                    best, best_m = p, min(best_m, away_m)
        nearest[i], distance_m[i] = best, best_m


@compiled
def on_border_into(
    t: Tables, lon: FloatArray, lat: FloatArray, found: IntArray, out: NDArray[np.bool_]
) -> None:
    """Write whether each point is exactly on the border of its polygon `found`, False for -1.

    A point that a second polygon covers as well is on a border, too. Only a point in a small cell
    that an edge crosses can be, so that most are decided without looking at an edge.
    """
    for i in range(len(lon)):
        out[i] = False
        if found[i] < 0:
            continue
        column = int((lon[i] - t.west) * t.per_lon)
        line = int((lat[i] - t.south) * t.per_lat)
        value = t.raster[line >> BLOCK_BITS, column >> BLOCK_BITS]
        if value >= EMPTY:
            continue
        block = -2 - value
        if t.blocks[block, ((line & _LOW) << BLOCK_BITS) | (column & _LOW)] != AMBIGUOUS:
            continue
        covering = 0
        for k in range(t.first[block], t.first[block + 1]):
            state = polygon_state(t, t.candidates[k], lon[i], lat[i], line)
            if state == 0:
                covering += 2
            elif state > 0:
                covering += 1
        out[i] = covering > 1


@compiled
def near_any_into(
    t: Tables, lon: FloatArray, lat: FloatArray, within_m: float, out: NDArray[np.bool_]
) -> None:
    """Write False where no polygon is within `within_m` metres for sure, by the raster alone."""
    last_row, last_column = t.raster.shape[0] - 1, t.raster.shape[1] - 1
    for i in range(len(lon)):
        lon_m, lat_m = _metres_per_degree(lat[i])
        # A hundredth more than asked covers how degrees shorten on the way.
        aside = 1.01 * within_m / max(lon_m, 1e-3) * t.per_lon
        up = 1.01 * within_m / lat_m * t.per_lat
        x, y = (lon[i] - t.west) * t.per_lon, (lat[i] - t.south) * t.per_lat
        out[i] = max(aside, up) > _WIDEST * BLOCK_SIDE
        if out[i]:
            continue
        west = max(math.floor((x - aside) / BLOCK_SIDE), 0)
        east = min(math.floor((x + aside) / BLOCK_SIDE), last_column)
        for row in range(
            max(math.floor((y - up) / BLOCK_SIDE), 0),
            min(math.floor((y + up) / BLOCK_SIDE), last_row) + 1,
        ):
            for column in range(west, east + 1):
                out[i] = out[i] or t.raster[row, column] != EMPTY
