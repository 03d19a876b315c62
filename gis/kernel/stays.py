"""How long somebody stayed near a point, by the fixes around a moment. Pure numpy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["stay_s"]

FloatArray = NDArray[np.float64]


def stay_s(
    at_s: FloatArray, away_m: FloatArray, reach_m: FloatArray, moment_s: float, gap_s: float
) -> float | None:
    """Seconds of the unbroken stay within reach that `moment_s` belongs to.

    `at_s` are the times of fixes in order, `away_m` how far from the point each was, `reach_m` how
    far each may be to count as there (a radius, widened by its accuracy). Fixes more than `gap_s`
    apart are not of one stay, and a moment more than `gap_s` from a stay is not of it. A lone fix
    is a stay of 0; None means that nothing was recorded there.
    """
    near = np.flatnonzero(away_m <= reach_m)
    if not len(near):
        return None
    # A stay ends where a fix lies outside, or where there is none for too long.
    breaks = (np.diff(near) > 1) | (np.diff(at_s[near]) > gap_s)
    number = np.concatenate([[0], np.cumsum(breaks)])
    firsts = near[np.searchsorted(number, np.arange(number[-1] + 1), side="left")]
    lasts = near[np.searchsorted(number, np.arange(number[-1] + 1), side="right") - 1]
    apart = np.maximum(np.maximum(at_s[firsts] - moment_s, moment_s - at_s[lasts]), 0.0)
    best = int(np.argmin(apart))
    if apart[best] > gap_s:
        return None
    return float(at_s[lasts[best]] - at_s[firsts[best]])
