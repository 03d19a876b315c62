"""Every watcher is told everything once and in order, whatever is killed meanwhile."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from gis.ledger.models import StreamEvent
from gis.ledger.services import stream, tokens
from tests.factories import District
from tests.streams import Client, Server, connected, run, until

TOPIC = stream.declare("test.news")
NOW = datetime(2026, 11, 2, 2, tzinfo=UTC)
END_LISTENERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = 'wangge-stream' AND datname = current_database()
"""


@pytest.fixture
def server(town: District) -> Iterator[Server]:
    server = Server(WANGGE_STREAMS_PER_USER="2000", WANGGE_STREAM_HEARTBEAT_SECONDS="1")
    server.start()
    yield server
    server.stop(kill=True)


def a_token(town: District, role: str = "centre") -> str:
    return tokens.issue(user=town.users[role], now=timezone.now())[0]


def tell(n: int, *keys: str) -> int:
    with transaction.atomic():
        audience = keys or ["place:370299"]
        return stream.emit(topic=TOPIC, payload={"n": n}, audience=audience, at=NOW).pk


class Writer(threading.Thread):
    """Emits without a pause until it is told to stop."""

    def __init__(self) -> None:
        super().__init__()
        self._stopping = threading.Event()
        self.ids: list[int] = []

    def run(self) -> None:
        try:
            while not self._stopping.wait(0.01):
                self.ids.append(tell(len(self.ids)))
        finally:
            connections.close_all()

    def stop(self) -> list[int]:
        self._stopping.set()
        self.join()
        return self.ids


def end_listeners() -> None:
    with connection.cursor() as cursor:
        cursor.execute(END_LISTENERS)
        assert cursor.rowcount > 0
    connections.close_all()


def restart(server: Server, *, kill: bool) -> None:
    server.stop(kill=kill)
    time.sleep(0.5)  # what happens while nobody is there
    server.start()


def all_back(clients: list[Client], been: list[int]) -> bool:
    return all(len(one.statuses) > n for one, n in zip(clients, been, strict=True))


def watched_through(server: Server, token: str, count: int) -> tuple[list[Client], list[int]]:
    """Clients that watch while the server is killed, stopped, and cut off its database."""
    faults: list[Callable[[], None]] = [
        end_listeners,
        lambda: restart(server, kill=True),
        lambda: restart(server, kill=False),
        end_listeners,
    ]
    writer = Writer()

    async def watch() -> list[Client]:
        async with connected(Client(server.port, token) for _ in range(count)) as clients:
            writer.start()
            for fault in faults:
                been = [len(client.statuses) for client in clients]
                told = len(writer.ids)
                await asyncio.to_thread(fault)
                await until(lambda told=told: len(writer.ids) > told + 20)  # type: ignore[misc]
                if fault is not end_listeners:
                    await until(lambda been=been: all_back(clients, been))  # type: ignore[misc]
            ids = await asyncio.to_thread(writer.stop)
            await until(lambda: all(client.last >= ids[-1] for client in clients))
            return list(clients)

    try:
        return run(watch()), writer.ids
    finally:
        writer.stop()


def check(clients: list[Client], ids: list[int]) -> None:
    assert len(ids) > 80
    assert ids == list(StreamEvent.objects.values_list("pk", flat=True))
    for client in clients:
        assert client.news() == ids
        assert not client.said("reset")
        assert set(client.statuses) == {200}
        assert len(client.statuses) >= 3


def test_restarts_and_a_lost_database_connection(town: District, server: Server) -> None:
    clients, ids = watched_through(server, a_token(town), 12)
    check(clients, ids)


@pytest.mark.proof
def test_five_hundred_watchers(town: District, server: Server) -> None:
    clients, ids = watched_through(server, a_token(town), 500)
    check(clients, ids)
