"""Who is nearest: exactly what PostGIS finds, whoever moves, ends or asks at the same time."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from typing import TypeVar

import numpy as np
import pytest
from django.db import connection, transaction

from grids.models import User
from patrols.models import Shift
from patrols.selectors import nearest
from patrols.selectors.live import LiveIndex
from patrols.selectors.nearest import Near, nearest_workers
from patrols.services import positions
from patrols.services.fixes import write_fixes
from tests.factories import SOUTH, WEST, District, make_district, make_user
from tests.patrols import columns, make_shift

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
MIDDLE = (WEST + 0.02, SOUTH + 0.015)
WORKERS = 24
_REFERENCE = """
SELECT l.worker_id, l.point <-> q, l.at
FROM patrols_liveposition l,
    ST_SetSRID(ST_Transform(ST_Point(%(lon)s, %(lat)s, 4326), %(srid)s), 0) q
WHERE l.place_id = %(place)s AND l.at > %(now)s - interval '15 minutes' AND EXISTS (
    SELECT FROM patrols_shift s WHERE s.worker_id = l.worker_id AND s.started_at <= %(now)s
        AND (s.ended_at IS NULL OR s.ended_at > %(now)s))
ORDER BY 2, 1 LIMIT %(n)s
"""
pytestmark = pytest.mark.django_db(transaction=True)


class Patrol:
    """Workers who walk, come and go."""

    def __init__(self, district: District, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.place = district.place
        code = district.place.code
        self.people = [make_user(f"{code}-{k}", district.place) for k in range(WORKERS)]
        self.at = {one.pk: MIDDLE + self.rng.normal(0, 0.004, 2) for one in self.people}
        self.now = NOW
        self.sequence = count()
        for one in self.people:
            make_shift(one, self.place, NOW - timedelta(hours=1))

    def walk(self, people: list[User]) -> None:
        for one in people:
            self.at[one.pk] = self.at[one.pk] + self.rng.normal(0, 5e-5, 2)
        number = np.array([next(self.sequence) for _ in people], np.int64)
        times = [self.now] * len(people)
        points = [(float(x), float(y)) for x, y in (self.at[one.pk] for one in people)]
        write_fixes(columns(people, times, points, sequence=number), now=self.now)

    def some(self) -> list[User]:
        return [one for one in self.people if self.rng.random() < 0.4]

    @transaction.atomic
    def end(self, worker: User) -> None:
        open_ones = Shift.objects.filter(worker=worker, ended_at__isnull=True)
        if open_ones.update(ended_at=self.now, end_received_at=self.now):
            positions.forget([worker.pk])

    def begin(self, worker: User) -> None:
        if not Shift.objects.filter(worker=worker, ended_at__isnull=True).exists():
            make_shift(worker, self.place, self.now + timedelta(seconds=1))

    def step(self) -> None:
        self.now += timedelta(seconds=40)
        self.walk(self.some())
        one = self.people[self.rng.integers(WORKERS)]
        (self.end if self.rng.random() < 0.6 else self.begin)(one)

    def point(self) -> tuple[float, float]:
        lon, lat = MIDDLE + self.rng.normal(0, 0.005, 2)
        return float(lon), float(lat)

    def expected(self, lon: float, lat: float, n: int) -> list[Near]:
        asked = {"lon": lon, "lat": lat, "n": n, "srid": self.place.srid_m}
        with connection.cursor() as cursor:
            cursor.execute(_REFERENCE, {**asked, "place": self.place.pk, "now": self.now})
            return [Near(*row) for row in cursor.fetchall()]

    def told(self, lon: float, lat: float, n: int) -> list[Near]:
        return nearest_workers(self.place, lon, lat, n, self.now)


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Go on as a process that has asked nothing yet."""

    def begin() -> None:
        monkeypatch.setattr(nearest, "live_index", LiveIndex())

    begin()
    return begin


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


T = TypeVar("T")


def in_thread(pool: ThreadPoolExecutor, act: Callable[[], T]) -> Future[T]:
    """Run `act` beside us, with a connection of its own that does not stay open."""

    def run() -> T:
        try:
            return act()
        finally:
            connection.close()

    return pool.submit(run)


@pytest.mark.parametrize("seed", range(2))
def test_it_is_what_postgis_finds(
    process: Callable[[], None], pool: ThreadPoolExecutor, seed: int
) -> None:
    patrol = Patrol(make_district(), seed)
    other = Patrol(make_district("370298", west=WEST + 0.001), seed) if seed == 0 else None
    patrol.walk(patrol.people)
    told = 0
    for number in range(16):
        patrol.step()
        if other:
            other.step()
        if number == 8:
            process()
        questions = [(*patrol.point(), int(patrol.rng.integers(1, 30))) for _ in range(8)]
        asked = [in_thread(pool, partial(patrol.told, *one)) for one in questions]
        answers = [one.result() for one in asked]
        assert answers == [patrol.expected(*one) for one in questions]
        told += sum(map(len, answers))
    assert told > 600


