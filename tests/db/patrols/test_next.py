"""Where to look next: on one's own ground only, within the time, explained, and kept nowhere."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.contrib.gis.geos import Point
from django.db import connection
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from gis.ledger.models import AuditEvent
from grids.models import User
from incidents.models import Incident
from patrols.models import Fix
from patrols.selectors.spots import due_of
from patrols.services.fixes import write_fixes
from patrols.services.recorded import move_on
from tests.factories import CELL, SOUTH, WEST, District
from tests.patrols import columns, make_shift
from tests.spots import make_spot, make_type, make_visit

For = Callable[[User], APIClient]
PATH = "/api/v1/patrols/next"
LON, LAT = WEST + CELL / 2, SOUTH + CELL / 2
HERE: dict[str, Any] = {"lon": LON, "lat": LAT, "datum": "wgs84"}


@pytest.fixture
def on_duty(district: District, settings: Settings) -> District:
    settings.LANGUAGE_CODE = "zh-hans"
    make_shift(district.users["worker"], district.place, timezone.now() - timedelta(hours=1))
    return district


def ask(district: District, api_for: For, **more: Any) -> Any:
    return api_for(district.users["worker"]).get(PATH, {**HERE, **more})


def make_near(district: District, lon: float, lat: float, at: datetime, number: int) -> None:
    Incident.objects.create(
        number=f"20261124-{number:06}", place=district.place, received_at=at, kind="livelihood",
        position=Point(lon, lat, srid=4326), grid=district.cell(0, 0), occurred_at=at,
    )  # fmt: skip


def test_a_place_that_is_due_stale_and_reported_about_comes_with_its_reasons(
    on_duty: District, api_for: For
) -> None:
    now, worker = timezone.now(), on_duty.users["worker"]
    lon, lat = HERE["lon"] + 0.002, HERE["lat"]
    spot = make_spot(make_type(on_duty, every_days=3), (lon, lat))
    make_visit(spot, worker, now - timedelta(days=8))
    move_on()
    for number, (east_m, days) in enumerate([(50, 3), (150, 20), (190, 29), (260, 3), (60, 40)]):
        make_near(on_duty, lon + east_m / 90_200, lat, now - timedelta(days=days), number)
    told = ask(on_duty, api_for, minutes=60).json()
    [stop] = [one for one in told["stops"] if one["kind"] == "spot"]
    late = round((now - due_of(spot, now).due_at) / timedelta(days=1))
    assert late in {4, 5}
    assert (stop["spot"], stop["title"], stop["late_days"]) == (spot.pk, spot.name, late)
    assert (stop["days"], stop["near"]) == (8, 3)
    assert stop["why"] == ["8 天没有记录", "附近 30 天有 3 件诉求", f"走访点逾期 {late} 天"]
    assert stop["parts"]["due"] == pytest.approx((1 + late) / 15, abs=1e-3)
    assert stop["parts"]["risk"] == pytest.approx(3 / 5)
    # The ground around it was never recorded, and is the same place.
    assert stop["parts"]["stale"] > 8 / 14
    numbers = told["numbers"]
    assert stop["value"] == pytest.approx(
        sum(numbers[name] * stop["parts"][name] for name in ("stale", "due", "risk")), abs=0.1
    )
    assert stop["away_m"] == pytest.approx(180, abs=2)
    assert told["note"].startswith("建议，不是命令")


def test_the_walk_keeps_to_the_time_and_to_ones_own_ground(on_duty: District, api_for: For) -> None:
    mine = on_duty.cell(0, 0)
    # Not on the worker's ground, however long overdue.
    make_spot(make_type(on_duty), on_duty.centre(1, 0))
    for minutes in (5, 20, 45, 120):
        told = ask(on_duty, api_for, minutes=minutes).json()
        stops = told["stops"]
        assert 0 < len(stops) <= 5 or (not stops and told["nothing"])
        clock, x, y = 0.0, HERE["lon"], HERE["lat"]
        for stop in stops:
            assert stop["grid"] == mine.code
            assert mine.geometry.buffer(5e-4).contains(Point(stop["lon"], stop["lat"]))
            metres = float(np.hypot((stop["lon"] - x) * 90_130, (stop["lat"] - y) * 110_960))
            assert stop["walk_minutes"] == pytest.approx(metres * 1.3 / (4000 / 60), abs=0.15)
            clock += stop["walk_minutes"]
            assert stop["arrive_minutes"] == pytest.approx(clock, abs=0.3)
            clock += stop["stay_minutes"]
            x, y = stop["lon"], stop["lat"]
        assert told["used_minutes"] == pytest.approx(clock, abs=0.6)
        assert told["used_minutes"] <= minutes
    assert len(stops) == 5
    assert all(one["why"][0].endswith("没有记录") for one in stops)


def test_ground_that_was_just_recorded_is_not_suggested(on_duty: District, api_for: For) -> None:
    """A walk over the whole grid, to and fro."""
    worker, now = on_duty.users["worker"], timezone.now()
    lines = np.arange(-4e-4, CELL + 8e-4, 4e-4)
    across = np.arange(0, CELL, 2e-4)
    points = [
        (WEST + (x if k % 2 == 0 else CELL - x), SOUTH + y)
        for k, y in enumerate(lines)
        for x in across
    ]
    began = now - timedelta(seconds=2 * len(points))
    worker.shifts.update(started_at=began - timedelta(hours=1))
    times = [began + timedelta(seconds=2 * k) for k in range(len(points))]
    write_fixes(columns(worker, times, points), now=now, sender=worker)
    move_on()
    told = ask(on_duty, api_for, minutes=480).json()
    assert told["stops"] == []
    assert told["nothing"] == "本网格近 3 天都有记录，也没有到期的点。"


def test_nothing_is_kept_of_the_question(on_duty: District, api_for: For) -> None:
    def rows() -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM patrols_liveposition")
            live = int(cursor.fetchone()[0])
        return [live, AuditEvent.objects.count(), Fix.objects.count()]

    before = rows()
    assert ask(on_duty, api_for).status_code == 200
    assert rows() == before


def test_who_may_ask_and_what(district: District, api_for: For) -> None:
    assert ask(district, api_for).status_code == 409
    make_shift(district.users["worker"], district.place, timezone.now() - timedelta(hours=1))
    assert api_for(district.users["centre"]).get(PATH, HERE).status_code == 403
    for wrong, field in (
        ({"minutes": "4"}, "minutes"),
        ({"minutes": "soon"}, "minutes"),
        ({"lon": "here"}, "lon"),
        ({"lon": "10"}, "lon"),
        ({"datum": "mars"}, "datum"),
        ({"worker": "somebody"}, "worker"),
    ):
        answer = ask(district, api_for, **wrong)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["field"] == field


def test_it_speaks_english_as_well(on_duty: District, api_for: For) -> None:
    client = api_for(on_duty.users["worker"])
    told = client.get(PATH, HERE, headers={"accept-language": "en"}).json()
    assert told["note"].startswith("A suggestion, not an order")
    assert "not recorded" in told["stops"][0]["why"][0]
