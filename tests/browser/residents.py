"""Walking through the resident's page, and what a checker of accessibility asks of it."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.factories import CELL, SOUTH, WEST
from tests.pictures import picture

LON, LAT = WEST + CELL / 2, SOUTH + CELL / 2
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "permissions": ["geolocation"],
    "geolocation": {"longitude": LON, "latitude": LAT, "accuracy": 12},
}
ENGLISH = {**PHONE, "locale": "en-GB"}
on_phone = pytest.mark.parametrize("watched", [PHONE], indirect=True)
NO_WEBGL = """const real = HTMLCanvasElement.prototype.getContext
HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
  return kind === 'webgl2' ? null : real.call(this, kind, ...more)
}"""
# What a checker of accessibility asks first: names, labels, ids, roles, and room for a finger.
FAULTS = """() => {
  const faults = []
  const seen = (e) => e.checkVisibility() && e.getClientRects().length > 0
  const name = (e) => (e.getAttribute('aria-label') ?? '') || e.textContent.trim() || (e.labels?.[0]?.textContent.trim() ?? '') || (e.querySelector('img')?.alt ?? '')
  const ids = [...document.querySelectorAll('[id]')].map((e) => e.id)
  for (const id of ids) if (ids.filter((one) => one === id).length > 1) faults.push(`id twice: ${id}`)
  for (const e of document.querySelectorAll('main :is(button, a, input, select, textarea), .top :is(button, a)')) {
    if (!seen(e) || e.closest('.maplibregl-control-container')) continue
    if (!name(e)) faults.push(`no name: ${e.outerHTML.slice(0, 80)}`)
    const box = (e.closest('label.shutter, label.album') ?? e).getBoundingClientRect()
    if (box.height < 44 || box.width < 44) faults.push(`${box.width} x ${box.height}: ${e.outerHTML.slice(0, 80)}`)
  }
  for (const e of document.querySelectorAll('img')) if (!e.hasAttribute('alt')) faults.push('no alt')
  for (const e of document.querySelectorAll('[aria-describedby]')) for (const id of e.getAttribute('aria-describedby').split(' ')) if (!ids.includes(id)) faults.push(`described by nothing: ${id}`)
  for (const e of document.querySelectorAll('[role=radiogroup]')) if (seen(e) && [...e.querySelectorAll('[role=radio][tabindex="0"]')].length !== 1) faults.push(`no one way in: ${e.id}`)
  if (document.querySelectorAll('main').length !== 1 || document.querySelectorAll('h1').length !== 1) faults.push('landmarks')
  if (document.documentElement.scrollWidth > innerWidth) faults.push('wider than the screen')
  return faults
}"""  # noqa: E501


def opened(watched: Watched) -> Page:
    watched.page.goto(f"{watched.base}/report/")
    expect(watched.page.locator("#photo")).to_be_visible()
    return watched.page


def a_photo(page: Page, raw: bytes | None = None, into: str = "#camera") -> None:
    before = page.locator("#photos li").count()
    page.set_input_files(
        into, {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": raw or picture(900, 600)}
    )
    expect(page.locator("#photos li")).to_have_count(before + 1)


def to_the_end(page: Page) -> None:
    """From the first step to the last, by the phone's position and the first tile."""
    page.locator("#photo-next").click()
    page.get_by_role("button", name=re.compile("定位|Locate")).click()
    expect(page.locator("#told")).to_have_text("001001第1网格")
    page.locator("#place-use").click()
    page.get_by_role("radio", name=re.compile("路灯不亮|Street light")).click()
    expect(page.locator("#send")).to_be_visible()


def number_of(page: Page) -> str:
    expect(page.locator("#sent-number")).to_be_visible()
    return page.locator("#sent-number").inner_text()


def forgive(watched: Watched, *words: str) -> None:
    """What the test itself brought about is no fault of the page."""
    watched.wrongs = [one for one in watched.wrongs if not any(word in one for word in words)]
