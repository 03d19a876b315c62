"""Whether a day's questions stay as they are while years of fixes are in the table.

    make bench ARGS=years                                  # 10 million
    WANGGE_BENCH_FIXES=50000000 make bench ARGS=years      # 50 million

Two databases, one of a million fixes and one of many, made of whole days of as many workers, with
tracks that are kept of days before. Both are asked the same in turns, of a day in the middle: the
track of one worker, all that coverage reads, what is stored at all, who is nearest now, and what
remains of a day whose fixes are gone. Printed are the least of each, since whoever else is at work
only adds, and their ratio, which may be `LIMIT` at most; and how long it takes until a day is
detached and dropped.
"""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from grids.models import Place, User
from patrols.models import DroppedDay
from patrols.selectors.nearest import nearest_workers
from patrols.selectors.track import track_between
from patrols.selectors.tracks import fixes_between, stored_stamp
from patrols.services import partitions
from tests.factories import make_district

SMALL = 1_000_000
BIG = int(os.environ.get("WANGGE_BENCH_FIXES", "10000000"))
WORKERS, EVERY_S, HOURS = 100, 10, 8
PER_DAY = WORKERS * HOURS * 3600 // EVERY_S
LIMIT, ROUNDS = 1.5, 9
FIRST = date(2026, 1, 1)
# Tracks are kept of so many days before it, each with as many points as the walks of a shift need.
KEPT_DAYS, POINTS = {"small": 3, "big": 300}, 200
NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
_PEOPLE = """
WITH people AS (
    INSERT INTO grids_user (username, password, full_name, place_id, is_superuser, is_staff,
        is_active, first_name, last_name, email, date_joined)
    SELECT 'bench' || k, '!', '', %(place)s, false, false, true, '', '', '', %(now)s
    FROM generate_series(1, %(workers)s) k RETURNING id
), duty AS (
    INSERT INTO patrols_shift (place_id, worker_id, device, started_at, start_received_at,
        is_simulated) SELECT %(place)s, id, 'phone', %(began)s, %(began)s, true FROM people
)
INSERT INTO patrols_liveposition (worker_id, place_id, lon, lat, at, accuracy_m, point, version)
SELECT id, %(place)s, 120.42, 36.07, %(now)s, 6,
    ST_SetSRID(ST_Transform(ST_Point(120.42, 36.07, 4326), 4549), 0),
    pg_current_xact_id()::text::bigint FROM people
"""
_FIXES = """
INSERT INTO patrols_fix (worker_id, sequence, at, lon, lat, accuracy_m, datum, flags, device)
SELECT u.id, extract(epoch FROM at)::bigint, at, 120.40 + 0.04 * random(),
    36.06 + 0.03 * random(), 6, 1, 0, 'phone'
FROM generate_series(%(day)s::timestamptz, %(day)s::timestamptz + %(hours)s * interval '1 h'
        - interval '1 s', %(every)s * interval '1 s') at,
    grids_user u WHERE u.username LIKE 'bench%%'
"""
_BATCHES = """
INSERT INTO patrols_fixbatch (sender_id, place_id, received_at, first_at, last_at, sent, stored,
    duplicates, refused, flagged, is_simulated, is_sum)
SELECT u.id, u.place_id, at + interval '1 min', at, at + interval '1 min', 6, 6, 0, '{}', '{}',
    false, false
FROM generate_series(%(day)s::timestamptz, %(day)s::timestamptz + %(hours)s * interval '1 h'
        - interval '1 s', interval '1 min') at,
    grids_user u WHERE u.username LIKE 'bench%%'
"""
_KEPT = """
WITH duty AS (
    INSERT INTO patrols_shift (place_id, worker_id, device, started_at, ended_at,
        start_received_at, end_received_at, is_simulated)
    SELECT u.place_id, u.id, 'old', at, at + interval '8 h', at, at, false
    FROM generate_series(1, %(days)s) k, grids_user u,
        LATERAL (SELECT %(day)s::timestamptz - k * interval '1 day') days (at)
    WHERE u.username LIKE 'bench%%' RETURNING id, worker_id, started_at
)
INSERT INTO patrols_track (shift_id, worker_id, stage, since, until, at_s, lon_e7, lat_e7,
    accuracy_dm, fixes_at, begins, fixes, exact, metres, seconds, error_m, step_s, days, is_stale,
    changed_at)
SELECT id, worker_id, 'coarse', started_at, started_at + interval '8 h' - interval '144 s', at_s,
    lon, lat, accuracy, each, begins, 2880, 2880, 9000, 28800, 20, 60, '{}', false, now()
FROM duty, LATERAL (
    SELECT array_agg(k * 28800 / %(points)s ORDER BY k) AS at_s,
        array_agg((1204000000 + random() * 400000)::int) AS lon,
        array_agg((360600000 + random() * 300000)::int) AS lat,
        array_agg(60) AS accuracy, array_agg(14) AS each, array_agg(k = 0 ORDER BY k) AS begins
    FROM generate_series(0, %(points)s - 1) k WHERE id IS NOT NULL
) points
"""


