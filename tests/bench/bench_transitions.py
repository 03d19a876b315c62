"""How many transitions of cases a second come in over HTTP; the limit is 100 on two cores.

    make bench ARGS=transitions

A site of its own, as for reports: uvicorn with two processes and their pools, the private
PostgreSQL with fsync and synchronous_commit. Eight connections, each leading cases from their
filing to their end as a dispatcher and a handler, by tokens, each transition under a key of its own
and one in ten sent twice. Afterwards the events in the audit chains are counted, the states read,
and every chain checked. In the same run, by the same clients: the server's plainest answer.
"""

import http.client
import json
import os
import random
import statistics
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest

from tests.bench.bench_reports import CONNECTIONS, Round, plain, together
from tests.factories import PASSWORD
from tests.faults.phones import sign_in
from tests.own_site import OwnSite, own_site

LIMIT, ROUNDS, SECONDS, AGAIN = 100.0, 3, 8.0, 0.1
PROCESSES = "2"
PATH: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("file", "centre", {}),
    ("dispatch", "centre", {"unit": "department", "supporting": []}),
    ("check_in", "handler", {}),
    ("handle", "handler", {"note": "已按要求处置完毕，现场恢复。"}),
    ("feed_back", "handler", {"note": "您反映的问题已处置。"}),
    ("inspect", "centre", {}),
    ("close", "centre", {}),
)  # fmt: skip
FILL = """
import django; django.setup()
from datetime import timedelta
from django.utils import timezone
from gis.kernel.datum import Datum
from grids.models import Place
from grids.selectors import Position
from incidents.models import Channel, Incident
from incidents.services.bulk import Arrival, receive_many
channel, now = Channel.objects.get(code="resident"), timezone.now()
receive_many([
    Arrival(channel=channel, kind="livelihood", category=None, description=f"case {{k}}",
            location=Position(120.4005 + k % 399 / 1e4, 36.0605, Datum.WGS84),
            occurred_at=now, received_at=now - timedelta(minutes=k % 500))
    for k in range({count})
], place=Place.objects.get())
print(*Incident.objects.values_list("number", flat=True))
"""


@dataclass
class Work:
    """Cases to be led on, one at a time by one connection."""

    numbers: list[str]
    tokens: dict[str, str]
    port: int
    lock: threading.Lock = field(default_factory=threading.Lock)
    done: int = 0

    def take(self) -> str:
        with self.lock:
            return self.numbers.pop()


def main() -> None:
    """Print the table; fails when a transition is lost, doubled or in no chain."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "WANGGE_WEB_PROCESSES", PROCESSES)
        with own_site("web") as site:
            work = prepare(site)
            lead(work, 1.0)  # warm
            rounds, bare = [], []
            for _ in range(ROUNDS):
                rounds.append(lead(work, SECONDS))
                bare.append(plain(site, SECONDS / 2))
            check(site, work)
    tell(rounds, bare)


def prepare(site: OwnSite) -> Work:
    filled = site.run("-c", FILL.format(count=6000))
    if filled.returncode:
        raise RuntimeError(filled.stderr[-2000:])
    port = site.wishes.port
    users = ("centre", "handler")
    tokens = {one: sign_in(port, f"370299-{one}", PASSWORD) for one in users}
    return Work(filled.stdout.split(), tokens, port)


def lead(work: Work, seconds: float) -> Round:
    """Lead cases until the time is over; a case that was begun is led to its end."""

    def one(number: int, until: float) -> list[float]:
        line = http.client.HTTPConnection("127.0.0.1", work.port, timeout=30)
        chance, took = random.Random(number), list[float]()
        while time.perf_counter() < until:
            case = work.take()
            for action, role, given in PATH:
                key = str(uuid4())
                for _ in range(1 + (chance.random() < AGAIN)):
                    took.append(transition(line, case, action, work.tokens[role], key, given))
                with work.lock:
                    work.done += 1
        return took

    before = work.done
    found = together(one, seconds)
    found.kept = work.done - before
    return found


def transition(
    line: http.client.HTTPConnection, case: str, action: str, token: str, key: str, given: Any
) -> float:
    began = time.perf_counter()
    line.request(
        "POST", f"/api/v1/incidents/{case}/actions/{action}", json.dumps(given),
        {"Content-Type": "application/json", "Authorization": f"Bearer {token}",
         "Idempotency-Key": key},
    )  # fmt: skip
    answer = line.getresponse()
    told = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{action} {answer.status}: {told[:300]!r}")
    return time.perf_counter() - began


def check(site: OwnSite, work: Work) -> None:
    found = site.ask("SELECT count(*) FROM ledger_auditevent WHERE action LIKE 'incident.%%'")
    closed = site.ask("SELECT count(*) FROM incidents_incident WHERE state = 'closed'")
    if found[0][0] != work.done or closed[0][0] * len(PATH) != work.done:
        raise RuntimeError(f"{found} events and {closed} closed for {work.done} transitions")
    verified = site.run("manage.py", "verify_audit")
    if verified.returncode:
        raise RuntimeError(verified.stdout + verified.stderr)


def tell(rounds: list[Round], bare: list[Round]) -> None:
    print(f"{CONNECTIONS} connections, {PROCESSES} processes, {ROUNDS} alternating rounds")
    print(f"{'':40}{'a second':>10}{'p50 ms':>9}{'p95 ms':>9}")
    for name, found in (("transitions, one in ten again", rounds), ("a bare view", bare)):
        took = [each for one in found for each in one.took_s]
        rate = statistics.median(one.rate for one in found)
        p50, p95 = statistics.median(took), statistics.quantiles(took, n=20)[18]
        print(f"{name:40}{rate:10,.0f}{p50 * 1e3:9.1f}{p95 * 1e3:9.1f}")
    rate = statistics.median(one.rate for one in rounds)
    share = rate / statistics.median(one.rate for one in bare)
    new = statistics.median(one.kept / one.seconds for one in rounds)
    kept = "kept" if new >= LIMIT else "MISSED"
    print(f"{new:.0f} new a second, limit {LIMIT:.0f}: {kept}; answers {share:.0%} of a bare view")
