"""Alerts for tests: a worker on shift, where they were, and the derivation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from grids.models import User
from patrols.choices import AlertKind
from patrols.models import Alert, AlertRule
from patrols.services.alerts import derive_alerts
from patrols.services.fixes import write_fixes
from tests.factories import CELL, SOUTH, WEST, District
from tests.patrols import columns

# A Tuesday, noon at Laoshan: a working day.
NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
BEGAN = NOW - timedelta(hours=3)
INSIDE = (WEST + CELL / 2, SOUTH + CELL / 2)
# Metres of a degree of longitude here, near enough to place a point.
DEGREE_M = 111_320 * np.cos(np.radians(SOUTH))


def west_of(metres: float) -> tuple[float, float]:
    """A point so far west of cell (0, 0), outside all grids."""
    return WEST - metres / DEGREE_M, SOUTH + CELL / 2


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


_sequence = iter(range(10**9))


def walk(
    worker: User,
    steps: Sequence[tuple[float, tuple[float, float]]],
    now: datetime = NOW,
    **more: Any,
) -> None:
    """Fixes at so many minutes before `NOW`. A hair apart, so that none is taken for frozen."""
    points = [(lon + 1e-7 * k, lat) for k, (_, (lon, lat)) in enumerate(steps)]
    numbers = np.array([next(_sequence) for _ in steps], np.int64)
    fixes = columns(worker, [ago(at) for at, _ in steps], points, sequence=numbers, **more)
    written = write_fixes(fixes, now=now)
    assert written.stored == len(steps), written


def only(kind: AlertKind, district: District, **settings: Any) -> None:
    """Switch the other rules off, so that a test is about one."""
    derive(district, BEGAN - timedelta(days=2))
    AlertRule.objects.exclude(kind=kind).update(is_active=False)
    if settings:
        AlertRule.objects.filter(kind=kind).update(**settings)


def derive(district: District, now: datetime = NOW) -> tuple[int, int]:
    return derive_alerts(district.now, now=now)


def opened(kind: AlertKind) -> list[Alert]:
    return list(Alert.objects.open().filter(kind=kind))
