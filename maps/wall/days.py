"""How many cases came on each of the days around a moment: the time slider over the weeks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate

from grids.models import Edition
from grids.querysets import Viewer
from incidents.questions import CaseQuestion, cases_asked
from maps.wall.moment import Moment

__all__ = ["DAYS", "Days", "days_around"]

DAYS = 42


@dataclass(frozen=True, slots=True)
class Days:
    """`counts` from `first` on, one a day; the nearest days with cases outside of them, if any."""

    first: date
    counts: list[int]
    earlier: date | None
    later: date | None


def days_around(user: Viewer, edition: Edition, moment: Moment, now: datetime) -> Days:
    """Count six weeks that end with the week of `moment`, but not beyond today."""
    zone = moment.zone
    today = now.astimezone(zone).date()
    last = min(moment.day + timedelta(days=6 - moment.day.weekday()), today)
    last = max(last, moment.day)
    first = last - timedelta(days=DAYS - 1)
    since, until = (_midnight(day, moment) for day in (first, last + timedelta(days=1)))
    rows = cases_asked(user, edition, CaseQuestion(until=now)).order_by()
    found = (
        rows.filter(received_at__gte=since, received_at__lt=until)
        .annotate(day=TruncDate("received_at", tzinfo=zone))
        .values("day")
        .annotate(n=Count("pk"))
    )
    counts = {row["day"]: row["n"] for row in found}
    return Days(
        first=first,
        counts=[counts.get(first + timedelta(days=k), 0) for k in range(DAYS)],
        earlier=_day_of(rows.filter(received_at__lt=since).order_by("-received_at"), moment),
        later=_day_of(rows.filter(received_at__gte=until).order_by("received_at"), moment),
    )


def _midnight(day: date, moment: Moment) -> datetime:
    return datetime.combine(day, time(), moment.zone)


def _day_of(rows: QuerySet[Any], moment: Moment) -> date | None:
    at = rows.values_list("received_at", flat=True).first()
    return at.astimezone(moment.zone).date() if at is not None else None
