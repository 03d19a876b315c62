"""The density of positions as classes over a box: what the wall and the briefing draw."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pyproj
from numpy.typing import ArrayLike, NDArray

from gis.kernel.density import Bounds, density

FloatArray = NDArray[np.float64]
Box = tuple[float, float, float, float]
# Shares of the reports that lie where it is less dense than the class begins.
SHARES = (0.02, 0.2, 0.4, 0.6, 0.8)
WIDEST_PX = 900
M2_IN_KM2 = 1e6


@dataclass(frozen=True)
class Surface:
    """Classes 0 (less than the first edge) to 5, rows north first in even steps of web Mercator.

    `edges`: reports per km² where the classes begin, ascending; `box`: west, south, east, north in
    degrees.
    """

    classes: NDArray[np.uint8]
    edges: list[float]
    box: Box


def surface_at(
    x_m: ArrayLike,
    y_m: ArrayLike,
    weights: ArrayLike | None,
    box: Box,
    *,
    srid_m: int,
    bandwidth_m: float,
) -> Surface | None:
    """Return the density of positions (metres, `srid_m`) over `box` (degrees).

    None where none of them lies in the box. Raises `InvalidInput` as `density` does.
    """
    x, y = np.asarray(x_m, dtype=np.float64), np.asarray(y_m, dtype=np.float64)
    w = np.ones(x.shape) if weights is None else np.asarray(weights, dtype=np.float64)
    lon, lat = _pixels(box)
    forward = pyproj.Transformer.from_crs(4326, srid_m, always_xy=True)
    pixel_x, pixel_y = forward.transform(*np.meshgrid(lon, lat))
    bounds = Bounds(
        float(pixel_x.min()), float(pixel_y.min()), float(pixel_x.max()), float(pixel_y.max())
    )
    inside = bounds.holds(x, y)
    if not inside.any():
        return None
    step = min(bandwidth_m / 8.0, (bounds.east - bounds.west) / lon.size)
    shape = (
        math.ceil((bounds.north - bounds.south) / step),
        math.ceil((bounds.east - bounds.west) / step),
    )
    found = density(x, y, w, bandwidth_m=bandwidth_m, bounds_m=bounds, shape=shape)
    found *= M2_IN_KM2
    here = found[_cell_of(x[inside], y[inside], bounds, shape)]
    edges = _edges(here, w[inside])
    picture = found[_cell_of(pixel_x, pixel_y, bounds, shape)]
    return Surface(np.digitize(picture, edges).astype(np.uint8), edges, box)


def _pixels(box: Box) -> tuple[FloatArray, FloatArray]:
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
