"""Out of grid, found once more by another way: geography in PostGIS over the union of the posts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.db import connection

from grids.choices import PostKind, Role
from grids.models import User
from patrols.choices import AlertKind
from patrols.models import Alert
from patrols.services.fixes import write_fixes
from tests.alerts import BEGAN, NOW, derive, only
from tests.factories import CELL, SOUTH, WEST, District, make_post, make_user
from tests.patrols import columns, make_shift

WORKERS, FIXES, EVERY_S = 60, 45, 40
MINUTES, METRES = 10, 50
_UNION = """
SELECT ST_AsEWKB(ST_Union(g.geometry)) FROM grids_post p JOIN grids_grid g ON g.id = p.grid_id
WHERE p.user_id = %s AND p.during @> %s::timestamptz
"""
_AWAY = """
SELECT at, accuracy_m, ST_Distance(%s::geography, ST_Point(lon, lat, 4326)::geography)
FROM patrols_fix WHERE worker_id = %s AND flags = 0 AND at <= %s ORDER BY at
"""


def asked(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def is_out(worker: User, now: datetime) -> tuple[bool, bool]:
    """Whether by the words of the rule, told fix by fix; and whether that hangs on a metre."""
    [[union]] = asked(_UNION, worker.pk, now)
    fixes = asked(_AWAY, bytes(union), worker.pk, now)
    if not fixes or now - fixes[-1][0] >= timedelta(minutes=15):
        return False, False
    close = any(abs(away - accuracy - METRES) < 1 for _, accuracy, away in fixes)
    newest, since = fixes[-1][0], None
    for at, accuracy, away in reversed(fixes):
        if away <= accuracy + METRES or (since is not None and since - at > timedelta(minutes=15)):
            break
        since = at
    return since is not None and newest - since >= timedelta(minutes=MINUTES), close


@pytest.fixture
def crowd(district: District) -> list[User]:
    """Workers with one to three grids each, in any place of the lattice."""
    rng = np.random.default_rng(11)
    only(AlertKind.OUT_OF_GRID, district)
    people = []
    for number in range(WORKERS):
        user = make_user(f"walker-{number}", district.place)
        cells = rng.choice(12, rng.integers(1, 4), replace=False)
        for cell in cells.tolist():
            grid = district.cell(cell % 4, cell // 4)
            make_post(user, Role.WORKER, kind=PostKind.PART_TIME, grid=grid)
        make_shift(user, district.place, BEGAN)
        people.append(user)
    return people


def wander(rng: np.random.Generator, count: int) -> list[tuple[float, float]]:
    """A random walk over the lattice and a little beyond, slow enough to be believed."""
    start = rng.uniform((WEST - CELL, SOUTH - CELL), (WEST + 5 * CELL, SOUTH + 4 * CELL))
    steps = rng.normal(0, 0.0005, (count, 2))
    return [tuple(point) for point in (start + np.cumsum(steps, axis=0)).tolist()]


def test_the_same_workers_are_found_by_another_way(district: District, crowd: list[User]) -> None:
    rng = np.random.default_rng(5)
    for worker in crowd:
        late = float(rng.choice([0, 0, 0, 5, 20]))
        times = [
            NOW - timedelta(minutes=late, seconds=EVERY_S * k) for k in range(FIXES - 1, -1, -1)
        ]
        kept = np.sort(rng.choice(FIXES, rng.integers(4, FIXES), replace=False)).tolist()
        points = wander(rng, FIXES)
        accuracy_m = np.round(rng.gamma(2.0, 8.0, len(kept)), 1)
        fixes = columns(
            worker, [times[k] for k in kept], [points[k] for k in kept], accuracy_m=accuracy_m
        )
        write_fixes(fixes, now=NOW)
    derive(district)
    found = set(Alert.objects.open().values_list("worker", flat=True))
    told = {worker.pk: is_out(worker, NOW) for worker in crowd}
    sure = {pk for pk, (_, close) in told.items() if not close}
    assert len(sure) > WORKERS / 2
    expected = {pk for pk, (out, _) in told.items() if out}
    assert found & sure == expected & sure
    assert expected & sure
    assert sure - expected
