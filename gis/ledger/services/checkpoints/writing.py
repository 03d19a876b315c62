"""Write the next checkpoint: only what was appended since the last one is read."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from django.db import connection, transaction

from gis.kernel.set_digest import EMPTY, added, without
from gis.ledger.services import audit
from gis.ledger.services.checkpoints import files
from gis.ledger.services.checkpoints.files import Checkpoint, Head

# Each checkpoint is an event of this chain: a line that is gone from the file is missed by it.
CHAIN = "checkpoints"
LOCK = "ledger:checkpoint"
# No transaction lives so long: an id not seen by then was given back.
PATIENCE = timedelta(days=1)
_MOST_MISSING = 2000
_AT_ONCE = 5000

Missing = list[tuple[int, int, str]]


@dataclass(frozen=True, slots=True)
class _Moved:
    """A chain that went on: its new head, the one before if it had any, and its new events."""

    new: Head
    old: Head | None
    events: int


@transaction.atomic
def write(*, now: datetime) -> Checkpoint:
    """Append a checkpoint of all chains; of several writers one after the other does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [LOCK])
    line = files.last_line()
    before = files.read(line) if line else None
    if line and before is None:
        raise ValueError("检查点文件的最后一行不是本系统签署的 (its last line was not signed here)")
    number = before.number + 1 if before else 1
    last_id = max(_last_id(), before.last_id if before else 0)
    missing = _missing(before, last_id, now)
    heads, gone = (int(before.heads, 16) if before else EMPTY), EMPTY
    chains, events = (before.chains, before.events) if before else (0, 0)
    with files.new_heads(number) as file:
        for moved in _moved(before, last_id, missing):
            file.put(moved.new)
            heads = added(heads, [moved.new.as_bytes()])
            gone = added(gone, [moved.old.as_bytes()]) if moved.old else gone
            chains += moved.old is None
            events += moved.events
    written = Checkpoint(
        number=number,
        at=now.isoformat(),
        chains=chains,
        events=events,
        last_id=last_id,
        heads=f"{without(heads, gone):x}",
        changed=files.heads_digest(number) or "",
        previous=files.digest_of(line) if line else files.START,
        missing=missing,
    )
    line = files.line_of(written)
    files.append(line)
    said = {"number": number, "line": files.digest_of(line)}
    audit.record(chain=CHAIN, action="ledger.checkpoint", at=now, data=said)
    return written


def multirange(missing: Missing) -> str:
    """Return ranges of ids as PostgreSQL writes them."""
    return "{" + ",".join(f"[{low},{high}]" for low, high, _ in missing) + "}"


def _last_id() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM ledger_auditevent")
        return int(cursor.fetchone()[0])


def _missing(before: Checkpoint | None, last_id: int, now: datetime) -> Missing:
    """Return the ids up to `last_id` that may still come: ids are given before rows are committed.

    Without them an event that was committed after a later one would be covered by no checkpoint.
    """
    still: Missing = []
    with connection.cursor() as cursor:
        for low, high, since in before.missing if before else []:
            if now - datetime.fromisoformat(since) < PATIENCE:
                cursor.execute(
                    "SELECT id FROM ledger_auditevent WHERE id BETWEEN %s AND %s ORDER BY id",
                    [low, high],
                )
                come = [low - 1, *(key for (key,) in cursor.fetchall()), high + 1]
                still += [(a + 1, b - 1, since) for a, b in pairwise(come) if b - a > 1]
        cursor.execute(
            "SELECT previous + 1, id - 1 FROM ("
            " SELECT id, lag(id, 1, %(low)s::bigint) OVER (ORDER BY id) AS previous"
            " FROM ledger_auditevent WHERE id > %(low)s AND id <= %(high)s) AS seen"
            " WHERE id > previous + 1 ORDER BY id DESC LIMIT %(most)s",
            {"low": before.last_id if before else 0, "high": last_id, "most": _MOST_MISSING},
        )
        new = [(low, high, now.isoformat()) for low, high in reversed(cursor.fetchall())]
    return [*still, *new][-_MOST_MISSING:]


def _moved(before: Checkpoint | None, last_id: int, missing: Missing) -> Iterator[_Moved]:
    """Chains with events that no checkpoint covers yet, in order of chain."""
    awaited = before.missing if before else []
    with connection.chunked_cursor() as cursor:
        # What is committed between two statements has its id in `missing`, and waits for the next.
        cursor.execute(
            "WITH event AS ("
            " SELECT id, chain, sequence FROM ledger_auditevent"
            "  WHERE id > %(low)s AND id <= %(high)s"
            " UNION ALL SELECT id, chain, sequence"
            "  FROM unnest(%(from)s::bigint[], %(to)s::bigint[]) AS awaited (low, high)"
            "  JOIN ledger_auditevent ON id BETWEEN low AND high"
            "), fresh AS MATERIALIZED ("
            " SELECT chain, min(sequence) AS first, max(sequence) AS last, count(*) AS events"
            "  FROM event WHERE NOT id <@ %(missing)s::int8multirange GROUP BY chain)"
            " SELECT fresh.chain, new.sequence, new.digest, old.sequence, old.digest, events"
            # Both by the index, whatever the planner thinks of rows it has no statistics of yet.
            " FROM fresh CROSS JOIN LATERAL (SELECT sequence, digest FROM ledger_auditevent"
            "  WHERE chain = fresh.chain AND sequence = fresh.last LIMIT 1) AS new"
            " LEFT JOIN LATERAL (SELECT sequence, digest FROM ledger_auditevent"
            "  WHERE chain = fresh.chain AND sequence = fresh.first - 1 LIMIT 1) AS old ON true"
            ' ORDER BY fresh.chain COLLATE "C"',
            {
                "low": before.last_id if before else 0,
                "high": last_id,
                "from": [low for low, _, _ in awaited],
                "to": [high for _, high, _ in awaited],
                "missing": multirange(missing),
            },
        )
        while rows := cursor.fetchmany(_AT_ONCE):
            for chain, sequence, digest, old_sequence, old_digest, events in rows:
                old = Head(chain, old_sequence, old_digest) if old_digest else None
                yield _Moved(Head(chain, sequence, digest), old, events)
