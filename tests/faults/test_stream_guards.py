"""One stream does no harm: to others by being slow, to secrets by staying on, to the process."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connections, transaction
from django.test import Client as Browser
from django.utils import timezone

from gis.api.streaming import PATH
from gis.ledger.models import StreamEvent
from gis.ledger.services import stream, tokens
from grids.models import Post
from tests.factories import District, make_district, make_post
from tests.streams import Client, Server, connected, run, until

TOPIC = stream.declare("test.news")
NOW = datetime(2026, 11, 2, 2, tzinfo=UTC)
MOST = 5


@pytest.fixture
def server(town: District) -> Iterator[Server]:
    server = Server(
        WANGGE_STREAMS_PER_USER=str(MOST),
        WANGGE_STREAM_HEARTBEAT_SECONDS="0.5",
        WANGGE_STREAM_RECHECK_SECONDS="0.5",
    )
    server.start()
    yield server
    server.stop(kill=True)


def token(town: District, role: str = "centre") -> str:
    return tokens.issue(user=town.users[role], now=timezone.now())[0]


def tell(*keys: str, size: int = 0, count: int = 1, at: datetime = NOW) -> list[int]:
    with transaction.atomic():
        return [
            stream.emit(
                topic=TOPIC, payload={"x": "x" * size}, audience=keys or ["place:370299"], at=at
            ).pk
            for _ in range(count)
        ]


async def elsewhere(work: Any, *words: Any, **named: Any) -> Any:
    """Database work beside the loop, on a thread that leaves no connection behind."""

    def run() -> Any:
        try:
            return work(*words, **named)
        finally:
            connections.close_all()

    return await asyncio.to_thread(run)


def stalled(server: Server, raw: str, last: int) -> socket.socket:
    """A reader that asks and then takes nothing, with as little room as the system lets it have."""
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    held.connect(("127.0.0.1", server.port))
    head = f"GET {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {raw}\r\n"
    held.sendall(f"{head}Last-Event-ID: {last}\r\n\r\n".encode())
    return held


def tell_at_once(count: int, size: int) -> list[int]:
    with transaction.atomic():
        rows = [
            StreamEvent(topic=TOPIC, payload={"x": "x" * size}, audience=["place:370299"], at=NOW)
            for _ in range(count)
        ]
        return [row.pk for row in StreamEvent.objects.bulk_create(rows)]


def has_read(client: Client, id: int) -> Callable[[], bool]:
    return lambda: client.last >= id


def test_a_slow_reader_holds_up_nobody_and_costs_no_memory(town: District, server: Server) -> None:
    raw, other = token(town), token(town, "leader")
    first = tell()[0]

    async def watch() -> tuple[Client, Client, list[int], int]:
        quick, slow = Client(server.port, other), Client(server.port, raw, last=first)
        slow.awake = asyncio.Event()
        async with connected([quick, slow]):
            stuck = [stalled(server, raw, first) for _ in range(MOST - 1)]
            ids: list[int] = []
            for round_number in range(20):
                ids += await elsewhere(tell_at_once, 1000, 2500)
                await until(has_read(quick, ids[-1]))
                # The ring has been as full as it gets.
                if round_number == 9:
                    before_kb = server.status("VmRSS")
            growth_kb = server.status("VmRSS") - before_kb
            slow.awake.set()
            await until(has_read(slow, ids[-1]))
            for each in stuck:
                each.close()
        return quick, slow, ids, growth_kb

    quick, slow, ids, growth_kb = run(watch())
    assert quick.news() == ids
    assert quick.statuses == [200]
    # Kept for those who take nothing, those ten thousand would be 26 MB, copied for each 130.
    assert growth_kb < 13_000
    # Much of it has left the ring meanwhile, and is read from the table.
    assert slow.news() == ids
    assert not slow.said("reset")


def test_each_is_told_of_their_own_ground(town: District, server: Server) -> None:
    other = make_district("370298", west=130)
    roles = ["centre", "subdistrict", "community", "worker", "handler"]
    keys = ["place:370299", "region:370299/370299001", "region:370299/370299001001",
            "grid:370299/370299001001001"]  # fmt: skip

    async def watch() -> dict[str, list[str]]:
        clients = [Client(server.port, await elsewhere(token, town, role)) for role in roles]
        stranger = Client(server.port, await elsewhere(token, other))
        async with connected([*clients, stranger]) as held:
            whole, wide, near, own = [
                (await elsewhere(tell, *keys[: n + 1]))[0] for n in range(len(keys))
            ]
            await until(lambda: all(client.last >= own for client in held))
        assert (whole, wide, near, own) == tuple(held[0].news())
        names = {whole: "whole", wide: "wide", near: "near", own: "own"}
        everybody = [*roles, "stranger"]
        return {
            role: [names[id] for id in client.news()]
            for role, client in zip(everybody, held, strict=True)
        }

    assert run(watch()) == {
        "centre": ["whole", "wide", "near", "own"],
        "subdistrict": ["wide", "near", "own"],
        "community": ["near", "own"],
        "worker": ["own"],
        "handler": [],
        "stranger": [],
    }


def test_a_stream_ends_with_its_token_or_session(town: District, server: Server) -> None:
    raw = token(town)
    browser = Browser()
    browser.force_login(town.users["leader"])
    session = browser.session.session_key

    async def watch() -> None:
        clients = [Client(server.port, raw), Client(server.port, f"sessionid={session}")]
        async with connected(clients) as (by_token, by_cookie):
            await elsewhere(tokens.revoke_all, user=town.users["centre"], now=timezone.now())
            await until(lambda: by_token.statuses == [200, 401])
            assert by_token.said("end")[0].data == {"reason": "signed_out"}
            assert not by_cookie.said("end")
            await elsewhere(browser.logout)
            await until(lambda: by_cookie.statuses == [200, 401])
            assert by_cookie.said("end")

    run(watch())


def test_new_ground_makes_the_client_read_anew(town: District, server: Server) -> None:
    worker = town.users["worker"]
    key = f"grid:370299/{town.cell(3, 2).code}"

    async def watch() -> Client:
        async with connected([Client(server.port, token_of_worker)]) as (client,):
            await elsewhere(tell, key)
            await elsewhere(make_post, worker, "worker", grid=town.cell(3, 2))
            await until(lambda: bool(client.said("reset")))
            told = (await elsewhere(tell, key))[0]
            await until(lambda: client.news() == [told])
            assert client.said("reset")[0].id == told - 2
        return client

    token_of_worker = token(town, "worker")
    run(watch())
    assert Post.objects.held_by(worker).count() == 2


def test_a_user_holds_so_many_streams_and_no_more(town: District, server: Server) -> None:
    raw, other = token(town), token(town, "leader")

    async def watch() -> None:
        async with connected([Client(server.port, raw) for _ in range(MOST)]) as held:
            assert await Client(server.port, raw).connect() == 429
            async with connected([Client(server.port, other)]):
                pass
            assert all(client.statuses == [200] for client in held)
        # Those who left made room.
        async with connected([Client(server.port, raw) for _ in range(MOST)]):
            pass

    run(watch())


def test_an_open_stream_holds_neither_thread_nor_connection(town: District, server: Server) -> None:
    raws = [token(town, role) for role in town.users]

    def backends() -> int:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid()"
            )
            return int(cursor.fetchone()[0])

    async def watch() -> tuple[int, int, int]:
        async with connected([Client(server.port, raws[0])]):
            few = server.status("Threads")
            rest = [Client(server.port, raw) for raw in raws[1:] for _ in range(MOST)]
            async with connected(rest):
                await asyncio.sleep(0.2)  # the last request may just be ending
                return server.status("Threads") - few, await elsewhere(backends), len(rest)

    threads, connections_open, streams = run(watch())
    assert streams == 40
    # One listens, one may read, one asks who may stay; pools of threads grow with the cores.
    assert threads < streams / 2
    assert connections_open <= 4


def test_what_is_no_longer_kept_makes_the_client_read_anew(town: District, server: Server) -> None:
    raw = token(town)
    ids = tell(count=20)
    stream.prune(now=NOW + timedelta(days=30), keep=timedelta(days=7))
    assert StreamEvent.objects.count() == 1
    connections.close_all()

    async def watch() -> None:
        behind, level = (
            Client(server.port, raw, last=ids[3]),
            Client(server.port, raw, last=ids[-1]),
        )
        ahead = Client(server.port, raw, last=ids[-1] + 1000)
        async with connected([behind, level, ahead]):
            await until(lambda: bool(behind.said("reset")) and bool(ahead.said("reset")))
            told = await elsewhere(tell)
            await until(lambda: behind.news() == level.news() == ahead.news() == told)
        assert not level.said("reset")
        assert [behind.said("reset")[0].id, ahead.said("reset")[0].id] == [ids[-1]] * 2

    run(watch())


def test_a_body_that_drips_in_keeps_nobody_out(town: District, server: Server) -> None:
    dripping = []
    for _ in range(20):
        held = socket.create_connection(("127.0.0.1", server.port))
        held.sendall(f"GET {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx".encode())
        dripping.append(held)

    async def watch() -> None:
        async with connected([Client(server.port, raw)]):
            pass

    raw = token(town)
    run(watch())
    for held in dripping:
        held.close()
    assert threading.active_count() < 20
