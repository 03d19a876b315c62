"""A report arrives once and whole, whatever the network and the reader do."""

from datetime import date

import pytest
from playwright.sync_api import Route, expect
from psycopg.types.range import Range

from gis.ledger.models import Attachment
from incidents.models import Category, Report
from tests.browser.conftest import Watched
from tests.browser.residents import (
    a_photo,
    forgive,
    number_of,
    on_phone,
    opened,
    to_the_end,
)
from tests.factories import District

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@on_phone
def test_offline_it_is_kept_and_goes_out_when_the_network_is_back(
    ground: District, watched: Watched
) -> None:
    page = opened(watched)
    to_the_end(page)
    page.goto(f"{watched.base}/report/#photo")
    watched.page.context.set_offline(True)
    a_photo(page)
    expect(page.locator("#photos li")).to_contain_text("有网后上传")
    expect(page.locator("#network")).to_contain_text("没有网络")
    page.evaluate("location.hash = 'send'")
    page.get_by_role("button", name="发送").click()
    expect(page.locator("#outcome")).to_contain_text("没有网络，已存好")
    assert not Report.objects.exists()
    watched.page.context.set_offline(False)
    number_of(page)
    assert Report.objects.get().photos.count() == 1
    forgive(watched, "ERR_INTERNET_DISCONNECTED", "Unanswered")


@on_phone
def test_a_lost_answer_does_not_make_a_second_report(ground: District, watched: Watched) -> None:
    page = opened(watched)
    to_the_end(page)
    lost: list[str] = []

    def lose(route: Route) -> None:
        lost.append(route.fetch().json()["number"])
        route.abort()

    page.route("**/api/v1/reports", lose)
    page.get_by_role("button", name="发送").click()
    expect(page.locator("#outcome")).to_contain_text("还没有收到回答")
    assert Report.objects.count() == 1
    page.reload()
    expect(page.locator("#outcome")).to_contain_text("还没有收到回答")
    assert len(set(lost)) == 1
    page.unroute("**/api/v1/reports")
    page.get_by_role("button", name="重试").click()
    assert number_of(page) == lost[0]
    assert Report.objects.count() == 1
    forgive(watched, "ERR_FAILED")


@on_phone
def test_a_double_tap_is_one_report(ground: District, watched: Watched) -> None:
    page = opened(watched)
    to_the_end(page)
    page.locator("#go").evaluate("e => { e.click(); e.click(); e.click() }")
    number_of(page)
    assert Report.objects.count() == 1
    page.get_by_role("button", name="再报一件").click()
    to_the_end(page)
    page.get_by_role("button", name="发送").click()
    number_of(page)
    assert Report.objects.count() == 2


@on_phone
def test_what_the_service_refuses_is_told_at_its_field(ground: District, watched: Watched) -> None:
    page = opened(watched)
    to_the_end(page)
    page.get_by_label("电话").fill("打我")
    page.get_by_role("button", name="发送").click()
    expect(page.locator("#phone-wrong")).to_contain_text("应为 5–20 位数字")
    expect(page.get_by_label("电话")).to_be_focused()
    expect(page.get_by_label("电话")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("电话").fill("13987654321")
    Category.objects.filter(code="B0112").update(valid=Range(date(2020, 1, 1), date(2021, 1, 1)))
    page.get_by_role("button", name="发送").click()
    expect(page.locator("#kind-wrong")).to_contain_text("没有这个类别")
    page.get_by_role("radio", name="台阶破损").click()
    page.get_by_role("button", name="发送").click()
    number_of(page)
    assert Report.objects.get().category == Category.objects.get(code="B0202")
    forgive(watched, "400")


@on_phone
def test_a_picture_that_went_stale_is_sent_again(ground: District, watched: Watched) -> None:
    page = opened(watched)
    a_photo(page)
    expect(page.locator("#photos li.done")).to_have_count(1)
    to_the_end(page)
    Attachment.objects.all().delete()
    page.get_by_role("button", name="发送").click()
    number_of(page)
    assert Report.objects.get().photos.count() == 1
    forgive(watched, "400")


@on_phone
def test_a_draft_survives_a_reload(ground: District, watched: Watched) -> None:
    page = opened(watched)
    a_photo(page)
    expect(page.locator("#photos li.done")).to_have_count(1)
    to_the_end(page)
    page.get_by_label("说一句").fill("写了一半")
    page.reload()
    expect(page.locator("#sum-kind")).to_have_text("路灯不亮")
    expect(page.locator("#sum-place")).to_have_text("001001第1网格")
    expect(page.locator("#sum-photo img")).to_be_visible()
    expect(page.get_by_label("说一句")).to_have_value("写了一半")
    page.go_back()
    page.get_by_role("button", name="发送").wait_for(state="hidden")
    page.goto(f"{watched.base}/report/#send")
    page.get_by_role("button", name="发送").click()
    number_of(page)
    assert Report.objects.get().photos.count() == 1
