"""Days of walking for tests of what is kept of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
from django.db import connection

from grids.models import User
from patrols.models import DroppedDay, Shift
from patrols.services.fixes import write_fixes
from patrols.services.partitions import name_of
from tests.factories import CELL, SOUTH, WEST, District
from tests.patrols import columns, make_shift

EVERY_S = 10


def walk_shift(
    district: District,
    worker: User,
    began: datetime,
    *,
    hours: float = 1.0,
    seed: int = 0,
    device: str = "phone",
) -> Shift:
    """A shift that is over, with a fix every ten seconds: noise, rests, a silence, wrong ones."""
    ended = began + timedelta(hours=hours)
    shift = make_shift(worker, district.place, began, ended)
    chance = np.random.default_rng(seed)
    count = int(hours * 3600 / EVERY_S) - 1
    heading = np.repeat(chance.uniform(0, 6.3, count // 12 + 1), 12)[:count]
    stride = 1.1e-4 * np.repeat(chance.random(count // 12 + 1) > 0.3, 12)[:count]
    noise = chance.normal(0, 5e-6, (2, count))
    lon = WEST + CELL * (0.4 + seed % 3) + np.cumsum(stride * np.cos(heading)) + noise[0]
    lat = SOUTH + CELL * (0.4 + seed % 2) + np.cumsum(stride * np.sin(heading)) + noise[1]
    lon[50:53] += 0.4
    at = [began + timedelta(seconds=EVERY_S * k + 0.25) for k in range(count)]
    accuracy = np.where(chance.random(count) < 0.02, 300.0, 4 + chance.gamma(2, 4, count))
    sent = columns(
        worker, at, list(zip(lon.tolist(), lat.tolist(), strict=True)),
        accuracy_m=accuracy, device=np.full(count, device),
        sequence=np.arange(count, dtype=np.int64) + round(began.timestamp()),
    )  # fmt: skip
    told = np.ones(count, np.bool_)
    told[200:230] = False
    write_fixes(sent.only(told), now=ended, sender=worker)
    return shift


def drop_fixes(*days: date) -> None:
    """As retention does, without its questions."""
    for day in days:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE {name_of(day)}")
        DroppedDay.objects.create(day=day, fixes=0, dropped_at=datetime.now(UTC))
