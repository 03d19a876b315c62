"""The working clock of a place: how much working time lies between two instants.

A time limit of "5 working hours" runs while the office is open: on the weekdays named, not on
holidays, and on the days that are worked to make up for them. A working day begins and ends by the
clock on the wall, so its length is what really passes, a change of the clocks included.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from gis.kernel.errors import InvalidInput

__all__ = ["WorkCalendar"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)
# Dates beyond what is asked that are laid out with it, so that few questions find it too short.
_MARGIN = timedelta(days=400)
_FIRST, _LAST = date(1900, 1, 1), date(2200, 12, 31)


@dataclass(frozen=True, slots=True)
class _Span:
    """The working days of some dates: when each opens and closes, and what was worked before it.

    Microseconds, since 1970 or of working time. Working time is counted from some day within, so
    that of earlier days is negative and stays what it is when the span grows.
    """

    first: date
    after: date
    first_us: int
    after_us: int
    opens: list[int]
    closes: list[int]
    before: list[int]
    total: int


class WorkCalendar:
    """Working time by weekdays, hours, holidays and make-up days; instants are aware datetimes.

    Exact to the microsecond. May be shared by threads.

    >>> shanghai = ZoneInfo("Asia/Shanghai")
    >>> work = WorkCalendar(
    ...     frozenset({1, 2, 3, 4, 5}), time(9), time(17), shanghai,
    ...     holidays={date(2026, 10, 1): "国庆节", date(2026, 10, 2): "国庆节"},
    ...     makeup_days=frozenset({date(2026, 10, 10)}),
    ... )
    >>> late = datetime(2026, 9, 30, 16, tzinfo=shanghai)
    >>> work.add(late, 2 * 3600.0).isoformat()
    '2026-10-05T10:00:00+08:00'
    >>> work.between(late, datetime(2026, 10, 5, 10, tzinfo=shanghai))
    7200.0
    """

    def __init__(
        self,
        weekdays: frozenset[int],
        begins: time,
        ends: time,
        zone: ZoneInfo,
        holidays: Collection[date] = frozenset(),
        makeup_days: Collection[date] = frozenset(),
        known_from: date | None = None,
        known_until: date | None = None,
    ) -> None:
        """Take weekdays from 1 (Monday) to 7, and the wall-clock hours of a working day.

        `ends` 00:00 is the midnight after. `holidays` may be a mapping from dates to names.
        `known_from` and `known_until` are the first and the last date that the table of holidays
        covers; plain weekdays count beyond them.
        """
        if not weekdays or not weekdays <= set(range(1, 8)):
            raise InvalidInput("工作日须为 1（周一）至 7 (from 1, Monday, to 7)", "weekdays")
        if begins.tzinfo or ends.tzinfo or not (begins < ends or ends == time(0)):
            raise InvalidInput("上班须早于下班 (must begin before it ends)", "begins")
        self.weekdays, self.begins, self.ends, self.zone = weekdays, begins, ends, zone
        self.holidays, self.makeup_days = frozenset(holidays), frozenset(makeup_days)
        if both := self.holidays & self.makeup_days:
            raise InvalidInput(f"{min(both)} 既是假日又是补班日 (is both)", "makeup_days")
        self.known_from, self.known_until = known_from, known_until
        day = min(max(known_until or date(2026, 1, 1), _FIRST), _LAST)
        start = self._at_us(day, time(0))
        self._span = _Span(day, day, start, start, [], [], [], 0)

    def is_working_day(self, day: date) -> bool:
        """Tell whether a date is worked."""
        if day in self.makeup_days:
            return True
        return day.isoweekday() in self.weekdays and day not in self.holidays

    def day_s(self, day: date) -> float:
        """Return the working seconds of a date: 0 when it is not worked."""
        if not self.is_working_day(day):
            return 0.0
        opens, closes = self._hours_us(day)
        return max(0, closes - opens) / 1e6

    def is_beyond(self, instant: datetime) -> bool:
        """Tell whether the table of holidays does not cover the date of an instant."""
        _since_epoch_us(instant)
        day = instant.astimezone(self.zone).date()
        late = self.known_until is not None and day > self.known_until
        return late or (self.known_from is not None and day < self.known_from)

    def add(self, start: datetime, seconds: float) -> datetime:
        """Return the instant when so much working time has passed, in the time zone of `start`.

        A start outside working time counts from the next opening, which is also the answer for no
        seconds. What is used up exactly at closing time ends then, not at the next opening.
        """
        if not 0.0 <= seconds < float("inf"):
            raise InvalidInput("须为非负秒数 (seconds, 0 or more)", "seconds")
        at = _since_epoch_us(start)
        span = self._covering(at, at)
        passed, more = _passed(span, at), round(seconds * 1e6)
        if more == 0:
            return self._next_working(span, at, start)
        wanted = passed + more
        while wanted > span.total:
            span = self._grown_late(span)
        day = bisect_left(span.before, wanted) - 1
        return _instant(span.opens[day] + wanted - span.before[day], start)

    def between(self, a: datetime, b: datetime) -> float:
        """Return the working seconds from a to b, negative when b is before a."""
        from_us, to_us = _since_epoch_us(a), _since_epoch_us(b)
        span = self._covering(min(from_us, to_us), max(from_us, to_us))
        return (_passed(span, to_us) - _passed(span, from_us)) / 1e6

    def _next_working(self, span: _Span, at: int, start: datetime) -> datetime:
        day = bisect_right(span.opens, at) - 1
        if day >= 0 and at <= span.closes[day]:
            return start
        while span.opens[-1:] <= [at]:
            span = self._grown_late(span)
        return _instant(span.opens[bisect_right(span.opens, at)], start)

    def _covering(self, low_us: int, high_us: int) -> _Span:
        span = self._span
        if span.first_us <= low_us and high_us < span.after_us:
            return span
        low = (_EPOCH + timedelta(microseconds=low_us)).date()
        high = (_EPOCH + timedelta(microseconds=high_us)).date()
        if low <= _FIRST or high >= _LAST:
            raise InvalidInput(f"须在 {_FIRST} 与 {_LAST} 之间 (between these)", "instant")
        first, after = max(_FIRST, low - _MARGIN), min(_LAST, high + _MARGIN)
        return self._grown(span, min(first, span.first), max(after, span.after))

    def _grown_late(self, span: _Span) -> _Span:
        if span.after >= _LAST:
            raise InvalidInput(f"{_LAST} 之前没有足够的工作时间 (not enough time)", "seconds")
        more = max(_MARGIN, span.after - span.first)
        return self._grown(span, span.first, min(_LAST, span.after + more))

    def _grown(self, span: _Span, first: date, after: date) -> _Span:
        """Return the span with the working days from `first` to before `after`, and keep it.

        The span in use is never changed, only replaced: another thread may be reading it.
        """
        early, late = self._laid_out(first, span.first), self._laid_out(span.after, after)
        counted = (span.before[0] if span.before else 0) - sum(c - o for o, c in early)
        opens = [o for o, _ in early] + span.opens + [o for o, _ in late]
        closes = [c for _, c in early] + span.closes + [c for _, c in late]
        before = []
        for opened, closed in zip(opens, closes, strict=True):
            before.append(counted)
            counted += closed - opened
        ends = self._at_us(first, time(0)), self._at_us(after, time(0))
        self._span = _Span(first, after, *ends, opens, closes, before, counted)
        return self._span

    def _laid_out(self, first: date, after: date) -> list[tuple[int, int]]:
        days = (first + n * _DAY for n in range((after - first).days))
        hours = [self._hours_us(day) for day in days if self.is_working_day(day)]
        # The change to summer time can swallow a short day.
        return [(opens, closes) for opens, closes in hours if opens < closes]

    def _hours_us(self, day: date) -> tuple[int, int]:
        last = day + _DAY if self.ends == time(0) else day
        return self._at_us(day, self.begins), self._at_us(last, self.ends)

    def _at_us(self, day: date, clock: time) -> int:
        return _since_epoch_us(datetime.combine(day, clock, self.zone))


def _passed(span: _Span, at: int) -> int:
    """Return the working time of the span up to an instant within it."""
    day = bisect_right(span.opens, at) - 1
    if day < 0:
        return span.before[0] if span.before else span.total
    closes = span.closes[day]
    return span.before[day] + (at if at < closes else closes) - span.opens[day]


def _since_epoch_us(instant: datetime) -> int:
    if instant.tzinfo is None:
        raise InvalidInput("时刻须带时区 (an instant needs a time zone)", "instant")
    since = instant - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _instant(at_us: int, like: datetime) -> datetime:
    return (_EPOCH + timedelta(microseconds=at_us)).astimezone(like.tzinfo)
