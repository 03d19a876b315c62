"""The outbox: a promise exists exactly when its change does, and is kept once."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections, transaction

from gis.ledger.models import Heartbeat, OutboxMessage
from gis.ledger.services import heartbeat, outbox

NOW = datetime(2022, 11, 2, 14, 32, tzinfo=UTC)
TOPIC = "test.effect"


@pytest.fixture(autouse=True)
def handler() -> Iterator[None]:
    """The effect is a row, so that the database itself counts how often it happened."""

    def effect(payload: dict[str, object], message: int) -> None:
        part = str(payload["part"])
        Heartbeat.objects.create(part=f"{part}:{message}", beaten_at=NOW)
        if payload.get("fails"):
            raise ValueError("no")

    outbox._handlers[TOPIC] = effect
    yield
    del outbox._handlers[TOPIC]


def promise(part: str, **more: object) -> OutboxMessage:
    with transaction.atomic():
        return outbox.promise(TOPIC, {"part": part, **more}, at=NOW)


@pytest.mark.django_db(transaction=True)
def test_a_promise_needs_the_transaction_of_its_change() -> None:
    with pytest.raises(RuntimeError):
        outbox.promise(TOPIC, {"part": "a"}, at=NOW)


@pytest.mark.django_db
def test_a_promise_that_nobody_can_keep_is_refused_when_it_is_made() -> None:
    with pytest.raises(LookupError, match=r"test\.unknown"):
        outbox.promise("test.unknown", {}, at=NOW)


@pytest.mark.django_db(transaction=True)
def test_a_change_rolled_back_takes_its_promise_along() -> None:
    def change() -> None:
        with transaction.atomic():
            outbox.promise(TOPIC, {"part": "a"}, at=NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change()
    assert outbox.relay(now=NOW) == 0


@pytest.mark.django_db
def test_promises_are_kept_once_and_oldest_first() -> None:
    first, second = promise("a"), promise("b")
    assert outbox.relay(now=NOW) == 2
    assert outbox.relay(now=NOW + timedelta(days=1)) == 0
    assert set(Heartbeat.objects.values_list("part", flat=True)) == {
        f"a:{first.pk}", f"b:{second.pk}",
    }  # fmt: skip


@pytest.mark.django_db
def test_a_failure_leaves_no_half_effect_and_is_tried_again_later() -> None:
    message = promise("a", fails=True)
    outbox.relay(now=NOW)
    message.refresh_from_db()
    assert Heartbeat.objects.count() == 0
    assert (message.done_at, message.attempts) == (None, 1)
    assert message.last_error == "ValueError: no"
    assert outbox.relay(now=NOW) == 0
    OutboxMessage.objects.update(payload={"part": "a"})
    assert outbox.relay(now=message.due_at) == 1
    assert Heartbeat.objects.count() == 1


@pytest.mark.django_db
def test_one_failing_message_does_not_hold_up_the_others() -> None:
    promise("bad", fails=True)
    promise("good")
    assert outbox.relay(now=NOW) == 2
    assert Heartbeat.objects.filter(part__startswith="good").exists()


@pytest.mark.django_db
def test_waits_grow_to_an_hour_and_no_further() -> None:
    message = promise("a", fails=True)
    waits = []
    for _ in range(14):
        message.refresh_from_db()
        outbox.relay(now=message.due_at)
        due = message.due_at
        message.refresh_from_db()
        waits.append(message.due_at - due)
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(hours=1)


@pytest.mark.django_db(transaction=True)
def test_many_relays_keep_every_promise_exactly_once() -> None:
    for n in range(40):
        promise(f"p{n}")

    def relay() -> None:
        try:
            outbox.relay(now=NOW)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=relay) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Heartbeat.objects.count() == 40
    assert not OutboxMessage.objects.filter(done_at__isnull=True).exists()


@pytest.mark.django_db
def test_heartbeats_are_kept_per_part() -> None:
    heartbeat.beat("worker", now=NOW)
    heartbeat.beat("worker", now=NOW + timedelta(seconds=5))
    assert heartbeat.last("worker") == NOW + timedelta(seconds=5)
    assert heartbeat.last("relay") is None
