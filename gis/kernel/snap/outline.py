"""Polygons taken apart into directed edges, in the direction and order of their rings."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.kernel.errors import InvalidTerritory

__all__ = ["Outline", "take_apart"]

# PostGIS ignores ring segments shorter than this (squared degrees), so they are dropped here too.
_ZERO_LENGTH_SQUARED = 1e-12 * 1e-12


class Outline(NamedTuple):
    """Edges of P polygons, contiguous per polygon and, within it, per ring.

    edges: (n, 4) float64, lon and lat of start and end, degrees EPSG:4326.
    polygon_first: (P + 1,) int32, where the edges of a polygon begin.
    ring: (n,) int32, the ring of an edge; rings are numbered through all polygons.
    ring_part: (R,) int32, the part of its polygon, numbered through all polygons.
    ring_is_shell: (R,) bool.
    sign: (n,) int8, +1 where going along the edge keeps the polygon on the left, else -1.
    bounds: (P, 4) float64, west, south, east, north.
    """

    edges: NDArray[np.float64]
    polygon_first: NDArray[np.int32]
    ring: NDArray[np.int32]
    ring_part: NDArray[np.int32]
    ring_is_shell: NDArray[np.bool_]
    sign: NDArray[np.int8]
    bounds: NDArray[np.float64]


def take_apart(geometries: Sequence[BaseGeometry], codes: Sequence[str]) -> Outline:
    """Take polygons (in the order of `codes`, which only names them in errors) apart."""
    polygons = np.asarray(geometries, dtype=object)
    _check(polygons, codes)
    parts, part_polygon = shapely.get_parts(polygons, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    points, point_ring = shapely.get_coordinates(rings, return_index=True)
    is_shell = np.r_[True, ring_part[1:] != ring_part[:-1]]
    _check_range(points, codes, part_polygon[ring_part[point_ring]])
    edges = np.hstack([points[:-1], points[1:]])
    step = edges[:, 2:] - edges[:, :2]
    kept = (point_ring[1:] == point_ring[:-1]) & ((step**2).sum(axis=1) >= _ZERO_LENGTH_SQUARED)
    edges, edge_ring = np.ascontiguousarray(edges[kept]), point_ring[:-1][kept]
    counts = np.bincount(part_polygon[ring_part[edge_ring]], minlength=len(polygons))
    keeps_left = shapely.is_ccw(rings) == is_shell
    return Outline(
        edges=edges,
        polygon_first=np.r_[0, counts.cumsum()].astype(np.int32),
        ring=edge_ring.astype(np.int32),
        ring_part=ring_part.astype(np.int32),
        ring_is_shell=is_shell,
        sign=np.where(keeps_left[edge_ring], 1, -1).astype(np.int8),
        bounds=shapely.bounds(polygons),
    )


def _check(polygons: NDArray[np.object_], codes: Sequence[str]) -> None:
    if not len(polygons):
        raise InvalidTerritory("no polygons to snap to")
    areal = np.isin(shapely.get_type_id(polygons), (3, 6)) & ~shapely.is_empty(polygons)
    if not areal.all():
        code = codes[int(np.argmin(areal))]
        raise InvalidTerritory("not a Polygon or MultiPolygon, or empty", code)
    valid = shapely.is_valid(polygons)
    if not valid.all():
        row = int(np.argmin(valid))
        raise InvalidTerritory(shapely.is_valid_reason(polygons[row]), codes[row])


def _check_range(
    points: NDArray[np.float64], codes: Sequence[str], owner: NDArray[np.int64]
) -> None:
    in_range = (np.abs(points) <= (180.0, 90.0)).all(axis=1)
    if not in_range.all():
        row = int(np.argmin(in_range))
        lon, lat = points[row]
        raise InvalidTerritory(f"({lon}, {lat}) is not a longitude and latitude", codes[owner[row]])
