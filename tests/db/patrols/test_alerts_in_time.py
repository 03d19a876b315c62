"""Silence on shift, and shifts that were due: from when, for whom, and until when."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest

from grids.choices import PostKind, Role
from grids.models import Leave, Post, User
from incidents.choices import DayKind
from incidents.models import Holiday
from patrols.choices import AlertKind, Closing
from patrols.models import Alert, AlertRule, DutyHours
from patrols.services.shifts import end_shift, start_shift
from tests.alerts import BEGAN, INSIDE, NOW, ago, derive, only, opened, walk
from tests.factories import BEGAN as LONG_AGO
from tests.factories import District, make_leave, make_post, make_user
from tests.patrols import make_shift

SILENT, LATE = AlertKind.NO_SIGNAL, AlertKind.LATE_START
ZERO = (0.0, 0.0)
# 08:30 and its fifteen minutes at Laoshan.
DUE = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)
SOON, TOO_LATE = DUE + timedelta(minutes=14.9), DUE + timedelta(minutes=15)


@pytest.fixture
def worker(district: District) -> User:
    only(SILENT, district)
    return district.users["worker"]


@pytest.fixture
def due(district: District) -> User:
    only(LATE, district)
    return district.users["worker"]


@pytest.mark.parametrize(("last", "alerts"), [(20, 1), (19.9, 0)])
def test_silence_counts_from_the_last_fix(
    district: District, worker: User, last: float, alerts: int
) -> None:
    make_shift(worker, district.place, BEGAN)
    walk(worker, [(60, INSIDE), (last, INSIDE)])
    assert derive(district) == (alerts, 0)
    if alerts:
        [alert] = opened(SILENT)
        facts = alert.facts
        assert facts["since"] == facts["last_fix_at"] == ago(20).isoformat()
        assert alert.point.coords == pytest.approx((INSIDE[0], INSIDE[1]), abs=1e-5)


@pytest.mark.parametrize(("minutes", "alerts"), [(20, 1), (19, 0)])
def test_without_any_fix_it_counts_from_the_start(
    district: District, worker: User, minutes: float, alerts: int
) -> None:
    make_shift(worker, district.place, ago(minutes))
    assert derive(district) == (alerts, 0)
    if alerts:
        [alert] = opened(SILENT)
        assert alert.point is None
        assert alert.facts["last_fix_at"] is None
        assert alert.facts["since"] == ago(20).isoformat()


def test_a_start_that_was_told_late_counts_from_when_it_was_told(
    district: District, worker: User
) -> None:
    shift = make_shift(worker, district.place, ago(120))
    shift.start_received_at = ago(5)
    shift.save()
    assert derive(district) == (0, 0)
    assert derive(district, NOW + timedelta(minutes=15)) == (1, 0)


def test_a_marked_fix_is_a_sign_of_life_and_no_place(district: District, worker: User) -> None:
    make_shift(worker, district.place, BEGAN)
    walk(worker, [(40, INSIDE)])
    walk(worker, [(25, ZERO)])
    assert derive(district, ago(6)) == (0, 0)
    assert derive(district) == (1, 0)
    [alert] = opened(SILENT)
    assert alert.facts["last_fix_at"] == ago(25).isoformat()
    assert alert.point.x == pytest.approx(INSIDE[0], abs=1e-5)


def test_it_is_over_when_something_is_heard(district: District, worker: User) -> None:
    make_shift(worker, district.place, BEGAN)
    walk(worker, [(90, INSIDE)])
    assert derive(district, ago(60)) == (1, 0)
    assert derive(district, ago(30)) == (0, 0)
    assert opened(SILENT)[0].last_at == ago(30)
    walk(worker, [(50, INSIDE), (1, INSIDE)])
    assert derive(district) == (0, 1)
    assert Alert.objects.get().closing == Closing.HEARD


def test_what_an_offline_phone_sends_later_only_moves_the_time(
    district: District, worker: User
) -> None:
    make_shift(worker, district.place, BEGAN)
    assert derive(district, ago(60)) == (1, 0)
    walk(worker, [(50, INSIDE)])
    assert derive(district) == (0, 0)
    [alert] = opened(SILENT)
    assert alert.facts["last_fix_at"] == ago(50).isoformat()


def test_off_shift_nothing_is_missed(district: District, worker: User) -> None:
    make_shift(worker, district.place, ago(150), ago(1))
    assert derive(district) == (0, 0)


def test_the_next_shift_begins_anew(district: District, worker: User) -> None:
    shift = make_shift(worker, district.place, BEGAN)
    assert derive(district, ago(60)) == (1, 0)
    end_shift(shift=shift, ended_at=ago(40), now=ago(40))
    assert not opened(SILENT)
    start_shift(worker=worker, device="phone", started_at=ago(30), now=ago(30))
    assert derive(district, ago(11)) == (0, 0)
    assert derive(district, ago(10)) == (1, 0)


@pytest.mark.parametrize(("at", "alerts"), [(SOON, 0), (TOO_LATE, 1)])
def test_fifteen_minutes_after_the_hour(
    district: District, due: User, at: datetime, alerts: int
) -> None:
    assert derive(district, at) == (alerts, 0)
    if alerts:
        [alert] = opened(LATE)
        assert (alert.worker, alert.grid, alert.point) == (due, district.cell(0, 0), None)
        assert datetime.fromisoformat(alert.facts["due_at"]) == DUE


@pytest.mark.parametrize(
    ("began", "ended", "alerts"),
    [
        (DUE - timedelta(hours=1), None, 0),
        (DUE - timedelta(hours=8), DUE - timedelta(hours=3), 0),
        (DUE - timedelta(hours=12), DUE - timedelta(hours=9), 1),
    ],
    ids=["on shift", "a night shift of today", "a shift of yesterday"],
)
def test_a_shift_of_today_is_a_start(
    district: District, due: User, began: datetime, ended: datetime | None, alerts: int
) -> None:
    make_shift(due, district.place, began, ended)
    assert derive(district, TOO_LATE) == (alerts, 0)


def test_it_is_over_in_the_transaction_of_the_start(district: District, due: User) -> None:
    assert derive(district, TOO_LATE) == (1, 0)
    start_shift(worker=due, device="phone", started_at=NOW, now=NOW)
    alert = Alert.objects.get()
    assert (alert.closed_at, alert.closing) == (NOW, Closing.STARTED)
    assert derive(district) == (0, 0)


def test_it_is_over_when_the_hours_are(district: District, due: User) -> None:
    assert derive(district, TOO_LATE) == (1, 0)
    evening = DUE + timedelta(hours=9)
    assert derive(district, evening - timedelta(minutes=1)) == (0, 0)
    assert derive(district, evening) == (0, 1)
    assert Alert.objects.get().closing == Closing.HOURS_OVER
    assert derive(district, evening + timedelta(hours=1)) == (0, 0)


def test_one_of_yesterday_is_not_carried_over(district: District, due: User) -> None:
    assert derive(district, TOO_LATE) == (1, 0)
    assert derive(district, TOO_LATE + timedelta(days=1)) == (0, 1)
    assert Alert.objects.get().closing == Closing.HOURS_OVER
    assert derive(district, TOO_LATE + timedelta(days=1, minutes=1)) == (1, 0)


def leave(district: District, worker: User) -> None:
    make_leave(worker, DUE - timedelta(days=1), DUE + timedelta(days=1))


def holiday(district: District, worker: User) -> None:
    Holiday.objects.create(place=district.place, day=date(2026, 11, 24), kind=DayKind.HOLIDAY)


def deputy(district: District, worker: User) -> None:
    Post.objects.filter(user=worker).update(kind=PostKind.DEPUTY)


def newcomer(district: District, worker: User) -> None:
    post = Post.objects.get(user=worker)
    post.during = type(post.during)(DUE + timedelta(minutes=5), None)
    post.save()


def gone(district: District, worker: User) -> None:
    User.objects.filter(pk=worker.pk).update(is_active=False)


@pytest.mark.parametrize("why", [leave, holiday, deputy, newcomer, gone])
def test_who_is_not_due(
    district: District, due: User, why: Callable[[District, User], None]
) -> None:
    why(district, due)
    assert derive(district, TOO_LATE) == (0, 0)


def test_leave_that_is_entered_later_takes_the_alert_along(district: District, due: User) -> None:
    assert derive(district, TOO_LATE) == (1, 0)
    leave(district, due)
    assert Leave.objects.exists()
    assert derive(district) == (0, 1)
    assert Alert.objects.get().closing == Closing.LAPSED


def test_a_weekend_is_off_unless_it_is_worked(district: District, due: User) -> None:
    saturday = TOO_LATE + timedelta(days=4)
    assert derive(district, saturday) == (0, 0)
    Holiday.objects.create(place=district.place, day=date(2026, 11, 28), kind=DayKind.MAKE_UP)
    assert derive(district, saturday) == (1, 0)


def test_the_hours_of_the_nearest_region_hold(district: District, due: User) -> None:
    place = district.place
    assert DutyHours.objects.get(place=place).region_code == "", "the default is written down"
    DutyHours.objects.create(
        place=place, region_code=place.code + "001", begins=time(9), ends=time(18)
    )
    assert derive(district, TOO_LATE) == (0, 0)
    assert derive(district, TOO_LATE + timedelta(minutes=30)) == (1, 0)
    DutyHours.objects.create(
        place=place, region_code=place.code + "001001", begins=time(14), ends=time(20)
    )
    assert derive(district, TOO_LATE + timedelta(minutes=31)) == (0, 1)


def test_of_several_posts_the_earliest_is_due(district: District, due: User) -> None:
    code = district.place.code + "002001"
    DutyHours.objects.create(
        place=district.place, region_code=code, begins=time(7, 30), ends=time(16)
    )
    make_post(due, Role.WORKER, grid=district.cell(3, 2), since=LONG_AGO)
    assert derive(district, TOO_LATE - timedelta(hours=1)) == (1, 0)


def test_each_worker_has_their_own(district: District, due: User) -> None:
    other = make_user("other", district.place)
    make_post(other, Role.WORKER, grid=district.cell(1, 0))
    AlertRule.objects.update(is_active=True)
    make_shift(other, district.place, ago(100))
    assert derive(district) == (2, 0)
    assert {(one.worker, one.kind) for one in Alert.objects.all()} == {
        (due, LATE),
        (other, SILENT),
    }
