"""Reads: what was seen, and who is on duty."""

from patrols.selectors.coverage import (
    CoverageRow,
    SeenRaster,
    coverage_rows,
    day_of,
    seen_raster,
)
from patrols.selectors.duty import on_duty
from patrols.selectors.periods import coverage_of

__all__ = [
    "CoverageRow",
    "SeenRaster",
    "coverage_of",
    "coverage_rows",
    "day_of",
    "on_duty",
    "seen_raster",
]
