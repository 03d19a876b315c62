"""The desk in a browser: a case from its dispatch to its end, by the keyboard and by two people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from grids.models import User
from incidents.models import Incident
from incidents.services.vault import Reporter
from tests.browser.conftest import Watched
from tests.factories import District, make_district
from tests.loop import do, make_case
from tests.streams import Server

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "locale": "en-GB",
    "has_touch": True,
}
PERSON = Reporter("王小明", "13800005678")
CHINESE = re.compile("[\u4e00-\u9fff]+")


def rows(page: Page) -> Any:
    return page.locator("#rows [role=option]")


def opened(watched: Watched, user: User, query: str = "") -> Page:
    watched.sign_in(user)
    page = watched.page
    page.goto(f"{watched.base}/desk/{query}")
    if page.locator("#map").is_visible():
        watched.settle()
    expect(page.locator("#queue")).to_have_attribute("aria-busy", "false")
    return page


def press(page: Page, action: str, state: str) -> None:
    """Take an action by its letter, with what stands by itself, and see where the case is then."""
    expect(page.locator(f"#case-acts [aria-keyshortcuts='{action}']")).to_be_visible()
    page.keyboard.press(action)
    expect(page.locator("form.act")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#case-head .facts")).to_contain_text(state)


def test_two_people_lead_a_case_to_its_end_by_the_keyboard(
    ground: District, watched: Watched, chromium: Browser
) -> None:
    case = make_case(ground, description="三号楼台阶破损")
    make_case(ground, at=ground.centre(3, 2), description="另一件")
    page = opened(watched, ground.users["centre"])
    expect(rows(page)).to_have_count(2)
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.locator("#case-head h1")).to_be_focused()
    expect(page.locator("#case-body")).to_contain_text("三号楼台阶破损")
    press(page, "f", "已立案")
    press(page, "d", "已派遣")
    other = Watched(
        chromium.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN").new_page(),
        watched.base,
    )
    other.watch()
    theirs = opened(other, ground.users["handler"], "?state=open&mine=yes")
    expect(rows(theirs)).to_have_count(1)
    theirs.keyboard.press("Enter")
    press(theirs, "c", "处置中")
    press(theirs, "h", "已处置")
    press(theirs, "b", "待核查")
    other.page.context.close()
    assert other.wrongs == []
    page.reload()
    watched.settle()
    press(page, "i", "待结案")
    press(page, "o", "已结案")
    case.refresh_from_db()
    assert case.state == "closed"
    assert case.unit == ground.units["department"]


@pytest.mark.parametrize("watched", [PHONE], indirect=True)
def test_all_of_it_on_a_phone_in_english(ground: District, watched: Watched) -> None:
    make_case(ground, description="step")
    page = opened(watched, ground.users["centre"])
    rows(page).first.click()
    expect(page.locator("body")).to_have_attribute("data-page", "case")
    expect(page.locator("#case-acts .go")).to_be_visible()
    said = page.locator("#case").inner_text() + page.locator("header.bar").inner_text()
    names = "001001社区|001001第1网格|001街道|网格员|治理中心甲|中文"
    assert set(CHINESE.findall(re.sub(names, "", said))) <= {str(ground.users["centre"])}
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="File", exact=True).click()
    page.locator("form.act button[type=submit]").click()
    expect(page.locator("#case-head .facts")).to_contain_text("Filed")
    page.locator("#tabs").get_by_text("Map").click()
    expect(page.locator("#map")).to_be_visible()
    expect(page.locator("#case")).to_be_hidden()


def test_several_at_once_and_what_failed_stays_chosen(ground: District, watched: Watched) -> None:
    cases = [make_case(ground, at=ground.centre(k, 0)) for k in range(3)]
    page = opened(watched, ground.users["centre"])
    for _ in cases:
        page.keyboard.press("x")
        page.keyboard.press("j")
    expect(page.locator("#bulk")).to_contain_text("已选 3 件")
    page.locator("#bulk").get_by_role("button", name="一起办理").click()
    page.locator("#bulk [data-action=file]").click()
    do(ground, cases[1].number, "void", "centre", note="不成立")
    page.locator("#bulk form button[type=submit]").click()
    expect(page.locator("#bulk")).to_contain_text("办成 2 / 3 件")
    expect(page.locator("#bulk .failed")).to_contain_text(cases[1].number)
    expect(page.locator("#rows [aria-selected=true]")).to_have_count(1)
    states = list(Incident.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["filed", "void", "filed"]
    watched.wrongs[:] = [one for one in watched.wrongs if "409" not in one]


def test_what_is_wrong_is_told_at_its_field_and_a_draft_survives(
    ground: District, watched: Watched
) -> None:
    case = make_case(ground)
    do(ground, case.number, "file", "centre")
    page = opened(watched, ground.users["centre"], f"?case={case.number}")
    expect(page.locator("[data-action=dispatch]")).to_be_visible()
    page.keyboard.press("d")
    days = page.get_by_label("处置时限")
    days.fill("999")
    page.get_by_label("说明").fill("请三天内办好")
    page.reload()
    watched.settle()
    expect(days).to_have_value("999")
    expect(page.get_by_label("说明")).to_have_value("请三天内办好")
    page.locator("form.act button[type=submit]").click()
    expect(days).to_have_attribute("aria-invalid", "true")
    expect(days).to_be_focused()
    expect(page.locator(".need.number .wrong")).to_contain_text("0.5 到 250")
    days.fill("3")
    page.locator("form.act button[type=submit]").click()
    expect(page.locator("#case-head .facts")).to_contain_text("已派遣")
    expect(page.locator(".talk")).to_contain_text("请三天内办好")
    watched.wrongs[:] = [one for one in watched.wrongs if "422" not in one]


def test_a_case_that_moved_meanwhile_is_read_anew(ground: District, watched: Watched) -> None:
    case = make_case(ground)
    page = opened(watched, ground.users["centre"], f"?case={case.number}")
    expect(page.locator("[data-action=void]")).to_be_visible()
    page.keyboard.press("z")
    do(ground, case.number, "file", "admin")
    do(ground, case.number, "dispatch", "admin", unit="department")
    do(ground, case.number, "check_in", "handler")
    do(ground, case.number, "handle", "handler", note="好了")
    do(ground, case.number, "feed_back", "handler", note="好了")
    page.locator("form.act button[type=submit]").click()
    expect(page.locator("#case-acts .notice")).to_contain_text("已反馈")
    expect(page.locator("#case-head .facts")).to_contain_text("待核查")
    watched.wrongs[:] = [one for one in watched.wrongs if "409" not in one]


def test_the_map_and_the_list_agree(ground: District, watched: Watched) -> None:
    for k in range(6):
        number = make_case(ground, at=ground.centre(k % 4, k // 4)).number
        if k % 2:
            do(ground, number, "file", "centre")
    page = opened(watched, ground.users["centre"])
    page.locator("select[name=state]").select_option("filed")
    expect(rows(page)).to_have_count(3)
    watched.settle()
    expect(page.locator("#views")).to_contain_text("在办 6")
    for _ in range(100):
        tiles = [url for url in watched.asked if "/tiles/cases/" in url]
        if any("state=filed" in url for url in tiles):
            break
        page.wait_for_timeout(100)
    assert {"state=filed" in url for url in tiles} == {True, False}
    last = [url for url in watched.asked if "/tiles/cases/" in url][-1]
    assert "state=filed" in last
    page.get_by_role("button", name="只看图上范围").click()
    expect(rows(page)).to_have_count(3)
    for _ in range(4):
        page.locator("#zoom-in").click()
        page.wait_for_timeout(700)
    expect(rows(page)).to_have_count(0)
    expect(page.locator("#queue-end")).to_contain_text("没有符合条件的案件")
    page.get_by_role("button", name="清除条件").click()
    expect(rows(page)).to_have_count(6)


def test_a_contact_is_shown_for_a_reason(ground: District, watched: Watched) -> None:
    case = make_case(ground, reporter=PERSON)
    page = opened(watched, ground.users["centre"], f"?case={case.number}")
    expect(page.locator(".contact")).to_contain_text("138****5678")
    assert PERSON.phone not in page.content()
    page.get_by_role("button", name="查看联系方式").click()
    page.get_by_label("为何查看").fill("请他指一下位置")
    page.locator("#keeping").get_by_role("button", name="查看联系方式").click()
    expect(page.locator(".contact.shown")).to_contain_text(PERSON.phone)
    expect(page.locator(".talk")).to_contain_text("请他指一下位置")
    page.reload()
    expect(page.locator(".contact")).to_contain_text("138****5678")
    assert PERSON.phone not in page.content()


def test_a_filter_is_kept_with_its_count(ground: District, watched: Watched) -> None:
    make_case(ground)
    page = opened(watched, ground.users["centre"], "?state=received&kind=livelihood")
    page.get_by_role("button", name="存为常用").click()
    page.get_by_label("名称").fill("民生待受理")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#views [aria-pressed=true]")).to_have_text("民生待受理 1")


@pytest.fixture
def server(transactional_db: None) -> Iterator[Server]:
    running = Server(WANGGE_DB_POOL="1")
    running.start()
    yield running
    running.stop()


def test_what_changes_elsewhere_is_on_the_desk_by_itself(chromium: Browser, server: Server) -> None:
    district = make_district()
    case = make_case(district)
    client = Client()
    client.force_login(district.users["centre"])
    base = f"http://127.0.0.1:{server.port}"
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": base}])
    page = context.new_page()
    page.goto(f"{base}/desk/?case={case.number}")
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    expect(page.locator("#case-head .facts")).to_contain_text("待受理")
    do(district, case.number, "file", "admin")
    expect(page.locator("#case-head .facts")).to_contain_text("已立案")
    expect(rows(page).first).to_contain_text("已立案")
    make_case(district, description="新来的一件")
    expect(page.locator("#fresh")).to_have_text("1 件新的，点此列入")
    expect(rows(page)).to_have_count(1)
    page.locator("#fresh").click()
    expect(rows(page)).to_have_count(2)
    context.close()
