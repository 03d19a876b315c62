"""Where the cells lie: numbered from the origin of the plane, whatever part of it is looked at."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gis.kernel.errors import InvalidInput

__all__ = ["Lattice"]

IntArray = NDArray[np.int64]
_MOST_CELLS = 16_000_000


@dataclass(frozen=True, slots=True)
class Lattice:
    """Square cells of `cell_m`; `column`, `row` are the numbers of the south-west one.

    Cell (c, r) spans x from c × `cell_m`, y from r × `cell_m`, in metres of the plane.
    """

    cell_m: float
    column: int
    row: int
    columns: int
    rows: int

    @classmethod
    def over(
        cls, bounds_m: tuple[float, float, float, float], cell_m: float, *, block: int = 1
    ) -> Lattice:
        """The cells that hold west, south, east, north, in whole blocks of `block` × `block`.

        Raises `InvalidInput` for empty bounds, and for more cells than fit into memory.
        """
        west, south, east, north = bounds_m
        if not (all(map(math.isfinite, bounds_m)) and west < east and south < north):
            raise InvalidInput("范围为空 (bounds are empty)", "bounds_m")
        step = cell_m * block
        column, row = math.floor(west / step), math.floor(south / step)
        columns = (math.floor(east / step) - column + 1) * block
        rows = (math.floor(north / step) - row + 1) * block
        if columns * rows > _MOST_CELLS:
            raise InvalidInput("范围太大 (too many cells)", "bounds_m")
        return cls(cell_m, column * block, row * block, columns, rows)

    def blank(self) -> NDArray[np.uint32]:
        """Nothing recorded: (rows, columns) of zeros, from the south-west on."""
        return np.zeros((self.rows, self.columns), np.uint32)

    def at(self, values: NDArray[np.uint32], column: IntArray, row: IntArray) -> NDArray[np.uint32]:
        """The values of cells by their numbers; 0 for cells that are not of this lattice."""
        i, j = row - self.row, column - self.column
        held = (i >= 0) & (i < self.rows) & (j >= 0) & (j < self.columns)
        return np.where(held, values[np.where(held, i, 0), np.where(held, j, 0)], np.uint32(0))
