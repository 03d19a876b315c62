"""The coverage table in Chromium: it fits every size, and everything is done by the keyboard."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Watched
from tests.factories import make_district
from tests.kept import walk_shift

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BEGAN = datetime(2026, 3, 4, 2, tzinfo=UTC)
SIZES = [
    {"viewport": {"width": 1920, "height": 1080}},
    {"viewport": {"width": 3840, "height": 2160}},
    {"viewport": {"width": 390, "height": 844}},
    {"viewport": {"width": 390, "height": 844}, "locale": "en-US"},
]


@pytest.mark.parametrize("watched", SIZES, indirect=True)
def test_the_table_is_read_and_sorted_by_the_keyboard(watched: Watched) -> None:
    district = make_district()
    walk_shift(district, district.users["worker"], BEGAN)
    watched.sign_in(district.users["centre"])
    page = watched.page
    page.goto(f"{watched.base}/coverage/?date=2026-03-04")
    expect(page.locator(".cover tbody tr")).to_have_count(12)
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    expect(page.locator(".trends li")).to_have_count(2)
    fixes = page.locator("thead th").nth(4)
    expect(fixes).to_have_attribute("aria-sort", "none")
    fixes.locator("a").focus()
    page.keyboard.press("Enter")
    expect(page.locator('thead [aria-sort="descending"]')).to_have_count(1)
    first = page.locator(".cover tbody tr").first
    expect(first.locator(".code")).to_have_text(district.cell(0, 0).code)
    # From the subdistrict to its grids, and on to the week.
    page.locator(".tabs a").nth(2).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".cover tbody tr")).to_have_count(2)
    page.locator(".cover tbody a").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".cover tbody tr")).to_have_count(8)
    page.locator(".tabs").nth(1).locator("a").nth(1).focus()
    page.keyboard.press("Enter")
    expect(page.locator('.tabs a[aria-current="true"]')).to_have_count(1)
    assert "period=week" in page.url
    with page.expect_download() as loading:
        page.locator(".files a").first.click()
    assert loading.value.suggested_filename == "coverage-20260304-week-grid.csv"
