"""Fixtures that every room's tests share."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings as django_settings
from django.db import connection
from hypothesis import settings as hypothesis_settings
from pytest_django import Settings
from rest_framework.test import APIClient

from gis.config import env
from grids.models import User
from tests.factories import District, make_district

# How long an example takes says how busy the machine is, and nothing of what is tested.
hypothesis_settings.register_profile("wangge", deadline=None)
hypothesis_settings.load_profile("wangge")


def pytest_configure() -> None:
    """Beside other workers of pytest-xdist, a Redis database of its own, for the processes that
    tests start too: counts of requests must not add up, nor one's caches be emptied by another."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        return
    url = _own_redis(django_settings.REDIS_URL, int(worker.removeprefix("gw")) + 1)
    os.environ["REDIS_URL"] = django_settings.REDIS_URL = url
    django_settings.CACHES["default"]["LOCATION"] = url
    django_settings.CELERY_BROKER_URL = env.broker(url)


def _own_redis(url: str, number: int) -> str:
    """The same server's database of that number."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return f"unix://{parts.path}?db={number}"
    return parts._replace(path=f"/{number}").geturl()


@pytest.fixture(autouse=True)
def _patient(settings: Settings) -> None:
    """All tests come from one address: nobody is told to wait, unless a test wants it."""
    settings.REPORTS_PER_MINUTE = settings.PHOTOS_PER_MINUTE = 10**9
    settings.LOOKUPS_PER_MINUTE = settings.FOLLOWS_PER_MINUTE = settings.FOLLOW_DIGITS_TRIED = 10**9
    settings.WEBHOOKS_PER_MINUTE = 10**9


@pytest.fixture(autouse=True)
def _own_checkpoints(settings: Settings, tmp_path: Path) -> None:
    """Those of the demonstration say nothing about the database of the tests."""
    settings.AUDIT_CHECKPOINTS = tmp_path / "audit"


@pytest.fixture(autouse=True)
def _no_fixes_left(request: pytest.FixtureRequest, _django_db_marker: None) -> Iterator[None]:
    """Django empties the tables that it manages; that of fixes is partitioned, and made by SQL."""
    marker = request.node.get_closest_marker("django_db")
    asked = {"transactional_db", "live_server"} & set(request.fixturenames)
    if not asked and not (marker and marker.kwargs.get("transaction")):
        yield
        return
    # Asked for here, it is there until the fixes are gone.
    request.getfixturevalue("transactional_db")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM patrols_fix")


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
