"""Ticking off places on the phone: offline too, once each, and with a reason from elsewhere."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from patrols.models import Spot, Visit
from tests.browser.conftest import Watched
from tests.browser.residents import ENGLISH, PHONE, forgive
from tests.browser.test_patrol import again, kept
from tests.factories import District
from tests.loop import worker_channel
from tests.spots import make_spot, make_type

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def standing(ground: District, watched: Watched, name: str) -> tuple[Page, Spot]:
    """The phone of the worker of cell (0, 0), in the middle of it, where a spot is."""
    worker_channel()
    spot = make_spot(make_type(ground), ground.centre(0, 0), name)
    lon, lat = ground.centre(0, 0)
    here: Any = {"longitude": lon, "latitude": lat, "accuracy": 9}
    watched.page.context.set_geolocation(here)
    watched.sign_in(ground.users["worker"])
    watched.page.goto(f"{watched.base}/patrol/")
    expect(watched.page.locator("#spots .act")).to_have_count(1)
    watched.settle()
    return watched.page, spot


@pytest.mark.parametrize("watched", [PHONE], indirect=True)
def test_a_place_is_ticked_off_offline_and_once(ground: District, watched: Watched) -> None:
    page, spot = standing(ground, watched, "一号配电房")
    expect(page.locator("#spots")).to_contain_text("未记录")
    kept(page)
    watched.page.context.set_offline(True)
    page.locator("#handle").click()
    page.locator("#spots .act").click()
    expect(page.locator("#spot-title")).to_have_text("一号配电房")
    expect(page.locator("#spot")).to_contain_text("还没有走访记录")
    page.locator("#spot").get_by_role("button", name="签到").click()
    expect(page.locator("#spots")).to_contain_text("已签到，等待发送")
    expect(page.locator("#waiting")).to_have_text("待发 1")
    page.close()
    page = again(watched.page.context, watched.base)
    assert not Visit.objects.exists()
    watched.page.context.set_offline(False)
    expect(page.locator("#waiting")).to_have_text("待发 0")
    expect(page.locator("#spots")).to_have_text("今天没有到期的。")
    visit = Visit.objects.get()
    assert (visit.spot, visit.worker, visit.is_here) == (spot, ground.users["worker"], True)
    forgive(watched, "ERR_INTERNET_DISCONNECTED", "Failed to fetch")


@pytest.mark.parametrize("watched", [ENGLISH], indirect=True)
def test_from_elsewhere_a_reason_is_asked(ground: District, watched: Watched) -> None:
    page, _ = standing(ground, watched, "一号配电房")
    lon, lat = ground.centre(0, 0)
    there: Any = {"longitude": lon + 0.002, "latitude": lat, "accuracy": 9}
    watched.page.context.set_geolocation(there)
    page.locator("#handle").click()
    expect(page.locator("#spots")).to_contain_text("180 m")
    page.locator("#spots .act").click()
    tick = page.locator("#spot").get_by_role("button", name="Tick off")
    tick.click()
    expect(page.get_by_role("alert")).to_contain_text("say why")
    page.locator("#spot-note").fill("门锁着，隔栏查看")
    tick.click()
    # Not before the service was asked anew: what waits is not due either.
    expect(page.locator("#spots")).to_have_text("Nothing is due today.")
    visit = Visit.objects.get()
    assert (visit.is_here, visit.note) == (False, "门锁着，隔栏查看")
