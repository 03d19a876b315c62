"""The desk's week and its figures of the moment: reads of who is on duty and what is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q

from grids.choices import Role
from grids.models import Edition, Post, Unit, User
from incidents.models import DutyShift, Handover, Supervision
from incidents.questions import cases_asked, read_question

__all__ = ["Day", "figures_of", "handovers_of", "people_of", "read_week", "week_of"]

MOST_SHOWN = 20
_ON_DUTY = (Role.ADMIN, Role.CENTRE, Role.SUBDISTRICT, Role.COMMUNITY, Role.HANDLER)


@dataclass(frozen=True, slots=True)
class Day:
    """A local day and who is on duty during it."""

    day: date
    shifts: list[DutyShift]


def read_week(text: str, today: date) -> date:
    """The Monday of an ISO week such as `2026-W48`; of this week for anything else."""
    try:
        return (
            date.fromisocalendar(int(text[:4]), int(text[6:]), 1)
            if text[4:6] == "-W"
            else _of(today)
        )
    except ValueError:
        return _of(today)


def _of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def week_of(unit: Unit, monday: date, zone: ZoneInfo) -> list[Day]:
    """Seven days; a shift over midnight stands on the day it begins."""
    begins = datetime.combine(monday, time(), zone)
    rows = (
        DutyShift.objects.filter(
            unit=unit,
            during__startswith__gte=begins,
            during__startswith__lt=begins + timedelta(days=7),
        )
        .select_related("user")
        .order_by("during", "pk")
    )
    by_day: dict[date, list[DutyShift]] = {}
    for row in rows:
        by_day.setdefault(row.during.lower.astimezone(zone).date(), []).append(row)
    days = [monday + timedelta(days=k) for k in range(7)]
    return [Day(day, by_day.get(day, [])) for day in days]


def people_of(unit: Unit, now: datetime) -> list[User]:
    """Who may be on duty for a unit: those who hold a post at it, or at the region it serves."""
    held = Q(unit=unit)
    if unit.region_code:
        held |= Q(region__code=unit.region_code)
    posts = Post.objects.at(now).filter(
        held, role__in=_ON_DUTY, user__place=unit.place_id, user__is_active=True
    )
    return list(User.objects.filter(pk__in=posts.values("user")).order_by("full_name", "username"))


def handovers_of(unit: Unit) -> list[Handover]:
    """The latest handovers of a desk."""
    rows = Handover.objects.filter(unit=unit).select_related("from_user", "to_user")
    return list(rows[:MOST_SHOWN])


def figures_of(user: Any, edition: Edition, now: datetime) -> dict[str, int]:
    """What is open at this moment for `user`: all, overdue, due today, and under supervision."""
    zone = ZoneInfo(edition.place.time_zone)

    def asked(**more: str) -> Any:
        question = read_question({"state": "open", **more}, zone, now)
        return cases_asked(user, edition, question).order_by()

    waiting = Supervision.objects.filter(replied_at__isnull=True).values("incident")
    return {
        "open": asked().count(),
        "overdue": asked(due="overdue").count(),
        "today": asked(due="today").count(),
        "supervised": asked().filter(pk__in=waiting).count(),
    }
