"""The wall in a real browser: figures that equal their lists, scenes, sliders, keys, bad news."""

import re
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, Route, expect

from incidents.models import Incident
from tests.browser.conftest import Watched
from tests.factories import District, make_district
from tests.wall import AT, make_cases

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WALL = f"/wall/?at={quote(AT.isoformat())}"
DESK: dict[str, Any] = {"viewport": {"width": 1920, "height": 1080}}
ENGLISH = {**DESK, "locale": "en-US"}
as_wall = pytest.mark.parametrize("watched", [DESK], indirect=True)


@pytest.fixture
def told(transactional_db: None, watched: Watched) -> District:
    district = make_district()
    make_cases(district)
    watched.sign_in(district.users["centre"])
    return district


def hero(page: Page) -> int:
    expect(page.locator(".hero .n")).to_have_text(re.compile(r"\d"))
    return int(page.locator(".hero .n").inner_text())


@as_wall
def test_a_number_opens_its_list(told: District, watched: Watched) -> None:
    page = watched.open(WALL)
    shown = hero(page)
    assert shown > 3
    labels = page.locator("#left table a.n")
    for k in range(labels.count()):
        number, link = labels.nth(k).inner_text(), labels.nth(k).get_attribute("href")
        with page.expect_popup() as popup:
            page.evaluate("link => window.open(link)", link)
        expect(popup.value.locator("#total")).to_have_text(number)
        popup.value.close()
    page.locator(".hero .n").click()
    expect(page.locator("#total")).to_have_text(str(shown))
    assert page.locator("table.list tbody tr").count() == shown
    page.locator("table.list a.code").first.click()
    expect(page.locator("h1")).to_contain_text(re.compile(r"AB\d+"))


@as_wall
def test_a_case_opens_beside_the_map_and_closes(told: District, watched: Watched) -> None:
    page = watched.open(WALL)
    page.locator(".newest .card").first.click()
    expect(page.locator("section.chosen")).to_contain_text("内容 B")
    assert page.locator("section.chosen .close").evaluate("e => e === document.activeElement")
    page.keyboard.press("Escape")
    expect(page.locator(".newest .card").first).to_be_visible()
    assert any("/tiles/cases/" in url for url in watched.asked)


@as_wall
def test_sliders_move_the_moment_by_key(told: District, watched: Watched) -> None:
    page = watched.open(WALL)
    before, clock = hero(page), page.locator("#clock")
    expect(clock).to_have_text("14:32")
    page.locator("#minute").focus()
    page.keyboard.press("ArrowLeft")
    expect(clock).to_have_text("14:30")
    page.keyboard.press("Home")
    expect(clock).to_have_text("00:00")
    expect(page.locator(".hero .n")).to_have_text("0")
    page.locator("#day").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#date")).to_contain_text("2022-11-01")
    page.keyboard.press("n")
    expect(page.locator("#date")).not_to_contain_text("2022")
    assert "at=" not in page.url
    assert before > 0


@as_wall
def test_hot_spots_say_how_they_are_made(told: District, watched: Watched) -> None:
    page = watched.open(WALL)
    hero(page)
    page.keyboard.press("2")
    expect(page.locator("#legend")).to_contain_text("件/平方公里")
    expect(page.locator("#legend .box").first).to_be_visible()
    with page.expect_request("**/api/v1/density?*bandwidth_m=600*"):
        page.locator("#legend select").select_option("600")
    expect(page.locator("#legend select")).to_have_value("600")
    page.get_by_role("button", name="每千人件数").click()
    expect(page.locator("#legend")).to_contain_text("件/千人")
    assert any("/api/v1/grid-counts" in url for url in watched.asked)


@as_wall
def test_kiosk_hides_what_a_hand_would_use(told: District, watched: Watched) -> None:
    page = watched.open(f"{WALL}&kiosk=1")
    hero(page)
    expect(page.locator("#kiosk")).to_be_hidden()
    expect(page.locator("#play")).to_be_hidden()
    page.keyboard.press("k")
    expect(page.locator("#kiosk")).to_be_visible()


@as_wall
def test_bad_news_says_what_is_safe_and_tries_again(told: District, watched: Watched) -> None:
    page = watched.open(WALL)
    shown = hero(page)

    def away(route: Route) -> None:
        route.abort()

    page.route("**/api/v1/wall?*", away)
    page.keyboard.press("r")
    expect(page.locator("#note")).to_contain_text("数据暂时取不到，显示的停在 14:32")
    assert hero(page) == shown
    page.unroute("**/api/v1/wall?*", away)
    page.keyboard.press("r")
    expect(page.locator("#note")).to_be_empty()
    watched.wrongs = [wrong for wrong in watched.wrongs if "ERR_FAILED" not in wrong]


@pytest.mark.parametrize("watched", [ENGLISH], indirect=True)
def test_english_fits(told: District, watched: Watched) -> None:
    page = watched.open(WALL)
    hero(page)
    expect(page.locator("#left")).to_contain_text("By kind, cases")
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 1920
    cut = page.evaluate(
        "[...document.querySelectorAll('#left .n')].filter("
        "e => e.getBoundingClientRect().right > document.querySelector('#left')"
        ".getBoundingClientRect().right + 1).length"
    )
    assert cut == 0


def test_a_day_without_reports_says_so(transactional_db: None, watched: Watched) -> None:
    district = make_district()
    watched.sign_in(district.users["centre"])
    page = watched.open("/wall/")
    expect(page.locator("#left")).to_contain_text("尚无诉求")
    expect(page.locator("#right")).to_contain_text("一有上报，就出现在这里")
    assert Incident.objects.count() == 0
