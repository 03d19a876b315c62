"""A polygon cut along a lattice: each piece belongs to one cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = ["Pieces", "cut"]

IntArray = NDArray[np.int64]
_POLYGON = 3


@dataclass(frozen=True, slots=True)
class Pieces:
    """Polygons in metres, and the column and row of the cell that each lies in."""

    polygons: NDArray[np.object_]
    column: IntArray
    row: IntArray


def cut(ground: Any, cell_m: float) -> Pieces:
    """Cut a polygon (metres, possibly of several parts) along cells of `cell_m`.

    The pieces tile it; a cell that the border crosses more than once holds several.
    """
    west, south, east, north = (edge / cell_m for edge in ground.bounds)
    column, row = (
        one.ravel()
        for one in np.meshgrid(
            np.arange(np.floor(west), np.ceil(east)), np.arange(np.floor(south), np.ceil(north))
        )
    )
    x, y = column * cell_m, row * cell_m
    squares = shapely.box(x, y, x + cell_m, y + cell_m)
    shapely.prepare(ground)
    meets = shapely.intersects(ground, squares)
    crossed = meets & ~shapely.contains_properly(ground, squares)
    squares[crossed] = shapely.intersection(squares[crossed], ground)
    parts, of = shapely.get_parts(squares[meets], return_index=True)
    whole = (shapely.get_type_id(parts) == _POLYGON) & (shapely.area(parts) > 0)
    of = np.flatnonzero(meets)[of[whole]]
    return Pieces(parts[whole], column[of].astype(np.int64), row[of].astype(np.int64))
