"""The day of one worker as lines, and what was left out of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from gis.kernel.coverage import joined_to_previous
from gis.kernel.snap.metric import metres_per_degree
from gis.kernel.tracks import Flag
from grids.models import User
from patrols.models import Fix
from patrols.selectors.coverage import LIMITS

__all__ = ["Piece", "Track", "track_between"]


@dataclass(frozen=True, slots=True)
class Piece:
    """Fixes that follow one another closely: [lon, lat] in WGS-84 degrees, times, accuracies."""

    points: list[list[float]]
    times: list[datetime]
    accuracy_m: list[float | None]


@dataclass(frozen=True, slots=True)
class Track:
    """Pieces in order of time; `marked` counts the fixes that are in none, by reason."""

    pieces: list[Piece]
    marked: dict[str, int]


def track_between(worker: User, since: datetime, until: datetime) -> Track:
    """The track of `worker` from `since` (included) until `until` (not included)."""
    columns = ("at", "lon", "lat", "accuracy_m", "flags")
    fixes = Fix.objects.filter(worker=worker).between(since, until)
    rows = list(fixes.order_by("at", "device", "sequence").values_list(*columns))
    marked = Counter(str(flag.name).lower() for *_, flags in rows for flag in Flag if flags & flag)
    good = [row for row in rows if not row[4]]
    begins = np.flatnonzero(~_joined(good)).tolist() if good else []
    pieces = []
    for start, end in pairwise([*begins, len(good)]):
        part = good[start:end]
        pieces.append(
            Piece(
                [[lon, lat] for _, lon, lat, *_ in part], [r[0] for r in part], [r[3] for r in part]
            )
        )
    return Track(pieces, dict(marked))


def _joined(rows: list[tuple[datetime, float, float, float | None, int]]) -> NDArray[np.bool_]:
    """Which fix is joined to the one before it, by the limits that coverage keeps."""
    lon_m, lat_m = metres_per_degree(rows[0][2])
    at_s = np.array([row[0].timestamp() for row in rows], np.float64)
    x, y = (np.array([row[k] for row in rows], np.float64) for k in (1, 2))
    return joined_to_previous(np.zeros(len(rows), np.int64), at_s, x * lon_m, y * lat_m, LIMITS)
