"""The working clock: holidays, make-up days, closing time, and the ends of what it knows."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from gis.kernel.errors import InvalidInput
from gis.kernel.working_time import WorkCalendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")
WEEKDAYS = frozenset({1, 2, 3, 4, 5})
HOUR_S = 3600.0


def office() -> WorkCalendar:
    """National Day 2026: 1 to 7 October off, Saturday 10 October worked."""
    return WorkCalendar(
        WEEKDAYS,
        time(9),
        time(17),
        SHANGHAI,
        holidays={date(2026, 10, day): "国庆节" for day in range(1, 8)},
        makeup_days=frozenset({date(2026, 10, 10)}),
        known_from=date(2004, 1, 1),
        known_until=date(2026, 12, 31),
    )


def at(day: int, hour: int, minute: int = 0, month: int = 10) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        (at(12, 9), 5, at(12, 14)),
        (at(12, 9), 8, at(12, 17)),  # closing time is closing time
        (at(12, 17), 1, at(13, 10)),
        (at(12, 7), 1, at(12, 10)),
        (at(12, 22), 1, at(13, 10)),
        (at(30, 16, month=9), 2, at(8, 10)),  # over the holidays
        (at(9, 16), 2, at(10, 10)),  # into the make-up Saturday
        (at(10, 16), 2, at(12, 10)),  # over the Sunday after it
        (at(3, 12), 0, at(8, 9)),
        (at(12, 17), 0, at(12, 17)),
        (at(12, 17, 1), 0, at(13, 9)),
        (at(12, 12), 0, at(12, 12)),
        (at(12, 9), 15 * 8, at(30, 17)),
    ],
)
def test_working_time_passes_as_the_office_is_open(
    start: datetime, hours: float, end: datetime
) -> None:
    work = office()
    assert work.add(start, hours * HOUR_S) == end
    if hours:
        assert work.between(start, end) == hours * HOUR_S
        assert work.between(end, start) == -hours * HOUR_S


def test_the_zone_of_the_question_is_kept() -> None:
    asked = at(12, 9).astimezone(UTC)
    answer = office().add(asked, HOUR_S)
    assert answer.tzinfo is UTC
    assert answer == at(12, 10)


def test_days_have_their_length() -> None:
    work = office()
    assert work.day_s(date(2026, 10, 12)) == 8 * HOUR_S
    assert work.day_s(date(2026, 10, 11)) == 0.0
    assert work.day_s(date(2026, 10, 10)) == 8 * HOUR_S
    assert not work.is_working_day(date(2026, 10, 1))


def test_beyond_the_table_plain_weekdays_count_and_it_says_so() -> None:
    work = office()
    assert work.known_until == date(2026, 12, 31)
    assert not work.is_beyond(datetime(2026, 12, 31, 23, 59, tzinfo=SHANGHAI))
    assert work.is_beyond(datetime(2026, 12, 31, 16, 0, tzinfo=UTC))  # it is 2027 there
    assert work.is_beyond(datetime(2003, 12, 31, tzinfo=SHANGHAI))
    assert work.is_working_day(date(2027, 10, 1))
    monday = datetime(2031, 3, 3, 9, tzinfo=SHANGHAI)
    assert work.add(monday, 5 * 8 * HOUR_S) == monday + timedelta(days=4, hours=8)


def test_hours_until_midnight() -> None:
    work = WorkCalendar(frozenset(range(1, 8)), time(0), time(0), SHANGHAI)
    assert work.day_s(date(2026, 10, 1)) == 24 * HOUR_S
    start = at(1, 13, 30)
    assert work.add(start, 100 * HOUR_S) == start + timedelta(hours=100)
    assert work.between(start, at(5, 1)) == (at(5, 1) - start).total_seconds()


def test_a_day_on_which_the_clocks_change_has_its_true_length() -> None:
    work = WorkCalendar(frozenset({7}), time(0), time(12), NEW_YORK)
    assert work.day_s(date(2026, 3, 8)) == 11 * HOUR_S
    assert work.day_s(date(2026, 11, 1)) == 13 * HOUR_S
    short = WorkCalendar(frozenset({7}), time(2, 30), time(3), NEW_YORK)
    assert short.day_s(date(2026, 3, 8)) == 0.0
    saturday = datetime(2026, 3, 7, tzinfo=NEW_YORK)
    assert short.add(saturday, 60.0) == datetime(2026, 3, 15, 2, 31, tzinfo=NEW_YORK)


def test_years_back_and_ahead_do_not_change_what_was_counted() -> None:
    work = office()
    a, b = at(12, 9), at(14, 12)
    before = work.between(a, b)
    old = datetime(1987, 5, 4, 9, tzinfo=SHANGHAI)
    far = datetime(2150, 5, 4, 9, tzinfo=SHANGHAI)
    assert work.between(old, far) == work.between(old, a) + work.between(a, far)
    assert work.between(a, b) == before == 19 * HOUR_S


def test_what_cannot_be_is_refused() -> None:
    work = office()
    naive = datetime(2026, 10, 12, 9)  # noqa: DTZ001 - that is what is refused
    for ask in (
        lambda: work.add(naive, 1.0),
        lambda: work.between(at(12, 9), naive),
        lambda: work.is_beyond(naive),
        lambda: work.add(at(12, 9), -1.0),
        lambda: work.add(at(12, 9), float("nan")),
        lambda: work.add(at(12, 9), 1e12),
        lambda: work.between(datetime(1800, 1, 1, tzinfo=UTC), at(12, 9)),
        lambda: WorkCalendar(frozenset(), time(9), time(17), SHANGHAI),
        lambda: WorkCalendar(frozenset({0}), time(9), time(17), SHANGHAI),
        lambda: WorkCalendar(WEEKDAYS, time(17), time(9), SHANGHAI),
        lambda: WorkCalendar(WEEKDAYS, time(9, tzinfo=UTC), time(17), SHANGHAI),
        lambda: WorkCalendar(
            WEEKDAYS, time(9), time(17), SHANGHAI, {date(2026, 1, 1)}, {date(2026, 1, 1)}
        ),
    ):
        with pytest.raises(InvalidInput):
            ask()


def test_a_place_that_never_works_again_says_so() -> None:
    first = date(2026, 1, 1)
    never = frozenset(first + timedelta(days=n) for n in range(65_000))
    work = WorkCalendar(WEEKDAYS, time(9), time(17), SHANGHAI, never)
    for seconds in (0.0, 1.0):
        with pytest.raises(InvalidInput):
            work.add(datetime(2026, 6, 1, tzinfo=SHANGHAI), seconds)
