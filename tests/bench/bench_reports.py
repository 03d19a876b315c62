"""How many reports a second come in over HTTP, beside what the same machine does at the least.

    make bench ARGS=reports

A site of its own: uvicorn with its pool, the private PostgreSQL with fsync and synchronous_commit,
no worker beside it. Eight connections are kept open and 30 % of the reports are sent twice. After
each round the reports are counted in the table. In the same run, by the same clients: the server's
plainest answer (`/healthz?part=none` is refused before anything is asked), the least that Django
does; and single INSERTs, each committed by itself, the least that the database does.
"""

import http.client
import json
import random
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import uuid4

from tests.faults.phones import Phone, Sending, report
from tests.own_site import OwnSite, own_site

CONNECTIONS, REPLAYS, ROUNDS, SECONDS = 8, 0.3, 3, 8.0
PLAIN = "/healthz?part=none"


@dataclass
class Round:
    """What was done in one round: how many calls, how long each took, and the time for all."""

    seconds: float = 0.0
    took_s: list[float] = field(default_factory=list)
    kept: int = 0

    @property
    def rate(self) -> float:
        return len(self.took_s) / self.seconds


def main() -> None:
    """Print the table."""
    with own_site("web") as site:
        Phone(site.wishes.port).send(Sending(uuid4(), report("warm", random.Random(0))))
        ways: dict[str, Callable[[], Round]] = {
            "reports": lambda: reports(site, SECONDS),
            "plain": lambda: plain(site, SECONDS / 2),
            "inserts": lambda: inserts(site, SECONDS / 2),
        }
        found: dict[str, list[Round]] = {name: [] for name in ways}
        for _ in range(ROUNDS):
            for name, way in ways.items():
                found[name].append(way())
    tell(found)


def tell(found: dict[str, list[Round]]) -> None:
    titles = {
        "reports": "reports over HTTP, 30 % of them again",
        "plain": "a bare view of Django over HTTP",
        "inserts": "single INSERTs, each committed",
    }
    print(f"{CONNECTIONS} connections, {ROUNDS} alternating rounds")
    print(f"{'':40}{'a second':>10}{'p50 ms':>9}{'p95 ms':>9}")
    for name, rounds in found.items():
        took = [each for one in rounds for each in one.took_s]
        rate = statistics.median(one.rate for one in rounds)
        p50, p95 = statistics.median(took), statistics.quantiles(took, n=20)[18]
        print(f"{titles[name]:40}{rate:10,.0f}{p50 * 1e3:9.1f}{p95 * 1e3:9.1f}")
    sent = sum(len(one.took_s) for one in found["reports"])
    kept = sum(one.kept for one in found["reports"])
    new = statistics.median(one.kept / one.seconds for one in found["reports"])
    print(
        f"{sent:,} answers of 201; {kept:,} reports in the table, as many as keys; {new:,.0f} a s"
    )
    shares = [
        f"{statistics.median(one.rate for one in found['reports']) / limit:.0%} of {titles[name]}"
        for name in ("plain", "inserts")
        if (limit := statistics.median(one.rate for one in found[name]))
    ]
    print("; ".join(shares))


def reports(site: OwnSite, seconds: float) -> Round:
    """Reports until the time is over; each key is in the table once, or this raises."""
    name, lock, keys = uuid4().hex[:8], threading.Lock(), [0]

    def work(number: int, until: float) -> list[float]:
        phone, chance, took = Phone(site.wishes.port), random.Random(number), list[float]()
        while time.perf_counter() < until:
            with lock:
                keys[0] += 1
                text = f"{name}-{keys[0]}"
            key, body = uuid4(), report(text, chance)
            for _ in range(1 + (chance.random() < REPLAYS)):
                began = time.perf_counter()
                status, told = phone.send(Sending(key, body))
                took.append(time.perf_counter() - began)
                if status != 201:
                    raise RuntimeError(f"{status}: {json.dumps(told)[:300]}")
        return took

    found = together(work, seconds)
    found.kept = site.ask(
        "SELECT count(*) FROM incidents_report WHERE description LIKE %s", f"{name}-%"
    )[0][0]
    if found.kept != keys[0]:
        raise RuntimeError(f"{found.kept} reports are in the table for {keys[0]} keys")
    return found


def plain(site: OwnSite, seconds: float) -> Round:
    """The same server's plainest answer: every middleware, and a view that asks nobody."""

    def work(_number: int, until: float) -> list[float]:
        line, took = (
            http.client.HTTPConnection("127.0.0.1", site.wishes.port, timeout=30),
            list[float](),
        )
        while time.perf_counter() < until:
            began = time.perf_counter()
            line.request("GET", PLAIN)
            line.getresponse().read()
            took.append(time.perf_counter() - began)
        return took

    return together(work, seconds)


def inserts(site: OwnSite, seconds: float) -> Round:
    """Rows of the size of a report, one a transaction, with no index but their key."""
    with site.connect() as connection:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS bench_rows (id bigserial PRIMARY KEY, body text)"
        )

    def work(number: int, until: float) -> list[float]:
        took, text = list[float](), report(str(number), random.Random(number)).decode()
        with site.connect() as connection:
            while time.perf_counter() < until:
                began = time.perf_counter()
                connection.execute("INSERT INTO bench_rows (body) VALUES (%s)", [text])
                took.append(time.perf_counter() - began)
        return took

    return together(work, seconds)


def together(work: Callable[[int, float], list[float]], seconds: float) -> Round:
    """The times of all calls that `work` makes on every connection; what fails is raised here."""
    found, failed, began = Round(), [], time.perf_counter()

    def one(number: int) -> None:
        try:
            found.took_s.extend(work(number, began + seconds))
        except Exception as error:  # noqa: BLE001 - told by the main thread
            failed.append(error)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found.seconds = time.perf_counter() - began
    if failed:
        raise failed[0]
    return found
