"""Server-sent events beside Django: the view lets a viewer in, the event loop keeps the stream.

Django's handler keeps a thread, and the view a database connection, until its response is done. A
response that lasts for hours is therefore taken over when the view is through: `Streaming` wraps
the application and offers a request for the stream a `Seat`. The view takes it and answers with
the headers only, and the stream goes on here without Django, its threads or its connections.
"""

import asyncio
import contextlib
import logging
import random
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import psycopg
from django.conf import settings
from django.db import Error, connections
from django.http import HttpRequest
from django.utils import timezone

from gis.ledger.stream.frames import frame, hello
from gis.ledger.stream.hub import Hub
from gis.ledger.stream.ring import Wish

__all__ = ["PATH", "Seat", "Stream", "Streaming", "seat_of"]

log = logging.getLogger(__name__)

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]
# What a viewer may be told now; None when they may not stay.
Still = Callable[[], frozenset[str] | None]

PATH = "/api/v1/stream"
KEY = "wangge.seat"
# A reader who takes nothing for so long is gone; what was sent waits in its id.
STALL_S = 30.0
# Let in at a time: when a server starts again all its clients come at once, and each costs the view
# a database connection.
AT_THE_DOOR = 8
# Spread, so that the clients of a server that restarts do not all come back at once.
RETRY_MS = (1000, 3000)


@dataclass(eq=False, slots=True)
class Stream:
    """One open stream: who, what they are told, and the id they have read up to."""

    user: int
    wish: Wish
    after: int | None
    still: Still
    bell: asyncio.Event = field(default_factory=asyncio.Event)
    has_new_ground: bool = False
    ended: str = ""


class Seat:
    """Offered to a request for the stream in its ASGI scope."""

    def __init__(self, streaming: "Streaming") -> None:
        self._streaming = streaming
        self.stream: Stream | None = None

    def take(self, stream: Stream) -> bool:
        """Let the stream go on after the response's headers; False when its user has too many."""
        if not self._streaming.count(stream.user):
            return False
        self.stream = stream
        return True

    def leave(self) -> None:
        """Free what was taken."""
        if self.stream is not None:
            self._streaming.forget(self.stream.user)


def seat_of(request: HttpRequest) -> Seat | None:
    """The seat of this request; None where nobody would keep the stream (WSGI, a test client)."""
    return getattr(request, "scope", {}).get(KEY)


