"""Who on duty is nearest to a point, now."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from grids.models import Place
from patrols.models import Shift
from patrols.querysets import LIVE
from patrols.selectors.live import Live, live_index

__all__ = ["Near", "nearest_workers"]


@dataclass(frozen=True, slots=True)
class Near:
    """A worker (key), how far they were in metres of the place's system, and when."""

    worker: int
    distance_m: float
    seen_at: datetime


def nearest_workers(
    place: Place,
    lon: float,
    lat: float,
    n: int,
    now: datetime,
    among: Collection[int] | None = None,
) -> list[Near]:
    """The `n` workers on duty at `place` nearest to a point (WGS-84 degrees), nearest first.

    Of equals the lesser key comes first. `among` (keys) leaves out all others. Who was not seen for
    `LIVE` is not told. The point must lie where the place's metric system can project it.
    """
    asked = live_index.follow(place, lon, lat)
    since, chosen = now - LIVE, None if among is None else frozenset(among)
    off_duty: set[int] = set()

    def wanted(live: Live) -> bool:
        return (
            live.at is not None
            and live.at > since
            and live.worker not in off_duty
            and (chosen is None or live.worker in chosen)
        )

    # Shifts are read after the positions, so that nobody is told whose shift has ended since. Who
    # was found and is off duty is left out, and the next nearest takes the place.
    while True:
        found = live_index.nearest(asked, n, wanted)
        workers = {live.worker for _, live in found}
        shifts = Shift.objects.of(place).open_at(now).filter(worker__in=workers)
        gone = workers - set(shifts.values_list("worker", flat=True))
        if not gone:
            return [Near(live.worker, away, live.at) for away, live in found if live.at]
        off_duty |= gone
