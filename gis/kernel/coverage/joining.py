"""Which fixes are joined by a line: those between which nobody can have strayed far."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Limits", "joined_to_previous"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Fixes further apart than either are not joined."""

    seconds: float = 180.0
    metres: float = 250.0


def joined_to_previous(
    worker: NDArray[np.int64],
    at_s: NDArray[np.float64],
    x_m: NDArray[np.float64],
    y_m: NDArray[np.float64],
    limits: Limits,
) -> NDArray[np.bool_]:
    """Which fix is joined to the one before it; sorted by worker, then time in seconds."""
    joined = np.zeros(len(worker), np.bool_)
    if len(worker) > 1:
        near = np.hypot(np.diff(x_m), np.diff(y_m)) <= limits.metres
        joined[1:] = (np.diff(worker) == 0) & (np.diff(at_s) <= limits.seconds) & near
    return joined
