"""The audit chain: what was written can be checked, and nobody changes it unseen."""

import threading
from collections.abc import Collection, Iterator
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from gis.ledger.models import AuditEvent
from gis.ledger.services import audit
from tests.factories import make_user

NOW = datetime(2022, 11, 2, 14, 32, tzinfo=UTC)


def write(count: int, chain: str = "place:test") -> list[AuditEvent]:
    return [
        audit.record(chain=chain, action="test.done", at=NOW, data={"n": n, "名": "值"})
        for n in range(count)
    ]


def tamper(sql: str, *params: str) -> None:
    """What somebody with the keys of the database could do: put the trigger aside."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, params)
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.mark.django_db
def test_an_untouched_chain_holds() -> None:
    write(5)
    write(3, "user:7")
    assert list(audit.broken_links()) == []
    call_command("verify_audit")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sql", "at"),
    [
        ("UPDATE ledger_auditevent SET data = '{\"n\": 9}' WHERE sequence = 3", 3),
        ("UPDATE ledger_auditevent SET action = 'other' WHERE sequence = 1", 1),
        ("DELETE FROM ledger_auditevent WHERE sequence = 2", 3),
        ("UPDATE ledger_auditevent SET at = at + interval '1 second' WHERE sequence = 5", 5),
    ],
)
def test_a_change_is_found_where_it_was_made(sql: str, at: int) -> None:
    write(5)
    tamper(sql)
    broken = list(audit.broken_links())
    assert broken[0][0].sequence == at
    with pytest.raises(CommandError):
        call_command("verify_audit")


@pytest.mark.django_db
def test_two_swapped_events_are_found() -> None:
    write(4)
    tamper("UPDATE ledger_auditevent SET sequence = 99 WHERE sequence = 2")
    tamper("UPDATE ledger_auditevent SET sequence = 2 WHERE sequence = 3")
    tamper("UPDATE ledger_auditevent SET sequence = 3 WHERE sequence = 99")
    assert list(audit.broken_links())


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql", ["UPDATE ledger_auditevent SET action = 'x'", "DELETE FROM ledger_auditevent"]
)
def test_the_database_refuses_to_change_events(sql: str) -> None:
    write(1)
    with (
        pytest.raises(DatabaseError, match="appended"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


@pytest.mark.django_db(transaction=True)
def test_writers_of_one_chain_never_fork_it() -> None:
    def writer() -> None:
        try:
            write(5)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=writer) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sequences = AuditEvent.objects.order_by("sequence").values_list("sequence", flat=True)
    assert list(sequences) == list(range(1, 41))
    assert list(audit.broken_links()) == []


@pytest.mark.django_db
def test_many_links_at_once_are_the_rows_that_one_by_one_would_be() -> None:
    someone = make_user("someone")
    write(2, "a")
    write(1, "b")
    steps = [("a", None), ("b", someone), ("a", someone), ("c", None), ("a", None)]
    links = [
        audit.Link(
            chain=chain,
            action=f"test.{n}",
            at=NOW,
            actor_id=actor.pk if actor else None,
            data={"n": n, "名": [1.5, None]},
        )
        for n, (chain, actor) in enumerate(steps)
    ]

    def rows() -> list[tuple[object, ...]]:
        fields = ("chain", "sequence", "at", "actor", "action", "data", "previous", "digest")
        return list(AuditEvent.objects.order_by("id").values_list(*fields))

    undone = transaction.savepoint()
    for link, (_, actor) in zip(links, steps, strict=True):
        audit.record(chain=link.chain, action=link.action, at=link.at, actor=actor, data=link.data)
    one_by_one = rows()
    transaction.savepoint_rollback(undone)
    audit.continue_many([])
    audit.continue_many(iter(links))
    assert rows() == one_by_one
    assert list(audit.broken_links()) == []


@pytest.mark.django_db(transaction=True)
def test_many_links_never_fork_a_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another writer that was quicker makes the whole of it fail."""
    write(1)

    def quicker() -> None:
        try:
            write(1)
        finally:
            connections.close_all()

    def links() -> Iterator[audit.Link]:
        yield audit.Link(chain="place:other", action="test.done", at=NOW)
        yield audit.Link(chain="place:test", action="test.done", at=NOW)

    heads = audit._heads

    def read_then_overtaken(chains: Collection[str]) -> dict[str, tuple[int, str]]:
        found = heads(chains)
        thread = threading.Thread(target=quicker)
        thread.start()
        thread.join()
        return found

    def late() -> None:
        with transaction.atomic():
            audit.continue_many(links())

    monkeypatch.setattr(audit, "_heads", read_then_overtaken)
    with pytest.raises(IntegrityError):
        late()
    assert AuditEvent.objects.count() == 2
    assert list(audit.broken_links()) == []
