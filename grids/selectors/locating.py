"""Where positions lie in an edition, and who answers there."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from gis.kernel.datum import Datum, to_wgs84
from gis.kernel.snap import SnapAnswer, SnapIndex, SnapMethod
from grids.choices import RegionLevel
from grids.models import Edition, Grid
from grids.selectors.answering import Answer, AnswerBook, Ground
from grids.selectors.snapping import snap_index

# Above this many, reading all names of an edition is cheaper than naming the codes.
FEW_CODES = 60
# Up to this many, compiled code is not worth loading.
FEW_POINTS = 20
# What any point is told where the edition has no grids.
NOWHERE = SnapAnswer(None, SnapMethod.OUTSIDE, math.inf, False, ())


@dataclass(frozen=True, slots=True)
class Position:
    """A position as it was sent: degrees in `datum`, with the radius it may be wrong by."""

    lon: float
    lat: float
    datum: Datum
    accuracy_m: float | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """A code and its name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Located:
    """Where a position lies. `lon`, `lat` are WGS-84 degrees; shares are of the accuracy circle.

    `border_distance_m` is to the nearest border of any grid, also from outside; None only where the
    edition has no grids at all.
    """

    lon: float
    lat: float
    edition: str
    grid: Named | None
    community: Named | None
    subdistrict: Named | None
    method: SnapMethod
    border_distance_m: float | None
    provisional: bool
    candidates: tuple[tuple[Named, float], ...]
    answer: Answer | None


@dataclass(frozen=True, slots=True)
class _Row:
    grid_id: int
    grid: Named
    community: Named | None
    subdistrict: Named | None

    @property
    def ground(self) -> Ground:
        regions = (self.community, self.subdistrict)
        return Ground(self.grid_id, tuple(region.code for region in regions if region))


def locate(
    positions: Sequence[Position], edition: Edition, *, answered_at: datetime | None = None
) -> list[Located]:
    """Locate each position in `edition`, in order: at most five queries, however many.

    Outside every grid the nearest within the place's `snap_tolerance_m` is taken. With
    `answered_at` each answer names who answers at that instant. Raises `InvalidCoordinate`
    for what is not finite or out of range after conversion.
    """
    index = snap_index(edition)
    lon, lat = in_wgs84(positions)
    if index is None:
        codes: tuple[str, ...] = ()
        found = [NOWHERE] * len(positions)
    else:
        codes, tolerance_m = index.codes, edition.place.snap_tolerance_m
        found = _answers(index, lon, lat, [p.accuracy_m for p in positions], tolerance_m)
    rows = _rows(edition, codes, found)
    book = None
    if answered_at is not None:
        ids = [rows[one.grid].grid_id for one in found if one.grid is not None]
        book = AnswerBook(edition.place, ids, answered_at)
    return [
        _tell(edition.name, x, y, one, rows, book)
        for x, y, one in zip(lon, lat, found, strict=True)
    ]


def _answers(
    index: SnapIndex,
    lon: list[float],
    lat: list[float],
    accuracy_m: list[float | None],
    tolerance_m: float,
) -> list[SnapAnswer]:
    if len(lon) > FEW_POINTS:
        return index.answer_many(
            np.array(lon), np.array(lat), accuracy_m=accuracy_m, tolerance_m=tolerance_m
        )
    return [
        index.answer(x, y, accuracy_m=radius_m, tolerance_m=tolerance_m)
        for x, y, radius_m in zip(lon, lat, accuracy_m, strict=True)
    ]


def in_wgs84(positions: Sequence[Position]) -> tuple[list[float], list[float]]:
    """Longitudes and latitudes in WGS-84 degrees, converted datum by datum."""
    lon = np.array([position.lon for position in positions], np.float64)
    lat = np.array([position.lat for position in positions], np.float64)
    datums = [position.datum for position in positions]
    for datum in set(datums):
        which = np.array([one is datum for one in datums])
        lon[which], lat[which] = to_wgs84(lon[which], lat[which], datum)
    return lon.tolist(), lat.tolist()


def _tell(
    edition: str,
    lon: float,
    lat: float,
    found: SnapAnswer,
    rows: dict[int, _Row],
    book: AnswerBook | None,
) -> Located:
    row = None if found.grid is None else rows[found.grid]
    ground = row.ground if row else Ground()
    distance_m = found.border_distance_m
    return Located(
        lon=lon,
        lat=lat,
        edition=edition,
        grid=row.grid if row else None,
        community=row.community if row else None,
        subdistrict=row.subdistrict if row else None,
        method=found.method,
        border_distance_m=distance_m if math.isfinite(distance_m) else None,
        provisional=found.provisional,
        candidates=tuple((rows[k].grid, share) for k, share in found.candidates),
        answer=book.of(ground)[0] if book else None,
    )


def _rows(edition: Edition, codes: tuple[str, ...], found: Iterable[SnapAnswer]) -> dict[int, _Row]:
    """Names as they are now: the index holds codes only, since a name may be corrected any time."""
    wanted = {one.grid for one in found if one.grid is not None}
    wanted.update(k for one in found for k, _ in one.candidates)
    grids = Grid.objects.of(edition)
    if len(wanted) <= FEW_CODES:
        grids = grids.filter(code__in=[codes[k] for k in wanted])
    columns = (
        "pk", "code", "name",
        "region__level", "region__code", "region__name",
        "region__parent__code", "region__parent__name",
    )  # fmt: skip
    by_code = {row[1]: _row(*row) for row in grids.order_by().values_list(*columns)}
    return {k: by_code[codes[k]] for k in wanted}


def _row(
    grid_id: int,
    code: str,
    name: str,
    level: str | None,
    region_code: str | None,
    region_name: str | None,
    parent_code: str | None,
    parent_name: str | None,
) -> _Row:
    region = Named(region_code, region_name or "") if region_code else None
    parent = Named(parent_code, parent_name or "") if parent_code else None
    if level == RegionLevel.SUBDISTRICT:
        return _Row(grid_id, Named(code, name), None, region)
    return _Row(grid_id, Named(code, name), region, parent)
