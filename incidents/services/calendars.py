"""How far the table of holidays reaches, and whether that is far enough."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Max

from grids.models import Place
from incidents.models import Clock, Holiday

__all__ = ["LEAST_AHEAD", "Reach", "reach_of"]

LEAST_AHEAD = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Reach:
    """The last day that the table knows (None without a table), and the latest deadline."""

    known_until: date | None
    latest_due: date | None
    today: date

    @property
    def is_short(self) -> bool:
        """Whether days are, or soon will be, counted as plain weekdays."""
        if self.known_until is None:
            return True
        due = self.latest_due is not None and self.known_until < self.latest_due
        return due or self.known_until < self.today + LEAST_AHEAD


def reach_of(place: Place, now: datetime) -> Reach:
    """How far the holidays of `place` reach. A table that knows a day of a year knows that year."""
    zone = ZoneInfo(place.time_zone)
    last = Holiday.objects.filter(place=place).aggregate(last=Max("day"))["last"]
    running = Clock.objects.filter(incident__place=place, ended_at=None, paused_at=None)
    due = running.aggregate(last=Max("due_at"))["last"]
    return Reach(
        known_until=date(last.year, 12, 31) if last else None,
        latest_due=due.astimezone(zone).date() if due else None,
        today=now.astimezone(zone).date(),
    )
