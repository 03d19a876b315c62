"""Ask a server for addresses over kept-alive connections, as fast as it answers."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import cast

import uvloop


@dataclass
class Load:
    """What a round of requests came to: answers, the time they took, and how they were spread."""

    seconds: float = 0.0
    latencies_s: list[float] = field(default_factory=list)
    octets: int = 0
    failures: list[str] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return len(self.latencies_s) / self.seconds


class _Asker(asyncio.Protocol):
    """One connection: the next request goes out when the last answer is complete."""

    def __init__(self, requests: list[bytes], first: int, load: Load) -> None:
        self._requests, self._at, self._load = requests, first, load
        self._held = b""
        self._wanted = -1
        self._sent_at = 0.0
        self._transport: asyncio.Transport | None = None
        self.done = asyncio.get_running_loop().create_future()
        self.until = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclass of asyncio's.
        self._transport = cast(asyncio.Transport, transport)

    def ask(self) -> None:
        if time.perf_counter() >= self.until:
            assert self._transport is not None
            self._transport.close()
            return
        self._sent_at = time.perf_counter()
        assert self._transport is not None
        self._transport.write(self._requests[self._at % len(self._requests)])
        self._at += 1

    def data_received(self, data: bytes) -> None:
        self._held += data
        if self._wanted < 0:
            end = self._held.find(b"\r\n\r\n")
            if end < 0:
                return
            self._wanted = end + 4 + _length(self._held[:end].lower())
            if not self._held.startswith(b"HTTP/1.1 200"):
                self._load.failures.append(self._held[:200].decode("latin-1"))
        if len(self._held) >= self._wanted:
            self._load.latencies_s.append(time.perf_counter() - self._sent_at)
            self._load.octets += self._wanted
            self._held, self._wanted = b"", -1
            self.ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)


def _length(head: bytes) -> int:
    start = head.find(b"content-length:")
    assert start >= 0, head
    return int(head[start + 15 :].split(b"\r", 1)[0])


def get(path: str, *, packed: bool) -> bytes:
    """The octets of a GET that keeps its connection."""
    accept = "gzip" if packed else "identity"
    head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: {accept}\r\n\r\n"
    return head.encode()


def load(port: int, requests: Sequence[bytes], *, connections: int, seconds: float) -> Load:
    """Ask `127.0.0.1:port` for `requests`, each connection beginning elsewhere in the list.

    Raises `RuntimeError` with the first answer that was not 200, or when a connection was cut.
    """
    result = uvloop.run(_load(port, list(requests), connections, seconds))
    if result.failures:
        raise RuntimeError(f"port {port}: {len(result.failures)} refused: {result.failures[0]}")
    return result


async def _load(port: int, requests: list[bytes], connections: int, seconds: float) -> Load:
    loop, result = asyncio.get_running_loop(), Load()
    askers = [
        _Asker(requests, k * len(requests) // connections, result) for k in range(connections)
    ]
    for asker in askers:
        await loop.create_connection(partial(_itself, asker), "127.0.0.1", port)
    began = time.perf_counter()
    for asker in askers:
        asker.until = began + seconds
        asker.ask()
    await asyncio.gather(*(asker.done for asker in askers))
    result.seconds = time.perf_counter() - began
    return result


def _itself(asker: _Asker) -> _Asker:
    return asker
