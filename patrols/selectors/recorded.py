"""What is kept of when tracks and visits last came near, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from django.db.models import Count, Max, Min
from numpy.typing import NDArray

from gis.kernel.coverage import Plane
from gis.kernel.recorded import Lattice
from grids.models import Place
from patrols.models import FixBatch, RecordedBlock
from patrols.models.recorded import BLOCK, SECONDS
from patrols.selectors.coverage import day_of
from patrols.selectors.ground import plane_around
from patrols.selectors.kept import Kept

__all__ = [
    "CELL_M",
    "NOT_RECORDED",
    "Recorded",
    "complete_until",
    "days_since",
    "recorded_of",
    "surface_of",
    "today_of",
]

CELL_M = 50.0
# Days are told exactly up to here; what is older is as old as this.
MOST_DAYS = 60
NOT_RECORDED = -1


@dataclass(frozen=True, slots=True)
class Recorded:
    """`seconds` (rows, columns of the lattice) since 1970, 0 where nothing is recorded.

    Another `version` when any of them may be another.
    """

    lattice: Lattice
    seconds: NDArray[np.uint32]
    version: tuple[int, int]


_surfaces: Kept[tuple[Plane, Lattice]] = Kept(4)
_recorded: Kept[Recorded] = Kept(4)


def surface_of(place: Place) -> tuple[Plane, Lattice]:
    """The plane over the envelope of `place` and its margin, and the lattice in its metres."""
    box = place.envelope.extent
    return _surfaces.get((place.pk, place.srid_m, box), lambda: _surface(box, place.srid_m))


def _surface(box: tuple[float, float, float, float], srid_m: int) -> tuple[Plane, Lattice]:
    plane = plane_around(box, srid_m)
    x, y = plane.x_m, plane.y_m
    bounds = float(x.min()), float(y.min()), float(x.max()), float(y.max())
    return plane, Lattice.over(bounds, CELL_M, block=BLOCK)


def recorded_of(place: Place) -> Recorded:
    """What is kept of `place`; read again only when it has changed."""
    blocks = RecordedBlock.objects.filter(place=place, srid_m=place.srid_m)
    told = blocks.aggregate(count=Count("pk"), last=Max("version"))
    version = told["count"], told["last"] or 0
    lattice = surface_of(place)[1]
    key = place.pk, place.srid_m, lattice, version
    return _recorded.get(key, lambda: Recorded(lattice, _read(place, lattice), version))


def _read(place: Place, lattice: Lattice) -> NDArray[np.uint32]:
    found = lattice.blank()
    rows = RecordedBlock.objects.filter(place=place, srid_m=place.srid_m)
    for column, row, seconds in rows.values_list("column", "row", "seconds"):
        i, j = row - lattice.row, column - lattice.column
        # The envelope may have become smaller since.
        if 0 <= i < lattice.rows and 0 <= j < lattice.columns:
            block = np.frombuffer(seconds, SECONDS).reshape(BLOCK, BLOCK)
            found[i : i + BLOCK, j : j + BLOCK] = block
    return found


def complete_until(now: datetime) -> datetime:
    """Everything that came in before this instant is in what is kept."""
    waiting = FixBatch.objects.filter(is_recorded=False).aggregate(first=Min("received_at"))
    return min(waiting["first"] or now, now)


def days_since(seconds: NDArray[np.uint32], place: Place, now: datetime) -> NDArray[np.int16]:
    """Local days of `place` from each second to today: 0 today, `NOT_RECORDED` where it is 0.

    At most `MOST_DAYS`.
    """
    today = today_of(place, now)
    starts = np.array(
        [day_of(place, today - timedelta(days=k))[0].timestamp() for k in range(MOST_DAYS)],
        np.float64,
    )
    days = MOST_DAYS - np.searchsorted(starts[::-1], seconds, side="right")
    return np.where(seconds == 0, NOT_RECORDED, days).astype(np.int16)


def today_of(place: Place, now: datetime) -> date:
    """The local day of `place`."""
    return now.astimezone(ZoneInfo(place.time_zone)).date()
