"""The byte cache of tiles, keyed by their stamp. Without Redis, tiles are drawn every time."""

import logging
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
