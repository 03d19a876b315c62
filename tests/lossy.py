"""A bad line: a TCP proxy that swallows answers, breaks connections, or is dead altogether."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field


def every(lost: int, broken: int) -> Callable[[int], str]:
    """Of the writes, each `lost`-th is handled but its answer swallowed, each `broken`-th never
    arrives.
    """

    def fate(number: int) -> str:
        if number % lost == 0:
            return "lost"
        return "broken" if number % broken == 0 else ""

    return fate


@dataclass
class Line:
    """Between a browser and the service on `to`. `fate` says what becomes of the n-th POST.

    `heard` counts the POSTs by what became of them, `asked` all requests by path; `sent_bytes` and
    `got_bytes` are all that a phone sent and was sent, headers and all.
    """

    to: int
    fate: Callable[[int], str] = lambda _: ""
    is_dead: bool = False
    heard: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    sent_bytes: int = 0
    got_bytes: int = 0

    def __post_init__(self) -> None:
        self._posts = 0
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def die(self) -> None:
        """No connection any more, until `live`."""
        self.is_dead = True
        for one in list(self._open):
            _shut(one)

    def live(self) -> None:
        self.is_dead = False

    def close(self) -> None:
        self.die()
        self._server.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                phone, _ = self._server.accept()
                if self.is_dead:
                    phone.close()
                    continue
                service = socket.create_connection(("127.0.0.1", self.to))
                self._open |= {phone, service}
                _Pair(self, phone, service).start()

    def judge(self) -> str:
        """What becomes of the POST that has just come."""
        with self._lock:
            self._posts += 1
            said = self.fate(self._posts)
            self.heard[said or "answered"] += 1
            return said

    def forget(self, one: socket.socket) -> None:
        self._open.discard(one)


class _Pair:
    """One connection: requests one way, answers the other; HTTP/1.1 without pipelining."""

    def __init__(self, line: Line, phone: socket.socket, service: socket.socket) -> None:
        self._line, self._phone, self._service = line, phone, service
        self._said = ""

    def start(self) -> None:
        for work in (self._requests, self._answers):
            threading.Thread(target=self._run, args=(work,), daemon=True).start()

    def _run(self, work: Callable[[], None]) -> None:
        with contextlib.suppress(OSError):
            work()
        for one in (self._phone, self._service):
            _shut(one)
            self._line.forget(one)

    def _requests(self) -> None:
        while raw := self._phone.recv(65536):
            self._line.sent_bytes += len(raw)
            if raw.startswith((b"GET ", b"POST ")):
                self._line.asked[raw.split(b" ", 2)[1].decode().partition("?")[0]] += 1
            if raw.startswith(b"POST "):
                self._said = self._line.judge()
                if self._said == "broken":
                    return
            self._service.sendall(raw)

    def _answers(self) -> None:
        while raw := self._service.recv(65536):
            if self._said == "lost":
                return
            self._line.got_bytes += len(raw)
            self._phone.sendall(raw)


def _shut(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
