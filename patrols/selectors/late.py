"""Whose shift was due and has not begun, as far as we were told."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from grids.choices import PostKind, Role
from grids.models import Leave, Place, Post
from patrols.choices import Closing
from patrols.models import AlertRule, DutyHours, Shift
from patrols.selectors.coverage import day_of
from patrols.selectors.signs import Found, Sign
from patrols.selectors.workdays import is_worked

__all__ = ["late"]


def late(place: Place, rule: AlertRule, now: datetime) -> Found:
    """Who was due `rule.minutes` ago today and has had no shift today, until the hours are over.

    Due are the principal workers of grids, on a working day, at the hours of their community, else
    subdistrict, else place. Deputies, part-timers and covers have no hours of their own; who is on
    leave has none. A night shift of today is a shift of today.
    """
    begun = _begun_today(place, now)
    found = Found(over=dict.fromkeys(begun, Closing.STARTED))
    for worker, (due_at, ends_at) in _due(place, now).items():
        if worker in begun:
            continue
        if now >= ends_at:
            found.over[worker] = Closing.HOURS_OVER
        elif now >= due_at + timedelta(minutes=rule.minutes):
            facts = {"due_at": due_at.isoformat(), "minutes": rule.minutes}
            found.signs[worker] = Sign(worker=worker, at=now, facts=facts)
    return found


def _begun_today(place: Place, now: datetime) -> set[int]:
    midnight = day_of(place, now.astimezone(ZoneInfo(place.time_zone)).date())[0]
    on = Shift.objects.of(place).filter(started_at__lte=now)
    there = on.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=midnight))
    return set(there.values_list("worker", flat=True))


def _due(place: Place, now: datetime) -> dict[int, tuple[datetime, datetime]]:
    """When each worker who is due today is, and until when; the earliest of several posts."""
    zone = ZoneInfo(place.time_zone)
    today = now.astimezone(zone).date()
    if not is_worked(place, today):
        return {}
    hours = {
        code: (datetime.combine(today, begins, zone), datetime.combine(today, ends, zone))
        for code, begins, ends in DutyHours.objects.filter(place=place).values_list(
            "region_code", "begins", "ends"
        )
    }
    posts = Post.objects.at(now).filter(
        user__place=place, user__is_active=True, role=Role.WORKER, kind=PostKind.PRINCIPAL
    )
    away = Leave.objects.filter(during__contains=now).values("user")
    rows = posts.exclude(user__in=away).values_list(
        "user", "during", "grid__region__code", "grid__region__parent__code"
    )
    due: dict[int, tuple[datetime, datetime]] = {}
    for worker, during, community, subdistrict in rows:
        mine = hours.get(community) or hours.get(subdistrict) or hours.get("")
        # Who has the post since this noon was not due this morning.
        if mine and (during.lower is None or during.lower <= mine[0]):
            due[worker] = min(mine, due.get(worker, mine))
    return due
