"""The layer of the map page: for those who signed in, of the edition in force, in both themes."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Watched
from tests.browser.test_wall_stale import until_drawn, walked
from tests.factories import make_district

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# Today and the days before, light and dark.
LIGHT = (0xE2, 0xF0, 0xF5), (0xA6, 0xCB, 0xDD)
DARK = (0x1F, 0x44, 0x78), (0x69, 0x80, 0xA6)


def test_who_signed_in_may_lay_it_over_the_grids(transactional_db: None, watched: Watched) -> None:
    district = make_district()
    walked(district)
    watched.sign_in(district.users["centre"])
    page = watched.open("/map/")
    expect(page.locator("#stale-legend")).to_be_hidden()
    page.locator("#stale").click()
    expect(page.locator("#stale-legend")).to_contain_text("14 天内没有记录")
    until_drawn(page, LIGHT, is_there=True)
    page.locator("#theme").click()
    until_drawn(page, DARK, is_there=True)
    page.locator("input[name=edition][value='2021']").check(force=True)
    expect(page.locator("#stale")).to_be_disabled()
    expect(page.locator("#stale-legend")).to_be_hidden()
    until_drawn(page, DARK, is_there=False)
    page.locator("input[name=edition][value='2022']").check(force=True)
    until_drawn(page, DARK, is_there=True)
    page.keyboard.press("t")
    until_drawn(page, DARK, is_there=False)
    expect(page.locator("#legend")).to_be_visible()


def test_the_public_has_no_such_layer(transactional_db: None, watched: Watched) -> None:
    make_district()
    page = watched.open("/map/")
    expect(page.locator("#legend")).to_be_visible()
    expect(page.locator("#stale")).to_have_count(0)
    assert "staleness" not in page.content()
    assert not any("staleness" in url for url in watched.asked)
