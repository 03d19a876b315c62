"""Writes that may be sent again: one key is one row and one answer."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from gis.kernel.errors import WanggeError
from gis.ledger.models import IdempotencyKey


class KeyReused(WanggeError):
    """The key came before, with another body."""


@dataclass(frozen=True)
class Answer:
    """What a write was answered, and whether it was answered before."""

    status: int
    body: Any
    is_replay: bool


def digest(body: Any) -> str:
    """A keyed digest of a JSON value, whatever the order of its keys.

    Keyed, since a plain digest of a body with a telephone number gives the number away to anybody
    who can try them all.
    """
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return salted_hmac("wangge.idempotency", canonical, algorithm="sha256").hexdigest()


@transaction.atomic
def once(
    *, source: str, key: UUID, body: Any, now: datetime, write: Callable[[], tuple[int, Any]]
) -> Answer:
    """Do `write` unless it was done under this key; its status and answer (plain JSON) are kept.

    Everything is one transaction: the key exists exactly when what was written does. Those who send
    the same key at the same time wait for the first. What `write` raises leaves nothing behind.
    Raises `KeyReused` for another body.
    """
    body_digest = digest(body)
    if _is_kept(source, key):
        kept = IdempotencyKey.objects.get(source=source, key=key)
        if not constant_time_compare(kept.body_digest, body_digest):
            raise KeyReused(
                "此键已用于另一内容。(This key was used for another body.)",
                field="Idempotency-Key",
            )
        return Answer(kept.status, kept.answer, is_replay=True)
    status, answer = write()
    _keep(source, key, body_digest, status, answer, now)
    return Answer(status, answer, is_replay=False)


def _is_kept(source: str, key: UUID) -> bool:
    """Whether the key was answered, once those who are at it now are done."""
    with connection.cursor() as cursor:
        lock = f"idempotency:{source}:{key}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [lock])
        cursor.execute(
            "SELECT 1 FROM ledger_idempotencykey WHERE source = %s AND key = %s", [source, key]
        )
        return cursor.fetchone() is not None


def _keep(
    source: str, key: UUID, body_digest: str, status: int, answer: Any, now: datetime
) -> None:
    # Every write ends with this: in the ORM's words, making it costs more than doing it.
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_idempotencykey"
            " (source, key, body_digest, status, answer, created_at)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            [source, key, body_digest, status, json.dumps(answer, ensure_ascii=False), now],
        )
