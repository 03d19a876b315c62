"""Reading a case with all that is open about it, and writing what a change touched."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, partial
from typing import Any

from django.db.models import Model, QuerySet

from grids.models import Grid
from incidents.choices import Outcome
from incidents.models import Assignment, Clock, Incident, Request, Supervision
from incidents.workflow.docket import Docket, Waiting
from incidents.workflow.office import Office

__all__ = ["CHANGING", "grids_with_ground", "ground_of", "load", "load_many", "save", "with_ground"]

# Every step asks these: in the ORM's words, making the question costs more than answering it.
_CLOCKS = "SELECT * FROM incidents_clock WHERE incident_id = %s AND ended_at IS NULL ORDER BY id"
_ASSIGNMENTS = (
    "SELECT * FROM incidents_assignment WHERE incident_id = %s AND until IS NULL ORDER BY id"
)
# The fields of a case that the table may change.
CHANGING = [
    "state", "held_state", "tier", "unit", "due_at", "amber_at", "closed_at", "merged_into",
    "commander", "reopened", "reworked", "is_self_handled", "category", "kind", "position", "grid",
    "provisional",
]  # fmt: skip


def with_ground(rows: QuerySet[Incident]) -> QuerySet[Incident]:
    """Cases to be read with what the rules ask of them, without outlines."""
    return rows.select_related("category", "place", "unit", "grid__region__parent").defer(
        "place__envelope",
        "grid__geometry",
        "grid__label",
        "grid__region__geometry",
        "grid__region__parent__geometry",
    )


def load(case: Incident, office: Office) -> Docket:
    """The docket of a case; who will change it holds its row locked.

    The case is given its place, category, unit and ground from memory.
    """
    case.place = office.place
    case.category = office.categories_by_id.get(case.category_id or 0)
    case.unit = office.units_by_id.get(case.unit_id or 0)
    case.grid = ground_of(case.grid_id) if case.grid_id is not None else None
    docket = Docket(
        case=case,
        clocks=list(Clock.objects.raw(_CLOCKS, [case.pk])),
        assignments=list(Assignment.objects.raw(_ASSIGNMENTS, [case.pk])),
        ask=partial(_waiting, case),
    )
    rows: list[Model] = [case, *docket.clocks, *docket.assignments]
    docket.kept = {id(row): _values(row) for row in rows}
    return docket


def _values(row: Model) -> dict[str, Any]:
    return {one.attname: getattr(row, one.attname) for one in row._meta.concrete_fields}


def _changed(row: Model, before: dict[str, Any] | None) -> list[str]:
    """The fields of a row that are not what they were; all of one that nobody looked at before."""
    names = [one for one in row._meta.concrete_fields if not one.primary_key]
    if before is None:
        return [one.name for one in names]
    return [one.name for one in names if getattr(row, one.attname) != before[one.attname]]


@lru_cache(maxsize=4096)
def ground_of(pk: int) -> Grid:
    """A grid with its community and subdistrict, without outlines. What was in force never changes
    (triggers hold it), so that it is read once in a process.
    """
    found: Grid = grids_with_ground().get(pk=pk)
    return found


def grids_with_ground() -> QuerySet[Grid]:
    """Grids with their community and subdistrict, without outlines."""
    return Grid.objects.select_related("region__parent").defer(
        "geometry", "label", "region__geometry", "region__parent__geometry"
    )


def _waiting(case: Incident) -> Waiting:
    return Waiting(
        list(Request.objects.filter(incident=case, outcome=Outcome.PENDING).order_by("pk")),
        Supervision.objects.filter(incident=case, replied_at=None).first(),
    )


def save(docket: Docket) -> None:
    """Write the case and every row that a change touched or added."""
    for row in (docket.case, *docket.touched):
        if names := _changed(row, docket.kept.get(id(row))):
            row.save(update_fields=names)
    # Kind by kind and in order: what was relieved is written before what takes its place.
    kinds: dict[type[Model], list[Model]] = {}
    for row in docket.added:
        kinds.setdefault(type(row), []).append(row)
    for model, rows in kinds.items():
        model._default_manager.bulk_create(rows)
    docket.touched, docket.added = [], []


def load_many(cases: Sequence[Incident]) -> list[Docket]:
    """The dockets of many cases, in order, with the queries of one."""
    found = {case.pk: Docket(case) for case in cases}
    for clock in Clock.objects.filter(incident__in=found, ended_at__isnull=True).order_by("pk"):
        found[clock.incident_id].clocks.append(clock)
    for one in Assignment.objects.filter(incident__in=found, until__isnull=True):
        found[one.incident_id].assignments.append(one)
    for request in Request.objects.filter(incident__in=found, outcome=Outcome.PENDING):
        found[request.incident_id].requests.append(request)
    for order in Supervision.objects.filter(incident__in=found, replied_at__isnull=True):
        found[order.incident_id].waiting.supervision = order
    return [found[case.pk] for case in cases]
