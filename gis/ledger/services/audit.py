"""The audit chain: a link holds the digest of the one before it (SHA-256 of canonical JSON)."""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection, transaction

from gis.db.copying import copy_new
from gis.ledger.models import AuditEvent

GENESIS = "0" * 64


def _digest(event: AuditEvent) -> str:
    content = {
        "chain": event.chain,
        "sequence": event.sequence,
        "at": event.at.astimezone(UTC).isoformat(),
        "actor": event.actor_id,
        "action": event.action,
        "data": event.data,
        "previous": event.previous,
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


@transaction.atomic(savepoint=False)
def record(
    *,
    chain: str,
    action: str,
    at: datetime,
    actor: AbstractBaseUser | None = None,
    data: dict[str, Any] | None = None,
) -> AuditEvent:
    """Append one event to `chain`, inside the caller's transaction.

    The chain is locked for the transaction: two writers that read the same head would fork it.
    `data` must be plain JSON and hold no personal data.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"audit:{chain}"])
    sequence, previous = _head(chain)
    event = AuditEvent(
        chain=chain,
        sequence=sequence + 1,
        at=at,
        actor_id=actor.pk if actor else None,
        action=action,
        data=data or {},
        previous=previous,
    )
    event.digest = _digest(event)
    _insert(event)
    return event


def _insert(event: AuditEvent) -> None:
    # Every write has one: in the ORM's words, making it costs more than doing it.
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_auditevent"
            " (chain, sequence, at, actor_id, action, data, previous, digest)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
            [
                event.chain, event.sequence, event.at, event.actor_id, event.action,
                json.dumps(event.data, ensure_ascii=False), event.previous, event.digest,
            ],
        )  # fmt: skip
        event.pk = cursor.fetchone()[0]
    event._state.adding, event._state.db = False, connection.alias


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """The first event of a chain that does not exist yet; `data` as for `record`."""

    chain: str
    action: str
    at: datetime
    data: dict[str, Any] = field(default_factory=dict)


def begin_many(openings: Iterable[Opening], *, actor: AbstractBaseUser | None = None) -> None:
    """Begin a chain with each opening, as `record` would, inside the caller's transaction.

    No chain is locked, since as many locks as cases do not fit: a chain that another writer began
    meanwhile makes this fail with `IntegrityError` instead of forking.
    """
    events = [
        AuditEvent(
            chain=one.chain,
            sequence=1,
            at=one.at,
            actor_id=actor.pk if actor else None,
            action=one.action,
            data=one.data,
            previous=GENESIS,
        )
        for one in openings
    ]
    for event in events:
        event.digest = _digest(event)
    copy_new(AuditEvent, events)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One more event of a chain; `data` as for `record`."""

    chain: str
    action: str
    at: datetime
    actor_id: int | None = None
    data: dict[str, Any] = field(default_factory=dict)


def continue_many(links: Iterable[Link]) -> None:
    """Append every link to its chain, as `record` would one by one, in the caller's transaction.

    Links of one chain come in their order, chains in any. No chain is locked, as in `begin_many`:
    another writer to one of them makes this fail with `IntegrityError` instead of forking it.
    """
    wanted = list(links)
    heads = _heads({one.chain for one in wanted})
    events = []
    for one in wanted:
        sequence, previous = heads.get(one.chain, (0, GENESIS))
        event = AuditEvent(
            chain=one.chain,
            sequence=sequence + 1,
            at=one.at,
            actor_id=one.actor_id,
            action=one.action,
            data=one.data,
            previous=previous,
        )
        event.digest = _digest(event)
        heads[one.chain] = event.sequence, event.digest
        events.append(event)
    copy_new(AuditEvent, events)


def _head(chain: str) -> tuple[int, str]:
    """The last sequence and digest of a chain; those before the first where there is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sequence, digest FROM ledger_auditevent WHERE chain = %s"
            " ORDER BY sequence DESC LIMIT 1",
            [chain],
        )
        found = cursor.fetchone()
    return (found[0], found[1]) if found else (0, GENESIS)


def _heads(chains: Collection[str]) -> dict[str, tuple[int, str]]:
    """Return the last sequence and digest of each chain that there is."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT wanted.chain, head.sequence, head.digest"
            " FROM unnest(%s::text[]) AS wanted (chain) CROSS JOIN LATERAL ("
            "  SELECT sequence, digest FROM ledger_auditevent WHERE chain = wanted.chain"
            "  ORDER BY sequence DESC LIMIT 1) AS head",
            [list(chains)],
        )
        return {chain: (sequence, digest) for chain, sequence, digest in cursor.fetchall()}


def broken_links() -> Iterator[tuple[AuditEvent, str]]:
    """Events whose place in their chain does not hold, with the reason, in order of chain."""
    events = AuditEvent.objects.order_by("chain", "sequence").iterator(chunk_size=2000)
    for _chain, links in groupby(events, key=lambda event: event.chain):
        expected, previous = 1, GENESIS
        for event in links:
            if event.sequence != expected:
                yield event, f"序号应为 {expected} (a link is missing before this one)"
            elif event.previous != previous:
                yield event, "与前一环不相接 (does not follow the link before it)"
            elif event.digest != _digest(event):
                yield event, "内容被改动 (its content was changed)"
            expected, previous = event.sequence + 1, event.digest
