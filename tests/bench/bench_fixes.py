"""How many fixes a second come in over HTTP, durably; the limit is 10,000 on two cores.

    make bench ARGS=fixes

A site of its own, as for reports: uvicorn with two processes and their pools, the private
PostgreSQL with fsync and synchronous_commit. Eight workers on duty send batches of 1,000 by tokens,
and 30 % of the batches again. After each round the fixes are counted in the table: every key once.
In the same run: batches of a phone's size from one phone, a fix a second, whose p95 has a limit of
50 ms; and the named peer, the same rows as single INSERTs, a batch in a transaction, without HTTP.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.bench.bench_reports import CONNECTIONS, REPLAYS, Round, together
from tests.factories import PASSWORD
from tests.faults.phones import sign_in
from tests.own_site import OwnSite, own_site

LIMIT, BATCH = 10_000.0, 1_000
PHONE_LIMIT_S, PHONE_BATCH = 0.050, 60
ROUNDS, SECONDS = 3, 6.0
PROCESSES = "2"
PHONE = CONNECTIONS  # the worker after those who send batches
FILL = """
import django; django.setup()
from datetime import timedelta
from django.utils import timezone
from grids.models import Place
from tests.factories import make_user
from tests.patrols import make_shift
place, now = Place.objects.get(), timezone.now()
for k in range({count}):
    worker = make_user(f"bench-{{k}}", place)
    make_shift(worker, place, now - timedelta(hours=23))
"""
_INSERT = """
INSERT INTO bench_fix (worker_id, device, sequence, at, lon, lat, datum, accuracy_m, flags)
VALUES (%s, %s, %s, to_timestamp(%s), %s, %s, 1, %s, 0) ON CONFLICT DO NOTHING
"""


@dataclass
class Crew:
    """Workers who send; `numbered` is where each device's numbers are, so that none comes twice."""

    port: int
    tokens: list[str]
    began_s: float
    lock: threading.Lock = field(default_factory=threading.Lock)
    numbered: Counter[str] = field(default_factory=Counter)

    def take(self, count: int, device: str = "bench") -> list[dict[str, Any]]:
        """The next `count` fixes of a walk; those of `bench` are 50 ms apart, to fit into a day."""
        every_s = 0.05 if device == "bench" else 1.0
        with self.lock:
            first = self.numbered[device]
            self.numbered[device] += count
        return [
            {
                "device": device, "sequence": k, "time": self.began_s + k * every_s,
                "lon": 120.405 + (k % 9_999) * 1e-7, "lat": 36.065, "datum": "gcj02",
                "accuracy_m": 6.0, "speed": 1.2, "heading": 90, "battery": 81,
            }
            for k in range(first, first + count)
        ]  # fmt: skip


