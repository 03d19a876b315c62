"""Reads of intake: classes that are valid, cases with their grid in an edition."""

from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from grids.models import Edition, Grid
from incidents.models import Attribution, Category


def categories_at(now: datetime) -> QuerySet[Category]:
    """The classes of demand that are valid on the local day of `now`."""
    return Category.objects.filter(valid__contains=timezone.localdate(now))


def attributed(rows: QuerySet[Any], edition: Edition) -> QuerySet[Any]:
    """Cases of the edition's place with `told_grid`: the id of their grid in `edition`, or null.

    In the edition that a case is handled in, that is the grid it is handled in; in another, the
    attribution of its first report.
    """
    rows = rows.filter(place=edition.place_id)
    said = Attribution.objects.filter(edition=edition, report__incident=OuterRef("pk"))
    return rows.annotate(said_grid=Subquery(said.order_by("report").values("grid")[:1]))


def grids_by_id(ids: set[int]) -> dict[int, Grid]:
    """Grids with their region's name, without their outlines."""
    rows = Grid.objects.select_related("region__parent").defer(
        "geometry", "label", "region__geometry", "region__parent__geometry"
    )
    return {row.pk: row for row in rows.filter(pk__in=ids)}
