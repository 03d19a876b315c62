"""The same report from forty threads at once is one report, and forty equal answers."""

import threading
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections
from rest_framework.test import APIClient

from gis.ledger.models import AuditEvent, IdempotencyKey
from incidents.models import Attribution, Channel, Contact, Incident, Report
from tests.factories import CELL, SOUTH, WEST, make_district

THREADS = 40


@pytest.mark.django_db(transaction=True)
def test_forty_threads_with_one_key() -> None:
    make_district()
    Channel.objects.update_or_create(
        code="resident",
        defaults={"name": "居民", "name_en": "r", "datum": "wgs84", "is_open": True},
    )
    body = {
        "channel": "resident",
        "kind": "livelihood",
        "description": "台阶破损",
        "location": {"lon": WEST + CELL / 2, "lat": SOUTH + CELL / 2},
        "reporter": {"phone": "13987654321"},
    }
    key, start = str(uuid4()), threading.Barrier(THREADS)
    answers: list[tuple[int, Any]] = []

    def send() -> None:
        try:
            start.wait()
            told = APIClient().post(
                "/api/v1/reports", body, format="json", headers={"idempotency-key": key}
            )
            answers.append((told.status_code, told.json()))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == THREADS
    assert all(answer == answers[0] for answer in answers)
    assert answers[0][0] == 201
    for model in (Report, Incident, Attribution, Contact, IdempotencyKey, AuditEvent):
        assert model.objects.count() == 1, model
