"""How long the ground was not recorded, on the wall: colours, a pattern, and figures that open."""

import io
import re
from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, expect

from patrols.services.fixes import write_fixes
from patrols.services.recorded import move_on
from tests.browser.conftest import Watched
from tests.browser.test_wall import as_wall, hero
from tests.factories import CELL, SOUTH, WEST, District, make_district
from tests.patrols import columns, make_shift

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# The colours of today and of the days before: a test may run at midnight.
RECENT = (0x1F, 0x44, 0x78), (0x69, 0x80, 0xA6)
LINES = ((0xB9, 0xC3, 0xD4),)
Colours = tuple[tuple[int, int, int], ...]


def count_of(page: Page, colours: Colours) -> int:
    """How many pixels of the map have (nearly) one of the colours."""
    shot = page.locator("#map").screenshot()
    pixels = np.asarray(Image.open(io.BytesIO(shot)).convert("RGB")).astype(int)
    return sum(int((np.abs(pixels - np.array(one)).max(axis=2) <= 6).sum()) for one in colours)


def until_drawn(page: Page, colours: Colours, *, is_there: bool) -> None:
    for _ in range(60):
        if (count_of(page, colours) > 300) == is_there:
            return
        page.wait_for_timeout(500)
    pytest.fail(f"{colours} is {'not ' if is_there else ''}there: {count_of(page, colours)}")


def walked(district: District) -> None:
    """Just now, along the middle of the southern row."""
    began, worker = timezone.now() - timedelta(minutes=50), district.users["worker"]
    make_shift(worker, district.place, began)
    points = [(WEST + 1.5e-4 * k, SOUTH + CELL / 2) for k in range(260)]
    write_fixes(columns(worker, began, points), now=timezone.now(), sender=worker)
    move_on()


@as_wall
def test_the_ground_is_coloured_by_days_and_opens_its_table(
    transactional_db: None, watched: Watched
) -> None:
    district = make_district()
    walked(district)
    watched.sign_in(district.users["centre"])
    page = watched.open("/wall/")
    hero(page)
    page.keyboard.press("4")
    expect(page.locator("#legend")).to_contain_text("14 天内没有记录")
    expect(page.locator("#legend .box")).to_have_count(5)
    expect(page.locator("#stale")).to_contain_text(re.compile(r"14 天内没有记录\s*\d+%"))
    until_drawn(page, RECENT, is_there=True)
    until_drawn(page, LINES, is_there=True)
    page.keyboard.press("3")
    expect(page.locator("#stale")).to_have_count(0)
    until_drawn(page, RECENT, is_there=False)
    page.keyboard.press("4")
    until_drawn(page, RECENT, is_there=True)
    page.locator("#stale a.n").last.click()
    expect(page.locator("#total")).to_have_text("12")
    assert page.locator("table.list tbody tr").count() == 12


@as_wall
def test_who_has_no_ground_is_told_so(transactional_db: None, watched: Watched) -> None:
    district = make_district()
    watched.sign_in(district.users["handler"])
    page = watched.open("/wall/?scene=stale")
    expect(page.locator("#stale")).to_contain_text("您的辖区里没有网格")
