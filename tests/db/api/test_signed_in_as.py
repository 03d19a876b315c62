"""A page asks in the name of whom it is for, and nobody else's session answers it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from incidents.models import Report
from tests.factories import District, make_user
from tests.loop import worker_channel

AS = "X-Signed-In-As"


def me(client: Client, **headers: str) -> int:
    return int(client.get("/api/v1/me", headers=headers).status_code)


def test_only_the_one_who_is_signed_in_is_answered(district: District) -> None:
    client, worker = Client(), district.users["worker"]
    client.force_login(worker)
    name = worker.username
    assert me(client) == me(client, **{AS: name}) == 200
    answer: Any = client.get("/api/v1/me", headers={AS: "centre"})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (401, "not_authenticated")
    assert me(Client(), **{AS: name}) == 401


def test_names_come_percent_encoded(district: District) -> None:
    client = Client()
    client.force_login(make_user("网格员乙", district.place))
    assert me(client, **{AS: "%E7%BD%91%E6%A0%BC%E5%91%98%E4%B9%99"}) == 200


@pytest.mark.parametrize("user", ["centre", None])
def test_what_waits_is_not_sent_by_another(district: District, user: str | None) -> None:
    """Neither by who signed in since, nor by nobody, though anybody may report."""
    worker_channel()
    client = Client()
    if user:
        client.force_login(district.users[user])
    name = district.users["worker"].username
    for path in ("/api/v1/reports", "/api/v1/photos"):
        answer = client.post(path, {}, "application/json", headers={AS: name})
        assert answer.status_code == 401
    assert not Report.objects.exists()
