"""The replay of a day names those whose track the viewer may see, and tells oneself who looked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from grids.models import User
from patrols.selectors.looks import looks_at
from patrols.services.fixes import write_fixes
from patrols.services.looking import look_at_positions
from tests.factories import District
from tests.patrols import columns, make_shift

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
DAY = "2026-11-24"


@pytest.fixture
def on_duty(district: District) -> District:
    make_shift(
        district.users["worker"], district.place, NOW - timedelta(hours=3), NOW - timedelta(hours=1)
    )
    return district


def page(viewer: User, **query: str) -> str:
    client = Client()
    client.force_login(viewer)
    return client.get("/patrols/day/", {"date": DAY, **query}).content.decode()


@pytest.mark.parametrize(
    ("role", "seen"),
    [("centre", True), ("subdistrict", True), ("community", True), ("grid_head", True),
     ("worker", True), ("leader", False), ("planner", False), ("handler", False)],
)  # fmt: skip
def test_only_those_who_answer_find_the_worker(on_duty: District, role: str, seen: bool) -> None:
    told = page(on_duty.users[role])
    assert (f'data-worker="{on_duty.users["worker"].username}"' in told) is seen
    assert ("09:00–11:00" in told) is seen
    assert ("没有负责的网格员" in told) is not seen


def test_the_page_takes_the_language(on_duty: District) -> None:
    client = Client(headers={"accept-language": "en"})
    client.force_login(on_duty.users["centre"])
    told = client.get("/patrols/day/", {"date": DAY}).content.decode()
    assert "Patrol replay" in told
    assert "09:00–11:00" in told


def test_a_worker_sees_who_looked(on_duty: District) -> None:
    worker, centre = on_duty.users["worker"], on_duty.users["centre"]
    assert "谁看过我的位置" not in page(worker)
    for viewer in (centre, worker):
        client = Client()
        client.force_login(viewer)
        asked = {"worker": worker.username, "date": DAY}
        assert client.get("/api/v1/patrols/tracks", asked).status_code == 200
    [look] = looks_at(worker)
    assert (look.by, str(look.day)) == (centre, DAY)
    look_at_positions(place=on_duty.place, by=centre, now=NOW)
    assert len(looks_at(worker)) == 1, "nobody was seen"
    point = [on_duty.centre(0, 0)]
    make_shift(worker, on_duty.place, NOW - timedelta(minutes=5))
    write_fixes(columns(worker, NOW, point), now=NOW)
    look_at_positions(place=on_duty.place, by=centre, now=NOW)
    assert [look.day is None for look in looks_at(worker)] == [False, True]
    told = page(worker)
    assert "谁看过我的位置" in told
    assert str(centre) in told
    assert "谁看过我的位置" not in page(centre)


def test_who_watches_is_told_once_an_hour(on_duty: District) -> None:
    worker, centre = on_duty.users["worker"], on_duty.users["centre"]
    make_shift(worker, on_duty.place, NOW - timedelta(minutes=5))
    write_fixes(columns(worker, NOW, [on_duty.centre(0, 0)]), now=NOW)
    for minutes in (0, 1, 2, 5):
        look_at_positions(place=on_duty.place, by=centre, now=NOW + timedelta(minutes=minutes))
    look_at_positions(place=on_duty.place, by=on_duty.users["grid_head"], now=NOW)
    [last, first] = looks_at(worker)
    assert (last.by, last.at) == (centre, NOW + timedelta(minutes=5))
    assert first.by == on_duty.users["grid_head"]


def test_a_day_that_is_none_is_told(on_duty: District) -> None:
    told = page(on_duty.users["centre"], date="2026-02-30")
    assert "<code>date</code>" in told
