"""Metres around a point: distances to edges and shares of a circle.

The plane is local to the point. East-west lengths use the ellipsoid's parallel half-way to the
vertex, north-south ones its meridian at the point (WGS-84); against geodesics that is right to
1e-5 within 10 km and to 1e-3 within 100 km.
"""

import math

import numpy as np
from numpy.typing import NDArray

__all__ = ["circle_areas_m2", "local_edges", "metres_per_degree", "squared_distances_m2"]

FloatArray = NDArray[np.float64]

_SEMI_MAJOR_M = 6378137.0
_ECCENTRICITY_SQUARED = 0.0066943799901413165
_DEGREE = math.pi / 180.0


def metres_per_degree(lat: float) -> tuple[float, float]:
    """Return the metres of one degree of longitude and of latitude at `lat` degrees (WGS-84).

    >>> [round(metres) for metres in metres_per_degree(36.0)]
    [90164, 110959]
    """
    magic = 1.0 - _ECCENTRICITY_SQUARED * math.sin(lat * _DEGREE) ** 2
    parallel_m = _SEMI_MAJOR_M * math.cos(lat * _DEGREE) / math.sqrt(magic)
    meridian_m = _SEMI_MAJOR_M * (1.0 - _ECCENTRICITY_SQUARED) / magic**1.5
    return parallel_m * _DEGREE, meridian_m * _DEGREE


def local_edges(edges: FloatArray, lon: float, lat: float) -> tuple[FloatArray, FloatArray]:
    """Return x and y, each (n, 2): start and end of the edges (n, 4) in metres from the point."""
    lon_m, lat_m = metres_per_degree(lat)
    north = edges[:, 1::2] - lat
    # A parallel shortens northwards by the meridian times the sine of the latitude.
    narrowing_m = -lat_m * math.sin(lat * _DEGREE) * _DEGREE
    return (edges[:, 0::2] - lon) * (lon_m + 0.5 * narrowing_m * north), north * lat_m


def squared_distances_m2(edges: FloatArray, lon: float, lat: float) -> FloatArray:
    """Return for edges (n, 4) in degrees the squared distance to the point in square metres."""
    x, y = local_edges(edges, lon, lat)
    x1, y1 = x[:, 0], y[:, 0]
    dx, dy = x[:, 1] - x1, y[:, 1] - y1
    along = np.clip(-(x1 * dx + y1 * dy) / (dx * dx + dy * dy), 0.0, 1.0)
    squared: FloatArray = (x1 + along * dx) ** 2 + (y1 + along * dy) ** 2
    return squared


def circle_areas_m2(x: FloatArray, y: FloatArray, radius_m: float) -> FloatArray:
    """Return for each edge the signed area of circle and triangle (centre, start, end) together.

    x, y: (n, 2) metres from the centre. Summed round a counter-clockwise ring it is the exact area
    that the ring shares with the circle.
    """
    x1, y1, x2, y2 = x[:, 0], y[:, 0], x[:, 1], y[:, 1]
    dx, dy = x2 - x1, y2 - y1
    length2 = dx * dx + dy * dy
    half = (x1 * dx + y1 * dy) / length2
    root = np.sqrt(np.maximum(half**2 - (x1 * x1 + y1 * y1 - radius_m**2) / length2, 0.0))
    enter, leave = np.clip(-half - root, 0.0, 1.0), np.clip(-half + root, 0.0, 1.0)
    px, py, qx, qy = x1 + enter * dx, y1 + enter * dy, x1 + leave * dx, y1 + leave * dy
    turned = _angle(x1, y1, px, py) + _angle(qx, qy, x2, y2)
    area: FloatArray = 0.5 * (px * qy - py * qx + radius_m**2 * turned)
    return area


def _angle(x1: FloatArray, y1: FloatArray, x2: FloatArray, y2: FloatArray) -> FloatArray:
    return np.arctan2(x1 * y2 - y1 * x2, x1 * x2 + y1 * y2)
