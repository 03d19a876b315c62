"""Reads: what was seen, and who is on duty."""

from patrols.selectors.coverage import (
    CoverageRow,
    SeenRaster,
    coverage_rows,
    day_of,
    seen_raster,
)
from patrols.selectors.duty import on_duty
from patrols.selectors.ground import degrees_of
from patrols.selectors.periods import coverage_of
from patrols.selectors.recorded import CELL_M, complete_until, days_since, recorded_of
from patrols.selectors.staleness import (
    CLASS_NAMES,
    StaleShares,
    cut_edition,
    stale_class,
    stale_shares,
)

__all__ = [
    "CELL_M",
    "CLASS_NAMES",
    "CoverageRow",
    "SeenRaster",
    "StaleShares",
    "complete_until",
    "coverage_of",
    "coverage_rows",
    "cut_edition",
    "day_of",
    "days_since",
    "degrees_of",
    "on_duty",
    "recorded_of",
    "seen_raster",
    "stale_class",
    "stale_shares",
]
