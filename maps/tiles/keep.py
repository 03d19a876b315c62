"""The byte caches of tiles, keyed by their stamp: Redis for all processes, memory for this one.

Without Redis, tiles are drawn every time that memory has none.
"""

import logging
from collections import OrderedDict
from collections.abc import Callable

import redis
from django.core.cache import cache

KEEP_S = 7 * 24 * 3600
log = logging.getLogger(__name__)


def kept(key: str, make: Callable[[], bytes]) -> bytes:
    """Return the bytes kept under `key`, or make and keep them."""
    name = f"tile:{key}"
    try:
        found = cache.get(name)
    except (redis.RedisError, OSError) as error:
        log.warning("tile cache unavailable, drawing from PostGIS: %s", error)
        return make()
    if isinstance(found, bytes):
        return found
    made = make()
    try:
        cache.set(name, made, KEEP_S)
    except (redis.RedisError, OSError) as error:
        log.warning("tile cache unavailable, tile not kept: %s", error)
    return made


class Memory:
    """The tiles used last, up to so many bytes. For one thread: it knows no lock."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self._held: OrderedDict[str, bytes] = OrderedDict()
        self._bytes = 0

    def get(self, key: str) -> bytes | None:
        found = self._held.get(key)
        if found is not None:
            self._held.move_to_end(key)
        return found

    def put(self, key: str, content: bytes) -> None:
        self._bytes += len(content) - len(self._held.pop(key, b""))
        self._held[key] = content
        while self._bytes > self.most_bytes:
            _oldest, dropped = self._held.popitem(last=False)
            self._bytes -= len(dropped)

    def clear(self) -> None:
        self._held.clear()
        self._bytes = 0
