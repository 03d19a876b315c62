"""Fixtures that every room's tests share."""

from collections.abc import Callable

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from grids.models import User
from tests.factories import District, make_district


@pytest.fixture(autouse=True)
def _patient(settings: Settings) -> None:
    """All tests come from one address: nobody is told to wait, unless a test wants it."""
    settings.REPORTS_PER_MINUTE = settings.PHOTOS_PER_MINUTE = 10**9
    settings.LOOKUPS_PER_MINUTE = settings.FOLLOWS_PER_MINUTE = settings.FOLLOW_DIGITS_TRIED = 10**9
    settings.WEBHOOKS_PER_MINUTE = 10**9


@pytest.fixture
def district(db: None) -> District:
    """A small district with two editions that lived and a draft, see `tests/factories.py`."""
    return make_district()


@pytest.fixture
def api() -> APIClient:
    """A client without an account."""
    return APIClient()


@pytest.fixture
def api_for() -> Callable[[User], APIClient]:
    """Make a client that is signed in as the user."""

    def make(user: User) -> APIClient:
        client = APIClient()
        client.force_authenticate(user)
        return client

    return make
