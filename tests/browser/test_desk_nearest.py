"""The desk in a browser: who on duty is near a case, when one asks."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from gis.ledger.models import AuditEvent
from patrols.models import Shift
from patrols.services.fixes import write_fixes
from tests.browser.conftest import Watched
from tests.browser.test_desk import opened, rows
from tests.factories import District
from tests.loop import make_case
from tests.patrols import columns, make_shift

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_nearest_on_duty_are_told_when_asked(ground: District, watched: Watched) -> None:
    worker, now = ground.users["worker"], timezone.now()
    make_case(ground, at=ground.centre(1, 0))
    make_shift(worker, ground.place, now - timedelta(hours=1))
    at = now - timedelta(minutes=3)
    write_fixes(columns(worker, at, [ground.centre(0, 0)]), now=now)
    page = opened(watched, ground.users["centre"])
    rows(page).first.click()
    near = page.locator("#case .near")
    button = near.get_by_role("button", name="附近在岗网格员")
    expect(button).to_be_visible()
    assert not AuditEvent.objects.filter(action="positions.viewed").exists()
    button.click()
    expect(near.locator("li")).to_have_count(1)
    expect(near.locator("li")).to_contain_text(worker.username)
    expect(near.locator("li")).to_contain_text(re.compile(r"90\d 米"))
    expect(near.locator("li")).to_contain_text("分钟前")
    assert AuditEvent.objects.filter(action="positions.viewed").count() == 1

    Shift.objects.update(ended_at=timezone.now(), end_received_at=timezone.now())
    near.get_by_role("button", name="再查一次").click()
    expect(near).to_contain_text("现在没有在岗")
    assert not watched.wrongs
    page.route("**/patrols/nearest?*", lambda route: route.fulfill(status=503, body="{}"))
    near.get_by_role("button", name="再查一次").click()
    expect(near.get_by_role("alert")).to_contain_text("没有查到")
    watched.wrongs.clear()  # that is what was told to fail
    page.unroute("**/patrols/nearest?*")
    near.get_by_role("button").click()
    expect(near).to_contain_text("现在没有在岗")


def test_who_sends_nobody_has_no_button(ground: District, watched: Watched) -> None:
    make_case(ground)
    page = opened(watched, ground.users["leader"])
    rows(page).first.click()
    expect(page.locator("#case .talk")).to_be_visible()
    expect(page.locator("#case .near")).to_have_count(0)
