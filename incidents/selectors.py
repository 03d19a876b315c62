"""Reads of intake: classes that are valid, cases with their grid in an edition, pictures."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, Case, F, OuterRef, Q, QuerySet, Subquery, When
from django.utils import timezone

from gis.ledger.models import Attachment
from grids.models import Edition, Grid
from grids.querysets import Viewer
from incidents.models import Attribution, Category, Incident, Report


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


def photo_for(user: Viewer, photo: UUID) -> Attachment | None:
    """A picture that `user` sent, or that belongs to a case they may see."""
    found = Attachment.objects.filter(pk=photo).first()
    if found is None or (found.created_by_id is not None and found.created_by_id == user.pk):
        return found
    return found if Report.objects.for_user(user).filter(photos=found).exists() else None


def cases_for(user: Viewer) -> QuerySet[Incident]:
    """The cases that `user` may see."""
    rows: QuerySet[Incident] = Incident.objects.for_user(user)
    return rows


def first_attribution(report: Report) -> Attribution | None:
    """Where a report was placed when it came, with its grid and region without outlines."""
    rows = report.attributions.select_related("grid__region")
    return (
        rows.defer("grid__geometry", "grid__label", "grid__region__geometry").order_by("pk").first()
    )
