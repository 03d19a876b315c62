"""Stamping tracks on a lattice: the newest time wins."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gis.kernel.recorded.lattice import Lattice

__all__ = ["stamp_newest"]

FloatArray = NDArray[np.float64]


def stamp_newest(
    newest: NDArray[np.uint32],
    lattice: Lattice,
    x_m: FloatArray,
    y_m: FloatArray,
    joined: NDArray[np.bool_],
    at_s: NDArray[np.uint32],
    *,
    within_m: float,
) -> None:
    """Raise cells whose middle lies within `within_m` of a fix, or of the way to it, to its second.

    `newest` is (rows, columns) of the lattice, seconds since 1970. The fixes are in order and
    finite; one that is `joined` is joined to the fix before it, and the way has its own time.
    """
    from gis.kernel.recorded.compiled import stamp_tracks

    stamp_tracks(
        newest, x_m / lattice.cell_m - lattice.column, y_m / lattice.cell_m - lattice.row,
        joined, at_s, within_m / lattice.cell_m,
    )  # fmt: skip
