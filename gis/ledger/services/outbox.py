"""The outbox: side effects are promised in the business transaction and kept by the relay.

A handler runs in the transaction that marks its message done, with the row locked: its effect on
the database happens exactly once. What it does outside happens at least once, so it passes the
message's id on as the key.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from gis.ledger.models import OutboxMessage

Handler = Callable[[dict[str, Any], int], None]

logger = logging.getLogger(__name__)
_handlers: dict[str, Handler] = {}

FIRST_RETRY = timedelta(seconds=5)
LAST_RETRY = timedelta(hours=1)


def handles(topic: str) -> Callable[[Handler], Handler]:
    """Register the one handler of `topic`: called with the payload and the message's id."""

    def register(handler: Handler) -> Handler:
        if topic in _handlers:
            raise RuntimeError(f"two handlers for {topic}")
        _handlers[topic] = handler
        return handler

    return register


def promise(topic: str, payload: dict[str, Any], *, at: datetime) -> OutboxMessage:
    """Write down a side effect. Call it inside the transaction of the change it belongs to."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("an outbox message belongs inside the transaction of its change")
    if topic not in _handlers:
        raise LookupError(f"nobody handles {topic}")
    return OutboxMessage.objects.create(topic=topic, payload=payload, created_at=at, due_at=at)


def _retry_after(attempts: int) -> timedelta:
    return min(FIRST_RETRY * int(2 ** min(attempts, 20)), LAST_RETRY)


def relay_one(*, now: datetime) -> bool:
    """Keep the oldest promise that is due and that nobody else holds; False when there is none."""
    with transaction.atomic():
        message = (
            OutboxMessage.objects.select_for_update(skip_locked=True)
            .filter(done_at__isnull=True, due_at__lte=now)
            .order_by("due_at", "id")
            .first()
        )
        if message is None:
            return False
        try:
            with transaction.atomic():
                _handlers[message.topic](message.payload, message.pk)
        except Exception as error:
            logger.exception("outbox message %s (%s) failed", message.pk, message.topic)
            message.attempts += 1
            message.last_error = f"{type(error).__name__}: {error}"[:500]
            message.due_at = now + _retry_after(message.attempts)
            message.save(update_fields=["attempts", "last_error", "due_at"])
        else:
            message.attempts += 1
            message.done_at = now
            message.save(update_fields=["attempts", "done_at"])
    return True


def relay(*, now: datetime, most: int = 500) -> int:
    """Keep up to `most` promises, oldest first; how many were tried."""
    tried = 0
    while tried < most and relay_one(now=now):
        tried += 1
    return tried
