"""Reading a case with all that is open about it, and writing what a change touched."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Model, QuerySet

from incidents.choices import Outcome
from incidents.models import Assignment, Clock, Incident, Request, Supervision
from incidents.workflow.docket import Docket

__all__ = ["CHANGING", "load", "load_many", "save", "with_ground"]

# The fields of a case that the table may change.
CHANGING = [
    "state", "held_state", "tier", "unit", "due_at", "amber_at", "closed_at", "merged_into",
    "commander", "reopened", "reworked", "is_self_handled", "category", "kind", "position", "grid",
    "provisional",
]  # fmt: skip


def with_ground(rows: QuerySet[Incident]) -> QuerySet[Incident]:
    """Cases with what the rules ask of them, without outlines."""
    return rows.select_related(
        "category", "place", "unit", "grid__region__parent", "merged_into"
    ).defer(
        "place__envelope",
        "grid__geometry",
        "grid__label",
        "grid__region__geometry",
        "grid__region__parent__geometry",
        "merged_into__position",
    )


def load(case: Incident) -> Docket:
    """The docket of a case; who will change it holds its row locked."""
    return Docket(
        case=case,
        clocks=list(Clock.objects.filter(incident=case, ended_at__isnull=True).order_by("pk")),
        assignments=list(Assignment.objects.filter(incident=case, until__isnull=True)),
        requests=list(Request.objects.filter(incident=case, outcome=Outcome.PENDING)),
        supervision=Supervision.objects.filter(incident=case, replied_at__isnull=True).first(),
    )


def save(docket: Docket) -> None:
    """Write the case and every row that a change touched or added."""
    docket.case.save(update_fields=CHANGING)
    for row in docket.touched:
        row.save(force_update=True)
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
        found[order.incident_id].supervision = order
    return [found[case.pk] for case in cases]
