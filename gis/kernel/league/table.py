"""The table itself: who is ranked, in which order, and who cannot be told apart."""

from __future__ import annotations

from dataclasses import dataclass, replace

from numpy.typing import ArrayLike

from gis.kernel.errors import InvalidInput
from gis.kernel.league.beta import beta_quantile
from gis.kernel.league.shares import checked_prior, counts, fit_beta_binomial, shrunk

__all__ = ["Row", "rank"]


@dataclass(frozen=True, slots=True)
class Row:
    """One unit: its place in what was handed in, its counts, and where it stands.

    `low` and `high` are the bounds of its share; `rank` and `band` are None for one with too few.
    """

    index: int
    k: int
    n: int
    mean: float
    low: float
    high: float
    rank: int | None = None
    band: int | None = None


def rank(
    k: ArrayLike,
    n: ArrayLike,
    minimum: int = 10,
    *,
    prior: tuple[float, float] | None = None,
    probability: float = 0.05,
) -> tuple[Row, ...]:
    """Return the units by the share that each exceeds with probability 1 − `probability`.

    All units, those with few trials too, say how units differ (`fit_beta_binomial`, unless a prior
    is given); those with fewer trials than `minimum` come last and unranked, in the same order.
    Equal bounds share a rank, and the next rank is left out (1, 1, 3).

    Bands: the first of the order leads band 1. Each next unit is in the band of the one before it
    while its upper bound is not below the lower bound of the band's leader; the first that is below
    leads the next band. Within a band an order is an accident; the leader of a later band is surely
    behind the leader of an earlier one.

    >>> [(row.k, row.n, row.rank, row.band) for row in rank([1, 960, 400], [1, 1000, 1000])]
    [(960, 1000, 1, 1), (400, 1000, 2, 2), (1, 1, None, None)]
    """
    k_, n_ = counts(k, n)
    if k_.ndim != 1:
        raise InvalidInput("须为一列 (one column is expected)", "k")
    if not 0.0 < probability < 0.5:
        raise InvalidInput("概率须在 0 与 0.5 之间 (between 0 and 0.5)", "probability")
    alpha, beta = checked_prior(prior) if prior is not None else fit_beta_binomial(k_, n_)
    mean = shrunk(k_, n_, (alpha, beta))
    low = beta_quantile(probability, alpha + k_, beta + n_ - k_)
    high = beta_quantile(1.0 - probability, alpha + k_, beta + n_ - k_)
    rows = [
        Row(at, int(k_[at]), int(n_[at]), float(mean[at]), float(low[at]), float(high[at]))
        for at in range(len(k_))
    ]
    rows.sort(key=lambda row: (-row.low, -row.mean, row.index))
    ranked = _placed([row for row in rows if row.n >= minimum])
    return (*ranked, *(row for row in rows if row.n < minimum))


def _placed(rows: list[Row]) -> list[Row]:
    placed: list[Row] = []
    band, place, leader, before = 0, 0, None, None
    for position, row in enumerate(rows, start=1):
        if before is None or row.low != before.low:
            place = position
        if leader is None or row.high < leader.low:
            band, leader = band + 1, row
        placed.append(replace(row, rank=place, band=band))
        before = row
    return placed
