"""Reading the live stream in tests: a web process of its own, and clients that come back."""

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from django.db import connection

from gis.api.streaming import PATH

T = TypeVar("T")
# The stream's own words; everything else is news.
OWN = {"hello", "heartbeat", "reset", "end"}


def run(watched: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on a loop of its own: the browser's tests keep one on this thread."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, watched).result()


def database_url() -> str:
    """The test's own database, as another process would be told of it."""
    held = connection.settings_dict
    user, password = quote(held["USER"] or ""), quote(held["PASSWORD"] or "")
    host = quote(str(held["HOST"] or ""), safe="")
    port = f"&port={held['PORT']}" if held["PORT"] else ""
    return f"postgresql://{user}:{password}@/{held['NAME']}?host={host}{port}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A uvicorn process on the test's database, as production starts it; with a file that holds
    seconds in WANGGE_TEST_CLOCK, with its clock moved by so many.
    """

    def __init__(self, **environment: str) -> None:
        self.port = free_port()
        self._environment = {
            **os.environ,
            "DATABASE_URL": database_url(),
            "WANGGE_DEMO": "1",
            # What other tests sent within the minute counts in the same Redis.
            "WANGGE_REPORTS_PER_MINUTE": "1000000000",
            **environment,
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        words = [sys.executable, "-m", "uvicorn"]
        if "WANGGE_TEST_CLOCK" in self._environment:
            words += ["tests.moved_clock:application", "--no-date-header"]
        else:
            words += ["gis.config.asgi:application"]
        words += ["--port", str(self.port), "--timeout-graceful-shutdown", "2"]
        words += ["--no-access-log", "--backlog", "4096"]
        self._process = subprocess.Popen(
            words, env=self._environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return
            time.sleep(0.1)
        raise AssertionError("the web process did not come up")

    def stop(self, *, kill: bool = False) -> None:
        if self._process is None:
            return
        if kill:
            self._process.kill()
        else:
            self._process.terminate()
        self._process.wait(timeout=20)
        self._process = None

    def status(self, name: str) -> int:
        """A line of /proc/<pid>/status: `Threads`, or kilobytes of `VmRSS`."""
        lines = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii").splitlines()
        return int(next(line for line in lines if line.startswith(f"{name}:")).split()[1])


@dataclass
class Told:
    """One event as it came; `at` is the time of arrival, in seconds."""

    name: str
    id: int | None
    data: Any
    at: float


@dataclass
class Client:
    """Reads a stream as a browser would: it comes back with the last id it was given.

    `token` is a bearer token, or a cookie as `name=value`. A client that is not `awake` takes what
    came first, and then nothing.
    """

    port: int
    token: str
    query: str = ""
    last: int = -1  # nothing yet
    told: list[Told] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    awake: asyncio.Event | None = None

    def news(self) -> list[int]:
        """Ids of what happened, in the order they came."""
        return [one.id or 0 for one in self.told if one.name not in OWN]

    def said(self, name: str) -> list[Told]:
        return [one for one in self.told if one.name == name]

    async def run(self) -> None:
        """Stay connected until cancelled, or until the server says that who asks may not."""
        while True:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, ValueError):
                if await self.connect() in {401, 404, 429}:
                    return
            await asyncio.sleep(0.05)

    async def connect(self) -> int:
        """One connection until it ends; its status code."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            headers = ["Host: localhost", "Accept: text/event-stream"]
            name = "Cookie: " if "=" in self.token else "Authorization: Bearer "
            headers.append(f"{name}{self.token}")
            if self.last >= 0:
                headers.append(f"Last-Event-ID: {self.last}")
            lines = "\r\n".join([f"GET {PATH}{self.query} HTTP/1.1", *headers, "", ""])
            writer.write(lines.encode())
            head = await reader.readuntil(b"\r\n\r\n")
            status = int(head.split()[1])
            self.statuses.append(status)
            if status == 200:
                await self._read(reader)
            return status
        finally:
            writer.close()

    async def _read(self, reader: asyncio.StreamReader) -> None:
        waiting = b""
        while size := int(await reader.readline() or b"x", 16):
            waiting += (await reader.readexactly(size + 2))[:-2]
            *events, waiting = waiting.split(b"\n\n")
            for event in events:
                self._take(event.decode())
            if self.awake is not None:
                await self.awake.wait()

    def _take(self, event: str) -> None:
        fields = dict(line.split(": ", 1) for line in event.split("\n"))
        id = int(fields["id"]) if "id" in fields else None
        self.last = self.last if id is None else id
        self.told.append(Told(fields["event"], id, json.loads(fields["data"]), time.time()))


@contextlib.asynccontextmanager
async def connected(clients: Iterable[Client]) -> AsyncIterator[list[Client]]:
    """The clients, reading in the background once each has been greeted."""
    held = list(clients)
    tasks = [asyncio.create_task(client.run()) for client in held]
    try:
        await until(lambda: all(client.told for client in held))
        yield held
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until(true: Callable[[], bool], seconds: float = 90) -> None:
    """Wait for it, without saying how long it should take."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise AssertionError("it did not come true")
        await asyncio.sleep(0.02)
