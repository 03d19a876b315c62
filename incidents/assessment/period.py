"""The period that is assessed: as it was asked for, else the last month with closed cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Max

from gis.api.problems import refuse
from grids.models import Place
from grids.querysets import Viewer
from incidents.selectors import cases_for

__all__ = ["Period", "month_of", "period_asked", "week_of"]

# A longer span is a mistake, and would make everybody wait.
_MOST = timedelta(days=3 * 366)


@dataclass(frozen=True, slots=True)
class Period:
    """From (included) until (not included)."""

    since: datetime
    until: datetime


def week_of(day: date, zone: ZoneInfo) -> Period:
    """The week of a local day, from its Monday."""
    monday = day - timedelta(days=day.weekday())
    return Period(_midnight(monday, zone), _midnight(monday + timedelta(days=7), zone))


def month_of(day: date, zone: ZoneInfo) -> Period:
    """The month of a local day."""
    first = day.replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    return Period(_midnight(first, zone), _midnight(after, zone))


def period_asked(
    asked: Mapping[str, datetime], user: Viewer, place: Place, *, now: datetime
) -> Period:
    """From `from` to `to`; a missing end is that of the month of the other one, and without both it
    is the last month in which a case was closed. Raises `Refused` when they are out of order.
    """
    zone = ZoneInfo(place.time_zone)
    since, until = asked.get("from"), asked.get("to")
    if since is None and until is None:
        return month_of(last_day(user, place, now=now), zone)
    if until is None and since is not None:
        until = max(month_of(since.astimezone(zone).date(), zone).until, since)
    if since is None and until is not None:
        before = until - timedelta(microseconds=1)
        since = month_of(before.astimezone(zone).date(), zone).since
    if since is None or until is None or since >= until:
        raise refuse("to", "out_of_order", "须晚于 from。", "Must be after from.")
    if until - since > _MOST:
        raise refuse("to", "too_long", "最多三年。", "At most three years.")
    return Period(since, until)


def last_day(user: Viewer, place: Place, *, now: datetime) -> date:
    """The local day on which the last case was closed, today where none was."""
    rows = cases_for(user).filter(place=place, closed_at__lte=now)
    last: datetime = rows.aggregate(at=Max("closed_at"))["at"] or now
    return last.astimezone(ZoneInfo(place.time_zone)).date()


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
