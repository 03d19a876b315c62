"""A track with fewer points: no recorded position lies farther from it than an error that is told.

The distance of a position is to where the shorter track has its walker at that very time, which is
never less than the distance to its line. So a replay is as exact as a map, and who stands still for
an hour stands still in it. A track consists of parts; between two of them nothing is known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Steps", "clipped", "deviation_m", "kept"]

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


def kept(
    at_s: FloatArray, x_m: FloatArray, y_m: FloatArray, begins: BoolArray, tolerance_m: float
) -> BoolArray:
    """Which positions make the shorter track (Douglas and Peucker's way, by time).

    In order of time within each part; `begins` is true for the first of each, the very first too.
    The first and the last of a part stay.
    """
    keep = begins.copy()
    starts = np.flatnonzero(begins)
    stops = np.append(starts[1:], len(at_s))[: len(starts)] - 1
    keep[stops] = True
    waiting = list(zip(starts.tolist(), stops.tolist(), strict=True))
    while waiting:
        first, last = waiting.pop()
        if last - first < 2:
            continue
        away = _away(at_s, x_m, y_m, first, last)
        worst = int(away.argmax())
        if away[worst] > tolerance_m:
            middle = first + 1 + worst
            keep[middle] = True
            waiting += [(first, middle), (middle, last)]
    return keep


def _away(at_s: FloatArray, x_m: FloatArray, y_m: FloatArray, first: int, last: int) -> FloatArray:
    """How far those between `first` and `last` are from the walker on the straight way."""
    inner = slice(first + 1, last)
    span = at_s[last] - at_s[first]
    share = (at_s[inner] - at_s[first]) / span if span > 0 else np.zeros(last - first - 1)
    dx = x_m[first] + share * (x_m[last] - x_m[first]) - x_m[inner]
    dy = y_m[first] + share * (y_m[last] - y_m[first]) - y_m[inner]
    return np.asarray(np.hypot(dx, dy))


def deviation_m(
    at_s: FloatArray,
    x_m: FloatArray,
    y_m: FloatArray,
    keep: BoolArray,
    points_m: tuple[FloatArray, FloatArray],
) -> float:
    """The farthest that any position is from the shorter track at its time, in metres.

    `points_m` are the positions that were kept as they are stored, which is not quite where they
    were. The first and the last of each part are among them.
    """
    if not len(at_s):
        return 0.0
    which = np.flatnonzero(keep)
    before = np.cumsum(keep) - 1
    after = np.minimum(before + ~keep, len(which) - 1)
    start, end = at_s[which[before]], at_s[which[after]]
    span = np.where(end > start, end - start, 1.0)
    share = np.where(end > start, (at_s - start) / span, 0.0)
    x, y = (p[before] + share * (p[after] - p[before]) for p in points_m)
    return float(np.hypot(x - x_m, y - y_m).max())


@dataclass(frozen=True, slots=True)
class Steps:
    """Points of shorter tracks, one after another, WGS-84 degrees.

    `begins` is true where a part begins; `accuracy_m` is NaN where it is not known; `fixes` is how
    many recorded positions end at a point, itself and those since the point before it.
    """

    worker: NDArray[np.int64]
    at_s: FloatArray
    lon: FloatArray
    lat: FloatArray
    accuracy_m: FloatArray
    fixes: NDArray[np.int64]
    begins: BoolArray

    def __len__(self) -> int:
        return len(self.at_s)


def clipped(steps: Steps, since_s: float, until_s: float) -> Steps:
    """What of the tracks lies from `since_s` until `until_s`; a way that is cut ends on the cut."""
    at = steps.at_s
    inside = (at >= since_s) & (at < until_s)
    joined = ~steps.begins
    before = np.roll(at, 1)
    comes = joined & (before < since_s) & (at > since_s)
    goes = joined & (before < until_s) & (at >= until_s) & (before >= since_s)
    goes |= comes & (at >= until_s)
    begins = steps.begins | (joined & (before < since_s) & ~comes)
    rows = [np.flatnonzero(one) for one in (comes, goes, inside)]
    moments = [np.full(len(rows[0]), since_s), np.full(len(rows[1]), until_s), at[rows[2]]]
    # Of one point: the way to it begins on the cut, ends on the cut, or comes to it.
    order = np.argsort(np.concatenate([3 * row + k for k, row in enumerate(rows)]), kind="stable")
    row, moment = np.concatenate(rows)[order], np.concatenate(moments)[order]
    kind = np.repeat(np.arange(3), [len(one) for one in rows])[order]
    previous = np.maximum(row - 1, 0)
    span = at[row] - at[previous]
    cut = kind < 2
    share = np.where(cut, (moment - at[previous]) / np.where(cut, span, 1.0), 1.0)
    return Steps(
        worker=steps.worker[row],
        at_s=moment,
        lon=_between(steps.lon, previous, row, share),
        lat=_between(steps.lat, previous, row, share),
        accuracy_m=steps.accuracy_m[row],
        fixes=np.where(cut, 0, steps.fixes[row]),
        begins=np.where(kind == 2, begins[row], kind == 0),
    )


def _between(
    values: FloatArray, before: NDArray[np.int64], row: NDArray[np.int64], share: FloatArray
) -> FloatArray:
    return np.asarray(
        np.where(share == 1.0, values[row], values[before] + share * (values[row] - values[before]))
    )
