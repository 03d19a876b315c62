"""Shares of successes: an interval for one unit, and what all units together say about each."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gis.kernel.errors import InvalidInput
from gis.kernel.league.roots import falling_root

__all__ = ["fit_beta_binomial", "shrunk", "wilson"]

FloatArray = NDArray[np.float64]

# A prior as weak as this leaves every unit its own share.
_WEAKEST = 0.01
_TOLERANCE = 1e-11
# Shares next to 0 and 1 by a billionth, in log odds.
_FARTHEST = 21.0


def wilson(
    successes: ArrayLike, total: ArrayLike, confidence: float = 0.95
) -> tuple[FloatArray, FloatArray]:
    """Return Wilson's score interval of a share; without a trial it is all of 0 to 1.

    >>> [round(float(end), 6) for end in wilson(9, 10)]
    [0.59585, 0.982124]
    """
    k, n = counts(successes, total)
    if not 0.0 < confidence < 1.0:
        raise InvalidInput("置信度须在 0 与 1 之间 (between 0 and 1)", "confidence")
    z2 = NormalDist().inv_cdf(0.5 + confidence / 2.0) ** 2
    middle = k + z2 / 2.0
    half = np.sqrt(z2 * (k * (n - k) / np.maximum(n, 1.0) + z2 / 4.0))
    low = np.where(k == 0, 0.0, (middle - half) / (n + z2))
    high = np.where(k == n, 1.0, (middle + half) / (n + z2))
    return np.asarray(low), np.asarray(high)


def fit_beta_binomial(k: ArrayLike, n: ArrayLike) -> tuple[float, float]:
    """Return alpha and beta of the Beta distribution that units' shares most likely come from.

    Maximum likelihood, with a defined answer where that has none:

    * fewer than two units with a trial say nothing about how units differ: (1/2, 1/2);
    * units that differ no more than chance makes them (the likelihood still rises when
      alpha + beta is all trials + 1), all at 0 or all at 1, or of one trial each, share one rate:
      (successes + 1/2, failures + 1/2) of all together;
    * units that are each at 0 or at 1: alpha + beta is not let below 0.01.

    >>> fit_beta_binomial([7], [9])
    (0.5, 0.5)
    """
    k_, n_ = counts(k, n)
    k_, n_ = k_[n_ > 0], n_[n_ > 0]
    if len(n_) < 2:
        return 0.5, 0.5
    won, tried = float(k_.sum()), float(n_.sum())
    together = won + 0.5, tried - won + 0.5
    if won in (0.0, tried) or float(n_.max()) < 2.0:
        return together
    lost = n_ - k_

    def best_mean(strength: float) -> float:
        """Return the likeliest mean, sought on the log odds, where its slope has no poles."""

        def slope(odds: float) -> float:
            mean = 1.0 / (1.0 + math.exp(-odds))
            a, b = strength * mean, strength * (1.0 - mean)
            return a * b * float((_rise(a, k_) - _rise(b, lost)).sum())

        odds = falling_root(slope, -_FARTHEST, _FARTHEST, _TOLERANCE)
        return 1.0 / (1.0 + math.exp(-odds))

    def slope(ln_strength: float) -> float:
        strength = math.exp(ln_strength)
        mean = best_mean(strength)
        a, b = strength * mean, strength * (1.0 - mean)
        rises = mean * _rise(a, k_) + (1.0 - mean) * _rise(b, lost) - _rise(strength, n_)
        return float(strength * rises.sum())

    weakest, strongest = math.log(_WEAKEST), math.log(tried + 1.0)
    if slope(strongest) >= 0.0:
        return together
    ln_strength = weakest
    if slope(weakest) > 0.0:
        ln_strength = falling_root(slope, weakest, strongest, _TOLERANCE)
    strength = math.exp(ln_strength)
    mean = best_mean(strength)
    return strength * mean, strength * (1.0 - mean)


def shrunk(k: ArrayLike, n: ArrayLike, prior: tuple[float, float]) -> FloatArray:
    """Return each unit's posterior mean: its share, drawn towards that of all.

    >>> shrunk([1, 290], [1, 300], (40.0, 4.0)).round(3).tolist()
    [0.911, 0.959]
    """
    k_, n_ = counts(k, n)
    alpha, beta = checked_prior(prior)
    return np.asarray((alpha + k_) / (alpha + beta + n_))


def checked_prior(prior: tuple[float, float]) -> tuple[float, float]:
    """Return alpha and beta when both are positive and finite."""
    if not all(math.isfinite(each) and each > 0.0 for each in prior):
        raise InvalidInput("先验参数须为正的有限数 (positive and finite)", "prior")
    return prior


def counts(k: ArrayLike, n: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return successes and trials of one shape when they are whole and fit each other."""
    k_, n_ = np.asarray(k, dtype=np.float64), np.asarray(n, dtype=np.float64)
    if k_.shape != n_.shape:
        raise InvalidInput("成功数与总数须等长 (of one length)", "k")
    for name, values in (("k", k_), ("n", n_)):
        if not (np.isfinite(values).all() and (values == np.floor(values)).all()):
            raise InvalidInput("须为整数 (must be whole numbers)", name)
    if not ((k_ >= 0) & (k_ <= n_)).all():
        raise InvalidInput("成功数须在 0 与总数之间 (from 0 to the total)", "k")
    return k_, n_


def _rise(start: float, steps: FloatArray) -> FloatArray:
    """Return the sum of 1/(start + i) for i below each of `steps`: ψ(start + steps) − ψ(start)."""
    return np.asarray(_digamma(start + steps) - _digamma(np.array([start])))


def _digamma(x: FloatArray) -> FloatArray:
    """Return ψ(x) for x > 0: raised above 8 by its recurrence, then the asymptotic series."""
    shift = np.zeros(x.shape)
    raised = x
    for _ in range(8):
        small = raised < 8.0
        shift = shift + np.where(small, 1.0 / np.where(small, raised, 1.0), 0.0)
        raised = np.where(small, raised + 1.0, raised)
    w = 1.0 / (raised * raised)
    series = w * (1 / 12 - w * (1 / 120 - w * (1 / 252 - w * (1 / 240 - w * (1 / 132)))))
    series = series + w**6 * (691 / 32760 - w / 12.0)
    return np.asarray(np.log(raised) - 0.5 / raised - series - shift)