class Streaming:
    """An ASGI application around another one, whose `path` is a stream. Belongs to one loop."""

    def __init__(self, app: App, *, path: str, hub: Hub | None = None) -> None:
        self._app = app
        self._path = path
        self._door = asyncio.Semaphore(AT_THE_DOOR)
        self._hub = hub or Hub()
        self._open: set[Stream] = set()
        self._counted: Counter[int] = Counter()
        self._counting = threading.Lock()  # views run on threads
        self._sweeper: asyncio.Task[None] | None = None

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != self._path:
            await self._app(scope, receive, send)
            return
        seat = Seat(self)
        begun = False

        async def forward(message: Message) -> None:
            nonlocal begun
            if seat.stream is None:
                await send(message)
            elif message["type"] == "http.response.start":
                begun = True
                kept = [each for each in message["headers"] if each[0].lower() != b"content-length"]
                await send({**message, "headers": kept})

        try:
            async with self._door:
                await self._app({**scope, KEY: seat}, _without_body(receive), forward)
            if seat.stream is not None and begun:
                await self._keep(seat.stream, receive, send)
        finally:
            seat.leave()

    def count(self, user: int) -> bool:
        """Count one more stream of `user`; False when they have as many as they may."""
        with self._counting:
            if self._counted[user] >= settings.STREAMS_PER_USER:
                return False
            self._counted[user] += 1
            return True

    def forget(self, user: int) -> None:
        """One stream of `user` fewer."""
        with self._counting:
            self._counted[user] -= 1
            if not self._counted[user]:
                del self._counted[user]

    async def close(self) -> None:
        """End the background work of the loop: for tests, a process just ends."""
        if self._sweeper is not None:
            self._sweeper.cancel()
        await self._hub.stop()

    async def _keep(self, stream: Stream, receive: Receive, send: Send) -> None:
        """Send until the viewer leaves, may not stay, or takes nothing any more."""
        watcher = asyncio.create_task(_watch(stream, receive))
        try:
            if self._sweeper is None or self._sweeper.done():
                self._sweeper = asyncio.create_task(self._sweep(), name="stream-sweeper")
            with self._listed(stream):
                await self._serve(stream, send)
            await _put(send, b"", more=False)
        except TimeoutError:
            log.info("实时连接停滞，断开 (stream: a reader takes nothing, left)")
        finally:
            watcher.cancel()

    @contextlib.contextmanager
    def _listed(self, stream: Stream) -> Iterator[None]:
        self._open.add(stream)
        self._hub.bells.add(stream.bell)
        try:
            yield
        finally:
            self._open.discard(stream)
            self._hub.bells.discard(stream.bell)

    async def _serve(self, stream: Stream, send: Send) -> None:
        try:
            await self._hub.start()
            await self._tell(stream, send)
        except psycopg.Error as error:
            # Ended in order, so that the client comes back at once.
            log.warning("实时连接中断 (stream: the database is away): %s", error)

    async def _tell(self, stream: Stream, send: Send) -> None:
        hub, heartbeat_s = self._hub, float(settings.STREAM_HEARTBEAT_SECONDS)
        asked = hub.newest if stream.after is None else stream.after
        after = hub.newest if await hub.is_from_elsewhere(asked) else asked
        epoch = hub.epoch if after == asked else None
        await _put(send, _hello(stream, after, hub.newest, heartbeat_s))
        due = monotonic() + heartbeat_s
        while not stream.ended:
            stream.bell.clear()
            batch = await hub.read(after, stream.wish)
            if batch.lost or hub.epoch != epoch or stream.has_new_ground:
                after, epoch, stream.has_new_ground = hub.newest, hub.epoch, False
                told = frame("reset", {"newest": after}, id=after)
            else:
                after, told = batch.upto, b"".join(batch.frames)
            if not told and monotonic() >= due:
                # Without news of the database there is no sign of life: what is shown gets stale.
                told = _heartbeat(after) if hub.is_listening else b""
                due = monotonic() + 1
            if told:
                await _put(send, told)
                due = monotonic() + heartbeat_s
            elif after >= hub.newest:
                await _rung(stream.bell, due - monotonic())
        if stream.ended != "gone":
            await _put(send, frame("end", {"reason": stream.ended}))

    async def _sweep(self) -> None:
        """Ask now and then whether those who watch still may, and whether their ground changed."""
        while True:
            await asyncio.sleep(settings.STREAM_RECHECK_SECONDS)
            streams = list(self._open)
            try:
                found = await asyncio.to_thread(_ask_all, streams)
            except (Error, psycopg.Error, OSError) as error:
                log.warning("实时连接复核未成 (stream: could not ask who may stay): %s", error)
                continue
            for stream, keys in zip(streams, found, strict=True):
                _apply(stream, keys)


def _apply(stream: Stream, keys: frozenset[str] | None) -> None:
    if keys is None:
        stream.ended = stream.ended or "signed_out"
    elif keys != stream.wish.keys:
        stream.wish = Wish(keys, stream.wish.topics)
        # What happened on the new ground before now was not told: the client reads it anew.
        stream.has_new_ground = True
    else:
        return
    stream.bell.set()


def _ask_all(streams: Sequence[Stream]) -> list[frozenset[str] | None]:
    try:
        return [stream.still() for stream in streams]
    finally:
        connections.close_all()


def _without_body(receive: Receive) -> Receive:
    """Who lets a body drip in must not stand in the door."""
    is_asked = False

    async def answer() -> Message:
        nonlocal is_asked
        if not is_asked:
            is_asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        return await _disconnect(receive)

    return answer


async def _disconnect(receive: Receive) -> Message:
    while (message := await receive())["type"] != "http.disconnect":
        pass
    return message


async def _watch(stream: Stream, receive: Receive) -> None:
    await _disconnect(receive)
    stream.ended = "gone"
    stream.bell.set()


async def _put(send: Send, body: bytes, *, more: bool = True) -> None:
    """Raises `TimeoutError` when the reader takes nothing for too long."""
    async with asyncio.timeout(STALL_S):
        await send({"type": "http.response.body", "body": body, "more_body": more})


async def _rung(bell: asyncio.Event, timeout_s: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(max(timeout_s, 0.05)):
            await bell.wait()


def _heartbeat(after: int) -> bytes:
    return frame("heartbeat", {"now": timezone.now().isoformat()}, id=after)


def _hello(stream: Stream, after: int, newest: int, heartbeat_s: float) -> bytes:
    return hello(
        after=after,
        newest=newest,
        keys=stream.wish.keys,
        now=timezone.now(),
        heartbeat_s=heartbeat_s,
        retry_ms=random.randint(*RETRY_MS),  # noqa: S311 - only to spread them
    )
