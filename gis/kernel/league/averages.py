"""Averages of scores: what all units together say about each one's average."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gis.kernel.errors import InvalidInput
from gis.kernel.league.roots import falling_root

__all__ = ["ShrunkMeans", "shrunk_means"]

FloatArray = NDArray[np.float64]

# A unit's own variance counts beside the common one as if that rested on so many scores more.
_COMMON_SCORES = 10.0


@dataclass(frozen=True, slots=True)
class ShrunkMeans:
    """Averages drawn towards the whole, with the bounds that each is likely between."""

    mean: FloatArray
    low: FloatArray
    high: FloatArray
    overall: float
    between_variance: float


def shrunk_means(
    mean: ArrayLike, variance_of_mean: ArrayLike, n: ArrayLike, probability: float = 0.05
) -> ShrunkMeans:
    """Return each unit's average under a normal model, with the bounds of `probability` each side.

    variance_of_mean: s²/n of the unit's own scores; of n = 1 it is not read (say 0), of n = 0
    nothing is: such a unit stands at the overall average. Few equal scores seem exact, so variances
    are blended with the common one. The variance between units solves Σ(mean − overall)²/(v + τ²)
    = units − 1 (Paule and Mandel), and is 0 where units differ no more than chance makes them.
    `InvalidInput` when no unit has a score, or none has two, from which to know how scores vary.

    >>> found = shrunk_means([90.0, 80.0, 100.0], [0.1, 0.1, 0.0], [100, 100, 1])
    >>> found.mean.round(1).tolist(), found.low.round(1).tolist()
    ([90.0, 80.0, 99.0], [89.5, 79.5, 94.0])
    """
    y, v, count = _checked(mean, variance_of_mean, n)
    if not 0.0 < probability < 0.5:
        raise InvalidInput("概率须在 0 与 0.5 之间 (between 0 and 0.5)", "probability")
    has = count > 0
    within = _blended(v[has], count[has])
    between = _between(y[has], within)
    overall, of_overall = _overall(y[has], within, between)
    # Without a score a unit's own part is nothing, and its variance is that between units.
    own = np.zeros(y.shape)
    spread = np.full(y.shape, between + of_overall)
    total = within + between
    share = np.divide(between, total, out=np.ones(total.shape), where=total > 0.0)
    own[has] = share
    spread[has] = share * within + (1.0 - share) ** 2 * of_overall
    centre = own * np.where(has, y, 0.0) + (1.0 - own) * overall
    away = NormalDist().inv_cdf(1.0 - probability) * np.sqrt(spread)
    return ShrunkMeans(centre, centre - away, centre + away, overall, between)


def _checked(
    mean: ArrayLike, variance: ArrayLike, n: ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray]:
    y, v, count = (np.asarray(each, dtype=np.float64) for each in (mean, variance, n))
    if y.ndim != 1 or y.shape != v.shape or y.shape != count.shape:
        raise InvalidInput("均值、方差与个数须等长 (of one length)", "mean")
    if not (np.isfinite(count).all() and (count >= 0).all() and (count % 1 == 0).all()):
        raise InvalidInput("个数须为非负整数 (whole, 0 or more)", "n")
    if not np.isfinite(y[count > 0]).all():
        raise InvalidInput("均值须为有限数 (must be finite)", "mean")
    known = v[count > 1]
    if not (np.isfinite(known).all() and (known >= 0.0).all()):
        raise InvalidInput("方差须为非负有限数 (finite, 0 or more)", "variance_of_mean")
    if not len(known):
        raise InvalidInput("没有一个单位有两个以上评分 (no unit has two scores)", "n")
    return y, v, count


def _blended(v: FloatArray, count: FloatArray) -> FloatArray:
    """Return the variance of each mean, its own scores' variance drawn towards the common one."""
    degrees = count - 1.0
    of_scores = np.where(count > 1, v * count, 0.0)
    common = float((degrees * of_scores).sum() / degrees.sum())
    blended = (degrees * of_scores + _COMMON_SCORES * common) / (degrees + _COMMON_SCORES)
    return np.asarray(blended / count)


def _overall(y: FloatArray, within: FloatArray, between: float) -> tuple[float, float]:
    """Return the average of all, each weighing by how exactly it is known, and its variance."""
    total = within + between
    if not total.any():
        return float(y.mean()), 0.0
    weight = 1.0 / np.maximum(total, 1e-12 * float(total.max()))
    return float((weight * y).sum() / weight.sum()), float(1.0 / weight.sum())


def _between(y: FloatArray, within: FloatArray) -> float:
    if not within.any():
        return float(y.var(ddof=1)) if len(y) > 1 else 0.0

    def excess(between: float) -> float:
        overall, _ = _overall(y, within, between)
        return float((((y - overall) ** 2) / (within + between)).sum()) - (len(y) - 1)

    if excess(0.0) <= 0.0:
        return 0.0
    high = float(((y - y.mean()) ** 2).sum())
    return falling_root(excess, 0.0, high, 1e-12 * max(1.0, high))
