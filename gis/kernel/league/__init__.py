"""Fair league tables: how good a unit surely is, so that one lucky case out of one leads nothing.

Shares (closed in time, satisfied) stand in a beta-binomial model, averages of scores in a normal
one; both learn from all units how much units differ, and draw each towards the whole by as much as
its own cases leave open. Units are ranked by a bound that they very likely exceed.
"""

from gis.kernel.league.averages import ShrunkMeans, shrunk_means
from gis.kernel.league.beta import beta_cdf, beta_quantile
from gis.kernel.league.shares import fit_beta_binomial, shrunk, wilson
from gis.kernel.league.table import Row, rank

__all__ = [
    "Row",
    "ShrunkMeans",
    "beta_cdf",
    "beta_quantile",
    "fit_beta_binomial",
    "rank",
    "shrunk",
    "shrunk_means",
    "wilson",
]
