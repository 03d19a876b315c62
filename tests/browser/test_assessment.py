"""The assessment in Chromium: it fits every size, a figure opens its list, a score its lines."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Watched
from tests.db.incidents.assessment.test_scores import closed_case
from tests.factories import make_district
from tests.lived import set_up_scheme

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SPAN = "from=2026-03-01&to=2026-04-01"


@pytest.mark.parametrize(
    "watched",
    [{"viewport": {"width": 1920, "height": 1080}}, {"viewport": {"width": 390, "height": 844}}],
    indirect=True,
)
def test_from_the_table_to_a_score_and_back_to_the_unit(watched: Watched) -> None:
    district = make_district()
    set_up_scheme(district.place)
    case, _at = closed_case(district)
    watched.sign_in(district.users["centre"])
    page = watched.page
    page.goto(f"{watched.base}/assessment/?{SPAN}")
    expect(page.locator(".unranked tr")).to_have_count(1)
    expect(page.locator(".unranked .why")).to_contain_text("10")
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0
    page.locator(".unranked a").first.click()
    expect(page.locator("#total")).to_have_text("1")
    page.goto(f"{watched.base}/assessment/cases/{case.number}")
    expect(page.locator(".score-sheet li")).to_have_count(9)
    expect(page.locator(".score-sheet .lost")).to_have_count(1)
