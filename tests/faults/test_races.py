"""Many at the same instant: one key is one report, and a limit is a limit."""

import json
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections
from pytest_django import Settings
from rest_framework.test import APIClient

from gis.ledger.models import AuditEvent
from gis.ledger.services.audit import broken_links
from incidents.models import Channel, Clock, Incident, Report
from tests.factories import CELL, SOUTH, WEST, District, make_district
from tests.loop import client_of, do, make_case

THREADS, LIMIT, FLOOD = 40, 20, 120


@pytest.fixture
def town(transactional_db: None) -> District:
    district = make_district()
    Channel.objects.update_or_create(
        code="resident",
        defaults={"name": "居民", "name_en": "r", "datum": "wgs84", "is_open": True},
    )
    return district


def body(text: str) -> dict[str, Any]:
    location = {"lon": WEST + CELL / 2, "lat": SOUTH + CELL / 2}
    return {
        "channel": "resident", "kind": "livelihood", "description": text, "location": location,
    }  # fmt: skip


def together(count: int, send: Callable[[int], Any]) -> list[Any]:
    """What `send` gives to that many threads which start at the same instant."""
    start, found = threading.Barrier(count), []

    def one(number: int) -> None:
        try:
            start.wait()
            found.append(send(number))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.parametrize("seed", range(3))
def test_many_bodies_under_one_key_are_one_report(town: None, seed: int) -> None:
    key = str(uuid4())

    def send(number: int) -> tuple[int, str]:
        told = APIClient().post(
            "/api/v1/reports", body(f"第 {number} 件"), format="json",
            headers={"idempotency-key": key},
        )  # fmt: skip
        return told.status_code, told.json().get("number", "")

    answers = together(THREADS, send)
    assert Counter(status for status, _ in answers) == {201: 1, 409: THREADS - 1}
    (kept,) = Report.objects.all()
    assert kept.number in {number for _, number in answers}
    assert Incident.objects.count() == 1


@pytest.mark.parametrize("rotated", [False, True])
def test_a_flood_gets_exactly_the_limit(town: None, settings: Settings, rotated: bool) -> None:
    settings.REPORTS_PER_MINUTE = LIMIT
    address = f"10.{uuid4().int % 250}.{uuid4().int % 250}.{uuid4().int % 250}"

    def send(number: int) -> int:
        headers = {"idempotency-key": str(uuid4())}
        if rotated:
            headers |= {
                "x-forwarded-for": f"1.2.3.{number}", "x-real-ip": f"1.2.4.{number}",
                "forwarded": f"for=1.2.5.{number}",
            }  # fmt: skip
        told = APIClient().generic(
            "POST", "/api/v1/reports", json.dumps(body("x")), content_type="application/json",
            headers=headers, REMOTE_ADDR=address,
        )  # fmt: skip
        return int(told.status_code)

    assert Counter(together(FLOOD, send)) == {201: LIMIT, 429: FLOOD - LIMIT}
    assert Report.objects.count() == LIMIT


def test_of_thirty_who_check_in_at_once_one_does(town: District) -> None:
    """The others are told that the case has moved on; there is one event, and one clock ended."""
    number = str(make_case(town).number)
    do(town, number, "file", "centre")
    do(town, number, "dispatch", "centre", unit="department")

    def send(_number: int) -> int:
        client = client_of(town.users["handler"])
        answer = client.post(
            f"/api/v1/incidents/{number}/actions/check_in", {}, format="json",
            headers={"idempotency-key": str(uuid4())},
        )  # fmt: skip
        return int(answer.status_code)

    assert Counter(together(30, send)) == {200: 1, 409: 29}
    events = AuditEvent.objects.filter(chain=f"incident:{number}", action="incident.checked_in")
    assert events.count() == 1
    assert Clock.objects.filter(incident__number=number, step="check_in").count() == 1
    assert not list(broken_links())
