"""When tracks and visits last came near each cell: moved on from what has come in, and made again.

Each batch of fixes and each visit is taken in once, whenever it comes and however late; the newest
time of a cell is the same in whatever order they are taken. One process at a time.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np
from django.db import connection, transaction
from django.db.models import F, Max, Q
from numpy.typing import NDArray

from gis.db.functions import XOf, YOf
from gis.kernel.errors import InvalidInput
from gis.kernel.recorded import stamp_newest
from grids.models import Place
from patrols.models import FixBatch, RecordedBlock, Visit
from patrols.models.recorded import BLOCK, SECONDS
from patrols.selectors.coverage import WITHIN_M
from patrols.selectors.recorded import recorded_of, surface_of
from patrols.selectors.tracks import LIMITS, Fixes, fixes_between

__all__ = ["make_again", "move_on"]

# What is taken in by one transaction.
MOST_BATCHES, MOST_VISITS = 5000, 5000
# A visit whose circle of error is wider says nothing of a cell; fixes have the same rule.
MOST_DOUBT_M = 100.0
HOUR = timedelta(hours=1)
JOIN = timedelta(seconds=LIMITS.seconds)
log = logging.getLogger(__name__)
NewestArray = NDArray[np.uint32]


@dataclass(slots=True)
class _Window:
    """A stretch of time, and whose fixes of it are asked for: everybody's if it is for all."""

    since: datetime
    until: datetime
    workers: set[int] = field(default_factory=set)
    for_all: bool = False

    def fixes(self) -> Fixes:
        """With as much before and after as a way between two fixes may take."""
        workers = None if self.for_all else sorted(self.workers)
        return fixes_between(self.since - JOIN, self.until + JOIN, workers)


def move_on(*, wait: bool = True) -> int:
    """Take in the batches and visits that came in since; how many.

    Another process that is at it is waited for; without `wait` it is left to it.
    """
    taken = 0
    while True:
        found = _take_in(wait)
        taken += found
        if found == 0:
            return taken


@transaction.atomic
def _take_in(wait: bool) -> int:
    if not _alone(wait):
        return 0
    batches = FixBatch.objects.filter(is_recorded=False).order_by("pk")[:MOST_BATCHES]
    told = list(batches.values_list("pk", "sender", "first_at", "last_at", "stored"))
    visits = list(
        Visit.objects.filter(is_recorded=False)
        .order_by("pk")
        .values_list("pk", flat=True)[:MOST_VISITS]
    )
    if not told and not visits:
        return 0
    windows = _windows(row[1:4] for row in told if row[4])
    _raise(windows, Q(pk__in=visits))
    FixBatch.objects.filter(pk__in=[row[0] for row in told]).update(is_recorded=True)
    Visit.objects.filter(pk__in=visits).update(is_recorded=True)
    return len(told) + len(visits)


@transaction.atomic
def make_again(*, since: datetime | None = None) -> int:
    """Make what is kept again from the fixes that there are and all visits; how many hours of them.

    What was recorded before the oldest fix, or before `since`, stays as it is: those fixes may have
    been deleted.
    """
    _alone(wait=True)
    batches, visits = (
        list(model.objects.filter(is_recorded=False).values_list("pk", flat=True))
        for model in (FixBatch, Visit)
    )
    hours = _hours(since)
    oldest = min((window.since for window in hours), default=None)
    _raise(hours, Q(), forget_from=oldest)
    FixBatch.objects.filter(pk__in=batches).update(is_recorded=True)
    Visit.objects.filter(pk__in=visits).update(is_recorded=True)
    return len(hours)


def _alone(wait: bool) -> bool:
    """Whether no other process is at it until this transaction ends."""
    lock = "pg_advisory_xact_lock" if wait else "pg_try_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {lock}(hashtextextended('recorded', 0))")
        return wait or bool(cursor.fetchone()[0])


def _windows(batches: Iterable[tuple[int | None, datetime, datetime]]) -> list[_Window]:
    """By the hour, so that a phone that was offline for a day asks for its own fixes only."""
    found: dict[datetime, _Window] = {}
    for sender, first, last in batches:
        for hour in _hours_of(first, last):
            start, end = max(first, hour), min(last, hour + HOUR)
            window = found.setdefault(hour, _Window(start, end))
            window.since, window.until = min(window.since, start), max(window.until, end)
            window.for_all |= sender is None
            if sender is not None:
                window.workers.add(sender)
    return list(found.values())


