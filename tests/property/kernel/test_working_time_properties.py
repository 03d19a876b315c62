"""The working clock against a slow one that looks at every minute."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from gis.kernel.working_time import WorkCalendar

FIRST = date(2026, 1, 1)
DATES = st.integers(0, 364).map(lambda n: FIRST + timedelta(days=n))
INSTANTS = st.integers(0, 365 * 24 * 3600).map(
    lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=n)
)
# Whole microseconds, which is what an instant can hold.
SECONDS = st.integers(1, 40 * 8 * 3600 * 10**6).map(lambda us: us / 10**6)
ZONES = st.sampled_from(["Asia/Shanghai", "America/New_York", "Europe/London", "Australia/Sydney"])


@st.composite
def calendars(draw: st.DrawFn) -> WorkCalendar:
    begins = draw(st.integers(0, 22 * 60))
    ends = draw(st.integers(begins + 1, 24 * 60 - 1))
    holidays = draw(st.frozensets(DATES, max_size=20))
    return WorkCalendar(
        draw(st.frozensets(st.integers(1, 7), min_size=1)),
        time(*divmod(begins, 60)),
        time(*divmod(ends, 60)),
        ZoneInfo(draw(ZONES)),
        holidays,
        draw(st.frozensets(DATES, max_size=10)) - holidays,
    )


@given(calendars(), INSTANTS, SECONDS)
def test_adding_is_undone_by_measuring(work: WorkCalendar, start: datetime, s: float) -> None:
    assert work.between(start, work.add(start, s)) == s


@given(calendars(), INSTANTS, SECONDS, SECONDS)
def test_adding_twice_is_adding_the_sum(
    work: WorkCalendar, start: datetime, s: float, t: float
) -> None:
    assert work.add(work.add(start, s), t) == work.add(start, s + t)
    assert work.add(work.add(start, s), 0.0) == work.add(start, s)
    assert work.add(work.add(start, 0.0), t) == work.add(start, t)


@given(calendars(), INSTANTS, INSTANTS, SECONDS, SECONDS)
def test_later_and_longer_never_end_earlier(
    work: WorkCalendar, a: datetime, b: datetime, s: float, t: float
) -> None:
    (a, b), (s, t) = sorted((a, b)), sorted((s, t))
    assert work.add(a, s) <= work.add(b, s)
    assert work.add(a, s) <= work.add(a, t)
    assert work.between(a, b) >= 0.0
    assert work.between(b, a) == -work.between(a, b)


@settings(deadline=None, max_examples=60)
@given(calendars(), INSTANTS, st.integers(1, 4 * 24 * 60))
def test_a_clock_that_looks_at_every_minute_agrees(
    work: WorkCalendar, start: datetime, minutes: int
) -> None:
    start = start.replace(second=0)

    def open_at(instant: datetime) -> bool:
        there = instant.astimezone(work.zone)
        return work.is_working_day(there.date()) and work.begins <= there.time() < work.ends

    steps = [start + timedelta(minutes=n) for n in range(minutes)]
    end = start + timedelta(minutes=minutes)
    worked = sum(map(open_at, steps))
    assert abs(work.between(start, end) - 60.0 * worked) <= _doubt_s(work, start, end)


def _doubt_s(work: WorkCalendar, start: datetime, end: datetime) -> float:
    """Hours that begin or end while the clocks skip or repeat an hour may be read two ways."""
    day, doubt = start - timedelta(days=1), 0.0
    while day <= end + timedelta(days=1):
        before, after = (
            d.astimezone(work.zone).utcoffset() for d in (day, day + timedelta(days=1))
        )
        near = any(1 <= clock.hour < 4 for clock in (work.begins, work.ends))
        doubt += 3600.0 if before != after and near else 0.0
        day += timedelta(days=1)
    return doubt
