"""Stamping tracks on a canvas, and reading it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gis.kernel.coverage.frame import Frame

__all__ = ["ROW_M", "stamp", "unpacked"]

FloatArray = NDArray[np.float64]
# Half of what would do for grids of a quarter of a square kilometre: small ones are exact as well.
ROW_M = 2.5


def stamp(
    canvas: NDArray[np.uint64],
    frame: Frame,
    x_m: FloatArray,
    y_m: FloatArray,
    joined: NDArray[np.bool_],
    *,
    within_m: float,
) -> None:
    """Fill what lies within `within_m` of the fixes and of the lines between joined ones.

    The fixes are in order; one that is `joined` is joined to the fix before it. All are finite.
    """
    from gis.kernel.coverage.stamping import stamp_tracks

    stamp_tracks(
        canvas, x_m, y_m, joined, within_m,
        frame.west_m, frame.south_m, frame.bit_m, frame.row_m,
    )  # fmt: skip


def unpacked(canvas: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """One number for each bit, 1 where it is filled: (rows, 64 × words), from the south-west."""
    little = canvas.astype("<u8").view(np.uint8).reshape(len(canvas), -1)
    return np.unpackbits(little, axis=1, bitorder="little")
