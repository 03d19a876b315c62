"""The weeks and months that a briefing tells of, in the place's own time zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from gis.kernel.errors import InvalidInput

_WRITTEN = re.compile(r"(?P<year>[0-9]{4})-(?:W(?P<week>[0-9]{2})|(?P<month>[0-9]{2}))")


class Span(StrEnum):
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True)
class Period:
    """Whole local days from `first` up to, and without, `after`."""

    span: Span
    first: date
    after: date
    zone: ZoneInfo

    @property
    def code(self) -> str:
        """`2022-W44` (ISO 8601) or `2022-11`."""
        if self.span is Span.MONTH:
            return f"{self.first:%Y-%m}"
        year, week, _ = self.first.isocalendar()
        return f"{year}-W{week:02d}"

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=i) for i in range((self.after - self.first).days)]

    @property
    def starts_at(self) -> datetime:
        return datetime.combine(self.first, time(), self.zone)

    @property
    def ends_at(self) -> datetime:
        """The first instant that no longer belongs to it."""
        return datetime.combine(self.after, time(), self.zone)

    def before(self) -> Period:
        """The week or month that came just before."""
        if self.span is Span.WEEK:
            first = self.first - timedelta(days=7)
        else:
            first = (self.first - timedelta(days=1)).replace(day=1)
        return Period(self.span, first, self.first, self.zone)


def parse_period(text: str, zone: str) -> Period:
    """Read `2022-W44` or `2022-11`. Raises `InvalidInput` for anything else."""
    written = _WRITTEN.fullmatch(text)
    wrong = InvalidInput(f"{text!r} 应为 2022-W44 或 2022-11 (an ISO week or a month)", "period")
    if written is None:
        raise wrong
    year, week, month = written["year"], written["week"], written["month"]
    try:
        if week:
            first = date.fromisocalendar(int(year), int(week), 1)
            after, span = first + timedelta(days=7), Span.WEEK
        else:
            first = date(int(year), int(month), 1)
            after, span = (first + timedelta(days=31)).replace(day=1), Span.MONTH
        first - timedelta(days=31)  # the period before must be in the calendar too
    except (ValueError, OverflowError):
        raise wrong from None
    return Period(span, first, after, ZoneInfo(zone))
