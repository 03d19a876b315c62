"""The site as uvicorn serves it, for `bench_tiles.py`.

With `BENCH_COLD` every tile is one that nobody has asked for: memory keeps nothing, and Redis is
asked, has none, and is told, as on a first visit. `/limit` is what the server itself allows.
"""

import itertools
import os
from typing import Any

from django.core.cache.backends.redis import RedisCache

_unique = itertools.count()


class Forgetful(RedisCache):
    """Redis at its real cost, under keys that are used once."""

    def make_key(self, key: Any, version: int | None = None) -> str:
        made = super().make_key(key, version)
        return f"bench:{made}:{os.getpid()}:{next(_unique)}"

    def set(self, key: Any, value: Any, timeout: Any = None, version: int | None = None) -> None:
        super().set(key, value, timeout=5, version=version)


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "http" and scope["path"] == "/limit":
        headers = [(b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    from gis.config import asgi

    if os.environ.get("BENCH_COLD"):
        asgi.application.memory.most_bytes = 0
    await asgi.application(scope, receive, send)
