"""Reads of intake: classes that are valid, cases with their grid in an edition, pictures."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import (
    BigIntegerField,
    Case,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.utils import timezone

from gis.kernel.datum import Datum
from gis.kernel.displacement import Looks, Sample, looks
from gis.ledger.models import Attachment, AuditEvent
from grids.models import Edition, Grid
from grids.querysets import Viewer
from incidents.models import Attribution, Category, Channel, Incident, Note, PositionCheck, Report
from patrols.selectors.visits import sees_photo

# A channel is judged by its latest checks: once it was put right, the old ones are soon gone.
LATEST_CHECKS = 100


def categories_at(now: datetime) -> QuerySet[Category]:
    """The classes of demand that are valid on the local day of `now`."""
    return Category.objects.filter(valid__contains=timezone.localdate(now))


def cases_in(rows: QuerySet[Any], edition: Edition) -> QuerySet[Any]:
    """Cases of the edition's place with `told_grid`: the id of their grid in `edition`, or null.

    In the edition that a case is handled in, that is the grid it is handled in; in another it is
    what its first report was attributed to.
    """
    said = Attribution.objects.filter(edition=edition, report__incident=OuterRef("pk"))
    told = Case(
        When(grid__edition=edition, then=F("grid")),
        default=Subquery(said.order_by("report").values("grid")[:1]),
        output_field=BigIntegerField(),
    )
    rows = rows.filter(place=edition.place_id).annotate(told_grid=told)
    return rows  # noqa: RET504 - the stubs lose the type of the chain


def on_grids(rows: QuerySet[Any], edition: Edition, condition: Q) -> QuerySet[Any]:
    """Of `cases_in`, those whose grid in `edition` meets `condition` (a question to `Grid`).

    Two narrow questions instead of one about `told_grid`, so that both can use an index.
    """
    grids = Grid.objects.of(edition).filter(condition).order_by().values("pk")
    said = Attribution.objects.filter(edition=edition, grid__in=grids)
    either = Q(grid__in=grids) | Q(pk__in=said.values("report__incident"))
    return rows.filter(either, told_grid__in=grids)


def grids_by_id(ids: Iterable[int | None]) -> dict[int, Grid]:
    """Grids with their region, without outlines."""
    rows = Grid.objects.filter(pk__in={one for one in ids if one is not None})
    rows = rows.select_related("region").defer("geometry", "label", "region__geometry")
    return {row.pk: row for row in rows}


def told_cases(keys: Sequence[int]) -> list[Incident]:
    """The cases of these keys, in that order, with what a line about each needs."""
    rows = Incident.objects.filter(pk__in=keys).select_related("category")
    found = {row.pk: row for row in rows.prefetch_related("reports")}
    return [found[key] for key in keys if key in found]


def reports_of(case: Incident) -> list[Report]:
    """The reports of a case and of those merged into it, as prefetched by `find_case`."""
    merged = [one for other in case.merged.all() for one in other.reports.all()]
    return [*case.reports.all(), *merged]


def find_case(user: Viewer, number: str) -> Incident | None:
    """The case of that number with all that is told of it, if `user` may see it."""
    rows = cases_for(user).select_related(
        "category", "grid__region__parent", "place", "unit", "merged_into", "commander"
    )
    reports = Report.objects.order_by("pk").select_related("channel", "reporter")
    attributions = Attribution.objects.select_related("edition", "grid").order_by("edition")
    return (
        rows.filter(number=number)
        .defer(
            "grid__geometry",
            "grid__region__geometry",
            "grid__region__parent__geometry",
            "place__envelope",
        )
        .prefetch_related(
            Prefetch("reports", reports),
            Prefetch("reports__attributions", attributions),
            "reports__photos",
            Prefetch("merged", Incident.objects.order_by("pk")),
            Prefetch("merged__reports", reports),
            Prefetch("merged__reports__attributions", attributions),
            "merged__reports__photos",
        )
        .first()
    )


def events_of(case: Incident) -> QuerySet[AuditEvent]:
    """What was done in a case, in order."""
    events = AuditEvent.objects.filter(chain=f"incident:{case.number}")
    return events.select_related("actor").order_by("sequence")


def photo_for(user: Viewer, photo: UUID) -> Attachment | None:
    """A picture that `user` sent, or that belongs to a case or a visit they may see."""
    found = Attachment.objects.filter(pk=photo).first()
    if found is None or (found.created_by_id is not None and found.created_by_id == user.pk):
        return found
    sent = Report.objects.for_user(user).filter(photos=found).exists()
    noted = (
        sent
        or Note.objects.filter(photos=found, incident__in=Incident.objects.for_user(user)).exists()
    )
    return found if noted or sees_photo(user, photo) else None


def cases_for(user: Viewer) -> QuerySet[Incident]:
    """The cases that `user` may see."""
    rows: QuerySet[Incident] = Incident.objects.for_user(user)
    return rows


@dataclass(frozen=True, slots=True)
class ChannelLooks:
    """A channel, how many of its latest positions were checked, and what they look like, if any."""

    channel: Channel
    checked: int
    looks: Looks | None


def channels_for(user: Viewer) -> list[ChannelLooks]:
    """Every channel, judged by the latest checks of the user's place (of all, for a superuser)."""
    checks = PositionCheck.objects.all()
    if not user.is_superuser:
        checks = checks.filter(place=user.place_id)
    return [_judged(channel, checks) for channel in Channel.objects.all()]


def _judged(channel: Channel, checks: QuerySet[PositionCheck]) -> ChannelLooks:
    """By what its senders declare, which need not be the channel's own datum: the worst is told."""
    rows = list(checks.filter(channel=channel).order_by("-pk")[:LATEST_CHECKS])
    declared: dict[str, list[Sample]] = {}
    for row in rows:
        declared.setdefault(row.declared, []).append(_sample(row))
    found = [one for samples in declared.values() if (one := looks(samples)) is not None]
    worst = max(found, key=lambda one: (one.is_displaced, one.checked), default=None)
    return ChannelLooks(channel, len(rows), worst)


def _sample(check: PositionCheck) -> Sample:
    shift = None
    if check.east_m is not None and check.north_m is not None:
        shift = (check.east_m, check.north_m)
    return Sample(
        declared=Datum(check.declared),
        outside_m={Datum(name): one["outside_m"] for name, one in check.evidence.items()},
        ground=check.ground,
        shift_m=shift,
    )


def first_attribution(report: Report) -> Attribution | None:
    """Where a report was placed when it came, with its grid and region without outlines."""
    rows = report.attributions.select_related("grid__region")
    return (
        rows.defer("grid__geometry", "grid__label", "grid__region__geometry").order_by("pk").first()
    )
