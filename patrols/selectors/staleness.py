"""For every place in a grid: how long since a track or a visit that was recorded came near."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from django.contrib.gis.db.models.functions import AsWKB, Transform
from django.db import connection
from numpy.typing import NDArray

from gis.kernel.recorded import Pieces, cut
from grids.models import Edition, Grid
from grids.selectors.snapping import fingerprint
from patrols.selectors.kept import Kept
from patrols.selectors.recorded import (
    CELL_M,
    NOT_RECORDED,
    Recorded,
    days_since,
    recorded_of,
    today_of,
)

__all__ = [
    "CLASSES",
    "CLASS_NAMES",
    "DAYS",
    "CutEdition",
    "Stale",
    "StaleShares",
    "cut_edition",
    "stale_areas",
    "stale_cells",
    "stale_class",
    "stale_shares",
]

DAYS = 14
# The oldest of each class, in local days before today; what none of them holds is not recorded.
CLASSES = {"today": 0, "1-3": 3, "4-7": 7, "8-14": DAYS}
CLASS_NAMES = (*CLASSES, "not_recorded")


@dataclass(frozen=True, slots=True)
class Stale:
    """Cells of a grid, cut along its border, in metres of the place; a class for each.

    A piece is as recent as its cell: the last time that something came within `WITHIN_M` of the
    middle of the whole cell.
    """

    pieces: Pieces
    classes: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class CutEdition:
    """The pieces of all grids of an edition: whose they are (a place in `codes`), and m²."""

    codes: tuple[str, ...]
    owner: NDArray[np.int32]
    column: NDArray[np.int64]
    row: NDArray[np.int64]
    area_m2: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class StaleShares:
    """A grid's shares of area by class (they sum to 1, in the order of `CLASS_NAMES`).

    `median_days`: half of the ground was recorded that many local days ago or later; None where
    less than half was recorded in the last `DAYS` days.
    """

    grid_code: str
    shares: tuple[float, ...]
    median_days: int | None

    @property
    def median_class(self) -> str:
        """The class of the median."""
        days = NOT_RECORDED if self.median_days is None else self.median_days
        return CLASS_NAMES[int(stale_class(np.array([days], np.int16))[0])]


_cut: Kept[CutEdition] = Kept(4)
_shares: Kept[tuple[StaleShares, ...]] = Kept(4)


def stale_class(days: NDArray[np.int16]) -> NDArray[np.intp]:
    """The place in `CLASS_NAMES` of days since (`NOT_RECORDED`: never)."""
    found = np.searchsorted(list(CLASSES.values()), days)
    return np.where(days == NOT_RECORDED, len(CLASSES), found)


def stale_cells(grid: Grid, now: datetime) -> Stale:
    """The cells of `grid` by what is kept."""
    place = grid.edition.place
    told = Grid.objects.filter(pk=grid.pk).annotate(wkb=AsWKB(Transform("geometry", place.srid_m)))
    ground = shapely.from_wkb(bytes(told.values_list("wkb", flat=True)[0]))
    pieces, kept = cut(ground, CELL_M), recorded_of(place)
    seconds = kept.lattice.at(kept.seconds, pieces.column, pieces.row)
    return Stale(pieces, stale_class(days_since(seconds, place, now)))


def stale_areas(grid: Grid, now: datetime) -> list[dict[str, Any]]:
    """Each class that `grid` has: its share of the area and its ground, as WGS-84 GeoJSON."""
    stale = stale_cells(grid, now)
    area = float(shapely.area(stale.pieces.polygons).sum())
    found = []
    for number, name in enumerate(CLASS_NAMES):
        pieces = stale.pieces.polygons[stale.classes == number]
        if len(pieces):
            share = float(shapely.area(pieces).sum()) / area
            found.append({"class": name, "share": share, "ground": shapely.union_all(pieces)})
    shapes = _in_degrees([one.pop("ground") for one in found], grid.edition.place.srid_m)
    return [{**one, "geometry": shape} for one, shape in zip(found, shapes, strict=True)]


def stale_shares(edition: Edition, now: datetime) -> tuple[StaleShares, ...]:
    """Every grid of `edition` by code: its shares of each class, and the median days."""
    place, kept = edition.place, recorded_of(edition.place)
    key = edition.pk, fingerprint(edition), place.srid_m, kept.version, today_of(place, now)
    return _shares.get(key, lambda: _measure(edition, kept, now))


def cut_edition(edition: Edition) -> CutEdition:
    """The grids of `edition` cut along the lattice, made once in a process."""
    key = edition.pk, fingerprint(edition), edition.place.srid_m
    return _cut.get(key, lambda: _cut_all(edition))


def _cut_all(edition: Edition) -> CutEdition:
    rows = list(
        Grid.objects.of(edition)
        .annotate(wkb=AsWKB(Transform("geometry", edition.place.srid_m)))
        .order_by("code")
        .values_list("code", "wkb")
    )
    found = [cut(shapely.from_wkb(bytes(wkb)), CELL_M) for _, wkb in rows]
    owner = np.repeat(np.arange(len(rows)), [len(one.column) for one in found]).astype(np.int32)
    nothing = np.zeros(0, np.int64)
    return CutEdition(
        tuple(code for code, _ in rows),
        owner,
        np.concatenate([nothing, *(one.column for one in found)]),
        np.concatenate([nothing, *(one.row for one in found)]),
        np.concatenate([np.zeros(0), *(shapely.area(one.polygons) for one in found)]),
    )


def _measure(edition: Edition, kept: Recorded, now: datetime) -> tuple[StaleShares, ...]:
    ground = cut_edition(edition)
    seconds = kept.lattice.at(kept.seconds, ground.column, ground.row)
    days = days_since(seconds, edition.place, now)
    count, kinds = len(ground.codes), len(CLASS_NAMES)
    classes = stale_class(days)
    sums = np.bincount(
        ground.owner * kinds + classes, weights=ground.area_m2, minlength=count * kinds
    ).reshape(count, kinds)
    shares = sums / np.maximum(sums.sum(axis=1, keepdims=True), 1e-9)
    # By days: the first at which half of the ground is reached.
    held = (days >= 0) & (days <= DAYS)
    by_day = np.bincount(
        ground.owner[held] * (DAYS + 1) + days[held],
        weights=ground.area_m2[held],
        minlength=count * (DAYS + 1),
    ).reshape(count, DAYS + 1)
    reached = by_day.cumsum(axis=1) >= sums.sum(axis=1, keepdims=True) / 2
    return tuple(
        StaleShares(
            code,
            tuple(shares[k].tolist()),
            int(reached[k].argmax()) if reached[k].any() else None,
        )
        for k, code in enumerate(ground.codes)
    )


def _in_degrees(grounds: Sequence[Any], srid_m: int) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_AsBinary(ST_Transform(ST_GeomFromWKB(wkb, %s), 4326))"
            " FROM unnest(%s::bytea[]) WITH ORDINALITY told (wkb, number) ORDER BY number",
            [srid_m, [bytes(one) for one in shapely.to_wkb(np.array(grounds, object))]],
        )
        turned = [shapely.from_wkb(bytes(row[0])) for row in cursor.fetchall()]
    return [dict(shapely.geometry.mapping(one)) for one in turned]
