"""Shifts and fixes for tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from grids.models import Place, User
from patrols.choices import DatumCode
from patrols.models import Shift
from patrols.services.fixes import FixColumns


def make_shift(
    worker: User, place: Place, started_at: datetime, ended_at: datetime | None = None, **more: Any
) -> Shift:
    return Shift.objects.create(
        place=place,
        worker=worker,
        device="phone",
        started_at=started_at,
        ended_at=ended_at,
        start_received_at=started_at,
        end_received_at=ended_at,
        **more,
    )


def columns(
    worker: User | Sequence[User],
    at: datetime | Sequence[datetime],
    points: Sequence[tuple[float, float]],
    **changed: Any,
) -> FixColumns:
    """Fixes of one worker or of one each, at the times told or every 10 s from `at` on."""
    count = len(points)
    workers = [worker] * count if isinstance(worker, User) else worker
    times = [at + timedelta(seconds=10 * k) for k in range(count)] if _one(at) else at  # type: ignore[operator]
    lon, lat = np.array(points, np.float64).reshape(-1, 2).T
    told: dict[str, Any] = {
        "worker": np.array([one.pk for one in workers], np.int64),
        "device": np.full(count, "phone"),
        "sequence": np.arange(count, dtype=np.int64),
        "at_us": np.array([round(one.timestamp() * 1e6) for one in times], np.int64),  # type: ignore[union-attr]
        "lon": lon.copy(),
        "lat": lat.copy(),
        "datum": np.full(count, DatumCode.WGS84, np.int16),
        "accuracy_m": np.full(count, 6.0),
        "speed_mps": np.full(count, np.nan),
        "heading_deg": np.full(count, np.nan),
        "battery": np.full(count, 80.0),
    }
    return FixColumns(**{**told, **changed})


def _one(at: object) -> bool:
    return isinstance(at, datetime)
