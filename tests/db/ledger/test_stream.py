"""News: written with its change, numbered in the order of commits, replayed without a hole."""

import random
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from gis.ledger.models import StreamEvent
from gis.ledger.services import stream
from gis.ledger.stream.reading import replay
from gis.ledger.stream.ring import Event, Ring, Wish
from gis.ledger.tasks import prune_stream

NOW = datetime(2022, 11, 2, 14, 32, tzinfo=UTC)
TOPIC, OTHER = stream.declare("test.news"), stream.declare("test.other")
ALL = Wish(frozenset({"here", "there"}))


def tell(n: int, *audience: str, topic: str = TOPIC, at: datetime = NOW) -> int:
    with transaction.atomic():
        keys = audience or ("here",)
        return stream.emit(topic=topic, payload={"n": n}, audience=keys, at=at).pk


def ids(after: int | None, wish: Wish = ALL, most: int = 100) -> list[int]:
    found = replay(after, wish, most=most)
    assert not found.lost
    return [int(each.split(b"\n")[0].removeprefix(b"id: ")) for each in found.frames]


@pytest.mark.django_db(transaction=True)
def test_news_needs_the_transaction_of_its_change() -> None:
    with pytest.raises(RuntimeError):
        stream.emit(topic=TOPIC, payload={}, audience=["here"], at=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "error"),
    [({"topic": "test.unknown"}, LookupError), ({"audience": []}, ValueError),
     ({"payload": {"text": "长" * 4096}}, ValueError)],
)  # fmt: skip
def test_what_is_no_news_is_refused(changed: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        stream.emit(**{"topic": TOPIC, "payload": {}, "audience": ["here"], "at": NOW, **changed})
    assert not StreamEvent.objects.exists()


@pytest.mark.parametrize("name", ["hello", "reset", "Report.received", "a.b\n", ""])
def test_a_topic_is_never_a_word_of_the_stream_itself(name: str) -> None:
    with pytest.raises(ValueError, match="not a topic"):
        stream.declare(name)


@pytest.mark.django_db
def test_without_audience_the_database_refuses_too() -> None:
    with pytest.raises(IntegrityError, match="stream_has_audience"), transaction.atomic():
        StreamEvent.objects.create(topic=TOPIC, payload={}, audience=[], at=NOW)


@pytest.mark.django_db
def test_the_id_is_given_by_the_database_alone() -> None:
    first = tell(1)
    event = StreamEvent.objects.create(
        id=first - 1, topic=TOPIC, payload={}, audience=["x"], at=NOW
    )
    assert StreamEvent.objects.latest("pk").pk > first
    assert event.topic == TOPIC


@pytest.mark.django_db
def test_news_is_never_changed_and_deleted_only_when_old() -> None:
    old, new = tell(1), tell(2, at=timezone.now())
    with pytest.raises(IntegrityError, match="appended"), transaction.atomic():
        StreamEvent.objects.filter(pk=old).update(topic=OTHER)
    with pytest.raises(IntegrityError, match="appended"), transaction.atomic():
        StreamEvent.objects.filter(pk=new).delete()
    StreamEvent.objects.filter(pk=old).delete()
    assert StreamEvent.objects.get().pk == new


@pytest.mark.django_db
def test_replay_is_for_the_audience_and_the_topics_asked_for() -> None:
    a, b, c = tell(1), tell(2, "there"), tell(3, "here", "there", topic=OTHER)
    assert ids(0) == [a, b, c]
    assert ids(a) == [b, c]
    assert ids(None) == []
    assert ids(0, most=2) == [a, b]
    assert ids(0, Wish(frozenset({"there"}))) == [b, c]
    assert ids(0, Wish(frozenset({"here"}), frozenset({OTHER}))) == [c]
    assert ids(0, Wish(frozenset())) == []
    found = replay(0, ALL, most=2)
    assert (found.after, found.upto, found.newest) == (0, b, c)
    assert replay(0, Wish(frozenset({"nobody"})), most=2).upto == c


@pytest.mark.django_db
def test_retention_takes_the_oldest_and_those_who_missed_them_are_told() -> None:
    week = timedelta(days=7)
    told = [tell(n, at=NOW + timedelta(days=n)) for n in range(10)]
    # One that is told late about something old: nothing after the first kept goes.
    told.append(tell(10, at=NOW))
    assert stream.prune(now=NOW + timedelta(days=12), keep=week) == 4
    assert list(StreamEvent.objects.values_list("pk", flat=True)) == told[4:]
    assert replay(told[3], ALL, most=100).lost
    assert ids(told[4]) == told[5:]
    assert replay(told[-1] + 1, ALL, most=100).lost
    assert stream.prune(now=NOW + timedelta(days=12), keep=week) == 0
    assert stream.prune(now=NOW + timedelta(days=99), keep=week) == 6
    assert ids(told[-1]) == []


@pytest.mark.django_db
def test_retention_is_a_task(settings: Any) -> None:
    settings.STREAM_DAYS = 7
    tell(1), tell(2), tell(3, at=timezone.now())
    prune_stream()
    assert StreamEvent.objects.count() == 2
    assert settings.CELERY_BEAT_SCHEDULE["prune-stream"]["task"] == "ledger.prune_stream"


@pytest.mark.django_db(transaction=True)
def test_a_higher_id_is_not_seen_before_a_lower_one_is_committed() -> None:
    def write() -> None:
        try:
            later.append(tell(2))
        finally:
            connections.close_all()

    later: list[int] = []
    other = threading.Thread(target=write)
    with transaction.atomic():
        first = stream.emit(topic=TOPIC, payload={"n": 1}, audience=["here"], at=NOW).pk
        other.start()
        while other.is_alive() and not waits_for_a_lock():
            time.sleep(0.01)
        assert not later
    other.join()
    assert ids(0) == [first, *later]


def waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS(SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = database"
            " WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted)"
        )
        return bool(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_nobody_who_reads_at_any_moment_misses_a_late_commit() -> None:
    """Writers commit late on purpose: without the lock a lower id would appear after a higher."""
    writers, each = 8, 12
    start = threading.Barrier(writers + 1)

    def write(seed: int) -> None:
        chance = random.Random(seed)
        try:
            start.wait()
            for n in range(each):
                with transaction.atomic():
                    stream.emit(topic=TOPIC, payload={"n": n}, audience=["here"], at=NOW)
                    time.sleep(chance.random() * 0.02)
                    if chance.random() < 0.2:
                        transaction.set_rollback(True)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write, args=(seed,)) for seed in range(writers)]
    for thread in threads:
        thread.start()
    start.wait()
    seen: list[int] = []
    while any(thread.is_alive() for thread in threads):
        # As a client does that comes back after every few events, and is always up to date.
        seen += ids(seen[-1] if seen else 0)
    seen += ids(seen[-1] if seen else 0)
    assert len(seen) > writers
    assert seen == list(StreamEvent.objects.values_list("pk", flat=True))


