"""On the phone: how long my ground was not recorded, and where to look next; offline too."""

from __future__ import annotations

import io
from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, expect

from patrols.services.recorded import move_on
from tests.browser.conftest import Watched
from tests.browser.residents import ENGLISH, NO_WEBGL, PHONE, forgive
from tests.browser.test_patrol import again, kept
from tests.factories import District
from tests.loop import worker_channel
from tests.patrols import make_shift
from tests.spots import make_spot, make_type, make_visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
on_phone = pytest.mark.parametrize("watched", [PHONE], indirect=True)


def standing(ground: District, watched: Watched) -> Page:
    """The phone of the worker of cell (0, 0), in the middle of it, with an overdue spot near by."""
    worker_channel()
    lon, lat = ground.centre(0, 0)
    spot = make_spot(make_type(ground, every_days=3), (lon + 0.001, lat), "一号配电房")
    make_visit(spot, ground.users["worker"], timezone.now() - timedelta(days=9))
    move_on()
    watched.page.context.set_geolocation({"longitude": lon, "latitude": lat, "accuracy": 9})
    watched.sign_in(ground.users["worker"])
    watched.page.goto(f"{watched.base}/patrol/")
    expect(watched.page.locator("#stale-mine")).to_contain_text("%")
    return watched.page


def hatched(page: Page) -> int:
    """How many pixels of the map are as dark as the lines of the pattern."""
    shot = Image.open(io.BytesIO(page.screenshot())).convert("L")
    # The upper part: below lies the sheet.
    return int((np.asarray(shot)[200 : shot.height // 2] < 70).sum())


@on_phone
def test_my_ground_is_told_and_drawn_and_kept(ground: District, watched: Watched) -> None:
    page = standing(ground, watched)
    watched.settle()
    expect(page.locator("#stale-mine")).to_contain_text("本网格：")
    expect(page.locator("#stale-mine")).to_contain_text("没有记录")
    expect(page.locator("#stale-around li")).to_have_count(3)
    expect(page.locator("#stale-legend")).to_be_hidden()
    before = hatched(page)
    page.locator("#stale-go").click()
    expect(page.locator("#stale-legend")).to_contain_text("几天前有记录 · 数据到")
    expect(page.locator("#stale-legend span")).to_have_count(5)
    for _ in range(60):
        if hatched(page) > before + 5000:
            break
        page.wait_for_timeout(250)
    assert hatched(page) > before + 5000
    kept(page)
    watched.page.context.set_offline(True)
    page.close()
    page = again(watched.page.context, watched.base)
    expect(page.locator("#stale-mine")).to_contain_text("本网格：")
    expect(page.locator("#stale-legend")).to_contain_text("数据到")
    forgive(watched, "ERR_INTERNET_DISCONNECTED", "Failed to fetch")


@on_phone
def test_a_suggestion_is_explained_and_says_when_it_is_old(
    ground: District, watched: Watched
) -> None:
    page = standing(ground, watched)
    page.locator("#handle").click()
    expect(page.locator("#next-said")).to_have_text("上岗后才给建议。")
    page.locator("#shift-go").click()
    expect(page.locator("#waiting")).to_have_text("待发 0")
    expect(page.locator("#shift-said")).to_contain_text("在岗")
    page.get_by_role("button", name="60 分钟").click()
    expect(page.locator("#next-said")).to_contain_text("分钟内，约用")
    first = page.locator("#next-list li").filter(has_text="一号配电房")
    expect(first).to_contain_text("天没有记录；走访点逾期")
    expect(first).to_contain_text("直线 90 米")
    expect(page.locator("#next-note")).to_contain_text("建议，不是命令")
    kept(page)
    watched.page.context.set_offline(True)
    page.close()
    page = again(watched.page.context, watched.base)
    page.locator("#handle").click()
    expect(page.locator("#next-said")).to_contain_text("离线：按")
    expect(page.locator("#next-list")).to_contain_text("一号配电房")
    page.get_by_role("button", name="30 分钟").click()
    expect(page.locator("#next-said")).to_have_text("没有网络，算不了新的建议。")
    forgive(watched, "ERR_INTERNET_DISCONNECTED", "Failed to fetch")


@pytest.mark.parametrize("watched", [ENGLISH], indirect=True)
def test_without_a_map_it_is_a_list(ground: District, watched: Watched) -> None:
    watched.page.add_init_script(NO_WEBGL)
    make_shift(ground.users["worker"], ground.place, timezone.now() - timedelta(hours=1))
    page = standing(ground, watched)
    expect(page.locator("#stale-go")).to_be_hidden()
    expect(page.locator("#stale-mine")).to_contain_text("My grid:")
    page.locator("#stale-more summary").click()
    expect(page.locator("#stale-around li").first).to_contain_text("not recorded")
