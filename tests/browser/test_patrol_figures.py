"""What the phone costs, printed: a first load, a start from the cache at a sixth of the processor,
a report in taps and seconds, a shift in bytes. Figures, not limits: `pytest -m proof -s`.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, expect

from patrols.models import Fix
from tests.browser.pocket import Pocket, a_pocket, until
from tests.browser.test_patrol_line import DRAWN, sign_in
from tests.factories import District
from tests.loop import make_case
from tests.spots import make_spot, make_type

pytestmark = [pytest.mark.proof, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SLOWER = 6
STARTS = 3
# A person finds the next target and lifts the thumb; the camera's own two taps are not ours.
PAUSE_MS, LETTER_MS = 150, 200
STEP_S, STEPS = 10, 60
SHIFT_H = 8


def say(text: str) -> None:
    sys.stdout.write(f"\n  {text} (load {os.getloadavg()[0]:.1f})\n")


def busy(ground: District) -> None:
    """A dozen tasks and as many places."""
    kind = make_type(ground)
    for number in range(12):
        make_case(ground, description="台阶破损")
        make_spot(kind, ground.centre(0, 0), f"{number} 号")


def metrics(cdp: CDPSession) -> dict[str, float]:
    told: Any = cdp.send("Performance.getMetrics")
    return {one["name"]: one["value"] for one in told["metrics"]}


def test_a_first_load_and_starts_from_the_cache(
    ground: District, chromium: Browser, tmp_path: Path
) -> None:
    busy(ground)
    with a_pocket(chromium, tmp_path, has_map=True, has_own_clock=False) as pocket:
        sign_in(pocket, ground)
        page = pocket.page
        page.wait_for_selector(DRAWN)
        pocket.kept()
        page.wait_for_timeout(2000)
        say(f"first load, over the wire: {pocket.line.got_bytes / 1e6:.2f} MB")
        pocket.go_offline()
        cdp = pocket.context.new_cdp_session(page)
        cdp.send("Performance.enable")
        cdp.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        for _ in range(STARTS):
            began = time.monotonic()
            page.goto(f"{pocket.base}/patrol/", wait_until="commit")
            page.wait_for_selector("#tasks .act")
            usable = time.monotonic() - began
            page.wait_for_selector(DRAWN)
            drawn = time.monotonic() - began
            spent = metrics(cdp)
            script, layout = spent["ScriptDuration"], spent["LayoutDuration"]
            layout += spent["RecalcStyleDuration"]
            say(
                f"from the cache, processor slower by {SLOWER}: usable {usable:.1f} s, map drawn"
                f" {drawn:.1f} s; script {script:.1f} s, layout {layout:.1f} s,"
                f" all of the page's thread {spent['TaskDuration']:.1f} s"
            )


def test_a_report_in_taps_and_seconds(ground: District, chromium: Browser, tmp_path: Path) -> None:
    with a_pocket(chromium, tmp_path, has_map=True, has_own_clock=False) as pocket:
        sign_in(pocket, ground)
        pocket.page.wait_for_selector(DRAWN)
        for words in ("", "楼下路灯不亮三天"):
            began, taps = time.monotonic(), []
            with pocket.page.expect_file_chooser() as chosen:
                taps.append(tap(pocket, ".go"))
            chosen.value.set_files(pocket.photo())
            taps.append(tap(pocket, ".tile >> nth=1"))
            if words:
                taps.append(tap(pocket, "#words"))
                pocket.page.keyboard.type(words, delay=LETTER_MS)
            taps.append(tap(pocket, "#send"))
            expect(pocket.page.locator("#report")).to_be_hidden()
            spent = time.monotonic() - began
            say(
                f"a report with {len(words)} letters: {len(taps)} taps and the camera's own,"
                f" {spent:.1f} s; targets at {', '.join(taps)} of the height"
            )


def tap(pocket: Pocket, selector: str) -> str:
    """A tap of a thumb, after a pause; how far down it was."""
    pocket.page.wait_for_timeout(PAUSE_MS)
    target = pocket.page.locator(selector)
    target.scroll_into_view_if_needed()
    box = target.bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    pocket.page.touchscreen.tap(box["x"] + box["width"] / 2, y)
    return f"{y / 844:.0%}"


def test_a_shift_in_bytes(ground: District, chromium: Browser, tmp_path: Path) -> None:
    busy(ground)
    lon, lat = ground.centre(0, 0)
    with a_pocket(chromium, tmp_path) as pocket:
        sign_in(pocket, ground)
        pocket.kept()
        pocket.page.locator("#shift-go").click()
        expect(pocket.page.locator("#shift-said")).to_contain_text("在岗")
        for name in ("tasks", "spots"):
            expect(pocket.page.locator(f"#{name} .act")).to_have_count(12)
        expect(pocket.page.locator("#waiting")).to_have_text("待发 0")
        pocket.page.wait_for_timeout(2000)
        pocket.line.asked.clear()
        before = pocket.line.sent_bytes, pocket.line.got_bytes
        for step in range(1, STEPS + 1):
            pocket.let_pass(STEP_S + 1)
            pocket.stand(lon + step * 1e-5, lat)
            until(pocket.page, "import('/static/patrols/position.js').then((it) => it.fresh())")
            pocket.page.wait_for_timeout(100)
        until(pocket.page, "import('/static/patrols/fixes.js').then((it) => it.track.waiting < 7)")
        sent, got = pocket.line.sent_bytes - before[0], pocket.line.got_bytes - before[1]
        part = SHIFT_H * 3600 / (STEPS * (STEP_S + 1))
        say(
            f"{STEPS} fixes in {STEPS * (STEP_S + 1) // 60} minutes, {Fix.objects.count()} stored:"
            f" {sent} bytes sent, {got} received; a shift of {SHIFT_H} h:"
            f" {(sent + got) * part / 1e6:.1f} MB, pictures apart; asked {dict(pocket.line.asked)}"
        )