def main() -> None:
    """Print the table; fails when a fix is lost or doubled."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "WANGGE_WEB_PROCESSES", PROCESSES)
        with own_site("web") as site:
            crew = prepare(site)
            send(site, crew, "bench", 1.0)  # warm
            ways: dict[str, Callable[[], Round]] = {
                "fixes": lambda: send(site, crew, "bench", SECONDS),
                "phone": lambda: send(site, crew, "phone", SECONDS / 2),
                "inserts": lambda: inserts(site, crew, SECONDS / 2),
            }
            found: dict[str, list[Round]] = {name: [] for name in ways}
            for _ in range(ROUNDS):
                for name, way in ways.items():
                    found[name].append(way())
    tell(found)


def prepare(site: OwnSite) -> Crew:
    filled = site.run("-c", FILL.format(count=CONNECTIONS + 1))
    if filled.returncode:
        raise RuntimeError(filled.stderr[-2000:])
    with site.connect() as connection:
        connection.execute("CREATE TABLE bench_fix (LIKE patrols_fix INCLUDING ALL)")
    port = site.wishes.port
    tokens = [sign_in(port, f"bench-{k}", PASSWORD) for k in range(CONNECTIONS + 1)]
    return Crew(port, tokens, time.time() - 22 * 3600)


def send(site: OwnSite, crew: Crew, device: str, seconds: float) -> Round:
    """Batches of all workers, or of the one with a phone, until the time is over.

    Each key is in the table once, or this raises.
    """
    before, first = count(site), crew.numbered[device]
    is_phone = device == "phone"
    size = PHONE_BATCH if is_phone else BATCH

    def work(number: int, until: float) -> list[float]:
        if is_phone and number:
            return []
        token = crew.tokens[PHONE if is_phone else number]
        line = http.client.HTTPConnection("127.0.0.1", crew.port, timeout=30)
        chance, took = random.Random(number), list[float]()
        while time.perf_counter() < until:
            body = json.dumps(crew.take(size, device)).encode()
            for again in range(1 + (chance.random() < REPLAYS)):
                took.append(post(line, token, body, size, is_replay=again > 0))
        return took

    found = together(work, seconds)
    found.kept = count(site) - before
    if found.kept != crew.numbered[device] - first:
        raise RuntimeError(
            f"{found.kept} fixes in the table for {crew.numbered[device] - first} keys"
        )
    return found


def post(
    line: http.client.HTTPConnection, token: str, body: bytes, size: int, *, is_replay: bool
) -> float:
    began = time.perf_counter()
    line.request(
        "POST", "/api/v1/patrols/fixes", body,
        {"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
    )  # fmt: skip
    answer = line.getresponse()
    told = answer.read()
    took = time.perf_counter() - began
    stored, doubled = (0, size) if is_replay else (size, 0)
    if answer.status != 200 or json.loads(told) != {
        "stored": stored, "duplicates": doubled, "refused": [],
    }:  # fmt: skip
        raise RuntimeError(f"{answer.status}: {told[:300]!r}")
    return took


def count(site: OwnSite) -> int:
    """Keys in the table; raises when one is there twice."""
    keys = "SELECT count(*), count(DISTINCT (worker_id, device, sequence)) FROM patrols_fix"
    ((rows, different),) = site.ask(keys)
    if rows != different:
        raise RuntimeError(f"{rows} fixes for {different} keys")
    return int(rows)


def inserts(site: OwnSite, crew: Crew, seconds: float) -> Round:
    """The same rows one INSERT each, a batch in a transaction, as a loop over save() would."""

    def work(number: int, until: float) -> list[float]:
        took = list[float]()
        with site.connect() as connection:
            while time.perf_counter() < until:
                rows = crew.take(BATCH)
                began = time.perf_counter()
                with connection.transaction():
                    for row in rows:
                        values = [row[name] for name in ("device", "sequence", "time")]
                        values += [row[name] for name in ("lon", "lat", "accuracy_m")]
                        connection.execute(_INSERT, [number, *values])
                took.append(time.perf_counter() - began)
        return took

    return together(work, seconds)


def tell(found: dict[str, list[Round]]) -> None:
    titles = {
        "fixes": (f"batches of {BATCH:,} over HTTP, 30 % again", BATCH),
        "phone": (f"batches of {PHONE_BATCH} of one phone over HTTP", PHONE_BATCH),
        "inserts": (f"batches of {BATCH:,} as single INSERTs", BATCH),
    }
    print(f"{CONNECTIONS} connections, {PROCESSES} processes, {ROUNDS} alternating rounds")
    print(f"{'':40}{'fixes a s':>11}{'p50 ms':>9}{'p95 ms':>9}")
    p95 = {}
    for name, rounds in found.items():
        title, size = titles[name]
        took = [each for one in rounds for each in one.took_s]
        rate = statistics.median(one.rate for one in rounds) * size
        p95[name] = statistics.quantiles(took, n=20)[18]
        print(f"{title:40}{rate:11,.0f}{statistics.median(took) * 1e3:9.1f}{p95[name] * 1e3:9.1f}")
    kept = sum(one.kept for one in found["fixes"])
    new = statistics.median(one.kept / one.seconds for one in found["fixes"])
    peer = statistics.median(one.rate for one in found["inserts"]) * BATCH
    print(f"{kept:,} in the table, as many as keys, each once")
    print(
        f"{new:,.0f} new a second, limit {LIMIT:,.0f}: {_judged(new >= LIMIT)};"
        f" {new / peer:.1f} times single INSERTs"
    )
    print(
        f"a phone's {PHONE_BATCH} in {p95['phone'] * 1e3:.1f} ms at p95, limit"
        f" {PHONE_LIMIT_S * 1e3:.0f}: {_judged(p95['phone'] <= PHONE_LIMIT_S)}"
    )


def _judged(is_kept: bool) -> str:
    return "kept" if is_kept else "MISSED"
