"""A page of a queue: cases by their deadline or by their age, from where the last page ended.

A page is asked for by the keys of its first row, so that the last page costs what the first does,
and a case that comes or goes meanwhile moves no other to a page that was read already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from gis.api.problems import refuse
from incidents.choices import Order, Outcome
from incidents.models import Incident, Report, Request, Supervision

__all__ = ["MOST_COUNTED", "PAGE", "Page", "count_up_to", "page_of", "rows_of"]

PAGE = 50
MOST_COUNTED = 1000
_SALT = "incidents.queue"
_DATED, _UNDATED, _NEWEST = "dated", "undated", "newest"
# Which part of the order a case is in, its time there, and its primary key.
_Key = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Page:
    """Keys of the cases of a page, in order, and the cursor of the next one, if there is one.

    `found` counts the cases of all pages, up to `MOST_COUNTED` + 1; only the first page tells it.
    """

    keys: list[int]
    next: str | None
    found: int | None


def page_of(rows: QuerySet[Any], order: str, cursor: str = "") -> Page:
    """The page of `rows` at `cursor`. Raises `Refused` for a cursor that none of ours is."""
    where = _read(cursor) if cursor else None
    # The first page looks as far as is counted: counting apart would go the same way again.
    most = PAGE + 1 if where else MOST_COUNTED + 1
    found = (_newest if order == Order.NEWEST else _by_due)(rows, where, most)
    shown = found[:PAGE]
    following = signing.dumps(list(shown[-1]), salt=_SALT) if len(found) > PAGE else None
    return Page([pk for _, _, pk in shown], following, None if where else len(found))


def count_up_to(rows: QuerySet[Any], most: int = MOST_COUNTED) -> int:
    """How many there are; `most` + 1 for any more, without going through them."""
    return int(rows.order_by().values("pk")[: most + 1].count())


def _by_due(rows: QuerySet[Any], where: list[Any] | None, most: int) -> list[_Key]:
    """Dated ones first: only open cases have a deadline, which an index knows in order."""
    found: list[_Key] = []
    if where is None or where[0] == _DATED:
        dated = rows.open().filter(due_at__isnull=False)  # type: ignore[attr-defined]
        if where is not None:
            at = datetime.fromisoformat(where[1])
            dated = dated.filter(Q(due_at__gt=at) | Q(pk__gt=where[2]), due_at__gte=at)
        keys = dated.order_by("due_at", "pk").values_list("pk", "due_at")[:most]
        found += [(_DATED, at.isoformat(), pk) for pk, at in keys]
    if len(found) < most:
        undated = rows.filter(due_at__isnull=True)
        if where is not None and where[0] == _UNDATED:
            undated = undated.filter(pk__gt=where[2])
        # By the same columns as the index of what is open, though one of them says nothing here.
        more = undated.order_by("due_at", "pk").values_list("pk", flat=True)
        found += [(_UNDATED, "", pk) for pk in more[: most - len(found)]]
    return found


def _newest(rows: QuerySet[Any], where: list[Any] | None, most: int) -> list[_Key]:
    if where is not None:
        at = datetime.fromisoformat(where[1])
        rows = rows.filter(Q(received_at__lt=at) | Q(pk__lt=where[2]), received_at__lte=at)
    keys = rows.order_by("-received_at", "-pk").values_list("pk", "received_at")[:most]
    return [(_NEWEST, at.isoformat(), pk) for pk, at in keys]


def _read(cursor: str) -> list[Any]:
    try:
        where: list[Any] = signing.loads(cursor, salt=_SALT)
    except signing.BadSignature:
        zh, en = "不是本接口给出的 cursor。", "Not a cursor of this route."
        raise refuse("cursor", "unknown_cursor", zh, en) from None
    return where


def rows_of(keys: Sequence[int]) -> list[Any]:
    """The cases of `keys`, in that order, with what a line about each tells: one query."""
    first = Report.objects.filter(incident=OuterRef("pk")).order_by("pk")
    merged = Incident.objects.filter(merged_into=OuterRef("pk")).order_by()
    reports = Report.objects.filter(incident=OuterRef("pk")).order_by().values("incident")
    asked = Request.objects.filter(incident=OuterRef("pk"), outcome=Outcome.PENDING)
    ordered = Supervision.objects.filter(incident=OuterRef("pk"), replied_at__isnull=True)
    rows = (
        Incident.objects.filter(pk__in=keys)
        .select_related("category", "unit", "grid__region__parent")
        .defer("grid__geometry", "grid__region__geometry", "grid__region__parent__geometry")
        .annotate(
            first_words=Subquery(first.values("description")[:1]),
            address=Subquery(first.values("address")[:1]),
            report_count=Subquery(reports.annotate(n=Count("pk")).values("n")),
            merged_count=Subquery(merged.values("merged_into").annotate(n=Count("pk")).values("n")),
            is_supervised=Exists(ordered),
            is_asked=Exists(asked),
            subdistrict_name=F("grid__region__parent__name"),
        )
    )
    found = {row.pk: row for row in rows}
    return [found[key] for key in keys if key in found]
