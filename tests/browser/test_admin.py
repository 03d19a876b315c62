"""The administration in a real browser: its maps draw, under the policy, from this server alone."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from grids.models import User
from tests.browser.conftest import Watched
from tests.factories import PASSWORD, make_district

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_administrator_signs_in_and_sees_a_station_on_its_map(
    transactional_db: None, watched: Watched
) -> None:
    station = make_district().stations[0]
    User.objects.create_superuser("root", password=PASSWORD)
    page = watched.page
    page.goto(f"{watched.base}{reverse('admin:grids_station_change', args=[station.pk])}")
    page.locator('input[name="username"]').fill("root")
    page.locator('input[name="password"]').fill(PASSWORD)
    page.locator('[type="submit"]').last.click()
    page.wait_for_selector('[data-ground][data-drawn="yes"]')
    expect(page.locator(".ground canvas")).to_be_visible()
    expect(page.locator(".ground .maplibregl-marker")).to_be_visible()
    page.locator(".ground canvas").click(position={"x": 60, "y": 60})
    expect(page.locator(".ground-text")).not_to_have_value(station.position.geojson)
    expect(page.locator(".ground-said")).to_be_hidden()
