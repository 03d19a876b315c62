"""The simulated day: the same every time, each report once, whatever is killed or late."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from pytest_django import Settings

from gis.ledger.models import StreamEvent
from grids.models import Edition, Grid
from incidents.demo.ground import read_ground
from incidents.demo.profile import HistoryProfile, load_history
from incidents.models import Incident, Report
from incidents.services import intake
from incidents.simulation import releasing
from incidents.simulation.drawing import draw_day
from incidents.simulation.releasing import release, release_day
from tests.db.incidents.conftest import LAOSHAN
from tests.factories import District

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 3, 4)
MIDNIGHT = datetime(2026, 3, 4, tzinfo=ZONE)
END = MIDNIGHT + timedelta(days=1)


@pytest.fixture(autouse=True)
def _drawn_anew() -> None:
    releasing._kept.clear()


@pytest.fixture
def profile() -> HistoryProfile:
    """The patterns of the profile without the spots, which lie at Laoshan."""
    return replace(load_history(LAOSHAN), spots=(), fixed=())


def drawn(ground: District, profile: HistoryProfile, day: date) -> list[tuple[Any, ...]]:
    rows = draw_day(
        profile,
        read_ground(Edition.objects.get(pk=ground.now.pk)),
        day,
        kinds=dict.fromkeys(profile.words, "livelihood") | _kinds(),
        datums=dict.fromkeys(profile.ways, "wgs84"),
        zone=ZONE,
    )
    return [(row.received_at, row.category, row.description, row.lon, row.lat) for row in rows]


def _kinds() -> dict[str, str]:
    from incidents.models import Category

    return dict(Category.objects.values_list("code", "kind"))


def test_a_day_is_drawn_the_same_every_time(ground: District, profile: HistoryProfile) -> None:
    first, again = drawn(ground, profile, DAY), drawn(ground, profile, DAY)
    assert first == again
    assert 150 < len(first) < 320
    assert all(MIDNIGHT <= row[0] < END for row in first)
    assert first != drawn(ground, profile, DAY + timedelta(days=1))


def test_days_are_as_busy_as_those_of_the_history(
    ground: District, profile: HistoryProfile
) -> None:
    days = [DAY + timedelta(days=k) for k in range(14)]
    mean = sum(len(drawn(ground, profile, day)) for day in days) / len(days)
    assert 205 < mean < 245


def test_each_comes_once_in_however_many_steps(ground: District, profile: HistoryProfile) -> None:
    at = MIDNIGHT
    while at < END:
        release(ground.place, profile, now=at)
        release(ground.place, profile, now=at)
        at += timedelta(minutes=31)
    release(ground.place, profile, now=END + timedelta(minutes=1))
    in_steps = _kept_rows(DAY)
    assert len(in_steps) == len(drawn(ground, profile, DAY))
    assert len({row[0] for row in in_steps}) == len(in_steps)
    assert all(report.is_simulated for report in Report.objects.all())
    assert all(case.is_simulated for case in Incident.objects.all())


def _kept_rows(day: date) -> list[tuple[object, ...]]:
    rows = Report.objects.filter(external_id__startswith=f"sim-{day:%Y%m%d}-")
    columns = ("external_id", "description", "received_at", "incident__grid__code")
    return sorted(rows.values_list(*columns))


def test_filled_in_late_it_is_the_same_day(ground: District, profile: HistoryProfile) -> None:
    with transaction.atomic():
        release_day(ground.place, profile, day=DAY, now=END)
        at_once = _kept_rows(DAY)
        transaction.set_rollback(True)
    for hour in range(25):
        for minute in range(0, 60, 2):
            release_day(
                ground.place, profile, day=DAY, now=MIDNIGHT + timedelta(hours=hour, minutes=minute)
            )
    assert _kept_rows(DAY) == at_once


def test_what_comes_now_is_news_and_the_past_is_not(
    ground: District, profile: HistoryProfile
) -> None:
    filled = release_day(ground.place, profile, day=DAY, now=MIDNIGHT + timedelta(hours=12))
    assert filled > releasing.MOST_LIVE
    assert StreamEvent.objects.count() == 0
    came = release_day(
        ground.place, profile, day=DAY, now=MIDNIGHT + timedelta(hours=12, minutes=20)
    )
    assert 0 < came <= releasing.MOST_LIVE
    assert StreamEvent.objects.count() == came
    assert all(row.payload["simulated"] for row in StreamEvent.objects.all())


def test_a_step_that_fails_leaves_nothing(
    ground: District, profile: HistoryProfile, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object, **__: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as broken:
        broken.setattr(intake, "receive", killed)
        broken.setattr(releasing, "MOST_LIVE", 10**6)
        with pytest.raises(RuntimeError):
            release_day(ground.place, profile, day=DAY, now=END)
    assert Report.objects.count() == 0
    assert release_day(ground.place, profile, day=DAY, now=END) == len(drawn(ground, profile, DAY))


def test_the_command_is_for_demonstrations(ground: District, settings: Settings) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="演示"):
        call_command("simulate")


def test_the_command_fills_a_day_of_the_past(
    ground: District, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.DEMO = True
    ground.place.code = "370212"
    ground.place.save()
    Grid.objects.filter(edition=ground.now).update(people=300)
    call_command("simulate", day=DAY)
    assert "新增" in capsys.readouterr().out
    count = Report.objects.count()
    assert count > 150
    call_command("simulate", day=DAY)
    assert Report.objects.count() == count
    assert Report.objects.filter(received_at__gte=datetime.now(tz=UTC)).count() == 0
