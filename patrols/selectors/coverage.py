"""What of each grid was seen, for any window of time, and the ground that was seen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from gis.kernel.coverage import Plane, frame_for, stamp, unpacked
from grids.models import Edition, Place
from grids.selectors import snap_index
from grids.selectors.snapping import fingerprint
from patrols.selectors.ground import Ground, ground_of_edition
from patrols.selectors.kept import Kept
from patrols.selectors.tracks import Fixes, fixes_between, stored_stamp

__all__ = [
    *("WITHIN_M", "CoverageRow", "SeenRaster", "Window", "coverage_rows", "day_of"),
    *("seen_in", "seen_raster"),
]

WITHIN_M = 30
CELL_M = 20.0
Window = tuple[datetime, datetime]
_EARTH_M = 6_378_137.0  # of EPSG:3857


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """What was seen of a grid: its share (0-1), the share of fixes that were surely exact enough.

    A fix is when its accuracy is at most half of the distance that it is said to see; `quality` is
    None for a grid without fixes of its own.
    """

    grid_code: str
    share: float
    quality: float | None
    fixes: int


@dataclass(frozen=True, slots=True)
class SeenRaster:
    """Ground that was seen: 255, else 0. Cells are square in EPSG:3857, north first.

    `box` is west, south, east, north in WGS-84 degrees.
    """

    cells: NDArray[np.uint8]
    box: tuple[float, float, float, float]


_rows: Kept[tuple[CoverageRow, ...]] = Kept(32)
_rasters: Kept[SeenRaster | None] = Kept(8)


def coverage_rows(
    edition: Edition, *, since: datetime, until: datetime, within_m: float = WITHIN_M
) -> list[CoverageRow]:
    """Every grid of `edition` by code, with what tracks saw from `since` until `until`."""
    return seen_in(edition, [(since, until)], within_m)


def seen_in(
    edition: Edition, windows: Sequence[Window], within_m: float, worker: int | None = None
) -> list[CoverageRow]:
    """The same of several windows: what was seen in any of them, by everybody or by one worker.

    Window by window, so that a week needs no more room than a day; nothing is joined across.
    """
    stamps = {window: stored_stamp(*window) for window in windows}
    # A window that no batch meets, and no track, needs no look at the table.
    told = tuple(window for window, (batches, _, *kept) in stamps.items() if batches or kept)
    key = (
        edition.pk, fingerprint(edition), edition.place.srid_m, told, within_m, worker,
        tuple(stamps[window] for window in told),
    )  # fmt: skip
    return list(_rows.get(key, lambda: _measure(edition, told, within_m, worker)))


def day_of(place: Place, day: date) -> tuple[datetime, datetime]:
    """The first instant of a local day of `place`, and that of the next."""
    zone = ZoneInfo(place.time_zone)
    midnights = (datetime.combine(d, datetime.min.time(), zone) for d in (day, day + _DAY))
    since, until = midnights
    return since, until


_DAY = timedelta(days=1)


def seen_raster(
    edition: Edition, *, since: datetime, until: datetime, within_m: float = WITHIN_M
) -> SeenRaster | None:
    """The ground that tracks saw, in cells of about 20 m; nobody is in it. None without grids."""
    key = (edition.pk, fingerprint(edition), since, until, within_m, stored_stamp(since, until))
    return _rasters.get(key, lambda: _draw(edition, since, until, within_m))


def _measure(
    edition: Edition, windows: Sequence[Window], within_m: float, worker: int | None
) -> tuple[CoverageRow, ...]:
    ground = ground_of_edition(edition, within_m)
    if ground is None:
        return ()
    if not windows:
        return tuple(CoverageRow(code, 0.0, None, 0) for code in ground.codes)
    frame = ground.spans.frame
    canvas = frame.canvas()
    counts, exact = np.zeros((2, len(ground.codes)), np.int64)
    for since, until in windows:
        fixes = fixes_between(since, until, None if worker is None else [worker])
        stamp(canvas, frame, *fixes.on_plane(ground.plane)[:3], within_m=within_m)
        found, good = _counted(edition, ground, fixes, within_m)
        counts += found
        exact += good
    shares = ground.spans.seen(canvas)
    return tuple(
        CoverageRow(code, share, good / count if count else None, count)
        for code, share, count, good in zip(
            ground.codes, shares.tolist(), counts.tolist(), exact.tolist(), strict=True
        )
    )


def _counted(
    edition: Edition, ground: Ground, fixes: Fixes, within_m: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Fixes in each grid, and how many of them were exact enough."""
    index = snap_index(edition)
    if index is None or not len(fixes.lon):
        nothing = np.zeros(len(ground.codes), np.int64)
        return nothing, nothing
    number = {code: k for k, code in enumerate(ground.codes)}
    ours = np.array([number[code] for code in index.codes], np.int64)
    found = index.locate_many(fixes.lon, fixes.lat)
    at = ours[found[found >= 0]]
    exact = fixes.accuracy_m[found >= 0] <= within_m / 2.0
    many, size = fixes.count[found >= 0], len(ground.codes)
    # Floats hold whole numbers of that size exactly.
    counts = [np.bincount(at, many, size), np.bincount(at[exact], many[exact], size)]
    return counts[0].astype(np.int64), counts[1].astype(np.int64)


def _draw(edition: Edition, since: datetime, until: datetime, within_m: float) -> SeenRaster | None:
    ground = ground_of_edition(edition, within_m)
    if ground is None:
        return None
    fixes = fixes_between(since, until)
    _, _, joined, held = fixes.on_plane(ground.plane)
    west, south, east, north = _extent(ground.plane)
    # A metre on the ground is longer on a web map, by the secant of the latitude.
    longer = 1.0 / math.cos(math.radians((south + north) / 2.0))
    bounds = (*_mercator(west, south), *_mercator(east, north))
    frame = frame_for(bounds, within_m=within_m * longer, row_m=CELL_M * longer, bits_in_row=1)
    canvas = frame.canvas()
    x = np.radians(fixes.lon[held]) * _EARTH_M
    y = np.arcsinh(np.tan(np.radians(fixes.lat[held]))) * _EARTH_M
    stamp(canvas, frame, x, y, joined, within_m=within_m * longer)
    columns = math.ceil((bounds[2] - bounds[0]) / frame.bit_m)
    cells = np.ascontiguousarray(unpacked(canvas)[::-1, :columns] * np.uint8(255))
    corner = bounds[0] + columns * frame.bit_m, bounds[1] + frame.rows * frame.row_m
    return SeenRaster(cells, (west, south, *_degrees(*corner)))


def _extent(plane: Plane) -> tuple[float, float, float, float]:
    """West, south, east, north of what a plane holds, in degrees."""
    rows, columns = plane.x_m.shape
    east = plane.west_deg + (columns - 1) * plane.step_deg
    return plane.west_deg, plane.south_deg, east, plane.south_deg + (rows - 1) * plane.step_deg


def _mercator(lon: float, lat: float) -> tuple[float, float]:
    return math.radians(lon) * _EARTH_M, math.asinh(math.tan(math.radians(lat))) * _EARTH_M


def _degrees(x: float, y: float) -> tuple[float, float]:
    return math.degrees(x / _EARTH_M), math.degrees(math.atan(math.sinh(y / _EARTH_M)))
