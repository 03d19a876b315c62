"""What a briefing is made from: read once, then never asked again, and named by a digest.

Every figure, table and layer comes from these rows, so that they agree with each other whatever
arrives meanwhile. Positions are coarsened here, before anything else sees them: what is drawn, and
what stands in the file, is the middle of a square of 100 m, shared by all that was reported in it.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from datetime import date, datetime

import pyproj
import shapely
from django.db.models import FilteredRelation, Q
from shapely.geometry.base import BaseGeometry

from gis.kernel.errors import InvalidInput
from grids.choices import RegionLevel
from grids.models import Edition, Grid, Place, Region, Station
from incidents.models import Report
from maps.briefing.period import Period

CELL_M = 100
Cell = tuple[int, int]


@dataclass(frozen=True)
class Row:
    """A report, without anything about the person: when, what, how, and where roughly."""

    day: date
    kind: str
    channel: str
    category: str
    grid: str
    cell: Cell | None


@dataclass(frozen=True)
class GridRow:
    code: str
    name: str
    community: str
    subdistrict: str
    people: int | None
    shape: BaseGeometry


@dataclass(frozen=True)
class StationRow:
    name: str
    level: str
    lon: float
    lat: float


@dataclass(frozen=True)
class Named:
    """The two names of a channel or category."""

    zh: str
    en: str


@dataclass(frozen=True)
class Frozen:
    """The inputs of one briefing. Shapes in degrees (EPSG:4326), cells in metres / `CELL_M`."""

    place: Place
    edition: Edition
    period: Period
    rows: list[Row]
    rows_before: list[Row]
    earliest: datetime | None
    grids: dict[str, GridRow]
    subdistricts: dict[str, str]
    stations: list[StationRow]
    names: dict[str, Named]
    digest: str


def freeze(place: Place, edition: Edition, period: Period) -> Frozen:
    """Read the rows of `period` and of the one before it, as `edition` divides the ground.

    Raises `InvalidInput` for an edition without grids.
    """
    grids = _grids(edition)
    if not grids:
        raise InvalidInput(f"区划 {edition.name} 没有网格 (the edition has no grids)", "edition")
    rows, names = _rows(place, edition, period)
    subdistricts = {
        region.code: region.name
        for region in Region.objects.of(edition)
        .filter(level=RegionLevel.SUBDISTRICT)
        .defer("geometry")
    }
    stations = [
        StationRow(row.name, str(row.get_level_display()), row.position.x, row.position.y)
        for row in Station.objects.filter(place=place).order_by("code")
    ]
    first = Report.objects.filter(incident__place=place).order_by("received_at").first()
    return Frozen(
        place=place,
        edition=edition,
        period=period,
        rows=[row for row in rows if row.day >= period.first],
        rows_before=[row for row in rows if row.day < period.first],
        earliest=first.received_at if first else None,
        grids=grids,
        subdistricts=subdistricts,
        stations=stations,
        names=names,
        digest=_digest(place, edition, period, rows, grids, stations),
    )


def _rows(place: Place, edition: Edition, period: Period) -> tuple[list[Row], dict[str, Named]]:
    """One statement, and therefore one moment."""
    found = (
        Report.objects.filter(
            incident__place=place,
            received_at__gte=period.before().starts_at,
            received_at__lt=period.ends_at,
        )
        .alias(here=FilteredRelation("attributions", condition=Q(attributions__edition=edition)))
        .order_by("received_at", "number")
        .values_list(
            "received_at",
            "kind",
            "channel__code",
            "channel__name",
            "channel__name_en",
            "category__code",
            "category__name",
            "category__name_en",
            "here__grid__code",
            "position",
        )
    )
    to_metres = pyproj.Transformer.from_crs(4326, place.srid_m, always_xy=True)
    rows, names = [], {}
    for at, kind, channel, name, name_en, category, called, called_en, grid, position in found:
        names[f"channel:{channel}"] = Named(name, name_en or name)
        if category:
            names[f"category:{category}"] = Named(called, called_en or called)
        day = at.astimezone(period.zone).date()
        cell = _cell(to_metres, position.x, position.y) if position else None
        rows.append(Row(day, kind, channel, category or "", grid or "", cell))
    return rows, names


def _cell(to_metres: pyproj.Transformer, lon: float, lat: float) -> Cell | None:
    x_m, y_m = to_metres.transform(lon, lat)
    if not (math.isfinite(x_m) and math.isfinite(y_m)):
        return None  # a position on the other side of the earth has no place in this projection
    return math.floor(x_m / CELL_M), math.floor(y_m / CELL_M)


def _grids(edition: Edition) -> dict[str, GridRow]:
    found = Grid.objects.of(edition).select_related("region__parent").order_by("code")
    rows = {}
    for grid in found:
        region = grid.region
        parent = region.parent if region else None
        top = region if region and region.level == RegionLevel.SUBDISTRICT else parent
        rows[grid.code] = GridRow(
            code=grid.code,
            name=grid.name,
            community=region.name if region and region is not top else "",
            subdistrict=top.code if top else "",
            people=grid.people,
            shape=shapely.from_wkb(bytes(grid.geometry.wkb)),
        )
    return rows


def _digest(
    place: Place,
    edition: Edition,
    period: Period,
    rows: list[Row],
    grids: dict[str, GridRow],
    stations: list[StationRow],
) -> str:
    content = {
        "place": [place.code, place.name, place.attribution, place.notice],
        "edition": [edition.name, edition.digest],
        "period": period.code,
        "rows": sorted(
            [str(r.day), r.kind, r.channel, r.category, r.grid, str(r.cell)] for r in rows
        ),
        "grids": [[g.code, g.name, g.people, g.shape.wkb_hex] for g in grids.values()],
        "stations": [[s.name, s.level, s.lon, s.lat] for s in stations],
    }
    written = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()
