"""Fixtures that every room's tests share."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from grids.models import User
from tests.factories import District, make_district


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
