"""The briefing in a real browser without a network: nothing is asked, everything shows."""

from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, Page, expect

from tests.briefing import WEEK, make_reports
from tests.factories import make_district

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAINTED = """() => {
  const canvas = document.querySelector('.heatmap-canvas')
  const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data
  let sum = 0
  for (let i = 3; i < pixels.length; i += 4) sum += pixels[i] * (i % 1009)
  return sum
}"""


@pytest.fixture
def written(transactional_db: None, tmp_path: Path) -> Path:
    make_reports(make_district())
    call_command("briefing", period=WEEK, out=tmp_path, verbosity=0)
    return next(tmp_path.iterdir())


def choose(page: Page, scene: str) -> None:
    page.locator(f"label:has([value={scene}])").click()


@pytest.mark.parametrize("size", [(1920, 1080), (390, 844)], ids=["desk", "phone"])
def test_it_opens_offline_and_every_scene_shows(
    written: Path, chromium: Browser, size: tuple[int, int]
) -> None:
    phone = size[0] < 500
    context = chromium.new_context(
        viewport={"width": size[0], "height": size[1]},
        offline=True,
        has_touch=phone,
        is_mobile=phone,
    )
    page = context.new_page()
    asked: list[str] = []
    wrongs: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: wrongs.append(str(error)))
    page.on("console", lambda said: wrongs.append(said.text) if said.type == "error" else None)
    page.goto(written.as_uri())
    page.wait_for_selector("html[data-ready]", state="attached")

    expect(page.locator("h1")).to_contain_text("周报")
    expect(page.locator(".sheet img.leaflet-image-layer")).to_have_count(1)
    expect(page.locator("#time")).to_be_hidden()
    assert page.locator(".leaflet-control-attribution").locator("a, svg").count() == 0
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overflow) <= 0

    choose(page, "days")
    date = page.locator(".timecontrol-date")
    expect(date).to_contain_text("10 月 31 日（周一）")
    monday = page.evaluate(PAINTED)
    assert monday > 0
    page.locator(".timecontrol-forward").click()
    expect(date).to_contain_text("11 月 1 日（周二）")
    assert page.evaluate(PAINTED) not in {0, monday}
    page.locator(".timecontrol-backward").click()
    expect(date).to_contain_text("10 月 31 日")

    choose(page, "cases")
    expect(page.locator("#time")).to_be_hidden()
    expect(page.locator('figure[data-scene="cases"]')).to_be_visible()
    grids = page.locator('.leaflet-overlay-pane path[stroke-width="0.6"]')
    expect(grids).to_have_count(12)
    cases = grids.evaluate_all("paths => paths.map(path => path.getAttribute('fill'))")
    choose(page, "rates")
    rates = grids.evaluate_all("paths => paths.map(path => path.getAttribute('fill'))")
    assert len(set(cases)) > 2
    assert len(set(rates)) > 2
    page.locator("#stations").check()
    expect(page.locator(".station")).to_have_count(4)

    assert [url for url in asked if not url.startswith("data:")] == [written.as_uri()]
    assert wrongs == []
    context.close()
