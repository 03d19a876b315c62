"""News for those who watch: written in the transaction it tells of, told when that commits.

The trigger that numbers an event takes a lock until the transaction ends, so that ids follow the
order of commits and nobody who has read up to an id has missed a lower one. Emit last: whatever
the transaction does afterwards keeps every other writer of news waiting.
"""

import json
import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Min

from gis.ledger.models import StreamEvent

__all__ = ["declare", "emit", "prune", "topics"]

# A dot sets topics apart from the stream's own words (hello, heartbeat, reset, end).
_TOPIC = re.compile(r"[a-z_]+(?:\.[a-z_]+)+", re.ASCII)
MOST_PAYLOAD_BYTES = 4096
_topics: set[str] = set()


def declare(topic: str) -> str:
    """Make a topic known, once, where its news is written; returns it."""
    if not _TOPIC.fullmatch(topic):
        raise ValueError(f"not a topic: {topic!r}")
    _topics.add(topic)
    return topic


def topics() -> frozenset[str]:
    """The topics that somebody declared."""
    return frozenset(_topics)


def emit(
    *, topic: str, payload: Mapping[str, Any], audience: Collection[str], at: datetime
) -> StreamEvent:
    """Write down news of a change, as the last thing in its transaction.

    `payload` is plain JSON without personal data, `audience` the keys of those who may know. Taking
    over old rows (an import, a demonstration's history) is no news: do not call this for it.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("news belongs inside the transaction of its change")
    if topic not in _topics:
        raise LookupError(f"nobody declared {topic}")
    if not audience:
        raise ValueError("news needs an audience")
    if len(json.dumps(payload).encode()) > MOST_PAYLOAD_BYTES:
        raise ValueError("news names what changed, it does not carry it")
    return StreamEvent.objects.create(
        topic=topic, payload=dict(payload), audience=sorted(set(audience)), at=at
    )


def prune(*, now: datetime, keep: timedelta) -> int:
    """Delete news older than `keep`, from the oldest on and without a hole; how many went.

    The newest of what is too old stays: it is how one knows that nothing after it is missing.
    """
    first_kept = StreamEvent.objects.filter(at__gte=now - keep).aggregate(id=Min("id"))["id"]
    old = StreamEvent.objects.all()
    if first_kept is not None:
        old = old.filter(id__lt=first_kept)
    marker = old.aggregate(id=Max("id"))["id"]
    if marker is None:
        return 0
    return StreamEvent.objects.filter(id__lt=marker).delete()[0]
