"""The last days of each subdistrict, beside one another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from grids.models import Edition
from maps.coverage.table import Level, lines_of
from maps.wall.coverage import WITHIN_M
from patrols.selectors import coverage_of
from patrols.selectors.periods import Gone

__all__ = ["DAYS", "Trend", "trends_of"]

DAYS = 14


@dataclass(frozen=True, slots=True)
class Trend:
    """The shares (0-1) of a subdistrict by day, the oldest first; None where they were deleted."""

    code: str
    name: str
    days: list[tuple[date, float | None]]

    @property
    def mean(self) -> float | None:
        """Of the days with a record: what was not recorded says nothing of what was not seen."""
        told = [share for _, share in self.days if share]
        return sum(told) / len(told) if told else None


def trends_of(edition: Edition, last: date) -> list[Trend]:
    """The `DAYS` local days that end with `last`, of every subdistrict by code."""
    days = [last - timedelta(days=ago) for ago in range(DAYS - 1, -1, -1)]
    told = {day: _shares(edition, day) for day in days}
    names = {(line_code, name) for shares in told.values() if shares for line_code, name in shares}
    return [
        Trend(code, name, [(day, (told[day] or {}).get((code, name))) for day in days])
        for code, name in sorted(names)
        if code
    ]


def _shares(edition: Edition, day: date) -> dict[tuple[str, str], float] | None:
    try:
        rows = coverage_of(edition, day, within_m=WITHIN_M)
    except Gone:
        return None
    lines = lines_of(edition, rows, Level.SUBDISTRICT)
    return {(line.code, line.name): line.share for line in lines}
