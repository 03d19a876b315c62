"""Routes, the sheet's three heights, and whose ground an uncertain position may be."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from gis.kernel.datum import Datum
from grids.selectors import Position, locate
from patrols.models import RouteStop, SpotRoute
from tests.browser.conftest import Watched
from tests.browser.residents import ENGLISH, FAULTS, PHONE, forgive
from tests.browser.test_patrol import kept
from tests.factories import CELL, SOUTH, WEST, District
from tests.loop import worker_channel
from tests.pictures import picture
from tests.spots import make_spot, make_type

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
on_phone = pytest.mark.parametrize("watched", [PHONE], indirect=True)
SHARES = "([at]) => import('/static/patrols/mine.js').then(async ({ ground }) => { const { shares } = await import('/static/patrols/ground.js'); return shares([...ground.told.grids, ...ground.told.neighbours], at).map(({ grid, share }) => [grid.code, share]) })"  # noqa: E501


def walking(ground: District, watched: Watched) -> Page:
    """The phone of the worker of cell (0, 0) with three stops of a daily route around it."""
    worker_channel()
    kind = make_type(ground)
    route = SpotRoute.objects.create(
        place=ground.place, name="路线 A", name_en="Route A", every_days=1
    )
    for order, name in enumerate(("东门", "泵房", "车库"), 1):
        spot = make_spot(kind, ground.centre(0, 0), name)
        RouteStop.objects.create(route=route, spot=spot, order=order)
    watched.sign_in(ground.users["worker"])
    watched.page.goto(f"{watched.base}/patrol/")
    expect(watched.page.locator("#routes .route")).to_have_count(1)
    watched.settle()
    return watched.page


@on_phone
def test_a_route_is_walked_offline(ground: District, watched: Watched) -> None:
    page = walking(ground, watched)
    kept(page)
    watched.page.context.set_offline(True)
    page.locator("#handle").click()
    expect(page.locator(".route-count")).to_have_text("0/3")
    page.locator(".route").click()
    expect(page.locator("#route-title")).to_have_text("路线 A")
    stops = page.locator("#route .stops li")
    expect(stops.locator("b")).to_have_text(["东门", "泵房", "车库"])
    assert page.evaluate(FAULTS) == []
    stops.nth(1).get_by_role("button").click()
    photo: Any = {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": picture(90, 60)}
    for _ in range(2):
        page.set_input_files("#spot [name=photos]", photo)
    expect(page.locator("#spot .thumbs img")).to_have_count(2)
    page.get_by_role("button", name="去掉照片 1").click()
    expect(page.locator("#spot .thumbs img")).to_have_count(1)
    assert page.evaluate(FAULTS) == []
    page.locator("#spot .primary").click()
    expect(page.locator(".route-count")).to_have_text("1/3")
    watched.page.context.set_offline(False)
    expect(page.locator("#waiting")).to_have_text("待发 0")
    page.locator(".route").click()
    expect(stops.nth(1).locator(".ico.ok")).to_be_visible()
    page.locator("#route .head button").click()
    # What was recorded stands with the place, its picture with it.
    page.goto(f"{watched.base}/patrol/#spot={RouteStop.objects.get(order=2).spot_id}")
    expect(page.locator("#spot .past li")).to_have_count(1)
    expect(page.locator("#spot .past")).to_contain_text("在现场")
    assert (
        page.locator("#spot .past img").evaluate("(it) => it.decode().then(() => it.naturalWidth)")
        > 0
    )
    forgive(watched, "ERR_INTERNET_DISCONNECTED", "Failed to fetch")


@pytest.mark.parametrize("watched", [ENGLISH], indirect=True)
def test_the_sheet_has_three_heights(ground: District, watched: Watched) -> None:
    page = walking(ground, watched)
    handle, sheet = page.locator("#handle"), page.locator("#sheet")
    expect(handle).to_have_attribute("aria-label", "Open the whole sheet")
    handle.press("ArrowDown")
    expect(sheet).to_have_attribute("data-height", "peek")
    expect(handle).to_have_attribute("aria-expanded", "false")
    # What cannot be seen cannot be reached.
    assert page.locator("#shift-go").evaluate(
        "(it) => { it.focus(); return document.activeElement !== it }"
    )
    handle.press("ArrowUp")
    handle.press("ArrowUp")
    expect(sheet).to_have_attribute("data-height", "full")
    handle.click()
    expect(sheet).to_have_attribute("data-height", "half")
    box = handle.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + 10
    for by, height in ((-500, "full"), (430, "half"), (160, "peek")):
        page.wait_for_timeout(600)
        box = handle.bounding_box()
        assert box is not None
        y = box["y"] + 10
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x, y + by / 2)
        page.mouse.move(x, y + by, steps=4)
        page.mouse.up()
        expect(sheet).to_have_attribute("data-height", height)


@on_phone
def test_shares_of_an_uncertain_position_are_those_of_the_service(
    ground: District, watched: Watched
) -> None:
    page = walking(ground, watched)
    corner, edge = (WEST + CELL, SOUTH + CELL), (WEST + CELL, SOUTH + CELL / 3)
    for lon, lat, accuracy in (
        (*corner, 80.0), (*edge, 30.0), (edge[0] - 2e-4, edge[1], 45.0),
        (WEST + 1e-4, SOUTH + CELL / 2, 25.0), (*ground.centre(0, 0), 20.0),
    ):  # fmt: skip
        found = page.evaluate(SHARES, [{"lon": lon, "lat": lat, "accuracy": accuracy}])
        [told] = locate([Position(lon, lat, Datum.WGS84, accuracy)], ground.now)
        shares = {named.code: share for named, share in told.candidates if share >= 0.005}
        if not shares and told.grid is not None:
            shares = {told.grid.code: 1.0}
        assert dict(found) == pytest.approx(shares, abs=0.01), (lon, lat, accuracy)
    at: Any = {"longitude": edge[0] - 1e-4, "latitude": edge[1], "accuracy": 30}
    watched.page.context.set_geolocation(at)
    where = page.locator("#fix-said")
    expect(where).to_contain_text("在网格边界附近，误差约 30 米：001001第1网格")
    expect(where).to_contain_text("%、001001第")
