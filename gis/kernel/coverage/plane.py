"""From degrees to the metres of a place's own system, by a lattice of known points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Plane"]

FloatArray = NDArray[np.float64]
# Between nodes this far apart a transverse Mercator bends by 15 mm at most.
STEP_DEG = 0.01


@dataclass(frozen=True, slots=True)
class Plane:
    """Bilinear between nodes: x_m, y_m are (rows, columns), from the south-west corner on."""

    west_deg: float
    south_deg: float
    x_m: FloatArray
    y_m: FloatArray
    step_deg: float = STEP_DEG

    @staticmethod
    def nodes(
        west: float, south: float, east: float, north: float
    ) -> tuple[FloatArray, FloatArray]:
        """Longitudes and latitudes (rows, columns) whose metres a plane is made of."""
        columns = np.arange(west, east + STEP_DEG, STEP_DEG)
        rows = np.arange(south, north + STEP_DEG, STEP_DEG)
        lon, lat = np.meshgrid(columns, rows)
        return lon, lat

    def metres(
        self, lon: ArrayLike, lat: ArrayLike
    ) -> tuple[FloatArray, FloatArray, NDArray[np.bool_]]:
        """x, y in metres and which positions the lattice holds; elsewhere they mean nothing."""
        column = (np.asarray(lon, np.float64) - self.west_deg) / self.step_deg
        row = (np.asarray(lat, np.float64) - self.south_deg) / self.step_deg
        rows, columns = self.x_m.shape
        held = (column >= 0) & (column < columns - 1) & (row >= 0) & (row < rows - 1)
        column, row = np.where(held, column, 0.0), np.where(held, row, 0.0)
        i, j = row.astype(np.int64), column.astype(np.int64)
        up, right = row - i, column - j
        at = i * columns + j
        return *(
            _between(z.reshape(-1), at, columns, up, right) for z in (self.x_m, self.y_m)
        ), held


def _between(
    z: FloatArray, at: NDArray[np.int64], columns: int, up: FloatArray, right: FloatArray
) -> FloatArray:
    below = z[at] + right * (z[at + 1] - z[at])
    above = z[at + columns] + right * (z[at + columns + 1] - z[at + columns])
    return np.asarray(below + up * (above - below))
