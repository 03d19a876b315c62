"""The telephone: a clerk files by keys alone, and joins what is known already."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from incidents.models import Category, Channel, Contact, Report
from incidents.services import vault
from tests.browser.conftest import Watched
from tests.browser.residents import LAT, LON
from tests.factories import District
from tests.loop import make_case

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(ground: District, watched: Watched) -> Page:
    Channel.objects.update_or_create(
        code="staff",
        defaults={"name": "电话登记", "name_en": "Phone", "datum": "wgs84", "is_open": False},
    )
    watched.sign_in(ground.users["centre"])
    watched.page.goto(f"{watched.base}/desk/phone/")
    expect(watched.page.locator("#phone")).to_be_focused()
    return watched.page


def take_down(page: Page) -> None:
    """By keys alone, from the first field to the last."""
    page.keyboard.type("139 8765 4321")
    page.keyboard.press("Enter")
    page.keyboard.type("欧阳")
    page.keyboard.press("Enter")
    page.keyboard.type("小学门口的路灯不亮")
    page.keyboard.press("Tab")
    expect(page.locator("#category")).to_be_focused()
    page.keyboard.type("路灯")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#address")).to_be_focused()
    page.keyboard.type("东海小学")
    expect(page.locator("#address-said")).to_contain_text("读作“东海小学”")


def test_a_call_is_filed_by_keys_alone(ground: District, desk: Page, watched: Watched) -> None:
    take_down(desk)
    expect(desk.locator("#similar")).to_contain_text("附近没有在办的同类案件")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#outcome")).to_contain_text("已登记：诉求")
    report = Report.objects.get()
    assert report.channel.code == "staff"
    assert report.sent_by == ground.users["centre"]
    assert report.category is not None
    assert (report.category.code, report.incident.grid) == ("B0112", ground.cell(0, 0))
    assert vault.unseal(Contact.objects.get()) == vault.Reporter("欧阳", "13987654321")
    expect(desk.locator("#phone")).to_be_focused()
    assert desk.locator("#phone").input_value() == ""
    assert "13987654321" not in desk.evaluate("JSON.stringify({...localStorage})")


def test_what_is_known_already_is_joined_and_kept(ground: District, desk: Page) -> None:
    lamp = Category.objects.get(code="B0112")
    main = make_case(
        ground, at=(LON, LAT + 0.0002), category=lamp, now=timezone.now() - timedelta(hours=3)
    )
    take_down(desk)
    expect(desk.locator("#similar")).to_contain_text(main.number)
    desk.keyboard.press("Alt+1")
    expect(desk.locator("#go")).to_have_text(f"登记并并入 {main.number}")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#outcome")).to_contain_text(f"并入案件 {main.number}")
    report = Report.objects.get(channel__code="staff")
    assert (report.incident.state, report.incident.merged_into) == ("merged", main)


def test_what_is_missing_is_named_and_focused(desk: Page) -> None:
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#content-wrong")).to_have_text("请写下来电人说的事。")
    expect(desk.locator("#category-wrong")).to_contain_text("请选事由")
    expect(desk.locator("#address-wrong")).to_be_visible()
    expect(desk.locator("#content")).to_be_focused()
    assert not Report.objects.exists()


def test_a_lost_answer_is_asked_again_and_stays_one(desk: Page, watched: Watched) -> None:
    take_down(desk)
    desk.route("**/api/v1/reports", lambda route: (route.fetch(), route.abort()))
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#entry-wrong")).to_contain_text("不会变成两件")
    desk.unroute("**/api/v1/reports")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#outcome")).to_contain_text("已登记")
    assert Report.objects.count() == 1
    watched.wrongs = [one for one in watched.wrongs if not re.search("ERR_FAILED|Failed", one)]
