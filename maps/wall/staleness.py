"""How long ago the ground was last recorded, as it is now: figures and the picture of its cells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from grids.choices import RegionLevel
from grids.models import Edition, Grid, Region
from grids.querysets import Viewer
from patrols.querysets import ground_of
from patrols.selectors import (
    CELL_M,
    CLASS_NAMES,
    StaleShares,
    cut_edition,
    days_since,
    degrees_of,
    recorded_of,
    stale_class,
    stale_shares,
)

__all__ = ["Picture", "StaleGround", "StaleGroup", "stale_now"]


@dataclass(frozen=True, slots=True)
class Picture:
    """Cells of `CELL_M`, north first: 1 + the place of its class in `CLASS_NAMES`, 0 outside.

    `corners` are lon, lat (WGS-84) of the picture's north-west, north-east, south-east, south-west.
    """

    cells: NDArray[np.uint8]
    corners: list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class StaleGroup:
    """Some grids together: their number, and the shares of their area by class."""

    code: str
    name: str
    grids: int
    shares: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class StaleGround:
    """What the viewer answers for: every grid by code, all of them, and each subdistrict."""

    names: dict[str, str]
    rows: list[StaleShares]
    whole: StaleGroup
    subdistricts: list[StaleGroup]
    picture: Picture | None


def stale_now(edition: Edition, viewer: Viewer, now: datetime) -> StaleGround:
    """The viewer's own ground in `edition`: cells tell where people were, however coarse."""
    top = RegionLevel.SUBDISTRICT
    held = Grid.objects.of(edition).filter(ground_of(viewer)).order_by("code")
    columns = ("code", "name", "region__level", "region__code", "region__parent__code")
    told = list(held.values_list(*columns))
    names = {code: name for code, name, *_ in told}
    above = {code: own if level == top else parent for code, _, level, own, parent in told}
    rows = [row for row in stale_shares(edition, now) if row.grid_code in names]
    areas = _areas(edition)
    regions = Region.objects.of(edition).filter(level=top).order_by("code").defer("geometry")
    groups = [
        _group(region.code, region.name, of, areas)
        for region in regions
        if (of := [row for row in rows if above[row.grid_code] == region.code])
    ]
    whole = _group("", "", rows, areas)
    return StaleGround(names, rows, whole, groups, _picture(edition, set(names), now))


def _areas(edition: Edition) -> dict[str, float]:
    cut = cut_edition(edition)
    sums = np.bincount(cut.owner, weights=cut.area_m2, minlength=len(cut.codes))
    return dict(zip(cut.codes, sums.tolist(), strict=True))


def _group(code: str, name: str, rows: list[StaleShares], areas: dict[str, float]) -> StaleGroup:
    weights = np.array([areas[row.grid_code] for row in rows])
    shares = np.array([row.shares for row in rows]).reshape(-1, len(CLASS_NAMES))
    whole = float(weights.sum()) or 1.0
    return StaleGroup(code, name, len(rows), tuple((weights @ shares / whole).tolist()))


def _picture(edition: Edition, codes: set[str], now: datetime) -> Picture | None:
    cut, kept = cut_edition(edition), recorded_of(edition.place)
    mine = np.array([code in codes for code in cut.codes], np.bool_)
    chosen = mine[cut.owner] if len(cut.owner) else np.zeros(0, np.bool_)
    if not chosen.any():
        return None
    column, row = cut.column[chosen], cut.row[chosen]
    west, south, east, north = column.min(), row.min(), column.max() + 1, row.max() + 1
    seconds = kept.lattice.at(kept.seconds, column, row)
    classes = stale_class(days_since(seconds, edition.place, now)) + 1
    cells = np.zeros((north - south, east - west), np.uint8)
    cells[row - south, column - west] = classes
    corners = [(west, north), (east, north), (east, south), (west, south)]
    metres = [(float(x) * CELL_M, float(y) * CELL_M) for x, y in corners]
    picture = np.ascontiguousarray(cells[::-1])
    return Picture(picture, degrees_of(metres, edition.place.srid_m))