def test_the_metres_are_those_on_the_ground(district: District, process: object) -> None:
    patrol = Patrol(district, 5)
    patrol.walk(patrol.people)
    lon, lat = patrol.point()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT worker_id, ST_Distance(ST_Point(lon, lat, 4326)::geography,"
            " ST_Point(%s, %s, 4326)::geography) FROM patrols_liveposition",
            [lon, lat],
        )
        geodesic = dict(cursor.fetchall())
    told = patrol.told(lon, lat, WORKERS)
    assert len(told) == WORKERS
    assert [one.distance_m for one in told] == pytest.approx(
        [geodesic[one.worker] for one in told], rel=1e-4, abs=0.001
    )


def test_those_who_stay_behind_are_not_told_for_long(district: District, process: object) -> None:
    patrol = Patrol(district, 6)
    patrol.walk(patrol.people)
    patrol.now += timedelta(minutes=14, seconds=59)
    assert len(patrol.told(*MIDDLE, 99)) == WORKERS
    patrol.now += timedelta(seconds=1)
    assert patrol.told(*MIDDLE, 99) == []


def test_only_those_asked_for(district: District, process: object) -> None:
    patrol = Patrol(district, 7)
    patrol.walk(patrol.people)
    some = [one.pk for one in patrol.people[::5]]
    told = nearest_workers(patrol.place, *MIDDLE, 99, patrol.now, some)
    assert [one.worker for one in told] == [
        one.worker for one in patrol.told(*MIDDLE, 99) if one.worker in some
    ]
    assert nearest_workers(patrol.place, *MIDDLE, 99, patrol.now, []) == []


def test_a_transaction_that_began_first_and_ends_last_is_not_missed(
    district: District, process: object, pool: ThreadPoolExecutor
) -> None:
    patrol = Patrol(district, 8)
    slow, quick = patrol.people[:2]
    with transaction.atomic():
        patrol.walk([slow])
        in_thread(pool, lambda: patrol.walk([quick])).result()

        def others_see() -> None:
            assert [one.worker for one in patrol.told(*MIDDLE, 9)] == [quick.pk]

        in_thread(pool, others_see).result()
    assert {one.worker for one in patrol.told(*MIDDLE, 9)} == {slow.pk, quick.pk}


def test_what_is_undone_was_never_told_to_others(
    district: District, process: object, pool: ThreadPoolExecutor
) -> None:
    patrol = Patrol(district, 9)
    worker = patrol.people[0]
    patrol.walk([worker])
    with transaction.atomic():
        patrol.now += timedelta(seconds=10)
        # Another moves the worker after we began and before we do; then ours is undone.
        Shift.objects.filter(worker=patrol.people[1]).update(device="other")
        in_thread(pool, lambda: patrol.walk([worker])).result()
        before = patrol.expected(*MIDDLE, 9)
        patrol.now += timedelta(seconds=10)
        patrol.walk([worker])
        mine = patrol.told(*MIDDLE, 9)
        assert mine == patrol.expected(*MIDDLE, 9) != before
        positions.forget([worker.pk])
        assert patrol.told(*MIDDLE, 9) == []
        transaction.set_rollback(True)
    assert patrol.told(*MIDDLE, 9) == patrol.expected(*MIDDLE, 9) == before


def test_asked_while_everybody_moves_nobody_off_duty_is_told(
    district: District, process: object, pool: ThreadPoolExecutor
) -> None:
    patrol = Patrol(district, 10)
    patrol.walk(patrol.people)
    gone: set[int] = set()
    stop = False

    def ask() -> int:
        asked = 0
        while not stop:
            over = set(gone)
            told = patrol.told(*MIDDLE, 12)
            assert not over & {one.worker for one in told}
            assert told == sorted(told, key=lambda one: (one.distance_m, one.worker))
            asked += 1
        return asked

    asking = [in_thread(pool, ask) for _ in range(3)]
    try:
        for one in patrol.people[:12]:
            patrol.now += timedelta(seconds=10)
            patrol.walk([walker for walker in patrol.people if walker.pk not in gone])
            patrol.end(one)
            gone.add(one.pk)
    finally:
        stop = True
    assert all(one.result() > 0 for one in asking)
    assert patrol.told(*MIDDLE, 99) == patrol.expected(*MIDDLE, 99)
    assert len(patrol.told(*MIDDLE, 99)) == WORKERS - 12
