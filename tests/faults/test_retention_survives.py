"""Retention is killed at every step and at any moment: nothing lost that is kept, nothing half."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from patrols.choices import Period, TrackStage
from patrols.models import DroppedDay, Fix, Retention, Track
from patrols.selectors import coverage_of
from patrols.services import partitions, retention
from patrols.services.compacting import compact_due
from tests.factories import District, make_user
from tests.kept import walk_shift
from tests.streams import database_url

pytestmark = pytest.mark.django_db(transaction=True)
BEGAN = datetime(2026, 9, 1, 1, tzinfo=UTC)
NOW = BEGAN + timedelta(days=45)
DAYS = [date(2026, 9, 1) + timedelta(days=k) for k in range(3)]
RUN = """
import django; django.setup()
from datetime import datetime
from patrols.services import retention
print("begun", flush=True)
retention.apply(now=datetime.fromisoformat("{now}"))
"""
WAITING = (
    "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN"
    " (SELECT pid FROM pg_stat_activity WHERE datname = current_database())"
)
HOLDS = {
    "the compaction of a shift": "SELECT pg_advisory_xact_lock({lock}, {worker} % 128)",
    "the row of a track": "SELECT FROM patrols_track WHERE shift_id = {track} FOR UPDATE",
    "coverage being made final": (
        "SELECT pg_advisory_xact_lock(hashtextextended('coverage:{edition}:day:2026-09-03', 0))"
    ),
    "the table of fixes, read by somebody": "LOCK TABLE patrols_fix IN ACCESS SHARE MODE",
    "the table of fixes of the second day": (
        "LOCK TABLE patrols_fix_d20260902 IN ROW EXCLUSIVE MODE"
    ),
}


@pytest.fixture
def walked(town: District) -> District:
    """Three days of three workers, of which every fix is old enough to go."""
    Retention.objects.create(place=town.place, raw_days=30, coarse_days=40, track_days=400)
    people = [town.users["worker"], make_user("w2", town.place), make_user("w3", town.place)]
    for day in range(3):
        for number, user in enumerate(people):
            began = BEGAN + timedelta(days=day, hours=number)
            walk_shift(town, user, began, hours=0.5, seed=3 * day + number)
    return town


def told(district: District) -> Any:
    """What must be the same before and afterwards."""
    days = [coverage_of(district.now, day) for day in DAYS]
    return days, coverage_of(district.now, DAYS[0], period=Period.WEEK)


def nothing_half(stored: dict[date, int], good: int) -> None:
    """Each day has all of its fixes, or none and then they are all in tracks."""
    there = partitions.there()
    gone = {one.day: one.fixes for one in DroppedDay.objects.all()}
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relname ~ '^patrols_fix_d[0-9]+$'")
        assert {name for (name,) in cursor.fetchall()} == {partitions.name_of(d) for d in there}
    for day in DAYS:
        if day in gone:
            assert day not in there
            assert gone[day] == stored[day]
        else:
            since = datetime(day.year, day.month, day.day, tzinfo=UTC)
            assert Fix.objects.between(since, since + timedelta(days=1)).count() == stored[day]
    if gone:
        assert sum(sum(row.fixes_at) for row in Track.objects.all()) == good
    for row in Track.objects.all():
        assert row.fixes == sum(row.fixes_at)


def counts() -> tuple[dict[date, int], int]:
    each = {}
    for day in DAYS:
        since = datetime(day.year, day.month, day.day, tzinfo=UTC)
        each[day] = Fix.objects.between(since, since + timedelta(days=1)).count()
    return each, Fix.objects.filter(flags=0).count()


@contextmanager
def running() -> Iterator[subprocess.Popen[str]]:
    """Retention in a process of its own, on the test's database."""
    child = subprocess.Popen(
        [sys.executable, "-c", RUN.format(now=NOW.isoformat())],
        env={**os.environ, "DATABASE_URL": database_url(), "WANGGE_DEMO": "1"},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield child
    finally:
        child.kill()
        child.communicate()


def until(ready: Callable[[], Any], what: str, seconds: float = 60) -> None:
    limit = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < limit, f"{what}: not within {seconds} s"
        time.sleep(0.02)


def asked(sql: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


@pytest.mark.parametrize("held", HOLDS)
def test_killed_in_the_middle_of_a_step(walked: District, held: str) -> None:
    stored, good = counts()
    before = told(walked)
    if held != "the compaction of a shift":
        compact_due(now=NOW)
    last = Track.objects.order_by("-shift__started_at").first()
    lock = HOLDS[held].format(
        lock=partitions.LOCK, worker=walked.users["worker"].pk, edition=walked.now.pk,
        track=last.pk if last else 0,
    )  # fmt: skip
    with psycopg.connect(database_url()) as holder:
        holder.execute(lock)
        with running() as child:
            until(lambda: asked(WAITING), f"{held}: the child waits")
            os.kill(child.pid, signal.SIGKILL)
            assert child.wait() == -signal.SIGKILL
        # A server process may see only later that nobody waits for it any more.
        until(lambda: not asked(WAITING) or _end_waiting(), "the killed one is gone")
        nothing_half(stored, good)
    after_all(walked, stored, good, before)


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.proof) for seed in (1, 2, 3))]
)
def test_killed_at_any_moment_again_and_again(walked: District, seed: int) -> None:
    stored, good = counts()
    before, chance = told(walked), random.Random(seed)
    for _ in range(12):
        with running() as child:
            assert child.stdout
            child.stdout.readline()
            time.sleep(chance.uniform(0, 0.35))
            os.kill(child.pid, signal.SIGKILL)
            child.wait()
        until(lambda: not asked(WAITING), "the killed one is gone")
        nothing_half(stored, good)
    after_all(walked, stored, good, before)


def after_all(walked: District, stored: dict[date, int], good: int, before: Any) -> None:
    """The next run does the rest, and what shall be kept is there."""
    with transaction.atomic():
        assert told(walked) == before
    # A day that somebody (autovacuum, too) holds for seconds goes with the run after the next.
    until(lambda: not retention.apply(now=NOW).blocked, "nothing is in the way any more")
    assert {one.day: one.fixes for one in DroppedDay.objects.all()} == stored
    assert not Fix.objects.exists()
    nothing_half(stored, good)
    assert told(walked) == before
    assert Track.objects.filter(stage=TrackStage.COARSE).count() == 9
    assert all(row.error_m <= 22.04 for row in Track.objects.all())


def _end_waiting() -> bool:
    asked(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_locks JOIN pg_stat_activity USING (pid)"
        " WHERE NOT granted AND datname = current_database() AND pid <> pg_backend_pid()"
    )
    return False
