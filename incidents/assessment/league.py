"""Average scores in order: by the bound that each very likely exceeds, in bands that differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from gis.kernel.league import shrunk_means

__all__ = ["Mean", "Standing", "placed"]


@dataclass(frozen=True, slots=True)
class Mean:
    """How many were scored, their average, and the variance between them."""

    n: int
    mean: float
    variance: float


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one stands; `rank` and `band` are None where there are too few scores."""

    shrunk: float
    low: float
    high: float
    rank: int | None = None
    band: int | None = None


def placed(means: Sequence[Mean], minimum: int) -> list[Standing | None]:
    """The standing of each, in the order given; None where nothing can be said.

    Those with fewer scores than `minimum` say how much units differ, but have no rank. Equal bounds
    share a rank (1, 1, 3). A band holds all whose upper bound is not below its leader's lower one.
    """
    if not any(one.n > 1 for one in means):
        return [None] * len(means)
    n = np.array([one.n for one in means], dtype=float)
    found = shrunk_means(
        [one.mean for one in means],
        [one.variance / one.n if one.n > 1 else 0.0 for one in means],
        n,
    )
    rows = [
        Standing(float(mean), max(float(low), 0.0), min(float(high), 100.0))
        for mean, low, high in zip(found.mean, found.low, found.high, strict=True)
    ]
    order = [k for k, one in enumerate(means) if one.n >= minimum]
    order.sort(key=lambda k: (-rows[k].low, -rows[k].shrunk, k))
    band, place, leader = 0, 0, None
    before: Standing | None = None
    for position, k in enumerate(order, start=1):
        row = rows[k]
        if before is None or row.low != before.low:
            place = position
        if leader is None or row.high < leader.low:
            band, leader = band + 1, row
        before = rows[k] = replace(row, rank=place, band=band)
    return [row if one.n else None for one, row in zip(means, rows, strict=True)]
