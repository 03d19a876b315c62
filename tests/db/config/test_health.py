"""`/healthz` is 200 only when every part does its work, and names the part that does not."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from gis.config import health, pulse
from gis.ground.site import LOGINS
from gis.ledger.models import Heartbeat, OutboxMessage
from gis.ledger.services import heartbeat
from grids.models import Place, User
from tests.factories import District

pytestmark = pytest.mark.django_db
PULSES = ("beat", "worker", "relay")


@pytest.fixture
def well(district: District) -> None:
    """An installation in which every part does its work."""
    Place.objects.update(profile_digest="x")
    for name, _role in LOGINS:
        User.objects.get_or_create(username=name)
    for part in PULSES:
        heartbeat.beat(part, now=timezone.now())


@pytest.fixture
def ask(client: Client) -> Callable[[str], tuple[int, dict[str, Any]]]:
    def asked(query: str = "") -> tuple[int, dict[str, Any]]:
        answer = client.get(f"/healthz{query}")
        return answer.status_code, answer.json()

    return asked


def test_all_is_well(well: None, ask: Callable[..., tuple[int, dict[str, Any]]]) -> None:
    code, body = ask()
    assert (code, body["status"]) == (200, "ok"), body
    assert set(body["parts"]) == set(health.checks())


@pytest.mark.parametrize("part", PULSES)
def test_a_silent_part_is_named(
    well: None, ask: Callable[..., tuple[int, dict[str, Any]]], part: str
) -> None:
    Heartbeat.objects.filter(part=part).update(
        beaten_at=timezone.now() - health.SILENCE - timedelta(seconds=1)
    )
    code, body = ask()
    assert code == 503
    assert [name for name, each in body["parts"].items() if each["status"] == "fail"] == [part]


def test_a_backlog_is_the_relays(
    well: None, ask: Callable[..., tuple[int, dict[str, Any]]]
) -> None:
    late = timezone.now() - health.BACKLOG * 2
    OutboxMessage.objects.create(topic="x", payload={}, created_at=late, due_at=late)
    code, body = ask()
    assert code == 503
    assert body["parts"]["relay"]["status"] == "fail"


def test_a_demo_without_its_district_or_logins_is_not_ready(
    well: None, ask: Callable[..., tuple[int, dict[str, Any]]]
) -> None:
    User.objects.filter(username="planner").update(is_active=False)
    code, body = ask()
    assert code == 503
    assert "planner" in body["parts"]["demo"]["detail"]
    User.objects.filter(username="planner").update(is_active=True)
    Place.objects.update(profile_digest="")
    assert ask()[0] == 503


def test_redis_that_does_not_answer_is_named(
    well: None, ask: Callable[..., tuple[int, dict[str, Any]]], settings: Any
) -> None:
    settings.REDIS_URL = "unix:///nonexistent/redis.sock"
    code, body = ask()
    assert code == 503
    assert body["parts"]["redis"]["status"] == "fail"
    assert "/nonexistent" not in str(body)


def test_some_parts_can_be_asked_alone(ask: Callable[..., tuple[int, dict[str, Any]]]) -> None:
    code, body = ask("?part=database&part=postgis")
    assert code == 200
    assert set(body["parts"]) == {"database", "postgis"}
    assert ask("?part=everything")[0] == 400


def test_it_changes_nothing(client: Client) -> None:
    assert client.post("/healthz").status_code == 405


def test_beat_notes_that_it_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    # It would close the connection that holds this test's transaction.
    monkeypatch.setattr(pulse, "close_old_connections", lambda: None)
    pulse.note()
    assert heartbeat.last("beat") is not None