def main() -> None:
    """Print the table."""
    held = str(connection.settings_dict["NAME"])
    connection.settings_dict["TEST"]["NAME"] = "bench_years_small"
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    days = {"small": max(1, SMALL // PER_DAY), "big": max(1, BIG // PER_DAY)}
    try:
        prepare()
        with using("postgres"), connection.cursor() as cursor:
            cursor.execute("DROP DATABASE IF EXISTS bench_years_big")
            cursor.execute("CREATE DATABASE bench_years_big TEMPLATE bench_years_small")
        for name, count in days.items():
            began = time.perf_counter()
            with using(f"bench_years_{name}"):
                fixes, size = fill(count, KEPT_DAYS[name])
            took = time.perf_counter() - began
            print(
                f"{name}: {fixes:,} fixes of {count} days, {KEPT_DAYS[name]} days of kept tracks,"
                f" {size / 1e9:.1f} GB, filled in {took:.0f} s",
                flush=True,
            )
        tell(measure(days))
    finally:
        with using("postgres"), connection.cursor() as cursor:
            cursor.execute("DROP DATABASE IF EXISTS bench_years_big WITH (FORCE)")
        connection.creation.destroy_test_db(held, verbosity=0)


@contextmanager
def using(name: str) -> Iterator[None]:
    """The same connection on another database of the cluster."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def prepare() -> None:
    place = make_district().place
    began = instant(FIRST)
    told: dict[str, Any] = {"place": place.pk, "workers": WORKERS, "now": NOW, "began": began}
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, told)
    connection.close()


def fill(days: int, kept_days: int) -> tuple[int, int]:
    """Whole days of fixes with their batches, and tracks of the days before: rows and bytes."""
    told = {"hours": HOURS, "every": EVERY_S, "points": POINTS, "days": kept_days}
    partitions.ensure(FIRST + timedelta(days=k) for k in range(days))
    with connection.cursor() as cursor:
        cursor.execute(_KEPT, {**told, "day": instant(FIRST)})
        for k in range(days):
            day = instant(FIRST + timedelta(days=k))
            cursor.execute(_FIXES, {**told, "day": day})
            cursor.execute(_BATCHES, {**told, "day": day})
        DroppedDay.objects.create(day=FIRST - timedelta(days=1), fixes=0, dropped_at=NOW)
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("SELECT count(*) FROM patrols_fix")
        rows = int(cursor.fetchone()[0])
        cursor.execute("SELECT pg_database_size(current_database())")
        return rows, int(cursor.fetchone()[0])


def questions(day: date) -> dict[str, Callable[[], Any]]:
    """What is asked of a day, by name."""
    place, worker = Place.objects.get(), User.objects.get(username="bench7")
    since, until = instant(day), instant(day + timedelta(days=1))
    gone = instant(FIRST - timedelta(days=2))
    return {
        "one worker's track of a day": lambda: track_between(worker, since, until),
        "all fixes of a day": lambda: fixes_between(since, until),
        "what is stored of a day": lambda: stored_stamp(since, until),
        "who is nearest now": lambda: nearest_workers(place, 120.41, 36.07, 5, NOW),
        "a day whose fixes are gone": lambda: fixes_between(gone, gone + timedelta(days=1)),
        "one worker's, of that day": lambda: track_between(
            worker, gone, gone + timedelta(days=1)
        ),
    }  # fmt: skip


def measure(days: dict[str, int]) -> dict[str, dict[str, list[float]]]:
    """Seconds of each question in each database, in turns."""
    took: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for _ in range(ROUNDS):
        for name, count in days.items():
            with using(f"bench_years_{name}"):
                asked = questions(FIRST + timedelta(days=count // 2))
                for what, ask in asked.items():
                    ask()  # the connection's caches are as empty in both
                    for _ in range(3):
                        began = time.perf_counter()
                        ask()
                        took[what][name].append(time.perf_counter() - began)
    for name in days:
        with using(f"bench_years_{name}"):
            took["a day is dropped"][name].append(drop(FIRST))
    return took


def drop(day: date) -> float:
    """As retention does it, without its questions."""
    table = partitions.name_of(day)
    began = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")
        cursor.execute(f"ALTER TABLE patrols_fix DETACH PARTITION {table}")
        cursor.execute(f"DROP TABLE {table}")
    return time.perf_counter() - began


def instant(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def tell(took: dict[str, dict[str, list[float]]]) -> None:
    print(f"{PER_DAY:,} fixes a day of {WORKERS} workers; load {os.getloadavg()[0]:.1f}")
    print(f"{'':32}{'small ms':>10}{'big ms':>10}{'ratio':>8}   limit {LIMIT}")
    for what, each in took.items():
        small, big = (min(each[name]) for name in ("small", "big"))
        ratio = big / small
        judged = "kept" if ratio <= LIMIT or what == "a day is dropped" else "MISSED"
        print(f"{what:32}{small * 1e3:10.2f}{big * 1e3:10.2f}{ratio:8.2f}   {judged}")
