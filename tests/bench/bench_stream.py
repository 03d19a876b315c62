"""The live stream: how long after its commit news is with each of many clients, and at what cost.

    make bench ARGS=stream

One uvicorn process on a database of its own, as `make run` starts it; the clients share the machine
with it and with PostGIS. The delay runs from the return of the commit to the arrival at the client,
on one clock.
"""

import asyncio
import os
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from django.db import connections, transaction
from django.test.utils import setup_databases, teardown_databases
from django.utils import timezone

from gis.ledger.services import stream, tokens
from tests.factories import make_district
from tests.streams import Client, Server, connected, until

CLIENTS, EVENTS, EVERY_S = 500, 40, 0.25
EMITTED = 2000
TOPIC = stream.declare("bench.news")
PLACE = "place:370299"
PAYLOAD = {"incident": "20261123-000123", "kind": "livelihood", "lon": 120.41495, "lat": 36.07064}


def main() -> None:
    """Print the figures."""
    with _database():
        district = make_district()
        token = tokens.issue(user=district.users["centre"], now=timezone.now())[0]
        server = Server(WANGGE_DB_POOL="1", WANGGE_STREAMS_PER_USER=str(CLIENTS))
        server.start()
        try:
            asyncio.run(_watch(server, token))
        finally:
            server.stop()
        _emit()
        connections.close_all()


@contextmanager
def _database() -> Iterator[None]:
    held = setup_databases(verbosity=0, interactive=False)
    try:
        yield
    finally:
        teardown_databases(held, verbosity=0)


def _tell() -> tuple[int, float]:
    with transaction.atomic():
        event = stream.emit(
            topic=TOPIC, payload=PAYLOAD, audience=[PLACE], at=datetime(2026, 11, 2, tzinfo=UTC)
        )
    return event.pk, time.time()


async def _watch(server: Server, token: str) -> None:
    async with connected([Client(server.port, token)]):
        before_kb, threads = server.status("VmRSS"), server.status("Threads")
    # One thread, so that one connection writes and can be closed.
    loop, writer = asyncio.get_running_loop(), ThreadPoolExecutor(1)
    began = time.perf_counter()
    async with connected(Client(server.port, token) for _ in range(CLIENTS)) as clients:
        in_s, cpu_s = time.perf_counter() - began, _cpu_s(server.pid)
        kept = {}
        for _ in range(EVENTS):
            id, at = await loop.run_in_executor(writer, _tell)
            kept[id] = at
            await asyncio.sleep(EVERY_S)
        newest = max(kept)
        await until(lambda: all(client.last >= newest for client in clients))
        spent_s = _cpu_s(server.pid) - cpu_s
        after_kb, more = server.status("VmRSS"), server.status("Threads") - threads
    await loop.run_in_executor(writer, connections.close_all)
    delays = sorted(
        1000 * (one.at - kept[one.id or 0]) for client in clients for one in client.said(TOPIC)
    )
    whole = all(client.news() == list(kept) for client in clients)
    print(f"\n{CLIENTS} clients, {EVENTS} events, every {EVERY_S} s, load {os.getloadavg()[0]:.1f}")
    print(f"all let in after {in_s:.1f} s; every event once and in order: {whole}")
    print(f"commit to client: p50 {_at(delays, 0.5):.0f} ms, p99 {_at(delays, 0.99):.0f} ms, "
          f"worst {delays[-1]:.0f} ms")  # fmt: skip
    print(f"the process: {spent_s:.1f} s of processor, {before_kb / 1024:.0f} MB with one client, "
          f"{after_kb / 1024:.0f} MB with all, {more} threads more")  # fmt: skip
    if not whole:
        raise SystemExit("an event was lost, doubled or out of order")


def _emit() -> None:
    took = []
    for _ in range(EMITTED):
        start = time.perf_counter()
        _tell()
        took.append(time.perf_counter() - start)
    per_second = EMITTED / sum(took)
    print(f"one writer: {per_second:.0f} transactions a second with their news, "
          f"{1000 * statistics.median(took):.1f} ms each at the median (fsync on)")  # fmt: skip


def _at(values: list[float], share: float) -> float:
    return values[int(share * (len(values) - 1))]


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
