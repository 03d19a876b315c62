"""Server-sent events as bytes, as the HTML standard has them: `id`, `event`, `data`, `retry`."""

import hashlib
import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

__all__ = ["frame", "hello", "scope_digest"]


def frame(event: str, data: Any, *, id: int | None = None, retry_ms: int | None = None) -> bytes:
    """One event. JSON has no line breaks of its own, so that `data` is one line."""
    lines = [f"retry: {retry_ms}"] if retry_ms is not None else []
    if id is not None:
        lines.append(f"id: {id}")
    told = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    lines += [f"event: {event}", f"data: {told}", "", ""]
    return "\n".join(lines).encode()


def hello(
    *, after: int, newest: int, keys: Collection[str], now: datetime, heartbeat_s: float,
    retry_ms: int,
) -> bytes:  # fmt: skip
    """The first event. Its id is where the stream goes on from, so that nothing is skipped when
    the connection breaks during the replay; `scope` changes when the viewer's ground did.
    """
    data = {
        "now": now.isoformat(),
        "newest": newest,
        "heartbeat_s": heartbeat_s,
        "scope": scope_digest(keys),
    }
    return frame("hello", data, id=after, retry_ms=retry_ms)


def scope_digest(keys: Collection[str]) -> str:
    """The same for the same keys."""
    return hashlib.sha256("\n".join(sorted(keys)).encode()).hexdigest()[:16]
