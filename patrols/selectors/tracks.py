"""The fixes of a window of time as columns, and what of them is stored at all."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db.models import Count, Max
from numpy.typing import NDArray

from gis.db.binary import copy_out
from patrols.models import FixBatch

__all__ = ["Fixes", "fixes_between", "stored_stamp"]

FloatArray = NDArray[np.float64]
_COLUMNS = {"worker": "i8", "at": "i8", "lon": "f8", "lat": "f8", "accuracy_m": "f4"}


@dataclass(frozen=True, slots=True)
class Fixes:
    """Good fixes sorted by worker and time: seconds, WGS-84 degrees, NaN for no accuracy."""

    worker: NDArray[np.int64]
    at_s: FloatArray
    lon: FloatArray
    lat: FloatArray
    accuracy_m: FloatArray


def fixes_between(
    since: datetime, until: datetime, workers: Collection[int] | None = None
) -> Fixes:
    """The fixes from `since` (included) until `until` (not included) that no filter marked.

    Those of `workers` (their keys), or of everybody.
    """
    rows = copy_out(
        "SELECT worker_id, at, lon, lat, coalesce(accuracy_m, 'NaN') FROM patrols_fix"
        " WHERE at >= %s AND at < %s AND flags = 0"
        " AND (%s::bigint[] IS NULL OR worker_id = ANY(%s::bigint[]))",
        [since, until, *[None if workers is None else list(workers)] * 2],
        _COLUMNS,
    )
    order = np.lexsort((rows["at"], rows["worker"]))
    return Fixes(
        rows["worker"][order],
        rows["at"][order] / 1e6,
        rows["lon"][order],
        rows["lat"][order],
        rows["accuracy_m"][order].astype(np.float64),
    )


def stored_stamp(since: datetime, until: datetime) -> tuple[int, int]:
    """Another pair when another batch that meets the window is there: what is kept is old then."""
    rows = FixBatch.objects.filter(last_at__gte=since, first_at__lt=until)
    told = rows.aggregate(count=Count("pk"), last=Max("pk"))
    return told["count"], told["last"] or 0
