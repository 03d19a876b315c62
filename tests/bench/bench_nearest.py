"""How fast the nearest of 5,000 workers on duty are found, beside PostGIS; the limit is 100 µs.

    make bench ARGS=nearest

5,000 workers walk in the demonstration's extent; between rounds a twelfth of them is moved in the
table, as fixes that come every minute would each 5 s, and the index follows. All answer the same
questions round by round, in the same run: the index in this process, and PostGIS by `<->` over its
GiST index, whose time holds the round trip; they must agree to the last bit. The whole selector,
with what changed and who is on duty read from the database, is told too.
"""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from grids.models import Place
from patrols.selectors.live import Live, Question, live_index
from patrols.selectors.nearest import nearest_workers
from tests.factories import make_district, make_user

WORKERS, ROUNDS, QUESTIONS, N, LIMIT_US = 5_000, 12, 100, 5, 100.0
NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
WEST, SOUTH, WIDE, HIGH = 120.36, 36.02, 0.13, 0.13
_A = TypeVar("_A")
_B = TypeVar("_B")
_FILL = """
WITH people AS (
    INSERT INTO grids_user (username, password, full_name, place_id, is_superuser, is_staff,
        is_active, first_name, last_name, email, date_joined)
    SELECT 'bench' || k, '!', '', %(place)s, false, false, true, '', '', '', %(now)s
    FROM generate_series(1, %(workers)s) k RETURNING id
)
INSERT INTO patrols_shift (place_id, worker_id, device, started_at, start_received_at, is_simulated)
SELECT %(place)s, id, 'bench', %(began)s, %(began)s, true FROM people
"""
_MOVE = """
INSERT INTO patrols_liveposition (worker_id, place_id, lon, lat, at, accuracy_m, point, version)
SELECT worker, %(place)s, lon, lat, %(at)s, 6,
    ST_SetSRID(ST_Transform(ST_Point(lon, lat, 4326), %(srid)s), 0),
    pg_current_xact_id()::text::bigint
FROM unnest(%(workers)s::bigint[], %(lon)s::float8[], %(lat)s::float8[]) t (worker, lon, lat)
ON CONFLICT (worker_id) DO UPDATE SET (lon, lat, at, point, version)
    = (excluded.lon, excluded.lat, excluded.at, excluded.point, excluded.version)
"""
_NEAREST = """
SELECT worker_id, point <-> ST_Point(%(x)s, %(y)s, 0) AS away FROM patrols_liveposition
WHERE place_id = %(place)s AND at > %(since)s ORDER BY away LIMIT %(n)s
"""


def main() -> None:
    """Print the table."""
    held = str(connection.settings_dict["NAME"])
    connection.settings_dict["TEST"]["NAME"] = "bench_nearest"
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        measure(make_district().place)
    finally:
        connection.creation.destroy_test_db(held, verbosity=0)


def measure(place: Place) -> None:
    rng = np.random.default_rng(5)
    workers = fill(place)
    at = rng.uniform((WEST, SOUTH), (WEST + WIDE, SOUTH + HIGH), (WORKERS, 2))
    move(place, workers, at, NOW)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE patrols_liveposition, patrols_shift")
    began = time.perf_counter()
    live_index.follow(place, WEST, SOUTH)
    first_ms = (time.perf_counter() - began) * 1e3
    took: dict[str, list[float]] = {"index": [], "postgis": [], "selector": [], "follow": []}
    moves = []
    for number in range(ROUNDS):
        some = rng.choice(WORKERS, WORKERS // 12, replace=False)
        at[some] += rng.normal(0, 6e-5, (len(some), 2))
        move(place, workers[some], at[some], NOW + timedelta(seconds=5 * number))
        began = time.perf_counter()
        live_index.follow(place, WEST, SOUTH)
        moves.append((time.perf_counter() - began) / len(some) * 1e6)
        questions = rng.uniform((WEST, SOUTH), (WEST + WIDE, SOUTH + HIGH), (QUESTIONS, 2))
        ask(place, questions, took)
    print(f"{WORKERS:,} workers, the {N} nearest, load {os.getloadavg()[0]:.1f}")
    print(f"first reading of all, into an empty tree: {first_ms:.0f} ms")
    for name, words in (
        ("index", f"index in this process (limit {LIMIT_US:g})"),
        ("postgis", "PostGIS <->, GiST, with the round trip"),
        ("follow", "reading that nothing changed"),
        ("selector", "all: changes, shifts, index"),
    ):
        p50, p95 = np.percentile(took[name], [50, 95]) * 1e6
        print(f"{words:44} p50 {p50:9.1f} µs  p95 {p95:9.1f} µs")
    print(f"{'a worker who moved, read and put into the tree':44}     {np.median(moves):9.1f} µs")


def fill(place: Place) -> NDArray[np.int64]:
    make_user("bench", place)
    with connection.cursor() as cursor:
        told: dict[str, Any] = {"place": place.pk, "workers": WORKERS, "now": NOW}
        cursor.execute(_FILL, {**told, "began": NOW - timedelta(hours=1)})
        cursor.execute("SELECT worker_id FROM patrols_shift ORDER BY worker_id")
        return np.array([worker for (worker,) in cursor.fetchall()], np.int64)


def move(place: Place, workers: NDArray[np.int64], at: NDArray[np.float64], now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _MOVE,
            {
                "place": place.pk, "srid": place.srid_m, "at": now, "workers": workers.tolist(),
                "lon": at[:, 0].tolist(), "lat": at[:, 1].tolist(),
            },
        )  # fmt: skip


def ask(place: Place, questions: NDArray[np.float64], took: dict[str, list[float]]) -> None:
    """All ways in turn; the index and PostGIS are given the same metres."""
    since = NOW - timedelta(minutes=15)

    def wanted(live: Live) -> bool:
        return live.at is not None and live.at > since

    points = [(lon, lat) for lon, lat in questions.tolist()]
    asked = timed(took["follow"], points, lambda at: live_index.follow(place, *at))
    found = timed(took["index"], asked, lambda one: live_index.nearest(one, N, wanted))
    expected = timed(took["postgis"], asked, lambda one: by_postgis(place, one, since))
    timed(took["selector"], points, lambda at: nearest_workers(place, *at, N, NOW))
    if [[(live.worker, away) for away, live in one] for one in found] != expected:
        raise SystemExit("the index differs from PostGIS")


def by_postgis(place: Place, asked: Question, since: datetime) -> list[tuple[int, float]]:
    with connection.cursor() as cursor:
        told: dict[str, Any] = {
            "x": asked.x,
            "y": asked.y,
            "place": place.pk,
            "since": since,
            "n": N,
        }
        cursor.execute(_NEAREST, told)
        return list(cursor.fetchall())


def timed(took: list[float], asked: list[_A], answer: Callable[[_A], _B]) -> list[_B]:
    """Answer one after another, and add how many seconds each took."""
    answers = []
    for one in asked:
        began = time.perf_counter()
        answers.append(answer(one))
        took.append(time.perf_counter() - began)
    return answers


if __name__ == "__main__":
    main()
