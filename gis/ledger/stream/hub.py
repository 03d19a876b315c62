"""One connection of the process listens for news; every open stream reads from its ring.

No stream has a queue of its own, only the id it has read up to: a slow one costs no memory, holds
up nobody, and reads from the table what has left the ring meanwhile. When the connection is lost,
another one listens first and then reads on from the last id, so that nothing falls between.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import connection
from psycopg.rows import TupleRow

from gis.ledger.stream.frames import frame
from gis.ledger.stream.ring import Event, Ring, Wish

__all__ = ["Batch", "Hub", "connect"]

log = logging.getLogger(__name__)

Connection = psycopg.AsyncConnection[TupleRow]
RING = 4096
PAGE = 500
# Read by itself every now and then: a connection that died in silence is found out.
LISTEN_S = 5.0
REST_S = (0.1, 0.5, 1.0, 2.0)
START_S = 10.0
# A host that vanished is given up after some 15 seconds instead of many minutes.
KEEPALIVE = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 15_000,
}
_COLUMNS = "SELECT id, topic, payload, audience FROM ledger_streamevent"
_NEWEST = f"{_COLUMNS} ORDER BY id DESC LIMIT %s"
_FOLLOWING = f"{_COLUMNS} WHERE id > %s ORDER BY id LIMIT %s"
_PAGE = f"""{_COLUMNS} WHERE id > %s AND id <= %s AND audience && %s::varchar[]
    AND (%s::varchar[] = '{{}}' OR topic = ANY(%s::varchar[])) ORDER BY id LIMIT %s"""
_KNOWN = "SELECT EXISTS(SELECT FROM ledger_streamevent WHERE id <= %s)"
_LAST = "SELECT coalesce(max(id), 0) FROM ledger_streamevent"


async def connect() -> Connection:
    """A connection of its own to Django's database, outside Django's pool and threads."""
    params: dict[str, Any] = connection.get_connection_params()
    own = {"cursor_factory", "context", "prepare_threshold"}
    wanted = {name: value for name, value in params.items() if name not in own}
    return await psycopg.AsyncConnection.connect(
        **{**KEEPALIVE, **wanted}, application_name="wangge-stream", autocommit=True
    )


@dataclass(frozen=True, slots=True)
class Batch:
    """What follows for one viewer, up to the id `upto`; `lost` when something is gone for good."""

    frames: list[bytes]
    upto: int
    lost: bool = False


class Hub:
    """Belongs to one event loop. `start` it before reading, `stop` it before the loop ends."""

    def __init__(
        self, connect: Callable[[], Awaitable[Connection]] = connect, *, most: int = RING
    ) -> None:
        self._connect = connect
        self._ring = Ring(most)
        self._most = most
        self._task: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._reader: Connection | None = None
        self._reading = asyncio.Lock()
        # Rung when there is something to read.
        self.bells: set[asyncio.Event] = set()
        # Counts how often the table turned out to be another one, as after a restore.
        self.epoch = 0
        self.is_listening = False

    @property
    def newest(self) -> int:
        """The id up to which everything was read."""
        return self._ring.newest

    async def start(self) -> None:
        """Listen, and know the newest events. Raises `psycopg.OperationalError` while the database
        is away.
        """
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._listen_for_good(), name="stream-hub")
        try:
            async with asyncio.timeout(START_S):
                await self._ready.wait()
        except TimeoutError:
            raise psycopg.OperationalError("the stream has no database yet") from None

    async def stop(self) -> None:
        """Close both connections."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if self._reader is not None:
            await self._reader.close()

    async def read(self, after: int, wish: Wish, *, most: int = 100) -> Batch:
        """What follows `after` for `wish`: from the ring, or from the table if that is too old."""
        if after >= self.newest:
            return Batch([], after)
        if after < self._ring.floor:
            return await self._read_table(after, wish)
        events = self._ring.after(after, most)
        return Batch([event.frame for event in events if wish.takes(event)], events[-1].id)

    async def is_from_elsewhere(self, after: int) -> bool:
        """Whether `after` is an id that was never given, not even to another process."""
        if after <= self.newest:
            return False
        async with self._reading:
            return after > int((await self._ask(_LAST, ()))[0][0])

    async def _read_table(self, after: int, wish: Wish) -> Batch:
        bound, topics = self.newest, list(wish.topics)
        asked = (after, bound, list(wish.keys), topics, topics, PAGE)
        async with self._reading:
            rows = await self._ask(_PAGE, asked)
            # Asked after the rows were read: retention deletes from the oldest on, without a hole.
            known = after == 0 or (await self._ask(_KNOWN, (after,)))[0][0]
        if not known:
            return Batch([], self.newest, lost=True)
        events = _events(rows)
        return Batch(
            [event.frame for event in events], events[-1].id if len(rows) == PAGE else bound
        )

    async def _ask(self, statement: str, values: Sequence[Any]) -> list[TupleRow]:
        """One statement on the second connection, which is made anew when it broke."""
        if self._reader is not None:
            try:
                return await _rows(self._reader, statement, values)
            except psycopg.OperationalError:
                await self._reader.close()
        self._reader = await self._connect()
        return await _rows(self._reader, statement, values)

    async def _listen_for_good(self) -> None:
        failures = 0
        while True:
            try:
                async with await self._connect() as listener:
                    await listener.execute("LISTEN ledger_stream")
                    await self._begin(listener)
                    failures = 0
                    await self._listen(listener)
            except (psycopg.Error, OSError) as error:
                self.is_listening = False
                rest_s = REST_S[min(failures, len(REST_S) - 1)]
                failures += 1
                log.warning(
                    "实时连接中断，重连 (stream: the database is away, again in %s s): %s",
                    rest_s, error,
                )  # fmt: skip
                await asyncio.sleep(rest_s)

    async def _begin(self, listener: Connection) -> None:
        if self._ready.is_set() and (await _rows(listener, _LAST, ()))[0][0] >= self.newest:
            await self._catch_up(listener)
        else:
            self._ring.restart(_events(await _rows(listener, _NEWEST, (self._most,)))[::-1])
            self.epoch += 1
        self.is_listening = True
        self._ready.set()
        self._ring_bells()

    async def _listen(self, listener: Connection) -> None:
        while True:
            async for _ in listener.notifies(timeout=LISTEN_S, stop_after=1):
                pass
            await self._catch_up(listener)

    async def _catch_up(self, listener: Connection) -> None:
        while rows := await _rows(listener, _FOLLOWING, (self.newest, PAGE)):
            self._ring.append(_events(rows))
            self._ring_bells()

    def _ring_bells(self) -> None:
        for bell in self.bells:
            bell.set()


async def _rows(on: Connection, statement: str, values: Sequence[Any]) -> list[TupleRow]:
    cursor = await on.execute(statement.encode(), values)
    return await cursor.fetchall()


def _events(rows: Sequence[TupleRow]) -> list[Event]:
    return [
        Event(id, topic, frozenset(audience), frame(topic, payload, id=id))
        for id, topic, payload, audience in rows
    ]
