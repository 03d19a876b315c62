"""Where the rows and bits of a canvas lie on a metric plane."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gis.kernel.errors import InvalidInput

__all__ = ["Frame", "frame_for"]

WORD = 64
# Bits of a row are finer than rows lie apart, since more of them cost next to nothing.
BITS_IN_ROW_HEIGHT = 4
_MOST_BYTES = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Frame:
    """Rows from south to north, bits from west to east; metres of the plane."""

    west_m: float
    south_m: float
    bit_m: float
    row_m: float
    rows: int
    words: int

    def canvas(self) -> NDArray[np.uint64]:
        """Nothing seen yet: (rows, words)."""
        return np.zeros((self.rows, self.words), np.uint64)


def frame_for(
    bounds_m: tuple[float, float, float, float],
    *,
    within_m: float,
    row_m: float,
    bits_in_row: int = BITS_IN_ROW_HEIGHT,
) -> Frame:
    """The frame that holds west, south, east, north, with rows of at most `row_m`.

    Rows divide 2 × `within_m` evenly: a straight track along them is then as wide as it should be.
    Raises `InvalidInput` for unusable numbers and for a frame that would not fit into memory.
    """
    if not (math.isfinite(within_m) and within_m > 0 and math.isfinite(row_m) and row_m > 0):
        raise InvalidInput("距离必须是正数 (distances must be positive)", "within_m")
    west, south, east, north = bounds_m
    if not (all(map(math.isfinite, bounds_m)) and west < east and south < north):
        raise InvalidInput("范围为空 (bounds are empty)", "bounds_m")
    height_m = 2.0 * within_m / math.ceil(2.0 * within_m / row_m)
    bit_m = height_m / bits_in_row
    rows = math.ceil((north - south) / height_m)
    words = math.ceil((east - west) / (bit_m * WORD))
    if rows * words * 8 > _MOST_BYTES:
        raise InvalidInput("范围太大或行距太小 (too many rows and bits)", "row_m")
    return Frame(west, south, bit_m, height_m, rows, words)
