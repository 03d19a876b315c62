"""The resident's pages in a real browser, from the picture to the answer."""

import re
from datetime import date, timedelta

import pytest
from django.contrib.gis.geos import Point
from django.utils import timezone
from playwright.sync_api import expect
from pytest_django import Settings

from incidents.models import Category, Contact, Incident, Report
from incidents.services import numbers, vault
from tests.browser.conftest import Watched
from tests.browser.residents import (
    ENGLISH,
    FAULTS,
    LAT,
    LON,
    NO_WEBGL,
    PHONE,
    a_photo,
    forgive,
    number_of,
    on_phone,
    opened,
    to_the_end,
)
from tests.factories import District
from tests.pictures import located_picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@on_phone
def test_the_whole_journey_with_a_picture_and_a_phone(ground: District, watched: Watched) -> None:
    page = opened(watched)
    a_photo(page, located_picture())
    a_photo(page, into="#album")
    a_photo(page)
    expect(page.locator("#photos li.done")).to_have_count(3)
    page.get_by_role("button", name="移除照片 2").click()
    expect(page.locator("#photos li")).to_have_count(2)
    to_the_end(page)
    expect(page.locator("#sum-place")).to_have_text("001001第1网格")
    page.get_by_label("说一句").fill("北门外第二盏\n一闪一闪")
    page.get_by_label("电话").fill("139 8765 4321")
    page.get_by_label("称呼").fill("欧阳")
    page.get_by_role("button", name="发送").click()
    number = number_of(page)
    report = Report.objects.get()
    assert report.number == number
    assert (report.category_id, report.description) == (
        Category.objects.get(code="B0112").pk, "北门外第二盏\n一闪一闪",
    )  # fmt: skip
    assert report.photos.count() == 2
    assert (report.datum, report.accuracy_m, report.incident.grid) == (
        "wgs84", 12, ground.cell(0, 0),
    )  # fmt: skip
    assert report.position.distance(Point(LON, LAT, srid=4326)) < 1e-5
    assert vault.unseal(Contact.objects.get()) == vault.Reporter("欧阳", "13987654321")
    assert page.evaluate("localStorage.getItem('wangge.report.draft')") is None
    page.reload()
    assert number_of(page) == number
    page.get_by_role("link", name="查进度").click()
    page.get_by_label("手机号后四位").fill("1111")
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_role("alert")).to_contain_text("没有这个编号，或后四位不对")
    page.get_by_label("手机号后四位").fill("4321")
    page.get_by_role("button", name="查看").click()
    expect(page.locator("#found .state")).to_have_text("待受理")
    expect(page.locator("#found")).to_contain_text("已收到，等待受理")
    expect(page.locator("#found")).to_contain_text("一闪一闪")
    expect(page.locator("#found img")).to_have_count(2)
    page.locator("#found img").first.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    assert page.locator("#found img").first.evaluate("e => e.naturalWidth") > 0
    assert page.evaluate(FAULTS) == []
    forgive(watched, "404")


@pytest.mark.parametrize("watched", [ENGLISH], indirect=True)
def test_all_of_it_in_english(ground: District, watched: Watched) -> None:
    page = opened(watched)
    chinese = re.compile("[\u4e00-\u9fff]")

    def told() -> str:
        text = page.locator("main").inner_text() + page.locator("#title").inner_text()
        return re.sub("001001第1网格|001街道|测试数据", "", text)

    assert not chinese.search(told())
    page.locator("#photo-next").click()
    watched.settle()
    assert not chinese.search(told())
    page.goto(f"{watched.base}/report/")
    to_the_end(page)
    assert not chinese.search(told())
    page.get_by_role("button", name="Send").click()
    number_of(page)
    assert not chinese.search(told())
    assert Report.objects.get().description == "Street light out"
    page.get_by_role("link", name="Follow up").click()
    expect(page.locator("#found")).to_contain_text("No phone was left")


@on_phone
def test_what_was_reported_nearby_spares_a_report(ground: District, watched: Watched) -> None:
    now = timezone.now()
    Incident.objects.create(
        place=ground.place, number="T1", kind="livelihood",
        position=Point(LON, LAT + 0.00027, srid=4326),
        category=Category.objects.get(code="B0112"), received_at=now - timedelta(days=2),
        occurred_at=now,
    )  # fmt: skip
    page = opened(watched)
    to_the_end(page)
    similar = page.locator("#similar")
    expect(similar).to_contain_text("附近 30 米内有人报过路灯不亮")
    expect(similar).to_contain_text(re.compile("约 30 米外.*2 天前.*待受理"))
    assert page.evaluate(FAULTS) == []
    page.get_by_role("button", name="就是这件").click()
    expect(similar).to_contain_text("这件事已经有人报过")
    expect(similar).to_contain_text("现在：待受理")
    page.get_by_role("button", name="仍要上报").click()
    page.get_by_role("button", name="就是这件").click()
    page.get_by_role("button", name="不报了").click()
    expect(page.locator("#photo")).to_be_visible()
    assert not Report.objects.exists()
    assert page.evaluate("localStorage.getItem('wangge.report.draft')") is None


