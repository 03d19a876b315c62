"""Coverage on the wall: its figures equal the table that they open."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from rest_framework.test import APIClient

from grids.choices import Role
from grids.models import User
from patrols.simulation import releasing
from patrols.simulation.releasing import simulate_patrols
from tests.factories import District, make_post, make_user

ApiFor = Callable[[User], APIClient]
COVERAGE = "/api/v1/wall/coverage"
DAY = date(2026, 3, 4)
AT = datetime(2026, 3, 4, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def patrolled(district: District) -> District:
    releasing._kept.clear()
    for number, grid in enumerate(sorted(district.grids.values(), key=lambda grid: grid.code)):
        if number % 3 and not grid.posts.filter(role=Role.WORKER).exists():
            make_post(make_user(f"w{number}", district.place), Role.WORKER, grid=grid)
    simulate_patrols(district.place, day=DAY, until=AT + timedelta(hours=1))
    return district


@pytest.mark.parametrize("window", ["2h", "day"])
def test_the_figures_equal_the_table(patrolled: District, api_for: ApiFor, window: str) -> None:
    centre = patrolled.users["centre"]
    asked = {"at": AT.isoformat(), "window": window}
    told = api_for(centre).get(COVERAGE, asked).json()
    assert 0 < told["seen"] < told["total"] == 12
    assert told["on_duty"] > 0
    assert sum(one["seen"] for one in told["subdistricts"]) == told["seen"]
    assert sum(one["grids"] for one in told["subdistricts"]) == told["total"]
    assert sum(one["fixes"] > 0 for one in told["grids"]) == told["seen"]
    assert all(0 <= one["share"] <= 1 for one in told["grids"])
    assert told["image"]

    client = Client()
    client.force_login(centre)
    page = client.get("/coverage/", asked).content.decode()
    total = re.search(r'<b id="total">(\d+)</b>', page)
    assert total
    assert int(total[1]) == told["seen"]
    for one in told["subdistricts"]:
        part = client.get("/coverage/", {**asked, "region": one["code"]}).content.decode()
        assert re.search(rf'<b id="total">{one["seen"]}</b> / {one["grids"]}\b', part)


def test_a_window_never_reaches_into_the_day_before(patrolled: District, api_for: ApiFor) -> None:
    api = api_for(patrolled.users["centre"])
    early = AT.replace(hour=1, minute=0)
    told = api.get(COVERAGE, {"at": early.isoformat()}).json()
    assert told["since"] == early.replace(hour=0).isoformat()


def test_nothing_recorded_is_said_as_nothing(district: District, api_for: ApiFor) -> None:
    told = api_for(district.users["leader"]).get(COVERAGE, {"at": "2022-11-02"}).json()
    assert (told["seen"], told["on_duty"], told["grids"]) == (0, 0, [])


@pytest.mark.parametrize("path", [COVERAGE, "/coverage/"])
def test_a_bad_question_is_refused(district: District, path: str) -> None:
    client = Client()
    client.force_login(district.users["centre"])
    assert client.get(path, {"window": "week"}).status_code == 400
    assert client.get(path, {"at": "noon"}).status_code == 400
    assert client.get(path, {"bandwidth": "1"}).status_code == 400
