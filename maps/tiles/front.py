"""Public tiles before Django: nothing of sessions, languages or forms concerns them.

A map asks for dozens of tiles at once, and each is the same for everybody. What is answered here is
what the view in `maps.views.tiles` has answered before in this process for the same layer of the
same edition; whatever is unusual about a request (an account's token, another method, a condition,
a parameter that is odd) goes on to that view, which also tells every refusal.
"""

import asyncio
import gzip
import logging
import re
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest

from gis.kernel.errors import InvalidInput
from maps.tiles import known
from maps.tiles.address import Tile, read_tile
from maps.tiles.answer import PUBLIC, headers_of, packed_bytes, unchanged
from maps.tiles.draw import draw_shapes
from maps.tiles.keep import Memory, kept
from maps.tiles.layers import LAYERS, Layer
from maps.tiles.stamp import etag_of

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

PATH = re.compile(r"/tiles/([a-z_]+)/([0-9]+)/([0-9]+)/([0-9]+)\.mvt\Z")
PARAMETERS = {"place", "edition", "v"}
# Drawing waits for PostgreSQL; each thread keeps a connection of its own.
THREADS = 6
MEMORY_BYTES = 64_000_000
# From here on PostGIS draws a tile about as fast as Redis would be asked for it and told.
NEAR = 14

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Asked:
    """A plain request for a tile of a public edition that this process knows."""

    layer: Layer
    tile: Tile
    edition: str
    stamped: bool
    packed: bool
    none_match: str
    tag: str
    shape_set: int


class TilesFirst:
    """Answer public tiles; hand everything else on to `app`."""

    def __init__(self, app: App) -> None:
        self._app = app
        self.memory = Memory(MEMORY_BYTES)
        self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="tiles")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = _read(scope) if scope["type"] == "http" else None
        answer = None if asked is None else await self._answer(asked)
        if answer is None:
            await self._app(scope, receive, send)
            return
        status, headers, content = answer
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    async def _answer(self, asked: Asked) -> tuple[int, list[tuple[bytes, bytes]], bytes] | None:
        etag = f'"{asked.tag}-gz"' if asked.packed else f'"{asked.tag}"'
        headers = headers_of(asked.edition, stamped=asked.stamped, etag=etag, packed=asked.packed)
        if unchanged(asked.none_match, etag):
            return 304, _encoded(headers), b""
        content = self.memory.get(asked.tag)
        if content is None:
            loop = asyncio.get_running_loop()
            content = await loop.run_in_executor(self.threads, _fetch, asked)
            if content is None:
                known.forget()
                return None
            self.memory.put(asked.tag, content)
        if not asked.packed:
            content = gzip.decompress(content)
        headers["Content-Length"] = str(len(content))
        return 200, _encoded(headers), content


def _encoded(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]


def _read(scope: Scope) -> Asked | None:
    """What is asked, or None for everything that is not plain."""
    found = PATH.match(scope["path"]) if scope["method"] == "GET" else None
    if found is None or scope.get("root_path") or not settings.PUBLIC_READS:
        return None
    layer, query = LAYERS.get(found[1]), _query(scope["query_string"])
    if layer is None or query is None:
        return None
    held = known.recall(layer.name, query.get("place", ""), query.get("edition", ""))
    headers = _headers(scope["headers"])
    if held is None or headers is None or not _host_allowed(headers.get(b"host", b"")):
        return None
    try:
        tile = read_tile(found[2], found[3], found[4])
    except InvalidInput:
        return None
    return Asked(
        layer=layer,
        tile=tile,
        edition=query["edition"],
        stamped=query.get("v") == held.version,
        packed=b"gzip" in headers.get(b"accept-encoding", b""),
        none_match=headers.get(b"if-none-match", b"").decode("latin-1"),
        tag=etag_of(held.version, layer, tile, PUBLIC),
        shape_set=held.shape_set,
    )


def _query(raw: bytes) -> dict[str, str] | None:
    """The parameters, each at most once and none unknown."""
    if b"%00" in raw:
        return None
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict")
    except ValueError:
        return None
    query = dict(pairs)
    return query if len(query) == len(pairs) and query.keys() <= PARAMETERS else None


def _headers(pairs: list[tuple[bytes, bytes]]) -> dict[bytes, bytes] | None:
    """The headers, or None when one asks for what only the view can give."""
    headers: dict[bytes, bytes] = {}
    for name, value in pairs:
        if name == b"authorization" or (name.startswith(b"if-") and name != b"if-none-match"):
            return None
        headers[name] = headers[name] + b"," + value if name in headers else value
    return headers


@lru_cache(maxsize=256)
def _host_allowed(host: bytes) -> bool:
    if not host:
        return False
    request = HttpRequest()
    request.META = {"HTTP_HOST": host.decode("latin-1")}
    try:
        return bool(request.get_host())
    except DisallowedHost:
        return False


def _fetch(asked: Asked) -> bytes | None:
    """The packed tile, from Redis or drawn; None when the view has to see for itself."""
    try:
        if asked.tile.z >= NEAR:
            return _draw(asked)
        return kept(asked.tag, partial(_draw, asked))
    except LookupError:
        return None
    except (DatabaseError, InterfaceError) as error:
        # The connection of this thread may have died with the server: the next tile gets a new one.
        log.warning("tile not drawn, asking the view: %s", error)
        connection.close()
        return None


def _draw(asked: Asked) -> bytes:
    drawn = draw_shapes(asked.layer, asked.shape_set, asked.tile)
    if drawn is None:
        raise LookupError(asked.shape_set)
    return packed_bytes(drawn)
