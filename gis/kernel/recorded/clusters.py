"""Cells that lie together, gathered into places that one can walk to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Cluster", "clusters"]

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cluster:
    """Some of the cells that were given, by their places in the arrays.

    `middle` is one of them: the cell nearest to the weighted middle of all.
    """

    members: IntArray
    middle: int
    weight: float


def clusters(column: IntArray, row: IntArray, weight: FloatArray, *, span: int) -> list[Cluster]:
    """Gather cells with a weight above zero by squares of `span` cells, the heaviest first.

    Every such cell is in exactly one cluster; equal weights are in order of column and row.
    """
    chosen = np.flatnonzero(weight > 0)
    keys = np.stack([column[chosen] // span, row[chosen] // span], axis=1)
    squares, number = np.unique(keys, axis=0, return_inverse=True)
    found = []
    for k in range(len(squares)):
        members = chosen[number.reshape(-1) == k]
        heavy = weight[members]
        x, y = (np.average(one[members], weights=heavy) for one in (column, row))
        away = np.hypot(column[members] - x, row[members] - y)
        found.append(Cluster(members, int(members[np.argmin(away)]), float(heavy.sum())))
    return sorted(found, key=lambda one: -one.weight)
