"""Tokens, lockout and throttling."""

import secrets
from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from gis.api.throttling import AddressThrottle
from tests.factories import PASSWORD, District

TOKEN = "/api/v1/token"


def sign_in(api: APIClient, username: str, password: str, **more: Any) -> Any:
    return api.post(TOKEN, {"username": username, "password": password}, format="json", **more)


@pytest.fixture
def address() -> str:
    """An address that nobody has counted yet."""
    return f"2001:db8::{secrets.token_hex(2)}:{secrets.token_hex(2)}"


@pytest.fixture(autouse=True)
def awake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AddressThrottle, "_resting_until", 0.0)


def test_a_token_opens_what_its_holder_may_see(district: District, api: APIClient) -> None:
    told = sign_in(api, "370299-worker", PASSWORD)
    assert told.status_code == 200
    assert told.json().keys() == {"token", "expires_at"}
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {told.json()['token']}")
    assert api.get("/api/v1/me").json()["username"] == "370299-worker"


def test_a_wrong_password_says_so(district: District, api: APIClient) -> None:
    refused = sign_in(api, "370299-worker", "wrong")
    assert refused.status_code == 401
    assert refused.json()["errors"][0]["code"] == "wrong_credentials"
    assert sign_in(api, "nobody", "wrong").json() == refused.json()


def test_too_many_failures_lock_even_the_right_password(
    district: District, api: APIClient, settings: Settings
) -> None:
    settings.AXES_FAILURE_LIMIT = 3
    told = [sign_in(api, "370299-worker", "wrong").status_code for _ in range(3)]
    assert told == [401, 401, 429]
    locked = sign_in(api, "370299-worker", PASSWORD)
    assert (locked.status_code, locked.json()["errors"][0]["code"]) == (429, "locked_out")
    assert sign_in(api, "370299-leader", PASSWORD).status_code == 200


def test_attempts_are_counted_by_address_whatever_headers_say(
    district: District, api: APIClient, settings: Settings, address: str
) -> None:
    settings.TOKEN_ATTEMPTS_PER_MINUTE = 4
    told = [
        api.post(TOKEN, {}, format="json", REMOTE_ADDR=address, HTTP_X_FORWARDED_FOR=f"10.0.0.{n}")
        for n in range(7)
    ]
    assert [response.status_code for response in told] == [400] * 4 + [429] * 3
    assert 1 <= int(told[-1]["Retry-After"]) <= 61


def test_only_the_public_is_counted_when_locating(
    district: District, api: APIClient, settings: Settings, address: str
) -> None:
    settings.LOCATES_PER_MINUTE = 2
    point = {"lon": "120.405", "lat": "36.065", "datum": "wgs84"}
    codes = [api.get("/api/v1/locate", point, REMOTE_ADDR=address).status_code for _ in range(3)]
    assert codes == [200, 200, 429]
    api.force_authenticate(district.users["worker"])
    assert api.get("/api/v1/locate", point, REMOTE_ADDR=address).status_code == 200


def test_without_redis_everything_passes_and_the_log_says_so(
    district: District, api: APIClient, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.REDIS_URL = "unix:///nonexistent/redis.sock?db=0"
    settings.TOKEN_ATTEMPTS_PER_MINUTE = 0
    assert api.post(TOKEN, {}, format="json").status_code == 400
    assert "Redis" in caplog.text


@pytest.mark.django_db
def test_signing_out_ends_the_token_everywhere(api: APIClient, district: District) -> None:
    credentials = {"username": district.users["worker"].username, "password": PASSWORD}
    here, there = (
        api.post("/api/v1/token", credentials, format="json").json()["token"] for _ in range(2)
    )
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {here}")
    assert api.get("/api/v1/me").status_code == 200
    assert api.delete("/api/v1/token").status_code == 204
    for raw in (here, there):
        api.credentials(HTTP_AUTHORIZATION=f"Bearer {raw}")
        assert api.get("/api/v1/me").status_code == 401
    # An old token does not stand in the way of a new one.
    assert api.post("/api/v1/token", credentials, format="json").status_code == 200


@pytest.mark.django_db
def test_nobody_signs_out_without_a_token(api: APIClient, district: District) -> None:
    assert api.delete("/api/v1/token").status_code == 401
