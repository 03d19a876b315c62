"""Where blocks lie: points spread by density and evened out, one per block to be."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPoint, Polygon

__all__ = ["Hills", "density_at", "even_out", "scatter", "voronoi_edges"]

FloatArray = NDArray[np.float64]
_CELL_M = 40.0


class Hills:
    """The towns of a place in metres: centres (n, 2), radii (n,) and peaks (n,)."""

    def __init__(self, centre: FloatArray, radius_m: FloatArray, peak: FloatArray) -> None:
        self.centre = centre
        self.radius_m = radius_m
        self.peak = peak


def density_at(points: FloatArray, hills: Hills, floor: float) -> FloatArray:
    """Return the relative density at metric points (n, 2): the floor and the hills on it."""
    density = np.full(len(points), floor)
    for centre, radius_m, peak in zip(hills.centre, hills.radius_m, hills.peak, strict=True):
        square = ((points - centre) ** 2).sum(axis=1)
        density += peak * np.exp(-2.0 * square / radius_m**2)
    return density


def scatter(
    polygon: Polygon, count: int, hills: Hills, floor: float, rng: np.random.Generator
) -> FloatArray:
    """Spread ``count`` points over a metric polygon in proportion to density.

    Cells are visited along a Z-order curve and taken at equal steps of the summed density, which
    spreads the points far more evenly than independent draws.
    """
    west, south, east, north = polygon.bounds
    columns = np.arange(west + _CELL_M / 2, east, _CELL_M)
    rows = np.arange(south + _CELL_M / 2, north, _CELL_M)
    column, row = (a.ravel() for a in np.meshgrid(np.arange(len(columns)), np.arange(len(rows))))
    centres = np.stack([columns[column], rows[row]], axis=1)
    shapely.prepare(polygon)
    inside = shapely.contains_xy(polygon, centres[:, 0], centres[:, 1])
    centres = centres[inside]
    order = np.argsort(_interleave(column[inside], row[inside]), kind="stable")
    centres = centres[order]
    total = np.cumsum(density_at(centres, hills, floor))
    steps = (np.arange(count) + rng.random(count)) / count * total[-1]
    chosen = centres[np.minimum(np.searchsorted(total, steps), len(centres) - 1)]
    return np.asarray(chosen + (rng.random((count, 2)) - 0.5) * (0.9 * _CELL_M))


def _interleave(x: NDArray[np.intp], y: NDArray[np.intp]) -> NDArray[np.int64]:
    code = np.zeros(len(x), dtype=np.int64)
    for bit in range(16):
        code |= ((x >> bit) & 1).astype(np.int64) << (2 * bit)
        code |= ((y >> bit) & 1).astype(np.int64) << (2 * bit + 1)
    return code


def even_out(points: FloatArray, polygon: Polygon, rounds: int) -> FloatArray:
    """Move each point to the middle of its clipped Voronoi cell, ``rounds`` times (Lloyd 1982)."""
    shapely.prepare(polygon)
    for _ in range(rounds):
        diagram = shapely.voronoi_polygons(MultiPoint(points), extend_to=polygon, ordered=True)
        cells = shapely.get_parts(diagram)
        outer = np.flatnonzero(~shapely.contains_properly(polygon, cells))
        cells[outer] = shapely.intersection(cells[outer], polygon)
        points = np.round(shapely.get_coordinates(shapely.centroid(cells)), 2)
    return points


def voronoi_edges(points: FloatArray, polygon: Polygon) -> NDArray[np.object_]:
    """Return the edges of the Voronoi diagram of ``points``, clipped to the polygon."""
    diagram = shapely.voronoi_polygons(MultiPoint(points), extend_to=polygon, only_edges=True)
    edges = shapely.get_parts(diagram)
    outer = np.flatnonzero(~shapely.contains_properly(polygon, edges))
    edges[outer] = shapely.intersection(edges[outer], polygon)
    edges = shapely.get_parts(edges)
    return np.asarray(edges[(shapely.get_type_id(edges) == 1) & ~shapely.is_empty(edges)])
