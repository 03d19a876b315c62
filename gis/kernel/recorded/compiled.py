"""The stamp itself, compiled by numba; import it only where tracks are stamped."""

import numpy as np
from numpy.typing import NDArray

from gis.kernel.coverage.stamping import compiled

__all__ = ["stamp_tracks"]

FloatArray = NDArray[np.float64]
Newest = NDArray[np.uint32]


@compiled
def stamp_capsule(
    newest: Newest, px: float, py: float, qx: float, qy: float, reach: float, at: np.uint32
) -> None:
    """Raise the cells whose middle is within `reach` of the segment from p to q; in cells."""
    first_row = max(int(np.ceil(min(py, qy) - reach - 0.5)), 0)
    last_row = min(int(np.floor(max(py, qy) + reach - 0.5)), newest.shape[0] - 1)
    first = max(int(np.ceil(min(px, qx) - reach - 0.5)), 0)
    last = min(int(np.floor(max(px, qx) + reach - 0.5)), newest.shape[1] - 1)
    dx, dy = qx - px, qy - py
    length2 = dx * dx + dy * dy
    for row in range(first_row, last_row + 1):
        y = row + 0.5 - py
        for column in range(first, last + 1):
            if newest[row, column] >= at:
                continue
            x = column + 0.5 - px
            share = 0.0
            if length2 > 0.0:
                share = min(max((x * dx + y * dy) / length2, 0.0), 1.0)
            away_x, away_y = x - share * dx, y - share * dy
            if away_x * away_x + away_y * away_y <= reach * reach:
                newest[row, column] = at


@compiled
def stamp_tracks(
    newest: Newest,
    x: FloatArray,
    y: FloatArray,
    joined: NDArray[np.bool_],
    at: Newest,
    reach: float,
) -> None:
    """Stamp fixes (in cells from the south-west corner), each with its way from the one before."""
    for k in range(len(x)):
        start = k - 1 if joined[k] else k
        stamp_capsule(newest, x[start], y[start], x[k], y[k], reach, at[k])
