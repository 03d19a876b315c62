"""Phones that report: each sends under its own key until it is answered, and keeps what it heard.

What was acknowledged is written to a ledger on disk before the next report is sent, so that the
test compares the database with what was promised outside of it.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from tests.factories import CELL, SOUTH, WEST
from tests.town import NAMES

PATIENCE_S = 90.0
REPLAYS = 0.3


@dataclass(frozen=True)
class Acknowledged:
    """A report that was answered: its key, its text, and the numbers that it was told."""

    key: str
    text: str
    number: str
    incident: str


@dataclass
class Crowd:
    """Reports from several phones at once; `may_send` holds report k back until it is true.

    Each case is then filed by a dispatcher who holds `token`, under a key of its own.
    """

    port: int
    ledger: Path
    name: str
    total: int
    may_send: Callable[[int], bool]
    token: str
    phones: int = 4
    heard: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._next = iter(range(self.total))
        self._lock = threading.Lock()
        self._threads = [
            threading.Thread(target=self._phone, args=(random.Random(f"{self.name}{k}"),))
            for k in range(self.phones)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    @property
    def is_sending(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    @property
    def acknowledged(self) -> int:
        return self.heard["acknowledged"]

    def kept(self) -> list[Acknowledged]:
        """What the ledger on disk says."""
        lines = self.ledger.read_text(encoding="utf-8").splitlines()
        return [Acknowledged(**json.loads(line)) for line in lines]

    def _take(self) -> int | None:
        with self._lock:
            return next(self._next, None)

    def _phone(self, chance: random.Random) -> None:
        phone = Phone(self.port)
        while (number := self._take()) is not None:
            while not self.may_send(number):
                time.sleep(0.01)
            key = uuid4()
            text = f"{self.name}-{number:05}"
            body = report(text, chance)
            answer = self._sent(phone, text, Sending(key, body), chance)
            if answer is None:
                return
            self._keep(Acknowledged(str(key), text, answer["number"], answer["incident"]))
            path = f"/api/v1/incidents/{answer['incident']}/actions/file"
            if self._sent(phone, text, Sending(uuid4(), b"{}", path, self.token), chance) is None:
                return

    def _sent(
        self, phone: Phone, text: str, sending: Sending, chance: random.Random
    ) -> dict[str, Any] | None:
        """Send until it is answered, sometimes once more; None when it never was."""
        answer = self._until_answered(phone, sending)
        if answer is None:
            self.wrong.append(f"{text}: {sending.path} was never answered")
        elif chance.random() < REPLAYS:
            again = self._until_answered(phone, sending)
            with self._lock:
                self.heard["replayed"] += 1
                if again != answer:
                    self.wrong.append(f"{text}: {answer} and then {again}")
        return answer

    def _until_answered(self, phone: Phone, sending: Sending) -> dict[str, Any] | None:
        limit = time.monotonic() + PATIENCE_S
        while time.monotonic() < limit:
            status, told = phone.send(sending)
            with self._lock:
                self.heard[str(status)] += 1
            if status in (200, 201) and isinstance(told, dict):
                return told
            if 400 <= status < 500:
                self.wrong.append(f"refused with {status}: {told}")
                return None
            time.sleep(0.1)
        return None

    def _keep(self, one: Acknowledged) -> None:
        with self._lock, self.ledger.open("a", encoding="utf-8") as ledger:
            ledger.write(json.dumps(vars(one)) + "\n")
            ledger.flush()
            os.fsync(ledger.fileno())
            self.heard["acknowledged"] += 1


@dataclass(frozen=True)
class Sending:
    """What is sent, under which key, where, and by whose token."""

    key: UUID
    body: bytes
    path: str = "/api/v1/reports"
    token: str = ""


class Phone:
    """One connection that is kept open, and made anew when it broke."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._connection: http.client.HTTPConnection | None = None

    def send(self, sending: Sending) -> tuple[int, Any]:
        """Status and answer; status 0 when nothing was heard."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(sending.key)}
        if sending.token:
            headers["Authorization"] = f"Bearer {sending.token}"
        try:
            if self._connection is None:
                self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=15)
            self._connection.request("POST", sending.path, sending.body, headers)
            answer = self._connection.getresponse()
            raw = answer.read()
        except (OSError, http.client.HTTPException):
            self.close()
            return 0, None
        told = None
        with suppress(ValueError):
            told = json.loads(raw)
        return answer.status, told

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def sign_in(port: int, username: str, password: str) -> str:
    """A token of that user."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    told = json.dumps({"username": username, "password": password})
    line.request("POST", "/api/v1/token", told, {"Content-Type": "application/json"})
    return str(json.loads(line.getresponse().read())["token"])


def report(text: str, chance: random.Random) -> bytes:
    """The body of a report somewhere in the district, with an address that the gazetteer knows."""
    location = {
        "lon": WEST + 4 * CELL * chance.random(),
        "lat": SOUTH + 3 * CELL * chance.random(),
        "datum": "wgs84",
        "address": f"{chance.choice(NAMES)} 9 号楼",
    }
    body = {
        "channel": "resident",
        "kind": "livelihood",
        "description": text,
        "location": location,
        "reporter": {"phone": "13900000000"},
    }
    return json.dumps(body).encode()
