"""Duplicates in a real browser: on the keyboard, on a desktop and on a phone; and the board."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from incidents.models import Incident, NotDuplicate
from tests.browser.conftest import Watched
from tests.factories import District
from tests.loop import make_case

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "locale": "en-US"}
NORTH_M = 1 / 110_963.0


def cases(district: District) -> list[Incident]:
    """Four of the same words, the oldest first, a few metres apart."""
    lon, lat = district.centre(0, 0)
    now = timezone.now()
    return [
        make_case(
            district, at=(lon, lat + 4 * n * NORTH_M), now=now - timedelta(hours=4 - n),
            description="楼下台阶断了",
        )
        for n in range(4)
    ]  # fmt: skip


def test_arrows_choose_n_parts_and_m_merges(ground: District, watched: Watched) -> None:
    made = cases(ground)
    watched.sign_in(ground.users["centre"])
    page = watched.open(f"/desk/cases/{made[3].number}/duplicates")
    chosen = page.locator(".proposal:visible")
    expect(page.locator("#total")).to_have_text("3")
    expect(chosen).to_have_attribute("data-number", made[2].number)
    expect(page.locator("#distance")).to_have_text("4 米")
    page.keyboard.press("ArrowRight")
    expect(chosen).to_have_attribute("data-number", made[1].number)
    page.keyboard.press("n")
    expect(page.locator("#total")).to_have_text("2")
    assert NotDuplicate.objects.count() == 1
    page.keyboard.press("ArrowLeft")
    expect(chosen).to_have_attribute("data-number", made[2].number)
    page.keyboard.press("m")
    page.wait_for_url(f"**/desk/cases/{made[2].number}/duplicates")
    watched.settle()
    merged = Incident.objects.get(pk=made[3].pk)
    assert merged.merged_into_id == made[2].pk
    page.locator(f'[data-unmerge="{made[3].number}"]').click()
    expect(page.locator("[data-unmerge]")).to_have_count(0)
    assert Incident.objects.get(pk=made[3].pk).merged_into_id is None


def test_the_page_of_a_case_tells_of_them(ground: District, watched: Watched) -> None:
    made = cases(ground)
    watched.sign_in(ground.users["centre"])
    page = watched.page
    page.goto(f"{watched.base}/cases/{made[3].number}")
    expect(page.locator(".duplicates-panel li")).to_have_count(3)
    page.locator(".duplicates-panel h2 a").click()
    expect(page.locator("#total")).to_have_text("3")
    watched.settle()


@pytest.mark.parametrize("watched", [PHONE], indirect=True)
def test_it_fits_a_phone_in_english(ground: District, watched: Watched) -> None:
    made = cases(ground)
    watched.sign_in(ground.users["centre"])
    page = watched.open(f"/desk/cases/{made[0].number}/duplicates")
    expect(page.locator(".why:visible li").first).to_contain_text("apart (limit 50 m)")
    page.locator("#not").click()
    expect(page.locator("#total")).to_have_text("2")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("watched", [PHONE, {}], indirect=True)
def test_the_board_leads_to_its_lists(ground: District, watched: Watched) -> None:
    cases(ground)
    watched.sign_in(ground.users["centre"])
    page = watched.page
    page.goto(f"{watched.base}/desk/clearance/?by=subdistrict")
    came = page.locator("#came").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("#came").click()
    expect(page.locator("#total")).to_have_text(came)
    page.goto(f"{watched.base}/desk/clearance/")
    waiting = page.locator('.sums [data-part="waiting"]')
    count = waiting.inner_text()
    waiting.click()
    expect(page.locator("#total")).to_have_text(count)