def _hours_of(first: datetime, last: datetime) -> Iterator[datetime]:
    hour = first.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    while hour <= last:
        yield hour
        hour += HOUR


def _hours(since: datetime | None) -> list[_Window]:
    """The hours that hold fixes, from `since` on; the first begins with its first fix."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(at), date_trunc('hour', at, 'UTC') AS hour FROM patrols_fix"
            " WHERE %(since)s::timestamptz IS NULL OR at >= %(since)s GROUP BY hour ORDER BY hour",
            {"since": since},
        )
        rows = cursor.fetchall()
    return [_Window(first, hour + HOUR, for_all=True) for first, hour in rows]


def _raise(windows: list[_Window], visits: Q, forget_from: datetime | None = None) -> None:
    """Stamp fixes and visits on the lattice of every place; write the blocks that changed."""
    places = _places()
    fresh = {place.pk: surface_of(place)[1].blank() for place in places}
    for window in windows:
        fixes = window.fixes()
        for place in places:
            _stamp_fixes(fresh[place.pk], place, fixes)
    for place in places:
        _stamp_visits(fresh[place.pk], place, visits)
        _write(place, fresh[place.pk], forget_from)


def _places() -> list[Place]:
    """All that are of a size for it; one whose envelope is wider than a city has no such cells."""
    found = []
    for place in Place.objects.order_by("pk"):
        try:
            surface_of(place)
        except InvalidInput as error:
            log.warning("%s：不记上次记录 (nothing is recorded by cell): %s", place.code, error)
        else:
            found.append(place)
    return found


def _stamp_fixes(newest: NewestArray, place: Place, fixes: Fixes) -> None:
    plane, lattice = surface_of(place)
    x, y, joined, held = fixes.on_plane(plane)
    seconds = np.floor(fixes.at_s[held]).astype(np.uint32)
    stamp_newest(newest, lattice, x, y, joined, seconds, within_m=float(WITHIN_M))


def _stamp_visits(newest: NewestArray, place: Place, visits: Q) -> None:
    plane, lattice = surface_of(place)
    sure = Q(accuracy_m__isnull=True) | Q(accuracy_m__lte=MOST_DOUBT_M)
    found = Visit.objects.filter(visits, sure, spot__place=place).order_by()
    rows = list(found.values_list(XOf(F("position")), YOf(F("position")), "at"))
    if not rows:
        return
    lon, lat = (np.array([row[k] for row in rows], np.float64) for k in (0, 1))
    x, y, held = plane.metres(lon, lat)
    seconds = np.array([int(row[2].timestamp()) for row in rows], np.uint32)
    alone = np.zeros(int(held.sum()), np.bool_)
    stamp_newest(newest, lattice, x[held], y[held], alone, seconds[held], within_m=float(WITHIN_M))


def _write(place: Place, fresh: NewestArray, forget_from: datetime | None) -> None:
    kept = recorded_of(place)
    before = kept.seconds
    if forget_from is not None:
        # A way that ended just after it may have begun before, with a fix that is gone.
        limit = np.uint32((forget_from + JOIN).timestamp())
        before = np.where(before < limit, before, np.uint32(0))
    after = np.maximum(before, fresh)
    changed = _in_blocks(after != kept.seconds).any(axis=(2, 3))
    blocks, lattice = _in_blocks(after), kept.lattice
    there = RecordedBlock.objects.filter(place=place)
    version = (there.aggregate(last=Max("version"))["last"] or 0) + 1
    rows = [
        RecordedBlock(
            place=place,
            srid_m=place.srid_m,
            column=lattice.column + int(j) * BLOCK,
            row=lattice.row + int(i) * BLOCK,
            seconds=np.ascontiguousarray(blocks[i, j]).astype(SECONDS).tobytes(),
            version=version,
        )
        for i, j in np.argwhere(changed)
    ]
    RecordedBlock.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["place", "srid_m", "column", "row"],
        update_fields=["seconds", "version"],
    )


def _in_blocks(cells: NDArray[np.generic]) -> NDArray[np.generic]:
    """(block rows, block columns, `BLOCK`, `BLOCK`) of (rows, columns)."""
    rows, columns = cells.shape
    return cells.reshape(rows // BLOCK, BLOCK, columns // BLOCK, BLOCK).swapaxes(1, 2)
