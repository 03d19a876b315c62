"""Signed checkpoints: whatever is done to the chains or to the files is found and named."""

import gzip
import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from pytest_django import Settings

from gis.ledger import tasks
from gis.ledger.models import AuditEvent
from gis.ledger.services import audit, checkpoints
from gis.ledger.services.checkpoints import files
from gis.ledger.services.checkpoints.writing import PATIENCE

NOW = datetime(2026, 11, 2, 14, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def record(chain: str, count: int = 1) -> None:
    for n in range(count):
        audit.record(chain=chain, action="test.done", at=NOW, data={"n": n, "名": "值"})


def examine() -> checkpoints.Examination:
    return checkpoints.examine(now=NOW + 3 * HOUR)


def tamper(sql: str, *params: str | int) -> None:
    """What somebody with the keys of the database could do: put the trigger aside."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, params)
        cursor.execute("SET LOCAL session_replication_role = origin")


def resign(chain: str) -> None:
    """Give a chain that was tampered with links that hold again."""
    previous = audit.GENESIS
    for sequence, event in enumerate(AuditEvent.objects.filter(chain=chain).order_by("id"), 1):
        event.sequence, event.previous = sequence, previous
        previous = event.digest = audit._digest(event)
        tamper(
            "UPDATE ledger_auditevent SET sequence = %s, previous = %s, digest = %s WHERE id = %s",
            event.sequence, event.previous, event.digest, event.pk,
        )  # fmt: skip


@pytest.fixture
def history(db: None) -> None:
    """Three checkpoints over three chains, and a tail of two events after them."""
    record("a", 3)
    record("b", 2)
    checkpoints.write(now=NOW)
    record("a", 2)
    record("c", 4)
    checkpoints.write(now=NOW + HOUR)
    record("a", 1)
    checkpoints.write(now=NOW + 2 * HOUR)
    record("b", 1)
    record("d", 1)


@pytest.mark.usefixtures("history")
def test_untouched_chains_hold_and_the_tail_is_told() -> None:
    found = examine()
    assert found.wrong == []
    assert found.last is not None
    assert (found.last.number, found.last.chains) == (3, 4)  # with the chain of checkpoints
    assert found.tail_events == 2
    assert found.tail_minutes == 60.0
    out = StringIO()
    call_command("verify_audit", stdout=out)
    assert "3 was" in out.getvalue()
    assert "2 events since are uncovered" in out.getvalue()


@pytest.mark.usefixtures("history")
def test_only_heads_that_moved_are_written() -> None:
    moved = [[(h.chain, h.sequence) for h in files.heads(n)] for n in (1, 2, 3)]
    assert moved[0] == [("a", 3), ("b", 2)]
    assert moved[1] == [("a", 5), ("c", 4), ("checkpoints", 1)]
    assert moved[2] == [("a", 6), ("checkpoints", 2)]


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize(
    ("sql", "chain", "named"),
    [
        # The links hold again after each of these: only the checkpoints know better.
        (
            "UPDATE ledger_auditevent SET action = 'x' WHERE chain = 'a' AND sequence = 2",
            "a",
            "a #3",
        ),
        ("DELETE FROM ledger_auditevent WHERE chain = 'a' AND sequence = 4", "a", "a #5"),
        (
            "UPDATE ledger_auditevent SET data = '{}' WHERE chain = 'c' AND sequence = 4",
            "c",
            "c #4",
        ),
        ("DELETE FROM ledger_auditevent WHERE chain = 'a' AND sequence > 3", "a", "a #5"),
        ("DELETE FROM ledger_auditevent WHERE chain = 'c' AND sequence = 4", "c", "c #4"),
        ("DELETE FROM ledger_auditevent WHERE chain = 'b'", "b", "b #2"),
    ],
)
def test_what_was_done_to_a_chain_is_named(sql: str, chain: str, named: str) -> None:
    tamper(sql)
    resign(chain)
    assert list(audit.broken_links()) == []
    wrong = examine().wrong
    assert wrong[0].startswith(f"{named}: ")
    assert not any(line.startswith(("a #", "b #", "c #")) for line in wrong[1:])
    with pytest.raises(CommandError):
        call_command("verify_audit", stderr=StringIO(), stdout=StringIO())


@pytest.mark.usefixtures("history")
def test_two_events_in_another_order_are_named() -> None:
    tamper("UPDATE ledger_auditevent SET id = -id WHERE chain = 'c' AND sequence IN (2, 3)")
    tamper("UPDATE ledger_auditevent SET sequence = sequence + 90 WHERE chain = 'c'")
    resign("c")
    assert list(audit.broken_links()) == []
    assert examine().wrong[0].startswith("c #4: ")


@pytest.mark.usefixtures("history")
def test_a_chain_that_was_cut_and_went_on_is_named() -> None:
    """Another event takes the place of the cut one, and a checkpoint is written over it."""
    tamper("DELETE FROM ledger_auditevent WHERE chain = 'a' AND sequence > 5")
    audit.record(chain="a", action="test.other", at=NOW)
    checkpoints.write(now=NOW + 3 * HOUR)
    assert list(audit.broken_links()) == []
    assert any(line.startswith("a #6: 被改写") for line in examine().wrong)


@pytest.mark.usefixtures("history")
def test_a_chain_that_was_put_in_later_is_named() -> None:
    record("forged")
    key = AuditEvent.objects.order_by("id").first()
    assert key is not None
    tamper("UPDATE ledger_auditevent SET id = 0 WHERE chain = 'forged'")
    assert list(audit.broken_links()) == []
    wrong = examine().wrong
    assert wrong[0].startswith("forged #1: ")
    assert "全部链头" in wrong[1]


def _rewrite(change: Callable[[list[bytes]], list[bytes]]) -> None:
    lines = files.lines_path().read_bytes().splitlines(keepends=True)
    files.lines_path().write_bytes(b"".join(change(lines)))


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize(
    ("change", "named"),
    [
        (
            lambda lines: [lines[0], lines[1].replace(b'"chains":', b'"chains": '), lines[2]],
            "第 3 行",
        ),
        (lambda lines: [lines[0].replace(b"T14", b"T13"), *lines[1:]], "第 1 行"),
        (lambda lines: [lines[0], lines[2]], "第 2 行"),
        (lambda lines: lines[1:], "第 1 行"),
        (lambda lines: [lines[0], lines[2], lines[1]], "第 2 行"),
        (lambda lines: [lines[0], b"\n", *lines[1:]], "第 2 行"),
        (lambda lines: lines[:2], "第 3 个检查点"),
        (lambda lines: lines[:0], "第 1 个检查点"),
    ],
)
def test_what_was_done_to_the_file_is_named(
    change: Callable[[list[bytes]], list[bytes]], named: str
) -> None:
    _rewrite(change)
    wrong = examine().wrong
    assert wrong
    assert named in wrong[0]


@pytest.mark.usefixtures("history")
def test_a_line_signed_with_another_key_is_named(settings: Settings) -> None:
    settings.AUDIT_KEYS = ["another-key-of-thirty-two-letters!"]
    assert sum("签名不符" in line for line in examine().wrong) == 3
    with pytest.raises(ValueError, match="签署"):
        checkpoints.write(now=NOW + 3 * HOUR)


def test_a_former_key_still_checks(db: None, settings: Settings) -> None:
    settings.AUDIT_KEYS = ["old" * 12]
    record("a")
    checkpoints.write(now=NOW)
    settings.AUDIT_KEYS = ["new" * 12, "old" * 12]
    checkpoints.write(now=NOW + HOUR)
    assert examine().wrong == []
    settings.AUDIT_KEYS = ["new" * 12]
    assert "第 1 行" in examine().wrong[0]


@pytest.mark.usefixtures("history")
def test_heads_that_were_altered_or_removed_are_named() -> None:
    head = json.dumps(["a", 5, "0" * 64])
    files.heads_path(2).write_bytes(gzip.compress(head.encode()))
    files.heads_path(3).unlink()
    wrong = examine().wrong
    assert [name for name in ("00000002.gz", "00000003.gz") if any(name in w for w in wrong)] == [
        "00000002.gz",
        "00000003.gz",
    ]
    assert len(wrong) == 2  # the last line alone still holds for all heads


@pytest.mark.usefixtures("history")
def test_without_the_files_of_heads_the_last_line_still_tells() -> None:
    for number in (1, 2, 3):
        files.heads_path(number).unlink()
    tamper("DELETE FROM ledger_auditevent WHERE chain = 'b'")
    assert "全部链头" in examine().wrong[-1]


@pytest.mark.usefixtures("history")
def test_half_a_line_is_cut_off_by_the_next() -> None:
    with files.lines_path().open("ab") as file:
        file.write(b'{"number": 4, "at"')
    assert examine().wrong
    assert checkpoints.write(now=NOW + 3 * HOUR).number == 4
    assert examine().wrong == []


@pytest.mark.django_db
def test_without_a_checkpoint_everything_is_uncovered() -> None:
    record("a", 3)
    found = examine()
    assert (found.wrong, found.last, found.tail_events) == ([], None, 3)
    out = StringIO()
    call_command("verify_audit", stdout=out)
    assert "3 events uncovered" in out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_an_event_that_is_committed_late_is_covered_by_the_next() -> None:
    """Its id was given before that of one that a checkpoint already covers."""
    begun, may_end = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                record("slow", 2)
                begun.set()
                may_end.wait(30)
        finally:
            connections.close_all()

    thread = threading.Thread(target=slow)
    thread.start()
    begun.wait(30)
    record("quick")
    first = checkpoints.write(now=NOW)
    assert [high - low + 1 for low, high, _ in first.missing][-1] >= 2
    may_end.set()
    thread.join()
    found = examine()
    assert (found.wrong, found.tail_events) == ([], 2)
    checkpoints.write(now=NOW + HOUR)
    assert [head.chain for head in files.heads(2)] == ["checkpoints", "slow"]
    found = examine()
    assert (found.wrong, found.tail_events) == ([], 0)
    third = checkpoints.write(now=NOW + 2 * HOUR + PATIENCE)
    assert third.missing == []
    assert examine().wrong == []


@pytest.mark.django_db(transaction=True)
def test_writers_at_once_write_one_line_after_the_other(tmp_path: Path) -> None:
    record("a")

    def writer() -> None:
        try:
            tasks.checkpoint()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=writer) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    said = [json.loads(line) for line in files.lines()]
    assert [each["number"] for each in said] == [1, 2, 3, 4, 5, 6]
    assert examine().wrong == []