@pytest.mark.django_db(transaction=True)
def test_listeners_hear_of_it_when_it_is_committed() -> None:
    with connection.cursor() as cursor:
        cursor.execute("LISTEN ledger_stream")
        try:
            told = tell(1)
            heard = list(connection.connection.notifies(timeout=10, stop_after=1))
        finally:
            cursor.execute("UNLISTEN *")
    assert [(one.channel, one.payload) for one in heard] == [("ledger_stream", str(told))]


def test_the_ring_is_bounded_and_knows_what_it_lacks() -> None:
    ring = Ring(10)
    assert (ring.floor, ring.newest) == (0, 0)
    for n in range(1, 200):
        ring.append([Event(n, TOPIC, frozenset({"here"}), b"")])
        assert ring.newest == n
        assert [e.id for e in ring.after(ring.floor, 100)] == list(range(ring.floor + 1, n + 1))
        assert n - ring.floor <= 20
    assert ring.floor >= 200 - 21
    assert [event.id for event in ring.after(195, 2)] == [196, 197]
    ring.restart([Event(5, TOPIC, frozenset(), b""), Event(9, TOPIC, frozenset(), b"")])
    assert (ring.floor, ring.newest) == (5, 9)
    assert [event.id for event in ring.after(5, 9)] == [9]
