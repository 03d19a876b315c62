"""The density of a period's reports, from the middles of the squares that they are counted in."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pyproj

from maps.briefing.frozen import CELL_M, Cell, Row
from maps.surface import Box, Surface, surface_at


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


def surface_of(rows: list[Row], box: Box, *, srid_m: int, bandwidth_m: float) -> Surface | None:
    """Return the density over `box` (degrees), or None where nothing was reported in it."""
    cells = counted_cells(rows)
    if not cells:
        return None
    x_m, y_m = ((np.array(list(cells)) + 0.5) * CELL_M).T
    weights = np.array(list(cells.values()), dtype=np.float64)
    return surface_at(x_m, y_m, weights, box, srid_m=srid_m, bandwidth_m=bandwidth_m)
