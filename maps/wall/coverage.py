"""What patrols have seen up to a moment: the figures, the table and the layer from one reading."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from grids.choices import RegionLevel
from grids.models import Edition, Grid, Region
from maps.wall.moment import Moment
from patrols.selectors import CoverageRow, coverage_rows, on_duty
from patrols.selectors.periods import check_remains, error_between

__all__ = ["WINDOWS", "Covered", "SubdistrictCover", "covered_at"]

WITHIN_M = 30
WINDOWS = {"2h": timedelta(hours=2), "day": None}


@dataclass(frozen=True, slots=True)
class SubdistrictCover:
    """Grids of a subdistrict, and in how many of them a position was recorded."""

    code: str
    name: str
    grids: int
    seen: int


@dataclass(frozen=True, slots=True)
class Covered:
    """Coverage from `since` until `until`: share of the ground within `WITHIN_M` of a track.

    A grid is seen when a position was recorded in it. `rows` hold every grid, in order of code.
    `error_m` is told where tracks were kept instead of all positions.
    """

    since: datetime
    until: datetime
    rows: list[CoverageRow]
    subdistricts: list[SubdistrictCover]
    seen: int
    on_duty: int
    error_m: float | None


def covered_at(edition: Edition, moment: Moment, window: str) -> Covered:
    """The coverage of `edition` in the window (of `WINDOWS`) that ends at `moment`.

    It never reaches back beyond the midnight before: a day's patrols are its own. Raises `Gone`
    for a day whose tracks were deleted.
    """
    span = WINDOWS[window]
    since = moment.day_from if span is None else max(moment.at - span, moment.day_from)
    check_remains(edition.place, (since, moment.at))
    rows = coverage_rows(edition, since=since, until=moment.at, within_m=WITHIN_M)
    return Covered(
        since=since,
        until=moment.at,
        rows=rows,
        subdistricts=_by_subdistrict(edition, rows),
        seen=sum(row.fixes > 0 for row in rows),
        on_duty=on_duty(edition.place, moment.at),
        error_m=error_between(since, moment.at),
    )


def _by_subdistrict(edition: Edition, rows: list[CoverageRow]) -> list[SubdistrictCover]:
    top = RegionLevel.SUBDISTRICT
    held = Grid.objects.of(edition).values_list(
        "code", "region__level", "region__code", "region__parent__code"
    )
    above = {code: own if level == top else parent for code, level, own, parent in held}
    seen = {row.grid_code for row in rows if row.fixes > 0}
    regions = Region.objects.of(edition).filter(level=top).order_by("code").defer("geometry")
    return [
        SubdistrictCover(
            code=region.code,
            name=region.name,
            grids=sum(code == region.code for code in above.values()),
            seen=sum(above.get(grid) == region.code for grid in seen),
        )
        for region in regions
    ]
