"""The stream's door: who gets in, what may be asked, and the answer where nobody keeps it open."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from gis.api.credentials import Credential, holder
from gis.api.streaming import PATH
from gis.ledger.services import stream, tokens
from grids.models import User
from tests.factories import District

TOPIC, OTHER = stream.declare("test.news"), stream.declare("test.other")
NOW = datetime(2026, 11, 2, 2, tzinfo=UTC)
ApiFor = Callable[[User], APIClient]


def tell(topic: str = TOPIC, key: str = "place:370299") -> int:
    with transaction.atomic():
        return stream.emit(topic=topic, payload={"字": "网格\n"}, audience=[key], at=NOW).pk


def ask(client: APIClient, **asked: Any) -> list[tuple[str, int | None, Any]]:
    """Name, id and data of each event of one answer."""
    headers = {"last-event-id": str(asked.pop("last"))} if "last" in asked else {}
    answer = client.get(PATH, asked, headers={"accept": "text/event-stream", **headers})
    assert answer.status_code == 200, answer.content
    events = []
    for text in answer.content.decode().removesuffix("\n\n").split("\n\n"):
        fields = dict(line.split(": ", 1) for line in text.split("\n"))
        id = int(fields["id"]) if "id" in fields else None
        events.append((fields["event"], id, json.loads(fields["data"])))
    return events


def test_one_answer_tells_what_there_is_and_when_to_ask_again(
    district: District, api_for: ApiFor
) -> None:
    centre = api_for(district.users["centre"])
    first = tell()
    answer = centre.get(PATH)
    assert answer["Content-Type"] == "text/event-stream"
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Accel-Buffering"] == "no"
    assert "Content-Encoding" not in answer
    assert answer.content.startswith(f"retry: 1000\nid: {first}\nevent: hello\n".encode())
    told = ask(centre)
    assert [(name, id) for name, id, _ in told] == [("hello", first), ("heartbeat", first)]
    assert set(told[0][2]) == {"now", "newest", "heartbeat_s", "scope"}
    second = tell()
    assert ask(centre, last=first)[1] == (TOPIC, second, {"字": "网格\n"})
    # A browser comes back with the address it began with and a newer header.
    assert [name for name, *_ in ask(centre, last=second, last_event_id=first)] == [
        "hello", "heartbeat"
    ]  # fmt: skip
    assert [id for _, id, _ in ask(centre, last_event_id=first)] == [first, second, second]


def test_what_is_not_for_the_viewer_moves_them_on_all_the_same(
    district: District, api_for: ApiFor
) -> None:
    worker = api_for(district.users["worker"])
    first, second = tell(), tell(key="grid:370299/370299001001001")
    third = tell()
    told = ask(worker, last=first)
    assert [(name, id) for name, id, _ in told] == [
        ("hello", first), (TOPIC, second), ("heartbeat", third)
    ]  # fmt: skip
    assert told[0][2]["scope"] != ask(api_for(district.users["centre"]))[0][2]["scope"]


def test_topics(district: District, api_for: ApiFor) -> None:
    centre = api_for(district.users["centre"])
    tell(), tell(OTHER)
    assert [name for name, *_ in ask(centre, last=0, topics=OTHER)][1:-1] == [OTHER]
    assert len(ask(centre, last=0, topics=f"{OTHER},{TOPIC}")) == 4


def test_an_id_that_was_never_given_makes_the_client_read_anew(
    district: District, api_for: ApiFor
) -> None:
    newest = tell()
    told = ask(api_for(district.users["centre"]), last=newest + 1)
    assert [(name, id) for name, id, _ in told] == [
        ("hello", newest), ("reset", newest), ("heartbeat", newest)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "last", "field", "status"),
    [
        ({"last_event_id": "-1"}, None, "last_event_id", 400),
        ({"last_event_id": "\u0661"}, None, "last_event_id", 400),
        ({"last_event_id": "1" * 40}, None, "last_event_id", 400),
        ({}, "1; DROP", "Last-Event-ID", 400),
        ({"topics": "report.receive"}, None, "topics", 400),
        ({"topics": "test.news,"}, None, "topics", 400),
        ({"grid": "1"}, None, "grid", 400),
        ({"place": "999999"}, None, "place", 404),
    ],
)
def test_a_bad_question_is_refused(
    district: District, api_for: ApiFor, asked: Any, last: str | None, field: str, status: int
) -> None:
    headers = {"accept": "text/event-stream"} | ({"last-event-id": last} if last else {})
    answer = api_for(district.users["centre"]).get(PATH, asked, headers=headers)
    assert answer.status_code == status
    assert answer.json()["errors"][0]["field"] == field


def test_who_did_not_sign_in_is_told_so_in_json(district: District, api: APIClient) -> None:
    answer = api.get(PATH, headers={"accept": "text/event-stream"})
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/json")
    assert api.get(PATH, headers={"authorization": "Bearer x"}).status_code == 401
    assert api.post(PATH, {}, format="json").status_code == 401


def test_a_head_tells_whether_one_would_get_in(district: District, api_for: ApiFor) -> None:
    answer = api_for(district.users["centre"]).head(PATH)
    assert (answer.status_code, answer.content) == (200, b"")


def test_the_path_that_is_kept_open_is_the_route() -> None:
    assert reverse("api:stream") == PATH


def test_a_credential_ends_with_its_session_or_token(district: District) -> None:
    user, now = district.users["centre"], timezone.now()
    client = Client()
    client.force_login(user)
    session = Credential(session=client.session.session_key)
    raw = tokens.issue(user=user, now=now)[0]
    token = Credential(token=raw)
    assert holder(session, now) == holder(token, now) == user
    assert raw not in repr(token)
    assert holder(token, now + timedelta(days=1)) is None
    client.logout()
    tokens.revoke_all(user=user, now=now)
    assert holder(session, now) is None
    assert holder(token, now) is None
    assert holder(Credential(), now) is None
    assert holder(Credential(session="nonsense"), now) is None


def test_a_new_password_or_a_closed_account_ends_a_session(district: District) -> None:
    user, now = district.users["centre"], timezone.now()
    client = Client()
    client.force_login(user)
    credential = Credential(session=client.session.session_key)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert holder(credential, now) is None
    User.objects.filter(pk=user.pk).update(is_active=True, password="other")
    assert holder(credential, now) is None
