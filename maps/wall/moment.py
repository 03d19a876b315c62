"""The instant that a wall shows, and the local day around it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

__all__ = ["Moment"]


@dataclass(frozen=True, slots=True)
class Moment:
    """`at` is where the wall stands: now, or an instant that is looked back at.

    Days are those of the place: `day_from` is its midnight, and what was received at or after `at`
    is not there yet.
    """

    at: datetime
    zone: ZoneInfo
    is_now: bool

    @property
    def day(self) -> date:
        return self.at.astimezone(self.zone).date()

    @property
    def day_from(self) -> datetime:
        return self._midnight(self.day)

    @property
    def day_until(self) -> datetime:
        """The first instant of the next day."""
        return self._midnight(self.day + timedelta(days=1))

    def week_before(self) -> Moment:
        """The same wall-clock time a week earlier, whatever the clocks did in between."""
        local = self.at.astimezone(self.zone).replace(tzinfo=None) - timedelta(days=7)
        return Moment(local.replace(tzinfo=self.zone), self.zone, is_now=False)

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone)
