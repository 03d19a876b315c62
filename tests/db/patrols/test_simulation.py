"""The simulated day of patrols: each shift and position once, in however many steps."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from grids.choices import Role
from patrols.models import Alert, Fix, FixBatch, Shift, SimulatedDay
from patrols.selectors import coverage_rows, on_duty
from patrols.services.alerts import derive_alerts
from patrols.simulation import releasing, straying
from patrols.simulation.releasing import simulate_patrols
from tests.factories import District, make_post, make_user

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 3, 4)
MIDNIGHT = datetime(2026, 3, 4, tzinfo=ZONE)
END = MIDNIGHT + timedelta(days=1)


@pytest.fixture
def manned(district: District) -> District:
    """The district with a worker for every grid."""
    releasing._kept.clear()
    for number, grid in enumerate(sorted(district.grids.values(), key=lambda grid: grid.code)):
        if not grid.posts.filter(role=Role.WORKER).exists():
            worker = make_user(f"w{number}", district.place)
            make_post(worker, Role.WORKER, grid=grid)
    return district


def kept() -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    shifts = Shift.objects.order_by("worker", "started_at")
    fixes = Fix.objects.order_by("worker", "sequence")
    return (
        list(shifts.values_list("worker", "device", "started_at", "ended_at")),
        list(fixes.values_list("worker", "sequence", "at", "lon", "lat")),
    )


def test_in_steps_it_is_the_same_day_as_at_once(manned: District) -> None:
    at_once = simulate_patrols(manned.place, day=DAY, until=END)
    whole = kept()
    assert at_once == len(whole[1]) > 1500
    assert all(ended is not None for *_, ended in whole[0])
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM patrols_fix")
    Shift.objects.all().delete()
    SimulatedDay.objects.all().delete()

    at = MIDNIGHT
    while at <= END:
        simulate_patrols(manned.place, day=DAY, until=at)
        assert simulate_patrols(manned.place, day=DAY, until=at) == 0
        at += timedelta(minutes=47)
    simulate_patrols(manned.place, day=DAY, until=END)
    assert kept()[1] == whole[1]
    assert kept()[0] == whole[0]


def test_a_step_that_fails_is_done_again(manned: District, monkeypatch: pytest.MonkeyPatch) -> None:
    noon = MIDNIGHT + timedelta(hours=12)

    def killed(*_: object, **__: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as broken:
        broken.setattr(releasing, "write_fixes", killed)
        with pytest.raises(RuntimeError):
            simulate_patrols(manned.place, day=DAY, until=noon)
    assert Shift.objects.count() == Fix.objects.count() == SimulatedDay.objects.count() == 0
    assert simulate_patrols(manned.place, day=DAY, until=noon) == Fix.objects.count() > 500


def test_all_of_it_is_marked_and_counts(manned: District) -> None:
    morning = MIDNIGHT + timedelta(hours=10)
    simulate_patrols(manned.place, day=DAY, until=morning)
    assert all(shift.is_simulated for shift in Shift.objects.all())
    assert all(batch.is_simulated for batch in FixBatch.objects.all())
    open_now = Shift.objects.filter(ended_at__isnull=True).count()
    assert on_duty(manned.place, morning) == open_now > 5
    manned.now.place = manned.place
    rows = coverage_rows(manned.now, since=MIDNIGHT, until=morning)
    assert len(rows) == 12
    assert sum(row.fixes for row in rows) > 0.95 * Fix.objects.count()
    assert sum(row.share > 0.02 for row in rows) > 5


def test_a_simulated_day_brings_alerts_by_the_ordinary_way(
    manned: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(straying, "ERRAND", 0.4)
    monkeypatch.setattr(straying, "SILENT", 0.4)
    at = MIDNIGHT + timedelta(hours=7)
    while at <= MIDNIGHT + timedelta(hours=18):
        simulate_patrols(manned.place, day=DAY, until=at)
        derive_alerts(manned.now, now=at)
        at += timedelta(minutes=5)
    assert not Alert.objects.open().exists()
    closings = Alert.objects.values_list("kind", "closing")
    assert {kind for kind, _ in closings} >= {"out_of_grid", "no_signal"}
    assert {why for _, why in closings} >= {"back", "heard"}
