"""The density of a period as a picture in classes that a legend can tell."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np
import pyproj
from numpy.typing import NDArray

from gis.kernel.density import Bounds, density
from maps.briefing.frozen import CELL_M, Cell, Row

FloatArray = NDArray[np.float64]
# Shares of the reports that lie where it is less dense than the class begins.
SHARES = (0.02, 0.2, 0.4, 0.6, 0.8)
WIDEST_PX = 900
MARGIN_BANDWIDTHS = 3.0
M2_IN_KM2 = 1e6


@dataclass(frozen=True)
class Surface:
    """Classes 0 (less than the first edge) to 5, rows north first in even steps of web Mercator.

    `edges`: reports per km² where the classes begin, ascending; `box`: west, south, east, north in
    degrees.
    """

    classes: NDArray[np.uint8]
    edges: list[float]
    box: tuple[float, float, float, float]


def counted_cells(rows: list[Row]) -> Counter[Cell]:
    """Count the reports of each square of `CELL_M` metres."""
    return Counter(row.cell for row in rows if row.cell is not None)


def middles(cells: list[Cell], srid_m: int) -> list[tuple[float, float]]:
    """Return (lon, lat) of the middle of each square, in degrees to about a metre."""
    if not cells:
        return []
    x, y = (np.array(cells) + 0.5).T * CELL_M
    back = pyproj.Transformer.from_crs(srid_m, 4326, always_xy=True)
    lon, lat = back.transform(x, y)
    return [(round(float(a), 5), round(float(b), 5)) for a, b in zip(lon, lat, strict=True)]


def surface_of(
    rows: list[Row], box: tuple[float, float, float, float], *, srid_m: int, bandwidth_m: float
) -> Surface | None:
    """Return the density over `box` (degrees), or None where nothing lies within reach of it."""
    cells = counted_cells(rows)
    if not cells:
        return None
    lon, lat = _pixels(box)
    forward = pyproj.Transformer.from_crs(4326, srid_m, always_xy=True)
    x, y = forward.transform(*np.meshgrid(lon, lat))
    bounds = Bounds(float(x.min()), float(y.min()), float(x.max()), float(y.max()))
    step = min(bandwidth_m / 8.0, (bounds.east - bounds.west) / lon.size)
    shape = (
        math.ceil((bounds.north - bounds.south) / step),
        math.ceil((bounds.east - bounds.west) / step),
    )
    at = (np.array(list(cells)) + 0.5) * CELL_M
    weights = np.array(list(cells.values()), dtype=np.float64)
    found = density(
        at[:, 0], at[:, 1], weights, bandwidth_m=bandwidth_m, bounds_m=bounds, shape=shape
    )
    found *= M2_IN_KM2
    inside = bounds.holds(at[:, 0], at[:, 1])
    if not inside.any():
        return None
    here = found[_cell_of(at[inside, 0], at[inside, 1], bounds, shape)]
    edges = _edges(here, weights[inside])
    picture = found[_cell_of(x, y, bounds, shape)]
    return Surface(np.digitize(picture, edges).astype(np.uint8), edges, box)


def _pixels(box: tuple[float, float, float, float]) -> tuple[FloatArray, FloatArray]:
    """Longitudes and latitudes of the middles of pixels that are square in web Mercator."""
    west, south, east, north = box
    low, high = (math.asinh(math.tan(math.radians(edge))) for edge in (south, north))
    size = max(math.radians(east - west), high - low) / WIDEST_PX
    across = max(1, round(math.radians(east - west) / size))
    down = max(1, round((high - low) / size))
    lon = west + (np.arange(across) + 0.5) * (east - west) / across
    mercator = high - (np.arange(down) + 0.5) * (high - low) / down
    return lon, np.degrees(np.arctan(np.sinh(mercator)))


def _cell_of(
    x: FloatArray, y: FloatArray, bounds: Bounds, shape: tuple[int, int]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    row = (y - bounds.south) / (bounds.north - bounds.south) * shape[0]
    column = (x - bounds.west) / (bounds.east - bounds.west) * shape[1]
    return (
        np.clip(row.astype(np.intp), 0, shape[0] - 1),
        np.clip(column.astype(np.intp), 0, shape[1] - 1),
    )


def _edges(values: FloatArray, weights: FloatArray) -> list[float]:
    """Densities below which each share of the reports lies, in two figures, ascending."""
    order = np.argsort(values)
    reached = np.cumsum(weights[order]) / weights.sum()
    found = [float(values[order][np.searchsorted(reached, share)]) for share in SHARES]
    return sorted({_two_figures(value) for value in found if value > 0})


def _two_figures(value: float) -> float:
    return float(f"{value:.2g}")
