"""What makes somebody look at a walk: an errand outside the own grid, a phone that falls silent."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

__all__ = ["errand", "heard"]

FloatArray = NDArray[np.float64]
# Shares of duties with one of these.
ERRAND, SILENT = 0.05, 0.05
RIDE_M_S = 3.6
AWAY_M = (250.0, 700.0)
_TRIES = 8


def errand(
    ground: BaseGeometry,
    after_s: FloatArray,
    x: FloatArray,
    y: FloatArray,
    rng: np.random.Generator,
) -> tuple[FloatArray, FloatArray]:
    """The same way (metres), on a few duties with an errand: out of the grid, a stay, and back."""
    chosen, begins, stay_s = rng.random() < ERRAND, rng.uniform(0.15, 0.5), rng.uniform(1200, 3000)
    target = _outside(ground, rng) if chosen and after_s.size else None
    if target is None:
        return x, y
    begin_s = begins * after_s[-1]
    ride_s = float(np.hypot(x - target[0], y - target[1]).max()) / RIDE_M_S
    turns = [begin_s, begin_s + ride_s, begin_s + ride_s + stay_s, begin_s + 2 * ride_s + stay_s]
    share = np.interp(after_s, turns, [0.0, 1.0, 1.0, 0.0])
    return x + share * (target[0] - x), y + share * (target[1] - y)


def heard(after_s: FloatArray, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Which positions come in: all, but for a stretch of a few duties without any."""
    chosen, begins, silent_s = rng.random() < SILENT, rng.uniform(0.1, 0.6), rng.uniform(1500, 4200)
    if not (chosen and after_s.size):
        return np.ones(after_s.size, np.bool_)
    begin_s = begins * after_s[-1]
    return np.asarray((after_s < begin_s) | (after_s > begin_s + silent_s))


def _outside(ground: BaseGeometry, rng: np.random.Generator) -> tuple[float, float] | None:
    """A point some hundred metres beyond the border; None where all that were tried are near."""
    edge, middle = ground.boundary, ground.centroid
    for _ in range(_TRIES):
        at = edge.interpolate(float(rng.random()), normalized=True)
        away_m = float(rng.uniform(*AWAY_M))
        far = float(np.hypot(at.x - middle.x, at.y - middle.y))
        if far == 0.0:
            continue
        tried = (
            at.x + (at.x - middle.x) / far * away_m,
            at.y + (at.y - middle.y) / far * away_m,
        )
        if ground.distance(shapely.Point(tried)) > AWAY_M[0] / 2:
            return tried
    return None
