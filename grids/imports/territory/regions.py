"""Subdistricts or communities from a file into the open draft of a place."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import shapely
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.db import transaction
from shapely.geometry.base import BaseGeometry

from gis.kernel.errors import InvalidInput
from gis.kernel.tessellation import Problem, errors
from gis.ledger.services import audit
from grids.choices import RegionLevel
from grids.imports.refusal import ImportRefused
from grids.imports.territory.checking import Checked, check_division
from grids.imports.territory.displaced import check_datum
from grids.imports.territory.drafts import open_draft
from grids.imports.territory.intake import Wanted, take_in
from grids.imports.territory.metric import Metric
from grids.imports.territory.places import NewPlace, find_or_make, outside_envelope
from grids.imports.territory.summary import Summary
from grids.imports.territory.within import shelves
from grids.models import Edition, Grid, Place, Region, User

__all__ = ["RegionImport", "as_area", "ground_in_database", "import_regions"]

_SLACK_M = 1.0


@dataclass(frozen=True)
class RegionImport:
    """What is asked for."""

    wanted: Wanted
    place: NewPlace
    level: RegionLevel
    tolerance_m: float | None = None
    outline: BaseGeometry | None = None
    dry_run: bool = False


def as_area(geometry: BaseGeometry) -> MultiPolygon:
    """A GeoDjango MultiPolygon, EPSG:4326, of a polygon or multipolygon."""
    wkb = shapely.MultiPolygon(list(shapely.get_parts(geometry))).wkb
    area = GEOSGeometry(memoryview(wkb), srid=4326)
    return cast(MultiPolygon, area)


def ground_in_database(rows: list[Region] | list[Grid]) -> BaseGeometry | None:
    """The ground of rows together (WGS-84 degrees), None without rows."""
    if not rows:
        return None
    areas = [shapely.from_wkb(bytes(row.geometry.wkb)) for row in rows]
    if shapely.coverage_is_valid(areas):
        return shapely.coverage_union_all(areas)
    return shapely.union_all(areas)


@transaction.atomic
def import_regions(asked: RegionImport, *, by: User | None, now: datetime) -> Summary:
    """Replace one level of regions in the place's open draft, all or nothing.

    A region keeps the identity of the one with its code, in the draft or in force. Raises
    `ImportRefused` with every problem, `InvalidInput` for a request that cannot be met.
    """
    intake = take_in(asked.wanted)
    place, made = find_or_make(asked.place, intake.rows.geometries)
    draft, fresh = open_draft(place)
    if Grid.objects.of(draft).exists():
        raise InvalidInput(
            f"草稿 {draft.name} 已有网格，不能再换辖区 (the draft already holds grids)", "edition"
        )
    standing = list(Region.objects.of(draft).filter(level=asked.level))
    problems = list(intake.problems)
    reference = asked.outline or ground_in_database(standing)
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
    parents, found = _parents(asked, draft, checked, metric)
    problems += metric.told(found)
    problems += _taken(draft, asked.level, checked)
    if errors(problems):
        raise ImportRefused(problems)
    _replace(draft, asked.level, standing, checked, parents)
    audit.record(
        chain=f"place:{place.code}",
        action="regions.imported",
        actor=by,
        at=now,
        data={"edition": draft.name, "level": str(asked.level), "regions": len(checked.rows)},
    )
    if asked.dry_run:
        transaction.set_rollback(True)
    return _summary(asked, place, made, draft, fresh, checked, problems)


def _parents(
    asked: RegionImport, draft: Edition, checked: Checked, metric: Metric
) -> tuple[list[Region | None], list[Problem]]:
    codes = checked.rows.codes
    if asked.level == RegionLevel.SUBDISTRICT:
        if asked.wanted.link:
            raise InvalidInput(
                "街道没有上级，不能用 --parent (a subdistrict has no parent)", "parent"
            )
        return [None] * len(codes), []
    above = Region.objects.of(draft).filter(level=RegionLevel.SUBDISTRICT).order_by("code")
    links = checked.rows.links if asked.wanted.link else None
    slack_m = max(asked.tolerance_m or 0.0, _SLACK_M)
    return shelves(list(above), metric).place(codes, checked.metric_areas, links, slack_m=slack_m)


def _taken(draft: Edition, level: RegionLevel, checked: Checked) -> list[Problem]:
    """Codes that a region of another level has: a code names one region of an edition."""
    others = Region.objects.of(draft).exclude(level=level)
    used = set(others.filter(code__in=checked.rows.codes).values_list("code", flat=True))
    return [
        Problem(
            "duplicate_code",
            f"代码 {code} 已被另一层级的辖区使用",
            "a region of another level has this code",
            features=(code,),
        )
        for code in sorted(used)
    ]


def _replace(
    draft: Edition,
    level: RegionLevel,
    standing: list[Region],
    checked: Checked,
    parents: list[Region | None],
) -> None:
    identities = {region.code: region.identity for region in standing}
    children = list(
        Region.objects.of(draft).filter(parent__in=standing).values_list("pk", "parent__code")
    )
    Region.objects.filter(pk__in=[pk for pk, _code in children]).update(parent=None)
    Region.objects.filter(pk__in=[region.pk for region in standing]).delete()
    columns = zip(
        checked.rows.codes,
        checked.rows.names,
        checked.rows.geometries,
        checked.metric_areas,
        parents,
        strict=True,
    )
    made = Region.objects.bulk_create(
        [
            Region(
                edition=draft,
                identity=identities.get(code) or uuid.uuid4(),
                level=level,
                code=code,
                name=name,
                parent=parent,
                geometry=as_area(geometry),
                area_m2=metres.area,
            )
            for code, name, geometry, metres, parent in columns
        ],
        batch_size=200,
    )
    by_code = {region.code: region for region in made}
    for pk, code in children:
        if code in by_code:
            Region.objects.filter(pk=pk).update(parent=by_code[code])


def _summary(
    asked: RegionImport,
    place: Place,
    made: bool,
    draft: Edition,
    fresh: bool,
    checked: Checked,
    problems: list[Problem],
) -> Summary:
    return Summary(
        noun=("街道", "subdistricts") if asked.level == "subdistrict" else ("社区", "communities"),
        count=len(checked.rows),
        area_m2=float(shapely.area(checked.metric_areas).sum()),
        place=place,
        place_is_new=made,
        edition=draft.name,
        state=f"草稿{'（新建）' if fresh else ''}",
        problems=problems,
        dry_run=asked.dry_run,
        next_step=f"manage.py import_grids FILE --place {place.code} --edition NAME --from DATE",
    )