@on_phone
def test_tries_at_the_digits_come_to_an_end(
    ground: District, watched: Watched, settings: Settings
) -> None:
    settings.FOLLOW_DIGITS_TRIED = 2
    page = watched.page
    page.goto(f"{watched.base}/report/{numbers.report_number(date(2026, 11, 23))}")
    digits = page.get_by_label("手机号后四位")
    expect(digits).to_be_focused()
    digits.fill("12")
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_role("alert")).to_contain_text("请填手机号的后四位数字")
    for number in range(3):
        digits.fill(f"000{number}")
        with page.expect_response("**/api/v1/reports/R*"):
            page.get_by_role("button", name="查看").click()
    expect(page.get_by_role("alert")).to_contain_text("试的次数太多，请 15 分钟后再试")
    assert page.evaluate(FAULTS) == []
    forgive(watched, "404", "429")


@on_phone
def test_without_webgl_an_address_does(ground: District, watched: Watched) -> None:
    watched.page.add_init_script(NO_WEBGL)
    page = opened(watched)
    page.locator("#photo-next").click()
    expect(page.locator("#map")).to_be_hidden()
    page.locator("#place-use").click()
    expect(page.locator("#place-wrong")).to_contain_text("请写出地址")
    page.get_by_label("街道").select_option("001街道")
    expect(page.locator("#community option")).to_have_text(["不限", "001001社区", "001002社区"])
    page.get_by_label("地址或地名").fill("东海小学门口")
    page.get_by_role("button", name="查找").click()
    expect(page.locator("#address-said")).to_contain_text("读作“东海小学”，把握 100%")
    expect(page.locator("#told")).to_have_text("001001第1网格")
    assert page.evaluate(FAULTS) == []
    page.locator("#place-use").click()
    page.get_by_role("radio", name="路灯不亮").click()
    page.get_by_role("button", name="发送").click()
    number_of(page)
    report = Report.objects.get()
    assert (report.address, report.incident.grid) == ("001街道东海小学门口", ground.cell(0, 0))


@on_phone
def test_a_keyboard_goes_all_the_way(ground: District, watched: Watched) -> None:
    page = opened(watched)
    page.locator("#photo-next").focus()
    page.keyboard.press("Enter")
    watched.settle()
    expect(page.locator("#title")).to_be_focused()
    page.get_by_label("地址或地名").focus()
    page.keyboard.type("东海小学")
    page.keyboard.press("Enter")
    expect(page.locator("#told")).to_have_text("001001第1网格")
    page.locator("#map canvas").focus()
    page.keyboard.press("ArrowRight")
    page.locator("#place-use").focus()
    page.keyboard.press("Enter")
    page.get_by_role("radio", name="民生").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("radio", name="执法")).to_have_attribute("aria-checked", "true")
    expect(page.get_by_role("radio", name="执法")).to_be_focused()
    page.get_by_role("radio", name="占道经营").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="其他，说不清")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#title")).to_have_text("核对并发送")
    page.locator("#go").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("说一句")).to_be_focused()
    expect(page.locator("#description-wrong")).to_contain_text("请用一句话写明")
    page.keyboard.type("店铺占了盲道")
    page.locator("#go").focus()
    page.keyboard.press("Enter")
    number_of(page)
    expect(page.locator("#outcome h2")).to_be_focused()
    report = Report.objects.get()
    assert (report.kind, report.category, report.description) == (
        "enforcement", None, "店铺占了盲道",
    )  # fmt: skip


DESK = {"viewport": {"width": 1280, "height": 800}}
WALL = {"viewport": {"width": 1920, "height": 1080}, "locale": "en-GB"}


@pytest.mark.parametrize("watched", [PHONE, ENGLISH, DESK, WALL], indirect=True)
def test_every_step_has_names_labels_and_room(ground: District, watched: Watched) -> None:
    page = opened(watched)
    a_photo(page)
    expect(page.locator("#photos li.done")).to_have_count(1)
    for step in ("photo", "place", "kind", "send"):
        page.evaluate(f"location.hash = '{step}'")
        expect(page.locator(f"#{step}")).to_be_visible()
        if step == "place":
            watched.settle()
        if step != "kind":
            expect(page.locator(f"#{step} .foot")).to_be_in_viewport()
        assert page.evaluate(FAULTS) == [], step


@on_phone
def test_where_nothing_is_public_one_may_still_report(
    ground: District, watched: Watched, settings: Settings
) -> None:
    settings.PUBLIC_READS = False
    page = opened(watched)
    page.locator("#photo-next").click()
    expect(page.locator("#map")).to_be_hidden()
    page.get_by_label("地址或地名").fill("东海小学")
    page.locator("#place-use").click()
    page.get_by_role("radio", name="路灯不亮").click()
    page.get_by_role("button", name="发送").click()
    number_of(page)
    assert Report.objects.get().incident.grid == ground.cell(0, 0)
