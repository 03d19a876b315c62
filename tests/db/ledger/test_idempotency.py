"""One key, one row, one answer."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from gis.ledger.models import Heartbeat, IdempotencyKey
from gis.ledger.services import idempotency

NOW = datetime(2022, 11, 2, 8, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def write() -> tuple[int, Any]:
    Heartbeat.objects.create(part=str(uuid4()), beaten_at=NOW)
    return 201, {"number": str(uuid4())}


def test_a_repeated_write_is_answered_alike_and_done_once() -> None:
    key = uuid4()
    first, again = (
        idempotency.once(source="a", key=key, body=body, now=NOW, write=write)
        for body in ({"x": 1, "y": [2]}, {"y": [2], "x": 1})
    )
    assert (again.status, again.body) == (first.status, first.body)
    assert (first.is_replay, again.is_replay) == (False, True)
    assert Heartbeat.objects.count() == 1


def test_another_body_is_refused_and_another_source_is_another_key() -> None:
    key = uuid4()
    idempotency.once(source="a", key=key, body=1, now=NOW, write=write)
    with pytest.raises(idempotency.KeyReused):
        idempotency.once(source="a", key=key, body=2, now=NOW, write=write)
    idempotency.once(source="b", key=key, body=2, now=NOW, write=write)
    assert Heartbeat.objects.count() == 2


def test_a_write_that_fails_leaves_nothing() -> None:
    def fails() -> tuple[int, Any]:
        write()
        raise ValueError

    with pytest.raises(ValueError):
        idempotency.once(source="a", key=uuid4(), body=1, now=NOW, write=fails)
    assert not Heartbeat.objects.exists()
    assert not IdempotencyKey.objects.exists()


def test_the_digest_cannot_be_tried_out_without_the_key_of_the_site(settings: Any) -> None:
    before = idempotency.digest({"phone": "13987654321"})
    settings.SECRET_KEY = "another"
    assert idempotency.digest({"phone": "13987654321"}) != before
