"""What is wrong with the fixes of a track, by name. Nothing is dropped: a fix is marked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag

import numpy as np
from numpy.typing import NDArray

__all__ = ["Flag", "Rules", "judge"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
_METRES_PER_DEGREE = 111_320.0
# Receivers without a position say 0, 0 and a little beside it.
_ISLAND_DEG = 0.01


class Flag(IntFlag):
    """Why a fix does not count."""

    BAD_ACCURACY = 1
    ZERO_ISLAND = 2
    IMPOSSIBLE_SPEED = 4
    FROZEN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """A fix is bad from these on: its own accuracy, a speed, a time without any jitter."""

    accuracy_m: float = 100.0
    speed_mps: float = 40.0
    frozen_s: float = 900.0


def judge(
    worker: IntArray,
    at_s: FloatArray,
    lon: FloatArray,
    lat: FloatArray,
    accuracy_m: FloatArray,
    known: IntArray,
    rules: Rules,
) -> IntArray:
    """Flags of each fix, in WGS-84 degrees, sorted by worker and time; NaN is an unknown accuracy.

    `known` holds the flags of fixes that were judged before, and -1 for new ones.
    """
    flags = np.where(known >= 0, known, 0)
    new = known < 0
    with np.errstate(invalid="ignore"):
        flags[new & (accuracy_m > rules.accuracy_m)] |= Flag.BAD_ACCURACY
    island = (np.abs(lon) < _ISLAND_DEG) & (np.abs(lat) < _ISLAND_DEG)
    flags[new & island] |= Flag.ZERO_ISLAND
    flags[new & _frozen(worker, at_s, lon, lat, rules.frozen_s)] |= Flag.FROZEN
    good = np.flatnonzero(flags == 0)
    x = lon * np.cos(np.radians(lat)) * _METRES_PER_DEGREE
    y = lat * _METRES_PER_DEGREE
    slack = np.nan_to_num(accuracy_m, nan=0.0)
    step = np.hypot(np.diff(x[good]), np.diff(y[good])) - slack[good][1:] - slack[good][:-1]
    jumped = (step > rules.speed_mps * np.diff(at_s[good])) & (np.diff(worker[good]) == 0)
    for one in np.unique(worker[good][1:][jumped]):
        _mark_jumps(good[worker[good] == one], at_s, x, y, slack, new, flags, rules.speed_mps)
    return flags


def _frozen(
    worker: IntArray, at_s: FloatArray, lon: FloatArray, lat: FloatArray, frozen_s: float
) -> BoolArray:
    """Fixes at the very position of all fixes before them for longer than `frozen_s`."""
    begins = np.ones(len(worker), np.bool_)
    begins[1:] = (np.diff(worker) != 0) | (np.diff(lon) != 0) | (np.diff(lat) != 0)
    since = at_s[begins][np.cumsum(begins) - 1] if len(worker) else at_s
    return np.asarray(at_s - since > frozen_s)


def _mark_jumps(
    rows: IntArray,
    at_s: FloatArray,
    x: FloatArray,
    y: FloatArray,
    slack: FloatArray,
    new: BoolArray,
    flags: IntArray,
    speed_mps: float,
) -> None:
    """Compare each fix with the last good one: a real move is believed again after a while."""
    last = int(rows[0])
    for k in rows[1:].tolist():
        apart = float(np.hypot(x[k] - x[last], y[k] - y[last])) - slack[k] - slack[last]
        if new[k] and apart > speed_mps * (at_s[k] - at_s[last]):
            flags[k] |= Flag.IMPOSSIBLE_SPEED
        else:
            last = k
