"""The Beta distribution: its cumulative probability and the inverse of that, for many at once."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gis.kernel.errors import InvalidInput

__all__ = ["beta_cdf", "beta_quantile"]

FloatArray = NDArray[np.float64]

_MOST_TERMS = 20_000
_MOST_STEPS = 200
_ENOUGH = 1e-15
_LEAST = 1e-300
# Odds of e^±700 are the outermost that a double can hold.
_FARTHEST = 700.0

_ln_gamma = np.vectorize(math.lgamma, otypes=[np.float64])


def beta_cdf(x: ArrayLike, alpha: ArrayLike, beta: ArrayLike) -> FloatArray:
    """Return the probability that a Beta(alpha, beta) value is at most x, arrays together.

    >>> float(beta_cdf(0.25, 2.0, 1.0).round(12))
    0.0625
    """
    at, a, b = _shaped(x, alpha, beta, "x")
    inside = (at > 0.0) & (at < 1.0)
    safe = np.where(inside, at, 0.5)
    found = _cdf(np.log(safe), np.log1p(-safe), a, b, _ln_beta(a, b))
    return np.where(inside, found, np.where(at >= 1.0, 1.0, 0.0))


def beta_quantile(p: ArrayLike, alpha: ArrayLike, beta: ArrayLike) -> FloatArray:
    """Return the value that a Beta(alpha, beta) value is at most with probability p.

    Exact to 1e-9 of probability for alpha + beta up to a million. Solved on the scale of log odds,
    where shares next to 0 and 1 keep their digits; one below e^−700 comes out as that.

    >>> float(beta_quantile(0.0625, 2.0, 1.0).round(9))
    0.25
    """
    wanted, a, b = _shaped(p, alpha, beta, "p")
    inside = (wanted > 0.0) & (wanted < 1.0)
    target = np.where(inside, wanted, 0.5)
    ln_beta = _ln_beta(a, b)
    low, high = np.full(a.shape, -_FARTHEST), np.full(a.shape, _FARTHEST)
    odds = np.clip(_about(target, a, b), -_FARTHEST, _FARTHEST)
    for _ in range(_MOST_STEPS):
        ln_x, ln_y = -np.logaddexp(0.0, -odds), -np.logaddexp(0.0, odds)
        over = _cdf(ln_x, ln_y, a, b, ln_beta) - target
        low, high = np.where(over < 0.0, odds, low), np.where(over < 0.0, high, odds)
        slope = np.exp(np.clip(a * ln_x + b * ln_y - ln_beta, -_FARTHEST, _FARTHEST))
        # Far out the slope is next to nothing: clipped there, the bisection goes on instead.
        newton = odds - np.clip(over / np.maximum(slope, 1e-30), -1e3, 1e3)
        further = np.where((newton >= low) & (newton <= high), newton, (low + high) / 2.0)
        close = np.abs(further - odds) <= 1e-12 * np.maximum(1.0, np.abs(odds))
        done = close | (np.abs(over) <= 1e-13 * target)
        if bool(np.all(done)):
            break
        odds = np.where(done, odds, further)
    found = np.exp(-np.logaddexp(0.0, -odds))
    return np.where(inside, found, np.where(wanted >= 1.0, 1.0, 0.0))


def _about(p: FloatArray, a: FloatArray, b: FloatArray) -> FloatArray:
    """Return where to begin: log odds are nearly normal when both parameters are large."""
    z = np.array([NormalDist().inv_cdf(each) for each in p.ravel()]).reshape(p.shape)
    return np.asarray(np.log(a) - np.log(b) + z * np.sqrt(1.0 / a + 1.0 / b))


def _shaped(
    value: ArrayLike, alpha: ArrayLike, beta: ArrayLike, name: str
) -> tuple[FloatArray, FloatArray, FloatArray]:
    v, a, b = np.broadcast_arrays(
        np.asarray(value, dtype=np.float64),
        np.asarray(alpha, dtype=np.float64),
        np.asarray(beta, dtype=np.float64),
    )
    if not (np.isfinite(a).all() and np.isfinite(b).all() and (a > 0).all() and (b > 0).all()):
        raise InvalidInput("分布参数须为正的有限数 (positive and finite)", "alpha")
    if not ((v >= 0.0) & (v <= 1.0)).all():
        raise InvalidInput("须在 0 与 1 之间 (between 0 and 1)", name)
    return v, a, b


def _ln_beta(a: FloatArray, b: FloatArray) -> FloatArray:
    if a.size == 0:
        return np.zeros(a.shape)
    return np.asarray(_ln_gamma(a) + _ln_gamma(b) - _ln_gamma(a + b))


def _cdf(
    ln_x: FloatArray, ln_y: FloatArray, a: FloatArray, b: FloatArray, ln_beta: FloatArray
) -> FloatArray:
    """Return the cumulative probability at x = exp(ln_x) = 1 − exp(ln_y).

    The fraction converges quickly left of the mean only; right of it the other tail is taken.
    """
    x = np.exp(ln_x)
    left = x <= (a + 1.0) / (a + b + 2.0)
    first, second = np.where(left, a, b), np.where(left, b, a)
    near = np.where(left, x, np.exp(ln_y))
    front = np.exp(np.maximum(a * ln_x + b * ln_y - ln_beta, -_FARTHEST)) / first
    tail = np.clip(front * _fraction(near, first, second), 0.0, 1.0)
    return np.where(left, tail, 1.0 - tail)


def _fraction(x: FloatArray, a: FloatArray, b: FloatArray) -> FloatArray:
    """Return the continued fraction of the incomplete beta function, by Lentz's method."""
    above = np.ones(x.shape)
    below = 1.0 / _off_zero(1.0 - (a + b) * x / (a + 1.0))
    value = below
    for m in range(1, _MOST_TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1.0) * (a + 2 * m))
        below = 1.0 / _off_zero(1.0 + even * below)
        above = _off_zero(1.0 + even / above)
        value = value * below * above
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1.0))
        below = 1.0 / _off_zero(1.0 + odd * below)
        above = _off_zero(1.0 + odd / above)
        factor = below * above
        value = value * factor
        if bool(np.all(np.abs(factor - 1.0) <= _ENOUGH)):
            break
    return value


def _off_zero(value: FloatArray) -> FloatArray:
    return np.where(np.abs(value) < _LEAST, _LEAST, value)
