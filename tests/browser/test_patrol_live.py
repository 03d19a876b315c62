"""Live patrols in a browser: the list agrees with the map, and somebody says that they know."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from grids.choices import Role
from grids.models import User
from patrols.choices import AlertKind
from patrols.models import Alert, AlertRule
from patrols.services.alerts import derive_alerts
from patrols.services.fixes import write_fixes
from tests.alerts import west_of
from tests.browser.conftest import Watched
from tests.browser.residents import FAULTS, NO_WEBGL, PHONE, forgive, on_phone
from tests.factories import District, make_post, make_user
from tests.loop import worker_channel
from tests.patrols import columns, make_shift

AWAY = re.compile("最近一次离网格 (299|300|301) 米")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def walked(ground: District, worker: User, point: tuple[float, float], *minutes: float) -> None:
    now = timezone.now()
    make_shift(worker, ground.place, now - timedelta(hours=1))
    times = [now - timedelta(minutes=at) for at in minutes]
    points = [(point[0] + 1e-6 * k, point[1]) for k in range(len(times))]
    write_fixes(columns(worker, times, points), now=now)


@pytest.fixture
def patrolled(ground: District) -> District:
    """One outside for a quarter of an hour, one silent for half an hour, one as it should be."""
    silent, fine = (make_user(name, ground.place) for name in ("王某", "李某"))
    make_post(silent, Role.WORKER, grid=ground.cell(1, 0))
    make_post(fine, Role.WORKER, grid=ground.cell(1, 1))
    walked(ground, ground.users["worker"], west_of(300), *range(15, -1, -1))
    walked(ground, silent, ground.centre(1, 0), 40, 30)
    walked(ground, fine, ground.centre(1, 1), 6)
    derive_alerts(ground.now, now=timezone.now())
    AlertRule.objects.filter(kind=AlertKind.LATE_START).update(is_active=False)
    derive_alerts(ground.now, now=timezone.now())
    return ground


def opened(watched: Watched, viewer: User) -> Page:
    watched.sign_in(viewer)
    page = watched.open("/patrols/live/")
    expect(page.locator("#age")).to_contain_text("数据")
    return page


def rows(page: Page) -> Any:
    return page.locator("#alerts .row")


def test_a_row_leads_to_the_mark_and_the_mark_to_the_row(
    patrolled: District, watched: Watched
) -> None:
    page = opened(watched, patrolled.users["subdistrict"])
    expect(rows(page)).to_have_count(2)
    expect(page.locator("#count-people")).to_have_text("有定位 2")
    row = rows(page).filter(has_text="离开网格")
    row.click()
    expect(page.locator("#alerts .chosen")).to_contain_text(AWAY)
    watched.settle()
    page.wait_for_timeout(800)
    row.click()
    expect(page.locator("#alerts .chosen")).to_have_count(0)
    # The mark is in the middle of the map now.
    box = page.locator("#map canvas").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator("#alerts .chosen")).to_contain_text("网格员甲")
    page.locator("#by-kind").select_option("no_signal")
    expect(rows(page)).to_have_count(1)
    expect(rows(page)).to_contain_text("王某")
    page.locator("#by-kind").select_option("late_start")
    expect(page.locator("#alerts")).to_have_text("这个范围里没有未结束的提醒。")


def test_somebody_says_that_they_know_by_the_keyboard(
    patrolled: District, watched: Watched
) -> None:
    page = opened(watched, patrolled.users["grid_head"])
    expect(rows(page)).to_have_count(1)
    rows(page).press("Enter")
    expect(rows(page)).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Tab")
    page.keyboard.type("已电话联系，去社区办事")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#alerts .chosen")).to_contain_text("知悉：已电话联系，去社区办事")
    alert = Alert.objects.get(kind=AlertKind.OUT_OF_GRID)
    assert alert.acknowledged_by == patrolled.users["grid_head"]
    page.locator("#count-people").click()
    expect(page.locator("#people .row")).to_have_count(1)
    # The same person is chosen in both lists.
    expect(page.locator("#people .chosen")).to_contain_text("精度 6 米")
    day = page.locator("#people .chosen a")
    assert "/patrols/day/?worker=" in str(day.get_attribute("href"))


def test_what_is_shown_says_how_old_it_is_when_the_network_is_away(
    patrolled: District, watched: Watched
) -> None:
    page = opened(watched, patrolled.users["centre"])
    watched.page.context.set_offline(True)
    expect(page.locator("#age")).to_contain_text("没有网络，显示的是")
    expect(page.locator("#bad-news")).to_contain_text("没有网络")
    expect(rows(page)).to_have_count(2)
    watched.page.context.set_offline(False)
    expect(page.locator("#age")).to_contain_text("秒前")
    expect(page.locator("#age")).not_to_have_class("age bad")
    forgive(watched, "ERR_INTERNET_DISCONNECTED", "Failed to fetch")


@pytest.mark.parametrize("watched", [PHONE], indirect=True)
def test_on_a_phone_the_map_stays_above_its_rows(patrolled: District, watched: Watched) -> None:
    page = opened(watched, patrolled.users["centre"])
    expect(rows(page)).to_have_count(2)
    assert page.evaluate(FAULTS) == []
    rows(page).first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#alerts textarea")).to_be_visible()
    assert page.evaluate(FAULTS) == []
    expect(page.locator("#map")).to_be_in_viewport()


def test_without_webgl_the_list_serves(patrolled: District, watched: Watched) -> None:
    watched.page.add_init_script(NO_WEBGL)
    page = opened(watched, patrolled.users["centre"])
    expect(page.locator("#map")).to_contain_text("WebGL 2")
    rows(page).first.click()
    expect(page.locator("#alerts textarea")).to_be_visible()


def test_the_replay_shows_the_alerts_of_the_day(patrolled: District, watched: Watched) -> None:
    watched.sign_in(patrolled.users["centre"])
    page = watched.open(f"/patrols/day/?worker={patrolled.users['worker'].username}")
    expect(page.locator("#alerts button")).to_have_count(1)
    expect(page.locator("#alerts")).to_contain_text("离开网格")
    expect(page.locator("#spans i")).to_have_count(1)
    late = page.locator("#clock").inner_text()
    page.locator("#alerts button").click()
    expect(page.locator("#clock")).not_to_have_text(late)


@on_phone
def test_the_phone_says_once_that_one_is_outside(patrolled: District, watched: Watched) -> None:
    worker_channel()
    lon, lat = west_of(300)
    here: Any = {"longitude": lon, "latitude": lat, "accuracy": 9}
    watched.page.context.set_geolocation(here)
    watched.sign_in(patrolled.users["worker"])
    watched.page.goto(f"{watched.base}/patrol/")
    page = watched.page
    expect(page.locator("#about")).to_contain_text("系统收到的定位")
    expect(page.locator("#about")).to_contain_text(AWAY)
    page.locator("#handle").click()
    expect(page.locator("#grid-sub")).to_contain_text("已离开本网格")
    expect(page.locator("#fix-said")).to_have_text("")
    watched.settle()
    assert page.locator("body").inner_text().count("已离开本网格") == 1


def test_the_replay_of_nobody_is_a_map_alone(patrolled: District, watched: Watched) -> None:
    watched.sign_in(patrolled.users["leader"])
    page = watched.open("/patrols/day/")
    expect(page.locator("#people")).to_contain_text("您没有负责的网格员")
    expect(page.locator("#play")).to_be_hidden()
    expect(page.locator("#find")).to_be_hidden()
