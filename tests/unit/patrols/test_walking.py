"""Simulated walks: the same every time, on the own ground, on duty, a position a minute."""

from datetime import date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pyproj
import shapely

from patrols.simulation.walking import EVERY_S, Beat, Walk, draw_walks

ZONE = ZoneInfo("Asia/Shanghai")
WEDNESDAY, SUNDAY = date(2026, 3, 4), date(2026, 3, 8)
SRID_M = 4549
# 120.41° E, 36.07° N in the metric system of the place.
EAST_M, NORTH_M = pyproj.Transformer.from_crs(4326, SRID_M, always_xy=True).transform(120.41, 36.07)


def beats(count: int = 200, side_m: float = 400.0) -> list[Beat]:
    square = shapely.box(EAST_M, NORTH_M, EAST_M + side_m, NORTH_M + side_m)
    return [Beat(k, f"370299001001{k:03d}", square) for k in range(count)]


def walks(day: date = WEDNESDAY, of: list[Beat] | None = None) -> list[Walk]:
    return draw_walks(of or beats(), day=day, zone=ZONE, seed="test", srid_m=SRID_M)


def test_a_day_is_drawn_the_same_every_time() -> None:
    first, again = walks(), walks()
    assert len(first) == len(again)
    for one, other in zip(first, again, strict=True):
        assert one.started_at == other.started_at
        assert np.array_equal(one.lon, other.lon)
    assert any(
        one.started_at != other.started_at
        for one, other in zip(first, walks(date(2026, 3, 5)), strict=False)
    )


def test_duties_are_inside_the_day_and_apart() -> None:
    midnight = datetime(2026, 3, 4, tzinfo=ZONE)
    by_worker: dict[int, list[Walk]] = {}
    for walk in walks():
        assert midnight <= walk.started_at < walk.ended_at
        assert walk.ended_at.astimezone(ZONE).date() == WEDNESDAY
        by_worker.setdefault(walk.worker, []).append(walk)
    for mine in by_worker.values():
        assert [walk.number for walk in mine] == list(range(1, len(mine) + 1))
        assert all(a.ended_at <= b.started_at for a, b in pairwise(mine))
    assert 170 < len(by_worker) < 200
    assert any(walk.late for walk in walks())
    assert len({walk.worker for walk in walks(SUNDAY)}) < 150


def test_a_position_a_minute_on_duty_and_mostly_on_the_own_ground() -> None:
    forward = pyproj.Transformer.from_crs(4326, SRID_M, always_xy=True)
    near = outside = 0
    for walk in walks():
        steps = np.diff(walk.time)
        assert np.all(steps % EVERY_S == 0)
        # At most one silence.
        assert (steps > EVERY_S).sum() <= 1
        assert walk.started_at.timestamp() <= walk.time[0]
        assert walk.time[-1] < walk.ended_at.timestamp()
        x, y = forward.transform(walk.lon, walk.lat)
        off = np.hypot(
            np.maximum(np.abs(x - EAST_M - 200) - 200, 0),
            np.maximum(np.abs(y - NORTH_M - 200) - 200, 0),
        )
        good = walk.accuracy_m < 100
        near += int((off[good] < 60).sum())
        outside += int((off[good] >= 60).sum())
        assert np.all((walk.battery >= 4) & (walk.battery <= 100))
    assert outside < 0.02 * near


def test_a_few_run_an_errand_and_a_few_fall_silent() -> None:
    forward = pyproj.Transformer.from_crs(4326, SRID_M, always_xy=True)
    drawn = walks()
    away = []
    for walk in drawn:
        x, y = forward.transform(walk.lon, walk.lat)
        off = np.hypot(
            np.maximum(np.abs(x - EAST_M - 200) - 200, 0),
            np.maximum(np.abs(y - NORTH_M - 200) - 200, 0),
        )
        away.append(int(((off > 100) & (off < 900)).sum()))
    errands = sum(minutes >= 20 for minutes in away)
    silences = sum(bool(np.any(np.diff(walk.time) > 1400)) for walk in drawn)
    assert 0.02 * len(drawn) < errands < 0.09 * len(drawn)
    assert 0.02 * len(drawn) < silences < 0.09 * len(drawn)
    assert all(walk.time.size > 60 for walk in drawn)


def test_some_positions_are_such_as_real_phones_send() -> None:
    drawn = walks()
    accuracy = np.concatenate([walk.accuracy_m for walk in drawn])
    lon = np.concatenate([walk.lon for walk in drawn])
    assert 0.001 < (accuracy >= 150).mean() < 0.01
    assert (lon == 0).sum() > 0
    assert (np.abs(lon - 120.46) < 0.01).sum() > 0


def test_one_moves_at_the_pace_of_a_walker() -> None:
    speed = np.concatenate([walk.speed_m_s for walk in walks()])
    assert 0.02 < np.median(speed) < 1.5
    assert np.percentile(speed, 99) < 2.5
