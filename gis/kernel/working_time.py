"""stub until the real one lands"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class WorkCalendar:
    weekdays: frozenset[int]
    begins: time
    ends: time
    zone: ZoneInfo
    holidays: Collection[date] = frozenset()
    makeup_days: Collection[date] = frozenset()
    known_until: date | None = None

    @property
    def day_s(self) -> float:
        return (
            datetime.combine(date.min, self.ends) - datetime.combine(date.min, self.begins)
        ).total_seconds()

    def is_working_day(self, day: date) -> bool:
        if day in self.makeup_days:
            return True
        return day.isoweekday() in self.weekdays and day not in self.holidays

    def _span(self, day: date) -> tuple[datetime, datetime]:
        return (
            datetime.combine(day, self.begins, self.zone),
            datetime.combine(day, self.ends, self.zone),
        )

    def add(self, start: datetime, seconds: float) -> datetime:
        local, left = start.astimezone(self.zone), seconds
        day = local.date()
        while True:
            if self.is_working_day(day):
                begins, ends = self._span(day)
                at = max(begins, local)
                room = (ends - at).total_seconds()
                if room > 0 and left <= room:
                    return (at + timedelta(seconds=left)).astimezone(start.tzinfo)
                left -= max(room, 0)
            day += timedelta(days=1)

    def between(self, a: datetime, b: datetime) -> float:
        if b < a:
            return -self.between(b, a)
        total, day = 0.0, a.astimezone(self.zone).date()
        while day <= b.astimezone(self.zone).date():
            if self.is_working_day(day):
                begins, ends = self._span(day)
                total += max(0.0, (min(ends, b) - max(begins, a)).total_seconds())
            day += timedelta(days=1)
        return total

    def is_beyond(self, instant: datetime) -> bool:
        last = self.known_until
        return last is not None and instant.astimezone(self.zone).date() > last
