"""What may be suggested: places that are due, and ground that nobody has recorded lately."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from gis.kernel.recorded import Cluster, clusters
from grids.models import User
from patrols import nearby
from patrols.choices import SpotState
from patrols.models import Spot
from patrols.selectors.ground import degrees_of
from patrols.selectors.mine import Rounds
from patrols.selectors.recorded import (
    CELL_M,
    NOT_RECORDED,
    Recorded,
    days_since,
    recorded_of,
    surface_of,
)
from patrols.selectors.spots import SpotDue, dues
from patrols.selectors.staleness import DAYS, cut_edition
from patrols.suggesting.numbers import Numbers

__all__ = ["Candidate", "places_of"]

FloatArray = NDArray[np.float64]
# Ground is gathered by squares of so many cells; one that was recorded in these days may wait.
SPAN, RECENT_DAYS = 5, 3
# A piece of a cell that is smaller than this share has its middle on the other side of the border;
# ground that is smaller than this is not worth a walk.
HALF, LEAST_M2 = 0.5, 5000.0
# Ground whose middle is this near to a place that is due is the same place to go to.
SAME_M = 125.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place, in degrees (WGS-84) and metres of the place's plane; parts are shares 0–1.

    `spot` is None for ground, and `area_m2` then says how much of it was not recorded for `days`
    (the median; None: never, or longer than is kept). `late_days` is 0 for what is due today, None
    for what is not due. `near` counts what was reported nearby.
    """

    grid_code: str
    lon: float
    lat: float
    x_m: float
    y_m: float
    spot: SpotDue | None
    area_m2: float
    days: int | None
    late_days: int | None
    stale: float
    due: float = 0.0
    near: int = 0
    risk: float = 0.0

    def value(self, numbers: Numbers) -> float:
        """Points: the parts by their weights."""
        parts = self.stale * numbers.stale + self.due * numbers.due + self.risk * numbers.risk
        return round(parts, 1)


def places_of(worker: User, rounds: Rounds, numbers: Numbers, now: datetime) -> list[Candidate]:
    """All that may be suggested on the worker's own grids."""
    kept = recorded_of(rounds.place)
    spots = _spots(rounds, kept, numbers, now)
    ground = _ground(rounds, kept, now)
    found = _apart(spots, ground)
    counts = nearby.count_near(
        viewer=worker,
        place=rounds.place,
        points=[(one.lon, one.lat) for one in found],
        within_m=numbers.near_m,
        since=now - timedelta(days=numbers.near_days),
    )
    return [
        replace(one, near=count, risk=min(count / numbers.most_near, 1.0))
        for one, count in zip(found, counts, strict=True)
    ]


def _spots(rounds: Rounds, kept: Recorded, numbers: Numbers, now: datetime) -> list[Candidate]:
    codes = [grid.code for grid in rounds.grids]
    rows = Spot.objects.filter(is_active=True, type__is_active=True, grid_code__in=codes)
    due = [one for one in dues(rows, rounds.place, now) if one.state != SpotState.OK]
    if not due:
        return []
    lon, lat = (np.array([getattr(one.spot.position, k) for one in due]) for k in ("x", "y"))
    x, y, held = surface_of(rounds.place)[0].metres(lon, lat)
    cells = (np.floor(one / CELL_M).astype(np.int64) for one in (x, y))
    days = days_since(kept.lattice.at(kept.seconds, *cells), rounds.place, now)
    found = []
    for k in np.flatnonzero(held):
        late = _late_days(due[k], now)
        found.append(
            Candidate(
                due[k].spot.grid_code, float(lon[k]), float(lat[k]), float(x[k]), float(y[k]),
                spot=due[k], area_m2=0.0, days=_days(int(days[k])), late_days=late,
                stale=float(_staleness(days[k : k + 1])[0]),
                due=min((1 + late) / (1 + numbers.most_late_days), 1.0),
            )
        )  # fmt: skip
    return found


def _ground(rounds: Rounds, kept: Recorded, now: datetime) -> list[Candidate]:
    """Squares of ground of each grid by what of them was not recorded lately."""
    cut = cut_edition(rounds.edition)
    found = []
    for grid in rounds.grids:
        mine = cut.owner == cut.codes.index(grid.code)
        column, row, area = cut.column[mine], cut.row[mine], cut.area_m2[mine]
        days = days_since(kept.lattice.at(kept.seconds, column, row), rounds.place, now)
        old = (days == NOT_RECORDED) | (days > RECENT_DAYS)
        old &= area >= HALF * CELL_M**2
        weight = np.where(old, area * _staleness(days), 0.0)
        for one in clusters(column, row, weight, span=SPAN):
            x, y = ((k[one.middle] + 0.5) * CELL_M for k in (column, row))
            if float(area[one.members].sum()) >= LEAST_M2:
                found.append(_square(grid.code, one, float(x), float(y), area, days))
    degrees = degrees_of([(one.x_m, one.y_m) for one in found], rounds.place.srid_m)
    return [replace(one, lon=lon, lat=lat) for one, (lon, lat) in zip(found, degrees, strict=True)]


def _square(
    code: str, cluster: Cluster, x: float, y: float, area: FloatArray, days: NDArray[np.int16]
) -> Candidate:
    members = cluster.members
    whole = (SPAN * CELL_M) ** 2
    # Never recorded is longer than any number of days.
    longest = np.where(days[members] == NOT_RECORDED, np.iinfo(np.int16).max, days[members])
    order = np.argsort(longest)
    half = np.searchsorted(np.cumsum(area[members][order]), area[members].sum() / 2)
    median = int(days[members][order[half]])
    return Candidate(
        code, 0.0, 0.0, x, y, spot=None, area_m2=float(area[members].sum()), days=_days(median),
        late_days=None, stale=min(cluster.weight / whole, 1.0),
    )  # fmt: skip


def _apart(spots: list[Candidate], ground: list[Candidate]) -> list[Candidate]:
    """Spots, and the ground that is not around one of them; a spot is as stale as its ground."""
    found, left = list(spots), []
    for one in ground:
        away = [float(np.hypot(one.x_m - spot.x_m, one.y_m - spot.y_m)) for spot in found]
        if away and min(away) < SAME_M:
            k = int(np.argmin(away))
            found[k] = replace(found[k], stale=max(found[k].stale, one.stale))
        else:
            left.append(one)
    return found + left


def _staleness(days: NDArray[np.int16]) -> FloatArray:
    """0 today to 1 after `DAYS` days, or when nothing is recorded."""
    return np.where(days == NOT_RECORDED, 1.0, np.minimum(days / DAYS, 1.0))


def _late_days(one: SpotDue, now: datetime) -> int:
    """Days since the midnight that it was due by, rounded as the phone's list rounds them."""
    if one.due_at > now:
        return 0
    return max(round((now - one.due_at) / timedelta(days=1)), 1)


def _days(days: int) -> int | None:
    return None if days == NOT_RECORDED else days
