"""The phone on the real service: from the cache on a dead line, the map too; what a load costs."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from patrols.models import Shift
from tests.browser.pocket import PASSWORD, Pocket, a_pocket
from tests.factories import District
from tests.loop import worker_channel

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MOST_BYTES = 1_500_000
DRAWN = '#map[aria-busy="false"]'
# By the phone's clock, what was known of it then, and what is known as it is sent.
SETTLE = "([written, sending]) => import('/static/patrols/clock.js').then((it) => { const { at, offset_s } = it.settle(written, sending); return [at.getTime(), offset_s * 1000] })"  # noqa: E501
HOUR = 3_600_000
NOON = 1_795_800_000_000


def sign_in(pocket: Pocket, ground: District) -> None:
    worker = ground.users["worker"]
    worker.set_password(PASSWORD)
    worker.save()
    worker_channel()
    pocket.visit()
    pocket.sign_in(worker)


def test_the_map_is_drawn_on_a_dead_line(
    ground: District, chromium: Browser, tmp_path: Path
) -> None:
    with a_pocket(chromium, tmp_path, has_map=True) as pocket:
        sign_in(pocket, ground)
        pocket.page.wait_for_selector(DRAWN)
        pocket.kept()
        # All that a first visit brings, over the wire, the service worker's own copies with it.
        assert 100_000 < pocket.line.got_bytes <= MOST_BYTES
        pocket.line.die()
        pocket.close()
        pocket.open()
        pocket.visit()
        pocket.ready()
        pocket.page.wait_for_selector(DRAWN)
        expect(pocket.page.locator("#grid-name")).to_have_text(ground.cell(0, 0).name)
        expect(pocket.page.locator("#net-said")).to_have_text("无网络")
        # A browser that says it is online is on a line that does not answer.
        pocket.report("线路不通")
        expect(pocket.page.locator("#waiting")).to_have_text("待发 1")
        pocket.line.live()
        pocket.send_all()
        expect(pocket.page.locator("#waiting")).to_have_text("待发 0")


CASES: dict[str, tuple[dict[str, Any], dict[str, Any], int, int]] = {
    "right": ({"at": 0, "offset": 0}, {"offset": 0}, 0, 0),
    "slow all the time": ({"at": -3, "offset": 3}, {"offset": 3}, 0, 3),
    "never heard before": ({"at": -3, "offset": None, "heard": -9}, {"offset": 3}, 0, 3),
    "put right on the way": ({"at": -3, "offset": 3}, {"offset": 0}, 0, 3),
    "wrong since the last answer": ({"at": -3, "offset": 0}, {"offset": 3}, 0, 3),
    "fast, and put right since": ({"at": 5, "offset": 0}, {"offset": 0, "now": 1}, 1, -4),
    "begun anew in 1970": ({"at": -400_000, "offset": 0}, {"offset": 0}, -1, 399_999),
}


def test_the_time_of_writing_is_found_in_whatever_way_the_clock_was_wrong(
    ground: District, chromium: Browser, tmp_path: Path
) -> None:
    """Hours around the moment of writing; the last answer came an hour before, it is sent an hour
    after.
    """
    with a_pocket(chromium, tmp_path) as pocket:
        sign_in(pocket, ground)
        for name, (written, sending, at, offset) in CASES.items():
            told = [
                {
                    "at": NOON + written["at"] * HOUR,
                    "offset": None if written["offset"] is None else written["offset"] * HOUR,
                    "heard": NOON + written.get("heard", -1) * HOUR,
                },
                {"offset": sending["offset"] * HOUR, "now": NOON + sending.get("now", 1) * HOUR},
            ]
            found = pocket.page.evaluate(SETTLE, told)
            assert found == [NOON + at * HOUR, offset * HOUR], name


@pytest.mark.parametrize("minutes", [20, -180])
def test_a_clock_that_is_put_right_in_between_does_no_harm(
    ground: District, chromium: Browser, tmp_path: Path, minutes: int
) -> None:
    """Written by a wrong clock; when the network is back, the system has set it."""
    with a_pocket(chromium, tmp_path, error=timedelta(minutes=minutes)) as pocket:
        sign_in(pocket, ground)
        said = pocket.page.locator("#clock-said")
        expect(said).to_contain_text("快 20 分钟" if minutes > 0 else "慢 3 小时")
        pocket.kept()
        pocket.go_offline()
        began = pocket.now()
        pocket.page.locator("#shift-go").click()
        expect(pocket.page.locator("#waiting")).to_have_text("待发 1")
        pocket.kill()
        pocket.error = timedelta(0)
        pocket.passed_s += 1800
        pocket.clock_file.write_text(str(pocket.passed_s), encoding="ascii")
        pocket.is_offline = False
        pocket.open()
        pocket.visit()
        # A browser writes cookies down now and then only: what was killed may have lost them.
        if pocket.page.url.endswith("/login/?next=/patrol/"):
            pocket.sign_in(ground.users["worker"])
        pocket.ready()
        expect(pocket.page.locator("#waiting")).to_have_text("待发 0")
        expect(pocket.page.locator("#clock-said")).to_be_empty()
    shift = Shift.objects.get()
    assert abs(shift.started_at - began) < timedelta(seconds=30)
    assert shift.start_received_at - shift.started_at > timedelta(minutes=29)
    assert shift.start_clock_offset_s == pytest.approx(-60 * minutes, abs=5)
