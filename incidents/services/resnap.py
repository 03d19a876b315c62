"""Every report's grid in another edition, in chunks that any number of workers take.

A chunk is a promise in the outbox: its effect happens once, whatever is killed meanwhile, and a
report has one attribution for each edition, held by a constraint.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from gis.ledger.models import OutboxMessage
from gis.ledger.services import outbox
from grids.choices import EditionState
from grids.models import Edition
from incidents.models import Attribution, Incident, Report
from incidents.services.placing import place_again

TOPIC = "incidents.resnap"
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Progress:
    """Chunks of one run. `failed` counts those that are open after a failure."""

    total: int
    done: int
    failed: int
    last_error: str


@transaction.atomic
def begin(edition: Edition, *, now: datetime, chunk: int = CHUNK) -> list[int]:
    """Promise the attribution in `edition` of each report that lacks it; the open messages' ids.

    What an earlier run promised and nobody has done yet is not promised again.
    """
    open_messages = OutboxMessage.objects.filter(
        topic=TOPIC, done_at__isnull=True, payload__edition=edition.pk
    ).select_for_update()
    promised = {message.pk: message.payload["reports"] for message in open_messages}
    taken = {report for reports in promised.values() for report in reports}
    wanted = [pk for pk in _behind(edition) if pk not in taken]
    for start in range(0, len(wanted), chunk):
        reports = wanted[start : start + chunk]
        message = outbox.promise(TOPIC, {"edition": edition.pk, "reports": reports}, at=now)
        promised[message.pk] = reports
    return sorted(promised)


def progress(messages: list[int]) -> Progress:
    """How far the chunks `messages` are."""
    rows = OutboxMessage.objects.filter(pk__in=messages)
    failing = rows.filter(done_at__isnull=True, attempts__gt=0)
    last = failing.order_by("-due_at").first()
    return Progress(
        total=len(messages),
        done=rows.filter(done_at__isnull=False).count(),
        failed=failing.count(),
        last_error=last.last_error if last else "",
    )


@outbox.handles(TOPIC)
def _keep_promise(payload: dict[str, Any], _message: int) -> None:
    edition = Edition.objects.select_related("place").get(pk=payload["edition"])
    attribute(edition, payload["reports"])


@transaction.atomic
def attribute(edition: Edition, reports: list[int]) -> int:
    """Attribute those of `reports` that lack it in `edition`; how many were.

    When that edition is in force, their cases move to their grid in it; a case without a grid stays
    with the person who must place it.
    """
    rows = Report.objects.filter(pk__in=reports).without(edition).order_by("pk")
    missing = list(rows.select_for_update(of=["self"]))
    placed = place_again(missing, edition)
    Attribution.objects.bulk_create(
        (one.attribution(report) for report, one in zip(missing, placed, strict=True)),
        ignore_conflicts=True,
    )
    if edition.state == EditionState.IN_FORCE:
        _move_cases(edition, reports)
    return len(missing)


def _behind(edition: Edition) -> list[int]:
    """Reports without attribution in `edition`; if it is in force, also those whose case stands in
    a former one.
    """
    rows = Report.objects.filter(incident__place=edition.place_id)
    lacking = Q(pk__in=rows.without(edition).order_by().values("pk"))
    if edition.state == EditionState.IN_FORCE:
        lacking |= Q(incident__grid__isnull=False) & ~Q(incident__grid__edition=edition)
    return list(rows.filter(lacking).order_by("pk").values_list("pk", flat=True))


def _move_cases(edition: Edition, reports: list[int]) -> None:
    said = Attribution.objects.filter(edition=edition, report__in=reports).order_by("-report")
    by_incident = {one.report.incident_id: one for one in said.select_related("report")}
    behind = Incident.objects.filter(pk__in=by_incident, grid__isnull=False).exclude(
        grid__edition=edition
    )
    moved = list(behind.select_for_update().order_by("pk"))
    for incident in moved:
        incident.grid_id = by_incident[incident.pk].grid_id
        incident.provisional = by_incident[incident.pk].provisional
    Incident.objects.bulk_update(moved, ["grid", "provisional"])
