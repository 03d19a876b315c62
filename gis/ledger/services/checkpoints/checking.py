"""Compare the chains with every checkpoint, and name what is no longer as it was signed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction

from gis.kernel.set_digest import EMPTY, added
from gis.ledger.models import AuditEvent
from gis.ledger.services.checkpoints import files
from gis.ledger.services.checkpoints.files import Checkpoint, Head
from gis.ledger.services.checkpoints.writing import CHAIN, LOCK, multirange

_AT_ONCE = 5000


@dataclass(slots=True)
class Examination:
    """What was found wrong, in words that name it, and how much no checkpoint covers yet."""

    wrong: list[str] = field(default_factory=list)
    last: Checkpoint | None = None
    tail_events: int = 0
    tail_minutes: float = 0.0


@transaction.atomic
def examine(*, now: datetime) -> Examination:
    """Compare every checkpoint with the chains as they are. The links themselves are not read."""
    found = Examination()
    with connection.cursor() as cursor:
        # A line that is appended meanwhile would be missed among those that were read.
        cursor.execute("SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 0))", [LOCK])
    lines, checkpoints = _lines(found)
    found.last = checkpoints[-1] if checkpoints else None
    found.wrong += _lines_missed_by_the_chain(lines)
    whole = True
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE claimed (number int, chain text, sequence int, digest text)"
            " ON COMMIT DROP"
        )
    for checkpoint in checkpoints:
        if files.heads_digest(checkpoint.number) == checkpoint.changed:
            _load(checkpoint.number)
        else:
            whole = False
            name = files.heads_path(checkpoint.number).name
            found.wrong.append(f"链头文件 {name} 缺失或被改动 (the file is missing or was altered)")
    found.wrong += _claims_that_fail()
    if found.last:
        _keep_heads(found.last)
        found.wrong += _heads_nobody_claimed() if whole else []
        found.wrong += _set_that_differs(found.last)
        at = datetime.fromisoformat(found.last.at)
        found.tail_minutes = max(0.0, (now - at).total_seconds() / 60.0)
    found.tail_events = _tail(found.last)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS claimed, ending")
    return found


def _lines(found: Examination) -> tuple[set[tuple[int, str]], list[Checkpoint]]:
    """Return (number, digest) of the lines that are signed, and what they say, by number."""
    seen: set[tuple[int, str]] = set()
    good: list[Checkpoint] = []
    expected, previous = 1, files.START
    for position, line in enumerate(files.lines(), start=1):
        said = files.read(line)
        where = f"检查点文件第 {position} 行"
        if said is None:
            found.wrong.append(f"{where}: 签名不符 (line {position}: its signature does not hold)")
            expected += 1
        elif said.number != expected:
            found.wrong.append(
                f"{where}: 应为第 {expected} 个，却是第 {said.number} 个"
                f" (line {position}: checkpoint {expected} was expected, not {said.number})"
            )
            expected = said.number + 1
        else:
            if said.previous != previous:
                found.wrong.append(
                    f"{where}: 与上一行不相接 (line {position}: does not follow the line before it)"
                )
            expected += 1
        if said is not None:
            seen.add((said.number, files.digest_of(line)))
            good.append(said)
        previous = files.digest_of(line)
    return seen, sorted(good, key=lambda each: each.number)


def _lines_missed_by_the_chain(lines: set[tuple[int, str]]) -> Iterator[str]:
    events = AuditEvent.objects.filter(chain=CHAIN).order_by("sequence")
    for data in events.values_list("data", flat=True).iterator():
        if (data.get("number"), data.get("line")) not in lines:
            number = data.get("number")
            yield f"检查点文件中没有第 {number} 个检查点 (checkpoint {number} is not in the file)"


def _load(number: int) -> None:
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY claimed (number, chain, sequence, digest) FROM STDIN") as copy,
    ):
        for head in files.heads(number):
            copy.write_row((number, head.chain, head.sequence, head.digest))


def _claims_that_fail() -> Iterator[str]:
    """Heads that a checkpoint signed and that are gone or other now: of each chain the first."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE claimed")
        cursor.execute(
            "SELECT * FROM (SELECT DISTINCT ON (claimed.chain) claimed.chain, claimed.sequence,"
            "  claimed.number, event.digest IS NULL,"
            "  (SELECT max(sequence) FROM ledger_auditevent WHERE chain = claimed.chain)"
            " FROM claimed LEFT JOIN ledger_auditevent AS event"
            "  ON event.chain = claimed.chain AND event.sequence = claimed.sequence"
            " WHERE event.digest IS DISTINCT FROM claimed.digest"
            " ORDER BY claimed.chain, claimed.sequence) AS failed"
        )
        for chain, sequence, number, gone, last in cursor:
            signed = f"第 {number} 个检查点所签 (signed by checkpoint {number})"
            if not gone:
                yield f"{chain} #{sequence}: 被改写 (was rewritten), {signed}"
            elif last is None:
                yield f"{chain} #{sequence}: 整条链已删除 (the whole chain is gone), {signed}"
            elif last < sequence:
                yield (
                    f"{chain} #{sequence}: 已被截去，现止于 #{last}"
                    f" (was cut off, the chain ends at #{last} now), {signed}"
                )
            else:
                yield f"{chain} #{sequence}: 已被删除 (was deleted), {signed}"


def _keep_heads(last: Checkpoint) -> None:
    """Note how every chain ends now, as far as the last checkpoint covers it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE ending ON COMMIT DROP AS"
            " SELECT DISTINCT ON (chain) chain, sequence, digest FROM ledger_auditevent"
            " WHERE id <= %s AND NOT id <@ %s::int8multirange ORDER BY chain, sequence DESC",
            [last.last_id, multirange(last.missing)],
        )
        cursor.execute("ANALYZE ending")


def _heads_nobody_claimed() -> Iterator[str]:
    """Events put in behind the back of checkpoints, with ids of a time that they cover."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ending.chain, ending.sequence FROM ending LEFT JOIN"
            " (SELECT chain, max(sequence) AS sequence FROM claimed GROUP BY chain) AS known"
            " USING (chain) WHERE known.sequence IS NULL OR known.sequence < ending.sequence"
            " ORDER BY chain"
        )
        for chain, sequence in cursor:
            yield f"{chain} #{sequence}: 事后补入 (put in later, no checkpoint has it)"


def _set_that_differs(last: Checkpoint) -> Iterator[str]:
    """Compare all heads with the last line alone, which holds without the files of heads."""
    count, heads = 0, EMPTY
    with connection.chunked_cursor() as cursor:
        cursor.execute("SELECT chain, sequence, digest FROM ending")
        while rows := cursor.fetchmany(_AT_ONCE):
            heads = added(heads, (Head(*row).as_bytes() for row in rows))
            count += len(rows)
    if f"{heads:x}" != last.heads:
        yield (
            f"第 {last.number} 个检查点: 全部链头的摘要不符，链数当时 {last.chains}，现在 {count}"
            f" (the digest of all heads differs: {last.chains} chains then, {count} now)"
        )


def _tail(last: Checkpoint | None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM ledger_auditevent"
            " WHERE chain <> %s AND (id > %s OR id <@ %s::int8multirange)",
            [CHAIN, last.last_id if last else 0, multirange(last.missing if last else [])],
        )
        return int(cursor.fetchone()[0])
