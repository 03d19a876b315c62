"""The audit chain: what was written can be checked, and nobody changes it unseen."""

import threading
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, transaction

from gis.ledger.models import AuditEvent
from gis.ledger.services import audit

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
