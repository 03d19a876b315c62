"""Grids from a file: they complete the open draft of a place and are published with it."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

import numpy as np
import shapely
from django.contrib.gis.geos import Point
from django.db import transaction
from shapely.geometry.base import BaseGeometry

from gis.kernel.errors import InvalidInput
from gis.kernel.tessellation import errors
from gis.ledger.services import audit
from grids.choices import EditionState, RegionLevel
from grids.imports.refusal import ImportRefused
from grids.imports.territory.checking import Checked, check_division
from grids.imports.territory.displaced import check_datum
from grids.imports.territory.drafts import open_draft
from grids.imports.territory.intake import Wanted, take_in
from grids.imports.territory.metric import Areas, Metric
from grids.imports.territory.places import NewPlace, find_or_make, outside_envelope
from grids.imports.territory.regions import as_area, ground_in_database
from grids.imports.territory.summary import Summary
from grids.imports.territory.within import Shelves, shelves
from grids.models import Edition, Grid, Place, Region, User
from grids.services.editions import publish

__all__ = ["GridImport", "import_grids"]

_SLACK_M = 1.0
_STATES = {
    EditionState.IN_FORCE: "现行 (in force)",
    EditionState.SCHEDULED: "待生效 (scheduled)",
}


@dataclass(frozen=True)
class GridImport:
    """What is asked for; `starts` is the local date and time the edition comes into force."""

    wanted: Wanted
    place: NewPlace
    edition: str
    starts: datetime
    tolerance_m: float | None = None
    outline: BaseGeometry | None = None
    dry_run: bool = False


@transaction.atomic
def import_grids(asked: GridImport, *, by: User | None, now: datetime) -> Summary:
    """Complete the open draft with grids, give it its name and publish it, all or nothing.

    Raises `ImportRefused` with every problem, `InvalidInput` or `EditionConflict` for a request
    that cannot be met. A dry run does everything and commits nothing.
    """
    intake = take_in(asked.wanted)
    place, made = find_or_make(asked.place, intake.rows.geometries)
    if Edition.objects.filter(place=place, name=asked.edition).exclude(state="draft").exists():
        raise InvalidInput(
            f"{place.name} 已有区划版本 {asked.edition} (the edition exists)", "edition"
        )
    draft, _fresh = open_draft(place)
    problems = list(intake.problems)
    reference = asked.outline or _reference(place, draft)
    if reference is not None:
        problems += check_datum(intake.raw, asked.wanted.datum, reference)
    problems += outside_envelope(place, intake.rows.codes, intake.rows.geometries)
    if errors(problems):
        raise ImportRefused(problems)
    metric = Metric(place.srid_m)
    checked = check_division(
        intake.rows, metric, tolerance_m=asked.tolerance_m, outline=asked.outline
    )
    problems += checked.problems
    links = checked.rows.links if asked.wanted.link else None
    homes, found = _shelves(draft, metric).place(
        checked.rows.codes,
        checked.metric_areas,
        links,
        slack_m=max(asked.tolerance_m or 0.0, _SLACK_M),
    )
    problems += metric.told(found)
    if errors(problems):
        raise ImportRefused(problems)
    _write(draft, checked, homes, metric)
    edition = _publish(draft, asked, len(checked.rows), by=by, now=now)
    if asked.dry_run:
        transaction.set_rollback(True)
    return Summary(
        noun=("网格", "grids"),
        count=len(checked.rows),
        area_m2=float(shapely.area(checked.metric_areas).sum()),
        place=place,
        place_is_new=made,
        edition=edition.name,
        state=f"{_STATES[EditionState(edition.state)]}，自 {asked.starts:%Y-%m-%d %H:%M}",
        problems=problems,
        dry_run=asked.dry_run,
        next_step=f"manage.py snap IN.csv OUT.csv --place {place.code} --lon F --lat F --datum D",
    )


def _reference(place: Place, draft: Edition) -> BaseGeometry | None:
    """Ground that is known to be right: the draft's regions, else the grids in force."""
    for level in (RegionLevel.COMMUNITY, RegionLevel.SUBDISTRICT):
        ground = ground_in_database(list(Region.objects.of(draft).filter(level=level)))
        if ground is not None:
            return ground
    former = Edition.objects.in_force(place)
    return ground_in_database(list(Grid.objects.of(former))) if former else None


def _shelves(draft: Edition, metric: Metric) -> Shelves:
    """The communities of the draft, or its subdistricts where it has no communities."""
    rows = Region.objects.of(draft).order_by("code")
    finest = list(rows.filter(level=RegionLevel.COMMUNITY))
    return shelves(finest or list(rows), metric)


def _write(draft: Edition, checked: Checked, homes: list[Region | None], metric: Metric) -> None:
    # A planner's earlier grids of the draft give way to the file's.
    Grid.objects.of(draft).delete()
    rows = checked.rows
    labels = _labels(rows.geometries, checked.metric_areas, metric)
    columns = zip(
        rows.codes, rows.names, rows.geometries, checked.metric_areas, homes, labels, strict=True
    )
    Grid.objects.bulk_create(
        [
            Grid(
                edition=draft,
                region=home,
                code=code,
                name=name,
                geometry=as_area(geometry),
                label=Point(label.x, label.y, srid=4326),
                area_m2=metres.area,
            )
            for code, name, geometry, metres, home, label in columns
        ],
        batch_size=200,
    )


def _labels(degrees: Areas, metres: Areas, metric: Metric) -> list[shapely.Point]:
    """Where a label stands: the centre of the largest circle inside the largest part."""
    labels = []
    for area_deg, area_m in zip(degrees, metres, strict=True):
        largest = max(shapely.get_parts(area_m), key=shapely.area)
        circle = shapely.maximum_inscribed_circle(largest, tolerance=np.sqrt(largest.area) / 50)
        centre = cast(shapely.Point, metric.back(shapely.Point(circle.coords[0])))
        labels.append(centre if area_deg.contains(centre) else area_deg.representative_point())
    return labels


def _publish(
    draft: Edition, asked: GridImport, count: int, *, by: User | None, now: datetime
) -> Edition:
    draft.name = asked.edition
    draft.source = asked.wanted.path.name[:300]
    draft.save(update_fields=["name", "source"])
    audit.record(
        chain=f"place:{draft.place.code}",
        action="grids.imported",
        actor=by,
        at=now,
        data={"edition": draft.name, "grids": count},
    )
    return publish(edition=draft, at=asked.starts, by=by, now=now)
