"""The map in a real browser: a click lands in the grid that PostGIS says."""

import re
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from playwright.sync_api import Page, Route, expect

from grids.models import Grid
from tests.browser.conftest import Watched
from tests.factories import District, make_district

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PIXEL = """([lon, lat]) => {
  const [zoom, y, x] = new URLSearchParams(location.hash.slice(1)).get('map').split('/').map(Number)
  const size = 512 * 2 ** zoom
  const across = (lon) => (lon + 180) / 360 * size
  const down = (lat) => (1 - Math.asinh(Math.tan(lat * Math.PI / 180)) / Math.PI) / 2 * size
  const box = document.querySelector('#map').getBoundingClientRect()
  const middle = [box.x + box.width / 2, box.y + box.height / 2]
  return [middle[0] + across(lon) - across(x), middle[1] + down(lat) - down(y)]
}"""
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


@pytest.fixture
def shown(transactional_db: None) -> District:
    return make_district()


def covering(lon: float, lat: float, edition: str = "2022") -> str:
    """The lowest code whose grid PostGIS says covers the point."""
    found = Grid.objects.filter(edition__name=edition, geometry__covers=Point(lon, lat, srid=4326))
    return str(found.order_by("code").values_list("code", flat=True)[0])


def pixel(page: Page, lon: float, lat: float) -> tuple[float, float]:
    """Where a position is on the page, by web Mercator and the address that the map keeps."""
    return tuple(page.evaluate(PIXEL, [lon, lat]))


def answered(page: Page, code: str) -> None:
    expect(page.locator("#answer .copy")).to_have_text(code)


def test_a_click_gets_the_grid_that_postgis_gives(shown: District, watched: Watched) -> None:
    page = watched.open("/map/#map=13.5/36.075/120.42")
    for lon, lat in [(120.4037, 36.0621), (120.4189, 36.0893), (120.4312, 36.0748)]:
        page.mouse.click(*pixel(page, lon, lat))
        answered(page, covering(lon, lat))
    expect(page.locator("#answer")).to_contain_text("002001社区")
    expect(page.locator("#answer")).to_contain_text("在网格内")
    assert "at=120.43" in page.url
    page.mouse.click(*pixel(page, 120.4405, 36.075))
    expect(page.locator("#answer h2")).to_have_text("界外")
    assert any("/tiles/grids/" in url for url in watched.asked)


def test_a_click_before_the_first_picture_is_answered(shown: District, watched: Watched) -> None:
    page = watched.page
    held: list[Route] = []
    page.route("**/tiles/**/*.mvt?*", lambda route: held.append(route))
    page.goto(f"{watched.base}/map/#map=13.5/36.075/120.42")
    page.wait_for_selector("#map canvas")
    assert page.get_attribute("#map", "aria-busy") == "true"
    page.mouse.click(*pixel(page, 120.4189, 36.0893))
    answered(page, covering(120.4189, 36.0893))
    assert held
    page.unroute_all(behavior="ignoreErrors")


@pytest.mark.parametrize("watched", [{"locale": "en-GB"}], indirect=True)
def test_who_answers_and_why_is_told_in_english(shown: District, watched: Watched) -> None:
    watched.sign_in(shown.users["planner"])
    page = watched.open("/map/#at=120.4049,36.0649")
    expect(page.locator("#answer")).to_contain_text(re.compile("The worker of this grid|answers"))
    for chinese in ("网格的网格员", "由社会治理中心", "由所在"):
        expect(page.locator("#answer")).not_to_contain_text(chinese)


def test_editions_are_switched_and_compared(shown: District, watched: Watched) -> None:
    lon, lat = 120.4137, 36.0831
    page = watched.open(f"/map/#at={lon},{lat}")
    answered(page, covering(lon, lat))
    expect(page.locator("#count")).to_have_text("12 个网格")
    page.keyboard.press("c")
    expect(page.locator("#compare")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#count")).to_have_text("6 → 12 个网格")
    expect(page.locator("#legend-old")).to_have_text("2021 版边界")
    watched.settle()
    page.get_by_text("2021", exact=True).click()
    answered(page, covering(lon, lat, "2021"))
    watched.settle()
    assert "edition=2021" in page.url
    assert {"2021", "2022"} <= {
        url.split("edition=")[1][:4] for url in watched.asked if "/tiles/grids/" in url
    }


def test_coordinates_in_another_datum(shown: District, watched: Watched) -> None:
    page = watched.open("/map/")
    page.get_by_label("经度").fill("120.41")
    page.get_by_label("纬度").fill("95")
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_role("alert")).to_have_text("纬度应为 -90 到 90 的数")
    # On the border of four cells: the lowest code has it. BD-09 lies elsewhere.
    page.get_by_label("纬度").fill("36.07")
    page.get_by_role("button", name="查询").click()
    answered(page, covering(120.41, 36.07))
    expect(page.locator("#answer")).to_contain_text("在边界上，归入编码最小者")
    page.get_by_label("经度").fill("120.4311")
    page.get_by_label("纬度").fill("36.0812")
    page.get_by_label("坐标系").select_option("bd09")
    page.get_by_label("精度").fill("900")
    with page.expect_response(lambda response: "datum=bd09" in response.url) as told:
        page.get_by_role("button", name="查询").click()
    answer: dict[str, Any] = told.value.json()
    answered(page, answer["grid"]["code"])
    assert answer["grid"]["code"] != covering(120.4311, 36.0812)
    expect(page.locator(".candidates li")).to_have_count(len(answer["candidates"]))


def test_the_keyboard_does_what_a_mouse_does(shown: District, watched: Watched) -> None:
    page = watched.open("/map/#map=14/36.0752/120.4148")
    page.locator("#map canvas").focus()
    page.keyboard.press("Enter")
    answered(page, covering(120.4148, 36.0752))
    expect(page.locator("#spoken")).to_contain_text("在网格内")


@pytest.mark.parametrize("watched", [PHONE, {**PHONE, "locale": "en-GB"}], indirect=True)
def test_a_phone_has_room_for_both_languages(shown: District, watched: Watched) -> None:
    page = watched.open("/map/")
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390
    page.touchscreen.tap(*pixel(page, 120.4188, 36.0712))
    expect(page.locator("#answer .copy")).to_be_visible()
    expect(page.locator("#panel")).to_have_attribute("data-height", "half")
    expect(page.locator("footer.credit")).to_be_in_viewport()


def test_when_the_service_is_away_it_says_what_is_safe(shown: District, watched: Watched) -> None:
    page = watched.open("/map/#map=14/36.0752/120.4148")
    page.route("**/api/v1/locate?*", lambda route: route.abort())
    page.locator("#map canvas").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#answer")).to_contain_text("地图和已有数据不受影响")
    page.unroute("**/api/v1/locate?*")
    page.get_by_role("button", name="重试").click()
    answered(page, covering(120.4148, 36.0752))
    # The aborted request is what this test is about.
    watched.wrongs = [wrong for wrong in watched.wrongs if "ERR_FAILED" not in wrong]
