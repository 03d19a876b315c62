"""The day of one worker as lines, what was left out of them, and how exact they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np

from gis.kernel.snap.metric import metres_per_degree
from gis.kernel.tracks import Flag
from grids.models import User
from patrols.choices import TrackStage
from patrols.models import Fix, Track
from patrols.selectors.periods import is_gone
from patrols.selectors.tracks import Fixes, fixes_between, raw_from

__all__ = ["Piece", "TrackOfDay", "track_between"]


@dataclass(frozen=True, slots=True)
class Piece:
    """Fixes that follow one another closely: [lon, lat] in WGS-84 degrees, times, accuracies."""

    points: list[list[float]]
    times: list[datetime]
    accuracy_m: list[float | None]


@dataclass(frozen=True, slots=True)
class TrackOfDay:
    """Pieces in order of time; `marked` counts the fixes that are in none, by reason.

    `fixes` were recorded; where not all are there any more, `stage` tells what is kept, and none of
    them was farther than `error_m` from the pieces at its time, which is exact to `step_s`.
    """

    pieces: list[Piece]
    fixes: int
    marked: dict[str, int]
    stage: TrackStage | None = None
    error_m: float = 0.0
    step_s: int = 0


def track_between(worker: User, since: datetime, until: datetime) -> TrackOfDay:
    """The track of `worker` from `since` (included) until `until` (not included)."""
    fixes = fixes_between(since, until, [worker.pk])
    pieces, count = _pieces(fixes), int(fixes.count.sum())
    gone = raw_from()
    marked = _marked(worker, max(since, gone) if gone else since, until)
    if gone is None or gone <= since:
        return TrackOfDay(pieces, count, dict(marked))
    rows = list(Track.objects.filter(worker=worker).meeting(since, min(gone, until)))
    for row in rows:
        # A shift's marks are told on the day it begins: when each was is not kept.
        if since <= row.since < until:
            marked.update(_marked_in(row, gone))
    return TrackOfDay(
        pieces,
        count,
        {name: n for name, n in marked.items() if n},
        stage=_stage(worker, since, until, rows),
        error_m=max((row.error_m for row in rows), default=0.0),
        step_s=max((row.step_s for row in rows), default=0),
    )


def _stage(
    worker: User, since: datetime, until: datetime, rows: Sequence[Track]
) -> TrackStage | None:
    """The least that is kept of any of the tracks."""
    if worker.place is not None and is_gone(worker.place, (since, until), worker.pk):
        return TrackStage.DELETED
    stages = {row.stage for row in rows}
    if not stages:
        return None
    return TrackStage.COARSE if TrackStage.COARSE in stages else TrackStage.FINE


def _pieces(fixes: Fixes) -> list[Piece]:
    if not len(fixes.at_s):
        return []
    lon_m, lat_m = metres_per_degree(float(fixes.lat[0]))
    begins = np.flatnonzero(~fixes.joined(fixes.lon * lon_m, fixes.lat * lat_m)).tolist()
    points = np.column_stack([fixes.lon, fixes.lat]).tolist()
    times = [datetime.fromtimestamp(at, UTC) for at in fixes.at_s.tolist()]
    accuracy = [None if np.isnan(a) else a for a in fixes.accuracy_m.tolist()]
    cuts = pairwise([*begins, len(points)])
    return [Piece(points[a:b], times[a:b], accuracy[a:b]) for a, b in cuts]


def _marked(worker: User, since: datetime, until: datetime) -> Counter[str]:
    rows = Fix.objects.filter(worker=worker).between(since, until).exclude(flags=0)
    flags = rows.order_by("at", "device", "sequence").values_list("flags", flat=True)
    return Counter(str(flag.name).lower() for one in flags for flag in Flag if one & flag)


def _marked_in(row: Track, gone: datetime) -> Counter[str]:
    limit = gone.astimezone(UTC).date().isoformat()
    told = Counter[str]()
    for day, counts in row.days.items():
        if day < limit:
            told.update(counts["marked"])
    return told
